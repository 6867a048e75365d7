"""Every XML part goes through expat before a reader sees it: no document types, and in bounds."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from tracker.domain.errors import Invalid, Problem

MOST_ELEMENTS: Final = 1_000_000  # in all parts together: five times what 100,000 cells need
DEEPEST: Final = 100
LONGEST_TOKEN: Final = 500_000  # bytes of one tag, comment or instruction
_BEFORE = b" \t\r\n\f\v\0\xef\xbb\xbf\xff\xfe"  # blanks and the bytes of byte order marks
Seen = Callable[[str, dict[str, str]], None]


def start_of(chunks: Iterator[bytes]) -> list[bytes]:
    """The first pieces of a part, as far as its first letter."""
    read: list[bytes] = []
    for chunk in chunks:
        read.append(chunk)
        if chunk.strip(_BEFORE):
            break
    return read


def looks_like_xml(start: list[bytes]) -> bool:
    """Whether a part begins as XML does, in UTF-8 or UTF-16, with a byte order mark or without,
    whatever blanks come first.
    """
    return bool(start) and start[-1].lstrip(_BEFORE).startswith(b"<")


@dataclass
class MarkupCheck:
    """Counts elements over all parts of one workbook."""

    elements: int = 0

    def scan(self, part: str, chunks: Iterable[bytes], seen: Seen | None = None) -> None:
        """Read one part; ``seen`` is told each element and its attributes.

        Raises:
            Invalid: a document type, markup out of bounds, or no well-formed XML.
        """
        parser = expat.ParserCreate()
        self._watch(parser, part, seen)
        read = 0
        try:
            for chunk in chunks:
                parser.Parse(chunk, False)
                read += len(chunk)
                # expat keeps what it has of an unfinished tag and begins it anew with each piece
                if read - max(parser.CurrentByteIndex, 0) > LONGEST_TOKEN:
                    raise _refused("workbook-markup", part)
            parser.Parse(b"", True)
        except expat.ExpatError:
            # Excel's own drawings of comments are not always well-formed; no reader opens them
            if not part.lower().endswith(".vml"):
                raise _refused("workbook-damaged", part) from None

    def _watch(self, parser: expat.XMLParserType, part: str, seen: Seen | None) -> None:
        depth = 0

        def refuse(*_: object) -> int:
            raise _refused("workbook-doctype", part)

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            self.elements += 1
            if depth > DEEPEST or self.elements > MOST_ELEMENTS:
                raise _refused("workbook-markup", part)
            if seen:
                seen(name.rpartition(":")[2], attributes)

        def end(_: str) -> None:
            nonlocal depth
            depth -= 1

        parser.StartDoctypeDeclHandler = refuse
        parser.EntityDeclHandler = refuse
        parser.UnparsedEntityDeclHandler = refuse
        parser.ExternalEntityRefHandler = refuse
        parser.StartElementHandler = start
        parser.EndElementHandler = end


def _refused(code: str, part: str) -> Invalid:
    return Invalid(Problem(code, part, {"part": part[:100]}))
