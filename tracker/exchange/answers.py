"""Answers as rows: what stands in the column of progress, and the columns of the long table."""

from collections.abc import Iterator
from dataclasses import dataclass

from tracker.domain.documents import Commitment
from tracker.domain.messages import N_
from tracker.domain.progress import Absence, Audience, Progress
from tracker.domain.responses import Measure, ResponseContent
from tracker.exchange.columns import Column, Kind, adapted
from tracker.exchange.commitments import KEY, PARAGRAPH, TITLE
from tracker.exchange.content_columns import (
    AUDIENCE,
    GOOD_PRACTICE,
    LEAD_AGENCY,
    NARRATIVE,
    NARRATIVE_LANGUAGE,
    REASON,
)
from tracker.exchange.entries import NAMING, ON_TIME, PUBLISHED, SUBMITTED, Entry, entry_of
from tracker.queries.exports import ExportedAnswer

FIELD_WORDS = {
    "reason": N_("Reason"),
    "narrative": N_("Narrative"),
    "lead_agency": N_("Lead agency"),
    "measures": N_("Laws and instruments"),
}
NOTHING = ResponseContent()


def value_of(commitment: Commitment, answer: ExportedAnswer | None) -> Progress | Absence:
    """What a report says on a commitment in one word."""
    if not commitment.asks_states:
        return Absence.NOT_ASKED
    if answer is None:
        return Absence.NOT_ANSWERED
    if answer.content is None:
        return Absence.WITHHELD
    return answer.content.progress or Absence.NOT_ANSWERED


def entry_value(entry: Entry, commitment: Commitment) -> Progress | Absence:
    """The same for a State that may have no submission that is shown."""
    if entry.contents is None:
        return Absence.NOT_REPORTED if commitment.asks_states else Absence.NOT_ASKED
    return value_of(commitment, entry.contents.answers.get(commitment.key))


def joined_measures(measures: tuple[Measure, ...]) -> str:
    """Laws and instruments one a line: ``Title (2019-05) https://…``."""
    return "\n".join(measure_line(measure) for measure in measures)


def measure_line(measure: Measure) -> str:
    """One law or instrument."""
    dated = f" ({measure.adopted_on})" if measure.adopted_on else ""
    return f"{measure.title}{dated} {measure.link}".rstrip()


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """State × commitment in one cycle: an answer given, withheld or (``None``) not given."""

    entry: Entry
    commitment: Commitment
    answer: ExportedAnswer | None

    @property
    def content(self) -> ResponseContent:
        """The answer; the empty one where there is none to be read."""
        return self.shown or NOTHING

    @property
    def shown(self) -> ResponseContent | None:
        """The answer, if it may be read."""
        return self.answer.content if self.answer else None

    @property
    def struck(self) -> tuple[str, ...]:
        """The parts of which a text was struck out."""
        struck = self.answer.struck if self.answer else {}
        names = {name.split(".")[0] for name in struck}
        return tuple(word for name, word in FIELD_WORDS.items() if name in names)


def answer_lines(entry: Entry) -> Iterator[AnswerLine]:
    """Every answer that was given or is withheld, in the order of the document."""
    answers = entry.contents.answers if entry.contents else {}
    for commitment in entry.document.commitments:
        answer = answers.get(commitment.key)
        if answer and (answer.content is None or answer.content.says_something):
            yield AnswerLine(entry, commitment, answer)


def _shown(line: AnswerLine) -> ResponseContent | None:
    return line.shown


ANSWER_COLUMNS: tuple[Column[AnswerLine], ...] = (
    *(adapted(column, entry_of) for column in NAMING),
    PARAGRAPH,
    KEY,
    Column(
        "section",
        N_("Section"),
        Kind.CODE,
        9,
        lambda line: line.commitment.section,
        N_("Section of the outcome document; the sheet of commitments has its heading."),
    ),
    TITLE,
    Column(
        "progress",
        N_("Progress"),
        Kind.LABEL,
        16,
        lambda line: value_of(line.commitment, line.answer),
        N_("Progress in words, or why there is none."),
    ),
    Column(
        "progress_code",
        N_("Progress code"),
        Kind.CODE,
        17,
        lambda line: value_of(line.commitment, line.answer).value,
        N_("The same as a code, equal in all languages."),
    ),
    adapted(REASON, _shown),
    adapted(NARRATIVE, _shown),
    adapted(NARRATIVE_LANGUAGE, _shown),
    adapted(LEAD_AGENCY, _shown),
    adapted(GOOD_PRACTICE, _shown),
    Column(
        "measures",
        N_("Laws and instruments"),
        Kind.TYPED,
        40,
        lambda line: joined_measures(line.content.measures),
        N_("One a line: title, date of adoption, link."),
    ),
    Column(
        "struck_out",
        N_("Struck out"),
        Kind.LABELS,
        14,
        lambda line: line.struck,
        N_("Parts of which the secretariat struck out a text; empty where there are none."),
    ),
    adapted(AUDIENCE, _shown),
    *(adapted(column, entry_of) for column in (ON_TIME, SUBMITTED, PUBLISHED)),
)


def reader_words(audience: Audience) -> str:
    """For whom a file is, as a sentence of ours."""
    return {
        Audience.PUBLIC: N_("Everybody: only what States made public."),
        Audience.STATES: N_(
            "Signed-in States: what they and the public may read. Not to be passed on as public."
        ),
        Audience.SECRETARIAT: N_("The secretariat only. Not to be passed on."),
    }[audience]
