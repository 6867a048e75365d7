"""Assistance that a State needs or offers, tied to what it is for."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from tracker.domain import values
from tracker.domain.documents import Theme
from tracker.domain.errors import Problem
from tracker.domain.item_fields import Part, audience_or, choice, short_text
from tracker.domain.progress import Audience


class Direction(StrEnum):
    """Which way assistance goes."""

    NEEDED = "needed"
    OFFERED = "offered"


class AssistanceKind(StrEnum):
    """What kind of assistance."""

    FINANCIAL = "financial"
    EQUIPMENT = "equipment"
    TRAINING = "training"
    EXPERTISE = "expertise"
    LEGISLATION = "legislation"
    INFORMATION = "information"
    OTHER = "other"


class AssistanceStatus(StrEnum):
    """What has become of a need or an offer."""

    OPEN = "open"
    UNDER_DISCUSSION = "under_discussion"
    AGREED = "agreed"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Assistance:
    """One need or one offer. ``amount`` is in whole units of ``currency`` (ISO 4217).

    ``paragraphs`` are those of the outcome document that it serves.
    """

    direction: Direction | None = None
    theme: Theme | None = None
    kind: AssistanceKind | None = None
    description: str = ""
    paragraphs: tuple[int, ...] = ()
    amount: int | None = None
    currency: str = ""
    partner: str = ""
    status: AssistanceStatus = AssistanceStatus.OPEN
    audience: Audience = Audience.PUBLIC

    PART: ClassVar[Part] = Part.ASSISTANCE
    NEEDED: ClassVar[tuple[str, ...]] = ("direction", "theme", "description")
    PARSERS: ClassVar[Mapping[str, Callable[..., Any]]] = {
        "direction": choice(Direction),
        "theme": choice(Theme),
        "kind": choice(AssistanceKind),
        "description": values.parse_text,
        "paragraphs": values.parse_paragraphs,
        "amount": values.parse_amount,
        "currency": values.parse_currency,
        "partner": short_text,
        "status": choice(AssistanceStatus, AssistanceStatus.OPEN),
        "audience": audience_or(Audience.PUBLIC),
    }
    TEXTS: ClassVar[tuple[str, ...]] = ("description", "partner")

    def problems(self) -> Iterable[Problem]:
        """What the fields together do not allow."""
        if self.amount is not None and not self.currency:
            yield Problem("amount-needs-currency", "currency")
