"""values of indicators that others published"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLE = "published_value"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=32), nullable=False),
        sa.Column("state_id", sa.Integer(), nullable=True),
        sa.Column("area_code", sa.String(length=32), nullable=True),
        sa.Column("year_from", sa.Integer(), nullable=False),
        sa.Column("year_to", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("footnote", sa.String(length=1000), nullable=False),
        sa.CheckConstraint(
            "(state_id IS NULL) != (area_code IS NULL)",
            name=op.f("ck_published_value_state_or_area"),
        ),
        sa.CheckConstraint(
            "year_to IN (year_from, year_from + 1)",
            name=op.f("ck_published_value_one_or_two_years"),
        ),
        sa.ForeignKeyConstraint(
            ["indicator"], ["indicator.slug"], name=op.f("fk_published_value_indicator")
        ),
        sa.ForeignKeyConstraint(
            ["state_id"], ["state.id"], name=op.f("fk_published_value_state_id")
        ),
        sa.ForeignKeyConstraint(
            ["area_code"], ["area.code"], name=op.f("fk_published_value_area_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_value")),
        sa.UniqueConstraint(
            "indicator", "state_id", "year_from", "year_to", "source", name="uq_published_state"
        ),
        sa.UniqueConstraint(
            "indicator", "area_code", "year_from", "year_to", "source", name="uq_published_area"
        ),
    )
    op.create_index("ix_published_value_state_id", TABLE, ["state_id"])
    op.create_index("ix_published_value_area_code", TABLE, ["area_code"])


def downgrade() -> None:
    op.drop_table(TABLE)
