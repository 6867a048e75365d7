"""The figures of one indicator while they are filled in: what is saved, and what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tracker.domain.errors import Problem
from tracker.domain.indicators import Figures, IndicatorDefinition
from tracker.domain.progress import Audience
from tracker.forms.indicator import IndicatorForm
from tracker.queries.indicators import ReturnRow, SavedFigures
from tracker.queries.reports import ReportRow


def typed_figures(figures: Figures) -> dict[str, str]:
    """Figures as they would be typed, by place."""
    return {cell.place: str(number) for cell, number in figures.items()}


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything around one return while it is filled in."""

    report: ReportRow
    definition: IndicatorDefinition
    stored: ReturnRow | None
    editable: bool

    @property
    def version(self) -> int:
        """The version that a save replaces."""
        return self.stored.version if self.stored else 0

    @property
    def figures(self) -> Figures:
        """The saved figures."""
        return self.stored.figures if self.stored else {}

    def stored_texts(self) -> dict[str, str]:
        """The saved figures as they would be typed, by place."""
        return typed_figures(self.figures)

    @property
    def audience(self) -> Audience:
        """Who may read the figures, as saved or, before that, as the report says."""
        return self.stored.audience if self.stored else self.report.default_audience


@dataclass(slots=True)
class Typed:
    """What was sent: texts by place, and what is wrong with them."""

    form: IndicatorForm
    texts: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    conflict: bool = False
    alerts: list[str] = field(default_factory=list)

    def take_unchanged(self, desk: Desk, was: SavedFigures) -> None:
        """Show what is saved now wherever nothing was typed over what the page had shown."""
        before, now = typed_figures(was.figures), desk.stored_texts()
        sent = {place: text.strip() for place, text in self.texts.items()}
        places = {*sent, *before, *now}
        self.texts = {
            place: now.get(place, "") if text == before.get(place, "") else self.texts[place]
            for place in places
            for text in (sent.get(place, ""),)
        }
        if was.audience and self.form.audience.data == was.audience.value:
            self.form.audience.data = desk.audience.value

    def differs_from(self, desk: Desk) -> bool:
        """Whether the page shows anything that is not saved."""
        figures = {place: text.strip() for place, text in self.texts.items() if text.strip()}
        return figures != desk.stored_texts() or self.form.audience.data != desk.audience.value
