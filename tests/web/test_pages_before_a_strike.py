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
from tracker.domain.responses import Measure
from tracker.domain.roles import Role
from tracker.domain.workflow import ReportStatus
from tracker.models import ChainText, OutgoingMail, Submission, User
from tracker.queries.items import items_of
from tracker.queries.responses import responses_of

WORDS = "The law of GHA is being drafted."
PHONE = "+233 555"
JSON = {"Accept": "application/json"}


@pytest.fixture
def administrator(session: Session, browser_of: type[Browser]) -> Browser:
    return browser_of(make_user(session, Role.ADMINISTRATOR))


@pytest.fixture
def returned(session: Session) -> tuple[Reporting, Submission]:
    """A report that its State may change again, with the words in its first submission."""
    work, submission = report_at(session, ReportStatus.RETURNED)
    assert submission is not None
    return work, submission


def focal_point(browser_of: type[Browser], work: Reporting) -> Browser:
    return browser_of(work.session.get_one(User, work.focal_point.user_id))


def submitted_and_returned(work: Reporting) -> Submission:
    submission = work.submit()
    work.give_back(submission)
    work.session.commit()
    return submission


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
        assert refused.status_code == 409 and WORDS not in refused.text
        assert "The secretariat struck out a text after you opened the page." in text_of(page)
        assert "Nothing is saved yet." in text_of(page) and not page.select("[name=p28-choice]")
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
    session: Session,
    administrator: Browser,
    browser_of: type[Browser],
    returned: tuple[Reporting, Submission],
) -> None:
    """They were typed over an older version than the one that the page of two texts names."""
    work, submission = returned
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
    assert narrative(work) == "A colleague's.", "what stands now is not emptied by it"


def test_what_was_typed_on_over_the_words_is_shown_and_not_taken_over(
    session: Session,
    administrator: Browser,
    browser_of: type[Browser],
    returned: tuple[Reporting, Submission],
) -> None:
    """Whoever is at work on the very text while it is struck out."""
    work, submission = returned
    own = focal_point(browser_of, work)
    opened = fields(own.soup(section_of(work)))
    strike(administrator, submission, "28", "narrative")
    longer = {"p28-narrative": f"{WORDS} It will be debated.", "p28-lead_agency": "The police"}
    answer = own.post(section_of(work), opened | longer)
    page = parsed(answer.data)
    assert answer.status_code == 409
    assert "does not stand in the form by itself" in text_of(page)
    mine = page.select_one(".compare .mine")
    assert mine is not None and longer["p28-narrative"] in text_of(mine), "nothing typed is lost"
    assert fields(page)["p28-narrative"] == ""
    assert own.post(section_of(work), fields(page)).status_code == 303
    assert narrative(work) == "" and not stand_anywhere(session, WORDS)
    row = responses_of(session, work.report.id)["bms7/annex/28"]
    assert row.content.lead_agency == "The police"


def test_what_was_typed_on_over_a_row_is_shown_and_not_taken_over(
    session: Session, administrator: Browser, browser_of: type[Browser]
) -> None:
    work = begin_report(session)
    item_id = save(work, replace(CONTACT, address="5 High Street")).item_id
    submission = submitted_and_returned(work)
    own, address = focal_point(browser_of, work), pages(work, "contacts", item_id)
    opened = edited(own, work, item_id) | {"action": "save", "address": "5 High Street, Accra"}
    strike(administrator, submission, f"contacts/{item_id}", "address")
    answer = own.post(address, opened)
    page = parsed(answer.data)
    assert answer.status_code == 409
    told = text_of(page)
    assert "The secretariat struck out a text" in told and "does not stand in the form" in told
    assert "5 High Street, Accra" in told and fields(page)["address"] == ""


def test_a_law_whose_title_was_struck_out_stands_in_nobodys_way(
    session: Session, administrator: Browser, browser_of: type[Browser]
) -> None:
    work = begin_report(session)
    work.answer(28, narrative="Laws.", measures=(Measure("Act of Kofi", "1961"),))
    submission = submitted_and_returned(work)
    own = focal_point(browser_of, work)
    strike(administrator, submission, "28", "measures.0.title")
    fresh = fields(own.soup(section_of(work))) | {"p28-lead_agency": "The police"}
    assert own.post(section_of(work), fresh).status_code == 303
    session.expire_all()
    content = responses_of(session, work.report.id)["bms7/annex/28"].content
    assert (content.lead_agency, content.measures) == ("The police", (Measure("", "1961"),))
    other = fields(own.soup(section_of(work))) | {"p28-measures-0-adopted_on": "1962"}
    assert own.post(section_of(work), other).status_code == 422


