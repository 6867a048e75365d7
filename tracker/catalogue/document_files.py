"""The files of an outcome document in the seed, as strict models.

``document.yaml``: what it is. ``text.<language>.yaml``: the official wording, as parsed.
``commitments.yaml``: our titles, summaries and classification. ``record.yaml``: who did what.
"""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from tracker.catalogue.reading import InEveryLanguage, StrictRow
from tracker.domain.documents import (
    Addressee,
    Level,
    Qualifier,
    Reference,
    ReportSection,
    Strength,
    Theme,
)

LONGEST_TITLE = 60

Text = Annotated[
    str, StringConstraints(min_length=1, pattern=re.compile(r"^\S(.*\S)?$", re.DOTALL))
]
Title = Annotated[Text, Field(max_length=LONGEST_TITLE)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
ReferenceText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+ \S+$")]

BY_VALUE = Field(strict=False)
"""YAML has the value of an enumeration; whatever is no value of it is still refused."""


class OurTitle(StrictRow):
    """A short title of ours in the languages of the site."""

    en: Title
    fr: Title


class OurText(StrictRow):
    """A sentence of ours in the languages of the site."""

    en: Text
    fr: Text


class MeetingEntry(StrictRow):
    """The meeting that adopted the document."""

    title: InEveryLanguage
    opened_on: date
    closed_on: date


class DocumentFile(StrictRow):
    """``document.yaml``."""

    slug: Slug
    symbol: Text
    title: InEveryLanguage
    adopted_on: date
    source: Text
    meeting: MeetingEntry


class SectionNameEntry(StrictRow):
    """Our short name of one heading."""

    code: Text
    title: OurTitle


class SectionEntry(StrictRow):
    """A heading in the language of the file."""

    code: Text
    parent: Text | None = None
    title: Text
    chapeau: Text | None = None


class ParagraphEntry(StrictRow):
    """A numbered paragraph in the language of the file; ``items``: the lines under it."""

    number: int = Field(ge=1)
    section: Text | None = None
    text: Text
    items: list[Text] = []


class TextFile(StrictRow):
    """``text.<language>.yaml``; ``part``: where in the printed document its numbers stand."""

    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
    part: Literal["annex", "body"]
    title: Text
    sections: list[SectionEntry]
    paragraphs: list[ParagraphEntry]


class CommitmentEntry(StrictRow):
    """What we say about one paragraph. ``strengths``: of its operative verbs, in order."""

    paragraph: int = Field(ge=1)
    title: OurTitle
    summary: OurText
    addressee: Annotated[Addressee, BY_VALUE]
    strengths: list[Annotated[Strength, BY_VALUE]]
    level: Annotated[Level, BY_VALUE] | None
    themes: list[Annotated[Theme, BY_VALUE]] = Field(min_length=1)
    qualifiers: list[Annotated[Qualifier, BY_VALUE]]
    report_section: Annotated[ReportSection, BY_VALUE]
    references: list[ReferenceText]
    note: OurText | None = None

    @model_validator(mode="after")
    def _check(self) -> "CommitmentEntry":
        if (self.addressee is Addressee.SECRETARIAT) != (not self.strengths):
            raise ValueError("strengths are of verbs that ask States: none for the secretariat")
        for values in (self.themes, self.qualifiers, self.references):
            if len(set(values)) != len(values):
                raise ValueError("a value is listed twice")
        return self

    def reference_items(self) -> tuple[Reference, ...]:
        """The references as the domain has them."""
        return tuple(Reference(*reference.split(" ", 1)) for reference in self.references)
