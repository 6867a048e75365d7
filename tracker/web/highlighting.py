"""What a search found in a text, marked where it stands."""

from collections.abc import Iterable

from flask import Flask
from markupsafe import Markup, escape

from tracker.domain.searching import Search, Segment


def marked(segments: Iterable[Segment]) -> Markup:
    """Pieces of a text as markup; nothing in them is taken for markup."""
    return Markup("").join(
        Markup("<mark>{}</mark>").format(piece.text) if piece.found else escape(piece.text)
        for piece in segments
    )


def found(text: str, search: Search | None) -> str | Markup:
    """The whole text, marked where something is looked for."""
    return marked(search.segments(text)) if search else text


def around(text: str, search: Search) -> Markup:
    """The part around the first word found."""
    return marked(search.excerpt(text))


def init_app(app: Flask) -> None:
    """Filters of templates."""
    app.jinja_env.filters["found"] = found
    app.jinja_env.filters["around"] = around
