"""Names of States as documents print them, matched to ISO 3166 alpha-3 codes."""

import re
import unicodedata
from collections.abc import Iterable

from tracker.domain.states import State

NOBODY = "neant"
ARTICLE = re.compile(r"^((de\s+)?[dl][’']|(de la|du|des|de|la|le|les)\s+)", re.IGNORECASE)
COMMA = re.compile(r",(?![^()]*\))")  # one inside brackets belongs to the name
AND = re.compile(r"\s+et\s+")


class UnknownStateName(ValueError):
    """A name that is no State's; ``name`` is what the document says."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no State is called {name!r}")
        self.name = name


class StateNames:
    """All names of the given States: today's, former ones and aliases, in every language."""

    def __init__(self, states: Iterable[State]) -> None:
        self._codes: dict[str, str] = {}
        for state in states:
            former = (former.name for former in state.former_names)
            for name in (*state.name.values(), *former, *state.aliases):
                self._add(name, state.iso3)

    def _add(self, name: str, iso3: str) -> None:
        other = self._codes.setdefault(fold(name), iso3)
        if other != iso3:
            raise ValueError(f"{name!r} would mean both {other} and {iso3}")

    def find(self, name: str) -> str | None:
        """The code of the State, its article allowed (“de l’Ukraine”), or ``None``."""
        name = name.strip()
        return self._codes.get(fold(name)) or self._codes.get(fold(ARTICLE.sub("", name)))

    def require(self, name: str) -> str:
        """The code of the State; ``UnknownStateName`` where there is none."""
        code = self.find(name)
        if code is None:
            raise UnknownStateName(name.strip())
        return code

    def read_list(self, text: str) -> tuple[str, ...]:
        """The codes in a French list such as “Cuba, Iran (République islamique d’) et Togo.”.

        “Néant” is the empty list.
        """
        text = text.strip().removesuffix(".")
        if fold(text) == NOBODY:
            return ()
        *first, last = COMMA.split(text)
        return (*(self.require(name) for name in first), *self._read_last(last))

    def _read_last(self, text: str) -> tuple[str, ...]:
        """One name or “A et B”: names hold “et” too, so each place to cut is tried."""
        whole = self.find(text)
        if whole:
            return (whole,)
        for cut in AND.finditer(text):
            left, right = self.find(text[: cut.start()]), self.find(text[cut.end() :])
            if left and right:
                return (left, right)
        return (self.require(text),)


def fold(name: str) -> str:
    """The name without case, accents, spaces and marks, so that a broken line changes nothing."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in decomposed if character.isalnum())
