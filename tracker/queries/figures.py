"""The figures of a cycle: what its Member States report on each commitment, as a reader sees it.

Submissions never change, so the list of them is read first and everything counted over that
list: the figures of one call agree even if another report is published meanwhile.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, not_, select
from sqlalchemy.orm import Session

from tracker.domain.documents import Addressee
from tracker.domain.progress import COUNT_KEYS, Absence, Audience, Distribution, Progress, total
from tracker.domain.workflow import ReportStatus
from tracker.models import (
    Commitment,
    NationalReport,
    ReportingCycle,
    Section,
    State,
    Submission,
    SubmissionResponse,
)
from tracker.policy.scopes import admitted_audiences
from tracker.queries.states import count_members, is_member


@dataclass(frozen=True, slots=True)
class CommitmentFigures:
    """Counts of Member States for one commitment that asks States."""

    key: str
    paragraph: int
    section: str
    distribution: Distribution


@dataclass(frozen=True, slots=True)
class CycleFigures:
    """Every commitment of a cycle that asks; ``reporting`` is the base of that name in States."""

    members: int
    reporting: int
    commitments: tuple[CommitmentFigures, ...]

    @property
    def whole(self) -> Distribution:
        """Pairs State × commitment over all commitments."""
        return total([c.distribution for c in self.commitments])


def basis_submissions(cycle_id: int, audience: Audience) -> Select[int, int]:
    """State and submission that count for a reader of this level, one a reporting Member State."""
    return shown_submissions(cycle_id, audience).where(is_member())


def shown_submissions(cycle_id: int, audience: Audience) -> Select[int, int]:
    """State and submission that a reader of this level is shown, one a reporting State.

    For the secretariat the latest submission not withdrawn, for others the published one.
    Observer States are among them.
    """
    return shown_in_cycles([cycle_id], audience)


def shown_in_cycles(cycle_ids: Collection[int], audience: Audience) -> Select[int, int]:
    """The same in several cycles: one row for each cycle in which the State reported."""
    query = (
        select(NationalReport.state_id, Submission.id)
        .join(Submission, Submission.report_id == NationalReport.id)
        .join(State, NationalReport.state_id == State.id)
        .where(NationalReport.cycle_id.in_(cycle_ids))
        .order_by(NationalReport.state_id)
    )
    if audience is not Audience.SECRETARIAT:
        return query.where(Submission.published_at.is_not(None), Submission.superseded_at.is_(None))
    latest = (
        select(Submission.report_id, func.max(Submission.number).label("number"))
        .where(Submission.withdrawn_at.is_(None))
        .group_by(Submission.report_id)
        .subquery()
    )
    return query.join(
        latest,
        (latest.c.report_id == Submission.report_id) & (latest.c.number == Submission.number),
    )


def value_key(progress: Progress | None, content: Audience, reader: Audience) -> str:
    """The one of ``COUNT_KEYS`` under which a submitted answer counts for this reader."""
    if not reader.admits(content):
        return Absence.WITHHELD.value
    return progress.value if progress else Absence.NOT_ANSWERED.value


def figures_of_cycle(session: Session, *, cycle_id: int, audience: Audience) -> CycleFigures:
    """The distribution of every commitment that asks, in the order of the document."""
    basis = session.execute(basis_submissions(cycle_id, audience))
    submissions = [submission_id for _, submission_id in basis]
    members = count_members(session)
    asked = session.execute(
        select(Commitment.id, Commitment.key, Commitment.paragraph, Section.code)
        .join(ReportingCycle, ReportingCycle.document_id == Commitment.document_id)
        .join(Section, Commitment.section_id == Section.id)
        .where(ReportingCycle.id == cycle_id, Commitment.addressee != Addressee.SECRETARIAT)
        .order_by(Commitment.paragraph)
    ).all()
    counted = _counted(session, [row[0] for row in asked], submissions, audience)
    return CycleFigures(
        members,
        len(submissions),
        tuple(
            CommitmentFigures(
                key,
                paragraph,
                section,
                _distribution(counted.get(commitment_id, {}), len(submissions), members),
            )
            for commitment_id, key, paragraph, section in asked
        ),
    )


def _counted(
    session: Session, commitments: Sequence[int], submissions: Sequence[int], audience: Audience
) -> dict[int, dict[str, int]]:
    """By commitment, how many of these submissions give each progress or withhold the answer.

    Both lists are in the condition so that the covering index alone answers.
    """
    readable = SubmissionResponse.audience.in_(admitted_audiences(audience))
    rows = session.execute(
        select(
            SubmissionResponse.commitment_id,
            func.count().filter(not_(readable)),
            *(
                func.count().filter(readable, SubmissionResponse.progress == progress)
                for progress in Progress
            ),
        )
        .where(
            SubmissionResponse.commitment_id.in_(commitments),
            SubmissionResponse.submission_id.in_(submissions),
        )
        .group_by(SubmissionResponse.commitment_id)
        .order_by(SubmissionResponse.commitment_id)
    )
    keys = (Absence.WITHHELD.value, *(progress.value for progress in Progress))
    return {row[0]: dict(zip(keys, row[1:], strict=True)) for row in rows}


def _distribution(counts: dict[str, int], reporting: int, members: int) -> Distribution:
    """All eight counts; whoever reported and stands in none of ``counts`` gave no progress."""
    found = dict.fromkeys(COUNT_KEYS, 0) | counts
    found[Absence.NOT_ANSWERED.value] = reporting - sum(found.values())
    found[Absence.NOT_REPORTED.value] = members - reporting
    return Distribution(found)


def count_published(session: Session) -> dict[int, int]:
    """How many Member States have a published report, by cycle id; cycles without are left out."""
    rows = session.execute(
        select(NationalReport.cycle_id, func.count(func.distinct(NationalReport.id)))
        .join(Submission, Submission.report_id == NationalReport.id)
        .join(State, NationalReport.state_id == State.id)
        .where(Submission.published_at.is_not(None), is_member())
        .group_by(NationalReport.cycle_id)
        .order_by(NationalReport.cycle_id)
    )
    return {cycle_id: number for cycle_id, number in rows}


def count_unpublished(session: Session, cycle_id: int) -> dict[ReportStatus, int]:
    """For the secretariat: reports of Member States by the status they have before publication.

    A published report that its State reopened counts here as what it is now, and among the
    published ones too.
    """
    rows = session.execute(
        select(NationalReport.status, func.count())
        .join(State, NationalReport.state_id == State.id)
        .where(NationalReport.cycle_id == cycle_id, is_member())
        .group_by(NationalReport.status)
        .order_by(NationalReport.status)
    )
    found = {status: number for status, number in rows}
    return {
        status: found.get(status, 0)
        for status in ReportStatus
        if status is not ReportStatus.PUBLISHED
    }
