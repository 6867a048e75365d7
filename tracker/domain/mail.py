"""Mail that waits to be sent: its kinds and states, and how long to wait before trying again."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tracker.domain.marking import N_

ATTEMPTS = 10
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
GROWTH = 3
# After this long whoever claimed a mail is taken for dead, and the mail is sent again.
CLAIM_LASTS = timedelta(minutes=10)
FINISHED_KEPT_FOR = timedelta(days=180)
NO_BREAK = "\u00a0\u202f"


class MailState(StrEnum):
    """What became of a mail."""

    QUEUED = "queued"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"


class MailKind(StrEnum):
    """What a mail is about. The database takes any, so that a new kind needs no migration."""

    INVITATION = "invitation"
    PASSWORD_RESET = "password-reset"  # noqa: S105  # nosec B105  # a code, not a password
    SIGN_IN_CODE = "sign-in-code"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  # nosec B105  # likewise
    ACCOUNT_CHANGED = "account-changed"
    ROLE_CHANGED = "role-changed"
    CYCLE_OPENED = "cycle-opened"
    REMINDER = "reminder"
    REPORT_SUBMITTED = "report-submitted"
    REPORT_RETURNED = "report-returned"
    REPORT_ACCEPTED = "report-accepted"
    REPORT_PUBLISHED = "report-published"
    CLARIFICATION_ASKED = "clarification-asked"
    CLARIFICATION_ANSWERED = "clarification-answered"
    TEXT_STRUCK = "text-struck"


# Their links, or the code, are secrets.
LINK_KINDS = (MailKind.INVITATION, MailKind.PASSWORD_RESET, MailKind.SIGN_IN_CODE)


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """One file that goes with a mail."""

    name: str
    media_type: str
    content: bytes


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 1, 3, 9 … minutes, never over 6 hours."""
    factor: int = GROWTH ** (min(attempts, ATTEMPTS) - 1)
    return min(FIRST_WAIT * factor, LONGEST_WAIT)


def one_line(text: str, limit: int = 300) -> str:
    """A text without line breaks and control characters, as headers and lists need it.

    Blanks that may not break stay: French puts them before its colons.
    """
    plain = "".join(c if c.isprintable() or c in NO_BREAK else " " for c in text)
    shown = " ".join(word for word in plain.split(" ") if word)
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def split_trouble(trouble: str) -> tuple[str, str]:
    """Code and detail of what went wrong, as ``trouble_of`` joined them."""
    code, _, detail = trouble.partition(": ")
    return code, detail


def trouble_of(code: str, detail: str = "") -> str:
    """What went wrong: a code of ``TROUBLES``, and what the server said."""
    said = one_line(detail)
    return f"{code}: {said}" if said else code


TROUBLES = {
    "unreachable": N_("The mail server cannot be reached."),
    "certificate-refused": N_(
        "The certificate of the mail server is not to be trusted, so nothing was sent to it."
    ),
    "not-encrypted": N_("The mail server offers no encryption, so nothing was sent to it."),
    "sign-in-refused": N_("The mail server refuses the user name or the password."),
    "sender-refused": N_("The mail server refuses the sender."),
    "recipient-refused": N_("The mail server refuses the recipient."),
    "text-refused": N_("The mail server refuses the message."),
    "recipient-put-off": N_("The mail server did not take mail for the recipient at that time."),
    "text-put-off": N_("The mail server did not take the message at that time."),
    "connection-lost": N_("The connection to the mail server was lost."),
    "address-unusable": N_("The mail server cannot write to an address of this form."),
    "not-written": N_("The message could not be written, because of an error in the tracker."),
    "interrupted": N_("Sending was interrupted each time."),
}
