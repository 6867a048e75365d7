"""Downloads of the overview of a cycle, of its matrix, and of the States behind a figure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from tracker.domain.behind import Reporters, StatePairs
from tracker.domain.selection import Selection
from tracker.domain.states import State
from tracker.exchange.behind_files import BehindLine, BehindPage, FigureLine, behind_file
from tracker.exchange.cycle_files import NO_TEXT, CyclePage
from tracker.exchange.matrix_files import MatrixPage, MatrixRow, Pair, matrix_file
from tracker.exchange.overview_files import (
    LEAST,
    MOST,
    WHOLE,
    AreaLine,
    CommitmentLine,
    MoveLine,
    OverviewPage,
    PartLine,
    overview_file,
)
from tracker.policy.actions import Action
from tracker.queries.record import RecordedReports
from tracker.queries.states import installed
from tracker.web.access import requires
from tracker.web.exports import format_of
from tracker.web.page_downloads import page_file, words_of_page
from tracker.web.public_cycle_states import SINCE, WHOLE_REPORTS, Behind, states_behind
from tracker.web.public_matrix import matrix_view
from tracker.web.public_overview import Movement, Overview, overview_of
from tracker.web.public_selection import CycleView
from tracker.web.transaction import session

blueprint = Blueprint("cycle_downloads", __name__)


@blueprint.get("/cycles/<slug>/figures.<form>")
@requires(Action.PUBLIC_READ)
def figures(slug: str, form: str) -> ResponseReturnValue:
    """Every number of the overview."""
    kind, found = format_of(form), overview_of(slug)
    view = found.view
    data = OverviewPage(
        page=_page(view, "public.figures", view.arguments(), tells_movement=True),
        reporting=list(_reporting(found)),
        recorded=list(_recorded(found.record)),
        parts=list(_parts(found)),
        ranked=[
            CommitmentLine(line.of, line.counts, by, place)
            for by, lines in ((MOST, found.most), (LEAST, found.least))
            for place, line in enumerate(lines, start=1)
        ],
        moves=list(_moves(found.movement)),
        commitments=[CommitmentLine(line.of, line.counts) for line in found.commitments],
    )
    words = words_of_page()
    return page_file(overview_file(data, words), kind, words, f"{view.cycle.slug}_figures")


@blueprint.get("/cycles/<slug>/matrix.<form>")
@requires(Action.PUBLIC_READ)
def matrix(slug: str, form: str) -> ResponseReturnValue:
    """The rows in the order of the page, the States of a group together where they are there."""
    kind, found = format_of(form), matrix_view(slug)
    view = found.view
    data = MatrixPage(
        page=_page(view, "public.matrix", view.arguments(sort=found.sort, rows=found.rows)),
        commitments=view.commitments,
        rows=[
            MatrixRow(row.state, row.values, row.distribution)
            for group in found.groups
            for row in group.rows
        ],
        totals=found.totals,
    )
    words = words_of_page()
    return page_file(matrix_file(data, words), kind, words, f"{view.cycle.slug}_matrix")


@blueprint.get("/cycles/<slug>/states.<form>")
@requires(Action.PUBLIC_READ)
def behind(slug: str, form: str) -> ResponseReturnValue:
    """The figure, the States that it counts, and what they say, where this is counted."""
    kind, found = format_of(form), states_behind(slug)
    figure, view = found.figure, found.figure.view
    members = [
        BehindLine(state, len(row.paragraphs), figure.size((state.iso3,)))
        for state, row in found.rows
    ]
    observers = [BehindLine(state, len(row.paragraphs), None) for state, row in found.observers]
    if figure.value is Reporters.NOW:  # whole reports are counted, whatever commitments are chosen
        view = replace(view, selection=Selection(area=view.selection.area))
    data = BehindPage(
        page=_page(
            view,
            "public.cycle_states",
            figure.arguments(),
            counted=(figure.codes, figure.paragraphs),
            tells_movement=figure.value in SINCE,
        ),
        state=figure.state,
        figure=FigureLine(
            value=figure.value,
            paragraph=None if figure.value is Reporters.NOW else figure.paragraph,
            states=len(members),
            states_chosen=len(figure.codes),
            pairs=found.pairs,
            pairs_of=figure.size(figure.codes),
        ),
        states=[*members, *observers],
        pairs=list(_pairs(found)),
    )
    words = words_of_page()
    return page_file(behind_file(data, words), kind, words, f"{view.cycle.slug}_states")


def _page(
    view: CycleView,
    endpoint: str,
    arguments: Mapping[str, Any],
    *,
    counted: tuple[Sequence[str], Sequence[int]] | None = None,
    tells_movement: bool = False,
) -> CyclePage:
    """``counted``: the States and paragraphs of a figure, where these are not all chosen."""
    states, paragraphs = counted or (view.codes, view.paragraphs)
    demonstration, version = installed(session())
    before = view.before.cycle if view.before else ""
    return CyclePage(
        document=view.document,
        cycle=view.cycle.slug,
        before=before if tells_movement else None,
        base=view.base,
        selection=view.selection,
        areas=view.areas,
        states=len(states),
        paragraphs=len(paragraphs),
        codes={k: v for k, v in arguments.items() if k != "slug" and v is not None},
        audience=view.audience,
        demonstration=demonstration,
        data_version=version,
        address=url_for(endpoint, _external=True, **arguments),
    )


def _reporting(found: Overview) -> Iterator[AreaLine]:
    for kind, lines in found.areas.items():
        for line in lines:
            reported = line.counts
            yield AreaLine(kind, line.of.code, line.of.name, reported.reporting, reported.members)
    yield AreaLine(WHOLE, "", NO_TEXT, found.reporting, len(found.view.members))


def _recorded(record: RecordedReports) -> Iterator[AreaLine]:
    """Nothing where the document of the meeting lists no reports."""
    if not record.paragraph:
        return
    for area in record.areas:
        yield AreaLine(area.kind, area.code, area.name, area.reported, area.member_states)
    yield AreaLine(WHOLE, "", NO_TEXT, record.reported, record.member_states)


def _parts(found: Overview) -> Iterator[PartLine]:
    yield PartLine(WHOLE, None, found.whole.commitments, found.whole.counts)
    for kind, lines in (("section", found.sections), *found.kinds.items()):
        for line in lines:
            yield PartLine(kind, line.of, line.commitments, line.counts)


def _moves(movement: Movement | None) -> Iterator[MoveLine]:
    """Nothing in the first cycle on a document."""
    if movement:
        for line in (movement.whole, *movement.sections):
            yield MoveLine(line.of, line.commitments, movement.states, line.counts)


def _pairs(found: Behind) -> Iterator[Pair]:
    """None where whole reports are counted, as on the page."""
    figure = found.figure
    if figure.value in WHOLE_REPORTS:
        return
    by_number = {one.paragraph: one for one in figure.view.commitments}
    listed: Sequence[tuple[State, StatePairs]] = (*found.rows, *found.observers)
    for state, row in listed:
        for paragraph in row.paragraphs:
            value = figure.view.grid.value(state.iso3, paragraph)
            yield Pair(state, by_number[paragraph], value)
