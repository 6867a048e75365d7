"""The marked copy: the template again with what was filled in, errors and conflicts beside it.

It keeps the versions that the uploaded file was made from, so that a conflict that nobody settled
is one again when the copy comes back. What the file left blank is filled in only where that version
stands: beside an older one, today's words would come back as changes of the file. Rows that could
not be read stand below the others, cells that could not be read in their place, formulas as texts;
what belongs to no row has a sheet of its own. Sent back as it is, the copy is refused as the file.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain

from tracker.domain.answer_plans import typed_answer
from tracker.domain.figure_plans import cell_of
from tracker.domain.filled import (
    REMOVE,
    VALUE,
    FilledRow,
    FilledTemplate,
    PlacedProblem,
    RefusedRow,
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
    write_rows(
        target,
        data,
        rows,
        copy.versions,
        words=words,
        made=made,
        notes=tuple(copy.loose),
        left=filled.leftovers,
    )


class _Copy:
    """The rows of the copy, each with its marks; ``versions`` are those that it names.

    ``loose`` is what was found of whole sheets and columns.
    """

    def __init__(
        self, data: TemplateExport, filled: FilledTemplate, plan: Plan, cells: CellWords
    ) -> None:
        self._data, self._filled, self._cells = data, filled, cells
        self._rows = {
            role: {_name(role, row): row for row in filled.rows(role)} for role in SheetRole
        }
        self._names = {
            role: {row.number: name for name, row in self._rows[role].items()}
            | {row.number: _refused_name(row) for row in filled.refused(role)}
            for role in SheetRole
        }
        self.versions = self._versions()
        self.loose: list[str] = []
        self._marks: dict[tuple[SheetRole, str], dict[str, Mark]] = defaultdict(dict)
        for placed in plan.errors:
            self._mark_error(placed)
        for cell in plan.conflicts:
            mark = Mark(is_error=False, text=conflict_sentence(cell, cells))
            name = self._name_at(cell.role, cell.cell)
            self._marks[cell.role, name].setdefault(column_of(cell.role, cell.field), mark)

    def _mark_error(self, placed: PlacedProblem) -> None:
        text = problem_sentence(placed, self._cells, self._data.frame.indicators)
        name = self._name_at(placed.role, placed.cell) if placed.role is not None else ""
        if placed.role is None or not name:
            where = " ".join(part for part in (placed.sheet, placed.cell) if part)
            self.loose.append(self._cells.words.named(where, text) if where else text)
            return
        column = column_of(placed.role, placed.field)
        self._marks[placed.role, name].setdefault(column, Mark(is_error=True, text=text))

    def _name_at(self, role: SheetRole, cell: str) -> str:
        """The name of the row in the copy to which a cell of the file belongs."""
        number = int("".join(letter for letter in cell if letter.isdigit()) or 0)
        return self._names[role].get(number, "")

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
        refused = chain.from_iterable(self._filled.refused(role) for role in roles)
        own = {row.record: row.version for row in refused if row.record}
        return own | {row.record: row.version for row in rows}

    def rows(self, role: SheetRole) -> Iterator[TemplateRow]:
        """The rows of one sheet."""
        if role is SheetRole.ANSWERS:
            return chain(self._answers(), self._refused(role))
        if role is SheetRole.MEASURES:
            return chain(self._laws(), self._refused(role), spare_laws())
        if role is SheetRole.FIGURES:
            return chain(self._figures(), self._refused(role))
        return chain(self._items(role), self._refused(role), spare_items())

    def _refused(self, role: SheetRole) -> Iterator[TemplateRow]:
        """The rows that were not read, with the names that they had."""
        for row in self._filled.refused(role):
            marks = self._marks[role, _refused_name(row)]
            raw = {**row.named, **row.unread}
            yield TemplateRow({}, row.texts, marks=marks, raw=raw, refused=True)

    def _claimed(self, role: SheetRole) -> set[str]:
        """The hidden names of rows that were not read: corrected, each is the row of its name."""
        return {row.named.get("id", "") for row in self._filled.refused(role)}

    def _answers(self) -> Iterator[TemplateRow]:
        claimed = self._claimed(SheetRole.ANSWERS)
        for commitment in self._data.frame.commitments:
            row = self._data.answers.get(commitment.key)
            known = dict[str, str]()
            is_now = row is not None and self.versions.answers[commitment.key] == row.version
            if row is not None and is_now and commitment.key not in claimed:
                known = without_blanks(typed_answer(row.content))
            fixed = answer_cells(self._cells.words, commitment)
            yield self._row(SheetRole.ANSWERS, commitment.key, fixed, known)

    def _row(
        self, role: SheetRole, name: str, fixed: Fixed, known: Mapping[str, str]
    ) -> TemplateRow:
        """A row of the file with what is ``known`` where it says nothing."""
        row, marks = self._rows[role].get(name), self._marks[role, name]
        if row is None:
            return TemplateRow(fixed, known, marks=marks)
        said, unread = (
            {column_of(role, field): text for field, text in part.items()}
            for part in (row.texts, row.unread)
        )
        texts = {**known, **said, **({REMOVE: YES} if row.remove else {})}
        return TemplateRow(fixed, texts, marks=marks, raw=unread)

    def _laws(self) -> Iterator[TemplateRow]:
        """The laws of the file; of answers of which it has none, those of today, but for those
        whose row was not read: that one stands for them.
        """
        numbers = {c.key: c.paragraph for c in self._data.frame.commitments}
        for name, row in self._rows[SheetRole.MEASURES].items():
            if row.record in numbers:
                number = numbers[row.record]
                fixed: Fixed = {}
                if row.position is not None:
                    fixed = {PARAGRAPH: number, "id": law_id(row.record, row.position)}
                yield self._row(SheetRole.MEASURES, name, fixed, {PARAGRAPH: str(number)})
        named = self._named(SheetRole.MEASURES, SheetRole.ANSWERS)
        mentioned = {row.record for row in self._filled.rows(SheetRole.MEASURES)}
        claimed = self._claimed(SheetRole.MEASURES)
        for key, answer in self._data.answers.items():
            if key in mentioned or named.get(key, answer.version) != answer.version:
                continue  # places of laws are those of the version that the copy names
            for position, measure in enumerate(answer.content.measures):
                fixed = {PARAGRAPH: numbers[key], "id": law_id(key, position)}
                if fixed["id"] not in claimed:
                    yield TemplateRow(fixed, without_blanks(typed_measure(measure)))

    def _items(self, role: SheetRole) -> Iterator[TemplateRow]:
        part = role.part
        stored = self._data.items[part] if part is not None else ()
        known = {
            row.item_id: without_blanks(typed_texts(row.content))
            for row in stored
            if self.versions.items[row.item_id] == row.version
        }
        for name in dict.fromkeys((*(row.item_id for row in stored), *self._rows[role])):
            yield self._row(role, name, {"id": name}, known.get(name, {}))

    def _figures(self) -> Iterator[TemplateRow]:
        rows = self._filled.rows(SheetRole.FIGURES)
        places = (place for row in rows for place in (*row.texts, *row.unread))
        years = sorted({*self._data.years, *(cell_of(place).year for place in places)})
        returns = {
            slug: row
            for slug, row in self._data.returns.items()
            if self.versions.figures[slug] == row.version
        }
        known = figure_texts(returns)
        for fixed in figure_cells(self._cells.words, self._data.frame.indicators, years):
            name = str(fixed["id"])
            own = {VALUE: known[name]} if name in known else {}
            yield self._row(SheetRole.FIGURES, name, fixed, own)


def _name(role: SheetRole, row: FilledRow) -> str:
    """What names a row among those of its sheet."""
    if role is SheetRole.FIGURES:
        return figure_id(row.record, next(iter((*row.texts, *row.unread)), ""))
    if role is not SheetRole.MEASURES:
        return row.record
    return law_id(row.record, row.number if row.position is None else row.position) + (
        "+" if row.position is None else ""
    )


def _refused_name(row: RefusedRow) -> str:
    """What names a row that was not read: no other can be called so."""
    return f"!{row.number}"
