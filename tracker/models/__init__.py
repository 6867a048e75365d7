"""Tables. Importing this package registers all of them."""

from tracker.models.account import Invitation, Membership, Session, SignInFailure, User
from tracker.models.account_event import AccountEvent
from tracker.models.base import Base
from tracker.models.chain import ChainEntry, ChainHead, ChainText
from tracker.models.cycle import ReportingCycle
from tracker.models.document import (
    Commitment,
    JointStatement,
    Meeting,
    OutcomeDocument,
    Participation,
    RecordedVote,
    Section,
)
from tracker.models.evidence import Evidence, SubmissionEvidence
from tracker.models.exchange import Export, ImportPlan
from tracker.models.indicator import Indicator
from tracker.models.installation import Installation
from tracker.models.items import (
    Assistance,
    Contact,
    SubmissionAssistance,
    SubmissionContact,
    SubmissionTarget,
    SubmittedItem,
    Target,
    WorkingItem,
)
from tracker.models.mail import OutgoingMail, PasswordReset
from tracker.models.provider import ProviderLink, ProviderVisit
from tracker.models.published import PublishedValue
from tracker.models.report import (
    IndicatorFigure,
    IndicatorReturn,
    Measure,
    NationalReport,
    Response,
    SaveKey,
)
from tracker.models.second_factor import Passkey, RecoveryCode, SecondFactor
from tracker.models.signing import Checkpoint, ReceiptDocument, SigningKey
from tracker.models.state import Area, State
from tracker.models.submission import (
    Clarification,
    Submission,
    SubmissionFigure,
    SubmissionResponse,
)
from tracker.models.weighting import Weighting

__all__ = [
    "AccountEvent",
    "Area",
    "Assistance",
    "Base",
    "ChainEntry",
    "ChainHead",
    "ChainText",
    "Checkpoint",
    "Clarification",
    "Commitment",
    "Contact",
    "Evidence",
    "Export",
    "ImportPlan",
    "Indicator",
    "IndicatorFigure",
    "IndicatorReturn",
    "Installation",
    "Invitation",
    "Measure",
    "JointStatement",
    "Meeting",
    "Membership",
    "NationalReport",
    "OutcomeDocument",
    "OutgoingMail",
    "Participation",
    "Passkey",
    "PasswordReset",
    "ProviderLink",
    "ProviderVisit",
    "PublishedValue",
    "ReceiptDocument",
    "RecordedVote",
    "RecoveryCode",
    "ReportingCycle",
    "Response",
    "SaveKey",
    "SecondFactor",
    "Section",
    "Session",
    "SignInFailure",
    "SigningKey",
    "State",
    "Submission",
    "SubmissionAssistance",
    "SubmissionContact",
    "SubmissionEvidence",
    "SubmissionFigure",
    "SubmissionResponse",
    "SubmissionTarget",
    "SubmittedItem",
    "Target",
    "User",
    "Weighting",
    "WorkingItem",
]
