"""The pages of an indicator: filling in figures without JavaScript, and reading published ones."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people import Browser, make_actor, make_user, parsed, state_id
from tests.submitted import add_figures
from tracker.domain.chain import GENESIS
from tracker.domain.clock import system_clock
from tracker.domain.indicators import Cell
from tracker.domain.progress import Audience
from tracker.domain.roles import Role
from tracker.domain.workflow import ReportStatus
from tracker.models import NationalReport, ReportingCycle, Submission
from tracker.queries.indicators import returns_of
from tracker.services.reports import open_report

SLUG = "sdg-16-4-2"
NOW = datetime(2024, 5, 6, tzinfo=UTC)
FOUND = {
    "figure-2020-found-total": "17",
    "figure-2020-found-traced": "1",
    "figure-2020-found-otherwise_established": "0",
}


def make_report(session: Session, iso3: str) -> NationalReport:
    """The State's working copy in the cycle of the seed."""
    cycle = session.scalars(select(ReportingCycle).where(ReportingCycle.slug == "bms7")).one()
    report = open_report(
        session,
        actor=make_actor(session, Role.FOCAL_POINT, iso3),
        state_id=state_id(session, iso3),
        cycle_id=cycle.id,
        clock=system_clock,
    )
    session.commit()
    return report


@pytest.fixture
def report(session: Session) -> NationalReport:
    """Kenya's working copy."""
    return make_report(session, "KEN")


@pytest.fixture
def desk(browser_of: type[Browser], session: Session, report: NationalReport) -> Browser:
    """A focal point of Kenya, signed in."""
    return browser_of(make_user(session, Role.FOCAL_POINT, "KEN", name="Amina"))


def path(report: NationalReport) -> str:
    """The address of the page on which figures are filled in."""
    return f"/reports/{report.public_id}/indicators/{SLUG}"


def form(figures: Mapping[str, str], version: int = 0) -> dict[str, str]:
    """What the page sends on saving."""
    return {"version": str(version), "audience": "public", "action": "save", **figures}


def text(soup: BeautifulSoup) -> str:
    """What a reader sees, in single blanks."""
    return " ".join(soup.get_text(" ").split())


def values(soup: BeautifulSoup) -> dict[str, str]:
    """The cells that hold something, by name."""
    return {
        str(field["name"]): str(field["value"])
        for field in soup.select("input[name^=figure-]")
        if field["value"]
    }


def stored(session: Session, report: NationalReport) -> dict[Cell, int]:
    """What the database holds."""
    session.expire_all()
    row = returns_of(session, report.id).get(SLUG)
    return row.figures if row else {}


def test_the_page_asks_for_two_years_before_the_cycle_opened(
    desk: Browser, report: NationalReport
) -> None:
    soup = desk.soup(path(report))
    assert [heading.get_text() for heading in soup.select("h2[id^=year-]")] == ["2019", "2020"]
    assert len(soup.select("input[name^=figure-2019-]")) == 5 * 8
    for field in soup.select("input[name^=figure-]"):
        for name in ("aria-labelledby", "aria-describedby"):
            assert all(soup.find(id=part) for part in str(field[name]).split())


def test_a_cycle_with_a_period_asks_for_its_years(
    desk: Browser, session: Session, report: NationalReport
) -> None:
    report.cycle.period_from = datetime(2016, 1, 1, tzinfo=UTC).date()
    report.cycle.period_to = datetime(2018, 12, 31, tzinfo=UTC).date()
    session.commit()
    soup = desk.soup(path(report))
    headings = [heading.get_text() for heading in soup.select("h2[id^=year-]")]
    assert headings == ["2016", "2017", "2018"]


