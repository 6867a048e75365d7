"""Striking out a text: the words go, their digest, the reason and the place stay."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.domain.clock import Clock
from tracker.domain.items import facts_of, item_from, texts_of
from tracker.domain.mail import MailKind
from tracker.domain.responses import content_from
from tracker.domain.roles import Actor
from tracker.domain.struck import Word, place_of, text_of
from tracker.models import (
    ChainEntry,
    ChainText,
    Commitment,
    ImportPlan,
    Membership,
    NationalReport,
    Response,
    SaveKey,
)
from tracker.models.readers import EVERYTHING, reading_as
from tracker.queries.evidence import FILE_SAVED
from tracker.queries.items import ITEM_SAVED, WORKING, content_of_item, named_by
from tracker.queries.responses import content_of_row
from tracker.queries.strikes import STRIKE, TEXT_STRUCK
from tracker.queries.struck_texts import TITLE
from tracker.services import chain
from tracker.services.documents import touch
from tracker.services.exports import withdraw_files
from tracker.services.items import record_item
from tracker.services.mail import tell_state
from tracker.services.responses import record_revision
from tracker.services.strike_checks import (
    checked_reason,
    link_of,
    reports_of_state,
    texts_to_go,
)
from tracker.services.strike_copies import empty_copies
from tracker.services.strike_places import Held, Words, words_of


def strike(
    session: Session,
    *,
    actor: Actor,
    entry_id: int,
    field: str,
    reason: str,
    clock: Clock,
    named: str = "",
) -> tuple[str, ...]:
    """Empty one text of a link of the chain, and every copy that was made of it.

    ``field`` is named as in ``ChainText``: ``narrative``, ``measures.0.title`` and so on. Where
    other revisions of the same answer or item hold the same words there, in any report of the
    State, these go too, and with them earlier wordings that were never submitted and all texts
    there in which the words ``named`` occur. Where a working copy held them, it gets a new version:
    an older page cannot bring them back. Returns the slugs of the cycles in which something that
    was submitted lost words; the State gets one letter about all.
    ``Invalid`` without a reason, for one that repeats the words and for words that do not occur in
    the text, ``NotFound`` where there is no such text, ``WrongStatus`` where it was struck out
    before. The chain still verifies: links hold digests only.
    """
    reason = checked_reason(actor, reason)
    with reading_as(session, EVERYTHING):  # the words also go from working copy and revisions
        return _strike(session, actor, entry_id, field, reason, named.strip(), clock)


def _strike(
    session: Session,
    actor: Actor,
    entry_id: int,
    field: str,
    reason: str,
    named: str,
    clock: Clock,
) -> tuple[str, ...]:
    entry = link_of(session, entry_id)
    reports, now = reports_of_state(session, entry.report_id), clock()
    held: dict[tuple[int, str], list[Words]] = defaultdict(list)
    found = texts_to_go(session, entry, field, reason, named, tuple(reports))
    for holder, same in found:
        held[holder.report_id, holder.subject].append(words_of(holder, same))
    for _, same in found:
        same.value, same.struck_at, same.struck_reason = None, now, reason
        same.struck_by_id = actor.user_id
    session.flush()  # the database lets a copy be emptied only where its text is struck out
    shown = {entry.report_id}
    for holder, same in found:
        if _empty_copies(session, actor, reports[holder.report_id], holder, same, reason, now):
            shown.add(holder.report_id)
    for (report_id, subject), words in held.items() if entry.kind in _EMPTY_NOW else ():
        _EMPTY_NOW[entry.kind](session, actor, reports[report_id], subject, words, now)
    touch(session)
    held_in = {report_id for report_id, _ in held}
    touched = [report for key, report in reports.items() if key in held_in]
    for report_id in sorted(shown):  # a draft stands in no file
        withdraw_files(session, report=reports[report_id], now=now)
    _forget_sent(session, reports[entry.report_id].state_id)
    session.flush()
    cycles = tuple(report.cycle.slug for report in touched)
    tell_state(
        session,
        kind=MailKind.TEXT_STRUCK,
        report=reports[entry.report_id],
        at=now,
        facts={
            "cycles": cycles,
            "place": _places(entry, found),
            "fields": _told(found, field),
            "file": entry.kind == FILE_SAVED and field == TITLE,
            "reason": reason,
        },
    )
    return tuple(report.cycle.slug for report in touched if report.id in shown)


def _places(entry: ChainEntry, found: Held) -> list[Word]:
    """Where it stood; of a file, everywhere it was attached."""
    links = [link for link, _ in found] if entry.kind == FILE_SAVED else [entry]
    return list(dict.fromkeys(word for one in links for word in place_of(one.subject, one.facts)))


def _told(found: Held, field: str) -> list[Word]:
    """Which texts went, each once; a file that goes takes its name along and is told alone."""
    names = [(link.subject, text.field) for link, text in found]
    told = [(subject, name) for subject, name in names if field != TITLE or name == field]
    return list(dict.fromkeys(text_of(subject, name) for subject, name in told))


def _empty_copies(
    session: Session,
    actor: Actor,
    report: NationalReport,
    holder: ChainEntry,
    text: ChainText,
    reason: str,
    now: datetime,
) -> bool:
    """Take the words out of what was copied from one link, and record that they are gone.

    Gives whether a submission held them.
    """
    was_submitted = empty_copies(session, report, holder, text.field)
    chain.append(
        session,
        report=report,
        actor=actor,
        kind=TEXT_STRUCK,
        at=now,
        subject=holder.subject,
        facts={"seq": holder.seq, "field": text.field},
        texts={"reason": reason},
    )
    return was_submitted


def _forget_sent(session: Session, state_id: int) -> None:
    """What the State sent and is kept for a day, for any of its reports, may hold the words too.

    Workbooks are sent again. A save sent again is not told "saved" of words that are gone.
    """
    session.execute(delete(ImportPlan).where(ImportPlan.state_id == state_id))
    people = select(Membership.user_id).where(Membership.state_id == state_id)
    session.execute(delete(SaveKey).where(SaveKey.user_id.in_(people)))


def _empty_in_working_copy(
    session: Session,
    actor: Actor,
    report: NationalReport,
    key: str,
    gone: Sequence[Words],
    now: datetime,
) -> None:
    """Record the answer without the words as its next version, where it holds them now."""
    row = session.scalars(
        select(Response)
        .join(Commitment, Response.commitment_id == Commitment.id)
        .where(Response.report_id == report.id, Commitment.key == key)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return
    content = content_of_row(row)
    texts = content.texts()
    left = {
        name: text
        for name, text in texts.items()
        if not any(text == words.value and words.stand_in(name, texts) for words in gone)
    }
    if left != texts:
        content = content_from(content.facts(), left)
        record_revision(session, actor, report, key, row, content, now, STRIKE)


def _empty_in_working_item(
    session: Session,
    actor: Actor,
    report: NationalReport,
    subject: str,
    gone: Sequence[Words],
    now: datetime,
) -> None:
    """The same for a contact, a need, an offer or a target; the row stands without the text."""
    part, item_id = named_by(subject)
    table = WORKING[part]
    row = session.scalars(
        select(table).where(table.public_id == item_id).execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return
    content = content_of_item(part, row)
    texts = texts_of(content)
    empty = {words.field: "" for words in gone if texts.get(words.field) == words.value}
    if empty:
        left = item_from(part, facts_of(content), texts | empty)
        record_item(session, actor, report, part, item_id, row, left, now, STRIKE)


_EMPTY_NOW: Mapping[str, Callable[..., None]] = {
    "response-saved": _empty_in_working_copy,
    ITEM_SAVED: _empty_in_working_item,
}
"""By kind of link what empties a text where the working copy holds it now."""
