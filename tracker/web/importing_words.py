"""The words for a cell of an uploaded template: which answer or row it is, and what it says."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext

from tracker.domain.documents import OutcomeDocument
from tracker.domain.filled import PlacedProblem, SheetRole
from tracker.domain.merging import PlannedCell
from tracker.exchange.columns import Column
from tracker.exchange.content_columns import CONTENT_COLUMNS, MEASURE_COLUMNS
from tracker.exchange.item_columns import ITEM_COLUMNS
from tracker.web.render import label, problem_text

EXCERPT = 300  # characters of a text that the page shows; the file holds all of it


@dataclass(frozen=True, slots=True)
class Named:
    """A cell with the words around it; ``mine`` and ``theirs`` in words where they are codes."""

    cell: PlannedCell
    record: str
    field: str
    mine: str
    theirs: str
    is_text: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that is wrong: where, and the sentence."""

    place: str
    text: str


def named_cell(document: OutcomeDocument, cell: PlannedCell) -> Named:
    """The cell in words of the page's language."""
    column = _column(cell.role, cell.field)
    return Named(
        cell=cell,
        record=_record(document, cell.role, cell.record),
        field=_field(cell.role, cell.field, column),
        mine=_said(column, cell.mine),
        theirs=_said(column, cell.theirs),
        is_text=column is None or not (column.choices or column.kind == "flag"),
    )


def placed_text(document: OutcomeDocument, placed: PlacedProblem) -> Told:
    """Sheet and cell, what it is about, and the sentence."""
    parts = [placed.sheet, placed.cell]
    if placed.role is not None and placed.record:
        parts.append(_record(document, placed.role, placed.record))
        if placed.field:
            parts.append(_field(placed.role, placed.field, _column(placed.role, placed.field)))
    return Told(" · ".join(part for part in parts if part), problem_text(placed.problem))


def _columns(role: SheetRole) -> Iterator[Column[object]]:
    if role is SheetRole.ANSWERS:
        yield from CONTENT_COLUMNS
    elif role is SheetRole.MEASURES:
        yield from MEASURE_COLUMNS
    elif role.part is not None:
        yield from ITEM_COLUMNS[role.part]


def _column(role: SheetRole, name: str) -> Column[object] | None:
    last = name.rpartition(".")[2]
    return next((column for column in _columns(role) if column.key == last), None)


def _record(document: OutcomeDocument, role: SheetRole, record: str) -> str:
    for commitment in document.commitments:
        if commitment.key == record:
            return str(gettext("Paragraph %(number)s", number=commitment.paragraph))
    return "" if role.part else record


def _field(role: SheetRole, name: str, column: Column[object] | None) -> str:
    if column is not None:
        return str(gettext(column.header))
    if name == "remove":
        return str(gettext("Remove"))
    return str(gettext("Laws and instruments")) if name == "measures" else name


def _said(column: Column[object] | None, text: str) -> str:
    """A code in words; any other text as it is."""
    if column is None or not text:
        return text
    if column.kind == "flag":
        return str(gettext("Yes") if text == "yes" else gettext("No"))
    found = next((choice for choice in column.choices if str(choice) == text), None)
    return text if found is None else label(found)
