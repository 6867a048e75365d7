"""``tracker key``: the keys that sign receipts and checkpoints."""

import click

from tracker.cli.database import reading, transaction
from tracker.cli.output import format_option, print_json, print_rows
from tracker.delivery.signing import KeyFile, new_signer
from tracker.domain.clock import system_clock
from tracker.queries.signing import list_keys
from tracker.services.signing import register_key
from tracker.settings import Settings, load_settings

UNVOUCHED = (
    "Nobody vouches for it, since the key before it is lost: say so where States can read it."
)
HEADING = ("key", "public key", "in use since", "vouched for by")


def key_file(settings: Settings) -> KeyFile:
    """Where the private key of this instance is kept."""
    return KeyFile(settings.instance_path, demonstration=settings.demonstration)


@click.group()
def key() -> None:
    """Keys that sign."""


@key.command("list")
@format_option
def list_(form: str) -> None:
    """List the public keys, the first one first."""
    with reading(load_settings()) as session:
        rows = list_keys(session)
    if form == "json":
        print_json([row.statement for row in rows])
    else:
        lines = (
            (row.key_id, row.public_key, row.made_at.isoformat(), row.previous or "–")
            for row in rows
        )
        print_rows(lines, HEADING)


@key.command("replace")
def replace() -> None:
    """Sign with a new key from now on; the old one, if it is there, vouches for it and is gone.

    The new key is written down before the file changes: if this is interrupted in between, the
    old key goes on signing.
    """
    settings = load_settings()
    file = key_file(settings)
    old = file.signer() if file.path.exists() else None
    new = new_signer()
    with transaction(settings) as session:
        now = system_clock()
        if old:
            register_key(session, signer=old, at=now)
        name = register_key(session, signer=new, at=now, vouching=old)
    file.replace(new)
    click.echo(f"The key {name} signs from now on.", err=True)
    if not old:
        click.echo(UNVOUCHED, err=True)
