"""One sheet for each section of the national report: a wide row for every State and cycle."""

from collections.abc import Iterable
from itertools import groupby

from xlsxwriter.utility import xl_range

from tracker.domain.documents import Commitment, OutcomeDocument, ReportSection
from tracker.domain.messages import N_
from tracker.domain.progress import Absence, Progress
from tracker.exchange.answers import entry_value
from tracker.exchange.columns import Column, Kind
from tracker.exchange.commitments import short_heading
from tracker.exchange.details import said
from tracker.exchange.entries import IN_VIEW, NAMING, Entry
from tracker.exchange.table import Table
from tracker.exchange.words import Words
from tracker.exchange.workbook import Book

ABOUT = N_(
    "One row for every State: for each commitment of the section the progress, and beside it what "
    "was said."
)
PROGRESS_HELP = N_("Progress in words, or why there is none.")
SAID_HELP = N_(
    "What the State said on the commitment, in its own words behind ours; empty where it said "
    "nothing, has not reported, or the answer is withheld."
)


def section_columns(commitments: Iterable[Commitment], words: Words) -> tuple[Column[Entry], ...]:
    """State and cycle, then two columns for each commitment."""
    own = (pair for commitment in commitments for pair in _pair(commitment, words))
    return (*NAMING, *own)


def explained_columns() -> tuple[Column[Entry], ...]:
    """The columns of these sheets for the codebook, those of the commitments once for all."""
    progress: Column[Entry] = Column(
        "progress_<n>", N_("Para <n>: progress"), Kind.LABEL, 16, lambda _: None, PROGRESS_HELP
    )
    told: Column[Entry] = Column(
        "said_<n>", N_("Para <n>: short title"), Kind.TYPED, 46, lambda _: None, SAID_HELP
    )
    return (*NAMING, progress, told)


def _pair(commitment: Commitment, words: Words) -> tuple[Column[Entry], Column[Entry]]:
    number, key = commitment.paragraph, commitment.key
    title = words.text(commitment.title)

    def told(entry: Entry) -> str | None:
        return said(words, entry.contents.answers.get(key)) if entry.contents else None

    return (
        Column(
            f"progress_{number}",
            words(N_("Para %(n)s: progress"), n=number),
            Kind.LABEL,
            16,
            lambda entry: entry_value(entry, commitment),
            PROGRESS_HELP,
        ),
        Column(
            f"said_{number}",
            words(N_("Para %(n)s: %(title)s"), n=number, title=title),
            Kind.TYPED,
            46,
            told,
            SAID_HELP,
        ),
    )


class SectionSheets:
    """All of them, written State by State."""

    def __init__(self, book: Book, document: OutcomeDocument) -> None:
        self._tables = [
            _section_table(book, document, number, section)
            for number, section in enumerate(ReportSection, start=1)
        ]
        self.sheets = [table.sheet for table in self._tables]

    def add(self, entry: Entry) -> None:
        """One State in one cycle: a row in each."""
        for table in self._tables:
            table.add(entry)

    def finish(self) -> None:
        """Filters, and the colours of progress."""
        for table in self._tables:
            _colour(table)  # first: where rules overlap, LibreOffice keeps to the first
            table.finish()


def _section_table(
    book: Book, document: OutcomeDocument, number: int, section: ReportSection
) -> Table[Entry]:
    words = book.words
    own = [c for c in document.commitments if c.report_section is section]
    columns = section_columns(own, words)
    widths = [column.width for column in columns]
    sheet = book.sheet(f"{number} {words.label(section)}", widths, words(ABOUT))
    sheet.cell(0, words(N_("The short titles are ours.")), "soft")
    at, highest = len(NAMING), 1
    for code, group in groupby(own, key=lambda commitment: commitment.section):
        last = at + 2 * len(list(group)) - 1
        text = short_heading(document, code, words)
        highest = max(highest, sheet.band(at, last, text))
        at = last + 1
    sheet.fit(highest)
    sheet.row += 1
    table = Table(sheet, columns, freeze_columns=IN_VIEW)
    sheet.raw.repeat_rows(0, 1)
    sheet.pages_across(IN_VIEW)
    return table


def _colour(table: Table[Entry]) -> None:
    """The colours of the site on every column of progress, whatever is sorted or filtered."""
    sheet, book = table.sheet, table.sheet.book
    top, end = table.first + 1, max(table.first + 1, sheet.row - 1)
    columns = range(len(NAMING), len(sheet.widths), 2)
    ranges = [xl_range(top, column, end, column) for column in columns]
    for value in (*Progress, *Absence):
        rule = {
            "type": "cell",
            "criteria": "==",
            "value": f'"{book.words.label(value)}"',
            "format": book.style(f"is-{value}"),
            "multi_range": " ".join(ranges),
        }
        sheet.raw.conditional_format(top, columns[0], end, columns[0], rule)
