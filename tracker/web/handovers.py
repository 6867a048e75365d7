"""Handing a focal point's role over, who held it before, and resetting a lost second step."""

from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, NotFound, Problem
from tracker.domain.marking import N_
from tracker.domain.people import parse_email, parse_name
from tracker.domain.roles import Role
from tracker.domain.values import parse_date
from tracker.forms.handover import HandOverForm
from tracker.forms.second_step import ResetStepForm
from tracker.policy.actions import Action
from tracker.policy.authorise import may
from tracker.policy.rules import Subject
from tracker.queries.accounts import AccountRow, MembershipRow
from tracker.queries.role_history import list_focal_points
from tracker.queries.states import state_or_none
from tracker.services import second_factor
from tracker.services.handovers import end_of, hand_over
from tracker.web.access import requires
from tracker.web.admin import (
    is_own_last_role,
    leave,
    managed_membership,
    managed_person,
    person_page,
)
from tracker.web.confirming import sensitive
from tracker.web.invited import link_page, waits_for_link
from tracker.web.known_person import RoleToGive, ask_first, wants_to_correct
from tracker.web.locale import language_choices, parse_page_language
from tracker.web.render import page
from tracker.web.session import current_actor
from tracker.web.transaction import session

blueprint = Blueprint("handovers", __name__, url_prefix="/admin")


def _focal_point(role_id: str) -> tuple[AccountRow, MembershipRow]:
    account, membership = managed_membership(role_id)
    if membership.role is not Role.FOCAL_POINT:
        raise NotFound(Problem("not-found"))
    return account, membership


def _form_page(account: AccountRow, membership: MembershipRow, form: HandOverForm) -> str:
    return page(
        "admin/hand_over.html",
        account=account,
        membership=membership,
        form=form,
        last_role=is_own_last_role(account),
    )


@blueprint.get("/memberships/<role_id>/hand-over")
@requires(Action.ACCOUNT_MANAGE)
def ask(role_id: str) -> ResponseReturnValue:
    """Ask to whom, and until when both hold the role."""
    account, membership = _focal_point(role_id)
    form = HandOverForm(languages=language_choices(), data={"language": account.language})
    return _form_page(account, membership, form)


@blueprint.post("/memberships/<role_id>/hand-over")
@requires(Action.ACCOUNT_MANAGE)
@sensitive
def take(role_id: str) -> ResponseReturnValue:
    """Hand the role over; a successor without a password gets a link, shown once."""
    form = HandOverForm(request.form, languages=language_choices())
    try:
        account, membership = _focal_point(role_id)
    except NotFound:
        waiting = waits_for_link(form.typed("email"))
        if waiting is None:
            raise
        flash(gettext("A link is shown only once: make a new one here."))
        return redirect(url_for("admin.person", person_id=waiting.public_id, _anchor="link"), 303)
    try:
        values = form.parsed(
            email=parse_email,
            name=parse_name,
            language=parse_page_language,
            last_day=_parse_last_day,
        )
        if wants_to_correct():
            return _form_page(account, membership, form)
        wanted = RoleToGive(
            values["email"],
            Role.FOCAL_POINT,
            membership.state_id,
            ends_for=account.name,
            last_day=values["last_day"],
        )
        heading = gettext("Hand over the role of %(name)s", name=account.name)
        asked = ask_first(wanted, heading, gettext("Hand the role over to this person"))
        if asked is not None:
            return asked
        added = hand_over(
            session(),
            actor=current_actor(),
            membership_id=membership.id,
            clock=system_clock,
            **values,
        )
    except Invalid as error:
        form.show(*error.problems)
        return _form_page(account, membership, form), 422
    leaves = is_own_last_role(account) and values["last_day"] is None
    told = _told(account.name, values["last_day"])
    if added.needs_link:
        return link_page(added.user_id, values["email"], told, leaves=leaves)
    if leaves:
        return leave(told)
    flash(told)
    return redirect(url_for("handovers.focal_points", iso3=membership.iso3), 303)


def _told(name: str, last_day: date | None) -> str:
    sentence = N_("The role of %(name)s is handed over.")
    if last_day is not None:
        sentence = N_("The role is handed over; %(name)s keeps it up to this day: %(day)s.")
    day = format_date(last_day, "long") if last_day else ""
    return str(gettext(sentence, name=name, day=day))


def _parse_last_day(typed: str, *, place: str) -> date | None:
    day = parse_date(typed, place=place)
    if day is not None:
        end_of(day, system_clock)  # refused before anybody is asked to look at the successor
    return day


@blueprint.get("/states/<iso3>/focal-points")
@requires(Action.ACCOUNT_MANAGE)
def focal_points(iso3: str) -> ResponseReturnValue:
    """Who is and who was focal point of a State."""
    state = state_or_none(session(), iso3)
    if state is None or not may(current_actor(), Action.ACCOUNT_MANAGE, Subject(state_id=state.id)):
        raise NotFound(Problem("not-found"))
    held = list_focal_points(session(), current_actor(), state.id)
    name = dict(state.state.name)
    return page("admin/focal_points.html", held=held, state_name=name, now=system_clock())


@blueprint.post("/people/<person_id>/second-step/reset")
@requires(Action.ACCOUNT_MANAGE)
@sensitive
def reset_second_step(person_id: str) -> ResponseReturnValue:
    """Forget app and passkeys of somebody who lost them; the reason stands in the history."""
    account = managed_person(person_id)
    form = ResetStepForm(request.form)
    try:
        second_factor.reset(
            session(),
            actor=current_actor(),
            user_id=account.id,
            reason=form.typed("reason"),
            clock=system_clock,
        )
    except Invalid as error:
        form.show(*error.problems)
        return person_page(account, reset_form=form), 422
    flash(
        gettext("The second step is reset. The person sets up app or passkey at the next sign-in.")
    )
    return redirect(url_for("admin.person", person_id=person_id), 303)
