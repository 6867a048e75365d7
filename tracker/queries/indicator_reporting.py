"""How many Member States reported figures on each indicator in one cycle."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import and_, distinct, func, select
from sqlalchemy.orm import Session

from tracker.domain.indicators import IndicatorDefinition, definition_from
from tracker.domain.progress import Audience
from tracker.models import Indicator, IndicatorFigure, IndicatorReturn, SubmissionFigure
from tracker.queries.figures import basis_submissions
from tracker.queries.indicators import list_indicators


@dataclass(frozen=True, slots=True)
class IndicatorReporting:
    """One indicator; of the Member States that ``reported`` on it ``withheld`` may not be read."""

    definition: IndicatorDefinition
    reported: int
    withheld: int


def indicators_reported(
    session: Session, *, cycle_id: int | None, audience: Audience
) -> tuple[IndicatorReporting, ...]:
    """Every indicator in order, with what a reader of ``audience`` knows of the cycle."""
    reported, withheld = Counter[str](), Counter[str]()
    if cycle_id is not None:
        basis = basis_submissions(cycle_id, audience).order_by(None).subquery()
        rows = session.execute(
            select(
                SubmissionFigure.indicator,
                SubmissionFigure.audience,
                func.count(distinct(SubmissionFigure.submission_id)),
            )
            .join(basis, basis.c.id == SubmissionFigure.submission_id)
            .group_by(SubmissionFigure.indicator, SubmissionFigure.audience)
            .order_by(SubmissionFigure.indicator, SubmissionFigure.audience)
        )
        for slug, own, states in rows:
            reported[slug] += states
            withheld[slug] += 0 if audience.admits(own) else states
    return tuple(
        IndicatorReporting(definition, reported[definition.slug], withheld[definition.slug])
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
