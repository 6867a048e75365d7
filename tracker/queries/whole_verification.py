"""Everything that ``tracker verify`` looks for, in order: keys, checkpoints, reports, copies."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from tracker.queries.checkpoints import CheckpointRow
from tracker.queries.outside_copies import broken_checkpoint, broken_receipt, file_problem
from tracker.queries.recorded import Broken
from tracker.queries.signing import KeyRow
from tracker.queries.verification import list_report_places, verify_report
from tracker.queries.verified_signatures import (
    Links,
    broken_checkpoints,
    broken_keys,
    load_links,
    missing_heads,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken place; State, cycle and report where it is about one, the file that says so."""

    place: str
    problem: str
    state: str = ""
    cycle: str = ""
    report: str = ""
    file: str = ""

    def __str__(self) -> str:
        whose = f"{self.state}, cycle {self.cycle}: " if self.state else ""
        file = f"{self.file}: " if self.file else ""
        return f"{file}{whose}{self.place}: {self.problem}."


@dataclass(frozen=True, slots=True)
class Copies:
    """Receipts and checkpoints that were kept elsewhere, by the name of their file."""

    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    checkpoints: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is read first: chains that grow meanwhile must not look like a break."""

    keys: tuple[KeyRow, ...]
    checkpoints: tuple[CheckpointRow, ...]

    @property
    def known(self) -> dict[str, str]:
        """Public keys by name."""
        return {row.key_id: row.public_key for row in self.keys}


def findings(
    session: Session, standing: Standing, copies: Copies, *, refresh: Callable[[], None]
) -> Iterator[Finding]:
    """Everything broken. ``refresh`` begins a new snapshot: it is called before each report."""
    known = standing.known
    for broken in (
        *broken_keys(standing.keys),
        *broken_checkpoints(standing.checkpoints, known),
    ):
        yield Finding(broken.place, broken.what)
    for report in list_report_places(session):
        refresh()
        found = _broken_place(session, report.id)
        if found:
            whose = (report.iso3, report.cycle_slug, report.public_id)
            yield Finding(found.place, found.what, *whose)
    refresh()
    links = load_links(session)
    for row in standing.checkpoints:
        yield from _heads(row.statement, links)
    yield from _outside_receipts(session, copies, known)
    yield from _outside_checkpoints(session, copies, known, links)


def _broken_place(session: Session, report_id: int) -> Broken | None:
    try:
        return verify_report(session, report_id)
    except LookupError as error:
        if type(error) is not LookupError:  # a key or an index: no column of a fixed list of values
            raise
        return Broken("report", f"a row cannot be read: {str(error).partition('. ')[0]}")


def _heads(statement: dict[str, Any], links: Links, file: str = "") -> Iterator[Finding]:
    found = missing_heads(statement, links)
    if found is None:
        return
    chain, broken = found.suspect, found.broken
    whose = (chain.state, chain.cycle, chain.report) if chain else ("", "", "")
    yield Finding(broken.place, broken.what, *whose, file=file)


def _outside_receipts(session: Session, copies: Copies, known: dict[str, str]) -> Iterator[Finding]:
    for name, receipt in copies.receipts.items():
        problem = file_problem("receipt", receipt, known)
        broken = Broken("key", problem.what) if problem else broken_receipt(session, receipt)
        if broken:
            whose = (receipt["state"], receipt["cycle"], receipt["report"])
            yield Finding(broken.place, broken.what, *whose, file=name)


def _outside_checkpoints(
    session: Session, copies: Copies, known: dict[str, str], links: Links
) -> Iterator[Finding]:
    for name, statement in copies.checkpoints.items():
        problem = file_problem("checkpoint", statement, known)
        broken = Broken("key", problem.what) if problem else broken_checkpoint(session, statement)
        if broken:
            yield Finding(broken.place, broken.what, file=name)
        yield from _heads(statement, links, name)
