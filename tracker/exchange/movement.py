"""How States moved from one cycle to the next, counted while their answers are written."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from tracker.domain.messages import N_
from tracker.domain.movement import Move, move
from tracker.domain.overview import parts_by_section
from tracker.domain.progress import Progress
from tracker.exchange.answers import entry_value
from tracker.exchange.charts import ROW_PIXELS, Series, Source, stacked_bars
from tracker.exchange.entries import Entry
from tracker.exchange.styles import FILLS
from tracker.exchange.workbook import Sheet
from tracker.queries.compiled import CompiledExport

CHART_ROWS = 20


MOVE_FILLS = {
    Move.FURTHER: FILLS[Progress.IMPLEMENTED][0],
    Move.SAME: FILLS[Progress.NOT_APPLICABLE][0],
    Move.BACK: FILLS[Progress.NOT_STARTED][0],
}
ABOUT = N_(
    "Member States with a report in both cycles only: %(share)s. A pair is compared where both "
    "reports give one of the four stages; not compared are those not applicable, not answered or "
    "withheld in either."
)
HELD = N_("A section holds the sections beneath it, so that the sections do not add up.")
CHART_WORDS = N_("Stacked bars: the counts of the table below it, section by section.")


class Movement:
    """Counts by pair of cycles, section and move, over Member States with both reports."""

    def __init__(self, data: CompiledExport) -> None:
        self._data = data
        self._asked = [c for c in data.document.commitments if c.asks_states]
        self._parts = parts_by_section(data.document, self._asked)
        self._moves: Counter[tuple[str, int, Move]] = Counter()
        self._states: Counter[str] = Counter()

    def add(self, entries: Sequence[Entry]) -> None:
        """One State in all cycles."""
        if not entries[0].listed.is_member:
            return
        for before, now in pairwise(entries):
            if before.contents is None or now.contents is None:
                continue
            self._states[now.cycle_slug] += 1
            for commitment in self._asked:
                found = move(entry_value(before, commitment), entry_value(now, commitment))
                self._moves[now.cycle_slug, commitment.paragraph, found] += 1

    def write(self, sheet: Sheet) -> None:
        """A chart and a table for each cycle but the first."""
        for before, now in pairwise(self._data.slugs):
            self._write_pair(sheet, before, now)

    def _write_pair(self, sheet: Sheet, before: str, now: str) -> None:
        words = sheet.book.words
        title = words(N_("Movement from %(before)s to %(now)s"), before=before, now=now)
        sheet.gap()
        sheet.line(title, "heading")
        members = self._data.cycles[0].figures.members
        both = words.share(self._states[now], members)
        sheet.line(words(ABOUT, share=both), "soft")
        sheet.line(words(HELD), "soft")
        if not self._states[now]:
            return
        chart_row = sheet.row
        sheet.row += CHART_ROWS
        heads = [
            words(N_("Section")),
            words(N_("Short heading (ours)")),
            *map(words.label, Move),
        ]
        shares = [N_("Pairs"), N_("Further, of all pairs"), N_("Less far, of all pairs")]
        sheet.row_of([*heads, *map(words, shares)], "header")
        first = sheet.row
        for part in self._parts:
            found = self._found(now, part.paragraphs)
            self._row(sheet, part.of.code, words.text(part.of.short_title), found)
        stacked_bars(
            sheet,
            Source(
                first,
                sheet.row - 1,
                1,
                [
                    Series(words.label(m), at, MOVE_FILLS[m])
                    for at, m in enumerate(Move, start=2)
                    if m in MOVE_FILLS
                ],
            ),
            at=(chart_row, 0),
            size=(1180, CHART_ROWS * ROW_PIXELS - 10),
            title=title,
            description=words(CHART_WORDS),
        )
        whole = self._found(now, [commitment.paragraph for commitment in self._asked])
        self._row(sheet, "", words(N_("All sections")), whole)

    def _found(self, now: str, paragraphs: Iterable[int]) -> dict[Move, int]:
        return {m: sum(self._moves[now, number, m] for number in paragraphs) for m in Move}

    def _row(self, sheet: Sheet, code: str, name: str, found: dict[Move, int]) -> None:
        share, number = sheet.book.words.share, sheet.book.style("boxed_number")
        sheet.cell(0, code, "boxed")
        sheet.cell(1, name, "boxed")
        pairs = sum(found.values())
        for at, amount in enumerate((*found.values(), pairs), start=2):
            sheet.raw.write_number(sheet.row, at, amount, number)
        sheet.cell(7, share(found[Move.FURTHER], pairs), "boxed_share")
        sheet.cell(8, share(found[Move.BACK], pairs), "boxed_share")
        sheet.fit_text(name, 1)
        sheet.row += 1
