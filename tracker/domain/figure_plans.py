"""What a file would change in the figures of one indicator."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from tracker.domain.errors import Invalid, Problem
from tracker.domain.filled import FilledRow, FilledSheet, SheetRole
from tracker.domain.indicator_checks import check
from tracker.domain.indicators import Cell, Figures, IndicatorDefinition, parse_figures
from tracker.domain.merging import Choices, Draft, RecordPlan, Sides, Verdict, three_way

Problems = Mapping[str, list[Problem]]


def plan_figures(
    definition: IndicatorDefinition,
    sheet: FilledSheet,
    rows: Sequence[FilledRow],
    sides: Sides[Figures],
    *,
    last_year: int,
    choices: Choices,
) -> RecordPlan:
    """The plan of a whole return, a row for each figure; an emptied one becomes unknown.

    Where the figures of a year do not fit together, none of that year is applied.
    """
    draft = Draft(SheetRole.FIGURES, sheet, definition.slug, choices)
    typed = {place: text for row in rows for place, text in row.texts.items()}
    mine, problems = _read(definition, typed, last_year)
    final = dict(sides.theirs)
    for row in rows:
        for place, text in row.texts.items():
            if place in problems:
                draft.judge(row, place, Verdict.INVALID, text, "", problems[place])
                continue
            cell = cell_of(place)
            there = sides.theirs.get(cell)
            verdict = three_way(sides.base.get(cell), mine.get(cell), there, first=there is None)
            if draft.judge(row, place, verdict, text, "" if there is None else str(there)):
                _put(final, cell, mine.get(cell))
    _hold_back(definition, draft, final, sides.theirs)
    return draft.plan(sides.version, final, changes=final != sides.theirs)


def cell_of(place: str) -> Cell:
    """The cell of a place that is known to be one."""
    _, year, category, entry = place.split("-")
    return Cell(int(year), category, entry)


def _put(figures: dict[Cell, int], cell: Cell, value: int | None) -> None:
    if value is None:
        figures.pop(cell, None)
    else:
        figures[cell] = value


def _read(
    definition: IndicatorDefinition, typed: Mapping[str, str], last_year: int
) -> tuple[Figures, Problems]:
    try:
        return parse_figures(definition, typed, last_year=last_year), {}
    except Invalid as error:
        problems: dict[str, list[Problem]] = defaultdict(list)
        for problem in error.problems:
            for place in [problem.place] if problem.place in typed else typed:
                problems[place].append(problem)
        good = {place: text for place, text in typed.items() if place not in problems}
        return parse_figures(definition, good, last_year=last_year), problems


def _hold_back(
    definition: IndicatorDefinition, draft: Draft, final: dict[Cell, int], theirs: Figures
) -> None:
    """Refuse what makes a year's figures contradict each other, and put that year back.

    Every figure of it says so, or a good one would be left out in silence.
    """
    if final == theirs:
        return
    errors = check(definition, final).errors
    years = {cell_of(problem.place).year for problem in errors}
    held = {c.field for c in draft.cells if _is_place(c.field) and cell_of(c.field).year in years}
    if not held:
        return
    draft.refuse(_told(errors, draft, held), also=frozenset(held))
    for figure in {c for c in (*final, *theirs) if c.year in years}:
        _put(final, figure, theirs.get(figure))


def _told(errors: Iterable[Problem], draft: Draft, held: Collection[str]) -> Problems:
    """What is wrong, by a place that the file fills in; then every other figure held back."""
    told: dict[str, list[Problem]] = defaultdict(list)
    there = {cell.field for cell in draft.cells}
    for problem in errors:
        for place in [problem.place] if problem.place in there else _nearest(problem, held):
            told[place].append(problem)
    for cell in draft.cells:
        good = cell.verdict in (Verdict.NEW, Verdict.CHANGED)
        if cell.field in held and good and cell.field not in told:
            told[cell.field] = [Problem("figure-held-back", cell.field)]
    return told


def _nearest(problem: Problem, held: Collection[str]) -> list[str]:
    """One place of the same year, of an input that is named if there is one."""
    year, parts = cell_of(problem.place).year, problem.values.get("parts")
    of_year = sorted(place for place in held if cell_of(place).year == year)
    named = [
        place for place in of_year if isinstance(parts, tuple) and cell_of(place).input in parts
    ]
    return (named or of_year)[:1]


def _is_place(name: str) -> bool:
    return name.count("-") == 3
