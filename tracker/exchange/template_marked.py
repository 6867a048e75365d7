"""The marked copy: the template again with what was filled in, errors and conflicts beside it.

It keeps the versions that the uploaded file was made from, so that a conflict that nobody settled
is one again when the copy comes back. What the file left blank is filled in only where that version
stands: beside an older one, today's words would come back as changes of the file. What was typed in
a row or a cell that cannot be read has no place in it: it stands in the notes of the first sheet.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain

from tracker.domain.answer_plans import typed_answer
from tracker.domain.figure_plans import cell_of
from tracker.domain.filled import (
    REMOVE,
    TYPED,
    VALUE,
    FilledRow,
    FilledTemplate,
    PlacedProblem,
    SheetRole,
)
from tracker.domain.items import typed_texts
from tracker.domain.law_plans import typed_measure
from tracker.domain.merging import Plan
from tracker.exchange.template import write_rows
from tracker.exchange.template_columns import PARAGRAPH, YES, roles_of
from tracker.exchange.template_notes import column_of, conflict_sentence, problem_sentence
from tracker.exchange.template_rows import (
    Fixed,
    Mark,
    TemplateRow,
    Versions,
    answer_cells,
    figure_cells,
    figure_id,
    figure_texts,
    law_id,
    spare_items,
    spare_laws,
    versions_of,
    without_blanks,
)
from tracker.exchange.template_words import CellWords
from tracker.exchange.translations import Translate
from tracker.exchange.words import Made, Words
from tracker.exchange.workbook import Target
from tracker.queries.templates import TemplateExport

Marks = Mapping[str, Mark]
MOST_TYPED = 16_000  # characters of a note: twice as many units fit into a cell


def write_marked(
    target: Target,
    data: TemplateExport,
    filled: FilledTemplate,
    plan: Plan,
    *,
    translate: Translate,
    language: str,
    made: Made,
) -> None:
    """Write what ``filled`` says into a template of today, with what ``plan`` found.

    The rest of the cells says what the report says now, but for records that were saved since the
    file was made. It can be filled in and read again.
    """
    words = Words(language, translate)
    copy = _Copy(data, filled, plan, CellWords(words))
    rows = {role: tuple(copy.rows(role)) for role in roles_of(data.frame.sections)}
    notes = tuple(copy.notes())
    write_rows(target, data, rows, copy.versions, words=words, made=made, notes=notes)


class _Copy:
    """The rows of the copy, each with its marks; ``versions`` are those that it names."""

    def __init__(
        self, data: TemplateExport, filled: FilledTemplate, plan: Plan, cells: CellWords
    ) -> None:
        self._data, self._filled, self._cells = data, filled, cells
        self._rows = {
            role: {_name(role, row): row for row in filled.rows(role)} for role in SheetRole
        }
        self.versions = self._versions()
        self._marks: dict[tuple[SheetRole, str], dict[str, Mark]] = defaultdict(dict)
        self._loose: list[str] = []
        for placed in plan.errors:
            self._mark_error(placed)
        for cell in plan.conflicts:
            mark = Mark(is_error=False, text=conflict_sentence(cell, cells))
            name = self._name_of(cell.role, cell.record, cell.field, cell.cell)
            self._marks[cell.role, name].setdefault(column_of(cell.role, cell.field), mark)

    def _mark_error(self, placed: PlacedProblem) -> None:
        text = problem_sentence(placed, self._cells, self._data.frame.indicators)
        where = " ".join(part for part in (placed.sheet, placed.cell) if part)
        name = ""
        if placed.role is not None and placed.cell:
            name = self._name_of(placed.role, placed.record, placed.field, placed.cell)
        has_row = placed.role is not None and self._has(placed.role, name)
        typed = str(placed.problem.values.get(TYPED, ""))
        if typed or not has_row:
            self._loose.append(self._cells.words.named(where, text) if where else text)
            self._loose += [typed[at : at + MOST_TYPED] for at in range(0, len(typed), MOST_TYPED)]
        if placed.role is None or not has_row:
            return
        column = column_of(placed.role, placed.field)
        self._marks[placed.role, name].setdefault(column, Mark(is_error=True, text=text))

    def _name_of(self, role: SheetRole, record: str, field: str, cell: str) -> str:
        """The name of the row in the copy to which a cell of the file belongs."""
        if role is SheetRole.FIGURES:
            return figure_id(record, field)
        if role is not SheetRole.MEASURES:
            return record
        number = int("".join(letter for letter in cell if letter.isdigit()) or 0)
        found = (n for n, row in self._rows[role].items() if row.number == number)
        return next(found, record)

    def _has(self, role: SheetRole, name: str) -> bool:
        """Whether the copy has a row of this name."""
        if role is SheetRole.ANSWERS:
            return any(name == commitment.key for commitment in self._data.frame.commitments)
        if role is SheetRole.FIGURES:
            return "/" in name
        stored = self._data.items[role.part] if role.part is not None else ()
        return name in self._rows[role] or any(row.item_id == name for row in stored)

    def notes(self) -> Iterator[str]:
        """What was found of cells that no row of the copy has."""
        return iter(self._loose)

    def _versions(self) -> Versions:
        """Those that the file was made from; of what it does not name, those of today."""
        now = versions_of(self._data)
        answers = (SheetRole.MEASURES, SheetRole.ANSWERS)
        items = [role for role in SheetRole if role.part is not None]
        return Versions(
            answers={**now.answers, **self._named(*answers)},
            items={**now.items, **self._named(*items)},
            figures={**now.figures, **self._named(SheetRole.FIGURES)},
        )

    def _named(self, *roles: SheetRole) -> dict[str, int]:
        rows = chain.from_iterable(self._filled.rows(role) for role in roles)
        return {row.record: row.version for row in rows}

    def rows(self, role: SheetRole) -> Iterator[TemplateRow]:
        """The rows of one sheet."""
        if role is SheetRole.ANSWERS:
            return self._answers()
        if role is SheetRole.MEASURES:
            return chain(self._laws(), spare_laws())
        if role is SheetRole.FIGURES:
            return self._figures()
        return chain(self._items(role), spare_items())

    def _answers(self) -> Iterator[TemplateRow]:
        for commitment in self._data.frame.commitments:
            row = self._data.answers.get(commitment.key)
            known = dict[str, str]()
            if row is not None and self.versions.answers[commitment.key] == row.version:
                known = without_blanks(typed_answer(row.content))
            said = self._said(SheetRole.ANSWERS, commitment.key)
            fixed = answer_cells(self._cells.words, commitment)
            marks = self._marks[SheetRole.ANSWERS, commitment.key]
            yield TemplateRow(fixed, known | said, marks=marks)

    def _said(self, role: SheetRole, name: str) -> dict[str, str]:
        row = self._rows[role].get(name)
        if row is None:
            return {}
        return {**row.texts, **({REMOVE: YES} if row.remove else {})}

    def _laws(self) -> Iterator[TemplateRow]:
        """The laws of the file; of answers of which it has none, those of today."""
        numbers = {c.key: c.paragraph for c in self._data.frame.commitments}
        for name, row in self._rows[SheetRole.MEASURES].items():
            if row.record in numbers:
                marks = self._marks[SheetRole.MEASURES, name]
                said = self._said(SheetRole.MEASURES, name)
                yield _law(numbers[row.record], row.record, row.position, said, marks)
        named = self._named(SheetRole.MEASURES, SheetRole.ANSWERS)
        mentioned = self._named(SheetRole.MEASURES)
        for key, answer in self._data.answers.items():
            if key in mentioned or named.get(key, answer.version) != answer.version:
                continue  # places of laws are those of the version that the copy names
            for position, measure in enumerate(answer.content.measures):
                texts = without_blanks(typed_measure(measure))
                yield _law(numbers[key], key, position, texts, {})

    def _items(self, role: SheetRole) -> Iterator[TemplateRow]:
        part = role.part
        stored = self._data.items[part] if part is not None else ()
        known = {
            row.item_id: without_blanks(typed_texts(row.content))
            for row in stored
            if self.versions.items[row.item_id] == row.version
        }
        for name in dict.fromkeys((*(row.item_id for row in stored), *self._rows[role])):
            texts = known.get(name, {}) | self._said(role, name)
            yield TemplateRow({"id": name}, texts, marks=self._marks[role, name])

    def _figures(self) -> Iterator[TemplateRow]:
        said = {
            figure_id(row.record, place): text
            for row in self._filled.rows(SheetRole.FIGURES)
            for place, text in row.texts.items()
        }
        places = (p for row in self._filled.rows(SheetRole.FIGURES) for p in row.texts)
        years = sorted({*self._data.years, *(cell_of(place).year for place in places)})
        returns = {
            slug: row
            for slug, row in self._data.returns.items()
            if self.versions.figures[slug] == row.version
        }
        texts = figure_texts(returns) | said
        for fixed in figure_cells(self._cells.words, self._data.frame.indicators, years):
            name = str(fixed["id"])
            own = {VALUE: texts[name]} if name in texts else {}
            yield TemplateRow(fixed, own, marks=self._marks[SheetRole.FIGURES, name])


def _name(role: SheetRole, row: FilledRow) -> str:
    """What names a row among those of its sheet."""
    if role is not SheetRole.MEASURES:
        return row.record
    return law_id(row.record, row.number if row.position is None else row.position) + (
        "+" if row.position is None else ""
    )


def _law(
    paragraph: int, key: str, position: int | None, texts: Mapping[str, str], marks: Marks
) -> TemplateRow:
    if position is None:
        return TemplateRow({}, {PARAGRAPH: str(paragraph), **texts}, marks=marks)
    fixed: Fixed = {PARAGRAPH: paragraph, "id": law_id(key, position)}
    return TemplateRow(fixed, texts, marks=marks)
