"""How a value stands in a cell of the template, and how it is read from there again."""

import re

from tracker.domain.messages import N_
from tracker.exchange.columns import Kind
from tracker.exchange.template_columns import Slot
from tracker.exchange.translations import SOURCE_LANGUAGE, translator
from tracker.exchange.words import Words

CLEAR = N_("[clear]")
TYPED = str.maketrans({"’": "'", "œ": "oe", "æ": "ae", "–": "-", "‑": "-"})


class CellWords:
    """Cells in one language: labels and codes, and the word that empties a cell.

    An empty cell says nothing. A text that looks like the word itself stands in one more pair
    of brackets.
    """

    def __init__(self, words: Words) -> None:
        self.words = words
        own = words(CLEAR).strip("[]")
        self.clear = f"[{own}]"
        inner = {re.escape(word) for word in (CLEAR.strip("[]"), own)}
        self._clear = re.compile(rf"(\s*)(\[+)({'|'.join(sorted(inner))})(\]+)(\s*)", re.IGNORECASE)
        self._known: dict[str, dict[str, str]] = {}

    def written(self, slot: Slot, text: str) -> str:
        """The cell for a typed text; the empty one is a statement, and becomes the word."""
        if not text.strip():
            return self.clear
        if slot.choices or slot.kind is Kind.FLAG:
            return self.shown(slot, text)
        found = self._clear.fullmatch(text)
        if found:
            before, opening, word, closing, after = found.groups()
            return f"{before}[{opening}{word}{closing}]{after}"
        return text

    def shown(self, slot: Slot, code: str) -> str:
        """The word for a code; what is none as it stands."""
        if slot.kind is Kind.FLAG:
            return self.words.flag(code == "yes") if code in ("yes", "no") else code
        return next((self.words.label(c) for c in slot.choices if str(c) == code), code)

    def read(self, slot: Slot, cell: str) -> str | None:
        """The typed text of a cell, ``""`` for the word that empties it, ``None`` for a blank."""
        if not cell or cell.isspace():
            return None
        found = self._clear.fullmatch(cell) if "]" in cell else None
        if found:
            before, opening, word, closing, after = found.groups()
            if len(opening) == len(closing) == 1:
                return ""
            if len(opening) > 1 and len(closing) > 1:
                return f"{before}{opening[1:]}{word}{closing[1:]}{after}"
        if slot.choices or slot.kind is Kind.FLAG:
            return self._codes(slot).get(_folded(cell), cell)
        return cell

    def _codes(self, slot: Slot) -> dict[str, str]:
        """Codes by word: in the language of the file, in English, and themselves."""
        kept = f"{slot.key}/{slot.kind}/{len(slot.choices)}"
        if kept not in self._known:
            english = Words(SOURCE_LANGUAGE, translator(SOURCE_LANGUAGE))
            codes = ["yes", "no"] if slot.kind is Kind.FLAG else [str(c) for c in slot.choices]
            self._known[kept] = {
                _folded(word): code
                for code in codes
                for word in (code, CellWords(english).shown(slot, code), self.shown(slot, code))
            }
            if slot.kind is Kind.FLAG:
                self._known[kept] |= {"true": "yes", "false": "no"}
        return self._known[kept]


def _folded(word: str) -> str:
    """As it is compared: however it was typed, in whatever case and with whatever apostrophe."""
    return " ".join(word.split()).casefold().translate(TYPED)
