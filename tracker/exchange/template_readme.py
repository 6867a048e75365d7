"""The first sheet of an offline template: what it is, and what to do with it, in plain words."""

from collections.abc import Iterable, Mapping

from tracker.domain.completeness import answered_of
from tracker.domain.filled import SheetRole
from tracker.domain.messages import N_
from tracker.domain.progress import Progress
from tracker.exchange.legend import language_notes, meaning
from tracker.exchange.readme import document_version
from tracker.exchange.styles import state_and_code
from tracker.exchange.template_identity import FORMAT
from tracker.exchange.words import Made, Words
from tracker.exchange.workbook import Sheet
from tracker.queries.templates import TemplateExport


def guide_name(words: Words) -> str:
    """The name of the sheet."""
    return words(N_("Read me"))


def write_guide(
    sheet: Sheet,
    data: TemplateExport,
    names: Mapping[SheetRole, str],
    clear: str,
    made: Made,
    notes: tuple[str, ...] | None,
) -> None:
    """What to do, then the facts; ``notes`` of a check that belong to no cell come first."""
    words = sheet.book.words
    sheet.line(sheet.book.title, "title")
    if data.frame.demonstration:
        sheet.line(words(N_("Demonstration data: the States here are invented.")), "alert")
    if notes is not None:
        _notes(sheet, notes)
    sheet.gap()
    sheet.line(words(N_("What to do")), "heading")
    for number, text in enumerate(_steps(words, names, clear), start=1):
        sheet.line(f"{number}. {text}", "plain")
    sheet.gap()
    sheet.line(words(N_("About this file")), "heading")
    for name, text in _facts(data, words, made):
        sheet.fact(name, text, "fact_typed")
    sheet.gap()
    sheet.line(words(N_("Progress")), "heading")
    for value in Progress:
        sheet.fact(words.label(value), words(meaning(value)))
    for text in (*_official_notes(data, words), *language_notes(words)):
        sheet.line(text, "note")
    sheet.raw.protect("", {"format_columns": True, "format_rows": True, "objects": True})


def _official_notes(data: TemplateExport, words: Words) -> Iterable[str]:
    _, language = words.official(data.frame.document.commitments[0].text)
    if language != words.language:
        text = N_(
            "No official text is loaded in the language of this file: it is quoted in "
            "%(language)s, beside our summary."
        )
        yield words(text, language=words.label(language))


def _notes(sheet: Sheet, notes: tuple[str, ...]) -> None:
    words = sheet.book.words
    sheet.line(
        words(
            N_(
                "This copy holds what you filled in, with what the check found: wrong cells in "
                "red, cells that were changed online meanwhile in yellow, the reasons in the "
                "last column. Rows that were not read stand below the others, before the empty "
                "ones. Correct the cells and upload this file again."
            )
        ),
        "alert",
    )
    for text in notes:
        sheet.line(text, "alert")


def _steps(words: Words, names: Mapping[SheetRole, str], clear: str) -> Iterable[str]:
    yield words(
        N_(
            "Fill in the white cells, here or in any other spreadsheet program. Grey cells name "
            "the row; leave them as they are."
        )
    )
    yield words(
        N_("“%(sheet)s” has one row for each commitment. Choose the progress from the list."),
        sheet=names[SheetRole.ANSWERS],
    )
    yield words(N_("Not applicable needs a reason. Write in the language you like, and name it."))
    yield words(
        N_("“%(sheet)s” has one row for each law, with the number of the paragraph it belongs to."),
        sheet=names[SheetRole.MEASURES],
    )
    if SheetRole.FIGURES in names:
        yield words(
            N_("“%(sheet)s” takes whole numbers. An empty cell means unknown, and never zero."),
            sheet=names[SheetRole.FIGURES],
        )
    yield words(N_("An empty cell changes nothing: what the report says there stays."))
    yield words(N_("To empty something, write %(word)s in its cell."), word=clear)
    yield words(N_("To remove a whole row from the report, choose Yes under Remove."))
    yield words(N_("New rows go into the empty rows at the end of each sheet."))
    yield words(
        N_("Write no formulas: they are refused. A text may begin with any sign, = included.")
    )
    yield words(
        N_(
            "You may filter, hide and widen as you like. The sheets are protected without a "
            "password; take the protection off to sort, and sort whole rows only."
        )
    )
    yield words(N_("Rename, move or delete no sheet."))
    yield words(
        N_(
            "Save the file as .xlsx and upload it on the page of the report. You see every change "
            "before anything is saved; what others saved meanwhile is never overwritten unseen."
        )
    )
    yield words(
        N_("Download a new template when the report has changed a lot: this one stays as it is.")
    )


def _facts(data: TemplateExport, words: Words, made: Made) -> Iterable[tuple[str, str]]:
    frame = data.frame
    yield words(N_("State")), state_and_code(words, frame.state.name, frame.state.iso3)
    yield words(N_("Reporting cycle")), frame.cycle.slug
    document = words.text(frame.document.title)
    yield words(N_("Outcome document")), f"{document}, {frame.document.symbol}"
    due = words.day(frame.cycle.dates.due_on) or words(N_("No due date"))
    yield words(N_("Due")), due
    if frame.sections is not None:
        yield words(N_("Sections")), ", ".join(frame.sections)
    contents = {key: row.content for key, row in data.answers.items()}
    answered, needed = answered_of(frame.commitments, contents)
    yield words(N_("Answered, of the commitments that need an answer")), f"{answered}/{needed}"
    yield words(N_("Made")), f"{words.instant(made.at)}, {made.by}"
    yield words(N_("Language")), words.label(words.language)
    version = f"{FORMAT} · {document_version(frame.document)}"
    yield words(N_("Version of the template")), version
