"""People for tests: accounts of every role, and a browser that is signed in as one of them."""

import itertools
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tracker.domain.clock import system_clock
from tracker.domain.roles import Actor, Role
from tracker.domain.second_factor import Assurance
from tracker.models import Membership, State, User
from tracker.models import Session as SignedIn
from tracker.queries.accounts import actor_of
from tracker.services.tokens import new_token, token_hash

_numbers = itertools.count(1)
TOKEN = re.compile(r'<input[^>]*name="csrf_token"[^>]*value="(?P<token>[^"]+)"')


def state_id(session: Session, iso3: str) -> int:
    """The row id of a State."""
    return session.scalars(select(State.id).where(State.iso3 == iso3)).one()


def make_user(
    session: Session,
    role: Role | None = None,
    iso3: str | None = None,
    sections: tuple[str, ...] = (),
    name: str = "",
    language: str = "en",
) -> User:
    """An active account, with one role if one is named."""
    number = next(_numbers)
    now = system_clock()
    user = User(
        email=f"person{number}@example.org",
        name=name or f"Person {number}",
        language=language,
        is_active=True,
        created_at=now,
    )
    session.add(user)
    session.flush()
    if role is not None:
        session.add(
            Membership(
                user_id=user.id,
                state_id=state_id(session, iso3) if iso3 else None,
                role=role,
                sections=list(sections),
                granted_at=now,
            )
        )
    session.commit()
    return user


def make_actor(
    session: Session, role: Role, iso3: str | None = None, sections: tuple[str, ...] = ()
) -> Actor:
    """Somebody who acts in one role."""
    return actor_of(session, make_user(session, role, iso3, sections))


def session_of(session: Session, user: User) -> str:
    """A session of the account, past both steps; what its cookie says."""
    token, now = new_token(), system_clock()
    session.add(
        SignedIn(
            token_hash=token_hash(token),
            user_id=user.id,
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=1),
            assurance=Assurance.SECOND_FACTOR,
            confirmed_at=now,
        )
    )
    return token


def parsed(html: bytes | str) -> BeautifulSoup:
    """A page of ours as browsers read it, in half the time that html5lib takes.

    Lines end in one way, and what is typed in loses the line break that it begins with, as the
    standard says. That it comes to the same is held by ``tests/policy/test_routes.py``.
    """
    text = html.decode() if isinstance(html, bytes) else html
    page = BeautifulSoup(text.replace("\r\n", "\n"), "html.parser")
    for field in page.find_all("textarea"):
        field.string = (field.string or "").removeprefix("\n")
    return page


class Browser:
    """A browser of the test application. Forms carry their CSRF token as real ones do."""

    app: ClassVar[Flask]
    session: ClassVar[Session]

    def __init__(self, user: User | None = None) -> None:
        self.client = self.app.test_client()
        if user is not None:
            self.sign_in(user)

    def sign_in(self, user: User) -> None:
        """Start a session for the account, past the sign-in page and its second step."""
        token = session_of(self.session, user)
        self.session.commit()
        self.client.set_cookie("tracker_session", token, domain="localhost")

    def get(self, path: str, **options: Any) -> TestResponse:
        """One page."""
        self.session.expire_all()
        return self.client.get(path, **options)

    def soup(self, path: str, status: int = 200) -> BeautifulSoup:
        """One page, parsed; its status must be the one expected."""
        response = self.get(path)
        assert response.status_code == status, (path, response.status, response.text[:2000])
        return parsed(response.data)

    def csrf_token(self) -> str:
        """A token as any page with a form gives it."""
        found = TOKEN.search(self.client.get("/sign-in?fresh=1").text)
        assert found is not None
        return found["token"]

    def post(
        self, path: str, data: Mapping[str, Any] | None = None, **options: Any
    ) -> TestResponse:
        """Send a form with its token."""
        response = self.client.post(
            path, data={**(data or {}), "csrf_token": self.csrf_token()}, **options
        )
        self.session.expire_all()
        return response

    def submit_report(self, address: str, data: Mapping[str, Any]) -> TestResponse:
        """Open *Check and submit* of the report at this address and send it filled in."""
        seen = self.soup(f"{address}/submit").select_one("input[name=seen]")
        said = {"seen": seen["value"]} if seen else {}  # a locked report shows no form
        return self.post(f"{address}/submit", {**said, **data})