def test_a_row_whose_name_was_struck_out_can_still_be_changed(
    session: Session, administrator: Browser, browser_of: type[Browser]
) -> None:
    work = begin_report(session)
    item_id = save(work, CONTACT).item_id
    submission = submitted_and_returned(work)
    own, address = focal_point(browser_of, work), pages(work, "contacts", item_id)
    strike(administrator, submission, f"contacts/{item_id}", "name")
    fresh = edited(own, work, item_id) | {"action": "save", "phone": PHONE}
    assert own.post(address, fresh).status_code == 303
    session.expire_all()
    (row,) = [row for rows in items_of(session, work.report.id).values() for row in rows]
    assert row.content == replace(CONTACT, name="", phone=PHONE)


def test_a_page_refused_for_another_reason_is_still_as_old_as_it_was(
    session: Session,
    administrator: Browser,
    browser_of: type[Browser],
    returned: tuple[Reporting, Submission],
) -> None:
    work, submission = returned
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
    submission = submitted_and_returned(work)
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


REASON = "Names a person."


def test_who_submits_meanwhile_is_told_of_the_strike(
    session: Session,
    administrator: Browser,
    browser_of: type[Browser],
    returned: tuple[Reporting, Submission],
) -> None:
    work, submission = returned
    own, address = focal_point(browser_of, work), f"/reports/{work.report.public_id}/submit"
    sent = fields(own.soup(address)) | {"title": "Director", "has_authority": "y"}
    strike(administrator, submission, "28", "narrative")
    answer = own.post(address, sent | {"confirmed_gaps": "y"})
    told = text_of(parsed(answer.data))
    assert answer.status_code == 409
    assert "Last change:" in told and "text struck out by the secretariat" in told


def test_the_letter_names_every_text_that_went(session: Session, administrator: Browser) -> None:
    work = begin_report(session)
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="Kofi wrote it.", lead_agency="Kofi")
    submission = work.submit()
    session.commit()
    path = path_of(submission, "/strike/28")
    sent = {"field": "narrative", "reason": REASON, "named": "Kofi"}
    seen = fields(parsed(administrator.post(path, sent).data))
    assert administrator.post(path, seen).status_code == 303
    letters = [row for row in session.scalars(select(OutgoingMail)) if "fields" in row.data]
    assert letters[0].data["fields"] == [["Lead agency", None], ["What was done", None]]


def test_the_state_reads_at_the_place_what_is_gone_and_why(
    administrator: Browser, browser_of: type[Browser]
) -> None:
    work = begin_report(administrator.session)
    item_id = save(work, CONTACT).item_id
    work.answer(28, progress=Progress.IMPLEMENTED, narrative=WORDS)
    submission = work.submit()
    question = work.ask(submission, "Is it Kofi?")
    work.give_back(submission)
    work.session.commit()
    for place, field in (
        ("28", "narrative"),
        (f"contacts/{item_id}", "organisation"),
        (f"questions/{question.public_id}", "question"),
    ):
        strike(administrator, submission, place, field)
    own = focal_point(browser_of, work)
    removed = "[A text was removed here by the secretariat.] Reason: Names a person."
    for path in (pages(work, "contacts"), pages(work, "contacts", item_id)):
        assert f"Organisation: {removed}" in text_of(own.soup(path))
    section = own.soup(section_of(work)).select_one("#p28")
    assert section is not None
    assert text_of(section).count(removed) == 2, "the text and the question"
    assert f"What was done: {removed}" in text_of(section)
    anew = edited(own, work, item_id) | {"action": "save", "organisation": "Ministry"}
    assert own.post(pages(work, "contacts", item_id), anew).status_code == 303
    assert "removed here" not in text_of(own.soup(pages(work, "contacts")))


