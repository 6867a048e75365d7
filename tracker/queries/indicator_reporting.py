"""Who reported figures on each indicator in one cycle, and how many one report gives."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session

from tracker.domain.indicators import IndicatorDefinition, definition_from
from tracker.domain.progress import Audience
from tracker.models import Indicator, IndicatorFigure, IndicatorReturn, State, SubmissionFigure
from tracker.queries.figures import basis_submissions
from tracker.queries.indicators import list_indicators

NUMBER = func.count().label("number")


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


@dataclass(frozen=True, slots=True)
class FiguresGiven:
    """How many figures a report gives on one indicator, of which years, and who may read them."""

    definition: IndicatorDefinition
    years: tuple[int, ...] = ()
    number: int = 0
    audience: Audience | None = None


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


def figures_given(session: Session, report_id: int) -> tuple[FiguresGiven, ...]:
    """Every indicator in order, with how much a working copy says on it."""
    returned = IndicatorReturn
    counted = (
        select(returned.indicator, returned.audience, IndicatorFigure.year, NUMBER)
        .join(IndicatorFigure, IndicatorFigure.return_id == returned.id)
        .where(returned.report_id == report_id)
        .group_by(returned.indicator, returned.audience, IndicatorFigure.year)
    )
    return _given(session, counted.subquery())


def figures_submitted(session: Session, submission_id: int) -> tuple[FiguresGiven, ...]:
    """Every indicator in order, with how much a submission says on it."""
    figure = SubmissionFigure
    counted = (
        select(figure.indicator, figure.audience, figure.year, NUMBER)
        .where(figure.submission_id == submission_id)
        .group_by(figure.indicator, figure.audience, figure.year)
    )
    return _given(session, counted.subquery())


def _given(session: Session, counted: Subquery) -> tuple[FiguresGiven, ...]:
    """``counted``: the figures of each indicator and year, where there are any."""
    found: dict[str, FiguresGiven] = {}
    for row, year, number, audience in session.execute(
        select(Indicator, counted.c.year, counted.c.number, counted.c.audience)
        .outerjoin(counted, counted.c.indicator == Indicator.slug)
        .order_by(Indicator.position, Indicator.slug, counted.c.year)
    ):
        given = found.get(row.slug) or FiguresGiven(definition_from(row.definition))
        if year is not None:
            years, sum_of_all = (*given.years, year), given.number + number
            given = replace(given, years=years, number=sum_of_all, audience=audience)
        found[row.slug] = given
    return tuple(found.values())
