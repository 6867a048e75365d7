"""What a State fills in on a commitment, as columns: one list for every file that holds it.

``choices`` are codes as ``tracker.domain.responses.parse_response`` reads them.
"""

from tracker.domain.messages import N_
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import Measure, ResponseContent
from tracker.domain.values import NARRATIVE_LANGUAGES
from tracker.exchange.columns import Column, Kind

PROGRESS: Column[ResponseContent] = Column(
    "progress",
    N_("Progress"),
    Kind.LABEL,
    16,
    lambda content: content.progress,
    N_("How far the State is: one of five words."),
    choices=tuple(Progress),
)
REASON: Column[ResponseContent] = Column(
    "reason",
    N_("Reason"),
    Kind.TYPED,
    30,
    lambda content: content.reason,
    N_("Why the commitment does not apply, as typed."),
)
NARRATIVE: Column[ResponseContent] = Column(
    "narrative",
    N_("Narrative"),
    Kind.TYPED,
    60,
    lambda content: content.narrative,
    N_("What the State reports, as typed."),
)
NARRATIVE_LANGUAGE: Column[ResponseContent] = Column(
    "narrative_language",
    N_("Language"),
    Kind.LABEL,
    12,
    lambda content: content.narrative_language or None,
    N_("Language of the narrative; empty where the State named none."),
    choices=NARRATIVE_LANGUAGES,
)
LEAD_AGENCY: Column[ResponseContent] = Column(
    "lead_agency",
    N_("Lead agency"),
    Kind.TYPED,
    24,
    lambda content: content.lead_agency,
    N_("National body in the lead, as typed."),
)
GOOD_PRACTICE: Column[ResponseContent] = Column(
    "good_practice",
    N_("Good practice"),
    Kind.FLAG,
    10,
    lambda content: content.good_practice,
    N_("Whether the State offers it as a good practice."),
)
AUDIENCE: Column[ResponseContent] = Column(
    "audience",
    N_("Audience"),
    Kind.LABEL,
    15,
    lambda content: content.audience,
    N_("Who may read the answer; empty where it is withheld."),
    choices=tuple(Audience),
)
CONTENT_COLUMNS = (
    PROGRESS,
    REASON,
    NARRATIVE,
    NARRATIVE_LANGUAGE,
    LEAD_AGENCY,
    GOOD_PRACTICE,
    AUDIENCE,
)

MEASURE_COLUMNS: tuple[Column[Measure], ...] = (
    Column(
        "title",
        N_("Law or instrument"),
        Kind.TYPED,
        50,
        lambda measure: measure.title,
        N_("Its title, as typed."),
    ),
    Column(
        "adopted_on",
        N_("Date of adoption"),
        Kind.TYPED,
        14,
        lambda measure: measure.adopted_on,
        N_("Year, month or day: 2024, 2024-06 or 2024-06-30."),
    ),
    Column(
        "link",
        N_("Link"),
        Kind.TYPED,
        40,
        lambda measure: measure.link,
        N_("A web address at which it can be read."),
    ),
)
