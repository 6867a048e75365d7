"""Whether a picture is whole, read part by part without drawing it."""

import re
import zlib
from collections.abc import Iterator
from typing import Final

from tracker.domain.errors import Invalid, Problem

MOST_POINTS: Final = 100_000_000  # more would fill the memory of whoever opens it
MOST_PARTS: Final = 20_000  # a camera or program writes some hundreds
_SIGNATURE: Final = 8
_PART: Final = 12  # length, name and checksum of a part of a PNG
_HEADER: Final = 13
# Markers of a JPEG that stand alone, and those of a frame, which hold height and width.
_ALONE: Final = frozenset((0x01, *range(0xD0, 0xD9)))
_FRAMES: Final = frozenset((*range(0xC0, 0xD0),)) - {0xC4, 0xC8, 0xCC}
_FILLED: Final = re.compile(rb"\xff+")  # before a marker, once or more often
_START_OF_SCAN: Final = 0xDA
_END_OF_IMAGE: Final = 0xD9


def check_png(data: bytes) -> None:
    """``Invalid`` unless it is one PNG from its first byte to its last."""
    parts = _png_parts(data)
    name, header = next(parts)
    names = {name for name, _ in parts}
    if name != b"IHDR" or len(header) != _HEADER or b"IDAT" not in names:
        raise _damaged()
    _check_points(int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big"))


def _png_parts(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of each part; the last one ends the file."""
    at, name = _SIGNATURE, b""
    for _ in range(MOST_PARTS):
        if name == b"IEND":
            break
        size = int.from_bytes(data[at : at + 4], "big")
        end = at + _PART + size
        name, content = data[at + 4 : at + 8], data[at + 8 : end - 4]
        if end > len(data) or zlib.crc32(name + content) != int.from_bytes(
            data[end - 4 : end], "big"
        ):
            raise _damaged()
        yield name, content
        at = end
    if name != b"IEND" or at != len(data):
        raise Invalid(Problem("evidence-odd", "file"))


def check_jpeg(data: bytes) -> None:
    """``Invalid`` unless its parts lead to a scan and an end; cameras put more behind that."""
    size: tuple[int, int] | None = None
    scan = 0
    for marker, at, end in _jpeg_parts(data):
        scan = end
        if marker in _FRAMES:
            height, width = (int.from_bytes(data[at + n : at + n + 2], "big") for n in (3, 5))
            size = (width, height)
    if size is None or data.find(b"\xff\xd9", scan) < 0:
        raise _damaged()
    _check_points(*size)


def _jpeg_parts(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, beginning and end of each part as far as the scan; fillings are passed over."""
    at = 2
    for _ in range(MOST_PARTS):
        filled = _FILLED.match(data, at)
        if filled is None or filled.end() + 3 > len(data):
            raise _damaged()
        at, marker = filled.end() - 1, data[filled.end()]
        if marker in _ALONE:
            at += 2
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end < at + 4 or end > len(data) or marker == _END_OF_IMAGE:
            raise _damaged()
        yield marker, at + 2, end
        if marker == _START_OF_SCAN:
            return
        at = end
    raise _damaged()


def _check_points(width: int, height: int) -> None:
    if not width or not height:
        raise _damaged()
    if width * height > MOST_POINTS:
        limit = MOST_POINTS // 1_000_000
        raise Invalid(Problem("evidence-picture-too-large", "file", {"limit": limit}))


def _damaged() -> Invalid:
    return Invalid(Problem("evidence-damaged", "file"))
