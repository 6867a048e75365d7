"""``tracker import``: what a filled-in template would change, and the change itself."""

import sys
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy.orm import Session

from tracker.cli.database import transaction
from tracker.cli.output import format_option, print_json
from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, NotFound, Problem, TrackerError
from tracker.domain.filled import FilledTemplate, PlacedProblem
from tracker.domain.merging import EVERY, Choices, Plan, Verdict
from tracker.domain.roles import Actor
from tracker.exchange.importing.sandbox import read_workbook
from tracker.exchange.importing.template import read_template
from tracker.exchange.plan_lines import LEFT_OUT
from tracker.exchange.template_notes import conflict_sentence, problem_sentence
from tracker.exchange.template_words import CellWords
from tracker.exchange.translations import SOURCE_LANGUAGE, translator
from tracker.exchange.words import Words
from tracker.queries.accounts import actor_of, user_by_email
from tracker.queries.states import state_or_none
from tracker.queries.templates import TemplateFrame, editable_sections, template_frame
from tracker.services.importing import apply_import, plan_import
from tracker.settings import load_settings

REFUSE = "refuse"
CELLS = CellWords(Words(SOURCE_LANGUAGE, translator(SOURCE_LANGUAGE)))


@click.group("import")
def import_() -> None:
    """Import filled-in templates."""


@import_.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--state", required=True, metavar="ISO3", help="ISO 3166 alpha-3 code.")
@click.option("--cycle", required=True, metavar="SLUG", help="The reporting cycle.")
@click.option("--user", "email", required=True, metavar="EMAIL", help="Who fills it in.")
@click.option("--dry-run", is_flag=True, help="Tell what would change; write nothing.")
@click.option(
    "--on-conflict",
    type=click.Choice([REFUSE, "mine", "theirs"]),
    default=REFUSE,
    show_default=True,
    help="Where somebody saved something else meanwhile: write nothing, what the file says, or "
    "keep what was saved.",
)
@format_option
def report(
    file: Path, state: str, cycle: str, email: str, dry_run: bool, on_conflict: str, form: str
) -> None:
    """Import a filled-in template into a State's report, all of it or nothing.

    Exit 0: done. 1: refused, or conflicts only. 2: something in the file is wrong.
    """
    choices: Choices = {} if on_conflict == REFUSE else {EVERY: on_conflict}
    told = _Told()
    try:
        raw = read_workbook(file)
        with transaction(load_settings()) as session:
            actor, told.frame = _desk(session, email, state, cycle)
            filled = read_template(raw, told.frame)
            told.plan = _carry_out(session, actor, told.frame, filled, choices, dry_run=dry_run)
    except Invalid as error:
        told.refuse(*error.problems, code=2)
    except TrackerError as error:
        told.refuse(error.problem, code=1)
    told.tell(form)
    sys.exit(told.code)


def _desk(session: Session, email: str, state: str, cycle: str) -> tuple[Actor, TemplateFrame]:
    """Who fills the report in, and what the report is."""
    row = state_or_none(session, state)
    if row is None:
        raise NotFound(Problem("unknown-state", "state", {"code": state[:80]}))
    user = user_by_email(session, email)
    if user is None or not user.is_active:
        raise NotFound(Problem("unknown-user", "user", {"email": email[:80]}))
    actor = actor_of(session, user)
    sections = editable_sections(actor, row.id)
    frame = template_frame(session, state_id=row.id, cycle_slug=cycle, sections=sections)
    return actor, frame


def _carry_out(
    session: Session,
    actor: Actor,
    frame: TemplateFrame,
    filled: FilledTemplate,
    choices: Choices,
    *,
    dry_run: bool,
) -> Plan:
    """The plan, carried out where nothing is in the way; a dry run is taken back."""
    plan = plan_import(
        session,
        actor=actor,
        state_id=frame.state_id,
        cycle_id=frame.cycle.id,
        filled=filled,
        clock=system_clock,
        choices=choices,
    )
    if not plan.ok:
        return plan
    with session.begin_nested() as step:
        plan = apply_import(
            session,
            actor=actor,
            state_id=frame.state_id,
            cycle_id=frame.cycle.id,
            filled=filled,
            choices=choices,
            skip_invalid=False,
            clock=system_clock,
        )
        if dry_run:
            step.rollback()
    return plan


@dataclass(slots=True)
class _Told:
    """What the command has to say."""

    plan: Plan = Plan(())
    frame: TemplateFrame | None = None
    refusals: tuple[Problem, ...] = ()
    refused: int = 0

    def refuse(self, *problems: Problem, code: int) -> None:
        """Note why nothing was done at all."""
        self.refusals, self.refused = problems, code

    @property
    def code(self) -> int:
        """0: done; 1: refused, or conflicts only; 2: something is wrong."""
        if self.refused or self.plan.ok:
            return self.refused
        return 2 if self.plan.errors else 1

    def tell(self, form: str) -> None:
        """Print it: data on standard output, sentences for people on standard error."""
        if form == "json":
            counted, wrong, clashes = self._changes(), self._errors(), self._conflicts()
            ok = self.code == 0
            left_out = [{"sheet": sheet, "cell": cell} for sheet, cell in self.plan.left_out]
            lists = {"errors": wrong, "conflicts": clashes, "left_out": left_out}
            print_json({"ok": ok, "changes": counted, **lists})
            return
        for name, number in self._changes().items():
            click.echo(f"{name}\t{number}")
        for sheet, cell in self.plan.left_out:
            click.echo(f"{sheet} {cell}: {LEFT_OUT}", err=True)
        for told in (*self._errors(), *self._conflicts()):
            where = " ".join(part for part in (told["sheet"], told["cell"]) if part)
            click.echo(f"{where}: {told['message']}" if where else told["message"], err=True)

    def _changes(self) -> dict[str, int]:
        counted = {
            "new": Verdict.NEW,
            "changed": Verdict.CHANGED,
            "unchanged": Verdict.UNCHANGED,
            "conflicts": Verdict.CONFLICT,
        }
        return {name: self.plan.count(verdict) for name, verdict in counted.items()}

    def _errors(self) -> list[dict[str, str]]:
        placed = (*(PlacedProblem(problem) for problem in self.refusals), *self.plan.errors)
        indicators = self.frame.indicators if self.frame else ()
        return [
            {
                "sheet": error.sheet,
                "cell": error.cell,
                "code": error.problem.code,
                "message": problem_sentence(error, CELLS, indicators),
            }
            for error in placed
        ]

    def _conflicts(self) -> list[dict[str, str]]:
        """The cells that clash with what was saved meanwhile, as errors are told."""
        return [
            {
                "sheet": cell.sheet,
                "cell": cell.cell,
                "code": "conflict",
                "message": conflict_sentence(cell, CELLS),
            }
            for cell in self.plan.conflicts
        ]
