"""A list of needs and offers, exactly as it was chosen, as a workbook, CSV or JSON."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO

from tracker import __version__
from tracker.domain.assistance import Direction
from tracker.domain.chain import instant
from tracker.domain.documents import LocalisedText, OutcomeDocument
from tracker.domain.item_fields import Part
from tracker.domain.messages import N_
from tracker.domain.needs import AssistanceChoice, currency_sums, not_ended
from tracker.domain.progress import Audience
from tracker.exchange.answers import reader_words
from tracker.exchange.entries import IN_VIEW, Entry
from tracker.exchange.item_tables import ItemLine, item_columns
from tracker.exchange.legend import write_codebook
from tracker.exchange.marks import FileKind
from tracker.exchange.page_files import title_for
from tracker.exchange.readme import WIDTHS
from tracker.exchange.table import Table
from tracker.exchange.tabular import objects, with_codes, write_csv
from tracker.exchange.words import Made, Words
from tracker.exchange.workbook import Book, Sheet
from tracker.queries.compiled import ListedState
from tracker.queries.needs import ListedAssistance, ReportingState

COLUMNS = item_columns(Part.ASSISTANCE)


class ListForm(StrEnum):
    """What kind of file; the value is its suffix."""

    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"

    @property
    def media_type(self) -> str:
        """The media type registered for it."""
        return {
            ListForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ListForm.CSV: "text/csv",
            ListForm.JSON: "application/json",
        }[self]


@dataclass(frozen=True, slots=True)
class AssistanceList:
    """What is listed: ``rows`` in their order, then how many each of ``states`` withholds.

    ``matched`` is what the rows meet, where they were found by it; ``groups`` and ``area_name``
    are names in every language.
    """

    document: OutcomeDocument
    cycle: str
    audience: Audience
    chosen: AssistanceChoice
    area_name: LocalisedText
    matched: ListedAssistance | None
    rows: tuple[ListedAssistance, ...]
    states: tuple[ReportingState, ...]
    groups: Mapping[str, LocalisedText]
    demonstration: bool
    data_version: int

    def lines(self) -> Iterator[ItemLine]:
        """One row an item, then one for each State that withholds some."""
        for row in self.rows:
            yield ItemLine(self._entry(row), row.shown)
        for state in self.states:
            if state.withheld and not self.matched:
                yield ItemLine(self._entry(state), withheld=state.withheld)

    def _entry(self, row: ListedAssistance | ReportingState) -> Entry:
        group = self.groups.get(row.state.group or "", {})
        return Entry(self.document, self.cycle, ListedState(row.state, group, row.submission), None)


def write_needs_file(
    target: BinaryIO, data: AssistanceList, form: ListForm, *, words: Words, made: Made
) -> None:
    """Write the list in the words of one language."""
    if form is ListForm.CSV:
        write_csv(target, with_codes(COLUMNS), data.lines(), words)
    elif form is ListForm.JSON:
        content = _about(data, words, made) | {
            "needs_and_offers": list(objects(COLUMNS, data.lines(), words))
        }
        target.write(json.dumps(content, ensure_ascii=False, indent=1).encode())
    else:
        _write_workbook(target, data, words, made)


def _about(data: AssistanceList, words: Words, made: Made) -> dict[str, Any]:
    return {
        "format": FileKind.NEEDS.value,
        "cycle": data.cycle,
        "document": data.document.symbol,
        "audience": data.audience.value,
        "made_for": words(reader_words(data.audience)),
        "filters": _codes(data),
        "demonstration": data.demonstration,
        "data_version": data.data_version,
        "language": words.language,
        "made_at": instant(made.at),
        "made_by": made.by,
    }


def _codes(data: AssistanceList) -> dict[str, Any]:
    chosen = data.chosen
    found = {
        "direction": chosen.direction,
        "theme": chosen.theme,
        "kind": chosen.kind,
        "status": chosen.status,
        "area": chosen.area,
        "paragraph": chosen.paragraph,
        "match": data.matched.shown.item_id if data.matched else None,
    }
    return {name: value for name, value in found.items() if value}


def _write_workbook(target: BinaryIO, data: AssistanceList, words: Words, made: Made) -> None:
    title = title_for(data.audience, words(N_("Needs and offers of assistance")), words)
    with Book(target, words, made, title) as book:
        readme = book.sheet(words(N_("Read me")), WIDTHS)
        sheet = book.sheet(words(N_("Needs and offers")), [column.width for column in COLUMNS])
        table = Table(sheet, COLUMNS, freeze_columns=IN_VIEW)
        for line in data.lines():
            table.add(line)
        table.finish()
        sheet.pages_across(IN_VIEW)
        write_codebook(book, [(sheet.name, COLUMNS)])
        _write_readme(readme, data, made)
        book.mark(FileKind.NEEDS)


def _write_readme(sheet: Sheet, data: AssistanceList, made: Made) -> None:
    words = sheet.book.words
    sheet.line(sheet.book.title, "title")
    if data.demonstration:
        sheet.line(words(N_("Demonstration data: the States here are invented.")), "alert")
    narrow = data.audience is Audience.SECRETARIAT
    sheet.line(words(reader_words(data.audience)), "alert" if narrow else "note")
    sheet.gap()
    document = data.document
    source = f"{words.text(document.title)}, {document.source}"
    sheet.fact(words(N_("Outcome document")), source)
    sheet.fact(words(N_("Reporting cycle")), data.cycle)
    sheet.fact(words(N_("Audience")), words.label(data.audience))
    sheet.fact(words(N_("Filters")), _filters(data, words))
    sheet.fact(words(N_("Language")), words.label(words.language))
    sheet.fact(words(N_("Made")), f"{words.instant(made.at)}, {made.by}", "fact_typed")
    sheet.fact(words(N_("Version of the data")), str(data.data_version))
    sheet.fact(words(N_("Version of the tracker")), __version__)
    sheet.gap()
    _counts(sheet, data)
    sheet.gap()
    for text in _rules():
        sheet.line(words(text), "note")


def _filters(data: AssistanceList, words: Words) -> str:
    chosen = data.chosen
    if data.matched:
        name = words.text(data.matched.state.name)
        return words(
            N_("What meets %(item)s of %(state)s: the same theme, of other States"),
            item=data.matched.shown.item_id,
            state=name,
        )
    labels = [
        words.label(value)
        for value in (chosen.direction, chosen.theme, chosen.kind, chosen.status)
        if value
    ]
    if chosen.area:
        labels.append(words.text(data.area_name))
    if chosen.paragraph:
        labels.append(words(N_("Paragraph %(number)s"), number=chosen.paragraph))
    return " · ".join(labels) or words(N_("None: all needs and offers of the cycle."))


def _counts(sheet: Sheet, data: AssistanceList) -> None:
    words = sheet.book.words
    members = [row for row in data.rows if row.is_member]
    counted = not_ended(members)
    counts = {d: sum(row.content.direction is d for row in counted) for d in Direction}
    sheet.line(words(N_("Counts, of Member States")), "heading")
    for direction, number in counts.items():
        sheet.fact(words.label(direction), str(number))
    ended = len(members) - len(counted)
    sheet.fact(words(N_("Completed or withdrawn, in no count and no sum")), str(ended))
    for total in currency_sums(counted):
        share = words.share(total.named, counts[total.direction])
        text = words(N_("%(amount)s; named by %(share)s"), amount=total.amount, share=share)
        sheet.fact(f"{words.label(total.direction)}, {total.currency}", text)


def _rules() -> tuple[str, ...]:
    return (
        N_("Amounts are in whole units of their currency; currencies are never added together."),
        N_("What is completed or withdrawn is listed and stands in no count and no sum."),
        N_("What observer States say is listed and stands in no count and no sum."),
        N_(
            "Rows that only say how many are withheld count all needs and offers of the State "
            "that readers of this file may not see, whatever they are about."
        ),
        N_("All times are UTC."),
    )
