"""The matrix of a cycle: every State by every commitment, one word a cell."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from tracker.domain.documents import Commitment, Section
from tracker.domain.progress import SHOWN_ORDER, Base, Distribution, Progress, total
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
    """One State: ``values`` by commitment, their markup, and their counts."""

    state: State
    values: list[str]
    cells: Markup
    distribution: Distribution


@dataclass(frozen=True, slots=True)
class RowGroup:
    """The States of one regional group, or all of them where ``area`` is ``None``."""

    area: Area | None
    rows: tuple[Row, ...]
    reporting: int


@dataclass(frozen=True, slots=True)
class MatrixView:
    """The matrix as it was chosen; ``totals`` are of the commitments, ``cells`` how they look."""

    view: CycleView
    groups: list[RowGroup]
    totals: list[Distribution]
    sort: str
    rows: str
    cells: str

    def arguments(self) -> dict[str, str]:
        """What the address says beside the filters."""
        return {"sort": self.sort, "rows": self.rows, "cells": self.cells}


@requires(Action.PUBLIC_READ)
def matrix(slug: str) -> ResponseReturnValue:
    """``?sort=name``, ``implemented`` or a paragraph; ``rows=list``, ``cells=words``."""
    found = matrix_view(slug)
    return page(
        "public/matrix.html",
        view=found.view,
        audience=found.view.audience,
        sections=_sections(found.view),
        groups=found.groups,
        totals=found.totals,
        whole=total(found.totals),
        bases=list(Base),
        labels=value_labels(),
        **found.arguments(),
    )


def matrix_view(slug: str) -> MatrixView:
    """What stands on the page, and in its files."""
    view = cycle_view(slug)
    sort = _chosen_sort(view)
    rows, cells = _chosen("rows", IN_GROUPS, IN_A_LIST), _chosen("cells", SIGNS, WORDS)
    made = _rows(view)
    totals = [
        Distribution(Counter(column)) for column in zip(*(r.values for r in made), strict=True)
    ]
    return MatrixView(
        view, _groups(view, _sorted(made, view, sort), rows), totals, sort, rows, cells
    )


def _chosen(name: str, *allowed: str) -> str:
    """One of these codes, the first where the address names none."""
    return one_of(name, dict(zip(allowed, allowed, strict=True))) or allowed[0]


def _chosen_sort(view: CycleView) -> str:
    """By name again where the filters leave out the paragraph that the rows were sorted by."""
    asked = _chosen("sort", BY_NAME, BY_PROGRESS, *map(str, view.grid.paragraphs))
    shown = (BY_NAME, BY_PROGRESS, *map(str, view.paragraphs))
    return asked if asked in shown else BY_NAME


def _sections(view: CycleView) -> list[tuple[Section, list[Commitment]]]:
    """The headings over the columns."""
    found = (
        (s, [c for c in view.commitments if c.section == s.code]) for s in view.document.blocks()
    )
    return [(section, commitments) for section, commitments in found if commitments]


def _groups(view: CycleView, made: Sequence[Row], rows: str) -> list[RowGroup]:
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


def _rows(view: CycleView) -> list[Row]:
    """Joined here, each kind of cell made once: a template takes a hundred times as long."""
    cells = {
        key: f'<td class="is-{key}"><span>{escape(word)}</span></td>'
        for key, word in value_labels().items()
    }
    rows, paragraphs = [], view.paragraphs
    for state in view.states:
        values = view.grid.row(state.iso3, paragraphs)
        markup = Markup("".join([cells[value] for value in values]))  # noqa: S704  # nosec B704  # cells made by a template
        rows.append(Row(state, values, markup, Distribution(Counter(values))))
    return rows


def _sorted(rows: Iterable[Row], view: CycleView, sort: str) -> list[Row]:
    named = by_name(rows, lambda row: dict(row.state.name))
    if sort == BY_PROGRESS:
        return sorted(named, key=lambda row: -row.distribution[Progress.IMPLEMENTED])
    if sort == BY_NAME:
        return named
    column = view.paragraphs.index(int(sort))
    return sorted(named, key=lambda row: FURTHEST_FIRST[row.values[column]])
