"""One State's figures of indicators, laid out by year: inputs down, categories across."""

from collections.abc import Iterator, Mapping, Sequence

from tracker.domain.indicator_counts import YearCount, year_count
from tracker.domain.indicator_tables import InputLine, ValueLine, YearTable, year_table
from tracker.domain.indicator_values import Hindrance, Value
from tracker.domain.indicators import Cell, IndicatorDefinition, years_of
from tracker.domain.messages import N_
from tracker.domain.progress import Absence
from tracker.exchange.cells import lines
from tracker.exchange.shares import VALUE_PLACES
from tracker.exchange.words import Words
from tracker.exchange.workbook import Sheet
from tracker.queries.indicators import SubmittedReturn


def cell_words(words: Words, definition: IndicatorDefinition, cell: Cell) -> str:
    """``Traced (Found)``; without a category the counted ones together."""
    labels = definition.labels(words.language)
    entry = labels.get(cell.input, cell.input)
    return f"{entry} ({labels[cell.category]})" if cell.category else entry


def value_words(words: Words, definition: IndicatorDefinition, value: Value) -> str:
    """``12/40 (30.00%)``, or why there is none."""
    if value.hindrance is Hindrance.NOT_REPORTED:
        return words.label(Absence.NOT_REPORTED)
    if value.hindrance is Hindrance.MISSING_INPUT:
        missing = words.listed(cell_words(words, definition, cell) for cell in value.missing)
        return words(N_("Not computable: unknown is %(missing)s"), missing=missing)
    if value.numerator is None or not value.denominator:
        return words(N_("Not computable: nothing to divide by"))
    share = words.share(value.numerator, value.denominator, places=VALUE_PLACES)
    return _covered(words, definition, share, value.covers) if value.partial else share


def summary_of(
    words: Words, definition: IndicatorDefinition, returned: SubmittedReturn | None
) -> Iterator[tuple[str, str]]:
    """Each year with its counts and values; one line where nothing was returned or may be seen."""
    if returned is None or returned.figures is None:
        absence = Absence.NOT_REPORTED if returned is None else Absence.WITHHELD
        yield _name(words, definition), words.label(absence)
        return
    for year in years_of(returned.figures):
        counted = (
            words.named(
                words.text(definition.texts[code]),
                _count_words(
                    words, definition, year_count(definition, code, returned.figures, year)
                ),
            )
            for code in definition.counts
        )
        valued = (
            words.named(
                words.text(line.formula.label), value_words(words, definition, line.together)
            )
            for line in year_table(definition, returned.figures, year).values
        )
        yield f"{_name(words, definition)}, {year}", "\n".join([*counted, *valued])


def _name(words: Words, definition: IndicatorDefinition) -> str:
    """The code; with the name where nobody but us uses that code."""
    if not definition.own_reading:
        return definition.code
    return f"{definition.code} {words.text(definition.name)}"


def _count_words(words: Words, definition: IndicatorDefinition, count: YearCount) -> str:
    if count.amount is None:
        return words(N_("unknown"))
    amount = str(count.amount)
    return _covered(words, definition, amount, count.covers) if count.partial else amount


def _covered(
    words: Words, definition: IndicatorDefinition, said: str, covers: Sequence[str]
) -> str:
    return words(
        N_("%(share)s, from %(number)s of %(all)s categories: %(categories)s"),
        share=said,
        number=len(covers),
        all=len(definition.split),
        categories=", ".join(words.text(definition.texts[code]) for code in covers),
    )


def write_returns(
    sheet: Sheet,
    definitions: tuple[IndicatorDefinition, ...],
    returns: Mapping[str, SubmittedReturn],
) -> None:
    """One State's figures: for each indicator and year inputs down, categories across."""
    words = sheet.book.words
    for definition in definitions:
        sheet.may_break()
        sheet.line(f"{definition.code}  {words.text(definition.name)}", "heading")
        sheet.line(words.text(definition.definition))
        returned = returns.get(definition.slug)
        if returned is None:
            sheet.line(words.label(Absence.NOT_REPORTED))
        elif returned.figures is None:
            sheet.line(words.label(Absence.WITHHELD))
        else:
            for year in years_of(returned.figures):
                _write_year(sheet, definition, year_table(definition, returned.figures, year))
        sheet.gap()


def _write_year(sheet: Sheet, definition: IndicatorDefinition, table: YearTable) -> None:
    words = sheet.book.words
    names = [words.text(category.label) for category in table.categories]
    if not definition.one_column:
        names.append(words(N_("All counted categories")))
    sheet.gap()
    sheet.may_break()
    sheet.row_of([str(table.year), *names], "header")
    for entry in table.inputs:
        name = words.text(entry.input.label)
        sheet.cell(0, name, "boxed_bold")
        sheet.fit(lines(name, sheet.widths[0]))
        for at, amount in enumerate(entry.amounts, start=1):
            _amount(sheet, at, amount)
        if not definition.one_column:
            _together(sheet, definition, len(entry.amounts) + 1, entry)
        sheet.row += 1
    for line in table.values:
        sheet.row_of(_value_row(words, definition, line), "boxed")


def _amount(sheet: Sheet, at: int, amount: int | None) -> None:
    if amount is None:
        unknown = sheet.book.words(N_("unknown"))
        sheet.raw.write_string(sheet.row, at, unknown, sheet.book.style("boxed_soft"))
    else:
        sheet.raw.write_number(sheet.row, at, amount, sheet.book.style("boxed_number"))


def _together(sheet: Sheet, definition: IndicatorDefinition, at: int, line: InputLine) -> None:
    """The sum; in words where it is over some of the categories only."""
    if not line.together.partial:
        _amount(sheet, at, line.together.amount)
        return
    words = sheet.book.words
    said = _count_words(words, definition, line.together)
    sheet.raw.write_string(sheet.row, at, said, sheet.book.style("boxed"))
    name = words.text(line.input.label)
    sheet.fit(max(lines(said, sheet.widths[at]), lines(name, sheet.widths[0])))


def _value_row(words: Words, definition: IndicatorDefinition, line: ValueLine) -> list[str]:
    apart = [
        value_words(words, definition, value) if value else words(N_("not counted"))
        for value in line.columns
    ]
    if not definition.one_column:
        apart.append(value_words(words, definition, line.together))
    return [words.text(line.formula.label), *apart]
