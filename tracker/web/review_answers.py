"""The answers of a submission as the reviewer reads them, beside the submission before."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from tracker.domain.completeness import Gap, gap_of
from tracker.domain.documents import Commitment, OutcomeDocument
from tracker.domain.history import Change, changes_between
from tracker.domain.progress import Absence, Audience
from tracker.domain.responses import ResponseContent
from tracker.queries.clarifications import ClarificationRow, list_for_report
from tracker.queries.strikes import StruckText
from tracker.queries.submissions import SubmissionRow, SubmittedResponse, responses_of_submissions


@dataclass(frozen=True, slots=True)
class Answer:
    """One commitment of a submission. ``changes`` are those since the submission before."""

    commitment: Commitment
    content: ResponseContent | None
    changes: tuple[Change, ...]
    struck: tuple[StruckText, ...]
    questions: tuple[ClarificationRow, ...]

    @property
    def value(self) -> str:
        """The progress, or why there is none."""
        if not self.commitment.asks_states:
            return Absence.NOT_ASKED
        progress = self.content.progress if self.content else None
        return progress or Absence.NOT_ANSWERED


def compare(
    session: Session,
    document: OutcomeDocument,
    submission: SubmissionRow,
    previous: SubmissionRow | None,
    struck: Mapping[int, tuple[StruckText, ...]],
) -> tuple[Answer, ...]:
    """Every commitment in the order of the document; without ``previous`` nothing is a change."""
    ids = [submission.id, *([previous.id] if previous else [])]
    now, *earlier = responses_of_submissions(session, ids).values()
    before = earlier[0] if earlier else None
    questions = list_for_report(session, submission.report_id)
    return tuple(
        Answer(
            commitment=commitment,
            content=now[commitment.key].content if commitment.key in now else None,
            changes=_changes(before, now, commitment.key),
            struck=struck.get(now[commitment.key].revision_id, ()) if commitment.key in now else (),
            questions=tuple(row for row in questions if row.key == commitment.key),
        )
        for commitment in document.commitments
    )


def _changes(
    before: Mapping[str, SubmittedResponse] | None,
    now: Mapping[str, SubmittedResponse],
    key: str,
) -> tuple[Change, ...]:
    if before is None or key not in now:
        return ()
    old = before[key].content if key in before else ResponseContent()
    return changes_between(old, now[key].content)


def counts_of(answers: Iterable[Answer]) -> dict[str, int]:
    """How many commitments that ask have which progress, or no answer."""
    return dict(Counter(a.value for a in answers if a.commitment.asks_states))


def counted_otherwise(answers: Iterable[Answer]) -> dict[str, int]:
    """What the State's own count of answers leaves out, by why, and ``counts_of`` holds."""
    asking = [a for a in answers if a.commitment.asks_states]
    gaps = Counter(gap_of(a.commitment, a.content) for a in asking)
    return {
        "may_be_left": sum(a.commitment.may_be_left for a in asking),
        "no_reason": gaps[Gap.NO_REASON],
        "no_progress": gaps[Gap.NO_PROGRESS],
    }


def audience_counts(responses: Mapping[str, SubmittedResponse]) -> dict[Audience, int]:
    """How many answers which audience may read once the submission is published."""
    said = [row.content.audience for row in responses.values() if row.content.says_something]
    return {audience: said.count(audience) for audience in Audience}
