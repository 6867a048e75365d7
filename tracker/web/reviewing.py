"""Review of one submission: what changed, questions, return, accept, publish, strike out."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.domain.clock import system_clock
from tracker.domain.documents import Commitment, OutcomeDocument
from tracker.domain.errors import Invalid, NotFound, NotPermitted, Problem, WrongStatus
from tracker.domain.progress import SHOWN_ORDER, Absence, Audience, Progress
from tracker.domain.workflow import ReportStatus, Step, may_follow
from tracker.forms.review import QuestionForm, ReturnForm
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.queries.clarifications import clarification_or_none, list_for_report
from tracker.queries.corrections import came_of, steps_and_strikes
from tracker.queries.documents import commitment_ids, document_or_none
from tracker.queries.evidence import files_of_submissions, submitted_files
from tracker.queries.indicator_reporting import figures_submitted
from tracker.queries.indicators import submitted_tables
from tracker.queries.strikes import struck_in_submission
from tracker.queries.submissions import (
    SubmissionRow,
    acceptor_of,
    list_submissions_beside,
    submitted_responses,
)
from tracker.services import clarifications, submissions
from tracker.services.clarifications import UNDER_REVIEW
from tracker.web.access import requires
from tracker.web.confirming import sensitive
from tracker.web.public_choices import value_labels
from tracker.web.render import label, page
from tracker.web.review_answers import audience_counts, compare, counted_otherwise, counts_of
from tracker.web.review_items import compare_items, item_audiences
from tracker.web.session import current_actor
from tracker.web.shown_to import refuse_other_person
from tracker.web.signing_in import settings
from tracker.web.transaction import session

blueprint = Blueprint("reviewing", __name__, url_prefix="/review/submissions/<submission_id>")
# A submission is read whole: of the absences only "not answered" can stand in it.
VALUES = tuple(v for v in SHOWN_ORDER if isinstance(v, Progress) or v is Absence.NOT_ANSWERED)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One submission on the reviewer's desk, with every submission of the same report."""

    row: SubmissionRow
    all: tuple[SubmissionRow, ...]
    document: OutcomeDocument

    @property
    def is_latest(self) -> bool:
        """Whether no newer submission exists; only the latest can be acted upon."""
        return self.row.number == self.all[-1].number

    @property
    def under_review(self) -> bool:
        """Whether questions may be asked."""
        return self.is_latest and self.row.status in UNDER_REVIEW

    @property
    def reopened(self) -> bool:
        """Whether the State works on a correction of a published report."""
        in_force = any(row.published_at and not row.superseded_at for row in self.all)
        return self.row.status is ReportStatus.DRAFT and in_force

    def allows(self, step: Step) -> bool:
        """Whether this step can follow now."""
        return self.is_latest and may_follow(self.row.status, step)

    @property
    def previous(self) -> SubmissionRow | None:
        """The submission before it that was not withdrawn."""
        earlier = [row for row in self.all if row.number < self.row.number]
        standing = [row for row in earlier if row.withdrawn_at is None]
        return standing[-1] if standing else None

    def commitment(self, paragraph: int) -> Commitment:
        """The commitment of this number; ``NotFound`` where there is none."""
        for commitment in self.document.commitments:
            if commitment.paragraph == paragraph:
                return commitment
        raise NotFound(Problem("not-found"))


def load_reviewed(submission_id: str, action: Action) -> Reviewed:
    """The submission, for somebody of the secretariat who may do this to it.

    What is sent for it by somebody whom its form was not shown to is refused here.
    """
    actor = current_actor()
    authorise(actor, action)
    every = list_submissions_beside(session(), actor, submission_id)
    row = next((row for row in every if row.public_id == submission_id), None)
    document = document_or_none(session(), row.document_slug) if row else None
    if row is None or document is None:
        raise NotFound(Problem("not-found"))
    refuse_other_person()
    return Reviewed(row, every, document)


def back_to(reviewed: Reviewed, anchor: str = "") -> ResponseReturnValue:
    """Back to the page of the submission, at one place of it."""
    address = url_for("reviewing.show", submission_id=reviewed.row.public_id)
    return redirect(f"{address}#{anchor}" if anchor else address, 303)


