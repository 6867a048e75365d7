"""Handing the role of a national focal point over."""

from flask_babel import lazy_gettext
from wtforms import EmailField, StringField

from tracker.forms.account import DetailsForm
from tracker.forms.base import Needed


class HandOverForm(DetailsForm):
    """Who takes over, and from when on alone."""

    email = EmailField(
        lazy_gettext("E-mail address of who takes over"),
        validators=[Needed()],
        render_kw={"autocomplete": "off", "dir": "ltr"},
    )
    name = StringField(
        lazy_gettext("Name"),
        description=lazy_gettext("The person can correct it."),
        validators=[Needed()],
        render_kw={"autocomplete": "off", "dir": "auto"},
    )
    last_day = StringField(
        lazy_gettext("Last day of the present focal point"),
        description=lazy_gettext(
            "Written as 2026-06-30. Until then both hold the role. Left empty, it ends now."
        ),
        render_kw={"autocomplete": "off", "dir": "ltr", "class": "short"},
    )
