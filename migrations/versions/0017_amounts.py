"""amounts of assistance above a milliard, as in currencies of small units

The way down loses nothing: the column stays wide where an amount would not fit the narrow one.
"""

import logging

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLES = ("assistance", "submission_assistance")
LARGEST_BEFORE = 999_999_999  # that the release before takes from a form
LARGEST_INTEGER = 2**31 - 1  # that its column holds
log = logging.getLogger("alembic.runtime.migration")
STAY = (
    "%s amounts above %s stay as they are. The older release shows them, but saves such a row "
    "only with a smaller amount."
)


def alter(old: sa.types.TypeEngine[int], new: sa.types.TypeEngine[int]) -> None:
    """An integer of SQLite is as large already."""
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.alter_column(table, "amount", existing_type=old, type_=new, existing_nullable=True)


def upgrade() -> None:
    alter(sa.Integer(), sa.BigInteger())


def downgrade() -> None:
    """What was submitted may not be changed, so the wide column stays where it is needed."""
    large = amounts_above(LARGEST_BEFORE)
    if large:
        log.warning(STAY, large, f"{LARGEST_BEFORE:,}")
    if not amounts_above(LARGEST_INTEGER):
        alter(sa.BigInteger(), sa.Integer())


def amounts_above(limit: int) -> int:
    amount: sa.ColumnClause[int] = sa.column("amount")
    counts = (sa.select(sa.func.count()).select_from(sa.table(t)) for t in TABLES)
    return sum(op.get_bind().scalar(count.where(amount > limit)) or 0 for count in counts)