def test_confirming_an_old_row_names_the_strike(
    session: Session, administrator: Browser, browser_of: type[Browser]
) -> None:
    work = begin_report(session)
    item_id = save(work, CONTACT).item_id
    submission = submitted_and_returned(work)
    own = focal_point(browser_of, work)
    strike(administrator, submission, f"contacts/{item_id}", "organisation")
    confirm = {"version": "1", "action": "confirm", "csrf_token": own.csrf_token()}
    answer = own.post(pages(work, "contacts", item_id), confirm)
    assert answer.status_code == 409
    assert "The secretariat struck out a text" in text_of(parsed(answer.data))


def test_words_that_must_go_in_every_wording_are_named_on_the_page(
    session: Session, administrator: Browser
) -> None:
    work = begin_report(session)
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="Kofi wrote it.")
    first = work.submit()
    work.give_back(first)
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="It was Kofi.")
    second = work.submit()
    work.give_back(second)
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="Kofi, in a draft.")
    session.commit()
    path = path_of(second, "/strike/28")
    sent = {"field": "narrative", "reason": REASON, "named": "Efua"}
    refused = administrator.post(path, sent)
    assert refused.status_code == 422 and "does not hold these words" in refused.text
    assert parsed(refused.data).select_one("[name=named][value=Efua]")
    told = administrator.post(path, sent | {"named": "Kofi", "reason": "About Kofi."})
    assert told.status_code == 422 and "Say it in other words." in told.text
    assert stand_anywhere(session, "Kofi")
    asked = administrator.post(path, sent | {"named": "kofi"})
    shown = parsed(asked.data)
    assert asked.status_code == 200 and "2 submitted texts go" in text_of(shown)
    quoted = [text_of(text) for text in shown.select("section q")]
    assert quoted == ["Kofi wrote it.", "It was Kofi."], "a draft is the State's own"
    assert stand_anywhere(session, "Kofi"), "nothing is struck out before it was seen"
    again = administrator.post(path, sent | {"named": "kofi", "seen": "of something else"})
    assert again.status_code == 200 and stand_anywhere(session, "Kofi")
    assert administrator.post(path, fields(shown)).status_code == 303
    assert not stand_anywhere(session, "Kofi")


def test_in_a_cycle_without_a_strike_nobody_is_asked(
    session: Session, administrator: Browser, browser_of: type[Browser]
) -> None:
    """Its page holds nothing of the cycle before, in which a text is struck out meanwhile."""
    _, first = report_at(session, ReportStatus.PUBLISHED)
    assert first is not None
    make_cycle(session, "bms7-2026", opens=date(2026, 3, 2))
    later = begin_report(session, cycle="bms7-2026")
    later.answer(28, progress=Progress.IMPLEMENTED, narrative="Ours.")
    session.commit()
    own = focal_point(browser_of, later)
    opened = fields(own.soup(section_of(later)))
    strike(administrator, first, "28", "narrative")
    typed = opened | {"p28-narrative": "Ours, with more."}
    assert own.post(section_of(later), typed).status_code == 303
    assert narrative(later) == "Ours, with more."


def test_a_strike_in_a_version_long_past_is_no_matter_of_a_newer_page(
    session: Session,
    administrator: Browser,
    browser_of: type[Browser],
    returned: tuple[Reporting, Submission],
) -> None:
    work, submission = returned
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="Anew.")
    session.commit()
    own = focal_point(browser_of, work)
    opened = fields(own.soup(section_of(work)))
    strike(administrator, submission, "28", "narrative")
    typed = opened | {"p28-narrative": "Anew, with more."}
    assert own.post(section_of(work), typed).status_code == 303
    assert narrative(work) == "Anew, with more."


def test_an_equal_date_of_another_law_stays_on_the_page(
    session: Session, administrator: Browser, browser_of: type[Browser]
) -> None:
    work = begin_report(session)
    laws = (Measure("Act of Kofi", "1961-05-17"), Measure("Arms Act", "1961-05-17"))
    work.answer(28, narrative="Laws.", measures=laws)
    submission = submitted_and_returned(work)
    own = focal_point(browser_of, work)
    opened = fields(own.soup(section_of(work)))
    strike(administrator, submission, "28", "measures.0.adopted_on")
    assert own.post(section_of(work), opened).status_code == 303, "nothing was typed"
    answer = own.post(section_of(work), opened | {"p28-lead_agency": "The police"})
    mine = parsed(answer.data).select_one(".compare .mine")
    assert mine is not None and "Arms Act (1961-05-17)" in text_of(mine)
