"""Progress, audience and the vocabulary of absence."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Progress(StrEnum):
    """How far a State is with one commitment."""

    NOT_STARTED = "not_started"
    IN_DEVELOPMENT = "in_development"
    PARTLY_IMPLEMENTED = "partly_implemented"
    IMPLEMENTED = "implemented"
    NOT_APPLICABLE = "not_applicable"


class Absence(StrEnum):
    """Why there is no value. Never a zero, never a blank without a legend."""

    NOT_ASKED = "not_asked"
    NOT_REPORTED = "not_reported"
    NOT_ANSWERED = "not_answered"
    WITHHELD = "withheld"
    NOT_COMPUTABLE = "not_computable"


class Audience(StrEnum):
    """Who may read a whole response, from the widest to the narrowest."""

    PUBLIC = "public"
    STATES = "states"
    SECRETARIAT = "secretariat"

    def admits(self, content: "Audience") -> bool:
        """Whether a reader of this level may read ``content``."""
        order = list(Audience)
        return order.index(content) <= order.index(self)


class Base(StrEnum):
    """What a percentage is a share of."""

    MEMBERS = "members"
    REPORTING = "reporting"
    ANSWERED = "answered"
    APPLICABLE = "applicable"


COUNT_KEYS = (
    *(progress.value for progress in Progress),
    Absence.NOT_ANSWERED.value,
    Absence.WITHHELD.value,
    Absence.NOT_REPORTED.value,
)


_OUTSIDE = {
    Base.MEMBERS: set[str](),
    Base.REPORTING: {Absence.NOT_REPORTED.value},
    Base.ANSWERED: {absence.value for absence in Absence},
    Base.APPLICABLE: {*(absence.value for absence in Absence), Progress.NOT_APPLICABLE.value},
}
_INSIDE = {
    base: tuple(key for key in COUNT_KEYS if key not in outside)
    for base, outside in _OUTSIDE.items()
}


# Shown from the furthest progress down, then what is absent.
SHOWN_ORDER: tuple[Progress | Absence, ...] = (
    Progress.IMPLEMENTED,
    Progress.PARTLY_IMPLEMENTED,
    Progress.IN_DEVELOPMENT,
    Progress.NOT_STARTED,
    Progress.NOT_APPLICABLE,
    Absence.NOT_ANSWERED,
    Absence.WITHHELD,
    Absence.NOT_REPORTED,
)


@dataclass(frozen=True, slots=True)
class Distribution:
    """Counts of States (or pairs State × commitment) by value; their sum is the membership."""

    counts: Mapping[str, int]

    def __getitem__(self, key: str) -> int:
        return self.counts.get(key, 0)

    @property
    def members(self) -> int:
        """Every Member State, or pair, whatever it said."""
        return sum(self[key] for key in COUNT_KEYS)

    def size(self, base: Base) -> int:
        """The denominator that ``base`` names."""
        return sum(self[key] for key in self.keys(base))

    def keys(self, base: Base) -> tuple[str, ...]:
        """The values that lie inside ``base``."""
        return _INSIDE[base]


def total(distributions: list[Distribution]) -> Distribution:
    """Counts summed, so that shares are taken once, of the sums."""
    return Distribution({key: sum(d[key] for d in distributions) for key in COUNT_KEYS})
