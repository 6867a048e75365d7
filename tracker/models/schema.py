"""Whether the tables are those of this version."""

from functools import cache
from typing import NamedTuple

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from tracker.resources import resource_dir


class Revisions(NamedTuple):
    """The newest revision of this version, and all that it knows."""

    head: str
    known: frozenset[str]


@cache
def revisions() -> Revisions:
    """Read from the migrations once a process."""
    scripts = ScriptDirectory.from_config(migrations_config())
    known = frozenset(script.revision for script in scripts.walk_revisions())
    return Revisions(scripts.get_current_head() or "", known)


def migrations_config() -> Config:
    """Where the migrations stand; there is no file of settings."""
    config = Config()
    config.set_main_option("script_location", str(resource_dir("migrations")))
    return config


def schema_problem(connection: Connection) -> str | None:
    """One sentence if the tables are not those of this version."""
    current = MigrationContext.configure(connection).get_current_revision()
    if current == revisions().head:
        return None
    if current is None:
        return "The database has no tables yet; run: tracker init."
    if current not in revisions().known:
        return newer_problem(current)
    head = revisions().head
    return f"The database is at revision {current}, this version needs {head}; run: tracker init."


def newer_problem(current: str) -> str:
    """That the tables are those of a version that came later."""
    return (
        f"The database is at revision {current}, which is newer than this version. Install the "
        "newer version, or restore the backup that was made before it."
    )
