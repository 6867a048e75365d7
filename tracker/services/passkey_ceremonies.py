"""What a browser is asked for to make or to use a passkey, and whether its answer is right.

The one place that knows the WebAuthn library. Nothing here touches the database.
"""

import json
from dataclasses import dataclass

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tracker.domain.passkeys import CHALLENGE_LASTS, LONGEST_ANSWER, RelyingParty
from tracker.queries.passkeys import PasskeyOwner, PasskeyRow

LONGEST_CREDENTIAL, LONGEST_KEY = 1_364, 4_000  # characters: 1,023 bytes of a credential id
TIMEOUT = int(CHALLENGE_LASTS.total_seconds()) * 1000
# The password was typed before, so a device need not know its owner by finger or PIN as well.
VERIFICATION = UserVerificationRequirement.PREFERRED
_TRANSPORTS = {transport.value: transport for transport in AuthenticatorTransport}


class WrongAnswer(Exception):
    """What came is no answer of a device to this challenge of this site; says why, for the log."""


@dataclass(frozen=True, slots=True)
class MadePasskey:
    """What is kept of a new passkey; id and public key in base64url."""

    credential_id: str
    public_key: str
    sign_count: int
    transports: tuple[str, ...]


def creation_options(
    party: RelyingParty,
    *,
    site_name: str,
    owner: PasskeyOwner,
    challenge: str,
    known: tuple[PasskeyRow, ...],
) -> str:
    """What the browser is to make a passkey from, as JSON; not on a device that has one."""
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=site_name,
        user_id=owner.handle,
        user_name=owner.email,
        user_display_name=owner.name,
        challenge=base64url_to_bytes(challenge),
        timeout=TIMEOUT,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=VERIFICATION
        ),
        exclude_credentials=_descriptors(known),
    )
    return options_to_json(options)


def request_options(party: RelyingParty, *, challenge: str, known: tuple[PasskeyRow, ...]) -> str:
    """What the browser is to sign in with, as JSON: one of these passkeys."""
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=base64url_to_bytes(challenge),
        timeout=TIMEOUT,
        allow_credentials=_descriptors(known),
        user_verification=VERIFICATION,
    )
    return options_to_json(options)


def _descriptors(known: tuple[PasskeyRow, ...]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(row.credential_id),
            transports=[_TRANSPORTS[name] for name in row.transports if name in _TRANSPORTS],
        )
        for row in known
    ]


def read_answer(text: str) -> dict[str, object]:
    """What the script of the page sent; ``WrongAnswer`` if it cannot come from a device."""
    try:
        answer = json.loads(text) if len(text) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError) as error:
        raise WrongAnswer("no JSON") from error
    if not isinstance(answer, dict) or not isinstance(answer.get("id"), str):
        raise WrongAnswer("no credential")
    return answer


def made(answer: dict[str, object], party: RelyingParty, challenge: str) -> MadePasskey:
    """The passkey that a device made for this challenge, else ``WrongAnswer``."""
    try:
        found = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
        )
    except Exception as error:  # whatever the library makes of bytes that mean harm is a refusal
        raise WrongAnswer(_why(error)) from error
    credential, key = (
        bytes_to_base64url(part) for part in (found.credential_id, found.credential_public_key)
    )
    if len(credential) > LONGEST_CREDENTIAL or len(key) > LONGEST_KEY:
        raise WrongAnswer("longer than the standard allows")
    return MadePasskey(
        credential,
        key,
        found.sign_count,
        _transports(answer),
    )


def _transports(answer: dict[str, object]) -> tuple[str, ...]:
    response = answer.get("response")
    told = response.get("transports") if isinstance(response, dict) else None
    return tuple(name for name in _TRANSPORTS if isinstance(told, list) and name in told)


def told_count(
    answer: dict[str, object], party: RelyingParty, challenge: str, *, public_key: str
) -> int:
    """The counter in an answer that this key signed for this challenge, else ``WrongAnswer``.

    The library is given no counter to compare with: that one went back is told apart by whoever
    asks.
    """
    try:
        found = verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=base64url_to_bytes(public_key),
            credential_current_sign_count=0,
        )
    except Exception as error:  # whatever the library makes of bytes that mean harm is a refusal
        raise WrongAnswer(_why(error)) from error
    return found.new_sign_count


def _why(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]
