"""How many Member States reported figures on each indicator in one cycle."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.indicators import IndicatorDefinition
from tracker.domain.progress import Audience
from tracker.models import IndicatorFigure, IndicatorReturn, State, SubmissionFigure
from tracker.queries.figures import basis_submissions
from tracker.queries.indicators import list_indicators


@dataclass(frozen=True, slots=True)
class ReportingState:
    """A Member State that returned figures; are they ``withheld`` from this reader?"""

    iso3: str
    name: dict[str, str]
    withheld: bool


@dataclass(frozen=True, slots=True)
class IndicatorReporting:
    """One indicator with the Member States that returned figures on it."""

    definition: IndicatorDefinition
    states: Sequence[ReportingState]

    @property
    def withheld(self) -> int:
        """How many of them keep their figures from this reader."""
        return sum(state.withheld for state in self.states)


def indicators_reported(
    session: Session, cycle_id: int | None, audience: Audience
) -> tuple[IndicatorReporting, ...]:
    """Every indicator in order, with what a reader of ``audience`` knows of the cycle."""
    found: dict[str, list[ReportingState]] = defaultdict(list)
    if cycle_id is not None:
        basis = basis_submissions(cycle_id, audience).order_by(None).subquery()
        returns = (
            select(SubmissionFigure.indicator, SubmissionFigure.audience, basis.c.state_id)
            .join(basis, basis.c.id == SubmissionFigure.submission_id)
            .distinct()
            .subquery()
        )
        rows = session.execute(
            select(returns.c.indicator, returns.c.audience, State.iso3, State.name)
            .join(State, State.id == returns.c.state_id)
            .order_by(State.iso3)
        )
        for slug, own, iso3, name in rows:
            found[slug].append(ReportingState(iso3, name, not audience.admits(own)))
    return tuple(
        IndicatorReporting(definition, tuple(found[definition.slug]))
        for definition in list_indicators(session)
    )


def years_returned(session: Session, report_id: int) -> dict[str, tuple[int, ...]]:
    """The years of which a working copy has figures, by indicator."""
    found: dict[str, tuple[int, ...]] = {}
    for slug, year in session.execute(
        select(IndicatorReturn.indicator, IndicatorFigure.year)
        .join(IndicatorFigure, IndicatorFigure.return_id == IndicatorReturn.id)
        .where(IndicatorReturn.report_id == report_id)
        .distinct()
        .order_by(IndicatorReturn.indicator, IndicatorFigure.year)
    ):
        found[slug] = (*found.get(slug, ()), year)
    return found
