"""The explorer of an indicator: what is chosen in the address, regions, paths in words, trend."""

import re
from fractions import Fraction

import pytest
from bs4 import BeautifulSoup, Tag
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, update
from sqlalchemy.orm import Session

from tests.people import Browser, make_user
from tests.statements import counted
from tests.submitted import add_figures, make_cycle, make_submission
from tests.tampering import without_triggers
from tracker.domain.indicators import Cell
from tracker.domain.progress import Audience
from tracker.domain.roles import Role
from tracker.models import ReportingCycle, SubmissionFigure
from tracker.queries.indicator_values import ValueChoice, returned_values, shown_values
from tracker.queries.indicators import definition_of

SLUG = "sdg-16-4-2"
PATH = f"/indicators/{SLUG}"
CATEGORIES = ("seized_criminal", "found", "surrendered")
READERS = list(Audience)


@pytest.fixture
def cycle(session: Session) -> ReportingCycle:
    """A cycle in which the States of a test report."""
    return make_cycle(session)


def publish(
    session: Session,
    cycle: ReportingCycle,
    iso3: str,
    figures: dict[Cell, int],
    audience: Audience = Audience.PUBLIC,
) -> None:
    """A published report with these figures."""
    add_figures(session, make_submission(session, cycle, iso3, {}), figures, audience)
    session.commit()


def column(category: str, year: int, **inputs: int) -> dict[Cell, int]:
    """Figures of one category and year by input."""
    return {Cell(year, category, name): value for name, value in inputs.items()}


def text(soup: BeautifulSoup, part: str = "main") -> str:
    """What a reader sees of a part of the page, in single blanks."""
    found = soup.select_one(part)
    assert found is not None, part
    return in_single_blanks(found)


def in_single_blanks(part: Tag) -> str:
    """Its words; a mark that follows a link stands beside it."""
    return " ".join(part.get_text(" ").split()).replace(" ;", ";")


def rows(soup: BeautifulSoup, table: str) -> dict[str, list[str]]:
    """The cells of a table by the head of their row."""
    return {
        in_single_blanks(row.th): [in_single_blanks(cell) for cell in row.find_all("td")]
        for row in soup.select(f"#{table} tbody tr")
        if row.th
    }


def case(
    totals: tuple[int, int, int],
    traced: int,
    otherwise: int,
    marked: int,
    year: int = 2023,
    **more: int,
) -> dict[Cell, int]:
    """A synthetic case: arms by category, what became of them for all categories together."""
    figures = {
        Cell(year, category, "total"): total
        for category, total in zip(CATEGORIES, totals, strict=True)
    }
    outcome = {"traced": traced, "otherwise_established": otherwise, "uniquely_marked": marked}
    return figures | column("not_split", year, **outcome, **more)


@pytest.fixture
def cases(session: Session, cycle: ReportingCycle) -> None:
    """The synthetic cases 1 to 5, each a State's: two in Africa, the others elsewhere."""
    publish(session, cycle, "KEN", case((10, 5, 2), 1, 0, 12))
    publish(session, cycle, "UGA", case((20, 3, 1), 7, 0, 24))
    unmarked = case((100, 0, 0), 40, 10, 80, otherwise_established_marked=0)
    publish(session, cycle, "FRA", unmarked)
    publish(session, cycle, "PER", case((0, 0, 0), 0, 0, 0))
    administrative = column("seized_administrative", 2023, total=70)
    publish(session, cycle, "JPN", case((30, 0, 0), 15, 0, 30) | administrative)


