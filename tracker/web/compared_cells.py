"""The cell of one State on one commitment, in the page that compares.

There are hundreds on a page. Joined here, as the rows of the matrix are: macros take ten times as
long. Everything that a State wrote passes through ``escape``; ``words`` holds our own markup.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from markupsafe import Markup, escape

from tracker.domain.assistance import Assistance
from tracker.domain.comparison import Said, Source, StateCell, excerpt
from tracker.domain.progress import Audience
from tracker.domain.responses import Measure, ResponseContent
from tracker.web.render import label, write_date, write_language


@dataclass(frozen=True, slots=True)
class CellWriter:
    """Writes the cells of a page; ``words`` are what they say again and again, as markup.

    ``badges`` and ``audiences`` by value, ``moves`` by move, ``text_without_progress``,
    ``good_practice``, ``reason``, ``measures``, ``lead_agency``, ``assistance``, ``read_all``,
    ``struck``; ``read_all_of``, ``to_answer`` and ``last_known`` with ``-iso3-``, ``-number-``,
    ``-cycle-`` where those belong.
    """

    words: Mapping[str, Any]
    _vintages: dict[tuple[str, Source], str] = field(default_factory=dict)

    def __call__(self, cell: StateCell, iso3: str, number: int) -> Markup:
        """One State on the commitment of paragraph ``number``."""
        return Markup("".join(self._cell(cell, iso3, number)))  # noqa: S704  # nosec B704  # texts are escaped below

    def _cell(self, cell: StateCell, iso3: str, number: int) -> Iterator[str]:
        words, content = self.words, cell.content
        yield f'<p class="row">{self._badge(content, cell.value)}'
        if content and content.good_practice:
            yield f" {words['good_practice']}"
        if content and content.audience != Audience.PUBLIC:
            yield f" {words['audiences'][content.audience]}"
        yield "</p>"
        if cell.move and cell.said:
            yield f'<p class="base">{words["moves"][cell.move]}</p>'
        if cell.said and cell.source:
            yield from self._said(cell.said, cell.source, iso3, number)
        for item in cell.assistance:
            yield self._assistance(item)
        if cell.said and cell.source:
            yield self._vintage(content, cell.source)
        if cell.last_known:
            said, source = cell.last_known.said, cell.last_known.source
            sentence = words["last_known"].replace("-cycle-", escape(source.cycle))
            yield f'<div class="last-known"><p class="base">{sentence}</p>'
            yield f'<p class="row">{self._badge(said.content, said.value)}</p>'
            yield from self._said(said, source, iso3, number)
            yield f"{self._vintage(said.content, source)}</div>"

    def _badge(self, content: ResponseContent | None, value: str) -> str:
        """Beside a text without progress "not answered" alone would be read as false."""
        if content and not content.progress:
            if content.narrative or content.measures or content.lead_agency or content.reason:
                return str(self.words["text_without_progress"])
        return str(self.words["badges"][value])

    def _said(self, said: Said, source: Source, iso3: str, number: int) -> Iterator[str]:
        words, content = self.words, said.content
        if content is None:
            return
        language = write_language(content.narrative_language)
        if content.reason:
            yield f'<p class="base">{words["reason"]}</p>'
        texts = [text for text in (content.reason, content.narrative) if text]
        shown = [excerpt(text) for text in texts]
        yield from (f'<div class="narrative"{language}>{escape(text)}</div>' for text in shown)
        if shown != texts:
            yield self._read_all(source, iso3, number)
        if said.is_struck:
            yield f'<p class="soft">{words["struck"]}</p>'
        if content.measures:
            yield f'<p class="base">{words["measures"]}</p>{_measures(content.measures)}'
        if content.lead_agency:
            yield f'<p><span class="base">{words["lead_agency"]}</span> '
            yield f"<bdi>{escape(content.lead_agency)}</bdi></p>"

    def _read_all(self, source: Source, iso3: str, number: int) -> str:
        words = self.words
        places = (("-iso3-", iso3), ("-cycle-", source.cycle), ("-number-", str(number)))
        address, name = str(words["to_answer"]), str(words["read_all_of"])
        for place, value in places:
            address = address.replace(place, escape(value))
            name = name.replace(place, escape(value))
        return f'<p><a href="{address}" aria-label="{name}">{words["read_all"]}</a></p>'

    def _vintage(self, content: ResponseContent | None, source: Source) -> str:
        """In which language it is said, and when: the same for most answers of a submission."""
        language = content.narrative_language if content and content.narrative else ""
        if (language, source) not in self._vintages:
            said_in = f"{escape(label(language))} · " if language else ""
            written = f'<p class="base">{said_in}{write_date(source.submitted_at)}</p>'
            self._vintages[language, source] = written
        return self._vintages[language, source]

    def _assistance(self, item: Assistance) -> str:
        parts = [item.direction, item.theme, *([item.kind] if item.kind else []), item.status]
        facts = " · ".join(escape(label(part)) for part in parts)
        told = f" <bdi>{escape(excerpt(item.description))}</bdi>" if item.description else ""
        return f'<p><span class="base">{self.words["assistance"]} {facts}</span>{told}</p>'


def _measures(measures: Sequence[Measure]) -> str:
    return f"<ul>{''.join([_measure(measure) for measure in measures])}</ul>"


def _measure(measure: Measure) -> str:
    title, adopted, link = map(escape, (measure.title, measure.adopted_on, measure.link))
    day = f" ({adopted})" if adopted else ""
    away = f' <a href="{link}" rel="noopener noreferrer nofollow">{link}</a>' if link else ""
    return f"<li><bdi>{title}</bdi>{day}{away}</li>"


def init_app(app: Flask) -> None:
    """Let the page that compares write its cells."""
    app.jinja_env.globals["cell_writer"] = CellWriter
