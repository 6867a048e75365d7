"""The overview, the matrix and the States behind a figure as files: recounted, and as the page."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people import Browser, make_user
from tests.submitted import make_cycle, make_submission
from tests.web.test_public import table, text_of
from tracker.domain.documents import Commitment, OutcomeDocument
from tracker.domain.progress import COUNT_KEYS, Audience, Progress
from tracker.domain.responses import ResponseContent
from tracker.domain.roles import Role
from tracker.domain.states import StateStatus
from tracker.models import State
from tracker.queries.documents import document_or_none

BEFORE, NOW = "bms7-2026", "bms7-2028"
FIGURES, MATRIX, BEHIND = (f"/cycles/{NOW}/{name}" for name in ("figures", "matrix", "states"))
HIDDEN = {("PER", 25): Audience.SECRETARIAT, ("KEN", 26): Audience.STATES}
EARLIER = {
    "KEN": {25: "not_started", 58: "implemented", 64: "partly_implemented"},
    "PER": {25: "in_development", 58: "in_development"},
    "TCD": {25: "implemented"},
    "VAT": {25: "not_started"},
}
SAID = {
    "KEN": {25: "implemented", 26: "implemented", 58: "implemented", 64: "in_development"},
    "PER": {25: "implemented", 58: "partly_implemented", 61: "not_applicable"},
    "FRA": {25: "implemented", 27: "not_started"},
    "VAT": {25: "implemented"},
}
OUTSIDE = {
    "members": (),
    "reporting": ("not_reported",),
    "answered": ("not_reported", "not_answered", "withheld"),
    "applicable": ("not_reported", "not_answered", "withheld", "not_applicable"),
}
LADDER = ("not_started", "in_development", "partly_implemented", "implemented")
CHOICES = [
    "",
    "&base=answered",
    "&base=reporting&area=africa",
    "&base=applicable&section=I.2",
    "&base=answered&theme=manufacture&strength=commit&strength=encourage&addressee=states",
    "&area=202&level=national",
]
each_choice = pytest.mark.parametrize("query", CHOICES)


@pytest.fixture(autouse=True)
def reports(session: Session) -> None:
    for slug, year, said in ((BEFORE, 2026, EARLIER), (NOW, 2028, SAID)):
        cycle = make_cycle(session, slug, opens=date(year, 1, 1))
        for iso3, answers in said.items():
            content = {
                paragraph: ResponseContent(
                    progress=Progress(value),
                    narrative="canary" if (iso3, paragraph) in HIDDEN else "",
                    audience=HIDDEN.get((iso3, paragraph), Audience.PUBLIC),
                )
                for paragraph, value in answers.items()
            }
            make_submission(session, cycle, iso3, content)
    session.commit()


@pytest.fixture
def document(session: Session) -> OutcomeDocument:
    found = document_or_none(session, "bms7")
    assert found
    return found


@pytest.fixture
def members(session: Session) -> list[State]:
    return list(session.scalars(select(State).filter_by(status=StateStatus.MEMBER)))


def told(browser: Browser, place: str, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(browser.get(f"{place}.json?lang=en{query}").data)
    return found


def word(iso3: str, paragraph: int, said: dict[str, dict[int, str]] = SAID) -> str:
    """What the public reads of a pair."""
    if iso3 not in said:
        return "not_reported"
    if (iso3, paragraph) in HIDDEN and paragraph in said[iso3]:
        return "withheld"
    return said[iso3].get(paragraph, "not_answered")


def asked(query: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in query.split("&")[1:]:
        name, value = part.split("=")
        found.setdefault(name, []).append(value)
    return found


def under(code: str, heading: str) -> bool:
    return code == heading or code.startswith(f"{heading}.")


def values_of(one: Commitment, by: str) -> list[str | None]:
    found: dict[str, list[str | None]] = {
        "all": [None],
        "theme": [theme.value for theme in one.themes],
        "level": [one.level and one.level.value],
        "strength": [one.strength and one.strength.value],
        "addressee": [one.addressee.value],
    }
    return found[by]


def chosen_of(
    document: OutcomeDocument, members: Iterable[State], query: str
) -> tuple[list[str], list[Commitment]]:
    """States and commitments of a query, worked out without the code of the page."""
    wanted = asked(query)
    area = wanted.get("area", [""])[0]
    states = [
        s.iso3
        for s in members
        if not area or area in (s.group_code, s.region_code, s.subregion_code)
    ]
    commitments = [
        one
        for one in document.commitments
        if one.addressee.value != "secretariat"
        and all(under(one.section, code) for code in wanted.get("section", []))
        and all(
            set(values_of(one, by)) & set(wanted[by])
            for by in ("theme", "level", "strength", "addressee")
            if by in wanted
        )
    ]
    return states, commitments


def counted(states: Iterable[str], paragraphs: Iterable[int]) -> Counter[str]:
    numbers = list(paragraphs)
    return Counter(word(iso3, number) for iso3 in states for number in numbers)


def assert_counts(row: dict[str, Any], counts: Counter[str], base: str, unit: str) -> None:
    assert {key: row[f"{unit}_{key}"] for key in COUNT_KEYS} == {k: counts[k] for k in COUNT_KEYS}
    assert row["base_code"] == base
    assert row["base_size"] == sum(n for key, n in counts.items() if key not in OUTSIDE[base])


@each_choice
def test_the_overview_is_recounted_part_by_part(
    public: Browser, document: OutcomeDocument, members: list[State], query: str
) -> None:
    found = told(public, FIGURES, query)
    states, commitments = chosen_of(document, members, query)
    base = asked(query).get("base", ["members"])[0]
    rows = {(row["by_code"], row["code"]): row for row in found["progress"]}
    assert len(rows) == len(found["progress"])
    expected: set[tuple[str, str | None]] = {("all", None)}
    expected |= {
        ("section", section.code)
        for section in document.sections
        for one in commitments
        if under(one.section, section.code)
        and all(under(section.code, code) for code in asked(query).get("section", []))
    }
    for by in ("theme", "level", "strength", "addressee"):
        values = {value for one in commitments for value in values_of(one, by) if value}
        wanted = set(asked(query).get(by, values))
        expected |= {(by, value) for value in values & wanted}
    assert set(rows) == expected
    for (by, code), row in rows.items():
        inside = [
            one.paragraph
            for one in commitments
            if (under(one.section, code) if by == "section" else code in values_of(one, by))
        ]
        assert row["commitments"] == len(inside), (by, code)
        assert_counts(row, counted(states, inside), base, "pairs")
    assert [row["paragraph"] for row in found["commitments"]] == [o.paragraph for o in commitments]
    for row in found["commitments"]:
        assert_counts(row, counted(states, [row["paragraph"]]), base, "states")
    wide = {key: value if key == "strength" else value[0] for key, value in asked(query).items()}
    assert found["filters"] == {
        key: v for key, v in wide.items() if (key, v) != ("base", "members")
    }
    assert (found["base"], found["compared_with"]) == (base, BEFORE)


def first_numbers(page: BeautifulSoup, id: str) -> list[tuple[str, str]]:
    """Base and share of the first value in each row of a table of the page."""
    rows = page.select(f"table#{id} tbody tr, #{id} table tbody tr")
    return [tuple(text_of(cell) for cell in row.select("td")[1:3]) for row in rows]  # type: ignore[misc]


@each_choice
def test_the_numbers_of_the_overview_are_those_of_the_page(public: Browser, query: str) -> None:
    page, found = public.soup(f"{FIGURES}?lang=en{query}"), told(public, FIGURES, query)

    def share(row: dict[str, Any], unit: str) -> tuple[str, str]:
        number = row[f"{unit}_implemented"]
        return f"{row['base_size']:,}", f"{number:,}/{row['base_size']:,}"

    for by, id in (
        ("section", "sections"),
        *((kind, f"by-{kind}") for kind in ("level", "theme", "strength", "addressee")),
    ):
        shown = [(size, part.split(" ")[0]) for size, part in first_numbers(page, id)]
        in_file = [share(row, "pairs") for row in found["progress"] if row["by_code"] == by]
        assert in_file == shown and shown, by
    shown = [(size, part.split(" ")[0]) for size, part in first_numbers(page, "commitments")]
    assert [share(row, "states") for row in found["commitments"]] == shown
    for which in ("most", "least"):
        names = [name.split(" ·")[0] for name in table(page, which)] if page.find(id=which) else []
        rows = [row for row in found["ranked"] if row["list_code"] == which]
        assert [str(row["paragraph"]) for row in rows] == names
        assert [row["place"] for row in rows] == list(range(1, len(rows) + 1))


def test_who_reported_and_the_record_are_of_all_states_whatever_is_chosen(
    public: Browser, members: list[State]
) -> None:
    found = told(public, FIGURES, "&area=africa&section=I.2")
    page = public.soup(f"{FIGURES}?lang=en")
    for key, prefix, number in (
        ("reporting", "reports-", "reporting"),
        ("record", "", "on_record"),
    ):
        rows = found[key]
        whole = {row["kind_code"]: row for row in rows}["all"]
        shares = {row["name"]: f"{row[number]}/{row['members']}" for row in rows if row["name"]}
        id = f"{prefix}group" if prefix else "record"
        shown = {name: cells[0].split(" ")[0] for name, cells in table(page, id).items()}
        assert shown == {
            **{name: shares[name] for name in shown if name in shares},
            "All Member States": f"{whole[number]}/{whole['members']}",
        }
    areas = {row["code"]: row for row in found["reporting"]}
    for code, row in areas.items():
        inside = [
            s.iso3 for s in members if code in (None, s.group_code, s.region_code, s.subregion_code)
        ]
        assert (row["reporting"], row["members"]) == (len(SAID.keys() & set(inside)), len(inside))
    assert areas[None]["reporting"] == 3  # the Holy See is in no base


@pytest.mark.parametrize("query", ["", "&area=grulac", "&section=I.2&base=answered"])
def test_movement_is_recounted(
    public: Browser, document: OutcomeDocument, members: list[State], query: str
) -> None:
    states, commitments = chosen_of(document, members, query)
    both = [iso3 for iso3 in states if iso3 in SAID and iso3 in EARLIER]
    rows = told(public, FIGURES, query)["movement"]
    assert rows[0]["code"] is None and len(rows) > 1
    for row in rows:
        inside = [
            one.paragraph
            for one in commitments
            if row["code"] is None or under(one.section, row["code"])
        ]
        found: Counter[str] = Counter()
        for iso3 in both:
            for number in inside:
                then, now = word(iso3, number, EARLIER), word(iso3, number)
                if then in LADDER and now in LADDER:
                    steps = LADDER.index(now) - LADDER.index(then)
                    found["further" if steps > 0 else "back" if steps else "same"] += 1
                else:
                    found["not_compared"] += 1
        moved = ("further", "same", "back", "not_compared")
        assert [row[f"pairs_{way}"] for way in moved] == [found[way] for way in moved]
        assert (row["in_both"], row["commitments"]) == (len(both), len(inside))
        assert row["base_size"] == len(both) * len(inside)
    first = json.loads(public.get("/cycles/bms7/figures.json").data)
    assert first["movement"] == [] and first["compared_with"] is None


@pytest.mark.parametrize(
    "query",
    [
        "",
        "&sort=implemented",
        "&rows=list&sort=25&section=I.1",
        "&area=africa&base=answered&sort=58",
    ],
)
def test_the_matrix_has_the_rows_and_words_of_the_page(
    public: Browser, document: OutcomeDocument, members: list[State], query: str
) -> None:
    found = told(public, MATRIX, query)
    page = public.soup(f"{MATRIX}?lang=en{query}")
    shown = page.select("#matrix tbody tr:not(.group)")
    names = [text_of(row.select_one("th") or row) for row in shown]
    assert [row["state"] for row in found["matrix"]] == names
    states, commitments = chosen_of(document, members, query)
    assert {row["iso3"] for row in found["matrix"]} == set(states)
    base = asked(query).get("base", ["members"])[0]
    cells = iter(found["cells"])
    for row, there in zip(found["matrix"], shown, strict=True):
        codes = [row[f"p{one.paragraph}_code"] for one in commitments]
        assert codes == [word(row["iso3"], one.paragraph) for one in commitments]
        assert [row[f"p{one.paragraph}"] for one in commitments] == [
            text_of(cell) for cell in there.select("td[class^=is-]")
        ]
        assert_counts(row, Counter(codes), base, "pairs")
        for one, code in zip(commitments, codes, strict=True):
            cell = next(cells)
            named = cell["iso3"], cell["paragraph"], cell["progress_code"], cell["section"]
            assert named == (row["iso3"], one.paragraph, code, one.section)
    assert next(cells, None) is None
    for row in found["commitments"]:
        assert_counts(row, counted(states, [row["paragraph"]]), base, "states")
    groups = {row["iso3"]: row["group"] for row in found["matrix"]}
    assert groups["KEN"] == "African States"


VALUES = ("", *COUNT_KEYS, "further", "same", "back", "not_compared", "in_both", "reported")


@pytest.mark.parametrize("query", ["", "&area=africa&section=I.1", "&paragraph=25", "&state=KEN"])
def test_the_states_behind_a_figure_are_those_of_the_page(public: Browser, query: str) -> None:
    for value in VALUES:
        assert_as_on_the_page(public, query, value)


def assert_as_on_the_page(public: Browser, query: str, value: str) -> None:
    query += f"&value={value}" if value else ""
    found, page = told(public, BEHIND, query), public.soup(f"{BEHIND}?lang=en{query}")
    figure = found["figure"][0]
    members = [row for row in found["states"] if row["standing_code"] == "member"]
    assert figure["value_code"] == (value or None)
    assert figure["states"] == len(members)
    assert figure["pairs"] == sum(row["pairs"] for row in members)
    lead = text_of(page.select_one(".lead") or page)
    whole_reports = value in ("in_both", "reported")
    part, of = ("states", "states_chosen") if whole_reports else ("pairs", "base_size")
    assert f"{figure[part]:,}/{figure[of]:,}" in lead
    shown = table(page, "states") if page.find("table", id="states") else {}
    in_file = {row["state"]: f"{row['pairs']}/{row['base_size']}" for row in members}
    assert in_file == {name: cells[0].split(" ")[0] for name, cells in shown.items()}
    listed = [row for row in found["pairs"] if row["iso3"] != "VAT"]
    if whole_reports or value == "not_reported":
        assert not found["pairs"]
        return
    assert len(listed) == figure["pairs"]
    assert all(row["progress_code"] == word(row["iso3"], row["paragraph"]) for row in listed)
    per_state = Counter(row["state"] for row in listed)
    for name, cells in shown.items():
        if len(cells) > 1:
            numbers = [str(r["paragraph"]) for r in listed if r["state"] == name]
            assert cells[1].replace(" ", "").split(",") == numbers
        assert per_state[name] == int(cells[0].split("/")[0])


def test_observers_stand_at_the_end_in_no_number(public: Browser) -> None:
    found = told(public, BEHIND, "&value=implemented&paragraph=25")
    assert [row["iso3"] for row in found["states"]] == ["FRA", "KEN", "VAT"]
    last = found["states"][-1]
    assert (last["standing_code"], last["pairs"], last["base_size"]) == ("observer", 1, None)
    assert (found["figure"][0]["states"], found["figure"][0]["pairs"]) == (2, 2)
    assert [row["iso3"] for row in found["pairs"]] == ["FRA", "KEN", "VAT"]
    matrix = told(public, MATRIX, "&section=I.1.a")
    assert "VAT" not in {row["iso3"] for row in matrix["matrix"]}, "observers stand in no row"


def test_who_reported_is_told_of_whole_reports(public: Browser) -> None:
    query = "&value=reported&section=II&paragraph=25"
    lines = text_of(public.soup(f"{BEHIND}?lang=en{query}").select("main ul")[0])
    assert "Chosen: 193 States" in lines and "commitment" not in lines
    found = told(public, BEHIND, query)["figure"][0]
    assert found["paragraph"] is None and found["pairs"] == 93 * found["states"]


def test_facts_of_a_file_are_those_of_its_page(public: Browser) -> None:
    """Movement is told where it is counted alone; a figure of one State says of which."""
    assert "compared_with" not in told(public, MATRIX) | told(public, BEHIND)
    assert told(public, FIGURES)["compared_with"] == BEFORE
    assert told(public, BEHIND, "&value=further")["compared_with"] == BEFORE
    book = public.get(f"{BEHIND}.zip?lang=en&state=KEN&paragraph=25").data
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        facts = archive.read("read_me.csv").decode()
    assert "The one commitment,25" in facts and "The one State,Kenya" in facts
    assert "Movement since" not in facts


@pytest.mark.parametrize("place", [FIGURES, MATRIX, BEHIND])
def test_each_reader_has_the_numbers_that_they_may_read(
    public: Browser, browser_of: type[Browser], session: Session, place: str
) -> None:
    query = "&section=I.1&value=implemented" if place == BEHIND else "&section=I.1"
    readers = {
        "public": public,
        "states": browser_of(make_user(session, Role.OBSERVER, "CHN")),
        "secretariat": browser_of(make_user(session, Role.REVIEWER)),
    }
    done = {}
    for audience, browser in readers.items():
        found = told(browser, place, query)
        assert found["audience"] == audience
        assert "canary" not in json.dumps(found)
        if place == FIGURES:
            done[audience] = found["progress"][0]["pairs_implemented"]
        elif place == MATRIX:
            done[audience] = sum(row["pairs_implemented"] for row in found["matrix"])
        else:
            done[audience] = found["figure"][0]["pairs"]
        name = browser.get(f"{place}.xlsx?lang=fr{query}").headers["Content-Disposition"]
        assert f"_{audience}_fr.xlsx" in name
    assert done == {"public": 2, "states": 3, "secretariat": 4}
    assert "Not to be passed on" in told(readers["secretariat"], place, query)["made_for"]


def test_a_page_says_that_an_export_is_something_else(public: Browser) -> None:
    for place in (FIGURES, MATRIX):
        page = public.soup(f"{place}?lang=en")
        (link,) = page.select("main a[href*='/exports/new']")
        assert text_of(link) == "Export whole cycles, with every answer: workbook, CSV or JSON"
        here = next(p for p in page.select("main p") if "Download exactly this:" in p.text)
        assert isinstance(here, Tag) and len(here.select("a")) == 3
