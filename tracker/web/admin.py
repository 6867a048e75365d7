"""Administration: people and their roles. Focal points see those of their own State."""

from itertools import groupby

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, NotFound, NotPermitted, Problem
from tracker.domain.roles import Role
from tracker.forms.account import SectionsForm
from tracker.forms.second_step import ResetStepForm
from tracker.policy.actions import Action
from tracker.policy.authorise import may
from tracker.policy.rules import Subject
from tracker.queries.accounts import (
    AccountRow,
    MembershipRow,
    list_assignable_sections,
    list_manageable_accounts,
    manageable_account,
    manageable_membership,
)
from tracker.queries.states import StateRow, is_demonstration, list_states, states_by_id
from tracker.services import accounts, invitations
from tracker.web import signing_in
from tracker.web.access import requires
from tracker.web.confirming import sensitive
from tracker.web.invited import link_page
from tracker.web.locale import in_language
from tracker.web.person_history import history_of
from tracker.web.render import page, problem_text
from tracker.web.session import current_actor
from tracker.web.transaction import session

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
Listed = tuple[AccountRow, MembershipRow | None]


def manages_everybody() -> bool:
    """Whether the reader manages the people of every State."""
    return may(current_actor(), Action.ACCOUNT_MANAGE)


def own_states() -> tuple[StateRow, ...]:
    """The States whose people the reader manages; ``NotPermitted`` for nobody's."""
    if manages_everybody():
        demonstration = is_demonstration(session())
        return tuple(
            row for row in list_states(session()) if row.state.demonstration == demonstration
        )
    actor = current_actor()
    own = [s for s in actor.state_ids if may(actor, Action.ACCOUNT_MANAGE, Subject(state_id=s))]
    if not own:
        raise NotPermitted(Problem("not-permitted"))
    return states_by_id(session(), own)


@blueprint.get("")
@requires(Action.ACCOUNT_MANAGE)
def home() -> ResponseReturnValue:
    """What can be administered here."""
    states = () if manages_everybody() else own_states()
    return page("admin/home.html", states=states, everybody=manages_everybody())


@blueprint.get("/people")
@requires(Action.ACCOUNT_MANAGE)
def people() -> ResponseReturnValue:
    """Everybody whom the reader manages: the secretariat first, then State by State."""
    states = own_states()
    rows: list[Listed] = [
        (account, membership)
        for account in list_manageable_accounts(session(), current_actor())
        for membership in account.memberships or (None,)
    ]
    rows.sort(key=_place)
    groups = [
        (name, tuple(listed)) for (_, name), listed in groupby(rows, key=lambda row: _place(row))
    ]
    everybody = manages_everybody()
    return page("admin/people.html", groups=groups, everybody=everybody, states=states)


def _place(row: Listed) -> tuple[int, str]:
    membership = row[1]
    if membership is None:
        return 2, gettext("Without a role")
    if membership.state_id is None:
        return 0, gettext("Secretariat")
    return 1, in_language(membership.state_name)


def assignable_sections() -> list[tuple[str, str]]:
    """Codes of the sections that a contributor can be given, with titles in the page's language."""
    rows = list_assignable_sections(session())
    return [(row.code, in_language(row.title)) for row in rows]


@blueprint.get("/people/<person_id>")
@requires(Action.ACCOUNT_MANAGE)
def person(person_id: str) -> ResponseReturnValue:
    """One person: roles, a new link, closing the account."""
    return person_page(managed_person(person_id))


def managed_person(person_id: str) -> AccountRow:
    """One of the people whom the reader manages; ``NotFound`` for anybody else."""
    account = manageable_account(session(), current_actor(), person_id)
    if account is None:
        raise NotFound(Problem("not-found"))
    return account


def person_page(
    account: AccountRow,
    at_fault: str = "",
    form: SectionsForm | None = None,
    reset_form: ResetStepForm | None = None,
) -> str:
    """The page of a person; the forms given show what is wrong with what was typed."""
    sections = assignable_sections()
    forms = {
        row.public_id: form
        if form and row.public_id == at_fault
        else SectionsForm(
            sections=sections, prefix=f"{row.public_id}-", data={"sections": list(row.sections)}
        )
        for row in account.memberships
        if row.role is Role.CONTRIBUTOR
    }
    return page(
        "admin/person.html",
        account=account,
        forms=forms,
        everybody=manages_everybody(),
        may_link=invitations.may_invite(session(), current_actor(), account.id),
        stays=_why_it_stays(account),
        **(history_of(account, reset_form) if manages_everybody() else {}),
    )


