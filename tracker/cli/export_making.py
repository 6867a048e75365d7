"""Making the exports that wait: claimed, written State by State, put in place whole."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tracker.delivery.files import ExportFolder
from tracker.domain.clock import Clock
from tracker.domain.documents import Addressee
from tracker.domain.exports import ExportStatus
from tracker.domain.labels import label
from tracker.domain.messages import N_
from tracker.domain.progress import Audience
from tracker.exchange.compiled_files import write_compiled_file
from tracker.exchange.translations import translator
from tracker.exchange.words import Made
from tracker.models.engine import is_unusable, write_intent
from tracker.models.readers import read_as
from tracker.policy.readers import reader_of_level
from tracker.queries.compiled import compiled_export
from tracker.queries.exporting import (
    ExportJob,
    ExportRow,
    export_job,
    files_to_keep,
    unfinished_exports,
)
from tracker.queries.exports import StateAnswers, state_answers
from tracker.services import exports

log = structlog.get_logger("exports")
SIGNED_OUT = N_("public site")
PROGRESS_EVERY = 0.5  # seconds; each note of it is a commit


class Interrupted(Exception):
    """The worker was asked to end."""


class ExportMaker:
    """Makes exports in a process that nobody waits for.

    ``sessions`` opens a session for one short transaction; ``ending`` says whether to stop.
    """

    def __init__(
        self,
        sessions: Callable[[], Session],
        folder: ExportFolder,
        clock: Clock,
        ending: Callable[[], bool] = lambda: False,
    ) -> None:
        self._sessions = sessions
        self._folder = folder
        self._clock = clock
        self._ending = ending

    def make_next(self) -> bool:
        """Make the export that was asked for first; false if none waits."""
        self._take_up_abandoned()
        for waiting in self._unfinished(ExportStatus.QUEUED):
            with self._folder.held(waiting.public_id) as held:
                if held and self._claim(waiting):
                    self._make(waiting.id)
                    return True
        return False

    def remove_old_files(self) -> bool:
        """Remove what is older than a day and what belongs to no export; false: never hurries."""
        there = self._folder.public_ids()  # listed first: a newer file is not looked at
        now = self._clock()
        with self._writing() as session:
            exports.mark_deleted(session, now=now)
            kept = files_to_keep(session, now)
        self._folder.remove(there - kept)
        return False

    def _take_up_abandoned(self) -> None:
        """What is being made by nobody any more: its worker died."""
        for running in self._unfinished(ExportStatus.RUNNING):
            with self._folder.held(running.public_id) as held:
                if held and self._still_running(running):
                    with self._writing() as session:
                        again = exports.take_up_again(
                            session, export_id=running.id, clock=self._clock
                        )
                    log.warning("interrupted", export=running.public_id, again=again)

    def _still_running(self, row: ExportRow) -> bool:
        """Another worker may have finished it since it was listed."""
        return row.id in {found.id for found in self._unfinished(ExportStatus.RUNNING)}

    def _claim(self, waiting: ExportRow) -> bool:
        with self._writing() as session:
            return exports.claim_export(session, export_id=waiting.id, clock=self._clock)

    def _make(self, export_id: int) -> None:
        with self._sessions() as session:
            job = export_job(session, export_id)
        try:
            size = self._write(job)
        except Interrupted:
            with self._writing() as session:
                exports.give_back(session, export_id=export_id)
        except Exception as error:  # whatever it is: told to who asked, and to the operator
            log.exception("not-made", export=job.export.public_id)
            with self._writing() as session:
                exports.fail_export(
                    session, export_id=export_id, problem=_problem(error), clock=self._clock
                )
        else:
            with self._writing() as session:
                finished = exports.finish_export(
                    session, export_id=export_id, size=size, clock=self._clock
                )
            log.info("made" if finished else "stopped", export=job.export.public_id, bytes=size)

    def _write(self, job: ExportJob) -> int:
        """The file; gives its size in bytes."""
        options = job.export.options
        with self._reading(options.audience) as session:
            data = compiled_export(
                session, cycle_slugs=options.cycles, audience=options.audience, since=job.since
            )
        with self._writing() as session:
            exports.begin_export(
                session,
                export_id=job.export.id,
                submissions=data.submission_ids,
                clock=self._clock,
            )
        translate = translator(options.language)
        with self._folder.new_file(job.export.public_id, options.form) as path:
            with path.open("wb") as target:
                write_compiled_file(
                    target,
                    data,
                    self._reader(job),
                    options.form,
                    translate=translate,
                    language=options.language,
                    made=Made(self._clock(), _made_by(job, translate)),
                )
            return path.stat().st_size

    def _reader(self, job: ExportJob) -> Callable[[int], StateAnswers]:
        """Reads one submission after the other, each in a transaction of its own, and counts."""
        done, noted_at = 0, time.monotonic()

        def read(submission_id: int) -> StateAnswers:
            nonlocal done, noted_at
            if self._ending():
                raise Interrupted
            with self._reading(job.export.options.audience) as session:
                answers = state_answers(session, submission_id, job.export.options.audience)
            done += 1
            if time.monotonic() - noted_at >= PROGRESS_EVERY:
                self._note(job.export.id, done)
                noted_at = time.monotonic()
            return answers

        return read

    def _note(self, export_id: int, done: int) -> None:
        try:
            with self._writing() as session:
                exports.record_progress(session, export_id=export_id, done=done)
        except DBAPIError as error:
            if not is_unusable(error):
                raise
            # The database is busy: the next note comes soon.
            log.warning("progress-not-noted", done=done)

    def _unfinished(self, status: ExportStatus) -> tuple[ExportRow, ...]:
        with self._sessions() as session:
            return unfinished_exports(session, status)

    @contextmanager
    def _reading(self, audience: Audience) -> Iterator[Session]:
        """As a reader of this level, also as far as the database knows."""
        with self._sessions() as session:
            read_as(session, reader_of_level(audience))
            yield session

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        with write_intent(), self._sessions() as session, session.begin():
            yield session


def _problem(error: Exception) -> str:
    """What who asked is told; the libraries wrap what the disk said."""
    of_the_disk = isinstance(error, OSError) or isinstance(error.__context__, OSError)
    return "export-not-written" if of_the_disk else "export-failed"


def _made_by(job: ExportJob, translate: Callable[[str], str]) -> str:
    """Who made it; the file for everybody, which is passed on, names an office and no person."""
    if job.export.options.audience is not Audience.PUBLIC:
        return job.made_for or translate(SIGNED_OUT)
    if job.role is None:
        return translate(SIGNED_OUT)
    return translate(label(job.role if job.role.of_a_state else Addressee.SECRETARIAT))
