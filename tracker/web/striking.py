"""Striking a text out: of an answer, a row, a file, a question, a reply or a step."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from tracker.domain.chain import tagged_hash
from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, NotFound, Problem
from tracker.domain.progress import Audience
from tracker.domain.struck import place_of, say, text_of
from tracker.domain.workflow import Step
from tracker.forms.review import StrikeForm, text_name
from tracker.policy.actions import Action
from tracker.queries.clarifications import clarification_or_none
from tracker.queries.evidence import subject_of_file, submitted_file_or_none
from tracker.queries.items import submitted_items
from tracker.queries.strike_events import ASKED, REPLIED, event_link
from tracker.queries.strikes import Strike, standing_texts
from tracker.queries.submissions import submitted_responses
from tracker.services import strike_checks, strikes
from tracker.web.access import requires
from tracker.web.item_views import field_label, item_title
from tracker.web.render import page
from tracker.web.reviewing import Reviewed, back_to, load_reviewed
from tracker.web.session import current_actor
from tracker.web.transaction import session

blueprint = Blueprint("striking", __name__, url_prefix="/review/submissions/<submission_id>/strike")
blueprint.add_app_template_filter(text_name)


@blueprint.app_template_filter()
def struck_place(strike: Strike) -> str:
    """Where a text that was struck out stood."""
    return say(place_of(strike.subject, strike.facts), gettext)


@blueprint.app_template_filter()
def struck_text(strike: Strike) -> str:
    """Which text it was."""
    return say([text_of(strike.subject, strike.field)], gettext)


SEEN, SEEN_TAG = "seen", "tracker/strike-seen/1"
FILES, STEPS = "files", "steps"  # beside the tables of items
TALK = {"questions": ASKED, "replies": REPLIED}


@dataclass(frozen=True, slots=True)
class Place:
    """What a text is struck out of. ``name`` words each of its fields; ``anchor`` leads to it.

    ``checksum``: of the file, where one goes, or its name; ``is_single``: of an event, which none
    repeats.
    """

    reviewed: Reviewed
    revision_id: int
    heading: str
    anchor: str
    name: Callable[[str], str]
    checksum: str = ""
    is_single: bool = False

    @property
    def is_file(self) -> bool:
        """Whether it is a file."""
        return bool(self.checksum)


def _answer(submission_id: str, paragraph: int) -> Place:
    reviewed = load_reviewed(submission_id, Action.TEXT_STRIKE)
    commitment = reviewed.commitment(paragraph)
    answer = submitted_responses(session(), reviewed.row.id).get(commitment.key)
    if answer is None:
        raise NotFound(Problem("not-found"))
    heading = gettext("Strike out a text of paragraph %(number)s", number=paragraph)
    return Place(reviewed, answer.revision_id, heading, f"p{paragraph}", text_name)


def _file(reviewed: Reviewed, public_id: str) -> Place:
    row = submitted_file_or_none(session(), reviewed.row.id, public_id, Audience.SECRETARIAT)
    if row is None:
        raise NotFound(Problem("not-found"))
    heading = gettext("Remove a file of paragraph %(number)s", number=row.paragraph)
    anchor, checksum = f"p{row.paragraph}", row.file.sha256
    return Place(reviewed, row.revision_id, heading, anchor, _file_text, checksum)


def _file_text(field: str) -> str:
    return say([text_of(subject_of_file(""), field)], gettext)


def _talk(reviewed: Reviewed, part: str, question_id: str) -> Place:
    """A question on the report of this submission, or the reply to it."""
    report = reviewed.row.report_id
    question = clarification_or_none(session(), report, question_id)
    link = event_link(session(), report, TALK[part], question_id) if question else None
    if question is None or link is None:
        raise NotFound(Problem("not-found"))
    heading = (
        gettext("Strike out a question on paragraph %(number)s", number=question.paragraph)
        if TALK[part] == ASKED
        else gettext("Strike out the reply on paragraph %(number)s", number=question.paragraph)
    )
    return Place(reviewed, link, heading, f"p{question.paragraph}", _event_text, is_single=True)


def _step(reviewed: Reviewed, step: str) -> Place:
    """Who submitted, or the reason of a return or a reopening."""
    headings = {
        Step.SUBMIT: gettext("Strike out who submitted"),
        Step.RETURN: gettext("Strike out the reason of the return"),
        Step.REOPEN: gettext("Strike out the reason of the reopening"),
    }
    heading = headings.get(step)  # type: ignore[call-overload]
    report, number = reviewed.row.report_id, reviewed.row.number
    link = event_link(session(), report, f"step-{step}", number) if heading else None
    if link is None:
        raise NotFound(Problem("not-found"))
    return Place(reviewed, link, heading, "", _event_text, is_single=True)


def _event_text(field: str) -> str:
    return say([text_of("", field)], gettext)


def _item(submission_id: str, part: str, item_id: str) -> Place:
    reviewed = load_reviewed(submission_id, Action.TEXT_STRIKE)
    if part == FILES:
        return _file(reviewed, item_id)
    if part in TALK:
        return _talk(reviewed, part, item_id)
    if part == STEPS:
        return _step(reviewed, item_id)
    for kind, rows in submitted_items(session(), reviewed.row.id).items():
        for row in rows:
            if (kind.value, row.item_id) == (part, item_id):
                heading = gettext("Strike out a text of “%(row)s”", row=item_title(row.content))
                name = partial(field_label, part=kind)
                return Place(reviewed, row.revision_id, heading, f"i-{item_id}", name)
    raise NotFound(Problem("not-found"))


@blueprint.get("/<int:paragraph>")
@requires(Action.TEXT_STRIKE)
def choose_in_answer(submission_id: str, paragraph: int) -> ResponseReturnValue:
    """Choose a text of an answer and give the reason."""
    return _page(_answer(submission_id, paragraph), StrikeForm())


@blueprint.post("/<int:paragraph>")
@requires(Action.TEXT_STRIKE)
def strike_in_answer(submission_id: str, paragraph: int) -> ResponseReturnValue:
    """Strike one text of an answer out."""
    return _strike(_answer(submission_id, paragraph))


@blueprint.get("/<part>/<item_id>")
@requires(Action.TEXT_STRIKE)
def choose_in_item(submission_id: str, part: str, item_id: str) -> ResponseReturnValue:
    """Choose a text of a row, a file, a question, a reply or a step and give the reason."""
    return _page(_item(submission_id, part, item_id), StrikeForm())


@blueprint.post("/<part>/<item_id>")
@requires(Action.TEXT_STRIKE)
def strike_in_item(submission_id: str, part: str, item_id: str) -> ResponseReturnValue:
    """Strike one text of a row, a question, a reply or a step out, or remove a file."""
    return _strike(_item(submission_id, part, item_id))


def _strike(place: Place) -> ResponseReturnValue:
    form = StrikeForm(request.form)
    try:
        if not form.typed("field"):
            raise Invalid(Problem("required", "field"))
        wanted: dict[str, Any] = {
            "actor": current_actor(),
            "entry_id": place.revision_id,
            "field": form.typed("field"),
            "reason": form.typed("reason"),
            "named": "" if place.is_single or place.is_file else form.typed("named"),
        }
        if wanted["named"].strip():
            going = strike_checks.going(session(), **wanted)
            seen = tagged_hash(SEEN_TAG, [[one.cycle, one.text] for one in going])
            if request.form.get(SEEN) != seen:
                return _page(place, form, going, seen)
        cycles = strikes.strike(session(), **wanted, clock=system_clock)
    except Invalid as error:
        form.show(*error.problems)
        return _page(place, form), 422
    told = gettext(
        "The text was struck out, in reports of these cycles: %(cycles)s.",
        cycles=", ".join(cycles),
    )
    if place.is_file:
        told = gettext("The name of the file was removed. The file itself can be downloaded still.")
    if place.is_file and form.typed("field") == "title":
        told = gettext(
            "The file was removed, in reports of these cycles: %(cycles)s. Nobody can download it "
            "any more.",
            cycles=", ".join(cycles),
        )
    flash(told)
    return back_to(place.reviewed, place.anchor)


def _page(
    place: Place, form: StrikeForm, going: tuple[strike_checks.Going, ...] = (), seen: str = ""
) -> str:
    """The form; beside words that are named, the submitted texts that would go."""
    texts = standing_texts(session(), place.revision_id)
    if place.is_file:
        form.field.label.text = gettext("What to remove")
    form.offer({text.field: place.name(text.field) for text in texts})
    return page(
        "review/strike.html",
        submission=place.reviewed.row,
        place=place,
        texts={text.field: Markup("<bdi>{}</bdi>").format(text.value) for text in texts},
        form=form,
        going=[(one.cycle, say(one.place, gettext), one.text) for one in going],
        seen=seen,
    )
