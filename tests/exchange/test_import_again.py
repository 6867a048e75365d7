"""Templates that were copied, sent twice or tampered with: columns, laws and rows of items."""

from datetime import datetime

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.exchange.templates import (
    TemplateDesk,
    answer_row,
    codes,
    column,
    desk_of,
    edited,
    filled_in,
    put,
)
from tests.national_reports import Reporting, begin_report
from tracker.domain.filled import SheetRole
from tracker.domain.item_fields import Part
from tracker.domain.item_plans import first_text
from tracker.domain.items import MAX_ITEMS, Item
from tracker.domain.merging import Verdict
from tracker.domain.responses import Measure
from tracker.domain.targets import Target
from tracker.exchange.importing.reading import read_sheets
from tracker.exchange.importing.template import read_template
from tracker.exchange.raw import RawWorkbook
from tracker.models import ChainEntry
from tracker.models.ids import new_public_id
from tracker.queries.items import items_of, subject_of
from tracker.queries.responses import responses_of
from tracker.services.importing import ImportRefused
from tracker.services.items import save_item

ANSWERS, LAWS, TARGETS = "Answers", "Laws and instruments", "Targets"


@pytest.fixture
def work(session: Session) -> Reporting:
    return begin_report(session)


@pytest.fixture
def desk(work: Reporting) -> TemplateDesk:
    return desk_of(work)


def test_a_column_that_was_copied_is_named_and_neither_is_read(
    session: Session, desk: TemplateDesk, work: Reporting
) -> None:
    def edit(book: Workbook) -> None:
        sheet = book[ANSWERS]
        at, free = column(sheet, "Narrative"), sheet.max_column + 1
        for row in range(1, sheet.max_row + 1):
            sheet.cell(row, free).value = sheet.cell(row, at).value
        put(sheet, answer_row(28), "Narrative", "Said in the first.")
        sheet.cell(answer_row(28), free).value = "Said in the second."
        put(sheet, answer_row(28), "Lead agency", "Ministry")

    content = edited(desk.template(), edit)
    plan = desk.plan(content)
    assert [(error.sheet, *error.problem.values.values()) for error in plan.errors] == [
        (ANSWERS, "Narrative", "F, L")
    ]
    assert codes(plan) == [("", "column-twice")]
    assert [(cell.field, cell.mine) for cell in plan.cells] == [("lead_agency", "Ministry")]


def test_a_sheet_whose_rows_have_two_names_is_not_read(desk: TemplateDesk) -> None:
    def edit(book: Workbook) -> None:
        sheet = book[TARGETS]
        put(sheet, 3, "Target", "Mark all weapons")
        at, free = column(sheet, "Key"), sheet.max_column + 1
        for row in range(1, 5):
            sheet.cell(row, free).value = sheet.cell(row, at).value

    plan = desk.plan(edited(desk.template(), edit))
    assert codes(plan) == [("", "column-twice")] and not plan.cells


def targets(session: Session, work: Reporting) -> dict[str, Item]:
    """The targets of the report by their ids, the first made first."""
    return {row.item_id: row.content for row in items_of(session, work.report.id)[Part.TARGETS]}


def remove(work: Reporting, item_id: str, part: Part = Part.TARGETS) -> None:
    """A colleague removes an item online."""
    row = next(r for r in items_of(work.session, work.report.id)[part] if r.item_id == item_id)
    save_item(
        work.session,
        actor=work.focal_point,
        report_id=work.report.id,
        part=part,
        item_id=item_id,
        expected_version=row.version,
        content=None,
        clock=work.clock,
    )


def test_the_same_file_again_does_not_bring_back_what_a_colleague_removed(
    session: Session, desk: TemplateDesk, work: Reporting
) -> None:
    content = filled_in(
        desk.template(), TARGETS, (3, "Target", "Mark all weapons"), (3, "By the year", 2030)
    )
    desk.apply(content)
    (item_id,) = targets(session, work)
    remove(work, item_id)
    plan = desk.plan(content)
    assert [(c.field, c.verdict, c.theirs) for c in plan.cells] == [
        ("statement", Verdict.CONFLICT, ""),
        ("year", Verdict.CONFLICT, ""),
    ]
    with pytest.raises(ImportRefused, match="import-conflicts"):
        desk.apply(content)
    desk.apply(content, {"*": "theirs"})
    assert not targets(session, work)
    desk.apply(content, {"*": "mine"})
    assert targets(session, work) == {item_id: Target(statement="Mark all weapons", year=2030)}