@pytest.mark.usefixtures("cases")
def test_the_synthetic_cases_by_state_group_and_region(public: Browser) -> None:
    soup = public.soup(f"{PATH}?year=2023")
    states = rows(soup, "states")
    expected = {
        "Kenya": ("1/17 (5.88%)", "1/12 (8.33%)"),
        "Uganda": ("7/24 (29.17%)", "7/24 (29.17%)"),
        "France": ("50/100 (50.00%)", "40/80 (50.00%)"),
        "Peru": ("÷ Not computable The denominator", "÷ Not computable The denominator"),
        "Japan": ("15/30 (50.00%)", "15/30 (50.00%)"),
    }
    assert states.keys() == expected.keys()
    for name, (value_a, value_b) in expected.items():
        assert states[name][0].startswith(value_a) and states[name][1].startswith(value_b)
    for table, name, members in (
        ("groups", "African States", 54),
        ("regions", "Africa", 54),
        ("subregions", "Sub-Saharan Africa", 48),
    ):
        value_a, value_b = rows(soup, table)[name]
        assert value_a.startswith("8/41 (19.51%)") and value_b.startswith("8/36 (22.22%)")
        assert f"2 of {members} Member States computable; not reported: {members - 2}" in value_a
    south = rows(soup, "subregions")["Latin America and the Caribbean"][0]
    nowhere = "0 of 33 Member States computable; not computable: 1; not reported: 32"
    assert south == f"÷ Not computable {nowhere}"
    assert rows(soup, "groups")["All Member States"][0].startswith("73/171 (42.69%) 4 of 193")
    silent = soup.select("#silent li")
    assert len(silent) == 188
    assert "188 Member States did not report" in text(soup, "details:has(#silent) > summary")


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize("query", ["?year=2023", "", "?area=africa"])
def test_each_number_of_states_leads_to_these_states(
    public: Browser, session: Session, cycle: ReportingCycle, query: str
) -> None:
    publish(session, cycle, "DEU", case((9, 0, 0), 3, 0, 6), Audience.SECRETARIAT)
    publish(session, cycle, "VAT", case((9, 0, 0), 3, 0, 6))  # an observer is in no number
    soup = public.soup(f"{PATH}{query}")
    kinds = set()
    for link in soup.select("#groups td a, #trend td a"):
        words, address = in_single_blanks(link), str(link["href"])
        number = int(re.findall(r"^\d+|\d+$", words)[0])
        there = public.soup(address)
        if address.endswith("#silent"):
            assert len(there.select("#silent li")) == number
            continue
        kinds.add(address.partition("value=")[2])
        assert len(rows(there, "states")) == number, (words, address)
        chosen = text(there, "#by-state + p")
        assert f"· {number} State" in chosen and not there.select("#silent")
    every = {f"{kind}#by-state" for kind in ("computable", "not_computable", "withheld")}
    assert kinds == every  # the sums hold all groups, whatever area is chosen


@pytest.mark.usefixtures("cases")
def test_states_that_stand_so_are_kept_with_the_other_choices(public: Browser) -> None:
    soup = public.soup(f"{PATH}?of=a&value=not_computable&lang=en")
    assert rows(soup, "states").keys() == {"Peru"}
    assert text(soup, "#by-state + p").startswith("Only Member States that stand so:")
    assert "Not computable" in text(soup, "#by-state + p strong")
    hidden = [(f["name"], f["value"]) for f in soup.select("form.filters input[type=hidden]")]
    assert hidden == [("lang", "en"), ("of", "a"), ("value", "not_computable")]
    everything = soup.select_one("#by-state + p a")
    assert everything and everything["href"] == f"{PATH}?lang=en#by-state"


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize(
    ("half", "missing"), [("?of=a", "value"), ("?value=withheld&year=2023", "of")]
)
def test_half_of_how_states_stand_is_refused_and_leads_to_the_rest(
    public: Browser, half: str, missing: str
) -> None:
    answer = public.client.get(f"{PATH}{half}")
    soup = BeautifulSoup(answer.text, "html.parser")
    given = {"value": "of", "of": "value"}[missing]
    assert answer.status_code == 422
    assert f"“{given}” stands in the address without “{missing}”." in text(soup, "main")
    rest = PATH + ("?year=2023" if "year" in half else "")
    assert soup.select_one(f'main a[href="{rest}"]')


