"""Every sentence that tells a user what is wrong, by code; translated where it is shown."""

from collections.abc import Callable
from typing import Final

from tracker.domain.address_messages import ADDRESS_MESSAGES
from tracker.domain.errors import Problem
from tracker.domain.evidence_messages import EVIDENCE_MESSAGES
from tracker.domain.export_messages import EXPORT_MESSAGES
from tracker.domain.import_messages import IMPORT_MESSAGES
from tracker.domain.marking import N_ as N_
from tracker.domain.provider_messages import PROVIDER_MESSAGES
from tracker.domain.published_messages import PUBLISHED_MESSAGES
from tracker.domain.report_messages import REPORT_MESSAGES
from tracker.domain.workbook_messages import WORKBOOK_MESSAGES

MESSAGES: Final[dict[str, str]] = {
    **ADDRESS_MESSAGES,
    **EVIDENCE_MESSAGES,
    **EXPORT_MESSAGES,
    **IMPORT_MESSAGES,
    **PROVIDER_MESSAGES,
    **PUBLISHED_MESSAGES,
    **REPORT_MESSAGES,
    **WORKBOOK_MESSAGES,
    # single values
    "refused-characters": N_(
        "This text holds characters that a workbook cannot hold: %(characters)s. "
        "Delete them and save again."
    ),
    "text-too-long": N_(
        "This text has %(length)s characters; at most %(limit)s fit. Shorten it and save again."
    ),
    "not-a-choice": N_("“%(value)s” is not one of the choices: %(allowed)s."),
    "not-a-date": N_("“%(value)s” is not a date. Write 2024, 2024-06 or 2024-06-30."),
    "not-a-day": N_("“%(value)s” is not a day. Write it as 2024-06-30."),
    "confirmed-in-future": N_(
        "%(value)s has not come yet. Write the day on which the entry was last confirmed, or leave "
        "it empty."
    ),
    "adopted-in-future": N_(
        "%(value)s has not come yet. Write when the law or instrument was adopted; if that is "
        "still to come, leave the date empty and say so in the text."
    ),
    "not-a-link": N_("“%(value)s” is not a web address. Begin it with https:// or http://."),
    "negative-count": N_("%(value)s is below zero. Write a whole number from 0."),
    "not-a-count": N_(
        "“%(value)s” is not a whole number from 0 to %(largest)s. Leave it empty if unknown."
    ),
    "not-a-decimal": N_("“%(value)s” is not a number. Write it as 1200 or 12.5."),
    "ambiguous-decimal": N_(
        "“%(value)s” may mean thousands or thousandths. Write thousands without a point or comma, "
        "as in 1000, and thousandths with a fourth decimal, as in 1.0000."
    ),
    "not-a-currency": N_(
        "“%(value)s” is not a currency. Write its three letters, such as USD, EUR or XOF."
    ),
    "not-a-paragraph": N_(
        "“%(value)s” is not the number of a paragraph. Write numbers parted by commas: 28, 30-32."
    ),
    "no-such-paragraph": N_("This outcome document has no commitment in paragraph %(number)s."),
    "paragraph-asks-nothing": N_(
        "“%(number)s” is not the number of a paragraph that asks States for something here."
    ),
    "amount-needs-currency": N_("Name the currency of the amount."),
    "members-of-a-body-only": N_(
        "Numbers of women and men belong to the coordination body; leave them empty here."
    ),
    "search-too-long": N_("Search for at most %(limit)s characters."),
    "too-many-items": N_("A report holds at most %(limit)s rows of this kind."),
    "measure-needs-title": N_("Name the law or instrument, or empty its date and link."),
    "too-many-measures": N_(
        "A response holds at most %(limit)s laws and instruments. Remove some, or name several in "
        "one row."
    ),
    "required": N_("Fill in this field."),
    # signing in
    "sign-in-needed": N_(
        "Your session has ended. Your text stays on this page: press Save to sign in and save it."
    ),
    "cannot-sign": N_(
        "The report was not submitted, since its receipt cannot be signed now. Your answers are "
        "kept. Tell whoever operates this site, and submit again later."
    ),
    "database-unusable": N_(
        "The database of this site does not answer just now. Nothing was saved."
    ),
    "not-saved": N_("Nothing was saved. Try again in a moment."),
    "done-meanwhile": N_(
        "Somebody did the same at the same moment, so this was not done again. Reload the page."
    ),
    "other-person": N_(
        "This page was opened by %(other)s, but %(name)s is signed in now. Nothing was changed: "
        "open the page again."
    ),
    "other-person-typed": N_(
        "This page was opened by %(other)s, but %(name)s is signed in now. Your text stays on it: "
        "press Save to choose under whose name it is saved."
    ),
    "signed-in-again": N_(
        "You have signed in again since you opened this page. Your text stays on it: press Save to "
        "save it."
    ),
    "form-expired": N_(
        "This form had expired or came from another site. Go back, reload the page and try again."
    ),
    "sign-in-refused": N_("The e-mail address or the password is not right. Try again."),
    "too-many-attempts": N_(
        "Too many attempts with this address. Wait %(minutes)s minutes, then try again."
    ),
    "too-busy": N_(
        "Too many people are signing in at this moment. Nothing was changed. Wait a few seconds, "
        "then try again."
    ),
    "confirmation-refused": N_("This is not your password. Try again."),
    "code-wrong": N_(
        "This code is not right, or was used before. Take another recovery code, or wait for the "
        "next code of your app."
    ),
    "code-of-no-kind": N_(
        "This is no code. Type the %(digits)s digits that your app shows, or one recovery code."
    ),
    "set-up-code-of-no-kind": N_(
        "This is no code. Type the %(digits)s digits that your app shows now."
    ),
    "mailed-code-wrong": N_(
        "This code is not right, was replaced by a newer one, or its ten minutes are over. Look "
        "for the latest message, or have a new code sent."
    ),
    "mailed-code-of-no-kind": N_(
        "This is no code. Type the %(signs)s letters and digits of the message."
    ),
    "code-wrong-set-up": N_(
        "This code does not belong to this key, or its time is over. Type the code that the app "
        "shows now; if it is refused again, check the clock of your device."
    ),
    "set-up-expired": N_("Setting up was not finished in time. Begin again."),
    "passkey-needs-script": N_(
        "A passkey needs JavaScript, which did not run in your browser. Nothing was changed."
    ),
    "passkey-too-late": N_("This took longer than five minutes, or was sent twice. Try again."),
    "passkey-refused": N_(
        "The answer of your device is not one for this site and this account. Try again."
    ),
    "passkey-there-already": N_("This passkey is in use already. Nothing was changed."),
    "passkeys-enough": N_(
        "There are %(most)s passkeys already. Remove one that you no longer use."
    ),
    "passkey-copied": N_(
        "This passkey was refused, because its counter of uses went back: there may be a copy of "
        "it. Sign in another way, then remove it on the page of your account."
    ),
    "factor-there-already": N_("A second step is set up for this account already."),
    "factor-required": N_("A second step is needed for your account, so it cannot be removed."),
    "too-many-codes": N_("Too many wrong codes. Wait %(minutes)s minutes, then try again."),
    "too-many-codes-today": N_(
        "Too many wrong codes in a day. Wait until tomorrow, or ask an administrator to reset your "
        "second step."
    ),
    "no-factor": N_("No second step is set up for this account."),
    "reset-by-another": N_("Ask another administrator to reset your own second step."),
    "invitation-invalid": N_(
        "This link was used before, has expired or was replaced by a newer one. "
        "Ask whoever sent it for a new one."
    ),
    "reset-invalid": N_(
        "This link was used before, has expired or was replaced by a newer one. "
        "Ask for a new one on the page “Forgotten password”."
    ),
    # people
    "not-an-email": N_("“%(value)s” is not an e-mail address. Write it as name@example.org."),
    "role-needs-state": N_("This role is held for a State: choose the State."),
    "role-without-state": N_("This role belongs to the secretariat: choose no State."),
    "role-held": N_("This person already holds this role."),
    "account-inactive": N_(
        "The account with this address has been deactivated. Ask the secretariat to activate it."
    ),
    "account-elsewhere": N_(
        "Only the secretariat can do this for this address. Ask the secretariat."
    ),
    "states-meet": N_(
        "Roles of more than one State meet in this person: %(states)s. Whoever holds them reads "
        "the working copies of each of these States."
    ),
    "sides-meet": N_(
        "A role in the secretariat and a role of a State meet in this person: %(states)s. Whoever "
        "holds them reads, and may review, what that State reports."
    ),
    "last-administrator": N_(
        "This is the last administrator who can sign in. Give the role to somebody else first; "
        "it counts once that person has chosen a password."
    ),
    "hand-over-to-another": N_("Name another person than the one whose role is handed over."),
    "hand-over-of-focal-points": N_("Only the role of a national focal point is handed over."),
    "last-day-past": N_("This day is over. Choose today or a later day, or leave it empty."),
    "last-day-too-far": N_("Choose a day within %(days)s days from today."),
    "no-such-section": N_("There is no section “%(code)s”."),
    "sections-needed": N_("Choose at least one section for a contributor."),
    "sections-for-contributors": N_("Only contributors are given sections; choose none."),
    "password-too-short": N_("This password is too short. Use at least %(least)s characters."),
    "password-too-long": N_("This password is too long. Use at most %(most)s characters."),
    "password-not-text": N_("The password is not UTF-8 text. Send it in that encoding."),
    "password-easy": N_(
        "This password is easy to guess: it is a common one, or made of your name or of the name "
        "of this site. Use a few words that have nothing to do with each other."
    ),
    "passwords-differ": N_("The two passwords are not the same. Type the new password twice."),
    "password-wrong": N_("This is not your present password."),
    # cycles and documents
    "unknown-document": N_("There is no outcome document “%(slug)s”."),
    "unknown-cycle": N_("There is no reporting cycle “%(slug)s”."),
    "unknown-user": N_("There is no active account with the address “%(email)s”."),
    "state-makes-no-reports": N_(
        "The State with the code “%(code)s” makes no reports on this site, so there is nothing of "
        "it here. Its own page shows its official record."
    ),
    "unknown-state": N_("There is no State with the code “%(code)s”."),
    "cycle-exists": N_("There is already a reporting cycle “%(slug)s”. Choose another short name."),
    "cycle-same-day": N_(
        "The reporting cycle “%(slug)s” opens on this day, too. Choose another day: it says which "
        "of the two is the earlier one."
    ),
    "not-a-slug": N_("“%(value)s” is no short name: use small letters, digits and hyphens."),
    "cycle-has-reports": N_(
        "Reports have been begun in the reporting cycle “%(slug)s”, so it cannot be deleted. "
        "Change its days instead."
    ),
    "only-cycle": N_(
        "This is the only reporting cycle. Open another one first, then delete this one."
    ),
    "day-unlikely": N_(
        "%(value)s lies outside the years from %(first)s to %(last)s. Check the year."
    ),
    "due-before-opening": N_("The due day lies before the opening day."),
    "closes-too-early": N_("The closing day lies before the opening or the due day."),
    "period-reversed": N_("The period covered ends before it begins."),
    "already-struck": N_("This text was struck out before."),
    "question-struck": N_("A question of these words was struck out. Ask in other words."),
    # exports
    "cycles-of-different-documents": N_(
        "The cycles “%(first)s” and “%(second)s” are on different outcome documents. Export each "
        "document on its own."
    ),
    "cycle-needed": N_("Choose at least one reporting cycle."),
    "no-submission-shown": N_(
        "%(state)s has no report in the reporting cycle “%(cycle)s” that may be shown here."
    ),
    # indicators
    "not-a-year": N_("“%(value)s” is not a year from %(first)s to %(last)s."),
    "too-many-years": N_("A return holds at most %(limit)s years. Remove some of them."),
    "no-such-figure": N_("This indicator asks for no figure called “%(value)s”."),
    "unknown-indicator": N_("There is no indicator “%(slug)s”."),
    "figure-counted-twice": N_(
        "%(input)s, %(year)s: given both under “%(unsplit)s” and under %(split)s, so that it would "
        "count twice. Keep one of the two."
    ),
    "figures-exceed": N_(
        "%(category)s, %(year)s: %(parts)s = %(sum)s, more than %(whole)s = %(limit)s. "
        "Correct the figure that is wrong."
    ),
    "figures-exceed-together": N_(
        "All categories together, %(year)s: %(parts)s = %(sum)s, more than %(whole)s = %(limit)s. "
        "Correct the figure that is wrong."
    ),
    "figures-fall-short": N_(
        "%(category)s, %(year)s: %(parts)s = %(sum)s, but %(whole)s = %(limit)s. "
        "Check whether a figure is wrong; they can be saved as they are."
    ),
    "figures-fall-short-together": N_(
        "All categories together, %(year)s: %(parts)s = %(sum)s, but %(whole)s = %(limit)s. "
        "Check whether a figure is wrong; they can be saved as they are."
    ),
}


def sentence(problem: Problem, translate: Callable[[str], str] = str) -> str:
    """The sentence of a problem; ``translate`` turns the source sentence into the language."""
    template = MESSAGES.get(problem.code, problem.code)
    return translate(template) % problem.values if problem.values else translate(template)
