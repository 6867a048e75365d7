"""One indicator summed over the Member States of each group, and over all of them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from tracker.domain.documents import LocalisedText
from tracker.domain.indicators import IndicatorDefinition
from tracker.domain.messages import N_
from tracker.domain.progress import Absence
from tracker.domain.states import Area
from tracker.exchange.columns import Column, Columns, Kind
from tracker.exchange.indicator_file_columns import IN_PART
from tracker.exchange.indicator_years import YearLine
from tracker.exchange.shares import VALUE_PLACES
from tracker.exchange.words import Words
from tracker.queries.compiled import CompiledExport


@dataclass(slots=True)
class Sums:
    """Numerators and denominators of the States whose value is computable and visible.

    Of an input that is counted for itself, ``total`` is the sum of the States that know it.
    """

    numerator: int = 0
    denominator: int = 0
    total: int = 0
    computable: int = 0
    partial: int = 0
    not_computable: int = 0
    withheld: int = 0


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One value or count of one group (``None``: all Member States) in one cycle and year.

    ``label`` says which; ``counted`` is true of an input counted for itself.
    """

    cycle_slug: str
    year: int
    area: Area | None
    label: LocalisedText
    counted: bool
    members: int
    sums: Sums
    words: Words

    @property
    def not_reported(self) -> int:
        """Member States without a return for this year."""
        found = self.sums
        return self.members - found.computable - found.not_computable - found.withheld

    @property
    def share(self) -> float | None:
        """Summed numerators ÷ summed denominators."""
        found = self.sums
        return float(Fraction(found.numerator, found.denominator)) if found.denominator else None

    @property
    def in_words(self) -> str:
        """``12/40 (30%), from 3 of 54 States``; of a count ``12, from 3 of 54 States``.

        With how many of them it is from part of the categories, where any is.
        """
        said = self._summed
        if not self.sums.partial:
            return said
        part = N_("of them from part of the categories: %(number)s")
        return self.words.listed((said, self.words(part, number=self.sums.partial)))

    @property
    def _summed(self) -> str:
        states = {"n": self.sums.computable, "of": self.members}
        if self.counted and self.sums.computable:
            total = str(self.sums.total)
            return self.words(N_("%(share)s, from %(n)s of %(of)s States"), share=total, **states)
        if not self.sums.denominator:
            word = self.words.label(Absence.NOT_COMPUTABLE)
            return self.words(N_("%(word)s, from %(n)s of %(of)s States"), word=word, **states)
        share = self.words.share(self.sums.numerator, self.sums.denominator, places=VALUE_PLACES)
        return self.words(N_("%(share)s, from %(n)s of %(of)s States"), share=share, **states)


class GroupSums:
    """Counts while the States are written."""

    def __init__(self, data: CompiledExport, definition: IndicatorDefinition) -> None:
        self._data = data
        self._counts = definition.counts
        self._labels = (
            *((definition.texts[code], True) for code in definition.counts),
            *((formula.label, False) for formula in definition.formulas),
        )
        self._sums: dict[tuple[str, int, str | None], list[Sums]] = defaultdict(
            lambda: [Sums() for _ in self._labels]
        )

    def add(self, line: YearLine) -> None:
        """One State and year; observer States stand outside."""
        if line.year is None or not line.entry.listed.is_member:
            return
        for code in (None, line.entry.state.group or ""):
            sums = self._sums[line.entry.cycle_slug, line.year, code]
            for code, one in zip(self._counts, sums, strict=False):
                _count(one, line, code)
            for place, one in enumerate(sums[len(self._counts) :]):
                _divide(one, line, place)

    def lines(self, words: Words) -> Iterator[GroupLine]:
        """By cycle and year, all Member States and then each group, value by value."""
        members = [listed.state for listed in self._data.cycles[0].states if listed.is_member]
        for slug in self._data.slugs:
            for year in sorted({y for of, y, _ in self._sums if of == slug}):
                for area in (None, *self._data.groups):
                    code = area.code if area else None
                    size = sum(code in (None, state.group) for state in members)
                    found = self._sums[slug, year, code]
                    for (label, counted), sums in zip(self._labels, found, strict=True):
                        yield GroupLine(slug, year, area, label, counted, size, sums, words)


