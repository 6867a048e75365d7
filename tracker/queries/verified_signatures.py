"""Checking keys and checkpoints against each other and against the chains."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.chain import GENESIS, instant
from tracker.domain.signed import CHECKPOINT_TAG, checkpoint_hash, head_hash
from tracker.models import ChainEntry, NationalReport, ReportingCycle, State
from tracker.queries.checkpoints import CheckpointRow
from tracker.queries.recorded import Broken
from tracker.queries.signing import KeyRow, is_signed, key_problem

AT_ONCE = 5_000  # links read at a time


@dataclass(frozen=True, slots=True)
class Chain:
    """Whose a chain is, and when it began."""

    state: str
    cycle: str
    report: str
    opened_at: datetime


@dataclass(frozen=True)
class Links:
    """Every link that stands, by the hash under which a checkpoint would list it."""

    chain_of: Mapping[str, str]
    chains: Mapping[str, Chain]


def load_links(session: Session) -> Links:
    """Every link of every chain; read after the checkpoints, since chains only grow."""
    chains = {
        public_id: Chain(iso3, slug, public_id, opened_at)
        for public_id, iso3, slug, opened_at in session.execute(
            select(
                NationalReport.public_id, State.iso3, ReportingCycle.slug, NationalReport.opened_at
            )
            .join(State, NationalReport.state_id == State.id)
            .join(ReportingCycle, NationalReport.cycle_id == ReportingCycle.id)
            .order_by(ReportingCycle.opens_on, State.iso3)
        )
    }
    rows = session.execute(
        select(NationalReport.public_id, ChainEntry.seq, ChainEntry.hash)
        .join(NationalReport, ChainEntry.report_id == NationalReport.id)
        .execution_options(yield_per=AT_ONCE)
    )
    return Links({head_hash(report, seq, link): report for report, seq, link in rows}, chains)


def broken_keys(keys: tuple[KeyRow, ...]) -> Iterator[Broken]:
    """Each key is the one that its statement names, and was vouched for by whom it says."""
    earlier: dict[str, str] = {}
    for row in keys:
        problem = key_problem(row, earlier)
        if problem:
            yield Broken(f"key {row.key_id}", problem)
        earlier[row.key_id] = row.public_key


def unvouched(keys: tuple[KeyRow, ...]) -> tuple[str, ...]:
    """The keys, but for the first one, for which no earlier key vouches."""
    return tuple(row.key_id for row in keys[1:] if not row.previous)


def broken_checkpoints(
    checkpoints: tuple[CheckpointRow, ...], keys: Mapping[str, str]
) -> Iterator[Broken]:
    """Each checkpoint follows the one before, and is the one that was signed."""
    previous = GENESIS
    for position, row in enumerate(checkpoints, start=1):
        place, said = f"checkpoint {position}", row.statement
        if row.number != position:
            yield Broken(place, "it is missing")
        if (row.number, row.day, instant(row.made_at)) != (
            said.get("number"),
            said.get("day"),
            said.get("made_at"),
        ) or row.hash != checkpoint_hash(said):
            yield Broken(place, "it was altered after it was made")
        if said.get("previous") != previous:
            yield Broken(place, "it does not follow the checkpoint before it")
        if not is_signed(CHECKPOINT_TAG, said, keys.get(str(said.get("key_id")), "")):
            yield Broken(place, "it was not signed by a key of this site")
        previous = row.hash


@dataclass(frozen=True, slots=True)
class Shortened:
    """A checkpoint lists heads of chains that do not stand; ``suspect`` is the first chain
    that was open then and of which no link is listed, if there is one.
    """

    broken: Broken
    suspect: Chain | None


def missing_heads(statement: Mapping[str, Any], links: Links) -> Shortened | None:
    """What a checkpoint lists and does not stand any more; nothing where all of it does."""
    heads = [str(head) for head in statement["heads"]]
    gone = [head for head in heads if head not in links.chain_of]
    if not gone:
        return None
    listed = {links.chain_of[head] for head in heads if head in links.chain_of}
    made_at = datetime.fromisoformat(statement["made_at"])
    suspects = [
        chain
        for name, chain in links.chains.items()
        if name not in listed and chain.opened_at <= made_at
    ]
    what = f"{len(gone)} of the {len(heads)} histories that it lists do not stand here any more"
    reason = "their ends were cut off, they were written anew, or this is an older backup"
    if not suspects:
        reason = "whole reports were removed, or this is an older backup"
    return Shortened(
        Broken(f"checkpoint {statement['number']}", f"{what}: {reason}"),
        suspects[0] if suspects else None,
    )
