"""One commitment over cycles and groups, and words found in what States say, on one or on all."""

import random
from collections import Counter
from datetime import date
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup, Tag
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.people import Browser, make_user
from tests.statements import counted
from tests.submitted import make_cycle, make_submission
from tests.submitted_items import add_item
from tracker.domain.assistance import Assistance, Direction
from tracker.domain.documents import Theme
from tracker.domain.progress import COUNT_KEYS, Audience, Progress
from tracker.domain.responses import Measure, ResponseContent
from tracker.domain.roles import Role
from tracker.models import ReportingCycle
from tracker.queries.cycles import list_cycles
from tracker.queries.grids import grids_of_commitment, grids_of_cycles
from tracker.queries.states import list_states

CANARY = "CANARY-77b"
NOW, BEFORE = "bms7-2026", "bms7-2024"
PATH = f"/documents/bms7/25?cycle={NOW}&lang=en"


def said(
    progress: Progress | None,
    text: str = "Words.",
    audience: Audience = Audience.PUBLIC,
    **more: object,
) -> ResponseContent:
    values = {"progress": progress, "narrative": text, "audience": audience, **more}
    return ResponseContent(**values)  # type: ignore[arg-type]


@pytest.fixture
def cycle(session: Session) -> ReportingCycle:
    """Two cycles: Kenya further, Peru back, Ghana withholds, France only now, Chad only before."""
    before = make_cycle(session, BEFORE, opens=date(2024, 1, 1))
    now = make_cycle(session, NOW)
    make_submission(session, before, "KEN", {25: said(Progress.NOT_STARTED)})
    make_submission(session, before, "PER", {25: said(Progress.IMPLEMENTED)})
    make_submission(session, before, "GHA", {25: said(Progress.IMPLEMENTED)})
    make_submission(session, before, "TCD", {25: said(Progress.IMPLEMENTED)})
    kenya = said(
        Progress.IMPLEMENTED,
        "Le contrôle est en place. <script>alert('x')</script>",
        narrative_language="fr",
        lead_agency="Office of the Police",
        measures=(Measure("Firearms Act", "2019", "https://example.org/act"),),
    )
    submission = make_submission(session, now, "KEN", {25: kenya})
    needed = Assistance(
        direction=Direction.NEEDED, theme=Theme.MARKING, description="A mill.", paragraphs=(25,)
    )
    add_item(session, submission, needed)
    hidden = Assistance(
        direction=Direction.NEEDED,
        theme=Theme.MARKING,
        description=f"{CANARY} need",
        paragraphs=(25,),
        audience=Audience.STATES,
    )
    add_item(session, submission, hidden)
    peru = {
        25: said(Progress.IN_DEVELOPMENT, "الأسلحة الصغيرة", good_practice=True),
        26: said(Progress.NOT_APPLICABLE, "", reason="Учёт ведёт полиция"),
    }
    make_submission(session, now, "PER", peru)
    make_submission(session, now, "GHA", {25: said(None, f"{CANARY} words", Audience.STATES)})
    make_submission(session, now, "FRA", {25: said(Progress.IMPLEMENTED, "小武器的控制")})
    make_submission(session, now, "VAT", {25: said(Progress.IMPLEMENTED, "An observer's controle")})
    make_submission(session, now, "ALB", {25: said(None, f"{CANARY} waits")}, "accepted")
    session.commit()
    return now


def words(page: BeautifulSoup | Tag | None) -> str:
    assert page is not None
    return " ".join(page.get_text(" ").split())


def rows_of(page: BeautifulSoup, name: str) -> dict[str, list[str]]:
    return {
        words(row.find("th")): [words(cell) for cell in row.find_all("td")]
        for row in page.select(f"#{name} tr")
        if row.find("th", scope="row")
    }


def names(page: BeautifulSoup) -> list[str]:
    """Of the States whose answers are shown, in order."""
    articles = [found for found in page.select("main article[id]") if len(str(found["id"])) == 3]
    return [words(article.select_one("h3 bdi")) for article in articles]