@pytest.mark.usefixtures("cases")
def test_an_area_narrows_states_and_trend_and_leaves_the_sums(public: Browser) -> None:
    whole, soup = (public.soup(f"{PATH}{query}") for query in ("", "?area=africa"))
    assert rows(soup, "states").keys() == {"Kenya", "Uganda"}
    assert rows(soup, "groups") == rows(whole, "groups")
    assert rows(whole, "trend")["2023"][0].startswith("73/171 (42.69%) 4 of 193 Member States")
    assert rows(soup, "trend")["2023"][0].startswith("8/41 (19.51%) 2 of 54 Member States")
    assert text(soup, ".trend-years") == "8/41 19.51% A 8/36 22.22% B 2023"
    assert len(soup.select("#silent li")) == 52
    links = [str(a["href"]) for a in soup.select("#trend th a, #groups a[aria-current]")]
    assert links == [
        f"{PATH}?area=africa#values",
        f"{PATH}?year=2023&area=africa#values",
    ]
    behind = [str(a["href"]) for a in soup.select("#trend td a")]
    there = f"{PATH}?year=2023&area=africa"
    assert set(behind) == {
        f"{there}#silent",
        *(f"{there}&of={of}&value=computable#by-state" for of in "ab"),
    }
    asia = [str(a["href"]) for a in soup.select("#groups tr:has(a[href*=asia_pacific]) td a")]
    assert f"{PATH}?area=asia_pacific#silent" in asia and len(asia) == 4


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize(
    ("query", "name", "table", "row"),
    [
        ("", "All Member States", "groups", ".group"),
        ("?area=africa", "African States", "groups", ".chosen"),
        ("?area=202&year=2023", "Sub-Saharan Africa", "subregions", ".chosen"),
    ],
)
def test_the_place_chosen_is_told_near_the_top_and_marked(
    public: Browser, query: str, name: str, table: str, row: str
) -> None:
    soup = public.soup(f"{PATH}{query}")
    (marked,) = [
        one
        for one in soup.select(f"#{table} tbody tr")
        if one.select_one("th") and in_single_blanks(one).startswith(name)
    ]
    assert marked in soup.select(f"#{table} {row}") and len(soup.select("tr.chosen")) == bool(query)
    cells = [in_single_blanks(cell) for cell in marked.select("td")]
    told = [in_single_blanks(one).rpartition(": ")[2] for one in soup.select("#chosen-values li")]
    assert len(told) == 2 and all(
        cell.startswith(said.replace(" ,", "")) for cell, said in zip(cells, told, strict=True)
    )
    headings = [in_single_blanks(one) for one in soup.select("h2")]
    assert "Values from national reports" in headings and "Published values" not in headings
    assert not public.soup(f"{PATH}?state=KEN").select("#chosen-values")


def test_a_category_is_computed_by_itself(
    public: Browser, session: Session, cycle: ReportingCycle
) -> None:
    full = {"otherwise_established": 0, "uniquely_marked": 4}
    found = column("found", 2023, total=4, traced=1, **full)
    publish(session, cycle, "KEN", found | column("surrendered", 2023, total=8, traced=8, **full))
    publish(session, cycle, "UGA", column("found", 2023, total=6, traced=2))
    soup = public.soup(f"{PATH}?year=2023&category=found")
    assert rows(soup, "states")["Kenya"][0].startswith("1/4 (25.00%)")
    uganda = rows(soup, "states")["Uganda"]
    assert uganda[0] == "÷ Not computable Unknown: Established otherwise (Found, 2023 )"
    assert uganda[1] == "÷ Not computable Unknown: Uniquely marked (Found, 2023 )"
    africa = rows(soup, "regions")["Africa"][0]
    assert africa.startswith("1/4 (25.00%) 1 of 54") and "not computable: 1" in africa
    assert rows(soup, "trend")["2023"][0].startswith("1/4")
    path = public.soup(f"{PATH}?year=2023&category=surrendered&state=KEN")
    assert "8 ÷ 8 = 100.00%" in text(path, ".steps")


