"""the database itself refuses to change what was done to an account"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE = "account_event"
NAME = f"keep_{TABLE}"
REFUSAL = f"{TABLE}: history is only added to"
COLUMNS = ("id", "user_id", "kind", "at", "actor_id")


def forbidden(differs: str) -> str:
    """When an update is refused: as soon as any column changes."""
    compared = [f"NEW.{name} {differs} OLD.{name}" for name in COLUMNS]
    compared.append(f"CAST(NEW.facts AS TEXT) {differs} CAST(OLD.facts AS TEXT)")
    return "\n OR ".join(compared)


def sqlite_triggers() -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    yield f"CREATE TRIGGER {NAME}_update BEFORE UPDATE ON {TABLE}\nWHEN {forbidden('IS NOT')}\n{refuse}"
    yield f"CREATE TRIGGER {NAME}_delete BEFORE DELETE ON {TABLE}\n{refuse}"
    yield (
        f"CREATE TRIGGER {NAME}_replace BEFORE INSERT ON {TABLE}\n"  # noqa: S608  # nosec B608  # our own names
        f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)\n{refuse}"
    )


def postgres_triggers() -> Iterator[str]:
    yield (
        f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n"
        "IF TG_OP = 'UPDATE' THEN\n"
        f"IF NOT COALESCE({forbidden('IS DISTINCT FROM')}, false) THEN RETURN NEW; END IF;\n"
        f"END IF;\nRAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation';\nEND $$"
    )
    yield f"CREATE TRIGGER {NAME} BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {NAME}()"
    yield f"CREATE TRIGGER {NAME}_whole BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION {NAME}()"


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in sqlite_triggers() if sqlite else postgres_triggers():
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event in ("update", "delete", "replace"):
            op.execute(f"DROP TRIGGER {NAME}_{event}")
        return
    for trigger in (NAME, f"{NAME}_whole"):
        op.execute(f"DROP TRIGGER {trigger} ON {TABLE}")
    op.execute(f"DROP FUNCTION {NAME}()")
