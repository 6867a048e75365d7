"""An uploaded workbook as plain values, read with two libraries and without a gate."""

from collections import defaultdict
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from typing import Any

import openpyxl
from python_calamine import CalamineWorkbook

from tracker.exchange.raw import CellKind, RawCell, RawSheet, RawWorkbook

KINDS = {"f": CellKind.FORMULA, "e": CellKind.ERROR, "b": CellKind.BOOLEAN, "d": CellKind.DATE}


@lru_cache(maxsize=4)
def raw_workbook(content: bytes) -> RawWorkbook:
    """Addresses, kinds and formulas from openpyxl, texts from calamine."""
    book = openpyxl.load_workbook(BytesIO(content))
    exact = CalamineWorkbook.from_filelike(BytesIO(content))
    sheets = []
    for sheet in book.worksheets:
        texts = exact.get_sheet_by_name(sheet.title).to_python(skip_empty_area=False)
        rows: dict[int, dict[int, RawCell]] = defaultdict(dict)
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    rows[cell.row][cell.column] = _cell(cell.value, cell.data_type, texts, cell)
        sheets.append(RawSheet(sheet.title, dict(rows)))
    return RawWorkbook(tuple(sheets))


def _cell(value: Any, data_type: str, texts: list[list[Any]], at: Any) -> RawCell:
    kind = KINDS.get(data_type, CellKind.TEXT)
    if kind is CellKind.TEXT and not isinstance(value, str):
        kind = CellKind.NUMBER
    if kind is CellKind.DATE:
        return RawCell(_iso(value), kind)
    if kind is CellKind.BOOLEAN:
        return RawCell(str(value).lower(), kind)
    if kind is CellKind.NUMBER:
        whole = isinstance(value, float) and value.is_integer()
        return RawCell(str(int(value) if whole else value), kind)
    if kind is CellKind.TEXT:
        exact = texts[at.row - 1][at.column - 1]
        return RawCell(str(exact).replace("\r\n", "\n").replace("\r", "\n"), kind)
    return RawCell(str(value), kind)


def _iso(value: Any) -> str:
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
