"""Before somebody who has an account is given a role: the account is shown, and a yes asked for.

An address mistyped may be that of another State's person, who would read drafts at once. What was
seen goes with the yes, so that it counts for nothing else.
"""

from dataclasses import dataclass
from datetime import date

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.domain.errors import Problem
from tracker.domain.people import roles_meeting
from tracker.domain.roles import Role
from tracker.queries.accounts import AccountRow, MembershipRow, account_by_id
from tracker.queries.states import states_by_id
from tracker.services import accounts
from tracker.web.locale import in_language
from tracker.web.render import page, problem_text
from tracker.web.session import current_actor
from tracker.web.transaction import session

SEEN, CHANGE = "seen", "change"
OWN_FIELDS = ("csrf_token", SEEN, CHANGE)


@dataclass(frozen=True, slots=True)
class RoleToGive:
    """What would be given, to the person with this address.

    ``ends_for`` names whose role ends with it, ``last_day`` when; without a day at once.
    """

    email: str
    role: Role
    state_id: int | None
    sections: tuple[str, ...] = ()
    ends_for: str = ""
    last_day: date | None = None


def wants_to_correct() -> bool:
    """Whether the form is asked for again, filled in as it was."""
    return CHANGE in request.form


def ask_first(wanted: RoleToGive, heading: str, button: str) -> ResponseReturnValue | None:
    """The page that asks; ``None`` for a new address, a role held already that is to end for
    nobody else, and after a yes.

    ``Invalid`` where the role cannot be given. ``heading`` is the page on which the form stands.
    """
    user_id = accounts.find_user(
        session(),
        actor=current_actor(),
        email=wanted.email,
        role=wanted.role,
        state_id=wanted.state_id,
        sections=wanted.sections,
    )
    if user_id is None:
        return None
    account = account_by_id(session(), user_id)
    held = (wanted.role, wanted.state_id) in {(r.role, r.state_id) for r in account.memberships}
    said, now = request.form.get(SEEN), _as_seen(account)
    if (held and not wanted.ends_for) or said == now:
        return None
    kept = [pair for pair in request.form.items(multi=True) if pair[0] not in OWN_FIELDS]
    state_name = _state_name(wanted.state_id)
    shown = page(
        "admin/known_person.html",
        account=account,
        wanted=wanted,
        held=held,
        state_name=state_name,
        warnings=[problem_text(one) for one in _warnings(account, wanted.state_id, state_name)],
        changed=said is not None,
        fields=[*kept, (SEEN, now)],
        heading=heading,
        button_text=button,
    )
    return shown, 200 if said is None else 409


def _as_seen(account: AccountRow) -> str:
    """Whose account it is, and every role on the page, for the form to bring back."""
    return " ".join([account.public_id, *sorted(row.public_id for row in account.memberships)])


def _state_name(state_id: int | None) -> str:
    if state_id is None:
        return ""
    (row,) = states_by_id(session(), [state_id])
    return in_language(dict(row.state.name))


def _warnings(account: AccountRow, given: int | None, state_name: str) -> tuple[Problem, ...]:
    places = {row.state_id: _place(row) for row in account.memberships}
    return roles_meeting({**places, given: state_name or gettext("Secretariat")}, given)


def _place(row: MembershipRow) -> str:
    return in_language(row.state_name) if row.state_id is not None else gettext("Secretariat")
