"""Needs and offers of all States: counted by hand, recounted at random, and nothing withheld."""

import csv
import io
import json
import random
from collections import Counter

import pytest
from bs4 import BeautifulSoup, Tag
from openpyxl import load_workbook
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.people import Browser, make_user
from tests.statements import counted
from tests.submitted import make_cycle, make_submission
from tests.submitted_items import add_item
from tracker.domain.assistance import Assistance, AssistanceKind, AssistanceStatus, Direction
from tracker.domain.documents import Theme
from tracker.domain.needs import AssistanceChoice, currency_sums, matches_of, not_ended
from tracker.domain.progress import Audience
from tracker.domain.roles import Role
from tracker.models import ReportingCycle
from tracker.queries.needs import assistance_of_cycle

CANARY = "CANARY-51c"
STATES = Audience.STATES
CYCLE = "bms7-2026"
PATH = f"/needs?cycle={CYCLE}&lang=en"


def need(text: str, theme: Theme = Theme.MARKING, **fields: object) -> Assistance:
    values: dict[str, object] = {
        "direction": Direction.NEEDED,
        "theme": theme,
        "kind": AssistanceKind.EQUIPMENT,
        "description": text,
    }
    return Assistance(**(values | fields))  # type: ignore[arg-type]


def offer(text: str, theme: Theme = Theme.MARKING, **fields: object) -> Assistance:
    return need(text, theme, **{"direction": Direction.OFFERED, **fields})


@pytest.fixture
def cycle(session: Session) -> ReportingCycle:
    """Kenya and Peru need, Ghana and Peru offer, Albania waits, the Holy See stands apart."""
    cycle = make_cycle(session, CYCLE)
    kenya = make_submission(session, cycle, "KEN", {})
    for number, item in enumerate(
        (
            need("Marking machines.", amount=1000, currency="USD", paragraphs=(80, 81)),
            need("Trainers <script>.", kind=AssistanceKind.TRAINING, amount=500, currency="EUR"),
            need(f"{CANARY} for States.", Theme.TRACING, amount=7, currency="XXX", audience=STATES),
            need(f"{CANARY} for the secretariat.", audience=Audience.SECRETARIAT),
        )
    ):
        add_item(session, kenya, item, item_id=f"kenya-{number}")
    ghana = make_submission(session, cycle, "GHA", {})
    add_item(session, ghana, offer("Two machines.", amount=300, currency="USD"))
    add_item(session, ghana, offer("Advice.", kind=AssistanceKind.EXPERTISE))
    gone = offer("Long gone.", amount=70, currency="USD", status=AssistanceStatus.WITHDRAWN)
    add_item(session, ghana, gone)
    peru = make_submission(session, cycle, "PER", {})
    add_item(session, peru, need("Machines in Peru.", amount=2500, currency="USD"))
    add_item(session, peru, offer("From Peru.", amount=1, currency="USD"))
    add_item(session, peru, need(f"{CANARY} hidden.", audience=Audience.SECRETARIAT))
    vatican = make_submission(session, cycle, "VAT", {})
    add_item(session, vatican, offer("Of an observer.", amount=9000, currency="USD"))
    albania = make_submission(session, cycle, "ALB", {}, "accepted")
    add_item(session, albania, need(f"{CANARY} not published."))
    session.commit()
    return cycle


def words(page: BeautifulSoup | Tag) -> str:
    return " ".join(page.get_text(" ").split())


def entries(page: BeautifulSoup) -> list[str]:
    """The descriptions in the order in which they stand."""
    return [found.get_text() for found in page.select("main article .narrative")]


def rows_of(page: BeautifulSoup, name: str) -> list[list[str]]:
    return [
        [words(cell) for cell in row.find_all(["th", "td"])]
        for row in page.select(f"#{name} tbody tr")
    ]


