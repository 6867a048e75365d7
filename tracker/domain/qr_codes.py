"""QR codes (ISO/IEC 18004) of a text as bytes, at level M: what a phone reads off a screen.

Small enough to hold here: one mode, one level, versions 1 to 20. ``tests/unit/test_qr_codes``
reads them back.
"""

from collections.abc import Callable, Iterator
from itertools import chain, groupby, zip_longest

# By version: correction bytes of one block, and blocks (table 9, level M).
_CORRECTION = (
    (10, 1), (16, 1), (26, 1), (18, 2), (24, 2), (16, 4), (18, 4), (22, 4), (22, 5), (26, 5),
    (30, 5), (22, 8), (22, 9), (24, 9), (24, 10), (28, 10), (28, 11), (26, 13), (26, 14), (26, 16),
)  # fmt: skip
LARGEST = len(_CORRECTION)
MARGIN = 4
_FIELD = 0x11D  # the polynomial of the field of 256 elements
_LEVEL_M = 0
Grid = list[list[bool]]


def qr_code(text: str) -> Grid:
    """Rows of dark (true) and light modules, without the margin of 4 that belongs around them.

    ``ValueError`` for more bytes than version 20 holds.
    """
    data = text.encode("utf-8")
    version = next((v for v in range(1, LARGEST + 1) if _bits_needed(data, v) <= _room(v) * 8), 0)
    if not version:
        raise ValueError("too long for a QR code of version 20")
    stream = _with_correction(_codewords(data, version), version)
    drawings = (_Drawing(version, stream, mask) for mask in range(8))
    return min(drawings, key=lambda drawing: _penalty(drawing.grid)).grid


def outline(grid: Grid) -> str:
    """The dark modules as the path of a drawing: one unit each, a margin of 4 units around."""
    parts = []
    for y, row in enumerate(grid, MARGIN):
        at = MARGIN
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                parts.append(f"M{at} {y}h{length}v1h-{length}z")
            at += length
    return "".join(parts)


def _bits_needed(data: bytes, version: int) -> int:
    return 4 + _count_bits(version) + 8 * len(data)


def _count_bits(version: int) -> int:
    return 8 if version < 10 else 16


def _total(version: int) -> int:
    """Bytes of a version: all modules less those of patterns, formats and versions."""
    modules = (16 * version + 128) * version + 64
    if version > 1:
        rows = version // 7 + 2
        modules -= (25 * rows - 10) * rows - 55
    return (modules - (36 if version >= 7 else 0)) // 8


def _room(version: int) -> int:
    each, blocks = _CORRECTION[version - 1]
    return _total(version) - each * blocks


def _codewords(data: bytes, version: int) -> bytes:
    """Mode, length and data, then the two bytes that fill what is left."""
    bits = f"0100{len(data):0{_count_bits(version)}b}" + "".join(f"{byte:08b}" for byte in data)
    bits += "0" * min(4, _room(version) * 8 - len(bits))
    bits += "0" * (-len(bits) % 8)
    words = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
    left = _room(version) - len(words)
    return words + (b"\xec\x11" * left)[:left]


def _times(one: int, other: int) -> int:
    product = 0
    for bit in range(7, -1, -1):
        product = (product << 1) ^ ((product >> 7) * _FIELD)
        product ^= ((other >> bit) & 1) * one
    return product


def _divisor(degree: int) -> list[int]:
    """The product of (x - 2^i) for each i below ``degree``, without its first term."""
    result = [0] * (degree - 1) + [1]
    root = 1
    for _ in range(degree):
        shifted = [*result[1:], 0]
        result = [_times(old, root) ^ new for old, new in zip(result, shifted, strict=True)]
        root = _times(root, 2)
    return result


def _remainder(data: bytes, divisor: list[int]) -> bytes:
    result = [0] * len(divisor)
    for byte in data:
        factor = byte ^ result[0]
        shifted = [*result[1:], 0]
        result = [old ^ _times(d, factor) for old, d in zip(shifted, divisor, strict=True)]
    return bytes(result)


def _with_correction(data: bytes, version: int) -> bytes:
    """Data in blocks, each with its correction, both read across the blocks."""
    each, count = _CORRECTION[version - 1]
    size, longer = divmod(len(data), count)
    divisor = _divisor(each)
    blocks, at = [], 0
    for number in range(count):
        length = size + (number >= count - longer)
        blocks.append(data[at : at + length])
        at += length
    corrections = [_remainder(block, divisor) for block in blocks]
    across = chain(zip_longest(*blocks), zip_longest(*corrections))
    return bytes(byte for row in across for byte in row if byte is not None)


