"""What the invented answers are made of: the files under ``seed/demo``, read strictly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field

from tracker.catalogue.reading import StrictRow, read_rows, read_whole

Stage = Literal["under_way", "done"]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d [a-z]+$")]
STEPS = ("open", "submit", "withdraw", "ask", "reply", "return", "revise", "accept", "publish",
         "reopen")  # fmt: skip


class TimedStep(NamedTuple):
    """What a State or the secretariat did on a day."""

    day: date
    name: str


class Person(StrictRow):
    """The focal point of a State."""

    name: str
    title: str


class StateStory(StrictRow):
    """One demonstration State: how it writes, how far it is, what it did in each cycle."""

    state: str
    language: str
    person: Person
    level: Annotated[float, Field(ge=0, le=1)]
    moved: float
    traits: list[str]
    answers: Annotated[list[float], Field(min_length=2, max_length=2)]
    audience: Literal["open", "mixed", "reserved"]
    cycles: dict[str, Annotated[list[Day], AfterValidator(lambda steps: _known(steps))]] = {}

    def steps(self, cycle: str) -> tuple[TimedStep, ...]:
        """Its steps in one cycle, in order."""
        parted = (entry.split() for entry in self.cycles.get(cycle, ()))
        return tuple(TimedStep(date.fromisoformat(day), name) for day, name in parted)


def _known(steps: list[str]) -> list[str]:
    unknown = [step for step in steps if step.split()[1] not in STEPS]
    if unknown or steps != sorted(steps, key=lambda step: step.split()[0]):
        raise ValueError(f"unknown steps, or out of order: {unknown or steps}")
    return steps


class PersonRow(StrictRow):
    """Somebody beside the focal points."""

    email: str
    name: str
    role: str
    language: str
    state: str | None = None
    sections: list[str] = []


class FiguresRow(StrictRow):
    """Figures of one State on one indicator: by year and category, inputs in their order."""

    state: str
    cycle: str
    audience: str
    years: dict[int, dict[str, list[int | None]]]


ItemRow = dict[str, str | int | date]


class ItemsRow(StrictRow):
    """Contacts, assistance and targets of one State in one cycle, as they would be typed."""

    state: str
    cycle: str
    copied: bool = False
    contacts: list[ItemRow] = []
    assistance: list[ItemRow] = []
    targets: list[ItemRow] = []


class Topic(StrictRow):
    """What a group of paragraphs is about."""

    topic: str
    paragraphs: list[int]
    ease: float
    agency: str
    instrument: str | None = None
    reserved: bool = False


class Instrument(StrictRow):
    """A law or plan: in running text, and as a title."""

    words: str
    title: str


class Texts(StrictRow):
    """Everything that is written in one language."""

    topics: dict[str, dict[Stage, str]]
    not_started: list[str]
    remaining: list[str]
    advanced: list[str]
    set_back: list[str]
    see_also: list[str]
    reasons: dict[str, list[str]]
    agencies: dict[str, list[str]]
    numbers: list[str] = []
    instruments: dict[str, list[Instrument]]
    questions: dict[str, list[str]] = {}
    replies: dict[str, list[str]] = {}
    return_reasons: list[str] = []
    reopen_reasons: list[str] = []


class _TopicsFile(StrictRow):
    topics: list[Topic]
    needs: dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class Library:
    """All of it. ``needs``: the trait without which a paragraph is not applicable.

    ``figures`` by State and cycle, then by indicator.
    """

    topics: Mapping[int, Topic]
    needs: Mapping[int, str]
    texts: Mapping[str, Texts]
    states: Sequence[StateStory]
    people: Sequence[PersonRow]
    figures: Mapping[tuple[str, str], Mapping[str, FiguresRow]]
    items: Mapping[tuple[str, str], ItemsRow]

    def correspondence(self, language: str) -> str:
        """The language if letters to and from the secretariat exist in it, English otherwise."""
        texts = self.texts.get(language)
        return language if texts and texts.questions else "en"


def read_library(folder: Path) -> Library:
    """The files of ``seed/demo``; ``SeedError`` names what is wrong in them."""
    topics = read_whole(folder / "topics.yaml", _TopicsFile)
    items = read_rows(folder / "items.yaml", "reports", ItemsRow)
    return Library(
        topics={number: topic for topic in topics.topics for number in topic.paragraphs},
        needs={number: trait for trait, numbers in topics.needs.items() for number in numbers},
        texts={
            path.name.split(".")[1]: read_whole(path, Texts)
            for path in sorted(folder.glob("texts.*.yaml"))
        },
        states=read_rows(folder / "reports.yaml", "states", StateStory),
        people=read_rows(folder / "people.yaml", "people", PersonRow),
        figures=_figures(folder / "figures"),
        items={(row.state, row.cycle): row for row in items},
    )


def _figures(folder: Path) -> dict[tuple[str, str], dict[str, FiguresRow]]:
    """One file for each indicator, called as it."""
    found: dict[tuple[str, str], dict[str, FiguresRow]] = {}
    for path in sorted(folder.glob("*.yaml")):
        for row in read_rows(path, "returns", FiguresRow):
            found.setdefault((row.state, row.cycle), {})[path.stem] = row
    return found
