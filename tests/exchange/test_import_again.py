"""Templates that were copied, sent twice or tampered with: columns, laws and rows of items."""

import pytest
from openpyxl import Workbook
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
from tracker.domain.responses import Measure
from tracker.queries.responses import responses_of

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
