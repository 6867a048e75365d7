"""The link by which somebody chooses a password: shown once, and where to make another."""

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid
from tracker.domain.people import parse_email
from tracker.queries.accounts import AccountRow, list_manageable_accounts
from tracker.services import invitations
from tracker.web.render import page
from tracker.web.session import current_actor
from tracker.web.signing_in import end, settings
from tracker.web.transaction import session

PRIVATE = {"Cache-Control": "no-store"}


def link_page(
    user_id: int, email: str, told: str = "", *, leaves: bool = False
) -> ResponseReturnValue:
    """A new link of this person, shown once; ``leaves`` whoever makes it, having no role left."""
    token = invitations.invite(
        session(), actor=current_actor(), user_id=user_id, clock=system_clock
    )
    if leaves:
        end()
    if told:
        flash(told)
    link = settings().base_url + url_for("auth.invitation", token=token)
    shown = page(
        "admin/link.html",
        link=link,
        email=email,
        sends_mail=settings().smtp is not None,
        leaves=leaves,
    )
    return shown, 200, PRIVATE


def waits_for_link(email: str) -> AccountRow | None:
    """Whom the reader manages with this address, if there is no password yet.

    For a page that was loaded again after it had shown the link of this person.
    """
    try:
        wanted = parse_email(email)
    except Invalid:
        return None
    for account in list_manageable_accounts(session(), current_actor()):
        if account.email == wanted and account.is_active and not account.has_password:
            return account
    return None
