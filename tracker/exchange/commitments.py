"""The commitments as rows: official wording, and what we say about it, marked as ours."""

from dataclasses import dataclass
from typing import Any

from tracker.domain.documents import Commitment, OutcomeDocument
from tracker.domain.messages import N_
from tracker.exchange.columns import Column, Kind
from tracker.exchange.words import Words


@dataclass(frozen=True, slots=True)
class CommitmentLine:
    """One commitment with the heading it stands under and its official text as shown."""

    commitment: Commitment
    heading: str
    short_heading: str
    official: str
    language: str


def commitment_lines(document: OutcomeDocument, words: Words) -> tuple[CommitmentLine, ...]:
    """Every commitment, in the order of the document."""
    return tuple(
        CommitmentLine(
            c,
            heading(document, c.section, words),
            short_heading(document, c.section, words),
            *words.official(c.text),
        )
        for c in document.commitments
    )


def heading(document: OutcomeDocument, code: str, words: Words) -> str:
    """The heading of a section with its code."""
    return f"{code}. {words.official(document.section(code).title)[0]}"


def short_heading(document: OutcomeDocument, code: str, words: Words) -> str:
    """Our own short title of a section with its code, in the language of the file."""
    return f"{code} · {words.text(document.section(code).short_title)}"


def chapeau(document: OutcomeDocument, code: str, words: Words) -> str:
    """The unnumbered sentence that governs a section: its own, or that of a heading above."""
    for section in reversed(document.path(code)):
        if section.chapeau:
            return words.official(section.chapeau)[0]
    return ""


def sources(document: OutcomeDocument, commitment: Commitment, words: Words) -> str:
    """``BMS7 para 28; PoA II.11``: the paragraph, then other instruments in our reading."""
    own = words(
        N_("%(document)s para %(number)s"),
        document=document.slug.upper(),
        number=commitment.paragraph,
    )
    others = (f"{words.label(one.instrument)} {one.item}" for one in commitment.references)
    return words.listed((own, *others))


# Of any row that has a commitment.
PARAGRAPH: Column[Any] = Column(
    "paragraph",
    N_("Paragraph"),
    Kind.NUMBER,
    10,
    lambda line: line.commitment.paragraph,
    N_("Paragraph of the outcome document, in its annex."),
    identifies=True,
)
KEY: Column[Any] = Column(
    "key",
    N_("Key"),
    Kind.CODE,
    14,
    lambda line: line.commitment.key,
    N_("Key of the commitment, the same in every file and address."),
    identifies=True,
)
TITLE: Column[Any] = Column(
    "title",
    N_("Short title (ours)"),
    Kind.LOCALISED,
    28,
    lambda line: line.commitment.title,
    N_("Our own short title, not the wording of the document."),
)


COMMITMENT_COLUMNS: tuple[Column[CommitmentLine], ...] = (
    PARAGRAPH,
    KEY,
    Column(
        "heading",
        N_("Section"),
        Kind.TYPED,
        50,
        lambda line: line.heading,
        N_("Section of the outcome document, with its heading."),
    ),
    Column(
        "short_heading",
        N_("Section, short title (ours)"),
        Kind.TYPED,
        34,
        lambda line: line.short_heading,
        N_("Our own short title of the section, not the wording of the document."),
    ),
    TITLE,
    Column(
        "official",
        N_("Official text"),
        Kind.TYPED,
        70,
        lambda line: line.official,
        N_("The wording of the document, quoted."),
    ),
    Column(
        "official_language",
        N_("Language of the official text"),
        Kind.LABEL,
        13,
        lambda line: line.language,
        N_("The language in which the wording is quoted."),
    ),
    Column(
        "summary",
        N_("Summary (ours)"),
        Kind.LOCALISED,
        50,
        lambda line: line.commitment.summary,
        N_("Our own summary, not the wording of the document."),
    ),
    Column(
        "addressee",
        N_("Addressee (our reading)"),
        Kind.LABEL,
        18,
        lambda line: line.commitment.addressee,
        N_("Who is asked to act. What is for the secretariat alone asks nothing of a State."),
    ),
    Column(
        "strengths",
        N_("Strength (our reading)"),
        Kind.LABELS,
        18,
        lambda line: line.commitment.strengths,
        N_(
            "How strongly each operative verb binds, in order. Counts and filters by strength take "
            "the first alone."
        ),
    ),
    Column(
        "level",
        N_("Level"),
        Kind.LABEL,
        14,
        lambda line: line.commitment.level,
        N_("National, regional or global by its heading; empty where the heading names none."),
    ),
    Column(
        "themes",
        N_("Themes (our reading)"),
        Kind.LABELS,
        28,
        lambda line: line.commitment.themes,
        N_("What the commitment is about."),
    ),
    Column(
        "qualifiers",
        N_("Qualifiers (our reading)"),
        Kind.LABELS,
        24,
        lambda line: line.commitment.qualifiers,
        N_("Words that limit what is asked; empty where there are none."),
    ),
    Column(
        "report_section",
        N_("Report section (our reading)"),
        Kind.LABEL,
        22,
        lambda line: line.commitment.report_section,
        N_("Section of the voluntary national report on the Programme of Action."),
    ),
    Column(
        "references",
        N_("References (our reading)"),
        Kind.CODE,
        20,
        lambda line: "; ".join(f"{r.instrument} {r.item}" for r in line.commitment.references),
        N_("Items of other instruments; empty where there are none."),
    ),
)
