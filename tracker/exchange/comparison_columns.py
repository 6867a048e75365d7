"""What stands side by side on the page as rows: one for each State or group and commitment."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.domain.assistance import Assistance, Direction
from tracker.domain.comparison import (
    Cell,
    Column,
    GroupCell,
    LastKnown,
    Row,
    Source,
    StateCell,
    StateColumn,
)
from tracker.domain.documents import Commitment
from tracker.domain.messages import N_
from tracker.domain.movement import Move
from tracker.domain.progress import Absence, Base, Progress
from tracker.domain.responses import ResponseContent
from tracker.exchange import columns
from tracker.exchange.answers import joined_measures
from tracker.exchange.columns import Kind, adapted
from tracker.exchange.commitments import KEY, PARAGRAPH, TITLE
from tracker.exchange.content_columns import (
    AUDIENCE,
    GOOD_PRACTICE,
    LEAD_AGENCY,
    NARRATIVE,
    NARRATIVE_LANGUAGE,
    REASON,
)
from tracker.exchange.item_columns import ASSISTANCE_COLUMNS
from tracker.exchange.words import Words


@dataclass(frozen=True, slots=True)
class ComparisonLine:
    """One column of the comparison on one commitment; ``cycle`` is the one compared."""

    cycle: str
    column: Column
    commitment: Commitment
    cell: Cell
    words: Words

    @property
    def state(self) -> StateCell | None:
        """What one State says."""
        return self.cell if isinstance(self.cell, StateCell) else None

    @property
    def group(self) -> GroupCell | None:
        """What the States of a group say."""
        return self.cell if isinstance(self.cell, GroupCell) else None

    @property
    def content(self) -> ResponseContent | None:
        """The answer of a State, if it may be read."""
        return self.state.content if self.state else None

    @property
    def source(self) -> Source | None:
        """The submission of a State."""
        return self.state.source if self.state else None

    @property
    def last(self) -> LastKnown | None:
        """What a State said last that did not report."""
        return self.state.last_known if self.state else None


@dataclass(frozen=True, slots=True)
class AssistanceLine:
    """One need or offer that a State compared ties to a commitment shown."""

    line: ComparisonLine
    item: Assistance


def assistance_lines(lines: Iterable[ComparisonLine]) -> Iterator[AssistanceLine]:
    """What the columns of needs and offers tell in a sentence, one by one."""
    for line in lines:
        for item in line.state.assistance if line.state else ():
            yield AssistanceLine(line, item)


def comparison_lines(
    cycle: str, compared: Sequence[Column], rows: Sequence[Row], words: Words
) -> Iterator[ComparisonLine]:
    """Commitment by commitment, each with all that is compared, in the order of the page."""
    for row in rows:
        for column, cell in zip(compared, row.cells, strict=True):
            yield ComparisonLine(cycle, column, row.commitment, cell, words)


def _value(line: ComparisonLine) -> Progress | Absence | None:
    return progress_or_absence(line.state.value) if line.state else None


def progress_or_absence(value: str) -> Progress | Absence:
    """The member for the word that a pair counts under."""
    return Progress(value) if value in set(Progress) else Absence(value)


def _of_state(line: ComparisonLine) -> ResponseContent | None:
    return line.content


def _of_source(name: str) -> Callable[[ComparisonLine], Any]:
    return lambda line: getattr(line.source, name) if line.source else None


def _assistance(direction: Direction) -> Callable[[ComparisonLine], str]:
    def value(line: ComparisonLine) -> str:
        items = line.state.assistance if line.state else ()
        return "\n".join(assistance_line(i, line.words) for i in items if i.direction is direction)

    return value


def assistance_line(item: Assistance, words: Words, description: str | None = None) -> str:
    """``Marking · Equipment · Agreed: Two machines. (50000 USD)``; or with another description."""
    named = " · ".join(words.label(word) for word in (item.theme, item.kind, item.status) if word)
    amount = f" ({item.amount} {item.currency})" if item.amount is not None else ""
    return f"{words.named(named, item.description if description is None else description)}{amount}"


def _of_last(value: Callable[[LastKnown], Any]) -> Callable[[ComparisonLine], Any]:
    return lambda line: value(line.last) if line.last else None


def _last_text(last: LastKnown, name: str) -> Any:
    return getattr(last.said.content, name) or None if last.said.content else None


def _count(value: str) -> Callable[[ComparisonLine], int | None]:
    return lambda line: line.group.distribution[value] if line.group else None


def _moved(way: Move) -> Callable[[ComparisonLine], int | None]:
    def value(line: ComparisonLine) -> int | None:
        moves = line.group.moves if line.group else None
        return None if moves is None else moves[way]

    return value


def _in_both(line: ComparisonLine) -> int | None:
    return line.group.in_both if line.group and line.group.moves is not None else None


def _base(line: ComparisonLine) -> Base | None:
    return line.group.base if line.group else None


def _size(line: ComparisonLine) -> int | None:
    return line.group.size if line.group else None


ABSENT = N_("Empty for groups, and where the State wrote nothing or its answer is withheld.")
LAST = N_("Only of a State that did not report in the cycle; it counts nowhere.")
OF_GROUPS = N_("Only of groups: number of its Member States.")
_Line = columns.Column
_NAMING: tuple[columns.Column[ComparisonLine], ...] = (
    PARAGRAPH,
    _Line("code", N_("Code"), Kind.CODE, 12, lambda line: line.column.code,
          N_("ISO 3166 alpha-3 code of a State; our code or the M49 code of a group."), True),
    _Line("name", N_("State or group"), Kind.LOCALISED, 26, lambda line: line.column.name,
          N_("What is compared."), True),
    _Line("standing", N_("Standing"), Kind.LABEL, 14,
          lambda line: line.column.state.status if isinstance(line.column, StateColumn) else None,
          N_("Member State, or observer State, which stands outside every base; empty of groups.")),
    _Line("cycle", N_("Cycle"), Kind.CODE, 12, lambda line: line.cycle,
          N_("Short name of the reporting cycle.")),
    KEY,
    _Line("section", N_("Section"), Kind.CODE, 9, lambda line: line.commitment.section,
          N_("Section of the outcome document.")),
    TITLE,
)  # fmt: skip
_STATES: tuple[columns.Column[ComparisonLine], ...] = (
    _Line("progress", N_("Progress"), Kind.LABEL, 18, _value,
          N_("Progress of a State in words, or why there is none; empty of groups.")),
    _Line("progress_code", N_("Progress code"), Kind.CODE, 17,
          lambda line: line.state.value if line.state else None,
          N_("The same as a code, equal in all languages.")),
    _Line("movement", N_("Movement"), Kind.LABEL, 18,
          lambda line: line.state.move if line.state else None,
          N_("Of a State, since the cycle compared with; empty where there is no such cycle, for "
             "a State that did not report in both, and for what is asked of no State.")),
    *(adapted(column, _of_state) for column in (REASON, NARRATIVE, NARRATIVE_LANGUAGE)),
    adapted(LEAD_AGENCY, _of_state),
    adapted(GOOD_PRACTICE, _of_state),
    _Line("measures", N_("Laws and instruments"), Kind.TYPED, 40,
          lambda line: joined_measures(line.content.measures) if line.content else None,
          N_("One a line: title, date of adoption, link.")),
    _Line("needed", N_("Assistance needed"), Kind.TYPED, 34, _assistance(Direction.NEEDED),
          N_("Needs that the State ties to the commitment, one a line.")),
    _Line("offered", N_("Assistance offered"), Kind.TYPED, 34, _assistance(Direction.OFFERED),
          N_("Offers that the State ties to the commitment, one a line.")),
    _Line("struck_out", N_("Struck out"), Kind.FLAG, 10,
          lambda line: line.state.said.is_struck if line.state and line.state.said else None,
          N_("Whether the secretariat struck out a text of the answer.")),
    adapted(AUDIENCE, _of_state),
    _Line("submission", N_("Submission"), Kind.NUMBER, 11, _of_source("number"), ABSENT),
    _Line("submitted_at", N_("Submitted"), Kind.INSTANT, 16, _of_source("submitted_at"),
          N_("When the submission was made.")),
    _Line("published_at", N_("Published"), Kind.INSTANT, 16, _of_source("published_at"),
          N_("When the submission was published; empty while it is not.")),
    _Line("last_cycle", N_("Last known: cycle"), Kind.CODE, 12,
          _of_last(lambda last: last.source.cycle), LAST),
    _Line("last_submitted_at", N_("Last known: submitted"), Kind.INSTANT, 16,
          _of_last(lambda last: last.source.submitted_at), LAST),
    _Line("last_progress", N_("Last known: progress"), Kind.LABEL, 18,
          _of_last(lambda last: progress_or_absence(last.said.value)), LAST),
    _Line("last_narrative", N_("Last known: narrative"), Kind.TYPED, 40,
          _of_last(lambda last: _last_text(last, "narrative")), LAST),
    _Line("last_narrative_language", N_("Last known: language"), Kind.LABEL, 12,
          _of_last(lambda last: _last_text(last, "narrative_language")), LAST),
)  # fmt: skip
STATES_BY_VALUE = (
    ("implemented", N_("States: implemented")),
    ("partly_implemented", N_("States: partly implemented")),
    ("in_development", N_("States: in development")),
    ("not_started", N_("States: not started")),
    ("not_applicable", N_("States: not applicable")),
    ("not_answered", N_("States: not answered")),
    ("withheld", N_("States: withheld")),
    ("not_reported", N_("States: not reported")),
)
"""Columns that count Member States by what they say: values with their headers."""
MOVES = (
    (Move.FURTHER, N_("States: further than before")),
    (Move.SAME, N_("States: as before")),
    (Move.BACK, N_("States: less far than before")),
    (Move.NOT_COMPARED, N_("States: not compared")),
)
"""The same by what became of them since another cycle."""
_GROUPS: tuple[columns.Column[ComparisonLine], ...] = (
    *(
        _Line(f"states_{value}", labelled, Kind.NUMBER, 12, _count(value), OF_GROUPS)
        for value, labelled in STATES_BY_VALUE
    ),
    _Line("base", N_("Base"), Kind.LABEL, 18, _base,
          N_("Only of groups: what the shares on the page are shares of.")),
    _Line("base_size", N_("States in the base"), Kind.NUMBER, 10, _size, OF_GROUPS),
    *(
        _Line(f"moved_{way.value}", labelled, Kind.NUMBER, 12, _moved(way), OF_GROUPS)
        for way, labelled in MOVES
    ),
    _Line("in_both", N_("States in both cycles"), Kind.NUMBER, 12, _in_both, OF_GROUPS),
)  # fmt: skip
COMPARISON_COLUMNS: columns.Columns[ComparisonLine] = (*_NAMING, *_STATES, *_GROUPS)
ASSISTANCE_LINE_COLUMNS: columns.Columns[AssistanceLine] = (
    *(adapted(column, lambda one: one.line) for column in _NAMING if column.identifies),
    *(adapted(column, lambda one: one.item) for column in ASSISTANCE_COLUMNS),
)
IN_VIEW = 3
"""How many of them stay in view."""
