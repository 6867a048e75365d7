"""The text of a printed document as blocks: page furniture out, broken lines joined.

Text taken from a PDF comes line by line, often with an empty line after each, so that only
two empty lines or more are a gap between blocks. Text typed by hand has one line after
another and an empty line as gap. Both are read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LINK_LINE = re.compile(r"https?://\S+$")
SYMBOL_LINE = re.compile(r"[A-Z]{1,4}(/[A-Z0-9]([\w.]*\w)?){2,}$")
PAGE_LINE = re.compile(r"(\d{2}-\d{5}(\s+\(\w\))?\s+)?\d+/\d+(\s+\d{2}-\d{5}(\s+\(\w\))?)?$")
JOB_LINE = re.compile(r"\d{2}-\d{5}(\s+\(\w\))?$")
NOTE_RULE = re.compile(r"_{6,}$")
NOTE_START = re.compile(r"(\d{1,2})\s+(?=\S)")
NUMBERED = re.compile(r"\d+\.\s")
ENDS_SENTENCE = re.compile(r"[.:;?!»]$")
PAGE_BREAK = "\f"


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together, joined; ``indented``: the first stands back from the margin."""

    text: str
    indented: bool
    gap_before: bool
    gap_after: bool


@dataclass(frozen=True, slots=True)
class Footnote:
    """A note at the foot of a page: its number and its text."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    indented: bool
    gap_before: bool
    starts_page: bool


def read_layout(text: str) -> tuple[tuple[Block, ...], tuple[Footnote, ...]]:
    """The blocks of the running text and the footnotes, each in order, line breaks joined."""
    lines, notes = _without_footnotes(list(_content_lines(text)))
    return tuple(_blocks(lines)), notes


def join_lines(first: str, second: str) -> str:
    """Two lines as one; no space after a hyphen or a slash that ends the first."""
    if not first or re.search(r"\w[-/]$", first):
        return first + second
    return f"{first} {second}"


def _content_lines(text: str) -> Iterator[_Line]:
    raw = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    spaced = _is_double_spaced(raw)
    blank_run = gap_from = 2 if spaced else 1
    starts_page = True
    gap = True
    for position, line in enumerate(raw):
        content = line.strip(" \t" + PAGE_BREAK)
        if not content:
            blank_run += 1
            gap = gap or blank_run >= gap_from
            starts_page = starts_page or PAGE_BREAK in line
            continue
        # A page's first line follows the last one of the page before without an empty line,
        # and the conversion puts one space before it.
        broken = spaced and position > 0 and blank_run == 0 and line.startswith(" ")
        blank_run = 0
        starts_page = starts_page or broken or PAGE_BREAK in line
        if LINK_LINE.match(content):
            continue
        if (gap or starts_page) and _is_furniture(content):  # else a line of a sentence
            starts_page = starts_page or bool(PAGE_LINE.match(content))
            continue
        margin = len(line.lstrip(PAGE_BREAK)) - len(line.lstrip(PAGE_BREAK + " \t"))
        yield _Line(content, margin > int(broken), gap, starts_page)
        gap = starts_page = False


def _is_double_spaced(raw: list[str]) -> bool:
    """Whether most lines of text have an empty line after them."""
    texts = [position for position, line in enumerate(raw[:-1]) if line.strip()]
    followed = sum(1 for position in texts if not raw[position + 1].strip())
    return len(texts) > 10 and followed > 0.7 * len(texts)


def _is_furniture(content: str) -> bool:
    return any(pattern.match(content) for pattern in (LINK_LINE, SYMBOL_LINE, PAGE_LINE, JOB_LINE))


def _without_footnotes(lines: list[_Line]) -> tuple[list[_Line], tuple[Footnote, ...]]:
    """Take out what stands between a rule of underscores and the end of its page."""
    kept: list[_Line] = []
    notes: list[Footnote] = []
    in_notes = False
    for line in lines:
        if NOTE_RULE.match(line.text):
            in_notes = True
        elif in_notes and not line.starts_page:
            _add_note_line(notes, line)
        else:
            in_notes = False
            kept.append(line)
    return kept, tuple(notes)


def _add_note_line(notes: list[Footnote], line: _Line) -> None:
    start = NOTE_START.match(line.text)
    expected = notes[-1].number + 1 if notes else 1
    if start and int(start[1]) == expected:
        notes.append(Footnote(expected, line.text[start.end() :]))
    elif notes:
        last = notes.pop()
        notes.append(Footnote(last.number, join_lines(last.text, line.text)))


def _blocks(lines: list[_Line]) -> Iterator[Block]:
    start = 0
    for position in range(1, len(lines) + 1):
        if position == len(lines) or _starts_block(lines, position):
            part = lines[start:position]
            text = ""
            for line in part:
                text = join_lines(text, line.text)
            gap_after = position == len(lines) or lines[position].gap_before
            yield Block(text, part[0].indented, part[0].gap_before, gap_after)
            start = position


def _starts_block(lines: list[_Line], position: int) -> bool:
    line, before = lines[position], lines[position - 1]
    if line.indented or NUMBERED.match(line.text):
        return True
    if line.starts_page:  # a sentence runs on over the page break
        return bool(ENDS_SENTENCE.search(before.text))
    return line.gap_before
