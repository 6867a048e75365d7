"""What a file would change in the answer to one commitment, its laws and instruments included."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tracker.domain.errors import Invalid, Problem
from tracker.domain.filled import FilledRow, FilledSheet, SheetRole
from tracker.domain.law_plans import LISTED, Problems, plan_laws
from tracker.domain.merging import Choices, Draft, RecordPlan, Sides, Verdict, three_way
from tracker.domain.progress import Audience
from tracker.domain.responses import ResponseContent, parse_response


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


def plan_answer(
    record: str,
    rows: AnswerRows,
    sides: Sides[ResponseContent],
    *,
    choices: Choices,
    default_audience: Audience,
    latest_day: date,
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
        listed = plan_laws(laws, rows.laws, sides, latest_day)
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
        struck = name in sides.struck
        verdict = three_way(
            getattr(sides.base, name), mine, there, first=not sides.version, struck=struck
        )
        if draft.judge(row, name, verdict, text, shown, struck=struck):
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
