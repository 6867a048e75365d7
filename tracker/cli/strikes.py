"""``tracker strikes``: the texts that were struck out, and which of them a restore brought back."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from tracker.cli.database import reading
from tracker.cli.output import format_option, print_json, print_rows
from tracker.queries.strike_list import list_strikes, standing
from tracker.settings import load_settings

SHOWN = ("day", "state", "cycle", "kind", "subject", "field", "reason")
NONE_BACK = "No text that the list names stands here."
BACK = "Texts that the list names stand here: {count}. Strike them out again."


@click.command()
@click.option(
    "--kept",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A list kept elsewhere, as JSON: print the texts of it that stand here.",
)
@format_option
def strikes(kept: Path | None, form: str) -> None:
    """List every text that was struck out: its place and the reason, never its words.

    With --kept, exit 1 where a text of that list is to be struck out here again.
    """
    there = _read(kept) if kept else []
    with reading(load_settings()) as session:
        if kept:
            stands = standing(session, [row["link"] for row in there])
            rows = [row for row in there if (row["link"], row["field"]) in stands]
        else:
            rows = [asdict(row) | {"day": row.day.isoformat()} for row in list_strikes(session)]
    if form == "json":
        print_json(rows)
    else:
        lines = (tuple(" ".join(str(row[name]).split()) for name in SHOWN) for row in rows)
        print_rows(lines, SHOWN)
    if kept:
        click.echo(BACK.format(count=len(rows)) if rows else NONE_BACK, err=True)
        sys.exit(1 if rows else 0)


def _read(file: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(file.read_text("utf-8"))
        if all({*SHOWN, "link"} <= row.keys() for row in rows):
            return list(rows)
    except (OSError, ValueError, TypeError, AttributeError):
        pass
    raise click.BadParameter(f"{file} is no list of `tracker strikes --format json`.")
