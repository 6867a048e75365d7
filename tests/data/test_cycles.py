"""The list of cycles: what it says of each, and what it reads for the pages that ask for it."""

from datetime import date

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.statements import counted
from tests.submitted import START, make_cycle, make_report, make_submission
from tests.tampering import without_triggers
from tracker.domain.cycles import CycleDates
from tracker.models import ReportingCycle
from tracker.queries.cycles import CycleRow, list_cycles
from tracker.queries.kept import kept


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
