"""One section of a report as a sheet, laid out like the voluntary national report."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from tracker.domain.documents import Commitment, OutcomeDocument
from tracker.domain.messages import N_
from tracker.domain.progress import Progress
from tracker.exchange.answers import value_of
from tracker.exchange.cells import CELL_LIMIT, lines, split_text
from tracker.exchange.columns import Column, Kind
from tracker.exchange.commitments import chapeau, heading, sources
from tracker.exchange.details import details
from tracker.exchange.report_rows import Box, lines_of, write_boxes
from tracker.exchange.words import Words
from tracker.exchange.workbook import Sheet
from tracker.queries.exports import ExportedAnswer

YES, NO, DEVELOPING, NOT_APPLICABLE = "yes", "no", "developing", "not_applicable"
TEMPLATE_COLUMN = {
    Progress.IMPLEMENTED: YES,
    Progress.NOT_STARTED: NO,
    Progress.IN_DEVELOPMENT: DEVELOPING,
    Progress.PARTLY_IMPLEMENTED: DEVELOPING,
    Progress.NOT_APPLICABLE: NOT_APPLICABLE,
}
MARK = "X"
RIGHT_TO_LEFT = ("ar",)


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One commitment of a report, with what is said on it."""

    document: OutcomeDocument
    commitment: Commitment
    answer: ExportedAnswer | None
    words: Words

    def mark(self, column: str) -> str:
        """``X`` in the one column of the report template that the progress belongs to."""
        value = value_of(self.commitment, self.answer)
        own = TEMPLATE_COLUMN.get(value) if isinstance(value, Progress) else None
        return MARK if own == column else ""

    @property
    def narrative_language(self) -> str:
        """The language that the State wrote in, if it named one and it may be read."""
        content = self.answer.content if self.answer else None
        return content.narrative_language if content else ""


REPORT_COLUMNS: tuple[Column[ReportLine], ...] = (
    Column(
        "sources",
        N_("Sources"),
        Kind.CODE,
        16,
        lambda line: sources(line.document, line.commitment, line.words),
        N_("The paragraph of the outcome document, then other instruments in our reading."),
    ),
    Column(
        "commitment",
        N_("Commitment (in bold our short title, below it the official text)"),
        Kind.TYPED,
        64,
        lambda line: "\n".join(text for _, text in commitment_runs(line)),
        N_("Our short title, marked as ours by bold type, and the wording of the document."),
    ),
    Column(
        "yes",
        N_("Yes"),
        Kind.CODE,
        6,
        lambda line: line.mark(YES),
        N_("X: implemented."),
    ),
    Column(
        "no",
        N_("No"),
        Kind.CODE,
        6,
        lambda line: line.mark(NO),
        N_("X: not started."),
    ),
    Column(
        "developing",
        N_("Developing"),
        Kind.CODE,
        11,
        lambda line: line.mark(DEVELOPING),
        N_("X: in development or partly implemented; Details says which."),
    ),
    Column(
        "not_applicable",
        N_("n.a. (our column)"),
        Kind.CODE,
        9,
        lambda line: line.mark(NOT_APPLICABLE),
        N_("X: not applicable. The report template has no such column; it is ours."),
    ),
    Column(
        "details",
        N_("Details"),
        Kind.TYPED,
        70,
        lambda line: details(line.words, line.commitment, line.answer),
        N_("Everything the State says, in words; where nothing is said, why."),
    ),
)
WIDTHS = tuple(column.width for column in REPORT_COLUMNS)
COMMITMENT_AT, DETAILS_AT = 1, 6


def commitment_runs(line: ReportLine) -> list[tuple[str, str]]:
    """Style and text of each part of the cell “Commitment”."""
    words, commitment = line.words, line.commitment
    text, language = words.official(commitment.text)
    runs = [("bold", words.text(commitment.title))]
    if language != words.language:
        runs.append(("run_soft", words(N_("Our summary:")) + " " + words.text(commitment.summary)))
        quoted = words(N_("Official text (%(language)s):"), language=words.label(language))
        runs.append(("run_soft", quoted))
    runs.append(("run", text))
    note = words.text(commitment.note)
    if note:
        runs.append(("run_soft", words(N_("Note (ours):")) + " " + note))
    return [run for run in runs if run[1]]


