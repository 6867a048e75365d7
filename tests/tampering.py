"""Write access past the database's own refusals, for tests that change or remove history."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session

TRIGGERS = {
    "sqlite": "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT t.tgname, c.relname, pg_get_triggerdef(t.oid) FROM pg_trigger t"
        " JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal"
    ),
}


def triggers(session: Session) -> dict[str, tuple[str, str]]:
    """Every trigger by name: its table, and the statement that makes it."""
    rows = session.execute(text(TRIGGERS[session.get_bind().dialect.name])).all()
    return {name: (table, made) for name, table, made in rows}


@contextmanager
def without_triggers(session: Session) -> Iterator[None]:
    """As somebody who owns the database: no refusals inside, all of them again afterwards."""
    on = " ON {table}" if session.get_bind().dialect.name == "postgresql" else ""
    session.flush()
    found = triggers(session)
    for name, (table, _) in found.items():
        session.execute(text(f"DROP TRIGGER {name}{on.format(table=table)}"))
    yield
    session.flush()
    for _, made in found.values():
        session.connection().exec_driver_sql(made)
