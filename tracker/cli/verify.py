"""``tracker verify``: replay the history of every report."""

import sys
from typing import Any

import click
from sqlalchemy.orm import Session

from tracker.cli.database import reading
from tracker.cli.output import format_option, print_json
from tracker.queries.verification import list_report_places, verify_report
from tracker.settings import load_settings


@click.command()
@format_option
def verify(form: str) -> None:
    """Check the history of every report; exit 1 names the first broken place."""
    with reading(load_settings()) as session:
        reports = list_report_places(session)
        broken = None
        for report in reports:
            session.rollback()  # no read stays open for long, no report stays in memory
            _take_snapshot(session)
            found = verify_report(session, report.id)
            if found:
                broken = {
                    "state": report.iso3,
                    "cycle": report.cycle_slug,
                    "report": report.public_id,
                    "place": found.place,
                    "problem": found.what,
                }
                break
    _print(form, len(reports), broken)
    sys.exit(1 if broken else 0)


def _take_snapshot(session: Session) -> None:
    """A save made meanwhile must not look like a break; SQLite reads a snapshot by itself."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _print(form: str, reports: int, broken: dict[str, Any] | None) -> None:
    if form == "json":
        print_json({"ok": broken is None, "reports": reports, "broken": broken})
    elif broken:
        click.echo("{state}, cycle {cycle}: {place}: {problem}.".format_map(broken), err=True)
    else:
        click.echo(f"{reports} reports verified; nothing is broken.")