def write_head(sheet: Sheet, title: str, about: str) -> None:
    """The title and the header of the columns, which stays in view and on every page."""
    sheet.line(title, "title")
    sheet.line(about, "soft")
    sheet.header([sheet.book.words(column.header) for column in REPORT_COLUMNS])


def write_commitments(sheet: Sheet, report: Sequence[ReportLine]) -> None:
    """Every commitment, under the section of the document in which it stands."""
    for code, group in groupby(report, key=lambda line: line.commitment.section):
        for number, line in enumerate(group):
            sheet.may_break()
            if not number:
                _band(sheet, line.document, code)
            _write(sheet, line)
    if not report:
        words = sheet.book.words
        sheet.line(words(N_("No commitment of this document belongs to this section.")), "note")


def _band(sheet: Sheet, document: OutcomeDocument, code: str) -> None:
    words = sheet.book.words
    sheet.line(heading(document, code, words), "band")
    if words.official(document.section(code).title)[1] != words.language:
        short = words.text(document.section(code).short_title)
        sheet.line(words(N_("%(title)s (short title, ours)"), title=short), "band_note")
    governing = chapeau(document, code, words)
    if governing:
        sheet.line(governing, "band_note")


def _write(sheet: Sheet, line: ReportLine) -> None:
    """One commitment; where its details do not fit into a cell, they go on below."""
    first, *rest = split_text(details(line.words, line.commitment, line.answer))
    _block(sheet, line, first, commitment_runs(line), continued=False)
    for piece in rest:
        sheet.may_break()
        again = [("run_soft", line.words(N_("Continued from the row above.")))]
        _block(sheet, line, piece, again, continued=True)


def _block(
    sheet: Sheet, line: ReportLine, text: str, runs: list[tuple[str, str]], *, continued: bool
) -> None:
    own = f"mark-{value_of(line.commitment, line.answer)}"
    boxes = []
    for at, column in enumerate(REPORT_COLUMNS):
        content = text if at == DETAILS_AT else column.value(line)
        if continued and at == 0:
            content = line.words(N_("%(sources)s (continued)"), sources=content)
        elif at == COMMITMENT_AT or (continued and at != DETAILS_AT):
            content = ""
        boxes.append(Box(at, at, content, _style(at, content, own, line)))
    official = sum(lines(run, WIDTHS[COMMITMENT_AT]) for _, run in runs)
    row = sheet.row
    write_boxes(sheet, boxes, max(official, lines_of(sheet, boxes)))
    _runs(sheet, row, runs)


def _style(at: int, content: str, own: str, line: ReportLine) -> str:
    if at == DETAILS_AT and line.answer and line.answer.content:
        rtl = line.narrative_language in RIGHT_TO_LEFT
        return "boxed_typed_rtl" if rtl else "boxed_typed"
    if COMMITMENT_AT < at < DETAILS_AT:
        return own if content else "mark"
    return "boxed"


def _runs(sheet: Sheet, row: int, runs: list[tuple[str, str]]) -> None:
    """The cell “Commitment”, its parts told apart by type."""
    book, boxed = sheet.book, sheet.book.style("boxed")
    parts: list[object] = []
    for number, (style, text) in enumerate(runs):
        parts += [book.style(style), text if number == len(runs) - 1 else f"{text}\n"]
    whole = "".join(part for part in parts if isinstance(part, str))
    if len(runs) > 1 and len(whole) <= CELL_LIMIT // 2:
        sheet.raw.write_rich_string(row, COMMITMENT_AT, *parts, boxed)
    else:
        sheet.raw.write_string(row, COMMITMENT_AT, whole, boxed)
