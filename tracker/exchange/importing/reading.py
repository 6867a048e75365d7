"""Reading a workbook that passed the gate: kinds and addresses from one reader, texts from another.

openpyxl changes ``_xHHHH_`` and carriage returns in texts, python-calamine does not show addresses
and formulas. Only ``child`` calls this: both readers can be brought down by a hostile file.
"""

import math
import warnings
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from io import BytesIO
from typing import Any, Final

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.cell import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet._reader import DATA_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse
from python_calamine import CalamineWorkbook

from tracker.domain.errors import Invalid, Problem
from tracker.exchange.marks import MARK_SHEET, refuse_files_to_read
from tracker.exchange.raw import CellKind, RawCell, RawSheet

MOST_SHEETS: Final = 40
MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 100
MOST_CELLS: Final = 100_000
LARGEST_AREA: Final = 1_000_000  # cells from the first to the last, which calamine lays out
_SHARED_TEXT: Final = f"{{{SHEET_MAIN_NS}}}si"
_EXACT_DIGITS: Final = 10**15
_KINDS: Final = {
    "s": CellKind.TEXT,
    "n": CellKind.NUMBER,
    "b": CellKind.BOOLEAN,
    "d": CellKind.DATE,
    "e": CellKind.ERROR,
    "f": CellKind.FORMULA,
}
_VALUES: Final = {  # by the type of a cell: for others calamine gives a whole sheet up, unseen
    "b": frozenset("01"),
    "inlineStr": frozenset[str](),  # its words stand in <is>; neither reader reads these
    "e": frozenset("#DIV/0! #N/A #NAME? #NULL! #NUM! #REF! #VALUE!".split()),
}
_TYPES: Final = {"n", "s", "str", "inlineStr", "b", "d", "e"}
Cells = dict[tuple[int, int], RawCell]


class _Rows(WorkSheetParser):
    """The rows only: what stands beside them in a sheet cannot make a file unreadable."""

    sheet = ""

    def rows(self) -> Iterator[list[dict[str, Any]]]:
        """The cells that are given, row by row in the file's order."""
        for _, element in iterparse(self.source):
            if element.tag == ROW_TAG:
                yield self.parse_row(element)[1]
                element.clear()
            elif element.tag == DATA_TAG:
                return

    def parse_cell(self, element: Any) -> dict[str, Any]:
        try:
            given: dict[str, Any] = super().parse_cell(element)
        except (ValueError, TypeError, LookupError, ArithmeticError):
            cell = str(element.get("r", self.row_counter))[:20]
            raise _refused("workbook-bad-value", self.sheet, cell) from None
        kind, value = element.get("t", "n"), element.findtext("{*}v")
        if kind not in _TYPES or value and value not in _VALUES.get(kind, {value}):
            at = given["row"], given["column"]
            raise _refused("workbook-readers-differ", self.sheet, _address(at))
        return given

    def parse_formula(self, element: Any) -> str:
        formula = element.find("{*}f")
        return f"={(formula.text if formula is not None else '') or ''}"


