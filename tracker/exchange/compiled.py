"""A whole cycle as one workbook, read and written State by State."""

from collections.abc import Callable
from typing import Any

from tracker.domain.messages import N_
from tracker.exchange.answers import ANSWER_COLUMNS, AnswerLine
from tracker.exchange.columns import Columns
from tracker.exchange.commitments import COMMITMENT_COLUMNS, commitment_lines
from tracker.exchange.indicator_tables import (
    FIGURE_COLUMNS,
    VALUE_COLUMNS,
    figure_lines,
    value_rows,
)
from tracker.exchange.legend import write_codebook
from tracker.exchange.matrix import STATE_COLUMNS, Matrix
from tracker.exchange.overview import write_overview
from tracker.exchange.readme import WIDTHS, Tally, write_readme
from tracker.exchange.translations import Translate
from tracker.exchange.words import Made, Words
from tracker.exchange.workbook import Book, Table, Target
from tracker.queries.exports import CompiledExport, ListedState, StateAnswers

Read = Callable[[int], StateAnswers]
"""What a submission says, by its id; opens and ends a short read of its own."""

RESPONSES = N_("One row for every answer given or withheld: for filters and pivot tables.")
FIGURES = N_("One row for every figure that was returned.")
INDICATOR_VALUES = N_("One row for every value that follows from the figures.")
COMMITMENTS = N_("Official text, and our titles, summaries and classification.")


def write_compiled(
    target: Target,
    data: CompiledExport,
    read: Read,
    *,
    translate: Translate,
    language: str,
    made: Made,
) -> None:
    """Write the workbook; ``read`` is called once for every State that has a submission."""
    words = Words(language, translate)
    document = data.frame.document
    title = words(
        N_("Compiled reports, cycle %(cycle)s, %(symbol)s"),
        cycle=data.frame.cycle.slug,
        symbol=document.symbol,
    )
    with Book(target, words, made, title, streaming=True) as book:
        readme = book.sheet(words(N_("Read me")), WIDTHS)
        overview = write_overview(book, data)
        body = _Body(book, data)
        for listed in data.states:
            body.add(listed, read(listed.submission.id) if listed.submission else None)
        body.finish()
        commitments = _table(book, N_("Commitments"), COMMITMENTS, COMMITMENT_COLUMNS)
        for line in commitment_lines(document, words):
            commitments.add(line)
        commitments.finish()
        tables = [*body.tables, (commitments.sheet.name, COMMITMENT_COLUMNS)]
        codebook = write_codebook(book, tables)
        sheets = [overview, *body.sheets, commitments.sheet, codebook]
        write_readme(readme, data, sheets, body.tally, made)


class _Body:
    """The sheets that grow with each State."""

    def __init__(self, book: Book, data: CompiledExport) -> None:
        words = book.words
        self._data = data
        self._words = words
        self._matrix = Matrix(book, data.frame.document)
        self._answers = _table(book, N_("Responses"), RESPONSES, ANSWER_COLUMNS)
        self.tally = Tally()
        self.sheets = [self._matrix.sheet, self._answers.sheet]
        self.tables: list[tuple[str, Columns[Any]]] = [
            (self._matrix.sheet.name, STATE_COLUMNS),
            (self._answers.sheet.name, ANSWER_COLUMNS),
        ]
        if data.has_figures:
            self._figures = _table(book, N_("Indicator figures"), FIGURES, FIGURE_COLUMNS)
            self._values = _table(book, N_("Indicator values"), INDICATOR_VALUES, VALUE_COLUMNS)
            self.sheets += [self._figures.sheet, self._values.sheet]
            self.tables += [
                (self._figures.sheet.name, FIGURE_COLUMNS),
                (self._values.sheet.name, VALUE_COLUMNS),
            ]

    def add(self, listed: ListedState, contents: StateAnswers | None) -> None:
        """One State; ``None`` where no submission of it is shown."""
        self._matrix.add(listed, contents.answers if contents else None)
        if contents is None:
            return
        cycle = self._data.frame.cycle.slug
        for commitment in self._data.frame.document.commitments:
            answer = contents.answers.get(commitment.key)
            if answer is None or (answer.content and not answer.content.says_something):
                continue
            self._answers.add(AnswerLine(listed, cycle, commitment, answer))
            self.tally.rows += 1
            self.tally.answered += answer.content is not None
            self.tally.withheld += answer.content is None
        for definition in self._data.frame.indicators:
            returned = contents.returns.get(definition.slug)
            if returned is None:
                continue
            for figure in figure_lines(listed, definition, returned):
                self._figures.add(figure)
            for value in value_rows(listed, definition, returned, self._words):
                self._values.add(value)

    def finish(self) -> None:
        """Put the filters on."""
        self._matrix.finish()
        self._answers.finish()
        if self._data.has_figures:
            self._figures.finish()
            self._values.finish()


def _table(book: Book, name: str, about: str, columns: Columns[Any]) -> Table[Any]:
    widths = [column.width for column in columns]
    return Table(book.sheet(book.words(name), widths, book.words(about)), columns, freeze_columns=2)
