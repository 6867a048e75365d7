"""What States say, answer by answer, as one reader may see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.domain import states as states_domain
from tracker.domain.progress import Absence, Audience
from tracker.domain.responses import ResponseContent
from tracker.domain.roles import Actor, Role
from tracker.models import Area, Commitment, State, Submission, SubmissionResponse
from tracker.policy.scopes import audience_of
from tracker.queries.figures import shown_submissions, value_key
from tracker.queries.states import is_member
from tracker.queries.struck_and_files import ShownFile, of_answers
from tracker.queries.submissions import (
    SubmissionRow,
    list_submissions_of_state,
    submitted_content,
)


@dataclass(frozen=True, slots=True)
class StateAnswer:
    """One State on one commitment; ``value`` is the one of ``COUNT_KEYS`` it counts under.

    ``content`` is ``None`` where there is none or it is withheld from this reader. A State's own
    people read their answer although it counts as withheld in figures for their level.
    ``struck``: reasons by field of what was struck out. Observer States are no ``is_member``.
    ``files`` belong to the submission of this ``number``.
    """

    iso3: str
    name: dict[str, str]
    is_member: bool
    value: str
    group: states_domain.Area | None = None
    is_published: bool = False
    content: ResponseContent | None = None
    struck: Mapping[str, str] = field(default_factory=dict)
    files: tuple[ShownFile, ...] = ()
    number: int = 0


def reader_level(actor: Actor, state_id: int) -> Audience:
    """The level at which the actor reads the answers of this State."""
    if actor.holds(Role.FOCAL_POINT, Role.OBSERVER, state_id=state_id):
        return Audience.SECRETARIAT
    return audience_of(actor)


def answers_to_commitment(
    session: Session, *, actor: Actor, cycle_id: int, key: str
) -> tuple[StateAnswer, ...]:
    """Every Member State, and every observer that answered, by group and code."""
    audience = audience_of(actor)
    shown = _shown(session, cycle_id, key, audience)
    answered = {state: row for state, (row, _, _) in shown.items() if row}
    readable = {
        state: row
        for state, row in answered.items()
        if reader_level(actor, state).admits(row.audience)
    }
    beside = of_answers(session, readable.values())
    states = session.execute(
        select(State.id, State.iso3, State.name, is_member().label("is_member"), Area)
        .outerjoin(Area, Area.code == State.group_code)
        .where(is_member() | State.id.in_(shown))
        .order_by(Area.position, State.iso3)
    )
    answers = []
    for state_id, iso3, name, member, area in states:
        group = states_domain.Area(area.kind, area.code, area.name) if area else None
        row, published, number = shown.get(state_id, (None, False, 0))
        if row is None:
            absence = Absence.NOT_ANSWERED if state_id in shown else Absence.NOT_REPORTED
            if member:
                answers.append(StateAnswer(iso3, name, True, absence.value, group))
            continue
        struck = beside.struck.get(row.revision_id, ())
        answers.append(
            StateAnswer(
                iso3=iso3,
                name=name,
                is_member=bool(member),
                value=value_key(row.progress, row.audience, audience),
                group=group,
                is_published=published,
                content=submitted_content(row) if state_id in readable else None,
                struck={text.field: text.reason for text in struck},
                files=beside.files.get((row.submission_id, key), ()),
                number=number,
            )
        )
    return tuple(answers)


def _shown(
    session: Session, cycle_id: int, key: str, audience: Audience
) -> dict[int, tuple[SubmissionResponse | None, bool, int]]:
    """By State what its submission says on the commitment, whether it is published, its number."""
    shown = shown_submissions(cycle_id, audience).subquery()
    asked = select(Commitment.id).where(Commitment.key == key).scalar_subquery()
    of_it = and_(
        SubmissionResponse.submission_id == shown.c.id, SubmissionResponse.commitment_id == asked
    )
    rows = session.execute(
        select(shown.c.state_id, SubmissionResponse, Submission.published_at, Submission.number)
        .join(Submission, Submission.id == shown.c.id)
        .outerjoin(SubmissionResponse, of_it)
    )
    return {
        state_id: (row, published_at is not None, number)
        for state_id, row, published_at, number in rows
    }


def shown_of_state(
    session: Session, actor: Actor, state_id: int
) -> tuple[tuple[SubmissionRow, ...], tuple[SubmissionRow, ...]]:
    """The submission shown of each cycle, then the others ever published; the latest first."""
    rows = list_submissions_of_state(session, actor, state_id)
    if actor.in_secretariat:
        candidates = [row for row in rows if row.withdrawn_at is None]
    else:
        candidates = [row for row in rows if row.published_at and not row.superseded_at]
    shown: dict[str, SubmissionRow] = {}
    for row in candidates:
        shown.setdefault(row.cycle_slug, row)
    others = (row for row in rows if row.published_at and row not in shown.values())
    return tuple(shown.values()), tuple(others)
