"""A served site: its numbers outlive the process that counted them, and it hears senders out."""

import os
import signal
import socket
import sqlite3
import struct
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.browser.site import RunningSite
from tracker.cli.counting import MEMORY

TOKEN = "a-token-for-tests-" * 2


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    site = RunningSite(tmp_path_factory.mktemp("served"))
    site.more["TRACKER_METRICS_TOKEN"] = TOKEN
    site.tracker("init")
    site.start()
    yield site
    site.stop()


def counted(site: RunningSite, rule: str) -> float:
    """How many answers of 200 there were to a rule."""
    wanted = {"method": "GET", "rule": rule, "status": "200"}
    asked = urllib.request.Request(  # noqa: S310  # our own site
        f"{site.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
        families = list(text_string_to_metric_families(answer.read().decode()))
    samples = (sample for family in families for sample in family.samples)
    found = (s for s in samples if s.name == "tracker_http_requests_total" and s.labels == wanted)
    return next((sample.value for sample in found), 0)


PART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="large"\r\n\r\n'


@pytest.mark.parametrize("in_pieces", [False, True])
@pytest.mark.parametrize("megabytes", [1, 20, 60])
def test_who_sends_too_much_is_heard_out_and_told(
    site: RunningSite, megabytes: int, in_pieces: bool
) -> None:
    """A browser, or a proxy before us, that cannot send the rest shows an error of its own."""
    length = "Transfer-Encoding: chunked" if in_pieces else f"Content-Length: {megabytes * 2**20}"
    head = (
        f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\n{length}\r\n\r\n"
    )
    pieces = [PART.ljust(2**20, b"x"), *(b"x" * 2**20 for _ in range(megabytes - 1))]
    with socket.create_connection(("127.0.0.1", site.port), timeout=30) as browser:
        browser.sendall(head.encode())
        for piece in pieces:
            browser.sendall(b"100000\r\n" + piece + b"\r\n" if in_pieces else piece)
        if in_pieces:
            browser.sendall(b"0\r\n\r\n")
        answer = ""
        while "</html>" not in answer and (more := browser.recv(2**16).decode()):
            answer += more
    status = 400 if megabytes < 16 else 413
    assert answer.startswith(f"HTTP/1.1 {status} ") and "<h1>" in answer


def test_who_stalls_holds_no_lock_and_who_leaves_is_no_fault(site: RunningSite) -> None:
    told = len(site.log())
    sender = socket.create_connection(("127.0.0.1", site.port), timeout=30)
    head = (
        f"POST /sign-out HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n"
        "Cookie: tracker_session=of-nobody\r\nContent-Length: 1000\r\n\r\nx"
    )
    sender.sendall(head.encode())
    time.sleep(1)  # the answer is made, and the rest of what is sent waited for
    with closing(sqlite3.connect(site.database, isolation_level=None, timeout=1)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    assert '"POST"' not in site.log()[told:]
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sender.close()  # without a farewell, as when a telephone loses its network
    deadline = time.monotonic() + 30
    while '"POST"' not in site.log()[told:]:
        assert time.monotonic() < deadline, "the answer was not made"
        time.sleep(0.05)
    assert '"status": 400' in site.log()[told:] and "Traceback" not in site.log()[told:]


def test_numbers_need_no_disk(site: RunningSite) -> None:
    """They are mapped into memory: on a full disk, whoever writes to them would be ended."""
    counted(site, "/healthz")
    (serving,) = site.serving
    mapped = Path(f"/proc/{serving}/maps").read_text()
    found = {line.split()[-1] for line in mapped.splitlines() if line.endswith(".db")}
    place = MEMORY / "tracker-" if MEMORY.is_dir() else site.folder / "counters"
    assert found and all(path.startswith(str(place)) for path in found)


def test_requests_stay_counted_when_their_process_is_killed(site: RunningSite) -> None:
    before = counted(site, "/healthz")
    for _ in range(3):
        urllib.request.urlopen(f"{site.url}/healthz", timeout=30).close()  # noqa: S310
    (serving,) = site.serving
    os.kill(serving, signal.SIGKILL)
    assert when_answered(site, "/healthz") >= before + 3


def when_answered(site: RunningSite, rule: str) -> float:
    """The number, once another process serves."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return counted(site, rule)
        except (urllib.error.URLError, ConnectionError):
            assert time.monotonic() < deadline, "nobody answers"
            time.sleep(0.1)
