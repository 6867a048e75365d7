"""The values that others published, on the page of their indicator."""

import gzip

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from tests.people import Browser, make_actor, parsed
from tests.statements import selects_of
from tests.submitted import add_figures, found_arms, make_cycle, make_submission
from tracker.domain.clock import system_clock
from tracker.domain.errors import NotPermitted
from tracker.domain.roles import OPERATOR, Role
from tracker.exchange.published import read_published
from tracker.models import State
from tracker.services.published import import_published

SLUG = "sdg-16-4-2"
PAGE = f"/indicators/{SLUG}"
SENTENCE = (
    "As published by the source named; not computed here and never added to the States’ own "
    "figures."
)
HEADER = "iso3,m49,year,value,source,footnote\n"
LINES = HEADER + "KEN,,2018,62.50,UN SDG database,<b>Few</b>\n,202,2018-2019,100,UN SDG database,\n"


def add(session: Session, lines: str) -> None:
    """Import as the operator does."""
    file = read_published(lines.encode(), last_year=system_clock().year)
    import_published(session, actor=OPERATOR, indicator=SLUG, file=file)
    session.commit()


def rows_of(html: str) -> list[list[str]]:
    """The lines of the table, cell by cell."""
    table = parsed(html).select_one("#published-values")
    assert table is not None
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")]
        for row in table.select("tbody tr")
    ]


def test_the_page_shows_what_was_published(public: Browser, session: Session) -> None:
    assert "published-values" not in public.get(PAGE).text
    add(session, LINES)
    page = public.get(PAGE).text
    assert rows_of(page) == [
        ["Sub-Saharan Africa", "2018–2019 pooled over two years", "100%", "UN SDG database", ""],
        ["Kenya", "2018", "62.50%", "UN SDG database", "<b>Few</b>"],
    ]
    assert SENTENCE in page
    french = rows_of(public.get(f"{PAGE}?lang=fr").text)
    assert [row[2] for row in french] == ["100 %", "62,50 %"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=KEN", ["Sub-Saharan Africa", "Kenya"]),
        ("state=KEN&year=2018", ["Sub-Saharan Africa", "Kenya"]),
        ("state=KEN&year=2019", ["Sub-Saharan Africa"]),  # the region's is of two years
        ("state=PER", ["Peru"]),
        ("area=africa", ["Kenya"]),
        ("area=grulac", ["Peru"]),
        ("year=2020", ["Peru"]),
    ],
)
def test_they_are_those_of_the_places_and_the_year_chosen(
    public: Browser, session: Session, query: str, found: list[str]
) -> None:
    submission = make_submission(session, make_cycle(session), "KEN", {}, "published")
    for year in (2018, 2019, 2020):  # the years that can be chosen are those of the reports
        add_figures(session, submission, found_arms(year, total=4, traced=1))
    add(session, LINES + "PER,,2020,10,UN SDG database,\n")
    page = public.get(f"{PAGE}?{query}&lang=en").text
    assert [row[0] for row in rows_of(page)] == found


def test_a_whole_file_of_values_leaves_the_page_light(public: Browser, session: Session) -> None:
    codes = session.scalars(select(State.iso3).where(State.status == "member")).all()
    lines = [
        f"{iso3},,{year},{year % 97}.5,UN SDG database,Estimate"
        for iso3 in codes
        for year in range(2016, 2024)
    ]
    add(session, HEADER + "\n".join(lines) + "\n")
    page = public.get(PAGE)
    assert len(rows_of(page.text)) == len(codes) * 8 > 1_500
    assert len(gzip.compress(page.data)) < 80_000  # with styles and scripts below 100 kB


def test_a_published_value_enters_no_sum(public: Browser, session: Session) -> None:
    submission = make_submission(session, make_cycle(session), "KEN", {}, "published")
    add_figures(session, submission, found_arms(2018, total=4, traced=1, otherwise_established=0))
    session.commit()
    before = without_published(public.get(PAGE).text)
    assert "25.00%" in before
    add(session, LINES)
    assert without_published(public.get(PAGE).text) == before


def without_published(html: str) -> str:
    """What the page says apart from the values of others."""
    soup = parsed(html)
    main = soup.select_one("main")
    assert main is not None
    for heading in main.select("#published"):
        for part in (*heading.find_next_siblings(limit=2), heading):
            part.decompose()
    return " ".join(main.get_text(" ").split())


def test_a_new_value_changes_the_etag(public: Browser, session: Session) -> None:
    first = public.get(PAGE).headers["ETag"]
    assert public.get(PAGE, headers={"If-None-Match": first}).status_code == 304
    add(session, LINES)
    second = public.get(PAGE, headers={"If-None-Match": first})
    assert second.status_code == 200 and second.headers["ETag"] != first
    add(session, LINES)
    assert public.get(PAGE, headers={"If-None-Match": second.headers["ETag"]}).status_code == 304
    add(session, LINES.replace("62.50", "62.5"))
    assert public.get(PAGE).headers["ETag"] != second.headers["ETag"]


def test_few_statements_however_many_values(
    public: Browser, session: Session, connection: Connection
) -> None:
    years = "".join(f"KEN,,{year},1,UN,\nGHA,,{year},1,UN,\n" for year in range(2000, 2020))
    add(session, HEADER + years)
    assert 0 < len(selects_of(public, connection, PAGE)) <= 12
    assert len(rows_of(public.get(PAGE).text)) == 40


@pytest.mark.parametrize("role", [Role.FOCAL_POINT, Role.REVIEWER])
def test_nobody_else_imports(session: Session, role: Role) -> None:
    actor = make_actor(session, role, "KEN" if role.of_a_state else None)
    file = read_published(LINES.encode(), last_year=2024)
    with pytest.raises(NotPermitted):
        import_published(session, actor=actor, indicator=SLUG, file=file)
