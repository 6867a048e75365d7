"""The figures of a cycle: a case counted by hand, and any case counted again in Python."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests.submitted import make_cycle, make_report, make_submission
from tracker.cli.figures import figures
from tracker.cli.setup import load_seed, set_up
from tracker.domain.grid import Grid, count_moves
from tracker.domain.progress import COUNT_KEYS, Audience, Base, Progress, total
from tracker.domain.responses import ResponseContent
from tracker.domain.workflow import ReportStatus
from tracker.models import Base as Tables
from tracker.models import ReportingCycle
from tracker.models.engine import configure
from tracker.queries.cycles import cycle_or_none
from tracker.queries.figures import (
    count_published,
    count_unpublished,
    figures_of_cycle,
)
from tracker.queries.grids import grids_of_cycles
from tracker.queries.record import official_record
from tracker.queries.states import count_members, list_states
from tracker.settings import load_settings

ASKED, MIXED, FOR_THE_SECRETARIAT = 25, 117, 119
READERS = list(Audience)


def said(progress: Progress | None, audience: Audience = Audience.PUBLIC) -> ResponseContent:
    return ResponseContent(progress=progress, narrative="Words.", audience=audience)


def counts_of(
    session: Session, cycle: ReportingCycle, reader: Audience, paragraph: int = ASKED
) -> dict[str, int]:
    found = figures_of_cycle(session, cycle_id=cycle.id, audience=reader)
    for commitment in found.commitments:
        if commitment.paragraph == paragraph:
            return {key: n for key, n in commitment.distribution.counts.items() if n}
    raise AssertionError(f"paragraph {paragraph} is not among those that ask")


@pytest.fixture
def cycle(session: Session) -> ReportingCycle:
    """Seven Member States and one observer with every kind of history."""
    cycle = make_cycle(session)
    make_submission(session, cycle, "ALB", {ASKED: said(Progress.IMPLEMENTED)})
    make_submission(session, cycle, "DZA", {ASKED: said(Progress.NOT_APPLICABLE, Audience.STATES)})
    make_submission(session, cycle, "AND", {ASKED: said(None)})
    make_submission(session, cycle, "ARG", {26: said(Progress.NOT_STARTED)})
    make_submission(session, cycle, "AUS", {ASKED: said(Progress.NOT_STARTED)})
    secret = said(Progress.PARTLY_IMPLEMENTED, Audience.SECRETARIAT)
    make_submission(session, cycle, "AUS", {ASKED: secret})
    make_submission(session, cycle, "AUT", {ASKED: said(Progress.IN_DEVELOPMENT)}, "submitted")
    make_submission(session, cycle, "BEL", {ASKED: said(Progress.IMPLEMENTED)}, "withdrawn")
    make_submission(session, cycle, "VAT", {ASKED: said(Progress.IMPLEMENTED)})
    make_report(session, cycle, "BEN")
    return cycle


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        (
            Audience.PUBLIC,
            {"implemented": 1, "withheld": 2, "not_answered": 2, "not_reported": 188},
        ),
        (
            Audience.STATES,
            {
                "implemented": 1,
                "not_applicable": 1,
                "withheld": 1,
                "not_answered": 2,
                "not_reported": 188,
            },
        ),
        (
            Audience.SECRETARIAT,
            {
                "implemented": 1,
                "not_applicable": 1,
                "partly_implemented": 1,
                "in_development": 1,
                "not_answered": 2,
                "not_reported": 187,
            },
        ),
    ],
)
def test_counted_by_hand(
    session: Session, cycle: ReportingCycle, reader: Audience, expected: dict[str, int]
) -> None:
    assert counts_of(session, cycle, reader) == expected


def test_the_four_bases(session: Session, cycle: ReportingCycle) -> None:
    found = figures_of_cycle(session, cycle_id=cycle.id, audience=Audience.STATES)
    first = found.commitments[0].distribution
    assert {base: first.size(base) for base in Base} == {
        Base.MEMBERS: 193,
        Base.REPORTING: 5,
        Base.ANSWERED: 2,
        Base.APPLICABLE: 1,
    }
    assert (found.members, found.reporting) == (193, 5)


def test_sections_sum_pairs(session: Session, cycle: ReportingCycle) -> None:
    found = figures_of_cycle(session, cycle_id=cycle.id, audience=Audience.PUBLIC)
    pair = total([c.distribution for c in found.commitments if c.paragraph in (25, 26)])
    assert pair.members == 2 * 193
    assert pair.size(Base.REPORTING) == 2 * 5
    assert (pair["implemented"], pair["not_started"]) == (1, 1)
    assert found.whole.members == len(found.commitments) * 193


def test_only_what_asks_states_is_counted(session: Session, cycle: ReportingCycle) -> None:
    found = figures_of_cycle(session, cycle_id=cycle.id, audience=Audience.PUBLIC)
    paragraphs = [c.paragraph for c in found.commitments]
    assert paragraphs == sorted(paragraphs)
    assert MIXED in paragraphs and FOR_THE_SECRETARIAT not in paragraphs


def test_other_cycles_do_not_count(session: Session, cycle: ReportingCycle) -> None:
    other = make_cycle(session, slug="bms7-2028")
    make_submission(session, other, "BEL", {ASKED: said(Progress.IMPLEMENTED)})
    assert counts_of(session, cycle, Audience.PUBLIC)["implemented"] == 1
    assert counts_of(session, other, Audience.PUBLIC) == {"implemented": 1, "not_reported": 192}


def test_reports_by_status(session: Session, cycle: ReportingCycle) -> None:
    make_report(session, cycle, "ALB").status = ReportStatus.DRAFT  # reopened, still published
    session.flush()
    assert count_published(session)[cycle.id] == 5
    assert count_unpublished(session, cycle.id) == {
        ReportStatus.DRAFT: 3,
        ReportStatus.SUBMITTED: 1,
        ReportStatus.RETURNED: 0,
        ReportStatus.ACCEPTED: 0,
    }
    assert counts_of(session, cycle, Audience.PUBLIC)["implemented"] == 1


def grid_of(session: Session, cycle: ReportingCycle, reader: Audience) -> Grid:
    """The grid of one cycle over the 193 Member States."""
    row = cycle_or_none(session, cycle.slug)
    assert row is not None
    members = [state.state.iso3 for state in list_states(session, members_only=True)]
    return grids_of_cycles(session, [row], members, reader)[0]


@dataclass(frozen=True)
class Copy:
    """One submission of a generated history."""

    stage: str
    answers: dict[int, ResponseContent]


ANSWER = st.builds(said, st.sampled_from([None, *Progress]), st.sampled_from(READERS))
COPY = st.builds(
    Copy,
    st.sampled_from(["submitted", "withdrawn", "returned", "accepted", "published"]),
    st.dictionaries(st.sampled_from([ASKED, 26, MIXED]), ANSWER),
)
HISTORIES = st.dictionaries(
    st.sampled_from(["ALB", "DZA", "TUR", "USA", "VAT"]), st.lists(COPY, min_size=1, max_size=3)
)


def recounted(histories: dict[str, list[Copy]], paragraph: int, reader: Audience) -> Counter[str]:
    """The definition of the counts once more, State by State."""
    counts: Counter[str] = Counter(not_reported=193 - len(histories.keys() - {"VAT"}))
    for iso3, copies in histories.items():
        if iso3 == "VAT":
            continue
        if reader is Audience.SECRETARIAT:
            basis = [copy for copy in copies if copy.stage != "withdrawn"]
        else:
            basis = [copy for copy in copies if copy.stage == "published"]
        if not basis:
            counts["not_reported"] += 1
            continue
        answer = basis[-1].answers.get(paragraph)
        if answer is not None and READERS.index(answer.audience) > READERS.index(reader):
            counts["withheld"] += 1
        else:
            counts[answer.progress if answer and answer.progress else "not_answered"] += 1
    return +counts


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(histories=HISTORIES, reader=st.sampled_from(READERS))
def test_equals_a_recount(
    session: Session, histories: dict[str, list[Copy]], reader: Audience
) -> None:
    with session.begin_nested() as nested:
        cycle = make_cycle(session)
        for iso3, copies in histories.items():
            for copy in copies:
                make_submission(session, cycle, iso3, copy.answers, copy.stage)
        found = figures_of_cycle(session, cycle_id=cycle.id, audience=reader)
        for paragraph in (ASKED, 26, MIXED):
            expected = recounted(histories, paragraph, reader)
            assert counts_of(session, cycle, reader, paragraph) == dict(expected)
        assert {c.distribution.members for c in found.commitments} == {193}
        grid = grid_of(session, cycle, reader)
        assert len(grid.reporting) == found.reporting
        for commitment in found.commitments:
            again = grid.distribution(grid.states, [commitment.paragraph])
            assert all(again[key] == commitment.distribution[key] for key in COUNT_KEYS)
        nested.rollback()


def test_observer_states_are_in_the_grid_and_in_no_count(session: Session) -> None:
    cycle = make_cycle(session)
    make_submission(session, cycle, "VAT", {ASKED: said(Progress.IMPLEMENTED)})
    grid = grid_of(session, cycle, Audience.PUBLIC)
    assert grid.value("VAT", ASKED) == "implemented"
    assert grid.reporting == () and "VAT" not in grid.states
    assert grid.distribution(grid.states, grid.paragraphs)["not_reported"] == 193 * 93


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(earlier=HISTORIES, later=HISTORIES, reader=st.sampled_from(READERS))
def test_movement_equals_a_recount(
    session: Session,
    earlier: dict[str, list[Copy]],
    later: dict[str, list[Copy]],
    reader: Audience,
) -> None:
    with session.begin_nested() as nested:
        cycles = make_cycle(session), make_cycle(session, slug="bms7-2028")
        for cycle, histories in zip(cycles, (earlier, later), strict=True):
            for iso3, copies in histories.items():
                for copy in copies:
                    make_submission(session, cycle, iso3, copy.answers, copy.stage)
        before, now = (grid_of(session, cycle, reader) for cycle in cycles)
        expected: Counter[str] = Counter()
        for iso3 in {"ALB", "DZA", "TUR", "USA"}:
            for paragraph in (ASKED, 26, MIXED):
                words = before.value(iso3, paragraph), now.value(iso3, paragraph)
                if "not_reported" not in words:
                    expected[moved(*words)] += 1
        found = count_moves(before, now, now.states, (ASKED, 26, MIXED))
        assert found == +expected
        nested.rollback()


def moved(before: str, now: str) -> str:
    """The definition of a move once more, in numbers."""
    stages = {"not_started": 0, "in_development": 1, "partly_implemented": 2, "implemented": 3}
    if before not in stages or now not in stages:
        return "not_compared"
    return {1: "further", 0: "same", -1: "back"}[
        (stages[now] > stages[before]) - (stages[now] < stages[before])
    ]


def test_the_official_record_is_over_the_real_member_states(session: Session) -> None:
    record = official_record(session, "bms7")
    assert (record.reported, record.member_states, record.paragraph) == (91, 193, 16)
    assert {g.code: (g.reported, g.member_states) for g in record.groups} == {
        "africa": (25, 54),
        "asia_pacific": (17, 54),
        "eastern_europe": (13, 23),
        "grulac": (14, 33),
        "weog": (22, 29),
    }
    votes = [(v.paragraph, v.in_favour, v.against, v.abstaining) for v in record.votes]
    assert votes == [(23, 100, 1, 10), (24, 114, 0, 0)]


def test_a_demonstration_counts_its_own_states_and_the_real_record() -> None:
    engine = create_engine("sqlite://")
    configure(engine)
    Tables.metadata.create_all(engine)
    with Session(engine) as session:
        load_seed(session, demonstration=True)
        cycle = make_cycle(session)
        make_submission(session, cycle, "XAA", {ASKED: said(Progress.IMPLEMENTED)})
        assert count_members(session) == 24
        assert counts_of(session, cycle, Audience.PUBLIC) == {
            "implemented": 1,
            "not_reported": 23,
        }
        record = official_record(session, "bms7")
        assert (record.reported, record.member_states, len(record.groups)) == (91, 193, 5)
    engine.dispose()


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database of its own for the command."""
    monkeypatch.setenv("TRACKER_ENV", "development")
    monkeypatch.setenv("TRACKER_INSTANCE_PATH", str(tmp_path))
    monkeypatch.delenv("TRACKER_DATABASE_URL", raising=False)
    set_up(load_settings())
    return tmp_path


