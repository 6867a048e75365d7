"""Taking in values of an indicator that others published."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.errors import Invalid, Problem
from tracker.domain.published import (
    BadLines,
    LineProblem,
    PublishedChanges,
    PublishedFile,
    PublishedRow,
    is_invented,
)
from tracker.domain.roles import Actor
from tracker.models import Area, PublishedValue, State
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.queries.indicators import definition_of
from tracker.queries.states import is_demonstration
from tracker.services.documents import touch

REGIONS = ("region", "subregion")


@dataclass(frozen=True, slots=True)
class _Place:
    """What a value is about: a State by its row id, or a region by its code."""

    state_id: int | None = None
    area_code: str | None = None


Key = tuple[_Place, tuple[int, int], str]


def import_published(
    session: Session, *, actor: Actor, indicator: str, file: PublishedFile, dry_run: bool = False
) -> PublishedChanges:
    """Add or correct the values of a file, all of them or, on ``BadLines``, none.

    Values stand by place, years and source; what the file does not name stays. ``NotFound``
    for an unknown indicator. A dry run counts what would change and writes nothing.
    """
    authorise(actor, Action.INDICATOR_MANAGE)
    slug = definition_of(session, indicator).slug
    placed = _placed(session, file)
    known = {
        _key(row): row
        for row in session.scalars(select(PublishedValue).where(PublishedValue.indicator == slug))
    }
    new = {key: row for key, row in placed.items() if key not in known}
    changed = {
        key: row
        for key, row in placed.items()
        if key in known and (known[key].value, known[key].footnote) != (row.value, row.footnote)
    }
    if not dry_run and (new or changed):
        session.add_all(_made(slug, key, row) for key, row in new.items())
        for key, row in changed.items():
            known[key].value, known[key].footnote = row.value, row.footnote
        session.flush()
        touch(session)
    return PublishedChanges(len(new), len(changed), len(placed) - len(new) - len(changed))


def _key(row: PublishedValue) -> Key:
    return _Place(row.state_id, row.area_code), (row.year_from, row.year_to), row.source


def _made(indicator: str, key: Key, row: PublishedRow) -> PublishedValue:
    place, (year_from, year_to), source = key
    return PublishedValue(
        indicator=indicator,
        state_id=place.state_id,
        area_code=place.area_code,
        year_from=year_from,
        year_to=year_to,
        value=row.value,
        source=source,
        footnote=row.footnote,
    )


def _placed(session: Session, file: PublishedFile) -> Mapping[Key, PublishedRow]:
    """The lines by what they are about; ``BadLines`` with everything that is wrong in the file."""
    places = _Places.of(session)
    problems = list(file.problems)
    spoilt = {problem.line for problem in problems}
    found: dict[Key, PublishedRow] = {}
    for row in file.rows:
        try:
            place = places.find(row)
        except Invalid as error:
            problems += [LineProblem(row.line, p.place, p) for p in error.problems]
            continue
        if row.line in spoilt:
            continue
        first = found.setdefault((place, row.years, row.source), row)
        if first is not row:
            twice = Problem("published-twice", "", {"line": first.line})
            problems.append(LineProblem(row.line, "", twice))
    if problems:
        raise BadLines(*sorted(problems, key=lambda problem: problem.line))
    return found


@dataclass(frozen=True, slots=True)
class _Places:
    """Every State and region by its codes, and which kind of them this database takes."""

    by_iso3: Mapping[str, State]
    by_m49: Mapping[str, State]
    regions: frozenset[str]
    demonstration: bool

    @classmethod
    def of(cls, session: Session) -> "_Places":
        """Those of the database."""
        states = session.scalars(select(State)).all()
        regions = session.scalars(select(Area.code).where(Area.kind.in_(REGIONS)))
        return cls(
            {state.iso3: state for state in states},
            {state.m49: state for state in states},
            frozenset(regions),
            is_demonstration(session),
        )

    def find(self, row: PublishedRow) -> _Place:
        """What a line is about; ``Invalid`` where its codes name nothing that is taken here."""
        if not (row.iso3 or row.m49):
            raise Invalid(Problem("published-no-place", "iso3"))
        self._refuse_other_kind(row)
        if not row.iso3 and row.m49 in self.regions:
            return _Place(area_code=row.m49)
        return _Place(state_id=self._state(row).id)

    def _refuse_other_kind(self, row: PublishedRow) -> None:
        """Real and invented never meet, so this is told before a code is looked up."""
        known = {"iso3": row.iso3 in self.by_iso3, "m49": self._is_m49(row.m49)}
        for column, code in (("iso3", row.iso3), ("m49", row.m49)):
            invented = is_invented(**{column: code})
            if self.demonstration and known[column] and not invented:
                raise Invalid(Problem("published-real", column, {"code": code}))
            if not self.demonstration and invented:
                raise Invalid(Problem("published-invented", column, {"code": code[:80]}))

    def _is_m49(self, code: str) -> bool:
        return code in self.by_m49 or code in self.regions

    def _state(self, row: PublishedRow) -> State:
        if row.iso3 and row.iso3 not in self.by_iso3:
            raise Invalid(Problem("unknown-state", "iso3", {"code": row.iso3[:80]}))
        if row.m49 and not self._is_m49(row.m49):
            raise Invalid(Problem("published-unknown-m49", "m49", {"code": row.m49[:80]}))
        state = self.by_iso3[row.iso3] if row.iso3 else self.by_m49[row.m49]
        if row.m49 and state.m49 != row.m49:
            codes = {"iso3": row.iso3, "m49": row.m49}
            raise Invalid(Problem("published-codes-disagree", "m49", codes))
        return state
