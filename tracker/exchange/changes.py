"""What differs from an earlier export: a line for every answer, return or item.

No text of an earlier submission is repeated, and no progress from before where the answer is
withheld now: the State has since chosen who may read it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from tracker.domain.documents import LocalisedText
from tracker.domain.indicators import Figures, IndicatorDefinition
from tracker.domain.item_fields import Part
from tracker.domain.messages import N_
from tracker.domain.progress import Absence, Progress
from tracker.domain.responses import ResponseContent
from tracker.exchange.answers import FIELD_WORDS, value_of
from tracker.exchange.columns import Column, Kind, adapted
from tracker.exchange.content_columns import CONTENT_COLUMNS
from tracker.exchange.entries import NAMING, Entry, entry_of
from tracker.exchange.item_columns import ITEM_COLUMNS
from tracker.queries.exports import ExportedAnswer, StateAnswers
from tracker.queries.shown_items import ShownItem

REPORT, ANSWER, FIGURES = N_("Whole report"), N_("Response"), N_("Indicator figures")
NEW, CHANGED = N_("New"), N_("Changed")
WITHHELD, GONE = N_("Now withheld"), N_("No longer shown")
STRUCK = N_("Text struck out")
CONTENT_WORDS = {column.key: column.header for column in CONTENT_COLUMNS} | FIELD_WORDS
Stand = Progress | Absence | None


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One difference: what it is about, what became of it, and which parts are not the same."""

    entry: Entry
    what: str
    change: str
    key: str = ""
    paragraph: int | None = None
    title: LocalisedText | None = None
    before: Stand = None
    now: Stand = None
    parts: tuple[str, ...] = ()


def change_lines(
    entry: Entry, definitions: Iterable[IndicatorDefinition], since: datetime
) -> Iterator[ChangeLine]:
    """Every difference of one State in one cycle; ``since`` is when the earlier export was made."""
    earlier, now = entry.earlier, entry.contents
    if entry.listed.earlier is None:
        if now is not None:
            yield ChangeLine(entry, REPORT, NEW, before=Absence.NOT_REPORTED)
    elif now is None:
        yield ChangeLine(entry, REPORT, GONE, now=Absence.NOT_REPORTED)
    elif earlier is not None:
        yield from _answers(entry, earlier, now)
        yield from _figures(entry, earlier, now, definitions)
        yield from _items(entry, earlier, now)
    else:
        yield from _gone_further(entry, since)
        yield from _struck(entry, now)
        yield from _struck_items(entry, now, since)


def _gone_further(entry: Entry, since: datetime) -> Iterator[ChangeLine]:
    """A submission that was there already, and has been accepted or published since."""
    submission = entry.submission
    if submission is None:
        return
    at = submission.published_at or submission.accepted_at
    if at and at > since:
        yield ChangeLine(entry, REPORT, submission.status)


def _struck(entry: Entry, now: StateAnswers) -> Iterator[ChangeLine]:
    """In a submission that is still shown no text changes but what was struck out since."""
    for commitment in entry.document.commitments:
        names = {name.split(".")[0] for key, name in entry.listed.struck if key == commitment.key}
        if names:
            stand = value_of(commitment, now.answers.get(commitment.key))
            parts = tuple(word for name, word in FIELD_WORDS.items() if name in names)
            yield ChangeLine(
                entry,
                ANSWER,
                STRUCK,
                commitment.key,
                commitment.paragraph,
                commitment.title,
                stand,
                stand,
                parts,
            )


def _struck_items(entry: Entry, now: StateAnswers, since: datetime) -> Iterator[ChangeLine]:
    for part in Part:
        for item in now.items[part].shown:
            names = {name for name, text in item.struck.items() if text.at > since}
            if names:
                parts = tuple(c.header for c in ITEM_COLUMNS[part] if c.key in names)
                yield ChangeLine(entry, part, STRUCK, item.item_id, parts=parts)


def _answers(entry: Entry, earlier: StateAnswers, now: StateAnswers) -> Iterator[ChangeLine]:
    for commitment in entry.document.commitments:
        was, is_ = earlier.answers.get(commitment.key), now.answers.get(commitment.key)
        found = _difference(was, is_)
        if found is None:
            continue
        change, parts = found
        yield ChangeLine(
            entry,
            ANSWER,
            change,
            commitment.key,
            commitment.paragraph,
            commitment.title,
            Absence.WITHHELD if was and change == WITHHELD else value_of(commitment, was),
            value_of(commitment, is_),
            parts,
        )


