"""An outcome document from its seed folder, and its official text back into a seed file."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from tracker.catalogue.document_files import (
    CommitmentEntry,
    DocumentFile,
    SectionNameEntry,
    TextFile,
)
from tracker.catalogue.outcome_text import ParsedText
from tracker.catalogue.reading import SeedError, read_rows, read_whole
from tracker.catalogue.record import load_record
from tracker.domain.documents import Commitment, Meeting, OutcomeDocument, Section


def load_document(folder: Path) -> OutcomeDocument:
    """The outcome document of this seed folder; ``SeedError`` says what is wrong where."""
    about = read_whole(folder / "document.yaml", DocumentFile)
    texts = _load_texts(folder)
    entries = _load_entries(folder / "commitments.yaml")
    commitments = tuple(_commitment(about.slug, entry, texts) for entry in entries)
    return OutcomeDocument(
        slug=about.slug,
        symbol=about.symbol,
        title=about.title,
        adopted_on=about.adopted_on,
        source=about.source,
        sections=_sections_with(commitments, texts, _load_names(folder / "sections.yaml")),
        commitments=commitments,
        meeting=_meeting(about, folder / "record.yaml"),
    )


def dump_text(parsed: ParsedText, language: str) -> str:
    """The official wording as the contents of ``text.<language>.yaml``."""
    part = parsed.outcome
    data = {
        "language": language,
        "part": "annex" if part is parsed.annex else "body",
        "title": part.title,
        "sections": [
            _filled(code=s.code, parent=s.parent, title=s.title, chapeau=s.chapeau)
            for s in part.sections
        ],
        "paragraphs": [
            _filled(number=p.number, section=p.section, text=p.text, items=list(p.items))
            for p in part.paragraphs
        ],
    }
    text = yaml.dump(data, Dumper=_TextDumper, allow_unicode=True, sort_keys=False, width=96)
    return f"# The official wording, as parsed from the source; not edited by hand.\n{text}"


class _TextDumper(yaml.SafeDumper):
    """YAML that a person can read: long texts folded, list items set in."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = ">" if len(text) > 60 else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_TextDumper.add_representer(str, _represent_text)


def _filled(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "", [])}


def _load_texts(folder: Path) -> dict[str, TextFile]:
    """The official texts by language; they must agree on headings and numbers."""
    texts: dict[str, TextFile] = {}
    for path in sorted(folder.glob("text.*.yaml")):
        text = read_whole(path, TextFile)
        if path.name != f"text.{text.language}.yaml":
            raise SeedError(f"{path}: says that its language is {text.language!r}")
        texts[text.language] = text
    if not texts:
        raise SeedError(f"{folder}: there is no text.<language>.yaml")
    outlines = {
        (
            text.part,
            tuple((section.code, section.parent) for section in text.sections),
            tuple((paragraph.number, paragraph.section) for paragraph in text.paragraphs),
        )
        for text in texts.values()
    }
    if len(outlines) > 1:
        raise SeedError(f"{folder}: the texts differ in headings or paragraph numbers")
    return texts


def _load_entries(path: Path) -> list[CommitmentEntry]:
    entries = read_rows(path, "commitments", CommitmentEntry)
    numbers = [entry.paragraph for entry in entries]
    if not numbers or numbers != sorted(set(numbers)):
        raise SeedError(f"{path}: paragraphs must come once each, in ascending order")
    return entries


def _commitment(slug: str, entry: CommitmentEntry, texts: Mapping[str, TextFile]) -> Commitment:
    wording: dict[str, str] = {}
    section: str | None = None
    for language, text in texts.items():
        for paragraph in text.paragraphs:
            if paragraph.number == entry.paragraph:
                wording[language] = "\n".join([paragraph.text, *paragraph.items])
                section = paragraph.section
    if section is None:
        place = f"commitments.yaml: paragraph {entry.paragraph}"
        raise SeedError(f"{place}: the text has no such paragraph under a heading")
    part = next(iter(texts.values())).part
    return Commitment(
        key=f"{slug}/{part}/{entry.paragraph}",
        paragraph=entry.paragraph,
        section=section,
        text=wording,
        title=entry.title.model_dump(),
        summary=entry.summary.model_dump(),
        addressee=entry.addressee,
        strength=entry.strengths[0] if entry.strengths else None,
        strengths=tuple(entry.strengths),
        level=entry.level,
        themes=tuple(entry.themes),
        qualifiers=tuple(entry.qualifiers),
        report_section=entry.report_section,
        references=entry.reference_items(),
        note=entry.note.model_dump() if entry.note else {},
    )


def _sections_with(
    commitments: Iterable[Commitment],
    texts: Mapping[str, TextFile],
    names: Mapping[str, dict[str, str]],
) -> tuple[Section, ...]:
    """The headings that stand above a commitment, in the order of the text."""
    first = next(iter(texts.values()))
    parents = {section.code: section.parent for section in first.sections}
    needed: set[str] = set()
    for commitment in commitments:
        code: str | None = commitment.section
        while code is not None and code not in needed:
            if code not in parents:
                raise SeedError(f"text.{first.language}.yaml: there is no heading {code!r}")
            needed.add(code)
            code = parents[code]
    if needed != set(names):
        odd = ", ".join(sorted(needed ^ set(names)))
        raise SeedError(f"sections.yaml: one short title for each heading, see {odd}")
    return tuple(
        _section(code, parents[code], texts, names[code]) for code in parents if code in needed
    )


def _load_names(path: Path) -> dict[str, dict[str, str]]:
    """Our short titles by the code of the heading."""
    entries = read_rows(path, "sections", SectionNameEntry)
    return {entry.code: entry.title.model_dump() for entry in entries}


def _section(
    code: str, parent: str | None, texts: Mapping[str, TextFile], short_title: dict[str, str]
) -> Section:
    entries = {
        language: section
        for language, text in texts.items()
        for section in text.sections
        if section.code == code
    }
    return Section(
        code=code,
        parent=parent,
        title={language: entry.title for language, entry in entries.items()},
        short_title=short_title,
        chapeau={lang: entry.chapeau for lang, entry in entries.items() if entry.chapeau},
    )


def _meeting(about: DocumentFile, record: Path) -> Meeting:
    participations, votes, statements = load_record(record) if record.exists() else ((), (), ())
    return Meeting(
        title=about.meeting.title,
        opened_on=about.meeting.opened_on,
        closed_on=about.meeting.closed_on,
        participations=participations,
        votes=votes,
        statements=statements,
    )
