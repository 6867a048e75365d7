"""questions of the secretariat can be withdrawn

To the release before, a withdrawn question is one without reply. The history keeps that it was
withdrawn: coming up again reads it from there.
"""

import logging
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLE = "clarification"
KEEP = f"keep_{TABLE}"
REFUSAL = f"{TABLE}: history is only added to"
NEW = ("withdrawn_at", "withdrawn_by_id")
WHO_AND_WHEN = "ck_clarification_withdrawn_who_and_when"
STRUCK = (
    "EXISTS (SELECT 1 FROM chain_text t JOIN chain_entry e ON e.id = t.entry_id"
    " WHERE e.report_id = OLD.report_id AND e.kind = 'clarification-{kind}'"
    " AND t.field = '{column}' AND t.struck_at IS NOT NULL)"
)
QUESTION_STRUCK = STRUCK.format(kind="asked", column="question")
REPLY_STRUCK = STRUCK.format(kind="replied", column="reply")
FIXED = (
    "id",
    "public_id",
    "report_id",
    "submission_id",
    "commitment_id",
    "asked_at",
    "asked_by_id",
)
log = logging.getLogger("alembic.runtime.migration")


def on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def forbidden(differs: str, new: tuple[str, ...]) -> str:
    """When an update is refused: as revision 0006 has it, and for the columns of this one."""
    once = ("replied_at", "replied_by_id", *new)
    conditions = [f"NEW.{name} {differs} OLD.{name}" for name in FIXED]
    conditions += [f"OLD.{name} IS NOT NULL AND NEW.{name} {differs} OLD.{name}" for name in once]
    conditions += [
        f"NEW.question {differs} OLD.question AND NOT (NEW.question = '' AND {QUESTION_STRUCK})",
        "NEW.reply <> OLD.reply AND OLD.replied_at IS NOT NULL"
        f" AND NOT (NEW.reply = '' AND {REPLY_STRUCK})",
        "NEW.reply <> OLD.reply AND NEW.replied_at IS NULL",
    ]
    if new:
        conditions += [
            "OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL"
            " AND OLD.replied_at IS NOT NULL",
            "OLD.replied_at IS NULL AND NEW.replied_at IS NOT NULL"
            " AND OLD.withdrawn_at IS NOT NULL",
            "NEW.withdrawn_at IS NULL AND NEW.withdrawn_by_id IS NOT NULL",
        ]
    return "\n OR ".join(f"({condition})" for condition in conditions)


def let_go() -> Iterator[str]:
    """SQLite makes the table anew and would lose its triggers in silence."""
    if on_sqlite():
        yield from (f"DROP TRIGGER {KEEP}_{event}" for event in ("update", "delete", "replace"))
    else:
        yield f"ALTER TABLE {TABLE} DISABLE TRIGGER USER"


def keep_again(new: tuple[str, ...]) -> Iterator[str]:
    if not on_sqlite():
        yield (
            f"CREATE OR REPLACE FUNCTION {KEEP}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n"
            "IF TG_OP = 'UPDATE' THEN\n"
            f"IF NOT COALESCE({forbidden('IS DISTINCT FROM', new)}, false)"
            " THEN RETURN NEW; END IF;\n"
            f"END IF;\nRAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation';\nEND $$"
        )
        yield f"ALTER TABLE {TABLE} ENABLE TRIGGER USER"
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    yield (
        f"CREATE TRIGGER {KEEP}_update BEFORE UPDATE ON {TABLE}\n"
        f"WHEN {forbidden('IS NOT', new)}\n{refuse}"
    )
    yield f"CREATE TRIGGER {KEEP}_delete BEFORE DELETE ON {TABLE}\n{refuse}"
    yield (
        f"CREATE TRIGGER {KEEP}_replace BEFORE INSERT ON {TABLE}\n"  # noqa: S608  # nosec B608  # our own names
        f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE (id = NEW.id)\n"
        f" OR (public_id = NEW.public_id))\n{refuse}"
    )


def execute(statements: Iterator[str]) -> None:
    for statement in statements:
        op.execute(sa.text(statement.replace(":", "\\:")))


def upgrade() -> None:
    execute(let_go())
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_clarification_withdrawn_by_id"), "user", ["withdrawn_by_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f(WHO_AND_WHEN), "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)"
        )
    read_from_the_history()
    execute(keep_again(NEW))


def read_from_the_history() -> None:
    entry = sa.table(
        "chain_entry",
        sa.column("report_id"),
        sa.column("kind"),
        sa.column("at"),
        sa.column("actor_id"),
        sa.column("facts", sa.JSON()),
    )
    question = sa.table(TABLE, *(sa.column(name) for name in ("report_id", "public_id", *NEW)))
    withdrawn = sa.and_(
        entry.c.report_id == question.c.report_id,
        entry.c.kind == "clarification-withdrawn",
        entry.c.facts["clarification"].as_string() == question.c.public_id,
    )
    op.execute(
        sa.update(question)
        .where(sa.exists().where(withdrawn))
        .values(
            withdrawn_at=sa.select(entry.c.at).where(withdrawn).scalar_subquery(),
            withdrawn_by_id=sa.select(entry.c.actor_id).where(withdrawn).scalar_subquery(),
        )
    )


def downgrade() -> None:
    question = sa.table(TABLE, sa.column("withdrawn_at"))
    count = sa.select(sa.func.count()).where(question.c.withdrawn_at.is_not(None))
    withdrawn = op.get_bind().scalar(count)
    if withdrawn:
        log.warning(
            "%s withdrawn questions are again without reply; coming up again they are withdrawn.",
            withdrawn,
        )
    execute(let_go())
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(WHO_AND_WHEN), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_clarification_withdrawn_by_id"), type_="foreignkey")
        for name in reversed(NEW):
            batch_op.drop_column(name)
    execute(keep_again(()))
