"""How many Member States reported figures on each indicator in one cycle."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.domain.indicators import IndicatorDefinition, definition_from
from tracker.domain.progress import Audience
from tracker.models import Indicator, IndicatorFigure, IndicatorReturn, State, SubmissionFigure
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


def years_returned(
    session: Session, report_id: int
) -> tuple[tuple[IndicatorDefinition, tuple[int, ...]], ...]:
    """Every indicator in order, with the years of which a working copy has figures."""
    of_report = and_(
        IndicatorReturn.indicator == Indicator.slug, IndicatorReturn.report_id == report_id
    )
    found: dict[str, tuple[IndicatorDefinition, tuple[int, ...]]] = {}
    for row, year in session.execute(
        select(Indicator, IndicatorFigure.year)
        .outerjoin(IndicatorReturn, of_report)
        .outerjoin(IndicatorFigure, IndicatorFigure.return_id == IndicatorReturn.id)
        .group_by(Indicator.slug, IndicatorFigure.year)
        .order_by(Indicator.position, Indicator.slug, IndicatorFigure.year)
    ):
        if row.slug not in found:
            found[row.slug] = (definition_from(row.definition), ())
        definition, years = found[row.slug]
        found[row.slug] = (definition, years if year is None else (*years, year))
    return tuple(found.values())
