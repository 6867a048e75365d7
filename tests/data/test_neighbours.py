"""Programs beside the site that its settings name: ``tracker check`` asks whether each answers."""

from dataclasses import replace

import pytest

from tests.oidc_provider import Provider
from tests.scanner import scanner
from tracker.cli import neighbours
from tracker.cli.neighbours import silent_neighbours
from tracker.delivery.provider import provider_of
from tracker.settings import Settings


def test_whatever_answers_is_passed_over_in_silence(settings: Settings) -> None:
    assert list(silent_neighbours(settings)) == []
    provider = Provider()
    provider.start()
    with scanner() as double:
        named = replace(settings, clamav=double.address, provider=provider.settings())
        assert list(silent_neighbours(named)) == []
    provider.stop()


def test_whatever_does_not_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "PATIENCE", 0.2)
    gone = Provider()
    gone.start()
    elsewhere = gone.settings()
    gone.stop()
    provider_of.cache_clear()
    with scanner("silent") as double:
        named = replace(settings, clamav=double.address, provider=elsewhere)
        told = list(silent_neighbours(named))
    assert [sentence.split(" gives ")[0].split(" is no use")[0] for sentence in told] == [
        "The scanner of TRACKER_CLAMAV",
        "The provider of TRACKER_OIDC_ISSUER",
    ]
