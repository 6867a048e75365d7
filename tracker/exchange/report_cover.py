"""The first sheet of a report: whose it is, its receipt, what it holds, how to read it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tracker.domain.assistance import Assistance, Direction
from tracker.domain.contacts import ContactKind
from tracker.domain.documents import ReportSection
from tracker.domain.item_fields import Part
from tracker.domain.messages import N_
from tracker.domain.progress import Absence, Audience, Progress
from tracker.exchange.answers import reader_words, value_of
from tracker.exchange.indicator_sheets import summary_of
from tracker.exchange.legend import language_notes, meaning
from tracker.exchange.paper import print_whole
from tracker.exchange.report_items import absence_words, contact_line, contacts_of, withheld_words
from tracker.exchange.report_sheet import ReportLine
from tracker.exchange.styles import state_and_code
from tracker.exchange.template_items import GENERATION, TEMPLATE_ITEMS
from tracker.exchange.words import Made, Words
from tracker.exchange.workbook import Sheet
from tracker.queries.report_exports import ReportExport
from tracker.queries.shown_items import ShownItems

WIDTHS = (34, 12, 12, 12, 12, 12, 12, 12, 18)
SUMMARY: tuple[Progress | Absence, ...] = (
    Progress.IMPLEMENTED,
    Progress.PARTLY_IMPLEMENTED,
    Progress.IN_DEVELOPMENT,
    Progress.NOT_STARTED,
    Progress.NOT_APPLICABLE,
    Absence.NOT_ANSWERED,
    Absence.WITHHELD,
)


def readers(words: Words, data: ReportExport) -> str:
    """Who may read the file, as a sentence."""
    if data.own:
        return words(N_("The State itself: everything that it submitted."))
    return words(reader_words(data.frame.audience))


def write_cover(
    sheet: Sheet,
    data: ReportExport,
    found: Mapping[ReportSection, Sequence[ReportLine]],
    names: Mapping[ReportSection, str],
    title: str,
    made: Made,
) -> None:
    """Facts, receipt, contacts, figures and counts; ``names``: the sheet of each section."""
    words = sheet.book.words
    sheet.line(title, "title")
    if data.frame.demonstration:
        sheet.line(words(N_("Demonstration data: the States here are invented.")), "alert")
    document = words.text(data.frame.document.title)
    sheet.line(words(N_("On the implementation of: %(document)s"), document=document), "note")
    sheet.gap()
    for name, text in cover_facts(words, data):
        sheet.fact(name, text)
    sheet.fact(words(N_("Made for")), readers(words, data))
    sheet.fact(words(N_("Made")), f"{words.instant(made.at)}, {made.by}", "fact_typed")
    _heading(sheet, words(N_("Receipt")))
    _receipt(sheet, data)
    _heading(sheet, words.label(Part.CONTACTS))
    _listed(sheet, _contacts(words, data.contents.items[Part.CONTACTS]))
    _heading(sheet, words(N_("Figures, assistance and targets")))
    _listed(sheet, _figures(words, data))
    _heading(sheet, words(N_("Progress by section")))
    _summary(sheet, found, names)
    _heading(sheet, words(N_("How to read this report")))
    legend = (*Progress, Absence.NOT_ASKED, Absence.NOT_ANSWERED, Absence.WITHHELD)
    _listed(sheet, ((words.label(value), words(meaning(value))) for value in legend))
    for text in _notes(data, words):
        sheet.may_break()
        sheet.line(text, "note")
    print_whole(sheet)


def _heading(sheet: Sheet, text: str) -> None:
    sheet.gap()
    sheet.may_break()
    sheet.line(text, "heading")


def _listed(sheet: Sheet, facts: Iterable[tuple[str, str]]) -> None:
    """Facts of which each may begin a page but the first, which stays with its heading."""
    for number, (name, text) in enumerate(facts):
        if number:
            sheet.may_break()
        sheet.fact(name, text, "fact_typed")


def cover_facts(words: Words, data: ReportExport) -> Iterator[tuple[str, str]]:
    """Whose report it is, and of when, in whichever format."""
    frame, submission = data.frame, data.submission
    document, dates = frame.document, frame.cycle.dates
    yield words(N_("State")), state_and_code(words, data.state.name, data.state.iso3)
    if data.group:
        yield words(N_("Group")), words.text(data.group)
    yield words(N_("Outcome document")), f"{words.text(document.title)}, {document.source}"
    yield words(N_("Reporting cycle")), frame.cycle.slug
    if dates.period_from and dates.period_to:
        period = f"{words.day(dates.period_from)} – {words.day(dates.period_to)}"
        yield words(N_("Period covered")), period
    yield words(N_("Due")), words.day(dates.due_on) or words(N_("No due date"))
    yield words(N_("Status")), _status(words, data)
    yield (
        words(N_("Published")),
        words.instant(submission.published_at) or words(N_("Not published")),
    )


def _status(words: Words, data: ReportExport) -> str:
    submission = data.submission
    if submission.withdrawn_at:
        return words(N_("Withdrawn: %(at)s"), at=words.instant(submission.withdrawn_at))
    if submission.superseded_at:
        at = words.instant(submission.superseded_at)
        return words(N_("Published, superseded by a later submission: %(at)s"), at=at)
    return words.label(submission.status)


def _receipt(sheet: Sheet, data: ReportExport) -> None:
    words, submission = sheet.book.words, data.submission
    sheet.fact(words(N_("Submission")), str(submission.number))
    sheet.fact(words(N_("Submitted")), words.instant(submission.submitted_at))
    if data.frame.cycle.dates.due_on:
        sheet.fact(words(N_("On time")), words.flag(submission.on_time))
    if data.frame.audience is Audience.SECRETARIAT:
        sheet.fact(words(N_("Submitted by")), submission.submitter, "fact_typed")
    sheet.fact(words(N_("Content hash")), submission.content_hash)
    if submission.chain_place:
        sheet.fact(words(N_("Place in the chain")), submission.chain_place)


def _contacts(words: Words, items: ShownItems) -> Iterator[tuple[str, str]]:
    for kind in ContactKind:
        listed = [contact_line(words, item) for item in contacts_of(items, kind)]
        yield words.label(kind), "\n".join(listed) or absence_words(words, items)


def _figures(words: Words, data: ReportExport) -> Iterator[tuple[str, str]]:
    items = data.contents.items
    for definition in data.frame.indicators:
        returned = data.contents.returns.get(definition.slug)
        yield from summary_of(words, definition, returned)
    counted = [item.content for item in items[Part.ASSISTANCE].shown]
    ways = [item.direction for item in counted if isinstance(item, Assistance)]
    counts = [words.named(words.label(way), ways.count(way)) for way in Direction if way in ways]
    assistance, targets = items[Part.ASSISTANCE], items[Part.TARGETS]
    yield words.label(Part.ASSISTANCE), _count(words, assistance, words.listed(counts))
    yield words.label(Part.TARGETS), _count(words, targets, str(len(targets.shown)))


def _count(words: Words, items: ShownItems, shown: str) -> str:
    if not items.shown and not items.withheld:
        return words.label(Absence.NOT_REPORTED)
    parts = (shown if items.shown else "", withheld_words(words, items))
    return words.listed(part for part in parts if part)


def _summary(
    sheet: Sheet,
    found: Mapping[ReportSection, Sequence[ReportLine]],
    names: Mapping[ReportSection, str],
) -> None:
    """Counts by section. The shares are of the commitments that ask States."""
    words = sheet.book.words
    heads = [words(N_("Section")), *(words.label(value) for value in SUMMARY)]
    sheet.row_of([*heads, words(N_("Answered, of those asked"))], "header")
    total = dict.fromkeys(SUMMARY, 0)
    for section in ReportSection:
        counts = dict.fromkeys(SUMMARY, 0)
        for line in found[section]:
            value = value_of(line.commitment, line.answer)
            if value in counts:
                counts[value] += 1
                total[value] += 1
        if section in names:
            sheet.link(0, names[section], names[section], "boxed_link")
        else:
            sheet.cell(0, words.label(section), "boxed_bold")
        _count_row(sheet, counts)
    sheet.cell(0, words(N_("All sections")), "boxed_bold")
    _count_row(sheet, total)
    counted = N_(
        "Counted are all commitments that ask States. The page on which the State works counts "
        "fewer: it leaves out those that only recognise, which need no answer, and answers that "
        "still lack something."
    )
    sheet.line(words(counted), "note")


def _count_row(sheet: Sheet, counts: dict[Progress | Absence, int]) -> None:
    for at, value in enumerate(SUMMARY, start=1):
        style = sheet.book.style("boxed_number")
        sheet.raw.write_number(sheet.row, at, counts[value], style)
    asked = sum(counts.values())
    answered = asked - counts[Absence.NOT_ANSWERED] - counts[Absence.WITHHELD]
    sheet.cell(len(SUMMARY) + 1, sheet.book.words.share(answered, asked), "boxed_share")
    sheet.row += 1


def _notes(data: ReportExport, words: Words) -> list[str]:
    notes = [
        words(
            N_(
                "The sheets follow the sections of the national report on the Programme of Action; "
                "their numbers are of this file. That template was renumbered twice, so its items "
                "are cited only where the number is known (%(generation)s: %(numbers)s)."
            ),
            generation=words(GENERATION),
            numbers=", ".join(item.number for item in TEMPLATE_ITEMS),
        ),
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
