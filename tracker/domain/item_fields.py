"""What the tables of a report have in common: their names, and how a field is read."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import TypeVar

from tracker.domain import values
from tracker.domain.progress import Audience

E = TypeVar("E", bound=StrEnum)


class Part(StrEnum):
    """A table of a report that stands beside its answers and figures."""

    CONTACTS = "contacts"
    ASSISTANCE = "assistance"
    TARGETS = "targets"


def choice(kind: type[E], default: E | None = None) -> Callable[..., E | None]:
    """A parser of one code of ``kind``; nothing typed means ``default``."""

    def parse(raw: str | None, *, place: str) -> E | None:
        return values.parse_choice(raw, kind, place) or default

    return parse


def audience_or(default: Audience) -> Callable[..., Audience]:
    """A parser of an audience; nothing typed means ``default``."""
    return partial(values.parse_audience, default=default)


short_text = partial(values.parse_text, limit=values.SHORT_TEXT)
