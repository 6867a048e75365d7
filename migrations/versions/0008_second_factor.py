"""second factor, sessions that can be told apart, events of accounts"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
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
ADDED_TO_SESSION = (
    "public_id",
    "assurance",
    "confirmed_at",
    "browser",
    "system",
    "pending_secret",
)


def upgrade() -> None:
    op.create_table(
        "second_factor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("set_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_second_factor_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor")),
        sa.UniqueConstraint("user_id", name=op.f("uq_second_factor_user_id")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_recovery_code_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint(
            "user_id", "code_hash", name=op.f("uq_recovery_code_user_id_code_hash")
        ),
    )
    _create_events()
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
    _tell_sessions_apart()


def _create_events() -> None:
    op.create_table(
        "account_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                *KINDS, name="kind_known", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_account_event_user_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_account_event_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_event")),
    )
    op.create_index("ix_account_event_user_id_at", "account_event", ["user_id", "at"])


def _tell_sessions_apart() -> None:
    """Sessions that run go on: opened with a password, when they began."""
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("public_id", sa.String(length=22), nullable=True))
        batch_op.add_column(sa.Column("assurance", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("browser", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("system", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("pending_secret", sa.String(length=64), nullable=True))
    connection = op.get_bind()
    connection.execute(
        sa.text(
            "UPDATE session SET assurance = 'password', confirmed_at = created_at,"
            " browser = '', system = ''"
        )
    )
    for (key,) in connection.execute(sa.text("SELECT id FROM session")).all():
        connection.execute(
            sa.text("UPDATE session SET public_id = :public WHERE id = :id"),
            {"public": secrets.token_urlsafe(16), "id": key},
        )
    with op.batch_alter_table("session", schema=None) as batch_op:
        for name, kind in (
            ("public_id", sa.String(length=22)),
            ("assurance", sa.String(length=32)),
            ("confirmed_at", sa.DateTime(timezone=True)),
            ("browser", sa.String(length=32)),
            ("system", sa.String(length=32)),
        ):
            batch_op.alter_column(name, existing_type=kind, nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_session_public_id"), ["public_id"])
        batch_op.create_check_constraint(
            batch_op.f("ck_session_assurance_known"), "assurance IN ('password', 'second-factor')"
        )


def downgrade() -> None:
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_session_assurance_known"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_session_public_id"), type_="unique")
        for name in ADDED_TO_SESSION:
            batch_op.drop_column(name)
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_column("ends_at")
    op.drop_table("account_event")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
