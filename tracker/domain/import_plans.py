"""The plan of a whole uploaded template."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from tracker.domain.answer_plans import AnswerRows, plan_answer
from tracker.domain.errors import Problem
from tracker.domain.figure_plans import plan_figures
from tracker.domain.filled import FilledRow, FilledSheet, FilledTemplate, PlacedProblem, SheetRole
from tracker.domain.item_plans import plan_item
from tracker.domain.items import MAX_ITEMS
from tracker.domain.merging import EVERY, Basis, Choice, Choices, Plan, RecordPlan, Sides, Verdict
from tracker.domain.plan_fingerprints import plan_fingerprint
from tracker.domain.responses import ResponseContent

NO_SHEET = FilledSheet("", {}, ())
NO_CHOICES: Choices = {}
ALL_MINE: Choices = {EVERY: Choice.MINE}


def make_plan(filled: FilledTemplate, basis: Basis, choices: Choices = NO_CHOICES) -> Plan:
    """What the file would change; conflicts named in ``choices`` are settled as they say."""
    lost = tuple(_unknown(filled, basis))
    if lost:
        return Plan((), (*filled.problems, *lost))
    found = _records(filled, basis, NO_CHOICES)
    either_way = (found, _settled(found, filled, basis, ALL_MINE))
    return Plan(
        _settled(found, filled, basis, choices),
        filled.problems,
        plan_fingerprint(either_way, basis),
        filled.left_out,
    )


def _settled(
    found: tuple[RecordPlan, ...], filled: FilledTemplate, basis: Basis, choices: Choices
) -> tuple[RecordPlan, ...]:
    """The records with conflicts settled; the same ones where there is nothing to settle."""
    cells = (cell for record in found for cell in record.cells)
    if not choices or not any(cell.verdict is Verdict.CONFLICT for cell in cells):
        return found
    return _records(filled, basis, choices)


def _records(filled: FilledTemplate, basis: Basis, choices: Choices) -> tuple[RecordPlan, ...]:
    return (
        *_answers(filled, basis, choices),
        *_items(filled, basis, choices),
        *_figures(filled, basis, choices),
    )


def _unknown(filled: FilledTemplate, basis: Basis) -> Iterator[PlacedProblem]:
    """A file that names a version that there never was is damaged, whatever else it says."""
    items = chain.from_iterable(group.values() for group in basis.items.values())
    every: Iterator[Sides[Any]] = chain(basis.answers.values(), basis.figures.values(), items)
    if not all(sides.known for sides in every):
        yield PlacedProblem(Problem("template-damaged"))


def _answers(filled: FilledTemplate, basis: Basis, choices: Choices) -> Iterator[RecordPlan]:
    answers = filled.sheets.get(SheetRole.ANSWERS, NO_SHEET)
    measures = filled.sheets.get(SheetRole.MEASURES, NO_SHEET)
    rows = {row.record: row for row in answers.rows}
    laws: dict[str, list[FilledRow]] = defaultdict(list)
    for row in measures.rows:
        laws[row.record].append(row)
    empty = ResponseContent(audience=basis.default_audience)
    for key in dict.fromkeys((*rows, *laws)):
        found = AnswerRows(answers, rows.get(key), measures, laws.get(key, ()))
        sides = basis.answers.get(key) or Sides(0, empty, empty)
        yield from plan_answer(
            key,
            found,
            sides,
            choices=choices,
            default_audience=basis.default_audience,
            latest_day=basis.latest_day,
        )


def _items(filled: FilledTemplate, basis: Basis, choices: Choices) -> Iterator[RecordPlan]:
    for part, role, sheet in filled.items():
        plans = [
            plan_item(part, role, sheet, row, basis=basis, choices=choices) for row in sheet.rows
        ]
        room = MAX_ITEMS - sum(s.theirs is not None for s in basis.items[part].values())
        room += sum(plan.removes for plan in plans)
        for plan in plans:
            is_new = plan.changes and plan.version == 0
            room -= is_new
            yield _one_too_many(plan) if is_new and room < 0 else plan


def _one_too_many(plan: RecordPlan) -> RecordPlan:
    problem = Problem("too-many-items", "", {"limit": MAX_ITEMS})
    first, *rest = plan.cells
    cells = (
        replace(first, verdict=Verdict.INVALID, problems=(*first.problems, problem)),
        *(replace(cell, verdict=Verdict.INVALID) for cell in rest),
    )
    return replace(plan, cells=cells, content=None, changes=False)


def _figures(filled: FilledTemplate, basis: Basis, choices: Choices) -> Iterator[RecordPlan]:
    sheet = filled.sheets.get(SheetRole.FIGURES, NO_SHEET)
    rows: dict[str, list[FilledRow]] = defaultdict(list)
    for row in sheet.rows:
        rows[row.record].append(row)
    for slug, found in rows.items():
        yield plan_figures(
            basis.indicators[slug], sheet, found, basis.figures.get(slug) or Sides(0, {}, {}),
            last_year=basis.last_year, choices=choices,
        )  # fmt: skip
