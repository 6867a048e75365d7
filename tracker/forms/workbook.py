"""Sending a filled template back."""

from flask_babel import lazy_gettext
from wtforms import FileField

from tracker.domain.uploads import LARGEST_FILE, MEGABYTE
from tracker.forms.base import BaseForm, Needed


class UploadForm(BaseForm):
    """One workbook."""

    file = FileField(
        lazy_gettext("The filled template"),
        description=lazy_gettext(
            "An .xlsx file of at most %(limit)s MB. Before anything is saved you see what it would "
            "change.",
            limit=LARGEST_FILE // MEGABYTE,
        ),
        validators=[Needed()],
        render_kw={"accept": ".xlsx"},
    )