@blueprint.post("/people/<person_id>/link")
@requires(Action.ACCOUNT_MANAGE)
@sensitive
def new_link(person_id: str) -> ResponseReturnValue:
    """A new link for a lost password, shown once; the old password works until it is used."""
    account = managed_person(person_id)
    if not account.is_active:
        raise NotPermitted(Problem("account-inactive"))
    return link_page(account.id, account.email)


@blueprint.post("/people/<person_id>/deactivate")
@requires(Action.ACCOUNT_MANAGE)
@sensitive
def deactivate(person_id: str) -> ResponseReturnValue:
    """Close the account."""
    account = managed_person(person_id)
    accounts.deactivate(session(), actor=current_actor(), user_id=account.id, clock=system_clock)
    flash(gettext("The account is deactivated. Nobody can sign in with it."))
    return redirect(url_for("admin.person", person_id=person_id), 303)


@blueprint.post("/people/<person_id>/activate")
@requires(Action.ACCOUNT_MANAGE)
@sensitive
def activate(person_id: str) -> ResponseReturnValue:
    """Open the account again."""
    account = managed_person(person_id)
    accounts.reactivate(session(), actor=current_actor(), user_id=account.id, clock=system_clock)
    flash(gettext("The account is active again."))
    return redirect(url_for("admin.person", person_id=person_id), 303)


def managed_membership(membership_id: str) -> tuple[AccountRow, MembershipRow]:
    """One role that the reader manages, with its holder; ``NotFound`` for any other."""
    found = manageable_membership(session(), current_actor(), membership_id)
    if found is None:
        raise NotFound(Problem("not-found"))
    return found


@blueprint.post("/memberships/<membership_id>/sections")
@requires(Action.ACCOUNT_MANAGE)
@sensitive
def assign_sections(membership_id: str) -> ResponseReturnValue:
    """Choose the sections of a contributor."""
    account, membership = managed_membership(membership_id)
    form = SectionsForm(request.form, sections=assignable_sections(), prefix=f"{membership_id}-")
    try:
        accounts.assign_sections(
            session(),
            actor=current_actor(),
            membership_id=membership.id,
            sections=form.typed_list("sections"),
            clock=system_clock,
        )
    except Invalid as error:
        form.show(*error.problems)
        return person_page(account, membership_id, form), 422
    flash(gettext("Saved."))
    return redirect(url_for("admin.person", person_id=account.public_id), 303)


@blueprint.get("/memberships/<membership_id>/end")
@requires(Action.ACCOUNT_MANAGE)
def ask_to_end(membership_id: str) -> ResponseReturnValue:
    """Ask before a role ends: whose, which and of which State."""
    account, membership = managed_membership(membership_id)
    return page(
        "admin/end_role.html",
        account=account,
        membership=membership,
        own=account.id == current_actor().user_id,
        last_role=is_own_last_role(account),
        stays=_why_it_stays(account) if membership.role is Role.ADMINISTRATOR else "",
    )


def _why_it_stays(account: AccountRow) -> str:
    """Why neither the account nor its role as administrator can be ended; else empty."""
    if accounts.is_last_administrator(session(), account.id, clock=system_clock):
        return problem_text(Problem("last-administrator"))
    return ""


def is_own_last_role(account: AccountRow) -> bool:
    """Whether whoever ends or hands over a role of this account is left without any."""
    actor = current_actor()
    return account.id == actor.user_id and len(actor.grants) == 1


@blueprint.post("/memberships/<membership_id>/end")
@requires(Action.ACCOUNT_MANAGE)
@sensitive
def end_membership(membership_id: str) -> ResponseReturnValue:
    """End one role."""
    account, membership = managed_membership(membership_id)
    accounts.end_membership(
        session(), actor=current_actor(), membership_id=membership.id, clock=system_clock
    )
    told = gettext("The role of %(name)s has ended.", name=account.name)
    if is_own_last_role(account):
        return leave(told)
    flash(told)
    own = account.id == current_actor().user_id
    return redirect(url_for("auth.account" if own else "admin.people"), 303)


def leave(told: str) -> ResponseReturnValue:
    """Away from here, for whoever gave up the only role of the own account."""
    signing_in.end()
    flash(told)
    flash(gettext("Your account has no role and no access any more: you are signed out."))
    return redirect(url_for("public.home"), 303)
