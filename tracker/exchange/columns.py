"""What a column is. One list of columns serves every form of a table, and its codebook."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar

from tracker.domain.messages import N_
from tracker.exchange.words import Words

Row = TypeVar("Row")


class Kind(StrEnum):
    """What kind of value a column holds; where it is text, in whose words."""

    TYPED = "typed"
    LABEL = "label"
    LABELS = "labels"
    CODE = "code"
    LOCALISED = "localised"
    NUMBER = "number"
    SHARE = "share"
    DAY = "day"
    INSTANT = "instant"
    FLAG = "flag"


KIND_WORDS = {
    Kind.TYPED: N_("Text as typed"),
    Kind.LABEL: N_("Word"),
    Kind.LABELS: N_("Words"),
    Kind.CODE: N_("Code"),
    Kind.LOCALISED: N_("Text"),
    Kind.NUMBER: N_("Whole number"),
    Kind.SHARE: N_("Share from 0 to 1"),
    Kind.DAY: N_("Day"),
    Kind.INSTANT: N_("Date and time in UTC"),
    Kind.FLAG: N_("Yes or No; in JSON true or false"),
}


class Through(NamedTuple):
    """How an adapted column came about: from a row to what ``column`` is a column of."""

    inner: Callable[[Any], Any]
    column: "Column[Any]"


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column of a table.

    ``value`` gives domain values (enum members, localised texts, numbers …), the same in every
    language; ``renderer`` turns them into what a file holds. ``width`` is in characters.
    Columns that identify a row are repeated where a row has to be continued. ``choices`` are the
    codes that a column of words can hold, where somebody may fill it in.
    """

    key: str
    header: str
    kind: Kind
    width: int
    value: Callable[[Row], Any]
    help: str
    identifies: bool = False
    choices: Sequence[StrEnum | str] = ()
    through: Through | None = None


Columns = Sequence[Column[Row]]


Outer = TypeVar("Outer")


def adapted(column: Column[Row], inner: Callable[[Outer], Row | None]) -> Column[Outer]:
    """The same column over rows that hold ``inner``; empty where they hold none."""

    def value(row: Outer) -> Any:
        found = inner(row)
        return None if found is None else column.value(found)

    return Column(
        column.key, column.header, column.kind, column.width, value, column.help,
        column.identifies, column.choices, Through(inner, column),
    )  # fmt: skip


def renderer(column: Column[Row], words: Words) -> Callable[[Row], Any]:
    """From a row to the value in a file: text, number, date or ``None`` where there is none."""
    value = column.value
    if column.kind is Kind.LABEL:
        return _known(value, words.label)
    if column.kind is Kind.LABELS:
        return lambda row: words.listed(words.label(part) for part in value(row))
    if column.kind is Kind.LOCALISED:
        return lambda row: words.text(value(row))
    if column.kind is Kind.FLAG:
        return _known(value, words.flag)
    return value


def _known(value: Callable[[Row], Any], word: Callable[[Any], str]) -> Callable[[Row], Any]:
    found: dict[Any, str] = {}

    def render(row: Row) -> str | None:
        raw = value(row)
        if raw is None:
            return None
        if raw not in found:
            found[raw] = word(raw)
        return found[raw]

    return render
