"""Comparing the files of a report with its chain; whether their bytes are there, others ask."""

from collections.abc import Iterator

from tracker.models import ChainEntry, Evidence
from tracker.queries.evidence import FILE_SAVED, file_of_row, subject_of_file
from tracker.queries.recorded import Broken, Recorded


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
