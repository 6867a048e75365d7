"""What a file would change in the laws and instruments of one answer, merged law by law."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date

from tracker.domain.errors import Invalid, Problem
from tracker.domain.filled import FilledRow
from tracker.domain.merging import Draft, Sides, Verdict, three_way
from tracker.domain.progress import Audience
from tracker.domain.responses import MAX_MEASURES, Measure, ResponseContent, parse_response

LISTED = "measures"
Problems = Mapping[str, list[Problem]]


def typed_measure(measure: Measure) -> dict[str, str]:
    """A law as it would be typed, by field."""
    return {f.name: getattr(measure, f.name) for f in fields(measure)}


def plan_laws(
    draft: Draft, rows: Sequence[FilledRow], sides: Sides[ResponseContent], latest_day: date
) -> tuple[Measure, ...] | None:
    """The laws to be applied, ``None`` where nothing is."""
    base, theirs = sides.base.measures, sides.theirs.measures
    read = _FileLaws(base, latest_day)
    for row in rows:
        for name, found in read.take(row).items():
            _refuse(draft, row, name, found)
    # Laws change places: an edit of any may repeat what was struck out of one.
    struck = any(name.startswith(LISTED) for name in sides.struck) and any(read.edits.values())
    merged: tuple[Measure, ...] | None = theirs
    if read.mine not in (theirs, base):
        merged = None if struck else _merge(read, sides)
    outcome = read.mine if merged is None else merged
    too_many = [Problem("too-many-measures", LISTED, {"limit": MAX_MEASURES})]
    for row in read.rows_of(outcome[MAX_MEASURES:]):
        _refuse(draft, row, "title", too_many)
    outcome = outcome[:MAX_MEASURES]
    verdict = Verdict.CONFLICT
    if merged is not None:
        verdict = three_way(theirs, outcome, theirs, first=not sides.version)
    if verdict is Verdict.UNCHANGED:
        draft.unchanged += sum(len(row.texts) for row in rows) - len(draft.cells)
        return None
    shown = listed_laws(outcome), listed_laws(theirs)
    applies = draft.judge(read.rows[0], LISTED, verdict, *shown, column="title", struck=struck)
    return outcome if applies else None


def _refuse(draft: Draft, row: FilledRow, name: str, problems: list[Problem]) -> None:
    place, text = f"{LISTED}.{row.number}.{name}", row.texts.get(name, "")
    draft.judge(row, place, Verdict.INVALID, text, "", problems, column=name)


@dataclass(slots=True)
class _FileLaws:
    """What the rows of a file say of the laws that it was made with, and the laws it adds.

    ``edits`` are by place among them, ``None`` for one to be removed; ``new`` those added, with
    their rows; ``rows`` all that say something else than before.
    """

    base: tuple[Measure, ...]
    latest_day: date
    edits: dict[int, Measure | None] = field(default_factory=dict)
    new: list[tuple[FilledRow, Measure]] = field(default_factory=list)
    rows: list[FilledRow] = field(default_factory=list)

    @property
    def added(self) -> list[Measure]:
        """The laws that are new in the file."""
        return [measure for _, measure in self.new]

    @property
    def mine(self) -> tuple[Measure, ...]:
        """The laws as the file has them."""
        kept = (measure for measure in _edited(self.base, self.edits) if measure is not None)
        return (*kept, *self.added)

    def rows_of(self, last: Sequence[Measure]) -> list[FilledRow]:
        """The rows of the last laws that were added, in order."""
        left, rows = Counter(last), list[FilledRow]()
        for row, measure in reversed(self.new):
            if left[measure]:
                left[measure] -= 1
                rows.insert(0, row)
        return rows

    def take(self, row: FilledRow) -> Problems:
        """Note what one row says; what is wrong with it, by field, is left out."""
        at = row.position
        if at is not None and at >= len(self.base):
            return {"title": [Problem("unknown-row")]}
        if row.remove:
            if at is not None:
                self.edits[at] = None
                self.rows.append(row)
            return {}
        known = typed_measure(self.base[at]) if at is not None else {}
        typed = {**known, **row.texts}
        if typed == known:
            return {}
        found, problems = _read_law(typed, known, self.latest_day)
        if at is not None and found != self.base[at] and (found or not problems):
            self.edits[at] = found
            self.rows.append(row)
        if at is None and found:
            self.new.append((row, found))
            self.rows.append(row)
        return {name: told for name, told in problems.items() if name not in row.unread}


def _read_law(
    typed: dict[str, str], known: Mapping[str, str], latest_day: date
) -> tuple[Measure | None, Problems]:
    """The law that the good cells name, and what is wrong with the others, by field.

    In the place of a wrong cell stands what was ``known``; there is no law without a title.
    """
    try:
        return _parse_law(typed, latest_day), {}
    except Invalid as error:
        problems: dict[str, list[Problem]] = defaultdict(list)
        for problem in error.problems:
            problems[problem.place.rpartition("-")[2]].append(problem)
    good = typed | {name: known.get(name, "") for name in problems}
    return (_parse_law(good) if good.get("title") else None), problems


def _parse_law(typed: Mapping[str, str], latest_day: date = date.max) -> Measure | None:
    found = parse_response(
        {}, [typed], default_audience=Audience.SECRETARIAT, latest_day=latest_day
    ).measures
    return found[0] if found else None


def _edited(
    base: tuple[Measure, ...], edits: Mapping[int, Measure | None]
) -> tuple[Measure | None, ...]:
    return tuple(edits.get(at, measure) for at, measure in enumerate(base))


def _merge(read: _FileLaws, sides: Sides[ResponseContent]) -> tuple[Measure, ...] | None:
    """Both sides' changes, law by law, then what each added; ``None`` where they clash."""
    base, theirs, added = read.base, sides.theirs.measures, read.added
    gone = sides.laws_since - {law.title for law in theirs}
    edited = _edited(base, read.edits)
    if theirs != base and _is_applied(base, edited, added, theirs):
        left = [measure for measure in edited if measure is not None]
        more = _with_added(theirs[len(left) :], added, gone)
        return None if more is None else (*left, *more)
    if len(theirs) < len(base):
        return None
    merged: list[Measure | None] = []
    for old, ours, present in zip(base, edited, theirs, strict=False):
        if ours in (old, present):
            merged.append(present)
        elif present == old or ours is not None and _is_on_its_way(old, ours, present):
            merged.append(ours)
        else:
            return None
    kept = [measure for measure in merged if measure is not None]
    more = _with_added(theirs[len(base) :], added, gone)
    return None if more is None else (*kept, *more)


