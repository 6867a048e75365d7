"""Base, mine and theirs: every verdict, and the limits of what a report holds."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tracker.domain.filled import FilledRow, FilledSheet, FilledTemplate, SheetRole
from tracker.domain.import_plans import make_plan
from tracker.domain.item_fields import Part
from tracker.domain.items import MAX_ITEMS, Item
from tracker.domain.law_plans import listed_laws
from tracker.domain.merging import Basis, Choices, Plan, Sides, Verdict, bound, three_way
from tracker.domain.progress import Audience
from tracker.domain.responses import MAX_MEASURES, Measure, ResponseContent
from tracker.domain.targets import Target

A, B, C, D = (Measure(title) for title in "ABCD")


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "verdict"),
    [
        ("a", "a", "a", Verdict.UNCHANGED),
        ("a", "a", "b", Verdict.UNCHANGED),
        ("a", "b", "b", Verdict.UNCHANGED),
        ("a", "b", "a", Verdict.CHANGED),
        ("a", "", "a", Verdict.CHANGED),
        ("", "b", "", Verdict.NEW),
        (None, 0, None, Verdict.NEW),
        ("a", "b", "c", Verdict.CONFLICT),
        ("", "b", "c", Verdict.CONFLICT),
        ("a", "b", "", Verdict.CONFLICT),
    ],
)
def test_one_value(base: object, mine: object, theirs: object, verdict: Verdict) -> None:
    assert three_way(base, mine, theirs) is verdict


@pytest.mark.parametrize(
    ("mine", "theirs", "verdict"),
    [
        ("b", "", Verdict.CONFLICT),
        ("b", "c", Verdict.CONFLICT),
        ("b", "b", Verdict.UNCHANGED),
        ("", "", Verdict.UNCHANGED),
    ],
)
def test_made_from_a_text_that_was_struck_out(mine: str, theirs: str, verdict: Verdict) -> None:
    assert three_way("", mine, theirs, struck=True) is verdict


def plan_of(
    role: SheetRole, rows: list[FilledRow], choices: Choices | None = None, **known: Any
) -> Plan:
    sheet = FilledSheet("S", {"title": "B"}, tuple(rows))
    basis = Basis(
        **{
            "default_audience": Audience.PUBLIC,
            "paragraphs": frozenset({28}),
            "last_year": 2026,
            "latest_day": date(2026, 6, 30),
            "answers": {},
            "items": {part: {} for part in Part},
            "figures": {},
            "indicators": {},
            **known,
        }
    )
    return make_plan(FilledTemplate("en", None, {role: sheet}), basis, choices or {})


def said(*laws: Measure) -> ResponseContent:
    return ResponseContent(measures=laws)


def change(at: int, title: str) -> FilledRow:
    return FilledRow(3 + at, "k", 1, {"title": title}, at)


def removal(at: int) -> FilledRow:
    return FilledRow(3 + at, "k", 1, {"title": "?"}, at, remove=True)


def addition(title: str) -> FilledRow:
    return FilledRow(40, "k", 1, {"title": title})


@pytest.mark.parametrize(
    ("theirs", "rows", "outcome"),
    [
        ((A, B), [change(0, "A"), change(1, "B")], (A, B)),
        ((A, B), [], (A, B)),
        ((A, B), [change(1, "C")], (A, C)),
        ((A, B), [removal(0)], (B,)),
        ((A, B), [addition("C")], (A, B, C)),
        ((C, B), [change(1, "C")], (C, C)),
        ((A, C), [removal(0)], (C,)),
        ((A, B, C), [addition("C")], (A, B, C)),
        ((A, B, C), [addition("C"), change(0, "C")], (C, B, C)),
        ((A, B, C), [change(0, "A")], (A, B, C)),
        ((C, B), [change(0, "B")], None),
        ((C, B), [removal(0)], None),
        ((A,), [change(0, "C")], None),
        ((A, B, C), [addition("D")], (A, B, C, D)),
        ((A, B, C), [addition("D"), addition("C")], (A, B, C, D)),
        ((A, B, C), [addition("A")], (A, B, C, A)),
        ((A, B, C), [addition("D"), removal(0)], (B, C, D)),
        ((B, C, D), [addition("D"), removal(0)], (B, C, D)),
        ((A, B, C), [removal(0)], (B, C)),
        ((B, C), [removal(0)], (B, C)),
        ((A, B, C), [removal(1)], (A, C)),
        ((A, C), [removal(1)], None),
        ((A, C, D), [removal(1), addition("D")], (A, C, D)),
        ((A, B, C, D), [addition("D"), change(0, "C")], (C, B, C, D)),
        ((C, B, C, D), [addition("D"), change(0, "C")], (C, B, C, D)),
    ],
)
def test_laws_of_both_sides(
    theirs: tuple[Measure, ...], rows: list[FilledRow], outcome: tuple[Measure, ...] | None
) -> None:
    sides = Sides(2, said(*theirs), said(A, B))
    plan = plan_of(SheetRole.MEASURES, rows, answers={"k": sides})
    assert bool(plan.conflicts) == (outcome is None)
    shown = plan.records[0].content.measures if plan.records else theirs
    assert shown == (theirs if outcome is None else outcome)
    if outcome is None:
        mine = plan_of(SheetRole.MEASURES, rows, {"*": "mine"}, answers={"k": sides})
        assert listed_laws(mine.records[0].content.measures) == plan.conflicts[0].mine


def test_the_list_of_laws_that_is_shown_is_the_one_that_is_saved() -> None:
    sides = Sides(2, said(C, B), said(A, B))
    plan = plan_of(SheetRole.MEASURES, [change(1, "D")], answers={"k": sides})
    assert [cell.theirs for cell in plan.cells] == [listed_laws((C, B))]
    saved = plan.records[0].content.measures
    assert saved == (C, Measure("D"))
    assert [cell.mine for cell in plan.cells] == [listed_laws(saved)]


def typed(number: int, at: int | None = None, **texts: str) -> FilledRow:
    return FilledRow(number, "k", 1, texts, at)


def test_a_wrong_cell_takes_nothing_of_its_law_with_it() -> None:
    """Each wrong cell is named; the rest of the row is saved, and the law as corrected once."""
    old = (Measure("Old Act", "2020", "https://old.example"), Measure("B"))
    rows = [
        typed(3, 0, title="Renamed Act", adopted_on="May 2024"),
        typed(4, 1, title="", link="https://b.example"),
        typed(5, title="Arms Act", adopted_on="30/06/2024"),
        typed(6, title="Border Act", adopted_on="2024", link="ftp://x"),
        typed(7, adopted_on="2024"),
    ]
    plan = plan_of(SheetRole.MEASURES, rows, answers={"k": Sides(1, said(*old), said(*old))})
    assert [(e.field, e.problem.code) for e in plan.errors] == [
        ("measures.3.adopted_on", "not-a-date"),
        ("measures.4.title", "measure-needs-title"),
        ("measures.5.adopted_on", "not-a-date"),
        ("measures.6.link", "not-a-link"),
        ("measures.7.title", "measure-needs-title"),
    ]
    saved = plan.records[0].content.measures
    assert saved == (
        Measure("Renamed Act", "2020", "https://old.example"),
        Measure("B", "", "https://b.example"),
        Measure("Arms Act"),
        Measure("Border Act", "2024"),
    )
    assert [c.mine for c in plan.cells if c.verdict is Verdict.CHANGED] == [listed_laws(saved)]
    right = [
        typed(3, 0, title="Renamed Act", adopted_on="2024-05"),
        typed(4, 1, title="B", link="https://b.example"),
        typed(5, title="Arms Act", adopted_on="2024-06-30"),
        typed(6, title="Border Act", adopted_on="2024", link="https://x.example"),
    ]
    plan = plan_of(SheetRole.MEASURES, right, answers={"k": Sides(2, said(*saved), said(*old))})
    assert plan.ok and plan.records[0].content.measures == (
        Measure("Renamed Act", "2024-05", "https://old.example"),
        Measure("B", "", "https://b.example"),
        Measure("Arms Act", "2024-06-30"),
        Measure("Border Act", "2024", "https://x.example"),
    )


B_LINKED = (Measure("B", "", "https://x.example"),)
X, X24, X25 = (Measure("X", adopted_on) for adopted_on in ("", "2024", "2025"))


@pytest.mark.parametrize(
    ("theirs", "rows", "outcome"),
    [
        ((X, X24), [typed(9, title="X", adopted_on="2025")], None),
        ((X, X24), [typed(9, title="Y", adopted_on="2025")], (X, X24, Measure("Y", "2025"))),
        ((X, X), [typed(9, title="X", adopted_on="2025")], (X, X25)),
        ((X, X), [typed(9, title="X", adopted_on="2025")] * 2, (X, X25, X25)),
        ((X, X), [typed(9, title="X"), typed(9, title="X", adopted_on="2025")], (X, X, X25)),
        ((X, X24), [typed(9, title="X", adopted_on="2024")], (X, X24)),
        ((X, X24), [typed(9, title="X")], (X, X24)),
        ((X, X, X24), [typed(9, title="X", adopted_on="2024")], (X, X, X24)),
        ((X24,), [typed(3, 0, link="https://x.example")], None),
        ((Measure("Y"),), [typed(3, 0, title="Y", adopted_on="2024")], (Measure("Y", "2024"),)),
        ((X24,), [typed(3, 0, title="Z")], None),
    ],
)
def test_an_added_law_that_says_more_takes_the_place_of_the_other(
    theirs: tuple[Measure, ...], rows: list[FilledRow], outcome: tuple[Measure, ...] | None
) -> None:
    """So does a row that was saved in part; where both changed one law, somebody is asked."""
    plan = plan_of(SheetRole.MEASURES, rows, answers={"k": Sides(2, said(*theirs), said(X))})
    assert bool(plan.conflicts) == (outcome is None)
    shown = plan.records[0].content.measures if plan.records else theirs
    assert shown == (theirs if outcome is None else outcome)


@pytest.mark.parametrize("title", ["A", "C", "D"])
def test_a_law_that_stood_here_since_the_file_was_made_is_not_added_unasked(title: str) -> None:
    sides = Sides(3, said(A), said(A), laws_since=frozenset({"A", "C"}))
    plan = plan_of(SheetRole.MEASURES, [addition(title)], answers={"k": sides})
    assert bool(plan.conflicts) == (title == "C")
    assert plan.records[0].changes == (title != "C")
    mine = plan_of(SheetRole.MEASURES, [addition(title)], {"*": "mine"}, answers={"k": sides})
    assert mine.records[0].content.measures == (A, Measure(title))


@pytest.mark.parametrize(
    ("base", "theirs", "rows", "outcome"),
    [
        ((A, B), (B,), [removal(0), typed(4, 1, adopted_on="2024")], (Measure("B", "2024"),)),
        ((A, B), (A,), [typed(3, 0, adopted_on="2024"), removal(1)], (Measure("A", "2024"),)),
        ((A, B), (B, X), [removal(0), typed(9, title="X", adopted_on="2024")], (B, X24)),
        ((A, B), (B, X, C), [removal(0), typed(9, title="X", adopted_on="2024")], (B, X24, C)),
        ((A, B), (B, C), [removal(0), typed(4, 1, link="https://x.example")], (*B_LINKED, C)),
        ((A, B), (A, C), [typed(3, 0, adopted_on="2024"), removal(1)], None),
        ((A, B), (C,), [removal(0), typed(4, 1, adopted_on="2024")], None),
        ((X, X), (X, X), [removal(0)], (X,)),
    ],
)
def test_a_removal_that_was_applied_beside_a_wrong_cell_is_not_asked_again(
    base: tuple[Measure, ...],
    theirs: tuple[Measure, ...],
    rows: list[FilledRow],
    outcome: tuple[Measure, ...] | None,
) -> None:
    """The corrected copy ends what its first sending left out; nothing else is taken for it."""
    plan = plan_of(SheetRole.MEASURES, rows, answers={"k": Sides(2, said(*theirs), said(*base))})
    assert bool(plan.conflicts) == (outcome is None)
    assert plan.records[0].content.measures == (theirs if outcome is None else outcome)


def test_a_response_holds_so_many_laws_and_each_row_beyond_is_named() -> None:
    there = said(*(Measure(str(n)) for n in range(MAX_MEASURES - 1)))
    rows = [typed(n, title=f"New {n}") for n in (40, 41, 42)]
    plan = plan_of(SheetRole.MEASURES, rows, answers={"k": Sides(1, there, there)})
    assert [(e.cell, e.field, e.problem.code) for e in plan.errors] == [
        ("B41", "measures.41.title", "too-many-measures"),
        ("B42", "measures.42.title", "too-many-measures"),
    ]
    assert plan.records[0].content.measures == (*there.measures, Measure("New 40"))
    full = plan.records[0].content
    plan = plan_of(SheetRole.MEASURES, rows, answers={"k": Sides(2, full, there)})
    assert [e.cell for e in plan.errors] == ["B41", "B42"], "one's own file again"
    assert not plan.records[0].changes and not plan.conflicts


def test_one_law_twice_beyond_what_a_response_holds_is_named_in_its_last_row() -> None:
    there = said(*(Measure(str(n)) for n in range(MAX_MEASURES - 1)))
    rows = [typed(n, title="New") for n in (40, 41)]
    plan = plan_of(SheetRole.MEASURES, rows, answers={"k": Sides(1, there, there)})
    assert [e.cell for e in plan.errors] == ["B41"]


def test_the_laws_of_an_answer_are_shown_at_the_first_row_that_changes_them() -> None:
    rows = [change(0, "A"), change(1, "C"), addition("D")]
    plan = plan_of(SheetRole.MEASURES, rows, answers={"k": Sides(1, said(A, B), said(A, B))})
    assert [(cell.cell, cell.mine) for cell in plan.cells] == [("B4", listed_laws((A, C, D)))]


def test_an_emptied_law_is_removed_and_one_with_only_wrong_cells_stays() -> None:
    rows = [typed(3, 0, title="", adopted_on="", link="")]
    both = {"k": Sides(1, said(A, B), said(A, B))}
    plan = plan_of(SheetRole.MEASURES, rows, answers=both)
    assert plan.ok and plan.records[0].content.measures == (B,)
    struck = said(Measure("", "2024"), B)
    rows = [typed(3, 0, adopted_on="May 2024")]
    plan = plan_of(SheetRole.MEASURES, rows, answers={"k": Sides(1, struck, struck)})
    assert [e.problem.code for e in plan.errors] == ["not-a-date", "measure-needs-title"]
    assert not plan.records[0].changes, "a law whose name was struck out is not removed with it"


def test_a_row_of_a_law_that_the_file_was_not_made_with_is_refused() -> None:
    sides = {"k": Sides(1, said(A, B), said(A, B))}
    plan = plan_of(SheetRole.MEASURES, [change(2, "C")], answers=sides)
    assert [(e.cell, e.problem.code) for e in plan.errors] == [("B5", "unknown-row")]
    assert not plan.records[0].changes


def test_a_report_holds_so_many_items() -> None:
    there: dict[str, Sides[Item | None]] = {
        str(n): Sides(1, Target("T"), Target("T")) for n in range(MAX_ITEMS - 1)
    }
    items = {part: there if part is Part.TARGETS else {} for part in Part}
    rows = [FilledRow(n, f"new{n}", 0, {"statement": "New"}) for n in (3, 4)]
    plan = plan_of(SheetRole.TARGETS, rows, items=items)
    assert [record.changes for record in plan.records] == [True, False]
    assert [(e.cell, e.problem.code) for e in plan.errors] == [("A4", "too-many-items")]


def test_an_audience_alone_is_no_answer() -> None:
    row = FilledRow(3, "k", 0, {"audience": "states", "narrative_language": "fr"})
    plan = plan_of(SheetRole.ANSWERS, [row])
    assert not plan.cells and plan.count(Verdict.UNCHANGED) == 2


def test_the_fingerprint_forgets_how_conflicts_are_settled() -> None:
    sides = Sides(2, ResponseContent(reason="theirs"), ResponseContent(reason="base"))
    row = FilledRow(3, "k", 1, {"reason": "mine"})
    plans = [
        plan_of(SheetRole.ANSWERS, [row], choices, answers={"k": sides})
        for choices in ({}, {"*": "mine"}, {"answers/k/reason": "theirs"})
    ]
    assert len({plan.fingerprint for plan in plans}) == 1
    assert [plan.records[0].content.reason for plan in plans] == ["theirs", "mine", "theirs"]
    other = Sides(3, ResponseContent(reason="newer"), ResponseContent(reason="base"))
    again = plan_of(SheetRole.ANSWERS, [row], answers={"k": other})
    assert again.fingerprint != plans[0].fingerprint


def test_a_chosen_removal_counts_against_the_whole_row_that_was_seen() -> None:
    base, theirs = Target("Law", unit="a"), Target("Law", unit="b")
    row = FilledRow(3, "k", 1, {}, remove=True)

    def plan(present: Target, choices: Choices | None = None) -> Plan:
        items: dict[Part, Any] = {part: {} for part in Part}
        items[Part.TARGETS] = {"k": Sides(2, present, base)}
        return plan_of(SheetRole.TARGETS, [row], choices, items=items)

    (cell,) = plan(theirs).conflicts
    choices = {cell.place: bound("mine", cell.against)}
    assert plan(theirs, choices).ok
    assert plan(replace(theirs, unit="c"), choices).conflicts