def test_the_path_of_a_state_in_words(
    public: Browser, session: Session, cycle: ReportingCycle
) -> None:
    inputs = {"total": 8, "traced": 2, "otherwise_established": 1, "uniquely_marked": 5}
    publish(session, cycle, "KEN", column("found", 2023, **inputs) | case((5, 3, 2), 1, 0, 4, 2022))
    soup = public.soup(f"{PATH}?state=KEN&year=2023")
    steps = [" ".join(step.get_text(" ").split()) for step in soup.select(".steps li")]
    assert steps == [
        "Numerator: Traced 2 + Established otherwise 1 = 3",
        "Denominator: All arms 8",
        "3 ÷ 8 = 37.50%",
        "Numerator: Traced 2 + Established otherwise: those uniquely marked unknown = 2",
        "Denominator: Uniquely marked 5",
        "2 ÷ 5 = 40.00%",
    ]
    assert "Counted where known; not known here: Established otherwise: those" in text(soup)
    assert rows(soup, "states").keys() == {"Kenya"}
    assert not soup.select("#silent")
    every = public.soup(f"{PATH}?state=ken")
    years = "2022 : 1/10; 2023 : 3/8 (from 1 of 3 categories: Found)"
    pooled = "Pooled, numerators and denominators summed: 4 ÷ 18 = 22.22%"
    assert f"{years} {pooled} 2 of 2 years" in text(every)
    assert rows(every, "trend") == {
        "2022": ["1/10 (10.00%)", "1/4 (25.00%)"],
        "2023": [
            "3/8 (37.50%) from part of the categories",
            "2/5 (40.00%) from part of the categories",
        ],
    }


def test_a_value_from_part_of_the_categories_says_so_wherever_it_stands(
    public: Browser, session: Session, cycle: ReportingCycle
) -> None:
    """By hand: 3/8 from found arms alone, 4/16 from two categories, 7/24 from all three.

    Africa: (3 + 7)/(8 + 24) = 10/32, the world (3 + 7 + 4)/(8 + 24 + 16) = 14/48.
    """
    inputs = {"total": 8, "traced": 2, "otherwise_established": 1, "uniquely_marked": 5}
    publish(session, cycle, "KEN", column("found", 2023, **inputs))
    publish(session, cycle, "UGA", case((20, 3, 1), 7, 0, 24))
    two = column("seized_criminal", 2023, total=10, traced=2, otherwise_established=0)
    two |= column("found", 2023, total=6, traced=2, otherwise_established=0)
    publish(session, cycle, "PER", two)
    soup = public.soup(f"{PATH}?year=2023")
    states = rows(soup, "states")
    assert states["Kenya"][0] == "3/8 (37.50%) 2023 : from 1 of 3 categories: Found"
    two_of_three = "2023 : from 2 of 3 categories: Seized, criminal matter, Found"
    assert states["Peru"][0] == f"4/16 (25.00%) {two_of_three}"
    assert states["Uganda"][0] == "7/24 (29.17%)"
    groups = rows(soup, "groups")
    africa, world = groups["African States"][0], groups["All Member States"][0]
    counted = "2 of 54 Member States computable ( of them from part of the categories: 1 )"
    assert africa == f"10/32 (31.25%) {counted} ; not reported: 52".replace(" ;", ";")
    assert world.startswith("14/48 (29.17%) 3 of 193 Member States computable ( of them from part")
    assert rows(soup, "trend")["2023"][0] == world
    link = soup.select_one('#groups tr:has(a[href*="area=africa"]) a[href*="of=a&value=partial"]')
    assert link is not None
    listed = public.soup(str(link["href"]))
    assert rows(listed, "states").keys() == {"Kenya"}
    assert "from part of the categories" in text(listed, "#by-state + p")
    one = public.soup(f"{PATH}?year=2023&category=found")  # a category alone is whole
    assert "of 3 categories" not in text(one, "#states")
    assert "part of the categories" not in text(one, "#groups")
    path = public.soup(f"{PATH}?year=2023&state=PER")
    assert "16 from 2 of 3 categories: Seized, criminal matter, Found" in text(path)
    profile = text(public.soup("/states/KEN"))
    assert "3/8 (37.50%) from 1 of 3 categories: Found" in profile
    assert "8 from 1 of 3 categories: Found" in profile