def test_every_cycle_has_its_row_over_the_base_chosen(
    public: Browser, cycle: ReportingCycle
) -> None:
    rows = rows_of(public.soup(PATH + "&base=reporting"), "over-cycles")
    assert list(rows) == [NOW, BEFORE, "bms7"]
    # implemented, partly, in development, not started, not applicable, not answered, withheld
    assert [cell.split()[0] for cell in rows[NOW][1:]] == [
        *("2/4", "0/4", "1/4", "0/4", "0/4", "0/4", "1/4"),
    ]
    assert [cell.split()[0] for cell in rows[BEFORE][1:]] == [
        *("3/4", "0/4", "0/4", "1/4", "0/4", "0/4", "0/4"),
    ]
    assert rows["bms7"][1] == "0/0"
    whole = rows_of(public.soup(PATH), "over-cycles")
    assert whole[NOW][-1] == "189/193 (98%)"


def test_groups_add_up_to_all_member_states(public: Browser, cycle: ReportingCycle) -> None:
    rows = rows_of(public.soup(PATH), "by-group")
    assert rows["African States"][1] == "1/54 (2%)"
    assert rows["Western European and other States"][1].startswith("1/")
    every = rows.pop("All Member States")
    for column in range(1, len(every)):
        counts = [row[column].split()[0].split("/") for row in rows.values()]
        total = "/".join(str(sum(int(pair[at]) for pair in counts)) for at in (0, 1))
        assert total == every[column].split()[0]


def test_movement_counts_states_in_both_cycles_alone(
    public: Browser, cycle: ReportingCycle
) -> None:
    page = public.soup(PATH)
    assert "reported in both cycles (3)" in words(page.find(id="moves-caption"))
    assert rows_of(page, "moves") == {
        "▲ Further than before": ["1/3 (33%)"],
        "= As before": ["0/3 (0%)"],
        "▼ Less far than before": ["1/3 (33%)"],
        "– Not compared": ["1/3 (33%)"],
    }
    oldest = public.soup("/documents/bms7/25?cycle=bms7&lang=en")
    assert oldest.find(id="moves") is None


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("CONTROLE", ["Holy See", "Kenya"]),
        ("contrôle place", ["Kenya"]),
        ("police firearms", ["Kenya"]),
        ("اسلحة", ["Peru"]),
        ("武器", ["France"]),
        ("<script>", ["Kenya"]),
        (CANARY, []),
        ("nowhere", []),
    ],
)
def test_words_are_found_in_any_script_and_marked(
    public: Browser, cycle: ReportingCycle, asked: str, found: list[str]
) -> None:
    page = public.soup(f"{PATH}&q={quote(asked)}")
    assert names(page) == found
    assert f"{len(found)}/4" in words(page.find(id="found"))
    assert len(page.select("article[id] mark")) >= len(found)
    assert not page.find("script", src=False)
    box = page.find("input", id="q")
    assert isinstance(box, Tag) and box["value"] == asked


def test_good_practices_first_on_request(public: Browser, cycle: ReportingCycle) -> None:
    plain, asked = public.soup(PATH), public.soup(PATH + "&first=good-practice")
    assert names(plain) == ["France", "Holy See", "Kenya", "Peru"]
    assert names(asked) == ["Peru", "France", "Holy See", "Kenya"]
    assert "1/4 (25%)" in words(asked.find(id="found"))


def test_answers_are_chosen_by_group_and_progress(public: Browser, cycle: ReportingCycle) -> None:
    """France, Kenya and the Holy See say "implemented", Peru "in development"."""
    page = public.soup(PATH)
    groups = [words(option) for option in page.select("#filter-area option")]
    assert groups[0] == "All States" and "African States" in groups
    assert [words(page.select_one(f"#{code} h3 .base")) for code in ("KEN", "PER")] == [
        "African States",
        "Latin American and Caribbean States",
    ]
    link = page.select_one('#by-group th a[href*="area=africa"]')
    assert link
    african = public.soup(str(link["href"]))
    assert names(african) == ["Kenya"]
    assert words(african.find(id="found")).startswith("African States · 1/4 (25%)")
    assert names(public.soup(PATH + "&value=implemented")) == ["France", "Holy See", "Kenya"]
    assert names(public.soup(PATH + "&value=implemented&area=grulac")) == []
    assert names(public.soup(PATH + "&value=in_development&area=grulac&q=الأسلحة")) == ["Peru"]
    file = public.get(f"/documents/bms7/25/answers.json?cycle={NOW}&area=africa&lang=en").get_json()
    assert [row["iso3"] for row in file["answers"]] == ["KEN"]
    assert file["filters"]["area"] == "africa"
    for wrong in ("area=zzz", "value=withheld"):
        assert "is not one of the choices" in words(public.soup(f"{PATH}&{wrong}", 422))


