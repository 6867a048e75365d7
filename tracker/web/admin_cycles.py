"""Administration of reporting cycles."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tracker.domain.clock import system_clock
from tracker.domain.cycles import check_dates
from tracker.domain.errors import Invalid, NotFound, Problem
from tracker.forms.cycle import CycleDatesForm, CycleForm
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise
from tracker.queries.cycles import CycleRow, cycle_or_none, list_cycles
from tracker.queries.documents import list_documents
from tracker.services.cycles import change_dates, delete_cycle, open_cycle
from tracker.web.access import requires
from tracker.web.confirming import sensitive
from tracker.web.locale import in_language
from tracker.web.render import page, problem_text
from tracker.web.session import current_actor
from tracker.web.transaction import session

blueprint = Blueprint("admin_cycles", __name__, url_prefix="/admin/cycles")


@blueprint.before_request
def administrators_only() -> None:
    """Every page here, reading ones too."""
    authorise(current_actor(), Action.CYCLE_MANAGE)


@blueprint.get("")
@requires(Action.CYCLE_MANAGE)
def cycles() -> ResponseReturnValue:
    """All cycles, the latest first."""
    return page("admin/cycles.html", cycles=list_cycles(session()), now=system_clock())


@blueprint.get("/new")
@requires(Action.CYCLE_MANAGE)
def new_cycle() -> ResponseReturnValue:
    """The form of a new cycle."""
    return page("admin/new_cycle.html", form=_cycle_form())


def _cycle_form(filled: bool = False) -> CycleForm:
    documents = [
        (row.slug, f"{row.symbol} · {in_language(row.title)}") for row in list_documents(session())
    ]
    return CycleForm(request.form if filled else None, documents=documents)


def _check_document(slug: str) -> None:
    if slug not in {row.slug for row in list_documents(session())}:
        raise Invalid(Problem("unknown-document", "document", {"slug": slug[:80]}))


@blueprint.post("/new")
@requires(Action.CYCLE_MANAGE)
@sensitive
def add_cycle() -> ResponseReturnValue:
    """Open a cycle."""
    form = _cycle_form(filled=True)
    slug, document = form.typed("slug").strip(), form.typed("document")
    try:
        _check_document(document)
        dates = form.dates()
        check_dates(slug, dates)
        open_cycle(
            session(),
            actor=current_actor(),
            slug=slug,
            document_slug=document,
            dates=dates,
            clock=system_clock,
        )
    except Invalid as error:
        form.show(*error.problems)
        return page("admin/new_cycle.html", form=form), 422
    flash(gettext("The reporting cycle %(slug)s is open.", slug=slug))
    return redirect(url_for("admin_cycles.cycles"), 303)


def _cycle(slug: str) -> CycleRow:
    cycle = cycle_or_none(session(), slug)
    if cycle is None:
        raise NotFound(Problem("unknown-cycle", "", {"slug": slug[:80]}))
    return cycle


@blueprint.get("/<slug>/dates")
@requires(Action.CYCLE_MANAGE)
def cycle_dates(slug: str) -> ResponseReturnValue:
    """The days of one cycle."""
    cycle = _cycle(slug)
    return page("admin/cycle.html", cycle=cycle, form=CycleDatesForm(obj=cycle.dates))


@blueprint.post("/<slug>/dates")
@requires(Action.CYCLE_MANAGE)
@sensitive
def save_dates(slug: str) -> ResponseReturnValue:
    """Change the days."""
    cycle = _cycle(slug)
    form = CycleDatesForm(request.form)
    try:
        change_dates(session(), actor=current_actor(), cycle_id=cycle.id, dates=form.dates())
    except Invalid as error:
        form.show(*error.problems)
        return page("admin/cycle.html", cycle=cycle, form=form), 422
    flash(gettext("The days of %(slug)s are saved.", slug=slug))
    return redirect(url_for("admin_cycles.cycles"), 303)


@blueprint.get("/<slug>/delete")
@requires(Action.CYCLE_MANAGE)
def ask_to_delete(slug: str) -> ResponseReturnValue:
    """Ask before a cycle is deleted; say it of one that stays: with reports, or the only one."""
    alone = len(list_cycles(session())) == 1
    is_only = problem_text(Problem("only-cycle")) if alone else ""
    return page("admin/delete_cycle.html", cycle=_cycle(slug), is_only=is_only)


@blueprint.post("/<slug>/delete")
@requires(Action.CYCLE_MANAGE)
@sensitive
def delete(slug: str) -> ResponseReturnValue:
    """Delete a cycle in which nobody has begun a report."""
    delete_cycle(session(), actor=current_actor(), slug=slug)
    flash(gettext("The reporting cycle %(slug)s is deleted.", slug=slug))
    return redirect(url_for("admin_cycles.cycles"), 303)
