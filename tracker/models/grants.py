"""What the site's own role may do in PostgreSQL where another role owns the tables.

The first wall is the code, the second the triggers that refuse to change history; this is the
third: who breaks into the site cannot alter a table, drop a trigger, or touch reference data.
"""

from collections.abc import Iterator

from tracker.models.base import Base

# Written by ``tracker init`` alone, which works as the owner.
REFERENCE = frozenset(
    {
        "area",
        "commitment",
        "indicator",
        "joint_statement",
        "meeting",
        "outcome_document",
        "participation",
        "recorded_vote",
        "section",
        "state",
        "weighting",
    }
)
# Whose row is locked while something is begun beneath it: that asks for the right to one column.
LOCKED = frozenset({"state"})
# History of which no column ever changes.
ADDED_TO = frozenset(
    {
        "account_event",
        "chain_entry",
        "checkpoint",
        "evidence",
        "receipt_document",
        "submission_evidence",
    }
)
# Working copies, what is kept for a time, cycles without reports; nothing else is ever removed.
REMOVED_FROM = frozenset(
    {
        "assistance",
        "contact",
        "import_plan",
        "indicator_figure",
        "measure",
        "outgoing_mail",
        "passkey",
        "provider_link",
        "provider_visit",
        "published_value",
        "recovery_code",
        "reporting_cycle",
        "save_key",
        "second_factor",
        "sign_in_failure",
        "target",
    }
)


def statements(role: str) -> Iterator[str]:
    """The statements that give ``role``, already quoted, what the site needs and no more."""
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"
    yield f"GRANT SELECT ON alembic_version TO {role}"
    for name in Base.metadata.tables:
        yield f'GRANT {", ".join(rights(name))} ON "{name}" TO {role}'
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"


def rights(table: str) -> tuple[str, ...]:
    """Of one table."""
    if table in LOCKED:
        return ("SELECT", "UPDATE (id)")
    if table in REFERENCE:
        return ("SELECT",)
    if table in ADDED_TO:
        return ("SELECT", "INSERT")
    if table in REMOVED_FROM:
        return ("SELECT", "INSERT", "UPDATE", "DELETE")
    return ("SELECT", "INSERT", "UPDATE")