def test_a_row_that_was_removed_online_is_not_made_again_for_a_number_in_it(
    session: Session, work: Reporting
) -> None:
    desk = desk_of(work)
    desk.apply(filled_in(desk.template(), TARGETS, (3, "Target", "Mark all weapons")))
    (item_id,) = targets(session, work)
    content = filled_in(desk.template(), TARGETS, (3, "By the year", 2030))
    remove(work, item_id)
    assert [(c.field, c.verdict) for c in desk.plan(content).cells] == [("year", Verdict.CONFLICT)]


def test_laws_that_two_people_add_both_stay(
    session: Session, desk: TemplateDesk, work: Reporting
) -> None:
    content = filled_in(
        desk.template(), LAWS, (3, "Paragraph", 31), (3, "Law or instrument", "Border Act")
    )
    work.answer(31, measures=(Measure("Other Act"),))
    assert [cell.mine for cell in desk.plan(content).cells] == ["Other Act\nBorder Act"]
    desk.apply(content)
    row = responses_of(session, work.report.id)["bms7/annex/31"]
    assert row.content.measures == (Measure("Other Act"), Measure("Border Act"))
    assert not desk.plan(content).cells, "the same file again"
    work.answer(31, measures=(*row.content.measures, Measure("Third Act")))
    assert not desk.plan(content).cells, "and after another law"


def save(work: Reporting, item: Item, item_id: str, version: int = 0) -> None:
    """Save an item online."""
    save_item(
        work.session,
        actor=work.focal_point,
        report_id=work.report.id,
        part=item.PART,
        item_id=item_id,
        expected_version=version,
        content=item,
        clock=work.clock,
    )


@pytest.mark.parametrize("name", ["copy", "a" * 21, "a" * 23, "a" * 21 + "!"])
def test_a_row_has_an_id_like_ours_or_none(desk: TemplateDesk, name: str) -> None:
    """Others could not be opened: some of them are addresses of something else."""
    content = filled_in(desk.template(), TARGETS, (3, "Target", "Mine"), (3, "Key", name))
    assert codes(desk.plan(content)) == [("A3", "unknown-row")]


def test_a_row_of_another_report_is_refused_in_the_plan(
    session: Session, desk: TemplateDesk, work: Reporting
) -> None:
    item_id = new_public_id()
    other = begin_report(session, "KEN")
    save(other, Target(statement="Not yours"), item_id)
    content = filled_in(
        desk.template(), TARGETS, (3, "Target", "Mine"), (3, "Unit", "x"), (3, "Key", item_id),
        (4, "Target", "Another"),
    )  # fmt: skip
    assert codes(desk.plan(content)) == [("A3", "unknown-row")]
    desk.apply(content, skip_invalid=True)
    assert list(targets(session, work).values()) == [Target(statement="Another")]
    assert targets(session, other) == {item_id: Target(statement="Not yours")}


def test_a_full_report_takes_a_new_row_for_one_that_the_file_removes(
    session: Session, work: Reporting
) -> None:
    for number in range(MAX_ITEMS):
        save(work, Target(statement=f"Number {number}"), new_public_id())
    desk = desk_of(work)
    new = MAX_ITEMS + 3
    one = filled_in(
        desk.template(), TARGETS, (new, "Target", "In its place"), (new - 1, "Remove", "Yes")
    )
    two = filled_in(one, TARGETS, (new + 1, "Target", "One too many"))
    assert codes(desk.plan(two)) == [(f"A{new + 1}", "too-many-items")]
    first = filled_in(
        desk.template(), TARGETS, (3, "Key", "a" * 22), (3, "Target", "First of all"),
        (4, "Remove", "Yes"),
    )  # fmt: skip
    assert desk.apply(first).ok
    assert desk.apply(one).ok
    found = [first_text(target) for target in targets(session, work).values()]
    assert len(found) == MAX_ITEMS and found[-2:] == ["First of all", "In its place"]


