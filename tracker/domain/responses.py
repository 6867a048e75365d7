"""The answer to one commitment: its parts, and how each part is read from what was typed.

One door for values: form, workbook and API all come through ``parse_response``.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import partial
from typing import Any, TypeVar

from tracker.domain import values
from tracker.domain.errors import Invalid, Problem
from tracker.domain.progress import Audience, Progress

MAX_MEASURES = 50
MEASURE_PARTS: dict[str, Callable[..., str]] = {
    "title": partial(values.parse_text, limit=values.SHORT_TEXT),
    "adopted_on": values.parse_partial_date,
    "link": values.parse_link,
}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Measure:
    """A law or instrument. ``adopted_on`` is ``""``, ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``."""

    title: str
    adopted_on: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class ResponseContent:
    """Everything a State says about one commitment. Empty texts are ``""``."""

    progress: Progress | None = None
    reason: str = ""
    narrative: str = ""
    narrative_language: str = ""
    lead_agency: str = ""
    good_practice: bool = False
    audience: Audience = Audience.PUBLIC
    measures: tuple[Measure, ...] = field(default=())

    @property
    def says_something(self) -> bool:
        """Whether anything but the audience and language was given."""
        return bool(
            self.progress
            or self.reason
            or self.narrative
            or self.lead_agency
            or self.good_practice
            or self.measures
        )

    def facts(self) -> dict[str, Any]:
        """The parts that are no free text, ready for canonical JSON."""
        return {
            "progress": self.progress.value if self.progress else None,
            "narrative_language": self.narrative_language,
            "good_practice": self.good_practice,
            "audience": self.audience.value,
        }

    def texts(self) -> dict[str, str]:
        """The free texts by field; measures as ``measures.<n>.<part>``."""
        texts = {
            "reason": self.reason,
            "narrative": self.narrative,
            "lead_agency": self.lead_agency,
        }
        for number, measure in enumerate(self.measures):
            for part, value in asdict(measure).items():
                texts[f"measures.{number}.{part}"] = value
        return {name: text for name, text in texts.items() if text}


def content_from(facts: Mapping[str, Any], texts: Mapping[str, str]) -> ResponseContent:
    """The content again from what ``facts`` and ``texts`` gave."""
    numbers = sorted({int(name.split(".")[1]) for name in texts if name.startswith("measures.")})
    return ResponseContent(
        progress=Progress(facts["progress"]) if facts["progress"] else None,
        reason=texts.get("reason", ""),
        narrative=texts.get("narrative", ""),
        narrative_language=facts["narrative_language"],
        lead_agency=texts.get("lead_agency", ""),
        good_practice=facts["good_practice"],
        audience=Audience(facts["audience"]),
        measures=tuple(
            Measure(
                title=texts.get(f"measures.{n}.title", ""),
                adopted_on=texts.get(f"measures.{n}.adopted_on", ""),
                link=texts.get(f"measures.{n}.link", ""),
            )
            for n in numbers
        ),
    )


def parse_response(
    raw: Mapping[str, str | None],
    measures: Sequence[Mapping[str, str | None]] = (),
    *,
    default_audience: Audience,
    latest_day: date = date.max,
    nameless: Collection[Measure] = (),
) -> ResponseContent:
    """Read a response from typed texts by field name; ``Invalid`` lists every problem.

    Where no audience came, the report's ``default_audience`` holds: never a wider one.
    ``measures`` are rows of ``title``, ``adopted_on`` and ``link``; empty rows fall away, and no
    law was adopted after ``latest_day``. A law needs a title, unless it stands among those that are
    ``nameless`` since theirs was struck out.
    """
    problems: list[Problem] = []

    def read(parse: Callable[..., T], name: str, fallback: T, **options: Any) -> T:
        try:
            return parse(raw.get(name), place=name, **options)
        except Invalid as error:
            problems.extend(error.problems)
            return fallback

    content = ResponseContent(
        progress=read(values.parse_progress, "progress", None),
        reason=read(values.parse_text, "reason", ""),
        narrative=read(values.parse_text, "narrative", ""),
        narrative_language=read(values.parse_language, "narrative_language", ""),
        lead_agency=read(values.parse_text, "lead_agency", "", limit=values.SHORT_TEXT),
        good_practice=read(values.parse_flag, "good_practice", False),
        audience=read(
            values.parse_audience, "audience", default_audience, default=default_audience
        ),
        measures=_parse_measures(measures, latest_day, nameless, problems),
    )
    if problems:
        raise Invalid(*problems)
    return content


def is_to_come(day: str, latest_day: date) -> bool:
    """Whether a day, month or year is yet to come; the present month and year have begun."""
    return day > latest_day.isoformat()[: len(day)]


def laws_to_come(content: ResponseContent, latest_day: date) -> set[Measure]:
    """The laws of an answer whose day is yet to come."""
    return {law for law in content.measures if is_to_come(law.adopted_on, latest_day)}


def _parse_measures(
    rows: Sequence[Mapping[str, str | None]],
    latest_day: date,
    nameless: Collection[Measure],
    problems: list[Problem],
) -> tuple[Measure, ...]:
    filled = [
        (number, row)
        for number, row in enumerate(rows)
        if any((value or "").strip() for value in row.values())
    ]
    if len(filled) > MAX_MEASURES:
        problems.append(Problem("too-many-measures", "measures", {"limit": MAX_MEASURES}))
        return ()
    measures = []
    for number, row in filled:
        try:
            measures.append(_parse_measure(row, f"measures-{number}", latest_day, nameless))
        except Invalid as error:
            problems.extend(error.problems)
    return tuple(measures)


def _parse_measure(
    row: Mapping[str, str | None], place: str, latest_day: date, nameless: Collection[Measure]
) -> Measure:
    """One law or instrument; ``Invalid`` with the problems of all its parts."""
    problems: list[Problem] = []
    parts = {}
    for name, parse in MEASURE_PARTS.items():
        try:
            parts[name] = parse(row.get(name), place=f"{place}-{name}")
        except Invalid as error:
            problems.extend(error.problems)
    day = parts.get("adopted_on", "")
    if is_to_come(day, latest_day):
        problems.append(Problem("adopted-in-future", f"{place}-adopted_on", {"value": day}))
    if not parts.get("title", "-") and Measure(**{"title": "", **parts}) not in nameless:
        problems.append(Problem("measure-needs-title", f"{place}-title"))
    if problems:
        raise Invalid(*problems)
    return Measure(**parts)
