"""Differences between two texts: complete, readable, bounded in time."""

import time

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.differences import Piece, diff_words


def test_words_are_compared_as_wholes() -> None:
    assert diff_words("The police marked 120 arms.", "The customs marked 125 arms.") == (
        Piece("same", "The "),
        Piece("removed", "police "),
        Piece("added", "customs "),
        Piece("same", "marked "),
        Piece("removed", "120 "),
        Piece("added", "125 "),
        Piece("same", "arms."),
    )


def test_a_rewritten_sentence_is_not_cut_to_shreds() -> None:
    old = "The law of the ministry is under review."
    new = "Since 2024 a decree of customs applies to every transfer. The texts are public."
    assert [piece.kind for piece in diff_words(old, new)] == ["removed", "added", "same"]


def test_equal_and_empty_texts() -> None:
    assert diff_words("", "") == ()
    assert diff_words("same words", "same words") == (Piece("same", "same words"),)
    assert diff_words("", "new") == (Piece("added", "new"),)
    assert diff_words("old", "") == (Piece("removed", "old"),)


def test_scripts_without_spaces_are_compared_by_character() -> None:
    assert diff_words("国家报告", "国际报告") == (
        Piece("same", "国"),
        Piece("removed", "家"),
        Piece("added", "际"),
        Piece("same", "报告"),
    )


@given(st.text(alphabet="ab .\n\r国é<&\U0001f600"), st.text(alphabet="ab .\n\r国é<&\U0001f600"))
def test_nothing_of_either_text_is_lost(old: str, new: str) -> None:
    pieces = diff_words(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new


def test_the_longest_texts_take_bounded_time() -> None:
    old = "".join(f"{number % 151} " for number in range(9_000))[:32_000]
    new = "".join(f"{number * 7 % 157} " for number in range(9_000))[:32_000]
    begun = time.perf_counter()
    pieces = diff_words(old, new)
    assert time.perf_counter() - begun < 5
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
