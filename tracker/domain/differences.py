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
            head = "".join(before[:start])
            tail = "".join(before[len(before) - end :])
            return _pieces([_Run(head, head), *_compare(middle_old, middle_new), _Run(tail, tail)])
    return _pieces([_Run(old, new)])


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


class _Run(NamedTuple):
    """A stretch of both texts, the same or replaced."""

    old: str
    new: str

    @property
    def same(self) -> bool:
        return self.old == self.new

    @property
    def length(self) -> int:
        return max(len(self.old), len(self.new))


def _compare(old: list[str], new: list[str]) -> list[_Run]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    runs: list[_Run] = []
    for _, i1, i2, j1, j2 in matcher.get_opcodes():
        runs.append(_Run("".join(old[i1:i2]), "".join(new[j1:j2])))
        while len(runs) > 2 and _is_chance(*runs[-3:]):
            runs[-3:] = [_Run("".join(r.old for r in runs[-3:]), "".join(r.new for r in runs[-3:]))]
    return runs


def _is_chance(before: _Run, between: _Run, after: _Run) -> bool:
    """Whether words in common are lost between longer changes, and hinder reading them."""
    if before.same or after.same or not between.same:
        return False
    return between.length <= min(before.length, after.length)


def _pieces(runs: list[_Run]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for run in runs:
        if run.same:
            pieces.append(Piece("same", run.old))
        else:
            pieces += [Piece("removed", run.old), Piece("added", run.new)]
    return tuple(piece for piece in pieces if piece.text)
