"""Which States and which commitments a reader wants counted."""

from collections.abc import Iterable
from dataclasses import dataclass

from tracker.domain.documents import Addressee, Commitment, Level, OutcomeDocument, Strength, Theme
from tracker.domain.states import State


@dataclass(frozen=True, slots=True)
class Selection:
    """Everything where nothing is chosen; what is chosen holds together.

    ``area`` is the code of a UN regional group, an M49 region or sub-region; ``section`` the code
    of a heading, which stands for all headings beneath it too.
    """

    area: str = ""
    section: str = ""
    theme: Theme | None = None
    level: Level | None = None
    strengths: tuple[Strength, ...] = ()
    addressee: Addressee | None = None

    @property
    def narrows_states(self) -> bool:
        """Whether some States are left out."""
        return bool(self.area)

    @property
    def narrows_commitments(self) -> bool:
        """Whether some commitments are left out."""
        return bool(self.section or self.theme or self.level or self.strengths or self.addressee)

    def states(self, states: Iterable[State]) -> tuple[str, ...]:
        """ISO codes of those chosen, in the order given."""
        return tuple(s.iso3 for s in states if not self.area or self.area in areas_of(s))

    def commitments(self, document: OutcomeDocument) -> tuple[Commitment, ...]:
        """Those chosen that ask States, in the order of the document."""
        return tuple(c for c in self.all_commitments(document) if c.asks_states)

    def all_commitments(self, document: OutcomeDocument) -> tuple[Commitment, ...]:
        """Those chosen, with those for the secretariat alone, in the order of the document."""
        return tuple(c for c in document.commitments if self._takes(document, c))

    def _takes(self, document: OutcomeDocument, commitment: Commitment) -> bool:
        return (
            (not self.section or self.section in _codes(document, commitment))
            and self.theme in (None, *commitment.themes)
            and self.level in (None, commitment.level)
            and (not self.strengths or commitment.strength in self.strengths)
            and self.addressee in (None, commitment.addressee)
        )


def areas_of(state: State) -> tuple[str, ...]:
    """The areas in which the State counts: its group, its M49 region and sub-region."""
    return tuple(code for code in (state.group, state.region, state.subregion) if code)


def _codes(document: OutcomeDocument, commitment: Commitment) -> set[str]:
    return {section.code for section in document.path(commitment.section)}
