"""How a person gets into the account: the second step, and the browsers that are signed in."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.domain.account_events import AccountEventKind
from tracker.domain.clock import system_clock
from tracker.domain.errors import NotFound, Problem
from tracker.domain.second_factor import SecondFactorFor, is_required
from tracker.policy.actions import Action
from tracker.queries.sign_ins import factor_of, list_account_events, list_sessions
from tracker.services import sessions
from tracker.services.account_events import record_account_event
from tracker.web.access import requires
from tracker.web.passkey_options import passkeys_offered
from tracker.web.session import current_actor, request_token_hash, second_factor_for
from tracker.web.transaction import session

blueprint = Blueprint("sessions_shown", __name__, url_prefix="/account/sessions")


def _own_id() -> int:
    user_id = current_actor().user_id
    if user_id is None:
        raise NotFound(Problem("not-found"))
    return user_id


def ways_in() -> dict[str, Any]:
    """What the page of one's account shows of it."""
    user_id, rule = _own_id(), second_factor_for()
    return {
        "factor_offered": rule is not SecondFactorFor.OFF,
        "factor_required": is_required(rule, current_actor()),
        "factor": factor_of(session(), user_id),
        "passkeys_offered": passkeys_offered(),
        "browsers": list_sessions(session(), user_id, system_clock()),
        "here": request_token_hash(),
        "events": list_account_events(session(), user_id),
    }


@blueprint.post("/<session_id>/end")
@requires(Action.SESSION_USE)
def end(session_id: str) -> ResponseReturnValue:
    """Sign one of one's own browsers out."""
    sessions.end_own_session(
        session(), actor=current_actor(), public_id=session_id, clock=system_clock
    )
    flash(gettext("That browser is signed out."))
    return _back()


@blueprint.post("/end-others")
@requires(Action.SESSION_USE)
def end_others() -> ResponseReturnValue:
    """Sign every browser out but this one."""
    user_id, actor = _own_id(), current_actor()
    ended = sessions.end_sessions(
        session(), user_id=user_id, clock=system_clock, but=request_token_hash()
    )
    if ended:
        record_account_event(
            session(),
            actor=actor,
            user_id=user_id,
            kind=AccountEventKind.SESSIONS_ENDED,
            at=system_clock(),
        )
    flash(gettext("All other browsers are signed out."))
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for("auth.account") + "#browsers", 303)
