"""The first sheet of a compiled workbook: what it holds, for whom, and how to read it."""

from dataclasses import dataclass

from tracker import __version__
from tracker.domain.chain import tagged_hash
from tracker.domain.documents import OutcomeDocument
from tracker.domain.messages import N_
from tracker.domain.progress import Absence, Audience, Base, Progress
from tracker.exchange.answers import reader_words
from tracker.exchange.entries import Entry
from tracker.exchange.legend import language_notes, meaning
from tracker.exchange.words import Made, Words
from tracker.exchange.workbook import Sheet
from tracker.queries.compiled import CompiledCycle, CompiledExport
from tracker.queries.cycles import CycleRow

WIDTHS = (34, 100)
DOCUMENT_TAG = "tracker/document/1"


@dataclass(slots=True)
class Tally:
    """What was written, counted while writing it."""

    answered: int = 0
    withheld: int = 0

    def add(self, entry: Entry) -> None:
        """One State in one cycle."""
        if entry.contents is None:
            return
        for answer in entry.contents.answers.values():
            self.withheld += answer.content is None
            self.answered += answer.content is not None and answer.content.says_something


def write_readme(
    sheet: Sheet, data: CompiledExport, sheets: list[Sheet], tally: Tally, made: Made
) -> None:
    """Facts, counts, the other ``sheets`` with what they hold, and the vocabulary."""
    words = sheet.book.words
    sheet.line(sheet.book.title, "title")
    if data.demonstration:
        sheet.line(words(N_("Demonstration data: the States here are invented.")), "alert")
    narrow = data.audience is Audience.SECRETARIAT
    sheet.line(words(reader_words(data.audience)), "alert" if narrow else "note")
    sheet.gap()
    for name, text in compiled_facts(data, words):
        sheet.fact(name, text)
    sheet.fact(words(N_("Made")), f"{words.instant(made.at)}, {made.by}", "fact_typed")
    sheet.gap()
    for number, compiled in enumerate(data.cycles):
        if number:
            sheet.gap()
        counts = words(N_("Counts, cycle %(cycle)s"), cycle=compiled.cycle.slug)
        sheet.line(counts, "heading")
        for name, text in _count_facts(compiled, words):
            sheet.fact(name, text)
    sheet.fact(words(N_("Rows in the sheet of responses")), _rows(tally, words))
    sheet.gap()
    sheet.line(words(N_("Sheets")), "heading")
    for other in sheets:
        sheet.fact(other.name, other.about)
        address, link = f"internal:'{other.name}'!A1", sheet.book.style("link")
        sheet.raw.write_url(sheet.row - 1, 0, address, link, other.name)
    sheet.gap()
    write_vocabulary(sheet)
    sheet.gap()
    sheet.line(words(N_("Rules")), "heading")
    for text in (*_rules(words), *_official_notes(data.document, words), *language_notes(words)):
        sheet.line(text, "note")


def document_version(document: OutcomeDocument) -> str:
    """Changes whenever the wording, or what is asked of whom, changes."""
    content = [
        [c.key, dict(c.text), c.addressee.value, [s.value for s in c.strengths]]
        for c in document.commitments
    ]
    return tagged_hash(DOCUMENT_TAG, content)[:16]


def compiled_facts(data: CompiledExport, words: Words) -> list[tuple[str, str]]:
    """What the file is of, in whichever format."""
    document = data.document
    cycles = [(words(N_("Reporting cycle")), _cycle(one.cycle, words)) for one in data.cycles]
    return [
        (words(N_("Outcome document")), f"{words.text(document.title)}, {document.source}"),
        *cycles,
        (words(N_("Audience")), words.label(data.audience)),
        (words(N_("Filters")), words(N_("None: all States and all commitments."))),
        (words(N_("Language")), words.label(words.language)),
        (words(N_("Version of the document")), document_version(document)),
        (words(N_("Version of the data")), str(data.data_version)),
        (words(N_("Version of the tracker")), __version__),
    ]


