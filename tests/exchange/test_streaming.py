"""Rows written in one piece say the same as those that XlsxWriter writes cell by cell."""

import re
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest

from tests.exchange.conftest import MADE
from tests.exchange.test_report_workbook import TRAPS
from tests.exchange.workbooks import Written
from tracker.exchange.columns import Column, Kind, adapted
from tracker.exchange.table import Table
from tracker.exchange.translations import translator
from tracker.exchange.words import Words
from tracker.exchange.workbook import Book

Line = tuple[str, int | None, float, datetime]
RICH = "<r><t>not rich</t> & _x0041_</r>"
AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
TEXTS = [*TRAPS, RICH, "<r>" + "&" * 30_000 + "</r>", " ", "x" * 70_000]
COLUMNS: tuple[Column[Line], ...] = (
    Column("word", "Word", Kind.CODE, 20, lambda line: line[0][:20], "", identifies=True),
    Column("text", "Text", Kind.TYPED, 20, lambda line: line[0], ""),
    Column("number", "Number", Kind.NUMBER, 8, lambda line: line[1], ""),
    Column("share", "Share", Kind.SHARE, 8, lambda line: line[2], ""),
    Column("at", "At", Kind.INSTANT, 16, lambda line: line[3], ""),
)
LINES: list[Line] = [
    (text, None if number % 3 else number * 10**9, number / 7, AT)
    for number, text in enumerate(TEXTS)
]


def written(*, streaming: bool) -> Written:
    target = BytesIO()
    words = Words("en", translator("en"))
    with Book(target, words, MADE, "Title", streaming=streaming) as book:
        sheet = book.sheet("Table", [column.width for column in COLUMNS])
        sheet.line(RICH, "soft")
        table = Table(sheet, COLUMNS)
        for line in LINES:
            table.add(line)
        assert table.finish()
    return Written(target.getvalue())


def test_both_ways_give_the_same_values_styles_and_heights() -> None:
    fast, slow = written(streaming=True), written(streaming=False)
    assert fast.cells("Table") == slow.cells("Table")
    texts = "".join(str(row[1]) for row in fast.cells("Table")[2:])
    assert texts == "".join(TEXTS)
    assert fast.cells("Table")[0][0] == RICH
    one, other = fast.sheet("Table"), slow.sheet("Table")
    assert one.dimensions == other.dimensions
    for row in range(1, one.max_row + 1):
        assert one.row_dimensions[row].height == pytest.approx(
            other.row_dimensions[row].height, abs=1
        )
        for column in range(1, len(COLUMNS) + 1):
            a, b = one.cell(row, column), other.cell(row, column)
            assert (a.number_format, a.quotePrefix) == (b.number_format, b.quotePrefix)


def test_blanks_at_the_ends_of_a_text_are_marked_to_be_kept() -> None:
    """A program that reads the file may take them away elsewhere."""
    texts = [" a", "a ", "a\n", "\ta", "\u2003a", "a  b\nc", " ", "a"]
    columns: tuple[Column[str], ...] = (Column("a", "A", Kind.TYPED, 9, lambda text: text, ""),)
    target = BytesIO()
    with Book(target, Words("en", str), MADE, "Title", streaming=True) as book:
        table = Table(book.sheet("Table", (9,)), columns)
        for text in texts:
            table.add(text)
        table.finish()
    xml = ZipFile(target).read("xl/worksheets/sheet1.xml").decode()
    found = re.findall(r'<t( xml:space="preserve")?>([^<]*)</t>', xml)[1:]
    assert [text for _, text in found] == texts
    assert [bool(kept) for kept, _ in found] == [text != text.strip() for text in texts]


def test_words_that_come_again_stand_once_in_the_file() -> None:
    """And what a person typed stands in its cell; what looks like XML of XlsxWriter's own, too."""
    kinds = (Kind.CODE, Kind.TYPED)
    columns: tuple[Column[str], ...] = tuple(
        Column(kind.value, kind.value, kind, 9, lambda text: text, "") for kind in kinds
    )
    texts = [*["again & again"] * 50, RICH, " blank", "_x0041_"]
    target = BytesIO()
    with Book(target, Words("en", str), MADE, "Title", streaming=True) as book:
        table = Table(book.sheet("Table", (9, 9)), columns)
        for text in texts:
            table.add(text)
        table.finish()
    assert [row[0] for row in Written(target.getvalue()).cells("Table")[1:]] == texts
    archive = ZipFile(target)
    assert archive.read("xl/sharedStrings.xml").count(b"again &amp; again") == 1
    assert archive.read("xl/worksheets/sheet1.xml").count(b"again &amp; again") == 50


def test_what_a_row_holds_is_written_anew_when_it_changes() -> None:
    inner: tuple[Column[str], ...] = (
        Column("a", "A", Kind.CODE, 9, lambda text: text, ""),
        Column("b", "B", Kind.TYPED, 9, lambda text: text * 2, ""),
    )

    def held(row: list[str | None]) -> str | None:
        return row[0]

    target = BytesIO()
    with Book(target, Words("en", str), MADE, "Title", streaming=True) as book:
        table = Table(book.sheet("Table", (9, 9)), [adapted(column, held) for column in inner])
        for text in ("one", "one", None, "two", "one"):
            table.add([text])
        table.finish()
    rows = Written(target.getvalue()).cells("Table")[1:]
    assert rows == [["one", "oneone"]] * 2 + [["", ""], ["two", "twotwo"], ["one", "oneone"]]
