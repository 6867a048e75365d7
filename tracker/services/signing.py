"""Public keys: written down before they sign, vouched for by the one before where it can be."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tracker.domain.chain import instant
from tracker.domain.signed import KEY_FORMAT, KEY_TAG, KeyUnusable, Signer, key_id, signed
from tracker.models import SigningKey
from tracker.queries.signing import newest_key

NOT_CURRENT = (
    "The file holds the key {name}, and the newest key of this site is {newest}. Put the file of "
    "that one back; if it is lost, remove this one and run: tracker key replace."
)


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


def expect_current(session: Session, *, signer: Signer, at: datetime) -> None:
    """See that this key signs for the site: the newest one written down, or the very first.

    ``KeyUnusable`` for any other, be it one that was replaced or that of another site.
    """
    newest, name = newest_key(session), key_id(signer.public_key)
    if newest is None:
        register_key(session, signer=signer, at=at)
    elif newest != name:
        raise KeyUnusable(NOT_CURRENT.format(name=name, newest=newest))


def _is_known(session: Session, name: str) -> bool:
    known = session.scalars(select(SigningKey.id).where(SigningKey.key_id == name))
    return known.one_or_none() is not None
