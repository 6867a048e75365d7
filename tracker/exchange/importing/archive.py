"""The package of a workbook, checked before any reader opens it.

Readers of zip files differ in what they make of an odd one, so odd ones are refused: what is left
has one meaning. Sizes are counted while inflating; what the file declares is only compared.
"""

import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final
from zipfile import BadZipFile, ZipFile, ZipInfo

from tracker.domain.errors import Invalid, Problem
from tracker.domain.uploads import MEGABYTE

MOST_PARTS: Final = 400
LARGEST_PART: Final = 20 * MEGABYTE
LARGEST_IN_ALL: Final = 50 * MEGABYTE
HIGHEST_RATIO: Final = 200
RATIO_FROM: Final = MEGABYTE  # small parts may repeat themselves as they like
CHUNK: Final = 65_536
_STORED, _DEFLATED = 0, 8
_ENCRYPTED_FLAGS: Final = 0x1 | 0x40 | 0x2000
_LOCAL_HEADER: Final = 30
_END_OF_DIRECTORY: Final = 22
_LONGEST_COMMENT: Final = 1_000
_ZIP64_LOCATOR: Final = 20
_LARGEST_ENTRY: Final = 1_000  # bytes that one part takes in the directory
# What programs note of a part: sizes (ZIP64), times and owners (Windows, Unix, macOS), room to grow
# (Open Packaging), the mark of Java. All else is refused, above all 0x7075: a second name for the
# part, which python-calamine goes by and zipfile does not.
_FIELDS: Final = frozenset({0x0001, 0x000A, 0x5455, 0x5855, 0x7855, 0x7875, 0xA220, 0xCAFE})


@dataclass
class Package:
    """The parts of a workbook in the file's order, each read once, counted together."""

    data: bytes
    parts: list[ZipInfo] = field(init=False)
    _unpacked: int = 0

    def __post_init__(self) -> None:
        """Check the directory: raises ``Invalid``."""
        start, end = _bounds(self.data)
        self.parts = _directory(self.data, end - start)
        _check_names(self.parts)
        for part in self.parts:
            _check_entry(part)
            _check_fields(part, part.extra)
            _check_fields(part, _local_fields(self.data, part))
        _check_order(self.data, self.parts, start)

    def chunks(self, part: ZipInfo) -> Iterator[bytes]:
        """What a part holds, piece by piece; raises ``Invalid`` at a limit or where it lies."""
        size, checksum = 0, 0
        for chunk in _inflated(self.data, part):
            size += len(chunk)
            self._unpacked += len(chunk)
            checksum = zlib.crc32(chunk, checksum)
            _check_size(part, size, self._unpacked)
            yield chunk
        if size != part.file_size or checksum != part.CRC:
            raise _refused("workbook-damaged", part)


def _refused(code: str, part: ZipInfo, **values: object) -> Invalid:
    return Invalid(Problem(code, part.filename, {"part": part.filename[:100], **values}))


def _bounds(data: bytes) -> tuple[int, int]:
    """Where the directory begins and ends, in a file that is one archive from its first byte to
    its last. A short comment may follow, if readers cannot take it for another end.
    """
    earliest = max(0, len(data) - _END_OF_DIRECTORY - _LONGEST_COMMENT)
    end = data.rfind(b"PK\x05\x06", earliest)
    size, start = (int.from_bytes(data[end + at : end + at + 4], "little") for at in (12, 16))
    comment = int.from_bytes(data[end + 20 : end + 22], "little")
    whole = end >= 0 and start + size == end and end + _END_OF_DIRECTORY + comment == len(data)
    if not whole or data[end - _ZIP64_LOCATOR :].startswith(b"PK\x06\x07"):
        raise Invalid(Problem("workbook-cut-short"))
    return start, end


def _directory(data: bytes, size: int) -> list[ZipInfo]:
    """The entries of a directory of so many bytes."""
    if size > MOST_PARTS * _LARGEST_ENTRY:  # before it is read: it may hold half a million names
        raise Invalid(Problem("workbook-too-many-parts", values={"limit": MOST_PARTS}))
    try:
        entries = ZipFile(BytesIO(data)).infolist()
    except (BadZipFile, NotImplementedError, ValueError, UnicodeError):
        raise Invalid(Problem("workbook-cut-short")) from None
    if len(entries) > MOST_PARTS:
        raise Invalid(Problem("workbook-too-many-parts", values={"limit": MOST_PARTS}))
    return entries


