"""The demonstration States at work: every step taken through the services, on its day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.cli.demo_answers import Writer, chance, pick
from tracker.cli.demo_stage import MovingClock, Stage
from tracker.cli.demo_texts import FiguresRow, StateStory
from tracker.domain.indicators import Cell, IndicatorDefinition
from tracker.domain.item_fields import Part
from tracker.domain.items import parse_item
from tracker.domain.progress import Absence, Audience, Progress
from tracker.domain.responses import ResponseContent
from tracker.domain.roles import Actor
from tracker.models import Commitment, NationalReport, ReportingCycle, Section
from tracker.models.ids import new_public_id
from tracker.services import clarifications, indicators, items, reports, submissions
from tracker.services.responses import save_response

MORNING = time(8, 30, tzinfo=UTC)
LAST_DRAFT_TAKES = timedelta(days=40)
ASKED_AT_ONCE = 4


def play(session: Session, stage: Stage) -> None:
    """Every report of every State, cycle after cycle."""
    # Rows that each save looks up stay in the session while they are held here.
    held = [session.scalars(select(kind)).all() for kind in (Section, Commitment, ReportingCycle)]
    with session.no_autoflush:  # the services flush what they need
        for cycle in sorted(stage.cycle_ids):
            for story in stage.library.states:
                if story.cycles.get(cycle):
                    _Reporting(session, stage, story, cycle).run()
    session.flush()
    held.clear()


@dataclass
class _Reporting:
    """One report on its way through the steps of its State's story."""

    session: Session
    stage: Stage
    story: StateStory
    cycle: str
    clock: MovingClock = field(default_factory=MovingClock)
    report: NationalReport | None = None  # held, so that it is not loaded for each save
    report_id: int = 0
    submission_id: int = 0
    round: int = 0
    contents: dict[int, ResponseContent] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    asked: list[tuple[int, str, int]] = field(default_factory=list)

    def run(self) -> None:
        """Take every step on its day."""
        steps = self.story.steps(self.cycle)
        actions: dict[str, Callable[[date], None]] = {
            "open": self._open,
            "revise": self._revise,
            "submit": self._submit,
            "withdraw": self._withdraw,
            "ask": self._ask,
            "reply": self._reply,
            "return": self._return,
            "accept": self._accept,
            "publish": self._publish,
            "reopen": self._reopen,
        }
        days = [step.day for step in steps]
        for step, until in zip(steps, [*days[1:], days[-1] + LAST_DRAFT_TAKES], strict=True):
            self.clock.put(datetime.combine(step.day, MORNING))
            actions[step.name](until)

    @property
    def focal_point(self) -> Actor:
        return self.stage.people[self.story.state][0]

    @property
    def letters(self) -> str:
        """The language in which State and secretariat write to each other."""
        return self.stage.library.correspondence(self.story.language)

    def _writer(self) -> Writer:
        number = sorted(self.stage.cycle_ids).index(self.cycle)
        return Writer(
            self.story, self.stage.library, number, self.stage.may_be_left, round=self.round
        )

    def _open(self, until: date) -> None:
        report = reports.open_report(
            self.session,
            actor=self.focal_point,
            state_id=self.stage.state_ids[self.story.state],
            cycle_id=self.stage.cycle_ids[self.cycle],
            clock=self.clock,
        )
        self.report, self.report_id = report, report.id
        if self.story.audience == "reserved":
            reports.set_default_audience(
                self.session,
                actor=self.focal_point,
                report_id=self.report_id,
                audience=Audience.STATES,
                clock=self.clock,
            )
        self._save_figures()
        self._save_items()
        self._save_answers(until)

    def _save_figures(self) -> None:
        found = self.stage.library.figures.get((self.story.state, self.cycle), {})
        for slug, definition in self.stage.indicators.items():
            if slug in found:
                self._save_return(definition, found[slug])

    def _save_return(self, definition: IndicatorDefinition, row: FiguresRow) -> None:
        inputs = [entry.code for entry in definition.inputs]
        indicators.save_indicator(
            self.session,
            actor=self.focal_point,
            report_id=self.report_id,
            indicator=definition.slug,
            expected_version=0,
            audience=Audience(row.audience),
            figures={
                Cell(year, category, code): value
                for year, categories in row.years.items()
                for category, values in categories.items()
                for code, value in zip(inputs, values, strict=True)
                if value is not None
            },
            clock=self.clock,
        )

    def _save_items(self) -> None:
        row = self.stage.library.items.get((self.story.state, self.cycle))
        if row is None:
            return
        for part in Part:
            if row.copied:
                items.copy_items(
                    self.session,
                    actor=self.focal_point,
                    report_id=self.report_id,
                    part=part,
                    clock=self.clock,
                )
            for typed in getattr(row, part.value):
                self._save_item(part, {name: str(value) for name, value in typed.items()})

    def _save_item(self, part: Part, typed: Mapping[str, str]) -> None:
        default = Audience.STATES if self.story.audience == "reserved" else Audience.PUBLIC
        items.save_item(
            self.session,
            actor=self.focal_point,
            report_id=self.report_id,
            part=part,
            item_id=new_public_id(),
            expected_version=0,
            content=parse_item(part, typed, default_audience=default),
            clock=self.clock,
        )

    def _save_answers(self, until: date) -> None:
        """Save what changed, spread over the days that there are."""
        answers = self._writer().answers()
        changed = {n: new for n, new in answers.items() if self.contents.get(n) != new}
        start = self.clock.now
        span = datetime.combine(until, MORNING) - start - timedelta(hours=6)
        for place, (number, content) in enumerate(changed.items()):
            self.clock.put(start + span * place / len(changed))
            if number not in self.versions and chance(self.story.state, number).random() < 0.06:
                self._save(number, replace(content, narrative="", narrative_language=""))
                self.clock.now += timedelta(minutes=35)
            self._save(number, content)

    def _save(self, number: int, content: ResponseContent) -> None:
        paragraph = self.stage.paragraphs[number]
        saved = save_response(
            self.session,
            actor=self._editor(paragraph.section),
            report_id=self.report_id,
            commitment_id=paragraph.commitment_id,
            expected_version=self.versions.get(number, 0),
            content=content,
            clock=self.clock,
        )
        self.versions[number], self.contents[number] = saved.version, content

    def _editor(self, section: str) -> Actor:
        """The contributor to whom the section was handed, or the focal point."""
        for person in self.stage.people[self.story.state][1:]:
            if any(section in grant.sections for grant in person.grants):
                return person
        return self.focal_point

    def _revise(self, until: date) -> None:
        self.round = 1
        self._save_answers(until)

    def _submit(self, until: date) -> None:
        self.submission_id = submissions.submit(
            self.session,
            actor=self.focal_point,
            report_id=self.report_id,
            name=self.story.person.name,
            title=self.story.person.title,
            has_authority=True,
            confirmed_gaps=True,
            clock=self.clock,
            signer=self.stage.signer,
        ).id

    def _withdraw(self, until: date) -> None:
        submissions.withdraw(
            self.session, actor=self.focal_point, report_id=self.report_id, clock=self.clock
        )

    def _ask(self, until: date) -> None:
        questions = self.stage.library.texts[self.letters].questions
        kinds = chance(self.story.state, "questions").sample(sorted(questions), len(questions))
        for kind in kinds[:ASKED_AT_ONCE]:
            number = self._paragraph_for(kind)
            if number is None:
                continue
            row = clarifications.ask(
                self.session,
                actor=self.stage.reviewer,
                submission_id=self.submission_id,
                commitment_id=self.stage.paragraphs[number].commitment_id,
                question=pick(questions[kind], self.story.state, kind),
                clock=self.clock,
            )
            self.asked.append((row.id, kind, number))

    def _paragraph_for(self, kind: str) -> int | None:
        """A paragraph whose answer raises this kind of question."""
        if kind == Absence.NOT_ANSWERED:
            found = sorted(set(self.stage.paragraphs) - set(self.contents))
        else:
            found = [n for n, c in self.contents.items() if c.progress is Progress(kind)]
        return pick(found, self.story.state, kind, "paragraph") if found else None

    def _reply(self, until: date) -> None:
        replies = self.stage.library.texts[self.letters].replies
        for clarification_id, kind, number in self.asked:
            text = pick(replies[kind], self.story.state, kind)
            slots = self._writer().slots(self.stage.library.topics[number], self.letters)
            clarifications.reply(
                self.session,
                actor=self.focal_point,
                clarification_id=clarification_id,
                reply=text.format_map(slots),
                clock=self.clock,
            )
        self.asked.clear()

    def _return(self, until: date) -> None:
        submissions.return_report(
            self.session,
            actor=self.stage.reviewer,
            submission_id=self.submission_id,
            reason=pick(
                self.stage.library.texts[self.letters].return_reasons, self.story.state, "return"
            ),
            clock=self.clock,
        )

    def _accept(self, until: date) -> None:
        submissions.accept(
            self.session,
            actor=self.stage.reviewer,
            submission_id=self.submission_id,
            clock=self.clock,
        )

    def _publish(self, until: date) -> None:
        submissions.publish(
            self.session,
            actor=self.stage.administrator,
            submission_id=self.submission_id,
            clock=self.clock,
        )

    def _reopen(self, until: date) -> None:
        submissions.reopen(
            self.session,
            actor=self.focal_point,
            report_id=self.report_id,
            reason=pick(
                self.stage.library.texts[self.letters].reopen_reasons, self.story.state, "reopen"
            ),
            clock=self.clock,
        )