def test_the_parts_of_the_page_are_named_at_its_top(public: Browser, cycle: ReportingCycle) -> None:
    page = public.soup(PATH)
    places = [str(link["href"]) for link in page.select('nav[aria-label="On this page"] a')]
    assert places == ["#progress", "#groups", "#movement", "#answers", "#needs"]
    assert all(page.select_one(place) for place in places)


def test_a_search_that_is_too_long_is_refused(public: Browser, cycle: ReportingCycle) -> None:
    for path in (PATH, f"/search?cycle={NOW}&lang=en"):
        assert "at most 200 characters" in words(public.soup(f"{path}&q={'a' * 201}", 422))
        assert public.get(f"{path}&q={'a' * 5000}").status_code == 422


def test_needs_that_name_the_paragraph_stand_beside_it(
    public: Browser, cycle: ReportingCycle
) -> None:
    page = words(public.soup(PATH))
    assert "A mill." in page
    assert "A mill." not in words(public.soup(PATH.replace("/25", "/26")))


@pytest.mark.parametrize("query", ["", "&q=words", f"&q={CANARY}", "&first=good-practice"])
def test_what_is_withheld_is_neither_shown_nor_found(
    public: Browser, cycle: ReportingCycle, query: str
) -> None:
    for path in (PATH, f"/search?cycle={NOW}"):
        page = public.soup(path + query)
        for form in page.select("input, .printed-from"):
            form.decompose()  # what was typed stands there again
        for link in page.find_all("a"):
            del link["href"]
        for link in page.find_all("link"):
            link.decompose()
        assert CANARY not in str(page)


def test_a_state_finds_what_states_may_read(
    browser_of: type[Browser], session: Session, cycle: ReportingCycle
) -> None:
    browser = browser_of(make_user(session, Role.OBSERVER, "TCD"))
    assert names(browser.soup(f"{PATH}&q={CANARY}")) == ["Ghana"]
    hits = browser.soup(f"/search?q={CANARY}&cycle={NOW}&lang=en")
    assert words(hits.find(id="found")).startswith("Found in 1/6")
    reviewer = browser_of(make_user(session, Role.REVIEWER))
    hits = reviewer.soup(f"/search?q={CANARY}&cycle={NOW}&lang=en")
    assert words(hits.find(id="found")).startswith("Found in 2/7")


def test_a_search_reads_what_the_state_of_its_reader_published(
    browser_of: type[Browser], public: Browser, session: Session, cycle: ReportingCycle
) -> None:
    """Whole for focal points and observers; what is not published is found by nobody of a State."""
    answers = {25: said(None, "A kept needle.", Audience.SECRETARIAT)}
    make_submission(session, cycle, "TCD", answers)
    make_submission(session, cycle, "MEX", answers, "accepted")
    people = {
        (role, iso3): make_user(session, role, iso3)
        for role in (Role.FOCAL_POINT, Role.OBSERVER, Role.CONTRIBUTOR)
        for iso3 in ("TCD", "MEX")
    }
    session.commit()
    for (role, iso3), user in people.items():
        own = iso3 == "TCD" and role is not Role.CONTRIBUTOR
        page = browser_of(user).soup(f"/search?q=needle&cycle={NOW}&lang=en")
        expected = "Found in 1/7" if own else "Found in 0/6"
        assert words(page.find(id="found")).startswith(expected), (role, iso3)
        assert ("With all answers in published reports of Chad" in words(page)) is own
    page = public.soup(f"/search?q=needle&cycle={NOW}&lang=en")
    assert words(page.find(id="found")).startswith("Found in 0/5")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("controle", [("25", "Holy See"), ("25", "Kenya")]),
        ("УЧЕТ", [("26", "Peru")]),
        ("الأسلحة", [("25", "Peru")]),
        ("firearms", [("25", "Kenya")]),
        ("nowhere", []),
    ],
)
def test_all_commitments_are_searched(
    public: Browser, cycle: ReportingCycle, asked: str, found: list[tuple[str, str]]
) -> None:
    page = public.soup(f"/search?cycle={NOW}&lang=en&q={quote(asked)}")
    assert words(page.find(id="found")).startswith(f"Found in {len(found)}/5")
    hits = []
    for article in page.select("main article"):
        heading = article.find_previous("h2")
        assert isinstance(heading, Tag)
        hits.append((words(heading).split(" ")[0], words(article.find("h3")).split(" Obs")[0]))
        assert article.select(".narrative mark")
    assert hits == found


