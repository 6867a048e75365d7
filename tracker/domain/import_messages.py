"""Sentences about templates that come back: files, rows and cells, and what they would change."""

from typing import Final

from tracker.domain.marking import N_

IMPORT_MESSAGES: Final[dict[str, str]] = {
    "file-needed": N_("Choose the filled template on your computer, then press the button."),
    "not-a-template": N_(
        "This is no template of the tracker. Download the template on the page of the report, and "
        "fill that in."
    ),
    "report-workbook": N_(
        "This file is a report to read and print. Download the template on the page of the "
        "report, and fill that in."
    ),
    "compiled-workbook": N_(
        "This file is a compilation of many reports, to be read. Download the template on the "
        "page of the report, and fill that in."
    ),
    "template-old": N_(
        "This template is of an older version of the tracker. Download a new one and copy your "
        "texts into it."
    ),
    "template-wording-old": N_(
        "The wording of the outcome document was corrected after this template was made. Download "
        "a new one and copy your texts into it."
    ),
    "template-damaged": N_(
        "The hidden part that says where this file belongs is damaged. Download a new template "
        "and copy your texts into it."
    ),
    "template-of-other-state": N_(
        "This template belongs to %(other)s, and you are at work on the report of %(state)s. "
        "Choose the file of %(state)s."
    ),
    "template-of-other-cycle": N_(
        "This template belongs to the reporting cycle “%(other)s”, and you are at work on "
        "“%(cycle)s”. Choose the file of this cycle."
    ),
    "template-of-other-report": N_(
        "This template was made from another report than this one. Download a new one and copy "
        "your texts into it."
    ),
    "template-of-others": N_(
        "This template holds parts of the report that are not assigned to you. Download a "
        "template of your own, or give the file to the national focal point."
    ),
    "sheet-missing": N_(
        "This sheet is missing or was renamed. Give it back its name; without it, nothing of it "
        "is read."
    ),
    "sheet-too-long": N_(
        "This sheet has %(rows)s rows with something in them, and at most %(limit)s can be of the "
        "report. Delete those that are not; until then, nothing of it is read."
    ),
    "column-missing": N_(
        "The column “%(column)s” is missing. Take it from a new template; without it, nothing of "
        "it is read."
    ),
    "column-twice": N_(
        "The column “%(column)s” stands in this sheet more than once (%(letters)s). Delete the one "
        "that is not to count; until then, nothing of it is read."
    ),
    "unknown-paragraph": N_(
        "“%(value)s” is no paragraph of this template. Give the row back its paragraph, or empty "
        "it."
    ),
    "paragraph-needed": N_("Write the number of the paragraph to which this row belongs."),
    "paragraph-twice": N_(
        "Paragraph %(number)s stands in two rows. Keep one of them and empty the other."
    ),
    "row-twice": N_("This row stands in the sheet twice. Keep one of them and empty the other."),
    "row-mixed": N_(
        "The cells of this row belong to different rows: only a part of the sheet was sorted. "
        "Sort whole rows, or copy your texts into a new template."
    ),
    "official-text-differs": N_(
        "The official text in this row is not that of paragraph %(number)s. Check that your text "
        "stands beside the right paragraph."
    ),
    "row-without-name": N_(
        "This row belongs to nothing, so it cannot be saved. Move its texts into a row of the "
        "template."
    ),
    "unknown-row": N_("This row is not one of the template. Move its texts into an empty row."),
    "left-over": N_(
        "Texts of “%(sheet)s” that could not be read stand here. Move them to the places where "
        "they belong, then empty their cells."
    ),
    "figure-held-back": N_(
        "This figure is left out with the others of its year, which do not fit together. Correct "
        "those that are named; it may be right."
    ),
    "formula-in-cell": N_("This cell holds a formula. Write its result instead."),
    "error-in-cell": N_("This cell holds an error (%(value)s). Write what it should say."),
    "cannot-be-cleared": N_(
        "This cell cannot be emptied, because something has to stand there. Write what it should "
        "say, or leave it blank to keep what is saved."
    ),
    "file-not-kept": N_(
        "This file is no longer here: a file is kept for one day, of one report the last three, "
        "and none once the secretariat strikes out a text. Send it again; nothing of it was saved "
        "unless you applied it."
    ),
    "import-changed": N_(
        "The report was changed after you saw what the file would do. Nothing was saved; look at "
        "the changes again."
    ),
    "import-conflicts": N_(
        "Cells that were changed online meanwhile: %(n)s. Nothing was saved; choose for each "
        "which text is to stand."
    ),
    "import-errors": N_(
        "Cells that cannot be saved: %(n)s. Nothing was saved; correct them, or save the others "
        "without them."
    ),
}
