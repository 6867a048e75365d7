"""Forms of review: a question, a reply, a reason. The services check their values."""

from flask_babel import lazy_gettext
from wtforms import TextAreaField

from tracker.forms.base import BaseForm, Needed


class QuestionForm(BaseForm):
    """A question on one answer."""

    question = TextAreaField(
        lazy_gettext("Your question"),
        [Needed()],
        description=lazy_gettext("Read by this State and the secretariat only."),
    )


class ReplyForm(BaseForm):
    """The State's reply."""

    reply = TextAreaField(
        lazy_gettext("Your reply"),
        [Needed()],
        description=lazy_gettext(
            "Read by your State and the secretariat only. It cannot be changed once sent."
        ),
    )


class ReturnForm(BaseForm):
    """Why a report goes back."""

    reason = TextAreaField(
        lazy_gettext("Reason"),
        [Needed()],
        description=lazy_gettext("Read by the State."),
    )


class StrikeForm(BaseForm):
    """Why a text is struck out."""

    reason = TextAreaField(
        lazy_gettext("Reason"),
        [Needed()],
        description=lazy_gettext(
            "Shown in place of the text, to everybody who could read it. Do not repeat the text."
        ),
    )
