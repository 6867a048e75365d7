"""The sentences of every mail. Nothing that somebody wrote in a report or a question stands here:

mail travels through many hands, so it says that there is something to read, and where. The reason
for striking a text out stands in one, as it stands in place of the text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.domain.mail import MailKind
from tracker.domain.marking import N_

SITE = N_("Small Arms Commitments Tracker")
FOOTER = N_(
    "This message was sent automatically by the %(site)s, %(base_url)s. Replies are not read."
)


@dataclass(frozen=True, slots=True)
class MailText:
    """Subject, paragraphs before and after the link, and the path that the link leads to."""

    subject: str
    before: tuple[str, ...]
    path: str
    after: tuple[str, ...] = ()


REMINDER_BEFORE = MailText(
    N_("%(state)s, reporting cycle %(cycle)s: due on %(due)s"),
    (
        N_("The report of %(state)s in the reporting cycle %(cycle)s is due on %(due)s."),
        N_("Days left: %(days)s"),
        N_("Where it stands: %(status)s"),
        N_("Commitments still to be completed: %(missing)s of %(asked)s"),
        N_("Continue here:"),
    ),
    "/reports",
)
REMINDER_AFTER = MailText(
    N_("%(state)s, reporting cycle %(cycle)s: was due on %(due)s"),
    (
        N_(
            "The report of %(state)s in the reporting cycle %(cycle)s was due on %(due)s and has "
            "not been submitted. It is still accepted, marked as late."
        ),
        N_("Days since: %(days)s"),
        N_("Where it stands: %(status)s"),
        N_("Commitments still to be completed: %(missing)s of %(asked)s"),
        N_("Continue here:"),
    ),
    "/reports",
)
NOT_BEGUN = N_("not begun")

FILE_REMOVED = MailText(
    N_("%(state)s: a file was removed by the secretariat"),
    (
        N_(
            "The secretariat has removed a file of %(state)s from reports of these reporting "
            "cycles: %(cycles)s"
        ),
        N_("Where it was attached: %(place)s"),
        N_("Reason: %(reason)s"),
        N_(
            "Nobody can download this file any more, and it cannot be attached again; its title "
            "and its name were deleted. The reason stands in their place. Read it here:"
        ),
    ),
    "/reports/%(report)s",
)

TEXTS: dict[MailKind, MailText] = {
    MailKind.INVITATION: MailText(
        N_("Your account in the %(site)s"),
        (
            N_("You have an account in the %(site)s, under this address: %(address)s"),
            N_(
                "Choose a password on this page. The link works once, for seven days; give it to "
                "nobody else:"
            ),
        ),
        "/invitations/%(token)s",
        (N_("If this message was not meant for you, do nothing."),),
    ),
    MailKind.PASSWORD_RESET: MailText(
        N_("A new password for the %(site)s"),
        (
            N_("A new password was asked for, for the account with this address: %(address)s"),
            N_("Choose it on this page. The link works once, for one hour:"),
        ),
        "/reset-password/%(token)s",
        (N_("If it was not you, do nothing: your password stays as it is."),),
    ),
    MailKind.SIGN_IN_CODE: MailText(
        N_("Your code for the %(site)s"),
        (
            N_("Somebody signs in as %(address)s with the right password. The code is:"),
            "%(token)s",
            N_("It works once, for ten minutes, in the browser that asked for it. Type it here:"),
        ),
        "/sign-in/mailed-code",
        (
            N_(
                "If it was not you, give the code to nobody and change your password at once: "
                "somebody else knows it."
            ),
        ),
    ),
    MailKind.PASSWORD_CHANGED: MailText(
        N_("Your password for the %(site)s was changed"),
        (
            N_(
                "The password of the account with the address %(address)s was changed on %(at)s "
                "UTC. Other browsers were signed out."
            ),
            N_(
                "If it was not you, ask for a new password at once, and tell the secretariat. Ask "
                "for it here:"
            ),
        ),
        "/forgotten-password",
    ),
    MailKind.ACCOUNT_CHANGED: MailText(
        N_("Your account in the %(site)s: %(event)s"),
        (
            N_("Account with the address %(address)s, on %(at)s UTC: %(event)s"),
            N_(
                "If you did this or asked for it, do nothing. If not, change your password at once "
                "and tell the secretariat. Your account is here:"
            ),
        ),
        "/account",
    ),
    MailKind.ROLE_CHANGED: MailText(
        N_("Your account in the %(site)s: %(event)s"),
        (
            N_("Account with the address %(address)s, on %(at)s UTC: %(event)s"),
            N_("Role: %(role)s"),
            N_("If you do not know why, ask the secretariat. Your account is here:"),
        ),
        "/account",
    ),
    MailKind.CYCLE_OPENED: MailText(
        N_("%(state)s: the reporting cycle %(cycle)s is open"),
        (
            N_("The reporting cycle %(cycle)s is open. Reports of %(state)s can be begun."),
            N_("Due on: %(due)s"),
            N_("Begin here:"),
        ),
        "/reports",
    ),
    MailKind.REPORT_SUBMITTED: MailText(
        N_("%(state)s, reporting cycle %(cycle)s: submission %(number)s was received"),
        (
            N_(
                "The report of %(state)s in the reporting cycle %(cycle)s was submitted on %(at)s "
                "UTC by %(name)s, %(title)s. It is submission number %(number)s."
            ),
            N_("Hash of its content (SHA-256): %(content_hash)s"),
            N_("The receipt is attached. Keep it: with it the submission can be checked later."),
            N_("The submission is here:"),
        ),
        "/reports/%(report)s/submissions/%(number)s",
    ),
    MailKind.REPORT_RETURNED: MailText(
        N_("%(state)s, reporting cycle %(cycle)s: the report was returned"),
        (
            N_(
                "The secretariat has returned submission number %(number)s of %(state)s in the "
                "reporting cycle %(cycle)s."
            ),
            N_("Read the reason, change the report and submit it again here:"),
        ),
        "/reports/%(report)s",
    ),
    MailKind.REPORT_ACCEPTED: MailText(
        N_("%(state)s, reporting cycle %(cycle)s: the report was accepted"),
        (
            N_(
                "The secretariat has accepted submission number %(number)s of %(state)s in the "
                "reporting cycle %(cycle)s. It can no longer be withdrawn."
            ),
            N_("The submission is here:"),
        ),
        "/reports/%(report)s/submissions/%(number)s",
    ),
    MailKind.REPORT_PUBLISHED: MailText(
        N_("%(state)s, reporting cycle %(cycle)s: the report was published"),
        (
            N_(
                "Submission number %(number)s of %(state)s in the reporting cycle %(cycle)s was "
                "published. Everybody can read what is marked for everybody."
            ),
            N_("The submission is here:"),
        ),
        "/reports/%(report)s/submissions/%(number)s",
    ),
    MailKind.CLARIFICATION_ASKED: MailText(
        N_("%(state)s, reporting cycle %(cycle)s: question on paragraph %(paragraph)s"),
        (
            N_(
                "The secretariat asks about the answer of %(state)s to paragraph %(paragraph)s in "
                "the reporting cycle %(cycle)s."
            ),
            N_("Read the question and reply here; a reply needs no new submission:"),
        ),
        "/reports/%(report)s/clarifications/%(clarification)s",
    ),
    MailKind.CLARIFICATION_ANSWERED: MailText(
        N_("%(state)s, reporting cycle %(cycle)s: reply on paragraph %(paragraph)s"),
        (
            N_(
                "%(state)s has replied to the question on paragraph %(paragraph)s in the reporting "
                "cycle %(cycle)s."
            ),
            N_("Read the reply here:"),
        ),
        "/review/submissions/%(submission)s#p%(paragraph)s",
    ),
    MailKind.TEXT_STRUCK: MailText(
        N_("%(state)s: a text was struck out by the secretariat"),
        (
            N_(
                "The secretariat has struck out a text of %(state)s, in reports of these reporting "
                "cycles: %(cycles)s"
            ),
            N_("Where it stood: %(place)s"),
            N_("Which text: %(field)s"),
            N_("Reason: %(reason)s"),
            N_(
                "Its words were deleted and cannot be brought back; the reason stands in their "
                "place. Read it here:"
            ),
        ),
        "/reports/%(report)s",
    ),
}


def text_of(kind: MailKind, data: Mapping[str, Any]) -> MailText:
    """The sentences of a kind of mail: ``late`` and ``file`` choose between those of one kind."""
    if kind is MailKind.REMINDER:
        return REMINDER_AFTER if data.get("late") else REMINDER_BEFORE
    if kind is MailKind.TEXT_STRUCK and data.get("file"):
        return FILE_REMOVED
    return TEXTS[kind]
