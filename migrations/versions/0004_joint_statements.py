"""joint statements of the official record"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KINDS = (
    "report_submitted",
    "voted_for",
    "voted_against",
    "abstained",
    "intended_to_vote_for",
)
JOINED = "joined_statement"
CHECK = "ck_participation_kind_known"


def upgrade() -> None:
    op.create_table(
        "joint_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("paragraph", sa.Integer(), nullable=False),
        sa.Column("footnote", sa.Integer(), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_joint_statement_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_statement")),
        sa.UniqueConstraint(
            "meeting_id", "paragraph", name=op.f("uq_joint_statement_meeting_id_paragraph")
        ),
    )
    _allow((*KINDS, JOINED))


def downgrade() -> None:
    op.execute(f"DELETE FROM participation WHERE kind = '{JOINED}'")  # noqa: S608  # nosec B608  # a constant
    _allow(KINDS)
    op.drop_table("joint_statement")


def _allow(kinds: tuple[str, ...]) -> None:
    """Replace the check of the kinds; SQLite copies the table for it."""
    check = f"kind IN ({', '.join(repr(kind) for kind in kinds)})"
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(CHECK), type_="check")
        batch_op.create_check_constraint(batch_op.f(CHECK), check)
