"""The words of a file in its language: labels, our own texts, shares and dates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from babel import Locale
from babel.dates import format_date

from tracker.domain import labels
from tracker.domain.messages import N_
from tracker.exchange.shares import percent_of
from tracker.exchange.translations import SOURCE_LANGUAGE, Translate

DAY_LOCALES = {"en": "en_GB"}  # the United Nations write 1 June 2026
FLAG_WORDS = {True: N_("Yes"), False: N_("No")}


@dataclass(frozen=True, slots=True)
class Made:
    """When a file is made, and by whom."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Words:
    """One language. ``translate`` turns an English sentence of ours into it."""

    language: str
    translate: Translate

    def __call__(self, text: str, **values: object) -> str:
        """A sentence of ours, its ``%(name)s`` filled in."""
        translated = self.translate(text) if text else ""
        return translated % values if values else translated

    def label(self, value: StrEnum | str) -> str:
        """The word for an enum member, a language code or a sentence marked for translation."""
        return self.translate(labels.label(value))

    def named(self, name: str, said: str | int) -> str:
        """``Name: what is said``, the colon as this language writes it."""
        return self(N_("%(name)s: %(said)s"), name=name, said=said)

    def listed(self, parts: Iterable[str]) -> str:
        """``one; another``, the semicolon as this language writes it."""
        return self(N_("; ")).join(parts)

    def flag(self, value: bool) -> str:
        """Yes or No."""
        return self.translate(FLAG_WORDS[value])

    def text(self, texts: Mapping[str, str]) -> str:
        """A text in this language, else in English, else in the one there is; ``""`` if none."""
        return (
            texts.get(self.language) or texts.get(SOURCE_LANGUAGE) or next(iter(texts.values()), "")
        )

    def official(self, texts: Mapping[str, str]) -> tuple[str, str]:
        """The official wording and its language: this one, or the one there is."""
        for language in (self.language, SOURCE_LANGUAGE, *texts):
            if texts.get(language):
                return texts[language], language
        return "", self.language

    def share(self, number: int, of: int, *, places: int = 0) -> str:
        """``12/193 (6%)``, see ``percent_of``; never a percentage alone, and none of nothing."""
        if not of:
            return f"{number}/{of}"
        return f"{number}/{of} ({percent_of(number, of, self._locale, places=places)})"

    def day(self, value: date | None) -> str:
        """A day written out."""
        locale = DAY_LOCALES.get(self.language, self._locale)
        return format_date(value, "long", locale=locale) if value else ""

    def instant(self, value: datetime | None) -> str:
        """An instant to the minute, in UTC."""
        if value is None:
            return ""
        return f"{self.day(value.date())}, {value:%H:%M} UTC"

    @property
    def right_to_left(self) -> bool:
        """Whether sheets run from right to left."""
        return self._locale.text_direction == "rtl"

    @property
    def _locale(self) -> Locale:
        return Locale.parse(self.language, sep="-")
