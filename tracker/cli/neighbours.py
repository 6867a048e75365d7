"""Other programs that the settings name: whether they answer, for ``tracker check``."""

from collections.abc import Iterator
from typing import Final

from tracker.delivery.virus_scan import NoVerdict, scan
from tracker.provider_settings import ProviderSettings
from tracker.settings import Settings

PATIENCE: Final = 5.0  # seconds


def silent_neighbours(settings: Settings) -> Iterator[str]:
    """A sentence for each that does not answer as it should; the site itself runs without them."""
    if settings.scanner is not None:
        try:
            scan(settings.scanner, b"tracker check", PATIENCE)
        except NoVerdict as error:
            yield f"The scanner of TRACKER_CLAMAV gives no answer, so no file is taken: {error}."
    if settings.provider is not None:
        yield from _silent_provider(settings.provider, settings.base_url)


def _silent_provider(provider: ProviderSettings, base_url: str) -> Iterator[str]:
    # what speaks with providers takes long to load, and few sites have one
    from tracker.delivery.provider import provider_of
    from tracker.delivery.provider_http import ProviderTrouble

    try:
        provider_of(provider).leave(base_url)
    except ProviderTrouble as trouble:
        yield (
            "The provider of TRACKER_OIDC_ISSUER is no use at present, so nobody signs in there: "
            f"{trouble.detail or trouble.code}."
        )
