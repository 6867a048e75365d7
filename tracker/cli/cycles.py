"""``tracker cycle``: list, open and delete."""

from datetime import date, datetime
from typing import Any

import click

from tracker.cli.database import reading, transaction
from tracker.cli.output import format_option, print_json, print_rows
from tracker.domain.clock import system_clock
from tracker.domain.cycles import CycleDates
from tracker.domain.roles import OPERATOR
from tracker.queries.cycles import CycleRow, list_cycles
from tracker.services.cycles import delete_cycle, open_cycle
from tracker.settings import load_settings

DAY = click.DateTime(formats=["%Y-%m-%d"])
HEADING = ("slug", "document", "opens", "due", "closes", "period from", "period to")


@click.group()
def cycle() -> None:
    """Reporting cycles."""


@cycle.command("list")
@format_option
def list_(form: str) -> None:
    """List the reporting cycles, the latest first."""
    with reading(load_settings()) as session:
        rows = [_as_json(row) for row in list_cycles(session)]
    if form == "json":
        print_json(rows)
    else:
        print_rows((tuple(value or "–" for value in row.values()) for row in rows), HEADING)


@cycle.command("open")
@click.argument("slug")
@click.option("--document", required=True, help="Slug of the outcome document.")
@click.option("--due", type=DAY, required=True, help="Last day on which a report is on time.")
@click.option("--opens", type=DAY, help="First day; today if left out.")
@click.option("--closes", type=DAY, help="Last day for reports; open-ended if left out.")
@click.option("--period-from", type=DAY, help="First day that reports cover.")
@click.option("--period-to", type=DAY, help="Last day that reports cover.")
def open_(
    slug: str,
    document: str,
    due: datetime,
    opens: datetime | None,
    closes: datetime | None,
    period_from: datetime | None,
    period_to: datetime | None,
) -> None:
    """Open a reporting cycle on an outcome document."""
    dates = CycleDates(
        opens_on=_day(opens) or system_clock().date(),
        due_on=_day(due),
        closes_on=_day(closes),
        period_from=_day(period_from),
        period_to=_day(period_to),
    )
    with transaction(load_settings()) as session:
        open_cycle(
            session,
            actor=OPERATOR,
            slug=slug,
            document_slug=document,
            dates=dates,
            clock=system_clock,
        )
    click.echo(f"The reporting cycle {slug} is open.", err=True)


@cycle.command()
@click.argument("slug")
def delete(slug: str) -> None:
    """Delete a reporting cycle opened by mistake, in which nobody has begun a report."""
    with transaction(load_settings()) as session:
        delete_cycle(session, actor=OPERATOR, slug=slug)
    click.echo(f"The reporting cycle {slug} is deleted.", err=True)


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


def _as_json(row: CycleRow) -> dict[str, Any]:
    dates = row.dates
    return {
        "slug": row.slug,
        "document": row.document_slug,
        "opens": dates.opens_on.isoformat(),
        "due": dates.due_on.isoformat() if dates.due_on else None,
        "closes": dates.closes_on.isoformat() if dates.closes_on else None,
        "period_from": dates.period_from.isoformat() if dates.period_from else None,
        "period_to": dates.period_to.isoformat() if dates.period_to else None,
    }
