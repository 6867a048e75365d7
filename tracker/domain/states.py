"""States as the tracker knows them: codes, names by language, groups."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class StateStatus(StrEnum):
    """Standing in the United Nations. Observer States stand outside every base."""

    MEMBER = "member"
    OBSERVER = "observer"


@dataclass(frozen=True, slots=True)
class FormerName:
    """A name that official documents used until a date (``until``: ISO date)."""

    language: str
    name: str
    until: str


@dataclass(frozen=True, slots=True)
class State:
    """One State.

    ``group`` is the UN regional group in which it counts, ``also_listed`` a second one in
    which it is only listed; ``region`` and ``subregion`` are M49 areas by their code.
    ``aliases`` are other names in documents, used only to recognise the State.
    """

    iso3: str
    m49: str
    name: Mapping[str, str]
    group: str | None
    region: str | None
    subregion: str | None
    status: StateStatus
    also_listed: str | None = None
    former_names: tuple[FormerName, ...] = ()
    note: Mapping[str, str] = field(default_factory=dict)
    demonstration: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """A group of States: a UN regional group, an M49 region or sub-region."""

    kind: str
    code: str
    name: Mapping[str, str]
    parent: str | None = None
