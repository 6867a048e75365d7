"""The marked copy: what was filled in, with errors and conflicts beside the cells."""

from io import BytesIO

from openpyxl import Workbook
from sqlalchemy.orm import Session

from tests.exchange.templates import (
    MADE,
    TemplateDesk,
    answer_row,
    codes,
    column,
    counts,
    desk_of,
    edited,
    filled_in,
    put,
    row_named,
)
from tests.exchange.workbooks import Written
from tests.national_reports import Reporting, begin_report
from tracker.domain.indicators import Cell, Figures
from tracker.domain.item_fields import Part
from tracker.domain.merging import Verdict
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import Measure
from tracker.domain.targets import Target
from tracker.exchange.plan_lines import loose_sentences, plan_lines
from tracker.exchange.template_marked import write_marked
from tracker.exchange.template_words import CellWords
from tracker.exchange.translations import translator
from tracker.exchange.words import Words
from tracker.models.ids import new_public_id
from tracker.services.items import save_item

ANSWERS, LAWS, TARGETS, CONTACTS = "Answers", "Laws and instruments", "Targets", "Contacts"
FIGURES, SLUG = "Figures", "sdg-16-4-2"
NOTES = "Notes of the check"


def marked(desk: TemplateDesk, content: bytes) -> bytes:
    """The marked copy of a file."""
    target = BytesIO()
    filled, plan = desk.read(content), desk.plan(content)
    write_marked(
        target, desk.data(), filled, plan, translate=translator("en"), language="en", made=MADE
    )
    return target.getvalue()


def wrong_file(desk: TemplateDesk) -> bytes:
    """A file with something wrong in every sheet, and good cells beside it."""

    def edit(book: Workbook) -> None:
        answers = book[ANSWERS]
        put(answers, answer_row(28), "Progress", "Finished")
        put(answers, answer_row(28), "Narrative", "My words.")
        put(answers, answer_row(31), "Lead agency", "Customs")
        put(answers, answer_row(32), "Narrative", "=A1")
        put(answers, 130, "Narrative", "Belongs nowhere.")
        laws = book[LAWS]
        put(laws, 3, "Date of adoption", "June")
        put(laws, 9, "Paragraph", 31)
        put(laws, 9, "Law or instrument", "Border Act")
        put(laws, 9, "Link", "www")
        put(book[TARGETS], 4, "Baseline", "many")
        put(book[TARGETS], 4, "Unit", "[clear]")
        put(book[CONTACTS], 3, "Contact", "National coordination body")
        put(book[CONTACTS], 3, "E-mail", "nobody")

    return edited(desk.template(), edit)


def test_errors_and_conflicts_stand_beside_their_cells(session: Session) -> None:
    work = begin_report(session)
    work.answer(28, narrative="First.", measures=(Measure("Arms Act"),))
    desk = desk_of(work)
    content = wrong_file(desk)
    work.answer(28, narrative="Their words.", measures=(Measure("Arms Act"),))
    copy = Written(marked(desk, content))
    answers = copy.sheet(ANSWERS)
    row = answer_row(28)
    progress = answers.cell(row, column(answers, "Progress"))
    assert progress.value == "Finished" and progress.fill.fgColor.rgb == "FFF8D0C4"
    assert progress.comment and "Not started, In development" in progress.comment.text
    narrative = answers.cell(row, column(answers, "Narrative"))
    assert narrative.value == "My words." and narrative.fill.fgColor.rgb == "FFFFEFB8"
    assert narrative.comment and "Their words." in narrative.comment.text
    notes = str(answers.cell(row, column(answers, NOTES)).value)
    assert (
        notes.startswith("Progress: “Finished”") and "Narrative: This was changed online" in notes
    )
    assert answers.cell(answer_row(31), column(answers, "Lead agency")).value == "Customs"
    formula = answers.cell(answer_row(32), column(answers, "Narrative"))
    assert formula.comment and "formula" in formula.comment.text
    laws = copy.sheet(LAWS)
    dated = laws.cell(3, column(laws, "Date of adoption"))
    assert dated.value == "June" and dated.comment and "not a date" in dated.comment.text
    assert laws.cell(4, column(laws, "Link")).comment
    targets = copy.sheet(TARGETS)
    assert targets.cell(3, column(targets, "Baseline")).value == "many"
    assert targets.cell(3, column(targets, "Unit")).value == "[clear]"
    contacts = copy.sheet(CONTACTS)
    assert contacts.cell(3, column(contacts, "Name")).comment, "a cell that is needed and empty"
    assert formula.value == "=A1" and formula.data_type == "s", "what was typed, as a text"
    last = answers.max_row
    stray = answers.cell(last, column(answers, "Narrative"))
    assert stray.value == "Belongs nowhere." and not stray.protection.locked
    told = str(answers.cell(last, column(answers, NOTES)).value)
    assert "This row belongs to nothing" in told and "This row was not read" in told


