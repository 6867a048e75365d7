"""Indicator definitions: seed files to domain dataclasses, strictly."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from tracker.catalogue.reading import InEveryLanguage, SeedError, StrictRow, read_whole
from tracker.domain import indicators as domain

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=32)]
# No hyphen: it parts year, category and input in the name of a figure's field.
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=32)]
Codes = Annotated[list[Code], Field(min_length=1)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*/annex/[1-9][0-9]*$")]


class _SourceRow(StrictRow):
    title: InEveryLanguage
    dated: str
    address: Annotated[str, Field(pattern=r"^https://\S+$")]

    @field_validator("dated")
    @classmethod
    def _is_a_date(cls, dated: str) -> str:
        return date.fromisoformat(dated).isoformat()


class _LabelledRow(StrictRow):
    code: Code
    label: InEveryLanguage
    help: InEveryLanguage


class _CategoryRow(_LabelledRow):
    counted: bool
    instead_of: list[Code] = []


class _FormulaRow(StrictRow):
    code: Code
    label: InEveryLanguage
    words: InEveryLanguage
    numerator: Codes
    numerator_where_known: list[Code] = []
    denominator: Codes

    @property
    def inputs(self) -> list[str]:
        return [*self.numerator, *self.numerator_where_known, *self.denominator]


class _CheckRow(StrictRow):
    parts: Codes
    whole: Codes
    adds_up: bool = False


class _IndicatorFile(StrictRow):
    """``position`` orders the indicators, those with the same by slug."""

    position: int
    slug: Slug
    code: Annotated[str, Field(min_length=1, max_length=32)]
    name: InEveryLanguage
    definition: InEveryLanguage
    scope: InEveryLanguage
    own_reading: bool = False
    commitments: list[Key] = []
    source: _SourceRow
    categories: Annotated[list[_CategoryRow], Field(min_length=1)]
    inputs: Annotated[list[_LabelledRow], Field(min_length=1)]
    over_years: Annotated[domain.OverYears, Field(strict=False)] = domain.OverYears.SUM
    counts: list[Code] = []
    values: list[_FormulaRow] = []
    checks: list[_CheckRow] = []

    @model_validator(mode="after")
    def _names_each_code_once(self) -> Self:
        codes = [row.code for row in (*self.categories, *self.inputs)]
        codes += [row.code for row in self.values]
        repeated = sorted(code for code, times in Counter(codes).items() if times > 1)
        if repeated:
            raise ValueError(f"codes used more than once: {', '.join(repeated)}")
        return self

    @model_validator(mode="after")
    def _uses_inputs_that_there_are(self) -> Self:
        used = [code for value in self.values for code in value.inputs] + self.counts
        used += [code for check in self.checks for code in (*check.parts, *check.whole)]
        _require_known("inputs", used, (row.code for row in self.inputs))
        return self

    @model_validator(mode="after")
    def _shows_something(self) -> Self:
        if not self.values and not self.counts:
            raise ValueError("neither values nor counts: there would be nothing to show")
        return self

    @model_validator(mode="after")
    def _has_one_sum_of_all_counted_categories(self) -> Self:
        sums = [row for row in self.categories if row.instead_of]
        split = [row.code for row in self.categories if row.counted and not row.instead_of]
        if not split:
            raise ValueError("no category is counted")
        if len(sums) > 1 or any(not row.counted for row in sums):
            raise ValueError("one category at most stands instead of others, and it is counted")
        if sums and set(sums[0].instead_of) != set(split):
            raise ValueError(f"instead_of must name every other counted category: {split}")
        return self

    def indicator(self) -> domain.IndicatorDefinition:
        return domain.IndicatorDefinition(
            slug=self.slug,
            code=self.code,
            name=self.name,
            definition=self.definition,
            scope=self.scope,
            source=domain.Source(**self.source.model_dump()),
            categories=tuple(
                domain.Category(c.code, c.label, c.help, c.counted, tuple(c.instead_of))
                for c in self.categories
            ),
            inputs=tuple(domain.Input(i.code, i.label, i.help) for i in self.inputs),
            formulas=tuple(
                domain.Formula(
                    code=v.code,
                    label=v.label,
                    words=v.words,
                    numerator=tuple(v.numerator),
                    denominator=tuple(v.denominator),
                    where_known=tuple(v.numerator_where_known),
                )
                for v in self.values
            ),
            checks=tuple(
                domain.Check(tuple(c.parts), tuple(c.whole), c.adds_up) for c in self.checks
            ),
            counts=tuple(self.counts),
            over_years=self.over_years,
            own_reading=self.own_reading,
            commitments=tuple(self.commitments),
        )


def _require_known(what: str, used: Iterable[str], known: Iterable[str]) -> None:
    unknown = sorted(set(used) - set(known))
    if unknown:
        raise ValueError(f"there are no {what} called: {', '.join(unknown)}")


def load_indicator(path: Path) -> domain.IndicatorDefinition:
    """One definition; ``SeedError`` names the file and every mistake. The file is called as it."""
    return _read(path).indicator()


def load_indicators(folder: Path) -> tuple[domain.IndicatorDefinition, ...]:
    """Every definition of the folder, in the order that they ask for."""
    files = (_read(path) for path in folder.glob("*.yaml"))
    ordered = sorted(files, key=lambda file: (file.position, file.slug))
    return tuple(file.indicator() for file in ordered)


def _read(path: Path) -> _IndicatorFile:
    file = read_whole(path, _IndicatorFile)
    if path.stem != file.slug:
        raise SeedError(f"{path}: the file must be called {file.slug}.yaml")
    return file
