"""The official record of a meeting, read from the French text of its report.

Sentences are found by their wording, never by paragraph number: the list of States that
submitted reports, the footnote that names on whose behalf a statement was made, recorded votes
with the totals stated, and the footnotes in which delegations said afterwards how they had
intended to vote.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tracker.catalogue.names import StateNames
from tracker.catalogue.outcome_text import ANNEX, NUMBER
from tracker.catalogue.text_layout import Block, Footnote, join_lines, read_layout
from tracker.domain.documents import (
    JointStatement,
    Participation,
    ParticipationKind,
    RecordedVote,
)
from tracker.domain.states import State

Record = tuple[tuple[Participation, ...], tuple[RecordedVote, ...], tuple[JointStatement, ...]]

REPORTS = re.compile(
    r"États ci ?-après ont présenté [^:]*\brapports nationaux [^:]*:\s*([^:]+?)\.(?=\s|$)"
)
TOTALS = re.compile(
    r"vote enregistré.*?(?P<in_favour>\w+) voix contre (?P<against>\w+)"
    r"(?:, avec (?P<abstaining>\w+) abstentions?)?"
)
BALLOT = re.compile(r"(Ont voté pour|Ont voté contre|Se sont abstenus)\s*:\s*([^:]+?)\.(?=\s|$)")
NOTE_MARK = re.compile(r"réparties comme suit\s*(\d+)\s*:")
INTENTION = re.compile(
    r"délégations? (?P<names>.+?) (?:a|ont) indiqué .*?"
    r"(?:avait|avaient) eu l[’']intention de voter pour\b"
)
STATEMENT = re.compile(
    r"(?:^|(?<=\. ))(?P<sentence>[^.]*représentants (?P<speaker>d[^,.]+?) "
    r"\(au nom de plusieurs États\))\s*(?P<note>\d+)"
)
KINDS = {
    "Ont voté pour": ParticipationKind.VOTED_FOR,
    "Ont voté contre": ParticipationKind.VOTED_AGAINST,
    "Se sont abstenus": ParticipationKind.ABSTAINED,
}
BALLOTS = tuple(KINDS.values())
WORDS = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")


class RecordError(ValueError):
    """The text says something about reports or votes that does not hold together."""


@dataclass
class _Paragraph:
    number: int
    opening: str
    text: str = field(init=False)

    def __post_init__(self) -> None:
        self.text = self.opening


def read_record(source_text: str, states: Iterable[State]) -> Record:
    """The record in a whole document; see ``parse_record``."""
    blocks, notes = read_layout(source_text)
    return parse_record(blocks, notes, states)


def parse_record(
    blocks: Iterable[Block], notes: Sequence[Footnote], states: Iterable[State]
) -> Record:
    """Who did what, in the order of the document, the votes with the totals it states, statements.

    The subject of a vote is the sentence that states its totals, that of a statement the
    sentence up to the mark of its footnote. ``UnknownStateName`` for a
    name that is no State's; ``RecordError`` where lists and totals disagree.
    """
    names = StateNames(states)
    participations: list[Participation] = []
    votes: list[RecordedVote] = []
    statements: list[JointStatement] = []
    for paragraph in _report_paragraphs(blocks):
        submitted = REPORTS.search(paragraph.text)
        if submitted:
            kind = ParticipationKind.REPORT_SUBMITTED
            participations += _entries(paragraph, kind, names.read_list(submitted[1]))
        said = _statement(paragraph)
        if said:
            statements.append(said)
            participations += _joined(paragraph, said, notes, names)
        vote = _vote(paragraph)
        if vote:
            votes.append(vote)
            participations += _ballots(paragraph, vote, names)
            participations += _intentions(paragraph, notes, names)
    return tuple(participations), tuple(votes), tuple(statements)


def _report_paragraphs(blocks: Iterable[Block]) -> Iterator[_Paragraph]:
    """The report's own numbered paragraphs, with what stands under each, up to the annex.

    Read from the blocks, which still hold the marks that lead from a vote to its footnote.
    """
    current: _Paragraph | None = None
    for block in blocks:
        if ANNEX.match(block.text):
            break
        start = None if block.indented else NUMBER.match(block.text)
        if start and int(start[1]) == (current.number + 1 if current else 1):
            if current:
                yield current
            current = _Paragraph(int(start[1]), block.text[start.end() :])
        elif current:
            current.text = join_lines(current.text, block.text)
    if current:
        yield current


def _vote(paragraph: _Paragraph) -> RecordedVote | None:
    stated = TOTALS.search(paragraph.text)
    if not stated:
        return None
    totals = {name: _number(word) for name, word in stated.groupdict(default="zéro").items()}
    return RecordedVote(paragraph.number, {"fr": paragraph.opening}, **totals)


def _number(word: str) -> int:
    if word.isdecimal():
        return int(word)
    if word not in WORDS:
        raise RecordError(f"not a number of votes: {word!r}")
    return WORDS.index(word)


def _entries(
    paragraph: _Paragraph, kind: ParticipationKind, codes: Sequence[str]
) -> list[Participation]:
    repeated = sorted({code for code in codes if codes.count(code) > 1})
    if repeated:
        raise RecordError(f"paragraph {paragraph.number} names twice: {', '.join(repeated)}")
    return [Participation(code, kind, paragraph.number) for code in codes]


def _ballots(paragraph: _Paragraph, vote: RecordedVote, names: StateNames) -> list[Participation]:
    lists = {KINDS[title]: names.read_list(text) for title, text in BALLOT.findall(paragraph.text)}
    listed = tuple(len(lists.get(kind, ())) for kind in BALLOTS)
    stated = (vote.in_favour, vote.against, vote.abstaining)
    if listed != stated:
        raise RecordError(
            f"paragraph {paragraph.number}: {listed} States are listed as for, against and "
            f"abstaining, where the text counts {stated}"
        )
    everybody = [code for kind in BALLOTS for code in lists.get(kind, ())]
    _entries(paragraph, ParticipationKind.VOTED_FOR, everybody)  # nobody votes twice
    return [entry for kind in lists for entry in _entries(paragraph, kind, lists[kind])]


def _statement(paragraph: _Paragraph) -> JointStatement | None:
    found = STATEMENT.search(paragraph.text)
    if not found:
        return None
    return JointStatement(paragraph.number, int(found["note"]), {"fr": found["sentence"]})


def _joined(
    paragraph: _Paragraph, said: JointStatement, notes: Sequence[Footnote], names: StateNames
) -> list[Participation]:
    """Those whom the footnote names; whoever spoke has to be among them."""
    text = next((note.text for note in notes if note.number == said.footnote), "")
    if not text:
        raise RecordError(f"paragraph {paragraph.number}: cannot read its footnote {said.footnote}")
    codes = names.read_list(text)
    found = STATEMENT.search(paragraph.text)
    speaker = names.require(found["speaker"]) if found else ""
    if speaker not in codes:
        raise RecordError(
            f"paragraph {paragraph.number}: {speaker} speaks for States among which its footnote "
            f"{said.footnote} does not name it"
        )
    return _entries(paragraph, ParticipationKind.JOINED_STATEMENT, codes)


def _intentions(
    paragraph: _Paragraph, notes: Sequence[Footnote], names: StateNames
) -> list[Participation]:
    mark = NOTE_MARK.search(paragraph.text)
    if not mark:
        return []
    text = next((note.text for note in notes if note.number == int(mark[1])), "")
    said = INTENTION.search(text)
    if not said:
        raise RecordError(f"paragraph {paragraph.number}: cannot read its footnote {mark[1]}")
    codes = names.read_list(said["names"])
    return _entries(paragraph, ParticipationKind.INTENDED_TO_VOTE_FOR, codes)
