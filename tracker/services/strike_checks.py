"""Whether a strike may be, and what it would take: checked and looked up before anything goes."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.errors import Invalid, NotFound, Problem, WrongStatus
from tracker.domain.roles import Actor
from tracker.domain.struck import Word, in_spaced_script, occurs, place_of, text_of
from tracker.domain.values import SHORT_TEXT, parse_text
from tracker.models import ChainEntry, ChainText, ImportPlan, NationalReport, State
from tracker.models.readers import EVERYTHING, reading_as
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.queries.strikes import copies_of
from tracker.services.reports import locked_report
from tracker.services.strike_places import Held, holders

FEWEST_LETTERS, FEWEST_SIGNS = 3, 2  # of words that are looked for; names in Chinese have two


@dataclass(frozen=True, slots=True)
class Going:
    """One text that a strike would take out of a submission, in words of ours, and itself."""

    cycle: str
    place: tuple[Word, ...]
    text: str


def going(
    session: Session, *, actor: Actor, entry_id: int, field: str, reason: str, named: str
) -> tuple[Going, ...]:
    """What ``strike`` would take out of submissions; refuses what it refuses, writes nothing.

    What goes from drafts and histories is told to nobody: it is the State's own.
    """
    reason = checked_reason(actor, reason)
    with reading_as(session, EVERYTHING):
        entry = link_of(session, entry_id)
        reports = reports_of_state(session, entry.report_id)  # locked: what is shown is what goes
        cycles = {key: report.cycle.slug for key, report in reports.items()}
        found = texts_to_go(session, entry, field, reason, named.strip(), tuple(cycles))
        links = select(ChainEntry.id).where(ChainEntry.report_id.in_(cycles))
        submitted = set(session.scalars(copies_of(links)))
        every = (
            Going(
                cycles[holder.report_id],
                (*place_of(holder.subject, holder.facts), text_of(holder.subject, same.field)),
                same.value or "",
            )
            for holder, same in found
            if holder.id in submitted
        )
        return tuple(dict.fromkeys(every))


def checked_reason(actor: Actor, reason: str) -> str:
    """The reason of whoever may strike out; ``Invalid`` without one."""
    authorise(actor, Action.TEXT_STRIKE)
    reason = parse_text(reason, place="reason")
    if not reason:
        raise Invalid(Problem("reason-needed", "reason"))
    return reason


def link_of(session: Session, entry_id: int) -> ChainEntry:
    """The link of the chain that holds the text; ``NotFound`` for none."""
    entry = session.get(ChainEntry, entry_id)
    if entry is None:
        raise NotFound(Problem("not-found"))
    return entry


def reports_of_state(session: Session, report_id: int) -> dict[int, NationalReport]:
    """Every report of the State that made this one, by id: locked in one order, so that two
    strikes never wait for each other. The State is locked before, so that none is opened meanwhile.
    """
    state_id = session.get_one(NationalReport, report_id).state_id
    plans = select(ImportPlan.id).filter_by(state_id=state_id).order_by(ImportPlan.id)
    session.execute(plans.with_for_update())  # who applies one locks it before the report
    session.get_one(State, state_id, with_for_update={"key_share": True})
    ids = session.scalars(
        select(NationalReport.id).filter_by(state_id=state_id).order_by(NationalReport.id)
    )
    return {found: locked_report(session, found) for found in ids.all()}


def texts_to_go(
    session: Session,
    entry: ChainEntry,
    field: str,
    reason: str,
    named: str,
    reports: tuple[int, ...],
) -> Held:
    """Every text that goes with this one, where it may be struck out for this reason."""
    text = _standing_text(session, entry, field)
    _check_words(text.value or "", named, reason)
    return holders(session, entry, text, reports, named)


def _check_words(text: str, named: str, reason: str) -> None:
    """``Invalid`` for words that the text does not hold, and for a reason that repeats them."""
    parse_text(named, place="named", limit=SHORT_TEXT)
    if named and _is_short(named):
        raise Invalid(Problem("words-too-short", "named", {"least": _least(named)}))
    if named and not occurs(named, text):
        raise Invalid(Problem("words-not-there", "named"))
    if any(occurs(words, reason) and not _is_short(words) for words in (text, named)):
        raise Invalid(Problem("reason-repeats", "reason"))


def _least(words: str) -> int:
    return FEWEST_LETTERS if in_spaced_script(words) else FEWEST_SIGNS


def _is_short(words: str) -> bool:
    """Whether they stand everywhere and say nothing of whom they are about."""
    return sum(sign.isalnum() for sign in words) < _least(words)


def _standing_text(session: Session, entry: ChainEntry, field: str) -> ChainText:
    texts = session.scalars(
        select(ChainText)
        .where(ChainText.entry_id == entry.id)
        .execution_options(populate_existing=True)
    )
    text = next((text for text in texts if text.field == field), None)
    if text is None:
        raise NotFound(Problem("not-found"))
    if text.struck_at is not None:
        raise WrongStatus(Problem("already-struck"))
    return text
