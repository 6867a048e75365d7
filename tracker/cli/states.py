"""``tracker state``: list."""

from typing import Any

import click

from tracker.cli.database import reading
from tracker.cli.output import format_option, print_json, print_rows
from tracker.domain.states import State
from tracker.queries.states import list_states
from tracker.settings import load_settings


@click.group()
def state() -> None:
    """States."""


@state.command("list")
@format_option
def list_(form: str) -> None:
    """List Member and observer States."""
    with reading(load_settings()) as session:
        rows = [row.state for row in list_states(session)]
    if form == "json":
        print_json([_as_json(row) for row in rows])
    else:
        lines = ((s.iso3, s.m49, s.group or "–", s.status, s.name["en"]) for s in rows)
        print_rows(lines, ("iso3", "m49", "group", "status", "name"))


def _as_json(entry: State) -> dict[str, Any]:
    return {
        "iso3": entry.iso3,
        "m49": entry.m49,
        "name": dict(entry.name),
        "group": entry.group,
        "region": entry.region,
        "subregion": entry.subregion,
        "status": entry.status,
    }
