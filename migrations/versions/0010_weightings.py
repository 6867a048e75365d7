"""weightings of reports, one for an outcome document, loaded by tracker init"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "weighting",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["outcome_document.id"], name=op.f("fk_weighting_document_id")
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_weighting")),
    )


def downgrade() -> None:
    op.drop_table("weighting")