def test_a_day_that_is_off_by_a_fraction_of_a_second_is_that_day(desk: TemplateDesk) -> None:
    day = datetime(2024, 6, 30, 0, 0, 0, 86_000)  # noqa: DTZ001  a cell has no zone
    content = filled_in(
        desk.template(), LAWS, (3, "Paragraph", 31), (3, "Law or instrument", "Act"),
        (3, "Date of adoption", day),
    )  # fmt: skip
    frame = desk.data().frame
    filled = read_template(RawWorkbook(read_sheets(content)), frame)
    (row,) = filled.rows(SheetRole.MEASURES)
    assert row.texts["adopted_on"] == "2024-06-30"


def strike_out(work: Reporting, subject: str, field: str) -> None:
    """The administrator strikes out a text of the latest revision."""
    entries = work.session.scalars(
        select(ChainEntry)
        .where(ChainEntry.report_id == work.report.id, ChainEntry.subject == subject)
        .order_by(ChainEntry.seq)
    )
    work.strike_out(entries.all()[-1].id, field, "Personal data.")


def test_the_file_that_brought_a_text_does_not_bring_it_again_after_it_was_struck_out(
    session: Session, desk: TemplateDesk, work: Reporting
) -> None:
    content = filled_in(
        desk.template(), ANSWERS, (answer_row(31), "Narrative", "Names a person."),
        (answer_row(31), "Lead agency", "Ministry"),
    )  # fmt: skip
    content = filled_in(
        content, LAWS, (3, "Paragraph", 31), (3, "Law or instrument", "Secret Act"),
        (3, "Date of adoption", "2024"), (4, "Paragraph", 31), (4, "Law or instrument", "Act"),
        (4, "Date of adoption", "2024"),
    )  # fmt: skip
    content = filled_in(content, TARGETS, (3, "Target", "All marked"), (3, "Unit", "A. Person"))
    desk.apply(content)
    (item_id,) = targets(session, work)
    strike_out(work, "bms7/annex/31", "narrative")
    strike_out(work, "bms7/annex/31", "measures.0.title")
    strike_out(work, subject_of(Part.TARGETS, item_id), "unit")
    assert not desk.apply(content).cells
    said = responses_of(session, work.report.id)["bms7/annex/31"].content
    assert (said.narrative, said.lead_agency) == ("", "Ministry")
    assert said.measures == (Measure("", "2024"), Measure("Act", "2024"))
    assert targets(session, work) == {item_id: Target(statement="All marked")}
    again = filled_in(desk.template(), TARGETS, (3, "Unit", "A. Person"))
    assert [cell.mine for cell in desk.plan(again).cells] == ["A. Person"], "said anew"


def test_a_removed_row_that_is_made_again_comes_without_what_was_struck_out(
    session: Session, work: Reporting, desk: TemplateDesk
) -> None:
    item_id = new_public_id()
    save(work, Target(statement="All marked", unit="A. Person"), item_id)
    content = filled_in(desk.template(), TARGETS, (3, "By the year", 2030))
    strike_out(work, subject_of(Part.TARGETS, item_id), "unit")
    remove(work, item_id)
    desk.apply(content, {"*": "mine"})
    assert targets(session, work) == {item_id: Target(statement="All marked", year=2030)}


def test_a_law_that_was_corrected_online_is_not_added_a_second_time(
    session: Session, desk: TemplateDesk, work: Reporting
) -> None:
    """The same copy may be sent by one ministry after the other."""
    copy = filled_in(
        desk.template(), LAWS, (3, "Paragraph", 31), (3, "Law or instrument", "Border Act"),
        (3, "Date of adoption", 2023),
    )  # fmt: skip
    desk.apply(copy)
    work.answer(31, measures=(Measure("Border Act", "2023-05-01"),))
    plan = desk.plan(copy)
    assert [(c.verdict, c.mine, c.theirs) for c in plan.cells] == [
        (Verdict.CONFLICT, "Border Act · 2023", "Border Act · 2023-05-01")
    ]


