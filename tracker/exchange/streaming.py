"""Rows of a streamed workbook as XML in one piece, and texts as they were typed.

A cell costs XlsxWriter several times what its text does: it is kept, looked up and written
attribute by attribute. Tables of half a million cells are written row by row here instead, into
the same file at the same place, with XlsxWriter's own escaping.
"""

import os
import re
import shutil
from datetime import date

from xlsxwriter.format import Format
from xlsxwriter.sharedstrings import SharedStringTable
from xlsxwriter.worksheet import Worksheet

AT_ONCE = 1 << 20  # bytes
# Of a class alone the search is two and a half times as fast as with "_x" beside it.
_HARD = re.compile("[&<>_\x00-\x08\x0b-\x1f\ufffe\uffff]")


class StreamedSheet(Worksheet):
    """A worksheet that takes every text as typed, and whole rows too."""

    str_table: SharedStringTable
    xls_strmax: int

    def _write_string(
        self, row: int, col: int, string: str, cell_format: Format | None = None
    ) -> int:
        """As XlsxWriter does, which takes a typed ``<r>…</r>`` for XML of its own rich strings."""
        if not (string.startswith("<r>") and string.endswith("</r>")):
            return int(super()._write_string(row, col, string, cell_format))
        rich = f'<r><t xml:space="preserve">{self._escape_data(string)}</t></r>'
        limit, self.xls_strmax = self.xls_strmax, len(rich)
        try:
            return int(super()._write_string(row, col, rich, cell_format))
        finally:
            self.xls_strmax = limit

    def cell_xml(
        self, value: str | float | date, style: Format, *, comes_again: bool = False
    ) -> str:
        """The XML of a cell from the number of its row on.

        A text that ``comes_again`` stands once among the shared strings of the workbook, and in
        the cell its number there: half of a large workbook would be the same words.
        """
        begins = f'" s="{style._get_xf_index()}"'
        if isinstance(value, str):
            if comes_again and not value.startswith("<r>"):  # there XlsxWriter takes it for its own
                place = self.str_table._get_shared_string_index(value)
                return f'{begins} t="s"><v>{place}</v></c>'
            kept = ' xml:space="preserve"' if value[:1].isspace() or value[-1:].isspace() else ""
            return f'{begins} t="inlineStr"><is><t{kept}>{self._escaped(value)}</t></is></c>'
        number = self._convert_date_time(value) if isinstance(value, date) else value
        return f"{begins}><v>{number:.16G}</v></c>"

    def _escaped(self, text: str) -> str:
        if not _HARD.search(text):
            return text
        return str(self._escape_data(self._escape_control_characters(text)))

    def _write_optimized_sheet_data(self) -> None:
        """As XlsxWriter does, which reads and writes the rows that waited as text once more."""
        if self.dim_rowmin is None:
            super()._write_optimized_sheet_data()
            return
        self._xml_start_tag("sheetData")
        self.fh.flush()
        self.row_data_fh.seek(0)
        shutil.copyfileobj(self.row_data_fh.buffer, self.fh.buffer, AT_ONCE)
        self.row_data_fh.close()
        os.unlink(self.row_data_filename)
        self._xml_end_tag("sheetData")

    def put_row(self, row: int, cells: str, *, last_column: int, points: float | None) -> None:
        """A whole row below everything written so far; ``points``: its height, if it is set."""
        if row > self.previous_row:
            self._write_single_row(row)  # what waits of the row above
        self._check_dimensions(row, 0)
        self._check_dimensions(row, last_column)
        height = f' ht="{points:g}" customHeight="1"' if points else ""
        self.fh.write(f'<row r="{row + 1}"{height}>{cells}</row>')
