"""``tracker restore``: a backup into an empty place, checked before and after."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import URL, create_engine, inspect, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tracker.cli.database import (
    OWNER_NEEDED,
    connect,
    grant,
    may_make_tables,
    schema_problem,
)
from tracker.cli.output import stop
from tracker.cli.verify import verify
from tracker.delivery.archive import BrokenArchive, Manifest, read_manifest, take_name, unpack
from tracker.delivery.database_copies import (
    CopyFailed,
    check_sqlite,
    member_name,
    restore_postgres,
)
from tracker.delivery.instance_files import is_kept, kept_files
from tracker.models.engine import files_beside, said_by_database
from tracker.models.schema import revisions
from tracker.settings import BadSettings, Settings, load_settings

SHOWN = 5  # of the files in the way
REVIVED = (
    "Texts that were struck out after the backup was made are back in it. Before the site starts "
    "see which, with a list kept elsewhere: tracker strikes --kept FILE."
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_context
def restore(context: click.Context, file: Path) -> None:
    """Put the backup FILE into an empty place, then run `tracker verify`.

    Empty means: no database file, or no table in the database, and no file of a backup in the
    instance folder. Every member is checked against the manifest before anything is put in its
    place. Exit 1: the place is not empty, or the backup does not belong here; 2: it is broken.
    """
    settings = load_settings()
    url = make_url(settings.migration_database_url or settings.database_url)
    try:
        _check_fit(read_manifest(file), settings, url)
        _check_empty(settings, url)
        _put_back(file, settings, url)
    except BrokenArchive as error:
        stop(f"{file} is no whole backup: {error}.", code=2)
    except CopyFailed as error:
        stop(str(error))
    except OSError as error:
        stop(f"{error.filename or settings.instance_path} cannot be written: {error.strerror}.")
    click.echo(f"Restored: {settings.masked()['TRACKER_DATABASE_URL']}", err=True)
    click.echo(REVIVED, err=True)
    if not _is_ready(settings):
        click.echo("Its tables are older; run: tracker init, then: tracker verify.", err=True)
        return
    context.invoke(verify)


def _check_fit(manifest: Manifest, settings: Settings, url: URL) -> None:
    """Stop where the backup is of another kind than the place."""
    if manifest.engine != url.get_backend_name():
        stop(f"The backup is of {manifest.engine}; TRACKER_DATABASE_URL names another engine.")
    if manifest.demonstration != settings.demonstration:
        kind = "demonstration data" if manifest.demonstration else "real reports"
        stop(f"The backup holds {kind}; TRACKER_ENV is {settings.environment}.")
    if member_name(manifest.engine) not in {member.name for member in manifest.members}:
        raise BrokenArchive("it holds no database")
    if manifest.revision not in revisions().known:
        stop(f"The backup was made by a newer version, {manifest.tracker}; install that one.")


def _check_empty(settings: Settings, url: URL) -> None:
    """Stop where anything would be written over."""
    kept = kept_files(settings.instance_path, with_secrets=True)
    # In development the key is made by reading the settings: it may stay, unless one comes.
    files = [str(path) for path in kept if path.name != "secret_key"]
    database = []
    if url.get_backend_name() == "sqlite":
        file = Path(url.database or "")
        database = [str(p) for p in (file, *files_beside(file)) if _holds_something(p)]
    elif _has_tables(url):
        database = ["the database, which has tables"]
    in_the_way = [*database, *files]
    if in_the_way:
        more = f" and {len(in_the_way) - SHOWN} more" if len(in_the_way) > SHOWN else ""
        shown = ", ".join(in_the_way[:SHOWN])
        stop(f"A backup goes into an empty place only; there is: {shown}{more}.")


def _holds_something(path: Path) -> bool:
    """An empty file is left by whoever looked for a database before there was one."""
    return path.exists() and path.stat().st_size > 0


def _has_tables(url: URL) -> bool:
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            if not may_make_tables(connection):
                raise BadSettings([OWNER_NEEDED])
            return bool(inspect(connection).get_table_names())
    except DBAPIError as error:
        raise CopyFailed(f"The database cannot be used: {said_by_database(error)}.") from None
    finally:
        engine.dispose()


def _put_back(file: Path, settings: Settings, url: URL) -> None:
    """Unpack apart, check, then put in place: the database last, for it makes a site of it."""
    instance = settings.instance_path
    instance.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".restore.", dir=instance))
    try:
        manifest = unpack(file, work)
        database = work / member_name(manifest.engine)
        if manifest.engine == "sqlite":
            check_sqlite(database)
        with _placed(work / "instance", instance):
            if manifest.engine == "sqlite":
                _place_database(database, Path(url.database or ""))
            else:
                restore_postgres(url, database)
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _placed(unpacked: Path, instance: Path) -> Iterator[None]:
    """Put the files in place; after an error inside, take them away again."""
    entries = sorted(unpacked.iterdir()) if unpacked.is_dir() else []
    if strange := [entry.name for entry in entries if not is_kept(entry)]:
        raise BrokenArchive(f"it holds {strange[0]}, which is no file of a backup")
    try:
        for entry in entries:
            os.replace(entry, instance / entry.name)
        yield
    except BaseException:
        for entry in entries:
            _remove(instance / entry.name)
        raise


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _place_database(unpacked: Path, target: Path) -> None:
    """Beside its place first: that may be on another disk, and half a file must not be there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.part")
    shutil.copyfile(unpacked, beside)
    beside.chmod(0o600)
    take_name(beside, target)


def _is_ready(settings: Settings) -> bool:
    """Whether the tables are those of this version; then the site's role is let in."""
    engine = connect(settings, as_owner=True)
    try:
        if schema_problem(engine) is not None:
            return False
        with Session(engine) as session, session.begin():
            grant(session, settings)
        return True
    finally:
        engine.dispose()
