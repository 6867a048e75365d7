"""The files that go with a mail, made from what the mail says of them.

A reference is ``{"kind": …, …}``; a new kind of file is one more entry of ``LOADERS``.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.mail import AttachedFile
from tracker.exchange.receipts import receipt_attachments
from tracker.models import Submission
from tracker.queries.receipts import receipt_of

Loader = Callable[[Session, Mapping[str, Any], str], Sequence[AttachedFile]]


def _receipt(
    session: Session, reference: Mapping[str, Any], language: str
) -> Sequence[AttachedFile]:
    submission_id = session.scalars(
        select(Submission.id).where(Submission.public_id == reference["submission"])
    ).one()
    return receipt_attachments(receipt_of(session, submission_id), language)


LOADERS: dict[str, Loader] = {"receipt": _receipt}


def attached_files(
    session: Session, references: Sequence[Mapping[str, Any]], language: str
) -> tuple[AttachedFile, ...]:
    """The files of a mail in a language; ``KeyError`` for a kind that nobody knows."""
    return tuple(
        file
        for reference in references
        for file in LOADERS[reference["kind"]](session, reference, language)
    )
