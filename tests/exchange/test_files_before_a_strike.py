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
from tests.people import Browser
from tests.submitted import make_cycle
from tracker.domain.clock import system_clock
from tracker.domain.contacts import Contact
from tracker.domain.item_fields import Part
from tracker.domain.merging import Verdict
from tracker.domain.progress import Progress
from tracker.domain.responses import Measure
from tracker.domain.workflow import ReportStatus
from tracker.exchange.plan_lines import plan_lines
from tracker.exchange.template_marked import write_marked
from tracker.exchange.template_notes import conflict_sentence
from tracker.exchange.template_words import CellWords
from tracker.exchange.translations import translator
from tracker.exchange.words import Made, Words
from tracker.models import ChainEntry, ImportPlan, User
from tracker.queries.import_plans import import_plan_or_none
from tracker.queries.items import items_of, subject_of
from tracker.queries.responses import responses_of
from tracker.services.import_plans import keep_plan
from tracker.services.importing import ImportRefused, plan_import

ANSWERS, LAWS, CONTACTS = "Answers", "Laws and instruments", "Contacts"
PHONE, LAW = "+233 555", "Arms Act"


def said(work: Reporting) -> str:
    return responses_of(work.session, work.report.id)["bms7/annex/28"].content.narrative


def laws(work: Reporting) -> tuple[Measure, ...]:
    return responses_of(work.session, work.report.id)["bms7/annex/28"].content.measures


def contacts(work: Reporting) -> list[Contact]:
    rows = items_of(work.session, work.report.id)[Part.CONTACTS]
    return [row.content for row in rows if isinstance(row.content, Contact)]


def open_desk(work: Reporting, cycle: str = "bms7") -> TemplateDesk:
    """A focal point whose templates say that they are made now."""
    made = Made(work.clock(), "A. Reader")
    return replace(desk_of(work), cycle_slug=cycle, made=made)


def revision_of(work: Reporting, subject: str) -> ChainEntry:
    """The first of an answer or item."""
    revisions = select(ChainEntry).where(ChainEntry.subject == subject, ChainEntry.version == 1)
    return work.session.scalars(revisions).one()


def pasted(content: bytes, item_id: str) -> bytes:
    """Everything that is seen of a contact, pasted into the next row, which has its own name."""
    number = row_named(content, CONTACTS, item_id)

    def paste(book: Workbook) -> None:
        sheet = book[CONTACTS]
        key = next(n for n, cell in enumerate(sheet[1], 1) if str(cell.value).endswith(".id"))
        for at in {*range(1, sheet.max_column + 1)} - {key}:
            sheet.cell(number + 1, at).value = sheet.cell(number, at).value

    return edited(content, paste)


def column_of_narrative(content: bytes) -> str:
    (name,) = [
        cell.column_letter
        for cell in load_workbook(BytesIO(content))[ANSWERS][2]
        if cell.value == "Narrative"
    ]
    return str(name)


def keep(desk: TemplateDesk, content: bytes) -> str:
    return keep_plan(
        desk.session, actor=desk.actor, state_id=desk.state_id, cycle_id=desk.cycle_id,
        filename="w.xlsx", file_hash="0" * 64, filled=desk.read(content), clock=desk.clock,
    )  # fmt: skip


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
        revision = revision_of(work, "bms7/annex/28")
        strike_out(work, revision, "narrative")
        strike_out(work, revision, "measures.0.title")

        public_id = keep(desk, content)
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


