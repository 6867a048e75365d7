"""The key of this site, and what is signed with it in a request."""

from flask import current_app
from sqlalchemy.orm import Session

from tracker.delivery.signing import KeyFile
from tracker.domain.signed import Signer
from tracker.exchange.receipts import printed_receipt
from tracker.models import Submission
from tracker.queries.receipts import receipt_of
from tracker.services.receipts import keep_printed
from tracker.web.locale import chosen_language


def key_file() -> KeyFile:
    """Where the private key of this site is kept."""
    settings = current_app.config["SETTINGS"]
    return KeyFile(settings.instance_path, demonstration=settings.demonstration)


def print_receipt(session: Session, submission: Submission, signer: Signer) -> None:
    """Keep the receipt of a new submission as a page in the language of whoever submitted."""
    language = chosen_language()
    pdf = printed_receipt(receipt_of(session, submission.id), language)
    keep_printed(session, submission=submission, language=language, pdf=pdf, signer=signer)
