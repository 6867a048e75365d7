"""Who somebody is at the provider where they signed in, and what it says of how they did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

VISIT_LASTS = timedelta(minutes=10)  # from leaving for the provider to coming back
LONGEST_SUBJECT = 255
# Of RFC 8176: each shows more than a password, or is "several" by its meaning.
SECOND_FACTORS = frozenset(
    {
        "face",
        "fpt",
        "hwk",
        "iris",
        "mca",
        "mfa",
        "otp",
        "pop",
        "retina",
        "sc",
        "sms",
        "swk",
        "tel",
        "vbm",
    }
)
UNREADABLE = "?"
_MOST_METHODS, _LONGEST_METHOD, _LONGEST_CONTEXT = 10, 32, 100


@dataclass(frozen=True, slots=True)
class ProviderIdentity:
    """One account at one provider. ``methods`` and ``context`` (amr, acr) may be empty."""

    issuer: str
    subject: str
    methods: tuple[str, ...] = ()
    context: str = ""

    def shows_second_factor(self) -> bool:
        """Whether a second factor was used, as far as the provider tells: silence counts as yes.

        Asked only where the operator says that the provider asks for one.
        """
        return not self.methods or not SECOND_FACTORS.isdisjoint(self.methods)

    @property
    def facts(self) -> dict[str, str]:
        """What the history of the account keeps of how the person signed in."""
        found = {"methods": ", ".join(self.methods), "context": self.context}
        return {name: value for name, value in found.items() if value}


def plain_methods(raw: Iterable[object]) -> tuple[str, ...]:
    """The names of methods, at most ten; ``?`` for one that cannot be read or kept.

    It shows that the provider did tell something: only none at all is silence.
    """
    return tuple(_method(item) for item in islice(raw, _MOST_METHODS))


def _method(item: object) -> str:
    fits = isinstance(item, str) and _is_plain(item) and len(item) <= _LONGEST_METHOD
    return str(item) if fits else UNREADABLE


def plain_context(raw: object) -> str:
    """The name of a level of assurance, if it can be read and kept."""
    return raw if isinstance(raw, str) and _is_plain(raw) and len(raw) <= _LONGEST_CONTEXT else ""


def _is_plain(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable()
