"""Applying an uploaded template: planned anew under the report's lock, all of it or nothing."""

from sqlalchemy.orm import Session

from tracker.domain.clock import Clock
from tracker.domain.errors import NotFound, Problem, TrackerError
from tracker.domain.filled import FilledTemplate, SheetRole
from tracker.domain.import_plans import NO_CHOICES, make_plan
from tracker.domain.merging import Choices, Plan, RecordPlan
from tracker.domain.roles import Actor
from tracker.models import ReportingCycle
from tracker.queries.documents import commitment_ids
from tracker.queries.import_basis import import_basis
from tracker.queries.indicators import returns_of
from tracker.queries.struck_in_files import without_struck
from tracker.queries.templates import TemplateFrame, editable_sections, template_frame
from tracker.services.indicators import save_indicator
from tracker.services.items import last_version, save_item
from tracker.services.reports import editable_report, open_report
from tracker.services.responses import save_response

SOURCE = "file"  # its name is typed, too, and facts of a revision hold nothing that is struck out


class ImportRefused(TrackerError):
    """Nothing was written; ``plan`` is what the file would change now."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        super().__init__(problem)
        self.plan = plan


def plan_import(
    session: Session,
    *,
    actor: Actor,
    state_id: int,
    cycle_id: int,
    filled: FilledTemplate,
    clock: Clock,
    choices: Choices = NO_CHOICES,
) -> Plan:
    """What the file would change now; writes nothing. ``NotPermitted`` for who may not edit."""
    frame = _frame(session, actor, state_id, cycle_id)
    return _plan(session, frame, filled, choices, clock)


def _frame(session: Session, actor: Actor, state_id: int, cycle_id: int) -> TemplateFrame:
    sections = editable_sections(actor, state_id)
    slug = session.get_one(ReportingCycle, cycle_id).slug
    return template_frame(session, state_id=state_id, cycle_slug=slug, sections=sections)


def _plan(
    session: Session, frame: TemplateFrame, filled: FilledTemplate, choices: Choices, clock: Clock
) -> Plan:
    said = without_struck(session, frame.state_id, frame.report_id, filled)
    return make_plan(said, import_basis(session, frame, said, at=clock()), choices)


def apply_import(
    session: Session,
    *,
    actor: Actor,
    state_id: int,
    cycle_id: int,
    filled: FilledTemplate,
    choices: Choices,
    skip_invalid: bool,
    clock: Clock,
    seen: str = "",
) -> Plan:
    """Write what the file changes, in the caller's one transaction; gives the plan applied.

    A focal point's first file opens the report. ``choices`` settle conflicts, ``skip_invalid``
    leaves wrong cells out, ``seen`` is the fingerprint of the plan that was shown.
    ``ImportRefused`` with the plan as it is now where that is another one, a conflict is not
    settled or a cell is wrong; ``WrongStatus`` where the report is locked; ``NotPermitted`` where
    a section is not the actor's.
    """
    frame = _frame(session, actor, state_id, cycle_id)
    if frame.report_id is None:
        plan = _plan(session, frame, filled, choices, clock)
        _require_settled(plan, skip_invalid, seen)
        if not any(record.changes for record in plan.records):
            return plan
        open_report(session, actor=actor, state_id=state_id, cycle_id=cycle_id, clock=clock)
        frame = _frame(session, actor, state_id, cycle_id)
    editable_report(session, _begun(frame), at=clock())
    session.flush()
    session.expire_all()  # what was read before the lock may be old, the default audience too
    frame = _frame(session, actor, state_id, cycle_id)
    plan = _plan(session, frame, filled, choices, clock)
    _require_settled(plan, skip_invalid, seen)
    saver = _Saver(session, actor, frame, clock)
    changed = [record for record in plan.records if record.changes]
    for record in sorted(changed, key=lambda record: not record.removes):  # these make room
        saver.save(record)
    return plan


def _begun(frame: TemplateFrame) -> int:
    if frame.report_id is None:
        raise NotFound(Problem("not-found"))
    return frame.report_id


def _require_settled(plan: Plan, skip_invalid: bool, seen: str) -> None:
    if seen and seen != plan.fingerprint:
        raise ImportRefused(Problem("import-changed"), plan)
    if plan.conflicts:
        raise ImportRefused(Problem("import-conflicts", "", {"n": len(plan.conflicts)}), plan)
    fatal = [placed for placed in plan.errors if not placed.sheet]
    if fatal:
        raise ImportRefused(fatal[0].problem, plan)
    if plan.errors and not skip_invalid:
        raise ImportRefused(Problem("import-errors", "", {"n": plan.wrong_cells}), plan)


class _Saver:
    """Saves one record after the other through the services of the forms."""

    def __init__(self, session: Session, actor: Actor, frame: TemplateFrame, clock: Clock) -> None:
        self._session, self._actor, self._report_id = session, actor, _begun(frame)
        self._default_audience = frame.default_audience
        self._clock = clock
        self._commitments = commitment_ids(session, frame.document.slug)

    def save(self, record: RecordPlan) -> None:
        """Save what the plan says of one record, over the version that was read under the lock."""
        if record.role is SheetRole.ANSWERS:
            self._answer(record)
        elif record.role is SheetRole.FIGURES:
            self._figures(record)
        else:
            self._item(record)

    def _answer(self, record: RecordPlan) -> None:
        save_response(
            self._session,
            actor=self._actor,
            report_id=self._report_id,
            commitment_id=self._commitments[record.record],
            expected_version=record.version,
            content=record.content,
            clock=self._clock,
            source=SOURCE,
        )

    def _item(self, record: RecordPlan) -> None:
        part = record.role.part
        if part is None:
            raise ValueError(record.role)
        # A row that was removed is made again, as its plan says, over its removal.
        version = record.version or last_version(
            self._session, self._report_id, part, record.record
        )
        save_item(
            self._session,
            actor=self._actor,
            report_id=self._report_id,
            part=part,
            item_id=record.record,
            expected_version=version,
            content=record.content,
            clock=self._clock,
            source=SOURCE,
        )

    def _figures(self, record: RecordPlan) -> None:
        returned = returns_of(self._session, self._report_id).get(record.record)
        save_indicator(
            self._session,
            actor=self._actor,
            report_id=self._report_id,
            indicator=record.record,
            expected_version=record.version,
            audience=returned.audience if returned else self._default_audience,
            figures=record.content,
            clock=self._clock,
            source=SOURCE,
        )
