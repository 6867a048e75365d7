"""Indicators that are data: the index, counts and shares by hand, and how they are filled in."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.people import Browser, make_user, parsed
from tests.statements import selects_of
from tests.submitted import add_figures, make_cycle, make_submission
from tests.web.test_indicator_explorer import rows, text
from tests.web.test_indicator_pages import form, make_report
from tracker.domain.indicators import Cell
from tracker.domain.progress import Audience
from tracker.domain.roles import Role
from tracker.models import ReportingCycle
from tracker.queries.indicators import list_indicators, returns_of

ROOT = Path(__file__).parents[2]
COLLECTED, BODY = "weapons-collected-destroyed", "coordination-body"
TRACING, LOSSES = "tracing-requests", "losses-diversion"
Column = dict[str, int]


@pytest.fixture
def cycle(session: Session) -> ReportingCycle:
    """A cycle in which the States of a test report."""
    return make_cycle(session)


def publish(
    session: Session,
    cycle: ReportingCycle,
    iso3: str,
    audience: Audience = Audience.PUBLIC,
    **returns: dict[int, dict[str, Column]],
) -> None:
    """A published report; figures by indicator (``_`` for ``-``), year, category and input."""
    submission = make_submission(session, cycle, iso3, {})
    for name, years in returns.items():
        figures = {
            Cell(year, category, code): number
            for year, columns in years.items()
            for category, column in columns.items()
            for code, number in column.items()
        }
        add_figures(session, submission, figures, audience, indicator=name.replace("_", "-"))
    session.commit()


def requests(sent: int, answered: int, received: int, replied: int) -> dict[str, Column]:
    """One year of tracing requests."""
    return {
        "requests": {
            "sent": sent,
            "sent_answered": answered,
            "received": received,
            "received_answered": replied,
        }
    }


def body(women: int, men: int) -> dict[str, Column]:
    """The coordination body at the end of one year."""
    return {"members": {"women": women, "men": men}}


def test_requests_are_summed_before_they_are_divided(
    public: Browser, session: Session, cycle: ReportingCycle
) -> None:
    publish(session, cycle, "KEN", tracing_requests={2023: requests(10, 4, 30, 27)})
    publish(session, cycle, "UGA", tracing_requests={2023: requests(2, 2, 6, 0)})
    only_sent: dict[str, Column] = {"requests": {"sent": 5}}
    publish(session, cycle, "FRA", tracing_requests={2023: only_sent})
    publish(session, cycle, "PER", Audience.STATES, tracing_requests={2023: requests(9, 9, 9, 9)})
    soup = public.soup(f"/indicators/{TRACING}")
    groups = rows(soup, "groups")
    sent, received, a, b = groups["African States"]
    assert sent == "12 2 of 54 Member States known; not reported: 52"
    assert received == "36 2 of 54 Member States known; not reported: 52"
    assert a.startswith("6/12 (50.00%) 2 of 54") and b.startswith("27/36 (75.00%) 2 of 54")
    sent, received, a, _ = groups["All Member States"]
    assert sent == "17 3 of 193 Member States known; withheld: 1; not reported: 189"
    assert received == (
        "36 2 of 193 Member States known; unknown: 1; withheld: 1; not reported: 189"
    )
    assert a.startswith("6/12 (50.00%) 2 of 193 Member States computable; not computable: 1")
    states = rows(soup, "states")
    assert states["Kenya"][:4] == ["10", "30", "4/10 (40.00%)", "27/30 (90.00%)"]
    assert states["France"][:2] == ["5", "unknown"]
    assert states["Peru"][0].endswith("Withheld")
    assert not soup.select("#filter-category")
    members = public.soup(f"/indicators/{TRACING}?state=KEN")
    assert "Requests sent: those answered 4" in text(members)


def test_an_indicator_without_a_share_shows_its_sums(
    public: Browser, session: Session, cycle: ReportingCycle
) -> None:
    first = {"collected": {"identified": 4, "destroyed": 90}, "surplus": {"identified": 100}}
    second: dict[str, Column] = {"not_split": {"identified": 7, "destroyed": 8}}
    publish(session, cycle, "KEN", weapons_collected_destroyed={2022: first, 2023: second})
    publish(
        session, cycle, "UGA", weapons_collected_destroyed={2023: {"collected": {"destroyed": 2}}}
    )
    soup = public.soup(f"/indicators/{COLLECTED}")
    states = rows(soup, "states")
    assert states["Kenya"][0] == "111 2 of 2 years"
    assert states["Kenya"][1] == "8 1 of 2 years"  # destroyed surplus of 2022 is unknown
    assert states["Uganda"][0] == "unknown"
    assert (
        states["Uganda"][1].startswith("2")
        and "1 of 2 categories: Collected" in states["Uganda"][1]
    )
    assert rows(soup, "groups")["African States"] == [
        "111 1 of 54 Member States known; unknown: 1; not reported: 52",
        "10 2 of 54 Member States known ( of them from part of the categories: 1 ); "
        "not reported: 52",
    ]
    assert list(rows(soup, "trend")) == ["2022", "2023"]
    assert not soup.select(".trend-columns")
    one = public.soup(f"/indicators/{COLLECTED}?category=collected&year=2022")
    assert rows(one, "states")["Kenya"][:2] == ["4", "90"]
    path = public.soup(f"/indicators/{COLLECTED}?state=KEN")
    assert "Figures by year: Kenya" in text(path)
    assert "Destroyed 90 unknown" in text(path)


def test_what_stands_at_the_end_of_a_year_is_never_added_up(
    public: Browser, session: Session, cycle: ReportingCycle
) -> None:
    publish(session, cycle, "KEN", coordination_body={2022: body(1, 9), 2023: body(3, 9)})
    publish(session, cycle, "UGA", coordination_body={2022: body(4, 4)})
    soup = public.soup(f"/indicators/{BODY}")
    women, men, share = rows(soup, "groups")["African States"]
    assert women.startswith("7 2 of 54") and men.startswith("13 2 of 54")
    assert share.startswith("7/20 (35.00%) 2 of 54 Member States computable")
    assert rows(soup, "trend")["2022"][2].startswith("5/18 (27.78%)")
    states = rows(soup, "states")
    assert states["Kenya 2023"][:3] == ["3", "9", "3/12 (25.00%)"]
    assert states["Uganda 2022"][:3] == ["4", "4", "4/8 (50.00%)"]
    assert "Latest year of each State" in text(soup) and "All years pooled" not in text(soup)
    assert "All years pooled" not in text(public.soup(f"/indicators/{BODY}?state=KEN"))


def test_the_index_says_what_each_measures_and_who_reported(
    public: Browser, session: Session, cycle: ReportingCycle
) -> None:
    publish(session, cycle, "KEN", coordination_body={2023: body(1, 9)})
    publish(session, cycle, "FRA", coordination_body={2023: body(1, 9)})
    publish(session, cycle, "PER", Audience.STATES, coordination_body={2023: body(1, 9)})
    publish(session, cycle, "VAT", coordination_body={2023: body(1, 9)})  # no Member State
    older = make_cycle(session, "bms7-2022", opens=date(2022, 1, 1))
    publish(session, older, "UGA", tracing_requests={2020: requests(1, 1, 1, 1)})
    soup = public.soup("/indicators")
    found = rows(soup, "indicators")
    assert [name.split(" ")[0] for name in found] == ["16.4.2", "OP-1", "OP-2", "OP-3", "OP-4"]
    measured, source, reported = found["OP-4 · Women and men in the national coordination body"]
    assert measured.startswith("How many women and how many men belong")
    assert "BMS7 , annex, para 72" in measured
    assert source.startswith("The tracker’s own reading of: BMS7 outcome document")
    assert reported.startswith("3/193 (2%) Member States of these withheld: 1 3 States")
    behind = soup.select("#indicators details a")
    assert [link.get_text() for link in behind] == ["France", "Kenya", "Peru"]
    assert str(behind[1]["href"]) == f"/indicators/{BODY}?state=KEN#path"
    assert [cells[2].split(" ")[0] for cells in found.values()] == ["0/193"] * 4 + ["3/193"]
    assert "own reading" not in next(iter(found.values()))[1]
    links = [str(link["href"]) for link in soup.select("#indicators th a")]
    assert links[0] == "/indicators/sdg-16-4-2" and links[-1] == f"/indicators/{BODY}"
    for link in links:
        assert public.get(link).status_code == 200
    assert "Organe" not in text(soup)
    french = text(public.soup("/indicators?lang=fr"))
    assert "Femmes et hommes dans l’organe national de coordination" in french


def test_the_index_is_linked_from_home_and_navigation(public: Browser) -> None:
    home = public.soup("/")
    assert home.select('nav.main-nav a[href="/indicators"]')
    assert len(home.select('main a[href^="/indicators/"]')) == 5
    for path in ("/indicators", f"/indicators/{LOSSES}"):
        current = public.soup(path).select('nav.main-nav a[aria-current="page"]')
        assert [link["href"] for link in current] == ["/indicators"]


@pytest.mark.parametrize("slug", ["", f"/{COLLECTED}?state=KEN", f"/{BODY}", f"/{TRACING}"])
def test_few_statements(
    public: Browser, session: Session, connection: Connection, cycle: ReportingCycle, slug: str
) -> None:
    publish(session, cycle, "KEN", coordination_body={2023: body(1, 9)})
    publish(session, cycle, "FRA", tracing_requests={2023: requests(1, 1, 1, 1)})
    assert 0 < len(selects_of(public, connection, f"/indicators{slug}")) <= 12


def test_our_own_reading_is_said_and_leads_to_the_commitments(public: Browser) -> None:
    soup = public.soup(f"/indicators/{LOSSES}")
    assert "The tracker’s own reading, not a definition of the United Nations" in text(soup)
    links = [str(link["href"]) for link in soup.select('main a[href^="/documents/"]')]
    assert links == [f"/documents/bms7/{number}" for number in (28, 34, 41)]
    assert "own reading" not in text(public.soup("/indicators/sdg-16-4-2"))


def test_a_focal_point_fills_in_an_indicator_of_one_column(
    browser_of: type[Browser], session: Session
) -> None:
    report = make_report(session, "KEN")
    desk = browser_of(make_user(session, Role.FOCAL_POINT, "KEN", name="Amina"))
    tasks = desk.soup(f"/reports/{report.public_id}")
    links = [str(link["href"]) for link in tasks.select('main a[href*="/indicators/"]')]
    assert len(links) == 5 and links[-1].endswith(BODY)
    assert text(tasks).count("No figures yet") == 5
    path = f"/reports/{report.public_id}/indicators/{BODY}"
    soup = desk.soup(path)
    assert len(soup.select("input[name^=figure-2020-]")) == 2
    assert "Counted together" not in text(soup)
    women, men = "figure-2020-members-women", "figure-2020-members-men"
    assert desk.post(path, form({women: "3", men: "-1"})).status_code == 422
    assert desk.post(path, form({women: "3", men: "9"})).status_code == 303
    session.expire_all()
    figures = returns_of(session, report.id)[BODY].figures
    assert figures == {Cell(2020, "members", "women"): 3, Cell(2020, "members", "men"): 9}
    assert "3/12 (25.00%)" in text(desk.soup(path))
    assert "Figures of 2020" in text(desk.soup(f"/reports/{report.public_id}"))
    read = text(desk.soup(f"/reports/{report.public_id}/read-through"))
    assert "Women and men in the national coordination body" in read


def test_a_report_is_complete_without_figures(browser_of: type[Browser], session: Session) -> None:
    report = make_report(session, "KEN")
    desk = browser_of(make_user(session, Role.FOCAL_POINT, "KEN"))
    soup = desk.soup(f"/reports/{report.public_id}/submit")
    lines = [line for line in soup.select("main li") if line.select("a[href*='/indicators/']")]
    assert len(lines) == len(list_indicators(session))
    assert all("no figure, which is no gap" in line.get_text() for line in lines)


def test_no_code_names_an_indicator() -> None:
    """But the command whose option stands for 16.4.2, as its contract says."""
    slugs = [path.stem for path in (ROOT / "seed" / "indicators").glob("*.yaml")]
    naming = {
        str(path.relative_to(ROOT))
        for folder, kind in (("tracker", "*.py"), ("templates", "*.html"))
        for path in (ROOT / folder).rglob(kind)
        if any(
            f'"{slug}"' in (code := path.read_text("utf-8")) or f"'{slug}'" in code
            for slug in slugs
        )
    }
    assert naming == {"tracker/cli/indicators.py"}


def test_the_pages_parse_in_arabic_direction(public: Browser, cycle: ReportingCycle) -> None:
    for path in ("/indicators", f"/indicators/{COLLECTED}"):
        page = parsed(public.get(f"{path}?lang=ar").text)
        assert page.html is not None and page.html["dir"] == "rtl"