@blueprint.get("")
@requires(Action.COVERAGE_WATCH)
def show(submission_id: str) -> ResponseReturnValue:
    """The whole submission; of a further one first what changed since the one before."""
    reviewed = load_reviewed(submission_id, Action.COVERAGE_WATCH)
    struck = struck_in_submission(session(), reviewed.row.id)
    answers = compare(session(), reviewed.document, reviewed.row, reviewed.previous, struck)
    ids = [row.id for row in (reviewed.row, reviewed.previous) if row]
    files = files_of_submissions(session(), ids, Audience.SECRETARIAT)
    before = files[ids[-1]].values() if reviewed.previous else ()
    steps, strikes = steps_and_strikes(session(), reviewed.row.report_id)
    return page(
        "review/submission.html",
        reviewed=reviewed,
        submission=reviewed.row,
        document=reviewed.document,
        came_of=came_of(steps, reviewed.row.number),
        struck_events=[strike for strike in strikes if strike.of_event],
        steps={taken.step.value: taken for taken in steps if taken.number == reviewed.row.number},
        answers=answers,
        changed=[answer for answer in answers if answer.changes],
        open_questions=[q for answer in answers for q in answer.questions if q.open],
        counts=counts_of(answers),
        otherwise=counted_otherwise(answers),
        keys=VALUES,
        words={**value_labels(), **{audience.value: label(audience) for audience in Audience}},
        figures=submitted_tables(session(), reviewed.row.id, audience=Audience.SECRETARIAT),
        parts=compare_items(session(), reviewed.row, reviewed.previous, struck),
        files=files[reviewed.row.id],
        files_before={file.public_id for row in before for file in row},
        form=QuestionForm(),
        needs_another=reviewed.allows(Step.PUBLISH) and _needs_another(reviewed),
    )


@blueprint.post("/questions/<int:paragraph>")
@requires(Action.CLARIFICATION_ASK)
def ask(submission_id: str, paragraph: int) -> ResponseReturnValue:
    """Ask the State about one answer; a refused question stays on the page."""
    reviewed = load_reviewed(submission_id, Action.CLARIFICATION_ASK)
    commitment = reviewed.commitment(paragraph)
    form = QuestionForm(request.form)
    try:
        clarifications.ask(
            session(),
            actor=current_actor(),
            submission_id=reviewed.row.id,
            commitment_id=commitment_ids(session(), reviewed.document.slug)[commitment.key],
            question=form.typed("question"),
            clock=system_clock,
        )
    except Invalid as error:
        form.show(*error.problems)
        return page(
            "review/ask.html",
            submission=reviewed.row,
            document=reviewed.document,
            commitment=commitment,
            answer=submitted_responses(session(), reviewed.row.id).get(commitment.key),
            form=form,
        ), 422
    flash(gettext("Your question on paragraph %(number)s was sent.", number=paragraph))
    return back_to(reviewed, f"p{paragraph}")


@blueprint.post("/questions/<clarification_id>/withdraw")
@requires(Action.CLARIFICATION_ASK)
def withdraw_question(submission_id: str, clarification_id: str) -> ResponseReturnValue:
    """Take a question back that has no reply."""
    reviewed = load_reviewed(submission_id, Action.CLARIFICATION_ASK)
    row = clarification_or_none(session(), reviewed.row.report_id, clarification_id)
    if row is None:
        raise NotFound(Problem("not-found"))
    clarifications.withdraw(
        session(), actor=current_actor(), clarification_id=row.id, clock=system_clock
    )
    flash(gettext("The question on paragraph %(number)s was withdrawn.", number=row.paragraph))
    return back_to(reviewed, f"p{row.paragraph}")


