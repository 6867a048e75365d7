"""Read the text of an outcome document: headings, chapeaux and numbered paragraphs.

The report of a meeting has two parts that both number their paragraphs from 1: the body and
the annex that holds the outcome document. They are kept apart.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tracker.catalogue.mending import Mend, Mender
from tracker.catalogue.text_layout import (
    ENDS_SENTENCE,
    Block,
    Footnote,
    join_lines,
    read_layout,
)

ANNEX = re.compile(r"(?i:annexe?|anexo|приложение|附件|المرفق)( I)?$")
ROMAN_HEADING = re.compile(r"([IVX]+)\. (?=\S)")
LETTER_HEADING = re.compile(r"([A-Z])\. (?=\S)")
NUMBER = re.compile(r"(\d+)\. (?=\S)")


@dataclass(frozen=True, slots=True)
class ParsedSection:
    """One heading. ``code``: as numbered in print, a letter of ours where it has no number."""

    code: str
    parent: str | None
    title: str
    chapeau: str = ""


@dataclass(frozen=True, slots=True)
class ParsedParagraph:
    """One numbered paragraph; ``items``: the unnumbered lines and sub-points under it."""

    number: int
    section: str | None
    text: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedPart:
    """The body of the report, or its annex."""

    title: str
    sections: tuple[ParsedSection, ...]
    paragraphs: tuple[ParsedParagraph, ...]

    def paragraph(self, number: int) -> ParsedParagraph:
        """The paragraph with this number; ``KeyError`` where there is none."""
        for paragraph in self.paragraphs:
            if paragraph.number == number:
                return paragraph
        raise KeyError(number)


@dataclass(frozen=True, slots=True)
class ParsedText:
    """What the text of an outcome document holds. ``mends``: what was broken and is mended."""

    body: ParsedPart
    annex: ParsedPart
    footnotes: tuple[Footnote, ...]
    mends: tuple[Mend, ...]

    @property
    def outcome(self) -> ParsedPart:
        """The part that holds the outcome document: the annex, or all where there is none."""
        return self.annex if self.annex.paragraphs else self.body


def parse_outcome_text(text: str) -> ParsedText:
    """Read a document's text; page furniture goes, broken lines are joined, words mended."""
    printed, notes = read_layout(text)
    blocks = _without_note_marks(printed, notes)
    mender = Mender([*(block.text for block in blocks), *(note.text for note in notes)])
    start = next((i for i, block in enumerate(blocks) if ANNEX.match(block.text)), len(blocks))
    body = _Builder("body", mender).read(blocks[:start])
    annex = _Builder("annex", mender).read(blocks[start + 1 :])
    footnotes = tuple(Footnote(n.number, mender.mend(f"note/{n.number}", n.text)) for n in notes)
    return ParsedText(body, annex, footnotes, tuple(mender.mends))


def _without_note_marks(blocks: Sequence[Block], notes: Sequence[Footnote]) -> list[Block]:
    """Take out the number that refers to each footnote; the first one that fits is it."""
    cleaned = list(blocks)
    for note in notes:
        after_word = rf"(?<=[^\W\d_]){note.number}(?=[\s,.;:)]|$)"
        after_bracket = rf"(?<=\)) ?{note.number}(?: (?=[,.])|(?=[\s,.;:]|$))"
        mark = re.compile(f"{after_word}|{after_bracket}")
        for position, block in enumerate(cleaned):
            text, found = mark.subn("", block.text, count=1)
            if found:
                cleaned[position] = replace(block, text=text)
                break
    return cleaned


@dataclass(slots=True)
class _Builder:
    """Puts the blocks of one part under their headings."""

    part: str
    mender: Mender
    title: str = ""
    sections: list[ParsedSection] = field(default_factory=list)
    paragraphs: list[ParsedParagraph] = field(default_factory=list)

    def read(self, blocks: Sequence[Block]) -> ParsedPart:
        for block in blocks:
            self._read_block(block)
        return ParsedPart(
            self.mender.mend(f"{self.part}/title", self.title),
            tuple(self._mended_section(section) for section in self.sections),
            tuple(self._mended_paragraph(paragraph) for paragraph in self.paragraphs),
        )

    def _read_block(self, block: Block) -> None:
        number = NUMBER.match(block.text)
        if number and not block.indented:
            self._read_number(block, int(number[1]), number.end())
        elif _is_heading(block):
            self._open_section(block.text)
        elif self._awaits_chapeau():
            last = self.sections.pop()
            self.sections.append(replace(last, chapeau=join_lines(last.chapeau, block.text)))
        elif self.paragraphs:
            last_paragraph = self.paragraphs.pop()
            items = (*last_paragraph.items, block.text)
            self.paragraphs.append(replace(last_paragraph, items=items))

    def _read_number(self, block: Block, number: int, end: int) -> None:
        """A paragraph, where the number is the next one; else a heading or a line that goes on."""
        expected = self.paragraphs[-1].number + 1 if self.paragraphs else 1
        if number == expected:
            section = self.sections[-1].code if self.sections else None
            self.paragraphs.append(ParsedParagraph(number, section, block.text[end:]))
        elif _is_heading(block):
            self._open_section(block.text)
        elif self.paragraphs:  # a sentence whose line happens to begin with a number
            self._continue_paragraph(block.text)

    def _continue_paragraph(self, text: str) -> None:
        last = self.paragraphs.pop()
        if last.items:
            items = (*last.items[:-1], join_lines(last.items[-1], text))
            self.paragraphs.append(replace(last, items=items))
        else:
            self.paragraphs.append(replace(last, text=join_lines(last.text, text)))

    def _awaits_chapeau(self) -> bool:
        if not self.sections:
            return False
        code = self.sections[-1].code
        return not self.paragraphs or self.paragraphs[-1].section != code

    def _open_section(self, text: str) -> None:
        roman = ROMAN_HEADING.match(text)
        mark = LETTER_HEADING.match(text) or NUMBER.match(text)
        if roman:
            self.sections.append(ParsedSection(roman[1], None, text[roman.end() :]))
        elif mark:
            part = self._enclosing(depth=1)
            code = f"{part}.{mark[1]}" if part else mark[1]
            self.sections.append(ParsedSection(code, part, text[mark.end() :]))
        elif self.sections or self.paragraphs:
            self._open_unnumbered(text)
        else:
            self.title = join_lines(self.title, text)

    def _open_unnumbered(self, text: str) -> None:
        parent = self._enclosing(depth=2)
        letter = chr(ord("a") + sum(1 for section in self.sections if section.parent == parent))
        self.sections.append(
            ParsedSection(f"{parent}.{letter}" if parent else letter, parent, text)
        )

    def _enclosing(self, depth: int) -> str | None:
        """The code of the open numbered heading at most so deep."""
        if not self.sections:
            return None
        steps = [s for s in self.sections[-1].code.split(".") if not s.islower()]
        return ".".join(steps[:depth]) or None

    def _mended_section(self, section: ParsedSection) -> ParsedSection:
        place = f"{self.part}/{section.code}"
        title = self.mender.mend(place, section.title)
        return replace(section, title=title, chapeau=self.mender.mend(place, section.chapeau))

    def _mended_paragraph(self, paragraph: ParsedParagraph) -> ParsedParagraph:
        place = f"{self.part}/{paragraph.number}"
        text = self.mender.mend(place, paragraph.text)
        return replace(
            paragraph,
            text=text,
            items=tuple(self.mender.mend(place, item) for item in paragraph.items),
        )


def _is_heading(block: Block) -> bool:
    return block.gap_before and block.gap_after and not ENDS_SENTENCE.search(block.text)
