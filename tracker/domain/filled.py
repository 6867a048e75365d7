"""What an uploaded template says, row by row: plain data between reading, planning and keeping.

A text that is there is a statement, the empty text too: it empties the field. A field that is
not there says nothing, and nothing is ever blanked by it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from tracker.domain.errors import Problem
from tracker.domain.item_fields import Part


class SheetRole(StrEnum):
    """What a sheet of the template holds, in the order of the sheets."""

    ANSWERS = "answers"
    MEASURES = "measures"
    ASSISTANCE = "assistance"
    TARGETS = "targets"
    CONTACTS = "contacts"
    FIGURES = "figures"

    @property
    def part(self) -> Part | None:
        """The table of items that it holds, if it is one."""
        return Part(self.value) if self.value in set(Part) else None


VALUE, REMOVE = "value", "remove"


@dataclass(frozen=True, slots=True)
class FilledRow:
    """One row with something in it.

    ``record`` is the key of a commitment, the id of an item or the slug of an indicator;
    ``version`` the one of it that the file was made from (0: none). ``texts`` by field are
    as the parsers of values read them; of a figure the field is its place. ``position`` is
    that of a law in the answer that the file was made from, ``None`` for a new one. ``unread``
    is what stands in cells that cannot be read, such as a formula; the row says nothing there.
    """

    number: int
    record: str
    version: int
    texts: Mapping[str, str]
    position: int | None = None
    remove: bool = False
    unread: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that is not read, kept for the marked copy as it stands.

    ``named`` are the cells that name it, as they were typed. ``record`` and ``version`` are those
    of its hidden name, where that is known.
    """

    number: int
    record: str
    version: int
    named: Mapping[str, str]
    texts: Mapping[str, str]
    unread: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Leftover:
    """One cell that belongs to no row or column that is read, kept for the marked copy.

    ``wrong``: it was meant to be read, and the file is wrong while it stands there.
    """

    sheet: str
    cell: str
    text: str
    wrong: bool


@dataclass(frozen=True, slots=True)
class FilledSheet:
    """The rows of one sheet; ``columns`` are the letters of its columns by field."""

    name: str
    columns: Mapping[str, str]
    rows: tuple[FilledRow, ...]
    refused: tuple[RefusedRow, ...] = ()

    def cell(self, row: FilledRow, name: str) -> str:
        """The address of a field in a row, such as ``E12``."""
        letter = self.columns.get(name) or self.columns.get(VALUE) or "A"
        return f"{letter}{row.number}"


@dataclass(frozen=True, slots=True)
class PlacedProblem:
    """What is wrong with one cell; without ``cell`` with a sheet, without ``sheet`` with the file.

    ``record`` and ``field`` are given where the cell belongs to something known.
    """

    problem: Problem
    sheet: str = ""
    cell: str = ""
    role: SheetRole | None = None
    record: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class FilledTemplate:
    """A whole uploaded template. ``sections`` are those it was made for, ``None`` for all.

    ``made_at`` is when it was made, as it says itself; ``None`` in what was kept before that.
    ``left_out`` are sheet and cell of texts that were struck out since.
    """

    language: str
    sections: tuple[str, ...] | None
    sheets: Mapping[SheetRole, FilledSheet]
    problems: tuple[PlacedProblem, ...] = field(default=())
    leftovers: tuple[Leftover, ...] = ()
    made_at: datetime | None = None
    left_out: tuple[tuple[str, str], ...] = ()

    def rows(self, role: SheetRole) -> tuple[FilledRow, ...]:
        """The rows of one sheet; none where the file has no such sheet."""
        sheet = self.sheets.get(role)
        return sheet.rows if sheet else ()

    def refused(self, role: SheetRole) -> tuple[RefusedRow, ...]:
        """The rows of one sheet that are not read."""
        sheet = self.sheets.get(role)
        return sheet.refused if sheet else ()

    def items(self) -> Iterator[tuple[Part, SheetRole, FilledSheet]]:
        """The sheets of items that the file has."""
        for role, sheet in self.sheets.items():
            if role.part is not None:
                yield role.part, role, sheet


def filled_data(filled: FilledTemplate) -> dict[str, Any]:
    """The same as plain data that JSON can hold."""
    return {
        "language": filled.language,
        "sections": list(filled.sections) if filled.sections is not None else None,
        "sheets": {role.value: _sheet_data(sheet) for role, sheet in filled.sheets.items()},
        "problems": [_problem_data(problem) for problem in filled.problems],
        "leftovers": [[part.sheet, part.cell, part.text, part.wrong] for part in filled.leftovers],
        "made_at": filled.made_at.isoformat() if filled.made_at else None,
        "left_out": [list(place) for place in filled.left_out],
    }


def filled_from(data: Mapping[str, Any]) -> FilledTemplate:
    """The template again from what ``filled_data`` gave, also after a turn through JSON."""
    made_at = data.get("made_at")
    return FilledTemplate(
        language=data["language"],
        sections=tuple(data["sections"]) if data["sections"] is not None else None,
        sheets={SheetRole(role): _sheet_from(sheet) for role, sheet in data["sheets"].items()},
        problems=tuple(_problem_from(problem) for problem in data["problems"]),
        leftovers=tuple(Leftover(*part) for part in data.get("leftovers", ())),
        made_at=datetime.fromisoformat(made_at) if made_at else None,
        left_out=tuple((sheet, cell) for sheet, cell in data.get("left_out", ())),
    )


def _sheet_data(sheet: FilledSheet) -> dict[str, Any]:
    rows = [
        [
            row.number,
            row.record,
            row.version,
            {**row.texts},
            row.position,
            row.remove,
            {**row.unread},
        ]
        for row in sheet.rows
    ]
    refused = [
        [row.number, row.record, row.version, {**row.named}, {**row.texts}, {**row.unread}]
        for row in sheet.refused
    ]
    return {"name": sheet.name, "columns": {**sheet.columns}, "rows": rows, "refused": refused}


def _sheet_from(data: Mapping[str, Any]) -> FilledSheet:
    return FilledSheet(
        data["name"],
        data["columns"],
        tuple(FilledRow(*row) for row in data["rows"]),
        tuple(RefusedRow(*row) for row in data.get("refused", ())),
    )


def _problem_data(placed: PlacedProblem) -> list[Any]:
    problem, role = placed.problem, placed.role.value if placed.role else None
    own = [problem.code, problem.place, {k: _plain(v) for k, v in problem.values.items()}]
    return [own, placed.sheet, placed.cell, role, placed.record, placed.field]


def _plain(value: object) -> object:
    return value if isinstance(value, int) else str(value)


def _problem_from(data: list[Any]) -> PlacedProblem:
    own, sheet, cell, role, record, name = data
    return PlacedProblem(
        Problem(*own), sheet, cell, SheetRole(role) if role else None, record, name
    )
