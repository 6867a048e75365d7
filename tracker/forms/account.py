"""Forms about people: signing in, accepting a link, one's own account, inviting."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import EmailField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from tracker.domain.labels import label
from tracker.domain.people import LONGEST_PASSWORD, SHORTEST_PASSWORD
from tracker.domain.roles import Role
from tracker.forms.base import BaseForm, Needed

PASSWORD_HINT = lazy_gettext(
    "%(least)s to %(most)s characters. A few words that have nothing to do with each other are "
    "easy to keep in mind and hard to guess.",
    least=SHORTEST_PASSWORD,
    most=LONGEST_PASSWORD,
)
NEW_PASSWORD = {"autocomplete": "new-password"}
PRESENT_PASSWORD = {"autocomplete": "current-password"}


class SignInForm(BaseForm):
    """Address and password."""

    email = EmailField(
        lazy_gettext("E-mail address"),
        validators=[Needed()],
        render_kw={"autocomplete": "username", "dir": "ltr"},
    )
    password = PasswordField(
        lazy_gettext("Password"), validators=[Needed()], render_kw=PRESENT_PASSWORD
    )


class DetailsForm(BaseForm):
    """One's own name and language."""

    name = StringField(
        lazy_gettext("Your name"),
        validators=[Needed()],
        description=lazy_gettext("Shown beside what you save and submit."),
        render_kw={"autocomplete": "name", "dir": "auto"},
    )
    language = SelectField(
        lazy_gettext("Language of the pages"), validate_choice=False, render_kw={"class": "short"}
    )

    def __init__(self, *args: Any, languages: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        """``languages``: codes with the name of each in itself."""
        super().__init__(*args, **kwargs)
        self.language.choices = list(languages)


class InvitationForm(DetailsForm):
    """The same with a first or a new password."""

    password = PasswordField(
        lazy_gettext("New password"),
        validators=[Needed()],
        description=PASSWORD_HINT,
        render_kw=NEW_PASSWORD,
    )
    password_again = PasswordField(
        lazy_gettext("New password again"), validators=[Needed()], render_kw=NEW_PASSWORD
    )


class PasswordForm(BaseForm):
    """Changing one's password."""

    present = PasswordField(
        lazy_gettext("Present password"), validators=[Needed()], render_kw=PRESENT_PASSWORD
    )
    password = PasswordField(
        lazy_gettext("New password"),
        validators=[Needed()],
        description=PASSWORD_HINT,
        render_kw=NEW_PASSWORD,
    )
    password_again = PasswordField(
        lazy_gettext("New password again"), validators=[Needed()], render_kw=NEW_PASSWORD
    )


class ForgottenForm(BaseForm):
    """The address of an account whose password was lost."""

    email = EmailField(
        lazy_gettext("E-mail address"),
        validators=[Needed()],
        render_kw={"autocomplete": "username", "dir": "ltr"},
    )


class ResetForm(BaseForm):
    """A new password in place of a lost one."""

    password = PasswordField(
        lazy_gettext("New password"),
        validators=[Needed()],
        description=PASSWORD_HINT,
        render_kw=NEW_PASSWORD,
    )
    password_again = PasswordField(
        lazy_gettext("New password again"), validators=[Needed()], render_kw=NEW_PASSWORD
    )


class SectionsForm(BaseForm):
    """Which sections a contributor fills."""

    sections = SelectMultipleField(
        lazy_gettext("Sections of a contributor"),
        validate_choice=False,
        description=lazy_gettext("A contributor sees and fills only the sections chosen here."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(self, *args: Any, sections: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        """``sections``: codes with their titles in the page's language."""
        super().__init__(*args, **kwargs)
        self.sections.choices = [(code, f"{code} {title}") for code, title in sections]


class PersonForm(SectionsForm):
    """Giving somebody a role."""

    email = EmailField(
        lazy_gettext("E-mail address"),
        validators=[Needed()],
        render_kw={"autocomplete": "off", "dir": "ltr"},
    )
    name = StringField(
        lazy_gettext("Name"),
        description=lazy_gettext("The person can correct it."),
        validators=[Needed()],
        render_kw={"autocomplete": "off", "dir": "auto"},
    )
    role = SelectField(lazy_gettext("Role"), validators=[Needed()], validate_choice=False)
    state = SelectField(lazy_gettext("State"), validate_choice=False)
    language = SelectField(lazy_gettext("Language of the pages"), validate_choice=False)

    def __init__(
        self,
        *args: Any,
        roles: Iterable[Role],
        states: Iterable[tuple[str, str]],
        languages: Iterable[tuple[str, str]],
        sections: Iterable[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """``states``: ISO codes with names; the roles and States that may be given."""
        super().__init__(*args, sections=sections, **kwargs)
        self.role.choices = [(role.value, gettext(label(role))) for role in roles]
        self.state.choices = list(states)
        self.language.choices = list(languages)
