"""passkeys beside the app, their challenge in the session, and what is recorded of them"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = (
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
)
# What the release before has for each new kind, so that going back loses no event.
NEW_KINDS = {
    "passkey-added": "factor-set-up",
    "passkey-removed": "factor-removed",
    "passkey-copied": "codes-refused",
}
KIND_KNOWN = "ck_account_event_kind_known"
TABLE = "account_event"
KEEP = f"keep_{TABLE}"


def upgrade() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.String(length=4000), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_passkey_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("public_id", name=op.f("uq_passkey_public_id")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_user_id"), "passkey", ["user_id"])
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("passkey_challenge", sa.String(length=64), nullable=True))
        batch_op.add_column(
            sa.Column("passkey_challenge_until", sa.DateTime(timezone=True), nullable=True)
        )
    _know((*KINDS, *NEW_KINDS))


def downgrade() -> None:
    """Passkeys go; whoever had no app besides sets one up at the next sign-in."""
    _know(KINDS)
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_column("passkey_challenge_until")
        batch_op.drop_column("passkey_challenge")
    op.execute("DELETE FROM recovery_code WHERE user_id NOT IN (SELECT user_id FROM second_factor)")
    op.drop_table("passkey")


def _know(kinds: tuple[str, ...]) -> None:
    """Let the table of events hold these kinds.

    SQLite makes the table anew and so loses the triggers that refuse to change history: on both
    engines they go first and come back as revision 0011 made them.
    """
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in dropped(sqlite):
        op.execute(statement)
    for new, old in NEW_KINDS.items():
        if new not in kinds:
            op.execute(f"UPDATE {TABLE} SET kind = '{old}' WHERE kind = '{new}'")  # noqa: S608  # nosec B608  # our own words
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(KIND_KNOWN), type_="check")
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        batch_op.create_check_constraint(batch_op.f(KIND_KNOWN), f"kind IN ({listed})")
    for statement in sqlite_triggers() if sqlite else postgres_triggers():
        op.execute(statement)


def dropped(sqlite: bool) -> Iterator[str]:
    if sqlite:
        yield from (f"DROP TRIGGER {KEEP}_{event}" for event in ("update", "delete", "replace"))
    else:
        yield from (f"DROP TRIGGER {name} ON {TABLE}" for name in (KEEP, f"{KEEP}_whole"))


def sqlite_triggers() -> Iterator[str]:
    columns = ("id", "user_id", "kind", "at", "actor_id")
    differs = [f"NEW.{name} IS NOT OLD.{name}" for name in columns]
    differs.append("CAST(NEW.facts AS TEXT) IS NOT CAST(OLD.facts AS TEXT)")
    refuse = f"BEGIN SELECT RAISE(ABORT, '{TABLE}: history is only added to'); END"
    changed = "\n OR ".join(differs)
    yield f"CREATE TRIGGER {KEEP}_update BEFORE UPDATE ON {TABLE}\nWHEN {changed}\n{refuse}"
    yield f"CREATE TRIGGER {KEEP}_delete BEFORE DELETE ON {TABLE}\n{refuse}"
    yield (
        f"CREATE TRIGGER {KEEP}_replace BEFORE INSERT ON {TABLE}\n"  # noqa: S608  # nosec B608  # our own names
        f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)\n{refuse}"
    )


def postgres_triggers() -> Iterator[str]:
    """The function that they call has stayed."""
    yield f"CREATE TRIGGER {KEEP} BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {KEEP}()"
    yield f"CREATE TRIGGER {KEEP}_whole BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION {KEEP}()"
