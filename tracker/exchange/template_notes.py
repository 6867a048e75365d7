"""What is wrong with a cell of an uploaded template, in words."""

from collections.abc import Iterable
from dataclasses import replace

from tracker.domain.errors import Problem
from tracker.domain.filled import PlacedProblem, SheetRole
from tracker.domain.indicators import IndicatorDefinition, in_words
from tracker.domain.merging import PlannedCell
from tracker.domain.messages import N_, sentence
from tracker.exchange.columns import Kind
from tracker.exchange.template_columns import SLOTS, Slot
from tracker.exchange.template_words import CellWords

LONGEST_QUOTE = 500
MEASURES_FIELD = "measures"
STRUCK = N_(
    "The secretariat struck a text out here after the file was made, and what the file says was "
    "made from it. Keep it only if it says nothing of what was struck out."
)

REMOVED = N_(
    "This row was removed online after the file was made. If you keep what the file says, the "
    "whole row is made again."
)


def clash(cell: PlannedCell, cells: CellWords) -> str:
    """What a conflict is with, where it is no text that was saved; else empty."""
    if cell.struck:
        return cells.words(STRUCK)
    return cells.words(REMOVED) if cell.gone else ""


def column_of(role: SheetRole, name: str) -> str:
    """The column of a field: a law's is its last part, all figures stand in one."""
    if role is SheetRole.FIGURES:
        return "value"
    return "title" if name == MEASURES_FIELD else name.rpartition(".")[2]


def slot_of(role: SheetRole | None, name: str) -> Slot | None:
    """The column as it stands in the template."""
    if role is None:
        return None
    key = column_of(role, name)
    return next((slot for slot in SLOTS[role] if slot.key == key), None)


def problem_sentence(
    placed: PlacedProblem, cells: CellWords, indicators: Iterable[IndicatorDefinition]
) -> str:
    """The sentence of a problem; choices and figures in the words of the file."""
    problem = placed.problem
    slot = slot_of(placed.role, placed.field)
    if slot is not None and "allowed" in problem.values:
        problem = _with_words(problem, slot, cells)
    if placed.role is SheetRole.FIGURES:
        for definition in indicators:
            if definition.slug == placed.record:
                problem = in_words(definition, problem, cells.words.language)
    return sentence(problem, cells.words.translate)


def _with_words(problem: Problem, slot: Slot, cells: CellWords) -> Problem:
    codes = ("yes", "no") if slot.kind is Kind.FLAG else tuple(str(c) for c in slot.choices)
    allowed = ", ".join(cells.shown(slot, code) for code in codes)
    return replace(problem, values={**problem.values, "allowed": allowed})


def shown_text(cell: PlannedCell, text: str, cells: CellWords) -> str:
    """What one side of a planned cell says, codes in the words of the file."""
    slot = slot_of(cell.role, cell.field)
    is_code = slot is not None and (slot.choices or slot.kind is Kind.FLAG)
    return cells.shown(slot, text) if slot is not None and is_code else text


def conflict_sentence(cell: PlannedCell, cells: CellWords) -> str:
    """What was saved meanwhile, perhaps by the same person, shortened; or that it was struck."""
    theirs = shown_text(cell, cell.theirs, cells)
    told = clash(cell, cells)
    if not theirs and told:
        return told
    if not theirs:
        return cells.words(N_("This was emptied or removed online after the file was made."))
    cut = theirs if len(theirs) <= LONGEST_QUOTE else f"{theirs[:LONGEST_QUOTE]}…"
    now = cells.words(
        N_("This was changed online after the file was made. It now says: %(said)s"), said=cut
    )
    return f"{told} {now}" if told else now
