"""Readable differences between two texts, word by word."""

import re
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

Kind = Literal["same", "added", "removed"]

# A word with the space after it; characters written without spaces count one by one.
_WORDS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]\\s*|\\w+\\s*|\\W\\s*"
)
_SENTENCES = re.compile("[^.!?\n\u0964\u061f\u3002]*[.!?\n\u0964\u061f\u3002]*\\s*")
# Comparing takes time with the product of both lengths, so long rewrites are compared by sentence.
_LARGEST_PRODUCT = 2_000_000


class Piece(NamedTuple):
    """A run of text that both texts share, or that only one of them holds."""

    kind: Kind
    text: str


def diff_words(old: str, new: str) -> tuple[Piece, ...]:
    """What turns ``old`` into ``new``.

    The same and removed pieces joined give ``old``, the same and added ones ``new``. Texts too
    long to be compared by word are compared by sentence, then as wholes.
    """
    for unit in (_WORDS, _SENTENCES):
        before, after = _split(unit, old), _split(unit, new)
        start = _shared(before, after)
        end = _shared(before[start:][::-1], after[start:][::-1])
        middle_old = before[start : len(before) - end]
        middle_new = after[start : len(after) - end]
        if len(middle_old) * len(middle_new) <= _LARGEST_PRODUCT:
            pieces = [Piece("same", "".join(before[:start]))]
            pieces += _compare(middle_old, middle_new)
            pieces.append(Piece("same", "".join(before[len(before) - end :])))
            return _joined(pieces)
    return _joined([Piece("removed", old), Piece("added", new)])


def _split(unit: re.Pattern[str], text: str) -> list[str]:
    return [part for part in unit.findall(text) if part]


def _shared(left: list[str], right: list[str]) -> int:
    """How many parts both begin with."""
    count = 0
    for ours, theirs in zip(left, right, strict=False):
        if ours != theirs:
            break
        count += 1
    return count


def _compare(old: list[str], new: list[str]) -> list[Piece]:
    pieces = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[i1:i2])))
            continue
        pieces.append(Piece("removed", "".join(old[i1:i2])))
        pieces.append(Piece("added", "".join(new[j1:j2])))
    return pieces


def _joined(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Empty pieces dropped, neighbours of one kind made one."""
    joined: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        if joined and joined[-1].kind == piece.kind:
            joined[-1] = Piece(piece.kind, joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return tuple(joined)
