"""``tracker export``: workbooks of one State and of a whole cycle."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from tracker.cli.database import reading
from tracker.cli.output import check_language, write_file
from tracker.cli.templates import MADE_BY, template
from tracker.domain.clock import system_clock
from tracker.domain.exports import ExportFormat
from tracker.domain.progress import Audience
from tracker.domain.values import LANGUAGES
from tracker.exchange.compiled_files import write_compiled_file
from tracker.exchange.report import Order
from tracker.exchange.report_files import write_report_file
from tracker.exchange.translations import SOURCE_LANGUAGE, translator
from tracker.exchange.words import Made
from tracker.queries.compiled import compiled_export
from tracker.queries.exports import StateAnswers, state_answers
from tracker.queries.report_exports import report_export
from tracker.settings import load_settings

FORMATS = {form.name.lower(): form for form in ExportFormat}


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What every export takes."""
    for option in (
        click.option(
            "--format",
            "form",
            type=click.Choice(list(FORMATS)),
            default="xlsx",
            show_default=True,
            help="csv writes a zip with one file for each table.",
        ),
        click.option(
            "--language",
            type=click.Choice(LANGUAGES),
            default=SOURCE_LANGUAGE,
            show_default=True,
            help="Language of the tracker's own words.",
        ),
        click.option(
            "--audience",
            type=click.Choice([audience.value for audience in Audience]),
            default=Audience.PUBLIC.value,
            show_default=True,
            help="Write what this reader may see; the rest is marked as withheld.",
        ),
        click.option(
            "--out",
            type=click.Path(path_type=Path, dir_okay=False, writable=True),
            required=True,
            help="The file to write; one of that name is replaced.",
        ),
        click.option("--cycle", required=True, metavar="SLUG", help="The reporting cycle."),
    ):
        command = option(command)
    return command


@click.group()
def export() -> None:
    """Export workbooks."""


@export.command()
@click.option("--state", required=True, metavar="ISO3", help="ISO 3166 alpha-3 code.")
@click.option(
    "--order",
    type=click.Choice([order.value for order in Order]),
    default=Order.SECTION.value,
    show_default=True,
    help="One sheet for each report section, or all commitments by paragraph.",
)
@_options
def report(
    state: str, form: str, order: str, cycle: str, out: Path, audience: str, language: str
) -> None:
    """Export one State's report, laid out like the voluntary national report.

    The published submission; for the secretariat the latest one.
    """
    settings = load_settings()
    check_language(language, settings)
    with reading(settings) as session:
        data = report_export(session, cycle_slug=cycle, iso3=state, audience=Audience(audience))

    def write(target: Path) -> None:
        with target.open("wb") as file:
            write_report_file(
                file,
                data,
                FORMATS[form],
                translate=translator(language),
                language=language,
                made=_made(),
                order=Order(order),
            )

    write_file(out, write)


@export.command()
@_options
def compiled(form: str, cycle: str, out: Path, audience: str, language: str) -> None:
    """Export whole cycles: overview, matrix, every response, indicators, codebook.

    Several cycles of the same outcome document are parted by commas.
    """
    reader = Audience(audience)
    settings = load_settings()
    check_language(language, settings)
    with reading(settings) as session:
        slugs = [slug.strip() for slug in cycle.split(",")]
        data = compiled_export(session, cycle_slugs=slugs, audience=reader)
        session.rollback()

        def write(target: Path) -> None:
            with target.open("wb") as file:
                write_compiled_file(
                    file,
                    data,
                    lambda submission_id: _read(session, submission_id, reader),
                    FORMATS[form],
                    translate=translator(language),
                    language=language,
                    made=_made(),
                )

        write_file(out, write)


def _read(session: Session, submission_id: int, audience: Audience) -> StateAnswers:
    """One State in a transaction of its own, so that no save waits for the whole export."""
    try:
        return state_answers(session, submission_id, audience)
    finally:
        session.rollback()


def _made() -> Made:
    return Made(system_clock(), MADE_BY)


export.add_command(template)
