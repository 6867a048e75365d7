"""An OpenID Connect provider: where it asks people, and what it answers to a code.

What it publishes of itself is kept for an hour, and that it could not be reached for ten seconds,
so that people do not wait one after the other. Never call it with a transaction open.
"""

import base64
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from tracker.delivery.id_tokens import judge
from tracker.delivery.provider_http import OK, WAIT, Answer, ProviderTrouble, ask
from tracker.domain.provider_identity import ProviderIdentity
from tracker.provider_settings import ProviderSettings, may_be_asked

KEPT_FOR = 3600.0  # seconds
DOWN_FOR = 10.0
KEYS_AT_MOST_EVERY = 60.0  # where a token names a key that is not known
MOST_KEYS = 100
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a browser takes along to the provider, and what is kept here until it is back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class _Kept:
    content: dict[str, Any]
    at: float
    trouble: ProviderTrouble | None = None

    def is_fresh(self, now: float) -> bool:
        return now - self.at < (DOWN_FOR if self.trouble else KEPT_FOR)


class Provider:
    """One provider as the operator named it. ``clock`` counts seconds from anywhere."""

    def __init__(
        self, settings: ProviderSettings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings, self._clock = settings, clock
        self._http = settings.issuer.startswith("http://")  # the settings let it on loopback alone
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def leave(self, return_to: str) -> Leaving:
        """Where to send a browser that shall come back to ``return_to``."""
        found = self._metadata()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        address = prepare_grant_uri(
            found["authorization_endpoint"],
            self._settings.client_id,
            "code",
            redirect_uri=return_to,
            scope="openid",
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Leaving(address, state, nonce, verifier)

    def check_sender(self, issuer: str | None) -> None:
        """``ProviderTrouble`` if another provider sent the browser back (RFC 9207)."""
        if issuer is None and not self._metadata().get(
            "authorization_response_iss_parameter_supported"
        ):
            return
        if issuer != self._settings.issuer:
            raise ProviderTrouble("provider-mixed-up")

    def identity(
        self, *, code: str, verifier: str, nonce: str, return_to: str, now: int
    ) -> ProviderIdentity:
        """Who signed in there, for the code that the browser brought; ``now`` by our clock."""
        content = self._exchange(code, verifier, return_to)
        return judge(
            content.get("id_token"),
            keys=self._keys,
            issuer=self._settings.issuer,
            client_id=self._settings.client_id,
            nonce=nonce,
            now=now,
        )

    def _exchange(self, code: str, verifier: str, return_to: str) -> dict[str, Any]:
        found = self._metadata()
        form = {"code": code, "code_verifier": verifier}
        headers: dict[str, str] = {}
        if "client_secret_basic" in _ways_to_prove(found):
            headers["Authorization"] = self._basic()
        else:
            form["client_id"] = self._settings.client_id
            form["client_secret"] = self._settings.client_secret
        body = prepare_token_request("authorization_code", redirect_uri=return_to, **form)
        answer = self._ask(found["token_endpoint"], body=body, headers=headers)
        if answer.status != OK:
            raise _refused(answer)
        return answer.content

    def _basic(self) -> str:
        """Name and secret, each encoded as RFC 6749 (2.3.1) asks."""
        both = (self._settings.client_id, self._settings.client_secret)
        joined = ":".join(quote_plus(text) for text in both)
        return "Basic " + base64.b64encode(joined.encode()).decode()

    def _metadata(self) -> dict[str, Any]:
        """What the provider publishes of itself, once it is seen to be that of this issuer."""
        address = self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
        return self._known(address, self._check_metadata)

    def _check_metadata(self, content: Mapping[str, Any]) -> None:
        if content.get("issuer") != self._settings.issuer:
            raise ProviderTrouble("provider-unusable", "describes another issuer")
        for name in ENDPOINTS:
            address = content.get(name)
            if not isinstance(address, str) or not may_be_asked(
                address, http_on_loopback=self._http
            ):
                raise ProviderTrouble("provider-unusable", f"{name} is no address that is https")

    def _keys(self, kid: str | None) -> list[dict[str, Any]]:
        """The keys that may have signed; asked for again where the one named is not known."""
        address = self._metadata()["jwks_uri"]
        fitting = _named(self._known(address, _check_keys), kid)
        if not fitting:
            self._forget(address, older_than=KEYS_AT_MOST_EVERY)
            fitting = _named(self._known(address, _check_keys), kid)
        return fitting

    def _known(self, address: str, check: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
        """What stands at an address, from memory or asked for by one at a time.

        Nobody waits long for whoever asks: a provider that is slow would hold every thread.
        """
        kept = self._kept.get(address)
        if kept is None or not kept.is_fresh(self._clock()):
            if not self._lock.acquire(timeout=WAIT):
                raise ProviderTrouble("provider-unreachable", "another asks it already")
            try:
                kept = self._kept.get(address)
                if kept is None or not kept.is_fresh(self._clock()):
                    kept = self._kept[address] = self._fetched(address, check)
            finally:
                self._lock.release()
        if kept.trouble is not None:
            raise ProviderTrouble(kept.trouble.code, kept.trouble.detail)
        return kept.content

    def _fetched(self, address: str, check: Callable[[Mapping[str, Any]], None]) -> _Kept:
        try:
            answer = self._ask(address)
            if answer.status != OK:
                raise ProviderTrouble("provider-unusable", f"status {answer.status}")
            check(answer.content)
        except ProviderTrouble as trouble:
            return _Kept({}, self._clock(), trouble)
        return _Kept(answer.content, self._clock())

    def _forget(self, address: str, *, older_than: float) -> None:
        kept = self._kept.get(address)
        if kept is not None and self._clock() - kept.at >= older_than:
            self._kept.pop(address, None)

    def _ask(self, address: str, **more: Any) -> Answer:
        return ask(address, http_on_loopback=self._http, **more)


@lru_cache(maxsize=2)
def provider_of(settings: ProviderSettings) -> Provider:
    """The provider of these settings, the same each time, so that it remembers."""
    return Provider(settings)


def _ways_to_prove(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """How this site may prove to be itself; the first one where the provider does not say."""
    found = metadata.get("token_endpoint_auth_methods_supported")
    return tuple(map(str, found)) if isinstance(found, list) else ("client_secret_basic",)


def _refused(answer: Answer) -> ProviderTrouble:
    """Why the code was not taken: it is over, or this site is not known as it should be."""
    error = answer.content.get("error")
    if error == "invalid_grant":
        return ProviderTrouble("provider-code-refused")
    return ProviderTrouble("provider-unusable", f"refuses this site: {error!r}"[:80])


def _check_keys(content: Mapping[str, Any]) -> None:
    found = content.get("keys")
    if not isinstance(found, list) or not all(isinstance(key, dict) for key in found):
        raise ProviderTrouble("provider-unusable", "no list of keys")


def _named(content: Mapping[str, Any], kid: str | None) -> list[dict[str, Any]]:
    keys: list[dict[str, Any]] = content["keys"][:MOST_KEYS]
    return keys if kid is None else [key for key in keys if key.get("kid") == kid]
