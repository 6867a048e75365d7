"""A double of ClamAV on loopback that speaks INSTREAM: clean, infected, odd, silent or slow."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

CANARY = b"EICAR-LIKE"  # what the double takes for a virus


@dataclass
class Scanner:
    """What was asked of it; ``address`` is a setting."""

    address: str
    received: list[bytes] = field(default_factory=list)
    commands: list[bytes] = field(default_factory=list)


@contextmanager
def scanner(manner: str = "honest", path: Path | None = None) -> Iterator[Scanner]:
    """Listens until the block ends. ``manner``: honest, silent, gone, or the answer to give."""
    if path is None:
        listening = socket.create_server(("127.0.0.1", 0))
        double = Scanner(f"127.0.0.1:{listening.getsockname()[1]}")
    else:
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listening.bind(str(path))
        listening.listen()
        double = Scanner(str(path))
    ending = threading.Event()
    thread = threading.Thread(target=_serve, args=(listening, double, manner, ending))
    thread.start()
    try:
        yield double
    finally:
        ending.set()
        if path is None:  # wakes the thread, which waits for a visitor
            socket.create_connection(listening.getsockname()).close()
        else:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as visitor:
                visitor.connect(str(path))
        thread.join()
        listening.close()


def _serve(listening: socket.socket, double: Scanner, manner: str, ending: threading.Event) -> None:
    while True:
        connection, _ = listening.accept()
        with connection:
            if ending.is_set():
                return
            connection.settimeout(5)
            if manner != "gone":
                _answer(connection, double, manner)


def _answer(connection: socket.socket, double: Scanner, manner: str) -> None:
    stream = connection.makefile("rb")
    with stream:
        double.commands.append(stream.read(len(b"zINSTREAM\0")))
        data = b""
        while size := int.from_bytes(stream.read(4), "big"):
            data += stream.read(size)
        double.received.append(data)
        if manner == "silent":
            stream.read(1)  # until the client gives up
        elif manner == "honest":
            found = b"Test-Signature FOUND" if CANARY in data else b"OK"
            connection.sendall(b"stream: " + found + b"\0")
        else:
            connection.sendall(manner.encode())
