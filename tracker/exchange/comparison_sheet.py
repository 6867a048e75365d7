"""The comparison laid out as its page: one row a commitment, one block of columns a State or group.

It is there to be read and printed; the sheet of all columns beside it holds every text whole.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from tracker.domain.comparison import (
    NOT_ASKED,
    Cell,
    Column,
    GroupCell,
    GroupColumn,
    Row,
    Said,
    Source,
    StateCell,
    StateColumn,
)
from tracker.domain.documents import OutcomeDocument
from tracker.domain.excerpts import excerpt
from tracker.domain.messages import N_
from tracker.domain.movement import Move
from tracker.domain.progress import SHOWN_ORDER, Absence, Audience, Base
from tracker.domain.responses import ResponseContent
from tracker.domain.states import StateStatus
from tracker.exchange.answers import joined_measures
from tracker.exchange.cells import lines, split_text
from tracker.exchange.commitments import short_heading
from tracker.exchange.comparison_columns import assistance_line, progress_or_absence
from tracker.exchange.words import Words
from tracker.exchange.workbook import Book, Sheet

NAME = N_("Side by side")
NAMING = ((N_("Paragraph"), 10), (N_("Commitment (our short title)"), 34))
STATE = (
    (N_("Progress"), 17),
    (N_("What the State says"), 35),
    (N_("Laws, agency, assistance"), 24),
    (N_("Language and date"), 14),
)
GROUP = (
    (N_("Progress, share of the base"), 30),
    (N_("Movement, of the States in both cycles"), 30),
)
PAGE = 224  # characters across a page: two States beside the commitment
SCALE = 51  # per cent; what makes so much fit on a page
STRUCK = N_("[A text was removed here by the secretariat.]")
RIGHT_TO_LEFT = ("ar",)


@dataclass(frozen=True, slots=True)
class Text:
    """What one cell of the sheet says, and how it looks."""

    said: str
    style: str = "boxed"


def write_side_by_side(
    book: Book,
    document: OutcomeDocument,
    compared: Sequence[Column],
    rows: Sequence[Row],
    own: Collection[str] = (),
) -> Sheet:
    """The sheet, headers in view and on every printed page; a sentence where no row is left.

    ``own`` are codes of States of which the reader reads all that is published.
    """
    words = book.words
    heads = (*NAMING, *(head for column in compared for head in _heads(column)))
    sheet = book.sheet(words(NAME), [width for _, width in heads])
    _write_names(sheet, compared, own)
    sheet.header([words(name) for name, _ in heads], freeze_columns=len(NAMING))
    sheet.raw.repeat_rows(0, 1)
    _print_by_block(sheet, compared)
    for code, together in groupby(rows, key=lambda row: row.commitment.section):
        _write_band(sheet, short_heading(document, code, words))
        for row in together:
            _write_row(sheet, _texts(row, compared, words))
    if not rows:
        sheet.cell(0, words(N_("There is no commitment of which this is true.")), "soft")
        sheet.row += 1
    sheet.raw.print_area(0, 0, sheet.row - 1, len(heads) - 1)
    return sheet


def _print_by_block(sheet: Sheet, compared: Iterable[Column]) -> None:
    """No block is parted by the end of a page; the commitment stands on each."""
    naming, at, breaks = sum(width for _, width in NAMING), len(NAMING), []
    used = naming
    for column in compared:
        width = sum(width for _, width in _heads(column))
        if used > naming and used + width > PAGE:
            breaks.append(at)
            used = naming
        used += width
        at += len(_heads(column))
    sheet.raw.repeat_columns(0, len(NAMING) - 1)
    sheet.raw.set_print_scale(SCALE)
    sheet.raw.set_v_pagebreaks(breaks)


def _heads(column: Column) -> tuple[tuple[str, int], ...]:
    return STATE if isinstance(column, StateColumn) else GROUP


def _write_names(sheet: Sheet, compared: Iterable[Column], own: Collection[str]) -> None:
    """Above each block whose it is."""
    for at in range(len(NAMING)):
        sheet.cell(at, "", "band")
    first, highest = len(NAMING), 1
    for column in compared:
        last = first + len(_heads(column)) - 1
        highest = max(highest, sheet.band(first, last, _name(column, sheet.book.words, own)))
        first = last + 1
    sheet.fit(highest)
    sheet.row += 1


def _name(column: Column, words: Words, own: Collection[str]) -> str:
    parts = [f"{words.text(column.name)} ({column.code})"]
    if isinstance(column, GroupColumn):
        if not column.states:
            return " · ".join((*parts, words(N_("There is no Member State in this group."))))
        share = words.share(column.reporting, len(column.states))
        return " · ".join((*parts, words.named(words(N_("Reporting States")), share)))
    if column.state.status is StateStatus.OBSERVER:
        parts.append(words(N_("Observer State, in no base")))
    if column.report is None:
        none = words(N_("No published report"))
        absent = none if column.code in own else words.label(Absence.NOT_REPORTED)
        return " · ".join((*parts, absent))
    source = column.report.source
    parts.append(words.named(words(N_("Submitted")), words.day(source.submitted_at.date())))
    if source.published_at is None:
        parts.append(words(N_("Not published")))
    if not source.on_time:
        parts.append(words(N_("Late")))
    if column.lacks_before:
        slug = column.compared_with
        parts.append(words(N_("No report in cycle %(slug)s to compare with"), slug=slug))
    return " · ".join(parts)


def _write_band(sheet: Sheet, text: str) -> None:
    """A heading of the document; not across the line behind which columns move away."""
    highest = sheet.band(0, len(NAMING) - 1, text)
    for at in range(len(NAMING), len(sheet.widths)):
        sheet.cell(at, "", "band")
    sheet.fit(highest)
    sheet.row += 1


def _write_row(sheet: Sheet, texts: Sequence[Text]) -> None:
    for at, text in enumerate(texts):
        sheet.cell(at, split_text(text.said)[0], text.style)
    pairs = zip(texts, sheet.widths, strict=True)
    sheet.fit(max(lines(text.said, width - 2) for text, width in pairs))
    sheet.row += 1


def _texts(row: Row, compared: Sequence[Column], words: Words) -> list[Text]:
    found = [
        Text(str(row.commitment.paragraph), "boxed_bold"),
        Text(words.text(row.commitment.title)),
    ]
    for column, cell in zip(compared, row.cells, strict=True):
        block = list(_block(cell, words))
        found += block + [Text("")] * (len(_heads(column)) - len(block))
    return found


def _block(cell: Cell, words: Words) -> Iterator[Text]:
    """Of what asks nothing of a State the one word, for States and groups alike."""
    if isinstance(cell, GroupCell):
        return _group_texts(cell, words)
    if cell == NOT_ASKED:
        return iter((_worded(cell, words),))
    return _state_texts(cell, words)


def _worded(cell: StateCell, words: Words) -> Text:
    return Text("\n".join(_standing(cell, words)), f"is-{cell.value}")


def _state_texts(cell: StateCell, words: Words) -> Iterator[Text]:
    """Progress; what the State says; what stands beside it; in which language and when."""
    last = cell.last_known
    said, source = (last.said, last.source) if last else (cell.said, cell.source)
    content = said.content if said else None
    yield _worded(cell, words)
    yield _answer(said, words)
    yield Text("\n".join(_beside(cell, content, words)), "boxed_typed")
    yield Text("\n".join(_vintage(said, source, words)))


def _standing(cell: StateCell, words: Words) -> Iterator[str]:
    yield words.label(progress_or_absence(cell.value))
    if cell.move:
        yield words.label(cell.move)
    if cell.content and cell.content.good_practice:
        yield words(N_("Good practice"))
    if cell.content and cell.content.audience is not Audience.PUBLIC:
        yield words.label(cell.content.audience)
    if cell.last_known:
        slug = cell.last_known.source.cycle
        lead = words(N_("Last known, from cycle %(slug)s; it counts nowhere here:"), slug=slug)
        yield f"{lead} {words.label(progress_or_absence(cell.last_known.said.value))}"


def _answer(said: Said | None, words: Words) -> Text:
    content = said.content if said else None
    if said is None or content is None:
        return Text("")
    parts = []
    if content.reason:
        parts.append(words.named(words(N_("Reason")), excerpt(content.reason)))
    if content.narrative:
        parts.append(excerpt(content.narrative))
    if said.is_struck:
        parts.append(words(STRUCK))
    rtl = content.narrative_language in RIGHT_TO_LEFT
    return Text("\n".join(parts), "boxed_typed_rtl" if rtl else "boxed_typed")


def _beside(cell: StateCell, content: ResponseContent | None, words: Words) -> Iterator[str]:
    if content and content.measures:
        yield f"{words(N_('Laws and instruments:'))}\n{joined_measures(content.measures)}"
    if content and content.lead_agency:
        yield words.named(words(N_("Lead agency")), content.lead_agency)
    for item in cell.assistance:
        direction = words.label(item.direction) if item.direction else words(N_("Assistance"))
        yield words.named(direction, assistance_line(item, words, excerpt(item.description)))


def _vintage(said: Said | None, source: Source | None, words: Words) -> Iterator[str]:
    if said is None or source is None:
        return
    if said.content and said.content.narrative and said.content.narrative_language:
        yield words.label(said.content.narrative_language)
    yield words.day(source.submitted_at.date())


def _group_texts(cell: GroupCell, words: Words) -> Iterator[Text]:
    """The shares of the base; what became of the States in both cycles."""
    shares = [
        words.named(words.label(value), words.share(cell.distribution[value], cell.size))
        for value in SHOWN_ORDER
        if value in cell.distribution.keys(cell.base) and cell.distribution[value]
    ]
    yield Text("\n".join(shares) or words.label(Absence.NOT_COMPUTABLE))
    if cell.moves is None or not cell.distribution.size(Base.MEMBERS):
        return
    if not cell.in_both:
        yield Text(words(N_("No State of the group reported in both cycles.")))
    else:
        moves = (
            words.named(words.label(move), words.share(cell.moves[move], cell.in_both))
            for move in Move
        )
        yield Text("\n".join(moves))
