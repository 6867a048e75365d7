"""A database that is locked, full or gone: a sentence, nothing lost, and the next save works."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.national_reports import begin_report
from tests.people import TOKEN, parsed, session_of
from tracker.app import create_app
from tracker.cli.database import connect, reading
from tracker.cli.setup import set_up
from tracker.models import Response, User, engine
from tracker.models.engine import write_intent
from tracker.settings import Settings

TEXT = "Lines that must not\r\nbe lost."


class Site:
    """An application on a file of its own, with a focal point signed in and a report begun."""

    def __init__(self, settings: Settings, file: Path) -> None:
        self.settings = replace(
            settings, instance_path=file.parent, database_url=f"sqlite:///{file}"
        )
        self.file = file
        set_up(self.settings)
        own = connect(self.settings)
        with write_intent(), Session(own) as session:
            work = begin_report(session, "GHA")
            self.path = f"/reports/{work.report.public_id}/sections/I.1"
            cookie = session_of(session, session.get_one(User, work.focal_point.user_id))
            session.commit()
        own.dispose()
        self.cookie = cookie
        self.client = self.signed_in(self.settings)

    def signed_in(self, settings: Settings) -> FlaskClient:
        """The browser of the focal point at an application with these settings."""
        app = create_app(settings)
        app.config["PROPAGATE_EXCEPTIONS"] = False  # what is not caught is a page, as when served
        client = app.test_client()
        client.set_cookie("tracker_session", self.cookie, domain="localhost")
        return client

    def form(self, client: FlaskClient | None = None) -> dict[str, str]:
        """What a browser sends to save one answer."""
        page = (client or self.client).get(self.path)
        found = TOKEN.search(page.text)
        assert page.status_code == 200 and found is not None
        return {"csrf_token": found["token"], "p25-version": "0", "p25-narrative": TEXT}

    def said(self) -> list[str]:
        with reading(self.settings) as session:
            return list(session.scalars(select(Response.narrative)))

    @contextmanager
    def locked(self, how: str = "IMMEDIATE") -> Iterator[None]:
        """Somebody else writes and does not end."""
        with closing(sqlite3.connect(self.file, isolation_level=None)) as other:
            other.execute(f"BEGIN {how}")
            yield
            other.execute("ROLLBACK")


@pytest.fixture
def site(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 20)
    monkeypatch.setattr(engine, "journal_mode", lambda: "DELETE")
    yield Site(settings, tmp_path / "own.sqlite3")


SENT = {"Sec-Fetch-Site": "same-origin"}


def test_text_comes_back_and_is_saved_when_it_is_sent_again(site: Site) -> None:
    form = site.form()
    with site.locked():
        answer = site.client.post(site.path, data=form, headers=SENT)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.headers["Cache-Control"] == "no-store"
    page = parsed(answer.data)
    assert "so nothing has been saved yet" in page.get_text(" ", strip=True)
    assert site.said() == []
    again = page.select_one("main form")
    assert again is not None and again["action"] == site.path
    fields = {str(f["name"]): str(f["value"]) for f in again.select("input[name]")}
    assert fields["p25-narrative"].splitlines() == TEXT.splitlines()
    assert site.client.post(site.path, data=fields, headers=SENT).status_code == 303
    assert [text.splitlines() for text in site.said()] == [TEXT.splitlines()]


def test_a_script_gets_the_sentence(site: Site) -> None:
    form = site.form()
    with site.locked():
        answer = site.client.post(
            site.path, data=form, headers=SENT | {"Accept": "application/json"}
        )
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.json is not None and answer.json["ok"] is False
    assert answer.json["message"] == (
        "The database of this site does not answer just now. Nothing was saved."
    )
    assert site.said() == []


def test_what_cannot_be_committed_is_told(site: Site) -> None:
    """With a rollback journal a reader who does not end holds the commit up."""
    form = site.form()
    with closing(sqlite3.connect(site.file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM state").fetchone()
        answer = site.client.post(site.path, data=form, headers=SENT)
        reader.execute("ROLLBACK")
    assert answer.status_code == 503
    assert "so nothing has been saved yet" in answer.text
    assert site.said() == []
    for page in (answer, site.client.get(site.path)):
        assert "Saved at" not in page.text, "what was about to be told was undone"


def test_what_an_earlier_request_left_to_tell_is_still_told(site: Site) -> None:
    form = site.form()
    assert site.client.post(site.path, data=form, headers=SENT).status_code == 303
    with site.locked():
        answer = site.client.post(site.path, data=form, headers=SENT)
    assert answer.status_code == 503 and "Saved at" in answer.text
    assert "Saved at" not in site.client.get(site.path).text, "told once"


def test_pages_are_read_while_somebody_writes_and_told_when_they_cannot(site: Site) -> None:
    with site.locked():
        assert site.client.get("/states").status_code == 200
    with site.locked("EXCLUSIVE"):
        answer = site.client.get("/states?lang=fr")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    page = parsed(answer.data)
    assert page.html is not None and page.html["lang"] == "fr"
    assert "La base de données" in page.get_text()
    assert site.client.get("/states").status_code == 200


def test_a_monitor_is_told_in_its_own_form(site: Site) -> None:
    with site.locked("EXCLUSIVE"):
        answer = site.client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "the database cannot be used"})
    assert site.client.get("/readyz").json == {"status": "ok"}


def test_a_monitor_is_told_of_a_real_database_under_demonstration_settings(site: Site) -> None:
    mixed = replace(
        site.settings, environment="demonstration", database_url=f"sqlite:///{site.file}"
    )
    answer = create_app(mixed).test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (
        503,
        {"status": "demonstration data and real settings are mixed"},
    )


def test_a_file_that_may_only_be_read(site: Site) -> None:
    own = replace(site.settings, database_url=f"sqlite:///file:{site.file}?mode=ro&uri=true")
    reader = site.signed_in(own)
    answer = reader.post(site.path, data=site.form(reader), headers=SENT)
    assert answer.status_code == 503 and "so nothing has been saved yet" in answer.text


def test_a_server_that_is_gone(settings: Settings, tmp_path: Path) -> None:
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    app = create_app(replace(settings, instance_path=tmp_path, database_url=nowhere))
    answer = app.test_client().get("/states?lang=en")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "does not answer just now" in answer.text


def test_a_table_that_is_not_there_is_a_fault_of_ours(site: Site) -> None:
    with closing(sqlite3.connect(site.file)) as other, other:
        other.execute("ALTER TABLE area RENAME TO elsewhere")
    assert site.client.get("/states").status_code == 500
