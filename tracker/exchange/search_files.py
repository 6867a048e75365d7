"""What a search found as a file: one row an answer, with the text in which something stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.domain.documents import Commitment, OutcomeDocument
from tracker.domain.messages import N_
from tracker.domain.progress import Absence, Audience
from tracker.domain.states import State
from tracker.exchange.columns import Column, Kind
from tracker.exchange.commitments import PARAGRAPH, TITLE
from tracker.exchange.marks import FileKind
from tracker.exchange.page_files import Listed, PageFile
from tracker.exchange.words import Words
from tracker.queries.searching import SearchedAnswer

PLACES = ("narrative", "reason", "lead_agency")  # then titles of laws


@dataclass(frozen=True, slots=True)
class FoundAnswer:
    """One answer found; ``place`` is that of the text in ``answer.texts``."""

    commitment: Commitment
    state: State
    answer: SearchedAnswer
    place: int

    @property
    def field(self) -> str:
        """Which text of the answer it is."""
        return PLACES[self.place] if self.place < len(PLACES) else "measures"

    @property
    def language(self) -> str:
        """The language of this text, as far as the State named it."""
        return self.answer.language if self.field in ("narrative", "reason") else ""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What the page shows, on all its pages; ``searched`` answers hold a text.

    ``own`` are codes of States of which the reader reads more than others.
    """

    document: OutcomeDocument
    cycle: str
    typed: str
    searched: int
    found: Sequence[FoundAnswer]
    audience: Audience
    own: Sequence[str]
    demonstration: bool
    data_version: int
    address: str


def search_file(data: SearchPage, words: Words) -> PageFile:
    """The answers found, with what was looked for."""
    document = data.document
    return PageFile(
        kind=FileKind.SEARCH,
        title=f"{words(N_('Search'))} · {data.cycle}",
        audience=data.audience,
        own=data.own,
        codes={"document": document.symbol, "cycle": data.cycle, "q": data.typed},
        facts=[
            (words(N_("Outcome document")), f"{words.text(document.title)}, {document.source}"),
            (words(N_("Reporting cycle")), data.cycle),
            (words(N_("Words, in any language")), data.typed),
            (words(N_("Found in")), words.share(len(data.found), data.searched)),
        ],
        rules=[
            N_(
                "Every word has to occur in the answer, anywhere in it: quotation marks make no "
                "phrase. Capitals and accents make no difference. What is withheld from you is not "
                "searched."
            )
        ],
        tables=[Listed("found", N_("Answers"), _COLUMNS, data.found, 4)],
        demonstration=data.demonstration,
        data_version=data.data_version,
        address=data.address,
    )


_COLUMNS: tuple[Column[FoundAnswer], ...] = (
    PARAGRAPH,
    TITLE,
    Column("iso3", N_("ISO code"), Kind.CODE, 9, lambda found: found.state.iso3,
           N_("State, by its ISO 3166 alpha-3 code."), True),
    Column("state", N_("State"), Kind.LOCALISED, 26, lambda found: found.state.name,
           N_("Name of the State."), True),
    Column("standing", N_("Standing"), Kind.LABEL, 14, lambda found: found.state.status,
           N_("Member State, or observer State, which stands outside every base.")),
    Column("progress", N_("Progress"), Kind.LABEL, 18,
           lambda found: found.answer.progress or Absence.NOT_ANSWERED,
           N_("Progress in words, or why there is none.")),
    Column("field", N_("Found in"), Kind.CODE, 16, lambda found: found.field,
           N_("The first text of the answer in which a word stands: narrative, reason, "
              "lead_agency or measures.")),
    Column("text", N_("Text"), Kind.TYPED, 70, lambda found: found.answer.texts[found.place],
           N_("This text whole, as typed.")),
    Column("language", N_("Language"), Kind.LABEL, 12, lambda found: found.language or None,
           N_("Language of the answer; empty where the State named none, and of lead agencies and "
              "laws, whose language no State names.")),
)  # fmt: skip
