"""Where the site asks for it, whoever accepted a report does not publish it."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.national_reports import report_at
from tests.people import Browser, make_user
from tracker.domain.errors import NotPermitted
from tracker.domain.roles import Role
from tracker.domain.workflow import ReportStatus
from tracker.models import ChainEntry, Submission, User
from tracker.queries.accounts import actor_of
from tracker.queries.verification import verify_report
from tracker.services import submissions


@pytest.fixture
def two_persons(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(app.config["SETTINGS"], two_to_publish=True)
    monkeypatch.setitem(app.config, "SETTINGS", settings)


@pytest.fixture
def submission(session: Session) -> Submission:
    work, _ = report_at(session, ReportStatus.DRAFT, "GHA")
    submission = work.submit()
    session.commit()
    return submission


@pytest.fixture
def ada(session: Session) -> User:
    return make_user(session, Role.ADMINISTRATOR, name="Ada")


def path(submission: Submission, step: str = "") -> str:
    return f"/review/submissions/{submission.public_id}{step}"


def is_published(session: Session, submission: Submission) -> bool:
    query = select(Submission.published_at).where(Submission.id == submission.id)
    return session.scalar(query) is not None


@pytest.mark.usefixtures("two_persons")
def test_another_administrator_publishes(
    browser_of: type[Browser], session: Session, submission: Submission, ada: User
) -> None:
    first, second = browser_of(ada), browser_of(make_user(session, Role.ADMINISTRATOR))
    assert "if you accept it, you cannot publish it" in first.get(path(submission, "/accept")).text
    assert first.post(path(submission, "/accept")).status_code == 303
    page = first.soup(path(submission))
    assert "Another administrator can publish it now." in page.text
    assert page.select_one("a[href$='/publish']") is None
    assert "a second person publishes" in page.text
    publish = path(submission, "/publish")
    for refused in (first.get(publish), first.post(publish)):
        assert refused.status_code == 403
        assert "ask another administrator" in refused.text
    assert not is_published(session, submission)
    assert second.soup(path(submission)).select_one("a[href$='/publish']")
    assert second.post(path(submission, "/publish")).status_code == 303
    assert is_published(session, submission)
    links = session.scalars(select(ChainEntry).order_by(ChainEntry.seq.desc()).limit(2)).all()
    assert [link.kind for link in links] == ["step-publish", "step-accept"]
    assert links[0].facts["accepted_by"] == links[1].actor_public_id == ada.public_id
    assert verify_report(session, submission.report_id) is None


def test_one_does_both_where_nothing_is_said(
    browser_of: type[Browser], submission: Submission, ada: User
) -> None:
    browser = browser_of(ada)
    browser.post(path(submission, "/accept"))
    assert browser.post(path(submission, "/publish")).status_code == 303


def test_the_service_refuses_too(
    session: Session, browser_of: type[Browser], submission: Submission, ada: User
) -> None:
    browser_of(ada).post(path(submission, "/accept"))
    with pytest.raises(NotPermitted):
        submissions.publish(
            session,
            actor=actor_of(session, ada),
            submission_id=submission.id,
            clock=lambda: submission.submitted_at,
            two_persons=True,
        )
    assert not is_published(session, submission)
