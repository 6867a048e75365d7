"""Exports made before a text was struck out: nobody can fetch the words any more."""

from pathlib import Path
from typing import Any, BinaryIO

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session, sessionmaker

from tests.exports import ask_for_export
from tests.national_reports import Reporting, begin_report, report_at
from tests.submitted import make_cycle, make_submission
from tracker.cli import export_making
from tracker.cli.export_making import ExportMaker
from tracker.delivery.files import ExportFolder
from tracker.domain.clock import system_clock
from tracker.domain.exports import ExportOptions, ExportStatus
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import ResponseContent
from tracker.domain.workflow import ReportStatus
from tracker.exchange.compiled_files import write_compiled_file
from tracker.models import Export
from tracker.queries.exporting import export_or_none, last_exports
from tracker.queries.responses import responses_of
from tracker.queries.submissions import submitted_responses
from tracker.services.strikes import strike

OPTIONS = ExportOptions(("bms7",), Audience.PUBLIC, "en")


@pytest.fixture
def maker(connection: Connection, tmp_path: Path) -> ExportMaker:
    sessions = sessionmaker(connection, join_transaction_mode="create_savepoint")
    return ExportMaker(sessions, ExportFolder(tmp_path), system_clock)


@pytest.fixture
def published(session: Session) -> tuple[Reporting, int]:
    """A published report and the link of the chain that holds its answer to paragraph 28."""
    work, submission = report_at(session, ReportStatus.PUBLISHED)
    assert submission is not None
    revision = submitted_responses(session, submission.id)["bms7/annex/28"].revision_id
    assert revision is not None
    return work, revision


def strike_out(work: Reporting, entry: int) -> None:
    strike(
        work.session,
        actor=work.administrator,
        entry_id=entry,
        field="narrative",
        reason="A private person was named.",
        clock=system_clock,
    )


def made(work: Reporting, maker: ExportMaker, options: ExportOptions = OPTIONS) -> Export:
    export = ask_for_export(work.session, work.reviewer, options)
    work.session.commit()
    assert maker.make_next()
    work.session.expire_all()
    assert export.status is ExportStatus.DONE
    return export


def fetchable(session: Session, export: Export) -> bool:
    session.expire_all()
    row = export_or_none(session, export.public_id, export.requester)
    assert row is not None
    return row.has_file(system_clock())


def test_a_finished_file_is_withdrawn_and_deleted_and_still_compared_with(
    session: Session, published: tuple[Reporting, int], maker: ExportMaker, tmp_path: Path
) -> None:
    work, entry = published
    export = made(work, maker)
    strike_out(work, entry)
    session.commit()
    assert not fetchable(session, export)
    assert export.problem == "export-withdrawn"
    assert [row.public_id for row in last_exports(session, export.requester)] == [export.public_id]
    maker.remove_old_files()
    assert not list((tmp_path / "exports").iterdir())
    again = made(work, maker)
    assert again.id != export.id and again.problem == "" and fetchable(session, again)


def test_a_strike_that_is_rolled_back_withdraws_nothing(
    session: Session, published: tuple[Reporting, int], maker: ExportMaker
) -> None:
    work, entry = published
    export = made(work, maker)
    with session.begin_nested() as step:
        strike_out(work, entry)
        step.rollback()
    assert fetchable(session, export) and export.problem == ""


def test_files_that_do_not_show_the_report_stay(
    session: Session, published: tuple[Reporting, int], maker: ExportMaker
) -> None:
    work, entry = published
    answer = ResponseContent(progress=Progress.IMPLEMENTED, narrative="Done.")
    make_submission(session, make_cycle(session, "bms7-2026"), "MEX", {28: answer})
    other = made(work, maker, ExportOptions(("bms7-2026",), Audience.PUBLIC, "en"))
    waiting = ask_for_export(session, work.focal_point, OPTIONS)
    strike_out(work, entry)
    assert fetchable(session, other)
    session.expire_all()
    assert (waiting.status, waiting.problem) == (ExportStatus.QUEUED, "")


@pytest.mark.parametrize("drafted", [False, True])
def test_files_of_another_cycle_go_where_the_words_were_submitted(
    session: Session, published: tuple[Reporting, int], maker: ExportMaker, drafted: bool
) -> None:
    """Whoever asked for them learns nothing about a draft."""
    work, entry = published
    said = responses_of(session, work.report.id)["bms7/annex/28"].content.narrative
    make_cycle(session, "bms7-2026", opens=work.clock().date())
    later = begin_report(session, cycle="bms7-2026")
    later.answer(28, progress=Progress.IMPLEMENTED, narrative="Ours." if drafted else said)
    submission = later.submit()
    later.accept(submission)
    later.publish(submission)
    if drafted:
        later.reopen()
        later.answer(28, progress=Progress.IMPLEMENTED, narrative=said)
    other = made(work, maker, ExportOptions(("bms7-2026",), Audience.PUBLIC, "en"))
    strike_out(work, entry)
    assert fetchable(session, other) is drafted
    assert responses_of(session, later.report.id)["bms7/annex/28"].content.narrative == ""


def test_what_is_being_made_is_stopped_and_never_fetched(
    session: Session,
    published: tuple[Reporting, int],
    maker: ExportMaker,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    work, entry = published
    export = ask_for_export(session, work.reviewer, OPTIONS)
    session.commit()

    def struck_meanwhile(target: BinaryIO, *given: Any, **named: Any) -> None:
        write_compiled_file(target, *given, **named)
        strike_out(work, entry)
        session.commit()

    monkeypatch.setattr(export_making, "write_compiled_file", struck_meanwhile)
    assert maker.make_next()
    assert not fetchable(session, export)
    assert (export.status, export.problem) == (ExportStatus.FAILED, "export-stopped")
    maker.remove_old_files()
    assert not list((tmp_path / "exports").iterdir())
