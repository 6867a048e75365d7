"""Items of the report template of the Programme of Action that are cited by number.

The template was renumbered twice and not all of it is public. Only numbers that could be read
in a report made with it stand here, of the generation named; where none is known, none is cited.
"""

from dataclasses import dataclass

from tracker.domain.contacts import ContactKind
from tracker.domain.documents import ReportSection
from tracker.domain.messages import N_

GENERATION = N_("Report template of 2020")
SOURCE = "https://docslib.org/doc/7942479/"


@dataclass(frozen=True, slots=True)
class TemplateItem:
    """One item of the template of 2020: its number, and in our words what it asks for."""

    section: ReportSection
    number: str
    asks: str


_COORDINATION, _BROKERING = ReportSection.COORDINATION, ReportSection.BROKERING
TEMPLATE_ITEMS = (
    TemplateItem(_COORDINATION, "1.1", N_("national coordination body, with its composition")),
    TemplateItem(_COORDINATION, "1.2", N_("national point of contact, Programme of Action")),
    TemplateItem(_COORDINATION, "1.2.3", N_("point of contact for tracing, where another")),
    TemplateItem(_COORDINATION, "1.3", N_("national action plan")),
    TemplateItem(_BROKERING, "4.1", N_("laws on brokering")),
    TemplateItem(_BROKERING, "4.1.2", N_("registration of brokers")),
    TemplateItem(_BROKERING, "4.1.3", N_("licence for each transaction")),
    TemplateItem(_BROKERING, "4.2", N_("activities related to brokering")),
)
CONTACT_ITEMS = {
    ContactKind.COORDINATION_BODY: "1.1",
    ContactKind.POA_POINT_OF_CONTACT: "1.2",
    ContactKind.ITI_POINT_OF_CONTACT: "1.2.3",
}


def items_of_section(section: ReportSection) -> tuple[TemplateItem, ...]:
    """The items of a section whose numbers are known; most sections have none."""
    return tuple(item for item in TEMPLATE_ITEMS if item.section is section)
