"""What a file would change in the answer to one commitment, its laws and instruments included."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from tracker.domain.errors import Invalid, Problem
from tracker.domain.filled import FilledRow, FilledSheet, SheetRole
from tracker.domain.merging import Choices, Draft, RecordPlan, Sides, Verdict, three_way
from tracker.domain.progress import Audience
from tracker.domain.responses import (
    MAX_MEASURES,
    Measure,
    ResponseContent,
    parse_response,
)

LISTED = "measures"
Problems = Mapping[str, list[Problem]]


@dataclass(frozen=True, slots=True)
class AnswerRows:
    """What the sheets say on one commitment: its row, and a row for each law."""

    answers: FilledSheet
    row: FilledRow | None
    measures: FilledSheet
    laws: Sequence[FilledRow]


def typed_answer(content: ResponseContent) -> dict[str, str]:
    """The answer as it would be typed, by field, without its laws."""
    return {
        "progress": content.progress.value if content.progress else "",
        "reason": content.reason,
        "narrative": content.narrative,
        "narrative_language": content.narrative_language,
        "lead_agency": content.lead_agency,
        "good_practice": "yes" if content.good_practice else "no",
        "audience": content.audience.value,
    }


def typed_measure(measure: Measure) -> dict[str, str]:
    """A law as it would be typed, by field."""
    return {f.name: getattr(measure, f.name) for f in fields(measure)}


def plan_answer(
    record: str,
    rows: AnswerRows,
    sides: Sides[ResponseContent],
    *,
    choices: Choices,
    default_audience: Audience,
) -> tuple[RecordPlan, ...]:
    """The plan of the row and the plan of its laws; both end in the same content.

    The first holds the content in which both are applied.
    """
    said = Draft(SheetRole.ANSWERS, rows.answers, record, choices)
    accepted: dict[str, Any] = {}
    if rows.row is not None:
        accepted = _fields(said, rows.row, sides, default_audience)
    laws = Draft(SheetRole.MEASURES, rows.measures, record, choices)
    if rows.laws:
        listed = _laws(laws, rows.laws, sides)
        accepted |= {} if listed is None else {LISTED: listed}
    content = replace(sides.theirs, **accepted)
    if not sides.version and not content.says_something:
        said.leave()
        content = sides.theirs
    changes = content != sides.theirs
    first = said.plan(sides.version, content, changes=changes)
    return (first, laws.plan(sides.version, content, changes=False))


def _fields(
    draft: Draft, row: FilledRow, sides: Sides[ResponseContent], default_audience: Audience
) -> dict[str, Any]:
    """The values to be applied, by field."""
    said, problems = _read(row.texts, default_audience)
    theirs = typed_answer(sides.theirs) if sides.version else dict[str, str]()
    accepted = {}
    for name, text in row.texts.items():
        shown = theirs.get(name, "")
        if name in problems:
            draft.judge(row, name, Verdict.INVALID, text, shown, problems[name])
            continue
        mine = getattr(said, name)
        there = getattr(sides.theirs, name)
        verdict = three_way(getattr(sides.base, name), mine, there, first=not sides.version)
        if draft.judge(row, name, verdict, text, shown):
            accepted[name] = mine
    return accepted


def _read(texts: Mapping[str, str], default: Audience) -> tuple[ResponseContent, Problems]:
    """What the good cells say, and what is wrong with the others, by field."""
    try:
        return parse_response(texts, default_audience=default), {}
    except Invalid as error:
        problems: dict[str, list[Problem]] = defaultdict(list)
        for problem in error.problems:
            problems[problem.place].append(problem)
        good = {name: text for name, text in texts.items() if name not in problems}
        return parse_response(good, default_audience=default), problems


def _laws(
    draft: Draft, rows: Sequence[FilledRow], sides: Sides[ResponseContent]
) -> tuple[Measure, ...] | None:
    """The laws to be applied, ``None`` where nothing is."""
    base, theirs = sides.base.measures, sides.theirs.measures
    edits: dict[int, Measure | None] = {}
    added: list[Measure] = []
    for row in rows:
        problems = _read_law(row, base, edits, added)
        for name, found in problems.items():
            place = f"{LISTED}.{row.number}.{name}"
            text = row.texts.get(name, "")
            draft.judge(row, place, Verdict.INVALID, text, "", found, column=name)
    mine = (*(m for m in _edited(base, edits) if m is not None), *added)
    merged = _merge(base, edits, added, mine, theirs)
    outcome = mine if merged is None else merged
    verdict = Verdict.CONFLICT
    if merged is not None:
        verdict = three_way(theirs, merged, theirs, first=not sides.version)
    if verdict is Verdict.UNCHANGED:
        draft.unchanged += sum(len(row.texts) for row in rows) - len(draft.cells)
        return None
    too_many = [Problem("too-many-measures", LISTED, {"limit": MAX_MEASURES})]
    problem = too_many if len(outcome) > MAX_MEASURES else []
    if problem:
        verdict = Verdict.INVALID
    first = next((row for row in rows if _differs(row, base)), rows[0])
    shown = listed_laws(outcome), listed_laws(theirs)
    applied = draft.judge(first, LISTED, verdict, *shown, problem, column="title")
    return outcome if applied else None


def _read_law(
    row: FilledRow,
    base: tuple[Measure, ...],
    edits: dict[int, Measure | None],
    added: list[Measure],
) -> Problems:
    """Note what one row says of a law; what is wrong with it, by field."""
    at = row.position
    if at is not None and at >= len(base):
        return {"title": [Problem("unknown-row")]}
    if row.remove:
        if at is not None:
            edits[at] = None
        return {}
    known = typed_measure(base[at]) if at is not None else {}
    typed = {**known, **row.texts}
    if typed == known or not any(typed.values()) and at is None:
        return {}
    try:
        found = parse_response({}, [typed], default_audience=Audience.SECRETARIAT).measures
    except Invalid as error:
        problems: dict[str, list[Problem]] = defaultdict(list)
        for problem in error.problems:
            problems[problem.place.rpartition("-")[2]].append(problem)
        return problems
    if at is not None:
        edits[at] = found[0] if found else None
    else:
        added += found
    return {}


def _differs(row: FilledRow, base: tuple[Measure, ...]) -> bool:
    if row.position is None or row.position >= len(base) or row.remove:
        return bool(row.texts)
    known = typed_measure(base[row.position])
    return any(known[name] != text for name, text in row.texts.items())


def _edited(
    base: tuple[Measure, ...], edits: Mapping[int, Measure | None]
) -> tuple[Measure | None, ...]:
    return tuple(edits.get(at, measure) for at, measure in enumerate(base))


def _merge(
    base: tuple[Measure, ...],
    edits: Mapping[int, Measure | None],
    added: list[Measure],
    mine: tuple[Measure, ...],
    theirs: tuple[Measure, ...],
) -> tuple[Measure, ...] | None:
    """Both sides' changes, law by law, then what each added; ``None`` where they clash."""
    edited = _edited(base, edits)
    if mine in (theirs, base) or _is_applied(edited, added, theirs):
        return theirs
    kept, more = theirs[: len(base)], theirs[len(base) :]
    if len(kept) < len(base):
        return None
    merged = []
    for old, ours, present in zip(base, edited, kept, strict=True):
        if ours not in (old, present) and present != old:
            return None
        merged.append(present if ours == old else ours)
    missing = (measure for measure in added if measure not in more)
    return (*(measure for measure in merged if measure is not None), *more, *missing)


def _is_applied(
    edited: tuple[Measure | None, ...], added: list[Measure], theirs: tuple[Measure, ...]
) -> bool:
    """Whether the list is what this file made of it before, with laws that others added.

    Where the file only removes the last law, another one in its place may be that law, changed:
    that is no sign of it.
    """
    left = tuple(measure for measure in edited if measure is not None)
    start, more = theirs[: len(left)], theirs[len(left) :]
    is_sign = bool(added) or edited[-1:] != (None,)
    return is_sign and start == left and all(measure in more for measure in added)


def listed_laws(measures: tuple[Measure, ...]) -> str:
    """Laws one a line, as a person reads them."""
    return "\n".join(
        " · ".join(part for part in (m.title, m.adopted_on, m.link) if part) for m in measures
    )
