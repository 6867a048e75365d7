"""The proof of a submission: the history link by link, with which anybody can check its receipt."""

from typing import Any

from sqlalchemy.orm import Session

from tracker.domain.chain import instant
from tracker.models import ChainEntry, ChainText
from tracker.queries.recorded import load_recorded
from tracker.queries.verified_submissions import hashed_content

PROOF_FORMAT = "tracker-proof/1"


def proof_of(session: Session, *, report_id: int, number: int) -> dict[str, Any]:
    """What was submitted, and every link until now, with texts and salts.

    Later links are there so that later checkpoints can be checked, too. It holds what the working
    copy says: for the State's own people alone. Texts that were struck out are null and their salts
    too: with it a short one, such as a telephone number, is found from its digest by trying.
    """
    recorded = load_recorded(session, report_id)
    row = next(row for row in recorded.submissions if row.number == number)
    return {
        "format": PROOF_FORMAT,
        "report": recorded.report.public_id,
        "links": [_link(entry) for entry in recorded.entries],
        "content": hashed_content(recorded, row),
    }


def _link(entry: ChainEntry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "kind": entry.kind,
        "at": instant(entry.at),
        "actor": entry.actor_public_id,
        "facts": {**entry.facts, "subject": entry.subject, "version": entry.version},
        "digests": entry.digests,
        "prev_hash": entry.prev_hash,
        "hash": entry.hash,
        "texts": {text.field: _text(text) for text in entry.texts},
    }


def _text(text: ChainText) -> dict[str, str | None]:
    gone = text.value is None
    return {"salt": None if gone else text.salt, "value": text.value}
