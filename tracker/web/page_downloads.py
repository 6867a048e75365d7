"""Downloads of what a page lists, exactly as the same choices in the address show it."""

from collections.abc import Iterator

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue

from tracker.domain.errors import Invalid, NotFound, Problem
from tracker.domain.exports import ExportFormat
from tracker.domain.published import chosen_values
from tracker.exchange.commitment_files import CommitmentPage, Standing, commitment_file
from tracker.exchange.indicator_files import IndicatorPage, indicator_file
from tracker.exchange.page_files import PageFile, write_page_file
from tracker.exchange.search_files import FoundAnswer, SearchPage, search_file
from tracker.exchange.translations import translator
from tracker.exchange.words import Words
from tracker.policy.actions import Action
from tracker.policy.scopes import audience_of
from tracker.queries.cycles import list_cycles
from tracker.queries.indicators import definition_of
from tracker.queries.published import published_values
from tracker.queries.states import installed, list_reporting_states
from tracker.web.access import requires
from tracker.web.exports import download, format_of, made
from tracker.web.indicator_choices import columns_of, values_view
from tracker.web.locale import chosen_language
from tracker.web.public_choices import asked_search, by_name, chosen_cycle, own_states
from tracker.web.public_commitment import Standings, commitment_view
from tracker.web.public_search import results_of
from tracker.web.session import current_actor
from tracker.web.transaction import release, session

blueprint = Blueprint("page_downloads", __name__)


@blueprint.get("/indicators/<slug>/values.<form>")
@requires(Action.PUBLIC_READ)
def indicator(slug: str, form: str) -> ResponseReturnValue:
    """The States, the sums and the years of the explorer."""
    kind, audience = format_of(form), audience_of(current_actor())
    view = values_view(definition_of(session(), slug), audience)
    values = published_values(session(), view.definition.slug)
    chosen = view.arguments()
    demonstration, version = installed(session())
    data = IndicatorPage(
        definition=view.definition,
        columns=columns_of(view.definition),
        shown=view.shown,
        states=by_name(view.states, lambda line: dict(line.row.state.name)),
        silent=by_name(view.silent, lambda row: dict(row.state.name)),
        published=chosen_values(values, view.places, view.shown.choice.year),
        area=view.area,
        category=view.category,
        stands=view.stands,
        codes={key: value for key, value in chosen.items() if key != "slug"},
        audience=audience,
        demonstration=demonstration,
        data_version=version,
        address=url_for("indicators.show", _external=True, **chosen),
    )
    words = words_of_page()
    return page_file(indicator_file(data, words), kind, words, f"{view.definition.slug}_values")


@blueprint.get("/documents/<slug>/<int:paragraph>/answers.<form>")
@requires(Action.PUBLIC_READ)
def commitment(slug: str, paragraph: int, form: str) -> ResponseReturnValue:
    """How States stand on a commitment, and every answer found, not only a page of them."""
    kind, view = format_of(form), commitment_view(slug, paragraph)
    found = view.standings
    if found is None:
        raise NotFound(Problem("not-found"))
    own = own_states(view.states)
    chosen = view.arguments
    demonstration, version = installed(session())
    data = CommitmentPage(
        document=view.document,
        commitment=view.commitment,
        cycle=found.cycle.slug,
        before=found.movement.before.slug if found.movement else "",
        base=found.base,
        standings=list(_standings(found)),
        states=[answer for key in found.keys for answer in found.states[key]],
        answers=view.answers.found,
        searched=view.answers.search.typed if view.answers.search else "",
        area=view.answers.area,
        value=view.answers.value,
        codes={key: value for key, value in chosen.items() if key not in ("slug", "paragraph")},
        audience=audience_of(current_actor()),
        own=tuple(state.iso3 for state in own),
        demonstration=demonstration,
        data_version=version,
        address=url_for("public.commitment", _external=True, **chosen),
    )
    words = words_of_page()
    name = f"{found.cycle.slug}_{slug}-{paragraph}_answers"
    return page_file(commitment_file(data, words), kind, words, name)


@blueprint.get("/search.<form>")
@requires(Action.PUBLIC_READ)
def search(form: str) -> ResponseReturnValue:
    """Every answer found, not only a page of them; ``Invalid`` where these are too many."""
    kind, asked = format_of(form), asked_search()
    cycle = chosen_cycle(list_cycles(session()))
    if asked is None:
        raise Invalid(Problem("nothing-looked-for", "q", {"name": "q"}))
    if cycle is None:
        raise NotFound(Problem("not-found"))
    found = results_of(cycle, asked)
    if found.too_many:
        raise Invalid(found.too_many)
    demonstration, version = installed(session())
    by_number = {one.paragraph: one for one in found.document.commitments}
    data = SearchPage(
        document=found.document,
        cycle=cycle.slug,
        typed=asked.typed,
        searched=found.searched,
        found=[
            FoundAnswer(by_number[hit.answer.paragraph], hit.state, hit.answer, hit.place)
            for hit in found.hits
        ],
        audience=audience_of(current_actor()),
        own=tuple(state.iso3 for state in own_states(list_reporting_states(session()))),
        demonstration=demonstration,
        data_version=version,
        address=url_for("public.search", _external=True, **found.arguments),
    )
    words = words_of_page()
    return page_file(search_file(data, words), kind, words, f"{cycle.slug}_search")


def _standings(found: Standings) -> Iterator[Standing]:
    """Each cycle over all Member States, then the groups in the cycle chosen."""
    for line in found.cycles:
        moved = found.movement if line.cycle == found.cycle else None
        yield Standing(
            line.cycle.slug,
            None,
            line.distribution,
            found.base,
            moved.counts if moved else None,
            moved.states if moved else None,
        )
    for group in found.groups:
        yield Standing(found.cycle.slug, group.area, group.distribution, found.base)


def words_of_page() -> Words:
    """The language of the page, and so of its file."""
    language = chosen_language()
    return Words(language, translator(language))


def page_file(data: PageFile, form: ExportFormat, words: Words, name: str) -> Response:
    """The file as an attachment, whose name says for whom it is and in which language."""
    maker = made()
    release()
    return download(
        lambda target: write_page_file(target, data, form, words=words, made=maker),
        f"{name}_{data.audience}_{words.language}.{form}",
        form.media_type,
    )
