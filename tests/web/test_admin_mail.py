"""The outbox on its page: what waits and what failed, without texts and links."""

import pytest
from sqlalchemy.orm import Session

from tests.outbox import dead_mail, mails
from tests.people import Browser, make_user
from tracker.domain.clock import system_clock
from tracker.domain.mail import MailKind, MailState, trouble_of
from tracker.domain.roles import Role
from tracker.models import OutgoingMail, User
from tracker.services.mail import queue


@pytest.fixture
def administrator(session: Session) -> User:
    return make_user(session, Role.ADMINISTRATOR)


@pytest.fixture
def dead(session: Session) -> OutgoingMail:
    return dead_mail(session, make_user(session, Role.FOCAL_POINT, "GHA"))


def test_the_page_tells_what_failed_and_what_waits(
    browser_of: type[Browser], session: Session, administrator: User, dead: OutgoingMail
) -> None:
    data = {"state": {"en": "Ghana"}, "cycle": "bms7", "report": "r", "number": 1, "at": "x"}
    queue(session, user=administrator, kind=MailKind.REPORT_RETURNED, at=system_clock(), data=data)
    session.commit()
    page = browser_of(administrator).soup("/admin/mail")
    assert "TRACKER_SMTP_URL" in page.text
    dead_row = page.select("#dead-mail tbody tr")[0].get_text(" ", strip=True)
    assert dead.address in dead_row
    assert "The mail server refuses the recipient. 550 no such user" in dead_row
    put_off = queue(session, user=administrator, kind=MailKind.PASSWORD_CHANGED, at=system_clock())
    put_off.error = trouble_of("recipient-put-off", "451 later")
    session.commit()
    again = browser_of(administrator).soup("/admin/mail").select("#waiting-mail tbody")[0]
    said = "The mail server did not take mail for the recipient at that time. 451 later"
    assert said in again.get_text(" ", strip=True)
    waiting = page.select("#waiting-mail tbody tr")[0].get_text(" ", strip=True)
    assert "Report returned" in waiting and "Ghana · bms7" in waiting


def test_a_dead_mail_is_tried_again(
    browser_of: type[Browser], session: Session, administrator: User, dead: OutgoingMail
) -> None:
    browser = browser_of(administrator)
    form = browser.soup("/admin/mail").select_one("#dead-mail form")
    assert form
    response = browser.post(str(form["action"]))
    assert response.status_code == 303
    (mail,) = mails(session)
    assert (mail.state, mail.attempts) == (MailState.QUEUED, 0)
    assert browser.post(str(form["action"])).status_code == 404


def test_no_secret_stands_on_the_page(
    browser_of: type[Browser], session: Session, administrator: User
) -> None:
    person = make_user(session, Role.FOCAL_POINT, "GHA")
    browser = browser_of(administrator)
    shown = browser.post(f"/admin/people/{person.public_id}/link")
    assert "/invitations/" in shown.text
    text = browser.get("/admin/mail").text
    assert "Invitation" in text and person.email in text
    assert "/invitations/" not in text


def test_administration_leads_there(browser_of: type[Browser], administrator: User) -> None:
    assert browser_of(administrator).soup("/admin").select_one('a[href="/admin/mail"]')