def _difference(
    was: ExportedAnswer | None, now: ExportedAnswer | None
) -> tuple[str, tuple[str, ...]] | None:
    """What became of an answer and in which parts; ``None`` if nothing that may be read."""
    before, after = _content(was), _content(now)
    if now is not None and after is None:
        return None if was is not None and before is None else (WITHHELD, ())
    if after is None:
        return None if was is None else (GONE, ())
    if before is None:
        return NEW, ()
    parts = tuple(
        CONTENT_WORDS[f.name]
        for f in fields(ResponseContent)
        if getattr(before, f.name) != getattr(after, f.name)
    )
    return (CHANGED, parts) if parts else None


def _content(answer: ExportedAnswer | None) -> ResponseContent | None:
    return answer.content if answer else None


def _figures(
    entry: Entry,
    earlier: StateAnswers,
    now: StateAnswers,
    definitions: Iterable[IndicatorDefinition],
) -> Iterator[ChangeLine]:
    for definition in definitions:
        slug = definition.slug
        was, is_ = earlier.returns.get(slug), now.returns.get(slug)
        before = was.figures if was else None
        after = is_.figures if is_ else None
        if before == after:
            continue
        change, years = CHANGED, _years(before or {}, after or {})
        if after is None:
            change, years = (WITHHELD if is_ else GONE), ()
        elif before is None:
            change = NEW
        yield ChangeLine(entry, FIGURES, change, slug, title=definition.name, parts=years)


def _years(before: Figures, after: Figures) -> tuple[str, ...]:
    cells = {cell for cell in {*before, *after} if before.get(cell) != after.get(cell)}
    return tuple(str(year) for year in sorted({cell.year for cell in cells}))


def _items(entry: Entry, earlier: StateAnswers, now: StateAnswers) -> Iterator[ChangeLine]:
    for part in Part:
        before, after = _by_id(earlier, part), _by_id(now, part)
        for key in {**before, **after}:
            if key not in after:
                yield ChangeLine(entry, part, GONE, key)
            elif key not in before:
                yield ChangeLine(entry, part, NEW, key)
            elif before[key].content != after[key].content:
                parts = _item_parts(part, before[key], after[key])
                yield ChangeLine(entry, part, CHANGED, key, parts=parts)


def _by_id(contents: StateAnswers, part: Part) -> Mapping[str, ShownItem]:
    return {item.item_id: item for item in contents.items[part].shown}


def _item_parts(part: Part, before: ShownItem, after: ShownItem) -> tuple[str, ...]:
    return tuple(
        column.header
        for column in ITEM_COLUMNS[part]
        if column.value(before.content) != column.value(after.content)
    )


CHANGE_COLUMNS: tuple[Column[ChangeLine], ...] = (
    *(adapted(column, entry_of) for column in NAMING),
    Column(
        "what",
        N_("What"),
        Kind.LABEL,
        20,
        lambda line: line.what,
        N_("The whole report, a response, the figures of an indicator, or an item."),
    ),
    Column(
        "change",
        N_("Change"),
        Kind.LABEL,
        18,
        lambda line: line.change,
        N_("What became of it since; no longer shown is also what its State now withholds."),
    ),
    Column(
        "paragraph",
        N_("Paragraph"),
        Kind.NUMBER,
        10,
        lambda line: line.paragraph,
        N_("Paragraph of the outcome document; empty where the change is in no response."),
    ),
    Column(
        "title",
        N_("Short title (ours)"),
        Kind.LOCALISED,
        34,
        lambda line: line.title or {},
        N_("Our own short title of the commitment, or the name of the indicator."),
    ),
    Column(
        "before",
        N_("Progress before"),
        Kind.LABEL,
        18,
        lambda line: line.before,
        N_("As the earlier export showed it; withheld where the answer may not be read now."),
    ),
    Column(
        "now",
        N_("Progress now"),
        Kind.LABEL,
        18,
        lambda line: line.now,
        N_("As this file shows it."),
    ),
    Column(
        "parts",
        N_("Parts that changed"),
        Kind.LABELS,
        40,
        lambda line: line.parts,
        N_("Columns, or years of figures, that are not the same."),
    ),
    Column(
        "key",
        N_("Key"),
        Kind.CODE,
        24,
        lambda line: line.key,
        N_("Key of the commitment, indicator or item; empty for a whole report."),
    ),
)
