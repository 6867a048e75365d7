"""One State's report as a workbook, laid out like the voluntary national report."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from tracker.domain.documents import ReportSection
from tracker.domain.item_fields import Part
from tracker.domain.messages import N_
from tracker.exchange import report_cover
from tracker.exchange.columns import Columns
from tracker.exchange.indicator_sheets import write_returns
from tracker.exchange.item_columns import ITEM_COLUMNS
from tracker.exchange.legend import Entry, write_codebook
from tracker.exchange.marks import FileKind
from tracker.exchange.paper import print_whole
from tracker.exchange.report_items import write_contacts, write_items
from tracker.exchange.report_sheet import (
    REPORT_COLUMNS,
    WIDTHS,
    ReportLine,
    write_commitments,
    write_head,
)
from tracker.exchange.styles import state_and_code
from tracker.exchange.template_items import (
    GENERATION,
    SOURCE,
    TEMPLATE_ITEMS,
    items_of_section,
)
from tracker.exchange.translations import Translate
from tracker.exchange.words import Made, Words
from tracker.exchange.workbook import Book, Sheet, Target
from tracker.queries.report_exports import ReportExport

INDICATOR_WIDTHS = (40, 20, 20, 20, 20, 20, 28)
PART_SECTIONS = {
    Part.CONTACTS: ReportSection.COORDINATION,
    Part.ASSISTANCE: ReportSection.COOPERATION_ASSISTANCE,
    Part.TARGETS: ReportSection.TARGETS,
}


class Order(StrEnum):
    """How the commitments of a report follow each other."""

    SECTION = "section"
    PARAGRAPH = "paragraph"


def write_report(
    target: Target,
    data: ReportExport,
    *,
    translate: Translate,
    language: str,
    made: Made,
    order: Order = Order.SECTION,
) -> None:
    """Write the workbook: cover, commitments in this order, figures, items, codebook.

    By section each has its sheet, with the items that belong to it. By paragraph one sheet holds
    every commitment as in the document, and the items have sheets of their own.
    """
    words = Words(language, translate)
    state = state_and_code(words, data.state.name, data.state.iso3)
    title = words(N_("National report of %(state)s"), state=state)
    about = f"{title} · {data.frame.cycle.slug} · {data.frame.document.symbol}"
    footer = f"{about} · {report_cover.readers(words, data)}"
    with Book(target, words, made, footer) as book:
        cover = book.sheet(words(N_("Cover")), report_cover.WIDTHS)
        lines = _lines(data, words)
        found = _by_section(lines)
        report = _Report(book, data, about)
        names = report.sections(found) if order is Order.SECTION else report.paragraphs(lines)
        report.codebook(order)
        report_cover.write_cover(cover, data, found, names, title, made)
        book.mark(FileKind.REPORT)


def _lines(data: ReportExport, words: Words) -> list[ReportLine]:
    document = data.frame.document
    answers = data.contents.answers
    return [ReportLine(document, c, answers.get(c.key), words) for c in document.commitments]


def _by_section(lines: Sequence[ReportLine]) -> dict[ReportSection, list[ReportLine]]:
    found: dict[ReportSection, list[ReportLine]] = {section: [] for section in ReportSection}
    for line in lines:
        found[line.commitment.report_section].append(line)
    return found


class _Report:
    """The sheets between the cover and the mark."""

    def __init__(self, book: Book, data: ReportExport, about: str) -> None:
        self._book = book
        self._data = data
        self._about = about

    def sections(
        self, found: Mapping[ReportSection, Sequence[ReportLine]]
    ) -> dict[ReportSection, str]:
        """A sheet for each section of the report template, by section; figures beside one."""
        words, names = self._book.words, dict[ReportSection, str]()
        for number, section in enumerate(ReportSection, start=1):
            sheet = self._book.sheet(f"{number} {words.label(section)}", WIDTHS)
            names[section] = sheet.name
            write_head(sheet, f"{number} {words.label(section)}", self._about)
            if section is ReportSection.COORDINATION:
                write_contacts(sheet, self._data.contents.items[Part.CONTACTS])
            write_commitments(sheet, found[section])
            if section is ReportSection.COLLECTION:
                figures = self._figures(f"{number} {words(N_('Indicators'))}")
                sheet.link(0, words(N_("Figures of indicators")), figures.name, "link")
                sheet.row += 1
            for part in (Part.ASSISTANCE, Part.TARGETS):
                if PART_SECTIONS[part] is section:
                    write_items(sheet, part, self._data.contents.items[part])
            _template_note(sheet, section)
            print_whole(sheet)
        return names

    def paragraphs(self, lines: Sequence[ReportLine]) -> dict[ReportSection, str]:
        """Every commitment in the order of the document, then a sheet for each other table."""
        words, items = self._book.words, self._data.contents.items
        sheet = self._book.sheet(words(N_("Commitments")), WIDTHS)
        write_head(sheet, words(N_("Commitments")), self._about)
        write_commitments(sheet, lines)
        print_whole(sheet)
        for part in Part:
            sheet = self._book.sheet(words.label(part), WIDTHS)
            self._title(sheet, words.label(part))
            if part is Part.CONTACTS:
                write_contacts(sheet, items[part])
            else:
                write_items(sheet, part, items[part])
            print_whole(sheet)
        self._figures(words(N_("Indicators")))
        return {}

    def _figures(self, name: str) -> Sheet:
        sheet = self._book.sheet(name, INDICATOR_WIDTHS)
        self._title(sheet, name)
        write_returns(sheet, self._data.frame.indicators, self._data.contents.returns)
        print_whole(sheet)
        return sheet

    def _title(self, sheet: Sheet, title: str) -> None:
        sheet.line(title, "title")
        sheet.line(self._about, "soft")

    def codebook(self, order: Order) -> None:
        """What every column and code means, and the items of the template that are cited."""
        words = self._book.words
        place = N_("Report sections") if order is Order.SECTION else N_("Commitments")
        tables: list[tuple[str, Columns[Any]]] = [(words(place), REPORT_COLUMNS)]
        tables += [(words.label(part), ITEM_COLUMNS[part]) for part in Part]
        cited = [
            Entry(words(GENERATION), words(item.asks), item.number, "", SOURCE)
            for item in TEMPLATE_ITEMS
        ]
        write_codebook(self._book, tables, cited)


def _template_note(sheet: Sheet, section: ReportSection) -> None:
    """The items of the report template whose numbers are known, if there are any."""
    words = sheet.book.words
    cited = words.listed(f"{i.number} {words(i.asks)}" for i in items_of_section(section))
    if cited:
        in_our_words = N_("%(generation)s, in our words: %(items)s")
        sheet.line(words(in_our_words, generation=words(GENERATION), items=cited), "note")
