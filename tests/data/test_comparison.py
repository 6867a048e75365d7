"""What is put side by side: any case counted again from what was put into the database."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.submitted import make_cycle, make_submission
from tracker.domain.comparison import (
    Column,
    GroupCell,
    GroupColumn,
    Only,
    Row,
    StateCell,
    compare,
)
from tracker.domain.excerpts import excerpt
from tracker.domain.movement import LADDER
from tracker.domain.progress import Audience, Base, Progress
from tracker.domain.responses import ResponseContent
from tracker.domain.roles import Actor
from tracker.models import ReportingCycle
from tracker.queries.comparison import state_columns
from tracker.queries.cycles import list_cycles
from tracker.queries.documents import document_or_none
from tracker.queries.grids import grids_of_cycles
from tracker.queries.states import list_areas, list_reporting_states, list_states

STATES = ("KEN", "PER", "TCD", "GHA")
PARAGRAPHS = (25, 26)
Answer = tuple[Progress | None, Audience, bool] | None
ANSWERS = st.one_of(
    st.none(),
    st.tuples(
        st.one_of(st.none(), st.sampled_from(Progress)), st.sampled_from(Audience), st.booleans()
    ),
)
WORLDS = st.dictionaries(
    st.tuples(st.sampled_from(["first", "second", "third"]), st.sampled_from(STATES)),
    st.fixed_dictionaries(dict.fromkeys(PARAGRAPHS, ANSWERS)),
)
World = dict[tuple[str, str], dict[int, Answer]]
"""Answers by cycle and State; a State in no key of a cycle did not report in it."""


@pytest.fixture
def cycles(session: Session) -> dict[str, ReportingCycle]:
    return {
        slug: make_cycle(session, slug, opens=date(2027 + number, 1, 1))
        for number, slug in enumerate(("first", "second", "third"))
    }


def put_down(session: Session, cycles: dict[str, ReportingCycle], world: World) -> None:
    for (slug, iso3), answers in world.items():
        contents = {
            paragraph: ResponseContent(
                progress=found[0],
                narrative=f"{slug} {iso3}.",
                audience=found[1],
                good_practice=found[2],
            )
            for paragraph, found in answers.items()
            if found is not None
        }
        make_submission(session, cycles[slug], iso3, contents)


def word(world: World, slug: str, iso3: str, paragraph: int) -> str:
    """The word for a pair to the public, straight from what was put down."""
    if (slug, iso3) not in world:
        return "not_reported"
    found = world[slug, iso3][paragraph]
    if found is None:
        return "not_answered"
    if found[1] is not Audience.PUBLIC:
        return "withheld"
    return found[0].value if found[0] else "not_answered"


def way(before: str, now: str) -> str:
    if before not in LADDER or now not in LADDER:
        return "not_compared"
    steps = LADDER.index(now) - LADDER.index(before)
    return "same" if not steps else "further" if steps > 0 else "back"


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world=WORLDS, base=st.sampled_from(Base))
def test_any_case_counted_again(
    session: Session, cycles: dict[str, ReportingCycle], world: World, base: Base
) -> None:
    savepoint = session.begin_nested()
    try:
        put_down(session, cycles, world)
        rows = compared(session, base)
        for row in rows:
            check_states(world, row)
            check_group(world, row, base)
        differing = {row.commitment.paragraph for row in rows if not all_the_same(world, row, base)}
        columns = rows_and_columns(session, base)[1]
        only = compare(columns, [row.commitment for row in rows], [Only.DIFFERENCES])
        assert {row.commitment.paragraph for row in only} == differing
        good = compare(columns, [row.commitment for row in rows], [Only.GOOD_PRACTICES])
        assert {row.commitment.paragraph for row in good} == {
            paragraph
            for paragraph in PARAGRAPHS
            for (slug, _), answers in world.items()
            if slug == "third"
            if (found := answers[paragraph]) and found[1] is Audience.PUBLIC and found[2]
        }
    finally:
        savepoint.rollback()


def rows_and_columns(session: Session, base: Base) -> tuple[tuple[Row, ...], tuple[Column, ...]]:
    every = [c for c in list_cycles(session) if c.slug in ("first", "second", "third")]
    now, before, *_ = every
    known = {row.state.iso3: row for row in list_reporting_states(session)}
    chosen = [known[iso3] for iso3 in STATES]
    states = state_columns(session, Actor(), chosen, now, before, every[1:])
    members = [row.state.iso3 for row in list_states(session, members_only=True)]
    grids = grids_of_cycles(session, every[:2], members, Audience.PUBLIC)
    area = next(area for area in list_areas(session) if area.code == "africa")
    group = GroupColumn(area, ("KEN", "TCD", "GHA"), base, *grids)
    document = document_or_none(session, "bms7")
    assert document is not None
    asked = [c for c in document.commitments if c.paragraph in PARAGRAPHS]
    columns: tuple[Column, ...] = (*states, group)
    return compare(columns, asked), columns


def compared(session: Session, base: Base) -> tuple[Row, ...]:
    return rows_and_columns(session, base)[0]


def check_states(world: World, row: Row) -> None:
    paragraph = row.commitment.paragraph
    for iso3, cell in zip(STATES, row.cells[:-1], strict=True):
        assert isinstance(cell, StateCell)
        value = word(world, "third", iso3, paragraph)
        assert cell.value == value
        readable = value not in ("withheld", "not_reported") and world["third", iso3][paragraph]
        assert (cell.content.narrative if cell.content else None) == (
            f"third {iso3}." if readable else None
        )
        if value == "not_reported":
            last = next(
                (
                    slug
                    for slug in ("second", "first")
                    if (slug, iso3) in world and world[slug, iso3][paragraph] is not None
                ),
                None,
            )
            found = cell.last_known
            assert (found.source.cycle if found else None) == last
            if found and last:
                assert found.said.value == word(world, last, iso3, paragraph)
        else:
            assert cell.last_known is None
            before = word(world, "second", iso3, paragraph)
            reported = ("second", iso3) in world
            assert cell.move == (way(before, value) if reported else None)


def check_group(world: World, row: Row, base: Base) -> None:
    paragraph, cell = row.commitment.paragraph, row.cells[-1]
    assert isinstance(cell, GroupCell) and cell.moves is not None
    words = [word(world, "third", iso3, paragraph) for iso3 in ("KEN", "TCD", "GHA")]
    assert {key: n for key, n in cell.distribution.counts.items() if n} == {
        value: words.count(value) for value in words
    }
    both = [i for i in ("KEN", "TCD", "GHA") if {("second", i), ("third", i)} <= set(world)]
    assert cell.in_both == len(both)
    moves = [way(*(word(world, s, i, paragraph) for s in ("second", "third"))) for i in both]
    assert {str(move): n for move, n in cell.moves.items() if n} == {
        move: moves.count(move) for move in moves
    }


def all_the_same(world: World, row: Row, base: Base) -> bool:
    paragraph = row.commitment.paragraph
    words = [word(world, "third", iso3, paragraph) for iso3 in ("KEN", "TCD", "GHA")]
    outside = {
        Base.MEMBERS: set[str](),
        Base.REPORTING: {"not_reported"},
        Base.ANSWERED: {"not_reported", "not_answered", "withheld"},
        Base.APPLICABLE: {"not_reported", "not_answered", "withheld", "not_applicable"},
    }[base]
    inside = [value for value in words if value not in outside]
    shares = {value: Fraction(inside.count(value), len(inside)) for value in inside}
    said = [{word(world, "third", iso3, paragraph): Fraction(1)} for iso3 in STATES]
    return all(one == shares for one in said)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Short.", "Short."),
        ("one two three", "one two…"),
        ("一二三四五六七八九十一二", "一二三四五六七八九十…"),
        ("", ""),
    ],
)
def test_an_excerpt_ends_with_a_word(text: str, shown: str) -> None:
    assert excerpt(text, 10) == shown
