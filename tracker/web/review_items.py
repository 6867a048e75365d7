"""Contacts, assistance and targets of a submission, beside the submission before."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from tracker.domain.item_fields import Part
from tracker.domain.items import Item
from tracker.domain.progress import Audience
from tracker.queries.items import items_of_submissions, submitted_items
from tracker.queries.shown_items import ShownItem
from tracker.queries.strikes import StruckText
from tracker.queries.submissions import SubmissionRow
from tracker.web.item_views import ChangedLine, changed_lines


@dataclass(frozen=True, slots=True)
class ReviewedItem:
    """One row; ``is_new`` and ``changes`` are since the submission before."""

    row: ShownItem
    is_new: bool
    changes: tuple[ChangedLine, ...]


@dataclass(frozen=True, slots=True)
class ReviewedPart:
    """One table of a submission; ``gone`` stood in the submission before."""

    part: Part
    rows: tuple[ReviewedItem, ...]
    gone: tuple[Item, ...]

    @property
    def changed(self) -> int:
        """How many rows are new, changed or gone."""
        return sum(row.is_new or bool(row.changes) for row in self.rows) + len(self.gone)


def compare_items(
    session: Session,
    submission: SubmissionRow,
    previous: SubmissionRow | None,
    struck: Mapping[int, tuple[StruckText, ...]],
) -> tuple[ReviewedPart, ...]:
    """Every table whole; without ``previous`` nothing is a change."""
    every = items_of_submissions(session, [row.id for row in (submission, previous) if row])
    before = every[previous.id] if previous else None
    parts = []
    for part, found in every[submission.id].items():
        old = {row.item_id: row.content for row in before[part]} if before else {}
        rows = tuple(
            ReviewedItem(
                ShownItem(
                    row.item_id,
                    row.content,
                    {text.field: text for text in struck.get(row.revision_id, ())},
                ),
                is_new=before is not None and row.item_id not in old,
                changes=changed_lines(old[row.item_id], row.content) if row.item_id in old else (),
            )
            for row in found
        )
        here = {row.item_id for row in found}
        gone = tuple(content for item_id, content in old.items() if item_id not in here)
        parts.append(ReviewedPart(part, rows, gone))
    return tuple(parts)


def item_audiences(session: Session, submission_id: int) -> dict[Audience, int]:
    """How many rows of all tables which audience may read once the submission is published."""
    rows = [row for part in submitted_items(session, submission_id).values() for row in part]
    found = Counter(row.content.audience for row in rows)
    return {audience: found[audience] for audience in Audience}
