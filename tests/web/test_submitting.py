"""Submitting what was seen: a report that was changed since is shown again, not submitted."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.evidence import attach
from tests.items import CONTACT, save
from tests.national_reports import Reporting, begin_report, report_at
from tests.people import Browser, make_user, parsed
from tests.web.test_public import text_of
from tracker.domain.completeness import Gap, Standing
from tracker.domain.indicators import Cell
from tracker.domain.labels import label
from tracker.domain.progress import Audience, Progress
from tracker.domain.roles import Role
from tracker.domain.workflow import ReportStatus
from tracker.models import NationalReport, Submission, SubmissionResponse

FORM = {"name": "Ama Mensah", "title": "Director", "has_authority": "y", "confirmed_gaps": "y"}


@pytest.fixture
def work(session: Session) -> Reporting:
    return report_at(session, ReportStatus.DRAFT)[0]


@pytest.fixture
def browser(session: Session, browser_of: type[Browser], work: Reporting) -> Browser:
    return browser_of(make_user(session, Role.FOCAL_POINT, "GHA"))


@pytest.fixture
def address(work: Reporting) -> str:
    return f"/reports/{work.report.public_id}/submit"


def carried(browser: Browser, address: str) -> dict[str, str]:
    """What the form carries by itself, filled in."""
    field = browser.soup(address).select_one("input[name=seen]")
    assert field
    return FORM | {"seen": str(field["value"])}


CHANGES: dict[str, Callable[[Reporting], object]] = {
    "answer": lambda work: work.answer(28, progress=Progress.IMPLEMENTED, narrative="Unseen."),
    "contact": lambda work: save(work, CONTACT),
    "file": lambda work: attach(work, title="The act"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_report_changed_after_it_was_seen_is_shown_again_and_not_submitted(
    session: Session, browser: Browser, work: Reporting, address: str, change: str
) -> None:
    form = carried(browser, address)
    CHANGES[change](work)
    session.commit()
    refused = browser.post(address, form)
    assert refused.status_code == 409
    assert session.scalars(select(Submission)).all() == []
    assert session.scalars(select(NationalReport.status)).one() is ReportStatus.DRAFT
    page = parsed(refused.data)
    alert = page.select_one(".notice-alert")
    assert alert and "changed after you opened this page" in alert.text
    assert "by Person" in alert.text and alert.select_one("time[datetime]")
    kept = {name: page.select_one(f"[name={name}]") for name in FORM}
    assert kept["name"] and kept["name"]["value"] == FORM["name"]
    assert kept["title"] and kept["title"]["value"] == FORM["title"]
    for name in ("has_authority", "confirmed_gaps"):
        box = kept[name]
        assert box and box.has_attr("checked"), name
    again = page.select_one("input[name=seen]")
    assert again and again["value"] != form["seen"]
    assert browser.post(address, form | {"seen": str(again["value"])}).status_code == 303
    if change == "answer":
        texts = session.scalars(select(SubmissionResponse.narrative)).all()
        assert "Unseen." in texts


def test_a_label_that_is_a_sentence_leads_to_its_error_without_its_full_stop(
    browser: Browser, address: str
) -> None:
    seen = browser.soup(address).select_one("input[name=seen]")
    assert seen
    refused = browser.post(address, {"name": "A", "title": "B", "seen": seen["value"]})
    told = parsed(refused.data).select_one("[aria-labelledby=error-summary]")
    assert refused.status_code == 422 and told
    assert "on behalf of my State: " in told.get_text() and ".:" not in told.get_text()


def test_a_form_that_does_not_say_what_was_seen_is_refused(
    session: Session, browser: Browser, address: str
) -> None:
    assert browser.post(address, FORM).status_code == 409
    assert session.scalars(select(Submission)).all() == []


def test_what_changes_no_words_is_no_change(
    session: Session, browser: Browser, work: Reporting, address: str
) -> None:
    submission = work.submit()
    work.give_back(submission)
    session.commit()
    form = carried(browser, address)
    work.ask(submission, "Since when?")
    session.commit()
    assert browser.post(address, form).status_code == 303


def test_an_empty_report_is_submitted_as_it_was_seen(
    session: Session, browser_of: type[Browser]
) -> None:
    report = begin_report(session, "KEN").report
    session.commit()
    browser = browser_of(make_user(session, Role.FOCAL_POINT, "KEN"))
    assert browser.submit_report(f"/reports/{report.public_id}", FORM).status_code == 303


def test_questions_without_a_reply_are_said_before_and_after_submitting(
    session: Session, browser: Browser, work: Reporting, address: str
) -> None:
    submission = work.submit()
    work.give_back(submission)
    session.commit()
    assert "What the secretariat asked" not in browser.soup(address).text
    work.ask(submission, "Since when?")
    work.ask(submission, "Which article?", 30)
    session.commit()
    notice = browser.soup(address).select_one("main .notice-alert")
    assert notice and "2 questions have no reply yet" in notice.text
    assert [str(link["href"]).rpartition("#")[2] for link in notice.select("a")] == ["p28", "p30"]
    assert browser.post(address, carried(browser, address)).status_code == 303
    home = browser.soup("/reports")
    assert "nothing is due from you" not in home.text
    link = home.find("a", string="Your replies to 2 questions are still awaited.")
    assert link and link["href"] == address.removesuffix("/submit")


@pytest.mark.parametrize("status", [ReportStatus.RETURNED, ReportStatus.PUBLISHED])
def test_a_report_sent_again_as_it_was_is_said_to_be_unchanged(
    session: Session, browser_of: type[Browser], status: ReportStatus
) -> None:
    work, _ = report_at(session, status, "KEN")
    if status is ReportStatus.PUBLISHED:
        work.reopen()
    session.commit()
    browser = browser_of(make_user(session, Role.FOCAL_POINT, "KEN"))
    address = f"/reports/{work.report.public_id}/submit"
    told = "Nothing in this report has changed since submission 1."
    assert told in browser.soup(address).text
    work.answer(30, progress=Progress.IMPLEMENTED)
    session.commit()
    assert told not in browser.soup(address).text


def test_a_first_submission_is_compared_with_nothing(browser: Browser, address: str) -> None:
    assert "has changed since submission" not in browser.soup(address).text


def test_a_locked_report_shows_what_is_missing_and_nothing_to_do(
    session: Session, browser: Browser, work: Reporting, address: str
) -> None:
    work.answer(31, narrative="Begun.")
    session.commit()
    pages = address.removesuffix("/submit"), address.replace("submit", "sections/I.1")
    assert all("to do" in browser.soup(page).text for page in pages)
    work.submit()
    session.commit()
    for page in pages:
        assert "to do" not in browser.soup(page).text.replace("position to do", "")
    tags = [tag.text for tag in browser.soup(pages[0]).select(".tasks .tag")]
    assert "14 missing or incomplete" in tags
    listed = {tag.text for tag in browser.soup(pages[1]).select("#paragraphs .hint")}
    assert (
        {label(Gap.NO_ANSWER), label(Gap.NO_PROGRESS)}
        <= listed
        <= set(map(label, (*Standing, *Gap)))
    )


def test_what_cannot_be_submitted_now_says_so_first_and_leads_on(
    session: Session, browser: Browser, work: Reporting, address: str
) -> None:
    work.submit()
    session.commit()
    page = browser.soup(address)
    said = page.select_one("main .notice")
    assert said and "Submitted This report was submitted and is locked" in text_of(said)
    onward = said.select_one("a")
    assert onward and onward["href"] == address.removesuffix("/submit")
    assert browser.soup(str(onward["href"])).select_one("main a[href$='/withdraw']")
    assert "You may submit" not in page.text and not page.select("main form")


FIGURES = {
    Cell(2023, "found", "total"): 20,
    Cell(2023, "found", "traced"): 5,
    Cell(2024, "found", "total"): 0,
}


def lines_of(page: BeautifulSoup) -> dict[str, tuple[str, str]]:
    """The sentence and the address of each indicator by its code."""
    found = {}
    for line in page.select("main li"):
        code, link = line.select_one("bdi"), line.select_one("a")
        if code:
            words = " ".join(line.get_text("").split())
            found[code.get_text()] = (words, str(link["href"]) if link else "")
    return found


def test_the_page_before_submission_says_how_many_figures_are_given(
    session: Session, browser: Browser, work: Reporting, address: str
) -> None:
    work.save_figures(FIGURES)
    session.commit()
    lines = lines_of(browser.soup(address))
    words, href = lines["16.4.2"]
    assert words.endswith(": 3 figures (2023, 2024)")
    assert href == f"/reports/{work.report.public_id}/indicators/sdg-16-4-2"
    assert browser.get(href).status_code == 200
    words, href = lines["OP-1"]
    assert words.endswith(": no figure, which is no gap")
    assert href.endswith("/indicators/tracing-requests")


def test_who_publishes_reads_how_many_figures_go_to_whom(
    session: Session, browser_of: type[Browser]
) -> None:
    work = begin_report(session, "GHA")
    work.save_figures(FIGURES, audience=Audience.STATES)
    submission = work.submit()
    work.accept(submission)
    session.commit()
    administrator = browser_of(make_user(session, Role.ADMINISTRATOR))
    desk = f"/review/submissions/{submission.public_id}"
    lines = lines_of(administrator.soup(f"{desk}/publish"))
    words, href = lines["16.4.2"]
    assert ": 3 figures (2023, 2024) " in words
    assert words.endswith(label(Audience.STATES))
    page, _, place = href.partition("#")
    assert page == desk
    assert administrator.soup(page).select(f"#{place}")
    assert lines["OP-1"][0].endswith(": no figure, which is no gap")
    assert lines["OP-1"][1] == ""
