"""The offline template: the working copy as a workbook to be filled in, the only one read back."""

from collections.abc import Mapping

from tracker.domain.chain import instant
from tracker.domain.filled import Leftover
from tracker.domain.messages import N_
from tracker.exchange.marks import MARK_SHEET
from tracker.exchange.readme import document_version
from tracker.exchange.styles import sheet_name
from tracker.exchange.template_columns import SHEET_NAMES, SLOTS, roles_of
from tracker.exchange.template_identity import Identity, write_identity
from tracker.exchange.template_leftovers import LEFTOVERS, SHEET_NAME, WIDTHS, write_leftovers
from tracker.exchange.template_readme import guide_name, write_guide
from tracker.exchange.template_rows import Rows, Versions, rows_of, versions_of
from tracker.exchange.template_sheet import LISTS_SHEET, Lists, TemplateSheet
from tracker.exchange.template_words import CellWords
from tracker.exchange.translations import Translate
from tracker.exchange.words import Made, Words
from tracker.exchange.workbook import Book, Target
from tracker.queries.templates import TemplateExport

GUIDE_WIDTHS = (28, 92)


def write_template(
    target: Target, data: TemplateExport, *, translate: Translate, language: str, made: Made
) -> None:
    """Write the template, filled in with what the working copy says now."""
    words = Words(language, translate)
    rows, versions = rows_of(data, words), versions_of(data)
    write_rows(target, data, rows, versions, words=words, made=made)


def write_rows(
    target: Target,
    data: TemplateExport,
    rows: Rows,
    versions: Versions,
    *,
    words: Words,
    made: Made,
    notes: tuple[str, ...] | None = None,
    left: tuple[Leftover, ...] = (),
) -> None:
    """Write a template of these rows.

    ``notes`` are those of a check that belong to no cell; with them, a last column holds those
    of the cells. What is ``left`` has a sheet of its own.
    """
    frame, cells = data.frame, CellWords(words)
    taken = {MARK_SHEET.casefold(), LISTS_SHEET.casefold()}
    guide = sheet_name(guide_name(words), taken)
    names = {role: sheet_name(words(SHEET_NAMES[role]), taken) for role in rows}
    named = {role.value: name for role, name in names.items()}
    if left:
        named[LEFTOVERS] = sheet_name(words(SHEET_NAME), taken)
    title = words(N_("Template for the national report of %(iso3)s"), iso3=frame.state.iso3)
    with Book(target, words, made, f"{title} · {frame.cycle.slug}") as book:
        book.lock_structure()
        readme = book.sheet(guide, GUIDE_WIDTHS)
        sheets = {
            role: TemplateSheet(book, cells, role, name, noted=notes is not None)
            for role, name in names.items()
        }
        if left:
            write_leftovers(book.sheet(named[LEFTOVERS], WIDTHS), left)
        lists = Lists(book.raw.add_worksheet(LISTS_SHEET))
        for role, sheet in sheets.items():
            sheet.write(rows[role], lists)
        identity = _identity(data, words, made, named, versions)
        hidden = book.raw.add_worksheet(MARK_SHEET)
        hidden.very_hidden()
        write_identity(hidden, identity)
        write_guide(readme, data, names, cells.clear, made, notes)


def _identity(
    data: TemplateExport,
    words: Words,
    made: Made,
    names: Mapping[str, str],
    versions: Versions,
) -> Identity:
    frame = data.frame
    return Identity(
        state=frame.state.iso3,
        cycle=frame.cycle.slug,
        report=frame.report,
        document=frame.document.slug,
        wording=document_version(frame.document),
        language=words.language,
        sections=frame.sections,
        made_at=instant(made.at),
        sheets=names,
        columns={
            role.value: [slot.key for slot in SLOTS[role]] for role in roles_of(frame.sections)
        },
        answers=versions.answers,
        items=versions.items,
        figures=versions.figures,
    )
