"""``tracker figures``: the figures of a cycle, as data."""

from typing import Any

import click

from tracker.cli.database import reading
from tracker.cli.output import print_json
from tracker.domain.errors import NotFound, Problem
from tracker.domain.progress import COUNT_KEYS, Audience
from tracker.queries.cycles import cycle_or_none
from tracker.queries.figures import (
    CycleFigures,
    count_published,
    count_unpublished,
    figures_of_cycle,
)
from tracker.queries.record import OfficialRecord, official_record
from tracker.settings import load_settings


@click.command()
@click.option("--cycle", required=True, metavar="SLUG", help="The reporting cycle.")
@click.option(
    "--audience",
    type=click.Choice([audience.value for audience in Audience]),
    default=Audience.PUBLIC.value,
    show_default=True,
    help="Count as this reader sees it; the rest counts as withheld.",
)
@click.option("--format", "form", type=click.Choice(["json"]), default="json", show_default=True)
def figures(cycle: str, audience: str, form: str) -> None:
    """Print the figures of a cycle: official record, reports, counts for each commitment.

    The record is that of the meeting, over all real Member States, and never added to reports.
    """
    reader = Audience(audience)
    with reading(load_settings()) as session:
        found = cycle_or_none(session, cycle)
        if found is None:
            raise NotFound(Problem("unknown-cycle", "", {"slug": cycle}))
        counted = figures_of_cycle(session, cycle_id=found.id, audience=reader)
        reports = {"published": count_published(session).get(found.id, 0)}
        if reader is Audience.SECRETARIAT:
            statuses = count_unpublished(session, found.id)
            reports |= {status.value: number for status, number in statuses.items()}
        record = official_record(session, found.document_slug)
    print_json(
        {
            "cycle": found.slug,
            "audience": reader.value,
            "member_states": counted.members,
            "record": _record(record),
            "reports": reports,
            "commitments": _commitments(counted),
        }
    )


def _record(record: OfficialRecord) -> dict[str, Any]:
    return {
        "reported": record.reported,
        "groups": [
            {"code": g.code, "member_states": g.member_states, "reported": g.reported}
            for g in record.groups
        ],
        "votes": [
            {
                "paragraph": v.paragraph,
                "subject": v.subject,
                "for": v.in_favour,
                "against": v.against,
                "abstaining": v.abstaining,
            }
            for v in record.votes
        ],
    }


def _commitments(counted: CycleFigures) -> list[dict[str, Any]]:
    return [
        {"key": c.key, "counts": {key: c.distribution[key] for key in COUNT_KEYS}}
        for c in counted.commitments
    ]
