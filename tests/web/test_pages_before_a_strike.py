"""Pages that hold words which are struck out before they are sent: nothing comes back unasked."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.items import CONTACT, save
from tests.national_reports import Reporting, begin_report, report_at
from tests.people import Browser, make_user, parsed
from tests.submitted import make_cycle
from tests.web.test_items import edited, pages
from tests.web.test_reporting import fields
from tests.web.test_review import path_of, text_of
from tracker.domain.progress import Progress
from tracker.domain.roles import Role
from tracker.domain.workflow import ReportStatus
from tracker.models import ChainText, Submission, User
from tracker.queries.items import items_of
from tracker.queries.responses import responses_of

WORDS = "The law of GHA is being drafted."
PHONE = "+233 555"
JSON = {"Accept": "application/json"}


@pytest.fixture
def administrator(session: Session, browser_of: type[Browser]) -> Browser:
    return browser_of(make_user(session, Role.ADMINISTRATOR))


def focal_point(browser_of: type[Browser], work: Reporting) -> Browser:
    return browser_of(work.session.get_one(User, work.focal_point.user_id))


def section_of(work: Reporting) -> str:
    return f"/reports/{work.report.public_id}/sections/I.1"


def strike(by: Browser, submission: Submission, place: str, field: str) -> None:
    sent = {"field": field, "reason": "Names a person."}
    assert by.post(path_of(submission, f"/strike/{place}"), sent).status_code == 303


def stand_anywhere(session: Session, words: str) -> bool:
    session.expire_all()
    return bool(session.scalars(select(ChainText).where(ChainText.value.contains(words))).all())


def narrative(work: Reporting) -> str | None:
    work.session.expire_all()
    row = responses_of(work.session, work.report.id).get("bms7/annex/28")
    return row.content.narrative if row else None


class TestCopiedFromTheLastCycle:
    """The form holds the answer of the cycle before, and nothing stands in this report yet."""

    @pytest.fixture
    def first(self, session: Session) -> Submission:
        _, submission = report_at(session, ReportStatus.PUBLISHED)
        assert submission is not None
        return submission

    @pytest.fixture
    def later(self, session: Session, first: Submission) -> Reporting:
        make_cycle(session, "bms7-2026", opens=date(2026, 3, 2))
        later = begin_report(session, cycle="bms7-2026")
        session.commit()
        return later

    @pytest.fixture
    def opened(self, browser_of: type[Browser], later: Reporting) -> dict[str, Any]:
        opened = fields(focal_point(browser_of, later).soup(section_of(later) + "?copy=28"))
        assert opened["p28-narrative"] == WORDS
        return opened

    def test_the_page_comes_back_with_what_is_left(
        self,
        session: Session,
        administrator: Browser,
        browser_of: type[Browser],
        first: Submission,
        later: Reporting,
        opened: dict[str, Any],
    ) -> None:
        strike(administrator, first, "28", "narrative")
        own = focal_point(browser_of, later)
        refused = own.post(section_of(later), opened | {"p28-lead_agency": "The police"})
        page = parsed(refused.data)
        assert refused.status_code == 422 and WORDS not in refused.text
        assert "the form no longer holds it" in text_of(page)
        assert (narrative(later), stand_anywhere(session, WORDS)) == (None, False)
        assert fields(page)["p28-lead_agency"] == "The police"
        meant = fields(page) | {"p28-narrative": "Written anew."}
        assert own.post(section_of(later), meant).status_code == 303
        assert narrative(later) == "Written anew."

    def test_the_script_is_told(
        self,
        session: Session,
        administrator: Browser,
        browser_of: type[Browser],
        first: Submission,
        later: Reporting,
        opened: dict[str, Any],
    ) -> None:
        strike(administrator, first, "28", "narrative")
        own, address = focal_point(browser_of, later), f"/reports/{later.report.public_id}"
        answer = own.post(f"{address}/responses/28", opened, headers=JSON)
        assert answer.status_code == 409 and answer.json is not None
        assert "The secretariat struck out a text" in answer.json["message"]
        assert (narrative(later), stand_anywhere(session, WORDS)) == (None, False)

    def test_over_an_answer_that_stands_both_are_shown(
        self,
        administrator: Browser,
        browser_of: type[Browser],
        first: Submission,
        later: Reporting,
    ) -> None:
        later.answer(28, progress=Progress.IMPLEMENTED, narrative="Ours.")
        later.session.commit()
        own = focal_point(browser_of, later)
        opened = fields(own.soup(section_of(later) + "?copy=28"))
        strike(administrator, first, "28", "narrative")
        answer = own.post(section_of(later), opened)
        assert answer.status_code == 409 and WORDS not in answer.text
        assert "Two texts of the same answer" in answer.text and "Ours." in answer.text
        assert narrative(later) == "Ours."

    def test_a_page_made_afterwards_may_say_the_same_on_purpose(
        self,
        administrator: Browser,
        browser_of: type[Browser],
        first: Submission,
        later: Reporting,
    ) -> None:
        strike(administrator, first, "28", "narrative")
        own = focal_point(browser_of, later)
        fresh = fields(own.soup(section_of(later))) | {"p28-narrative": WORDS}
        assert own.post(section_of(later), fresh).status_code == 303
        assert narrative(later) == WORDS


def test_words_carried_on_by_a_page_of_two_texts_do_not_come_back(
    session: Session, administrator: Browser, browser_of: type[Browser]
) -> None:
    """They were typed over an older version than the one that the page of two texts names."""
    work, submission = report_at(session, ReportStatus.RETURNED)
    assert submission is not None
    own = focal_point(browser_of, work)
    opened = fields(own.soup(section_of(work)))
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="A colleague's.")
    session.commit()
    answer = own.post(section_of(work), opened | {"p28-lead_agency": "The police"})
    settle = fields(parsed(answer.data))
    assert answer.status_code == 409 and settle["p28-narrative"] == WORDS
    strike(administrator, submission, "28", "narrative")
    again = own.post(section_of(work), settle)
    page = parsed(again.data)
    assert again.status_code == 409 and WORDS not in again.text
    assert "The secretariat struck out a text after you opened the page." in text_of(page)
    assert narrative(work) == "A colleague's." and not stand_anywhere(session, WORDS)
    assert own.post(section_of(work), fields(page)).status_code == 303
    assert narrative(work) == ""


def test_a_page_refused_for_another_reason_is_still_as_old_as_it_was(
    session: Session, administrator: Browser, browser_of: type[Browser]
) -> None:
    work, submission = report_at(session, ReportStatus.RETURNED)
    assert submission is not None
    own = focal_point(browser_of, work)
    opened = fields(own.soup(section_of(work)))
    strike(administrator, submission, "28", "narrative")
    wrong = opened | {"p28-measures-0-title": "An act", "p28-measures-0-adopted_on": "soon"}
    refused = own.post(section_of(work), wrong)
    assert refused.status_code == 422
    corrected = fields(parsed(refused.data)) | {"p28-measures-0-adopted_on": "2024"}
    answer = own.post(section_of(work), corrected)
    assert answer.status_code == 409
    assert own.post(section_of(work), fields(parsed(answer.data))).status_code == 303
    assert not stand_anywhere(session, WORDS)


def test_words_of_a_row_carried_on_by_a_page_of_two_versions_do_not_come_back(
    session: Session, administrator: Browser, browser_of: type[Browser]
) -> None:
    work = begin_report(session)
    item_id = save(work, replace(CONTACT, phone=PHONE)).item_id
    submission = work.submit()
    work.give_back(submission)
    session.commit()
    own, address = focal_point(browser_of, work), pages(work, "contacts", item_id)
    opened = edited(own, work, item_id) | {"action": "save", "position": "Head"}
    save(work, replace(CONTACT, address="Accra"), item_id, 1)
    session.commit()
    answer = own.post(address, opened)
    settle = fields(parsed(answer.data)) | {"action": "save", "choice": "mine"}
    assert answer.status_code == 409 and settle["phone"] == PHONE
    strike(administrator, submission, f"contacts/{item_id}", "phone")
    again = own.post(address, settle)
    assert again.status_code == 409 and PHONE not in again.text
    assert "The secretariat struck out a text" in again.text
    left = fields(parsed(again.data)) | {"action": "save", "choice": "mine"}
    assert own.post(address, left).status_code == 303
    (row,) = [row for rows in items_of(session, work.report.id).values() for row in rows]
    assert row.content == replace(CONTACT, position="Head")
    assert not stand_anywhere(session, PHONE)
