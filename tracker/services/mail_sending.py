"""What the worker writes about mail: claimed before it is sent, recorded afterwards.

Nothing is locked while a server is talked to. Whoever dies between sending and recording leaves
a claim that runs out, and the same mail goes again with the same Message-ID.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from tracker.domain.mail import (
    ATTEMPTS,
    CLAIM_LASTS,
    MailState,
    trouble_of,
    wait_after,
)
from tracker.models import OutgoingMail
from tracker.queries.mail_needs import current_data, still_needed
from tracker.services.mail_links import make_link


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """One mail to be sent now. ``token`` is the secret part of its link, if it has one."""

    id: int
    public_id: str
    message_id: str
    address: str
    language: str
    kind: str
    data: dict[str, Any]
    attachments: tuple[dict[str, Any], ...]
    token: str
    created_at: datetime
    attempts: int


def claim_next(
    session: Session, *, now: datetime, secret_key: str, domain: str
) -> ClaimedMail | None:
    """Take the mail that has waited longest; ``None`` if none is due.

    ``domain`` makes the Message-ID, once. What is no longer true is dropped on the way.
    """
    while True:
        mail = session.scalars(
            select(OutgoingMail)
            .where(OutgoingMail.state == MailState.QUEUED, OutgoingMail.next_attempt_at <= now)
            .order_by(OutgoingMail.next_attempt_at, OutgoingMail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if mail is None:
            return None
        if mail.attempts >= ATTEMPTS:
            mail.state, mail.error = MailState.DEAD, trouble_of("interrupted")
        elif not still_needed(session, mail, now):
            mail.state = MailState.DROPPED
        else:
            token = make_link(session, mail=mail, secret_key=secret_key, now=now)
            if token is not None:
                return _claimed(session, mail, token, now, domain)
            mail.state = MailState.DROPPED
        session.flush()


def _claimed(
    session: Session, mail: OutgoingMail, token: str, now: datetime, domain: str
) -> ClaimedMail:
    mail.message_id = mail.message_id or f"<{mail.public_id}@{domain}>"
    mail.attempts += 1
    mail.next_attempt_at = now + CLAIM_LASTS
    session.flush()
    return ClaimedMail(
        id=mail.id,
        public_id=mail.public_id,
        message_id=mail.message_id,
        address=mail.address,
        language=mail.language,
        kind=mail.kind,
        data=current_data(session, mail, now),
        attachments=tuple(mail.attachments),
        token=token,
        created_at=mail.created_at,
        attempts=mail.attempts,
    )


def record_sent(session: Session, *, mail: ClaimedMail, now: datetime) -> None:
    """The server took it."""
    _record(session, mail, state=MailState.SENT, sent_at=now, error="")


def record_refused(session: Session, *, mail: ClaimedMail, trouble: str) -> None:
    """The server will never take it: dead until somebody tries again."""
    _record(session, mail, state=MailState.DEAD, error=trouble)


def record_put_off(session: Session, *, mail: ClaimedMail, trouble: str, now: datetime) -> None:
    """Not this time: later, or dead after the last attempt."""
    if mail.attempts >= ATTEMPTS:
        record_refused(session, mail=mail, trouble=trouble)
        return
    later = now + wait_after(mail.attempts)
    _record(session, mail, next_attempt_at=later, error=trouble)


def record_unreached(
    session: Session, *, mail: ClaimedMail, trouble: str, again_at: datetime
) -> None:
    """The server took no mail at all, which is not this one's fault: the attempt does not count."""
    _record(session, mail, next_attempt_at=again_at, attempts=mail.attempts - 1, error=trouble)


def _record(session: Session, mail: ClaimedMail, **values: Any) -> bool:
    """Write, unless the claim has run out and somebody else has taken the mail since."""
    done = session.execute(
        update(OutgoingMail)
        .where(
            OutgoingMail.id == mail.id,
            OutgoingMail.state == MailState.QUEUED,
            OutgoingMail.attempts == mail.attempts,
        )
        .values(values)
    )
    assert isinstance(done, CursorResult)  # noqa: S101  # nosec B101  # what an UPDATE gives
    return done.rowcount == 1
