"""Mail over TLS: a server that cannot prove who it is gets no letter, no address, no password."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as Talk
from sqlalchemy.orm import Session

from tests.outbox import MailServer, SetClock, mailer, mails, send_all
from tests.people import Browser, make_user
from tracker.domain.mail import MailKind, MailState
from tracker.domain.roles import Role
from tracker.models import OutgoingMail
from tracker.services.mail import queue
from tracker.settings import Settings

HOST = "127.0.0.1"
BOTH = pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
PASSWORD = "correct-horse"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine trusts this authority, as an operator would have it do."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


@pytest.fixture
def mail(session: Session) -> OutgoingMail:
    user = make_user(session, Role.FOCAL_POINT, "GHA")
    made = queue(session, user=user, kind=MailKind.PASSWORD_CHANGED, at=SetClock()())
    session.commit()
    return made


class Witness:
    """What passwords a server heard, and whether the talk was encrypted by then."""

    def __init__(self) -> None:
        self.passwords: list[tuple[str, bool]] = []

    def authenticate(
        self, server: SMTP, talk: Talk, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        """Take one password and no other."""
        assert isinstance(data, LoginPassword)
        assert server.transport
        encrypted = server.transport.get_extra_info("ssl_object") is not None
        self.passwords.append((data.password.decode(), encrypted))
        return AuthResult(success=data.password.decode() == PASSWORD, handled=False)


@contextmanager
def serving(scheme: str, certificate: trustme.LeafCert | None, **more: Any) -> Iterator[MailServer]:
    options: dict[str, Any] = dict(more)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        options["ssl_context" if scheme == "smtps" else "tls_context"] = context
    server = MailServer(scheme, **options)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@BOTH
@pytest.mark.usefixtures("trusted")
def test_a_server_with_a_trusted_certificate_gets_the_letter_encrypted(
    session: Session, settings: Settings, authority: trustme.CA, mail: OutgoingMail, scheme: str
) -> None:
    must = {} if scheme == "smtps" else {"require_starttls": True}
    with serving(scheme, authority.issue_cert(HOST), **must) as server:
        send_all(mailer(session, settings, SetClock(), server.url))
    assert server.letters.recipients == [mail.address]
    assert mails(session)[0].state is MailState.SENT


def untrusted(_: trustme.CA) -> trustme.LeafCert:
    return trustme.CA().issue_cert(HOST)


def of_another_host(authority: trustme.CA) -> trustme.LeafCert:
    return authority.issue_cert("mail.example.org")


def out_of_date(authority: trustme.CA) -> trustme.LeafCert:
    return authority.issue_cert(HOST, not_after=datetime.now(UTC) - timedelta(days=1))


@BOTH
@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("made", "why"),
    [
        (untrusted, "unable to get local issuer certificate"),
        (of_another_host, "IP address mismatch"),
        (out_of_date, "certificate has expired"),
    ],
)
def test_another_certificate_is_refused_and_the_letter_waits_with_a_reason(
    session: Session,
    settings: Settings,
    browser_of: type[Browser],
    authority: trustme.CA,
    mail: OutgoingMail,
    scheme: str,
    made: Callable[[trustme.CA], trustme.LeafCert],
    why: str,
) -> None:
    heard: list[str] = []
    witness = Witness()
    with serving(scheme, made(authority), authenticator=witness.authenticate) as server:
        server.letters.on_recipient = heard.append
        url = server.url.replace("//", f"//tracker:{PASSWORD}@")
        assert not mailer(session, settings, SetClock(), url).send_next()
    assert (heard, witness.passwords, server.letters.got) == ([], [], [])
    (row,) = mails(session)
    assert (row.state, row.attempts) == (MailState.QUEUED, 0)
    page = browser_of(make_user(session, Role.ADMINISTRATOR)).soup("/admin/mail")
    told = page.select("#waiting-mail tbody tr")[0].get_text(" ", strip=True)
    assert "certificate of the mail server is not to be trusted" in told
    assert why in told


@pytest.mark.usefixtures("trusted")
def test_a_server_that_offers_no_encryption_gets_nothing(
    session: Session, settings: Settings, mail: OutgoingMail
) -> None:
    heard: list[str] = []
    with serving("smtp+starttls", None) as server:
        server.letters.on_recipient = heard.append
        assert not mailer(session, settings, SetClock(), server.url).send_next()
    assert (heard, server.letters.got) == ([], [])
    assert (mails(session)[0].state, mails(session)[0].error) == (
        MailState.QUEUED,
        "not-encrypted",
    )


@BOTH
@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
def test_the_password_is_told_after_encryption_only_and_a_wrong_one_is_said(
    session: Session,
    settings: Settings,
    authority: trustme.CA,
    mail: OutgoingMail,
    scheme: str,
    password: str,
) -> None:
    witness = Witness()
    options = {
        "authenticator": witness.authenticate,
        "auth_require_tls": scheme != "smtps",  # that library counts STARTTLS alone
    }
    with serving(scheme, authority.issue_cert(HOST), **options) as server:
        url = server.url.replace("//", f"//tracker:{password}@")
        mailer(session, settings, SetClock(), url).send_next()
    assert set(witness.passwords) == {(password, True)}
    (row,) = mails(session)
    if password == PASSWORD:
        assert row.state is MailState.SENT
    else:
        assert row.state is MailState.QUEUED
        assert row.error.startswith("sign-in-refused: 535")
        assert password not in row.error
