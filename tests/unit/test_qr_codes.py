"""QR codes read back: the way of the standard, from the modules to the text."""

import re

import pytest

from tracker.domain.qr_codes import LARGEST, Grid, outline, qr_code

# Total bytes, and of each block its data and correction bytes, as table 9 of the standard has them.
BLOCKS = {
    1: [(16, 10)],
    2: [(28, 16)],
    5: [(43, 24)] * 2,
    8: [(38, 22)] * 2 + [(39, 22)] * 2,
    10: [(43, 26)] * 4 + [(44, 26)],
    14: [(40, 24)] * 4 + [(41, 24)] * 5,
    20: [(41, 26)] * 3 + [(42, 26)] * 13,
}
ALIGNMENT = {
    1: [],
    2: [6, 18],
    5: [6, 30],
    8: [6, 24, 42],
    10: [6, 28, 50],
    14: [6, 26, 46, 66],
    20: [6, 34, 62, 90],
}
LENGTHS = {1: 14, 2: 26, 5: 84, 8: 152, 10: 213, 14: 362, 20: 666}  # what just fits, in bytes
FORMATS = {  # level M with each mask, as the standard prints them
    0b101010000010010: 0,
    0b101000100100101: 1,
    0b101111001111100: 2,
    0b101101101001011: 3,
    0b100010111111001: 4,
    0b100000011001110: 5,
    0b100111110010111: 6,
    0b100101010100000: 7,
}


def mask_of(grid: Grid) -> int:
    places = [(x, 8) for x in (0, 1, 2, 3, 4, 5, 7, 8)] + [(8, y) for y in (7, 5, 4, 3, 2, 1, 0)]
    return FORMATS[int("".join("01"[grid[y][x]] for x, y in places), 2)]


def is_turned(mask: int, x: int, y: int) -> bool:
    return (
        (y + x) % 2 == 0,
        y % 2 == 0,
        x % 3 == 0,
        (y + x) % 3 == 0,
        (y // 2 + x // 3) % 2 == 0,
        (y * x) % 2 + (y * x) % 3 == 0,
        ((y * x) % 2 + (y * x) % 3) % 2 == 0,
        ((y + x) % 2 + (y * x) % 3) % 2 == 0,
    )[mask]


def is_reserved(version: int, x: int, y: int) -> bool:
    size = 4 * version + 17
    if (
        x == 6
        or y == 6
        or (x < 9 and y < 9)
        or (x < 9 and y >= size - 8)
        or (x >= size - 8 and y < 9)
    ):
        return True
    if version >= 7 and ((x < 6 and y >= size - 11) or (y < 6 and x >= size - 11)):
        return True
    middles = ALIGNMENT[version]
    last = middles[-1] if middles else 0
    squares = [(a, b) for a in middles for b in middles]
    corners = ((6, 6), (6, last), (last, 6))
    return any(abs(x - a) <= 2 and abs(y - b) <= 2 for a, b in squares if (a, b) not in corners)


def bytes_of(grid: Grid, version: int) -> bytes:
    size, mask, bits = len(grid), mask_of(grid), []
    column, up = size - 1, True
    while column > 0:
        column -= column == 6
        for y in range(size - 1, -1, -1) if up else range(size):
            for x in (column, column - 1):
                if not is_reserved(version, x, y):
                    bits.append(grid[y][x] ^ is_turned(mask, x, y))
        column, up = column - 2, not up
    text = "".join("01"[bit] for bit in bits)
    return bytes(int(text[at : at + 8], 2) for at in range(0, len(text) - 7, 8))


def times(one: int, other: int) -> int:
    product = 0
    while other:
        product ^= one * (other & 1)
        one, other = one << 1, other >> 1
        one ^= 0x11D * (one > 255)
    return product


def is_codeword(block: bytes, correction: int) -> bool:
    """Whether the block, as a polynomial, is zero at each root of the code."""
    root = 1
    for _ in range(correction):
        value = 0
        for byte in block:
            value = times(value, root) ^ byte
        if value:
            return False
        root = times(root, 2)
    return True


def read(grid: Grid, version: int) -> str:
    blocks = BLOCKS[version]
    stream, data = iter(bytes_of(grid, version)), [bytearray() for _ in blocks]
    for at in range(max(size for size, _ in blocks)):
        for block, (size, _) in zip(data, blocks, strict=True):
            if at < size:
                block.append(next(stream))
    parts = b"".join(bytes(block) for block in data)
    for _ in range(blocks[0][1]):
        for block in data:
            block.append(next(stream))
    assert all(is_codeword(bytes(b), c) for b, (_, c) in zip(data, blocks, strict=True))
    bits = "".join(f"{byte:08b}" for byte in parts)
    width = 8 if version < 10 else 16
    assert bits[:4] == "0100"
    length = int(bits[4 : 4 + width], 2)
    start = 4 + width
    raw = bytes(int(bits[start + 8 * n : start + 8 * n + 8], 2) for n in range(length))
    return raw.decode("utf-8")


@pytest.mark.parametrize("version", LENGTHS)
def test_what_just_fits_is_read_back(version: int) -> None:
    for length in (LENGTHS[version], LENGTHS[version] - 1):
        text = "".join(chr(97 + at * at % 26) for at in range(length))
        grid = qr_code(text)
        assert len(grid) == 4 * version + 17
        assert {len(row) for row in grid} == {len(grid)}
        assert read(grid, version) == text


def test_other_scripts_are_kept() -> None:
    text = "Åsa Δημήτρης " + "x" * 60  # 84 bytes
    assert read(qr_code(text), 5) == text


def test_more_than_fits_is_refused() -> None:
    assert len(qr_code("x" * 666)) == 4 * LARGEST + 17
    with pytest.raises(ValueError, match="too long"):
        qr_code("x" * 667)


def test_the_finders_stand_in_three_corners() -> None:
    grid = qr_code("otpauth://totp/a?secret=A")
    ring = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
    for top, left in ((0, 0), (0, -7), (-7, 0)):
        rows = grid[top : top + 7 or None]
        found = ["".join("01"[d] for d in row[left : left + 7 or None]) for row in rows]
        assert found == ring


def test_the_drawing_has_each_dark_module_once() -> None:
    grid = qr_code("otpauth://totp/a?secret=A")
    drawn: set[tuple[int, int]] = set()
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", outline(grid)):
        run = {(int(x) + step, int(y)) for step in range(int(length))}
        assert not run & drawn
        drawn |= run
    size = range(len(grid))
    assert drawn == {(x + 4, y + 4) for x in size for y in size if grid[y][x]}
