"""The form around the figures of an indicator. The figures themselves are read by the domain."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import Form, HiddenField, SelectField, StringField

from tracker.domain.errors import Problem
from tracker.domain.labels import label
from tracker.domain.messages import sentence
from tracker.domain.progress import Audience


class IndicatorForm(Form):
    """What goes with the figures: the version they replace, their audience, a year to add."""

    version = HiddenField()
    audience = SelectField(lazy_gettext("Who may read these figures"))
    add_year = StringField(
        lazy_gettext("Add a year"),
        description=lazy_gettext(
            "Four digits, such as 2019. What you typed stays; nothing is saved yet."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.audience.choices = [(value.value, gettext(label(value))) for value in Audience]

    def show(self, problem: Problem) -> None:
        """Put a problem beside its field."""
        field = self[problem.place]
        field.errors = [*field.errors, sentence(problem, gettext)]