def test_figures_are_saved_and_both_values_shown(
    desk: Browser, session: Session, report: NationalReport
) -> None:
    marked = {"figure-2020-found-uniquely_marked": "12"}
    answer = desk.post(path(report), form(FOUND | marked))
    assert (answer.status_code, answer.location) == (303, path(report))
    assert stored(session, report)[Cell(2020, "found", "total")] == 17
    soup = desk.soup(path(report))
    assert values(soup) == FOUND | marked
    shown = text(soup)
    assert "Value A: of all arms: 1/17 (5.88%)" in shown
    assert "Value B: of potentially traceable arms: 1/12 (8.33%)" in shown
    assert "(Traced 1 + Established otherwise 0 ) ÷ (All arms 17 ) = 1/17 = 5.88%" in shown
    assert "Not all categories were reported; from 1 of 3 categories: Found." in shown
    assert "Amina" in shown


def test_what_is_missing_is_named(desk: Browser, report: NationalReport) -> None:
    desk.post(path(report), form({"figure-2020-found-total": "17"}))
    shown = text(desk.soup(path(report)))
    assert "Not computable, because unknown: Traced (Found, 2020 )" in shown
    assert "Established otherwise (Found, 2020 )" in shown


def test_not_reported_is_said_of_no_year_with_figures_and_of_no_empty_form(
    desk: Browser, report: NationalReport
) -> None:
    years = len(desk.soup(path(report)).select("h2[id^=year-]"))
    shown = text(desk.soup(path(report)))
    assert shown.count("No figures yet.") == years
    assert "Not reported" not in shown
    desk.post(path(report), form({"figure-2020-found-total": "17"}))
    soup = desk.soup(path(report))
    assert "Not reported" not in text(soup)
    cells = [
        " ".join(cell.get_text(" ").split())
        for cell in soup.select("#figures-2020 tfoot tr:first-child td")
    ]
    unknown = {cell.partition("Unknown: ")[2] for cell in cells if "Unknown: " in cell}
    named = {frozenset(words.split("; ")) for words in unknown}
    lacking = frozenset({"Traced", "Established otherwise"})
    assert named == {lacking, lacking | {"All arms"}}


def test_errors_stand_beside_their_cells_and_nothing_is_saved(
    desk: Browser, session: Session, report: NationalReport
) -> None:
    bad = {"figure-2020-found-total": "-3", "figure-2020-found-traced": "some"}
    answer = desk.post(path(report), form(bad))
    assert answer.status_code == 422
    soup = parsed(answer.text)
    assert values(soup) == bad
    for place in bad:
        field = soup.find(id=place)
        message = soup.find(id=f"{place}-error")
        assert field is not None and message is not None
        assert field["aria-invalid"] == "true"
        assert f"{place}-error" in str(field["aria-describedby"]).split()
        link = soup.select_one(f'[role=alert] a[href="#{place}"]')
        assert link is not None and ", Found, 2020: " in link.get_text()
    assert stored(session, report) == {}


def test_a_sum_above_its_whole_is_refused_in_words(
    desk: Browser, session: Session, report: NationalReport
) -> None:
    answer = desk.post(
        path(report),
        form({"figure-2020-found-total": "8", "figure-2020-found-traced": "9"}),
    )
    assert answer.status_code == 422
    message = parsed(answer.text).find(id="figure-2020-found-total-error")
    assert message is not None
    assert "Found, 2020: Traced = 9, more than All arms = 8." in message.get_text()
    assert stored(session, report) == {}


def test_a_warning_is_shown_but_the_figures_are_saved(
    desk: Browser, session: Session, report: NationalReport
) -> None:
    rest = {f"figure-2020-found-{name}": "1" for name in ("pending", "insufficient_information")}
    answer = desk.post(path(report), form(FOUND | rest | {"figure-2020-found-not_attempted": "1"}))
    assert answer.status_code == 303
    assert len(stored(session, report)) == 6
    assert "= 4, but All arms = 17" in text(desk.soup(path(report)))


