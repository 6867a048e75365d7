"""``tracker indicator``: values that others published."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from tracker.cli.database import transaction
from tracker.cli.output import format_option, print_json
from tracker.domain.clock import system_clock
from tracker.domain.errors import NotFound
from tracker.domain.messages import sentence
from tracker.domain.published import BadLines, LineProblem, PublishedChanges
from tracker.domain.roles import OPERATOR
from tracker.exchange.published import read_published
from tracker.services.published import import_published
from tracker.settings import load_settings


@click.group()
def indicator() -> None:
    """Values of indicators."""


@indicator.command("import-published")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--indicator", "slug", default="sdg-16-4-2", show_default=True, metavar="SLUG",
    help="The indicator that the values are of.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Tell what would change; write nothing.")
@format_option
def import_(file: Path, slug: str, dry_run: bool, form: str) -> None:
    """Import published values from a CSV file, all of them or nothing. Safe to repeat.

    The first line is iso3,m49,year,value,source,footnote. Exit 0: done. 2: something in the
    file is wrong.
    """
    changes, problems = PublishedChanges(), tuple[LineProblem, ...]()
    try:
        with transaction(load_settings()) as session:
            changes = import_published(
                session,
                actor=OPERATOR,
                indicator=slug,
                file=read_published(file.read_bytes(), last_year=system_clock().year),
                dry_run=dry_run,
            )
    except BadLines as error:
        problems = error.lines
    except NotFound as error:
        problems = (LineProblem(0, "", error.problem),)
    _tell(changes, problems, form)
    sys.exit(2 if problems else 0)


def _tell(changes: PublishedChanges, problems: tuple[LineProblem, ...], form: str) -> None:
    """Data on standard output, sentences for people on standard error."""
    if form == "json":
        errors = [_as_json(problem) for problem in problems]
        print_json({"ok": not problems, "changes": asdict(changes), "errors": errors})
        return
    for name, number in asdict(changes).items():
        click.echo(f"{name}\t{number}")
    for problem in problems:
        line = f"line {problem.line}" if problem.line else ""
        where = ", ".join(part for part in (line, problem.column) if part)
        text = sentence(problem.problem)
        click.echo(f"{where}: {text}" if where else text, err=True)


def _as_json(problem: LineProblem) -> dict[str, Any]:
    return {
        "line": problem.line or None,
        "column": problem.column or None,
        "code": problem.problem.code,
        "message": sentence(problem.problem),
    }
