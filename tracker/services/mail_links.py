"""Secret links in mail, made when the mail is sent.

The token is worked out from the secret key and the mail's own id: the outbox holds no link that
could be used, and a mail that must be sent twice carries the same link twice.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.mail import MailKind
from tracker.models import Invitation, OutgoingMail, PasswordReset
from tracker.services.invitations import INVITATION_LASTS
from tracker.services.tokens import derived_token, token_hash

RESET_LASTS = timedelta(hours=1)
PURPOSE = "mailed link"


def make_link(
    session: Session, *, mail: OutgoingMail, secret_key: str, now: datetime
) -> str | None:
    """The token of the mail's link, usable from now on; empty if this kind has none.

    ``None`` where the link must not be sent any more: used, replaced, or asked for too long ago.
    """
    if mail.kind not in (MailKind.INVITATION, MailKind.PASSWORD_RESET):
        return ""
    token = derived_token(secret_key, PURPOSE, mail.public_id)
    hashed = token_hash(token)
    if mail.kind == MailKind.INVITATION:
        return token if _invitation_holds(session, mail, hashed, now) else None
    return token if _reset_holds(session, mail, hashed, now) else None


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
