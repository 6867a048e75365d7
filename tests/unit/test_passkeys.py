"""Passkeys: the site they are bound to, their names, their counters."""

import pytest

from tracker.domain.errors import Invalid
from tracker.domain.passkeys import RelyingParty, parse_passkey_name, relying_party, went_back


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("https://tracker.example.org", ("tracker.example.org", "https://tracker.example.org")),
        ("https://Tracker.Example.org:443", ("tracker.example.org", "https://tracker.example.org")),
        ("https://example.org:8443/in/a/folder", ("example.org", "https://example.org:8443")),
        ("http://localhost:5000", ("localhost", "http://localhost:5000")),
        ("http://localhost:80", ("localhost", "http://localhost")),
    ],
)
def test_passkeys_are_bound_to_the_configured_name(
    base_url: str, expected: tuple[str, str]
) -> None:
    assert relying_party(base_url) == RelyingParty(*expected)


@pytest.mark.parametrize(
    "base_url",
    ["http://127.0.0.1:5000", "https://[::1]", "https://192.0.2.7", "http://example.org", ""],
)
def test_a_number_or_a_line_that_others_read_has_no_passkeys(base_url: str) -> None:
    assert relying_party(base_url) is None


def test_a_name_stands_on_one_line_and_is_needed() -> None:
    assert parse_passkey_name("  office \n computer ") == "office computer"
    for typed in ("", "  ", "x" * 61, "a\0b"):
        with pytest.raises(Invalid):
            parse_passkey_name(typed)


@pytest.mark.parametrize(
    ("stored", "told", "copied"),
    [(0, 0, False), (0, 1, False), (5, 6, False), (5, 5, True), (5, 4, True), (5, 0, True)],
)
def test_a_counter_must_grow_unless_the_device_counts_nothing(
    stored: int, told: int, copied: bool
) -> None:
    assert went_back(stored=stored, told=told) is copied
