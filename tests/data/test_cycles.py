"""The list of cycles: what it says of each, and what it reads for the pages that ask for it."""

from datetime import date

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.people import make_actor
from tests.statements import counted
from tests.submitted import START, make_cycle, make_report, make_submission
from tests.tampering import without_triggers
from tracker.domain.clock import system_clock
from tracker.domain.cycles import CycleDates
from tracker.domain.errors import Invalid
from tracker.domain.progress import Progress
from tracker.domain.responses import ResponseContent
from tracker.domain.roles import Role
from tracker.models import ReportingCycle
from tracker.queries.cycles import CycleRow, list_cycles
from tracker.queries.kept import kept
from tracker.queries.submissions import earlier_answers, earlier_report
from tracker.services.cycles import change_dates, open_cycle


def listed(session: Session) -> dict[str, CycleRow]:
    return {row.slug: row for row in list_cycles(session)}


def test_reports_and_published_reports_are_told_apart(session: Session) -> None:
    names = ("empty", "draft", "submitted", "published", "replaced")
    cycles = {name: make_cycle(session, name) for name in names}
    make_report(session, cycles["draft"], "KEN")
    make_submission(session, cycles["submitted"], "KEN", {}, "accepted")
    make_submission(session, cycles["published"], "KEN", {})
    make_submission(session, cycles["published"], "KEN", {})
    gone = make_submission(session, cycles["replaced"], "KEN", {})
    with without_triggers(session):
        gone.superseded_at = START
        session.flush()
    found = listed(session)
    assert {name: (found[name].has_reports, found[name].has_published) for name in names} == {
        "empty": (False, False),
        "draft": (True, False),
        "submitted": (True, False),
        "published": (True, True),
        "replaced": (True, False),  # only what is in force counts
    }


def test_each_value_stands_in_its_place(session: Session) -> None:
    cycle: ReportingCycle = make_cycle(session, "one", due=date(2026, 6, 1))
    cycle.closes_on = date(2026, 7, 1)
    cycle.period_from, cycle.period_to = date(2024, 1, 1), date(2025, 12, 31)
    session.flush()
    row = listed(session)["one"]
    assert (row.id, row.document_slug) == (cycle.id, "bms7")
    assert row.document_symbol == "A/CONF.192/BMS/2021/1" and row.document_title["en"]
    assert row.dates == CycleDates(
        opens_on=date(2026, 1, 1),
        due_on=date(2026, 6, 1),
        closes_on=date(2026, 7, 1),
        period_from=date(2024, 1, 1),
        period_to=date(2025, 12, 31),
    )


def test_the_version_of_the_data_is_read_with_the_cycles(
    session: Session, connection: Connection
) -> None:
    """The pages that list cycles ask for what is kept next: no statement of its own for that."""
    make_cycle(session)
    session.commit()
    with counted(connection) as statements:
        list_cycles(session)
        kept(session, "answer", lambda: "kept")
    assert len(statements) == 1, statements


def test_of_two_that_open_on_one_day_the_order_is_the_same_everywhere(session: Session) -> None:
    """Older versions let them: the later short name is the later cycle."""
    slugs = ("bms7-2030", "bms7-2028")
    cycles = {slug: make_cycle(session, slug) for slug in slugs}
    assert [row.slug for row in list_cycles(session)][:2] == ["bms7-2030", "bms7-2028"]
    make_submission(session, cycles["bms7-2028"], "KEN", {})
    make_submission(session, cycles["bms7-2030"], "KEN", {})
    for slug, earlier in (("bms7-2030", "bms7-2028"), ("bms7-2028", None)):
        found = earlier_report(session, make_report(session, cycles[slug], "KEN").id)
        assert (found.cycle if found else None) == earlier


def test_no_two_of_one_document_open_on_one_day(session: Session) -> None:
    make_cycle(session, "bms7-2030", opens=date(2030, 1, 1))
    other = make_cycle(session, "bms7-2032", opens=date(2032, 1, 1))
    administrator = make_actor(session, Role.ADMINISTRATOR)
    day = CycleDates(opens_on=date(2030, 1, 1))
    with pytest.raises(Invalid) as refused:
        open_cycle(
            session,
            actor=administrator,
            slug="bms7-2031",
            document_slug="bms7",
            dates=day,
            clock=system_clock,
        )
    with pytest.raises(Invalid) as moved:
        change_dates(session, actor=administrator, cycle_id=other.id, dates=day)
    for error in (refused, moved):
        assert error.value.problem.code == "cycle-same-day"
        assert error.value.problem.values == {"slug": "bms7-2030"}
    same = CycleDates(opens_on=date(2032, 1, 1), due_on=date(2032, 6, 1))
    change_dates(session, actor=administrator, cycle_id=other.id, dates=same)
    assert listed(session)["bms7-2032"].dates.due_on == date(2032, 6, 1)


def test_a_state_that_passed_a_cycle_over_begins_with_its_last_report(session: Session) -> None:
    slugs = ("bms7-2026", "bms7-2028", "bms7-2030")
    first, _, last = (make_cycle(session, s, opens=date(int(s[-4:]), 1, 1)) for s in slugs)
    answer = ResponseContent(progress=Progress.IMPLEMENTED, narrative="Said once.")
    make_submission(session, first, "KEN", {28: answer})
    later = make_report(session, last, "KEN")
    earlier = earlier_answers(session, later.id)
    assert earlier.cycle == "bms7-2026"
    assert earlier.answers["bms7/annex/28"].narrative == "Said once."
    assert earlier_report(session, make_report(session, first, "KEN").id) is None
    assert earlier_report(session, make_report(session, last, "UGA").id) is None
