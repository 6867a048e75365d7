"""Public keys: written down before they sign, vouched for by the one before where it can be."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.domain.chain import instant
from tracker.domain.signed import KEY_FORMAT, KEY_TAG, Signer, key_id, signed
from tracker.models import SigningKey


def register_key(
    session: Session, *, signer: Signer, at: datetime, vouching: Signer | None = None
) -> str:
    """Write a public key down, if it is not yet; gives its name.

    ``vouching`` is the key before it, which signs that this one follows. Without it the key
    speaks for itself: it is the first one, or the one before was lost.
    """
    name = key_id(signer.public_key)
    if _is_known(session, name):
        return name
    statement = {
        "format": KEY_FORMAT,
        "public_key": signer.public_key,
        "made_at": instant(at),
        "previous": key_id(vouching.public_key) if vouching else "",
    }
    row = SigningKey(
        key_id=name,
        public_key=signer.public_key,
        made_at=at,
        statement=signed(KEY_TAG, statement, vouching or signer),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        if not _is_known(session, name):  # another process wrote it down at the same moment
            raise
    return name


def _is_known(session: Session, name: str) -> bool:
    known = session.scalars(select(SigningKey.id).where(SigningKey.key_id == name))
    return known.one_or_none() is not None
