"""Outcome documents: an adopted text as sections and numbered commitments.

Everything here is plain data. A localised text is a mapping from language code
(``"en"``, ``"fr"``) to the text; official texts hold only the languages in which
the official wording was loaded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

LocalisedText = Mapping[str, str]


class Addressee(StrEnum):
    """Who is asked to act."""

    STATES = "states"
    STATES_IN_A_POSITION = "states_in_a_position"
    SECRETARIAT = "secretariat"
    MIXED = "mixed"


class Strength(StrEnum):
    """How strongly an operative verb binds."""

    COMMIT = "commit"
    ENCOURAGE = "encourage"
    CONSIDER = "consider"
    RECOGNISE = "recognise"


class Level(StrEnum):
    """The level of action named by the heading."""

    NATIONAL = "national"
    REGIONAL = "regional"
    GLOBAL = "global"


class Qualifier(StrEnum):
    """Words of the text that limit what is asked."""

    NATIONAL_LAW = "national_law"
    AS_APPROPRIATE = "as_appropriate"
    WHERE_POSSIBLE = "where_possible"
    VOLUNTARY = "voluntary"
    EXISTING_RESOURCES = "existing_resources"
    BILATERAL_AGREEMENTS = "bilateral_agreements"


class Theme(StrEnum):
    """What a commitment is about; a commitment may have several."""

    MANUFACTURE = "manufacture"
    TRANSFERS = "transfers"
    DIVERSION = "diversion"
    BROKERING = "brokering"
    STOCKPILES = "stockpiles"
    SURPLUS_DESTRUCTION = "surplus_destruction"
    COLLECTION = "collection"
    CONVERSION_DEACTIVATION = "conversion_deactivation"
    ONLINE_POSTAL = "online_postal"
    NEW_TECHNOLOGY = "new_technology"
    MARKING = "marking"
    RECORD_KEEPING = "record_keeping"
    TRACING = "tracing"
    BORDERS_CUSTOMS = "borders_customs"
    LAW_ENFORCEMENT = "law_enforcement"
    DATA_REPORTING = "data_reporting"
    TARGETS_PLANS = "targets_plans"
    CONFLICT = "conflict"
    SUSTAINABLE_DEVELOPMENT = "sustainable_development"
    GENDER = "gender"
    YOUTH_CIVIL_SOCIETY = "youth_civil_society"
    REGIONAL = "regional"
    ASSISTANCE = "assistance"


class ReportSection(StrEnum):
    """Sections of the voluntary national report on the Programme of Action, in order."""

    COORDINATION = "coordination"
    MANUFACTURE = "manufacture"
    TRANSFERS = "transfers"
    BROKERING = "brokering"
    STOCKPILES = "stockpiles"
    COLLECTION = "collection"
    MARKING_RECORDS = "marking_records"
    TRACING = "tracing"
    COOPERATION_ASSISTANCE = "cooperation_assistance"
    GENDER = "gender"
    EMERGING_TECHNOLOGY = "emerging_technology"
    TARGETS = "targets"


class ParticipationKind(StrEnum):
    """What the official record of a meeting says that a State did."""

    REPORT_SUBMITTED = "report_submitted"
    VOTED_FOR = "voted_for"
    VOTED_AGAINST = "voted_against"
    ABSTAINED = "abstained"
    INTENDED_TO_VOTE_FOR = "intended_to_vote_for"
    JOINED_STATEMENT = "joined_statement"


@dataclass(frozen=True, slots=True)
class Reference:
    """An item of another instrument, in our reading: ``("ITI", "24")``, ``("SDG", "16.4.2")``."""

    instrument: str
    item: str


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of the document. ``code`` is unique in it (``"I.1.a"``); letters are ours.

    ``title`` is the official heading, ``short_title`` our own short name of it.
    """

    code: str
    parent: str | None
    title: LocalisedText
    short_title: LocalisedText
    chapeau: LocalisedText = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Commitment:
    """One numbered paragraph that asks somebody to do something."""

    key: str
    paragraph: int
    section: str
    text: LocalisedText
    title: LocalisedText
    summary: LocalisedText
    addressee: Addressee
    strength: Strength | None
    strengths: tuple[Strength, ...]
    level: Level | None
    themes: tuple[Theme, ...]
    qualifiers: tuple[Qualifier, ...]
    report_section: ReportSection
    references: tuple[Reference, ...]
    note: LocalisedText = field(default_factory=dict)

    @property
    def asks_states(self) -> bool:
        """Whether a State is asked for progress."""
        return self.addressee is not Addressee.SECRETARIAT

    @property
    def may_be_left(self) -> bool:
        """Whether it only recognises, so that no answer never counts as missing."""
        return bool(self.strengths) and set(self.strengths) == {Strength.RECOGNISE}


@dataclass(frozen=True, slots=True)
class RecordedVote:
    """A recorded vote with the totals that the document states."""

    paragraph: int
    subject: LocalisedText
    in_favour: int
    against: int
    abstaining: int


@dataclass(frozen=True, slots=True)
class JointStatement:
    """A statement made on behalf of several States, which a footnote names."""

    paragraph: int
    footnote: int
    subject: LocalisedText


@dataclass(frozen=True, slots=True)
class Participation:
    """One entry of the official record: a State, what it did, and the paragraph that says so."""

    iso3: str
    kind: ParticipationKind
    paragraph: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """The meeting that adopted the document, with its official record."""

    title: LocalisedText
    opened_on: date
    closed_on: date
    participations: tuple[Participation, ...] = ()
    votes: tuple[RecordedVote, ...] = ()
    statements: tuple[JointStatement, ...] = ()


@dataclass(frozen=True, slots=True)
class OutcomeDocument:
    """An adopted text with numbered paragraphs."""

    slug: str
    symbol: str
    title: LocalisedText
    adopted_on: date
    source: str
    sections: tuple[Section, ...]
    commitments: tuple[Commitment, ...]
    meeting: Meeting

    @property
    def paragraphs(self) -> tuple[int, ...]:
        """The numbers of the commitments, in order."""
        return tuple(commitment.paragraph for commitment in self.commitments)

    def section(self, code: str) -> Section:
        """The section with this code; ``KeyError`` where there is none."""
        for section in self.sections:
            if section.code == code:
                return section
        raise KeyError(code)

    def path(self, code: str) -> tuple[Section, ...]:
        """The headings from the top down to the section ``code``, itself included."""
        section = self.section(code)
        above = self.path(section.parent) if section.parent else ()
        return (*above, section)

    def blocks(self) -> tuple[Section, ...]:
        """The sections that hold commitments themselves, in order."""
        used = {commitment.section for commitment in self.commitments}
        return tuple(section for section in self.sections if section.code in used)

    def in_section(self, code: str) -> tuple[Commitment, ...]:
        """The commitments that stand directly under this heading, in order."""
        return tuple(c for c in self.commitments if c.section == code)
