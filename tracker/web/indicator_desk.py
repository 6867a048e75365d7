"""The figures of one indicator while they are filled in: what is saved, and what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tracker.domain.errors import Problem
from tracker.domain.indicators import Figures, IndicatorDefinition
from tracker.domain.progress import Audience
from tracker.forms.indicator import IndicatorForm
from tracker.queries.indicators import ReturnRow
from tracker.queries.reports import ReportRow


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
        return {cell.place: str(number) for cell, number in self.figures.items()}

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

    def differs_from(self, desk: Desk) -> bool:
        """Whether the page shows anything that is not saved."""
        figures = {place: text.strip() for place, text in self.texts.items() if text.strip()}
        return figures != desk.stored_texts() or self.form.audience.data != desk.audience.value