def test_the_path_names_what_is_missing(
    public: Browser, session: Session, cycle: ReportingCycle
) -> None:
    publish(session, cycle, "KEN", column("found", 2023, total=8, otherwise_established=1))
    steps = [
        " ".join(step.get_text(" ").split())
        for step in public.soup(f"{PATH}?state=KEN&year=2023").select(".steps li")
    ]
    assert steps[:3] == [
        "Numerator: Traced unknown + Established otherwise 1 : not known",
        "Denominator: All arms 8",
        "Not computable, because unknown: Traced (Found, 2023 ).",
    ]
    assert steps[4] == "Denominator: Uniquely marked unknown"
    silent = public.soup(f"{PATH}?state=UGA")
    assert "From inputs to values: Uganda" in text(silent)
    assert rows(silent, "trend")["2023"] == ["× Not reported", "× Not reported"]


def test_an_observer_state_has_a_path_and_is_in_no_sum(
    public: Browser, session: Session, cycle: ReportingCycle
) -> None:
    publish(session, cycle, "VAT", case((4, 0, 0), 1, 0, 2))
    soup = public.soup(f"{PATH}?state=VAT")
    assert rows(soup, "trend")["2023"][0] == "1/4 (25.00%)"
    assert rows(soup, "regions")["Europe"][0].startswith("× Not reported 0 of")
    whole = public.soup(PATH)
    assert rows(whole, "trend")["2023"][0].startswith("× Not reported 0 of 193")


@pytest.mark.parametrize(
    "query",
    ["year=1999", "area=nowhere", "category=seized_administrative", "category=x", "state=ZZZ"]
    + ["of=c", "of=a&value=known", "value=x"],
)
@pytest.mark.usefixtures("cases")
def test_wrong_choices_are_refused(public: Browser, query: str) -> None:
    assert public.get(f"{PATH}?{query}").status_code == 422


def shown_to(reader: Browser, query: str) -> str:
    """The page without its frame, in which the form to sign out carries a token."""
    return str(reader.soup(f"{PATH}?{query}").main)


@pytest.mark.usefixtures("cases")
def test_what_is_withheld_changes_no_byte_for_others(
    browser_of: type[Browser], public: Browser, session: Session, cycle: ReportingCycle
) -> None:
    publish(session, cycle, "GHA", case((9, 9, 9), 9, 9, 9), Audience.SECRETARIAT)
    queries = ["", "year=2023", "area=africa", "category=found", "state=GHA&year=2023"]
    readers = [public, browser_of(make_user(session, Role.OBSERVER, "KEN"))]
    before = [[shown_to(reader, query) for query in queries] for reader in readers]
    assert "Withheld" in text(public.soup(f"{PATH}?state=GHA&year=2023"), "#trend")
    with without_triggers(session):
        session.execute(
            update(SubmissionFigure)
            .where(SubmissionFigure.audience == Audience.SECRETARIAT)
            .values(value=SubmissionFigure.value + 1000)
        )
    session.commit()
    after = [[shown_to(reader, query) for query in queries] for reader in readers]
    assert after == before
    reviewer = browser_of(make_user(session, Role.REVIEWER))
    assert rows(reviewer.soup(PATH), "states")["Ghana"][0].startswith("2,018/3,027")