def _count(sums: Sums, line: YearLine, code: str) -> None:
    if line.inputs is None:
        sums.withheld += 1
        return
    amount = line.inputs[code].amount
    if amount is None:
        sums.not_computable += 1
        return
    sums.computable += 1
    sums.partial += line.inputs[code].partial
    sums.total += amount


def _divide(sums: Sums, line: YearLine, place: int) -> None:
    if line.absence:
        sums.withheld += 1
        return
    value = line.values[place]
    if value.share is None or value.numerator is None or value.denominator is None:
        sums.not_computable += 1
        return
    sums.computable += 1
    sums.partial += value.partial
    sums.numerator += value.numerator
    sums.denominator += value.denominator


def _group(line: GroupLine) -> LocalisedText:
    if line.area:
        return line.area.name
    return {line.words.language: line.words(N_("All Member States"))}


def _is_divided(line: GroupLine) -> bool:
    return bool(line.sums.computable) and not line.counted


GROUP_COLUMNS: tuple[Column[GroupLine], ...] = (
    Column(
        "group",
        N_("Group"),
        Kind.LOCALISED,
        34,
        _group,
        N_("UN regional group, or all Member States."),
    ),
    Column(
        "cycle",
        N_("Cycle"),
        Kind.CODE,
        14,
        lambda line: line.cycle_slug,
        N_("Short name of the reporting cycle."),
    ),
    Column(
        "year",
        N_("Year"),
        Kind.NUMBER,
        8,
        lambda line: line.year,
        N_("The year that the figures are about."),
    ),
    Column(
        "value",
        N_("Value"),
        Kind.LOCALISED,
        36,
        lambda line: line.label,
        N_("Which of the values of the indicator."),
    ),
    Column(
        "numerator",
        N_("Numerator"),
        Kind.NUMBER,
        12,
        lambda line: line.sums.numerator if _is_divided(line) else None,
        N_("Numerators of the computable States summed; empty where there is none."),
    ),
    Column(
        "denominator",
        N_("Denominator"),
        Kind.NUMBER,
        12,
        lambda line: line.sums.denominator if _is_divided(line) else None,
        N_("Denominators of the computable States summed; empty where there is none."),
    ),
    Column(
        "share",
        N_("Share"),
        Kind.SHARE,
        10,
        lambda line: line.share,
        N_("The sums divided once, never an average; empty where nothing is computable."),
    ),
    Column(
        "computable",
        N_("Computable"),
        Kind.NUMBER,
        12,
        lambda line: line.sums.computable,
        N_("Member States whose value is computable and may be read: those summed."),
    ),
    Column(
        "not_computable",
        N_("Not computable"),
        Kind.NUMBER,
        13,
        lambda line: line.sums.not_computable,
        N_("Member States with figures of which a needed one is unknown, or with a zero base."),
    ),
    Column(
        "withheld",
        N_("Withheld"),
        Kind.NUMBER,
        11,
        lambda line: line.sums.withheld,
        N_("Member States whose figures readers of this file may not see."),
    ),
    Column(
        "not_reported",
        N_("Not reported"),
        Kind.NUMBER,
        12,
        lambda line: line.not_reported,
        N_("Member States without figures for this year."),
    ),
    Column(
        "members",
        N_("Member States"),
        Kind.NUMBER,
        12,
        lambda line: line.members,
        N_("All Member States of the group: the four counts before make this number."),
    ),
    Column(
        "partial",
        N_("Part of the categories"),
        Kind.NUMBER,
        13,
        lambda line: line.sums.partial,
        IN_PART,
    ),
    Column(
        "in_words",
        N_("In words"),
        Kind.CODE,
        50,
        lambda line: line.in_words,
        N_("The share with its numbers, and how many States it is taken from."),
    ),
)

_TOTAL: Column[GroupLine] = Column(
    "sum",
    N_("Sum"),
    Kind.NUMBER,
    12,
    lambda line: line.sums.total if line.counted and line.sums.computable else None,
    N_("Of what is counted, the figures known summed; empty where there is none, and of shares."),
)


def group_columns(definition: IndicatorDefinition) -> Columns[GroupLine]:
    """The columns; sums of counts stand beside the shares where the indicator has counts."""
    columns = GROUP_COLUMNS
    if len(definition.split) == 1:
        columns = tuple(column for column in columns if column.key != "partial")
    if not definition.counts:
        return columns
    at = next(place for place, column in enumerate(columns) if column.key == "numerator")
    return (*columns[:at], _TOTAL, *columns[at:])
