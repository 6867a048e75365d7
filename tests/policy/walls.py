# ruff: noqa: S608  # the tables are our own
"""The tables that belong to a State, and statements past the first wall."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, text
from sqlalchemy.exc import DBAPIError

from tests.transactions import SITE_ROLE
from tracker.models import Base
from tracker.models.readers import EVERYTHING, tell

# The working copy: its own State alone reads and writes it.
WORKING = frozenset(
    {
        "assistance",
        "contact",
        "import_plan",
        "indicator_figure",
        "indicator_return",
        "measure",
        "response",
        "target",
    }
)
# Its history. The secretariat adds what it did, and reads that.
HISTORY = frozenset({"chain_entry", "chain_head", "chain_text"})
# Between the State and the secretariat, never published.
BETWEEN = frozenset({"clarification", "receipt_document"})
# Readable by everybody once the submission is published, by the secretariat once it is made.
FROZEN = frozenset(
    {
        "evidence",
        "submission_assistance",
        "submission_contact",
        "submission_evidence",
        "submission_figure",
        "submission_response",
        "submission_target",
    }
)
PUBLISHABLE = FROZEN | {"national_report", "submission"}
WALLED = WORKING | HISTORY | BETWEEN | PUBLISHABLE
# Of a State too, and open: each with the reason.
OPEN = {
    "membership": "read before it is known who reads",
    "participation": "official record, public",
    "published_value": "published by others, public",
    "state": "reference data",
}
RIGHTS = "role_of_walls"  # a role with every right on every table, held back by policies alone


def of_a_state() -> set[str]:
    """Every table with a foreign key to a State, or to a table that has one."""
    found, before = {"state"}, 0
    while len(found) > before:
        before = len(found)
        found |= {
            table.name
            for table in Base.metadata.tables.values()
            if any(key.column.table.name in found for key in table.foreign_keys)
        }
    return found


def parent(table: Table) -> tuple[str, str]:
    """The column by which a row hangs on its State, and the table that it points to."""
    for wanted in ("state", "national_report", "submission"):
        for key in table.foreign_keys:
            if key.column.table.name == wanted:
                return key.parent.name, wanted
    return next(
        (key.parent.name, key.column.table.name)
        for key in table.foreign_keys
        if key.column.table.name in WALLED
    )


@cache
def state_of(name: str, alias: str = "t") -> str:
    """SQL for the State of a row."""
    column, above = parent(Base.metadata.tables[name])
    if above == "state":
        return f"{alias}.{column}"
    deeper = f"{alias}x"
    found = state_of(above, deeper)
    return f"(SELECT {found} FROM {above} {deeper} WHERE {deeper}.id = {alias}.{column})"


def key_of(name: str) -> str:
    """The name of the primary key."""
    return next(column.name for column in Base.metadata.tables[name].primary_key)


def rows_by_state(connection: Connection) -> dict[str, dict[int, list[int]]]:
    """Of each table the keys of all rows, by State, read as who reads everything."""
    tell(connection, EVERYTHING)
    found: dict[str, dict[int, list[int]]] = {}
    for name in WALLED:
        query = f"SELECT {state_of(name)}, array_agg(t.{key_of(name)}) FROM {name} t GROUP BY 1"
        found[name] = {state: sorted(keys) for state, keys in connection.execute(text(query))}
    return found


def keys_read(connection: Connection, name: str, reader: str) -> set[int]:
    """What a bare SELECT gives."""
    tell(connection, reader)
    return set(connection.scalars(text(f"SELECT {key_of(name)} FROM {name}")))


def changed(connection: Connection, reader: str, statement: str, **values: Any) -> int | str:
    """How many rows a statement changed, or why it was refused; taken back in either case."""
    tell(connection, reader)
    savepoint = connection.begin_nested()
    try:
        return connection.execute(text(statement), values).rowcount
    except DBAPIError as error:
        return str(error.orig).splitlines()[0]
    finally:
        savepoint.rollback()


def insert_like(connection: Connection, name: str, key: int) -> tuple[str, dict[str, Any]]:
    """A statement that adds a copy of a row, under a key of its own."""
    tell(connection, EVERYTHING)
    own = key_of(name)
    values = connection.execute(
        text(f"SELECT to_jsonb(t) FROM {name} t WHERE {own} = :key"), {"key": key}
    ).scalar_one()
    if own != parent(Base.metadata.tables[name])[0]:
        values[own] += 10**6
    columns = ", ".join(f'"{column}"' for column in values)
    populated = f"jsonb_populate_record(NULL::{name}, CAST(:row AS jsonb))"
    return f"INSERT INTO {name} ({columns}) SELECT {columns} FROM {populated}", values


@contextmanager
def every_right(connection: Connection) -> Iterator[None]:
    """As a role that may do everything with every table, and owns none."""
    connection.execute(text("RESET ROLE"))
    for statement in (
        f"CREATE ROLE {RIGHTS} NOLOGIN",
        f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {RIGHTS}",
        f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {RIGHTS}",
        f"SET LOCAL ROLE {RIGHTS}",
    ):
        connection.execute(text(statement))
    yield
    connection.execute(text(f"SET LOCAL ROLE {SITE_ROLE}"))
