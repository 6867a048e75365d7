"""States and their groups."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session, aliased

from tracker.domain import states
from tracker.domain.states import StateStatus
from tracker.models import Area, Installation, State
from tracker.queries.kept import kept, version_is


@dataclass(frozen=True, slots=True)
class StateRow:
    """One State with its row id."""

    id: int
    state: states.State


@dataclass(frozen=True, slots=True)
class IntroducedState:
    """One State, whether this installation takes its reports, and the names of its groups."""

    row: StateRow
    takes_part: bool
    group: dict[str, str]
    also_listed: dict[str, str]


def is_member() -> ColumnElement[bool]:
    """The Member States of every base: the real ones, or in a demonstration the invented ones."""
    kind = select(Installation.demonstration).where(Installation.id == 1).scalar_subquery()
    return (State.status == StateStatus.MEMBER) & (State.demonstration == kind)


def reports_here(session: Session, state_id: int) -> bool:
    """Whether this installation takes reports of the State: in a demonstration, invented ones."""
    demonstration = session.scalar(select(State.demonstration).where(State.id == state_id))
    return demonstration is not None and demonstration == is_demonstration(session)


def is_demonstration(session: Session) -> bool:
    """Whether this database holds demonstration data."""
    return bool(session.scalar(select(Installation.demonstration).where(Installation.id == 1)))


def data_version(session: Session) -> int:
    """Counts changes of reference and published data."""
    return session.scalar(select(Installation.data_version).where(Installation.id == 1)) or 0


def installed(session: Session) -> tuple[bool, int]:
    """Whether this database holds demonstration data, and its version; one statement."""
    query = select(Installation.demonstration, Installation.data_version)
    demonstration, version = session.execute(query.where(Installation.id == 1)).one()
    return demonstration, version


def list_states(session: Session, *, members_only: bool = False) -> tuple[StateRow, ...]:
    """States by ISO code: all of them, or the Member States of every base."""
    name = "members" if members_only else "states"
    return kept(
        session, name, lambda: _state_rows(session, is_member() if members_only else true())
    )


def list_reporting_states(session: Session) -> tuple[StateRow, ...]:
    """Member and observer States that may report here, by ISO code."""

    def read() -> tuple[StateRow, ...]:
        kind = select(Installation.demonstration).where(Installation.id == 1).scalar_subquery()
        return _state_rows(session, State.demonstration == kind)

    return kept(session, "reporting-states", read)


def _state_rows(session: Session, which: ColumnElement[bool]) -> tuple[StateRow, ...]:
    query = select(State).where(which).order_by(State.iso3)
    return tuple(StateRow(row.id, state_from(row)) for row in session.scalars(query))


def count_members(session: Session) -> int:
    """How many Member States every base has."""
    return session.scalar(select(func.count()).select_from(State).where(is_member())) or 0


def state_or_none(session: Session, iso3: str) -> StateRow | None:
    """One State by its code, in either case."""
    row = session.scalars(select(State).where(State.iso3 == iso3.upper())).one_or_none()
    return StateRow(row.id, state_from(row)) if row else None


def introduced_state(session: Session, iso3: str) -> IntroducedState | None:
    """One State by its code, in either case, with what its page begins with; one statement."""
    group, also = aliased(Area), aliased(Area)
    found = session.execute(
        select(State, Installation.demonstration, Installation.data_version, group.name, also.name)
        .select_from(State)
        .join(Installation, Installation.id == 1)
        .outerjoin(group, group.code == State.group_code)
        .outerjoin(also, also.code == State.also_listed_code)
        .where(State.iso3 == iso3.upper())
    ).one_or_none()
    if found is None:
        return None
    row, demonstration, version, group_name, also_name = found
    version_is(session, version)
    return IntroducedState(
        StateRow(row.id, state_from(row)),
        row.demonstration == demonstration,
        group_name or {},
        also_name or {},
    )


def state_by_id(session: Session, state_id: int) -> StateRow:
    """One State by its row id."""
    row = session.get_one(State, state_id)
    return StateRow(row.id, state_from(row))


def states_by_id(session: Session, state_ids: Sequence[int]) -> tuple[StateRow, ...]:
    """States by their row ids, in that order."""
    rows = session.scalars(select(State).where(State.id.in_(state_ids)))
    found = {row.id: StateRow(row.id, state_from(row)) for row in rows}
    return tuple(found[state_id] for state_id in state_ids)


def list_areas(session: Session, kind: str | None = None) -> tuple[states.Area, ...]:
    """Groups and regions in their order; ``kind`` is group, region or subregion."""
    areas = kept(session, "areas", lambda: _areas(session))
    return tuple(area for area in areas if area.kind == kind) if kind else areas


def _areas(session: Session) -> tuple[states.Area, ...]:
    rows = session.scalars(select(Area).order_by(Area.position))
    return tuple(states.Area(row.kind, row.code, row.name, row.parent_code) for row in rows)


def state_from(row: State) -> states.State:
    """The stored columns as domain data."""
    return states.State(
        iso3=row.iso3,
        m49=row.m49,
        name=row.name,
        group=row.group_code,
        region=row.region_code,
        subregion=row.subregion_code,
        status=row.status,
        also_listed=row.also_listed_code,
        former_names=tuple(
            states.FormerName(name["language"], name["name"], name["until"])
            for name in row.former_names
        ),
        note=row.note,
        demonstration=row.demonstration,
    )
