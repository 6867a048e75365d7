"""Asking a provider of sign-ins: one answer in JSON, or trouble.

Nothing is followed that leads elsewhere, five seconds are the whole time of an answer, and more
than its size is not read. Never call it with a transaction open.
"""

import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tracker.provider_settings import may_be_asked

TIMEOUT = 5.0  # seconds, from connecting to the last byte
LARGEST = 256 * 1024
AT_ONCE = 4  # questions under way in one process, so that a slow provider holds no more threads
WAIT = 1.0  # seconds for one of these places
OK, REFUSED_FROM, FAILED_FROM, TOO_OFTEN = 200, 400, 500, 429
_places = threading.BoundedSemaphore(AT_ONCE)


class ProviderTrouble(Exception):
    """Not signed in there. ``code`` is one of ``messages.MESSAGES``, ``detail`` is for the log."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider said: a status below 500, and an object."""

    status: int
    content: dict[str, Any]


def ask(
    address: str,
    *,
    http_on_loopback: bool,
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Fetch an object, or send a form where there is a ``body``; ``ProviderTrouble`` otherwise."""
    if not may_be_asked(address, http_on_loopback=http_on_loopback):
        raise ProviderTrouble("provider-unusable", "an address that is not https")
    if not _places.acquire(timeout=WAIT):
        raise ProviderTrouble("provider-unreachable", "too many questions at once")
    try:
        status, content = _exchange(address, body, dict(headers or {}))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ProviderTrouble("provider-unreachable", _why(error)) from None
    finally:
        _places.release()
    if status >= FAILED_FROM or status == TOO_OFTEN:
        raise ProviderTrouble("provider-unreachable", f"status {status}")
    if status != OK and status < REFUSED_FROM:  # somewhere else, or nothing
        raise ProviderTrouble("provider-unusable", f"status {status}")
    return Answer(status, _object(content))


def _why(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]


def _exchange(address: str, body: str | None, headers: dict[str, str]) -> tuple[int, bytes]:
    parts, begun = urlsplit(address), time.monotonic()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    headers |= {"Accept": "application/json", "Accept-Encoding": "identity"}
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    try:
        connection.connect()
        with _cut_after(connection.sock, begun + TIMEOUT - time.monotonic()):
            connection.request("GET" if body is None else "POST", path, body, headers)
            with connection.getresponse() as response:
                content, left = response.read(LARGEST + 1), response.length
        if left and len(content) <= LARGEST:
            raise http.client.IncompleteRead(content)
        return response.status, content
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=context)
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT)


@contextmanager
def _cut_after(connected: socket.socket, seconds: float) -> Iterator[None]:
    """``TimeoutError`` where it took longer: an answer that comes drop by drop is cut off, too."""
    late = threading.Event()

    def cut() -> None:
        late.set()
        with suppress(OSError):  # it ended by itself
            # That of the plain socket: over TLS its own may not be called beside a read.
            socket.socket.shutdown(connected, socket.SHUT_RDWR)

    timer = threading.Timer(max(seconds, 0), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException, ValueError):
        if not late.is_set():
            raise
    finally:
        timer.cancel()
    if late.is_set():
        raise TimeoutError("no whole answer in time")


def _object(content: bytes) -> dict[str, Any]:
    if len(content) > LARGEST:
        raise ProviderTrouble("provider-unusable", "an answer that is too long")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise ProviderTrouble("provider-unusable", "an answer that is not JSON") from None
    if not isinstance(found, dict):
        raise ProviderTrouble("provider-unusable", "an answer that is no object")
    return found