def _decision_page(reviewed: Reviewed, step: Step, form: ReturnForm | None = None) -> str:
    """What the step means, to be confirmed; refused where it cannot be taken now."""
    if not reviewed.is_latest:
        raise WrongStatus(Problem("newer-submission"))
    if not may_follow(reviewed.row.status, step):
        raise WrongStatus(Problem("wrong-status", "", {"status": reviewed.row.status}))
    questions = list_for_report(session(), reviewed.row.report_id)
    return page(
        "review/decision.html",
        submission=reviewed.row,
        step=step,
        form=form,
        two_persons=settings().two_to_publish,
        unanswered=sum(question.open for question in questions),
        audiences=audience_counts(submitted_responses(session(), reviewed.row.id)),
        item_audiences=item_audiences(session(), reviewed.row.id),
        figures=figures_submitted(session(), reviewed.row.id),
        public_files=sum(
            map(len, submitted_files(session(), reviewed.row.id, Audience.PUBLIC).values())
        ),
    )


@blueprint.get("/accept")
@requires(Action.SUBMISSION_ACCEPT)
def confirm_accept(submission_id: str) -> ResponseReturnValue:
    """Ask for confirmation."""
    return _decision_page(load_reviewed(submission_id, Action.SUBMISSION_ACCEPT), Step.ACCEPT)


@blueprint.post("/accept")
@requires(Action.SUBMISSION_ACCEPT)
def accept(submission_id: str) -> ResponseReturnValue:
    """Accept the report."""
    reviewed = load_reviewed(submission_id, Action.SUBMISSION_ACCEPT)
    submissions.accept(
        session(), actor=current_actor(), submission_id=reviewed.row.id, clock=system_clock
    )
    if settings().two_to_publish:
        flash(gettext("The report was accepted. Another administrator can publish it now."))
    else:
        flash(gettext("The report was accepted. An administrator can publish it now."))
    return back_to(reviewed)


@blueprint.get("/publish")
@requires(Action.SUBMISSION_PUBLISH)
def confirm_publish(submission_id: str) -> ResponseReturnValue:
    """Ask for confirmation, and say who will read how many answers."""
    reviewed = load_reviewed(submission_id, Action.SUBMISSION_PUBLISH)
    if reviewed.allows(Step.PUBLISH) and _needs_another(reviewed):
        raise NotPermitted(Problem("acceptor-publishes"))
    return _decision_page(reviewed, Step.PUBLISH)


def _needs_another(reviewed: Reviewed) -> bool:
    """Whether the site asks two persons to publish, and the reader was the first."""
    if not settings().two_to_publish:
        return False
    acceptor = acceptor_of(session(), reviewed.row.report_id)
    return acceptor is not None and acceptor.user_id == current_actor().user_id


@blueprint.post("/publish")
@requires(Action.SUBMISSION_PUBLISH)
@sensitive
def publish(submission_id: str) -> ResponseReturnValue:
    """Publish the report."""
    reviewed = load_reviewed(submission_id, Action.SUBMISSION_PUBLISH)
    submissions.publish(
        session(),
        actor=current_actor(),
        submission_id=reviewed.row.id,
        clock=system_clock,
        two_persons=settings().two_to_publish,
    )
    flash(gettext("The report was published."))
    return back_to(reviewed)


@blueprint.get("/return")
@requires(Action.SUBMISSION_RETURN)
def confirm_return(submission_id: str) -> ResponseReturnValue:
    """Ask for the reason."""
    reviewed = load_reviewed(submission_id, Action.SUBMISSION_RETURN)
    return _decision_page(reviewed, Step.RETURN, ReturnForm())


@blueprint.post("/return")
@requires(Action.SUBMISSION_RETURN)
def giveback_to(submission_id: str) -> ResponseReturnValue:
    """Give the report back with a reason."""
    reviewed = load_reviewed(submission_id, Action.SUBMISSION_RETURN)
    form = ReturnForm(request.form)
    try:
        submissions.return_report(
            session(),
            actor=current_actor(),
            submission_id=reviewed.row.id,
            reason=form.typed("reason"),
            clock=system_clock,
        )
    except Invalid as error:
        form.show(*error.problems)
        return _decision_page(reviewed, Step.RETURN, form), 422
    flash(gettext("The report was returned to its State."))
    return back_to(reviewed)
