"""A plan as lines to be read: where each cell stands, what it says and what speaks against it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tracker.domain.completeness import Gap, gap_of
from tracker.domain.figure_plans import cell_of
from tracker.domain.filled import PlacedProblem, SheetRole
from tracker.domain.indicator_checks import check
from tracker.domain.indicators import in_words
from tracker.domain.merging import Plan, PlannedCell, Verdict
from tracker.domain.messages import N_, sentence
from tracker.exchange.template_notes import clash, problem_sentence, shown_text, slot_of
from tracker.exchange.template_words import CellWords
from tracker.queries.templates import TemplateFrame

LEFT_OUT = N_(
    "The secretariat struck this text out since the file was made, so the file does not bring it "
    "back."
)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One cell. ``place`` settles its conflict; ``about`` names its row, ``column`` its field.

    ``apart`` is the verdict before its conflict was settled. ``mine`` and ``theirs`` are in words,
    ``""`` where that side says nothing; ``sentences`` are what is wrong. ``against`` is the one of
    the cell; ``why`` tells of a conflict with a strike or a removal.
    """

    place: str
    sheet: str
    cell: str
    about: str
    column: str
    verdict: Verdict
    apart: Verdict
    mine: str
    theirs: str
    sentences: tuple[str, ...]
    against: str
    why: str


def plan_lines(
    planned: Iterable[PlannedCell], frame: TemplateFrame, cells: CellWords
) -> Iterator[PlanLine]:
    """The line of each cell of a plan, made as it is asked for: there may be thousands."""
    return (_line(cell, frame, cells) for cell in planned)


def loose_sentences(
    plan: Plan, frame: TemplateFrame, cells: CellWords
) -> Iterator[tuple[str, str, str, str]]:
    """What could not be read at all: sheet, cell, what it is about where known, and sentence."""
    for placed in plan.problems:
        told = problem_sentence(placed, cells, frame.indicators)
        yield placed.sheet, placed.cell, _paragraph(placed, frame, cells), told


def oddities(plan: Plan, frame: TemplateFrame, cells: CellWords) -> Iterator[tuple[str, str, str]]:
    """What can be applied and yet wants a look, as the forms tell it after saving.

    Sheet, what it is about, and the sentence. A gap is told of an answer that says something else
    than before; of figures what does not add up; of a text that was struck out that it is left out.
    """
    commitments = {c.key: c for c in frame.document.commitments}
    definitions = {definition.slug: definition for definition in frame.indicators}
    words = cells.words
    for sheet, cell in plan.left_out:
        yield f"{sheet} · {cell}", "", words(LEFT_OUT)
    for record in plan.records:
        if not record.changes or not record.cells:
            continue
        first = record.cells[0]
        if record.role is SheetRole.ANSWERS:
            gap = gap_of(commitments[record.record], record.content)
            if gap in (Gap.NO_PROGRESS, Gap.NO_REASON):
                yield first.sheet, _about(first, frame, cells), words.label(gap)
        elif record.role is SheetRole.FIGURES:
            definition = definitions[record.record]
            for problem in check(definition, record.content).warnings:
                told = in_words(definition, problem, words.language)
                yield first.sheet, "", sentence(told, words.translate)


def _line(cell: PlannedCell, frame: TemplateFrame, cells: CellWords) -> PlanLine:
    slot = slot_of(cell.role, cell.field)
    sentences = tuple(
        problem_sentence(
            PlacedProblem(p, cell.sheet, cell.cell, cell.role, cell.record, cell.field),
            cells,
            frame.indicators,
        )
        for p in cell.problems
    )
    return PlanLine(
        place=cell.place,
        sheet=cell.sheet,
        cell=cell.cell,
        about=_about(cell, frame, cells),
        column=cells.words(slot.header) if slot else "",
        verdict=cell.verdict,
        apart=cell.apart,
        mine=shown_text(cell, cell.mine, cells),
        theirs=shown_text(cell, cell.theirs, cells),
        sentences=sentences,
        against=cell.against,
        why=clash(cell, cells),
    )


def _paragraph(cell: PlannedCell | PlacedProblem, frame: TemplateFrame, cells: CellWords) -> str:
    """The paragraph of an answer or a law; ``""`` where the row does not name it."""
    if cell.role not in (SheetRole.ANSWERS, SheetRole.MEASURES):
        return ""
    numbers = {c.key: c.paragraph for c in frame.document.commitments}
    number = numbers.get(cell.record)
    return cells.words(N_("Paragraph %(number)s"), number=number) if number else ""


def _about(cell: PlannedCell, frame: TemplateFrame, cells: CellWords) -> str:
    """The paragraph, the figure, or the row of an item."""
    words = cells.words
    if cell.role in (SheetRole.ANSWERS, SheetRole.MEASURES):
        return _paragraph(cell, frame, cells)
    if cell.role is SheetRole.FIGURES:
        at = cell_of(cell.field)
        labels = next(d.labels(words.language) for d in frame.indicators if d.slug == cell.record)
        return f"{at.year}, {labels[at.category]}, {labels[at.input]}"
    number = "".join(letter for letter in cell.cell if letter.isdigit())
    return words(N_("Row %(number)s"), number=number)
