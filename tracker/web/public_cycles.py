"""Public pages of the reporting cycles: who reported, and the figures that follow."""

from collections import Counter
from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from tracker.domain.documents import Commitment, OutcomeDocument, Section, Strength
from tracker.domain.progress import Base, Distribution
from tracker.policy.actions import Action
from tracker.policy.scopes import audience_of
from tracker.queries.coverage import CoverageGroup, CoverageRow, coverage_of_cycle
from tracker.queries.cycles import CycleRow, list_cycles
from tracker.queries.figures import CycleFigures, count_published, figures_of_cycle
from tracker.queries.record import official_record
from tracker.queries.states import count_members
from tracker.web.access import requires
from tracker.web.public_choices import (
    by_name,
    choices,
    chosen_base,
    find_document,
    named_cycle,
    shown_keys,
    value_labels,
)
from tracker.web.render import page
from tracker.web.session import current_actor
from tracker.web.transaction import session


@dataclass(frozen=True, slots=True)
class SectionLine:
    """One heading with the figures of everything beneath it: pairs State × commitment."""

    section: Section
    depth: int
    asked: int
    distribution: Distribution


@dataclass(frozen=True, slots=True)
class CommitmentLine:
    """One commitment that asks, with its figures."""

    commitment: Commitment
    distribution: Distribution


@requires(Action.PUBLIC_READ)
def cycles() -> ResponseReturnValue:
    """Every cycle with how many Member States published a report in it."""
    return page(
        "public/cycles.html",
        cycles=list_cycles(session()),
        published=count_published(session()),
        members=count_members(session()),
    )


def find_cycle(slug: str) -> CycleRow:
    """The cycle; ``NotFound`` with a sentence that names what was asked for."""
    return named_cycle(list_cycles(session()), slug)


@requires(Action.PUBLIC_READ)
def cycle(slug: str) -> ResponseReturnValue:
    """Coverage: which States reported, by group, with the meeting's official record beside."""
    found = find_cycle(slug)
    audience = audience_of(current_actor())
    groups = coverage_of_cycle(session(), cycle_id=found.id, audience=audience)
    return page(
        "public/cycle.html",
        cycle=found,
        audience=audience,
        groups=groups,
        members=sum(group.member_states for group in groups),
        published=sum(group.published for group in groups),
        submitted=sum(group.submitted for group in groups),
        rows={group.code: _named(group) for group in groups},
        record=official_record(session(), found.document_slug),
    )


def _named(group: CoverageGroup) -> list[CoverageRow]:
    return by_name(group.rows, lambda row: row.name)


@requires(Action.PUBLIC_READ)
def figures(slug: str) -> ResponseReturnValue:
    """The distribution of progress by section and by commitment, over the base chosen.

    ``?strength=commit&strength=encourage`` counts the commitments of these strengths alone.
    """
    found = find_cycle(slug)
    base, strengths = chosen_base(), choices(Strength, "strength")
    audience = audience_of(current_actor())
    document = find_document(found.document_slug)
    every = figures_of_cycle(session(), cycle_id=found.id, audience=audience)
    counted = every
    if strengths:
        counted = every.only({c.key for c in document.commitments if c.strength in strengths})
    whole = counted.whole
    return page(
        "public/figures.html",
        cycle=found,
        document=document,
        audience=audience,
        counted=counted,
        whole=whole,
        base=base,
        bases=list(Base),
        keys=shown_keys(whole, base),
        labels=value_labels(),
        asked=len(every.commitments),
        strengths=strengths,
        strength_counts=Counter(c.strength for c in document.commitments if c.asks_states),
        sections=_section_lines(document, counted),
        commitments=_commitment_lines(document, counted),
    )


def _section_lines(document: OutcomeDocument, counted: CycleFigures) -> tuple[SectionLine, ...]:
    """Headings with something counted; a heading holds all headings beneath it."""
    lines = []
    asked = {c.key for c in counted.commitments}
    for section in document.sections:
        keys = {
            c.key
            for c in document.commitments
            if c.key in asked and section in document.path(c.section)
        }
        if keys:
            depth = len(document.path(section.code))
            lines.append(SectionLine(section, depth, len(keys), counted.of(keys)))
    return tuple(lines)


def _commitment_lines(
    document: OutcomeDocument, counted: CycleFigures
) -> tuple[CommitmentLine, ...]:
    by_key = {c.key: c for c in document.commitments}
    return tuple(CommitmentLine(by_key[c.key], c.distribution) for c in counted.commitments)
