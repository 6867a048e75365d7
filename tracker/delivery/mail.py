"""Handing one mail to the server. Three ways to fail: the server, this mail for good, for now."""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from email.message import EmailMessage

from tracker.delivery.mail_policy import BY_SMTP, BY_SMTPUTF8
from tracker.smtp_address import SmtpAddress

TIMEOUT = 20.0  # seconds, for each answer of the server
OK, TAKEN = (250, 251, 252), 250
CLOSING = 421


class MailTrouble(Exception):
    """Not sent. ``code`` is one of ``domain.mail.TROUBLES``, ``detail`` what the server said."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


class Unreachable(MailTrouble):
    """The server takes no mail from us at all."""


class Refused(MailTrouble):
    """The server will never take this mail."""


class PutOff(MailTrouble):
    """The server may take this mail later."""


def send(
    message: EmailMessage,
    *,
    sender: str,
    recipient: str,
    server: SmtpAddress,
    timeout: float = TIMEOUT,
) -> None:
    """Send one message to one recipient; a ``MailTrouble`` unless the server took it."""
    with _connected(server, sender.rpartition("@")[2], timeout) as client:
        _hand_over(client, message, sender, recipient)


@contextlib.contextmanager
def _connected(server: SmtpAddress, domain: str, timeout: float) -> Iterator[smtplib.SMTP]:
    client = _greeted(server, domain, timeout)
    try:
        yield client
        with contextlib.suppress(OSError, smtplib.SMTPException):
            client.quit()  # the mail is taken already: how the talk ends changes nothing
    finally:
        client.close()


def _greeted(server: SmtpAddress, domain: str, timeout: float) -> smtplib.SMTP:
    """A server that is ready for mail; ``Unreachable`` with the reason where it is not."""
    client: smtplib.SMTP | None = None
    try:
        client = _connect(server, domain, timeout)
        if server.security == "smtp+starttls":
            _encrypt(client)
        client.ehlo_or_helo_if_needed()
        if server.user:
            client.login(server.user, server.password)
    except (OSError, smtplib.SMTPException, Unreachable) as error:
        if client is not None:
            client.close()
        raise _why(error) from None
    return client


def _why(error: Exception) -> MailTrouble:
    """What kept a server from taking any mail."""
    match error:
        case MailTrouble():
            return error
        case smtplib.SMTPAuthenticationError():
            return Unreachable("sign-in-refused", _said(error.smtp_code, error.smtp_error))
        case smtplib.SMTPNotSupportedError():
            return Unreachable("sign-in-refused", str(error))
        case smtplib.SMTPResponseException():
            return Unreachable("unreachable", _said(error.smtp_code, error.smtp_error))
        case ssl.SSLCertVerificationError():
            return Unreachable("certificate-refused", error.verify_message)
    return Unreachable("unreachable", str(error))


def _connect(server: SmtpAddress, domain: str, timeout: float) -> smtplib.SMTP:
    """A connection that is encrypted and checked where the address says so."""
    if server.security == "smtps":
        return smtplib.SMTP_SSL(
            server.host,
            server.port,
            local_hostname=domain,
            timeout=timeout,
            context=ssl.create_default_context(),
        )
    return smtplib.SMTP(server.host, server.port, local_hostname=domain, timeout=timeout)


def _encrypt(client: smtplib.SMTP) -> None:
    """Nothing is sent unencrypted where the address asks for encryption, no letter and no name."""
    client.ehlo_or_helo_if_needed()
    if not client.has_extn("starttls"):
        raise Unreachable("not-encrypted")
    client.starttls(context=ssl.create_default_context())


def _hand_over(client: smtplib.SMTP, message: EmailMessage, sender: str, recipient: str) -> None:
    options = []
    if not recipient.isascii():
        if not client.has_extn("smtputf8"):
            raise Refused("address-unusable")
        options = ["SMTPUTF8", "BODY=8BITMIME"]
    content = message.as_bytes(policy=BY_SMTPUTF8 if options else BY_SMTP)
    try:
        code, said = client.mail(sender, options)
        if code not in OK:
            raise Unreachable("sender-refused", _said(code, said))
        code, said = client.rcpt(recipient)
        if code not in OK:
            raise _refusal("recipient", code, said)
        try:
            code, said = client.data(content)
        except smtplib.SMTPDataError as error:
            raise _refusal("text", error.smtp_code, error.smtp_error) from None
        if code != TAKEN:
            raise _refusal("text", code, said)
    except (OSError, smtplib.SMTPException) as error:
        raise PutOff("connection-lost", str(error)) from None


def _refusal(of: str, code: int, said: bytes | str) -> MailTrouble:
    """``of`` the recipient or the text: for good with 5xx, and only then a refusal."""
    if code == CLOSING:
        return Unreachable("unreachable", _said(code, said))
    if 500 <= code < 600:
        return Refused(f"{of}-refused", _said(code, said))
    return PutOff(f"{of}-put-off", _said(code, said))


def _said(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {text}"