def test_a_copy_can_be_corrected_and_comes_back(session: Session) -> None:
    work = begin_report(session)
    work.answer(28, narrative="First.", measures=(Measure("Arms Act"),))
    desk = desk_of(work)
    content = wrong_file(desk)
    work.answer(28, narrative="Their words.", measures=(Measure("Arms Act"),))
    copy = marked(desk, content)
    before, after = desk.plan(content), desk.plan(copy)
    assert counts(after)["conflict"] == counts(before)["conflict"] == 1, "still unsettled"
    assert [code for _, code in codes(after)] == [code for _, code in codes(before)]
    last = Written(copy).sheet(ANSWERS).max_row
    right = filled_in(
        copy,
        ANSWERS,
        (answer_row(28), "Progress", "Implemented"),
        (answer_row(32), "Narrative", "Written out."),
        (last, "Narrative", None),
    )
    right = filled_in(right, LAWS, (3, "Date of adoption", "2024"), (4, "Link", None))
    right = filled_in(right, TARGETS, (3, "Target", "All marked"), (3, "Baseline", "3"))
    right = filled_in(right, CONTACTS, (3, "Name", "Commission"), (3, "E-mail", None))
    plan = desk.apply(right, {"*": "mine"})
    assert plan.ok and counts(plan)["new"] >= 6
    said = work.answer(28, progress=Progress.IMPLEMENTED, narrative="My words.")
    assert said.version == 4, "it said so already, with its law"


def test_a_file_without_faults_is_copied_without_marks(session: Session) -> None:
    work = begin_report(session)
    work.answer(28, narrative="First.", measures=(Measure("Arms Act"), Measure("B")))
    desk = desk_of(work)
    content = filled_in(desk.template(), ANSWERS, (answer_row(30), "Progress", "Implemented"))
    copy = marked(desk, content)
    assert counts(desk.plan(copy)) == counts(desk.plan(content))
    assert "comments" not in " ".join(Written(copy).xml())


