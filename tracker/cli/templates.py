"""``tracker export template``: a State's report as a workbook to be filled in offline."""

from pathlib import Path

import click

from tracker.cli.database import reading
from tracker.cli.output import check_language, write_file
from tracker.domain.clock import system_clock
from tracker.domain.errors import NotFound, Problem
from tracker.domain.roles import OPERATOR
from tracker.domain.values import LANGUAGES
from tracker.exchange.template import write_template
from tracker.exchange.translations import SOURCE_LANGUAGE, translator
from tracker.exchange.words import Made
from tracker.queries.states import state_or_none
from tracker.queries.templates import template_export
from tracker.settings import load_settings

MADE_BY = "tracker export"


@click.command()
@click.option("--state", required=True, metavar="ISO3", help="ISO 3166 alpha-3 code.")
@click.option("--cycle", required=True, metavar="SLUG", help="The reporting cycle.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    required=True,
    help="The file to write; one of that name is replaced.",
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default=SOURCE_LANGUAGE,
    show_default=True,
    help="Language of the sheets and drop-downs.",
)
def template(state: str, cycle: str, out: Path, language: str) -> None:
    """Export one State's offline template, filled in with its working copy.

    The working copy belongs to its State: hand the file to nobody else. Making one changes nothing.
    """
    now, settings = system_clock(), load_settings()
    check_language(language, settings)
    with reading(settings) as session:
        row = state_or_none(session, state)
        if row is None:
            raise NotFound(Problem("unknown-state", "state", {"code": state[:80]}))
        data = template_export(
            session, actor=OPERATOR, state_id=row.id, cycle_slug=cycle, last_year=now.year
        )
    made = Made(now, MADE_BY)
    write_file(
        out,
        lambda target: write_template(
            target, data, translate=translator(language), language=language, made=made
        ),
    )
