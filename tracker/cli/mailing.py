"""Sending the mail that waits: claimed, sent while nothing is locked, recorded."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage

import structlog
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from tracker.delivery import mail
from tracker.delivery.mail import MailTrouble, Refused, Unreachable
from tracker.delivery.mail_message import Letter, write_message
from tracker.domain.clock import Clock
from tracker.domain.mail import MailKind, trouble_of
from tracker.exchange.mail_files import attached_files
from tracker.exchange.translations import SOURCE_LANGUAGE, is_translated, translator
from tracker.models.engine import write_intent
from tracker.queries.outbox import mail_is_due
from tracker.services import mail_sending
from tracker.services.mail import forget_old_mail
from tracker.services.mail_sending import ClaimedMail
from tracker.services.reminders import queue_reminders
from tracker.settings import Settings
from tracker.smtp_address import SmtpAddress, parse_sender

log = structlog.get_logger("mail")
FIRST_REST, LONGEST_REST = timedelta(minutes=1), timedelta(minutes=15)


class Mailer:
    """Sends one mail after the other. A server that takes none is left alone for a while.

    ``sessions`` opens a session for one short transaction.
    """

    def __init__(
        self,
        sessions: Callable[[], Session],
        settings: Settings,
        clock: Clock,
        send: Callable[..., None] = mail.send,
    ) -> None:
        self._sessions = sessions
        self._settings = settings
        self._clock = clock
        self._send = send
        self._rest = FIRST_REST
        self._rests_until: datetime | None = None

    def send_next(self) -> bool:
        """Send the mail that has waited longest; false if there is none, or nobody to take it."""
        server = self._settings.smtp
        if server is None or self._rests() or not self._waits():
            return False
        claimed = self._claim()
        if claimed is None:
            return False
        return self._deliver(claimed, server)

    def queue_reminders(self) -> bool:
        """Put into the queue what the calendar asks for; false: never hurries."""
        with self._writing() as session:
            number = queue_reminders(session, now=self._clock())
        if number:
            log.info("reminders-queued", number=number)
        return False

    def forget_old(self) -> bool:
        """Remove what was finished long ago; false: never hurries."""
        with self._writing() as session:
            forget_old_mail(session, now=self._clock())
        return False

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with write_intent(), self._sessions() as session, session.begin():
            yield session

    def _rests(self) -> bool:
        return self._rests_until is not None and self._clock() < self._rests_until

    def _waits(self) -> bool:
        with self._sessions() as session:
            return mail_is_due(session, self._clock())

    def _claim(self) -> ClaimedMail | None:
        with self._writing() as session:
            return mail_sending.claim_next(
                session,
                now=self._clock(),
                secret_key=self._settings.secret_key,
                domain=parse_sender(self._settings.mail_from).domain,
            )

    def _deliver(self, claimed: ClaimedMail, server: SmtpAddress) -> bool:
        """Send it and record what came of it; false if the server takes no mail at all."""
        told = {"mail": claimed.public_id, "kind": claimed.kind}
        try:
            self._hand_over(claimed, server)
        except Unreachable as trouble:
            self._record_unreached(claimed, trouble)
            return False
        except MailTrouble as trouble:
            self._record_trouble(claimed, trouble)
            log.warning("mail-not-sent", trouble=_told(trouble, claimed), **told)
        else:
            with self._writing() as session:
                mail_sending.record_sent(session, mail=claimed, now=self._clock())
            log.info("mail-sent", **told)
        self._rest, self._rests_until = FIRST_REST, None
        return True

    def _record_unreached(self, claimed: ClaimedMail, trouble: Unreachable) -> None:
        """Leave the server alone, longer each time."""
        said, rest = _told(trouble, claimed), self._rest
        again_at = self._clock() + rest
        self._rests_until, self._rest = again_at, min(rest * 2, LONGEST_REST)
        with self._writing() as session:
            mail_sending.record_unreached(session, mail=claimed, trouble=said, again_at=again_at)
        log.warning("mail-server-unreachable", trouble=said, again_in=rest.total_seconds())

    def _record_trouble(self, claimed: ClaimedMail, trouble: MailTrouble) -> None:
        said = _told(trouble, claimed)
        with self._writing() as session:
            if isinstance(trouble, Refused):
                mail_sending.record_refused(session, mail=claimed, trouble=said)
            else:
                mail_sending.record_put_off(session, mail=claimed, trouble=said, now=self._clock())

    def _hand_over(self, claimed: ClaimedMail, server: SmtpAddress) -> None:
        sender = parse_sender(self._settings.mail_from)
        try:
            message = self._write(claimed, sender)
        except (LookupError, ValueError, NoResultFound):
            # One mail that cannot be written must not stop all the others.
            log.exception("mail-not-written", mail=claimed.public_id)
            raise Refused("not-written") from None
        self._send(message, sender=sender.addr_spec, recipient=claimed.address, server=server)

    def _write(self, claimed: ClaimedMail, sender: Address) -> EmailMessage:
        language = claimed.language if is_translated(claimed.language) else SOURCE_LANGUAGE
        with self._sessions() as session:
            files = attached_files(session, claimed.attachments, language)
        letter = Letter(
            message_id=claimed.message_id,
            address=claimed.address,
            language=language,
            kind=MailKind(claimed.kind),
            data=claimed.data,
            files=files,
            token=claimed.token,
            created_at=claimed.created_at,
        )
        return write_message(
            letter,
            sender=sender,
            base_url=self._settings.base_url,
            translate=translator(language),
        )


def _told(trouble: MailTrouble, claimed: ClaimedMail) -> str:
    """What went wrong, without the secret of the link if the server repeats it."""
    detail = trouble.detail
    if claimed.token:
        detail = detail.replace(claimed.token, "…")
    return trouble_of(trouble.code, detail)
