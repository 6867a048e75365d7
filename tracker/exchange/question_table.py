"""Clarifications as a long table, for the secretariat only."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tracker.domain.documents import Commitment
from tracker.domain.messages import N_
from tracker.exchange.columns import Column, Kind, adapted
from tracker.exchange.commitments import PARAGRAPH, TITLE
from tracker.exchange.entries import NAMING, Entry, entry_of
from tracker.queries.compiled import AskedQuestion, CompiledExport


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One question with the reply, if there is one."""

    entry: Entry
    commitment: Commitment
    asked: AskedQuestion


def question_lines(data: CompiledExport) -> Callable[[Entry], Iterator[QuestionLine]]:
    """From a State in a cycle to the questions that it was asked."""
    commitments = {commitment.key: commitment for commitment in data.document.commitments}
    questions: dict[tuple[str, str], list[AskedQuestion]] = defaultdict(list)
    for asked in data.questions:
        questions[asked.iso3, asked.cycle_slug].append(asked)

    def lines(entry: Entry) -> Iterator[QuestionLine]:
        for asked in questions.get((entry.state.iso3, entry.cycle_slug), ()):
            yield QuestionLine(entry, commitments[asked.key], asked)

    return lines


QUESTION_COLUMNS: tuple[Column[QuestionLine], ...] = (
    *(adapted(column, entry_of) for column in NAMING),
    PARAGRAPH,
    TITLE,
    Column(
        "asked_on_submission",
        N_("Asked on submission"),
        Kind.NUMBER,
        11,
        lambda line: line.asked.submission,
        N_("Number of the submission on which it was asked; it may be an earlier one."),
    ),
    Column(
        "asked_at",
        N_("Asked"),
        Kind.INSTANT,
        16,
        lambda line: line.asked.asked_at,
        N_("When the secretariat asked."),
    ),
    Column(
        "question",
        N_("Question"),
        Kind.TYPED,
        60,
        lambda line: line.asked.question,
        N_("What the secretariat asked, as typed; empty where it was struck out."),
    ),
    Column(
        "replied",
        N_("Reply given"),
        Kind.FLAG,
        10,
        lambda line: line.asked.replied_at is not None,
        N_("Whether the State has replied."),
    ),
    Column(
        "replied_at",
        N_("Replied"),
        Kind.INSTANT,
        16,
        lambda line: line.asked.replied_at,
        N_("When the State replied; empty while it has not."),
    ),
    Column(
        "reply",
        N_("Reply"),
        Kind.TYPED,
        60,
        lambda line: line.asked.reply,
        N_(
            "What the State replied, as typed; empty while it has not, and where it was struck out."
        ),
    ),
    Column(
        "withdrawn_at",
        N_("Withdrawn"),
        Kind.INSTANT,
        16,
        lambda line: line.asked.withdrawn_at,
        N_("When the secretariat withdrew the question, which then needs no reply; else empty."),
    ),
)
