"""The list of States and the groups they stand in: seed files to domain dataclasses.

Sub-regions are those of the M49 column of that name: 202 Sub-Saharan Africa and 419 Latin
America and the Caribbean, never the intermediate regions (005, 011, 013, 014, …) below them.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from tracker.catalogue.reading import InEveryLanguage, SeedError, StrictRow, read_rows
from tracker.domain.states import Area, FormerName, State, StateStatus

Iso3 = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
M49 = Annotated[str, Field(pattern=r"^[0-9]{3}$")]
AreaCode = Annotated[str, Field(pattern=r"^([0-9]{3}|[a-z]+(_[a-z]+)*)$")]
Name = Annotated[str, Field(pattern=r"^\S(.*\S)?$")]


class _FormerNameRow(StrictRow):
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    name: Name
    until: str

    @field_validator("until")
    @classmethod
    def _is_a_date(cls, until: str) -> str:
        return date.fromisoformat(until).isoformat()


class _StateRow(StrictRow):
    iso3: Iso3
    m49: M49
    name: InEveryLanguage
    group: AreaCode | None
    region: M49
    subregion: M49
    status: Literal["member", "observer"] = "member"
    also_listed: AreaCode | None = None
    aliases: list[Name] = []
    former_names: list[_FormerNameRow] = []
    note: InEveryLanguage | None = None
    demonstration: bool = False

    @model_validator(mode="after")
    def _stands_in_a_group(self) -> Self:
        if (self.group is None) != (self.status == "observer"):
            raise ValueError("a Member State counts in one group, an observer State in none")
        if self.also_listed and self.also_listed == self.group:
            raise ValueError("also_listed must be another group than the one in which it counts")
        return self

    @model_validator(mode="after")
    def _keeps_demonstration_apart(self) -> Self:
        # ISO 3166 leaves XAA to XZZ, and M49 leaves 900 to 999, to their users.
        if {self.iso3.startswith("X"), self.m49 >= "900"} != {self.demonstration}:
            raise ValueError("codes XAA to XZZ and 900 to 999 are for demonstration States only")
        return self

    def state(self) -> State:
        return State(
            iso3=self.iso3,
            m49=self.m49,
            name=self.name,
            group=self.group,
            region=self.region,
            subregion=self.subregion,
            status=StateStatus(self.status),
            also_listed=self.also_listed,
            aliases=tuple(self.aliases),
            former_names=tuple(FormerName(f.language, f.name, f.until) for f in self.former_names),
            note=self.note or {},
            demonstration=self.demonstration,
        )


class _AreaRow(StrictRow):
    kind: Literal["group", "region", "subregion"]
    code: AreaCode
    name: InEveryLanguage
    parent: AreaCode | None = None

    @model_validator(mode="after")
    def _has_its_parent(self) -> Self:
        if (self.parent is None) == (self.kind == "subregion"):
            raise ValueError("a sub-region names the region above it, and nothing else does")
        return self


def load_states(path: Path) -> tuple[State, ...]:
    """The States of the file, in the order of their codes; ``SeedError`` names file and row."""
    states = tuple(row.state() for row in read_rows(path, "states", _StateRow))
    _refuse_repeats(path, "iso3", (state.iso3 for state in states))
    _refuse_repeats(path, "m49", (state.m49 for state in states))
    return tuple(sorted(states, key=lambda state: state.iso3))


def load_areas(path: Path) -> tuple[Area, ...]:
    """The groups, regions and sub-regions of the file, in its order; kinds are named so."""
    rows = read_rows(path, "areas", _AreaRow)
    _refuse_repeats(path, "code", (row.code for row in rows))
    regions = {row.code for row in rows if row.kind == "region"}
    for row in rows:
        if row.parent and row.parent not in regions:
            raise SeedError(f"{path}: {row.code}: there is no region {row.parent}")
    return tuple(Area(row.kind, row.code, row.name, row.parent) for row in rows)


def _refuse_repeats(path: Path, field: str, values: Iterable[str]) -> None:
    repeated = sorted(value for value, times in Counter(values).items() if times > 1)
    if repeated:
        raise SeedError(f"{path}: {field} more than once: {', '.join(repeated)}")
