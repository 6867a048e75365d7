"""Figures of an indicator: saved under versions, chained, read back, published by audience."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people import make_actor, make_user, state_id
from tests.submitted import add_figures
from tracker.domain.chain import GENESIS
from tracker.domain.errors import Invalid, NotFound, NotPermitted, StaleEdit, WrongStatus
from tracker.domain.indicators import Cell
from tracker.domain.progress import Audience
from tracker.domain.roles import Actor, Role
from tracker.domain.workflow import ReportStatus
from tracker.models import (
    ChainEntry,
    IndicatorFigure,
    NationalReport,
    OutcomeDocument,
    ReportingCycle,
    Submission,
)
from tracker.queries.indicators import (
    definition_of,
    list_indicators,
    returns_of,
    shown_returns,
    submitted_returns,
)
from tracker.services.indicators import save_indicator
from tracker.services.reports import open_report
from tracker.services.responses import Saved

SLUG = "sdg-16-4-2"
NOW = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
FIGURES = {Cell(2022, "found", "total"): 5, Cell(2022, "found", "traced"): 0}


def clock() -> datetime:
    """A fixed moment."""
    return NOW


@pytest.fixture
def cycle(session: Session) -> ReportingCycle:
    """The cycle of the seed."""
    return session.scalars(select(ReportingCycle).where(ReportingCycle.slug == "bms7")).one()


@pytest.fixture
def focal_point(session: Session) -> Actor:
    """Somebody who reports for Kenya."""
    return make_actor(session, Role.FOCAL_POINT, "KEN")


@pytest.fixture
def report(session: Session, focal_point: Actor, cycle: ReportingCycle) -> NationalReport:
    """Kenya's working copy."""
    return open_report(
        session,
        actor=focal_point,
        state_id=state_id(session, "KEN"),
        cycle_id=cycle.id,
        clock=clock,
    )


def save(
    session: Session,
    actor: Actor,
    report: NationalReport,
    version: int,
    figures: Mapping[Cell, int],
    audience: Audience = Audience.PUBLIC,
) -> Saved:
    """Save on the indicator of the seed."""
    return save_indicator(
        session,
        actor=actor,
        report_id=report.id,
        indicator=SLUG,
        expected_version=version,
        audience=audience,
        figures=figures,
        clock=clock,
    )


def entries(session: Session, report: NationalReport) -> list[ChainEntry]:
    """The revisions of figures in the chain."""
    return list(
        session.scalars(
            select(ChainEntry)
            .where(ChainEntry.report_id == report.id, ChainEntry.kind == "figures-saved")
            .order_by(ChainEntry.seq)
        )
    )


def test_the_seed_holds_the_indicator(session: Session) -> None:
    assert [definition.slug for definition in list_indicators(session)] == [
        SLUG,
        "tracing-requests",
        "weapons-collected-destroyed",
        "losses-diversion",
        "coordination-body",
    ]
    definition = definition_of(session, SLUG)
    assert definition.unsplit == "not_split"
    assert [formula.code for formula in definition.formulas] == ["a", "b"]
    with pytest.raises(NotFound):
        definition_of(session, "sdg-0-0-0")


def test_a_save_is_read_back_and_chained(
    session: Session, focal_point: Actor, report: NationalReport
) -> None:
    saved = save(session, focal_point, report, 0, FIGURES, Audience.STATES)
    assert saved == Saved(1, NOW, changed=True)
    row = returns_of(session, report.id)[SLUG]
    assert (row.version, row.audience, row.figures) == (1, Audience.STATES, FIGURES)
    assert report.last_saved_at == NOW
    (entry,) = entries(session, report)
    assert (entry.subject, entry.version, entry.prev_hash != GENESIS) == (SLUG, 1, True)
    assert entry.facts["audience"] == "states"
    assert entry.facts["figures"] == [[2022, "found", "total", 5], [2022, "found", "traced", 0]]


