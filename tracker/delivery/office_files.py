"""Word, Excel and PowerPoint files, told by their list of contents.

The list is read before anything is unpacked, within limits on its length and on the sizes that it
declares. The one part that is unpacked is the list of types, which names macros however they are
called.
"""

import stat
import zlib
from io import BytesIO
from typing import Final
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from tracker.domain.errors import Invalid, Problem
from tracker.domain.evidence import EvidenceKind
from tracker.domain.uploads import MEGABYTE

MOST_PARTS: Final = 2_000
LARGEST_DIRECTORY: Final = MEGABYTE
LARGEST_PART: Final = 100 * MEGABYTE
LARGEST_IN_ALL: Final = 300 * MEGABYTE
LARGEST_TYPES: Final = MEGABYTE
TYPES: Final = "[Content_Types].xml"
MAIN_PARTS: Final = {
    "word/document.xml": EvidenceKind.DOCX,
    "xl/workbook.xml": EvidenceKind.XLSX,
    "ppt/presentation.xml": EvidenceKind.PPTX,
}
# In names of parts and of types, in small letters: macros old and new, controls, other programs.
ACTIVE: Final = ("vbaproject", "vbadata", "macrosheet", "macroenabled", "activex", "oleobject")
_END: Final = b"PK\x05\x06"
_END_SIZE: Final = 22
_ENCRYPTED_FLAGS: Final = 0x1 | 0x40 | 0x2000
_WAYS: Final = (0, 8)  # stored, deflated


def office_kind(data: bytes) -> EvidenceKind:
    """Which of the three; ``Invalid`` for any other archive and for what is not taken."""
    parts = _parts(data)
    for part in parts:
        _check_part(part)
    names = [part.filename.casefold() for part in parts]
    if len(set(names)) != len(names) or sum(part.file_size for part in parts) > LARGEST_IN_ALL:
        raise _refused("evidence-odd")
    kinds = {MAIN_PARTS[name] for name in names if name in MAIN_PARTS}
    if TYPES.casefold() not in names or "_rels/.rels" not in names or not kinds:
        raise _refused("evidence-unknown")
    if len(kinds) > 1:
        raise _refused("evidence-odd")
    if any(word in name for name in names for word in ACTIVE):
        raise _refused("evidence-active")
    _check_types(data, parts[names.index(TYPES.casefold())])
    return kinds.pop()


def _refused(code: str) -> Invalid:
    return Invalid(Problem(code, "file"))


def _parts(data: bytes) -> list[ZipInfo]:
    """The list of contents of one archive that is the whole file."""
    end = len(data) - _END_SIZE
    if data[end : end + 4] != _END:
        raise _refused("evidence-damaged" if _END not in data[-66_000:] else "evidence-odd")
    count, size, start = (
        int.from_bytes(data[end + at : end + at + width], "little")
        for at, width in ((10, 2), (12, 4), (16, 4))
    )
    if count > MOST_PARTS or size > LARGEST_DIRECTORY or start + size != end:
        raise _refused("evidence-odd")
    try:
        parts = ZipFile(BytesIO(data)).infolist()
    except (BadZipFile, NotImplementedError, ValueError, UnicodeError):
        raise _refused("evidence-damaged") from None
    if len(parts) != count or not parts or min(part.header_offset for part in parts) != 0:
        raise _refused("evidence-odd")
    return parts


def _check_part(part: ZipInfo) -> None:
    if part.flag_bits & _ENCRYPTED_FLAGS:
        raise _refused("evidence-encrypted")
    steps = part.filename.removesuffix("/").split("/")
    if part.filename != part.orig_filename or any(step in ("", ".", "..") for step in steps):
        raise _refused("evidence-odd")
    if any(letter < " " or letter in "\\:" for letter in part.filename):
        raise _refused("evidence-odd")
    linked = stat.S_ISLNK(part.external_attr >> 16)
    if linked or part.compress_type not in _WAYS or part.file_size > LARGEST_PART:
        raise _refused("evidence-odd")


def _check_types(data: bytes, part: ZipInfo) -> None:
    """Refuse what the list of types calls a macro: the part itself may be called anything."""

    def refuse(*_: object) -> None:
        raise _refused("evidence-odd")

    def look(_: str, attributes: dict[str, str]) -> None:
        told = " ".join(attributes.values()).casefold()
        if any(word in told for word in ACTIVE):
            raise _refused("evidence-active")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse  # no office program writes one
    parser.StartElementHandler = look
    try:
        parser.Parse(_unpacked(data, part), True)
    except (expat.ExpatError, LookupError, ValueError):  # also of an encoding that nobody has
        raise _refused("evidence-damaged") from None


def _unpacked(data: bytes, part: ZipInfo) -> bytes:
    if part.file_size > LARGEST_TYPES:
        raise _refused("evidence-odd")
    try:
        with ZipFile(BytesIO(data)).open(part) as stream:
            text = stream.read(LARGEST_TYPES + 1)
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, OverflowError, ValueError):
        raise _refused("evidence-damaged") from None
    if len(text) > LARGEST_TYPES:
        raise _refused("evidence-odd")
    return text
