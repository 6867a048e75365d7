"""Templates in tests: made, filled in with openpyxl as a person would, read back and applied."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy.orm import Session

from tests.national_reports import Reporting
from tracker.domain.clock import system_clock
from tracker.domain.filled import FilledTemplate
from tracker.domain.merging import Choices, Plan, Verdict
from tracker.domain.roles import Actor
from tracker.exchange.importing.reading import read_sheets
from tracker.exchange.importing.template import read_template
from tracker.exchange.raw import RawWorkbook
from tracker.exchange.template import write_template
from tracker.exchange.translations import translator
from tracker.exchange.words import Made
from tracker.queries.templates import (
    TemplateExport,
    editable_sections,
    template_export,
    template_frame,
)
from tracker.services.import_plans import keep_plan
from tracker.services.importing import apply_import, plan_import

MADE = Made(datetime(2026, 3, 3, 8, 0, tzinfo=UTC), "A. Reader")
LAST_YEAR = 2026
Edit = Callable[[Workbook], None]


@dataclass
class TemplateDesk:
    """Somebody at work on one State's report with templates."""

    session: Session
    actor: Actor
    state_id: int
    cycle_id: int
    clock: Callable[[], datetime]
    cycle_slug: str = "bms7"
    made: Made = field(default=MADE)

    def data(self) -> TemplateExport:
        """What a template is made from now."""
        return template_export(
            self.session,
            actor=self.actor,
            state_id=self.state_id,
            cycle_slug=self.cycle_slug,
            last_year=LAST_YEAR,
        )

    def template(self, language: str = "en") -> bytes:
        """A template as it is made now."""
        target = BytesIO()
        write_template(
            target, self.data(), translate=translator(language), language=language, made=self.made
        )
        return target.getvalue()

    def read(self, content: bytes) -> FilledTemplate:
        """What a file says."""
        sections = editable_sections(self.actor, self.state_id)
        frame = template_frame(
            self.session, state_id=self.state_id, cycle_slug=self.cycle_slug, sections=sections
        )
        return read_template(RawWorkbook(read_sheets(content)), frame)

    def plan(self, content: bytes, choices: Choices | None = None) -> Plan:
        """What a file would change."""
        return plan_import(
            self.session,
            actor=self.actor,
            state_id=self.state_id,
            cycle_id=self.cycle_id,
            filled=self.read(content),
            clock=self.clock,
            choices=choices or {},
        )

    def apply(self, content: bytes, choices: Choices | None = None, **options: Any) -> Plan:
        """Apply a file."""
        return apply_import(
            self.session,
            actor=self.actor,
            state_id=self.state_id,
            cycle_id=self.cycle_id,
            filled=self.read(content),
            choices=choices or {},
            clock=self.clock,
            **{"skip_invalid": False, **options},
        )


def desk_of(work: Reporting) -> TemplateDesk:
    """The focal point of a report."""
    report = work.report
    return TemplateDesk(
        work.session, work.focal_point, report.state_id, report.cycle_id, work.clock
    )


def kept_plan(work: Reporting) -> str:
    """A template with new narratives and a wrong cell, kept for the focal point's decision.

    Gives the public id of the plan.
    """
    desk = desk_of(work)
    content = filled_in(
        desk.template(),
        "Answers",
        (answer_row(25), "Narrative", "Words of a State."),
        (answer_row(26), "Progress", "Words of a State."),
        (answer_row(28), "Narrative", "Words of a State."),
    )
    return keep_plan(
        work.session,
        actor=desk.actor,
        state_id=desk.state_id,
        cycle_id=desk.cycle_id,
        filename="words.xlsx",
        file_hash="0" * 64,
        filled=desk.read(content),
        clock=system_clock,
    )


def edited(content: bytes, edit: Edit) -> bytes:
    """The file after somebody opened it, changed something and saved it."""
    book = openpyxl.load_workbook(BytesIO(content))
    edit(book)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def filled_in(content: bytes, sheet: str, *cells: tuple[int, str, Any]) -> bytes:
    """The file with values put in: number of the row, header of the column, value."""

    def edit(book: Workbook) -> None:
        for row, header, value in cells:
            put(book[sheet], row, header, value)

    return edited(content, edit)


def put(sheet: Worksheet, row: int, header: str, value: Any) -> None:
    """Write one cell."""
    sheet.cell(row, column(sheet, header)).value = value


def column(sheet: Worksheet, header: str) -> int:
    """The number of a column by its header."""
    return next(n for n, cell in enumerate(sheet[2], start=1) if cell.value == header)


def row_named(content: bytes, name: str, wanted: str) -> int:
    """The number of the row of a sheet that has this in its hidden column."""
    sheet = openpyxl.load_workbook(BytesIO(content))[name]
    at = next(n for n, cell in enumerate(sheet[1], 1) if str(cell.value).endswith(".id"))
    return next(r for r in range(3, sheet.max_row + 1) if sheet.cell(r, at).value == wanted)


def answer_row(paragraph: int) -> int:
    """The row of a paragraph in a fresh template."""
    return paragraph - 22


def counts(plan: Plan) -> dict[str, int]:
    """How many cells have each verdict, those of which there are any."""
    return {verdict.value: n for verdict in Verdict if (n := plan.count(verdict))}


def codes(plan: Plan) -> list[tuple[str, str]]:
    """The cells that are wrong, with their codes."""
    return [(error.cell, error.problem.code) for error in plan.errors]