def test_a_year_is_added_without_losing_what_was_typed(
    desk: Browser, session: Session, report: NationalReport
) -> None:
    sent = form(FOUND) | {"action": "add-year", "add_year": "2015"}
    answer = desk.post(path(report), sent)
    assert answer.status_code == 200
    soup = parsed(answer.text)
    assert values(soup) == FOUND
    assert soup.find(id="figure-2015-found-total")
    assert stored(session, report) == {}
    wrong = desk.post(path(report), sent | {"add_year": "next"})
    assert wrong.status_code == 422
    assert values(parsed(wrong.text)) == FOUND
    assert "is not a year from 1990 to" in parsed(wrong.text).get_text()
    for there in ("2015", "2020"):
        again = desk.post(path(report), sent | {"figure-2015-found-total": "", "add_year": there})
        assert f"The year {there} is on this page already. Nothing is saved yet." in again.text
        assert "was added" not in again.text


@pytest.mark.parametrize("typed", ["٢٠١٥", "۲۰۱۵", "२०१५", " ２０１５ "])
def test_a_year_is_added_in_the_digits_of_any_script(
    desk: Browser, session: Session, report: NationalReport, typed: str
) -> None:
    answer = desk.post(path(report), form(FOUND) | {"action": "add-year", "add_year": typed})
    assert answer.status_code == 200
    assert parsed(answer.text).find(id="figure-2015-found-total")
    places = {f"figure-{typed.strip()}-found-total": "1"}  # names of fields are not typed
    assert desk.post(path(report), form(places)).status_code == 422


def test_enter_adds_the_year_that_is_typed_and_else_saves(
    desk: Browser, session: Session, report: NationalReport
) -> None:
    first = desk.soup(path(report)).select_one("main form button")
    assert first and (first["name"], first["value"]) == ("action", "enter")
    assert (first["tabindex"], first["aria-hidden"]) == ("-1", "true")
    entered = form(FOUND) | {"action": "enter", "add_year": "2015"}
    added = parsed(desk.post(path(report), entered).text)
    assert added.find(id="figure-2015-found-total") and values(added) == FOUND
    assert stored(session, report) == {}
    assert desk.post(path(report), entered | {"add_year": " "}).status_code == 303
    assert len(stored(session, report)) == len(FOUND)


def test_a_year_typed_and_not_added_is_kept_by_saving(
    desk: Browser, session: Session, report: NationalReport
) -> None:
    saved = desk.post(path(report), form(FOUND) | {"add_year": "2015"})
    assert saved.status_code == 303
    assert len(stored(session, report)) == len(FOUND)
    field = desk.soup(saved.location).select_one("input[name=add_year]")
    assert field and field["value"] == "2015"


def test_a_save_over_another_shows_both(
    desk: Browser, session: Session, report: NationalReport, browser_of: type[Browser]
) -> None:
    desk.post(path(report), form(FOUND))
    other = browser_of(make_user(session, Role.FOCAL_POINT, "KEN"))
    mine = FOUND | {"figure-2020-found-total": "20"}
    answer = other.post(path(report), form(mine))
    assert answer.status_code == 409
    soup = parsed(answer.text)
    assert values(soup) == mine
    assert "Amina saved them" in text(soup)
    saved = soup.find(id="figure-2020-found-total-saved")
    assert saved is not None and "17" in saved.get_text()
    assert soup.find(id="figure-2020-found-traced-saved") is None
    version = soup.find("input", attrs={"name": "version"})
    assert version is not None and version["value"] == "1"
    assert stored(session, report)[Cell(2020, "found", "total")] == 17
    assert other.post(path(report), form(mine, 1)).status_code == 303
    assert stored(session, report)[Cell(2020, "found", "total")] == 20


