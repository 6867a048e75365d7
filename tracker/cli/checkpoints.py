"""``tracker checkpoint``: the signed list of where every chain stands today."""

from dataclasses import dataclass

import click
import structlog
from sqlalchemy.orm import Session, sessionmaker

from tracker.cli.database import transaction
from tracker.cli.keys import key_file
from tracker.cli.output import format_option, print_json
from tracker.domain.clock import Clock, system_clock
from tracker.domain.signed import KeyUnusable
from tracker.models.engine import write_intent
from tracker.queries.checkpoints import checkpoint_of_day
from tracker.services.checkpoints import make_checkpoint
from tracker.settings import Settings, load_settings

log = structlog.get_logger("checkpoints")


@click.command()
@format_option
def checkpoint(form: str) -> None:
    """Make the checkpoint of today (UTC), if there is none yet; print it to be kept elsewhere."""
    settings = load_settings()
    signer = key_file(settings).signer()
    with transaction(settings) as session:
        row, made = make_checkpoint(session, signer=signer, clock=system_clock)
    state = "made now" if made else "made before"
    click.echo(f"Checkpoint {row.number} of {row.day}: {state}; {row.chains} chains.", err=True)
    if form == "json":
        print_json(row.statement)
    else:
        click.echo(row.hash)


@dataclass(frozen=True, slots=True)
class DaySigner:
    """What the worker does: the checkpoint of each day (UTC), soon after the day begins."""

    sessions: sessionmaker[Session]
    settings: Settings
    clock: Clock = system_clock

    def sign(self) -> bool:
        """Make today's, if there is none. Never more to do at once."""
        with self.sessions() as session, session.begin():
            if checkpoint_of_day(session, self.clock().date().isoformat()):
                return False
        try:
            signer = key_file(self.settings).signer()
        except KeyUnusable as error:  # somebody must act; the worker's other work goes on
            log.error("checkpoint-not-signed", error=str(error))
            return False
        with write_intent(), self.sessions() as session, session.begin():
            made, _ = make_checkpoint(session, signer=signer, clock=self.clock)
            log.info("checkpoint", number=made.number, day=made.day, hash=made.hash)
        return False
