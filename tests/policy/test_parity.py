"""Each SQL twin admits exactly the rows that its rule admits: every role × State × status."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.national_reports import report_at
from tests.people import make_actor, state_id
from tracker.domain.clock import system_clock
from tracker.domain.cycles import CycleDates
from tracker.domain.progress import Audience
from tracker.domain.roles import OPERATOR, PUBLIC, Actor, Grant, Role
from tracker.domain.workflow import ReportStatus
from tracker.models import NationalReport, Submission
from tracker.policy.actions import Action
from tracker.policy.authorise import may
from tracker.policy.rules import Subject
from tracker.policy.scopes import (
    admitted_audiences,
    audience_of,
    readable_reports,
    readable_submissions,
)
from tracker.queries.publications import reader_level
from tracker.services.cycles import open_cycle

HOME, ABROAD = "GHA", "KEN"
SECTIONS = (None, "I.1.a", "II.A")


def everybody(session: Session) -> dict[str, Actor]:
    """Every role of the home State and of the secretariat, and people who hold two."""
    actors = {
        role.value: make_actor(session, role, HOME if role.of_a_state else None, ("I.1.a",))
        for role in Role
    }
    stranger = replace(actors["observer"], grants=())
    abroad = Grant(Role.CONTRIBUTOR, state_id(session, ABROAD), ("II.A",))
    return actors | {
        "public": PUBLIC,
        "operator": OPERATOR,
        "no-role": stranger,
        "contributor-without-sections": replace(
            stranger, grants=(Grant(Role.CONTRIBUTOR, state_id(session, HOME)),)
        ),
        "observer-and-contributor-abroad": replace(
            stranger, grants=(*actors["observer"].grants, abroad)
        ),
        "reviewer-and-focal-point": replace(
            stranger, grants=(*actors["reviewer"].grants, *actors["focal-point"].grants)
        ),
    }


@pytest.fixture
def reports(session: Session) -> None:
    """Both States with a report at every status; one published report also superseded."""
    for day, status in enumerate(ReportStatus, 1):
        cycle = f"parity-{status.value}"
        dates = CycleDates(opens_on=date(2026, 1, day))
        open_cycle(
            session,
            actor=OPERATOR,
            slug=cycle,
            document_slug="bms7",
            dates=dates,
            clock=system_clock,
        )
        for iso3 in (HOME, ABROAD):
            work, submission = report_at(session, status, iso3, cycle)
            if status is ReportStatus.PUBLISHED:
                assert submission is not None
                work.reopen()
                following = work.submit()
                work.accept(following)
                work.publish(following)


@pytest.mark.usefixtures("reports")
def test_reports(session: Session) -> None:
    rows = list(session.scalars(select(NationalReport)))
    assert len(rows) == 2 * len(ReportStatus)
    for name, actor in everybody(session).items():
        ruled = {
            row.id
            for row in rows
            if any(
                may(actor, Action.REPORT_READ, Subject(row.state_id, section))
                for section in SECTIONS
            )
        }
        found = set(session.scalars(select(NationalReport.id).where(readable_reports(actor))))
        assert found == ruled, name


@pytest.mark.usefixtures("reports")
def test_submissions(session: Session) -> None:
    rows = session.execute(select(Submission, NationalReport).join(NationalReport)).all()
    assert len(rows) == 2 * (len(ReportStatus) - 1) + 2
    for name, actor in everybody(session).items():
        ruled = {
            row.id
            for row, report in rows
            if may(
                actor,
                Action.SUBMISSION_READ,
                Subject(report.state_id, published=row.published_at is not None),
            )
        }
        query = select(Submission.id).join(NationalReport).where(readable_submissions(actor))
        assert set(session.scalars(query)) == ruled, name


def test_content(session: Session) -> None:
    """The list of audiences that queries filter by, against the rule for one answer."""
    abroad = state_id(session, "FRA")
    for name, actor in everybody(session).items():
        listed = admitted_audiences(audience_of(actor))
        ruled = [content for content in Audience if reader_level(actor, abroad).admits(content)]
        assert listed == ruled, name


@pytest.mark.parametrize(
    ("role", "home", "abroad"),
    [
        (None, "public", "public"),
        (Role.CONTRIBUTOR, "public states", "public states"),
        (Role.OBSERVER, "public states secretariat", "public states"),
        (Role.FOCAL_POINT, "public states secretariat", "public states"),
        (Role.REVIEWER, "public states secretariat", "public states secretariat"),
        (Role.ADMINISTRATOR, "public states secretariat", "public states secretariat"),
    ],
)
def test_which_published_answers_a_role_reads(
    session: Session, role: Role | None, home: str, abroad: str
) -> None:
    actor = PUBLIC
    if role is not None:
        actor = make_actor(session, role, HOME if role.of_a_state else None)
    for iso3, expected in ((HOME, home), (ABROAD, abroad)):
        state = state_id(session, iso3)
        readable = [content for content in Audience if reader_level(actor, state).admits(content)]
        assert " ".join(readable) == expected
