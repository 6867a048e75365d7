"""What the words of a workbook mean: codes, absence, bases, colours."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tracker.domain.assistance import AssistanceKind, AssistanceStatus, Direction
from tracker.domain.contacts import ContactKind
from tracker.domain.documents import Addressee, Level, Qualifier, ReportSection, Strength, Theme
from tracker.domain.messages import N_
from tracker.domain.progress import Absence, Audience, Base, Progress
from tracker.exchange.columns import KIND_WORDS, Column, Columns, Kind
from tracker.exchange.table import Table
from tracker.exchange.translations import is_translated
from tracker.exchange.words import Words
from tracker.exchange.workbook import Book, Sheet

_MEANINGS: tuple[tuple[StrEnum, str], ...] = (
    (Progress.NOT_STARTED, N_("Nothing was done yet. In the report template: No.")),
    (Progress.IN_DEVELOPMENT, N_("Being prepared. In the report template: Developing.")),
    (Progress.PARTLY_IMPLEMENTED, N_("Done in part. In the report template: Developing.")),
    (Progress.IMPLEMENTED, N_("Done. In the report template: Yes.")),
    (
        Progress.NOT_APPLICABLE,
        N_(
            "Does not apply to the State, which says why. The report template has no such column; "
            "n.a. is ours."
        ),
    ),
    (Absence.NOT_ASKED, N_("The commitment is for the secretariat alone: no State is asked.")),
    (Absence.NOT_REPORTED, N_("The State has no report in this cycle that may be shown here.")),
    (Absence.NOT_ANSWERED, N_("The State reported, and gave no progress on this commitment.")),
    (Absence.WITHHELD, N_("The State answered, and readers of this file may not see the answer.")),
    (
        Absence.NOT_COMPUTABLE,
        N_("A figure that the formula needs is unknown, or the base is zero. Unknown is not zero."),
    ),
    (Audience.PUBLIC, N_("The whole answer may be read by everybody.")),
    (Audience.STATES, N_("The whole answer may be read by signed-in States and the secretariat.")),
    (Audience.SECRETARIAT, N_("The whole answer may be read by the secretariat only.")),
    (Base.MEMBERS, N_("All Member States, whether they reported or not.")),
    (Base.REPORTING, N_("Member States with a report that counts in this file.")),
    (Base.ANSWERED, N_("Reporting States that gave progress which readers of this file may see.")),
    (
        Base.APPLICABLE,
        N_("States that answered, less those to which the commitment does not apply."),
    ),
)
MEANINGS = {(type(member), member.value): text for member, text in _MEANINGS}


def meaning(member: StrEnum) -> str:
    """What a code means, as a sentence of ours; ``""`` where its word says it all."""
    return MEANINGS.get((type(member), member.value), "")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the codebook: a column of a sheet, or a code of a vocabulary."""

    place: str
    word: str
    code: str
    kind: str
    meaning: str


CODEBOOK_COLUMNS: tuple[Column[Entry], ...] = (
    Column("place", N_("Sheet or vocabulary"), Kind.CODE, 28, lambda e: e.place, ""),
    Column("word", N_("Column or word"), Kind.CODE, 34, lambda e: e.word, ""),
    Column("code", N_("Key or code"), Kind.CODE, 24, lambda e: e.code, ""),
    Column("kind", N_("Kind"), Kind.CODE, 22, lambda e: e.kind, ""),
    Column("meaning", N_("Meaning"), Kind.CODE, 80, lambda e: e.meaning, ""),
)
VOCABULARIES: tuple[tuple[str, Iterable[StrEnum]], ...] = (
    (N_("Progress"), Progress),
    (N_("Absence"), Absence),
    (N_("Audience"), Audience),
    (N_("Base"), Base),
    (N_("Addressee"), Addressee),
    (N_("Strength"), Strength),
    (N_("Level"), Level),
    (N_("Qualifier"), Qualifier),
    (N_("Theme"), Theme),
    (N_("Report section"), ReportSection),
    (N_("Contact"), ContactKind),
    (N_("Needed or offered"), Direction),
    (N_("Kind of assistance"), AssistanceKind),
    (N_("Standing of the assistance"), AssistanceStatus),
)


def language_notes(words: Words) -> list[str]:
    """A sentence where the tracker itself does not speak the language of the file."""
    if is_translated(words.language):
        return []
    return [f"The tracker’s own words are not translated into “{words.language}” yet."]


def codebook_entries(words: Words, tables: Iterable[tuple[str, Columns[Any]]]) -> Iterator[Entry]:
    """Every column of every table by its sheet's name, then every code with its word."""
    for place, columns in tables:
        for column in columns:
            kind = words(KIND_WORDS[column.kind])
            yield Entry(place, words(column.header), column.key, kind, words(column.help))
    for name, members in VOCABULARIES:
        for member in members:
            yield Entry(words(name), words.label(member), member.value, "", words(meaning(member)))


def write_codebook(
    book: Book, tables: Iterable[tuple[str, Columns[Any]]], further: Iterable[Entry] = ()
) -> Sheet:
    """A sheet with the ``codebook_entries`` of these tables, then ``further`` ones."""
    words = book.words
    widths = [column.width for column in CODEBOOK_COLUMNS]
    about = words(N_("What every column and every code means."))
    sheet = book.sheet(words(N_("Codebook")), widths, about)
    table = Table(sheet, CODEBOOK_COLUMNS)
    for entry in (*codebook_entries(words, tables), *further):
        table.add(entry)
    table.finish()
    return sheet
