"""Asking ClamAV about a file before it is kept, by its protocol INSTREAM.

Whatever is not a clear answer counts as none: then the file is refused, never kept unscanned.
"""

import socket
import time
from typing import Final

from tracker.scanner_address import ScannerAddress

PATIENCE: Final = 20.0  # seconds for connection, file and answer together
CHUNK: Final = 1 << 16
LONGEST_ANSWER: Final = 4_096
CLEAN, FOUND, LEAD = "OK", " FOUND", "stream: "


class NoVerdict(Exception):
    """The scanner cannot be reached, is too slow, or says something that is no verdict."""


def scan(address: ScannerAddress, data: bytes, patience: float = PATIENCE) -> str:
    """What the scanner found; empty where it found nothing. ``NoVerdict`` where it does not say."""
    deadline = time.monotonic() + patience
    try:
        with _connected(address, deadline) as connection:
            connection.sendall(b"zINSTREAM\0")
            for at in range(0, len(data), CHUNK):
                chunk = data[at : at + CHUNK]
                _hurry(connection, deadline)
                connection.sendall(len(chunk).to_bytes(4, "big") + chunk)
            connection.sendall(bytes(4))
            answer = _answer(connection, deadline)
    except OSError as error:  # a time-out among them
        raise NoVerdict(str(error)) from None
    return _verdict(answer)


def _connected(address: ScannerAddress, deadline: float) -> socket.socket:
    if not address.path:
        return socket.create_connection(
            (address.host, address.port), timeout=deadline - time.monotonic()
        )
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _hurry(connection, deadline)
        connection.connect(address.path)
    except OSError:
        connection.close()
        raise
    return connection


def _hurry(connection: socket.socket, deadline: float) -> None:
    """No step waits beyond the deadline of the whole."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("it took too long")
    connection.settimeout(left)


def _answer(connection: socket.socket, deadline: float) -> str:
    answer = b""
    while b"\0" not in answer:
        _hurry(connection, deadline)
        more = connection.recv(LONGEST_ANSWER)
        answer += more
        if not more or len(answer) > LONGEST_ANSWER:
            raise NoVerdict("its answer has no end")
    return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _verdict(answer: str) -> str:
    said = answer.removeprefix(LEAD)
    if answer.startswith(LEAD) and said == CLEAN:
        return ""
    if answer.startswith(LEAD) and said.endswith(FOUND):
        return said.removesuffix(FOUND) or "?"
    raise NoVerdict(f"it answered {answer[:100]!r}")
