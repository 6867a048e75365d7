"""Where people may sign in with an account of an OpenID Connect provider: the settings of that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
LONGEST_ADDRESS = 255
LONGEST_NAME = 60
PROVIDER_NAMES = (
    "OIDC_ISSUER",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_NAME",
    "OIDC_SECOND_STEP",
)
_NEEDED = (
    ("OIDC_CLIENT_ID", "give the name under which the provider knows this site."),
    ("OIDC_CLIENT_SECRET", "give the secret that the provider made for this site."),
    ("OIDC_NAME", "give the provider's name, as it stands on the button."),
)


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """One provider. ``issuer`` is kept to the letter: tokens must name it so."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    second_step: bool = False  # whether it asks for a second factor, by the operator's word


def may_be_asked(address: str, *, http_on_loopback: bool) -> bool:
    """Whether it is an address over HTTPS, or HTTP that stays on this machine where that is let."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    plain = address.isascii() and address.isprintable() and " " not in address
    if not host or parts.username is not None or not plain:
        return False
    return parts.scheme == "https" or (http_on_loopback and _on_loopback(parts))


def _on_loopback(parts: SplitResult) -> bool:
    return parts.scheme == "http" and parts.hostname in LOOPBACK


def read_provider(
    values: Mapping[str, str], *, production: bool, problems: list[str]
) -> ProviderSettings | None:
    """The provider, if one is named; what is wrong is added to ``problems``."""
    given = [name for name in PROVIDER_NAMES if values[name]]
    if not given:
        return None
    issuer = values["OIDC_ISSUER"]
    if not issuer:
        problems.append(f"TRACKER_OIDC_ISSUER is missing, but TRACKER_{given[0]} is set.")
        return None
    parts = urlsplit(issuer)
    fits = len(issuer) <= LONGEST_ADDRESS and not parts.query and not parts.fragment
    if not fits or not may_be_asked(issuer, http_on_loopback=not production):
        problems.append(
            f"TRACKER_OIDC_ISSUER is {issuer[:80]!r}; give an address that begins with https://, "
            "without anything behind ? or #."
        )
    for name, advice in _NEEDED:
        if not values[name]:
            problems.append(f"TRACKER_{name} is missing; {advice}")
    if len(values["OIDC_NAME"]) > LONGEST_NAME:
        problems.append(f"TRACKER_OIDC_NAME is longer than {LONGEST_NAME} characters.")
    counts = values["OIDC_SECOND_STEP"]
    if counts not in ("", "on", "off"):
        problems.append(f"TRACKER_OIDC_SECOND_STEP is {counts[:40]!r}; use on or off.")
    return ProviderSettings(
        issuer=issuer,
        client_id=values["OIDC_CLIENT_ID"],
        client_secret=values["OIDC_CLIENT_SECRET"],
        name=values["OIDC_NAME"],
        second_step=counts == "on",
    )


def shown_provider(provider: ProviderSettings | None) -> dict[str, str]:
    """The effective settings by variable name, the secret masked."""
    if provider is None:
        return dict.fromkeys((f"TRACKER_{name}" for name in PROVIDER_NAMES), "not set")
    return {
        "TRACKER_OIDC_ISSUER": provider.issuer,
        "TRACKER_OIDC_CLIENT_ID": provider.client_id or "missing",
        "TRACKER_OIDC_CLIENT_SECRET": "set" if provider.client_secret else "missing",
        "TRACKER_OIDC_NAME": provider.name or "missing",
        "TRACKER_OIDC_SECOND_STEP": "on" if provider.second_step else "off",
    }
