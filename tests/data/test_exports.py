"""Exports: who may ask for how many, who gets them, and workers that die while making them."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from stat import S_IMODE
from typing import BinaryIO

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.orm import Session, sessionmaker

from tests.exports import ask_for_export
from tests.people import make_actor, make_user
from tests.submitted import make_cycle, make_submission
from tracker.cli import export_making
from tracker.cli.export_making import ExportMaker
from tracker.delivery.files import ExportFolder
from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, NotFound, NotPermitted, TooMany
from tracker.domain.exports import (
    KEPT_OF_ONE,
    KEPT_SIGNED_OUT,
    WAITING_OF_ALL,
    WAITING_SIGNED_OUT,
    ExportFormat,
    ExportOptions,
    ExportStatus,
)
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import ResponseContent
from tracker.domain.roles import PUBLIC, Actor, Role
from tracker.models import Export, NationalReport
from tracker.models.engine import write_intent
from tracker.queries.accounts import actor_of
from tracker.queries.exporting import (
    export_job,
    export_or_none,
    last_exports,
    list_exports,
    unfinished_exports,
)
from tracker.services import exports as services_exports
from tracker.services.exports import (
    claim_export,
    finish_export,
    mark_deleted,
    record_progress,
    requester_of,
    take_up_again,
    withdraw_files,
)

CYCLE = "bms7-2026"
OPTIONS = ExportOptions((CYCLE,), Audience.PUBLIC, "en")


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = system_clock()

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **passed: float) -> None:
        """Let time pass."""
        self.now += timedelta(**passed)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def actor(session: Session) -> Actor:
    return make_actor(session, Role.FOCAL_POINT, "GHA")


@pytest.fixture
def reports(session: Session) -> None:
    """A cycle with three published reports."""
    cycle = make_cycle(session, CYCLE)
    for iso3 in ("KEN", "GHA", "MEX"):
        answer = ResponseContent(progress=Progress.IMPLEMENTED, narrative=f"Done by {iso3}.")
        make_submission(session, cycle, iso3, {25: answer})
    session.commit()


@pytest.fixture
def folder(tmp_path: Path) -> ExportFolder:
    return ExportFolder(tmp_path)


@pytest.fixture
def maker(connection: Connection, folder: ExportFolder, clock: Clock) -> ExportMaker:
    sessions = sessionmaker(connection, join_transaction_mode="create_savepoint")
    return ExportMaker(sessions, folder, clock)


def fresh(session: Session, export: Export) -> Export:
    """The row as the worker left it."""
    session.expire_all()
    return session.get_one(Export, export.id)


def files(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "exports").iterdir())


# asking


def test_the_same_asked_twice_waits_once(session: Session, actor: Actor) -> None:
    first = ask_for_export(session, actor)
    assert ask_for_export(session, actor).id == first.id
    claim_export(session, export_id=first.id, clock=system_clock)
    assert ask_for_export(session, actor).id == first.id
    other = ask_for_export(session, actor, ExportOptions(("bms7",), Audience.PUBLIC, "fr"))
    assert other.id != first.id
    finish_export(session, export_id=first.id, size=1, clock=system_clock)
    assert ask_for_export(session, actor).id != first.id


def test_what_one_asked_for_is_nothing_to_another(session: Session, actor: Actor) -> None:
    export = ask_for_export(session, actor)
    colleague = make_actor(session, Role.FOCAL_POINT, "GHA")
    assert ask_for_export(session, colleague).id != export.id
    requester = requester_of(actor, "")
    assert export_or_none(session, export.public_id, requester)
    for other in (
        requester_of(colleague, ""),
        requester_of(PUBLIC, f"account {actor.user_id}"),
        requester_of(PUBLIC, ""),
        str(actor.user_id),
        "",
    ):
        assert export_or_none(session, export.public_id, other) is None
        assert export.public_id not in [row.public_id for row in list_exports(session, other)]


def test_signed_out_browsers_do_not_see_each_other(session: Session) -> None:
    export = ask_for_export(session, PUBLIC, token="one")
    assert export.user_id is None and "one" not in export.requester
    assert export_or_none(session, export.public_id, requester_of(PUBLIC, "one"))
    assert export_or_none(session, export.public_id, requester_of(PUBLIC, "two")) is None


def test_no_more_than_three_wait_for_one(session: Session, actor: Actor) -> None:
    for language in ("en", "fr", "ar"):
        ask_for_export(session, actor, ExportOptions(("bms7",), Audience.PUBLIC, language))
    with pytest.raises(TooMany) as refused:
        ask_for_export(session, actor, ExportOptions(("bms7",), Audience.STATES, "en"))
    assert refused.value.problem.code == "exports-waiting"
    assert ask_for_export(session, make_actor(session, Role.FOCAL_POINT, "GHA"))


def test_the_queue_is_never_longer_than_fifty(session: Session) -> None:
    for number in range(WAITING_SIGNED_OUT):
        ask_for_export(session, PUBLIC, token=str(number))
    with pytest.raises(TooMany):
        ask_for_export(session, PUBLIC, token="one more")
    for _ in range(WAITING_OF_ALL - WAITING_SIGNED_OUT):
        ask_for_export(session, make_actor(session, Role.OBSERVER, "GHA"))
    with pytest.raises(TooMany) as refused:
        ask_for_export(session, make_actor(session, Role.OBSERVER, "GHA"))
    assert refused.value.problem.code == "exports-full"


def test_files_fill_no_disk(session: Session, actor: Actor, clock: Clock) -> None:
    for number in range(KEPT_SIGNED_OUT):
        export = ask_for_export(session, PUBLIC, token=str(number // 4), clock=clock)
        claim_export(session, export_id=export.id, clock=clock)
        finish_export(session, export_id=export.id, size=1, clock=clock)
    with pytest.raises(TooMany) as refused:
        ask_for_export(session, PUBLIC, token="another", clock=clock)
    assert refused.value.problem.code == "exports-full"
    for _ in range(KEPT_OF_ONE):
        export = ask_for_export(session, actor, clock=clock)
        claim_export(session, export_id=export.id, clock=clock)
        finish_export(session, export_id=export.id, size=1, clock=clock)
    with pytest.raises(TooMany) as refused:
        ask_for_export(session, actor, clock=clock)
    assert refused.value.problem.code == "exports-kept"
    clock.forward(days=1)
    mark_deleted(session, now=clock())
    assert ask_for_export(session, actor, clock=clock)
    assert ask_for_export(session, PUBLIC, token="another", clock=clock)


@pytest.mark.parametrize(
    ("role", "widest"),
    [
        (None, Audience.PUBLIC),
        (Role.CONTRIBUTOR, Audience.STATES),
        (Role.FOCAL_POINT, Audience.STATES),
        (Role.OBSERVER, Audience.STATES),
        (Role.REVIEWER, Audience.SECRETARIAT),
        (Role.ADMINISTRATOR, Audience.SECRETARIAT),
    ],
)
def test_nobody_asks_above_the_own_level(
    session: Session, role: Role | None, widest: Audience
) -> None:
    iso3 = "GHA" if role and role.of_a_state else None
    actor = make_actor(session, role, iso3) if role else PUBLIC
    for audience in Audience:
        options = ExportOptions(("bms7",), audience, "en")
        if widest.admits(audience):
            ask_for_export(session, actor, options)
        else:
            with pytest.raises(NotPermitted):
                ask_for_export(session, actor, options)


def test_what_cannot_be_asked_for(session: Session, actor: Actor) -> None:
    for options, error in (
        (ExportOptions((), Audience.PUBLIC, "en"), Invalid),
        (ExportOptions(("bms7", "nowhere"), Audience.PUBLIC, "en"), NotFound),
    ):
        with pytest.raises(error):
            ask_for_export(session, actor, options)
    with pytest.raises(Invalid) as refused:
        ask_for_export(session, actor, compare=True)
    assert refused.value.problem.code == "no-earlier-export"
    assert not list_exports(session, requester_of(actor, ""))


# making


def test_a_file_is_made_and_only_its_owner_may_read_it(
    session: Session, reports: None, actor: Actor, maker: ExportMaker, tmp_path: Path
) -> None:
    export = ask_for_export(session, actor, OPTIONS)
    session.commit()
    assert maker.make_next() and not maker.make_next()
    made = fresh(session, export)
    assert (made.status, made.problem) == (ExportStatus.DONE, "")
    assert (made.steps_done, made.steps_total, len(made.submissions)) == (3, 3, 3)
    assert files(tmp_path) == [f"{export.public_id}.xlsx"]
    path = tmp_path / "exports" / f"{export.public_id}.xlsx"
    assert S_IMODE(path.stat().st_mode) == 0o600
    assert S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.stat().st_size == made.size
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_name("Responses").to_python()
    assert {"Done by KEN.", "Done by GHA.", "Done by MEX."} <= {c for row in sheet for c in row}


@pytest.mark.parametrize(
    ("role", "audience", "named"),
    [
        (Role.REVIEWER, Audience.PUBLIC, "Secretariat"),
        (Role.FOCAL_POINT, Audience.PUBLIC, "National focal point"),
        (None, Audience.PUBLIC, "public site"),
        (Role.REVIEWER, Audience.STATES, "Amadis Orrery"),
        (Role.ADMINISTRATOR, Audience.SECRETARIAT, "Amadis Orrery"),
    ],
)
def test_the_file_for_everybody_names_an_office_and_no_person(
    session: Session,
    reports: None,
    maker: ExportMaker,
    tmp_path: Path,
    role: Role | None,
    audience: Audience,
    named: str,
) -> None:
    actor = PUBLIC
    if role:
        state = "GHA" if role.of_a_state else None
        actor = actor_of(session, make_user(session, role, state, name="Amadis Orrery"))
    for form in (ExportFormat.XLSX, ExportFormat.JSON):
        options = ExportOptions((CYCLE,), audience, "en", form=form)
        export = ask_for_export(session, actor, options, token="t")
        session.commit()
        assert maker.make_next()
        path = ExportFolder(tmp_path).file(export.public_id, form)
        if form is ExportFormat.JSON:
            assert json.loads(path.read_bytes())["made_by"] == named
            continue
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_name("Read me").to_python()
        (made,) = [row[1] for row in sheet if row[0] == "Made"]
        assert str(made).endswith(f"UTC, {named}")


def test_exports_are_made_in_the_order_in_which_they_were_asked_for(
    session: Session, actor: Actor, maker: ExportMaker, clock: Clock
) -> None:
    asked = []
    for language in ("fr", "en"):
        options = ExportOptions(("bms7",), Audience.PUBLIC, language)
        asked.append(ask_for_export(session, actor, options, clock=clock))
        clock.forward(seconds=1)
    session.commit()
    maker.make_next()
    assert [fresh(session, export).status for export in asked] == ["done", "queued"]


def test_progress_is_told_while_it_is_made(
    session: Session,
    reports: None,
    actor: Actor,
    maker: ExportMaker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    export = ask_for_export(session, actor, OPTIONS)
    session.commit()
    seen = []
    noted = record_progress

    def watch(session: Session, *, export_id: int, done: int) -> None:
        noted(session, export_id=export_id, done=done)
        row = unfinished_exports(session, ExportStatus.RUNNING)[0]
        seen.append((row.id, row.steps_done, row.steps_total))

    monkeypatch.setattr(export_making, "PROGRESS_EVERY", 0.0)
    monkeypatch.setattr(services_exports, "record_progress", watch)
    maker.make_next()
    assert seen == [(export.id, done, 3) for done in (1, 2, 3)]


def test_the_next_export_knows_what_the_last_one_showed(
    session: Session, reports: None, actor: Actor, maker: ExportMaker, clock: Clock
) -> None:
    first = ask_for_export(session, actor, OPTIONS, clock=clock)
    session.commit()
    maker.make_next()
    clock.forward(days=3)
    maker.remove_old_files()
    again = ask_for_export(session, actor, OPTIONS, compare=True, clock=clock)
    job = export_job(session, again.id)
    kept = fresh(session, first)
    assert job.since == (kept.begun_at, kept.submissions) and len(kept.submissions) == 3
    assert [row.public_id for row in last_exports(session, requester_of(actor, ""))] == [
        first.public_id
    ]
    other = ExportOptions((CYCLE,), Audience.STATES, "en")
    with pytest.raises(Invalid):
        ask_for_export(session, actor, other, compare=True, clock=clock)


# trouble


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(28, "No space left on device"), "export-not-written"),
        (MemoryError(), "export-failed"),
        (ValueError("unforeseen"), "export-failed"),
    ],
)
def test_an_error_is_told_and_noted_and_leaves_no_file(
    session: Session,
    actor: Actor,
    maker: ExportMaker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    code: str,
) -> None:
    def fail(target: BinaryIO, *_: object, **__: object) -> None:
        target.write(b"half")
        raise error

    export = ask_for_export(session, actor)
    session.commit()
    monkeypatch.setattr(export_making, "write_compiled_file", fail)
    assert maker.make_next() and not maker.make_next()
    failed = fresh(session, export)
    assert (failed.status, failed.problem, failed.size) == (ExportStatus.FAILED, code, None)
    assert files(tmp_path) == []
    assert type(error).__name__ in capsys.readouterr().out


def test_what_a_dead_worker_left_is_begun_anew_once(
    session: Session, reports: None, actor: Actor, maker: ExportMaker, folder: ExportFolder
) -> None:
    export = ask_for_export(session, actor, OPTIONS)
    claim_export(session, export_id=export.id, clock=system_clock)
    session.commit()
    with folder.held(export.public_id):  # its worker lives
        assert not maker.make_next()
    assert fresh(session, export).status is ExportStatus.RUNNING
    assert maker.make_next()
    made = fresh(session, export)
    assert (made.status, made.problem) == (ExportStatus.DONE, "")


def test_what_another_worker_finished_just_now_was_not_interrupted(
    session: Session,
    actor: Actor,
    connection: Connection,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    export = ask_for_export(session, actor)
    claim_export(session, export_id=export.id, clock=system_clock)
    session.commit()

    class Late(ExportFolder):
        @contextmanager
        def held(self, public_id: str) -> Iterator[bool]:
            finish_export(session, export_id=export.id, size=1, clock=system_clock)
            session.commit()
            with super().held(public_id) as held:
                yield held

    sessions = sessionmaker(connection, join_transaction_mode="create_savepoint")
    assert not ExportMaker(sessions, Late(tmp_path), system_clock).make_next()
    assert fresh(session, export).status is ExportStatus.DONE
    assert "interrupted" not in capsys.readouterr().out


def test_what_kills_its_worker_twice_is_given_up(
    session: Session, actor: Actor, maker: ExportMaker
) -> None:
    export = ask_for_export(session, actor)
    claim_export(session, export_id=export.id, clock=system_clock)
    assert take_up_again(session, export_id=export.id, clock=system_clock)
    claim_export(session, export_id=export.id, clock=system_clock)
    session.commit()
    assert not maker.make_next()
    failed = fresh(session, export)
    assert (failed.status, failed.problem) == (ExportStatus.FAILED, "export-interrupted")


def test_a_worker_asked_to_end_gives_its_work_back(
    session: Session,
    reports: None,
    actor: Actor,
    connection: Connection,
    folder: ExportFolder,
    tmp_path: Path,
) -> None:
    export = ask_for_export(session, actor, OPTIONS)
    session.commit()
    sessions = sessionmaker(connection, join_transaction_mode="create_savepoint")
    ending = iter([False, True])
    ExportMaker(sessions, folder, system_clock, lambda: next(ending)).make_next()
    given_back = fresh(session, export)
    assert (given_back.status, given_back.problem) == (ExportStatus.QUEUED, "")
    assert files(tmp_path) == []


# a day later


def test_a_file_is_deleted_after_a_day_and_its_row_stays(
    session: Session, actor: Actor, maker: ExportMaker, clock: Clock, tmp_path: Path
) -> None:
    export = ask_for_export(session, actor, clock=clock)
    session.commit()
    clock.forward(hours=5)
    maker.make_next()
    clock.forward(hours=23, minutes=59)
    maker.remove_old_files()
    assert files(tmp_path) == [f"{export.public_id}.xlsx"]
    assert fresh(session, export).file_deleted_at is None
    clock.forward(minutes=2)
    maker.remove_old_files()
    assert files(tmp_path) == []
    assert fresh(session, export).file_deleted_at == clock.now


def test_files_that_belong_to_nothing_are_removed(
    session: Session, actor: Actor, maker: ExportMaker, tmp_path: Path
) -> None:
    export = ask_for_export(session, actor)
    session.commit()
    maker.make_next()
    running = ask_for_export(session, actor)
    claim_export(session, export_id=running.id, clock=system_clock)
    session.commit()
    kept = [f"{export.public_id}.xlsx", f"{running.public_id}.part", f"{running.public_id}.lock"]
    for name in (*kept[1:], "nobody.xlsx", "nobody.part", "nobody.lock"):
        (tmp_path / "exports" / name).touch()
    maker.remove_old_files()
    assert files(tmp_path) == sorted(kept)


# several workers, each on a connection of its own


@pytest.fixture
def queue(engine: Engine) -> Iterator[list[int]]:
    """Six exports in the database itself, outside any test's transaction."""
    with write_intent(), Session(engine) as session, session.begin():
        asked = [ask_for_export(session, PUBLIC, token=str(number)).id for number in range(6)]
    yield asked
    with write_intent(), Session(engine) as session, session.begin():
        session.execute(delete(Export))


