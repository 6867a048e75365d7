"""Replaying the chain of a report, and comparing with it everything that stands."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.chain import GENESIS, OPERATOR_ID, entry_hash, text_digest
from tracker.domain.progress import Audience
from tracker.domain.workflow import ReportStatus
from tracker.models import ChainEntry, NationalReport, ReportingCycle, State
from tracker.queries.items import ITEM_SAVED, content_of_item, item_of_link, named_by
from tracker.queries.recorded import Broken, Recorded, content_of_link, load_recorded
from tracker.queries.responses import content_of_row
from tracker.queries.strikes import STRIKE, TEXT_STRUCK
from tracker.queries.verified_files import files
from tracker.queries.verified_submissions import clarifications, submissions


@dataclass(frozen=True, slots=True)
class ReportPlace:
    """One report to verify."""

    id: int
    public_id: str
    iso3: str
    cycle_slug: str


def list_report_places(session: Session) -> tuple[ReportPlace, ...]:
    """Every report there is, by cycle and State; for the operator, who reads no answers."""
    rows = session.execute(
        select(NationalReport.id, NationalReport.public_id, State.iso3, ReportingCycle.slug)
        .join(State, NationalReport.state_id == State.id)
        .join(ReportingCycle, NationalReport.cycle_id == ReportingCycle.id)
        .order_by(ReportingCycle.opens_on, ReportingCycle.slug, State.iso3)
    )
    return tuple(ReportPlace(*row) for row in rows)


def verify_report(session: Session, report_id: int) -> Broken | None:
    """The first broken place of a report, or nothing: links, texts, head, then every table."""
    recorded = load_recorded(session, report_id)
    for check in CHECKS:
        for broken in check(recorded):
            return broken
    return None


def _links(recorded: Recorded) -> Iterator[Broken]:
    """Each link follows the one before and hashes to what it says."""
    previous = GENESIS
    for position, entry in enumerate(recorded.entries, start=1):
        place = f"link {position}"
        if entry.seq != position:
            yield Broken(place, "it is missing or out of order")
        if entry.prev_hash != previous:
            yield Broken(place, "it does not follow the link before it")
        if entry.hash != _hash_again(recorded, entry):
            yield Broken(place, "it was altered after it was written")
        if entry.actor_public_id != _author(recorded, entry):
            yield Broken(place, "it names another author than its account")
        previous = entry.hash


def _hash_again(recorded: Recorded, entry: ChainEntry) -> str:
    return entry_hash(
        report=recorded.report.public_id,
        seq=entry.seq,
        kind=entry.kind,
        at=entry.at,
        actor=entry.actor_public_id,
        facts={**entry.facts, "subject": entry.subject, "version": entry.version},
        digests=entry.digests,
        prev_hash=entry.prev_hash,
    )


def _author(recorded: Recorded, entry: ChainEntry) -> str:
    return recorded.people.get(entry.actor_id, "") if entry.actor_id else OPERATOR_ID


def _texts(recorded: Recorded) -> Iterator[Broken]:
    """Each text fits its digest, or was struck out by an event that says so."""
    struck = {(e.facts["seq"], e.facts["field"]): e for e in recorded.events(TEXT_STRUCK)}
    for entry in recorded.entries:
        if {text.field for text in entry.texts} != set(entry.digests):
            yield Broken(f"link {entry.seq}", "a text is missing or was added")
        for text in entry.texts:
            place = f"link {entry.seq}, text {text.field}"
            event = struck.get((entry.seq, text.field))
            if text.value is None:
                if event is None or event.at != text.struck_at:
                    yield Broken(place, "it was emptied without being struck out")
            elif event is not None:
                yield Broken(place, "it was struck out but is there again")
            elif text_digest(text.salt, text.value) != entry.digests[text.field]:
                yield Broken(place, "it was altered after it was written")


def _head(recorded: Recorded) -> Iterator[Broken]:
    """The head is the last link, and the first link opened the report."""
    if recorded.head is None or not recorded.entries:
        yield Broken("head of the chain", "it is missing")
        return
    last = recorded.entries[-1]
    if (recorded.head.seq, recorded.head.hash) != (last.seq, last.hash):
        yield Broken("head of the chain", "it is not the last link: links were cut off or added")
    opened = recorded.entries[0]
    if opened.kind != "opened" or opened.at != recorded.report.opened_at:
        yield Broken("report", "it was not opened when its first link says")
    told = (opened.facts.get("state"), opened.facts.get("cycle"))
    stands = (recorded.report.state.iso3, recorded.report.cycle.slug)
    if told not in (stands, (None, None)):  # reports opened by older versions say neither
        yield Broken("report", f"it was opened for {told[0]}, cycle {told[1]}, and was moved")


def _status(recorded: Recorded) -> Iterator[Broken]:
    """Status and default audience are what the events led to."""
    steps = [entry for entry in recorded.entries if entry.kind.startswith("step-")]
    status = steps[-1].facts["status"] if steps else ReportStatus.DRAFT.value
    if recorded.report.status.value != status:
        yield Broken("report", f"its status is not “{status}”, as the history says")
    chosen = recorded.events("default-audience-set")
    audience = chosen[-1].facts["audience"] if chosen else Audience.PUBLIC.value
    if recorded.report.default_audience.value != audience:
        yield Broken("report", f"its default audience is not “{audience}”, as the history says")
    saves = [entry for entry in recorded.entries if entry.version is not None]
    own = [entry for entry in saves if entry.facts.get("source") != STRIKE]
    last = own[-1] if own else None
    ends = {last.at if last else None}  # older versions counted strikes as saves
    ends |= {entry.at for entry in saves if last is None or entry.seq > last.seq}
    if recorded.report.last_saved_at not in ends:
        yield Broken("report", "it was not last saved when the history says")


def _responses(recorded: Recorded) -> Iterator[Broken]:
    """Each response of the working copy is its last revision."""
    last = recorded.last_revisions("response-saved")
    rows = {row.commitment.key: row for row in recorded.responses}
    for key in sorted(set(last) | set(rows)):
        row, entry = rows.get(key), last.get(key)
        if row is None or entry is None:
            yield Broken(f"response to {key}", "it was removed or added beside the history")
        elif (row.version, row.saved_at, row.saved_by_id) != (
            entry.version,
            entry.at,
            entry.actor_id,
        ):
            yield Broken(
                f"response to {key}", "version, time or author are not the last revision's"
            )
        elif content_of_row(row) != content_of_link(entry):
            yield Broken(f"response to {key}", "it does not say what its last revision says")


def _returns(recorded: Recorded) -> Iterator[Broken]:
    """The figures of the working copy are those saved last."""
    last = recorded.last_revisions("figures-saved")
    rows = {row.indicator: row for row in recorded.returns}
    for slug in sorted(set(last) | set(rows)):
        row, entry = rows.get(slug), last.get(slug)
        place = f"figures on {slug}"
        if row is None or entry is None:
            yield Broken(place, "they were removed or added beside the history")
            continue
        figures = sorted([f.year, f.category, f.input, f.value] for f in row.figures)
        saved = (entry.version, entry.at, entry.facts["audience"], sorted(entry.facts["figures"]))
        if (row.version, row.saved_at, row.audience.value, figures) != saved:
            yield Broken(place, "they are not those saved last")


def _items(recorded: Recorded) -> Iterator[Broken]:
    """Each contact, need, offer or target is its last revision; one that was removed is gone."""
    last = recorded.last_revisions(ITEM_SAVED)
    kept = {subject for subject, entry in last.items() if not entry.facts.get("removed")}
    for subject in sorted(kept | set(recorded.items)):
        row, entry = recorded.items.get(subject), last.get(subject)
        if row is None or entry is None or subject not in kept:
            yield Broken(subject, "it was removed or added beside the history")
        elif (row.version, row.saved_at, row.saved_by_id) != (
            entry.version,
            entry.at,
            entry.actor_id,
        ):
            yield Broken(subject, "version, time or author are not the last revision's")
        elif content_of_item(named_by(subject)[0], row) != item_of_link(entry):
            yield Broken(subject, "it does not say what its last revision says")


CHECKS: tuple[Callable[[Recorded], Iterator[Broken]], ...] = (
    _links,
    _texts,
    _head,
    _status,
    _responses,
    _returns,
    _items,
    files,
    submissions,
    clarifications,
)
