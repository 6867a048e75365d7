"""What can happen to an account, as it is recorded for its owner and the administrators."""

from enum import StrEnum


class AccountEventKind(StrEnum):
    """One kind of act upon an account."""

    ROLE_GIVEN = "role-given"
    ROLE_ENDED = "role-ended"
    SECTIONS_CHANGED = "sections-changed"
    LINK_MADE = "link-made"
    LINK_USED = "link-used"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  # nosec B105  # a kind, no secret
    PASSWORD_SET = "password-set"  # noqa: S105  # nosec B105  # a kind, no secret
    FACTOR_SET_UP = "factor-set-up"
    FACTOR_REMOVED = "factor-removed"
    FACTOR_RESET = "factor-reset"
    PASSKEY_ADDED = "passkey-added"
    PASSKEY_REMOVED = "passkey-removed"
    PASSKEY_COPIED = "passkey-copied"
    RECOVERY_CODES_MADE = "recovery-codes-made"
    RECOVERY_CODE_USED = "recovery-code-used"
    CODES_REFUSED = "codes-refused"
    SESSIONS_ENDED = "sessions-ended"
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"
    HANDED_OVER = "handed-over"
    PROVIDER_LINKED = "provider-linked"
    PROVIDER_UNLINKED = "provider-unlinked"
    PROVIDER_SIGN_IN = "provider-sign-in"


# What changes what somebody may do here: they get a mail. To whom has no password yet a role brings
# an invitation instead.
ROLES_TOLD_BY_MAIL = frozenset(
    (AccountEventKind.ROLE_GIVEN, AccountEventKind.ROLE_ENDED, AccountEventKind.HANDED_OVER)
)
# What changes how they sign in, or shows that another may be trying to: likewise. A password and a
# link have mails of their own.
TOLD_BY_MAIL = frozenset(
    (
        AccountEventKind.FACTOR_SET_UP,
        AccountEventKind.FACTOR_REMOVED,
        AccountEventKind.FACTOR_RESET,
        AccountEventKind.PASSKEY_ADDED,
        AccountEventKind.PASSKEY_REMOVED,
        AccountEventKind.PASSKEY_COPIED,
        AccountEventKind.RECOVERY_CODES_MADE,
        AccountEventKind.RECOVERY_CODE_USED,
        AccountEventKind.CODES_REFUSED,
        AccountEventKind.PROVIDER_LINKED,
        AccountEventKind.PROVIDER_UNLINKED,
    )
)
