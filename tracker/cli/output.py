"""What commands print: JSON as data, or a plain table."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn

import click

from tracker.domain.errors import Invalid, Problem
from tracker.settings import Settings

format_option = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)


def stop(sentence: str, code: int = 1) -> NoReturn:
    """End the command with one sentence on standard error."""
    click.echo(sentence, err=True)
    raise SystemExit(code)


def print_json(value: Any) -> None:
    """Data on standard output, readable, in UTF-8."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_rows(rows: Iterable[tuple[str, ...]], heading: tuple[str, ...] = ()) -> None:
    """One line a row, columns parted by tabs; the heading, if any, is the first line."""
    for row in (heading, *rows) if heading else rows:
        click.echo("\t".join(row))


def write_file(out: Path, write: Callable[[Path], None]) -> None:
    """Write beside ``out`` first, so that a failure leaves no half a file in its place."""
    partial = out.with_name(f".{out.name}.part")
    try:
        partial.touch()
        write(partial)
        partial.replace(out)
    except OSError as error:
        raise click.BadParameter(f"{out} cannot be written: {error.strerror}") from None
    finally:
        partial.unlink(missing_ok=True)
    click.echo(f"Written: {out}", err=True)


def check_language(language: str, settings: Settings) -> None:
    """``Invalid`` for one in which the words of the tracker are not loaded here."""
    if language not in settings.languages:
        values = {"value": language[:80], "allowed": ", ".join(settings.languages)}
        raise Invalid(Problem("not-a-choice", "language", values))
