"""The matrix of a cycle: every State by every commitment, one word a cell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from tracker.domain.documents import Commitment, Section
from tracker.domain.progress import SHOWN_ORDER, Base, Distribution, Progress
from tracker.domain.states import Area, State
from tracker.policy.actions import Action
from tracker.web.access import requires
from tracker.web.public_choices import by_name, one_of, value_labels
from tracker.web.public_selection import CycleView, cycle_view
from tracker.web.render import page

BY_NAME, BY_PROGRESS = "name", "implemented"
IN_GROUPS, IN_A_LIST = "groups", "list"
SIGNS, WORDS = "signs", "words"  # both are read aloud; the words are seen only where asked for
FURTHEST_FIRST = {value.value: place for place, value in enumerate(SHOWN_ORDER)}


@dataclass(frozen=True, slots=True)
class Row:
    """One State; ``cells`` is the markup of its cells, ``distribution`` what it says in all."""

    state: State
    cells: Markup
    distribution: Distribution


@dataclass(frozen=True, slots=True)
class RowGroup:
    """The States of one regional group, or all of them where ``area`` is ``None``."""

    area: Area | None
    rows: tuple[Row, ...]
    reporting: int


@requires(Action.PUBLIC_READ)
def matrix(slug: str) -> ResponseReturnValue:
    """``?sort=name``, ``implemented`` or a paragraph; ``rows=list``, ``cells=words``."""
    view = cycle_view(slug)
    sort = one_of("sort", (BY_NAME, BY_PROGRESS, *map(str, view.paragraphs)))
    rows, cells = one_of("rows", (IN_GROUPS, IN_A_LIST)), one_of("cells", (SIGNS, WORDS))
    return page(
        "public/matrix.html",
        view=view,
        audience=view.audience,
        sections=_sections(view),
        groups=_groups(view, sort, rows),
        totals=[view.grid.distribution(view.codes, [p]) for p in view.paragraphs],
        whole=view.grid.distribution(view.codes, view.paragraphs),
        bases=list(Base),
        sort=sort,
        rows=rows,
        cells=cells,
        labels=value_labels(),
    )


def _sections(view: CycleView) -> list[tuple[Section, list[Commitment]]]:
    """The headings over the columns."""
    found = (
        (s, [c for c in view.commitments if c.section == s.code]) for s in view.document.blocks()
    )
    return [(section, commitments) for section, commitments in found if commitments]


def _groups(view: CycleView, sort: str, rows: str) -> list[RowGroup]:
    made = _sorted(view, _rows(view), sort)
    if rows == IN_A_LIST:
        return [_group(view, None, made)]
    areas = [area for area in view.areas if area.kind == "group"]
    groups = (
        _group(view, area, [row for row in made if row.state.group == area.code]) for area in areas
    )
    return [group for group in groups if group.rows]


def _group(view: CycleView, area: Area | None, rows: Sequence[Row]) -> RowGroup:
    reporting = sum(row.state.iso3 in view.grid.answers for row in rows)
    return RowGroup(area, tuple(rows), reporting)


def _rows(view: CycleView) -> Iterable[Row]:
    """Joined here, each kind of cell made once: a template takes a hundred times as long."""
    grid, paragraphs = view.grid, view.paragraphs
    cells = {
        key: f'<td class="is-{key}"><span>{escape(word)}</span></td>'
        for key, word in value_labels().items()
    }
    for state in view.states:
        joined = "".join([cells[grid.value(state.iso3, p)] for p in paragraphs])
        yield Row(state, Markup(joined), grid.distribution([state.iso3], paragraphs))  # noqa: S704


def _sorted(view: CycleView, rows: Iterable[Row], sort: str) -> list[Row]:
    named = by_name(rows, lambda row: dict(row.state.name))
    if sort == BY_PROGRESS:
        return sorted(named, key=lambda row: -row.distribution[Progress.IMPLEMENTED])
    if sort == BY_NAME:
        return named
    paragraph = int(sort)
    return sorted(named, key=lambda row: FURTHEST_FIRST[view.grid.value(row.state.iso3, paragraph)])
