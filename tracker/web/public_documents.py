"""Public pages of the outcome documents: the text, under its headings."""

from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from tracker.domain.documents import (
    Addressee,
    Commitment,
    OutcomeDocument,
    Section,
    Strength,
    Theme,
)
from tracker.policy.actions import Action
from tracker.queries.cycles import list_cycles
from tracker.queries.documents import list_documents
from tracker.web.access import requires
from tracker.web.public_choices import (
    choice,
    find_document,
)
from tracker.web.render import page
from tracker.web.transaction import session


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader wants to see of a document; ``None`` is everything."""

    addressee: Addressee | None = None
    strength: Strength | None = None
    theme: Theme | None = None

    def admit(self, commitment: Commitment) -> bool:
        """Whether the commitment is among what was asked for."""
        return (
            self.addressee in (None, commitment.addressee)
            and self.strength in (None, commitment.strength)
            and (self.theme is None or self.theme in commitment.themes)
        )

    @property
    def active(self) -> bool:
        """Whether anything is left out."""
        return bool(self.addressee or self.strength or self.theme)


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of the tree with the commitments that stand directly under it."""

    section: Section
    depth: int
    commitments: tuple[Commitment, ...]


@requires(Action.PUBLIC_READ)
def documents() -> ResponseReturnValue:
    """Every outcome document."""
    return page("public/documents.html", documents=list_documents(session()))


@requires(Action.PUBLIC_READ)
def document(slug: str) -> ResponseReturnValue:
    """The headings with their chapeaux, and the commitments that the filters admit."""
    found = find_document(slug)
    filters = Filters(
        choice(Addressee, "addressee"), choice(Strength, "strength"), choice(Theme, "theme")
    )
    return page(
        "public/document.html",
        document=found,
        headings=headings_of(found, filters),
        shown=sum(filters.admit(c) for c in found.commitments),
        filters=filters,
        choices={"addressee": list(Addressee), "strength": list(Strength), "theme": list(Theme)},
        cycles=list_cycles(session(), slug),
    )


def headings_of(document: OutcomeDocument, filters: Filters) -> tuple[Heading, ...]:
    """The tree in order; under filters only headings with something beneath them."""
    admitted = [c for c in document.commitments if filters.admit(c)]
    used = {section.code for c in admitted for section in document.path(c.section)}
    return tuple(
        Heading(
            section,
            len(document.path(section.code)),
            tuple(c for c in admitted if c.section == section.code),
        )
        for section in document.sections
        if section.code in used or not filters.active
    )
