"""signing in at a provider: links, visits, and three more kinds of what happens to an account

The way down deletes the links, the visits and the events of these three kinds for good; coming up again does
not bring them back.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLE = "account_event"
NAME = f"keep_{TABLE}"
CHECK = f"ck_{TABLE}_kind_known"
REFUSAL = f"{TABLE}: history is only added to"
COLUMNS = ("id", "user_id", "kind", "at", "actor_id")
NEW = ("provider-linked", "provider-unlinked", "provider-sign-in")
BEFORE = (
    "role-given",
    "role-ended",
    "sections-changed",
    "link-made",
    "link-used",
    "password-changed",
    "password-set",
    "factor-set-up",
    "factor-removed",
    "factor-reset",
    "recovery-codes-made",
    "recovery-code-used",
    "codes-refused",
    "sessions-ended",
    "deactivated",
    "reactivated",
    "handed-over",
    "passkey-added",
    "passkey-removed",
    "passkey-copied",
)


def on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def triggers() -> Iterator[str]:
    """Those of revision 0011: SQLite loses them where it makes a table anew."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    compared = [f"NEW.{name} IS NOT OLD.{name}" for name in COLUMNS]
    compared.append("CAST(NEW.facts AS TEXT) IS NOT CAST(OLD.facts AS TEXT)")
    differs = "\n OR ".join(compared)
    yield f"CREATE TRIGGER {NAME}_update BEFORE UPDATE ON {TABLE}\nWHEN {differs}\n{refuse}"
    yield f"CREATE TRIGGER {NAME}_delete BEFORE DELETE ON {TABLE}\n{refuse}"
    yield (
        f"CREATE TRIGGER {NAME}_replace BEFORE INSERT ON {TABLE}\n"  # noqa: S608  # nosec B608  # our own names
        f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)\n{refuse}"
    )


def know(kinds: tuple[str, ...]) -> None:
    """Let the column hold these kinds and no others; on SQLite without triggers afterwards."""
    named = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(CHECK), type_="check")
        batch_op.create_check_constraint(batch_op.f(CHECK), f"kind IN ({named})")


def keep_again() -> None:
    if on_sqlite():
        for statement in triggers():
            op.execute(sa.text(statement.replace(":", "\\:")))


def upgrade() -> None:
    op.create_table(
        "provider_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_provider_link_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_link")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_provider_link_issuer_subject")),
        sa.UniqueConstraint("user_id", "issuer", name=op.f("uq_provider_link_user_id_issuer")),
    )
    op.create_table(
        "provider_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("verifier", sa.String(length=128), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("target", sa.String(length=500), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_provider_visit_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_visit")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_provider_visit_state_hash")),
    )
    with op.batch_alter_table("provider_visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_provider_visit_expires_at"), ["expires_at"])
    know(BEFORE + NEW)
    keep_again()


def downgrade() -> None:
    """What the release before has no word for goes: it could not show such an event."""
    if on_sqlite():
        op.execute(f"DROP TRIGGER {NAME}_delete")
    else:
        op.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER USER")
    named = ", ".join(f"'{kind}'" for kind in NEW)
    op.execute(f"DELETE FROM {TABLE} WHERE kind IN ({named})")  # noqa: S608  # nosec B608  # our own names
    know(BEFORE)
    if not on_sqlite():
        op.execute(f"ALTER TABLE {TABLE} ENABLE TRIGGER USER")
    keep_again()
    op.drop_table("provider_visit")
    op.drop_table("provider_link")
