"""One indicator as a table: a row for every State and year, with inputs and both values."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tracker.domain.indicator_counts import YearCount, year_count
from tracker.domain.indicator_values import Value, compute
from tracker.domain.indicators import Formula, IndicatorDefinition, Input
from tracker.domain.messages import N_
from tracker.domain.progress import Absence
from tracker.exchange.columns import Column, Columns, Kind, adapted
from tracker.exchange.entries import NAMING, Entry, entry_of
from tracker.exchange.indicator_sheets import value_words
from tracker.exchange.words import Words


@dataclass(frozen=True, slots=True)
class YearLine:
    """One State and year over all counted categories; ``absence`` where there is nothing to show.

    ``values`` by formula in the order of the definition, and empty with an ``absence``.
    """

    entry: Entry
    year: int | None
    absence: Absence | None = None
    inputs: dict[str, YearCount] | None = None
    values: tuple[Value, ...] = ()


def year_lines(definition: IndicatorDefinition) -> Callable[[Entry], Iterator[YearLine]]:
    """From a State in a cycle to its years; one row with the word where it returned nothing."""
    codes = [entry.code for entry in definition.inputs]

    def lines(entry: Entry) -> Iterator[YearLine]:
        returned = entry.contents.returns.get(definition.slug) if entry.contents else None
        if returned is None:
            yield YearLine(entry, None, Absence.NOT_REPORTED)
            return
        figures = returned.figures
        for year in returned.years:
            if figures is None:
                yield YearLine(entry, year, Absence.WITHHELD)
                continue
            its = {cell: number for cell, number in figures.items() if cell.year == year}
            counts = {code: year_count(definition, code, its, year) for code in codes}
            values = (compute(definition, f, its, year) for f in definition.formulas)
            yield YearLine(entry, year, None, counts, tuple(values))

    return lines


def year_columns(definition: IndicatorDefinition, words: Words) -> Columns[YearLine]:
    """State and cycle, the year, a column for each input, then those of each value."""
    return (
        *(adapted(column, entry_of) for column in NAMING),
        Column(
            "year",
            N_("Year"),
            Kind.NUMBER,
            8,
            lambda line: line.year,
            N_("The year that the figures are about; empty where there are none."),
        ),
        Column(
            "absence",
            N_("Absence"),
            Kind.LABEL,
            14,
            lambda line: line.absence,
            N_("Not reported, or withheld; empty where there are figures."),
        ),
        *(_input(entry, words) for entry in definition.inputs),
        *(
            _covered(code, words.text(definition.texts[code]), _count_of(code), words)
            for code in definition.counts
            if len(definition.split) > 1
        ),
        *(
            column
            for place, formula in enumerate(definition.formulas)
            for column in _value(definition, formula, place, words)
        ),
    )


def _input(entry: Input, words: Words) -> Column[YearLine]:
    return Column(
        entry.code,
        words.text(entry.label),
        Kind.NUMBER,
        12,
        lambda line: line.inputs[entry.code].amount if line.inputs else None,
        N_("Figures of the counted categories summed; empty where one that is needed is unknown."),
    )


def _count_of(code: str) -> Callable[[YearLine], YearCount | None]:
    return lambda line: line.inputs[code] if line.inputs else None


def _covered(
    code: str, name: str, found: Callable[[YearLine], YearCount | Value | None], words: Words
) -> Column[YearLine]:
    """Of how many categories it is: ``1`` beside a value that holds one of three."""

    def number(line: YearLine) -> int | None:
        one = found(line)
        if one is None:
            return None
        known = one.share if isinstance(one, Value) else one.amount
        return None if known is None else len(one.covers)

    return Column(
        f"{code}_categories",
        words(N_("%(value)s: categories"), value=name),
        Kind.NUMBER,
        11,
        number,
        N_("Of how many of the counted categories the sums are: of those given by the State."),
    )


def _value(
    definition: IndicatorDefinition, formula: Formula, place: int, words: Words
) -> Iterator[Column[YearLine]]:
    name = words.text(formula.label).split(":")[0].strip()

    def value(line: YearLine) -> Value | None:
        return line.values[place] if line.values else None

    def share(line: YearLine) -> float | None:
        found = value(line)
        return None if found is None or found.share is None else float(found.share)

    def in_words(line: YearLine) -> str:
        found = value(line)
        if found is None:
            return words.label(line.absence or Absence.NOT_REPORTED)
        return value_words(words, definition, found)

    def numerator(line: YearLine) -> int | None:
        found = value(line)
        return found.numerator if found else None

    def denominator(line: YearLine) -> int | None:
        found = value(line)
        return found.denominator if found and found.covers else None

    code = formula.code
    yield Column(
        f"{code}_numerator",
        words(N_("%(value)s: numerator"), value=name),
        Kind.NUMBER,
        12,
        numerator,
        N_("Sum above the line; empty where a figure that it needs is unknown."),
    )
    yield Column(
        f"{code}_denominator",
        words(N_("%(value)s: denominator"), value=name),
        Kind.NUMBER,
        12,
        denominator,
        N_("Sum below the line; empty where a figure that it needs is unknown."),
    )
    yield Column(
        f"{code}_share",
        words(N_("%(value)s: share"), value=name),
        Kind.SHARE,
        10,
        share,
        N_("Numerator ÷ denominator; empty where it is not computable."),
    )
    if len(definition.split) > 1:
        yield _covered(code, name, value, words)
    yield Column(
        f"{code}_words",
        words.text(formula.label),
        Kind.CODE,
        44,
        in_words,
        N_("The share with its numbers, or why there is none."),
    )
