"""The site behind HTTPS, as browsers meet it: a link, signing in, saving, each with its Referer."""

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from tests.people import parsed, state_id
from tracker.app import create_app
from tracker.domain.clock import system_clock
from tracker.domain.roles import OPERATOR, Role
from tracker.extensions import db
from tracker.models import NationalReport, Response, User
from tracker.services import accounts, invitations
from tracker.settings import Settings

SITE = "https://tracker.example.org"
GOOD = "yellow-canal-78-fog"
EMAIL = "new@example.org"


@pytest.fixture
def site(
    app: Flask, settings: Settings, connection: Connection, session: Session
) -> Iterator[Flask]:
    """An application of its own for an https base URL, inside the test's transaction."""
    assert not app.config["SETTINGS"].secure_cookies  # the usual one has let sessions join in
    site = create_app(replace(settings, base_url=SITE))
    with site.app_context():
        own = db.engine
        engines = cast(dict[str | None, Engine | Connection], db.engines)
        engines[None] = connection
    yield site
    own.dispose()


@pytest.fixture
def link(session: Session) -> str:
    """The path of an invitation."""
    added = accounts.add_user(
        session,
        actor=OPERATOR,
        email=EMAIL,
        name="New Person",
        role=Role.FOCAL_POINT,
        state_id=state_id(session, "FRA"),
        language="en",
        clock=system_clock,
    )
    token = invitations.invite(session, actor=OPERATOR, user_id=added.user_id, clock=system_clock)
    session.commit()
    return f"/invitations/{token}"


class Reader:
    """A browser that obeys Referrer-Policy; ``scheme`` is what the proxy tells the server."""

    def __init__(self, site: Flask, scheme: str = "https") -> None:
        self.client: FlaskClient = site.test_client()
        self.proxy = f"{scheme}://tracker.example.org"
        self.at, self.policy = "", ""

    def get(self, path: str) -> BeautifulSoup:
        response = self.client.get(path, base_url=self.proxy)
        assert response.status_code == 200, (path, response.status)
        self.at, self.policy = SITE + path, response.headers["Referrer-Policy"]
        self.page = parsed(response.data)
        return self.page

    def post(self, path: str, data: dict[str, str], referer: str | None = None) -> TestResponse:
        """Send the form of the page on show; ``referer`` other than a browser's, ``""`` none."""
        if referer is None:
            referer = "" if self.policy == "no-referrer" else self.at
        token = self.page.select_one("input[name=csrf_token]")
        assert token
        headers = {"Referer": referer} if referer else {}
        data = {**data, "csrf_token": str(token["value"])}
        return self.client.post(path, data=data, headers=headers, base_url=self.proxy)


def chosen() -> dict[str, str]:
    return {"name": "Élise", "language": "en", "password": GOOD, "password_again": GOOD}


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_from_the_link_to_an_answer(site: Flask, session: Session, link: str, scheme: str) -> None:
    invited = Reader(site, scheme)
    invited.get(link)
    accepted = invited.post(link, chosen())
    assert accepted.status_code == 303
    cookies = accepted.headers.getlist("Set-Cookie")
    assert {text.partition("=")[0] for text in cookies} == {
        "__Host-tracker_form",
        "__Host-tracker_session",
    }
    for cookie in cookies:  # what the prefix asks for: else a browser does not keep it
        attributes = {part.strip() for part in cookie.split(";")[1:]}
        assert {"Secure", "Path=/", "HttpOnly", "SameSite=Lax"} <= attributes
        assert "Domain" not in cookie

    reader = Reader(site)
    reader.get("/sign-in")
    assert reader.post("/sign-in", {"email": EMAIL, "password": GOOD}).status_code == 303
    reader.get("/reports")
    opened = reader.post("/reports", {"cycle": "bms7", "state": str(state_id(session, "FRA"))})
    assert opened.status_code == 303
    report = session.scalars(select(NationalReport)).one()
    path = f"/reports/{report.public_id}/sections/I.1"
    form = reader.get(path)
    version = form.select_one("input[name=p25-version]")
    assert version
    data = {"p25-version": str(version["value"]), "p25-narrative": "A law."}
    data |= {"p25-audience": "public"}
    assert reader.post(path, data, referer="").status_code == 400
    assert session.scalars(select(Response)).all() == []
    assert reader.post(path, data).status_code == 303
    session.expire_all()
    assert [row.narrative for row in session.scalars(select(Response))] == ["A law."]


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize(
    "referer",
    ["", "https://evil.example/", "http://tracker.example.org/", f"{SITE}.evil.example/"],
)
def test_a_form_from_nowhere_or_elsewhere_is_refused(
    site: Flask, session: Session, link: str, referer: str, scheme: str
) -> None:
    reader = Reader(site, scheme)
    reader.get(link)
    with capture_logs() as found:
        assert reader.post(link, chosen(), referer=referer).status_code == 400
    (told,) = [entry for entry in found if entry["event"] == "form-refused"]
    assert told["why"] and told["base_url"] == site.config["SETTINGS"].base_url
    user = session.scalars(select(User).where(User.email == EMAIL)).one()
    assert user.password_hash is None
