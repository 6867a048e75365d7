"""The gate: what a file must be before a reader of workbooks opens it."""

from collections.abc import Iterator
from functools import partial
from itertools import chain

from tracker.exchange.importing.archive import Package
from tracker.exchange.importing.contents import Contents
from tracker.exchange.importing.markup import MarkupCheck, looks_like_xml, start_of

_MARKUP = (".xml", ".rels", ".vml")


def check_package(data: bytes) -> None:
    """Let a workbook pass or raise ``Invalid``; every part is unpacked once, piece by piece."""
    package, markup = Package(data), MarkupCheck()
    contents = Contents([part.filename for part in package.parts])
    contents.check_names()
    for part in package.parts:
        chunks = package.chunks(part)
        start = start_of(chunks)
        name = part.filename
        if name.lower().endswith(_MARKUP) or looks_like_xml(start):
            seen = partial(contents.see, name) if contents.is_read(name) else None
            markup.scan(name, chain(start, chunks), seen)
        _finish(chunks)
    contents.check_types()


def _finish(chunks: Iterator[bytes]) -> None:
    """Unpack the rest, so that it is counted and compared with its checksum."""
    for _ in chunks:
        pass
