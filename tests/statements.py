"""The statements that a test's connection sends."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event

from tests.people import Browser


@contextmanager
def counted(connection: Connection, *, every: bool = False) -> Iterator[list[str]]:
    """The statements that read, or every one; the list fills while the block runs."""
    found: list[str] = []

    def note(*arguments: object) -> None:
        statement = str(arguments[2])
        if "tracker.reader" in statement:  # belongs to the transaction, as its BEGIN does
            return
        if every or statement.lstrip().upper().startswith(("SELECT", "WITH", "(SELECT")):
            found.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(connection, "before_cursor_execute", note)


def selects_of(browser: Browser, connection: Connection, path: str) -> list[str]:
    """The statements that read while the page is made."""
    with counted(connection) as statements:
        browser.get(path)
    return statements
