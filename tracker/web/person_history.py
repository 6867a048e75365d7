"""What an administrator sees of an account besides its roles of today."""

from typing import Any

from tracker.domain.clock import system_clock
from tracker.forms.second_step import ResetStepForm
from tracker.queries.accounts import AccountRow
from tracker.queries.role_history import list_roles_of
from tracker.queries.sign_ins import factor_of, list_account_events
from tracker.web.session import current_actor
from tracker.web.transaction import session


def history_of(account: AccountRow, reset_form: ResetStepForm | None = None) -> dict[str, Any]:
    """Roles that are over, the second step, and what was done to the account."""
    now = system_clock()
    roles = list_roles_of(session(), current_actor(), account.id)
    return {
        "earlier": [held for held in roles if held.is_over(now)],
        "factor": factor_of(session(), account.id),
        "events": list_account_events(session(), account.id),
        "reset_form": reset_form or ResetStepForm(),
    }