def _is_on_its_way(old: Measure, ours: Measure, present: Measure) -> bool:
    """Whether each part is still the old one or ours already: saved before without wrong cells.

    Any other change online may be of another law that stands in this place now.
    """
    sides = (typed_measure(measure).values() for measure in (old, ours, present))
    return all(there in (before, mine) for before, mine, there in zip(*sides, strict=True))


def _with_added(
    more: Sequence[Measure], added: Sequence[Measure], gone: Collection[str]
) -> list[Measure] | None:
    """The laws that others added, with ours; of one title the one that says more stands.

    So a row whose wrong cell was left out and then corrected is one law, not two. ``None`` where
    they say different things of one title, for it may be one law that was corrected online; and
    where one of this title is ``gone`` since, for it may have been removed.
    """
    laws = list(more)
    open_to = [at for at, law in enumerate(more) if law not in added]
    for ours in (law for law in added if law not in more):
        alike = [at for at in open_to if laws[at].title == ours.title]
        if not alike and ours.title in gone:
            return None
        if not alike:
            laws.append(ours)
            continue
        at = next((at for at in alike if _completes(laws[at], ours)), alike[0])
        open_to.remove(at)
        if _completes(ours, laws[at]):
            laws[at] = ours
        elif not _completes(laws[at], ours):
            return None
    return laws


def _completes(ours: Measure, law: Measure) -> bool:
    parts = zip(typed_measure(ours).values(), typed_measure(law).values(), strict=True)
    return ours.title == law.title and all(there in ("", mine) for mine, there in parts)


def _is_applied(
    base: tuple[Measure, ...],
    edited: tuple[Measure | None, ...],
    added: list[Measure],
    theirs: tuple[Measure, ...],
) -> bool:
    """Whether the list is what this file made of it before, with laws that others added; perhaps
    without cells that were wrong then.

    Where the file only removes the last law, another one in its place may be that law, changed:
    that is no sign of it.
    """
    kept = [(old, ours) for old, ours in zip(base, edited, strict=True) if ours is not None]
    start, more = theirs[: len(kept)], theirs[len(kept) :]
    is_sign = bool(added) or edited[-1:] != (None,) or not more
    return (
        is_sign
        and len(start) == len(kept)
        and all(_is_on_its_way(*law, there) for law, there in zip(kept, start, strict=True))
        and all(any(_completes(ours, law) for law in more) for ours in added)
    )


def listed_laws(measures: tuple[Measure, ...]) -> str:
    """Laws one a line, as a person reads them."""
    return "\n".join(
        " · ".join(part for part in (m.title, m.adopted_on, m.link) if part) for m in measures
    )
