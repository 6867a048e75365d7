"""Templates made before a text was struck out and sent after it: nothing comes back unasked."""

import json
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.data.test_strikes import entry_of, strike_out
from tests.exchange.templates import (
    TemplateDesk,
    answer_row,
    desk_of,
    edited,
    filled_in,
    put,
    row_named,
)
from tests.items import CONTACT, save
from tests.national_reports import Reporting, begin_report, report_at
from tests.submitted import make_cycle
from tracker.domain.contacts import Contact
from tracker.domain.item_fields import Part
from tracker.domain.workflow import ReportStatus
from tracker.exchange.template_marked import write_marked
from tracker.exchange.translations import translator
from tracker.exchange.words import Made
from tracker.models import ChainEntry, ImportPlan
from tracker.queries.import_plans import import_plan_or_none
from tracker.queries.items import items_of, subject_of
from tracker.queries.responses import responses_of
from tracker.services.import_plans import keep_plan
from tracker.services.importing import plan_import

ANSWERS, LAWS, CONTACTS = "Answers", "Laws and instruments", "Contacts"
PHONE, LAW = "+233 555", "Arms Act"


def said(work: Reporting) -> str:
    return responses_of(work.session, work.report.id)["bms7/annex/28"].content.narrative


def contacts(work: Reporting) -> list[Contact]:
    rows = items_of(work.session, work.report.id)[Part.CONTACTS]
    return [row.content for row in rows if isinstance(row.content, Contact)]


def open_desk(work: Reporting, cycle: str = "bms7") -> TemplateDesk:
    """A focal point whose templates say that they are made now."""
    made = Made(work.clock(), "A. Reader")
    return replace(desk_of(work), cycle_slug=cycle, made=made)


def entry(work: Reporting, item_id: str) -> ChainEntry:
    subject = subject_of(Part.CONTACTS, item_id)
    return work.session.scalars(select(ChainEntry).where(ChainEntry.subject == subject)).one()


def pasted(content: bytes, item_id: str) -> bytes:
    """Everything that is seen of a contact, pasted into the next row, which has its own name."""
    number = row_named(content, CONTACTS, item_id)

    def paste(book: Workbook) -> None:
        sheet = book[CONTACTS]
        key = next(n for n, cell in enumerate(sheet[1], 1) if str(cell.value).endswith(".id"))
        for at in {*range(1, sheet.max_column + 1)} - {key}:
            sheet.cell(number + 1, at).value = sheet.cell(number, at).value

    return edited(content, paste)


def repeated(content: bytes, place: str, words: str) -> bytes:
    """The narrative and the law of paragraph 28, once more in a place of which nothing is read."""

    def edit(book: Workbook) -> None:
        answers, laws = book[ANSWERS], book[LAWS]
        if place == "a row twice":
            for at in range(1, laws.max_column + 1):
                laws.cell(4, at).value = laws.cell(3, at).value
        elif place == "beside":
            answers.cell(answer_row(28), answers.max_column + 2).value = words
            answers.cell(answer_row(29), answers.max_column + 1).value = "A note."
        elif place == "unread":
            put(laws, 3, "Remove", LAW)

    return edited(content, edit)


def shown_in(book: BytesIO) -> set[str]:
    sheets = load_workbook(book).worksheets
    return {str(cell.value) for sheet in sheets for line in sheet.iter_rows() for cell in line}


