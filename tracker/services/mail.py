"""The outbox: mail is a row written with the change it tells about, and sent by the worker."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tracker.domain.clock import Clock
from tracker.domain.errors import NotFound, Problem
from tracker.domain.mail import FINISHED_KEPT_FOR, LINK_KINDS, MailKind, MailState
from tracker.domain.roles import Actor
from tracker.models import NationalReport, OutgoingMail, User
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.queries.mail_recipients import focal_points, secretariat


def queue(
    session: Session,
    *,
    user: User,
    kind: MailKind,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    attachments: Sequence[Mapping[str, Any]] = (),
    unique_key: str | None = None,
) -> OutgoingMail:
    """Put a mail into the outbox; it goes if the transaction is committed, else it never was.

    ``data`` is JSON that fills the sentences, without secrets. The caller looks first whether
    ``unique_key`` is taken.
    """
    mail = OutgoingMail(
        user_id=user.id,
        address=user.email,
        language=user.language,
        kind=kind.value,
        data=dict(data or {}),
        attachments=[dict(reference) for reference in attachments],
        unique_key=unique_key,
        state=MailState.QUEUED,
        created_at=at,
        next_attempt_at=at,
        attempts=0,
        error="",
    )
    session.add(mail)
    session.flush()
    return mail


def tell_state(
    session: Session,
    *,
    kind: MailKind,
    report: NationalReport,
    at: datetime,
    facts: Mapping[str, Any],
    attachments: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Write to each focal point of the report's State."""
    data = {**_about(report), **facts}
    for user in focal_points(session, report.state_id):
        queue(session, user=user, kind=kind, at=at, data=data, attachments=attachments)


def tell_secretariat(
    session: Session,
    *,
    kind: MailKind,
    report: NationalReport,
    at: datetime,
    facts: Mapping[str, Any],
) -> None:
    """Write to everybody in the secretariat."""
    for user in secretariat(session):
        queue(session, user=user, kind=kind, at=at, data={**_about(report), **facts})


def _about(report: NationalReport) -> dict[str, Any]:
    return {
        "state_id": report.state_id,
        "state": report.state.name,
        "cycle": report.cycle.slug,
        "report": report.public_id,
    }


def drop_queued_links(session: Session, *, user_id: int) -> None:
    """Links of a person that have not been sent yet are not sent any more."""
    session.execute(
        update(OutgoingMail)
        .where(
            OutgoingMail.user_id == user_id,
            OutgoingMail.kind.in_([kind.value for kind in LINK_KINDS]),
            OutgoingMail.state == MailState.QUEUED,
        )
        .values(state=MailState.DROPPED)
    )


def try_again(session: Session, *, actor: Actor, mail_id: str, clock: Clock) -> None:
    """Put a dead mail into the queue once more; ``NotFound`` for any other."""
    authorise(actor, Action.MAIL_MANAGE)
    mail = session.scalars(
        select(OutgoingMail).where(OutgoingMail.public_id == mail_id).with_for_update()
    ).one_or_none()
    if mail is None or mail.state is not MailState.DEAD:
        raise NotFound(Problem("not-found"))
    mail.state, mail.attempts, mail.next_attempt_at = MailState.QUEUED, 0, clock()
    session.flush()


def forget_old_mail(session: Session, *, now: datetime) -> None:
    """Remove what was sent or dropped half a year ago: addresses are not kept for ever."""
    session.execute(
        delete(OutgoingMail).where(
            OutgoingMail.state.in_((MailState.SENT, MailState.DROPPED)),
            OutgoingMail.created_at < now - FINISHED_KEPT_FOR,
        )
    )
