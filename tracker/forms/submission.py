"""Forms of submission and reopening; the services check their values."""

from flask_babel import lazy_gettext
from wtforms import BooleanField, StringField, TextAreaField

from tracker.forms.base import BaseForm, Needed


class SubmissionForm(BaseForm):
    """Who submits, and the confirmations asked for."""

    name = StringField(lazy_gettext("Your name"), [Needed()])
    title = StringField(lazy_gettext("Your title or function"), [Needed()])
    has_authority = BooleanField(
        lazy_gettext("I am authorised to submit this report on behalf of my State.")
    )
    confirmed_gaps = BooleanField(lazy_gettext("Submit the report with these gaps."))


class ReasonForm(BaseForm):
    """A reason that the other side will read."""

    reason = TextAreaField(lazy_gettext("Reason"), [Needed()])