def printed(*arguments: str) -> Any:
    result = CliRunner().invoke(figures, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_command_prints_the_agreed_form(instance: Path) -> None:
    engine = create_engine(load_settings().database_url)
    configure(engine)
    with Session(engine) as session:
        cycle = make_cycle(session)
        make_submission(session, cycle, "ALB", {ASKED: said(Progress.IMPLEMENTED)})
        make_submission(session, cycle, "DZA", {ASKED: said(Progress.NOT_STARTED)}, "submitted")
        session.commit()
    engine.dispose()
    public = printed("--cycle", "bms7-2026", "--format", "json")
    assert list(public) == [
        "cycle",
        "audience",
        "member_states",
        "record",
        "reports",
        "commitments",
    ]
    assert (public["cycle"], public["audience"], public["member_states"]) == (
        "bms7-2026",
        "public",
        193,
    )
    assert public["reports"] == {"published": 1}
    first = public["commitments"][0]
    assert first["key"] == "bms7/annex/25"
    assert first["counts"] == dict.fromkeys(COUNT_KEYS, 0) | {
        "implemented": 1,
        "not_reported": 192,
    }
    assert public["record"]["reported"] == 91
    assert public["record"]["votes"][0]["for"] == 100
    for_secretariat = printed("--cycle", "bms7-2026", "--audience", "secretariat")
    assert for_secretariat["reports"] == {
        "published": 1,
        "draft": 0,
        "submitted": 1,
        "returned": 0,
        "accepted": 0,
    }
    assert for_secretariat["commitments"][0]["counts"]["not_started"] == 1


def test_an_unknown_cycle_is_named(
    instance: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from tracker.cli.group import main

    monkeypatch.setattr("sys.argv", ["tracker", "figures", "--cycle", "nowhere"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 1
    assert "nowhere" in capsys.readouterr().err