def read_sheets(data: bytes) -> tuple[RawSheet, ...]:
    """All sheets in order, hidden ones too; raises ``Invalid``, or whatever a reader raises."""
    texts = CalamineWorkbook.from_filelike(BytesIO(data))
    _check_names(texts.sheet_names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = _Workbook(data)
        _check_mark(book, texts)
        sheets = book.sheets()
    if list(sheets) != texts.sheet_names:
        raise Invalid(Problem("workbook-unreadable"))
    if sum(len(cells) for cells in sheets.values()) > MOST_CELLS:
        raise Invalid(Problem("workbook-too-many-cells", values={"limit": MOST_CELLS}))
    return tuple(_with_texts(name, cells, texts) for name, cells in sheets.items())


def _check_mark(book: "_Workbook", texts: CalamineWorkbook) -> None:
    """Refuse a workbook of ours to be read by its name: it may be wider than what is read here."""
    for name, cells in book.sheets(only=MARK_SHEET).items():
        first = _with_texts(name, cells, texts).rows.get(1, {}).get(1)
        refuse_files_to_read(first.text if first else "")


def _check_names(names: list[str]) -> None:
    if len(names) > MOST_SHEETS:
        raise Invalid(Problem("workbook-too-many-sheets", values={"limit": MOST_SHEETS}))
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            raise Invalid(Problem("workbook-twin-sheets", name[:60], {"sheet": name[:60]}))
        seen.add(name.casefold())


class _Workbook:
    """A workbook as openpyxl streams it, without what no answer can stand in."""

    def __init__(self, data: bytes) -> None:
        self._reader = ExcelReader(BytesIO(data), read_only=True, keep_links=False)
        self._reader.read_manifest()
        self._reader.read_workbook()
        self._book: Any = self._reader.wb
        if self._book.epoch == CALENDAR_MAC_1904:
            raise Invalid(Problem("workbook-1904"))
        apply_stylesheet(self._reader.archive, self._reader.wb)
        self._texts = self._shared_texts()

    def sheets(self, *, only: str = "") -> dict[str, Cells]:
        """The cells of each sheet, or of one, by name; none for a sheet that is a chart."""
        found: dict[str, Cells] = {}
        for sheet, relation in self._reader.parser.find_sheets():
            if only and sheet.name != only:
                continue
            found[sheet.name] = self._cells(sheet.name, relation.target)
        return found

    def _shared_texts(self) -> list[str]:
        """How each shared text begins: enough to know a blank one; the rest calamine tells."""
        package: Any = self._reader.package
        part = package.find(SHARED_STRINGS)
        if part is None:
            return []
        found = []
        with self._reader.archive.open(part.PartName.removeprefix("/")) as source:
            for _, element in iterparse(source):
                if element.tag == _SHARED_TEXT:
                    text = "".join(element.itertext())
                    found.append(text.lstrip()[:1] or text[:1])
                    element.clear()
        return found

    def _cells(self, name: str, target: str) -> Cells:
        with self._reader.archive.open(target) as source:
            parser = _Rows(
                source,
                self._texts,
                epoch=self._book.epoch,
                date_formats=self._book._date_formats,
                timedelta_formats=self._book._timedelta_formats,
            )
            parser.sheet = name
            return _gathered(name, parser.rows())


def _gathered(name: str, rows: Iterator[list[dict[str, Any]]]) -> Cells:
    found: Cells = {}
    for row in rows:
        for given in row:
            cell = _cell(name, given)
            if cell is None:
                continue
            at = given["row"], given["column"]
            if at in found:
                raise _refused("workbook-cell-twice", name, _address(at))
            found[at] = cell
            if len(found) > MOST_CELLS:
                raise Invalid(Problem("workbook-too-many-cells", values={"limit": MOST_CELLS}))
    _check_area(name, found)
    return found


def _cell(sheet: str, given: Mapping[str, Any]) -> RawCell | None:
    value = given["value"]
    if value is None or value == "":
        return None  # before its kind: of a text without words openpyxl leaves "inlineStr" or "str"
    kind = _KINDS[given["data_type"]]
    if kind in (CellKind.NUMBER, CellKind.DATE) and isinstance(value, int | float):
        if not _is_finite(value):
            raise _refused("workbook-bad-value", sheet, _address((given["row"], given["column"])))
        return RawCell(_number(float(value)), CellKind.NUMBER)
    return RawCell(_plain(value), kind)


def _is_finite(value: int | float) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _number(value: float) -> str:
    """A number as it is typed: whole ones without a point while every digit is exact."""
    if value.is_integer() and abs(value) < _EXACT_DIGITS:
        return str(int(value))
    return repr(value)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        whole_day = value.time() == time()
        return (value.date() if whole_day else value.replace(microsecond=0)).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _check_area(sheet: str, cells: Cells) -> None:
    """Refuse an area so wide apart that laying it out would cost what a bomb costs."""
    if not cells:
        return
    rows, columns = [row for row, _ in cells], [column for _, column in cells]
    if max(rows) * max(columns) > LARGEST_AREA:
        farthest = max(cells, key=lambda at: at[0] * at[1])
        raise _far(sheet, farthest)


def _far(sheet: str, at: tuple[int, int]) -> Invalid:
    last = _address((MOST_ROWS, MOST_COLUMNS))
    return _refused("workbook-far-cell", sheet, _address(at), last=last)


def _with_texts(name: str, cells: Cells, texts: CalamineWorkbook) -> RawSheet:
    """The sheet with its texts as calamine reads them; blank texts are no cells."""
    seen = _seen_by_calamine(texts, name)
    for at in sorted(seen.keys() ^ cells.keys()):
        if at not in cells or _must_be_seen(cells[at]):
            raise _refused("workbook-readers-differ", name, _address(at))
    rows: dict[int, dict[int, RawCell]] = {}
    for at, cell in sorted(cells.items(), key=lambda item: item[0]):
        if cell.kind is CellKind.TEXT:
            cell = RawCell(_text(name, at, seen.get(at, "")))
            if not cell.text.strip():
                continue
        if at[0] > MOST_ROWS or at[1] > MOST_COLUMNS:
            raise _far(name, at)
        rows.setdefault(at[0], {})[at[1]] = cell
    return RawSheet(name, rows)


def _must_be_seen(cell: RawCell) -> bool:
    """Formulas without a stored value, errors and blank texts are nothing to calamine."""
    unseen = (CellKind.FORMULA, CellKind.ERROR)
    return cell.kind not in unseen and bool(cell.text.strip())


def _text(sheet: str, at: tuple[int, int], value: object) -> str:
    if not isinstance(value, str):
        raise _refused("workbook-readers-differ", sheet, _address(at))
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _seen_by_calamine(texts: CalamineWorkbook, name: str) -> dict[tuple[int, int], object]:
    rows = texts.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return {
        (row, column): value
        for row, values in enumerate(rows, 1)
        for column, value in enumerate(values, 1)
        if value != ""
    }


def _address(at: tuple[int, int]) -> str:
    row, column = at
    return f"{get_column_letter(column)}{row}"


def _refused(code: str, sheet: str, cell: str, **values: object) -> Invalid:
    place = {"sheet": sheet[:60], "cell": cell}
    return Invalid(Problem(code, f"{sheet[:60]}!{cell}", {**place, **values}))
