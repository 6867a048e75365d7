"""Forms of the second step of signing in, and of confirming that one is still there."""

from flask_babel import lazy_gettext
from wtforms import HiddenField, PasswordField, StringField

from tracker.forms.account import PRESENT_PASSWORD
from tracker.forms.base import BaseForm, Needed

CODE = {
    "autocomplete": "one-time-code",
    "autocapitalize": "none",
    "spellcheck": "false",
    "dir": "ltr",
    "class": "short",
}


class CodeForm(BaseForm):
    """A code of the app, or a recovery code."""

    code = StringField(
        lazy_gettext("Code"),
        validators=[Needed()],
        description=lazy_gettext("The 6 digits that your app shows now, or one recovery code."),
        render_kw=CODE,
    )


class MailedCodeForm(BaseForm):
    """A code that was sent by mail."""

    code = StringField(
        lazy_gettext("Code of the message"),
        validators=[Needed()],
        description=lazy_gettext("13 letters and digits, with or without the spaces."),
        render_kw=CODE,
    )


class SetUpForm(BaseForm):
    """The first code of an app that is being set up."""

    code = StringField(
        lazy_gettext("Code that the app shows now"),
        validators=[Needed()],
        description=lazy_gettext("6 digits. They change every 30 seconds."),
        render_kw=CODE | {"inputmode": "numeric"},
    )


class UsePasskeyForm(BaseForm):
    """What a device answers, put there by the script of the page."""

    credential = HiddenField()


class NewPasskeyForm(UsePasskeyForm):
    """A passkey that is being made, and what its owner calls it."""

    name = StringField(
        lazy_gettext("Name of the passkey"),
        validators=[Needed()],
        description=lazy_gettext(
            "To tell it from others later, for example “office computer” or “blue security key”."
        ),
        render_kw={"dir": "auto", "autocomplete": "off", "maxlength": 60},
    )


class ConfirmForm(BaseForm):
    """The password again, or a code in its place."""

    password = PasswordField(lazy_gettext("Your password"), render_kw=PRESENT_PASSWORD)
    code = StringField(
        lazy_gettext("Or a code"),
        description=lazy_gettext("The 6 digits that your app shows now, or one recovery code."),
        render_kw=CODE,
    )


class ResetStepForm(BaseForm):
    """Why an administrator resets the second step of somebody."""

    reason = StringField(
        lazy_gettext("How you recognised the person"),
        validators=[Needed()],
        description=lazy_gettext("Kept in the history of the account."),
        render_kw={"dir": "auto"},
    )
