"""``tracker verify``: replay the history of every report, and hold it against outside copies."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from tracker.cli.database import reading
from tracker.cli.lost_files import lost_files
from tracker.cli.output import format_option, print_json
from tracker.domain.outside_copies import NotACopy, read_copy
from tracker.models.kept import missing_sentence
from tracker.queries.checkpoints import every_checkpoint
from tracker.queries.outside_copies import file_problem
from tracker.queries.signing import list_keys
from tracker.queries.verification import list_report_places
from tracker.queries.verified_files import named_files
from tracker.queries.verified_signatures import unvouched
from tracker.queries.whole_verification import Copies, Finding, Standing, findings
from tracker.settings import load_settings

FILES = click.Path(exists=True, path_type=Path)
VERIFIED = "{reports} reports and {checkpoints} checkpoints verified; nothing is broken."
FILES_WHOLE = "{files} attached files are there, each as its checksum says."
INNER = (
    "This shows that the history is consistent in itself. It cannot show an older backup put in "
    "its place, an end cut off, or a history written anew with every hash: for that give "
    "receipts and checkpoints that were kept elsewhere (--receipt, --checkpoint)."
)
OUTER = "Everything fits the receipts and checkpoints given."


@click.command()
@click.option(
    "--receipt",
    "--receipts",
    "receipts",
    type=FILES,
    multiple=True,
    help="A receipt kept elsewhere, or a folder of them. Can be given again.",
)
@click.option(
    "--checkpoint",
    "--checkpoints",
    "checkpoints",
    type=FILES,
    multiple=True,
    help="A checkpoint kept elsewhere, or a folder of them. Can be given again.",
)
@format_option
def verify(receipts: tuple[Path, ...], checkpoints: tuple[Path, ...], form: str) -> None:
    """Check the history of every report and each attached file; exit 1 names what is broken first.

    Exit 2: a file given is no receipt or checkpoint, or was itself altered.
    """
    copies = Copies(_read(receipts, "receipt"), _read(checkpoints, "checkpoint"))
    settings = load_settings()
    with reading(settings) as session:
        standing = Standing(list_keys(session), every_checkpoint(session))
        _refuse_altered(copies, standing)
        reports = len(list_report_places(session))
        broken = next(findings(session, standing, copies, refresh=lambda: _refresh(session)), None)
        named = named_files(session)
        unguarded = missing_sentence(session.connection())
    broken = broken or next(lost_files(settings, named), None)  # no read stays open meanwhile
    counts = {
        "reports": reports,
        "checkpoints": len(standing.checkpoints),
        "files": len(named),
        "outside_receipts": len(copies.receipts),
        "outside_checkpoints": len(copies.checkpoints),
    }
    notes = [f"No earlier key vouches for the key {name}." for name in unvouched(standing.keys)]
    notes += filter(None, [unguarded])
    _print(form, counts, broken, notes)
    sys.exit(1 if broken else 0)


def _refresh(session: Session) -> None:
    """No read stays open for long, no report in memory; a save made meanwhile is no break.

    SQLite reads a snapshot by itself.
    """
    session.rollback()
    session.expunge_all()
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _read(paths: tuple[Path, ...], kind: str) -> dict[str, dict[str, Any]]:
    """Every file given, and every JSON file of a folder given, which must hold one."""
    found: dict[str, dict[str, Any]] = {}
    for path in paths:
        files = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not files:  # a night's check of the wrong folder would prove nothing
            raise click.BadParameter(f"{path} holds no {kind}: there is no file *.json in it.")
        found |= {str(file): _read_one(file, kind) for file in files}
    return found


def _read_one(file: Path, kind: str) -> dict[str, Any]:
    try:
        return read_copy(file.read_bytes(), kind)
    except NotACopy as error:
        raise click.BadParameter(f"{file}: {error}.") from None
    except OSError as error:
        raise click.BadParameter(f"{file} cannot be read: {error.strerror}.") from None


def _refuse_altered(copies: Copies, standing: Standing) -> None:
    """A file whose own signature does not fit says nothing about the database."""
    for kind, files in (("receipt", copies.receipts), ("checkpoint", copies.checkpoints)):
        for name, statement in files.items():
            problem = file_problem(kind, statement, standing.known)
            if problem is not None and problem.of_the_file:
                raise click.BadParameter(f"{name}: {problem.what}.")


def _print(form: str, counts: dict[str, int], broken: Finding | None, notes: list[str]) -> None:
    outside = counts["outside_receipts"] + counts["outside_checkpoints"] > 0
    if form == "json":
        proves = "outside-copies" if outside else "inner-consistency"
        told = {"ok": broken is None, "proves": proves, **counts}
        print_json(told | {"broken": asdict(broken) if broken else None, "notes": notes})
        return
    for note in notes:
        click.echo(note, err=True)
    if broken:
        click.echo(str(broken), err=True)
        return
    click.echo(VERIFIED.format_map(counts))
    if counts["files"]:
        click.echo(FILES_WHOLE.format_map(counts))
    click.echo(OUTER if outside else INNER)
