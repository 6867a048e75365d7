"""The key of this site, and what is signed with it in a request."""

from flask import current_app

from tracker.delivery.signing import KeyFile
from tracker.domain.signed import Signer
from tracker.exchange.receipts import printed_receipt
from tracker.models import Submission
from tracker.queries.receipts import receipt_of
from tracker.services.receipts import keep_printed
from tracker.web.locale import chosen_language
from tracker.web.transaction import commit_apart, release, session


def key_file() -> KeyFile:
    """Where the private key of this site is kept."""
    settings = current_app.config["SETTINGS"]
    return KeyFile(settings.instance_path, demonstration=settings.demonstration)


def print_receipt(submission: Submission, signer: Signer) -> None:
    """Keep the receipt of a new submission as a page in the language of whoever submitted.

    The submission is committed first: printing takes longer than all the rest, and in the hour
    of the deadline everybody else's saves would wait for it. Where it is cut short the page is
    made from the receipt whenever it is asked for.
    """
    commit_apart()
    row, language = receipt_of(session(), submission.id), chosen_language()
    release()
    pdf = printed_receipt(row, language)
    keep_printed(session(), submission=submission, language=language, pdf=pdf, signer=signer)
