"""What an operator watches: one line a request, numbers for Prometheus, readiness."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from tests.people import Browser, make_user
from tests.tampering import as_owner
from tracker.domain.clock import system_clock
from tracker.domain.mail import MailKind
from tracker.domain.roles import Role
from tracker.logs import configure_logging
from tracker.policy.actions import Action
from tracker.services.mail import queue
from tracker.web.access import requires

TOKEN = "a-token-for-tests-" * 2  # long enough


@pytest.fixture
def watched(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site whose metrics may be read."""
    monkeypatch.setitem(
        app.config, "SETTINGS", replace(app.config["SETTINGS"], metrics_token=TOKEN)
    )


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    """The lines of requests."""
    with capture_logs() as found:
        yield found


def test_a_request_is_one_line_without_anything_that_was_sent(
    public: Browser, lines: list[Any]
) -> None:
    answer = public.get("/invitations/SECRET-token?q=SECRET", headers={"User-Agent": "SECRET {}"})
    (line,) = [one for one in lines if one["event"] == "request"]
    assert line["rule"] == "/invitations/<token>" and line["status"] == answer.status_code
    assert line["method"] == "GET" and line["person"] is None and line["milliseconds"] >= 0
    assert "SECRET" not in json.dumps(lines)


def test_a_line_says_which_account_asked_and_never_its_name(
    browser_of: type[Browser], session: Session, lines: list[Any]
) -> None:
    user = make_user(session, Role.REVIEWER)
    browser_of(user).get("/account")
    line = [one for one in lines if one["event"] == "request"][-1]
    assert line["person"] == user.id
    assert user.email not in json.dumps(lines) and user.name not in json.dumps(lines)


@pytest.mark.parametrize("path", ["/no-such\n{}", "/%0a%7B%22event%22", "/states/..%2f"])
def test_unknown_addresses_and_methods_stand_in_no_line(
    public: Browser, lines: list[Any], path: str
) -> None:
    public.client.open(path, method="SNEAK")
    (line,) = [one for one in lines if one["event"] == "request"]
    assert line["method"] == "unknown" and "\n" not in json.dumps(line)


def test_lines_are_json_and_carry_the_reference(
    public: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging()
    answer = public.get("/states")
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (line,) = [one for one in printed if one["event"] == "request"]
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert line["bytes"] == len(answer.data)


def test_who_meets_a_failure_is_given_the_reference(
    app: Flask, public: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    @requires(Action.PUBLIC_READ)
    def fail() -> None:
        raise RuntimeError

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.view_functions, "public.home", fail)
    answer = public.get("/")
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in public_text(answer.text)


def public_text(page: str) -> str:
    return page[page.index("<main") :]


def numbers(browser: Browser) -> dict[tuple[str, ...], float]:
    """Every sample by its name and labels."""
    answer = browser.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.mark.usefixtures("watched")
def test_requests_are_counted_by_rule_and_status(public: Browser) -> None:
    place = ("tracker_http_requests_total", "GET", "/states/<iso3>")
    before = numbers(public)
    for iso3 in ("FRA", "KEN", "ZZZ"):
        public.get(f"/states/{iso3}")
    after = numbers(public)
    assert after[*place, "200"] - before.get((*place, "200"), 0) == 2
    assert after[*place, "404"] - before.get((*place, "404"), 0) == 1
    timed = ("tracker_http_request_seconds_count", "GET", "/states/<iso3>")
    assert after[timed] - before.get(timed, 0) == 3


@pytest.mark.usefixtures("watched")
def test_what_waits_is_told(browser_of: type[Browser], session: Session, public: Browser) -> None:
    assert numbers(public)["tracker_queue_age_seconds", "mail"] == 0
    queue(session, user=make_user(session), kind=MailKind.PASSWORD_CHANGED, at=system_clock())
    session.commit()
    told = numbers(public)
    assert told["tracker_queue", "mail", "queued"] == 1
    assert told["tracker_queue", "mail", "dead"] == told["tracker_queue", "exports", "queued"] == 0


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize("sent", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", "Bearer é"])
def test_numbers_are_for_who_has_the_token(public: Browser, sent: str) -> None:
    assert public.get("/metrics", headers={"Authorization": sent}).status_code == 404


def test_without_a_token_there_are_none(public: Browser) -> None:
    for sent in ("", "Bearer ", f"Bearer {TOKEN}"):
        assert public.get("/metrics", headers={"Authorization": sent}).status_code == 404


def test_a_folder_that_is_full_or_closed_is_not_ready(
    public: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert public.get("/readyz").json == {"status": "ok"}
    monkeypatch.setattr("tracker.web.health.FREE_NEEDED", 1 << 60)
    answer = public.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "the disk of the instance folder is almost full"}
    monkeypatch.setattr(public.app, "instance_path", "/nowhere")
    answer = public.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "the instance folder cannot be written"}


def test_tables_of_another_version_are_not_ready(public: Browser, session: Session) -> None:
    """Of a newer one, or of an older one whose site was not stopped."""
    with as_owner(session):
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    answer = public.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "the tables are not those of this version"}
