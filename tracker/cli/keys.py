"""``tracker key``: the keys that sign receipts and checkpoints."""

import click
from sqlalchemy.orm import Session

from tracker.cli.database import reading, transaction
from tracker.cli.output import format_option, print_json, print_rows
from tracker.delivery.signing import KeyFile, new_signer
from tracker.domain.clock import system_clock
from tracker.domain.signed import KeySpoilt, KeyUnusable, key_id
from tracker.queries.signing import list_keys, newest_key
from tracker.services.signing import expect_current, register_key
from tracker.settings import Settings, load_settings

UNVOUCHED = (
    "Nobody vouches for it, since the key before it is lost: say so where States can read it."
)
LOST_KEY = (
    "{path}, which signs, is not there, and nobody vouches for a new one. If a copy of it is kept, "
    "put it back; if not, run: tracker key replace, and say so where States can read it. "
    "Meanwhile nothing can be submitted."
)
UNUSABLE_KEY = "The signing key cannot be used: {error} Meanwhile nothing can be submitted."
CUT_SHORT = (
    "The replacement of the signing key was cut short; to end it run again: tracker key replace. "
    "Meanwhile nothing can be submitted."
)
SPOILT_KEY = (
    f"{UNUSABLE_KEY} If a copy of it is kept, put it back; if not, remove the file and run: "
    "tracker key replace."
)
HEADING = ("key", "public key", "in use since", "vouched for by")


def key_file(settings: Settings) -> KeyFile:
    """Where the private key of this instance is kept."""
    return KeyFile(settings.instance_path, demonstration=settings.demonstration)


def key_problem(session: Session, settings: Settings) -> str:
    """A sentence if the private key is lost, cannot be used or is not the one that signs."""
    file, newest = key_file(settings), newest_key(session)
    if _waits(session, file):
        return CUT_SHORT
    if not file.path.exists():
        return LOST_KEY.format(path=file.path) if newest else ""
    try:
        signer = file.signer()
        if newest:
            expect_current(session, signer=signer, at=system_clock())
    except KeySpoilt as error:
        return SPOILT_KEY.format(error=error)
    except KeyUnusable as error:
        return UNUSABLE_KEY.format(error=error)
    return ""


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

    The new key is kept beside the old one, then written down, then takes its place: where this is
    interrupted, running it again ends it.
    """
    settings = load_settings()
    file = key_file(settings)
    with file.alone():
        with transaction(settings) as session:
            if not _waits(session, file):
                old = file.signer() if file.path.exists() else None
                now, new = system_clock(), new_signer()
                if old:
                    expect_current(session, signer=old, at=now)
                file.prepare(new)
                register_key(session, signer=new, at=now, vouching=old)
            signs = list_keys(session)[-1]
        file.follow()
    click.echo(f"The key {signs.key_id} signs from now on.", err=True)
    if not signs.previous:
        click.echo(UNVOUCHED, err=True)


def _waits(session: Session, file: KeyFile) -> bool:
    """Whether a replacement was cut short: the newest key lies beside the one before it."""
    try:
        prepared = file.prepared()
    except KeySpoilt:
        return False  # it never came to be written down
    return prepared is not None and key_id(prepared.public_key) == newest_key(session)
