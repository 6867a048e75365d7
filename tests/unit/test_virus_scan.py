"""Asking ClamAV: its protocol, and what counts as no answer."""

import os
from pathlib import Path

import pytest

from tests.scanner import CANARY, scanner
from tracker.delivery.virus_scan import CHUNK, NoVerdict, scan
from tracker.scanner_address import ScannerAddress, parse_scanner


def test_a_file_is_sent_whole_and_judged() -> None:
    data = os.urandom(CHUNK + 5)
    with scanner() as double:
        address = parse_scanner(double.address)
        assert scan(address, data) == ""
        assert scan(address, data + CANARY) == "Test-Signature"
    assert double.received == [data, data + CANARY]
    assert double.commands == [b"zINSTREAM\0"] * 2


def test_it_may_listen_on_a_socket_of_the_file_system(tmp_path: Path) -> None:
    with scanner(path=tmp_path / "clamd.ctl") as double:
        assert scan(parse_scanner(double.address), b"clean") == ""
    with pytest.raises(NoVerdict):
        scan(ScannerAddress(path=str(tmp_path / "elsewhere")), b"clean")


@pytest.mark.parametrize(
    "manner",
    [
        "gone",
        "silent",
        "stream: OK",  # cut off before its end
        "INSTREAM size limit exceeded. ERROR\0",
        "stream: Can't allocate memory ERROR\0",
        "OK\0",
        "\0",
        "x" * 5_000,
    ],
)
def test_what_is_no_verdict_is_none(manner: str) -> None:
    with scanner(manner) as double:
        with pytest.raises(NoVerdict):
            scan(parse_scanner(double.address), b"clean", patience=0.2)


def test_nobody_listening_is_no_verdict() -> None:
    with scanner() as double:
        address = parse_scanner(double.address)
    with pytest.raises(NoVerdict):
        scan(address, b"clean")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("clamav:3310", ScannerAddress(host="clamav", port=3310)),
        ("[::1]:3310", ScannerAddress(host="::1", port=3310)),
        ("/run/clamav/clamd.ctl", ScannerAddress(path="/run/clamav/clamd.ctl")),
    ],
)
def test_addresses(text: str, address: ScannerAddress) -> None:
    assert parse_scanner(text) == address


@pytest.mark.parametrize(
    "text", ["clamav", "clamav:", ":3310", "a:0", "a:65536", "::1:3310", "a:x"]
)
def test_wrong_addresses(text: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        parse_scanner(text)
