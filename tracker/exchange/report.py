"""One State's report as a workbook, laid out like the voluntary national report."""

from tracker.domain.documents import ReportSection
from tracker.domain.messages import N_
from tracker.domain.progress import Absence, Audience, Progress
from tracker.exchange.answers import reader_words, value_of
from tracker.exchange.indicator_sheets import write_returns
from tracker.exchange.legend import language_notes, meaning, write_codebook
from tracker.exchange.marks import FileKind
from tracker.exchange.report_sheet import (
    REPORT_COLUMNS,
    WIDTHS,
    ReportLine,
    write_section,
)
from tracker.exchange.styles import state_and_code
from tracker.exchange.translations import Translate
from tracker.exchange.words import Made, Words
from tracker.exchange.workbook import Book, Sheet, Target
from tracker.queries.report_exports import ReportExport

COVER_WIDTHS = (34, 12, 12, 12, 12, 12, 12, 12, 18)
INDICATOR_WIDTHS = (40, 20, 20, 20, 20, 20, 28)
SUMMARY: tuple[Progress | Absence, ...] = (
    Progress.IMPLEMENTED,
    Progress.PARTLY_IMPLEMENTED,
    Progress.IN_DEVELOPMENT,
    Progress.NOT_STARTED,
    Progress.NOT_APPLICABLE,
    Absence.NOT_ANSWERED,
    Absence.WITHHELD,
)
Lines = dict[ReportSection, list[ReportLine]]


def write_report(
    target: Target, data: ReportExport, *, translate: Translate, language: str, made: Made
) -> None:
    """Write the workbook: a cover, a sheet for each report section, indicators, codebook."""
    words = Words(language, translate)
    state = state_and_code(words, data.state.name, data.state.iso3)
    title = words(N_("National report of %(state)s"), state=state)
    about = f"{title} · {data.frame.cycle.slug} · {data.frame.document.symbol}"
    with Book(target, words, made, about) as book:
        found = _lines_by_section(data, words)
        cover = book.sheet(words(N_("Cover")), COVER_WIDTHS)
        sheets = [_section_name(number, section, words) for number, section in _numbered()]
        for name, section in zip(sheets, ReportSection, strict=True):
            write_section(book.sheet(name, WIDTHS), name, about, found[section])
        indicators = book.sheet(words(N_("Indicators")), INDICATOR_WIDTHS)
        indicators.line(words(N_("Indicators")), "title")
        indicators.line(about, "soft")
        write_returns(indicators, data.frame.indicators, data.contents.returns)
        write_codebook(book, ((words(N_("Report sections")), REPORT_COLUMNS),))
        _write_cover(cover, data, found, title, made)
        book.mark(FileKind.REPORT)


def _numbered() -> list[tuple[int, ReportSection]]:
    return list(enumerate(ReportSection, start=1))


def _section_name(number: int, section: ReportSection, words: Words) -> str:
    return f"{number} {words.label(section)}"


def _lines_by_section(data: ReportExport, words: Words) -> Lines:
    document = data.frame.document
    found: Lines = {section: [] for section in ReportSection}
    for commitment in document.commitments:
        answer = data.contents.answers.get(commitment.key)
        found[commitment.report_section].append(ReportLine(document, commitment, answer, words))
    return found


def _write_cover(sheet: Sheet, data: ReportExport, found: Lines, title: str, made: Made) -> None:
    words = sheet.book.words
    sheet.line(title, "title")
    if data.frame.demonstration:
        sheet.line(words(N_("Demonstration data: the States here are invented.")), "alert")
    sheet.line(
        words(
            N_("On the implementation of: %(document)s"),
            document=words.text(data.frame.document.title),
        ),
        "note",
    )
    sheet.gap()
    _facts(sheet, data, made)
    sheet.gap()
    _summary(sheet, found)
    sheet.gap()
    _legend(sheet, data)


