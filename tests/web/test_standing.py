"""What a State is told of where its report stands: late or not, open again and why, what first."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.national_reports import Reporting, begin_report, report_at
from tests.people import Browser, make_user
from tests.submitted import make_cycle
from tests.web.test_public import text_of
from tracker.domain.account_events import AccountEventKind
from tracker.domain.roles import Role
from tracker.domain.workflow import ReportStatus
from tracker.models import AccountEvent, ReportingCycle, User
from tracker.services.submissions import withdraw

TOLD_LATE = "Late reports are accepted and marked late."
DECIDES = "the first submission, of 2 Mar 2026, decides."


def due_on(session: Session, day: date) -> None:
    session.execute(update(ReportingCycle).values(due_on=day))
    session.commit()


def pages(work: Reporting, browser_of: type[Browser]) -> tuple[str, str]:
    """What the home page and the report's page tell its focal point."""
    browser = browser_of(work.session.get_one(User, work.focal_point.user_id))
    addresses = ("/reports", f"/reports/{work.report.public_id}")
    return text_of(browser.soup(addresses[0])), text_of(browser.soup(addresses[1]))


@pytest.mark.parametrize("opened_again", ["returned", "reopened"])
def test_a_correction_after_the_due_day_is_not_told_that_it_will_be_late(
    session: Session, browser_of: type[Browser], opened_again: str
) -> None:
    if opened_again == "returned":
        work, _ = report_at(session, ReportStatus.RETURNED)
    else:
        work, _ = report_at(session, ReportStatus.PUBLISHED)
        work.reopen()
    due_on(session, date(2026, 3, 31))
    for told in pages(work, browser_of):
        assert TOLD_LATE not in told
        assert f"On time: {DECIDES} A correction does not make the report late." in told
    work.clock.start = datetime(2026, 9, 1, tzinfo=UTC)
    assert work.submit().on_time  # as the rule decides


def test_a_correction_of_a_late_report_is_told_that_it_stays_late(
    session: Session, browser_of: type[Browser]
) -> None:
    work, _ = report_at(session, ReportStatus.RETURNED)
    due_on(session, date(2026, 2, 1))
    for told in pages(work, browser_of):
        assert f"Marked late: {DECIDES}" in told
    assert not work.submit().on_time


def test_who_withdrew_its_only_submission_is_told_that_the_next_one_is_late(
    session: Session, browser_of: type[Browser]
) -> None:
    work, _ = report_at(session, ReportStatus.SUBMITTED)
    withdraw(session, actor=work.focal_point, report_id=work.report.id, clock=work.clock)
    due_on(session, date(2026, 3, 31))
    for told in pages(work, browser_of):
        assert TOLD_LATE in told
        assert "Submission 1 was withdrawn. To report, your State must submit again." in told


def test_a_reopened_report_says_so_with_its_reason_and_what_is_published_meanwhile(
    session: Session, browser_of: type[Browser]
) -> None:
    work, first = report_at(session, ReportStatus.PUBLISHED)
    stays = "Submission 1 stays published until a newer one is published."
    assert not any(stays in told or "Reopened" in told for told in pages(work, browser_of))
    work.reopen("A law was <b>passed</b>.")
    session.commit()
    for told in pages(work, browser_of):
        assert "Draft Reopened" in told and stays in told
        assert "Reopened by your State" in told and "A law was <b>passed</b>." in told
    browser = browser_of(session.get_one(User, work.focal_point.user_id))
    page = browser.soup(f"/reports/{work.report.public_id}")
    link = page.find("a", string="Read what is published")
    assert link and browser.get(str(link["href"])).status_code == 200
    reviewer = browser_of(session.get_one(User, work.reviewer.user_id))
    assert "Draft Reopened" in text_of(reviewer.soup("/review"))
    assert first and "its State reopened it" in text_of(
        reviewer.soup(f"/review/submissions/{first.public_id}")
    )
    work.give_back(work.submit(), "Which article?")
    session.commit()
    for told in pages(work, browser_of):
        assert "Which article?" in told and stays in told and "A law was" not in told


