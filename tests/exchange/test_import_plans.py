"""Uploaded files that wait for a decision: a day, for who uploaded them."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from tests.exchange.templates import TemplateDesk, answer_row, desk_of, filled_in
from tests.national_reports import begin_report
from tests.people import make_actor
from tracker.cli.work import table_of_jobs, work_once
from tracker.domain.clock import Clock, system_clock
from tracker.domain.errors import Invalid, NotFound, NotPermitted
from tracker.domain.roles import Actor, Role
from tracker.models import ImportPlan
from tracker.queries.import_plans import import_plan_or_none
from tracker.services.import_plans import (
    PLAN_LASTS,
    PLANS_KEPT,
    keep_plan,
    mark_applied,
    settle_plan,
)
from tracker.settings import load_settings


@pytest.fixture
def desk(session: Session) -> TemplateDesk:
    return desk_of(begin_report(session))


def keep(desk: TemplateDesk, actor: Actor | None = None, clock: Clock | None = None) -> str:
    content = filled_in(desk.template(), "Answers", (answer_row(28), "Narrative", "=nasty"))
    return keep_plan(
        desk.session,
        actor=actor or desk.actor,
        state_id=desk.state_id,
        cycle_id=desk.cycle_id,
        filename="ministry.xlsx",
        file_hash="0" * 64,
        filled=desk.read(content),
        clock=clock or desk.clock,
    )


def test_it_is_kept_whole_for_its_own_person(session: Session, desk: TemplateDesk) -> None:
    public_id = keep(desk)
    session.commit()
    session.expire_all()
    row = import_plan_or_none(session, desk.actor, public_id, at=desk.clock())
    assert row is not None and row.filename == "ministry.xlsx" and row.applied_at is None
    assert row.filled.problems[0].problem.code == "formula-in-cell"
    colleague = make_actor(session, Role.FOCAL_POINT, "GHA")
    assert import_plan_or_none(session, colleague, public_id, at=desk.clock()) is None
    with pytest.raises(NotFound):
        settle_plan(
            session, actor=colleague, public_id=public_id, choices={}, against={}, clock=desk.clock
        )
    stranger = make_actor(session, Role.FOCAL_POINT, "KEN")
    with pytest.raises(NotPermitted):
        keep(desk, actor=stranger)


def test_the_last_few_of_one_person_are_kept(session: Session, desk: TemplateDesk) -> None:
    colleague = make_actor(session, Role.FOCAL_POINT, "GHA")
    theirs = keep(desk, actor=colleague)
    mine = [keep(desk) for _ in range(PLANS_KEPT + 2)]
    kept = set(session.scalars(select(ImportPlan.public_id)))
    assert kept == {theirs, *mine[-PLANS_KEPT:]}


def test_choices_are_remembered_and_applying_is_noted(session: Session, desk: TemplateDesk) -> None:
    public_id, about = keep(desk), {"actor": desk.actor, "clock": desk.clock}
    seen = {"a": "one text"}
    for choices in ({"a": "mine"}, {"b": "theirs"}):
        settle_plan(session, public_id=public_id, choices=choices, against=seen, **about)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        settle_plan(session, public_id=public_id, choices={"a": "both"}, against=seen, **about)  # type: ignore[arg-type]
    mark_applied(session, public_id=public_id, saved=1, **about)  # type: ignore[arg-type]
    row = import_plan_or_none(session, desk.actor, public_id, at=desk.clock())
    assert row is not None and row.applied_at is not None
    assert row.choices == {"a": "mine:one text", "b": "theirs:"}


def test_after_a_day_it_is_gone(session: Session, desk: TemplateDesk) -> None:
    public_id = keep(desk)
    tomorrow = desk.clock() + PLAN_LASTS + timedelta(minutes=5)
    assert import_plan_or_none(session, desk.actor, public_id, at=tomorrow) is None
    keep(desk, clock=lambda: tomorrow)
    assert session.scalar(select(func.count()).select_from(ImportPlan)) == 1


def test_the_worker_forgets_it_after_a_day_applied_or_not(
    session: Session, desk: TemplateDesk, connection: Connection, tmp_path: Path
) -> None:
    """What a State typed into a file does not lie about for longer."""
    yesterday = system_clock() - PLAN_LASTS
    applied = keep(desk, clock=lambda: yesterday - timedelta(minutes=1))
    mark_applied(session, actor=desk.actor, public_id=applied, saved=1, clock=lambda: yesterday)
    kept = keep(desk, clock=lambda: yesterday + timedelta(minutes=1))
    session.commit()
    assert set(session.scalars(select(ImportPlan.public_id))) == {applied, kept}
    settings = load_settings({"TRACKER_INSTANCE_PATH": str(tmp_path)}, environment="development")
    work_once(table_of_jobs(connection, settings, lambda: False), lambda: False)  # type: ignore[arg-type]
    assert set(session.scalars(select(ImportPlan.public_id))) == {kept}
