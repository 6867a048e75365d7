"""Reading workbooks back in tests: with two independent readers, and as bare XML."""

import zipfile
from functools import cached_property
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

Cells = list[list[Any]]


class Written:
    """A finished file."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._calamine = CalamineWorkbook.from_filelike(BytesIO(content))

    @cached_property
    def book(self) -> Workbook:
        """The file as openpyxl reads it."""
        return openpyxl.load_workbook(BytesIO(self.content))

    @property
    def names(self) -> list[str]:
        """The sheets in order."""
        return self._calamine.sheet_names

    def sheet(self, name: str) -> Worksheet:
        """A sheet as openpyxl sees it."""
        found = self.book[name]
        assert isinstance(found, Worksheet)
        return found

    def cells(self, name: str) -> Cells:
        """The values of a sheet as calamine sees them, from cell A1 on."""
        return self._calamine.get_sheet_by_name(name).to_python(skip_empty_area=False)

    def rows(self, name: str, header: int = 0) -> list[dict[str, Any]]:
        """The rows of a table by the texts of its header."""
        cells = self.cells(name)
        return [dict(zip(cells[header], row, strict=True)) for row in cells[header + 1 :]]

    def facts(self, name: str) -> dict[str, str]:
        """The first column of a sheet, with what stands beside it."""
        return {str(row[0]): str(row[1]) for row in self.cells(name) if row[0] and row[1] != ""}

    def xml(self) -> dict[str, str]:
        """Every part of the file as text."""
        with zipfile.ZipFile(BytesIO(self.content)) as archive:
            assert archive.testzip() is None
            return {name: archive.read(name).decode() for name in archive.namelist()}

    def holds(self, text: str) -> list[str]:
        """The parts in which a text stands."""
        return [name for name, part in self.xml().items() if text in part]
