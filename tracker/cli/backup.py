"""``tracker backup``: the database and the files that matter, in one archive, while all goes on."""

import shutil
import tempfile
from datetime import UTC
from pathlib import Path

import click
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, text

from tracker import __version__
from tracker.cli.database import connect, expect_ready, reading
from tracker.cli.lost_files import lost_files
from tracker.cli.output import stop
from tracker.delivery.archive import BrokenArchive, Manifest, take_name, unpack, write_archive
from tracker.delivery.database_copies import CopyFailed, copy_database, member_name
from tracker.delivery.instance_files import kept_files, unknown_names
from tracker.domain.clock import system_clock
from tracker.queries.verified_files import NamedFile, named_files
from tracker.settings import Settings, load_settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--with-secrets", is_flag=True, help="Also the keys in the instance folder.")
def backup(file: Path, with_secrets: bool) -> None:
    """Copy the database and the files of the instance folder into the new file FILE.

    Safe while the site runs. FILE is a zip with a manifest, readable by this account only; it
    holds every draft, so keep it like the database. An attached file that is missing or altered is
    named; the rest is kept all the same. Exit 1: FILE is there already, or something could not be
    copied; then no FILE is left.
    """
    settings = load_settings()
    out = file.resolve()
    if out.exists():
        stop(f"{file} is there already; give a new name.")
    if not out.parent.is_dir():
        stop(f"{file} cannot be written: there is no folder {out.parent}.")
    try:
        manifest = make_backup(settings, out, with_secrets=with_secrets)
        lost = tuple(lost_files(settings, _named(settings)))
    except (CopyFailed, BrokenArchive) as error:
        stop(str(error))
    except OSError as error:
        stop(f"{file} cannot be written: {error.strerror}.")
    for finding in lost:
        click.echo(f"Not in it as it was attached: {finding}", err=True)
    for name in unknown_names(settings.instance_path):
        click.echo(f"Left out: {name}, which is no file of the tracker.", err=True)
    if not with_secrets:
        click.echo("Keys and settings are not in it; keep them in a safe place.", err=True)
    size = sum(member.size for member in manifest.members)
    click.echo(f"Written: {file}, {len(manifest.members)} files, {size} bytes unpacked.", err=True)


def make_backup(settings: Settings, out: Path, *, with_secrets: bool) -> Manifest:
    """Write the archive ``out``; ``CopyFailed``, ``BrokenArchive`` or ``OSError``: there is none.

    The database is copied first: files are written before the rows that name them, so every row
    of the copy finds its file.
    """
    engine = connect(settings)
    try:
        expect_ready(engine, settings)
        facts = _facts(engine, settings, with_secrets=with_secrets)
    finally:
        engine.dispose()
    work = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent))
    try:
        name = member_name(facts.engine)
        copy_database(create_engine(settings.database_url).url, work / name)
        kept = kept_files(settings.instance_path, with_secrets=with_secrets)
        files = [(name, work / name)]
        files += [(f"instance/{p.as_posix()}", settings.instance_path / p) for p in kept]
        write_archive(work / "archive", facts, files)
        manifest = unpack(work / "archive", None)  # read back before it may be relied on
        take_name(work / "archive", out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return manifest


def _named(settings: Settings) -> tuple[NamedFile, ...]:
    with reading(settings) as session:
        return named_files(session)


def _facts(engine: Engine, settings: Settings, *, with_secrets: bool) -> Manifest:
    with engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        demonstration = connection.scalar(text("SELECT demonstration FROM installation"))
    return Manifest(
        made_at=system_clock().astimezone(UTC).isoformat(timespec="seconds"),
        tracker=__version__,
        engine=engine.dialect.name,
        revision=str(revision),
        demonstration=bool(demonstration),
        with_secrets=with_secrets,
    )
