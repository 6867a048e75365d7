"""Contacts, assistance and targets: saved like answers, frozen, copied to the next cycle."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.items import BODY, CONTACT, EVERY, NEED, TARGET, save, save_every
from tests.national_reports import Reporting, begin_report, report_at
from tests.people import make_actor
from tests.submitted import make_cycle
from tracker.domain.chain import CONTENT_TAG, tagged_hash
from tracker.domain.errors import Invalid, NotFound, NotPermitted, StaleEdit, WrongStatus
from tracker.domain.item_fields import Part
from tracker.domain.items import MAX_ITEMS
from tracker.domain.progress import Audience
from tracker.domain.roles import PUBLIC, Role
from tracker.domain.workflow import ReportStatus
from tracker.models import ChainEntry
from tracker.models.ids import new_public_id
from tracker.queries.items import (
    item_revisions,
    items_of,
    removed_items,
    submitted_items,
)
from tracker.queries.shown_items import shown_items
from tracker.queries.verification import verify_report
from tracker.services.items import copy_items
from tracker.services.reports import set_default_audience


@pytest.fixture
def work(session: Session) -> Reporting:
    return begin_report(session)


def links(work: Reporting) -> int:
    query = select(func.count()).where(ChainEntry.report_id == work.report.id)
    return work.session.scalar(query) or 0


def test_what_was_saved_stands_in_the_table_and_in_the_history(work: Reporting) -> None:
    ids = save_every(work)
    rows = items_of(work.session, work.report.id)
    for content, item_id in ids.items():
        row = next(row for row in rows[content.PART] if row.item_id == item_id)
        assert (row.content, row.version) == (content, 1)
        assert row.saved_at == work.report.last_saved_at or content is not TARGET
        (revision,) = item_revisions(work.session, work.report.id, content.PART, item_id)
        assert (revision.content, revision.source) == (content, "form")
    assert [len(rows[part]) for part in Part] == [2, 1, 1]
    assert verify_report(work.session, work.report.id) is None


def test_sent_twice_a_row_is_made_once(work: Reporting) -> None:
    item_id = new_public_id()
    first = save(work, NEED, item_id)
    before = links(work)
    again = save(work, NEED, item_id)
    assert (first.changed, again.changed, again.version) == (True, False, 1)
    assert links(work) == before


def test_an_older_version_overwrites_nothing(work: Reporting) -> None:
    item_id = save(work, CONTACT).item_id
    save(work, replace(CONTACT, phone="123"), item_id, 1)
    with pytest.raises(StaleEdit) as refused:
        save(work, replace(CONTACT, phone="456"), item_id, 1)
    assert refused.value.current_version == 2
    with pytest.raises(StaleEdit):
        save(work, None, item_id, 1)
    (row,) = items_of(work.session, work.report.id)[Part.CONTACTS]
    assert row.content == replace(CONTACT, phone="123")


def test_a_removed_row_is_told_and_can_be_made_again(work: Reporting) -> None:
    item_id = save(work, CONTACT).item_id
    save(work, None, item_id, 1)
    assert save(work, None, item_id, 1).changed is False
    assert items_of(work.session, work.report.id)[Part.CONTACTS] == ()
    assert removed_items(work.session, work.report.id, Part.CONTACTS) == ((item_id, CONTACT),)
    for version in (0, 1):  # sent again as new, or from a page opened before the removal
        with pytest.raises(StaleEdit) as refused:
            save(work, CONTACT, item_id, version)
        assert refused.value.current_version == 2
    assert save(work, BODY, item_id, 2).version == 3, "made again on purpose"
    assert removed_items(work.session, work.report.id, Part.CONTACTS) == ()
    assert verify_report(work.session, work.report.id) is None


def test_a_row_of_another_report_is_not_there(session: Session, work: Reporting) -> None:
    item_id = save(work, CONTACT).item_id
    other = begin_report(session, "FRA")
    for content in (BODY, None):
        with pytest.raises(NotFound):
            save(other, content, item_id, 1)


def test_paragraphs_must_be_those_of_the_document(work: Reporting) -> None:
    with pytest.raises(Invalid, match="no-such-paragraph") as refused:
        save(work, replace(NEED, paragraphs=(24, 28, 999)))
    assert [p.values["number"] for p in refused.value.problems] == [24, 999]
    assert items_of(work.session, work.report.id)[Part.ASSISTANCE] == ()


def test_a_report_holds_so_many_rows_and_no_more(work: Reporting) -> None:
    with work.session.no_autoflush:
        for number in range(MAX_ITEMS):
            save(work, replace(TARGET, year=None, statement=f"Target {number}"))
    with pytest.raises(Invalid, match="too-many-items"):
        save(work, TARGET)
    assert save(work, CONTACT).changed


def test_only_focal_points_of_the_state_save(session: Session, work: Reporting) -> None:
    for actor in (
        make_actor(session, Role.CONTRIBUTOR, "GHA", ("I.1",)),
        make_actor(session, Role.OBSERVER, "GHA"),
        make_actor(session, Role.FOCAL_POINT, "FRA"),
        work.reviewer,
        work.administrator,
        PUBLIC,
    ):
        with pytest.raises(NotPermitted):
            save(work, CONTACT, actor=actor)
        with pytest.raises(NotPermitted):
            copy_items(
                session, actor=actor, report_id=work.report.id, part=Part.CONTACTS, clock=work.clock
            )


def test_a_locked_report_takes_nothing(session: Session) -> None:
    work, _ = report_at(session, ReportStatus.SUBMITTED)
    with pytest.raises(WrongStatus):
        save(work, CONTACT)
    assert verify_report(session, work.report.id) is None


def test_a_submission_holds_the_rows_as_they_stood(work: Reporting) -> None:
    ids = save_every(work)
    first = work.submit()
    work.give_back(first)
    save(work, replace(NEED, amount=None, currency=""), ids[NEED], 1)
    save(work, None, ids[CONTACT], 1)
    second = work.submit()
    frozen = submitted_items(work.session, first.id)
    assert {row.content for rows in frozen.values() for row in rows} == set(EVERY)
    later = submitted_items(work.session, second.id)
    assert [row.content for row in later[Part.CONTACTS]] == [BODY]
    assert later[Part.ASSISTANCE][0].content.amount is None  # type: ignore[union-attr]
    assert first.content_hash != second.content_hash
    assert verify_report(work.session, work.report.id) is None


def test_a_submission_without_rows_hashes_as_before_there_were_any(session: Session) -> None:
    """The content hash of a submission made by an earlier version of the tracker still holds."""
    work, submission = report_at(session, ReportStatus.SUBMITTED)
    assert submission is not None
    revisions = session.execute(
        select(ChainEntry.subject, ChainEntry.version, ChainEntry.hash)
        .where(ChainEntry.report_id == work.report.id, ChainEntry.kind == "response-saved")
        .order_by(ChainEntry.seq)
    )
    content = {
        "number": 1,
        "responses": [{"key": key, "version": v, "revision": h} for key, v, h in revisions],
        "figures": [],
    }
    assert submission.content_hash == tagged_hash(CONTENT_TAG, content)
    assert verify_report(session, work.report.id) is None


@pytest.mark.parametrize(
    ("audience", "read", "withheld"),
    [
        (Audience.PUBLIC, {BODY, NEED}, [1, 0, 1]),
        (Audience.STATES, {BODY, NEED, TARGET}, [1, 0, 0]),
        (Audience.SECRETARIAT, set(EVERY), [0, 0, 0]),
    ],
)
def test_a_reader_sees_only_what_the_audience_admits(
    work: Reporting, audience: Audience, read: set[object], withheld: list[int]
) -> None:
    save_every(work)
    submission = work.submit()
    shown = shown_items(work.session, submission.id, audience, {})
    assert {row.content for found in shown.values() for row in found.shown} == read
    assert [found.withheld for found in shown.values()] == withheld


def test_rows_of_the_last_cycle_are_copied_once(session: Session) -> None:
    make_cycle(session, "bms7-2026", opens=date(2026, 1, 1))
    earlier = begin_report(session)
    save_every(earlier)
    earlier.submit()
    later = begin_report(session, cycle="bms7-2026")
    set_default_audience(
        session,
        actor=later.focal_point,
        report_id=later.report.id,
        audience=Audience.STATES,
        clock=later.clock,
    )

    def copy(part: Part) -> int:
        return len(
            copy_items(
                session,
                actor=later.focal_point,
                report_id=later.report.id,
                part=part,
                clock=later.clock,
            )
        )

    assert [copy(part) for part in Part] == [2, 1, 1]
    assert [copy(part) for part in Part] == [0, 0, 0]
    rows = items_of(session, later.report.id)
    assert [row.content for row in rows[Part.CONTACTS]] == [CONTACT, BODY]
    assert [row.content for row in rows[Part.TARGETS]] == [TARGET]
    # never wider than this report's own default
    assert rows[Part.ASSISTANCE][0].content == replace(NEED, audience=Audience.STATES)
    old = {row.item_id for part in items_of(session, earlier.report.id).values() for row in part}
    new = {row.item_id for part in rows.values() for row in part}
    assert not old & new
    (revision,) = item_revisions(
        session, later.report.id, Part.TARGETS, rows[Part.TARGETS][0].item_id
    )
    assert revision.source == "copy"
    assert verify_report(session, later.report.id) is None
