"""``tracker init`` and ``tracker check``."""

import json
import sys
from datetime import date

import click
from sqlalchemy import Engine
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from tracker.catalogue.documents import load_document as read_document
from tracker.catalogue.indicators import load_indicators as read_indicators
from tracker.catalogue.states import load_areas as read_areas
from tracker.catalogue.states import load_states as read_states
from tracker.catalogue.weightings import load_weightings as read_weightings
from tracker.cli.database import (
    OWNER_NEEDED,
    connect,
    full_disk,
    grant,
    kept_problem,
    kind_problem,
    one_at_a_time,
    read_only_problem,
    rights_problem,
    schema_problem,
    unusable_files,
    upgrade,
    wall_problem,
)
from tracker.cli.group import NOT_ALLOWED
from tracker.cli.keys import key_file, key_problem
from tracker.cli.neighbours import silent_neighbours
from tracker.cli.triggers import make_again
from tracker.domain.clock import system_clock
from tracker.domain.mail import MailState
from tracker.domain.roles import OPERATOR
from tracker.models.engine import journal_mode, write_intent
from tracker.queries.outbox import count_mail
from tracker.resources import resource_dir
from tracker.services import cycles, documents, weightings
from tracker.services.signing import register_key
from tracker.settings import BadSettings, Settings, inspect_settings, load_settings

FIRST_CYCLE = "bms7"
FIRST_CYCLE_OPENS = date(2021, 7, 30)  # the day BMS7 adopted its document


@click.command()
def init() -> None:
    """Create or upgrade the database, load the seed, open cycle bms7. Safe to repeat."""
    settings = load_settings()
    set_up(settings)
    click.echo(f"The database is ready: {settings.masked()['TRACKER_DATABASE_URL']}", err=True)


def set_up(settings: Settings) -> None:
    """Tables, reference data, the first cycle and the key that signs."""
    engine = connect(settings, as_owner=True, making=True)
    try:
        with one_at_a_time(engine):
            problem = _set_up(engine, settings)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") != NOT_ALLOWED:
            raise
        raise BadSettings([OWNER_NEEDED]) from None
    finally:
        engine.dispose()
    if problem:  # all the rest is done, so that nothing else has to be run again
        raise BadSettings([problem])


def _set_up(engine: Engine, settings: Settings) -> str:
    """Everything; a sentence if the key that signs cannot."""
    if mixed := kind_problem(engine, settings):
        raise BadSettings([mixed])
    upgrade(engine)
    make_again(engine, upgrade)
    with write_intent(), Session(engine) as session, session.begin():
        load_seed(session, demonstration=settings.demonstration)
        grant(session, settings)
        problem = "" if settings.demonstration else key_problem(session, settings)
        if not problem:
            register_key(session, signer=key_file(settings).first(), at=system_clock())
    return problem


def load_seed(session: Session, *, demonstration: bool) -> None:
    """The reference data of this release; the invented States in a demonstration only."""
    seed = resource_dir("seed")
    documents.load_installation(session, demonstration=demonstration)
    documents.load_areas(session, read_areas(seed / "areas.yaml"))
    documents.load_states(session, read_states(seed / "states.yaml"))
    if demonstration:
        documents.load_areas(session, read_areas(seed / "demo" / "areas.yaml"))
        documents.load_states(session, read_states(seed / "demo" / "states.yaml"))
    documents.load_indicators(session, read_indicators(seed / "indicators"))
    for folder in sorted((seed / "outcome_documents").iterdir()):
        documents.load_document(session, read_document(folder))
    weightings.load_weightings(session, read_weightings(seed / "weightings"))
    cycles.ensure_cycle(
        session,
        actor=OPERATOR,
        slug=FIRST_CYCLE,
        document_slug="bms7",
        opens_on=FIRST_CYCLE_OPENS,
        clock=system_clock,
    )


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def check(form: str) -> None:
    """Show the effective settings, secrets masked, and what is wrong; exit 2 if anything is."""
    settings, problems = inspect_settings()
    shown = settings.masked()
    if settings.database_url.startswith("sqlite"):
        shown |= {"SQLite journal": journal_mode()}
    warnings: list[str] = []
    if not problems:
        mail, problems, warnings = _look_into_database(settings)
        shown |= {"Mail": mail} if mail else {}
        warnings += silent_neighbours(settings)
    if form == "json":
        told = {"ok": not problems, "settings": shown, "problems": problems, "warnings": warnings}
        click.echo(json.dumps(told))
    else:
        for name, value in shown.items():
            click.echo(f"{name} = {value}")
        for problem in (*problems, *warnings):
            click.echo(problem, err=True)
    sys.exit(2 if problems else 0)


def _look_into_database(settings: Settings) -> tuple[str, list[str], list[str]]:
    """What is to be said of mail, what is wrong with the database, and what is weak in it."""
    try:
        engine = connect(settings)
    except BadSettings as error:
        return "", error.problems, []
    try:
        found = (
            schema_problem(engine) or kind_problem(engine, settings) or rights_problem(engine),
            read_only_problem(engine),
            key_file(settings).problem(),
        )
        problems = [*unusable_files(settings), *filter(None, found)]
        if problems:
            return "", problems, []
        with Session(engine) as session:
            mail = _about_mail(settings, count_mail(session))
            key = key_problem(session, settings)
        problems = [told for told in (full_disk(settings), key, kept_problem(engine)) if told]
        return mail, problems, [*filter(None, [wall_problem(engine)])]
    finally:
        engine.dispose()


def _about_mail(settings: Settings, counts: dict[MailState, int]) -> str:
    """Whether mail is sent, and what stands in the outbox."""
    told = f"{counts[MailState.QUEUED]} waiting, {counts[MailState.DEAD]} not sent"
    if settings.demonstration:
        return f"a demonstration sends none; {told}"
    if settings.smtp is None:
        return f"none is sent, since TRACKER_SMTP_URL is not set; {told}"
    return f"sent by tracker work; {told}"
