"""The rows of the page that compares, and in them the cell of one State on one commitment.

There are hundreds of cells on a page. They are joined here, as the rows of the matrix are: macros
take ten times as long. Everything that a State wrote passes through ``escape``; ``words`` holds
our own markup.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Flask, url_for
from markupsafe import Markup, escape

from tracker.domain.assistance import Assistance
from tracker.domain.comparison import (
    Cell,
    Column,
    GroupColumn,
    Row,
    Said,
    Source,
    StateCell,
    StateColumn,
)
from tracker.domain.documents import Commitment
from tracker.domain.excerpts import excerpt
from tracker.domain.progress import Audience, Base
from tracker.domain.responses import Measure, ResponseContent
from tracker.domain.states import StateStatus
from tracker.queries.kept import Keeper
from tracker.web.comparing import Comparison
from tracker.web.locale import in_language, locale_name
from tracker.web.render import label, write_date, write_language

T = TypeVar("T")
FILTERS = ("section", "theme", "level", "strength", "addressee")


@dataclass(frozen=True, slots=True)
class CellWriter:
    """Writes the cells of a page; ``words`` are what they say again and again, as markup.

    ``badges`` and ``audiences`` by value, ``moves`` by move, ``text_without_progress``,
    ``good_practice``, ``reason``, ``measures``, ``lead_agency``, ``assistance``, ``read_all``,
    ``struck``; ``to_commitment`` with ``/0?`` where the number belongs; ``read_all_of``,
    ``to_answer`` and ``last_known`` with ``-state-`` (the name), ``-iso3-``, ``-number-``,
    ``-cycle-`` where those do.
    """

    words: Mapping[str, Any]
    keep: Keeper
    _vintages: dict[tuple[str, Source], str] = field(default_factory=dict)

    def heads(self, view: Comparison) -> Mapping[int, Markup]:
        """By paragraph what names the row: the number, the title, the way to its page."""
        commitments = view.document.commitments
        return self._kept(("heads", view.cycle.slug), lambda: dict(map(self._head, commitments)))

    def columns(
        self, view: Comparison, group_cell: Callable[[GroupColumn, Cell, str], Markup]
    ) -> list[Mapping[int, Markup]]:
        """By column and paragraph the cell.

        ``group_cell`` writes those of groups; its last is the address of the States behind.
        """
        found: list[Mapping[int, Markup]] = []
        for place, (column, behind) in enumerate(zip(view.columns, view.behind, strict=True)):
            if isinstance(column, StateColumn):
                found.append(self._column(view, column))
                continue
            cells = {row.commitment.paragraph: row.cells[place] for row in view.rows}
            addresses = {
                number: behind.replace("paragraph=0", f"paragraph={number}") for number in cells
            }
            found.append({n: group_cell(column, cell, addresses[n]) for n, cell in cells.items()})
        return found

    @staticmethod
    def rows(
        rows: Iterable[Row], heads: Mapping[int, Markup], columns: Sequence[Mapping[int, Markup]]
    ) -> Markup:
        """The rows of a section, each named by its paragraph."""
        numbers = [row.commitment.paragraph for row in rows]
        parts = (heads, *columns)
        cells = ("".join([part[number] for part in parts]) for number in numbers)
        joined = zip(numbers, cells, strict=True)
        return _ours("\n".join(f'<tr id="p{number}">{written}</tr>' for number, written in joined))

    def _column(self, view: Comparison, column: StateColumn) -> Mapping[int, Markup]:
        if not view.for_all:
            return self._written(column, [row.commitment for row in view.rows])
        before = view.before and view.before.slug
        name = ("cells", column.code, view.cycle.slug, before)
        return self._kept(name, lambda: self._written(column, view.document.commitments))

    def _kept(self, name: Hashable, write: Callable[[], T]) -> T:
        """Written once a version of the data, language and address, in which a language stands."""
        key = (name, locale_name(), str(self.words["to_answer"]))
        return self.keep.each("compared cells", [key], lambda _: {key: write()})[key]

    def _head(self, one: Commitment) -> tuple[int, Markup]:
        address = str(self.words["to_commitment"]).replace("/0?", f"/{one.paragraph}?")
        named = f"{one.paragraph} · {escape(in_language(one.title))}"
        return one.paragraph, _ours(f'<th scope="row"><a href="{address}">{named}</a></th>')

    def _written(
        self, column: StateColumn, commitments: Iterable[Commitment]
    ) -> Mapping[int, Markup]:
        name = f'<span class="column-name"><bdi>{escape(in_language(column.name))}</bdi></span>'
        found = {}
        for one in commitments:
            cell = "".join(self._cell(column.cell(one), column, one.paragraph))
            found[one.paragraph] = _ours(f"<td>{name}{cell}</td>")
        return found

    def _cell(self, cell: StateCell, column: StateColumn, number: int) -> Iterator[str]:
        words, content = self.words, cell.content
        yield f'<p class="row">{self._badge(content, cell.value)}'
        if content and content.good_practice:
            yield f" {words['good_practice']}"
        if content and content.audience != Audience.PUBLIC:
            yield f" {words['audiences'][content.audience]}"
        yield "</p>"
        if cell.move:
            yield f'<p class="base">{words["moves"][cell.move]}</p>'
        if cell.said and cell.source:
            yield from self._said(cell.said, cell.source, column, number)
        for item in cell.assistance:
            yield self._assistance(item)
        if cell.said and cell.source:
            yield self._vintage(content, cell.source)
        if cell.last_known:
            said, source = cell.last_known.said, cell.last_known.source
            sentence = words["last_known"].replace("-cycle-", escape(source.cycle))
            yield f'<div class="last-known"><p class="base">{sentence}</p>'
            yield f'<p class="row">{self._badge(said.content, said.value)}</p>'
            yield from self._said(said, source, column, number)
            yield f"{self._vintage(said.content, source)}</div>"

    def _badge(self, content: ResponseContent | None, value: str) -> str:
        """Beside a text without progress "not answered" alone would be read as false."""
        if content and not content.progress:
            if content.narrative or content.measures or content.lead_agency or content.reason:
                return str(self.words["text_without_progress"])
        return str(self.words["badges"][value])

    def _said(self, said: Said, source: Source, column: StateColumn, number: int) -> Iterator[str]:
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
            yield self._read_all(source, column, number)
        if said.is_struck:
            yield f'<p class="soft">{words["struck"]}</p>'
        if content.measures:
            yield f'<p class="base">{words["measures"]}</p>{_measures(content.measures)}'
        if content.lead_agency:
            yield f'<p><span class="base">{words["lead_agency"]}</span> '
            yield f"<bdi>{escape(content.lead_agency)}</bdi></p>"

    def _read_all(self, source: Source, column: StateColumn, number: int) -> str:
        words, address = self.words, str(self.words["to_answer"])
        name = str(words["read_all_of"]).replace("-number-", str(number))
        name = name.replace("-state-", escape(in_language(column.name)))
        places = (("-iso3-", column.code), ("-cycle-", source.cycle), ("-number-", str(number)))
        for place, value in places:
            address = address.replace(place, escape(value))
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


def _ours(html: str) -> Markup:
    """Our own markup, in which every text of a State is escaped."""
    return Markup(html)  # noqa: S704  # nosec B704


def _measures(measures: Sequence[Measure]) -> str:
    return f"<ul>{''.join([_measure(measure) for measure in measures])}</ul>"


def _measure(measure: Measure) -> str:
    title, adopted, link = map(escape, (measure.title, measure.adopted_on, measure.link))
    day = f" ({adopted})" if adopted else ""
    away = f' <a href="{link}" rel="noopener noreferrer nofollow">{link}</a>' if link else ""
    return f"<li><bdi>{title}</bdi>{day}{away}</li>"


def behind_totals(view: Comparison) -> tuple[str, ...]:
    """By column the address of what is counted, without its value; ``""`` where no page lists it.

    None does of commitments chosen by what is said on them, of observer States, which are in no
    base, and of States that this reader reads whole while pages of figures count less.
    """
    if view.only:
        return ("",) * len(view.columns)
    return tuple(_behind(view, column) for column in view.columns)


def _behind(view: Comparison, column: Column) -> str:
    chosen = {name: value for name, value in view.arguments().items() if name in FILTERS}
    place = {"slug": view.cycle.slug, **chosen}
    if isinstance(column, GroupColumn):
        return url_for("public.cycle_states", area=column.code, base=view.base.value, **place)
    if column.state.status is not StateStatus.MEMBER or column.state in view.own:
        return ""
    return url_for("public.cycle_states", state=column.code, base=Base.MEMBERS.value, **place)


def init_app(app: Flask) -> None:
    """Let the page that compares write its cells, and lead from the numbers of its first row."""
    app.jinja_env.globals.update(cell_writer=CellWriter, behind_totals=behind_totals)
