"""Passkeys: for which site they are made, how long making or using one may take, their names."""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from tracker.domain.errors import Invalid, Problem
from tracker.domain.values import parse_text

CHALLENGE_LASTS = timedelta(minutes=5)
CHALLENGE_BYTES = 32
PASSKEYS_ALLOWED = 20  # of one person
LONGEST_NAME = 60
LONGEST_ANSWER = 20_000  # characters; what devices send has a tenth of that
_USUAL_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The site as devices know it: the name that passkeys are bound to, and where pages stand."""

    id: str
    origin: str


def relying_party(base_url: str) -> RelyingParty | None:
    """The site at this address; ``None`` where browsers make no passkeys.

    They ask for a name, not a number, and for HTTPS everywhere but on the machine itself.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if not host or _is_number(host):
        return None
    local = host == "localhost" or host.endswith(".localhost")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        return None
    port = "" if parts.port in (None, _USUAL_PORTS[parts.scheme]) else f":{parts.port}"
    return RelyingParty(host, f"{parts.scheme}://{host}{port}")


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def parse_passkey_name(raw: str | None, *, place: str = "name") -> str:
    """What its owner calls a passkey, on one line."""
    value = " ".join(parse_text(raw, place=place, limit=LONGEST_NAME).split())
    if not value:
        raise Invalid(Problem("required", place))
    return value


def went_back(*, stored: int, told: int) -> bool:
    """Whether a counter of uses tells of a copy: it must grow, unless a device counts nothing."""
    return (stored > 0 or told > 0) and told <= stored
