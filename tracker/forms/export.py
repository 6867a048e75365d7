"""The form that asks for an export."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.domain.exports import ExportFormat
from tracker.domain.labels import label
from tracker.domain.progress import Audience
from tracker.forms.base import BaseForm, Needed


class ExportForm(BaseForm):
    """Which cycles, for whom, in which language and kind of file."""

    cycles = SelectMultipleField(
        lazy_gettext("Reporting cycles"),
        [Needed()],
        validate_choice=False,
        description=lazy_gettext("One, or several on the same outcome document."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    audience = RadioField(
        lazy_gettext("Who may read the file"),
        validate_choice=False,
        description=lazy_gettext("It holds what they may see; the rest is marked as withheld."),
    )
    language = SelectField(lazy_gettext("Language of the file"), validate_choice=False)
    format = SelectField(lazy_gettext("Kind of file"), validate_choice=False)
    compare = BooleanField(lazy_gettext("Changes since my last export"))

    def __init__(
        self,
        *args: Any,
        cycles: Iterable[tuple[str, str]],
        audiences: Iterable[Audience],
        languages: Iterable[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """``cycles``: slugs with titles; ``audiences``: up to the reader's own level."""
        super().__init__(*args, **kwargs)
        self.cycles.choices = list(cycles)
        self.audience.choices = [(level.value, gettext(label(level))) for level in audiences]
        self.language.choices = list(languages)
        self.format.choices = [(form.value, gettext(label(form))) for form in ExportFormat]
