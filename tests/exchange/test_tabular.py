"""CSV and JSON: any text survives, and no cell is a formula to a spreadsheet."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.progress import Absence, Progress
from tracker.exchange.columns import Column, Kind
from tracker.exchange.tabular import guarded, objects, read_csv, unguarded, write_csv
from tracker.exchange.translations import translator
from tracker.exchange.words import Words

WORDS = Words("en", translator("en"))
FORMULA_SIGNS = "=+-@\t\r\n\0＝＋－＠"  # noqa: RUF001
TEXTS = st.text(
    st.one_of(
        st.sampled_from(FORMULA_SIGNS + "'\"\u2019,; \ufeff"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=40,
)


def column(key: str, kind: Kind) -> Column[dict[str, Any]]:
    return Column(key, key.title(), kind, 10, lambda row: row[key], "")


TYPED = (column("first", Kind.TYPED), column("second", Kind.TYPED))


def written(columns: tuple[Column[dict[str, Any]], ...], *rows: dict[str, Any]) -> bytes:
    target = io.BytesIO()
    write_csv(target, columns, rows, WORDS)
    assert not target.closed
    return target.getvalue()


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_any_text_comes_back_unchanged(texts: list[tuple[str, str]]) -> None:
    rows = [{"first": first, "second": second} for first, second in texts]
    content = written(TYPED, *rows)
    assert read_csv(content) == rows
    for line in list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1:]:
        assert not [cell for cell in line if cell.startswith(tuple(FORMULA_SIGNS))]


@given(TEXTS)
def test_the_guard_is_undone_exactly(text: str) -> None:
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("-5 % since 2020", "'-5 % since 2020"),
        ("＝SUM(A1)", "'＝SUM(A1)"),  # noqa: RUF001
        ("'quoted'", "''quoted'"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_only_texts_that_need_it_are_guarded(text: str, cell: str) -> None:
    assert guarded(text) == cell


def test_the_file_is_what_rfc_4180_and_spreadsheets_ask_for() -> None:
    content = written(TYPED, {"first": 'say "yes"', "second": "one\ntwo"})
    assert content == b'\xef\xbb\xbffirst,second\r\n"say ""yes""","one\ntwo"\r\n'


MIXED = (
    column("progress", Kind.LABEL),
    column("absent", Kind.LABEL),
    column("kinds", Kind.LABELS),
    column("amount", Kind.NUMBER),
    column("good", Kind.FLAG),
    column("on", Kind.DAY),
    column("at", Kind.INSTANT),
    column("language", Kind.LABEL),
    column("language_code", Kind.CODE),
)
ROW = {
    "progress": Progress.IN_DEVELOPMENT,
    "absent": None,
    "kinds": (Absence.WITHHELD, Absence.NOT_ASKED),
    "amount": 0,
    "good": False,
    "on": date(2026, 3, 2),
    "at": datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    "language": "fr",
    "language_code": "its own",
}


def test_json_has_codes_beside_words_and_nothing_for_nothing() -> None:
    assert list(objects(MIXED, [ROW], WORDS)) == [
        {
            "progress": "In development",
            "progress_code": "in_development",
            "absent": None,
            "absent_code": None,
            "kinds": "Withheld; Not asked",
            "kinds_code": ["withheld", "not_asked"],
            "amount": 0,
            "good": False,
            "on": "2026-03-02",
            "at": "2026-03-02T09:30:00.000000Z",
            "language": "French",
            "language_code": "its own",
        }
    ]


def test_csv_keeps_zero_and_nothing_apart() -> None:
    (row,) = read_csv(written(MIXED, ROW))
    assert (row["amount"], row["absent"], row["on"]) == ("0", "", "2026-03-02")
    assert row["at"] == "2026-03-02T09:30:00.000000Z"