def _cycle(cycle: CycleRow, words: Words) -> str:
    """``bms7-2026; period covered: 1 January 2024 – 31 December 2025; due: 15 May 2026``."""
    dates, parts = cycle.dates, [cycle.slug]
    if dates.period_from and dates.period_to:
        days = f"{words.day(dates.period_from)} – {words.day(dates.period_to)}"
        parts.append(words(N_("period covered: %(days)s"), days=days))
    if dates.due_on:
        parts.append(words(N_("due: %(day)s"), day=words.day(dates.due_on)))
    else:
        parts.append(words(N_("no due date")))
    return words.listed(parts)


def _count_facts(compiled: CompiledCycle, words: Words) -> list[tuple[str, str]]:
    whole, figures = compiled.figures.whole, compiled.figures
    observers = [listed for listed in compiled.states if not listed.is_member]
    reported = sum(listed.submission is not None for listed in observers)
    pairs = [
        (words.label(value), words.share(whole[value], whole.size(Base.MEMBERS)))
        for value in (*Progress, Absence.NOT_ANSWERED, Absence.WITHHELD, Absence.NOT_REPORTED)
    ]
    return [
        (
            words(N_("Reports, of Member States")),
            words.share(figures.reporting, figures.members),
        ),
        (
            words(N_("Observer States with a report")),
            words(N_("%(share)s, outside every base"), share=f"{reported}/{len(observers)}"),
        ),
        (
            words(N_("Pairs State × commitment")),
            words(
                N_("%(members)s Member States × %(asked)s commitments that ask = %(pairs)s"),
                members=figures.members,
                asked=len(figures.commitments),
                pairs=whole.members,
            ),
        ),
        *((words(N_("%(value)s, of all pairs"), value=name), share) for name, share in pairs),
    ]


def _rows(tally: Tally, words: Words) -> str:
    return words(
        N_(
            "%(rows)s: %(answered)s that may be read and %(withheld)s withheld, observer "
            "States included"
        ),
        rows=tally.answered + tally.withheld,
        answered=tally.answered,
        withheld=tally.withheld,
    )


def write_vocabulary(sheet: Sheet) -> None:
    """What progress, absence and the bases of shares mean."""
    words = sheet.book.words
    sheet.line(words(N_("Progress and absence")), "heading")
    for value in (*Progress, *Absence):
        sheet.fact(words.label(value), words(meaning(value)))
    sheet.gap()
    sheet.line(words(N_("Bases of shares")), "heading")
    for base in Base:
        sheet.fact(words.label(base), words(meaning(base)))


def _rules(words: Words) -> list[str]:
    return [
        words(text)
        for text in (
            N_(
                "One submission counts for each State. For the secretariat it is the latest not "
                "withdrawn, for all others the published one. A submission published later "
                "supersedes the one before, which stays readable on the site and is left out here."
            ),
            N_(
                "A withheld answer shows the word and nothing else of it: the other columns of the "
                "answer are empty."
            ),
            N_(
                "An empty cell in a column of the answer means that the State wrote nothing there; "
                "the codebook says so for each column."
            ),
            N_("Groups sum numbers and bases, and divide once; percentages are never averaged."),
            N_(
                "A value of an indicator for which a State gave figures for some of the categories "
                "only is computed over these and says so; groups count the States behind it that "
                "are so."
            ),
            N_(
                "A text that does not fit into a cell goes on in the row below, where the columns "
                "that identify the answer are repeated."
            ),
            N_("All times are UTC."),
        )
    ]


def _official_notes(document: OutcomeDocument, words: Words) -> list[str]:
    _, language = words.official(document.commitments[0].text)
    if language == words.language:
        return []
    text = N_(
        "No official text is loaded in the language of this file: it is quoted in %(language)s, "
        "beside our summary."
    )
    return [words(text, language=words.label(language))]
