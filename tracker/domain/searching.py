"""Finding words in texts of any script, whatever their case and accents."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tracker.domain.errors import Invalid, Problem

LONGEST = 200
AROUND = 90
"""Characters of an excerpt on either side of what was found."""
LONGEST_WORD = 40
"""At most so much less of them, so that no word is cut: a text without spaces has no other."""
LAST_MARK = 0xFFFF
"""A class of the basic plane alone is looked up at once; beyond, marks are compared as typed."""
DROPPED = "\u0640\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""Arabic tatweel, soft hyphen, and what has no width: nobody types them to search."""
APOSTROPHES = "’‘ʼ′`"  # noqa: RUF001
"""One of them is as good as another, and as the plain one."""
PUNCTUATION = '"“”„«»‹›()[]{},.;:!?،؛؟、。，「」'  # noqa: RUF001
"""Around a word that was typed it is not looked for: who quotes a phrase looks for its words."""


def ranges(wanted: Callable[[str], object]) -> str:
    """Every such sign of the basic plane, as a class of a regular expression holds them."""
    found, start = "", None
    for code in range(LAST_MARK + 1):
        if wanted(chr(code)):
            start = code if start is None else start
        elif start is not None:
            found += f"\\u{start:04x}-\\u{code - 1:04x}"
            start = None
    return found


UNSEEN = re.compile(f"[{ranges(unicodedata.combining)}{DROPPED}]")


def fold(text: str) -> str:
    """The text as it is compared: small letters, without accents, vowel marks and ligatures."""
    if text.isascii():
        return text.lower().replace("`", "'")
    folded = UNSEEN.sub("", unicodedata.normalize("NFKD", text).casefold())
    for sign in APOSTROPHES:
        folded = folded.replace(sign, "'")
    return folded


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text; ``found``: one of the words looked for."""

    text: str
    found: bool


@dataclass(frozen=True, slots=True)
class Search:
    """Words that all have to occur, folded; ``typed`` is what was asked for."""

    typed: str
    words: tuple[str, ...]

    def meets(self, texts: Iterable[str]) -> bool:
        """Whether every word occurs in one or other of these texts."""
        folded = "\n".join(map(fold, texts))
        return all(word in folded for word in self.words)

    def meets_some(self, text: str) -> bool:
        """Whether one of the words occurs in the text."""
        folded = fold(text)
        return any(word in folded for word in self.words)

    def segments(self, text: str) -> tuple[Segment, ...]:
        """The whole text in pieces, those found marked."""
        pieces, end = [], 0
        for start, stop in self._spans(text):
            pieces.append(Segment(text[end:start], False))
            pieces.append(Segment(text[start:stop], True))
            end = stop
        pieces.append(Segment(text[end:], False))
        return tuple(piece for piece in pieces if piece.text)

    def excerpt(self, text: str) -> tuple[Segment, ...]:
        """What stands around the first word found, in pieces; the beginning where there is none."""
        spans = self._spans(text)
        first = spans[0] if spans else (0, 0)
        start, stop = _cut_before(text, first[0]), _cut_after(text, first[1])
        before, after = "… " if start else "", " …" if stop < len(text) else ""
        shown = self.segments(text[start:stop])
        return (
            *([Segment(before, False)] if before else ()),
            *shown,
            *([Segment(after, False)] if after else ()),
        )

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Where words are found, from the first on; what overlaps is one."""
        folded, places = _with_places(text)
        spans = []
        for word in self.words:
            at = folded.find(word)
            while at >= 0:
                last = places[at + len(word) - 1]
                spans.append((places[at], max(last + 1, places[at + len(word)])))
                at = folded.find(word, at + len(word))
        merged: list[tuple[int, int]] = []
        for start, stop in sorted(spans):
            if merged and start < merged[-1][1]:
                merged[-1] = merged[-1][0], max(stop, merged[-1][1])
            else:
                merged.append((start, stop))
        return merged


def _cut_before(text: str, found: int) -> int:
    """Where an excerpt begins: with a word, in scripts without spaces with a letter."""
    start = max(found - AROUND, 0)
    if start == 0:
        return 0
    for at in range(start, min(start + LONGEST_WORD, found + 1)):
        if text[at - 1].isspace():
            return at
    while start < found and _is_mark(text[start]):
        start += 1
    return start


def _cut_after(text: str, found: int) -> int:
    """Where an excerpt ends: with a word, in scripts without spaces with the marks of a letter."""
    stop = min(found + AROUND, len(text))
    if stop == len(text):
        return stop
    for at in range(stop, max(stop - LONGEST_WORD, found - 1), -1):
        if text[at].isspace():
            return at
    while stop < len(text) and _is_mark(text[stop]):
        stop += 1
    return stop


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter).startswith("M") or letter in DROPPED


def parse_search(raw: str, *, place: str) -> Search | None:
    """What to look for; ``None`` where nothing was asked, ``Invalid`` where it is too long."""
    typed = " ".join(raw.split())
    if len(typed) > LONGEST:
        raise Invalid(Problem("search-too-long", place, {"limit": LONGEST}))
    bare = (word.strip(PUNCTUATION) or word for word in typed.split())
    words = tuple(dict.fromkeys(word for word in map(fold, bare) if word))
    return Search(typed, words) if words else None


def _with_places(text: str) -> tuple[str, list[int]]:
    """The text folded, and for each of its letters, and its end, the place in ``text``."""
    if text.isascii():
        return fold(text), list(range(len(text) + 1))
    letters, places = [], []
    for place, letter in enumerate(text):
        folded = fold(letter)
        letters.append(folded)
        places += [place] * len(folded)
    return "".join(letters), [*places, len(text)]