def _facts(sheet: Sheet, data: ReportExport, made: Made) -> None:
    words, frame, submission = sheet.book.words, data.frame, data.submission
    dates = frame.cycle.dates
    sheet.fact(words(N_("State")), state_and_code(words, data.state.name, data.state.iso3))
    if data.group:
        sheet.fact(words(N_("Group")), words.text(data.group))
    sheet.fact(words(N_("Outcome document")), f"{frame.document.symbol} ({frame.document.source})")
    sheet.fact(words(N_("Reporting cycle")), frame.cycle.slug)
    if dates.period_from and dates.period_to:
        period = f"{words.day(dates.period_from)} – {words.day(dates.period_to)}"
        sheet.fact(words(N_("Period covered")), period)
    sheet.fact(words(N_("Due")), words.day(dates.due_on) or words(N_("No due date")))
    sheet.fact(words(N_("Status")), words.label(submission.status))
    sheet.fact(words(N_("Submission")), str(submission.number))
    sheet.fact(words(N_("Submitted")), words.instant(submission.submitted_at))
    if dates.due_on:
        sheet.fact(words(N_("On time")), words.flag(submission.on_time))
    published = words.instant(submission.published_at) or words(N_("Not published"))
    sheet.fact(words(N_("Published")), published)
    sheet.fact(words(N_("Content hash")), submission.content_hash)
    if frame.audience is Audience.SECRETARIAT:
        sheet.fact(words(N_("Submitted by")), submission.submitter, "fact_typed")
    sheet.fact(words(N_("Made for")), words(reader_words(frame.audience)))
    sheet.fact(words(N_("Made")), f"{words.instant(made.at)}, {made.by}", "fact_typed")


def _summary(sheet: Sheet, found: Lines) -> None:
    """Counts by section. The shares are of the commitments that ask States."""
    words = sheet.book.words
    sheet.line(words(N_("Progress by section")), "heading")
    heads = [words(N_("Section")), *(words.label(value) for value in SUMMARY)]
    sheet.row_of([*heads, words(N_("Answered, of those asked"))], "header")
    total = dict.fromkeys(SUMMARY, 0)
    for number, section in _numbered():
        counts = dict.fromkeys(SUMMARY, 0)
        for line in found[section]:
            value = value_of(line.commitment, line.answer)
            if value in counts:
                counts[value] += 1
                total[value] += 1
        _count_row(sheet, _section_name(number, section, words), counts)
    _count_row(sheet, words(N_("All sections")), total)


def _count_row(sheet: Sheet, name: str, counts: dict[Progress | Absence, int]) -> None:
    sheet.cell(0, name, "boxed_bold")
    for at, value in enumerate(SUMMARY, start=1):
        style = sheet.book.style("boxed_number")
        sheet.raw.write_number(sheet.row, at, counts[value], style)
    asked = sum(counts.values())
    answered = asked - counts[Absence.NOT_ANSWERED] - counts[Absence.WITHHELD]
    sheet.cell(len(SUMMARY) + 1, sheet.book.words.share(answered, asked), "boxed_share")
    sheet.row += 1


def _legend(sheet: Sheet, data: ReportExport) -> None:
    words = sheet.book.words
    sheet.line(words(N_("How to read this report")), "heading")
    for value in (*Progress, Absence.NOT_ASKED, Absence.NOT_ANSWERED, Absence.WITHHELD):
        sheet.fact(words.label(value), words(meaning(value)))
    for text in _notes(data, words):
        sheet.line(text, "note")


def _notes(data: ReportExport, words: Words) -> list[str]:
    notes = [
        words(
            N_(
                "An empty box under Yes, No, Developing or n.a. is not ticked. Where none of the "
                "four is ticked, Details says why."
            )
        ),
        words(
            N_(
                "Short titles, summaries, and the references under Sources are ours, not the "
                "meeting’s. The official text is quoted."
            )
        ),
    ]
    _, language = words.official(data.frame.document.commitments[0].text)
    if language != words.language:
        notes.append(
            words(
                N_(
                    "No official text is loaded in the language of this file: it is quoted in "
                    "%(language)s, after our summary."
                ),
                language=words.label(language),
            )
        )
    return notes + language_notes(words)