class TestWhatIsKept:
    """A plan is kept for a day, and its marked copy shows all that was typed."""

    @pytest.fixture
    def work(self, session: Session) -> Reporting:
        work, _ = report_at(session, ReportStatus.RETURNED)
        return work

    @pytest.mark.parametrize("place", ["its own", "a row twice", "beside", "unread"])
    def test_it_holds_no_struck_words(self, session: Session, work: Reporting, place: str) -> None:
        desk = open_desk(work)
        words = said(work)
        content = filled_in(
            desk.template(), ANSWERS,
            (answer_row(26), "Progress", "nonsense"), (answer_row(25), "Narrative", "Stays."),
        )  # fmt: skip
        content = repeated(content, place, words)
        revision = session.scalars(
            select(ChainEntry).where(ChainEntry.subject == "bms7/annex/28")
        ).all()[-1]
        strike_out(work, revision, "narrative")
        strike_out(work, revision, "measures.0.title")

        public_id = keep_plan(
            session, actor=desk.actor, state_id=desk.state_id, cycle_id=desk.cycle_id,
            filename="w.xlsx", file_hash="0" * 64, filled=desk.read(content), clock=desk.clock,
        )  # fmt: skip
        kept = json.dumps(session.scalars(select(ImportPlan.content)).one())
        row = import_plan_or_none(session, desk.actor, public_id, at=desk.clock())
        assert row is not None
        plan = plan_import(
            session, actor=desk.actor, state_id=desk.state_id, cycle_id=desk.cycle_id,
            filled=row.filled, clock=desk.clock,
        )  # fmt: skip
        copy = BytesIO()
        write_marked(
            copy, desk.data(), row.filled, plan,
            translate=translator("en"), language="en", made=desk.made,
        )  # fmt: skip
        shown = shown_in(copy)
        for gone in (words, LAW):
            assert gone not in kept
            assert not any(gone in text for text in shown)
        assert "Stays." in kept and "Stays." in shown
        assert ("A note." in shown) == (place == "beside")


class TestPastedAsANewRow:
    """The row of a contact was pasted below before its telephone number was struck out."""

    @pytest.fixture
    def work(self, session: Session) -> Reporting:
        return begin_report(session)

    @pytest.fixture
    def item_id(self, work: Reporting) -> str:
        item_id = save(work, replace(CONTACT, phone=PHONE)).item_id
        work.give_back(work.submit())
        return item_id

    def test_it_comes_without_the_words(self, work: Reporting, item_id: str) -> None:
        desk = open_desk(work)
        content = pasted(desk.template(), item_id)
        strike_out(work, entry(work, item_id), "phone")
        desk.apply(content)
        assert contacts(work) == [CONTACT, CONTACT]

    def test_other_fields_and_later_files_say_what_they_say(
        self, work: Reporting, item_id: str
    ) -> None:
        desk = open_desk(work)
        number = row_named(desk.template(), CONTACTS, item_id)
        content = pasted(desk.template(), item_id)
        content = filled_in(content, CONTACTS, (number + 1, "Address", PHONE))
        strike_out(work, entry(work, item_id), "phone")
        desk.apply(content)
        assert contacts(work)[1] == replace(CONTACT, address=PHONE)
        later = open_desk(work)
        content = pasted(later.template(), item_id)
        free = number + 2
        typed = ("Contact", "National coordination body"), ("Name", "B. O."), ("Telephone", PHONE)
        later.apply(filled_in(content, CONTACTS, *((free, *cell) for cell in typed)))
        assert contacts(work)[2].phone == PHONE, "typed anew on purpose"


def test_words_of_the_last_cycle_that_were_pasted_are_not_saved(session: Session) -> None:
    work, submission = report_at(session, ReportStatus.PUBLISHED)
    assert submission is not None
    make_cycle(session, "bms7-2026", opens=date(2026, 3, 2))
    later = begin_report(session, cycle="bms7-2026")
    desk, row = open_desk(later, "bms7-2026"), answer_row(28)
    content = filled_in(
        desk.template(), ANSWERS, (row, "Narrative", said(work)), (row, "Lead agency", "Police")
    )
    strike_out(work, entry_of(session, submission), "narrative")
    desk.clock = work.clock
    desk.apply(content)
    answer = responses_of(session, later.report.id)["bms7/annex/28"].content
    assert (answer.narrative, answer.lead_agency) == ("", "Police")
