"""What a file would change in one contact, need, offer or target."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from tracker.domain.contacts import Contact
from tracker.domain.errors import Invalid, Problem
from tracker.domain.filled import REMOVE, FilledRow, FilledSheet, SheetRole
from tracker.domain.item_fields import Part
from tracker.domain.items import KINDS, Item, empty_item, is_decimal, parse_item, typed_texts
from tracker.domain.merging import Basis, Choices, Draft, RecordPlan, Sides, Verdict, three_way

NOTHING: Sides[Item | None] = Sides(0, None, None)


def plan_item(
    part: Part,
    role: SheetRole,
    sheet: FilledSheet,
    row: FilledRow,
    *,
    basis: Basis,
    choices: Choices,
) -> RecordPlan:
    """The plan of one row; its content is ``None`` where the item is to be removed."""
    sides = basis.items[part].get(row.record, NOTHING)
    draft = Draft(role, sheet, row.record, choices)
    if sides.elsewhere:
        return _refusal(draft, row)
    if row.remove:
        return _removal(draft, row, sides)
    if sides.theirs is None and sides.base is not None and not _edits(part, row, sides.base):
        return draft.plan(0, None, changes=False)  # removed meanwhile, and not changed here
    accepted = _fields(part, draft, row, sides, basis)
    wrong = any(cell.problems for cell in draft.cells)
    if accepted or wrong:  # what a wrong row lacks is told with it, not when it is corrected
        content = _whole(part, draft, row, sides, accepted, basis)
    if not accepted:
        return draft.plan(sides.version, sides.theirs, changes=False)
    return draft.plan(sides.version, content, changes=content != sides.theirs)


def _refusal(draft: Draft, row: FilledRow) -> RecordPlan:
    problems = [Problem("unknown-row")]
    for name, text in row.texts.items():
        draft.judge(row, name, Verdict.INVALID, text, "", problems)
        problems = []  # the others are held back by the first
    return draft.plan(0, None, changes=False)


def _removal(draft: Draft, row: FilledRow, sides: Sides[Item | None]) -> RecordPlan:
    if sides.theirs is None:
        return draft.plan(0, None, changes=False)
    verdict = Verdict.CHANGED if sides.base == sides.theirs else Verdict.CONFLICT
    whole = "\n".join(typed_texts(sides.theirs).values())
    removes = draft.judge(row, REMOVE, verdict, "yes", first_text(sides.theirs), whole=whole)
    content = None if removes else sides.theirs
    return draft.plan(sides.version, content, changes=removes)


def first_text(item: Item | None) -> str:
    """The text by which a person knows an item; ``""`` where there is none."""
    return str(getattr(item, item.TEXTS[0])) if item else ""


def _edits(part: Part, row: FilledRow, base: Item) -> bool:
    """Whether the row says anything that its item did not say when the file was made."""
    known = typed_texts(base)
    for name, text in _typed(part, row, base).items():
        try:
            if KINDS[part].PARSERS[name](text, place=name) != getattr(base, name):
                return True
        except Invalid:
            if text != known[name]:
                return True
    return False


def _fields(
    part: Part, draft: Draft, row: FilledRow, sides: Sides[Item | None], basis: Basis
) -> dict[str, str]:
    """The typed texts to be applied, by field."""
    empty = empty_item(part, basis.default_audience)
    base, theirs = sides.base or empty, sides.theirs or empty
    shown = typed_texts(sides.theirs) if sides.theirs else dict[str, str]()
    gone = sides.theirs is None and (sides.base is not None or sides.ended)
    accepted = {}
    for name, text in _typed(part, row, base).items():
        problems = list[Problem]()
        try:
            mine = _parsed(part, name, text, empty)
        except Invalid as error:
            problems += error.problems
        else:
            problems += _unknown_paragraphs(name, mine, basis)
            if name == "confirmed_on":
                problems += Contact(confirmed_on=mine).not_yet(basis.latest_day)
        if problems:
            draft.judge(row, name, Verdict.INVALID, text, shown.get(name, ""), problems)
            continue
        before, struck = getattr(base, name), name in sides.struck
        verdict = three_way(
            before, mine, getattr(theirs, name), first=sides.theirs is None, struck=struck
        )
        if gone:
            verdict = Verdict.UNCHANGED if mine == before else Verdict.CONFLICT
        if draft.judge(row, name, verdict, text, shown.get(name, ""), struck=struck, gone=gone):
            accepted[name] = text
    return accepted


def _typed(part: Part, row: FilledRow, base: Item) -> dict[str, str]:
    """The texts of a row; a decimal number that is written as it is stored was not touched."""
    known = typed_texts(base)
    return {
        name: known[name] if is_decimal(part, name) and text == getattr(base, name) else text
        for name, text in row.texts.items()
    }


def _parsed(part: Part, name: str, text: str, empty: Item) -> Any:
    """The value of one text; an emptied audience is the one of an empty item."""
    if name == "audience" and not text.strip():
        return empty.audience
    return KINDS[part].PARSERS[name](text, place=name)


def _unknown_paragraphs(name: str, value: Any, basis: Basis) -> list[Problem]:
    if name != "paragraphs":
        return []
    unknown = [number for number in value if number not in basis.paragraphs]
    return [Problem("no-such-paragraph", name, {"number": number}) for number in unknown]


def _whole(
    part: Part,
    draft: Draft,
    row: FilledRow,
    sides: Sides[Item | None],
    accepted: Mapping[str, str],
    basis: Basis,
) -> Item | None:
    """The item with what is accepted; where that cannot stand, what the database has."""
    known = sides.theirs or sides.base
    before = typed_texts(known) if known else dict[str, str]()
    try:
        return parse_item(
            part,
            {**before, **accepted},
            default_audience=basis.default_audience,
            may_lack={name for name in known.NEEDED if not getattr(known, name)} if known else (),
        )
    except Invalid as error:
        problems: dict[str, list[Problem]] = defaultdict(list)
        wrong = {cell.field for cell in draft.cells if cell.problems}
        for problem in error.problems:
            if problem.place not in wrong:  # it has its sentence: what was typed is no value
                problems[problem.place].append(problem)
        there = {cell.field for cell in draft.cells}
        draft.refuse(problems, also=frozenset(accepted))
        for name in problems.keys() - there - row.unread.keys():  # nothing there: an empty cell
            draft.judge(row, name, Verdict.INVALID, "", "", problems[name])
        return sides.theirs
