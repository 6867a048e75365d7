"""Tables as CSV and as JSON, of the same columns as in workbooks."""

import codecs
import csv
import io
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import Any, BinaryIO, Generic, TypeVar

from tracker.domain.chain import instant
from tracker.domain.messages import N_
from tracker.exchange.columns import Column, Columns, Kind, renderer
from tracker.exchange.words import Words

Row = TypeVar("Row")
CODE_HELP = N_("The same as a code, equal in all languages.")
GUARD = "'"
GUARDED = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", GUARD)  # noqa: RUF001
"""What a text may begin with that a spreadsheet takes for a formula; and the guard itself."""


def guarded(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula: with an apostrophe before it."""
    return GUARD + text if text.startswith(GUARDED) else text


def unguarded(text: str) -> str:
    """The text again from what ``guarded`` gave."""
    return text.removeprefix(GUARD)


class CsvTable(Generic[Row]):
    """A table that is written row by row, as ``write_csv`` does."""

    def __init__(self, target: BinaryIO, columns: Columns[Row], words: Words) -> None:
        self._render = [renderer(column, words) for column in columns]
        self._out = csv.writer(codecs.getwriter("utf-8-sig")(target))
        self._out.writerow([column.key for column in columns])

    def add(self, row: Row) -> None:
        """One more row."""
        self._out.writerow([_cell(value(row)) for value in self._render])


def write_csv(target: BinaryIO, columns: Columns[Row], rows: Iterable[Row], words: Words) -> None:
    """Write a table as RFC 4180: UTF-8 with a byte order mark, keys of the columns first.

    Texts are ``guarded``; numbers have a decimal point, days and instants are in ISO form. An
    empty cell is explained by the codebook.
    """
    table = CsvTable(target, columns, words)
    for row in rows:
        table.add(row)


def with_codes(columns: Columns[Row]) -> tuple[Column[Row], ...]:
    """The columns, beside those of words ``<key>_code``: those that ``objects`` gives."""
    keys = {column.key for column in columns}
    found: list[Column[Row]] = []
    for column in columns:
        found.append(column)
        if _has_code(column, keys):
            found.append(
                Column(
                    code_key(column), column.header, Kind.CODE, column.width,
                    partial(_code_text, column), CODE_HELP,
                )
            )  # fmt: skip
    return tuple(found)


def code_key(column: Column[Any]) -> str:
    """What the code beside a word is called."""
    return f"{column.key}_code"


def _has_code(column: Column[Any], keys: Collection[str]) -> bool:
    return column.kind in (Kind.LABEL, Kind.LABELS) and code_key(column) not in keys


def _code_text(column: Column[Row], row: Row) -> Any:
    codes = _codes(column, row)
    return "; ".join(codes) if isinstance(codes, list) else codes


def read_csv(content: bytes) -> list[dict[str, str]]:
    """The rows of a file that ``write_csv`` made, texts as they were, by the key of the column."""
    lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    header = next(lines, [])
    return [
        {key: unguarded(cell) for key, cell in zip(header, line, strict=True)} for line in lines
    ]


def objects(columns: Columns[Row], rows: Iterable[Row], words: Words) -> Iterator[dict[str, Any]]:
    """Each row as values by key: words of this language, and beside them ``<key>_code``.

    Yes and no are true and false. Where there is no value, be it an empty text, it is ``None``;
    days and instants are in ISO form.
    """
    keys = {column.key for column in columns}
    render = [
        (column, column.value if column.kind is Kind.FLAG else renderer(column, words))
        for column in columns
    ]
    for row in rows:
        found: dict[str, Any] = {}
        for column, value in render:
            plain = _plain(value(row))
            found[column.key] = None if plain == "" else plain
            if _has_code(column, keys):
                found[code_key(column)] = _codes(column, row)
        yield found


def _cell(value: Any) -> str:
    plain = _plain(value)
    if isinstance(plain, str):
        return guarded(plain)
    return "" if plain is None else str(plain)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    return value.isoformat() if isinstance(value, date) else value


def _codes(column: Column[Row], row: Row) -> Any:
    value = column.value(row)
    if isinstance(value, StrEnum):
        return value.value
    return [str(code) for code in value] if isinstance(value, tuple) else value