def test_a_figure_that_was_not_changed_never_goes_back_over_a_newer_one(
    desk: Browser, session: Session, report: NationalReport
) -> None:
    """Two windows change different figures; the later one saves a second time."""
    place, own, gone = FOUND
    desk.post(path(report), form(FOUND))
    desk.post(path(report), form(FOUND | {place: "30", gone: ""}, 1) | {"audience": "states"})
    shown = desk.post(path(report), form(FOUND | {own: "2"}, 1))
    assert shown.status_code == 409
    soup = parsed(shown.text)
    found = values(soup)
    assert (found[place], found[own], found.get(gone, "")) == ("30", "2", "")
    assert soup.find(id=f"{place}-saved") is None and soup.find(id=f"{own}-saved") is not None
    chosen = soup.select_one("#audience [selected]")
    assert chosen is not None and chosen["value"] == "states"
    assert desk.post(path(report), form(found, 2) | {"audience": "states"}).status_code == 303
    kept = stored(session, report)
    assert (kept[Cell(2020, "found", "total")], kept[Cell(2020, "found", "traced")]) == (30, 2)


def test_a_report_locked_meanwhile_keeps_the_figures_on_the_page(
    desk: Browser, session: Session, report: NationalReport
) -> None:
    report.status = ReportStatus.SUBMITTED
    session.commit()
    answer = desk.post(path(report), form(FOUND))
    assert answer.status_code == 409
    assert values(parsed(answer.text)) == FOUND
    assert "not open for changes" in text(parsed(answer.text))
    assert stored(session, report) == {}
    assert not desk.soup(path(report)).select("input[name^=figure-]")


def test_an_old_or_broken_form_is_refused(desk: Browser, report: NationalReport) -> None:
    assert desk.post(path(report), form(FOUND) | {"version": "x"}).status_code == 422
    assert desk.post(path(report), form(FOUND) | {"audience": "all"}).status_code == 422
    strange = {"figure-2020-lost-total": "1"}
    assert desk.post(path(report), form(strange)).status_code == 422
    assert desk.get(f"/reports/{report.public_id}/indicators/none").status_code == 404


@pytest.mark.parametrize(
    ("role", "iso3", "reads", "saves"),
    [
        (Role.OBSERVER, "KEN", 200, 403),
        (Role.CONTRIBUTOR, "KEN", 403, 403),
        (Role.FOCAL_POINT, "UGA", 404, 404),
        (Role.REVIEWER, None, 404, 404),
        (Role.ADMINISTRATOR, None, 404, 404),
    ],
)
def test_a_working_copy_is_for_its_own_state(
    browser_of: type[Browser],
    session: Session,
    report: NationalReport,
    role: Role,
    iso3: str | None,
    reads: int,
    saves: int,
) -> None:
    someone = browser_of(make_user(session, role, iso3, ("II",)))
    assert someone.get(path(report)).status_code == reads
    assert someone.post(path(report), form(FOUND)).status_code == saves
    assert stored(session, report) == {}


def test_an_observer_reads_without_a_form(
    desk: Browser, session: Session, report: NationalReport, browser_of: type[Browser]
) -> None:
    desk.post(path(report), form(FOUND))
    observer = browser_of(make_user(session, Role.OBSERVER, "KEN"))
    soup = observer.soup(path(report))
    assert not soup.select("input[name^=figure-]")
    assert "1/17 (5.88%)" in text(soup)


def test_the_page_speaks_the_language_of_its_reader(desk: Browser, report: NationalReport) -> None:
    desk.post(path(report), form(FOUND))
    shown = text(desk.soup(path(report) + "?lang=fr"))
    assert "Valeur A : de toutes les armes" in shown
    assert "5,88\N{NO-BREAK SPACE}%" in shown or "5,88 %" in shown


def publish(
    session: Session,
    iso3: str,
    figures: Mapping[Cell, int],
    audience: Audience = Audience.PUBLIC,
) -> None:
    """A published report of this State with these figures."""
    report = make_report(session, iso3)
    submission = Submission(
        report_id=report.id,
        number=1,
        submitted_at=NOW,
        submitted_by_id=make_user(session).id,
        submitter_name="A. Person",
        submitter_title="Desk officer",
        on_time=True,
        content_hash=GENESIS,
        receipt={},
        published_at=NOW,
    )
    session.add(submission)
    session.flush()
    add_figures(session, submission, figures, audience)
    session.commit()


