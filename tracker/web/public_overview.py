"""The overview of a cycle: every figure over the base chosen, with the States behind it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Generic, TypeVar

from flask import url_for
from flask.typing import ResponseReturnValue

from tracker.domain.behind import Reporters
from tracker.domain.documents import Commitment, Section
from tracker.domain.grid import states_in_both
from tracker.domain.movement import Move
from tracker.domain.overview import (
    Part,
    Ranked,
    Reported,
    by_paragraph,
    moves_by_paragraph,
    parts_by,
    parts_by_section,
    ranked,
    reported_by_area,
    summed,
    summed_moves,
)
from tracker.domain.progress import Base, Distribution
from tracker.policy.actions import Action
from tracker.queries.record import RecordedReports, recorded_reports
from tracker.web.access import requires
from tracker.web.public_choices import shown_keys, value_labels
from tracker.web.public_selection import CycleView, cycle_view
from tracker.web.render import label, page
from tracker.web.transaction import session

C = TypeVar("C")
SHOWN_MOVES = (Move.BACK, Move.SAME, Move.FURTHER, Move.NOT_COMPARED)


@dataclass(frozen=True, slots=True)
class Line(Generic[C]):
    """One line of a table: what it is of, its figures, and where the States behind them stand."""

    of: Any
    commitments: int
    counts: C
    href: str
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Movement:
    """What changed since the cycle before; ``states`` of those chosen reported in both."""

    before: str
    states: int
    whole: Line[Mapping[Move, int]]
    sections: tuple[Line[Mapping[Move, int]], ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the page counts; ``reporting`` Member States and ``observers`` reported."""

    view: CycleView
    record: RecordedReports
    reporting: int
    observers: int
    areas: dict[str, list[Line[Reported]]]
    whole: Line[Distribution]
    sections: tuple[Line[Distribution], ...]
    kinds: dict[str, tuple[Line[Distribution], ...]]
    most: tuple[Line[Distribution], ...]
    least: tuple[Line[Distribution], ...]
    tied: dict[str, int]
    commitments: tuple[Line[Distribution], ...]
    movement: Movement | None


@requires(Action.PUBLIC_READ)
def figures(slug: str) -> ResponseReturnValue:
    """Reporting, progress part by part, the most and least implemented, and what changed."""
    found = overview_of(slug)
    view = found.view
    return page(
        "public/overview.html",
        **{field.name: getattr(found, field.name) for field in fields(found)},
        audience=view.audience,
        bases=list(Base),
        keys=shown_keys(found.whole.counts, view.base),
        labels=value_labels(),
        without_level=sum(commitment.level is None for commitment in view.commitments),
        moves=SHOWN_MOVES,
        move_labels={move: label(move) for move in Move},
    )


def overview_of(slug: str) -> Overview:
    """What stands on the page, and in its files."""
    view = cycle_view(slug, with_previous=True)
    counts = by_paragraph(view.grid, view.codes, view.paragraphs)
    whole = summed(counts, view.paragraphs)
    sections = parts_by_section(view.document, view.commitments, view.selection.section)
    most, least = ranked(counts, view.commitments, view.base)
    return Overview(
        view=view,
        record=recorded_reports(session(), view.document),
        reporting=len(view.grid.reporting),
        observers=len(view.grid.answers.keys() - set(view.grid.states)),
        areas=_areas(view),
        whole=Line(None, len(view.commitments), whole, _behind(view)),
        sections=_section_lines(view, sections, counts),
        kinds={kind: _kind_lines(view, kind, counts) for kind in view.kinds},
        most=_commitment_lines(view, most.rows),
        least=_commitment_lines(view, least.rows),
        tied={"most": most.tied, "least": least.tied},
        commitments=_commitment_lines(
            view, [Ranked(c, counts[c.paragraph]) for c in view.commitments]
        ),
        movement=_movement(view, sections),
    )


def _behind(view: CycleView, **changes: Any) -> str:
    """The page of the States behind what is counted here, with some things changed."""
    return url_for("public.cycle_states", **view.arguments(**changes))


def _areas(view: CycleView) -> dict[str, list[Line[Reported]]]:
    """Rates of reporting by kind of area, of all Member States whatever else is chosen."""
    found: dict[str, list[Line[Reported]]] = {"group": [], "region": [], "subregion": []}
    for row in reported_by_area(view.grid, view.members, view.areas):
        href = url_for(
            "public.cycle_states", slug=view.cycle.slug, value=Reporters.NOW, area=row.area.code
        )
        found[row.area.kind].append(Line(row.area, 0, row, href))
    return found


def _section_lines(
    view: CycleView, parts: Iterable[Part[Section]], counts: Mapping[int, Distribution]
) -> tuple[Line[Distribution], ...]:
    return tuple(
        Line(
            part.of,
            len(part.paragraphs),
            summed(counts, part.paragraphs),
            _behind(view, section=part.of.code),
            _depth(view, part.of),
        )
        for part in parts
    )


def _depth(view: CycleView, section: Section) -> int:
    return len(view.document.path(section.code))


def _kind_lines(
    view: CycleView, kind: str, counts: Mapping[int, Distribution]
) -> tuple[Line[Distribution], ...]:
    """By theme, level, strength or addressee; the one that was chosen alone, if one was."""
    chosen = view.arguments().get(kind)
    values = chosen if isinstance(chosen, list) else [chosen] if chosen else view.kinds[kind]
    parts = parts_by(values, view.commitments, lambda c: _values_of(c, kind))
    return tuple(
        Line(
            part.of,
            len(part.paragraphs),
            summed(counts, part.paragraphs),
            _behind(view, **{kind: part.of}),
        )
        for part in parts
    )


def _values_of(commitment: Commitment, kind: str) -> tuple[StrEnum | None, ...]:
    return {
        "theme": commitment.themes,
        "level": (commitment.level,),
        "strength": (commitment.strength,),
        "addressee": (commitment.addressee,),
    }[kind]


def _commitment_lines(view: CycleView, rows: Iterable[Ranked]) -> tuple[Line[Distribution], ...]:
    return tuple(
        Line(
            row.commitment,
            1,
            row.distribution,
            _behind(view, paragraph=row.commitment.paragraph),
        )
        for row in rows
    )


def _movement(view: CycleView, sections: Sequence[Part[Section]]) -> Movement | None:
    """``None`` for the first cycle on a document."""
    if view.before is None:
        return None
    counts: dict[int, Counter[Move]] = moves_by_paragraph(
        view.before, view.grid, view.codes, view.paragraphs
    )
    both = set(states_in_both(view.before, view.grid)).intersection(view.codes)
    return Movement(
        view.before.cycle,
        len(both),
        Line(None, len(view.paragraphs), summed_moves(counts, view.paragraphs), _behind(view)),
        tuple(
            Line(
                part.of,
                len(part.paragraphs),
                summed_moves(counts, part.paragraphs),
                _behind(view, section=part.of.code),
                _depth(view, part.of),
            )
            for part in sections
        ),
    )
