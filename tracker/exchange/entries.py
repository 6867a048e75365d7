"""State × cycle: what every table of a compiled workbook grows by, and the columns that name it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tracker.domain.documents import OutcomeDocument
from tracker.domain.messages import N_
from tracker.domain.states import State
from tracker.exchange.columns import Column, Kind
from tracker.queries.compiled import CompiledExport, ListedState
from tracker.queries.exports import ExportedSubmission, StateAnswers

Read = Callable[[int], StateAnswers]
"""What a submission says, by its id; opens and ends a short read of its own."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One State in one cycle; ``contents`` is ``None`` where no submission of it is shown.

    ``earlier`` is what another submission said that an earlier export showed; ``None`` where
    there was none or where it is the one that is still shown.
    """

    document: OutcomeDocument
    cycle_slug: str
    listed: ListedState
    contents: StateAnswers | None
    earlier: StateAnswers | None = None

    @property
    def state(self) -> State:
        """The State."""
        return self.listed.state

    @property
    def submission(self) -> ExportedSubmission | None:
        """The submission that is shown."""
        return self.listed.submission


def entry_of(line: Any) -> Entry:
    """The State and cycle of a row of any long table."""
    entry: Entry = line.entry
    return entry


def entries_by_state(data: CompiledExport, read: Read) -> Iterator[tuple[Entry, ...]]:
    """State by State, one entry for each cycle; only one State is in memory at a time."""
    for listed in zip(*(cycle.states for cycle in data.cycles), strict=True):
        yield tuple(
            _entry(data.document, slug, shown, read)
            for slug, shown in zip(data.slugs, listed, strict=True)
        )


def _entry(document: OutcomeDocument, slug: str, listed: ListedState, read: Read) -> Entry:
    shown = listed.submission.id if listed.submission else None
    return Entry(
        document,
        slug,
        listed,
        None if shown is None else read(shown),
        None if listed.earlier in (None, shown) else read(listed.earlier),
    )


def _submission(entry: Entry, name: str) -> Any:
    return getattr(entry.submission, name) if entry.submission else None


ISO3: Column[Entry] = Column(
    "iso3",
    N_("ISO code"),
    Kind.CODE,
    9,
    lambda entry: entry.state.iso3,
    N_("State, by its ISO 3166 alpha-3 code."),
    identifies=True,
)
STATE: Column[Entry] = Column(
    "state",
    N_("State"),
    Kind.LOCALISED,
    26,
    lambda entry: entry.state.name,
    N_("Name of the State."),
    identifies=True,
)
GROUP: Column[Entry] = Column(
    "group",
    N_("Group"),
    Kind.LOCALISED,
    24,
    lambda entry: entry.listed.group,
    N_("UN regional group; empty for observer States, which stand in none."),
)
STANDING: Column[Entry] = Column(
    "standing",
    N_("Standing"),
    Kind.LABEL,
    14,
    lambda entry: entry.state.status,
    N_("Member State, or observer State, which stands outside every base."),
)
CYCLE: Column[Entry] = Column(
    "cycle",
    N_("Cycle"),
    Kind.CODE,
    12,
    lambda entry: entry.cycle_slug,
    N_("Short name of the reporting cycle."),
    identifies=True,
)
SUBMISSION: Column[Entry] = Column(
    "submission",
    N_("Submission"),
    Kind.NUMBER,
    11,
    lambda entry: _submission(entry, "number"),
    N_("Number of the submission shown; empty where none is. Earlier ones are superseded."),
)
ON_TIME: Column[Entry] = Column(
    "on_time",
    N_("On time"),
    Kind.FLAG,
    8,
    lambda entry: _submission(entry, "on_time"),
    N_("Whether the submission was made before the due day ended in UTC−12."),
)
SUBMITTED: Column[Entry] = Column(
    "submitted_at",
    N_("Submitted"),
    Kind.INSTANT,
    16,
    lambda entry: _submission(entry, "submitted_at"),
    N_("When the submission was made."),
)
PUBLISHED: Column[Entry] = Column(
    "published_at",
    N_("Published"),
    Kind.INSTANT,
    16,
    lambda entry: _submission(entry, "published_at"),
    N_("When the submission was published; empty while it is not."),
)
NAMING = (ISO3, STATE, CYCLE, GROUP, STANDING, SUBMISSION)
"""The columns with which every table begins; the first three stay in view."""
IN_VIEW = 3
