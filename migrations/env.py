"""Runs migrations on the engine that the caller hands over."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Engine

from tracker.models import Base
from tracker.models.base import UtcDateTime
from tracker.models.readers import reads_everything


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write our own types as the plain ones they are, so that old revisions need none of ours."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


engine: Engine = context.config.attributes["engine"]
with engine.connect() as connection:
    reads_everything(connection)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
