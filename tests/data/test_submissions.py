"""Submission and what follows: frozen copies, receipts, statuses, supersession."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.national_reports import begin_report
from tests.people import make_actor
from tests.signing import SIGNER
from tracker.domain.clock import is_on_time
from tracker.domain.cycles import CycleDates
from tracker.domain.errors import Invalid, NotPermitted, WrongStatus
from tracker.domain.progress import Progress
from tracker.domain.roles import OPERATOR, PUBLIC, Actor, Role
from tracker.domain.workflow import TRANSITIONS, ReportStatus, Step, may_follow
from tracker.models import ChainEntry, SubmissionResponse
from tracker.queries.submissions import (
    list_submissions,
    submission_or_none,
    submitted_responses,
)
from tracker.services import submissions
from tracker.services.cycles import change_dates


def test_a_submission_is_a_frozen_copy(session: Session) -> None:
    work = begin_report(session)
    work.answer(25, progress=Progress.IN_DEVELOPMENT, narrative="first words")
    first = work.submit()
    work.give_back(first)
    work.answer(25, progress=Progress.IMPLEMENTED, narrative="second words")
    second = work.submit()
    assert (first.number, second.number) == (1, 2)
    texts = [
        submitted_responses(session, s.id)["bms7/annex/25"].content.narrative
        for s in (first, second)
    ]
    assert texts == ["first words", "second words"]
    assert first.content_hash != second.content_hash
    assert first.returned_at and not second.returned_at


def test_each_frozen_answer_names_its_revision(session: Session) -> None:
    work = begin_report(session)
    work.answer(25, narrative="one")
    work.answer(25, narrative="two")
    work.submit()
    row = session.scalars(select(SubmissionResponse)).one()
    revision = session.get_one(ChainEntry, row.revision_id)
    assert (revision.subject, revision.version) == ("bms7/annex/25", 2)


def test_the_receipt_names_content_and_place_in_the_chain(session: Session) -> None:
    work = begin_report(session)
    work.answer(25, progress=Progress.IMPLEMENTED)
    made = work.submit()
    link = session.scalars(select(ChainEntry).where(ChainEntry.kind == "step-submit")).one()
    assert made.receipt["content_hash"] == made.content_hash
    assert made.receipt["chain"] == {"seq": link.seq, "hash": link.hash}
    assert link.facts["content_hash"] == made.content_hash


def test_gaps_must_be_confirmed_and_the_signatory_named(session: Session) -> None:
    work = begin_report(session)

    def attempt(**changed: object) -> None:
        given: dict[str, object] = {
            "name": "A. Person",
            "title": "Director",
            "has_authority": True,
            "confirmed_gaps": True,
        }
        submissions.submit(
            session,
            actor=work.focal_point,
            report_id=work.report.id,
            clock=work.clock,
            signer=SIGNER,
            **(given | changed),  # type: ignore[arg-type]
        )

    for changed, place in (
        ({"name": " "}, "name"),
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"has_authority": False}, "has_authority"),
        ({"confirmed_gaps": False}, "confirmed_gaps"),
    ):
        with pytest.raises(Invalid) as refused:
            attempt(**changed)
        assert refused.value.problem.place == place
    assert work.report.status is ReportStatus.DRAFT
    attempt()
    with pytest.raises(WrongStatus):
        attempt()


def test_publishing_supersedes_and_keeps_the_earlier_one_readable(session: Session) -> None:
    work = begin_report(session)
    work.answer(25, progress=Progress.IMPLEMENTED)
    first = work.submit()
    work.accept(first)
    work.publish(first)
    assert submission_or_none(session, PUBLIC, first.public_id)
    work.reopen()
    second = work.submit()
    assert submission_or_none(session, PUBLIC, second.public_id) is None
    work.accept(second)
    work.publish(second)
    assert first.superseded_at == second.published_at
    assert first.superseded_by_id == second.id
    assert [row.number for row in list_submissions(session, PUBLIC, work.report.id)] == [1, 2]


def test_withdrawing_makes_a_draft_again_until_accepted(session: Session) -> None:
    work = begin_report(session)
    first = work.submit()
    submissions.withdraw(
        session, actor=work.focal_point, report_id=work.report.id, clock=work.clock
    )
    assert work.report.status is ReportStatus.DRAFT and first.withdrawn_at
    second = work.submit()
    work.accept(second)
    with pytest.raises(WrongStatus):
        submissions.withdraw(
            session, actor=work.focal_point, report_id=work.report.id, clock=work.clock
        )


def test_returning_needs_a_reason_and_only_the_latest_counts(session: Session) -> None:
    work = begin_report(session)
    first = work.submit()
    with pytest.raises(Invalid):
        work.give_back(first, reason=" ")
    work.give_back(first)
    work.submit()
    with pytest.raises(WrongStatus) as refused:
        work.accept(first)
    assert refused.value.problem.code == "newer-submission"


def test_who_may_take_which_step(session: Session) -> None:
    work = begin_report(session)
    made = work.submit()
    strangers: list[Actor] = [
        make_actor(session, Role.FOCAL_POINT, "DEU"),
        make_actor(session, Role.OBSERVER, "GHA"),
        PUBLIC,
    ]
    for actor in [*strangers, work.focal_point]:
        with pytest.raises(NotPermitted):
            submissions.accept(session, actor=actor, submission_id=made.id, clock=work.clock)
    with pytest.raises(NotPermitted):
        submissions.withdraw(
            session, actor=work.reviewer, report_id=work.report.id, clock=work.clock
        )
    work.accept(made)
    with pytest.raises(NotPermitted):  # reviewers accept; administrators publish
        submissions.publish(session, actor=work.reviewer, submission_id=made.id, clock=work.clock)
    work.publish(made)
    with pytest.raises(NotPermitted):
        submissions.reopen(
            session,
            actor=work.administrator,
            report_id=work.report.id,
            reason="no",
            clock=work.clock,
        )


def test_the_transitions_are_those_of_the_design() -> None:
    allowed = {
        (status, step)
        for step in Step
        for status in (None, *ReportStatus)
        if may_follow(status, step)
    }
    assert allowed == {
        (None, Step.OPEN),
        (ReportStatus.DRAFT, Step.SUBMIT),
        (ReportStatus.RETURNED, Step.SUBMIT),
        (ReportStatus.SUBMITTED, Step.WITHDRAW),
        (ReportStatus.SUBMITTED, Step.RETURN),
        (ReportStatus.ACCEPTED, Step.RETURN),
        (ReportStatus.SUBMITTED, Step.ACCEPT),
        (ReportStatus.ACCEPTED, Step.PUBLISH),
        (ReportStatus.PUBLISHED, Step.REOPEN),
    }
    assert {step for step in Step if TRANSITIONS[step].needs_reason} == {Step.RETURN, Step.REOPEN}


def test_on_time_lasts_until_the_day_has_ended_everywhere() -> None:
    due = date(2026, 5, 15)
    assert is_on_time(datetime(2026, 5, 16, 11, 59, tzinfo=UTC), due)
    assert not is_on_time(datetime(2026, 5, 16, 12, 0, tzinfo=UTC), due)
    assert is_on_time(datetime(2030, 1, 1, tzinfo=UTC), None)


def test_a_correction_after_the_due_day_does_not_make_a_report_late(session: Session) -> None:
    work = begin_report(session)
    change_dates(
        session,
        actor=OPERATOR,
        cycle_id=work.report.cycle_id,
        dates=CycleDates(opens_on=date(2021, 7, 30), due_on=work.clock.start.date()),
    )
    first = work.submit()
    work.give_back(first)
    work.clock.start += timedelta(days=30)
    second = work.submit()
    assert first.on_time and second.on_time and second.receipt["on_time"]
    other = begin_report(session, "DEU")
    other.clock.start += timedelta(days=30)
    assert not other.submit().on_time
