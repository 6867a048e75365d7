"""The page of a commitment as a file: how States stand, and the answers that may be read."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.domain.documents import Commitment, LocalisedText, OutcomeDocument
from tracker.domain.messages import N_
from tracker.domain.movement import Move
from tracker.domain.progress import Absence, Audience, Base, Distribution, Progress
from tracker.domain.responses import ResponseContent
from tracker.domain.states import Area, StateStatus
from tracker.exchange.answers import FIELD_WORDS, joined_measures
from tracker.exchange.columns import Column, Columns, Kind, adapted
from tracker.exchange.comparison_columns import MOVES, STATES_BY_VALUE, progress_or_absence
from tracker.exchange.content_columns import (
    AUDIENCE,
    GOOD_PRACTICE,
    LEAD_AGENCY,
    NARRATIVE,
    NARRATIVE_LANGUAGE,
    REASON,
)
from tracker.exchange.marks import FileKind
from tracker.exchange.page_files import Listed, PageFile
from tracker.exchange.words import Words
from tracker.queries.publications import StateAnswer

IN_VIEW = 3
NO_TEXT: LocalisedText = {}


@dataclass(frozen=True, slots=True)
class Standing:
    """The States of one cycle, or in it of one group, by what they say.

    ``moves`` are those of the States ``in_both`` cycles; ``None`` of all but the cycle chosen.
    """

    cycle: str
    area: Area | None
    distribution: Distribution
    base: Base
    moves: Counter[Move] | None = None
    in_both: int | None = None


@dataclass(frozen=True, slots=True)
class CommitmentPage:
    """What the page shows: ``states`` are the Member States in the base, ``answers`` those found.

    ``before`` is the cycle that movement is since, ``""`` if none; ``own`` are codes of States of
    which the reader reads more than others; ``codes`` is everything chosen.
    """

    document: OutcomeDocument
    commitment: Commitment
    cycle: str
    before: str
    base: Base
    standings: Sequence[Standing]
    states: Sequence[StateAnswer]
    answers: Sequence[StateAnswer]
    searched: str
    area: Area | None
    value: Progress | None
    codes: Mapping[str, Any]
    audience: Audience
    own: Sequence[str]
    demonstration: bool
    data_version: int
    address: str


def commitment_file(data: CommitmentPage, words: Words) -> PageFile:
    """The tables of the page, with what was chosen."""
    title = words.text(data.commitment.title)
    number = words(N_("Paragraph %(number)s"), number=data.commitment.paragraph)
    return PageFile(
        kind=FileKind.COMMITMENT,
        title=f"{number} · {title} · {data.cycle}",
        audience=data.audience,
        own=data.own,
        codes={
            "document": data.document.symbol,
            "paragraph": data.commitment.paragraph,
            "filters": dict(data.codes),
        },
        facts=_facts(data, words),
        rules=_RULES,
        tables=[
            Listed("standings", N_("Standings"), _standing_columns(words), data.standings, IN_VIEW),
            Listed("states", N_("States"), _STATES, data.states, IN_VIEW),
            Listed("answers", N_("Answers"), _ANSWERS, data.answers, IN_VIEW),
        ],
        demonstration=data.demonstration,
        data_version=data.data_version,
        address=data.address,
    )


_RULES = (
    N_(
        "Each Member State counts once, under the one word for what its report says on this "
        "commitment, and in its own regional group."
    ),
    N_("Movement counts only States that reported in both cycles."),
    N_("A State whose answer is withheld is named, and nothing of the answer is told."),
)


def _facts(data: CommitmentPage, words: Words) -> list[tuple[str, str]]:
    document = data.document
    facts = [
        (words(N_("Outcome document")), f"{words.text(document.title)}, {document.source}"),
        (words(N_("Reporting cycle")), data.cycle),
        (words(N_("Movement since")), data.before or words(N_("There is no earlier cycle."))),
        (words(N_("Base")), words.label(data.base)),
    ]
    if data.searched:
        facts.append((words(N_("Words in these answers, in any language")), data.searched))
    if data.area:
        facts.append((words(N_("Answers of this group alone")), words.text(data.area.name)))
    if data.value:
        facts.append((words(N_("Answers with this progress alone")), words.label(data.value)))
    return facts


def _states_of(value: str) -> Callable[[Standing], int]:
    return lambda line: line.distribution[value]


def _moved(way: Move) -> Callable[[Standing], int | None]:
    return lambda line: None if line.moves is None else line.moves[way]


def _standing_columns(words: Words) -> Columns[Standing]:
    """Every cycle over all Member States, then the groups in the cycle chosen."""
    everybody = {words.language: words(N_("All Member States"))}
    of_cycle = N_("Of the cycle chosen, over all Member States that reported in both cycles.")
    return (
        Column("cycle", N_("Cycle"), Kind.CODE, 12, lambda line: line.cycle,
               N_("Short name of the reporting cycle."), True),
        Column("code", N_("Code"), Kind.CODE, 14,
               lambda line: line.area.code if line.area else None,
               N_("Our code of a regional group; empty of all Member States."), True),
        Column("group", N_("Group"), Kind.LOCALISED, 30,
               lambda line: line.area.name if line.area else everybody,
               N_("UN regional group, or all Member States."), True),
        *(Column(f"states_{value}", header, Kind.NUMBER, 12, _states_of(value),
                 N_("Number of Member States."))
          for value, header in STATES_BY_VALUE),
        Column("base", N_("Base"), Kind.LABEL, 18, lambda line: line.base,
               N_("What the shares on the page are shares of.")),
        Column("base_size", N_("States in the base"), Kind.NUMBER, 10,
               lambda line: line.distribution.size(line.base), N_("Number of Member States.")),
        *(Column(f"moved_{way.value}", header, Kind.NUMBER, 12, _moved(way), of_cycle)
          for way, header in MOVES),
        Column("in_both", N_("States in both cycles"), Kind.NUMBER, 12,
               lambda line: line.in_both, of_cycle),
    )  # fmt: skip


def _group(answer: StateAnswer) -> LocalisedText:
    return answer.group.name if answer.group else NO_TEXT


def _standing(answer: StateAnswer) -> StateStatus:
    return StateStatus.MEMBER if answer.is_member else StateStatus.OBSERVER


_NAMING: tuple[Column[StateAnswer], ...] = (
    Column("iso3", N_("ISO code"), Kind.CODE, 9, lambda answer: answer.iso3,
           N_("State, by its ISO 3166 alpha-3 code."), True),
    Column("state", N_("State"), Kind.LOCALISED, 26, lambda answer: answer.name,
           N_("Name of the State."), True),
    Column("group", N_("Group"), Kind.LOCALISED, 24, _group,
           N_("UN regional group; empty for observer States, which stand in none.")),
)  # fmt: skip
_STATES: tuple[Column[StateAnswer], ...] = (
    *_NAMING,
    Column("progress", N_("Progress"), Kind.LABEL, 18,
           lambda answer: progress_or_absence(answer.value),
           N_("The one word under which the State counts here.")),
)  # fmt: skip


def _content(answer: StateAnswer) -> ResponseContent | None:
    return answer.content


def _progress(answer: StateAnswer) -> Progress | Absence:
    """As the page says it: its own people read what counts as withheld for others."""
    if answer.content is None:
        return progress_or_absence(answer.value)
    return answer.content.progress or Absence.NOT_ANSWERED


def _struck(answer: StateAnswer) -> tuple[str, ...]:
    names = {name.split(".")[0] for name in answer.struck}
    return tuple(word for name, word in FIELD_WORDS.items() if name in names)


def _measures(answer: StateAnswer) -> str:
    return joined_measures(answer.content.measures) if answer.content else ""


def _files(answer: StateAnswer) -> str:
    return "\n".join(file.title for file in answer.files if file.title)


_ANSWERS: tuple[Column[StateAnswer], ...] = (
    *_NAMING,
    Column("standing", N_("Standing"), Kind.LABEL, 14, _standing,
           N_("Member State, or observer State, which stands outside every base.")),
    Column("progress", N_("Progress"), Kind.LABEL, 18,
           _progress,
           N_("Progress in words, or why there is none.")),
    *(adapted(column, _content) for column in (REASON, NARRATIVE, NARRATIVE_LANGUAGE)),
    adapted(LEAD_AGENCY, _content),
    adapted(GOOD_PRACTICE, _content),
    Column("measures", N_("Laws and instruments"), Kind.TYPED, 40, _measures,
           N_("One a line: title, date of adoption, link.")),
    Column("files", N_("Files"), Kind.TYPED, 30, _files,
           N_("Titles of the files attached, one a line; the page leads to them.")),
    Column("struck_out", N_("Struck out"), Kind.LABELS, 14, _struck,
           N_("Parts of which the secretariat struck out a text; empty where there are none.")),
    adapted(AUDIENCE, _content),
    Column("submission", N_("Submission"), Kind.NUMBER, 11, lambda answer: answer.number,
           N_("Number of the submission shown.")),
    Column("is_published", N_("Published"), Kind.FLAG, 10, lambda answer: answer.is_published,
           N_("Whether the submission is published.")),
)  # fmt: skip
