"""Addresses of databases: normalised, and whether those of two roles fit each other."""

from pathlib import Path
from urllib.parse import urlsplit


def normalised_database_url(url: str) -> str:
    """Name the psycopg 3 driver, whatever SQLAlchemy takes for granted; a file by its whole path.

    Flask-SQLAlchemy would look for another one in the instance folder, the commands in the folder
    in which they are called.
    """
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    scheme, separator, name = url.partition(":///")
    if scheme.startswith("sqlite") and name and not name.startswith(("/", ":", "file:")):
        return f"{scheme}{separator}{Path(name).absolute()}"
    return url


def owner_problems(site: str, owner: str) -> list[str]:
    """What is wrong with the owner's address beside the site's, in sentences; ``""``: no owner."""
    if not owner:
        return []
    if not site.startswith("postgresql"):
        return ["TRACKER_MIGRATION_DATABASE_URL is for PostgreSQL; remove it, SQLite has no roles."]
    one, other = urlsplit(site), urlsplit(owner)
    if not one.username:
        return ["TRACKER_DATABASE_URL names no role; write it as postgresql://ROLE:PASSWORD@…"]
    if one.username == other.username:
        return [
            "TRACKER_MIGRATION_DATABASE_URL names the role of TRACKER_DATABASE_URL; one is for "
            "the owner of the tables, the other for the site."
        ]
    if one.path != other.path:
        return [
            f"TRACKER_MIGRATION_DATABASE_URL names the database {other.path[1:]}, "
            f"TRACKER_DATABASE_URL {one.path[1:]}; both must be of the same one."
        ]
    return []
