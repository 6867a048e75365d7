"""The answers to one commitment that a reader may read: searched, chosen, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from tracker.domain.progress import Progress
from tracker.domain.responses import ResponseContent
from tracker.domain.searching import Search
from tracker.domain.states import Area
from tracker.queries.publications import StateAnswer
from tracker.web.public_choices import (
    asked_search,
    by_name,
    choice,
    chosen_area,
    chosen_page,
    one_of,
)

ANSWERS_A_PAGE = 40
GOOD_PRACTICE = "good-practice"


@dataclass(frozen=True, slots=True)
class Answers:
    """Those found and a page of them; ``areas`` are the regional groups that can be chosen.

    ``readable`` is how many the reader may read: nothing else is searched or counted as found.
    """

    readable: int
    found: tuple[StateAnswer, ...]
    good_practices: int
    areas: tuple[Area, ...]
    search: Search | None
    area: Area | None
    value: Progress | None
    good_first: bool
    page_number: int
    pages: int

    @property
    def shown(self) -> tuple[StateAnswer, ...]:
        """Those of the page."""
        first = (self.page_number - 1) * ANSWERS_A_PAGE
        return self.found[first : first + ANSWERS_A_PAGE]

    @property
    def narrowed(self) -> bool:
        """Whether some that may be read are left out."""
        return bool(self.search or self.area or self.value)

    @property
    def arguments(self) -> dict[str, str]:
        """What is chosen of them, as it stands in an address."""
        chosen = {
            "q": self.search.typed if self.search else "",
            "area": self.area.code if self.area else "",
            "value": self.value.value if self.value else "",
            "first": GOOD_PRACTICE if self.good_first else "",
        }
        return {name: code for name, code in chosen.items() if code}


def chosen_answers(answers: Sequence[StateAnswer]) -> Answers:
    """What the address asks for of these; ``Invalid`` for a wrong choice."""
    groups = {answer.group.code: answer.group for answer in answers if answer.group}
    areas = tuple(by_name(groups.values(), lambda area: dict(area.name)))
    code = chosen_area(areas) if areas else ""  # a paragraph that asks nothing has no choices
    value, search = choice(Progress, "value"), asked_search()
    good_first = bool(one_of("first", {GOOD_PRACTICE: GOOD_PRACTICE}))
    readable = [(answer, answer.content) for answer in answers if answer.content is not None]
    found = [
        (answer, content)
        for answer, content in readable
        if (search is None or search.meets(texts_of(content)))
        and (not code or (answer.group is not None and answer.group.code == code))
        and value in (None, content.progress)
    ]
    if good_first:
        found.sort(key=lambda pair: not pair[1].good_practice)
    pages = max(ceil(len(found) / ANSWERS_A_PAGE), 1)
    return Answers(
        readable=len(readable),
        found=tuple(answer for answer, _ in found),
        good_practices=sum(content.good_practice for _, content in found),
        areas=areas,
        search=search,
        area=next((area for area in areas if area.code == code), None),
        value=value,
        good_first=good_first,
        page_number=chosen_page(pages),
        pages=pages,
    )


def texts_of(content: ResponseContent) -> tuple[str, ...]:
    """Everything a State typed in one answer."""
    measures = (measure.title for measure in content.measures)
    return (content.narrative, content.reason, content.lead_agency, *measures)
