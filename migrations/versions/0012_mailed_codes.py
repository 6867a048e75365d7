"""a code by mail as the second step: its hash stands in the session of the browser that asked"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NAME = "ck_session_assurance_known"


def upgrade() -> None:
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mailed_code_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(
            sa.Column("mailed_code_until", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.drop_constraint(batch_op.f(NAME), type_="check")
        batch_op.create_check_constraint(
            batch_op.f(NAME), "assurance IN ('password', 'mailed-code', 'second-factor')"
        )


def downgrade() -> None:
    """Whoever signed in with a code by mail has done the first step only."""
    op.execute("UPDATE session SET assurance = 'password' WHERE assurance = 'mailed-code'")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(NAME), type_="check")
        batch_op.create_check_constraint(
            batch_op.f(NAME), "assurance IN ('password', 'second-factor')"
        )
        batch_op.drop_column("mailed_code_until")
        batch_op.drop_column("mailed_code_hash")
