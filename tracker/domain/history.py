"""The history of one response: saves of one person close together read as one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tracker.domain.differences import Piece, diff_words
from tracker.domain.responses import Measure, ResponseContent

TOGETHER = timedelta(minutes=30)


class Revision(Protocol):
    """One saved state, as far as the history needs it."""

    @property
    def version(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def actor_id(self) -> int | None: ...
    @property
    def actor(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def content(self) -> ResponseContent: ...
    @property
    def struck(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Change:
    """One field that changed; texts as words kept, added and removed."""

    field: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class HistoryGroup:
    """Saves of one person by one way within half an hour, and what they changed together.

    ``source`` is that way: ``form`` or ``file``, in older ones with a colon and the name of the
    file. ``struck`` gives the reason for each text struck out later, by field.
    """

    actor: str
    source: str
    first_at: datetime
    last_at: datetime
    first_version: int
    last_version: int
    changes: tuple[Change, ...]
    struck: Mapping[str, str]


def group_revisions(revisions: Sequence[Revision]) -> tuple[HistoryGroup, ...]:
    """The latest group first; ``revisions`` come the oldest first."""
    groups: list[list[Revision]] = []
    for revision in revisions:
        last = groups[-1] if groups else []
        if last and _belongs(last[0], revision):
            last.append(revision)
        else:
            groups.append([revision])
    contents = [ResponseContent(), *(group[-1].content for group in groups)]
    described = [
        HistoryGroup(
            actor=group[-1].actor,
            source=group[-1].source,
            first_at=group[0].at,
            last_at=group[-1].at,
            first_version=group[0].version,
            last_version=group[-1].version,
            changes=changes_between(before, group[-1].content),
            struck={name: why for revision in group for name, why in revision.struck.items()},
        )
        for before, group in zip(contents, groups, strict=False)
    ]
    return tuple(reversed(described))


def _belongs(first: Revision, revision: Revision) -> bool:
    same = (revision.actor_id, revision.source) == (first.actor_id, first.source)
    return same and revision.at - first.at <= TOGETHER


def changes_between(old: ResponseContent, new: ResponseContent) -> tuple[Change, ...]:
    """Every field that differs, in the order of the form."""
    before, after = dict(_readable(old)), dict(_readable(new))
    return tuple(
        Change(field, diff_words(before[field], after[field]))
        for field in before
        if before[field] != after[field]
    )


def _readable(content: ResponseContent) -> Iterable[tuple[str, str]]:
    yield "progress", content.progress.value if content.progress else ""
    yield "reason", content.reason
    yield "narrative", content.narrative
    yield "narrative_language", content.narrative_language
    yield "measures", "\n".join(_line(measure) for measure in content.measures)
    yield "lead_agency", content.lead_agency
    yield "good_practice", "yes" if content.good_practice else ""
    yield "audience", content.audience.value


def _line(measure: Measure) -> str:
    return " · ".join(part for part in (measure.title, measure.adopted_on, measure.link) if part)