@pytest.mark.parametrize(
    ("asked", "linked"),
    [
        ("côte ivoire", {"/states/CIV"}),
        ("PERU", {"/states/PER"}),
        ("turkey", {"/states/TUR"}),
        ("illegal manufacture a crime", {f"/documents/bms7/27?cycle={NOW}"}),
        ("nowhere", set()),
    ],
)
def test_where_nothing_is_found_the_page_leads_on(
    public: Browser, cycle: ReportingCycle, asked: str, linked: set[str]
) -> None:
    page = public.soup(f"/search?cycle={NOW}&q={quote(asked)}&lang=en")
    places = [str(a["href"]) for a in page.select("main li a")]
    links = {place.replace("&lang=en", "").split("?lang")[0] for place in places}
    cycles = {f"/search?q={quote(asked.replace(' ', '+'), safe='+')}&cycle={BEFORE}"}
    assert links >= linked | cycles | {f"/needs?cycle={NOW}"}
    assert {link for link in links if link.startswith(("/states/", "/documents/bms7/"))} == linked
    assert "Where else to look" not in words(public.soup(f"/search?cycle={NOW}&q=controle&lang=en"))


def test_hits_come_in_pages(public: Browser, session: Session, cycle: ReportingCycle) -> None:
    many = {p: said(Progress.IMPLEMENTED, f"A needle in {p}.") for p in range(25, 60)}
    make_submission(session, cycle, "TCD", many)
    session.commit()
    path = f"/search?cycle={NOW}&q=needle&lang=en"
    first, second = public.soup(path), public.soup(path + "&page=2")
    assert [len(page.select("main article")) for page in (first, second)] == [30, 5]
    link = first.select_one(".pagination a[rel=next]")
    assert link is not None and "q=needle" in str(link["href"])


@pytest.mark.parametrize(
    "path",
    [PATH, f"{PATH}&q=controle&first=good-practice", f"/search?cycle={NOW}&q=controle"],
)
@pytest.mark.parametrize("role", [None, Role.REVIEWER])
def test_few_statements(
    browser_of: type[Browser],
    session: Session,
    connection: Connection,
    cycle: ReportingCycle,
    path: str,
    role: Role | None,
) -> None:
    browser = browser_of(make_user(session, role) if role else None)
    with counted(connection) as seen:
        browser.get(path)
    assert 0 < len(seen) <= 12, seen


@pytest.mark.parametrize("seed", range(6))
def test_grids_of_one_commitment_are_those_of_whole_cycles(session: Session, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311  # reproducible answers, not secrets
    cycles = [make_cycle(session, f"random-{n}", opens=date(2020 + n, 1, 1)) for n in range(3)]
    for row in cycles:
        for iso3 in ("KEN", "GHA", "PER", "FRA", "VAT"):
            for _ in range(draw.randrange(3)):
                progress = draw.choice([*Progress, None])
                answer = said(progress, audience=draw.choice(list(Audience)))
                answers = {p: answer for p in (25, 26) if draw.random() < 0.8}
                stage = draw.choice(["published", "submitted", "withdrawn"])
                make_submission(session, row, iso3, answers, stage)
    members = [row.state.iso3 for row in list_states(session, members_only=True)]
    rows = [row for row in list_cycles(session, "bms7") if row.slug.startswith("random")]
    for reader in Audience:
        whole = grids_of_cycles(session, rows, members, reader)
        for paragraph in (25, 26):
            key = (f"bms7/annex/{paragraph}", paragraph)
            one = grids_of_commitment(session, rows, key, members, reader)
            for grid, other in zip(one, whole, strict=True):
                counts = Counter(other.value(iso3, paragraph) for iso3 in members)
                found = grid.distribution(members, (paragraph,))
                assert {k: found[k] for k in COUNT_KEYS} == {k: counts[k] for k in COUNT_KEYS}
                assert grid.reporting == other.reporting
