"""What the files of a cycle's pages have in common: what was chosen, and columns of counts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.domain.documents import LocalisedText, OutcomeDocument
from tracker.domain.labels import label
from tracker.domain.messages import N_
from tracker.domain.progress import SHOWN_ORDER, Audience, Base, Distribution
from tracker.domain.selection import Selection
from tracker.domain.states import Area, State
from tracker.exchange.columns import Column, Columns, Kind
from tracker.exchange.comparison_columns import STATES_BY_VALUE
from tracker.exchange.marks import FileKind
from tracker.exchange.page_files import Listed, PageFile
from tracker.exchange.words import Words

IN_VIEW = 3
NO_TEXT: LocalisedText = {}


@dataclass(frozen=True, slots=True)
class CyclePage:
    """What a page of a cycle shows; ``codes`` is everything chosen, ``selection`` the filters.

    ``before`` is the cycle that movement is since, ``""`` if none, ``None`` where the page tells
    no movement; ``areas`` are all that there are; ``states`` and ``paragraphs`` say how many of
    both are chosen.
    """

    document: OutcomeDocument
    cycle: str
    before: str | None
    base: Base
    selection: Selection
    areas: Sequence[Area]
    states: int
    paragraphs: int
    codes: Mapping[str, Any]
    audience: Audience
    demonstration: bool
    data_version: int
    address: str

    @property
    def area(self) -> Area | None:
        """The group or region chosen."""
        return next((area for area in self.areas if area.code == self.selection.area), None)

    def group_of(self, state: State) -> LocalisedText:
        """The name of the group in which a State counts."""
        return next((area.name for area in self.areas if area.code == state.group), NO_TEXT)


def cycle_file(
    data: CyclePage,
    kind: FileKind,
    name: str,
    tables: Sequence[Listed],
    words: Words,
    *,
    facts: Iterable[tuple[str, str]] = (),
    rules: Sequence[str] = (),
) -> PageFile:
    """The tables of a page, with what was chosen; ``name`` is that of the page."""
    return PageFile(
        kind=kind,
        title=f"{words(name)} · {data.cycle}",
        audience=data.audience,
        own=(),
        codes={
            "document": data.document.symbol,
            "cycle": data.cycle,
            **({} if data.before is None else {"compared_with": data.before or None}),
            "base": data.base.value,
            "filters": dict(data.codes),
        },
        facts=[*_facts(data, words), *facts],
        rules=(*rules, WITHHELD),
        tables=tables,
        demonstration=data.demonstration,
        data_version=data.data_version,
        address=data.address,
    )


def _facts(data: CyclePage, words: Words) -> list[tuple[str, str]]:
    document, since = data.document, []
    if data.before is not None:
        earlier = data.before or words(N_("There is no earlier cycle."))
        since = [(words(N_("Movement since")), earlier)]
    return [
        (words(N_("Outcome document")), f"{words.text(document.title)}, {document.source}"),
        (words(N_("Reporting cycle")), data.cycle),
        *since,
        (words(N_("Base")), words.label(data.base)),
        (
            words(N_("Filters")),
            words.listed(filter_words(document, data.selection, words, data.area))
            or words(N_("None: all States and all commitments.")),
        ),
        (words(N_("Member States chosen")), str(data.states)),
        (words(N_("Commitments chosen")), str(data.paragraphs)),
    ]


def filter_words(
    document: OutcomeDocument, chosen: Selection, words: Words, area: Area | None = None
) -> list[str]:
    """What States and commitments were chosen by, in words."""
    found = [words.text(area.name)] if area else []
    if chosen.section:
        title = words.text(document.section(chosen.section).short_title)
        found.append(f"{chosen.section} {title}")
    named = (chosen.theme, chosen.level, *chosen.strengths, chosen.addressee)
    return found + [words.label(value) for value in named if value]


def state_columns(data: CyclePage, state: Callable[[Any], State]) -> tuple[Column[Any], ...]:
    """Which State a row is of."""
    return (
        Column("iso3", N_("ISO code"), Kind.CODE, 9, lambda line: state(line).iso3,
               N_("State, by its ISO 3166 alpha-3 code."), True),
        Column("state", N_("State"), Kind.LOCALISED, 26, lambda line: state(line).name,
               N_("Name of the State."), True),
        Column("group", N_("Group"), Kind.LOCALISED, 24, lambda line: data.group_of(state(line)),
               N_("UN regional group; empty for observer States, which stand in none.")),
    )  # fmt: skip


SECTION: Column[Any] = Column(
    "section",
    N_("Section"),
    Kind.CODE,
    9,
    lambda line: line.commitment.section,
    N_("Section of the outcome document."),
)


def count_columns(
    counts: Callable[[Any], Distribution], base: Base, *, pairs: bool = False
) -> Columns[Any]:
    """How many Member States, or pairs State × commitment, say what, and how many the base has."""
    unit, of = ("pairs", OF_PAIRS) if pairs else ("states", OF_STATES)
    heads = {v.value: label(v) for v in SHOWN_ORDER} if pairs else dict(STATES_BY_VALUE)
    size = N_("Pairs in the base") if pairs else N_("States in the base")
    return (
        *(Column(f"{unit}_{value}", header, Kind.NUMBER, 12, _of(counts, value), of)
          for value, header in heads.items()),
        Column("base", N_("Base"), Kind.LABEL, 18, lambda _: base,
               N_("What the shares on the page are shares of; what lies outside it is counted in "
                  "the other columns too.")),
        Column("base_size", size, Kind.NUMBER, 12, lambda line: counts(line).size(base), of),
    )  # fmt: skip


def _of(counts: Callable[[Any], Distribution], value: str) -> Callable[[Any], int]:
    return lambda line: counts(line)[value]


OF_STATES = N_("Number of Member States.")
OF_PAIRS = N_("Number of pairs State × commitment.")
WITHHELD = N_("Of an answer withheld from readers of this file only the word “withheld” is told.")
