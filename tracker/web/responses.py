"""Section pages: the official text beside the answers, and the history of an answer."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from tracker.domain.completeness import Gap, gap_of, standing_of
from tracker.domain.documents import Commitment, OutcomeDocument, Section
from tracker.domain.errors import NotFound, Problem
from tracker.domain.history import group_revisions
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import ResponseContent
from tracker.forms.base import Origin
from tracker.forms.response import ResponseForm, filled_form
from tracker.forms.review import ReplyForm, reply_prefix
from tracker.policy.actions import Action
from tracker.policy.authorise import may
from tracker.policy.rules import Subject
from tracker.queries.clarifications import ClarificationRow, list_for_report
from tracker.queries.evidence import files_of_report
from tracker.queries.reports import ReportRow
from tracker.queries.responses import ResponseRow, responses_of, revisions_of
from tracker.queries.strikes import is_strikes_work, still_gone, struck_of
from tracker.queries.struck_texts import last_strike
from tracker.queries.submissions import earlier_answers
from tracker.web.access import requires
from tracker.web.desks import readable_sections
from tracker.web.render import label, page
from tracker.web.reporting import is_editable, load_document, load_report
from tracker.web.session import current_actor
from tracker.web.transaction import session

blueprint = Blueprint("responses", __name__, url_prefix="/reports/<report_id>")


@dataclass(frozen=True, slots=True)
class Alert:
    """A sentence above the page, with the paragraph it is about; ``place`` is an id within it."""

    text: str
    paragraph: int | None = None
    place: str = ""


def load_section(report: ReportRow, document: OutcomeDocument, code: str) -> Section:
    """A block that the actor may read; 404 otherwise."""
    for section in readable_sections(report, document):
        if section.code == code:
            return section
    raise NotFound(Problem("not-found"))


def load_commitment(
    report: ReportRow, document: OutcomeDocument, paragraph: int
) -> tuple[Section, Commitment]:
    """A commitment with its block, if the actor may read it; 404 otherwise."""
    for commitment in document.commitments:
        if commitment.paragraph == paragraph:
            return load_section(report, document, commitment.section), commitment
    raise NotFound(Problem("not-found"))


@blueprint.get("/sections/<code>")
@requires(Action.REPORT_READ)
def section(report_id: str, code: str) -> ResponseReturnValue:
    """One block of the report with its forms; ``?copy=25`` fills one from the earlier report."""
    report = load_report(report_id)
    document = load_document(report)
    here = load_section(report, document, code)
    seen = last_strike(session(), report.id)
    rows = responses_of(session(), report.id)
    forms = {
        c.paragraph: form_of(report, c, rows.get(c.key), seen)
        for c in document.in_section(here.code)
        if c.asks_states
    }
    copied = request.args.get("copy", type=int)
    unsaved = set()
    if copied in forms and _copy_from_earlier_report(report, document, copied, forms):
        unsaved.add(copied)
    return section_page(report, document, here, rows, forms, unsaved=unsaved)


def _copy_from_earlier_report(
    report: ReportRow, document: OutcomeDocument, number: int, forms: dict[int, ResponseForm]
) -> bool:
    """Fill one form with what the State said last; nothing is saved.

    Who may read it stays as it is in this report. Whether there was anything to copy.
    """
    _, commitment = load_commitment(report, document, number)
    seen = last_strike(session(), report.id, of_state=True)
    content = earlier_answers(session(), report.id).answers.get(commitment.key)
    if content is None:
        return False
    version = int(forms[number].version.data or 0)
    audience = Audience(forms[number].audience.data)
    copied = replace(content, audience=audience)
    forms[number] = filled_form(number, version, copied, Origin(version, seen, copied=True))
    return True


def form_of(
    report: ReportRow, commitment: Commitment, row: ResponseRow | None, seen: int
) -> ResponseForm:
    """The form showing what stands; empty with the report's audience where nothing does.

    ``seen`` is the number of the last strike before it was read.
    """
    fresh = ResponseContent(audience=report.default_audience)
    version, content = (row.version, row.content) if row else (0, fresh)
    return filled_form(commitment.paragraph, version, content, Origin(version, seen))


def section_page(
    report: ReportRow,
    document: OutcomeDocument,
    here: Section,
    rows: dict[str, ResponseRow],
    forms: dict[int, ResponseForm],
    alerts: tuple[Alert, ...] = (),
    unsaved: AbstractSet[int] = frozenset(),
    unsent: Mapping[ClarificationRow, ReplyForm] | None = None,
) -> str:
    """The page of one block; ``forms`` by paragraph show what was typed or what stands.

    ``unsaved`` names the paragraphs whose form shows text that is not saved, ``unsent`` has the
    replies that were typed and not sent, by question.
    """
    actor = current_actor()
    subject = Subject(report.state_id, here.code)
    whole = may(actor, Action.REPORT_READ, Subject(report.state_id))
    blocks = readable_sections(report, document)
    place = [block.code for block in blocks].index(here.code)
    contents = {key: row.content for key, row in rows.items()}
    commitments = document.in_section(here.code)
    gaps = {c.paragraph: gap_of(c, contents.get(c.key)) for c in commitments}
    questions = tuple(list_for_report(session(), report.id)) if whole else ()
    typed = {question.public_id: form for question, form in (unsent or {}).items()}
    replies = {q.public_id: ReplyForm(prefix=reply_prefix(q.public_id)) for q in questions} | typed
    gone = struck_of(session(), report.id)
    to_check = [n for n, gap in gaps.items() if gap is Gap.NO_REASON and n not in unsaved]
    for number in to_check:
        forms[number].reason.errors = [label(Gap.NO_REASON)]
    return page(
        "reports/section.html",
        report=report,
        document=document,
        section=here,
        path=document.path(here.code),
        commitments=commitments,
        rows=rows,
        talk={
            q.public_id: {
                strike.field: strike for strike in gone.get(f"questions/{q.public_id}", ())
            }
            for q in questions
        },
        by_strike={k for k, r in rows.items() if is_strikes_work(gone, k, r.saved_at)},
        gone={key: still_gone(gone, key, row.content.texts()) for key, row in rows.items()},
        standings={c.paragraph: standing_of(c, contents.get(c.key)) for c in commitments},
        gaps=gaps,
        to_check=to_check,
        earlier=earlier_answers(session(), report.id),
        forms=forms,
        files=files_of_report(session(), report.id),
        alerts=alerts,
        unsaved=unsaved,
        editable=is_editable(report) and may(actor, Action.REPORT_EDIT, subject),
        clarifications=questions,
        replies=replies,
        unsent=typed,
        may_reply=may(actor, Action.CLARIFICATION_REPLY, Subject(report.state_id)),
        previous_block=blocks[place - 1] if place else None,
        next_block=blocks[place + 1] if place + 1 < len(blocks) else None,
    )


@blueprint.get("/responses/<int:paragraph>/history")
@requires(Action.REPORT_READ)
def history(report_id: str, paragraph: int) -> ResponseReturnValue:
    """Who changed what, with readable differences."""
    report = load_report(report_id)
    document = load_document(report)
    here, commitment = load_commitment(report, document, paragraph)
    groups = group_revisions(revisions_of(session(), report.id, commitment.key))
    return page(
        "reports/history.html",
        report=report,
        section=here,
        commitment=commitment,
        groups=groups,
        coded=_coded,
    )


def _coded(code: str) -> str:
    """The word for a progress value, an audience or a language."""
    for kind in (Progress, Audience):
        if code in list(kind):
            return label(kind(code))
    return label(code)
