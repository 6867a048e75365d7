"""Contacts of a report: the national coordination body and the points of contact."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from tracker.domain import values
from tracker.domain.errors import Problem
from tracker.domain.item_fields import Part, audience_or, choice, short_text
from tracker.domain.people import parse_email
from tracker.domain.progress import Audience


class ContactKind(StrEnum):
    """Whom the report names: the first section of the report template asks for these three."""

    COORDINATION_BODY = "coordination_body"
    POA_POINT_OF_CONTACT = "poa_point_of_contact"
    ITI_POINT_OF_CONTACT = "iti_point_of_contact"


CONFIRMED_FOR = timedelta(days=365)


def _email(raw: str | None, *, place: str) -> str:
    return parse_email(raw, place=place) if (raw or "").strip() else ""


@dataclass(frozen=True, slots=True)
class Contact:
    """The coordination body or a point of contact. Empty texts are ``""``, unknown numbers None.

    ``women`` and ``men`` count the members of the coordination body. ``confirmed_on`` is the day
    on which the State last confirmed the entry, ``YYYY-MM-DD`` or ``""``.
    """

    kind: ContactKind | None = None
    name: str = ""
    position: str = ""
    organisation: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    women: int | None = None
    men: int | None = None
    confirmed_on: str = ""
    audience: Audience = Audience.SECRETARIAT

    PART: ClassVar[Part] = Part.CONTACTS
    NEEDED: ClassVar[tuple[str, ...]] = ("kind", "name")
    PARSERS: ClassVar[Mapping[str, Callable[..., Any]]] = {
        "kind": choice(ContactKind),
        "name": short_text,
        "position": short_text,
        "organisation": short_text,
        "address": short_text,
        "phone": short_text,
        "email": _email,
        "women": values.parse_count,
        "men": values.parse_count,
        "confirmed_on": values.parse_day,
        "audience": audience_or(Audience.SECRETARIAT),
    }
    TEXTS: ClassVar[tuple[str, ...]] = (
        "name",
        "position",
        "organisation",
        "address",
        "phone",
        "email",
    )

    def to_confirm(self, today: date) -> bool:
        """Whether the State never confirmed the entry, or last did so more than a year ago."""
        return self.confirmed_on < (today - CONFIRMED_FOR).isoformat()

    def not_yet(self, latest_day: date) -> Iterable[Problem]:
        """What is wrong with a day that has not come: nobody can have confirmed anything on it."""
        if self.confirmed_on > latest_day.isoformat():
            yield Problem("confirmed-in-future", "confirmed_on", {"value": self.confirmed_on})

    def problems(self) -> Iterable[Problem]:
        """What the fields together do not allow."""
        counted = [name for name in ("women", "men") if getattr(self, name) is not None]
        if counted and self.kind is not ContactKind.COORDINATION_BODY:
            yield from (Problem("members-of-a-body-only", name) for name in counted)
