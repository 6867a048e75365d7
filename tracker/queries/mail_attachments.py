"""The files that go with a mail, found by what the mail says of them.

A reference is ``{"kind": …, …}``; a new kind of file is one more entry of ``LOADERS``.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.mail import AttachedFile
from tracker.models import NationalReport, ReportingCycle, State, Submission

Loader = Callable[[Session, Mapping[str, Any]], Sequence[AttachedFile]]


def receipt_reference(submission: Submission) -> dict[str, Any]:
    """Names the receipt of a submission."""
    return {"kind": "receipt", "submission": submission.public_id}


def _receipt(session: Session, reference: Mapping[str, Any]) -> Sequence[AttachedFile]:
    receipt, iso3, slug, number = session.execute(
        select(Submission.receipt, State.iso3, ReportingCycle.slug, Submission.number)
        .join(NationalReport, Submission.report_id == NationalReport.id)
        .join(State, NationalReport.state_id == State.id)
        .join(ReportingCycle, NationalReport.cycle_id == ReportingCycle.id)
        .where(Submission.public_id == reference["submission"])
    ).one()
    written = json.dumps(receipt, ensure_ascii=False, sort_keys=True, indent=2)
    name = f"receipt_{iso3}_{slug}_{number}.json"
    return (AttachedFile(name, "application/json", written.encode()),)


LOADERS: dict[str, Loader] = {"receipt": _receipt}


def attached_files(
    session: Session, references: Sequence[Mapping[str, Any]]
) -> tuple[AttachedFile, ...]:
    """The files of a mail; ``KeyError`` for a kind that nobody knows."""
    return tuple(
        file for reference in references for file in LOADERS[reference["kind"]](session, reference)
    )