def at_once(call: Callable[[], list[int]], times: int) -> list[int]:
    gate = threading.Barrier(times)

    def run(_: int) -> list[int]:
        gate.wait()
        return call()

    with ThreadPoolExecutor(times) as pool:
        return [one for found in pool.map(run, range(times)) for one in found]


def test_two_workers_never_claim_the_same_export(engine: Engine, queue: list[int]) -> None:
    def claim_all() -> list[int]:
        claimed = []
        for export_id in queue:
            with write_intent(), Session(engine) as session, session.begin():
                if claim_export(session, export_id=export_id, clock=system_clock):
                    claimed.append(export_id)
        return claimed

    assert sorted(at_once(claim_all, 4)) == queue


def test_two_workers_make_each_export_once(
    engine: Engine, queue: list[int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def make_all() -> list[int]:
        maker = ExportMaker(sessionmaker(engine), ExportFolder(tmp_path), system_clock)
        return [1 for _ in queue if maker.make_next()]

    assert sum(at_once(make_all, 2)) == len(queue)
    with Session(engine) as session:
        rows = session.scalars(select(Export).order_by(Export.id)).all()
        assert {(row.status, row.problem) for row in rows} == {(ExportStatus.DONE, "")}
        assert files(tmp_path) == sorted(f"{row.public_id}.xlsx" for row in rows)
    assert "interrupted" not in capsys.readouterr().out


def test_nothing_is_begun_while_a_text_is_being_struck_out(
    engine: Engine, queue: list[int]
) -> None:
    """Else it could read the words before they are gone, and be fetched afterwards."""

    def claim() -> bool:
        with write_intent(), Session(engine) as session, session.begin():
            return claim_export(session, export_id=queue[0], clock=system_clock)

    with ThreadPoolExecutor(1) as pool:
        with write_intent(), Session(engine) as session, session.begin():
            withdraw_files(session, report=NationalReport(id=0), now=system_clock())
            claimed = pool.submit(claim)
            assert not wait([claimed], timeout=0.3).done
        assert claimed.result(timeout=10)
