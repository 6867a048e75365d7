"""The public page of checkpoints."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from tests.national_reports import report_at
from tests.people import Browser
from tests.signing import SIGNER
from tracker.domain.workflow import ReportStatus
from tracker.services.checkpoints import make_checkpoint


def test_everybody_reads_and_keeps_checkpoints(session: Session, public: Browser) -> None:
    assert "No checkpoint has been made yet." in public.get("/checkpoints").text
    report_at(session, ReportStatus.DRAFT)
    made, _ = make_checkpoint(
        session, signer=SIGNER, clock=lambda: datetime(2026, 3, 5, 6, 0, tzinfo=UTC)
    )
    session.commit()
    page = public.get("/checkpoints")
    assert made.hash in page.text and "/checkpoints/1.json" in page.text
    whole = public.get("/checkpoints/1.json")
    assert whole.json == made.statement
    assert 'filename="checkpoint_2026-03-05_1.json"' in whole.headers["Content-Disposition"]
    assert public.get("/checkpoints.json").json == {
        "checkpoints": [{"number": 1, "day": "2026-03-05", "hash": made.hash}]
    }
    again = public.client.get("/checkpoints", headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304


def test_a_checkpoint_that_is_not_there_is_not_found(public: Browser) -> None:
    for number in ("0", "1", "99999999999999999999"):
        assert public.get(f"/checkpoints/{number}.json").status_code == 404
