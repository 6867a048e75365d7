"""What was shown of a plan, as one hash: what would be saved now must be that."""

from collections.abc import Iterable
from typing import Any

from tracker.domain.chain import tagged_hash
from tracker.domain.filled import SheetRole
from tracker.domain.items import facts_of, texts_of
from tracker.domain.merging import Basis, RecordPlan
from tracker.domain.responses import ResponseContent

PLAN_TAG = "tracker/import-plan/2"


def plan_fingerprint(ways: Iterable[Iterable[RecordPlan]], basis: Basis) -> str:
    """The hash of every cell and of all that would be saved, in each of ``ways``.

    These are the same records with conflicts settled in one way and another, so that the hash
    covers every choice and depends on none.
    """
    seen = [[_record_data(record, basis) for record in records] for records in ways]
    return tagged_hash(PLAN_TAG, seen)


def _record_data(record: RecordPlan, basis: Basis) -> list[Any]:
    cells = [
        [cell.field, cell.verdict.value, cell.apart.value, cell.mine, cell.theirs]
        for cell in record.cells
    ]
    saved = [record.version, _content_data(record, basis)] if record.changes else []
    return [record.role.value, record.record, cells, saved]


def _content_data(record: RecordPlan, basis: Basis) -> list[Any]:
    """What would be saved. Figures take the audience of their return, which the version tells,
    or if there is none yet, that of the report.
    """
    content = record.content
    if record.role is SheetRole.FIGURES:
        figures = [[c.year, c.category, c.input, number] for c, number in content.items()]
        return [basis.default_audience.value, sorted(figures)]
    if isinstance(content, ResponseContent):
        return [content.facts(), content.texts()]
    return [facts_of(content), texts_of(content)] if content is not None else []
