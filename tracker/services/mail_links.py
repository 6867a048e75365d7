"""Secret links in mail, made when the mail is sent.

The token is worked out from the secret key and the mail's own id: the outbox holds no link that
could be used, and a mail that must be sent twice carries the same link twice.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tracker.domain.mail import MailKind
from tracker.domain.mailed_code import CODE_LASTS, code_from
from tracker.domain.second_factor import in_groups
from tracker.models import Invitation, OutgoingMail, PasswordReset
from tracker.models import Session as SignedIn
from tracker.services.invitations import INVITATION_LASTS
from tracker.services.tokens import derived_bytes, derived_token, token_hash

RESET_LASTS = timedelta(hours=1)
PURPOSE = "mailed link"
CODE_PURPOSE = "mailed code"


def make_link(
    session: Session, *, mail: OutgoingMail, secret_key: str, now: datetime
) -> str | None:
    """The token of the mail's link, or its code, usable from now on; empty if it has none.

    ``None`` where the link must not be sent any more: used, replaced, or asked for too long ago.
    """
    if mail.kind == MailKind.SIGN_IN_CODE:
        return _code(session, mail, secret_key, now)
    if mail.kind not in (MailKind.INVITATION, MailKind.PASSWORD_RESET):
        return ""
    token = derived_token(secret_key, PURPOSE, mail.public_id)
    hashed = token_hash(token)
    if mail.kind == MailKind.INVITATION:
        return token if _invitation_holds(session, mail, hashed, now) else None
    return token if _reset_holds(session, mail, hashed, now) else None


def _code(session: Session, mail: OutgoingMail, secret_key: str, now: datetime) -> str | None:
    """A code for the browser that asked, in place of any before; its time began with asking."""
    until = mail.created_at + CODE_LASTS
    if until <= now:
        return None
    code = code_from(derived_bytes(secret_key, CODE_PURPOSE, mail.public_id))
    found = session.scalar(
        update(SignedIn)
        .where(
            SignedIn.id == mail.data["session"],
            SignedIn.user_id == mail.user_id,
            SignedIn.ended_at.is_(None),
        )
        .values(mailed_code_hash=token_hash(code), mailed_code_until=until)
        .returning(SignedIn.id)
    )
    return in_groups(code) if found is not None else None


def _invitation_holds(session: Session, mail: OutgoingMail, hashed: str, now: datetime) -> bool:
    made = session.scalars(select(Invitation).where(Invitation.token_hash == hashed)).one_or_none()
    if made is not None:
        return made.used_at is None and made.expires_at > now
    session.add(
        Invitation(
            token_hash=hashed,
            user_id=mail.user_id,
            created_at=now,
            expires_at=now + INVITATION_LASTS,
        )
    )
    session.flush()
    return True


def _reset_holds(session: Session, mail: OutgoingMail, hashed: str, now: datetime) -> bool:
    query = select(PasswordReset).where(PasswordReset.token_hash == hashed)
    made = session.scalars(query).one_or_none()
    if made is not None:
        return made.used_at is None and made.expires_at > now
    if mail.created_at + RESET_LASTS <= now:
        return False
    session.add(
        PasswordReset(
            token_hash=hashed,
            user_id=mail.user_id,
            created_at=now,
            expires_at=now + RESET_LASTS,
        )
    )
    session.flush()
    return True
