"""Saving what a State returns on an indicator, under the same contract as a response."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.clock import Clock
from tracker.domain.errors import Invalid, Problem, StaleEdit
from tracker.domain.indicator_checks import check
from tracker.domain.indicators import Cell, Figures, IndicatorDefinition, cells_of, years_of
from tracker.domain.progress import Audience
from tracker.domain.roles import Actor
from tracker.models import IndicatorFigure, IndicatorReturn, NationalReport
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.policy.rules import Subject
from tracker.queries.indicators import definition_of, figures_of_row
from tracker.services import chain
from tracker.services.reports import editable_report
from tracker.services.responses import Saved


def save_indicator(
    session: Session,
    *,
    actor: Actor,
    report_id: int,
    indicator: str,
    expected_version: int,
    audience: Audience,
    figures: Figures,
    clock: Clock,
    source: str = "form",
) -> Saved:
    """Save all figures of one indicator over ``expected_version`` (0: nothing returned yet).

    ``figures`` is the whole return: a figure that is not in it becomes unknown. ``Invalid``
    lists every check that failed, ``StaleEdit`` says that another version stands,
    ``WrongStatus`` that the report is locked. Saving what already stands changes nothing.
    """
    now = clock()
    state_id = session.get_one(NationalReport, report_id).state_id
    authorise(actor, Action.REPORT_EDIT, Subject(state_id=state_id))
    definition = definition_of(session, indicator)
    report = editable_report(session, report_id, at=now)
    _require_sound(definition, figures, now.year)
    row = session.scalars(
        select(IndicatorReturn)
        .where(IndicatorReturn.report_id == report.id, IndicatorReturn.indicator == indicator)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row and figures_of_row(row) == figures and row.audience is audience:
        return Saved(row.version, row.saved_at, changed=False)
    current = row.version if row else 0
    if current != expected_version:
        raise StaleEdit(Problem("stale-edit"), current)
    if row is None:
        if not figures and audience is report.default_audience:
            return Saved(0, now, changed=False)
        row = IndicatorReturn(report_id=report.id, indicator=indicator, version=0)
        session.add(row)
    _write(row, figures)
    row.audience = audience
    row.version, row.saved_at, row.saved_by_id = current + 1, now, actor.user_id or 0
    report.last_saved_at = now
    _record(session, actor, report, row, figures, now, source)
    return Saved(row.version, now, changed=True)


def _require_sound(definition: IndicatorDefinition, figures: Figures, last_year: int) -> None:
    years = [year for year in years_of(figures) if year <= last_year]
    asked = set(cells_of(definition, years))
    strange = [cell for cell in figures if cell not in asked]
    problems = [Problem("no-such-figure", cell.place, {"value": cell.place}) for cell in strange]
    problems += check(definition, figures).errors
    if problems:
        raise Invalid(*problems)


def _write(row: IndicatorReturn, figures: Figures) -> None:
    """Bring the rows to the figures, touching only what changed."""
    kept = {Cell(f.year, f.category, f.input): f for f in row.figures}
    for cell, figure in kept.items():
        if cell not in figures:
            row.figures.remove(figure)
    for cell, value in figures.items():
        if cell in kept:
            kept[cell].value = value
        else:
            row.figures.append(
                IndicatorFigure(
                    year=cell.year, category=cell.category, input=cell.input, value=value
                )
            )


def _record(
    session: Session,
    actor: Actor,
    report: NationalReport,
    row: IndicatorReturn,
    figures: Figures,
    at: datetime,
    source: str,
) -> None:
    chain.append(
        session,
        report=report,
        actor=actor,
        kind="figures-saved",
        at=at,
        subject=row.indicator,
        version=row.version,
        facts={
            "audience": row.audience.value,
            "figures": figure_facts(figures),
            "source": source,
        },
    )


def figure_facts(figures: Mapping[Cell, int]) -> list[list[Any]]:
    """The figures in one fixed order, ready for canonical JSON: year, category, input, value."""
    return [[*cell, figures[cell]] for cell in sorted(figures)]