def found(total: int, traced: int, marked: int, year: int = 2020) -> dict[Cell, int]:
    """Found arms only, none established otherwise."""
    column = {
        "total": total,
        "traced": traced,
        "otherwise_established": 0,
        "uniquely_marked": marked,
    }
    return {Cell(year, "found", entry): number for entry, number in column.items()}


def rows(soup: BeautifulSoup, table: str) -> dict[str, list[str]]:
    """The cells of a table by the head of their row."""
    return {
        text(row.th): [text(cell) for cell in row.find_all("td")]  # type: ignore[arg-type]
        for row in soup.select(f"#{table} tbody tr")
        if row.th
    }


def test_without_published_figures_the_page_says_so(public: Browser) -> None:
    shown = text(public.soup(f"/indicators/{SLUG}"))
    assert "No State has published figures on this indicator yet." in shown
    assert "Established otherwise: those uniquely marked, where known" in shown
    assert public.get("/indicators/none").status_code == 404


def test_a_group_is_the_sum_of_its_states(public: Browser, session: Session) -> None:
    publish(session, "KEN", found(17, 1, 12))
    publish(session, "UGA", found(24, 7, 24))
    publish(session, "GHA", found(0, 0, 0))
    publish(session, "MLI", found(9, 9, 9), Audience.STATES)
    publish(session, "VAT", found(5, 5, 5))
    soup = public.soup(f"/indicators/{SLUG}?year=2020")
    groups, states = rows(soup, "groups"), rows(soup, "states")
    africa = groups["African States"][0]
    assert africa.startswith("8/41 (19.51%)")
    assert "2 of 54 Member States computable" in africa
    assert "not computable: 1; withheld: 1; not reported: 50" in africa.replace(" ;", ";")
    assert groups["African States"][1].startswith("8/36 (22.22%)")
    assert groups["Eastern European States"][0].startswith("× Not reported 0 of 23")
    assert groups["All Member States"][0].startswith("8/41 (19.51%) 2 of 193")
    assert states["Kenya"][0].startswith("1/17 (5.88%)")
    assert "Not computable" in states["Ghana"][0]
    assert "Withheld" in states["Mali"][0] and "9/9" not in text(soup)
    assert "5/5" in states["Holy See outside every sum"][0]


def test_signed_in_states_see_what_is_theirs_to_see(
    browser_of: type[Browser], session: Session
) -> None:
    publish(session, "MLI", found(9, 3, 9), Audience.STATES)
    publish(session, "KEN", found(17, 1, 12), Audience.SECRETARIAT)
    state = rows(
        browser_of(make_user(session, Role.OBSERVER, "UGA")).soup(f"/indicators/{SLUG}"), "states"
    )
    assert state["Mali"][0].startswith("3/9")
    assert "Withheld" in state["Kenya"][0]
    reviewer = browser_of(make_user(session, Role.REVIEWER))
    assert rows(reviewer.soup(f"/indicators/{SLUG}"), "states")["Kenya"][0].startswith("1/17")


def test_all_years_are_pooled_and_marked(public: Browser, session: Session) -> None:
    publish(session, "KEN", found(10, 3, 10, 2018) | found(30, 0, 30, 2019))
    soup = public.soup(f"/indicators/{SLUG}")
    value = rows(soup, "states")["Kenya"][0]
    assert value.startswith("3/40 (7.50%) 2 of 2 years")
    assert "all years pooled: 2018 to 2019" in text(soup)
    assert soup.select_one('#states a[href="/states/KEN"]')
    assert public.get(f"/indicators/{SLUG}?year=2017").status_code == 422
    assert rows(public.soup(f"/indicators/{SLUG}?year=2018"), "states")["Kenya"][0].startswith(
        "3/10"
    )
