# ruff: noqa: S608  # the tables are our own
"""PostgreSQL keeps a State's rows from everybody else's statements, whatever the code asks."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, Engine, create_engine, select, text
from sqlalchemy.orm import Session

from tests.evidence import attach
from tests.exchange.templates import kept_plan
from tests.items import save_every
from tests.national_reports import Reporting, begin_report
from tests.people import state_id
from tests.policy.walls import (
    BETWEEN,
    FROZEN,
    HISTORY,
    OPEN,
    PUBLISHABLE,
    WALLED,
    WORKING,
    changed,
    every_right,
    insert_like,
    key_of,
    keys_read,
    of_a_state,
    parent,
    rows_by_state,
)
from tests.signing import SIGNER
from tests.transactions import rolled_back, session_in, undone
from tracker.domain.indicators import Cell
from tracker.domain.progress import Progress
from tracker.domain.responses import Measure
from tracker.domain.roles import OPERATOR, PUBLIC, Actor, Grant, Role
from tracker.models import Base, Response
from tracker.models.readers import EVERYTHING, PUBLISHED, read_as, reading_as, tell
from tracker.policy.readers import SUBMITTED, reader_of
from tracker.services.receipts import keep_printed

HOME, ABROAD, OPENLY = "GHA", "KEN", "PER"  # the last one's report is published
REFUSED = "new row violates row-level security policy"
KEPT = "history is only added to"  # said by a trigger, which comes before the policy


@dataclass(frozen=True)
class Walls:
    """The keys of every row of every table by State, and the readers of States."""

    connection: Connection
    home: int
    abroad: int
    openly: int
    rows: dict[str, dict[int, list[int]]]

    @property
    def reader(self) -> str:
        return f"states:{self.home}"

    def of(self, name: str, *states: int) -> set[int]:
        return {key for state in states for key in self.rows[name].get(state, [])}


@pytest.fixture(scope="module")
def made(engine: Engine) -> Iterator[Walls]:
    """Made once: three States with a row in every table, in a role that policies alone hold."""
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no policies")
    with rolled_back(engine) as connection:
        with session_in(connection) as session:
            for iso3 in (HOME, ABROAD, OPENLY):
                _make_rows(begin_report(session, iso3), published=iso3 == OPENLY)
            session.commit()
            home, abroad, openly = (state_id(session, iso3) for iso3 in (HOME, ABROAD, OPENLY))
        with every_right(connection):
            yield Walls(connection, home, abroad, openly, rows_by_state(connection))


def _make_rows(work: Reporting, *, published: bool) -> None:
    law = Measure("Arms Act", "2024", "https://example.org/act")
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="A law.", measures=(law,))
    work.save_figures({Cell(2024, "found", "total"): 3})
    save_every(work)
    attach(work, title="The current Act", replaces=attach(work, title="The first draft"))
    submission = work.submit()
    work.ask(submission, "Since when?")
    keep_printed(work.session, submission=submission, language="en", pdf=b"%PDF", signer=SIGNER)
    kept_plan(work)
    if published:
        work.accept(submission)
        work.publish(submission)


@pytest.fixture
def walls(made: Walls) -> Iterator[Walls]:
    with undone(made.connection):
        yield made


def test_every_table_of_a_state_is_judged() -> None:
    """A new one gets a policy in a migration and its place here, or a reason to stay open."""
    assert of_a_state() == WALLED | OPEN.keys()
    assert not WALLED & OPEN.keys()


def test_policies_hold_the_owner_too(walls: Walls) -> None:
    query = "SELECT relname, relforcerowsecurity FROM pg_class WHERE relrowsecurity"
    found = {name: forced for name, forced in walls.connection.execute(text(query))}
    assert found == dict.fromkeys(WALLED, True)


def test_without_a_reader_no_row_is_there_and_none_is_added(walls: Walls) -> None:
    for name in sorted(WALLED):
        there = walls.of(name, walls.home, walls.abroad, walls.openly)
        assert len(there) >= 3 and keys_read(walls.connection, name, EVERYTHING) == there, name
        for nobody in ("", "nobody", "states:", "states:x", "everything"):
            expected = _openly(walls, name) if nobody else set()
            assert keys_read(walls.connection, name, nobody) == expected, (name, nobody)
        _cannot_write(walls, "", name, there)


def _openly(walls: Walls, name: str) -> set[int]:
    if name == "chain_text":
        return _words_of_files(walls, walls.openly)
    return _submitted(walls, name, walls.openly) if name in PUBLISHABLE else set()


def _submitted(walls: Walls, name: str, *states: int) -> set[int]:
    """All rows, and of files the versions that belong to a submission."""
    there = walls.of(name, *states)
    if name != "evidence":
        return there
    tell(walls.connection, EVERYTHING)
    query = "SELECT evidence_id FROM submission_evidence WHERE evidence_id = ANY (:there)"
    found = set(walls.connection.scalars(text(query), {"there": sorted(there)}))
    assert set() < found < there
    return found


def _words_of_files(walls: Walls, *states: int) -> set[int]:
    """The texts that say what a submitted file is called."""
    files = sorted(_submitted(walls, "evidence", *states))
    query = (
        "SELECT id FROM chain_text WHERE entry_id IN "
        "(SELECT revision_id FROM evidence WHERE id = ANY (:files))"
    )
    found = set(walls.connection.scalars(text(query), {"files": files}))
    assert found
    return found


def test_a_state_reads_its_own_rows_and_published_ones(walls: Walls) -> None:
    for name in sorted(WALLED):
        expected = walls.of(name, walls.home) | _openly(walls, name)
        assert keys_read(walls.connection, name, walls.reader) == expected, name
        both = f"states:{walls.home},{walls.abroad}"
        expected |= walls.of(name, walls.abroad)
        assert keys_read(walls.connection, name, both) == expected, name


def test_a_state_writes_no_row_of_another(walls: Walls) -> None:
    for name in sorted(WALLED):
        _cannot_write(walls, walls.reader, name, walls.of(name, walls.abroad, walls.openly))


def _cannot_write(walls: Walls, reader: str, name: str, keys: set[int]) -> None:
    key, some = key_of(name), sorted(keys)
    for statement in (
        f"UPDATE {name} SET {key} = {key} WHERE {key} = ANY (:some)",
        f"DELETE FROM {name} WHERE {key} = ANY (:some)",
    ):
        assert changed(walls.connection, reader, statement, some=some) == 0, (reader, statement)
    for one in {min(some), max(some)}:
        statement, row = insert_like(walls.connection, name, one)
        told = changed(walls.connection, reader, statement, row=json.dumps(row))
        assert REFUSED in str(told), (reader, statement)


def test_a_state_writes_its_own_rows(walls: Walls) -> None:
    """What refuses here is never the wall, or the tests above would say nothing."""
    for name in sorted(WALLED):
        for one in walls.of(name, walls.home):
            statement, row = insert_like(walls.connection, name, one)
            told = changed(walls.connection, walls.reader, statement, row=json.dumps(row))
            assert told == 1 or "unique" in str(told), (name, told)
            key = key_of(name)
            statement = f"UPDATE {name} SET {key} = {key} WHERE {key} = :one"
            assert changed(walls.connection, walls.reader, statement, one=one) == 1, name


def test_a_row_cannot_be_moved_to_another_state(walls: Walls) -> None:
    for name in sorted(WALLED):
        column, above = parent(Base.metadata.tables[name])
        target = walls.abroad if above == "state" else min(walls.of(above, walls.abroad))
        own = min(walls.of(name, walls.home))
        statement = f"UPDATE {name} SET {column} = :target WHERE {key_of(name)} = :own"
        told = changed(walls.connection, walls.reader, statement, target=target, own=own)
        kept = HISTORY | BETWEEN | FROZEN | {"submission", "national_report"}
        assert (KEPT if name in kept else REFUSED) in str(told), (name, told)


def test_the_secretariat_reads_what_was_submitted_and_no_working_copy(walls: Walls) -> None:
    everybody = (walls.home, walls.abroad, walls.openly)
    for name in sorted(WALLED - {"chain_entry", "chain_text"}):
        expected = set() if name in WORKING else _submitted(walls, name, *everybody)
        assert keys_read(walls.connection, name, SUBMITTED) == expected, name
    for name in WORKING | FROZEN:
        _cannot_write(walls, SUBMITTED, name, walls.of(name, *everybody))


def test_the_secretariat_reads_of_the_history_what_was_done(walls: Walls) -> None:
    tell(walls.connection, EVERYTHING)
    done = "SELECT id FROM chain_entry WHERE version IS NULL"
    events = set(walls.connection.scalars(text(done)))
    texts = f"SELECT id FROM chain_text WHERE entry_id IN ({done})"
    said = set(walls.connection.scalars(text(texts)))
    assert events and said
    said |= _words_of_files(walls, walls.home, walls.abroad, walls.openly)
    assert keys_read(walls.connection, "chain_entry", SUBMITTED) == events
    assert keys_read(walls.connection, "chain_text", SUBMITTED) == said


def test_of_a_text_struck_out_the_reason_is_read_by_all(walls: Walls) -> None:
    tell(walls.connection, EVERYTHING)
    strike = (
        "UPDATE chain_text SET value = NULL, struck_at = now(), struck_reason = 'Named.'"
        " WHERE id = (SELECT min(id) FROM chain_text) RETURNING id"
    )
    struck = walls.connection.execute(text(strike)).scalar_one()
    expected = {struck} | _openly(walls, "chain_text")
    assert keys_read(walls.connection, "chain_text", PUBLISHED) == expected
    _cannot_write(walls, PUBLISHED, "chain_text", {struck})


def test_the_public_reads_what_is_published(walls: Walls) -> None:
    for name in sorted(WALLED):
        assert keys_read(walls.connection, name, PUBLISHED) == _openly(walls, name), name
        _cannot_write(walls, PUBLISHED, name, walls.of(name, walls.openly))


def test_a_session_tells_it_in_every_transaction(walls: Walls) -> None:
    own = len(walls.of("response", walls.home))
    with session_in(walls.connection) as session:
        query = select(Response.id)
        read_as(session, walls.reader)
        for end in (session.commit, session.rollback, session.commit):
            assert len(session.scalars(query).all()) == own
            end()
        assert len(session.scalars(query).all()) == own
        read_as(session, PUBLISHED)  # the person changes while a transaction is open
        assert session.scalars(query).all() == []
        with reading_as(session, EVERYTHING):
            assert len(session.scalars(query).all()) > own
        assert session.scalars(query).all() == []
        with pytest.raises(ValueError, match="stop"), reading_as(session, EVERYTHING):
            raise ValueError("stop")
        assert session.scalars(query).all() == []


def test_a_connection_carries_nobody_into_its_next_transaction(
    engine: Engine, database_url: str
) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no policies")
    pooled = create_engine(database_url, pool_size=1)
    asked = text("SELECT coalesce(current_setting('tracker.reader', true), '')")
    with Session(pooled) as session:
        read_as(session, EVERYTHING)
        assert session.scalar(asked) == EVERYTHING
        session.commit()
    with pooled.connect() as connection:
        assert connection.scalar(asked) == ""
    pooled.dispose()


def test_readers_are_named_by_what_they_may_reach() -> None:
    focal, observer = Grant(Role.FOCAL_POINT, 17), Grant(Role.OBSERVER, 3)
    reviewer = Grant(Role.REVIEWER)
    named = {
        (): "public",
        (focal,): "states:17",
        (Grant(Role.CONTRIBUTOR, 17, ("I.1",)),): "states:17",
        (focal, observer): "states:3,17",
        (reviewer,): "secretariat",
        (Grant(Role.ADMINISTRATOR), focal): "secretariat states:17",
    }
    for grants, name in named.items():
        assert reader_of(Actor(user_id=1, grants=grants)) == name
    assert (reader_of(PUBLIC), reader_of(OPERATOR)) == ("public", "all")
