"""Where a person is signed in: listed, kept up to date, ended by the owner and by deactivation."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from tests.people import Browser, make_user
from tracker.domain.clock import system_clock
from tracker.domain.roles import Role
from tracker.models import AccountEvent, User
from tracker.models import Session as SignedIn
from tracker.services.passwords import hash_password

GOOD = "yellow-canal-78-fog"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605 Version/18.0 Safari/604.1"


@pytest.fixture
def user(session: Session) -> User:
    user = make_user(session, Role.FOCAL_POINT, "FRA")
    user.password_hash = hash_password(GOOD, cheap=True)
    session.commit()
    return user


def sign_in(browser: Browser, user: User, agent: str = FIREFOX) -> Browser:
    form = {"email": user.email, "password": GOOD}
    assert browser.post("/sign-in", form, headers={"User-Agent": agent}).status_code == 303
    return browser


def is_in(browser: Browser) -> bool:
    return browser.get("/account").status_code == 200


def test_browsers_are_listed_by_name(browser_of: type[Browser], user: User) -> None:
    here = sign_in(browser_of(), user)
    sign_in(browser_of(), user, IPHONE)
    sign_in(browser_of(), user, "")
    sign_in(browser_of(), user, "<script>alert(1)</script>")
    names = [
        row.get_text(" ", strip=True)
        for row in here.soup("/account").select("#browsers ~ * tbody th")
    ]
    assert sorted(names) == sorted(
        ["Firefox on Linux this browser", "Safari on iPhone", "Unknown browser", "Unknown browser"]
    )


def test_one_is_ended(browser_of: type[Browser], user: User) -> None:
    here, there = sign_in(browser_of(), user), sign_in(browser_of(), user, IPHONE)
    (form,) = here.soup("/account").select("form[action^='/account/sessions/'][action$='/end']")
    assert here.post(str(form["action"])).status_code == 303
    assert is_in(here)
    assert not is_in(there)
    assert here.post(str(form["action"])).status_code == 404


def test_nobody_ends_the_sessions_of_others(
    browser_of: type[Browser], session: Session, user: User
) -> None:
    here = sign_in(browser_of(), user)
    key = session.scalars(select(SignedIn.public_id)).one()
    for role in (Role.ADMINISTRATOR, Role.REVIEWER):
        other = browser_of(make_user(session, role))
        assert other.post(f"/account/sessions/{key}/end").status_code == 404
    assert is_in(here)


def test_all_others_are_ended(browser_of: type[Browser], session: Session, user: User) -> None:
    here = sign_in(browser_of(), user)
    others = [sign_in(browser_of(), user) for _ in range(3)]
    assert here.post("/account/sessions/end-others").status_code == 303
    assert is_in(here)
    assert not any(is_in(other) for other in others)
    kinds = session.scalars(select(AccountEvent.kind)).all()
    assert [kind.value for kind in kinds] == ["sessions-ended"]
    assert "Other browsers signed out" in here.soup("/account").text


def test_deactivation_ends_sessions_at_once(
    browser_of: type[Browser], session: Session, user: User
) -> None:
    here = sign_in(browser_of(), user)
    administrator = browser_of(make_user(session, Role.ADMINISTRATOR))
    path = f"/admin/people/{user.public_id}"
    assert administrator.post(f"{path}/deactivate").status_code == 303
    assert not is_in(here)
    assert here.get("/reports").status_code == 303
    ended = session.scalars(select(SignedIn.ended_at).where(SignedIn.user_id == user.id)).all()
    assert None not in ended
    administrator.post(f"{path}/activate")
    assert not is_in(here)
    assert "Account deactivated" in administrator.soup(path).text


class TestLastSeen:
    def seen(self, session: Session) -> Any:
        session.expire_all()
        return session.scalars(select(SignedIn.seen_at)).one()

    def test_it_is_noted_after_five_minutes_and_not_before(
        self, browser_of: type[Browser], session: Session, user: User
    ) -> None:
        here = sign_in(browser_of(), user)
        for minutes, noted in ((4, False), (5, True), (110, True)):
            before = system_clock() - timedelta(minutes=minutes)
            session.execute(update(SignedIn).values(seen_at=before))
            session.commit()
            here.get("/reports")
            assert (self.seen(session) != before) == noted
            assert (self.seen(session) > before) == noted

    def test_a_refused_form_notes_it_and_nothing_else(
        self, browser_of: type[Browser], session: Session, user: User
    ) -> None:
        here = sign_in(browser_of(), user)
        before = system_clock() - timedelta(hours=1)
        session.execute(update(SignedIn).values(seen_at=before))
        session.commit()
        token = {"name": "", "language": "fr"}
        assert here.post("/account", token).status_code == 422
        assert self.seen(session) > before
        assert user.language == "en"

    def test_reading_again_writes_nothing(
        self, browser_of: type[Browser], session: Session, user: User
    ) -> None:
        here = sign_in(browser_of(), user)
        written: list[str] = []

        def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
            if not statement.startswith(("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")):
                written.append(statement)

        engine = session.get_bind().engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            here.get("/account")
            here.get("/reports")
        finally:
            event.remove(engine, "before_cursor_execute", note)
        assert written == []
