"""What a workbook holds, as plain values: the form in which it leaves the child process."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class CellKind(StrEnum):
    """What a cell held; its text is the same for a reader whatever it was."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    FORMULA = "formula"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class RawCell:
    """One cell that is not empty.

    ``text`` is exact for texts (line ends LF); whole numbers without a decimal point, dates in
    ISO form, booleans ``TRUE`` and ``FALSE``. The text of a formula is the formula itself.
    """

    text: str
    kind: CellKind = CellKind.TEXT


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One sheet: rows by number, in them cells by number of column, both from 1."""

    name: str
    rows: Mapping[int, Mapping[int, RawCell]]


@dataclass(frozen=True, slots=True)
class RawWorkbook:
    """A workbook that passed the gate, its sheets in order, hidden ones included."""

    sheets: tuple[RawSheet, ...]

    def sheet(self, name: str) -> RawSheet | None:
        """The sheet of this name, or none."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)
