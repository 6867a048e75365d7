"""Texts are split, never cut, and rows are as high as their texts."""

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.values import utf16_units
from tracker.exchange.cells import CELL_LIMIT, ROW_LIMIT, height, lines, split_text
from tracker.exchange.styles import sheet_name


@given(st.text(alphabet="ab \n😀", max_size=400), st.integers(2, 60))
def test_pieces_join_to_the_text_again(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    assert "".join(pieces) == text
    assert all(utf16_units(piece) <= limit for piece in pieces)
    assert all(pieces) or pieces == ("",)


def test_pieces_end_where_a_line_or_word_ends() -> None:
    assert split_text("one two three four", 10) == ("one two ", "three four")
    assert split_text("one two\nthree four", 10) == ("one two\n", "three four")
    assert split_text("onetwothreefour", 10) == ("onetwothre", "efour")


def test_a_surrogate_pair_counts_as_two_and_stays_together() -> None:
    text = "😀" * (CELL_LIMIT // 2 + 1)
    first, second = split_text(text)
    assert (len(first), len(second)) == (CELL_LIMIT // 2, 1)


def test_a_text_that_fits_is_left_alone() -> None:
    text = "x" * CELL_LIMIT
    assert split_text(text) == (text,)
    assert len(split_text(text + "x")) == 2


def test_heights_follow_the_text_up_to_what_a_row_can_have() -> None:
    assert lines("", 10) == lines("short", 10) == 1
    assert lines("a\nb\n\nc", 10) == 4
    assert lines("word " * 40, 20) >= 8
    assert lines("字" * 20, 20) == lines("ab" * 20, 20) > 1
    assert height(1) < height(4) < height(400) == ROW_LIMIT


def test_names_of_sheets_are_allowed_and_differ() -> None:
    taken: set[str] = set()
    assert sheet_name("1 National coordination", taken) == "1 National coordination"
    assert sheet_name("Law: a/b [c]?*\\'", taken) == "Law- a-b -c-----"
    first, second = sheet_name("x" * 40, taken), sheet_name("X" * 40, taken)
    assert first.casefold() != second.casefold()
    assert max(len(first), len(second)) <= 31