def test_what_the_file_left_blank_in_an_older_record_stays_blank(session: Session) -> None:
    """Today's words beside an old version would come back later as the file's own."""
    work = begin_report(session)
    work.answer(28, narrative="First.")
    work.answer(30, narrative="Stays.")
    target = save_target(work, new_public_id(), 0, Target("All marked", unit="First."))
    save_figures(work, 0, {Cell(2024, "found", "total"): 1})
    desk = desk_of(work)

    def edit(book: Workbook) -> None:
        put(book[ANSWERS], answer_row(28), "Progress", "Finished")
        put(book[ANSWERS], answer_row(28), "Narrative", None)
        put(book[ANSWERS], answer_row(30), "Narrative", None)
        put(book[TARGETS], 3, "Baseline", "many")
        put(book[TARGETS], 3, "Unit", None)
        put(book[FIGURES], total + 1, "Value", 1)
        put(book[FIGURES], total, "Value", None)

    total = row_named(desk.template(), FIGURES, f"{SLUG}/figure-2024-found-total")
    content = edited(desk.template(), edit)
    work.answer(28, narrative="Second.")
    save_target(work, target, 1, Target("All marked", unit="Second."))
    save_figures(work, 1, {Cell(2024, "found", "total"): 2})
    copy = marked(desk, content)
    sheets = Written(copy)
    answers, targets, numbers = (sheets.sheet(name) for name in (ANSWERS, TARGETS, FIGURES))
    said = column(answers, "Narrative")
    assert answers.cell(answer_row(28), said).value is None
    assert answers.cell(answer_row(30), said).value == "Stays."
    assert targets.cell(3, column(targets, "Unit")).value is None
    assert targets.cell(3, column(targets, "Target")).value == "All marked"
    assert numbers.cell(total, column(numbers, "Value")).value is None
    work.answer(28, narrative="Third.")
    save_target(work, target, 2, Target("All marked", unit="Third."))
    save_figures(work, 2, {Cell(2024, "found", "total"): 3})
    right = filled_in(copy, ANSWERS, (answer_row(28), "Progress", "Implemented"))
    right = filled_in(right, TARGETS, (3, "Baseline", 5))
    plan = desk.apply(right)
    assert [cell.mine for cell in plan.cells] == ["implemented", "5", "1"]


def save_target(work: Reporting, item_id: str, version: int, content: Target) -> str:
    """Save a target online; gives its id."""
    return save_item(
        work.session,
        actor=work.focal_point,
        report_id=work.report.id,
        part=Part.TARGETS,
        item_id=item_id,
        expected_version=version,
        content=content,
        clock=work.clock,
    ).item_id


def save_figures(work: Reporting, version: int, figures: Figures) -> None:
    """Save figures online."""
    work.save_figures(figures, version=version, audience=Audience.STATES)


def test_a_plan_reads_in_words(session: Session) -> None:
    work = begin_report(session)
    work.answer(28, narrative="First.", measures=(Measure("Arms Act"),))
    desk = desk_of(work)
    content = wrong_file(desk)
    work.answer(28, narrative="Their words.", measures=(Measure("Arms Act"),))
    plan, frame = desk.plan(content), desk.data().frame
    cells = CellWords(Words("en", translator("en")))
    lines = {(line.sheet, line.cell): line for line in plan_lines(plan.cells, frame, cells)}
    narrative = lines[ANSWERS, "F6"]
    assert (narrative.about, narrative.column) == ("Paragraph 28", "Narrative")
    assert (narrative.mine, narrative.theirs) == ("My words.", "Their words.")
    assert narrative.verdict is Verdict.CONFLICT and narrative.place in {
        cell.place for cell in plan.conflicts
    }
    assert lines[ANSWERS, "D6"].sentences[0].startswith("“Finished” is not one")
    assert lines[LAWS, "C3"].column == "Date of adoption"
    assert lines[CONTACTS, "A3"].mine == "National coordination body"
    assert lines[CONTACTS, "A3"].about == "Row 3"
    assert [line[1:3] for line in loose_sentences(plan, frame, cells)] == [
        ("F10", "Paragraph 32"),
        ("D130", ""),
    ]


