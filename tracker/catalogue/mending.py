"""Mend what the conversion from print broke inside a line: blanks inside words and before signs.

No word list is needed: a broken word is known by the document itself. Two neighbours are
one word where the joined word stands elsewhere in the document and at least one half stands
nowhere but in that break ("effect ive", where "effective" occurs and "effect" does not).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

WORD = re.compile(r"[^\W\d_]+")
PAIR = re.compile(r"(?<![\w’'-])([^\W\d_]+) ([^\W\d_]+)(?![\w’'-])")
BLANKS = re.compile(r"\s+")
BLANK_BEFORE_HYPHEN = re.compile(r"\w+ -\w+")
BLANK_BEFORE_SIGN = re.compile(r"\w+ [,.)\]](?!\w)")
BLANK_AFTER_BRACKET = re.compile(r"[(\[] \w+")


@dataclass(frozen=True, slots=True)
class Mend:
    """One break that was mended: the place, what the source has, what it became."""

    place: str
    before: str
    after: str


class Mender:
    """Mends texts by the words of the whole document they come from."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._words: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        for text in texts:
            clean = BLANKS.sub(" ", text).lower()
            self._words.update(WORD.findall(clean))
            self._pairs.update(_neighbours(clean))
        self.mends: list[Mend] = []

    def mend(self, place: str, text: str) -> str:
        """The text with its breaks mended and doubled blanks made one; breaks are reported."""

        def without_blank(match: re.Match[str]) -> str:
            return self._report(place, match[0], match[0].replace(" ", ""))

        def joined(match: re.Match[str]) -> str:
            if not self._is_broken(match[1].lower(), match[2].lower()):
                return match[0]
            return self._report(place, match[0], match[1] + match[2])

        text = BLANKS.sub(" ", text).strip()
        for pattern in (BLANK_BEFORE_HYPHEN, BLANK_BEFORE_SIGN, BLANK_AFTER_BRACKET):
            text = pattern.sub(without_blank, text)
        return _substitute_overlapping(PAIR, joined, text)

    def _is_broken(self, first: str, second: str) -> bool:
        together = self._words[first + second]
        in_breaks = self._pairs[(first, second)]
        alone = min(self._words[first], self._words[second])
        return together > 0 and alone <= in_breaks

    def _report(self, place: str, before: str, after: str) -> str:
        self.mends.append(Mend(place, before, after))
        return after


def _neighbours(text: str) -> Iterable[tuple[str, str]]:
    position = 0
    while match := PAIR.search(text, position):
        yield match[1], match[2]
        position = match.start(2)


def _substitute_overlapping(
    pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], text: str
) -> str:
    """``re.sub`` that also tries the second word of a pair as the first of the next."""
    position = 0
    while match := pattern.search(text, position):
        new = replace(match)
        text = text[: match.start()] + new + text[match.end() :]
        position = match.start(2) if new == match[0] else match.start() + len(new)
    return text
