"""Voluntary national and regional targets."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from tracker.domain import values
from tracker.domain.documents import Level
from tracker.domain.errors import Problem
from tracker.domain.item_fields import Part, audience_or, choice, short_text
from tracker.domain.progress import Audience


@dataclass(frozen=True, slots=True)
class Target:
    """One voluntary target. ``baseline`` and ``value`` are decimal numbers as text, in ``unit``.

    ``year`` is the one by which it is to be reached.
    """

    statement: str = ""
    level: Level | None = None
    baseline: str = ""
    value: str = ""
    unit: str = ""
    year: int | None = None
    paragraphs: tuple[int, ...] = ()
    audience: Audience = Audience.PUBLIC

    PART: ClassVar[Part] = Part.TARGETS
    NEEDED: ClassVar[tuple[str, ...]] = ("statement",)
    PARSERS: ClassVar[Mapping[str, Callable[..., Any]]] = {
        "statement": values.parse_text,
        "level": choice(Level),
        "baseline": values.parse_decimal,
        "value": values.parse_decimal,
        "unit": short_text,
        "year": values.parse_year,
        "paragraphs": values.parse_paragraphs,
        "audience": audience_or(Audience.PUBLIC),
    }
    TEXTS: ClassVar[tuple[str, ...]] = ("statement", "unit")

    def problems(self) -> Iterable[Problem]:
        """What the fields together do not allow: nothing yet."""
        return ()
