"""A clock that is put back or forward: nothing is lost, the order stays, the history is whole."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.national_reports import begin_report
from tests.signing import SIGNER
from tracker.domain.progress import Progress
from tracker.models import ChainEntry
from tracker.queries.checkpoints import every_checkpoint
from tracker.queries.signing import list_keys
from tracker.queries.verification import verify_report
from tracker.queries.whole_verification import Copies, Standing, findings
from tracker.services.checkpoints import make_checkpoint

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
STEPS = (timedelta(), timedelta(hours=-5), timedelta(days=40), timedelta(days=-1))


def test_what_is_saved_keeps_its_order_whatever_the_clock_says(session: Session) -> None:
    work = begin_report(session, "GHA")
    for number, step in enumerate(STEPS, start=1):
        work.clock.start = NOON + step
        said = work.answer(28, progress=Progress.IMPLEMENTED, narrative=f"Words {number}.")
        assert (said.version, said.narrative) == (number, f"Words {number}.")
    submission = work.submit()
    work.clock.start = NOON - timedelta(days=3)
    work.accept(submission)
    work.publish(submission)
    session.expire_all()
    order = select(ChainEntry).where(ChainEntry.report_id == work.report.id)
    entries = session.scalars(order.order_by(ChainEntry.seq)).all()
    assert [e.version for e in entries if e.version is not None] == [1, 2, 3, 4]
    assert [e.at for e in entries] != sorted(e.at for e in entries), "the clock did step"
    assert verify_report(session, work.report.id) is None


def test_checkpoints_follow_one_another_whatever_the_clock_says(session: Session) -> None:
    work = begin_report(session, "GHA")
    for step in STEPS:
        work.answer(28, progress=Progress.IMPLEMENTED, narrative=f"Words {step}.")
        made_at = NOON + step
        make_checkpoint(session, signer=SIGNER, clock=lambda at=made_at: at)
    rows = list(every_checkpoint(session))
    assert [row.day for row in rows] == ["2026-03-02", "2026-04-11", "2026-03-01"]
    assert [row.number for row in rows] == [1, 2, 3]
    assert [row.statement["previous"] for row in rows[1:]] == [row.hash for row in rows[:-1]]
    standing = Standing(tuple(list_keys(session)), tuple(rows))
    assert list(findings(session, standing, Copies(), refresh=session.expire_all)) == []
