"""A report as its State works on it: what is to do, what was asked, what went before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tracker.domain.clock import is_on_time, system_clock
from tracker.domain.completeness import Gap, answered_of, gap_of
from tracker.domain.documents import OutcomeDocument, Section
from tracker.domain.responses import ResponseContent
from tracker.domain.workflow import ReportStatus, report_is_editable
from tracker.policy.actions import Action
from tracker.policy.authorise import may
from tracker.policy.rules import Subject
from tracker.queries.clarifications import ClarificationRow, list_for_reports
from tracker.queries.corrections import Past, pasts_of
from tracker.queries.cycles import CycleRow, list_cycles
from tracker.queries.reports import ReportRow
from tracker.queries.responses import responses_of_reports
from tracker.web.session import current_actor
from tracker.web.transaction import session


@dataclass(frozen=True, slots=True)
class SectionTask:
    """One line of the task list.

    Paragraphs that may be left stand in ``may_be_left``, never in ``asked``; an answer to one
    that lacks something is to do all the same. ``incomplete`` are those to do that were begun.
    """

    section: Section
    asked: int
    answered: int
    to_do: int
    incomplete: int
    may_be_left: int
    questions: int

    @property
    def done(self) -> bool:
        """Nothing to do and nothing asked."""
        return self.to_do == 0 and self.questions == 0


@dataclass(frozen=True, slots=True)
class Desk:
    """One report on the focal point's home page.

    ``on_time``: whether the report is, or would be if it were submitted now.
    """

    report: ReportRow
    cycle: CycleRow
    tasks: tuple[SectionTask, ...]
    questions: tuple[ClarificationRow, ...]
    past: Past
    editable: bool
    on_time: bool

    @property
    def to_do(self) -> int:
        """Commitments without a complete answer."""
        return sum(task.to_do for task in self.tasks)

    @property
    def incomplete(self) -> int:
        """Those of them with an answer that lacks something."""
        return sum(task.incomplete for task in self.tasks)

    @property
    def asked(self) -> int:
        """Commitments that need an answer."""
        return sum(task.asked for task in self.tasks)

    @property
    def may_be_left(self) -> int:
        """Commitments that may be answered and need not be."""
        return sum(task.may_be_left for task in self.tasks)

    @property
    def answered(self) -> int:
        """Commitments with a complete answer."""
        return sum(task.answered for task in self.tasks)

    @property
    def open_questions(self) -> tuple[ClarificationRow, ...]:
        """What the secretariat asked and nobody replied to."""
        return tuple(row for row in self.questions if row.open)

    @property
    def reopened(self) -> bool:
        """Whether this draft corrects a published report."""
        return self.report.status is ReportStatus.DRAFT and self.past.published is not None

    @property
    def urgency(self) -> int:
        """What to show first: 0 waits for the State's correction or reply, 1 is under way."""
        if self.report.status is ReportStatus.RETURNED or self.open_questions:
            return 0
        if not self.editable:
            return 2
        return 0 if self.reopened else 1


def readable_sections(report: ReportRow, document: OutcomeDocument) -> tuple[Section, ...]:
    """The blocks that the actor may read: all, or those assigned to a contributor."""
    return tuple(
        section
        for section in document.blocks()
        if may(current_actor(), Action.REPORT_READ, Subject(report.state_id, section.code))
    )


def reads_whole(report: ReportRow) -> bool:
    """Questions and reasons go to focal points and observers, who read the whole report."""
    return may(current_actor(), Action.REPORT_READ, Subject(report.state_id))


def desks_of(
    reports: Sequence[ReportRow], documents: Mapping[str, OutcomeDocument]
) -> tuple[Desk, ...]:
    """Every report as its State works on it; as many statements for one as for several."""
    cycles = {cycle.slug: cycle for cycle in list_cycles(session())}
    ids = [report.id for report in reports]
    answers = responses_of_reports(session(), ids)
    pasts = pasts_of(session(), ids)
    whole = [report.id for report in reports if reads_whole(report)]
    questions = list_for_reports(session(), whole) if whole else ()
    desks = []
    for report in reports:
        asked = tuple(row for row in questions if row.report_id == report.id)
        contents = {key: row.content for key, row in answers[report.id].items()}
        past = pasts[report.id]
        desks.append(
            _desk(
                report,
                cycles[report.cycle_slug],
                _tasks_of(report, documents[report.document_slug], contents, asked),
                asked,
                past if report.id in whole else replace(past, opened_again=None),
            )
        )
    return tuple(desks)


def _desk(
    report: ReportRow,
    cycle: CycleRow,
    tasks: tuple[SectionTask, ...],
    questions: tuple[ClarificationRow, ...],
    past: Past,
) -> Desk:
    now = system_clock()
    return Desk(
        report,
        cycle,
        tasks,
        questions,
        past,
        editable=report_is_editable(report.status, report.dates, now),
        on_time=is_on_time(past.first_at or now, cycle.dates.due_on),
    )


def _tasks_of(
    report: ReportRow,
    document: OutcomeDocument,
    contents: dict[str, ResponseContent],
    questions: tuple[ClarificationRow, ...],
) -> tuple[SectionTask, ...]:
    """The task list: every readable block with its counts."""
    open_keys = [row.key for row in questions if row.open]
    tasks = []
    for section in readable_sections(report, document):
        asking = [c for c in document.in_section(section.code) if c.asks_states]
        answered, needed = answered_of(asking, contents)
        gaps = [gap for c in asking if (gap := gap_of(c, contents.get(c.key)))]
        tasks.append(
            SectionTask(
                section=section,
                asked=needed,
                answered=answered,
                to_do=len(gaps),
                incomplete=len(gaps) - gaps.count(Gap.NO_ANSWER),
                may_be_left=len(asking) - needed,
                questions=sum(1 for c in asking if c.key in open_keys),
            )
        )
    return tuple(tasks)
