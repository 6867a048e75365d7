"""Addresses of mail servers: ``smtp://``, ``smtp+starttls://`` and ``smtps://``."""

from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import getaddresses
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """Where and how to hand over mail. ``security`` is the scheme."""

    security: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


def parse_smtp_url(url: str) -> SmtpAddress:
    """Read ``scheme://[user:password@]host[:port]``; ``ValueError`` says what is wrong with it.

    The sentence never holds the address, which may hold a password.
    """
    parts = urlsplit(url)
    if parts.scheme not in PORTS:
        raise ValueError("must begin with smtp://, smtp+starttls:// or smtps://")
    try:
        port = parts.port or PORTS[parts.scheme]
    except ValueError:
        raise ValueError("has a port that is not a number from 1 to 65535") from None
    if not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("must name user and password (if any), host and port only")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise ValueError("must hold both user and password, or neither")
    if user and parts.scheme == "smtp" and parts.hostname not in LOOPBACK:
        raise ValueError("would send the password unencrypted; use smtp+starttls:// or smtps://")
    return SmtpAddress(parts.scheme, parts.hostname, port, user, password)


def parse_sender(text: str) -> Address:
    """One address, with or without a name; ``ValueError`` for anything else."""
    found = getaddresses([text])
    if len(found) != 1 or not text.isprintable():
        raise ValueError("must be one address, such as Tracker <tracker@example.org>")
    name, address = found[0]
    user, at, domain = address.rpartition("@")
    if not (user and at and "." in domain and address.isascii()) or " " in address:
        raise ValueError("must be one address, such as Tracker <tracker@example.org>")
    try:
        return Address(name, addr_spec=address)
    except (ValueError, IndexError):
        raise ValueError("is not an e-mail address") from None
