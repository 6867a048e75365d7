"""Comparing the files of a report with its chain; whether their bytes are there, others ask."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import ChainEntry, Evidence, NationalReport, ReportingCycle, State
from tracker.queries.evidence import FILE_SAVED, file_of_row, subject_of_file
from tracker.queries.recorded import Broken, Recorded


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that must be in the folder, and the first version that names it."""

    sha256: str
    size: int
    version: str
    iso3: str
    cycle_slug: str
    report: str


def named_files(session: Session) -> tuple[NamedFile, ...]:
    """Every file that any version names, each once; for the operator, who reads no titles."""
    rows = session.execute(
        select(Evidence, NationalReport.public_id, State.iso3, ReportingCycle.slug)
        .join(NationalReport, Evidence.report_id == NationalReport.id)
        .join(State, NationalReport.state_id == State.id)
        .join(ReportingCycle, NationalReport.cycle_id == ReportingCycle.id)
        .order_by(Evidence.id)
    )
    found: dict[str, NamedFile] = {}
    for row, report, iso3, cycle in rows:
        version = f"{subject_of_file(row.file_id)}, version {row.version}"
        named = NamedFile(row.sha256, row.size, version, iso3, cycle, report)
        found.setdefault(row.sha256, named)
    return tuple(found.values())


def files(recorded: Recorded) -> Iterator[Broken]:
    """Each version of a file is what its link says; a submission names files of its own report."""
    rows = {row.revision_id: row for row in recorded.files}
    links = {entry.id: entry for entry in recorded.events(FILE_SAVED)}
    for row in recorded.files:
        if row.revision_id not in links:
            place = f"file {row.public_id} on {row.commitment.key}"
            yield Broken(place, "it was added beside the history")
    for number, entry in links.items():
        place = f"{entry.subject}, version {entry.version}"
        if number not in rows:
            yield Broken(place, "it was removed beside the history")
        elif _said(rows[number]) != _told(entry):
            yield Broken(place, "it is not the file that its link says")
    own = {row.id for row in recorded.files}
    for submission in recorded.submissions:
        if not {row.id for row in recorded.submitted_files[submission.id]} <= own:
            place = f"submission {submission.number}"
            yield Broken(place, "it names a file of another report")


def _said(row: Evidence) -> tuple[object, ...]:
    facts = {
        **file_of_row(row).facts(),
        "commitment": row.commitment.key,
        "language": row.language,
        "removed": row.removed,
    }
    return subject_of_file(row.file_id), row.version, row.saved_at, row.saved_by_id, facts


def _told(entry: ChainEntry) -> tuple[object, ...]:
    facts = {name: value for name, value in entry.facts.items() if name != "source"}
    return entry.subject, entry.version, entry.at, entry.actor_id, facts
