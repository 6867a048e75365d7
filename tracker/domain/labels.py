"""The words for codes, in English; translated where they are shown."""

from enum import StrEnum
from typing import Final

from tracker.domain.assistance import AssistanceKind, AssistanceStatus, Direction
from tracker.domain.comparison import Only
from tracker.domain.completeness import Gap, Standing
from tracker.domain.contacts import ContactKind
from tracker.domain.documents import (
    Addressee,
    Level,
    ParticipationKind,
    Qualifier,
    ReportSection,
    Strength,
    Theme,
)
from tracker.domain.exports import ExportFormat, ExportStatus
from tracker.domain.item_fields import Part
from tracker.domain.messages import N_
from tracker.domain.movement import Move
from tracker.domain.progress import Absence, Audience, Base, Progress
from tracker.domain.roles import Role
from tracker.domain.states import StateStatus
from tracker.domain.workflow import ReportStatus, Step

# Pairs and not a mapping: members of different enums with the same code are equal as texts.
_WORDS: Final[tuple[tuple[StrEnum, str], ...]] = (
    (Progress.NOT_STARTED, N_("Not started")),
    (Progress.IN_DEVELOPMENT, N_("In development")),
    (Progress.PARTLY_IMPLEMENTED, N_("Partly implemented")),
    (Progress.IMPLEMENTED, N_("Implemented")),
    (Progress.NOT_APPLICABLE, N_("Not applicable")),
    (Absence.NOT_ASKED, N_("Not asked")),
    (Absence.NOT_REPORTED, N_("Not reported")),
    (Absence.NOT_ANSWERED, N_("Not answered")),
    (Absence.WITHHELD, N_("Withheld")),
    (Absence.NOT_COMPUTABLE, N_("Not computable")),
    (Audience.PUBLIC, N_("Everybody")),
    (Audience.STATES, N_("Signed-in States")),
    (Audience.SECRETARIAT, N_("Secretariat only")),
    (Base.MEMBERS, N_("All Member States")),
    (Base.REPORTING, N_("Reporting States")),
    (Base.ANSWERED, N_("States that answered")),
    (Base.APPLICABLE, N_("States to which it applies")),
    (ReportStatus.DRAFT, N_("Draft")),
    (ReportStatus.SUBMITTED, N_("Submitted")),
    (ReportStatus.RETURNED, N_("Returned")),
    (ReportStatus.ACCEPTED, N_("Accepted")),
    (ReportStatus.PUBLISHED, N_("Published")),
    (Step.OPEN, N_("Open")),
    (Step.SUBMIT, N_("Submit")),
    (Step.WITHDRAW, N_("Withdraw")),
    (Step.RETURN, N_("Return")),
    (Step.ACCEPT, N_("Accept")),
    (Step.PUBLISH, N_("Publish")),
    (Step.REOPEN, N_("Reopen")),
    (Role.CONTRIBUTOR, N_("Contributor")),
    (Role.FOCAL_POINT, N_("National focal point")),
    (Role.OBSERVER, N_("Observer")),
    (Role.REVIEWER, N_("Reviewer")),
    (Role.ADMINISTRATOR, N_("Administrator")),
    (Gap.NO_ANSWER, N_("no answer")),
    (Gap.NO_PROGRESS, N_("the progress is still to be chosen")),
    (Gap.NO_REASON, N_("a reason is still missing")),
    (Standing.ANSWERED, N_("answered")),
    (Standing.TO_DO, N_("to do")),
    (Standing.MAY_BE_LEFT, N_("may be left")),
    (Standing.NOT_ASKED, N_("not asked")),
    (StateStatus.MEMBER, N_("Member State")),
    (StateStatus.OBSERVER, N_("Observer State")),
    (Addressee.STATES, N_("States")),
    (Addressee.STATES_IN_A_POSITION, N_("States in a position to do so")),
    (Addressee.SECRETARIAT, N_("Secretariat")),
    (Addressee.MIXED, N_("States and Secretariat")),
    (Strength.COMMIT, N_("Commits")),
    (Strength.ENCOURAGE, N_("Encourages")),
    (Strength.CONSIDER, N_("To consider")),
    (Strength.RECOGNISE, N_("Recognises")),
    (Level.NATIONAL, N_("National level")),
    (Level.REGIONAL, N_("Regional level")),
    (Level.GLOBAL, N_("Global level")),
    (Qualifier.NATIONAL_LAW, N_("in line with national law")),
    (Qualifier.AS_APPROPRIATE, N_("as appropriate")),
    (Qualifier.WHERE_POSSIBLE, N_("where possible")),
    (Qualifier.VOLUNTARY, N_("voluntary")),
    (Qualifier.EXISTING_RESOURCES, N_("within existing resources")),
    (Qualifier.BILATERAL_AGREEMENTS, N_("subject to bilateral agreements")),
    (Theme.MANUFACTURE, N_("Manufacture")),
    (Theme.TRANSFERS, N_("Transfers")),
    (Theme.DIVERSION, N_("Diversion")),
    (Theme.BROKERING, N_("Brokering")),
    (Theme.STOCKPILES, N_("Stockpiles")),
    (Theme.SURPLUS_DESTRUCTION, N_("Surplus and destruction")),
    (Theme.COLLECTION, N_("Collection")),
    (Theme.CONVERSION_DEACTIVATION, N_("Conversion and deactivation")),
    (Theme.ONLINE_POSTAL, N_("Online trade and post")),
    (Theme.NEW_TECHNOLOGY, N_("New technology")),
    (Theme.MARKING, N_("Marking")),
    (Theme.RECORD_KEEPING, N_("Record-keeping")),
    (Theme.TRACING, N_("Tracing")),
    (Theme.BORDERS_CUSTOMS, N_("Borders and customs")),
    (Theme.LAW_ENFORCEMENT, N_("Law enforcement")),
    (Theme.DATA_REPORTING, N_("Data and reporting")),
    (Theme.TARGETS_PLANS, N_("Targets and plans")),
    (Theme.CONFLICT, N_("Conflict and post-conflict")),
    (Theme.SUSTAINABLE_DEVELOPMENT, N_("Sustainable development")),
    (Theme.GENDER, N_("Gender")),
    (Theme.YOUTH_CIVIL_SOCIETY, N_("Youth and civil society")),
    (Theme.REGIONAL, N_("Regional action")),
    (Theme.ASSISTANCE, N_("Cooperation and assistance")),
    (ReportSection.COORDINATION, N_("National coordination")),
    (ReportSection.MANUFACTURE, N_("Manufacture")),
    (ReportSection.TRANSFERS, N_("International transfers")),
    (ReportSection.BROKERING, N_("Brokering")),
    (ReportSection.STOCKPILES, N_("Stockpile management")),
    (ReportSection.COLLECTION, N_("Collection and destruction")),
    (ReportSection.MARKING_RECORDS, N_("Marking and record-keeping")),
    (ReportSection.TRACING, N_("International tracing")),
    (ReportSection.COOPERATION_ASSISTANCE, N_("Cooperation and assistance")),
    (ReportSection.GENDER, N_("Gender considerations")),
    (ReportSection.EMERGING_TECHNOLOGY, N_("Emerging technology")),
    (ReportSection.TARGETS, N_("Targets and measurability")),
    (ExportStatus.QUEUED, N_("Waiting")),
    (ExportStatus.RUNNING, N_("Being made")),
    (ExportStatus.DONE, N_("Ready")),
    (ExportStatus.FAILED, N_("Failed")),
    (ExportFormat.XLSX, N_("Excel workbook")),
    (ExportFormat.CSV, N_("CSV tables in a zip archive")),
    (ExportFormat.JSON, N_("JSON")),
    (Move.FURTHER, N_("Further than before")),
    (Move.SAME, N_("As before")),
    (Move.BACK, N_("Less far than before")),
    (Move.NOT_COMPARED, N_("Not compared")),
    (Only.DIFFERENCES, N_("Only where they differ")),
    (Only.GOOD_PRACTICES, N_("Only with a good practice")),
    (Part.CONTACTS, N_("Contacts")),
    (Part.ASSISTANCE, N_("Assistance needed and offered")),
    (Part.TARGETS, N_("Voluntary targets")),
    (ContactKind.COORDINATION_BODY, N_("National coordination body")),
    (ContactKind.POA_POINT_OF_CONTACT, N_("Point of contact, Programme of Action")),
    (ContactKind.ITI_POINT_OF_CONTACT, N_("Point of contact, International Tracing Instrument")),
    (Direction.NEEDED, N_("Needed")),
    (Direction.OFFERED, N_("Offered")),
    (AssistanceKind.FINANCIAL, N_("Funds")),
    (AssistanceKind.EQUIPMENT, N_("Equipment")),
    (AssistanceKind.TRAINING, N_("Training")),
    (AssistanceKind.EXPERTISE, N_("Expertise")),
    (AssistanceKind.LEGISLATION, N_("Help with legislation")),
    (AssistanceKind.INFORMATION, N_("Exchange of information")),
    (AssistanceKind.OTHER, N_("Another kind")),
    (AssistanceStatus.OPEN, N_("Nothing agreed yet")),
    (AssistanceStatus.UNDER_DISCUSSION, N_("Under discussion")),
    (AssistanceStatus.AGREED, N_("Agreed")),
    (AssistanceStatus.COMPLETED, N_("Completed")),
    (AssistanceStatus.WITHDRAWN, N_("Withdrawn")),
    (ParticipationKind.REPORT_SUBMITTED, N_("Submitted a report on the Programme of Action")),
    (ParticipationKind.VOTED_FOR, N_("Voted in favour")),
    (ParticipationKind.VOTED_AGAINST, N_("Voted against")),
    (ParticipationKind.ABSTAINED, N_("Abstained")),
    (
        ParticipationKind.INTENDED_TO_VOTE_FOR,
        N_("Later advised the Secretariat that it had intended to vote in favour"),
    ),
    (
        ParticipationKind.JOINED_STATEMENT,
        N_("Named among the States on whose behalf the statement was made"),
    ),
)
LABELS: Final[dict[tuple[type[StrEnum], str], str]] = {
    (type(member), member.value): word for member, word in _WORDS
}
LANGUAGE_LABELS: Final[dict[str, str]] = {
    "ar": N_("Arabic"),
    "zh": N_("Chinese"),
    "en": N_("English"),
    "fr": N_("French"),
    "ru": N_("Russian"),
    "es": N_("Spanish"),
    "other": N_("Another language"),
}


def label(value: StrEnum | str) -> str:
    """The English word for an enum member or a language code."""
    if isinstance(value, StrEnum):
        return LABELS[type(value), value.value]
    return LANGUAGE_LABELS.get(value, value)
