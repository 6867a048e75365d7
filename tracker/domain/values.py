"""Parsing of single values. Each function takes what was typed and raises ``Invalid``.

Texts are kept as typed, but for line ends, which become LF.
"""

import re
import unicodedata
from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

from tracker.domain.currencies import CURRENCIES
from tracker.domain.errors import Invalid, Problem
from tracker.domain.progress import Audience, Progress

LONG_TEXT = 32_000
SHORT_TEXT = 1_000
LARGEST_COUNT = 999_999_999
LARGEST_AMOUNT = 999_999_999_999_999  # of money; a cell of a workbook holds no more digits
FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST_SPAN = 100  # paragraphs
LANGUAGES = ("ar", "zh", "en", "fr", "ru", "es")
NARRATIVE_LANGUAGES = (*LANGUAGES, "other")
E = TypeVar("E", bound=StrEnum)

_IN_THOUSANDS = re.compile("[1-9][0-9]{0,2}([,\u066c][0-9]{3})+")
_AMBIGUOUS = re.compile("-?[1-9][0-9]{0,2}[.,][0-9]{3}")

# What XML 1.0 cannot hold: a workbook with one of these could not be opened any more.
_REFUSED = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def utf16_units(text: str) -> int:
    """The length of a text as workbooks count it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_text(raw: str | None, *, place: str, limit: int = LONG_TEXT) -> str:
    """A text of any script, at most ``limit`` UTF-16 units; only blanks is no text."""
    text = (raw or "").replace("\r\n", "\n").replace("\r", "\n")
    refused = sorted(set(_REFUSED.findall(text)))
    if refused:
        names = ", ".join(_name(character) for character in refused)
        raise Invalid(Problem("refused-characters", place, {"characters": names}))
    length = utf16_units(text)
    if length > limit:
        raise Invalid(Problem("text-too-long", place, {"length": length, "limit": limit}))
    return text if text.strip() else ""


def without_refused(text: str) -> str:
    """A text that nobody can correct any more, such as the name of a file: what no text may hold,
    bytes that were no text among it, becomes U+FFFD.
    """
    return _REFUSED.sub("\ufffd", text)


def _name(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()


def parse_choice(raw: str | None, kind: type[E], place: str) -> E | None:
    """The member of ``kind`` with this code, or nothing where nothing was typed."""
    value = (raw or "").strip()
    if not value:
        return None
    try:
        return kind(value)
    except ValueError:
        allowed = ", ".join(kind)
        raise Invalid(
            Problem("not-a-choice", place, {"value": value[:80], "allowed": allowed})
        ) from None


def parse_progress(raw: str | None, *, place: str) -> Progress | None:
    """One of the five values, or nothing."""
    return parse_choice(raw, Progress, place)


def parse_audience(raw: str | None, *, place: str, default: Audience | None = None) -> Audience:
    """Who may read it; nothing means ``default``, and without one it is required."""
    audience = parse_choice(raw, Audience, place) or default
    if audience is None:
        raise Invalid(Problem("required", place))
    return audience


def parse_language(raw: str | None, *, place: str) -> str:
    """A language code of ``NARRATIVE_LANGUAGES``, or ``""``."""
    typed = (raw or "").strip()
    value = typed.lower()
    if value and value not in NARRATIVE_LANGUAGES:
        allowed = ", ".join(NARRATIVE_LANGUAGES)
        raise Invalid(Problem("not-a-choice", place, {"value": typed[:80], "allowed": allowed}))
    return value


def parse_flag(raw: str | None, *, place: str) -> bool:
    """A tick: ``y``, ``yes``, ``true``, ``1`` or ``on``; ``no``, ``false``, ``0`` or nothing."""
    typed = (raw or "").strip()
    value = typed.lower()
    if value in ("", "n", "no", "false", "0"):
        return False
    if value in ("y", "yes", "true", "1", "on"):
        return True
    raise Invalid(Problem("not-a-choice", place, {"value": typed[:80], "allowed": "yes, no"}))


def western_digits(raw: str | None) -> str:
    """What was typed without blanks around it, digits of every script as those from 0 to 9."""
    text = (raw or "").strip()
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in text)


def parse_partial_date(raw: str | None, *, place: str) -> str:
    """``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``, or ``""``."""
    value = western_digits(raw)
    if not value:
        return ""
    parts = value.split("-") if re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", value) else []
    try:
        date(*(int(part) for part in [*parts, "01", "01"][:3]))
    except (ValueError, TypeError):
        raise Invalid(Problem("not-a-date", place, {"value": value[:80]})) from None
    return value


def parse_date(raw: str | None, *, place: str) -> date | None:
    """A whole day ``YYYY-MM-DD``, or nothing."""
    value = western_digits(raw)
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Invalid(Problem("not-a-day", place, {"value": value[:80]})) from None


def parse_day(raw: str | None, *, place: str) -> str:
    """A whole day ``YYYY-MM-DD`` as it stands in files, or ``""``."""
    day = parse_date(raw, place=place)
    return day.isoformat() if day else ""


def parse_year(raw: str | None, *, place: str) -> int | None:
    """A year that may lie ahead, or nothing."""
    value = western_digits(raw)
    if not value:
        return None
    year = int(value) if re.fullmatch(r"[0-9]{4}", value) else 0
    if not FIRST_YEAR <= year <= LAST_YEAR:
        bounds = {"value": value[:80], "first": FIRST_YEAR, "last": LAST_YEAR}
        raise Invalid(Problem("not-a-year", place, bounds))
    return year


def parse_decimal(raw: str | None, *, place: str) -> str:
    """A decimal number as text with a point (``12.5``), or ``""``.

    One group of three digits behind a point or comma may be thousands or thousandths, for people
    write either way: it is refused.
    """
    value = re.sub(r"[\s\u00a0\u202f]", "", western_digits(raw))
    if not value:
        return ""
    if not re.fullmatch(r"-?[0-9]{1,12}([.,][0-9]{1,4})?", value):
        raise Invalid(Problem("not-a-decimal", place, {"value": (raw or "").strip()[:80]}))
    if _AMBIGUOUS.fullmatch(value):
        raise Invalid(Problem("ambiguous-decimal", place, {"value": value[:80]}))
    sign, digits = ("-", value[1:]) if value.startswith("-") else ("", value)
    whole, _, rest = digits.replace(",", ".").partition(".")
    rest = rest.rstrip("0")
    number = f"{whole.lstrip('0') or '0'}{'.' if rest else ''}{rest}"
    return number if number == "0" else sign + number


def typed_decimal(number: str) -> str:
    """A decimal number as it would be typed: thousandths with a fourth decimal, ``1.1250``."""
    return f"{number}0" if _AMBIGUOUS.fullmatch(number) else number


def parse_currency(raw: str | None, *, place: str) -> str:
    """A currency by its three letters (ISO 4217), or ``""``."""
    typed = (raw or "").strip()
    value = typed.upper()
    if value and value not in CURRENCIES:
        raise Invalid(Problem("not-a-currency", place, {"value": typed[:80]}))
    return value


def parse_paragraphs(raw: str | None, *, place: str) -> tuple[int, ...]:
    """Numbers of paragraphs and spans of them (``25-30``), parted by commas, semicolons or blanks.

    Each once, in order.
    """
    joined = re.sub(r"\s*[-\u2010-\u2013]\s*", "-", western_digits(raw))
    found: set[int] = set()
    for part in re.split(r"[\s,;،؛]+", joined):
        span = re.fullmatch(r"([0-9]{1,4})(?:-([0-9]{1,4}))?", part)
        first, last = (int(span[1]), int(span[2] or span[1])) if span else (1, 0)
        if part and not 0 <= last - first < LONGEST_SPAN:
            raise Invalid(Problem("not-a-paragraph", place, {"value": part[:80]}))
        found.update(range(first, last + 1))
    return tuple(sorted(found))


def parse_link(raw: str | None, *, place: str) -> str:
    """An http or https address, or ``""``."""
    value = parse_text(raw, place=place, limit=2_000).strip()
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or re.search(r"\s", value):
        raise Invalid(Problem("not-a-link", place, {"value": value[:80]}))
    return value


def parse_amount(raw: str | None, *, place: str) -> int | None:
    """An amount of money in whole units of its currency, read as a count is."""
    return parse_count(raw, place=place, largest=LARGEST_AMOUNT)


def parse_count(raw: str | None, *, place: str, largest: int = LARGEST_COUNT) -> int | None:
    """A whole number from 0, or ``None`` where nothing was typed. Unknown is not 0.

    Blanks and commas between thousands are read over, as the pages write them.
    """
    value = western_digits(raw)
    if not value:
        return None
    compact = re.sub(r"[\s\u00a0\u202f]", "", value)
    if _IN_THOUSANDS.fullmatch(compact):
        compact = re.sub("[,\u066c]", "", compact)
    if re.fullmatch(r"-[0-9]+", compact):
        raise Invalid(Problem("negative-count", place, {"value": value[:80]}))
    if not re.fullmatch(f"[0-9]{{1,{len(str(largest))}}}", compact):
        told = {"value": value[:80], "largest": grouped(largest)}
        raise Invalid(Problem("not-a-count", place, told))
    return int(compact)


def grouped(number: int) -> str:
    """A large number with its digits in threes, as every language reads it."""
    return f"{number:,}".replace(",", "\u00a0")
