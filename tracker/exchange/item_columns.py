"""Contacts, assistance and targets as columns: one list for every file that holds them.

``choices`` are codes as ``tracker.domain.items.parse_item`` reads them.
"""

from collections.abc import Mapping
from typing import Any

from tracker.domain.assistance import Assistance, AssistanceKind, AssistanceStatus, Direction
from tracker.domain.contacts import Contact, ContactKind
from tracker.domain.documents import Level, Theme
from tracker.domain.item_fields import Part
from tracker.domain.messages import N_
from tracker.domain.progress import Audience
from tracker.domain.targets import Target
from tracker.exchange.columns import Column, Columns, Kind

PARAGRAPHS = N_(
    "Paragraphs of the outcome document that it serves, parted by commas; spans too: 28, 30-32."
)


def _paragraphs(item: Assistance | Target) -> str:
    return ", ".join(str(number) for number in item.paragraphs)


CONTACT_COLUMNS: tuple[Column[Contact], ...] = (
    Column(
        "kind",
        N_("Contact"),
        Kind.LABEL,
        30,
        lambda item: item.kind,
        N_("The coordination body, or the point of contact for one of the two instruments."),
        choices=tuple(ContactKind),
    ),
    Column(
        "name",
        N_("Name"),
        Kind.TYPED,
        28,
        lambda item: item.name,
        N_("Name of the body or of the person."),
    ),
    Column(
        "position",
        N_("Title or position"),
        Kind.TYPED,
        22,
        lambda item: item.position,
        N_("Title or position of the person."),
    ),
    Column(
        "organisation",
        N_("Organisation"),
        Kind.TYPED,
        28,
        lambda item: item.organisation,
        N_("Ministry or agency."),
    ),
    Column(
        "address",
        N_("Address"),
        Kind.TYPED,
        34,
        lambda item: item.address,
        N_("Postal address."),
    ),
    Column("phone", N_("Telephone"), Kind.TYPED, 18, lambda item: item.phone, N_("Telephone.")),
    Column("email", N_("E-mail"), Kind.TYPED, 28, lambda item: item.email, N_("E-mail address.")),
    Column(
        "women",
        N_("Women"),
        Kind.NUMBER,
        9,
        lambda item: item.women,
        N_("Women among the members of the coordination body; empty is unknown."),
    ),
    Column(
        "men",
        N_("Men"),
        Kind.NUMBER,
        9,
        lambda item: item.men,
        N_("Men among the members of the coordination body; empty is unknown."),
    ),
    Column(
        "confirmed_on",
        N_("Last confirmed on"),
        Kind.TYPED,
        14,
        lambda item: item.confirmed_on,
        N_("Day on which the State last confirmed the entry: 2024-06-30."),
    ),
    Column(
        "audience",
        N_("Audience"),
        Kind.LABEL,
        16,
        lambda item: item.audience,
        N_("Who may read it; contacts are for the secretariat unless the State says more."),
        choices=tuple(Audience),
    ),
)

ASSISTANCE_COLUMNS: tuple[Column[Assistance], ...] = (
    Column(
        "direction",
        N_("Needed or offered"),
        Kind.LABEL,
        12,
        lambda item: item.direction,
        N_("Whether the State needs the assistance or offers it."),
        choices=tuple(Direction),
    ),
    Column(
        "theme",
        N_("Theme"),
        Kind.LABEL,
        24,
        lambda item: item.theme,
        N_("What it is about."),
        choices=tuple(Theme),
    ),
    Column(
        "kind",
        N_("Kind of assistance"),
        Kind.LABEL,
        20,
        lambda item: item.kind,
        N_("Funds, equipment, training and so on; empty where the State did not say."),
        choices=tuple(AssistanceKind),
    ),
    Column(
        "description",
        N_("Description"),
        Kind.TYPED,
        60,
        lambda item: item.description,
        N_("What is needed or offered, as typed."),
    ),
    Column("paragraphs", N_("Paragraphs"), Kind.TYPED, 16, _paragraphs, PARAGRAPHS),
    Column(
        "amount",
        N_("Amount"),
        Kind.NUMBER,
        18,
        lambda item: item.amount,
        N_("Whole units of the currency, at most 15 digits; empty is unknown."),
    ),
    Column(
        "currency",
        N_("Currency"),
        Kind.TYPED,
        10,
        lambda item: item.currency,
        N_("Three letters (ISO 4217), such as USD."),
    ),
    Column(
        "partner",
        N_("Partner"),
        Kind.TYPED,
        26,
        lambda item: item.partner,
        N_("From whom it is asked, or to whom it is offered, if somebody is named."),
    ),
    Column(
        "status",
        N_("Standing of the assistance"),
        Kind.LABEL,
        18,
        lambda item: item.status,
        N_("What has become of it."),
        choices=tuple(AssistanceStatus),
    ),
    Column(
        "audience",
        N_("Audience"),
        Kind.LABEL,
        16,
        lambda item: item.audience,
        N_("Who may read it."),
        choices=tuple(Audience),
    ),
)

TARGET_COLUMNS: tuple[Column[Target], ...] = (
    Column(
        "statement",
        N_("Target"),
        Kind.TYPED,
        60,
        lambda item: item.statement,
        N_("What is to be reached, as typed."),
    ),
    Column(
        "level",
        N_("Level"),
        Kind.LABEL,
        16,
        lambda item: item.level,
        N_("National, regional or global; empty where the State did not say."),
        choices=tuple(Level),
    ),
    Column(
        "baseline",
        N_("Baseline"),
        Kind.TYPED,
        12,
        lambda item: item.baseline,
        N_("The number from which it starts, in the unit."),
    ),
    Column(
        "value",
        N_("Target value"),
        Kind.TYPED,
        12,
        lambda item: item.value,
        N_("The number to be reached, in the unit."),
    ),
    Column(
        "unit", N_("Unit"), Kind.TYPED, 18, lambda item: item.unit, N_("What the numbers count.")
    ),
    Column(
        "year",
        N_("By the year"),
        Kind.NUMBER,
        10,
        lambda item: item.year,
        N_("Year by which it is to be reached."),
    ),
    Column("paragraphs", N_("Paragraphs"), Kind.TYPED, 16, _paragraphs, PARAGRAPHS),
    Column(
        "audience",
        N_("Audience"),
        Kind.LABEL,
        16,
        lambda item: item.audience,
        N_("Who may read it."),
        choices=tuple(Audience),
    ),
)
ITEM_COLUMNS: Mapping[Part, Columns[Any]] = {
    Part.CONTACTS: CONTACT_COLUMNS,
    Part.ASSISTANCE: ASSISTANCE_COLUMNS,
    Part.TARGETS: TARGET_COLUMNS,
}
