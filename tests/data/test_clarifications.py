"""Questions and replies: who may, when, once, and recorded in the chain."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.national_reports import Reporting, begin_report, commitment_id, report_at
from tests.outbox import MailServer, SetClock, mailer, mails, send_all
from tests.people import make_actor
from tracker.domain.errors import Invalid, NotFound, NotPermitted, TrackerError, WrongStatus
from tracker.domain.roles import Actor, Role
from tracker.domain.workflow import ReportStatus
from tracker.models import ChainEntry, Clarification, Submission
from tracker.queries.clarifications import list_for_report
from tracker.queries.verification import verify_report
from tracker.services.clarifications import ask, reply
from tracker.services.clarifications import withdraw as withdraw_question
from tracker.services.submissions import withdraw
from tracker.settings import Settings

SECRETARIAT_PARAGRAPH = 94
QUESTION = "Which ministry drafts it?\nSince when?"


def ask_about(work: Reporting, submission: Submission, paragraph: int = 28) -> Clarification:
    return work.ask(submission, QUESTION, paragraph)


def under_review(session: Session) -> tuple[Reporting, Submission]:
    work, submission = report_at(session, ReportStatus.SUBMITTED)
    assert submission is not None
    return work, submission


@pytest.mark.parametrize(
    "status", [ReportStatus.SUBMITTED, ReportStatus.RETURNED, ReportStatus.ACCEPTED]
)
def test_a_question_is_asked_and_answered_without_editing(
    session: Session, status: ReportStatus
) -> None:
    work, submission = report_at(session, status)
    assert submission is not None
    row = ask_about(work, submission)
    (listed,) = list_for_report(session, work.report.id)
    assert (listed.question, listed.open, listed.submission_number) == (QUESTION, True, 1)

    reply(
        session,
        actor=work.focal_point,
        clarification_id=row.id,
        reply="The Ministry of the Interior.",
        clock=work.clock,
    )
    (listed,) = list_for_report(session, work.report.id)
    assert (listed.reply, listed.open) == ("The Ministry of the Interior.", False)
    assert work.report.status is status


def test_both_are_links_of_the_chain(session: Session) -> None:
    work, submission = under_review(session)
    row = ask_about(work, submission)
    reply(session, actor=work.focal_point, clarification_id=row.id, reply="Yes.", clock=work.clock)
    asked, replied = session.scalars(
        select(ChainEntry)
        .where(ChainEntry.report_id == work.report.id)
        .order_by(ChainEntry.seq.desc())
        .limit(2)
    ).all()[::-1]
    assert (asked.kind, asked.subject) == ("clarification-asked", "bms7/annex/28")
    assert asked.facts == {"clarification": row.public_id, "number": 1}
    assert [(text.field, text.value) for text in asked.texts] == [("question", QUESTION)]
    assert (replied.kind, replied.facts) == (
        "clarification-replied",
        {"clarification": row.public_id},
    )
    assert [(text.field, text.value) for text in replied.texts] == [("reply", "Yes.")]


def test_a_reply_is_given_once(session: Session) -> None:
    work, submission = under_review(session)
    row = ask_about(work, submission)
    reply(session, actor=work.focal_point, clarification_id=row.id, reply="One.", clock=work.clock)
    with pytest.raises(WrongStatus, match="already-replied"):
        reply(session, actor=work.focal_point, clarification_id=row.id, reply="2", clock=work.clock)
    assert list_for_report(session, work.report.id)[0].reply == "One."


def test_the_same_question_sent_twice_is_asked_once(session: Session) -> None:
    work, submission = under_review(session)
    first = ask_about(work, submission)
    assert ask_about(work, submission).id == first.id
    assert len(list_for_report(session, work.report.id)) == 1
    assert [mail.kind for mail in mails(session)].count("clarification-asked") == 1
    work.ask(submission, "Another?")
    ask_about(work, submission, paragraph=30)
    reply(session, actor=work.focal_point, clarification_id=first.id, reply="1", clock=work.clock)
    assert ask_about(work, submission).id != first.id  # asked anew, after the reply
    assert len(list_for_report(session, work.report.id)) == 4
    assert verify_report(session, work.report.id) is None


def test_a_withdrawn_question_needs_no_reply_and_keeps_its_words(session: Session) -> None:
    work, submission = under_review(session)
    row = ask_about(work, submission)
    work.accept(submission)
    work.publish(submission)
    withdraw_question(session, actor=work.administrator, clarification_id=row.id, clock=work.clock)
    withdraw_question(session, actor=work.reviewer, clarification_id=row.id, clock=work.clock)
    (listed,) = list_for_report(session, work.report.id)
    assert (listed.question, listed.open) == (QUESTION, False)
    assert listed.withdrawn_by == work.administrator.name
    told = session.scalars(
        select(ChainEntry).where(ChainEntry.kind == "clarification-withdrawn")
    ).one()
    assert (told.at, told.subject) == (listed.withdrawn_at, "bms7/annex/28")
    assert told.facts == {"clarification": row.public_id}
    with pytest.raises(WrongStatus, match="question-withdrawn"):
        reply(session, actor=work.focal_point, clarification_id=row.id, reply="1", clock=work.clock)
    assert verify_report(session, work.report.id) is None


def test_who_may_withdraw_a_question_and_when(session: Session) -> None:
    work, submission = under_review(session)
    row = ask_about(work, submission)
    for actor in (work.focal_point, make_actor(session, Role.OBSERVER, "GHA"), Actor()):
        with pytest.raises(NotPermitted):
            withdraw_question(session, actor=actor, clarification_id=row.id, clock=work.clock)
    with pytest.raises(NotFound):
        withdraw_question(session, actor=work.reviewer, clarification_id=999, clock=work.clock)
    reply(session, actor=work.focal_point, clarification_id=row.id, reply="1", clock=work.clock)
    with pytest.raises(WrongStatus, match="already-replied"):
        withdraw_question(session, actor=work.reviewer, clarification_id=row.id, clock=work.clock)


def test_of_a_question_withdrawn_at_once_no_letter_goes(
    session: Session, settings: Settings, server: MailServer
) -> None:
    work, submission = under_review(session)
    row = ask_about(work, submission)
    work.ask(submission, "Another?", 30)
    withdraw_question(session, actor=work.reviewer, clarification_id=row.id, clock=work.clock)
    session.commit()
    send_all(mailer(session, settings, SetClock(), server.url))
    told = [one["Subject"] for one in server.letters.got if "question" in one["Subject"]]
    assert told == ["Ghana, reporting cycle bms7: question on paragraph 30"]


def test_a_question_can_be_answered_after_publication(session: Session) -> None:
    work, submission = report_at(session, ReportStatus.ACCEPTED)
    assert submission is not None
    row = ask_about(work, submission)
    work.publish(submission)
    reply(session, actor=work.focal_point, clarification_id=row.id, reply="Yes.", clock=work.clock)
    assert not list_for_report(session, work.report.id)[0].open


@pytest.mark.parametrize("role", [Role.FOCAL_POINT, Role.OBSERVER, Role.CONTRIBUTOR])
def test_only_the_secretariat_asks(session: Session, role: Role) -> None:
    work, submission = under_review(session)
    work.reviewer = make_actor(session, role, "GHA", sections=("I.1",))
    with pytest.raises(NotPermitted):
        ask_about(work, submission)


def test_only_a_focal_point_of_the_state_replies(session: Session) -> None:
    work, submission = under_review(session)
    row = ask_about(work, submission)
    others: list[Actor] = [
        make_actor(session, Role.FOCAL_POINT, "KEN"),
        make_actor(session, Role.OBSERVER, "GHA"),
        make_actor(session, Role.CONTRIBUTOR, "GHA", sections=("I.1",)),
        work.administrator,
        Actor(),
    ]
    for actor in others:
        with pytest.raises(NotPermitted):
            reply(session, actor=actor, clarification_id=row.id, reply="No.", clock=work.clock)
    assert list_for_report(session, work.report.id)[0].open


def withdrawn(session: Session) -> tuple[Reporting, Submission]:
    work, submission = under_review(session)
    withdraw(session, actor=work.focal_point, report_id=work.report.id, clock=work.clock)
    return work, submission


def published(session: Session) -> tuple[Reporting, Submission]:
    work, submission = report_at(session, ReportStatus.PUBLISHED)
    assert submission is not None
    return work, submission


def followed(session: Session) -> tuple[Reporting, Submission]:
    work, submission = report_at(session, ReportStatus.RETURNED)
    assert submission is not None
    work.submit()
    return work, submission


@pytest.mark.parametrize(
    ("situation", "code"),
    [(withdrawn, "wrong-status"), (published, "wrong-status"), (followed, "newer-submission")],
)
def test_nothing_is_asked_of_what_is_not_under_review(
    session: Session, situation: Callable[[Session], tuple[Reporting, Submission]], code: str
) -> None:
    work, submission = situation(session)
    with pytest.raises(WrongStatus, match=code):
        ask_about(work, submission)
    assert list_for_report(session, work.report.id) == ()


@pytest.mark.parametrize(
    ("question", "code"),
    [("", "required"), ("  \n ", "required"), ("x" * 32_001, "text-too-long"), ("\0", "refused")],
)
def test_a_question_is_a_text(session: Session, question: str, code: str) -> None:
    work, submission = under_review(session)
    with pytest.raises(Invalid, match=code):
        ask(
            session,
            actor=work.reviewer,
            submission_id=submission.id,
            commitment_id=commitment_id(session, 28),
            question=question,
            clock=work.clock,
        )


def test_paragraphs_that_ask_nothing_and_unknown_things_are_refused(session: Session) -> None:
    work, submission = under_review(session)
    with pytest.raises(Invalid, match="nothing-asked"):
        ask_about(work, submission, paragraph=SECRETARIAT_PARAGRAPH)
    wrong: list[tuple[int, int]] = [(submission.id + 999, 1), (submission.id, 999_999)]
    for submission_id, commitment in wrong:
        with pytest.raises(NotFound):
            ask(
                session,
                actor=work.reviewer,
                submission_id=submission_id,
                commitment_id=commitment,
                question=QUESTION,
                clock=work.clock,
            )
    with pytest.raises(TrackerError, match="not-found"):
        reply(session, actor=work.focal_point, clarification_id=999, reply="x", clock=work.clock)


def test_questions_of_other_reports_are_not_listed(session: Session) -> None:
    work, submission = under_review(session)
    ask_about(work, submission)
    other = begin_report(session, "KEN")
    assert list_for_report(session, other.report.id) == ()