class TestEditedSince:
    """What the file says was made from a text that was struck out: somebody is asked."""

    @pytest.fixture
    def work(self, session: Session) -> Reporting:
        work, _ = report_at(session, ReportStatus.RETURNED)
        return work

    def test_a_text_is_a_conflict_that_says_why(self, session: Session, work: Reporting) -> None:
        desk, row = open_desk(work), answer_row(28)
        longer = f"{said(work)} Since 2024."
        content = filled_in(
            desk.template(), ANSWERS, (row, "Narrative", longer), (row, "Lead agency", "Police")
        )
        assert [cell.verdict for cell in desk.plan(content).cells] == [
            Verdict.CHANGED, Verdict.NEW
        ]  # fmt: skip
        strike_out(work, revision_of(work, "bms7/annex/28"), "narrative")

        plan = desk.plan(content)
        (cell,) = plan.conflicts
        assert (cell.field, cell.mine, cell.theirs) == ("narrative", longer, "")
        words = CellWords(Words("en", translator("en")))
        assert conflict_sentence(cell, words).startswith("The secretariat struck a text out here")
        (line,) = plan_lines(plan.conflicts, desk.data().frame, words)
        assert line.why == conflict_sentence(cell, words)
        with pytest.raises(ImportRefused):
            desk.apply(content)
        desk.apply(content, {cell.place: "theirs"})
        assert said(work) == ""
        work.answer(28, progress=Progress.IMPLEMENTED, narrative="Written anew.")
        (cell,) = desk.plan(content).conflicts
        assert conflict_sentence(cell, words).endswith("It now says: Written anew.")
        assert not [c for c in desk.plan(desk.template()).cells if c.field == "narrative"]

    def test_the_page_says_why(self, work: Reporting, browser_of: type[Browser]) -> None:
        desk = open_desk(work)
        row = answer_row(28)
        content = filled_in(desk.template(), ANSWERS, (row, "Narrative", f"{said(work)} More."))
        strike_out(work, revision_of(work, "bms7/annex/28"), "narrative")
        desk.clock = system_clock
        plan = keep(desk, content)
        work.session.commit()
        browser = browser_of(work.session.get_one(User, work.focal_point.user_id))
        page = browser.soup(f"/reports/{work.report.public_id}/imports/{plan}")
        (conflict,) = page.select("fieldset")
        assert "The secretariat struck a text out here" in conflict.text
        assert not conflict.select("[checked]"), "neither is chosen for anybody"

    def test_a_cell_that_says_the_very_words_is_told_to_be_left_out(
        self, work: Reporting, browser_of: type[Browser]
    ) -> None:
        desk = open_desk(work)
        content = desk.template()
        strike_out(work, revision_of(work, "bms7/annex/28"), "narrative")
        desk.clock = system_clock
        plan = keep(desk, content)
        work.session.commit()
        browser = browser_of(work.session.get_one(User, work.focal_point.user_id))
        page = browser.soup(f"/reports/{work.report.public_id}/imports/{plan}")
        (told,) = page.select("section[aria-labelledby=odd] li")
        where = f"{ANSWERS} · {column_of_narrative(content)}{answer_row(28)}"
        assert told.get_text(" ", strip=True).startswith(where)
        assert "so the file does not bring it back" in told.text
        assert "There is nothing to apply: the report says the rest already." in page.text

    def test_an_emptied_cell_needs_nobody(self, work: Reporting) -> None:
        desk = open_desk(work)
        content = filled_in(desk.template(), ANSWERS, (answer_row(28), "Narrative", "[clear]"))
        strike_out(work, revision_of(work, "bms7/annex/28"), "narrative")
        assert not desk.plan(content).conflicts

    def test_an_edited_law_is_a_conflict_of_the_laws(self, work: Reporting) -> None:
        desk = open_desk(work)
        content = filled_in(desk.template(), LAWS, (3, "Law or instrument", f"{LAW}, amended"))
        strike_out(work, revision_of(work, "bms7/annex/28"), "measures.0.title")
        (cell,) = desk.plan(content).conflicts
        assert cell.field == "measures" and cell.struck
        desk.apply(content, {cell.place: "theirs"})
        assert [law.title for law in laws(work)] == [""]
        desk.apply(content, {cell.place: "mine"})
        assert [law.title for law in laws(work)] == [f"{LAW}, amended"]
        assert not desk.plan(content).cells

    def test_a_law_that_is_added_is_none(self, work: Reporting) -> None:
        desk = open_desk(work)
        cells = ((4, "Paragraph", 28), (4, "Law or instrument", "Border Act"))
        content = filled_in(desk.template(), LAWS, *cells)
        strike_out(work, revision_of(work, "bms7/annex/28"), "measures.0.title")
        plan = desk.plan(content)
        assert not plan.conflicts
        assert [cell.verdict for cell in plan.cells] == [Verdict.CHANGED]

    def test_a_row_is_a_conflict_in_that_field_alone(self, work: Reporting) -> None:
        item_id = save(work, replace(CONTACT, address="Hill Road")).item_id
        desk = open_desk(work)
        number = row_named(desk.template(), CONTACTS, item_id)
        content = filled_in(
            desk.template(), CONTACTS,
            (number, "Address", "Hill Road, Accra"), (number, "Telephone", PHONE),
        )  # fmt: skip
        strike_out(work, revision_of(work, subject_of(Part.CONTACTS, item_id)), "address")
        plan = desk.plan(content)
        found = {cell.field: (cell.verdict, cell.struck) for cell in plan.cells}
        assert found == {
            "address": (Verdict.CONFLICT, True),
            "phone": (Verdict.NEW, False),
        }


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
        strike_out(work, revision_of(work, subject_of(Part.CONTACTS, item_id)), "phone")
        desk.apply(content)
        assert contacts(work) == [CONTACT, CONTACT]

    def test_other_fields_and_later_files_say_what_they_say(
        self, work: Reporting, item_id: str
    ) -> None:
        desk = open_desk(work)
        number = row_named(desk.template(), CONTACTS, item_id)
        content = pasted(desk.template(), item_id)
        content = filled_in(content, CONTACTS, (number + 1, "Address", PHONE))
        strike_out(work, revision_of(work, subject_of(Part.CONTACTS, item_id)), "phone")
        free = number + 2
        typed = ("Contact", "National coordination body"), ("Name", "B. O."), ("Telephone", PHONE)
        desk.apply(filled_in(content, CONTACTS, *((free, *cell) for cell in typed)))
        assert contacts(work)[1] == replace(CONTACT, address=PHONE)
        assert contacts(work)[2].phone == PHONE, "of another contact"
        later = open_desk(work)
        content = pasted(later.template(), item_id)
        free = number + 4
        typed = ("Contact", "National coordination body"), ("Name", "C. O."), ("Telephone", PHONE)
        later.apply(filled_in(content, CONTACTS, *((free, *cell) for cell in typed)))
        assert contacts(work)[-1].phone == PHONE, "typed anew on purpose"


def test_a_row_left_without_its_name_can_be_changed_in_a_fresh_file(session: Session) -> None:
    work = begin_report(session)
    item_id = save(work, CONTACT).item_id
    work.give_back(work.submit())
    strike_out(work, revision_of(work, subject_of(Part.CONTACTS, item_id)), "name")
    desk = open_desk(work)
    content = desk.template()
    number = row_named(content, CONTACTS, item_id)
    desk.apply(filled_in(content, CONTACTS, (number, "Telephone", PHONE)))
    assert contacts(work) == [replace(CONTACT, name="", phone=PHONE)]


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
