"""The public keys there are, and whether a statement was signed by one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.chain import instant
from tracker.domain.signed import KEY_TAG, from_base64, key_id, signed_message
from tracker.models import SigningKey


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One public key; ``previous`` names the key that vouched for it, if one did."""

    key_id: str
    public_key: str
    made_at: datetime
    previous: str
    statement: dict[str, Any]


def list_keys(session: Session) -> tuple[KeyRow, ...]:
    """Every key, the first one first; the last one is the newest."""
    rows = session.scalars(select(SigningKey).order_by(SigningKey.id))
    return tuple(
        KeyRow(
            row.key_id,
            row.public_key,
            row.made_at,
            str(row.statement.get("previous") or ""),
            row.statement,
        )
        for row in rows
    )


def newest_key(session: Session) -> str | None:
    """The name of the key that signs for this site, if there is one."""
    return session.scalars(
        select(SigningKey.key_id).order_by(SigningKey.id.desc()).limit(1)
    ).first()


def public_keys(session: Session) -> dict[str, str]:
    """Public keys by name."""
    rows = session.execute(select(SigningKey.key_id, SigningKey.public_key))
    return {name: public for name, public in rows}


def is_signed(tag: str, statement: Mapping[str, Any], public_key: str) -> bool:
    """Whether this key signed the statement, as one of this kind and as it stands."""
    try:
        message = signed_message(tag, statement)
        key = Ed25519PublicKey.from_public_bytes(from_base64(public_key))
        key.verify(from_base64(str(statement.get("signature", ""))), message)
    except (InvalidSignature, TypeError, ValueError):
        return False
    return statement.get("key_id") == key_id(public_key)


def key_problem(row: KeyRow, earlier: Mapping[str, str]) -> str | None:
    """What is wrong with a public key, given those before it; nothing where it is as it was."""
    said = row.statement
    signed_by = earlier.get(row.previous) if row.previous else row.public_key
    if row.key_id != key_id(row.public_key) or said.get("public_key") != row.public_key:
        return "it is not the key that its statement names"
    if said.get("made_at") != instant(row.made_at):
        return "it was not made when its statement says"
    if signed_by is None:
        return "the key that vouched for it is missing"
    if not _vouched(said, signed_by):
        return "its statement was altered or not signed by the key that it names"
    return None


def _vouched(statement: Mapping[str, Any], public_key: str) -> bool:
    return is_signed(KEY_TAG, statement, public_key)
