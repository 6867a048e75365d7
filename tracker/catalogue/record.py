"""The official record of a meeting: who submitted a report, on whose behalf a
statement was made, who voted how.

``record.yaml`` beside a document holds it, State by State, in the order of the document.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Self

from pydantic import NonNegativeInt, PositiveInt, model_validator

from tracker.catalogue.reading import InEveryLanguage, StrictRow, read_whole
from tracker.catalogue.states import Iso3
from tracker.domain.documents import (
    JointStatement,
    Participation,
    ParticipationKind,
    RecordedVote,
)


class _Listed(StrictRow):
    """States that the document lists for having done the same thing."""

    kind: ClassVar[ParticipationKind]
    paragraph: PositiveInt
    states: list[Iso3]

    @model_validator(mode="after")
    def _names_nobody_twice(self) -> Self:
        _refuse_repeats(self.states)
        return self

    def participations(self) -> Iterator[Participation]:
        for iso3 in self.states:
            yield Participation(iso3, self.kind, self.paragraph)


class _Reports(_Listed):
    kind = ParticipationKind.REPORT_SUBMITTED


class _Totals(StrictRow):
    in_favour: NonNegativeInt
    against: NonNegativeInt
    abstaining: NonNegativeInt


class _Vote(StrictRow):
    paragraph: PositiveInt
    subject: InEveryLanguage
    totals: _Totals
    voted_for: list[Iso3]
    voted_against: list[Iso3]
    abstained: list[Iso3]
    intended_to_vote_for: list[Iso3]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        totals = self.totals
        for stated, listed in (
            (totals.in_favour, self.voted_for),
            (totals.against, self.voted_against),
            (totals.abstaining, self.abstained),
        ):
            if stated != len(listed):
                raise ValueError(f"{len(listed)} States are listed where the total is {stated}")
        _refuse_repeats(self.voted_for + self.voted_against + self.abstained)
        _refuse_repeats(self.intended_to_vote_for)
        return self

    def participations(self) -> Iterator[Participation]:
        for kind, codes in (
            (ParticipationKind.VOTED_FOR, self.voted_for),
            (ParticipationKind.VOTED_AGAINST, self.voted_against),
            (ParticipationKind.ABSTAINED, self.abstained),
            (ParticipationKind.INTENDED_TO_VOTE_FOR, self.intended_to_vote_for),
        ):
            for iso3 in codes:
                yield Participation(iso3, kind, self.paragraph)

    def vote(self) -> RecordedVote:
        totals = self.totals
        return RecordedVote(
            self.paragraph, self.subject, totals.in_favour, totals.against, totals.abstaining
        )


class _Statement(_Listed):
    kind = ParticipationKind.JOINED_STATEMENT
    footnote: PositiveInt
    subject: InEveryLanguage

    def statement(self) -> JointStatement:
        return JointStatement(self.paragraph, self.footnote, self.subject)


class _RecordFile(StrictRow):
    reports: list[_Reports]
    statements: list[_Statement] = []
    votes: list[_Vote]


Record = tuple[tuple[Participation, ...], tuple[RecordedVote, ...], tuple[JointStatement, ...]]


def load_record(path: Path) -> Record:
    """The record in the file, in its order; ``SeedError`` where lists and totals disagree."""
    record = read_whole(path, _RecordFile)
    participations = [entry for reports in record.reports for entry in reports.participations()]
    participations += [entry for said in record.statements for entry in said.participations()]
    participations += [entry for vote in record.votes for entry in vote.participations()]
    return (
        tuple(participations),
        tuple(vote.vote() for vote in record.votes),
        tuple(said.statement() for said in record.statements),
    )


def _refuse_repeats(codes: list[str]) -> None:
    repeated = sorted(code for code, times in Counter(codes).items() if times > 1)
    if repeated:
        raise ValueError(f"named twice: {', '.join(repeated)}")