def test_the_list_is_counted_by_hand(public: Browser, cycle: ReportingCycle) -> None:
    page = public.soup(PATH)
    count = page.find(id="count")
    assert isinstance(count, Tag) and words(count).startswith("3 needs, 3 offers of the")
    assert "observer States" in words(count)
    ended = page.find(id="ended")
    assert isinstance(ended, Tag) and words(ended).startswith("1 more is completed or withdrawn")
    assert rows_of(page, "sums") == [
        ["Needed", "EUR", "500", "1/3 (33%) of those needed"],
        ["Needed", "USD", "3,500", "2/3 (67%) of those needed"],
        ["Offered", "USD", "301", "2/3 (67%) of those offered"],
    ]
    assert rows_of(page, "themes") == [["Marking", "3", "3"]]
    assert entries(page) == [
        *("Marking machines.", "Trainers <script>.", "Machines in Peru."),
        *("Two machines.", "Advice.", "Long gone.", "Of an observer.", "From Peru."),
    ]
    assert [words(h) for h in page.select("main h2, main h3")] == [
        *("In this list", "Marking", "Needed", "Offered"),
    ]
    withheld = page.find(id="withheld")
    assert isinstance(withheld, Tag) and "3 more entries of these States are withheld" in words(
        withheld
    )


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ("direction=needed", ["Marking machines.", "Trainers <script>.", "Machines in Peru."]),
        ("kind=training", ["Trainers <script>."]),
        ("status=withdrawn", ["Long gone."]),
        ("paragraph=81", ["Marking machines."]),
        ("area=grulac", ["Machines in Peru.", "From Peru."]),
        ("theme=tracing", []),
        ("direction=offered&kind=expertise&area=africa", ["Advice."]),
    ],
)
def test_filters_hold_together_in_page_and_files(
    public: Browser, cycle: ReportingCycle, chosen: str, found: list[str]
) -> None:
    page = public.soup(f"{PATH}&{chosen}")
    assert entries(page) == found
    link = page.select_one("main a[href*='needs.json']")
    assert (link is not None) == bool(found)
    if link:
        rows = json.loads(public.get(str(link["href"])).text)["needs_and_offers"]
        assert [row["description"] for row in rows if row["item"]] == found


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ("", []),
        (
            "&direction=offered&kind=expertise&area=africa",
            ["Offered", "Expertise", "African States"],
        ),
        ("&status=withdrawn&theme=marking&paragraph=81", ["Marking", "Withdrawn", "Paragraph 81"]),
    ],
)
def test_what_was_chosen_is_said_on_paper_too(
    public: Browser, cycle: ReportingCycle, chosen: str, said: list[str]
) -> None:
    """The form is not printed, a list must not be taken for the whole."""
    found = public.soup(PATH + chosen).find(id="chosen")
    assert isinstance(found, Tag)
    assert words(found) == " · ".join([f"Reporting cycle {CYCLE}", *said])
    assert not found.find_parent(class_="no-print") and not found.find_parent("form")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("theme=nope", 422),
        ("direction=nope", 422),
        ("paragraph=24", 422),
        ("paragraph=%C2%B2", 422),
        ("area=nope", 422),
        ("cycle=nope", 404),
        ("match=nope", 404),
    ],
)
def test_what_is_not_there_is_refused(
    public: Browser, cycle: ReportingCycle, query: str, status: int
) -> None:
    for path in ("/needs", "/needs.csv"):
        answer = public.get(f"{path}?{query}")
        assert answer.status_code == status
        assert "it is not yours to see" not in answer.text


def test_the_number_withheld_follows_only_the_choice_of_states(
    public: Browser, cycle: ReportingCycle
) -> None:
    def withheld(query: str) -> str:
        found = public.soup(f"{PATH}&{query}").find(id="withheld")
        return words(found).split(" ")[2] if isinstance(found, Tag) else "0"

    assert withheld("theme=tracing") == withheld("kind=training") == withheld("paragraph=80") == "3"
    assert withheld("area=africa") == withheld("area=africa&direction=offered") == "2"
    assert withheld("area=grulac") == "1"
    assert withheld("area=weog") == "0"


