"""What was struck out, in words of ours: where a text stood and which text it was, never its own.

Sentences are in English, with the number that fills them: translated where they are shown.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Set
from enum import StrEnum
from typing import Any
from unicodedata import category
from urllib.parse import unquote

from tracker.domain.assistance import Assistance
from tracker.domain.contacts import Contact
from tracker.domain.item_fields import Part
from tracker.domain.items import Item, item_from
from tracker.domain.labels import label
from tracker.domain.marking import N_
from tracker.domain.searching import fold, ranges

Word = tuple[str, int | None]

PARAGRAPH = N_("Paragraph %(number)s")
SUBMISSION = N_("Submission %(number)s")
REOPENING = N_("Reopening")  # names no submission
_LAWS = {
    "title": N_("Law or instrument %(number)s"),
    "adopted_on": N_("Law or instrument %(number)s, date"),
    "link": N_("Law or instrument %(number)s, link"),
}
_ANSWER = {
    "reason": N_("Reason"),
    "narrative": N_("What was done"),
    "lead_agency": N_("Lead agency"),
}
_FILE = {"title": N_("The file with its title"), "filename": N_("Its name alone")}
_ITEM = {
    "name": N_("Name"),
    "position": N_("Title or position"),
    "organisation": N_("Organisation"),
    "address": N_("Address"),
    "phone": N_("Telephone"),
    "email": N_("E-mail"),
    "description": N_("Description"),
    "partner": N_("Partner"),
    "statement": N_("Target"),
    "unit": N_("Unit"),
}
_EVENT = {
    "question": N_("Question"),
    "reply": N_("Reply"),
    "submitter_name": N_("Name of who submitted"),
    "submitter_title": N_("Title or position of who submitted"),
}


def answer_text(field: str) -> Word:
    """A text of an answer as the chain names it: ``measures.0.title``."""
    if not field.startswith("measures."):
        return _ANSWER.get(field, field), None
    _, number, part = field.split(".")
    return _LAWS.get(part, field), int(number) + 1


def item_name(item: Item) -> tuple[str, ...]:
    """What a row of a table is, without anything that was typed."""
    codes: tuple[StrEnum | None, ...]
    if isinstance(item, Contact):
        codes = (item.kind,)
    elif isinstance(item, Assistance):
        codes = item.direction, item.theme
    else:
        codes = (item.level,)
    return tuple(label(code) for code in codes if code) or (N_("Voluntary target"),)


def place_of(subject: str, facts: Mapping[str, Any]) -> tuple[Word, ...]:
    """Where the texts of a link of the chain stand: the paragraph, or the table and its row."""
    kind, _, name = subject.partition("/")
    if kind in list(Part):
        part = Part(kind)
        row = () if facts.get("removed") else item_name(item_from(part, facts, {}))
        return tuple((word, None) for word in (label(part), *row))
    key = str(facts.get("commitment", subject))  # a file names the paragraph it belongs to
    if key:
        return ((PARAGRAPH, int(key.rpartition("/")[2])),)
    if "number" in facts:
        return ((SUBMISSION, int(facts["number"])),)
    return ((REOPENING, None),)


def text_of(subject: str, field: str) -> Word:
    """Which of the texts there it is."""
    kind = subject.partition("/")[0]
    if kind in list(Part):
        return _ITEM.get(field, field), None
    if kind == "files":
        return _FILE.get(field, field), None
    return (_EVENT[field], None) if field in _EVENT else answer_text(field)


def say(words: Iterable[Word], translate: Callable[[str], str]) -> str:
    """These words in a language, parted by dots."""
    said = (
        translate(text) if number is None else translate(text) % {"number": number}
        for text, number in words
    )
    return " · ".join(said)


BETWEEN_DIGITS = r"(?:[^\w,;:]|_)*"  # what parts two numbers parts no digits of one
NUMBER = re.compile(rf"{BETWEEN_DIGITS}(?:\d{BETWEEN_DIGITS})+")
LAST_SPACED = 0x0530  # Latin, Greek and Cyrillic: words end where letters and digits end
WORD = re.compile(rf"(?:[^\W_]|[{ranges(lambda sign: category(sign).startswith('M'))}])+")
"""Letters and digits, with the signs of vowels that stand on them."""
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ud7ff\uf900-\ufaff]")


def occurs(words: str, text: str) -> bool:
    """Whether a name or number stands in a text, whatever its case and accents and what parts it:
    so also in an address of mail or a link.

    As whole words, but in scripts that join words or write them together; of a number only the
    digits count.
    """
    wanted = fold(words)
    parts = WORD.findall(wanted)
    if not parts:
        return False
    pattern = r"[\W_]*".join(parts)
    if NUMBER.fullmatch(wanted):
        pattern = BETWEEN_DIGITS.join("".join(parts))
    if in_spaced_script(wanted):
        pattern = rf"(?<![^\W_]){pattern}(?![^\W_])"
    return any(re.search(pattern, fold(read)) for read in {text, unquote(text)})


def in_spaced_script(words: str) -> bool:
    """Whether all letters are of scripts in which a word ends where its letters end."""
    return all(ord(sign) < LAST_SPACED for sign in fold(words) if sign.isalnum())


def is_wording_of(text: str, struck: Set[str]) -> bool:
    """Whether at least half of the words of a text are among those of one that is struck out."""
    words = words_in(text)
    return 2 * len(words & struck) >= len(words) > 0


def words_in(text: str) -> set[str]:
    """Words; where they are written together, each two signs that follow each other."""
    found = set(WORD.findall(fold(text)))
    joined = {word for word in found if UNSPACED.search(word)}
    pairs = {word[at : at + 2] for word in joined for at in range(max(len(word) - 1, 1))}
    return found - joined | pairs
