"""Coverage of a cycle: what the secretariat sees of every State, and what the public sees."""

import pytest
from sqlalchemy.orm import Session

from tests.submitted import START, make_cycle, make_report, make_submission
from tracker.domain.progress import Audience
from tracker.domain.responses import ResponseContent
from tracker.domain.workflow import ReportStatus
from tracker.models import ReportingCycle
from tracker.queries.coverage import (
    CoverageGroup,
    CoverageRow,
    count_published,
    coverage_of_cycle,
)

ANSWERS = {25: ResponseContent(narrative="Words.")}


@pytest.fixture
def cycle(session: Session) -> ReportingCycle:
    """One State in each standing."""
    cycle = make_cycle(session)
    make_report(session, cycle, "ALB")
    make_submission(session, cycle, "AUT", ANSWERS, "withdrawn")
    make_submission(session, cycle, "BEL", ANSWERS, "submitted", on_time=False)
    make_submission(session, cycle, "DZA", ANSWERS, "returned")
    make_submission(session, cycle, "FRA", ANSWERS, "accepted")
    make_submission(session, cycle, "KEN", ANSWERS, "published")
    make_submission(session, cycle, "KEN", ANSWERS, "published", on_time=False)
    make_submission(session, cycle, "PER", ANSWERS, "published", on_time=False)
    make_report(session, cycle, "PER").status = ReportStatus.DRAFT  # reopened
    make_submission(session, cycle, "VAT", ANSWERS, "published")
    other = make_cycle(session, slug="bms7-2028")
    make_submission(session, other, "ALB", ANSWERS, "published")
    return cycle


def by_state(groups: tuple[CoverageGroup, ...]) -> dict[str, CoverageRow]:
    return {row.iso3: row for group in groups for row in group.rows}


def test_the_secretariat_sees_every_report(session: Session, cycle: ReportingCycle) -> None:
    found = by_state(coverage_of_cycle(session, cycle_id=cycle.id, audience=Audience.SECRETARIAT))
    assert len(found) == 193
    assert {iso3: row.status for iso3, row in found.items() if row.status} == {
        "ALB": ReportStatus.DRAFT,
        "AUT": ReportStatus.DRAFT,
        "BEL": ReportStatus.SUBMITTED,
        "DZA": ReportStatus.RETURNED,
        "FRA": ReportStatus.ACCEPTED,
        "KEN": ReportStatus.PUBLISHED,
        "PER": ReportStatus.DRAFT,
    }
    assert found["ALB"].last_saved_at == START and found["ALB"].submitted_at is None
    assert found["AUT"].submitted_at is None
    assert found["BEL"].on_time is False
    assert found["DZA"].submitted_at is not None
    assert found["FRA"].accepted_at is not None
    assert found["PER"].is_published
    assert found["BEN"].status is None and found["BEN"].on_time is None


def test_a_later_correction_makes_no_report_late(session: Session, cycle: ReportingCycle) -> None:
    for audience in Audience:
        row = by_state(coverage_of_cycle(session, cycle_id=cycle.id, audience=audience))["KEN"]
        assert row.on_time is True
        assert row.submitted_at is not None and row.published_at is not None
        assert (row.published_at - row.submitted_at).days == 1


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.STATES])
def test_others_learn_of_published_reports_only(
    session: Session, cycle: ReportingCycle, audience: Audience
) -> None:
    found = by_state(coverage_of_cycle(session, cycle_id=cycle.id, audience=audience))
    published = {"KEN", "PER"}
    assert {iso3 for iso3, row in found.items() if row.status} == published
    assert found["PER"].status is ReportStatus.PUBLISHED
    assert found["PER"].on_time is False
    for iso3, row in found.items():
        assert row.last_saved_at is None and row.accepted_at is None and row.submissions == 0
        if iso3 not in published:
            assert row.submitted_at is None and row.on_time is None


def test_groups_count_each_state_once(session: Session, cycle: ReportingCycle) -> None:
    groups = coverage_of_cycle(session, cycle_id=cycle.id, audience=Audience.PUBLIC)
    assert {group.code: group.member_states for group in groups} == {
        "africa": 54,
        "asia_pacific": 54,
        "eastern_europe": 23,
        "grulac": 33,
        "weog": 29,
    }
    assert {group.code: group.published for group in groups if group.published} == {
        "africa": 1,
        "grulac": 1,
    }
    assert sum(count_published(group.rows) for group in groups) == 2
    also = {group.code: [row.iso3 for row in group.also_listed] for group in groups}
    assert also["asia_pacific"] == ["TUR"] and also["weog"] == []