def test_zero_and_unknown_stay_apart(
    session: Session, focal_point: Actor, report: NationalReport
) -> None:
    save(session, focal_point, report, 0, FIGURES)
    session.expire_all()
    figures = returns_of(session, report.id)[SLUG].figures
    assert figures[Cell(2022, "found", "traced")] == 0
    assert Cell(2022, "found", "pending") not in figures


def test_figures_change_and_become_unknown_again(
    session: Session, focal_point: Actor, report: NationalReport
) -> None:
    save(session, focal_point, report, 0, FIGURES)
    changed = {Cell(2022, "found", "total"): 6, Cell(2023, "surrendered", "total"): 1}
    assert save(session, focal_point, report, 1, changed).version == 2
    session.expire_all()
    assert returns_of(session, report.id)[SLUG].figures == changed
    assert len(list(session.scalars(select(IndicatorFigure)))) == 2
    assert save(session, focal_point, report, 2, {}).version == 3
    assert returns_of(session, report.id)[SLUG].figures == {}
    assert [entry.version for entry in entries(session, report)] == [1, 2, 3]


def test_the_same_figures_again_change_nothing(
    session: Session, focal_point: Actor, report: NationalReport
) -> None:
    save(session, focal_point, report, 0, FIGURES)
    assert save(session, focal_point, report, 0, FIGURES) == Saved(1, NOW, changed=False)
    assert len(entries(session, report)) == 1


def test_nothing_typed_at_all_makes_no_return(
    session: Session, focal_point: Actor, report: NationalReport
) -> None:
    assert save(session, focal_point, report, 0, {}) == Saved(0, NOW, changed=False)
    assert returns_of(session, report.id) == {}
    assert save(session, focal_point, report, 0, {}, Audience.SECRETARIAT).version == 1


def test_nobody_overwrites_anybody_unseen(
    session: Session, focal_point: Actor, report: NationalReport
) -> None:
    save(session, focal_point, report, 0, FIGURES)
    other = make_actor(session, Role.FOCAL_POINT, "KEN")
    with pytest.raises(StaleEdit) as refused:
        save(session, other, report, 0, {Cell(2022, "found", "total"): 9})
    assert refused.value.current_version == 1
    assert returns_of(session, report.id)[SLUG].figures == FIGURES


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ({Cell(2022, "found", "total"): 8, Cell(2022, "found", "traced"): 9}, "figures-exceed"),
        ({Cell(2022, "lost", "total"): 1}, "no-such-figure"),
        ({Cell(2025, "found", "total"): 1}, "no-such-figure"),
    ],
)
def test_unsound_figures_are_refused_whole(
    session: Session,
    focal_point: Actor,
    report: NationalReport,
    figures: dict[Cell, int],
    code: str,
) -> None:
    sound = {Cell(2021, "found", "total"): 1}
    with pytest.raises(Invalid) as refused:
        save(session, focal_point, report, 0, sound | figures)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert returns_of(session, report.id) == {}
    assert not entries(session, report)


@pytest.mark.parametrize(
    "status", [ReportStatus.SUBMITTED, ReportStatus.ACCEPTED, ReportStatus.PUBLISHED]
)
def test_a_report_that_is_not_open_takes_no_figures(
    session: Session, focal_point: Actor, report: NationalReport, status: ReportStatus
) -> None:
    report.status = status
    session.flush()
    with pytest.raises(WrongStatus):
        save(session, focal_point, report, 0, FIGURES)
    assert returns_of(session, report.id) == {}


@pytest.mark.parametrize(
    ("role", "iso3"),
    [
        (Role.FOCAL_POINT, "UGA"),
        (Role.OBSERVER, "KEN"),
        (Role.CONTRIBUTOR, "KEN"),
        (Role.REVIEWER, None),
        (Role.ADMINISTRATOR, None),
    ],
)
def test_only_the_focal_point_of_the_state_saves(
    session: Session, report: NationalReport, role: Role, iso3: str | None
) -> None:
    with pytest.raises(NotPermitted):
        save(session, make_actor(session, role, iso3, ("II",)), report, 0, FIGURES)


