"""Mail for tests: a real server on loopback that keeps what it is given, and a worker to send."""

import email
import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Talk
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.cli.mailing import Mailer
from tracker.delivery import mail
from tracker.domain.mail import MailKind, MailState
from tracker.models import OutgoingMail, User
from tracker.services.mail import queue
from tracker.settings import Settings

FROM = "Tracker <tracker@example.org>"
TAKEN = "250 taken"


@dataclass
class Letters:
    """What a server got. ``answers`` replace its answers to RCPT and DATA, the first one first."""

    got: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    to_recipient: list[str] = field(default_factory=list)
    to_text: list[str] = field(default_factory=list)
    on_recipient: Callable[[str], None] = lambda address: None
    on_text: Callable[[EmailMessage], None] = lambda message: None

    async def handle_RCPT(
        self, server: SMTP, talk: Talk, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.on_recipient(address)
        if self.to_recipient:
            return self.to_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return TAKEN

    async def handle_DATA(self, server: SMTP, talk: Talk, envelope: Envelope) -> str:
        message = email.message_from_bytes(cast(bytes, envelope.content), policy=default)
        assert isinstance(message, EmailMessage)
        self.on_text(message)
        if self.to_text:
            return self.to_text.pop(0)
        self.got.append(message)
        self.recipients += envelope.rcpt_tos
        return TAKEN

    def text(self, number: int = -1) -> str:
        """The words of one letter."""
        body = self.got[number].get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


class MailServer(Controller):
    """The server itself; ``url`` is what the settings name."""

    letters: Letters

    def __init__(self, scheme: str = "smtp", **options: Any) -> None:
        self.letters, self.scheme = Letters(), scheme
        super().__init__(self.letters, hostname="127.0.0.1", port=_free_port(), **options)

    @property
    def url(self) -> str:
        """Its address for the settings."""
        return f"{self.scheme}://127.0.0.1:{self.port}"


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class SetClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


def mailer(session: Session, settings: Settings, clock: SetClock, url: str, **more: Any) -> Mailer:
    """A worker's mailer inside the transaction of the test."""
    connection = session.connection()
    posted = replace(settings, smtp_url=url, mail_from=FROM)

    opened: list[Session] = []

    def sessions() -> Session:
        opened.append(Session(connection, join_transaction_mode="create_savepoint"))
        return opened[-1]

    def send(*arguments: Any, **options: Any) -> None:
        assert not any(one.in_transaction() for one in opened), "a transaction is open"
        deliver(*arguments, **options)

    deliver = more.pop("send", mail.send)
    return Mailer(sessions, posted, clock, send)


def mails(session: Session, *kinds: str) -> list[OutgoingMail]:
    """The outbox as it stands, of these kinds or of all."""
    session.expire_all()
    query = select(OutgoingMail).order_by(OutgoingMail.id)
    return list(session.scalars(query.where(OutgoingMail.kind.in_(kinds)) if kinds else query))


def dead_mail(session: Session, user: User) -> OutgoingMail:
    """A mail to this person that was given up."""
    now = datetime.now(UTC)
    made = queue(session, user=user, kind=MailKind.PASSWORD_CHANGED, at=now)
    made.state, made.attempts = MailState.DEAD, 1
    made.error = "recipient-refused: 550 no such user"
    session.commit()
    return made


def send_all(worker: Mailer) -> None:
    """Until nothing can be sent."""
    while worker.send_next():
        continue
