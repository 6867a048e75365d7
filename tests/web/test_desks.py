"""What the home page takes from the past of each report, and from that report alone."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.national_reports import Reporting, begin_report, report_at
from tests.people import Browser, make_user, parsed
from tests.submitted import make_cycle
from tests.web.test_public import text_of
from tests.web.test_reporting import fields
from tracker.domain.progress import Progress
from tracker.domain.roles import Role
from tracker.domain.workflow import ReportStatus
from tracker.models import User
from tracker.queries.responses import savers_since
from tracker.services.submissions import withdraw


@pytest.fixture
def work(session: Session) -> Reporting:
    return report_at(session, ReportStatus.DRAFT)[0]


def browser_at(work: Reporting, browser_of: type[Browser]) -> Browser:
    work.session.commit()
    return browser_of(work.session.get_one(User, work.focal_point.user_id))


def another(work: Reporting, cycle: str) -> Reporting:
    """The report of the same State and person in a newer cycle."""
    make_cycle(work.session, cycle, opens=date(2026, 2, 1))
    report = begin_report(work.session, "GHA", cycle)
    report.focal_point = work.focal_point
    return report


def publish_again(work: Reporting) -> None:
    submission = work.submit()
    work.accept(submission)
    work.publish(submission)


def test_a_correction_comes_before_a_newer_draft(
    work: Reporting, browser_of: type[Browser]
) -> None:
    publish_again(work)
    another(work, "next")
    work.reopen()
    found = browser_at(work, browser_of).soup("/reports").select("main > section > h2")
    assert [text_of(heading) for heading in found] == [
        "Ghana · bms7 Draft Reopened",
        "Ghana · next Draft",
    ]


def test_what_is_published_is_the_submission_that_superseded(
    work: Reporting, browser_of: type[Browser]
) -> None:
    for _ in range(2):
        publish_again(work)
        work.reopen()
    told = text_of(browser_at(work, browser_of).soup("/reports"))
    assert "Submission 2 stays published" in told and "Submission 1 stays" not in told


def test_a_withdrawal_long_made_good_is_not_told_again(
    work: Reporting, browser_of: type[Browser]
) -> None:
    work.submit()
    withdraw(work.session, actor=work.focal_point, report_id=work.report.id, clock=work.clock)
    browser = browser_at(work, browser_of)
    assert "Submission 1 was withdrawn." in text_of(browser.soup("/reports"))
    publish_again(work)
    work.reopen()
    work.session.commit()
    assert "was withdrawn" not in text_of(browser.soup("/reports"))


def test_a_question_stands_at_its_own_report_only(
    work: Reporting, browser_of: type[Browser]
) -> None:
    newer = another(work, "next")
    work.ask(work.submit(), "Which article?", 28)
    browser = browser_at(work, browser_of)
    for report, asked in ((work.report, 1), (newer.report, 0)):
        page = browser.soup("/reports")
        box = page.select_one(f"section[aria-labelledby='desk-{report.public_id}']")
        assert box and len(box.select("a[href$='#p28']")) == asked
        tags = browser.soup(f"/reports/{report.public_id}").select(".tasks .tag-alert")
        assert [tag.text for tag in tags] == ["1 question"] * asked


def test_an_answer_that_was_refused_is_not_said_to_be_saved_with_something_missing(
    work: Reporting, browser_of: type[Browser]
) -> None:
    work.answer(25, progress=Progress.NOT_APPLICABLE)
    browser = browser_at(work, browser_of)
    path = f"/reports/{work.report.public_id}/sections/I.1"
    listed = ".notice a[href='#p25-reason']"
    assert browser.soup(path).select(listed)
    wrong = {"p25-measures-0-title": "A law", "p25-measures-0-adopted_on": "2020-13"}
    refused = browser.post(path, fields(browser.soup(path)) | wrong)
    assert refused.status_code == 422 and b"#p25-reason" not in refused.data


def test_who_saved_since_is_asked_of_later_versions_of_this_answer_alone(
    work: Reporting,
) -> None:
    for number in range(3):
        work.answer(31, narrative=f"Of another paragraph {number}.")
    by = {work.focal_point.user_id}
    for version, savers in ((0, by), (1, set[int | None]())):
        assert savers_since(work.session, work.report.id, "bms7/annex/28", version) == savers


def test_beside_two_texts_a_reply_to_a_question_that_is_closed_is_shown_as_not_sent(
    session: Session, browser_of: type[Browser]
) -> None:
    work, submission = report_at(session, ReportStatus.SUBMITTED)
    assert submission
    work.ask(submission, "Since when?", 28)
    work.give_back(submission)
    mine = browser_at(work, browser_of)
    colleague = browser_of(make_user(session, Role.FOCAL_POINT, "GHA", name="Kofi"))
    path = f"/reports/{work.report.public_id}/sections/I.1"
    page = mine.soup(path)
    send = str(page.select("button[name=send]")[0]["value"])
    sent = fields(page) | {
        "p28-narrative": "Mine.",
        f"reply-{send}-reply": "My reply.",
        "send": send,
    }
    assert f"reply-{send}-reply" in fields(page)
    theirs = {"p28-narrative": "Theirs.", f"reply-{send}-reply": "Done.", "send": send}
    assert colleague.post(path, fields(colleague.soup(path)) | theirs).status_code == 303
    answer = mine.post(path, sent)
    told = text_of(parsed(answer.data).select("main")[0])
    assert answer.status_code == 409 and "Two texts of the same answer" in told
    assert "What you typed, not sent My reply." in told
    assert "with the button that sends it" not in told
    assert fields(parsed(answer.data))[f"reply-{send}-reply"] == "My reply."
