"""The rows of an offline template as typed texts, before they are put into words and cells."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tracker.domain.answer_plans import typed_answer
from tracker.domain.documents import Commitment
from tracker.domain.filled import VALUE, SheetRole
from tracker.domain.indicators import IndicatorDefinition, cells_of
from tracker.domain.items import typed_texts
from tracker.domain.law_plans import typed_measure
from tracker.domain.messages import N_
from tracker.exchange.template_columns import PARAGRAPH, roles_of
from tracker.exchange.words import Words
from tracker.models.ids import new_public_id
from tracker.queries.indicators import ReturnRow
from tracker.queries.templates import TemplateExport

SPARE_ROWS = 30
Fixed = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Mark:
    """What the check says of one cell: an error, or another text saved meanwhile."""

    is_error: bool
    text: str


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """One row. ``fixed`` are the cells that name it, its hidden ``id`` among them.

    ``texts`` are as typed, by column; none is an empty cell, the empty one empties the field.
    A ``spare`` row waits for something new. ``raw`` are cells that could not be read, written as
    they stood; a ``refused`` row could not be read at all, so that its name is to be corrected.
    """

    fixed: Fixed
    texts: Mapping[str, str] = field(default_factory=dict)
    spare: bool = False
    marks: Mapping[str, Mark] = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict)
    refused: bool = False


Rows = Mapping[SheetRole, tuple[TemplateRow, ...]]


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions that a file is made from: by commitment key, item id and indicator."""

    answers: Mapping[str, int]
    items: Mapping[str, int]
    figures: Mapping[str, int]


def versions_of(data: TemplateExport) -> Versions:
    """Those that stand now."""
    return Versions(
        answers={key: row.version for key, row in data.answers.items()},
        items={row.item_id: row.version for part in data.items.values() for row in part},
        figures={slug: row.version for slug, row in data.returns.items()},
    )


def official_cell(words: Words, commitment: Commitment) -> str:
    """The official text; where none is loaded in the language, our summary below it."""
    text, language = words.official(commitment.text)
    summary = words.text(commitment.summary)
    if language == words.language or not summary:
        return text
    return f"{text}\n\n{words(N_('Our summary:'))} {summary}"


def answer_cells(words: Words, commitment: Commitment) -> dict[str, str | int]:
    """The cells that name the row of a commitment."""
    return {
        PARAGRAPH: commitment.paragraph,
        "section": commitment.section,
        "official": official_cell(words, commitment),
        "id": commitment.key,
    }


def law_id(key: str, position: int) -> str:
    """How a row names a law of the answer that the file was made from."""
    return f"{key}#{position}"


def figure_id(slug: str, place: str) -> str:
    """How a row names a figure."""
    return f"{slug}/{place}"


def figure_cells(
    words: Words, definitions: Iterable[IndicatorDefinition], years: Iterable[int]
) -> Iterator[dict[str, str | int]]:
    """The cells that name each figure asked for, by indicator, year, input and category."""
    years = tuple(years)
    for definition in definitions:
        labels = definition.labels(words.language)
        for cell in cells_of(definition, years):
            yield {
                "indicator": definition.code,
                "year": cell.year,
                "category": labels[cell.category],
                "input": labels[cell.input],
                "id": figure_id(definition.slug, cell.place),
            }


def without_blanks(texts: Mapping[str, str]) -> dict[str, str]:
    """An empty field is an empty cell: it says nothing."""
    return {name: text for name, text in texts.items() if text}


def rows_of(data: TemplateExport, words: Words) -> Rows:
    """The working copy as it stands, with spare rows; a contributor's has two sheets."""
    makers = {
        SheetRole.ANSWERS: lambda: answer_rows(data, words),
        SheetRole.MEASURES: lambda: law_rows(data),
        SheetRole.FIGURES: lambda: figure_rows(data, words),
    }
    return {
        role: tuple(makers[role]() if role in makers else item_rows(data, role))
        for role in roles_of(data.frame.sections)
    }


def answer_rows(data: TemplateExport, words: Words) -> Iterator[TemplateRow]:
    """One row for each commitment that asks."""
    for commitment in data.frame.commitments:
        row = data.answers.get(commitment.key)
        texts = without_blanks(typed_answer(row.content)) if row else {}
        yield TemplateRow(answer_cells(words, commitment), texts)


def law_rows(data: TemplateExport) -> Iterator[TemplateRow]:
    """One row for each law that is named, then spare ones."""
    for commitment in data.frame.commitments:
        row = data.answers.get(commitment.key)
        for position, measure in enumerate(row.content.measures if row else ()):
            name = law_id(commitment.key, position)
            fixed: Fixed = {PARAGRAPH: commitment.paragraph, "id": name}
            yield TemplateRow(fixed, without_blanks(typed_measure(measure)))
    yield from spare_laws()


def spare_laws() -> Iterator[TemplateRow]:
    """Rows that wait for new laws."""
    return (TemplateRow({}, spare=True) for _ in range(SPARE_ROWS))


def item_rows(data: TemplateExport, role: SheetRole) -> Iterator[TemplateRow]:
    """One row for each item, then spare ones. Each has its id, so that a file that is read
    twice makes its items once.
    """
    if role.part is None:
        raise ValueError(role)
    for row in data.items[role.part]:
        yield TemplateRow({"id": row.item_id}, without_blanks(typed_texts(row.content)))
    yield from spare_items()


def spare_items() -> Iterator[TemplateRow]:
    """Rows that wait for new items."""
    return (TemplateRow({"id": new_public_id()}, spare=True) for _ in range(SPARE_ROWS))


def figure_rows(data: TemplateExport, words: Words) -> Iterator[TemplateRow]:
    """One row for each figure asked for."""
    known = figure_texts(data.returns)
    for fixed in figure_cells(words, data.frame.indicators, data.years):
        text = known.get(str(fixed["id"]))
        yield TemplateRow(fixed, {} if text is None else {VALUE: text})


def figure_texts(returns: Mapping[str, ReturnRow]) -> dict[str, str]:
    """The figures returned, by the name of their row."""
    return {
        figure_id(slug, cell.place): str(number)
        for slug, row in returns.items()
        for cell, number in row.figures.items()
    }
