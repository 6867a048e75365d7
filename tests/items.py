"""Contacts, assistance and targets for tests, saved by the services alone."""

from typing import Any

from tests.national_reports import Reporting
from tracker.domain.assistance import Assistance, AssistanceKind, Direction
from tracker.domain.contacts import Contact, ContactKind
from tracker.domain.documents import Level, Theme
from tracker.domain.item_fields import Part
from tracker.domain.items import Item
from tracker.domain.progress import Audience
from tracker.domain.targets import Target
from tracker.models.ids import new_public_id
from tracker.services.items import SavedItem, save_item

CONTACT = Contact(
    kind=ContactKind.POA_POINT_OF_CONTACT,
    name="Kofi Boateng",
    position="Director",
    organisation="Ministry of the Interior",
    email="kofi@example.org",
    confirmed_on="2026-01-15",
)
BODY = Contact(
    kind=ContactKind.COORDINATION_BODY,
    name="National Commission",
    women=7,
    men=9,
    audience=Audience.PUBLIC,
)
NEED = Assistance(
    direction=Direction.NEEDED,
    theme=Theme.STOCKPILES,
    kind=AssistanceKind.EQUIPMENT,
    description="Marking machines.\nTwo of them.",
    paragraphs=(28, 30),
    amount=250000,
    currency="USD",
    partner="Anybody",
)
TARGET = Target(
    statement="Mark every State-owned weapon.",
    level=Level.NATIONAL,
    baseline="40",
    value="100",
    unit="per cent",
    year=2030,
    paragraphs=(28,),
    audience=Audience.STATES,
)
EVERY = (CONTACT, BODY, NEED, TARGET)


def save(
    work: Reporting, content: Item | None, item_id: str = "", version: int = 0, **options: Any
) -> SavedItem:
    """Save one item as the focal point; without an id a new one. ``part`` to remove one."""
    return save_item(
        work.session,
        **{
            "actor": work.focal_point,
            "report_id": work.report.id,
            "part": content.PART if content else Part.CONTACTS,
            "item_id": item_id or new_public_id(),
            "expected_version": version,
            "content": content,
            "clock": work.clock,
            **options,
        },
    )


def save_every(work: Reporting) -> dict[Item, str]:
    """One of each; gives the ids."""
    return {content: save(work, content).item_id for content in EVERY}
