"""``tracker document``: list and show."""

from dataclasses import asdict
from typing import Any

import click

from tracker.cli.database import reading
from tracker.cli.output import format_option, print_json, print_rows
from tracker.domain.documents import Commitment, OutcomeDocument
from tracker.domain.errors import NotFound, Problem
from tracker.queries.documents import document_or_none, list_documents
from tracker.settings import load_settings


@click.group()
def document() -> None:
    """Outcome documents."""


@document.command("list")
@format_option
def list_(form: str) -> None:
    """List the outcome documents."""
    with reading(load_settings()) as session:
        rows = list_documents(session)
    if form == "json":
        print_json([asdict(row) for row in rows])
    else:
        lines = ((row.slug, row.symbol, str(row.commitments)) for row in rows)
        print_rows(lines, ("slug", "symbol", "commitments"))


@document.command()
@click.argument("slug")
@format_option
def show(slug: str, form: str) -> None:
    """Show one outcome document with all its commitments."""
    with reading(load_settings()) as session:
        found = document_or_none(session, slug)
    if found is None:
        raise NotFound(Problem("unknown-document", "", {"slug": slug}))
    if form == "json":
        print_json(document_as_json(found))
    else:
        print_rows(
            (str(c.paragraph), c.section, c.addressee, c.strength or "", c.title["en"])
            for c in found.commitments
        )


def document_as_json(found: OutcomeDocument) -> dict[str, Any]:
    """The document in the form that the command promises."""
    return {
        "slug": found.slug,
        "symbol": found.symbol,
        "title": dict(found.title),
        "commitments": [_commitment(found, c) for c in found.commitments],
    }


def _commitment(found: OutcomeDocument, c: Commitment) -> dict[str, Any]:
    return {
        "key": c.key,
        "paragraph": c.paragraph,
        "section": [{"code": s.code, "title": dict(s.title)} for s in found.path(c.section)],
        "text": dict(c.text),
        "title": dict(c.title),
        "summary": dict(c.summary),
        "addressee": c.addressee,
        "strength": c.strength,
        "strengths": list(c.strengths) if c.asks_states else None,
        "level": c.level,
        "themes": list(c.themes),
        "qualifiers": list(c.qualifiers),
        "report_section": c.report_section,
        "references": [asdict(reference) for reference in c.references],
        "note": dict(c.note) or None,
    }