def test_the_same_file_again_does_not_bring_back_a_law_that_was_removed(
    session: Session, desk: TemplateDesk, work: Reporting
) -> None:
    def laws() -> tuple[Measure, ...]:
        return responses_of(session, work.report.id)["bms7/annex/31"].content.measures

    copy = filled_in(
        desk.template(), LAWS, (3, "Paragraph", 31), (3, "Law or instrument", "Border Act"),
        (4, "Paragraph", 32), (4, "Law or instrument", "Customs Act"),
    )  # fmt: skip
    desk.apply(copy)
    work.answer(31, measures=(Measure("Another Act"),), narrative="Repealed.")
    plan = desk.plan(copy)
    assert [(c.cell, c.verdict, c.mine, c.theirs) for c in plan.cells] == [
        ("B3", Verdict.CONFLICT, "Border Act", "Another Act")
    ]
    with pytest.raises(ImportRefused, match="import-conflicts"):
        desk.apply(copy)
    desk.apply(copy, {"*": "theirs"})
    assert laws() == (Measure("Another Act"),)
    assert not desk.plan(desk.template()).cells
    again = filled_in(
        desk.template(), LAWS, (5, "Paragraph", 31), (5, "Law or instrument", "Border Act")
    )
    work.answer(31, measures=(Measure("Another Act"),), narrative="Repealed in full.")
    desk.apply(again)
    assert laws() == (Measure("Another Act"), Measure("Border Act")), "said anew in a new file"


def test_a_law_with_a_wrong_cell_is_saved_without_it_and_corrected_later(
    session: Session, work: Reporting
) -> None:
    """Neither the title of a new law nor the new one of an old law goes with a wrong date."""
    work.answer(28, measures=(Measure("Arms Act", "2020"),))
    desk = desk_of(work)
    title, date_of = "Law or instrument", "Date of adoption"
    wrong = filled_in(
        desk.template(), LAWS, (3, title, "Weapons Act"), (3, date_of, "May 2024"),
        (4, "Paragraph", 28), (4, title, "Border Act"), (4, "Link", "ftp://x"),
        (5, "Paragraph", 31), (5, title, "Customs Act"), (5, date_of, "30/06/2024"),
    )  # fmt: skip
    assert codes(desk.plan(wrong)) == [
        ("C3", "not-a-date"), ("D4", "not-a-link"), ("C5", "not-a-date")
    ]  # fmt: skip
    plan = desk.apply(wrong, skip_invalid=True)
    assert [(cell.cell, cell.mine) for cell in plan.cells if not cell.problems] == [
        ("B3", "Weapons Act · 2020\nBorder Act"),
        ("B5", "Customs Act"),
    ]
    said = responses_of(session, work.report.id)
    assert said["bms7/annex/28"].content.measures == (
        Measure("Weapons Act", "2020"), Measure("Border Act")
    )  # fmt: skip
    assert said["bms7/annex/31"].content.measures == (Measure("Customs Act"),)
    right = filled_in(
        wrong, LAWS, (3, date_of, "2024-05"), (4, "Link", "https://x.example"), (5, date_of, 2024)
    )
    assert desk.apply(right).ok
    said = responses_of(session, work.report.id)
    assert said["bms7/annex/28"].content.measures == (
        Measure("Weapons Act", "2024-05"), Measure("Border Act", "", "https://x.example")
    )  # fmt: skip
    assert said["bms7/annex/31"].content.measures == (Measure("Customs Act", "2024"),)


def test_a_removal_beside_a_wrong_cell_is_not_asked_again_by_the_corrected_copy(
    session: Session, work: Reporting
) -> None:
    work.answer(28, measures=(Measure("Arms Act"), Measure("Border Act")))
    desk = desk_of(work)
    wrong = filled_in(
        desk.template(), LAWS, (3, "Remove", "Yes"), (4, "Date of adoption", "May 2024"),
        (5, "Paragraph", 28), (5, "Law or instrument", "Customs Act"), (5, "Link", "ftp://x"),
    )  # fmt: skip
    desk.apply(wrong, skip_invalid=True)
    assert [cell.cell for cell in desk.plan(wrong).cells] == ["C4", "D5"], "wrong still, no more"
    right = filled_in(
        wrong, LAWS, (4, "Date of adoption", "2024-05"), (5, "Link", "https://x.example")
    )
    assert desk.apply(right).ok
    assert responses_of(session, work.report.id)["bms7/annex/28"].content.measures == (
        Measure("Border Act", "2024-05"), Measure("Customs Act", "", "https://x.example")
    )  # fmt: skip


def test_cells_that_another_program_left_with_no_words_change_nothing(
    desk: TemplateDesk, work: Reporting
) -> None:
    work.answer(28, narrative="As it was.")
    content = filled_in(
        desk.template(), ANSWERS, (answer_row(28), "Narrative", ""), (answer_row(28), "Reason", "")
    )
    content = filled_in(content, TARGETS, (3, "Target", ""), (3, "By the year", ""))
    assert not desk.plan(content).cells and not desk.plan(content).errors
