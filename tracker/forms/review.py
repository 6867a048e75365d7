"""Forms of review: a question, a reply, a reason. The services check their values."""

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext
from wtforms import RadioField, StringField, TextAreaField

from tracker.domain.struck import answer_text, say
from tracker.forms.base import BaseForm, Needed


class QuestionForm(BaseForm):
    """A question on one answer."""

    question = TextAreaField(
        lazy_gettext("Your question"),
        [Needed()],
        description=lazy_gettext("Read by this State and the secretariat only."),
    )


class ReplyForm(BaseForm):
    """The State's reply; not marked as needed, for answers are saved beside it without one."""

    reply = TextAreaField(
        lazy_gettext("Your reply"),
        description=lazy_gettext(
            "Read by your State and the secretariat only. It cannot be changed once sent."
        ),
    )


def reply_prefix(question: str) -> str:
    """The prefix of the reply to one question, by its public id, on a page that has several."""
    return f"reply-{question}-"


class ReturnForm(BaseForm):
    """Why a report goes back."""

    reason = TextAreaField(
        lazy_gettext("Reason"),
        [Needed()],
        description=lazy_gettext("Read by the State."),
    )


class StrikeForm(BaseForm):
    """Which text is struck out, and why."""

    field = RadioField(lazy_gettext("Text to strike out"), [Needed()], validate_choice=False)
    named = StringField(
        lazy_gettext("Words that must go in every wording"),
        description=lazy_gettext(
            "A whole name or number that stands in the text. Every text of this answer or row in "
            "which it occurs is struck out as a whole, of any version and cycle. You may leave it "
            "empty."
        ),
    )
    reason = TextAreaField(
        lazy_gettext("Reason"),
        [Needed()],
        description=lazy_gettext(
            "Shown in place of the text, to everybody who could read it. Do not repeat the text."
        ),
    )

    def offer(self, fields: Mapping[str, str]) -> None:
        """Let one of these texts be chosen; each with its words."""
        self.field.choices = list(fields.items())
        if len(fields) == 1 and not self.field.data:
            (self.field.data,) = fields


def text_name(field: str) -> str:
    """The words for a text of an answer as the chain names it: ``measures.0.title``."""
    return say([answer_text(field)], gettext)