_MASKS: tuple[Callable[[int, int], int], ...] = (
    lambda x, y: (x + y) % 2,
    lambda x, y: y % 2,
    lambda x, y: x % 3,
    lambda x, y: (x + y) % 3,
    lambda x, y: (x // 3 + y // 2) % 2,
    lambda x, y: x * y % 2 + x * y % 3,
    lambda x, y: (x * y % 2 + x * y % 3) % 2,
    lambda x, y: ((x + y) % 2 + x * y % 3) % 2,
)


class _Drawing:
    """One symbol with one mask."""

    def __init__(self, version: int, stream: bytes, mask: int) -> None:
        self.version, self.size = version, 4 * version + 17
        self.grid: Grid = [[False] * self.size for _ in range(self.size)]
        self.fixed: Grid = [[False] * self.size for _ in range(self.size)]
        self._draw_patterns()
        self._draw_format(mask)
        self._draw_version()
        self._draw_data(stream, mask)

    def _set(self, x: int, y: int, dark: object) -> None:
        self.grid[y][x], self.fixed[y][x] = bool(dark), True

    def _draw_patterns(self) -> None:
        for at in range(self.size):
            self._set(6, at, at % 2 == 0)
            self._set(at, 6, at % 2 == 0)
        last = self.size - 4
        for x, y in ((3, 3), (last, 3), (3, last)):
            self._draw_finder(x, y)
        places = _alignment(self.version)
        for x in places:
            for y in places:
                if (x, y) not in ((6, 6), (6, places[-1]), (places[-1], 6)):
                    self._draw_square(x, y, 2, light=(1,))

    def _draw_finder(self, x: int, y: int) -> None:
        self._draw_square(x, y, 4, light=(2, 4))

    def _draw_square(self, x: int, y: int, reach: int, light: tuple[int, ...]) -> None:
        for right in range(-reach, reach + 1):
            for down in range(-reach, reach + 1):
                if 0 <= x + right < self.size and 0 <= y + down < self.size:
                    self._set(x + right, y + down, max(abs(right), abs(down)) not in light)

    def _draw_format(self, mask: int) -> None:
        bits = _format_bits(mask)
        for at, (x, y) in enumerate(_format_places()):
            self._set(x, y, bits >> at & 1)
        for at in range(15):
            dark = bits >> at & 1
            if at < 8:
                self._set(self.size - 1 - at, 8, dark)
            else:
                self._set(8, self.size - 15 + at, dark)
        self._set(8, self.size - 8, True)

    def _draw_version(self) -> None:
        if self.version < 7:
            return
        bits = self.version << 12 | _rest(self.version, 12, 0x1F25)
        for at in range(18):
            far, near = self.size - 11 + at % 3, at // 3
            self._set(far, near, bits >> at & 1)
            self._set(near, far, bits >> at & 1)

    def _draw_data(self, stream: bytes, mask: int) -> None:
        bits = (byte >> at & 1 for byte in stream for at in range(7, -1, -1))
        turned = _MASKS[mask]
        for x, y in self._path():
            self.grid[y][x] = bool(next(bits, 0)) ^ (turned(x, y) == 0)

    def _path(self) -> Iterator[tuple[int, int]]:
        """The free modules in the order of the bits: two columns at a time, up and down."""
        for right in range(self.size - 1, 0, -2):
            column = right if right > 6 else right - 1
            upward = (column + 1) & 2 == 0
            for step in range(self.size):
                y = self.size - 1 - step if upward else step
                for x in (column, column - 1):
                    if not self.fixed[y][x]:
                        yield x, y


def _alignment(version: int) -> list[int]:
    """Where the middles of the small squares lie, in both directions."""
    if version == 1:
        return []
    count = version // 7 + 2
    step = (version * 8 + count * 3 + 5) // (count * 4 - 4) * 2
    last = 4 * version + 10
    return [6, *(last - step * back for back in range(count - 2, -1, -1))]


def _rest(value: int, degree: int, divisor: int) -> int:
    rest = value
    for _ in range(degree):
        rest = (rest << 1) ^ ((rest >> (degree - 1)) * divisor)
    return rest


def _format_bits(mask: int) -> int:
    data = _LEVEL_M << 3 | mask
    return (data << 10 | _rest(data, 10, 0x537)) ^ 0x5412


def _format_places() -> list[tuple[int, int]]:
    beside = [(8, y) for y in (0, 1, 2, 3, 4, 5, 7, 8)]
    return [*beside, (7, 8), *((x, 8) for x in range(5, -1, -1))]


def _penalty(grid: Grid) -> int:
    """How hard a symbol is to read: long runs, blocks, what looks like a finder, imbalance."""
    size = len(grid)
    lines = ["".join("1" if dark else "0" for dark in row) for row in grid]
    lines += ["".join(column) for column in zip(*lines, strict=True)]
    score = sum(_penalty_of_line(line) for line in lines)
    for upper, lower in zip(grid, grid[1:], strict=False):
        for at in range(size - 1):
            block = (upper[at], upper[at + 1], lower[at], lower[at + 1])
            score += 3 * (len(set(block)) == 1)
    dark = sum(map(sum, grid))
    return score + 10 * (abs(dark * 20 - size * size * 10) // (size * size))


def _penalty_of_line(line: str) -> int:
    runs = [len(run) for run in line.replace("01", "0 1").replace("10", "1 0").split()]
    score = sum(run - 2 for run in runs if run >= 5)
    for pattern in ("10111010000", "00001011101"):
        score += 40 * sum(line.startswith(pattern, at) for at in range(len(line)))
    return score
