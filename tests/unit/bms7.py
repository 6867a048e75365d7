"""The seventh Biennial Meeting's document as the unit tests read it."""

from functools import cache
from pathlib import Path

from tracker.catalogue.documents import load_document
from tracker.catalogue.outcome_text import ParsedText, parse_outcome_text
from tracker.domain.documents import Commitment, OutcomeDocument

FOLDER = Path(__file__).parents[2] / "seed" / "outcome_documents" / "bms7"
NUMBERS = range(25, 120)


@cache
def source() -> str:
    """The official text as it was converted from print."""
    return (FOLDER / "source.fr.txt").read_text(encoding="utf-8")


@cache
def parsed() -> ParsedText:
    """The official text, parsed."""
    return parse_outcome_text(source())


@cache
def document() -> OutcomeDocument:
    """The document as the seed has it."""
    return load_document(FOLDER)


def commitment(number: int) -> Commitment:
    """The commitment with this paragraph number."""
    return next(c for c in document().commitments if c.paragraph == number)
