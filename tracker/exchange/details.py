"""The column “Details” of a report: everything a State says on one commitment, in words."""

from collections.abc import Iterator

from tracker.domain.documents import Commitment
from tracker.domain.messages import N_
from tracker.domain.progress import Absence, Audience, Progress
from tracker.domain.responses import ResponseContent
from tracker.exchange.answers import joined_measures, value_of
from tracker.exchange.words import Words
from tracker.queries.exports import ExportedAnswer

STRUCK = N_("[struck out by the secretariat: %(reason)s]")


def details(words: Words, commitment: Commitment, answer: ExportedAnswer | None) -> str:
    """Progress first, then each part that was given, as typed."""
    value = value_of(commitment, answer)
    content = answer.content if answer else None
    if answer is None or content is None or value is Absence.NOT_ASKED:
        return words.label(value)
    progress = words.label(value)
    if value is Progress.NOT_APPLICABLE and not content.reason and "reason" not in answer.struck:
        progress = words(N_("%(progress)s (no reason given)"), progress=progress)
    first = words(N_("Progress: %(progress)s"), progress=progress)
    return "\n".join((first, *_parts(words, answer, content)))


def said(words: Words, answer: ExportedAnswer | None) -> str | None:
    """The same without the progress; ``None`` where there is no answer that may be read."""
    if answer is None or answer.content is None:
        return None
    return "\n".join(_parts(words, answer, answer.content))


def _parts(words: Words, answer: ExportedAnswer, content: ResponseContent) -> Iterator[str]:
    struck = answer.struck
    if content.reason or "reason" in struck:
        yield _part(words(N_("Reason:")), content.reason, struck.get("reason"), words)
    if content.narrative or "narrative" in struck:
        yield _part(_narrative(words, content), content.narrative, struck.get("narrative"), words)
    if content.lead_agency or "lead_agency" in struck:
        agency, reason = content.lead_agency, struck.get("lead_agency")
        yield _part(words(N_("Lead agency:")), agency, reason, words)
    lost = next((r for name, r in struck.items() if name.startswith("measures.")), None)
    if content.measures or lost is not None:
        listed = joined_measures(content.measures)
        yield _part(words(N_("Laws and instruments:")), listed, lost, words, "\n")
    if content.good_practice:
        yield words(N_("Offered as a good practice."))
    if content.audience is not Audience.PUBLIC:
        yield words(N_("May be read by: %(audience)s"), audience=words.label(content.audience))


def _narrative(words: Words, content: ResponseContent) -> str:
    if not content.narrative_language:
        return words(N_("Narrative:"))
    language = words.label(content.narrative_language)
    return words(N_("Narrative (%(language)s):"), language=language)


def _part(name: str, text: str, struck: str | None, words: Words, between: str = " ") -> str:
    parts = [name, text.strip("\n") if between == "\n" else text]
    if struck is not None:
        parts.append(words(STRUCK, reason=struck))
    return between.join(part for part in parts if part)