def _check_names(parts: list[ZipInfo]) -> None:
    seen: set[str] = set()
    for part in parts:
        name = part.orig_filename.casefold()
        if name in seen:
            raise _refused("workbook-doubled-part", part)
        if part.filename != part.orig_filename or not _is_clean(part.orig_filename):
            raise _refused("workbook-odd-part", part)
        seen.add(name)


def _is_clean(name: str) -> bool:
    """A name that stays inside the package, whoever unpacks it."""
    steps = name.removesuffix("/").split("/")
    if any(step in ("", ".", "..") for step in steps):
        return False
    return not any(letter < " " or letter in "\\:" for letter in name)


def _check_entry(part: ZipInfo) -> None:
    if part.flag_bits & _ENCRYPTED_FLAGS:
        raise _refused("workbook-encrypted", part)
    if part.compress_type not in (_STORED, _DEFLATED):
        raise _refused("workbook-odd-part", part)
    if stat.S_ISLNK(part.external_attr >> 16):
        raise _refused("workbook-odd-part", part)
    if part.file_size > LARGEST_PART:
        raise _refused("workbook-part-too-large", part, limit=LARGEST_PART // MEGABYTE)


def _check_fields(part: ZipInfo, extra: bytes) -> None:
    """Refuse what readers may take for something else than we do: each field known, and once."""
    seen: set[int] = set()
    at = 0
    while at < len(extra):
        number, size = (int.from_bytes(extra[n : n + 2], "little") for n in (at, at + 2))
        at += 4 + size
        if number not in _FIELDS - seen or at > len(extra):
            raise _refused("workbook-odd-part", part)
        seen.add(number)


def _check_order(data: bytes, parts: list[ZipInfo], last: int) -> None:
    """Refuse parts that share bytes: a small file could unpack to anything."""
    end = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < end:
            raise _refused("workbook-odd-part", part)
        end = _start_of(data, part) + part.compress_size
    if end > last:
        raise Invalid(Problem("workbook-cut-short"))


def _local_fields(data: bytes, part: ZipInfo) -> bytes:
    """The extra fields that stand before the part itself."""
    start, size = _start_of(data, part), _sizes_before(data, part)[1]
    return data[start - size : start]


def _start_of(data: bytes, part: ZipInfo) -> int:
    return part.header_offset + _LOCAL_HEADER + sum(_sizes_before(data, part))


def _sizes_before(data: bytes, part: ZipInfo) -> tuple[int, int]:
    """The bytes of name and fields before a part; raises ``Invalid`` where there is no part."""
    at = part.header_offset
    if data[at : at + 4] != b"PK\x03\x04":
        raise _refused("workbook-damaged", part)
    name, extra = (int.from_bytes(data[at + n : at + n + 2], "little") for n in (26, 28))
    return name, extra


def _inflated(data: bytes, part: ZipInfo) -> Iterator[bytes]:
    start = _start_of(data, part)
    packed = memoryview(data)[start : start + part.compress_size]
    if part.compress_type == _STORED:
        yield from (bytes(packed[at : at + CHUNK]) for at in range(0, len(packed), CHUNK))
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(0, len(packed), CHUNK):
            rest = bytes(packed[at : at + CHUNK])
            while rest and not inflater.eof:
                yield inflater.decompress(rest, CHUNK)
                rest = inflater.unconsumed_tail
        yield inflater.flush()
    except zlib.error:
        raise _refused("workbook-damaged", part) from None
    if not inflater.eof or inflater.unused_data:
        raise _refused("workbook-damaged", part)


def _check_size(part: ZipInfo, size: int, in_all: int) -> None:
    if size > LARGEST_PART:
        raise _refused("workbook-part-too-large", part, limit=LARGEST_PART // MEGABYTE)
    if in_all > LARGEST_IN_ALL:
        limit = LARGEST_IN_ALL // MEGABYTE
        raise Invalid(Problem("workbook-unpacks-too-large", values={"limit": limit}))
    if size > RATIO_FROM and size > HIGHEST_RATIO * part.compress_size:
        raise _refused("workbook-bomb", part)
