"""Saving responses: version, revision, conflict, idempotency, lock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.people import make_actor, state_id
from tests.signing import SIGNER
from tests.tampering import without_triggers
from tracker.domain.clock import Clock, system_clock
from tracker.domain.cycles import CycleDates
from tracker.domain.errors import Invalid, NotPermitted, StaleEdit, WrongStatus
from tracker.domain.messages import sentence
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import Measure, ResponseContent
from tracker.domain.roles import OPERATOR, Actor, Role
from tracker.domain.workflow import ReportStatus
from tracker.models import ChainEntry, Installation, NationalReport, Response, SaveKey
from tracker.queries.cycles import cycle_or_none
from tracker.queries.documents import commitment_ids
from tracker.queries.responses import responses_of, revision_content, revisions_of
from tracker.services.accounts import add_user
from tracker.services.cycles import change_dates, open_cycle
from tracker.services.reports import open_report, set_default_audience
from tracker.services.responses import Saved, save_response
from tracker.services.submissions import submit

KEY = "bms7/annex/25"
FIRST = ResponseContent(
    progress=Progress.IN_DEVELOPMENT,
    narrative="Loi en préparation.\nالقانون قيد الإعداد 🕊",
    narrative_language="fr",
    lead_agency="Ministère de l’intérieur",
    good_practice=True,
    measures=(Measure("Loi no 1", "2020-05", "https://example.org/1"), Measure("Décret 2")),
)
SECOND = ResponseContent(progress=Progress.IMPLEMENTED, narrative="Loi adoptée.")


@pytest.fixture
def actor(session: Session) -> Actor:
    return make_actor(session, Role.FOCAL_POINT, "FRA")


@pytest.fixture
def report(session: Session, actor: Actor) -> NationalReport:
    cycle = cycle_or_none(session, "bms7")
    assert cycle
    return open_report(
        session,
        actor=actor,
        state_id=state_id(session, "FRA"),
        cycle_id=cycle.id,
        clock=system_clock,
    )


def save(
    session: Session,
    actor: Actor,
    report: NationalReport,
    content: ResponseContent,
    version: int,
    *,
    key: str = KEY,
    save_key: str = "",
    clock: Clock = system_clock,
) -> Saved:
    return save_response(
        session,
        actor=actor,
        report_id=report.id,
        commitment_id=commitment_ids(session, "bms7")[key],
        expected_version=version,
        content=content,
        clock=clock,
        save_key=save_key,
    )


def revisions(session: Session, report: NationalReport) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(ChainEntry)
            .where(ChainEntry.report_id == report.id, ChainEntry.version.is_not(None))
        )
        or 0
    )


def test_what_was_saved_is_what_stands(
    session: Session, actor: Actor, report: NationalReport
) -> None:
    saved = save(session, actor, report, FIRST, 0)
    assert (saved.version, saved.changed) == (1, True)
    session.commit()
    session.expire_all()
    row = responses_of(session, report.id)[KEY]
    assert row.content == FIRST
    assert row.saved_by == actor.name
    assert report.last_saved_at == saved.saved_at


def test_every_saved_state_is_kept(session: Session, actor: Actor, report: NationalReport) -> None:
    save(session, actor, report, FIRST, 0)
    save(session, actor, report, SECOND, 1)
    kept = revisions_of(session, report.id, KEY)
    assert [(r.version, r.content) for r in kept] == [(1, FIRST), (2, SECOND)]
    assert revision_content(session, report.id, KEY, 1) == FIRST
    assert responses_of(session, report.id)[KEY].content == SECOND


def test_measures_shrink_and_grow(session: Session, actor: Actor, report: NationalReport) -> None:
    save(session, actor, report, FIRST, 0)
    save(session, actor, report, SECOND, 1)
    save(session, actor, report, FIRST, 2)
    session.expire_all()
    assert responses_of(session, report.id)[KEY].content == FIRST


def test_an_older_version_is_a_conflict_and_changes_nothing(
    session: Session, actor: Actor, report: NationalReport
) -> None:
    save(session, actor, report, FIRST, 0)
    save(session, actor, report, SECOND, 1)
    with pytest.raises(StaleEdit) as stale:
        save(session, actor, report, FIRST, 1)
    assert stale.value.current_version == 2
    assert responses_of(session, report.id)[KEY].content == SECOND
    assert revisions(session, report) == 2


def test_two_first_saves_meet_as_a_conflict(
    session: Session, actor: Actor, report: NationalReport
) -> None:
    save(session, actor, report, FIRST, 0)
    with pytest.raises(StaleEdit):
        save(session, actor, report, SECOND, 0)


def test_saving_what_stands_writes_nothing(
    session: Session, actor: Actor, report: NationalReport
) -> None:
    first = save(session, actor, report, FIRST, 0)
    again = save(session, actor, report, FIRST, 1)
    assert again == Saved(1, first.saved_at, changed=False)
    assert revisions(session, report) == 1


def test_the_same_save_twice_has_one_effect(
    session: Session, actor: Actor, report: NationalReport
) -> None:
    first = save(session, actor, report, FIRST, 0, save_key="k1")
    save(session, actor, report, SECOND, 1, save_key="k2")
    again = save(session, actor, report, FIRST, 0, save_key="k1")
    assert (again.version, again.saved_at) == (first.version, first.saved_at)
    assert responses_of(session, report.id)[KEY].content == SECOND
    assert revisions(session, report) == 2


def test_a_save_key_with_another_text_is_refused(
    session: Session, actor: Actor, report: NationalReport
) -> None:
    save(session, actor, report, FIRST, 0, save_key="k1")
    with pytest.raises(Invalid) as refused:
        save(session, actor, report, SECOND, 1, save_key="k1")
    assert refused.value.problem.code == "save-key-reused"


def test_what_is_for_the_secretariat_asks_nothing(
    session: Session, actor: Actor, report: NationalReport
) -> None:
    with pytest.raises(Invalid) as refused:
        save(session, actor, report, SECOND, 0, key="bms7/annex/94")
    assert refused.value.problem.code == "nothing-asked"


def test_an_empty_first_save_makes_no_revision(
    session: Session, actor: Actor, report: NationalReport
) -> None:
    assert not save(session, actor, report, ResponseContent(), 0).changed
    assert not responses_of(session, report.id)


def test_strangers_cannot_save(session: Session, report: NationalReport) -> None:
    for role, iso3 in (
        (Role.FOCAL_POINT, "DEU"),
        (Role.OBSERVER, "FRA"),
        (Role.ADMINISTRATOR, None),
        (Role.REVIEWER, None),
    ):
        with pytest.raises(NotPermitted):
            save(session, make_actor(session, role, iso3), report, SECOND, 0)


def test_a_contributor_saves_only_the_sections_assigned(
    session: Session, report: NationalReport
) -> None:
    contributor = make_actor(session, Role.CONTRIBUTOR, "FRA", sections=("I.1",))
    assert save(session, contributor, report, SECOND, 0).changed
    with pytest.raises(NotPermitted):
        save(session, contributor, report, SECOND, 0, key="bms7/annex/57")


def test_a_submitted_report_is_locked(
    session: Session, actor: Actor, report: NationalReport
) -> None:
    save(session, actor, report, FIRST, 0)
    submit(
        session,
        actor=actor,
        report_id=report.id,
        name="A. Person",
        title="Director",
        has_authority=True,
        confirmed_gaps=True,
        clock=system_clock,
        signer=SIGNER,
    )
    assert report.status is ReportStatus.SUBMITTED
    with pytest.raises(WrongStatus) as locked:
        save(session, actor, report, SECOND, 1)
    assert locked.value.problem.code == "report-locked"
    for status, way in (
        (ReportStatus.ACCEPTED, "ask the secretariat to return"),
        (ReportStatus.PUBLISHED, "focal point of your State presses “Reopen” on its page"),
    ):
        report.status = status
        with pytest.raises(WrongStatus) as locked:
            save(session, actor, report, SECOND, 1)
        assert way in sentence(locked.value.problem), "the way that there is"
    assert session.scalars(select(Response.version)).all() == [1]


def test_a_closed_cycle_takes_no_saves(
    session: Session, actor: Actor, report: NationalReport
) -> None:
    cycle = cycle_or_none(session, "bms7")
    assert cycle
    change_dates(
        session,
        actor=OPERATOR,
        cycle_id=cycle.id,
        dates=CycleDates(opens_on=date(2021, 7, 30), closes_on=date(2022, 1, 31)),
    )
    last_moment = datetime(2022, 2, 1, 11, 59, tzinfo=UTC)  # still 31 January in UTC−12
    too_late = datetime(2022, 2, 1, 12, 0, tzinfo=UTC)
    assert save(session, actor, report, FIRST, 0, clock=lambda: last_moment).changed
    with pytest.raises(WrongStatus) as closed:
        save(session, actor, report, SECOND, 1, clock=lambda: too_late)
    assert closed.value.problem.code == "cycle-not-open"


def test_a_cycle_not_yet_open_takes_no_report(session: Session, actor: Actor) -> None:
    later = open_cycle(
        session,
        actor=OPERATOR,
        slug="later",
        document_slug="bms7",
        dates=CycleDates(opens_on=date(2099, 1, 1)),
        clock=system_clock,
    )
    with pytest.raises(WrongStatus):
        open_report(
            session,
            actor=actor,
            state_id=state_id(session, "FRA"),
            cycle_id=later.id,
            clock=system_clock,
        )


def test_opening_twice_gives_the_same_report(
    session: Session, actor: Actor, report: NationalReport
) -> None:
    again = open_report(
        session,
        actor=actor,
        state_id=report.state_id,
        cycle_id=report.cycle_id,
        clock=system_clock,
    )
    assert again.id == report.id


def test_the_default_audience_is_for_new_answers(
    session: Session, actor: Actor, report: NationalReport
) -> None:
    save(session, actor, report, FIRST, 0)
    set_default_audience(
        session,
        actor=actor,
        report_id=report.id,
        audience=Audience.STATES,
        clock=system_clock,
    )
    assert report.default_audience is Audience.STATES
    assert responses_of(session, report.id)[KEY].content.audience is Audience.PUBLIC


def test_an_acknowledged_save_sent_again_is_acknowledged_even_when_locked(
    session: Session, actor: Actor, report: NationalReport
) -> None:
    first = save(session, actor, report, FIRST, 0, save_key="k1")
    submit(
        session,
        actor=actor,
        report_id=report.id,
        name="A. Person",
        title="Director",
        has_authority=True,
        confirmed_gaps=True,
        clock=system_clock,
        signer=SIGNER,
    )
    again = save(session, actor, report, FIRST, 0, save_key="k1")
    assert (again.version, again.saved_at) == (first.version, first.saved_at)


def test_save_keys_are_kept_for_a_day_only(
    session: Session, actor: Actor, report: NationalReport
) -> None:
    start = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    save(session, actor, report, FIRST, 0, save_key="k1", clock=lambda: start)
    later = start + timedelta(days=1, seconds=1)
    save(session, actor, report, SECOND, 1, save_key="k2", clock=lambda: later)
    assert session.scalars(select(SaveKey.key)).all() == ["k2"]


def test_a_demonstration_takes_reports_of_invented_states_only(
    session: Session, actor: Actor
) -> None:
    cycle = cycle_or_none(session, "bms7")
    assert cycle
    with without_triggers(session):
        session.get_one(Installation, 1).demonstration = True
    state = state_id(session, "FRA")
    with pytest.raises(NotPermitted) as refused:
        open_report(session, actor=actor, state_id=state, cycle_id=cycle.id, clock=system_clock)
    assert refused.value.problem.code == "record-only"
    with pytest.raises(Invalid):
        add_user(
            session,
            actor=OPERATOR,
            email="somebody@example.org",
            name="Somebody",
            role=Role.FOCAL_POINT,
            state_id=state,
            language="fr",
            clock=system_clock,
        )