def publish(
    session: Session,
    report: NationalReport,
    figures: Mapping[Cell, int],
    *,
    number: int = 1,
    audience: Audience = Audience.PUBLIC,
    published: bool = True,
    superseded: bool = False,
) -> Submission:
    """A frozen copy of the report with these figures."""
    submission = Submission(
        report_id=report.id,
        number=number,
        submitted_at=NOW,
        submitted_by_id=make_user(session).id,
        submitter_name="A. Person",
        submitter_title="Desk officer",
        on_time=True,
        content_hash=GENESIS,
        receipt={},
        published_at=NOW if published else None,
        superseded_at=NOW + timedelta(days=1) if superseded else None,
    )
    session.add(submission)
    session.flush()
    add_figures(session, submission, figures, audience)
    return submission


def test_published_figures_are_shown_by_audience(session: Session, report: NationalReport) -> None:
    submission = publish(session, report, FIGURES, audience=Audience.STATES)
    (withheld,) = shown_returns(session, SLUG, audience=Audience.PUBLIC)
    assert (withheld.state_id, withheld.year, withheld.figures) == (report.state_id, 2022, None)
    (shown,) = shown_returns(session, SLUG, audience=Audience.STATES)
    assert (shown.figures, shown.submission) == (FIGURES, submission.public_id)
    own = submitted_returns(session, submission.id, audience=Audience.PUBLIC)
    assert own[SLUG].figures is None
    own = submitted_returns(session, submission.id, audience=Audience.SECRETARIAT)
    assert own[SLUG].figures == FIGURES


def test_only_what_is_published_now_is_shown(session: Session, report: NationalReport) -> None:
    publish(session, report, FIGURES, number=1, superseded=True)
    publish(session, report, {Cell(2022, "found", "total"): 7}, number=2)
    publish(session, report, {Cell(2022, "found", "total"): 8}, number=3, published=False)
    (shown,) = shown_returns(session, SLUG, audience=Audience.PUBLIC)
    assert shown.figures == {Cell(2022, "found", "total"): 7}
    (latest,) = shown_returns(session, SLUG, audience=Audience.SECRETARIAT)
    assert latest.figures == {Cell(2022, "found", "total"): 8}


def later_report(session: Session, report: NationalReport) -> NationalReport:
    """The same State's report in a later cycle."""
    document = session.scalars(select(OutcomeDocument)).first()
    assert document is not None
    later = ReportingCycle(
        slug="later", document_id=document.id, opens_on=date(2024, 1, 1), created_at=NOW
    )
    session.add(later)
    session.flush()
    other = NationalReport(
        state_id=report.state_id,
        cycle_id=later.id,
        status=ReportStatus.PUBLISHED,
        default_audience=Audience.PUBLIC,
        opened_at=NOW,
    )
    session.add(other)
    session.flush()
    return other


def test_a_later_cycle_revises_a_year(session: Session, report: NationalReport) -> None:
    publish(session, report, FIGURES | {Cell(2021, "found", "total"): 1})
    publish(session, later_report(session, report), {Cell(2022, "surrendered", "total"): 3})
    shown = shown_returns(session, SLUG, audience=Audience.PUBLIC)
    assert [(row.year, row.cycle_slug, row.figures) for row in shown] == [
        (2021, "bms7", {Cell(2021, "found", "total"): 1}),
        (2022, "later", {Cell(2022, "surrendered", "total"): 3}),
    ]


def test_a_revision_that_is_withheld_hides_the_figure_it_replaces(
    session: Session, report: NationalReport
) -> None:
    publish(session, report, FIGURES)
    publish(session, later_report(session, report), FIGURES, audience=Audience.SECRETARIAT)
    (shown,) = shown_returns(session, SLUG, audience=Audience.PUBLIC)
    assert (shown.cycle_slug, shown.figures) == ("later", None)