def test_a_returned_report_leads_to_the_questions_that_are_open(
    session: Session, browser_of: type[Browser]
) -> None:
    work, submission = report_at(session, ReportStatus.SUBMITTED)
    assert submission
    for paragraph in (25, 28, 29, 30):
        work.ask(submission, f"What of {paragraph}?", paragraph)
    work.give_back(submission, "See the questions.")
    session.commit()
    browser = browser_of(session.get_one(User, work.focal_point.user_id))
    address = f"/reports/{work.report.public_id}"
    notice = browser.soup(address).select_one(".notice-alert")
    assert notice and "See the questions." in text_of(notice) and "What of 25?" in text_of(notice)
    links = [str(link["href"]) for link in notice.select("a")]
    assert links == [f"{address}/sections/I.1#p{number}" for number in (25, 28, 29, 30)]
    assert browser.soup(links[0]).select_one("#p25")
    home = browser.soup("/reports").find("a", string="All questions")
    assert home and home["href"] == address


def test_a_contributor_learns_no_reason_and_no_question(
    session: Session, browser_of: type[Browser]
) -> None:
    work, submission = report_at(session, ReportStatus.SUBMITTED)
    assert submission
    work.ask(submission, "Which article?", 28)
    work.give_back(submission, "See the question.")
    police = browser_of(make_user(session, Role.CONTRIBUTOR, "GHA", sections=("I.1",)))
    due_on(session, date(2026, 3, 31))
    for address in ("/reports", f"/reports/{work.report.public_id}"):
        told = text_of(police.soup(address))
        assert "Which article?" not in told and "See the question." not in told
        assert f"On time: {DECIDES}" in told and "Returned" in told


def test_what_needs_action_comes_before_cycles_never_begun(
    session: Session, browser_of: type[Browser]
) -> None:
    make_cycle(session, "old", opens=date(2020, 1, 1))
    make_cycle(session, "next", opens=date(2026, 2, 1))
    make_cycle(session, "later", opens=date(2026, 2, 2))
    make_cycle(session, "done", opens=date(2026, 2, 3))
    work, _ = report_at(session, ReportStatus.RETURNED)
    for slug in ("next", "done"):
        report = begin_report(session, "GHA", slug)
        report.focal_point = work.focal_point
        if slug == "done":
            report.submit()
    session.commit()
    browser = browser_of(session.get_one(User, work.focal_point.user_id))
    found = browser.soup("/reports").select("main > section > h2, main > .cards > section > h2")
    headings = [text_of(heading) for heading in found]
    assert headings == [
        "Ghana · bms7 Returned",
        "Ghana · next Draft",
        "Begin the report for later",
        "Begin the report for old",
        "Ghana · done Submitted",
    ]


def test_the_home_page_invites_nobody_to_sign_in_who_is(
    session: Session, browser_of: type[Browser], public: Browser
) -> None:
    address = "main a[href='{}']"
    assert public.soup("/").select(address.format("/sign-in"))
    leads = {"FRA": "/reports", None: "/review"}
    for (iso3, there), role in zip(leads.items(), (Role.OBSERVER, Role.REVIEWER), strict=True):
        page = browser_of(make_user(session, role, iso3)).soup("/")
        assert not page.select(address.format("/sign-in"))
        assert page.select(address.format(there))


def test_a_language_that_is_not_loaded_is_said(public: Browser) -> None:
    told = "These pages are not translated into the language that was asked for:"
    page = public.soup("/?lang=ru")
    assert page.html and page.html["lang"] == "en" and f"{told} Русский" in text_of(page)
    assert f"{told} <b>" in text_of(public.soup("/?lang=<b>"))
    assert told not in text_of(public.soup("/?lang=en")) + text_of(public.soup("/"))


def test_the_history_of_an_account_names_the_state(
    session: Session, browser_of: type[Browser]
) -> None:
    administrator = browser_of(make_user(session, Role.ADMINISTRATOR))
    user = make_user(session, Role.OBSERVER, "FRA")
    facts = {"role": Role.OBSERVER.value, "state": "FRA"}
    for kind in (AccountEventKind.ROLE_GIVEN, AccountEventKind.ROLE_ENDED):
        session.add(
            AccountEvent(user_id=user.id, kind=kind, at=user.created_at, actor_id=None, facts=facts)
        )
    session.commit()
    for page in (
        browser_of(user).soup("/account"),
        administrator.soup(f"/admin/people/{user.public_id}"),
    ):
        lines = [text_of(line) for line in page.select(".events li")]
        assert len(lines) == 2 and all("France" in line and "FRA" not in line for line in lines)
