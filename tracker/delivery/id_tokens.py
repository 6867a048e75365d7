"""Judging the token in which a provider says who somebody is (OpenID Connect Core, 3.1.3.7)."""

from collections.abc import Callable
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from tracker.delivery.provider_http import ProviderTrouble
from tracker.domain.provider_identity import (
    LONGEST_SUBJECT,
    ProviderIdentity,
    plain_context,
    plain_methods,
)

# By what each is signed; nothing else is taken, neither "none" nor what a shared secret signs.
KINDS: dict[str, type[Key]] = {"RS256": RSAKey, "ES256": ECKey, "EdDSA": OKPKey, "Ed25519": OKPKey}
SHORTEST_RSA = 2048
CLOCKS_APART = 60  # seconds by which the provider's clock may differ from ours
ISSUED_WITHIN = 600  # seconds: it is made for the code that has just come
Keys = Callable[[str | None], list[dict[str, Any]]]


class Registry(jws.JWSRegistry):
    """The algorithms above; one of them has two names, of which the older one is no danger."""

    def get_alg(self, name: str) -> Any:
        if name not in KINDS:
            raise ValueError(f"not an algorithm of ours: {name!r}"[:80])
        return self.algorithms[name]


def judge(
    token: object, *, keys: Keys, issuer: str, client_id: str, nonce: str, now: int
) -> ProviderIdentity:
    """Who the token says signed in; ``ProviderTrouble`` with ``provider-untrusted`` otherwise.

    ``keys`` gives the provider's public keys that may have signed under a key id.
    """
    try:
        return _judge(token, keys, issuer, client_id, nonce, now)
    except (JoseError, ValueError, TypeError, KeyError, SecurityWarning) as error:
        detail = f"{type(error).__name__}: {error}"[:200]
        raise ProviderTrouble("provider-untrusted", detail) from None


def _judge(
    token: object, keys: Keys, issuer: str, client_id: str, nonce: str, now: int
) -> ProviderIdentity:
    if not isinstance(token, str) or not token.isascii():
        raise ValueError("no token")
    decoded = _decoded(token, keys)
    claims = CodeIDToken(
        decoded.claims,
        decoded.header,
        options={
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": client_id},
        },
        params={"nonce": nonce, "client_id": client_id},
    )
    claims.validate(now, CLOCKS_APART)
    if claims["iat"] < now - ISSUED_WITHIN - CLOCKS_APART:
        raise ValueError("issued long ago")
    subject = claims["sub"]
    if not subject or len(subject) > LONGEST_SUBJECT or "\0" in subject:
        raise ValueError("a subject that cannot be kept")
    return ProviderIdentity(
        issuer=issuer,
        subject=subject,
        methods=plain_methods(claims.get("amr") or ()),
        context=plain_context(claims.get("acr")),
    )


def _decoded(token: str, keys: Keys) -> jwt.Token:
    """The token as read with the first key that fits and has signed it."""
    header = jws.extract_compact(token.encode()).headers()
    kind, kid = KINDS.get(str(header.get("alg"))), header.get("kid")
    if kind is None:
        raise ValueError(f"not an algorithm of ours: {header.get('alg')!r}"[:80])
    refused: Exception = ValueError("no key fits")
    for key in _fitting(keys(kid if isinstance(kid, str) else None), kind):
        try:
            return jwt.decode(token, key, registry=Registry(strict_check_header=False))
        except JoseError as error:
            refused = error
    raise refused


def _fitting(found: list[dict[str, Any]], kind: type[Key]) -> list[Key]:
    """The public keys of this kind that are for signing; those nobody can read are left out."""
    fitting: list[Key] = []
    for raw in found:
        if raw.get("kty") != kind.key_type or raw.get("use", "sig") != "sig":
            continue
        try:
            key = kind.import_key(raw)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if not isinstance(key, RSAKey) or key.raw_value.key_size >= SHORTEST_RSA:
            fitting.append(key)
    return fitting
