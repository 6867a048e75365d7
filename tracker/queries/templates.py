"""What an offline template is made from: the working copy, as far as who asks may read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.documents import Commitment, OutcomeDocument
from tracker.domain.errors import NotFound, NotPermitted, Problem
from tracker.domain.indicator_tables import years_asked
from tracker.domain.indicators import IndicatorDefinition, years_of
from tracker.domain.item_fields import Part
from tracker.domain.progress import Audience
from tracker.domain.roles import Actor
from tracker.domain.states import State
from tracker.models import NationalReport
from tracker.policy.actions import Action
from tracker.policy.authorise import may
from tracker.policy.rules import Subject
from tracker.policy.scopes import assigned_sections
from tracker.queries.cycles import CycleRow, cycle_or_none
from tracker.queries.documents import document_or_none
from tracker.queries.indicators import ReturnRow, list_indicators, returns_of
from tracker.queries.items import ItemRow, items_of
from tracker.queries.responses import ResponseRow, responses_of
from tracker.queries.states import is_demonstration, state_by_id

Sections = tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class TemplateFrame:
    """What a template of one State in one cycle is about.

    ``report`` is the public id of the working copy, ``""`` where none was begun. ``sections``
    are those of a contributor; ``None`` for the whole report with its items and figures.
    """

    state: State
    state_id: int
    cycle: CycleRow
    document: OutcomeDocument
    indicators: tuple[IndicatorDefinition, ...]
    report: str
    report_id: int | None
    default_audience: Audience
    sections: Sections
    demonstration: bool

    @property
    def commitments(self) -> tuple[Commitment, ...]:
        """The commitments that it asks for, in order."""
        return tuple(
            commitment
            for commitment in self.document.commitments
            if commitment.asks_states
            and (self.sections is None or commitment.section in self.sections)
        )


@dataclass(frozen=True, slots=True)
class TemplateExport:
    """A working copy as it stands; ``years`` are those of which figures are asked or given."""

    frame: TemplateFrame
    answers: Mapping[str, ResponseRow]
    items: Mapping[Part, tuple[ItemRow, ...]]
    returns: Mapping[str, ReturnRow]
    years: tuple[int, ...]


def template_sections(actor: Actor, state_id: int) -> Sections:
    """The sections of which the actor gets a template; ``NotPermitted`` where none may be read.

    Who may fill in some of them gets those, though it may read all: a file can come back only
    from the hands that may change what it holds.
    """
    subject = Subject(state_id=state_id)
    if actor.operator or may(actor, Action.REPORT_EDIT, subject):
        return None
    if sections := assigned_sections(actor, state_id):
        return sections
    return None if may(actor, Action.REPORT_READ, subject) else _assigned(actor, state_id)


def editable_sections(actor: Actor, state_id: int) -> Sections:
    """The sections that the actor may change; ``NotPermitted`` where none is."""
    if may(actor, Action.REPORT_EDIT, Subject(state_id=state_id)):
        return None
    return _assigned(actor, state_id)


def _assigned(actor: Actor, state_id: int) -> Sections:
    sections = assigned_sections(actor, state_id)
    if not sections:
        raise NotPermitted(Problem("not-permitted"))
    return sections


def template_frame(
    session: Session, *, state_id: int, cycle_slug: str, sections: Sections
) -> TemplateFrame:
    """What a template is about; ``NotFound`` for a cycle that there is not."""
    cycle = cycle_or_none(session, cycle_slug)
    if cycle is None:
        raise NotFound(Problem("unknown-cycle", "cycle", {"slug": cycle_slug[:80]}))
    document = document_or_none(session, cycle.document_slug)
    if document is None:
        raise NotFound(Problem("unknown-document", "", {"slug": cycle.document_slug}))
    report = session.scalars(
        select(NationalReport).where(
            NationalReport.state_id == state_id, NationalReport.cycle_id == cycle.id
        )
    ).one_or_none()
    return TemplateFrame(
        state=state_by_id(session, state_id).state,
        state_id=state_id,
        cycle=cycle,
        document=document,
        indicators=list_indicators(session),
        report=report.public_id if report else "",
        report_id=report.id if report else None,
        default_audience=report.default_audience if report else Audience.PUBLIC,
        sections=sections,
        demonstration=is_demonstration(session),
    )


def template_export(
    session: Session, *, actor: Actor, state_id: int, cycle_slug: str, last_year: int
) -> TemplateExport:
    """The working copy for the actor: its own State's people, or the operator.

    A contributor gets the sections assigned, without items and figures. ``last_year`` is the
    latest of which figures can be given. ``NotPermitted``, ``NotFound``.
    """
    sections = template_sections(actor, state_id)
    frame = template_frame(session, state_id=state_id, cycle_slug=cycle_slug, sections=sections)
    whole = frame.report_id is not None and sections is None
    answers = responses_of(session, frame.report_id) if frame.report_id is not None else {}
    asked = {commitment.key for commitment in frame.commitments}
    returns = returns_of(session, frame.report_id) if whole and frame.report_id else {}
    items: Mapping[Part, tuple[ItemRow, ...]] = {part: () for part in Part}
    if whole and frame.report_id:
        items = items_of(session, frame.report_id)
    return TemplateExport(
        frame=frame,
        answers={key: row for key, row in answers.items() if key in asked},
        items=items,
        returns=returns,
        years=_years(frame, returns, last_year),
    )


def _years(
    frame: TemplateFrame, returns: Mapping[str, ReturnRow], last_year: int
) -> tuple[int, ...]:
    dates = frame.cycle.dates
    asked = years_asked(dates.opens_on, dates.period_from, dates.period_to, last=last_year)
    stored: set[Any] = {year for row in returns.values() for year in years_of(row.figures)}
    return tuple(sorted({*asked, *stored}))
