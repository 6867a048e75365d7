"""public keys, printed receipts and checkpoints, which are only added to"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

import tracker.models.base

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

REFUSAL = "history is only added to"
# Of each table the columns that are compared as they are, then those that hold JSON, then its keys.
KEPT = {
    "signing_key": (
        ("id", "key_id", "public_key", "made_at"),
        ("statement",),
        ("id", "key_id", "public_key"),
    ),
    "receipt_document": (
        ("id", "submission_id", "language", "pdf"),
        ("statement",),
        ("id", "submission_id = NEW.submission_id AND language"),
    ),
    "checkpoint": (
        ("id", "number", "day", "made_at", "hash"),
        ("statement",),
        ("id", "number", "day"),
    ),
}


def upgrade() -> None:
    op.create_table(
        "signing_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=False),
        sa.Column("public_key", sa.String(length=43), nullable=False),
        sa.Column("made_at", tracker.models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("statement", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
        sa.UniqueConstraint("key_id", name=op.f("uq_signing_key_key_id")),
        sa.UniqueConstraint("public_key", name=op.f("uq_signing_key_public_key")),
    )
    op.create_table(
        "receipt_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("statement", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_receipt_document_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_document")),
        sa.UniqueConstraint(
            "submission_id", "language", name=op.f("uq_receipt_document_submission_id_language")
        ),
    )
    op.create_table(
        "checkpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("made_at", tracker.models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("statement", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint")),
        sa.UniqueConstraint("number", name=op.f("uq_checkpoint_number")),
        sa.UniqueConstraint("day", name=op.f("uq_checkpoint_day")),
    )
    make = sqlite_triggers if op.get_bind().dialect.name == "sqlite" else postgres_triggers
    for table in KEPT:
        for statement in make(table):
            op.execute(sa.text(statement.replace(":", "\\:")))


def forbidden(table: str, differs: str) -> str:
    """When an update is refused: as soon as any column changes."""
    plain, json, _ = KEPT[table]
    compared = [f"NEW.{name} {differs} OLD.{name}" for name in plain]
    compared += [f"CAST(NEW.{name} AS TEXT) {differs} CAST(OLD.{name} AS TEXT)" for name in json]
    return "\n OR ".join(compared)


def sqlite_triggers(table: str) -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table}: {REFUSAL}'); END"
    name = f"keep_{table}"
    key = KEPT[table][2]
    same = " OR ".join(f"({column} = NEW.{column.split(' AND ')[-1]})" for column in key)
    yield f"CREATE TRIGGER {name}_update BEFORE UPDATE ON {table}\nWHEN {forbidden(table, 'IS NOT')}\n{refuse}"
    yield f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {table}\n{refuse}"
    yield (
        f"CREATE TRIGGER {name}_replace BEFORE INSERT ON {table}\n"  # noqa: S608  # nosec B608  # our own names
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})\n{refuse}"
    )


def postgres_triggers(table: str) -> Iterator[str]:
    name = f"keep_{table}"
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n"
        "IF TG_OP = 'UPDATE' THEN\n"
        f"IF NOT COALESCE({forbidden(table, 'IS DISTINCT FROM')}, false) THEN RETURN NEW; END IF;\n"
        f"END IF;\nRAISE EXCEPTION '{table}: {REFUSAL}' USING ERRCODE = 'restrict_violation';\nEND $$"
    )
    yield f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    yield f"CREATE TRIGGER {name}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"


def downgrade() -> None:
    for table in ("checkpoint", "receipt_document", "signing_key"):
        op.drop_table(table)  # its triggers go with it
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP FUNCTION keep_{table}()")
