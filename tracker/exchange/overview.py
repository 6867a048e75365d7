"""The overview of a compiled workbook: who reported, and progress by section and commitment."""

from collections.abc import Sequence

from tracker.domain.documents import OutcomeDocument
from tracker.domain.messages import N_
from tracker.domain.overview import parts_by_section
from tracker.domain.progress import SHOWN_ORDER, Absence, Base, Distribution, Progress, total
from tracker.exchange.charts import ROW_PIXELS, Series, Source, stacked_bars
from tracker.exchange.movement import HELD, Movement
from tracker.exchange.styles import FILLS, HATCHES
from tracker.exchange.words import Words
from tracker.exchange.workbook import Book, Sheet
from tracker.queries.compiled import CompiledCycle, CompiledExport, ListedState

WIDTHS = (11, 50, *[12] * len(SHOWN_ORDER), 12, *[19] * len(Base))
SECTION_ROWS, GROUP_ROWS = 22, 13
GROUP_CHART_COLUMN = 8
ABOUT = N_("Who reported, and progress by section and by commitment, with charts.")
GROUP_CHART = N_("Stacked bars: reports on time, late and missing, of the table beside it.")
SECTION_CHART = N_("Stacked bars: the counts of the table below it, section by section.")
IMPLEMENTED_OF = {
    Base.MEMBERS: N_("Implemented, of all Member States"),
    Base.REPORTING: N_("Implemented, of reporting States"),
    Base.ANSWERED: N_("Implemented, of States that answered"),
    Base.APPLICABLE: N_("Implemented, of States to which it applies"),
}
STANDS: tuple[tuple[str, Progress | Absence], ...] = (
    (N_("On time"), Progress.IMPLEMENTED),
    (N_("Late"), Progress.NOT_STARTED),
    (N_("No report"), Absence.NOT_REPORTED),
)  # with the value whose look they have


def overview_sheet(book: Book) -> Sheet:
    """The empty sheet, in its place; it is written when every State was counted."""
    words = book.words
    return book.sheet(words(N_("Overview")), WIDTHS, words(ABOUT))


def write_overview(sheet: Sheet, data: CompiledExport, movement: Movement) -> None:
    """For each cycle reports by group, then progress by section and by commitment, with charts.

    Of several cycles, what moved between them stands after the last.
    """
    words = sheet.book.words
    sheet.line(words(N_("Overview")), "title")
    shares = words(N_("Shares are printed as n/N; the head of the column names the base N."))
    sheet.line(shares, "soft")
    for compiled in data.cycles:
        slug = compiled.cycle.slug
        sheet.gap()
        sheet.line(words(N_("Cycle %(cycle)s: reports by group"), cycle=slug), "heading")
        _write_groups(sheet, data, compiled)
        sheet.gap()
        title = N_("Cycle %(cycle)s: progress by section, in pairs State × commitment")
        sheet.line(words(title, cycle=slug), "heading")
        _write_sections(sheet, data.document, compiled)
        sheet.gap()
        title = N_("Cycle %(cycle)s: progress by commitment, in Member States")
        sheet.line(words(title, cycle=slug), "heading")
        _write_commitments(sheet, data.document, compiled)
    movement.write(sheet)


def _write_groups(sheet: Sheet, data: CompiledExport, compiled: CompiledCycle) -> None:
    """The table, and beside it the chart that is drawn from it."""
    words, top = sheet.book.words, sheet.row
    heads = [N_("Member States"), *(name for name, _ in STANDS)]
    heads += [N_("Reports, of Member States"), N_("On time, of reports")]
    sheet.row_of(["", words(N_("Group")), *(words(head) for head in heads)], "header")
    first = sheet.row
    members = [listed for listed in compiled.states if listed.is_member]
    for group in data.groups:
        own = [listed for listed in members if listed.state.group == group.code]
        _group_row(sheet, words.text(group.name), own)
    series = [_series(words(name), at, like) for at, (name, like) in enumerate(STANDS, start=3)]
    _group_row(sheet, words(N_("All Member States")), members)
    stacked_bars(
        sheet,
        Source(first, sheet.row - 1, 1, series),
        at=(top, GROUP_CHART_COLUMN),
        size=(840, GROUP_ROWS * ROW_PIXELS),
        title=words(N_("Reports by group, of all Member States")),
        description=words(GROUP_CHART),
    )
    sheet.row = max(sheet.row, top + GROUP_ROWS + 1)


