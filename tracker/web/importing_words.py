"""The words for a cell of an uploaded template: what it is about, and what it says."""

from dataclasses import dataclass

from flask_babel import gettext

from tracker.domain.documents import OutcomeDocument
from tracker.domain.filled import PlacedProblem, SheetRole
from tracker.domain.indicators import IndicatorDefinition
from tracker.domain.merging import PlannedCell
from tracker.exchange.template_notes import problem_sentence, slot_of
from tracker.exchange.template_words import CellWords
from tracker.exchange.words import Words
from tracker.web.locale import chosen_language


@dataclass(frozen=True, slots=True)
class Named:
    """A cell with what it is about; ``mine`` and ``theirs`` in words where they are codes."""

    cell: PlannedCell
    about: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that is wrong: where, and the sentence."""

    place: str
    text: str


class PlanWords:
    """The words of one plan, in the language of the page."""

    def __init__(
        self, document: OutcomeDocument, indicators: tuple[IndicatorDefinition, ...]
    ) -> None:
        self._cells = CellWords(Words(chosen_language(), gettext))
        self._paragraphs = {c.key: c.paragraph for c in document.commitments}
        self._indicators = {definition.slug: definition for definition in indicators}

    def named(self, cell: PlannedCell) -> Named:
        """A planned cell in words."""
        return Named(
            cell,
            self._about(cell.role, cell.record, cell.field),
            self._said(cell, cell.mine),
            self._said(cell, cell.theirs),
        )

    def told(self, placed: PlacedProblem) -> Told:
        """Sheet and cell, what it is about, and the sentence."""
        about = ""
        if placed.role is not None and placed.record:
            about = self._about(placed.role, placed.record, placed.field)
        place = " · ".join(part for part in (placed.sheet, placed.cell, about) if part)
        return Told(place, problem_sentence(placed, self._cells, self._indicators.values()))

    def _about(self, role: SheetRole, record: str, field: str) -> str:
        """``Paragraph 28 · Narrative``; of a figure what was counted, and when."""
        if role is SheetRole.FIGURES:
            return self._figure(record, field)
        slot = slot_of(role, field)
        parts = [gettext(slot.header)] if slot and field else []
        if record in self._paragraphs:
            parts.insert(0, gettext("Paragraph %(number)s", number=self._paragraphs[record]))
        return " · ".join(str(part) for part in parts)

    def _figure(self, slug: str, place: str) -> str:
        definition, parts = self._indicators.get(slug), place.split("-")
        if definition is None or len(parts) != 4:
            return definition.code if definition else ""
        labels = definition.labels(chosen_language())
        _, year, category, entry = parts
        return f"{year} · {labels.get(category, category)} · {labels.get(entry, entry)}"

    def _said(self, cell: PlannedCell, text: str) -> str:
        slot = slot_of(cell.role, cell.field)
        return self._cells.shown(slot, text) if slot and text else text
