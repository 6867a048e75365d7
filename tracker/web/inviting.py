"""Giving somebody a role: the form, and whom the address belongs to before it is done."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, Problem
from tracker.domain.people import parse_email, parse_name, parse_role
from tracker.domain.roles import Role
from tracker.forms.account import PersonForm
from tracker.policy.actions import Action
from tracker.queries.accounts import AccountRow
from tracker.queries.states import StateRow
from tracker.services import accounts
from tracker.web.access import requires
from tracker.web.admin import assignable_sections, manages_everybody, own_states
from tracker.web.confirming import sensitive
from tracker.web.invited import link_page, waits_for_link
from tracker.web.known_person import RoleToGive, ask_first, wants_to_correct
from tracker.web.locale import chosen_language, in_language, language_choices, parse_page_language
from tracker.web.render import page
from tracker.web.session import current_actor
from tracker.web.signing_in import settings
from tracker.web.transaction import session

blueprint = Blueprint("inviting", __name__, url_prefix="/admin/people")


@blueprint.get("/new")
@requires(Action.ACCOUNT_MANAGE)
def new_person() -> ResponseReturnValue:
    """The form to give somebody a role."""
    return _page(_person_form())


def _page(form: PersonForm, waiting: AccountRow | None = None) -> str:
    """The form; ``waiting`` has the role already, and needs a new link."""
    sends_mail = settings().smtp is not None
    return page("admin/new_person.html", form=form, waiting=waiting, sends_mail=sends_mail)


def _person_form(filled: bool = False) -> PersonForm:
    everybody = manages_everybody()
    states = [(row.state.iso3, in_language(dict(row.state.name))) for row in own_states()]
    states.sort(key=lambda choice: choice[1])
    return PersonForm(
        request.form if filled else None,
        data={"language": chosen_language()},
        roles=[role for role in Role if everybody or role.of_a_state],
        states=[("", gettext("None: secretariat")), *states] if everybody else states,
        languages=language_choices(),
        sections=assignable_sections(),
    )


@blueprint.post("/new")
@requires(Action.ACCOUNT_MANAGE)
@sensitive
def add_person() -> ResponseReturnValue:
    """Give the role, and show the link once where the person has no password yet."""
    form = _person_form(filled=True)
    try:
        values = form.parsed(
            email=parse_email,
            name=parse_name,
            role=parse_role,
            state=_state_among(own_states()),
            language=parse_page_language,
        )
        sections = form.typed_list("sections")
        wanted = RoleToGive(values["email"], values["role"], values["state"], sections)
        if wants_to_correct():
            return _page(form)
        asked = ask_first(wanted, gettext("Invite somebody"), gettext("Give this person the role"))
        if asked is not None:
            return asked
        added = _add(wanted, values["name"], values["language"])
    except Invalid as error:
        form.show(*error.problems)
        again = any(problem.code == "role-held" for problem in error.problems)
        waiting = waits_for_link(form.typed("email")) if again else None
        return _page(form, waiting), 422
    if added.needs_link:
        return link_page(added.user_id, values["email"])
    flash(gettext("The role is given. This person has a password already and needs no link."))
    return redirect(url_for("admin.people"), 303)


def _state_among(states: tuple[StateRow, ...]) -> Callable[..., int | None]:
    ids = {row.state.iso3: row.id for row in states}

    def parse(typed: str, *, place: str) -> int | None:
        if typed and typed not in ids:
            raise Invalid(Problem("unknown-state", place, {"code": typed[:80]}))
        return ids.get(typed)

    return parse


def _add(wanted: RoleToGive, name: str, language: str) -> accounts.Added:
    added = accounts.add_user(
        session(),
        actor=current_actor(),
        email=wanted.email,
        name=name,
        role=wanted.role,
        state_id=wanted.state_id,
        language=language,
        sections=wanted.sections,
        clock=system_clock,
    )
    if not added.granted:
        raise Invalid(Problem("role-held", "email"))
    return added