@pytest.mark.parametrize(
    ("role", "iso3", "seen"),
    [
        (None, None, set()),
        (Role.OBSERVER, "FRA", {"for States."}),
        (
            Role.REVIEWER,
            None,
            {"for States.", "for the secretariat.", "hidden.", "not published."},
        ),
    ],
)
def test_each_reader_gets_what_its_level_admits(
    browser_of: type[Browser],
    session: Session,
    cycle: ReportingCycle,
    role: Role | None,
    iso3: str | None,
    seen: set[str],
) -> None:
    browser = browser_of(make_user(session, role, iso3) if role else None)
    said = browser.get(PATH).text
    every = {"for States.", "for the secretariat.", "hidden.", "not published."}
    assert {text for text in every if f"{CANARY} {text}" in said} == seen
    link = browser.soup(PATH).select_one("main a[href*='needs.csv']")
    assert link is not None
    file = browser.get(str(link["href"])).text
    assert {text for text in every if f"{CANARY} {text}" in file} == seen
    assert CANARY not in browser.get(f"/needs.json?cycle={CYCLE}").text


def test_nobody_gets_a_file_for_a_wider_level(public: Browser, cycle: ReportingCycle) -> None:
    assert public.get(f"/needs.csv?cycle={CYCLE}&audience=states").status_code == 403
    assert public.get(f"/needs.pdf?cycle={CYCLE}").status_code == 404


def test_a_need_is_met_by_offers_on_its_theme_the_same_kind_first(
    public: Browser, cycle: ReportingCycle
) -> None:
    page = public.soup(PATH)
    article = page.find("article", id="i-kenya-0")
    assert isinstance(article, Tag)
    link = article.select_one("a[href*=match]")
    assert link is not None
    assert words(link) == "4 offers of other States on the same theme"
    assert "3 of the same kind" in words(article)
    matched = public.soup(str(link["href"]))
    assert entries(matched) == [
        *("Marking machines.", "Two machines.", "Of an observer.", "From Peru.", "Advice."),
    ]
    peru = next(a for a in page.select("main article") if "From Peru." in a.get_text())
    back = peru.select_one("a[href*=match]")
    assert back is not None and words(back) == "2 needs of other States on the same theme"
    gone = next(a for a in page.select("main article") if "Long gone." in a.get_text())
    assert gone.select_one("a[href*=match]") is None
    files = matched.select_one("main a[href*='needs.json']")
    assert files is not None
    rows = json.loads(public.get(str(files["href"])).text)["needs_and_offers"]
    assert [row["description"] for row in rows] == entries(matched)[1:]


def test_what_is_withheld_can_be_matched_with_nothing(
    public: Browser, cycle: ReportingCycle
) -> None:
    assert public.get(f"{PATH}&match=kenya-2").status_code == 404
    assert public.get(f"{PATH}&match=kenya-1").status_code == 200


def test_the_workbook_holds_exactly_the_list(public: Browser, cycle: ReportingCycle) -> None:
    answer = public.get(f"/needs.xlsx?cycle={CYCLE}&direction=needed&lang=en")
    assert f"{CYCLE}_needs_public_en.xlsx" in answer.headers["Content-Disposition"]
    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames[:2] == ["Read me", "Needs and offers"]
    table = [[cell.value for cell in row] for row in book["Needs and offers"].iter_rows()]
    at = {name: number for number, name in enumerate(map(str, table[0]))}
    assert [row[at["Description"]] for row in table[1:]] == [
        *("Marking machines.", "Trainers <script>.", "Machines in Peru.", None, None),
    ]
    assert [(row[0], row[at["Withheld"]]) for row in table[4:]] == [("KEN", 2), ("PER", 1)]
    facts = {str(row[0].value): str(row[1].value) for row in book["Read me"].iter_rows()}
    assert facts["Filters"] == "Needed"
    assert facts["Needed, USD"] == "3500; named by 2/3 (67%)"
    assert facts["Needed"] == "3"
    assert facts["Completed or withdrawn, in no count and no sum"] == "0"
    offers = load_workbook(
        io.BytesIO(public.get(f"/needs.xlsx?cycle={CYCLE}&direction=offered&lang=en").data)
    )
    facts = {str(row[0].value): str(row[1].value) for row in offers["Read me"].iter_rows()}
    assert facts["Completed or withdrawn, in no count and no sum"] == "1"
    assert (facts["Offered"], facts["Offered, USD"]) == ("3", "301; named by 2/3 (67%)")
    whole = "\n".join(str(c.value) for s in book for row in s.iter_rows() for c in row)
    assert CANARY not in whole


