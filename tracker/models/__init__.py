"""Tables. Importing this package registers all of them."""

from tracker.models.account import Invitation, Membership, Session, SignInFailure, User
from tracker.models.base import Base
from tracker.models.chain import ChainEntry, ChainHead, ChainText
from tracker.models.cycle import ReportingCycle
from tracker.models.document import (
    Commitment,
    Meeting,
    OutcomeDocument,
    Participation,
    RecordedVote,
    Section,
)
from tracker.models.indicator import Indicator
from tracker.models.installation import Installation
from tracker.models.report import (
    IndicatorFigure,
    IndicatorReturn,
    Measure,
    NationalReport,
    Response,
    SaveKey,
)
from tracker.models.state import Area, State
from tracker.models.submission import (
    Clarification,
    Submission,
    SubmissionFigure,
    SubmissionResponse,
)

__all__ = [
    "Area",
    "Base",
    "ChainEntry",
    "ChainHead",
    "ChainText",
    "Clarification",
    "Commitment",
    "Indicator",
    "IndicatorFigure",
    "IndicatorReturn",
    "Installation",
    "Invitation",
    "Measure",
    "Meeting",
    "Membership",
    "NationalReport",
    "OutcomeDocument",
    "Participation",
    "RecordedVote",
    "ReportingCycle",
    "Response",
    "SaveKey",
    "Section",
    "Session",
    "SignInFailure",
    "State",
    "Submission",
    "SubmissionFigure",
    "SubmissionResponse",
    "Clarification",
    "User",
    "Area",
]
