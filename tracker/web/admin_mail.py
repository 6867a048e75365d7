"""Administration of mail: what waits, what could not be sent, what was sent. No text, no link."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.domain.clock import system_clock
from tracker.domain.mail import TROUBLES, MailKind, split_trouble
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.queries.outbox import MailRow, count_mail, dead_mail, finished_mail, waiting_mail
from tracker.services.mail import try_again
from tracker.web.access import requires
from tracker.web.render import label, page
from tracker.web.session import current_actor
from tracker.web.signing_in import settings
from tracker.web.transaction import session

blueprint = Blueprint("admin_mail", __name__, url_prefix="/admin/mail")
SHOWN = 100


@blueprint.before_request
def administrators_only() -> None:
    """Every page here, reading ones too."""
    authorise(current_actor(), Action.MAIL_MANAGE)


@blueprint.get("")
@requires(Action.MAIL_MANAGE)
def outbox() -> ResponseReturnValue:
    """What was given up, what waits, and what is done with."""
    return page(
        "admin/mail.html",
        counts={state.value: number for state, number in count_mail(session()).items()},
        dead=dead_mail(session(), SHOWN),
        waiting=waiting_mail(session(), SHOWN),
        finished=finished_mail(session(), SHOWN),
        shown=SHOWN,
        sends_mail=settings().smtp is not None,
        subject_of=_subject,
        trouble_of=_trouble,
    )


def _subject(mail: MailRow) -> str:
    """What the mail is about, in the reader's language."""
    known = {kind.value for kind in MailKind}
    return label(MailKind(mail.kind)) if mail.kind in known else mail.kind


def _trouble(mail: MailRow) -> tuple[str, str]:
    """A sentence in the reader's language, and what the server said in its own."""
    code, detail = split_trouble(mail.error)
    return (gettext(TROUBLES[code]), detail) if code in TROUBLES else ("", mail.error)


@blueprint.post("/<mail_id>/again")
@requires(Action.MAIL_MANAGE)
def again(mail_id: str) -> ResponseReturnValue:
    """Put a mail that was given up into the queue once more."""
    try_again(session(), actor=current_actor(), mail_id=mail_id, clock=system_clock)
    flash(gettext("The mail waits to be sent again."))
    return redirect(url_for("admin_mail.outbox"), 303)