def test_csv_has_the_same_rows(public: Browser, cycle: ReportingCycle) -> None:
    answer = public.get(f"/needs.csv?cycle={CYCLE}&lang=fr")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = answer.data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 8 + 2
    same = public.get(f"/needs.json?cycle={CYCLE}&lang=fr").get_json()["needs_and_offers"]
    assert list(rows[0]) == list(same[0]) and rows[0]["theme_code"] == same[0]["theme_code"]
    assert sum(int(row["withheld"] or 0) for row in rows) == 3
    assert CANARY not in text


def test_long_lists_come_in_pages(public: Browser, session: Session, cycle: ReportingCycle) -> None:
    france = make_submission(session, cycle, "FRA", {})
    for number in range(60):
        add_item(session, france, offer(f"Offer {number}.", Theme.GENDER))
    session.commit()
    first, second = public.soup(PATH), public.soup(f"{PATH}&page=2")
    shown = entries(first) + entries(second)
    assert (len(entries(first)), len(shown)) == (40, 68)
    assert len(set(shown)) == 68
    link = first.select_one(".pagination a[rel=next]")
    assert link is not None and f"cycle={CYCLE}" in str(link["href"])


def test_few_statements_however_many_rows(
    public: Browser, session: Session, connection: Connection, cycle: ReportingCycle
) -> None:
    with counted(connection) as seen:
        public.get(PATH)
    assert 0 < len(seen) <= 12, seen


@pytest.mark.parametrize("seed", range(8))
def test_any_list_recounted_naively(session: Session, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311  # reproducible rows, not secrets
    cycle = make_cycle(session, f"random-{seed}")
    every: list[tuple[str, Assistance]] = []
    for iso3 in ("KEN", "GHA", "PER", "FRA", "VAT"):
        submission = make_submission(session, cycle, iso3, {})
        for number in range(draw.randrange(6)):
            item = need(
                f"{iso3} {number}",
                draw.choice([Theme.MARKING, Theme.TRACING]),
                direction=draw.choice(list(Direction)),
                kind=draw.choice([*AssistanceKind, None]),
                amount=draw.choice([None, 0, 5, 10**9]),
                currency=draw.choice(["USD", "EUR"]),
                status=draw.choice(list(AssistanceStatus)),
                audience=draw.choice(list(Audience)),
            )
            add_item(session, submission, item)
            every.append((iso3, item))
    for reader in Audience:
        found = assistance_of_cycle(session, cycle.id, reader)
        open_to = sorted(i.description for _, i in every if reader.admits(i.audience))
        assert sorted(row.content.description for row in found.rows) == open_to
        hidden = Counter(iso3 for iso3, item in every if not reader.admits(item.audience))
        assert {r.state.iso3: r.withheld for r in found.states if r.withheld} == hidden
        for total in currency_sums(not_ended(found.rows)):
            amounts = [
                item.amount
                for _, item in every
                if reader.admits(item.audience)
                and (item.direction, item.currency) == (total.direction, total.currency)
                and item.amount is not None
                and item.status.value not in ("completed", "withdrawn")
            ]
            assert (total.amount, total.named) == (sum(amounts), len(amounts))
        choice = AssistanceChoice(direction=Direction.NEEDED, theme=Theme.TRACING)
        assert {row.content.description for row in found.rows if choice.takes(row)} == {
            item.description
            for _, item in every
            if reader.admits(item.audience)
            and (item.direction, item.theme) == (Direction.NEEDED, Theme.TRACING)
        }
        for one in found.rows:
            for other in found.rows:
                met = other in matches_of(one, found.rows)
                assert met == (one in matches_of(other, found.rows))
                assert not met or one.state.iso3 != other.state.iso3
