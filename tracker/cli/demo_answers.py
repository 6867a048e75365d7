"""What a demonstration State answers: always the same for the same State, paragraph and cycle."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tracker.cli.demo_texts import Library, StateStory, Texts, Topic
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import Measure, ResponseContent

NEXT_YEAR = (2023, 2025)
UNSPACED = ("zh",)  # languages that put no space between sentences
STEPS_UP = (
    (0.36, Progress.NOT_STARTED),
    (0.5, Progress.IN_DEVELOPMENT),
    (0.65, Progress.PARTLY_IMPLEMENTED),
)
RANK = {progress: rank for rank, progress in enumerate(Progress)}
# Share of answers for the secretariat only, and for States only.
HABITS = {"open": (0.01, 0.03), "mixed": (0.06, 0.12), "reserved": (0.12, 0.5)}
SEQ = TypeVar("SEQ")


def chance(*parts: object) -> random.Random:
    """A source of chance that is the same each time for the same ``parts``."""
    return random.Random("/".join(map(str, parts)))  # noqa: S311  # nosec B311  # nothing secret


def draw(*parts: object) -> float:
    """A number from 0 to 1."""
    return chance(*parts).random()


def pick(choices: Sequence[SEQ], *parts: object) -> SEQ:
    """One of them."""
    return chance(*parts).choice(choices)


def capitalised(text: str) -> str:
    """With a capital at the beginning, the rest as it is."""
    return text[:1].upper() + text[1:]


def without_article(name: str) -> str:
    """The name of an agency as a heading has it."""
    for article in ("the ", "la ", "l’"):
        name = name.removeprefix(article)
    return capitalised(name)


@dataclass(frozen=True, slots=True)
class Writer:
    """One State at work in one cycle: ``number`` 0 or 1, ``round`` 1 after it was revised."""

    story: StateStory
    library: Library
    number: int
    may_be_left: frozenset[int]
    round: int = 0
    seen: dict[str, int] = field(default_factory=dict)

    def answers(self) -> Mapping[int, ResponseContent]:
        """Every answer of the report by paragraph."""
        self.seen.clear()
        return {
            paragraph: self._content(paragraph)
            for paragraph in sorted(self.library.topics)
            if self._answered(paragraph, self.number)
        }

    def _answered(self, paragraph: int, number: int) -> bool:
        share = self.story.answers[number] + 0.12 * self.round
        if paragraph in self.may_be_left:
            share *= 0.6
        if share < 1:  # what is easy is seldom left out
            share += 0.4 * (self.library.topics[paragraph].ease - 0.5)
        return draw(self.story.state, paragraph, "answered") < share

    def progress(self, paragraph: int, number: int) -> Progress:
        """How far the State says it is in the cycle with this number."""
        state, topic = self.story.state, self.library.topics[paragraph]
        lacking = self.library.needs.get(paragraph)
        if lacking and lacking not in self.story.traits and draw(state, paragraph, "none") < 0.8:
            return Progress.NOT_APPLICABLE
        score = 0.5 * self.story.level + 0.45 * topic.ease
        score += 0.4 * (draw(state, paragraph, "luck") - 0.5)
        if number:
            fate = draw(state, paragraph, "fate")
            score += -0.12 if fate < 0.04 else self.story.moved * 1.5 * fate
        if self.round and number == self.number:
            score += 0.08 * draw(state, paragraph, "revised")
        return next((step for top, step in STEPS_UP if score < top), Progress.IMPLEMENTED)

    def _content(self, paragraph: int) -> ResponseContent:
        state, topic = self.story.state, self.library.topics[paragraph]
        progress = self.progress(paragraph, self.number)
        language = self._language(topic, progress)
        texts = self.library.texts[language]
        reason = narrative = ""
        if progress is Progress.NOT_APPLICABLE:
            reason = pick(texts.reasons[self.library.needs[paragraph]], state, paragraph, "reason")
        elif draw(state, paragraph, "silent") > 0.12:
            narrative = self._narrative(texts, topic, paragraph, progress, language)
        agency = without_article(self.slots(topic)["agency"])
        return ResponseContent(
            progress=progress,
            reason=reason,
            narrative=narrative,
            narrative_language=language if narrative else "",
            lead_agency=agency if draw(state, paragraph, "agency") < 0.85 else "",
            good_practice=progress is Progress.IMPLEMENTED
            and bool(narrative)
            and draw(state, paragraph, "good") < 0.12,
            audience=self._audience(topic, paragraph),
            measures=self._measures(topic, paragraph, progress),
        )

    def _language(self, topic: Topic, progress: Progress) -> str:
        """The State's own language where the text exists in it, English otherwise."""
        own = self.library.texts[self.story.language]
        general = progress in (Progress.NOT_APPLICABLE, Progress.NOT_STARTED)
        return self.story.language if general or topic.topic in own.topics else "en"

    def _narrative(
        self, texts: Texts, topic: Topic, paragraph: int, progress: Progress, language: str
    ) -> str:
        key = (self.story.state, paragraph)
        if progress is Progress.NOT_STARTED:
            return self._fill(pick(texts.not_started, *key, "not started"), topic, language)
        other = self.seen.setdefault(topic.topic, paragraph)
        if other != paragraph:
            return pick(texts.see_also, *key, "see").format(other=other)
        done = progress is not Progress.IN_DEVELOPMENT
        sentences = [texts.topics[topic.topic]["done" if done else "under_way"]]
        sentences[:0] = self._movement(texts, paragraph, progress)
        if progress is Progress.PARTLY_IMPLEMENTED:
            sentences.append(pick(texts.remaining, *key, "remaining"))
        joined = ("" if language in UNSPACED else " ").join(sentences)
        return self._fill(joined, topic, language)

    def _movement(self, texts: Texts, paragraph: int, progress: Progress) -> list[str]:
        """A first sentence where the answer differs from the one in the cycle before."""
        if not (self.number and self._answered(paragraph, 0)):
            return []
        change = RANK[progress] - RANK[self.progress(paragraph, 0)]
        choices = texts.advanced if change > 0 else texts.set_back if change < 0 else ()
        return [pick(choices, self.story.state, paragraph, "movement")] if choices else []

    def _fill(self, text: str, topic: Topic, language: str) -> str:
        return text.format_map(self.slots(topic, language))

    def slots(self, topic: Topic, language: str | None = None) -> dict[str, str]:
        """What stands for ``{police}``, ``{law}``, ``{year}``… in a text of this State."""
        state = self.story.state
        texts = self.library.texts[language or self.story.language]
        names = {role: pick(names, state, role) for role, names in texts.agencies.items()}
        count = chance(state, topic.topic, "n").randint(3, 9)
        words = names | {
            "agency": names[topic.agency],
            "law": self._instrument(texts, topic.instrument or "arms")[0],
            "plan": self._instrument(texts, "plan")[0],
        }
        return {
            **words,
            **{capitalised(name): capitalised(word) for name, word in words.items()},
            "n": str(count),
            "N": texts.numbers[count - 2] if texts.numbers else str(count),
            "hundreds": str(chance(state, topic.topic, "hundreds").randint(120, 980)),
            "year": str(chance(state, topic.topic, "year").randint(2014, 2020)),
            "soon": str(NEXT_YEAR[self.number]),
        }

    def _instrument(self, texts: Texts, kind: str) -> tuple[str, str, str]:
        """An instrument of the State: in running text, its title, its year."""
        state = self.story.state
        first, last = (2016, 2020) if kind in ("plan", "women") else (1996, 2019)
        year = str(chance(state, kind, "year").randint(first, last))
        number = str(chance(state, kind, "number").randint(3, 88))
        found = pick(texts.instruments[kind], state, kind)
        values = {"law_year": year, "law_number": number}
        return found.words.format_map(values), found.title.format_map(values), year

    def _measures(self, topic: Topic, paragraph: int, progress: Progress) -> tuple[Measure, ...]:
        if topic.instrument is None or RANK[progress] not in (2, 3):
            return ()
        state = self.story.state
        texts = self.library.texts[self.story.language]
        kinds = [topic.instrument] if draw(state, paragraph, "law") < 0.8 else []
        if "plan" not in kinds and draw(state, paragraph, "plan") < 0.15:
            kinds.append("plan")
        return tuple(self._measure(texts, kind) for kind in kinds)

    def _measure(self, texts: Texts, kind: str) -> Measure:
        source = chance(self.story.state, kind, "date")
        _, title, year = self._instrument(texts, kind)
        month, day = source.randint(1, 12), source.randint(1, 28)
        dates = (year, f"{year}-{month:02}", f"{year}-{month:02}-{day:02}")
        address = f"https://example.org/{self.story.state.lower()}/{kind}"
        return Measure(title, source.choice(dates), address if source.random() < 0.8 else "")

    def _audience(self, topic: Topic, paragraph: int) -> Audience:
        factor = 3 if topic.reserved and self.story.audience != "reserved" else 1
        secretariat, states = (factor * share for share in HABITS[self.story.audience])
        found = draw(self.story.state, paragraph, "audience")
        if found < secretariat:
            return Audience.SECRETARIAT
        return Audience.STATES if found < secretariat + states else Audience.PUBLIC