@pytest.mark.parametrize("query", ["", "?state=KEN", "?year=2023&area=africa&category=found"])
@pytest.mark.usefixtures("cases")
def test_few_statements_however_many_cycles(
    public: Browser, session: Session, connection: Connection, query: str
) -> None:
    for number in range(6):
        other = make_cycle(session, f"other-{number}")
        publish(session, other, "KEN", case((4, 0, 0), 1, 0, 2, 2010 + number))
    with counted(connection) as seen:
        assert public.get(PATH + query).status_code == 200
    assert 0 < len(seen) <= 12, seen


INPUTS = ("total", "uniquely_marked", "traced", "otherwise_established")
AMOUNT = st.none() | st.integers(0, 9)
RETURN = st.tuples(
    st.sampled_from([2022, 2023]),
    st.sampled_from(READERS),
    st.fixed_dictionaries(dict.fromkeys(INPUTS, AMOUNT)),
)
HISTORY = st.dictionaries(
    st.sampled_from(["KEN", "UGA", "TUN", "FRA", "VAT"]),
    st.lists(RETURN, min_size=1, max_size=2, unique_by=lambda row: row[0]),
)
AFRICA = {"africa": 54, "002": 54, "202": 48}
MEMBERS_OF = {
    "africa": {"KEN", "UGA", "TUN"},
    "002": {"KEN", "UGA", "TUN"},
    "202": {"KEN", "UGA"},
}
Recount = tuple[Fraction | None, int, int, int, int]


def recounted(
    history: dict[str, list[tuple[int, Audience, dict[str, int | None]]]],
    area: str,
    year: int | None,
    reader: Audience,
) -> Recount:
    """Value A of a group once more: the share, computable, withheld, not computable, silent."""
    above = below = computable = withheld = lacking = 0
    reported = 0
    for iso3 in MEMBERS_OF[area] & history.keys():
        given = [
            row
            for row in history[iso3]
            if year in (None, row[0]) and any(n is not None for n in row[2].values())
        ]
        if not given:
            continue
        reported += 1
        seen = [row for row in given if READERS.index(row[1]) <= READERS.index(reader)]
        used = False
        for _, _, figures in seen:
            traced, other = figures["traced"], figures["otherwise_established"]
            total = figures["total"]
            if traced is not None and other is not None and total:
                above, below, used = above + traced + other, below + total, True
        computable += used
        withheld += not used and len(seen) < len(given)
        lacking += not used and len(seen) == len(given)
    share = Fraction(above, below) if below else None
    return share, computable, withheld, lacking, AFRICA[area] - reported


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    history=HISTORY,
    year=st.sampled_from([None, 2022, 2023]),
    reader=st.sampled_from(READERS),
    category=st.sampled_from(["", "found"]),
)
def test_sums_equal_a_recount(
    session: Session,
    history: dict[str, list[tuple[int, Audience, dict[str, int | None]]]],
    year: int | None,
    reader: Audience,
    category: str,
) -> None:
    with session.begin_nested() as nested:
        cycle = make_cycle(session)
        for iso3, returns in history.items():
            submission = make_submission(session, cycle, iso3, {})
            for of_year, audience, inputs in returns:
                given = {name: n for name, n in inputs.items() if n is not None}
                add_figures(session, submission, column("found", of_year, **given), audience)
        read = returned_values(session, definition_of(session, SLUG), audience=reader)
        shown = shown_values(read, ValueChoice(year=year, category=category))
        found = {line.area.code: line.values[0] for line in shown.groups if line.area}
        for area in AFRICA:
            value = found[area]
            counts = value.computable, value.withheld, value.not_computable, value.not_reported
            assert (value.pooled.share, *counts) == recounted(history, area, year, reader)
            of_area = shown_values(read, ValueChoice(area=area, category=category))
            for point in of_area.trend:
                expected = recounted(history, area, point.year, reader)
                assert (point.values[0].pooled.share, point.values[0].computable) == expected[:2]
        nested.rollback()
