"""files attached to answers: every version is a row that is only added"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

import tracker.models.base

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

REFUSAL = "history is only added to"
# Of each table its columns, none of which ever changes, then what is unique.
KEPT = {
    "evidence": (
        (
            "id",
            "public_id",
            "file_id",
            "version",
            "report_id",
            "commitment_id",
            "revision_id",
            "removed",
            "kind",
            "language",
            "size",
            "sha256",
            "saved_at",
            "saved_by_id",
        ),
        (("id",), ("public_id",), ("file_id", "version"), ("revision_id",)),
    ),
    "submission_evidence": (
        ("id", "submission_id", "evidence_id"),
        (("id",), ("submission_id", "evidence_id")),
    ),
}


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("file_id", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "pdf",
                "docx",
                "xlsx",
                "pptx",
                "png",
                "jpg",
                name="kind_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("saved_at", tracker.models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_evidence_version_positive")),
        sa.CheckConstraint("size >= 1", name=op.f("ck_evidence_size_positive")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_evidence_sha256_whole")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["national_report.id"], name=op.f("fk_evidence_report_id")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_evidence_commitment_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["chain_entry.id"], name=op.f("fk_evidence_revision_id")
        ),
        sa.ForeignKeyConstraint(["saved_by_id"], ["user.id"], name=op.f("fk_evidence_saved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_evidence_public_id")),
        sa.UniqueConstraint("revision_id", name=op.f("uq_evidence_revision_id")),
        sa.UniqueConstraint("file_id", "version", name=op.f("uq_evidence_file_id_version")),
    )
    op.create_index(
        "ix_evidence_report_id_commitment_id", "evidence", ["report_id", "commitment_id"]
    )
    op.create_table(
        "submission_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_submission_evidence_submission_id")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_submission_evidence_evidence_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_evidence")),
        sa.UniqueConstraint(
            "submission_id",
            "evidence_id",
            name=op.f("uq_submission_evidence_submission_id_evidence_id"),
        ),
    )
    op.create_index(
        op.f("ix_submission_evidence_evidence_id"), "submission_evidence", ["evidence_id"]
    )
    make = sqlite_triggers if op.get_bind().dialect.name == "sqlite" else postgres_triggers
    for table in KEPT:
        for statement in make(table):
            op.execute(sa.text(statement.replace(":", "\\:")))


def forbidden(table: str, differs: str) -> str:
    """When an update is refused: as soon as any column changes."""
    return "\n OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in KEPT[table][0])


def sqlite_triggers(table: str) -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table}: {REFUSAL}'); END"
    name = f"keep_{table}"
    same = " OR ".join(
        "(" + " AND ".join(f"{column} = NEW.{column}" for column in key) + ")"
        for key in KEPT[table][1]
    )
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
    """Rows go; their files stay in the folder of the instance."""
    for table in ("submission_evidence", "evidence"):
        op.drop_table(table)  # its triggers go with it
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP FUNCTION keep_{table}()")
