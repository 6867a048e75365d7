"""What the script of a page needs to ask a device for a passkey.

The name that passkeys are bound to comes from the configured address alone, never from a request.
"""

from tracker.domain.passkeys import RelyingParty, relying_party
from tracker.domain.second_factor import SecondFactorFor
from tracker.queries.passkeys import list_passkeys, passkey_owner
from tracker.queries.sign_ins import BrowserRow
from tracker.services.passkey_ceremonies import creation_options, request_options
from tracker.web.proving import person_id
from tracker.web.session import second_factor_for
from tracker.web.signing_in import settings
from tracker.web.transaction import session


def party() -> RelyingParty | None:
    """This site as devices know it; ``None`` where it can have no passkeys."""
    off = second_factor_for() is SecondFactorFor.OFF
    return None if off else relying_party(settings().base_url)


def passkeys_offered() -> bool:
    """Whether passkeys can be added and used here."""
    return party() is not None


def set_up_options(browser: BrowserRow, challenge: str | None, site_name: str) -> str:
    """To make a passkey with; empty where there is no challenge."""
    site = party()
    if site is None or challenge is None:
        return ""
    user_id = person_id(browser)
    return creation_options(
        site,
        site_name=site_name,
        owner=passkey_owner(session(), user_id),
        challenge=challenge,
        known=list_passkeys(session(), user_id),
    )


def sign_in_options(browser: BrowserRow, challenge: str | None) -> str:
    """To sign in with; empty where there is no challenge, or no passkey."""
    site = party()
    if site is None or challenge is None or not browser.has_passkey:
        return ""
    known = list_passkeys(session(), person_id(browser))
    return request_options(site, challenge=challenge, known=known)
