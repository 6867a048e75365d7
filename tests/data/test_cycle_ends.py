"""The one rule of when a cycle is open, and what its end means for reports under way."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.national_reports import TickingClock, begin_report
from tests.people import Browser, make_user
from tracker.domain.cycles import CycleDates
from tracker.domain.errors import WrongStatus
from tracker.domain.progress import Progress
from tracker.domain.roles import OPERATOR, Role
from tracker.domain.workflow import ReportStatus, report_is_editable
from tracker.models import Installation, NationalReport
from tracker.queries.states import data_version
from tracker.services.cycles import change_dates, open_cycle

DATES = CycleDates(opens_on=date(2026, 1, 1), closes_on=date(2026, 6, 30))
AFTERWARDS = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
ENDED = "This reporting cycle is not open for reports."


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), False),
        (datetime(2026, 1, 1, 0, 0, tzinfo=UTC), True),
        (datetime(2026, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=2))), False),
        (datetime(2026, 7, 1, 11, 59, tzinfo=UTC), True),
        (AFTERWARDS, False),
    ],
)
def test_a_cycle_is_open_until_its_last_day_has_ended_everywhere(
    at: datetime, is_open: bool
) -> None:
    assert DATES.is_open(at) is is_open


def test_a_cycle_without_closing_day_stays_open() -> None:
    assert CycleDates(opens_on=date(2026, 1, 1)).is_open(datetime(2099, 1, 1, tzinfo=UTC))


def test_the_end_of_a_cycle_stops_drafts_but_not_what_was_returned() -> None:
    after = {status for status in ReportStatus if report_is_editable(status, DATES, AFTERWARDS)}
    before = {
        status
        for status in ReportStatus
        if report_is_editable(status, DATES, AFTERWARDS - timedelta(days=1))
    }
    assert after == {ReportStatus.RETURNED}
    assert before == {ReportStatus.DRAFT, ReportStatus.RETURNED}


def close(session: Session, report: NationalReport) -> None:
    """End the cycle of a report on the first day of 2026."""
    dates = CycleDates(opens_on=date(2021, 7, 30), closes_on=date(2026, 1, 1))
    change_dates(session, actor=OPERATOR, cycle_id=report.cycle_id, dates=dates)


def test_a_report_returned_after_the_end_is_answered_and_submitted_again(session: Session) -> None:
    work = begin_report(session)
    work.answer(25, progress=Progress.IN_DEVELOPMENT)
    submission = work.submit()
    close(session, work.report)
    work.clock = TickingClock(datetime(2026, 4, 1, tzinfo=UTC))
    work.give_back(submission)
    work.answer(25, progress=Progress.IMPLEMENTED)
    assert work.submit().number == 2


def test_a_draft_is_neither_saved_nor_submitted_after_the_end(session: Session) -> None:
    work = begin_report(session)
    work.answer(25, progress=Progress.IN_DEVELOPMENT)
    close(session, work.report)
    with pytest.raises(WrongStatus):
        work.answer(25, progress=Progress.IMPLEMENTED)
    with pytest.raises(WrongStatus):
        work.submit()
    assert work.report.status is ReportStatus.DRAFT


PAGES = ("", "/submit", "/indicators/sdg-16-4-2")


def test_pages_of_a_draft_offer_nothing_after_the_end(
    session: Session, browser_of: type[Browser]
) -> None:
    work = begin_report(session)
    browser = browser_of(make_user(session, Role.FOCAL_POINT, "GHA"))
    base = f"/reports/{work.report.public_id}"
    for path in PAGES:
        page = browser.soup(base + path)
        assert ENDED not in page.text and page.select("main form, main a[href$='/submit']"), path
    close(session, work.report)
    session.commit()
    for path in PAGES:
        page = browser.soup(base + path)
        assert ENDED in page.text, path
        assert not page.select("main form, main a[href$='/submit']"), path
    home = browser.soup("/reports").select_one("main")
    assert home and ENDED in home.text and "to do" not in home.text


def test_pages_of_a_returned_report_keep_their_forms_after_the_end(
    session: Session, browser_of: type[Browser]
) -> None:
    work = begin_report(session)
    work.give_back(work.submit())
    close(session, work.report)
    session.commit()
    browser = browser_of(make_user(session, Role.FOCAL_POINT, "GHA"))
    for path in PAGES:
        page = browser.soup(f"/reports/{work.report.public_id}{path}")
        assert ENDED not in page.text and page.select("main form"), path


def test_opening_and_changing_a_cycle_are_versions_of_the_data(session: Session) -> None:
    versions = [data_version(session)]
    session.get_one(Installation, 1)  # a row read before does not hide what others counted
    session.execute(
        update(Installation).values(data_version=versions[0] + 10),
        execution_options={"synchronize_session": False},
    )
    cycle = open_cycle(
        session,
        actor=OPERATOR,
        slug="later",
        document_slug="bms7",
        dates=CycleDates(opens_on=date(2026, 1, 1)),
        clock=TickingClock(),
    )
    versions.append(data_version(session))
    change_dates(session, actor=OPERATOR, cycle_id=cycle.id, dates=DATES)
    versions.append(data_version(session))
    assert versions == [versions[0], versions[0] + 11, versions[0] + 12]
