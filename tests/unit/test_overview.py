"""Every table of the overview, counted again pair by pair."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.bms7 import document
from tracker.domain.behind import pairs_moved, pairs_with
from tracker.domain.documents import Addressee, Level, Strength, Theme
from tracker.domain.grid import Grid
from tracker.domain.movement import Move
from tracker.domain.overview import (
    by_paragraph,
    moves_by_paragraph,
    parts_by,
    parts_by_section,
    ranked,
    reported_by_area,
    summed,
    summed_moves,
)
from tracker.domain.progress import COUNT_KEYS, Absence, Base, Distribution, Progress
from tracker.domain.selection import areas_of
from tracker.domain.states import Area, State, StateStatus

BMS7 = document()
ASKING = [c for c in BMS7.commitments if c.asks_states]
# One of each kind: national, regional and global ones, part II and part III, each addressee.
SAMPLE = [c for c in ASKING if c.paragraph in (25, 28, 36, 51, 58, 64, 77, 80, 92, 103, 112, 117)]
PARAGRAPHS = tuple(c.paragraph for c in SAMPLE)
STATES = ("XAA", "XAB", "XAC", "XAD", "XAE")
VALUES = [*(p.value for p in Progress), Absence.WITHHELD.value]
INSIDE = {
    Base.MEMBERS: set(COUNT_KEYS),
    Base.REPORTING: set(COUNT_KEYS) - {"not_reported"},
    Base.ANSWERED: {p.value for p in Progress},
    Base.APPLICABLE: {p.value for p in Progress} - {"not_applicable"},
}
STAGES = ["not_started", "in_development", "partly_implemented", "implemented"]

answers = st.dictionaries(
    st.sampled_from([*STATES, "XOB"]),  # an observer State too
    st.dictionaries(st.sampled_from(PARAGRAPHS), st.sampled_from(VALUES)),
)
grids = st.builds(lambda found: Grid("now", STATES, PARAGRAPHS, found), answers)
chosen = st.lists(st.sampled_from(STATES), unique=True).map(sorted)
bases = st.sampled_from(list(Base))
many = settings(max_examples=60, deadline=None)


def value(grid: Grid, iso3: str, paragraph: int) -> str:
    """The word of one pair, from the answers alone."""
    if iso3 not in grid.answers:
        return "not_reported"
    return grid.answers[iso3].get(paragraph, "not_answered")


def recounted(grid: Grid, states: list[str], paragraphs: set[int]) -> dict[str, int]:
    pairs = Counter(value(grid, s, p) for s in states for p in paragraphs)
    return {key: pairs[key] for key in COUNT_KEYS}


@many
@given(grid=grids, states=chosen)
def test_sections_equal_a_recount(grid: Grid, states: list[str]) -> None:
    counts = by_paragraph(grid, states, PARAGRAPHS)
    parts = parts_by_section(BMS7, SAMPLE)
    for part in parts:
        under = {c.paragraph for c in SAMPLE if is_under(c.section, part.of.code)}
        assert under and summed(counts, part.paragraphs).counts == recounted(grid, states, under)
    shown = {part.of.code for part in parts}
    assert all(c.section in shown for c in SAMPLE)


def is_under(code: str, heading: str) -> bool:
    """The codes of BMS7 say what stands beneath what."""
    return code == heading or code.startswith(heading + ".")


def test_a_chosen_section_is_not_shown_beneath_headings_that_hold_more() -> None:
    inside = [c for c in SAMPLE if is_under(c.section, "I.1")]
    codes = [part.of.code for part in parts_by_section(BMS7, inside, "I.1")]
    assert codes[0] == "I.1" and len(codes) > 1
    assert all(is_under(code, "I.1") for code in codes)


@many
@given(grid=grids, states=chosen)
def test_themes_levels_strengths_and_addressees_equal_a_recount(
    grid: Grid, states: list[str]
) -> None:
    counts = by_paragraph(grid, states, PARAGRAPHS)
    for about in parts_by(Theme, SAMPLE, lambda c: c.themes):
        members = {c.paragraph for c in SAMPLE if about.of in c.themes}
        assert summed(counts, about.paragraphs).counts == recounted(grid, states, members)
    for kind, of in ((Level, "level"), (Strength, "strength"), (Addressee, "addressee")):
        parts = parts_by(kind, SAMPLE, lambda c, of=of: (getattr(c, of),))  # type: ignore[misc]
        for part in parts:
            members = {c.paragraph for c in SAMPLE if getattr(c, of) is part.of}
            assert summed(counts, part.paragraphs).counts == recounted(grid, states, members)


@many
@given(grid=grids, states=chosen, base=bases)
def test_the_most_and_least_implemented_equal_a_recount(
    grid: Grid, states: list[str], base: Base
) -> None:
    shares = {}
    for paragraph in PARAGRAPHS:
        said = [value(grid, s, paragraph) for s in states]
        inside = [word for word in said if word in INSIDE[base]]
        if inside:
            shares[paragraph] = Fraction(inside.count("implemented"), len(inside))
    most, least = ranked(by_paragraph(grid, states, PARAGRAPHS), SAMPLE, base)
    upwards = sorted(shares, key=lambda p: (shares[p], p))
    downwards = sorted((p for p in shares if shares[p]), key=lambda p: (-shares[p], p))
    for found, wanted in ((least, upwards), (most, downwards)):
        assert [row.commitment.paragraph for row in found.rows] == wanted[:10]
        assert found.tied == sum(shares[p] == shares[wanted[9]] for p in wanted[10:])


@many
@given(before=grids, now=grids, states=chosen)
def test_moves_equal_a_recount(before: Grid, now: Grid, states: list[str]) -> None:
    counts = moves_by_paragraph(before, now, states, PARAGRAPHS)
    both = [s for s in states if s in before.answers and s in now.answers]
    for part in parts_by_section(BMS7, SAMPLE):
        expected = Counter(
            moved(value(before, s, p), value(now, s, p)) for s in both for p in part.paragraphs
        )
        found = summed_moves(counts, part.paragraphs)
        assert found == {m: expected[m.value] for m in Move}
        assert sum(found.values()) == len(both) * len(part.paragraphs)


def moved(before: str, now: str) -> str:
    if before not in STAGES or now not in STAGES:
        return "not_compared"
    steps = STAGES.index(now) - STAGES.index(before)
    return "further" if steps > 0 else "back" if steps < 0 else "same"


def state(iso3: str, group: str, region: str, subregion: str | None) -> State:
    return State(iso3, "900", {"en": iso3}, group, region, subregion, StateStatus.MEMBER)


MEMBERS = [
    state("XAA", "north", "951", "961"),
    state("XAB", "coast", "952", "963"),
    state("XAC", "north", "951", "962"),
    state("XAD", "north", "951", "961"),
    state("XAE", "coast", "952", None),
]
AREAS = [Area("x", code, {}) for code in ("north", "coast", "951", "952", "961", "962", "963")]


@many
@given(grid=grids)
def test_rates_of_reporting_equal_a_recount(grid: Grid) -> None:
    for row in reported_by_area(grid, MEMBERS, AREAS):
        members = [s for s in MEMBERS if row.area.code in areas_of(s)]
        assert row.members == len(members)
        assert row.reporting == sum(s.iso3 in grid.answers for s in members)
    groups = reported_by_area(grid, MEMBERS, AREAS[:2])
    assert sum(row.reporting for row in groups) == len(grid.answers.keys() - {"XOB"})


@many
@given(before=grids, now=grids, states=chosen)
def test_the_states_behind_a_figure_are_as_many_as_it_says(
    before: Grid, now: Grid, states: list[str]
) -> None:
    whole = now.distribution(states, PARAGRAPHS)
    for key in COUNT_KEYS:
        rows = pairs_with(now, states, PARAGRAPHS, (key,))
        assert sum(len(row.paragraphs) for row in rows) == whole[key]
        assert all(value(now, row.iso3, p) == key for row in rows for p in row.paragraphs)
    moves = summed_moves(moves_by_paragraph(before, now, states, PARAGRAPHS), PARAGRAPHS)
    for move in Move:
        rows = pairs_moved(before, now, states, PARAGRAPHS, move)
        assert sum(len(row.paragraphs) for row in rows) == moves[move]
        assert all(row.paragraphs and row.iso3 in before.answers for row in rows)


@pytest.mark.parametrize(
    ("base", "most", "least"),
    [
        (Base.MEMBERS, [28, 25], [36, 25, 28]),
        (Base.ANSWERED, [25, 28], [36, 28, 25]),
    ],
)
def test_ranked_by_hand(base: Base, most: list[int], least: list[int]) -> None:
    """25: 1 of 4 members, 1 of 1 that answered. 28: 2 of 4, 2 of 3. 36: 0 of 4, 0 of 1."""
    counts = {
        25: Distribution({"implemented": 1, "not_reported": 3}),
        28: Distribution({"implemented": 2, "not_started": 1, "withheld": 1}),
        36: Distribution({"in_development": 1, "not_answered": 3}),
        51: Distribution({}),
    }
    three = [c for c in SAMPLE if c.paragraph in counts]
    found = ranked(counts, three, base)
    assert [row.commitment.paragraph for row in found[0].rows] == most
    assert [row.commitment.paragraph for row in found[1].rows] == least


def test_who_is_left_out_by_the_order_alone_is_counted() -> None:
    """Twelve commitments of one share: two stand behind the tenth. A thirteenth has more."""
    some = ASKING[:13]
    counts = {c.paragraph: Distribution({"implemented": 1, "not_started": 1}) for c in some}
    counts[some[12].paragraph] = Distribution({"implemented": 2})
    most, least = ranked(counts, some, Base.MEMBERS)
    assert (len(most.rows), most.tied, least.tied) == (10, 3, 2)