def test_a_law_of_a_wrong_paragraph_stands_below_the_others(session: Session) -> None:
    work = begin_report(session)
    work.answer(28, narrative="First.", measures=(Measure("Arms Act"), Measure("Border Act")))
    desk = desk_of(work)

    def edit(book: Workbook) -> None:
        laws = book[LAWS]
        put(laws, 3, "Paragraph", 30)
        put(laws, 3, "Law or instrument", "Arms Act 2")
        put(laws, 7, "Paragraph", 999)
        put(laws, 7, "Law or instrument", "Law C")
        put(laws, 7, "Link", "=HYPERLINK(A1)")
        put(laws, 8, "Paragraph", "=A3")
        put(laws, 8, "Law or instrument", "Law D")

    content = edited(desk.template(), edit)
    wrong = ["row-mixed", "formula-in-cell", "unknown-paragraph", "formula-in-cell"]
    assert [code for _, code in codes(desk.plan(content))] == wrong
    copy = marked(desk, content)
    laws = Written(copy).sheet(LAWS)
    shown = [[cell.value for cell in row[:4]] for row in laws.iter_rows(3, 7)]
    assert shown == [
        [28, "Border Act", None, None],
        [30, "Arms Act 2", None, None],
        [999, "Law C", None, "=HYPERLINK(A1)"],
        ["=A3", "Law D", None, None],
        [None] * 4,
    ], "the row that was not read stands for the law that it names"
    for row in (4, 5, 6):
        paragraph = laws.cell(row, 1)
        assert paragraph.comment and paragraph.fill.fgColor.rgb == "FFF8D0C4"
    assert [code for _, code in codes(desk.plan(copy))] == wrong, "nothing was corrected yet"
    right = filled_in(
        copy,
        LAWS,
        (4, "Paragraph", 28),
        (5, "Paragraph", 28),
        (5, "Link", None),
        (6, "Paragraph", 30),
    )
    assert desk.apply(right).ok
    said = {key: row.content.measures for key, row in desk.data().answers.items()}
    assert said["bms7/annex/28"] == (Measure("Arms Act 2"), Measure("Border Act"), Measure("Law C"))
    assert said["bms7/annex/30"] == (Measure("Law D"),)


def test_a_correction_in_the_copy_meets_what_was_saved_online(session: Session) -> None:
    """A row that was not read keeps the version that it was made from."""
    work = begin_report(session)
    work.answer(28, narrative="First.", measures=(Measure("Arms Act"),))
    desk = desk_of(work)
    content = filled_in(
        desk.template(), LAWS, (3, "Paragraph", 30), (3, "Law or instrument", "Arms Act 2")
    )
    work.answer(28, narrative="First.", measures=(Measure("Arms Act online"),))
    right = filled_in(marked(desk, content), LAWS, (3, "Paragraph", 28))
    assert counts(desk.plan(right))["conflict"] == 1


def test_an_answer_beside_a_wrong_number_is_corrected_where_it_stands(session: Session) -> None:
    work = begin_report(session)
    work.answer(28, narrative="First.")
    desk = desk_of(work)
    content = filled_in(
        desk.template(),
        ANSWERS,
        (answer_row(28), "Paragraph", 777),
        (answer_row(28), "Narrative", "Mine."),
    )
    copy = marked(desk, content)
    assert codes(desk.plan(copy)) == [("A96", "unknown-paragraph")]
    plan = desk.apply(filled_in(copy, ANSWERS, (96, "Paragraph", 28)))
    assert [(cell.mine, cell.theirs) for cell in plan.cells] == [("Mine.", "First.")]


def test_a_cell_with_a_formula_is_wrong_once(session: Session) -> None:
    desk = desk_of(begin_report(session))

    def edit(book: Workbook) -> None:
        contacts, laws = book[CONTACTS], book[LAWS]
        put(contacts, 4, "Contact", "Point of contact, Programme of Action")
        put(contacts, 4, "Name", '=HYPERLINK("x")')
        put(laws, 4, "Paragraph", 28)
        put(laws, 4, "Law or instrument", "=A1")
        put(laws, 4, "Link", "https://example.org")
        put(laws, 5, "Paragraph", 28)
        put(laws, 5, "Law or instrument", "Act")
        put(laws, 5, "Date of adoption", "32.13.2020")

    plan = desk.plan(edited(desk.template(), edit))
    assert sorted(codes(plan)) == [
        ("B4", "formula-in-cell"),
        ("B4", "formula-in-cell"),
        ("C5", "not-a-date"),
    ]
    assert plan.wrong_cells == 3
    work_twice = filled_in(desk.template(), TARGETS, (3, "Paragraphs", "998, 999"),
                           (3, "Target", "T"))  # fmt: skip
    assert desk.plan(work_twice).wrong_cells == 1 < len(desk.plan(work_twice).errors)
