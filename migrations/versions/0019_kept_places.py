"""a report stays with its State and cycle; a database stays real or a demonstration"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

REFUSAL = "history is only added to"
# What never changes in a row that otherwise lives on, and the columns of its unique constraints:
# SQLite replaces rows without calling it a delete.
FIXED = {
    "national_report": ("id", "public_id", "state_id", "cycle_id", "opened_at"),
    "installation": ("id", "demonstration"),
}
KEYS = {
    "national_report": (("id",), ("public_id",), ("state_id", "cycle_id")),
    "installation": (("id",),),
}


def forbidden(table: str, differs: str) -> str:
    return "\n OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in FIXED[table])


def sqlite_triggers(table: str) -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table}: {REFUSAL}'); END"
    same = "\n OR ".join(
        "(" + " AND ".join(f"{name} = NEW.{name}" for name in key) + ")" for key in KEYS[table]
    )
    yield (
        f"CREATE TRIGGER keep_{table}_update BEFORE UPDATE ON {table}\n"
        f"WHEN {forbidden(table, 'IS NOT')}\n{refuse}"
    )
    yield f"CREATE TRIGGER keep_{table}_delete BEFORE DELETE ON {table}\n{refuse}"
    yield (
        f"CREATE TRIGGER keep_{table}_replace BEFORE INSERT ON {table}\n"  # noqa: S608  # nosec B608  # our own names
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})\n{refuse}"
    )


def postgres_triggers(table: str) -> Iterator[str]:
    name = f"keep_{table}"
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n"
        "IF TG_OP = 'UPDATE' THEN\n"
        f"IF NOT ({forbidden(table, 'IS DISTINCT FROM')}) THEN RETURN NEW; END IF;\n"
        f"END IF;\nRAISE EXCEPTION '{table}: {REFUSAL}' USING ERRCODE = 'restrict_violation';\n"
        "END $$"
    )
    yield (
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {name}()"
    )
    yield (
        f"CREATE TRIGGER {name}_whole BEFORE TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )


def upgrade() -> None:
    make = sqlite_triggers if op.get_bind().dialect.name == "sqlite" else postgres_triggers
    for table in FIXED:
        for statement in make(table):
            op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in FIXED:
        name = f"keep_{table}"
        if sqlite:
            for event in ("update", "delete", "replace"):
                op.execute(f"DROP TRIGGER {name}_{event}")
        else:
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP TRIGGER {name}_whole ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
