"""The triggers that refuse to change history, as the migrations make them: are they all there?"""

from collections.abc import Iterator

from sqlalchemy import Connection, text

KEPT = (
    "account_event",
    "chain_entry",
    "chain_head",
    "chain_text",
    "checkpoint",
    "clarification",
    "evidence",
    "installation",
    "national_report",
    "receipt_document",
    "signing_key",
    "submission",
    "submission_assistance",
    "submission_contact",
    "submission_evidence",
    "submission_figure",
    "submission_response",
    "submission_target",
)
# By engine, what the name of each trigger of a table ends with.
ENDINGS = {"sqlite": ("_update", "_delete", "_replace"), "postgresql": ("", "_whole")}
# One that is switched off, or on in a replica alone, refuses nothing.
_THERE = {
    "sqlite": text("SELECT name FROM sqlite_master WHERE type = 'trigger'"),
    "postgresql": text(
        "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
        " AND tgenabled IN ('O', 'A')"
    ),
}


def expected(dialect: str) -> Iterator[tuple[str, str]]:
    """Each trigger that must be there, with its table."""
    for table in KEPT:
        yield from ((f"keep_{table}{ending}", table) for ending in ENDINGS[dialect])


def missing(connection: Connection) -> dict[str, str]:
    """The triggers that are not there or switched off, by name, with their tables."""
    dialect = connection.dialect.name
    there = set(connection.scalars(_THERE[dialect]))
    return {name: table for name, table in expected(dialect) if name not in there}


def missing_sentence(connection: Connection) -> str | None:
    """One sentence that names them; nothing where all are there."""
    gone = missing(connection)
    if not gone:
        return None
    return (
        "The database does not refuse every change to history: these triggers were removed or "
        f"switched off: {', '.join(gone)}. Find out by whom, run: tracker verify with copies kept "
        "elsewhere, then: tracker init, which makes them again."
    )
