"""An uploaded workbook as a filled-in template: recognised, then read cell by cell."""

from datetime import datetime

from tracker.domain.errors import Invalid, Problem
from tracker.domain.filled import (
    FilledSheet,
    FilledTemplate,
    Leftover,
    PlacedProblem,
    SheetRole,
)
from tracker.domain.items import MAX_ITEMS
from tracker.domain.responses import MAX_MEASURES
from tracker.domain.values import FIRST_YEAR, LAST_YEAR
from tracker.exchange.importing.cells import SheetReader
from tracker.exchange.importing.leftovers import (
    beside_rows,
    left_before,
    left_problems,
    other_sheets,
    whole_sheet,
)
from tracker.exchange.importing.rows import Expected, RowsReader
from tracker.exchange.marks import MARK_SHEET
from tracker.exchange.raw import RawSheet, RawWorkbook
from tracker.exchange.readme import document_version
from tracker.exchange.template_columns import roles_of
from tracker.exchange.template_identity import Identity, read_identity
from tracker.exchange.template_readme import guide_name
from tracker.exchange.template_rows import answer_cells, figure_cells
from tracker.exchange.template_words import CellWords
from tracker.exchange.translations import translator
from tracker.exchange.words import Words
from tracker.queries.templates import TemplateFrame

OTHER_ROWS = 100  # headers, spare rows, and what people write below


def read_template(raw: RawWorkbook, frame: TemplateFrame) -> FilledTemplate:
    """What a workbook says, for the State, cycle and sections of ``frame``.

    ``Invalid`` where it is no template, or not one of these: that names what it is. What is wrong
    with single cells and sheets stands among the problems of what is given back.
    """
    sheet = raw.sheet(MARK_SHEET)
    if sheet is None:
        raise Invalid(Problem("not-a-template"))
    identity = read_identity(sheet)
    _check(identity, frame)
    cells = CellWords(Words(identity.language, translator(identity.language)))
    expected = _expected(raw, cells.words, frame, identity)
    sheets: dict[SheetRole, FilledSheet] = {}
    left: list[Leftover] = [*left_before(raw, identity)]
    problems: list[PlacedProblem] = [*left_problems(identity, left)]
    missing: set[SheetRole] = set()
    for role in roles_of(identity.sections):
        name = identity.name_of(role) or ""
        found = raw.sheet(name)
        if found is None:
            problems.append(PlacedProblem(Problem("sheet-missing"), name, role=role))
            missing.add(role)
            continue
        most = _most_rows(role, expected)
        if len(found.rows) > most:  # each might be wrong in every cell
            values = {"rows": len(found.rows), "limit": most}
            problems.append(PlacedProblem(Problem("sheet-too-long", "", values), name, role=role))
            left += whole_sheet(found, wrong=True)
            continue
        reader = SheetReader(role, found, cells)
        if reader.find_columns():
            sheets[role] = RowsReader(reader, identity, expected).read()
            left += beside_rows(reader)
        else:
            left += whole_sheet(found, wrong=True)
        problems += reader.problems
    left += other_sheets(raw, identity, guide_name(cells.words), missing)
    return FilledTemplate(
        language=identity.language,
        sections=tuple(identity.sections) if identity.sections is not None else None,
        sheets=sheets,
        problems=tuple(problems),
        leftovers=tuple(left),
        made_at=datetime.fromisoformat(identity.made_at),
    )


def _check(identity: Identity, frame: TemplateFrame) -> None:
    """``Invalid`` unless the file belongs here: its State, cycle, report, wording and sections."""
    if identity.state != frame.state.iso3:
        values = {"other": identity.state, "state": frame.state.iso3}
        raise Invalid(Problem("template-of-other-state", "", values))
    if identity.cycle != frame.cycle.slug:
        values = {"other": identity.cycle, "cycle": frame.cycle.slug}
        raise Invalid(Problem("template-of-other-cycle", "", values))
    if identity.report and identity.report != frame.report:
        raise Invalid(Problem("template-of-other-report"))
    if identity.wording != document_version(frame.document):
        raise Invalid(Problem("template-wording-old"))
    own = frame.sections
    if own is not None and (identity.sections is None or not set(identity.sections) <= set(own)):
        raise Invalid(Problem("template-of-others"))


def _expected(raw: RawWorkbook, words: Words, frame: TemplateFrame, identity: Identity) -> Expected:
    asked = [
        commitment
        for commitment in frame.commitments
        if identity.sections is None or commitment.section in identity.sections
    ]
    figures = {}
    if identity.sections is None:
        years = _years(raw.sheet(identity.name_of(SheetRole.FIGURES) or ""))
        cells = figure_cells(words, frame.indicators, years)
        figures = {str(fixed["id"]): fixed for fixed in cells}
    return Expected(
        answers={commitment.key: answer_cells(words, commitment) for commitment in asked},
        figures=figures,
        keys={str(commitment.paragraph): commitment.key for commitment in asked},
    )


def _most_rows(role: SheetRole, expected: Expected) -> int:
    """How many rows a sheet can have that says nothing but what a report holds, twice.

    A marked copy has below its rows those that could not be read; of contacts, needs and targets
    as many may be removed as are written anew.
    """
    held = {
        SheetRole.ANSWERS: len(expected.answers),
        SheetRole.MEASURES: len(expected.answers) * MAX_MEASURES,
        SheetRole.FIGURES: len(expected.figures),
    }
    return OTHER_ROWS + 2 * held.get(role, MAX_ITEMS)


def _years(sheet: RawSheet | None) -> tuple[int, ...]:
    """Every year that the sheet of figures may name."""
    if sheet is None:
        return ()
    texts = {cell.text for row in sheet.rows.values() for cell in row.values()}
    return tuple(year for year in range(FIRST_YEAR, LAST_YEAR + 1) if str(year) in texts)
