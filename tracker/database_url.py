"""Addresses of databases: normalised, checked, masked, and whether those of two roles fit."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

POSTGRESQL, SQLITE = "postgresql+psycopg://", "sqlite:///"
_ARGUMENT = re.compile(r"(?<=[?&])([^=&]*)=[^&]*")  # the name of one in the query, and its value
_SECRET = re.compile("pass|secret|key", re.IGNORECASE)


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


def address_problems(name: str, url: str) -> list[str]:
    """What is wrong with the address of the setting ``name``; never the address itself."""
    problem = _problem(url)
    return [f"{name} {problem}."] if problem else []


def _problem(url: str) -> str:
    if url.startswith(SQLITE):
        return _problem_of_file(url.removeprefix(SQLITE))
    if url == "sqlite://":
        return "keeps the database in memory, where nothing stays; name a file"
    if not url.startswith(POSTGRESQL):
        return "must begin with postgresql:// or sqlite:///"
    try:
        parts = urlsplit(url)
        at_host = parts.port != 0 and not parts.netloc.endswith(":")
    except ValueError:
        at_host = False
    if "#" in url or url.count("@") > 1 or ("@" in url and "@" not in _before_path(url)):
        return "holds a sign that must be escaped, as @ %40, / %2F, : %3A, # %23 and ? %3F"
    return "" if at_host else "has a port that is not a number from 1 to 65535"


def _before_path(url: str) -> str:
    """What stands before the path, whatever else is wrong with the address."""
    return re.split("[/?]", url.partition("://")[2], maxsplit=1)[0]


def _problem_of_file(name: str) -> str:
    by_uri = name.startswith("file:") and (":memory:" in name or "mode=memory" in name)
    if name in ("", ":memory:") or by_uri:
        return "keeps the database in memory, where nothing stays; name a file"
    return ""


def mask_password(url: str) -> str:
    """An address with its passwords replaced, also one with signs that should be escaped."""
    shown = _ARGUMENT.sub(_masked_argument, url)
    return re.sub(r"(?<=://)([^:@/]*):.*@", r"\1:***@", shown, count=1)


def _masked_argument(found: re.Match[str]) -> str:
    return f"{found[1]}=***" if _SECRET.search(unquote(found[1])) else found[0]
