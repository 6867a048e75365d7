"""Who reads and writes, told to PostgreSQL in each transaction: a wall between States inside it.

The policies of the tables (migration 0016) ask the setting ``tracker.reader``; where it is not
set, no row of a report is there. It ends with its transaction, so a pooled connection carries
nobody into the next one. SQLite has no such policies and is told nothing. See ADR 33.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, SessionTransaction

EVERYTHING = "all"  # command line, worker, migrations
PUBLISHED = "public"  # what is published, of every State
_READER = "reader of rows"
_TELL = text("SELECT set_config('tracker.reader', :reader, true)")


def read_as(session: Session, reader: str) -> None:
    """From here on, in this transaction and those that follow in the session."""
    session.info[_READER] = reader
    if session.in_transaction():
        tell(session.connection(), reader)


def read_as_nobody_yet(session: Session) -> None:
    """Tell nothing at the beginning of the next transaction: it finds out first who reads."""
    session.info.pop(_READER, None)


@contextmanager
def reading_as(session: Session, reader: str) -> Iterator[None]:
    """For what is done inside, which the caller has authorised; then as before.

    A session that was never told who reads works on a connection of the command line or the
    worker, which reads everything, and is left alone.
    """
    before = session.info.get(_READER)
    if before is None:
        yield
        return
    read_as(session, reader)
    try:
        yield
        session.flush()
    except SQLAlchemyError:
        session.info[_READER] = before  # this transaction is lost, and the setting with it
        raise
    except BaseException:
        read_as(session, before)
        raise
    read_as(session, before)


def reads_everything(target: Engine | Connection) -> None:
    """Every transaction that is begun there reads and writes everything."""
    if target.dialect.name == "postgresql":
        event.listen(target, "begin", _tell_everything)


def tell(connection: Connection, reader: str) -> None:
    """Set it for the transaction that is open; nothing on SQLite."""
    if connection.dialect.name == "postgresql":
        connection.execute(_TELL, {"reader": reader})


def _tell_everything(connection: Connection) -> None:
    tell(connection, EVERYTHING)


@event.listens_for(Session, "after_begin")
def _tell_at_the_beginning(
    session: Session, transaction: SessionTransaction, connection: Connection
) -> None:
    reader = session.info.get(_READER)
    if reader is not None:
        tell(connection, reader)
