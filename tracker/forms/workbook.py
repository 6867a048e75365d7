"""Sending a filled template back."""

from flask_babel import lazy_gettext
from wtforms import FileField

from tracker.forms.base import BaseForm, Needed


class UploadForm(BaseForm):
    """One workbook."""

    file = FileField(
        lazy_gettext("The filled template"),
        description=lazy_gettext(
            "An .xlsx file of at most 15 MB. Before anything is saved you see what it would change."
        ),
        validators=[Needed()],
        render_kw={"accept": ".xlsx"},
    )
