"""Weightings of reports: seed files to domain dataclasses, strictly."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from tracker.catalogue.reading import InEveryLanguage, SeedError, StrictRow, read_whole
from tracker.domain import scoring as domain
from tracker.domain.documents import Strength

# A quarter is exact as a floating-point number, and so is every sum of them.
Points = Annotated[float, Field(ge=0, le=1000, multiple_of=0.25, strict=False)]


class _BindingRow(StrictRow):
    label: InEveryLanguage
    primary: Points
    subsidiary: Points


class _MaximumRow(StrictRow):
    label: InEveryLanguage
    points: Points


class _StrengthRow(StrictRow):
    plain: Points
    qualified: Points


class _ReadingRow(StrictRow):
    words: InEveryLanguage
    strengths: dict[str, _StrengthRow]

    @field_validator("strengths")
    @classmethod
    def _names_every_strength(cls, given: dict[str, _StrengthRow]) -> dict[str, _StrengthRow]:
        known = {strength.value for strength in Strength}
        if given.keys() != known:
            raise ValueError(f"must name each of: {', '.join(sorted(known))}")
        return given


class _WeightingFile(StrictRow):
    """``total`` is the sum as published: it must be that of the maxima."""

    document: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=32)]
    name: InEveryLanguage
    about: InEveryLanguage
    source: Annotated[str, Field(pattern=r"^https://\S+$")]
    bindings: Annotated[list[_BindingRow], Field(min_length=1)]
    maxima: Annotated[list[_MaximumRow], Field(min_length=2)]
    total: Points
    reading: _ReadingRow

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        summed = sum(row.points for row in self.maxima)
        if summed != self.total:
            raise ValueError(f"the maxima add up to {summed:g}, not to the total {self.total:g}")
        return self

    def weighting(self) -> domain.Weighting:
        return domain.Weighting(
            document=self.document,
            name=self.name,
            about=self.about,
            source=self.source,
            bindings=tuple(
                domain.Binding(row.label, row.primary, row.subsidiary) for row in self.bindings
            ),
            maxima=tuple(domain.Maximum(row.label, row.points) for row in self.maxima),
            reading=self.reading.words,
            strengths={
                name: (row.plain, row.qualified) for name, row in self.reading.strengths.items()
            },
        )


def load_weighting(path: Path) -> domain.Weighting:
    """One weighting; ``SeedError`` names the file, called as the document, and every mistake."""
    file = read_whole(path, _WeightingFile)
    if path.stem != file.document:
        raise SeedError(f"{path}: the file must be called {file.document}.yaml")
    return file.weighting()


def load_weightings(folder: Path) -> tuple[domain.Weighting, ...]:
    """Every weighting of the folder, by document."""
    return tuple(load_weighting(path) for path in sorted(folder.glob("*.yaml")))
