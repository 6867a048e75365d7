"""The overview of a cycle as a file: who reported, progress part by part, and what changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tracker.domain.documents import Commitment, LocalisedText, Section
from tracker.domain.labels import label
from tracker.domain.messages import N_
from tracker.domain.movement import Move
from tracker.domain.progress import Base, Distribution, Progress
from tracker.exchange.columns import Column, Columns, Kind
from tracker.exchange.commitments import KEY, PARAGRAPH, TITLE
from tracker.exchange.cycle_files import (
    IN_VIEW,
    OF_PAIRS,
    OF_STATES,
    SECTION,
    CyclePage,
    count_columns,
    cycle_file,
)
from tracker.exchange.marks import FileKind
from tracker.exchange.page_files import Listed, PageFile
from tracker.exchange.tabular import CODE_HELP
from tracker.exchange.words import Words

WHOLE, MOST, LEAST = "all", "most", "least"
KINDS = {
    WHOLE: N_("All commitments chosen"),
    "section": N_("Section"),
    "level": N_("Level"),
    "theme": N_("Theme"),
    "strength": N_("Strength"),
    "addressee": N_("Addressee"),
    MOST: N_("Implemented most"),
    LEAST: N_("Implemented least"),
}
AREAS = {
    WHOLE: N_("All Member States"),
    "group": N_("Group"),
    "region": N_("Region"),
    "subregion": N_("Sub-region"),
}


@dataclass(frozen=True, slots=True)
class AreaLine:
    """How many of the Member States of a group or region reported; ``kind`` of ``AREAS``."""

    kind: str
    code: str
    name: LocalisedText
    reporting: int
    members: int


@dataclass(frozen=True, slots=True)
class PartLine:
    """Pairs of the commitments under one heading, theme, …; ``by`` is one of ``KINDS``."""

    by: str
    of: Section | StrEnum | None
    commitments: int
    counts: Distribution


@dataclass(frozen=True, slots=True)
class CommitmentLine:
    """One commitment with the States by what they say; in a list ``place`` counts from 1."""

    commitment: Commitment
    counts: Distribution
    by: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class MoveLine:
    """Pairs of the ``states`` in both cycles by move; no section: all commitments chosen."""

    of: Section | None
    commitments: int
    states: int
    counts: Mapping[Move, int]


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """What the page shows; ``recorded`` is the official record of the meeting."""

    page: CyclePage
    reporting: Sequence[AreaLine]
    recorded: Sequence[AreaLine]
    parts: Sequence[PartLine]
    ranked: Sequence[CommitmentLine]
    moves: Sequence[MoveLine]
    commitments: Sequence[CommitmentLine]


def overview_file(data: OverviewPage, words: Words) -> PageFile:
    """The tables of the page, with what was chosen."""
    page, base = data.page, data.page.base
    tables = [
        Listed("reporting", N_("Who reported"), _REPORTING, data.reporting, IN_VIEW),
        Listed("record", N_("Official record"), _RECORDED, data.recorded, IN_VIEW),
        Listed("progress", N_("Progress"), _part_columns(base, words), data.parts, IN_VIEW),
        Listed("ranked", N_("Most and least"), _ranked_columns(base), data.ranked, IN_VIEW),
        Listed("movement", N_("What changed"), _move_columns(words), data.moves, 2),
        Listed("commitments", N_("Commitments"), commitment_columns(base), data.commitments, 3),
    ]
    return cycle_file(page, FileKind.FIGURES, N_("Overview"), tables, words, rules=_RULES)


_RULES = (
    N_(
        "Rates of reporting are of all Member States of a group or region, whatever is chosen. "
        "The official record of the meeting is another thing and is never added to them."
    ),
    N_("Numbers of pairs State × commitment are added up, then divided once."),
    N_(
        "Sections hold the sections beneath them, and a commitment with several themes counts in "
        "each: such rows do not add up to the whole."
    ),
    N_("Movement counts only States that reported in both cycles."),
    N_("The lists of ten are lists of commitments, never of States."),
)


def _kind_columns(
    key: str, header: str, code: str, kinds: Mapping[str, str], of: Callable[[Any], str]
) -> tuple[Column[Any], ...]:
    """A word of ours and its code."""
    return (
        Column(key, header, Kind.LABEL, 18, lambda line: kinds[of(line)],
               N_("What kind of row it is."), True),
        Column(f"{key}_code", code, Kind.CODE, 12, of, CODE_HELP, True),
    )  # fmt: skip


def _area_columns(number: str, said: str, about: str) -> Columns[AreaLine]:
    return (
        *_kind_columns("kind", N_("Kind"), N_("Kind code"), AREAS, lambda line: line.kind),
        Column("code", N_("Code"), Kind.CODE, 14, lambda line: line.code or None,
               N_("Our code of a regional group, or the M49 code; empty of all Member States."),
               True),
        Column("name", N_("Group or region"), Kind.LOCALISED, 34, lambda line: line.name,
               N_("Its name; empty of all Member States."), True),
        Column(number, said, Kind.NUMBER, 12, lambda line: line.reporting, about),
        Column("members", N_("Member States"), Kind.NUMBER, 12, lambda line: line.members,
               N_("All Member States of the group or region.")),
    )  # fmt: skip


_REPORTING = _area_columns(
    "reporting",
    N_("Reporting"),
    N_("Member States with a submission that counts for readers of this file."),
)
_RECORDED = _area_columns(
    "on_record",
    N_("On the record"),
    N_("Real Member States that submitted a report to the meeting, as its document lists them."),
)


def _code(line: PartLine | MoveLine) -> str | None:
    return line.of.code if isinstance(line.of, Section) else line.of


def _name(words: Words) -> Callable[[PartLine | MoveLine], LocalisedText]:
    def value(line: PartLine | MoveLine) -> LocalisedText:
        if isinstance(line.of, Section):
            return line.of.short_title
        return {words.language: words.label(line.of) if line.of else words(KINDS[WHOLE])}

    return value


COMMITMENTS: Column[Any] = Column(
    "commitments",
    N_("Commitments"),
    Kind.NUMBER,
    13,
    lambda line: line.commitments,
    N_("How many of the commitments chosen stand in the row."),
)


def _part_columns(base: Base, words: Words) -> Columns[PartLine]:
    return (
        *_kind_columns("by", N_("By"), N_("By, code"), KINDS, lambda line: line.by),
        Column("code", N_("Code"), Kind.CODE, 14, _code,
               N_("Code of the section, level, theme, strength or addressee; empty of the whole."),
               True),
        Column("name", N_("Name"), Kind.LOCALISED, 34, _name(words),
               N_("Its name; short titles of sections are ours."), True),
        COMMITMENTS,
        *count_columns(lambda line: line.counts, base, pairs=True),
    )  # fmt: skip


def commitment_columns(base: Base) -> Columns[Any]:
    """Which commitment, and how many States say what of it."""
    return (PARAGRAPH, KEY, SECTION, TITLE, *count_columns(lambda line: line.counts, base))


def _ranked_columns(base: Base) -> Columns[CommitmentLine]:
    return (
        *_kind_columns("list", N_("List"), N_("List code"), KINDS, lambda line: line.by),
        Column("place", N_("Place"), Kind.NUMBER, 8, lambda line: line.place,
               N_("By the share of the base that says “implemented”; equal shares in the order of "
                  "the paragraphs."), True),
        PARAGRAPH,
        TITLE,
        Column("states_implemented", N_("States: implemented"), Kind.NUMBER, 12,
               lambda line: line.counts[Progress.IMPLEMENTED], OF_STATES),
        *count_columns(lambda line: line.counts, base)[-2:],
    )  # fmt: skip


def _moved(way: Move) -> Callable[[MoveLine], int]:
    return lambda line: line.counts[way]


def _move_columns(words: Words) -> Columns[MoveLine]:
    return (
        Column("code", N_("Code"), Kind.CODE, 12, _code,
               N_("Section of the outcome document; empty of all commitments chosen."), True),
        Column("name", N_("Name"), Kind.LOCALISED, 34, _name(words),
               N_("Its name; short titles of sections are ours."), True),
        COMMITMENTS,
        Column("in_both", N_("States in both cycles"), Kind.NUMBER, 12, lambda line: line.states,
               OF_STATES),
        *(Column(f"pairs_{way.value}", label(way), Kind.NUMBER, 12, _moved(way), OF_PAIRS)
          for way in Move),
        Column("base_size", N_("Pairs in the base"), Kind.NUMBER, 12,
               lambda line: line.states * line.commitments,
               N_("States that reported in both cycles × commitments of the row.")),
    )  # fmt: skip