def _series(name: str, column: int, like: Progress | Absence) -> Series:
    return Series(name, column, FILLS[like][0], HATCHES.get(like))


def _group_row(sheet: Sheet, name: str, states: Sequence[ListedState]) -> None:
    share, number = sheet.book.words.share, sheet.book.style("boxed_number")
    found = [listed.submission for listed in states if listed.submission]
    on_time = sum(submission.on_time for submission in found)
    sheet.cell(0, "", "boxed")
    sheet.cell(1, name, "boxed_bold")
    amounts = (len(states), on_time, len(found) - on_time, len(states) - len(found))
    for at, amount in enumerate(amounts, start=2):
        sheet.raw.write_number(sheet.row, at, amount, number)
    sheet.cell(6, share(len(found), len(states)), "boxed_share")
    sheet.cell(7, share(on_time, len(found)), "boxed_share")
    sheet.row += 1


def _write_sections(sheet: Sheet, document: OutcomeDocument, compiled: CompiledCycle) -> None:
    """The chart, and below it the table that it is drawn from."""
    words, figures = sheet.book.words, compiled.figures
    sheet.line(words(HELD), "soft")
    found = parts_by_section(document, [c for c in document.commitments if c.asks_states])
    counted = {one.paragraph: one.distribution for one in figures.commitments}
    chart_row = sheet.row
    sheet.row += SECTION_ROWS
    _heads(sheet, words(N_("Section")), words(N_("Short heading (ours)")), words(N_("Pairs")))
    if found:
        series = [
            _series(words.label(value), at, value) for at, value in enumerate(SHOWN_ORDER, start=2)
        ]
        stacked_bars(
            sheet,
            Source(sheet.row, sheet.row + len(found) - 1, 1, series),
            at=(chart_row, 0),
            size=(1180, SECTION_ROWS * ROW_PIXELS - 10),
            title=words(N_("Progress by section, of all Member States")),
            description=words(SECTION_CHART),
        )
    for part in found:
        own = total([counted[number] for number in part.paragraphs])
        _counts(sheet, part.of.code, words.text(part.of.short_title), own)
    _counts(sheet, "", words(N_("All sections")), figures.whole)


def _write_commitments(sheet: Sheet, document: OutcomeDocument, compiled: CompiledCycle) -> None:
    words = sheet.book.words
    sheet.line(words(N_("Those for the secretariat alone ask no State and are left out.")), "soft")
    titles = {c.key: words.text(c.title) for c in document.commitments}
    title = words(N_("Short title (ours)"))
    _heads(sheet, words(N_("Paragraph")), title, words(N_("Member States")))
    for found in compiled.figures.commitments:
        _counts(sheet, str(found.paragraph), titles[found.key], found.distribution)


def _heads(sheet: Sheet, first: str, second: str, whole: str) -> None:
    words = sheet.book.words
    values = [words.label(value) for value in SHOWN_ORDER]
    shares = [words(text) for text in IMPLEMENTED_OF.values()]
    sheet.row_of([first, second, *values, whole, *shares], "header")


def _counts(sheet: Sheet, code: str, name: str, found: Distribution) -> None:
    number = sheet.book.style("boxed_number")
    sheet.cell(0, code, "boxed")
    sheet.cell(1, name, "boxed")
    for at, value in enumerate((*SHOWN_ORDER, None), start=2):
        amount = found[value] if value else found.members
        sheet.raw.write_number(sheet.row, at, amount, number)
    for at, text in enumerate(_shares(sheet.book.words, found), start=len(SHOWN_ORDER) + 3):
        sheet.cell(at, text, "boxed_share")
    sheet.fit_text(name, 1)
    sheet.row += 1


def _shares(words: Words, found: Distribution) -> list[str]:
    return [words.share(found[Progress.IMPLEMENTED], found.size(base)) for base in IMPLEMENTED_OF]
