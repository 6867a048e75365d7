"""The focal point's pages for contacts, assistance and targets: one page a part."""

import re
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, gettext, ngettext

from tracker.domain.clock import system_clock
from tracker.domain.contacts import Contact
from tracker.domain.errors import Invalid, NotFound, Problem, StaleEdit, WrongStatus
from tracker.domain.items import Item, texts_of
from tracker.forms.item import ItemForm
from tracker.models.ids import new_public_id
from tracker.policy.actions import Action
from tracker.queries.items import (
    ItemRow,
    PreviousItems,
    item_revisions,
    previous_items,
    removed_items,
    subject_of,
)
from tracker.queries.strikes import is_strikes_work, still_gone, struck_of
from tracker.queries.struck_texts import SinceStrike
from tracker.services.items import SavedItem, copy_items, last_version, save_item
from tracker.web import item_views
from tracker.web.access import requires
from tracker.web.item_conflicts import conflict_page, since_strike
from tracker.web.item_desk import FORMS, Desk, load_desk
from tracker.web.render import page, problem_text
from tracker.web.session import current_actor
from tracker.web.transaction import session

blueprint = Blueprint("items", __name__, url_prefix="/reports/<report_id>/items")
FILTERS = (
    item_views.changed_lines,
    item_views.field_label,
    item_views.item_lines,
    item_views.item_title,
)
for words in FILTERS:
    blueprint.add_app_template_filter(words)
ITEM_ID = re.compile(r"[A-Za-z0-9_-]{22}")


def _back(desk: Desk) -> ResponseReturnValue:
    address = url_for("items.show", report_id=desk.report.public_id, part=desk.part.value)
    return redirect(address, 303)


@blueprint.get("/<part>")
@requires(Action.REPORT_READ)
def show(report_id: str, part: str) -> ResponseReturnValue:
    """Every row of a table, and a form for a new one."""
    desk = load_desk(report_id, part, Action.REPORT_READ)
    return _list_page(desk, desk.fresh_form() if desk.editable else None, new_public_id())


def _list_page(desk: Desk, form: ItemForm | None, new_id: str, alerts: tuple[str, ...] = ()) -> str:
    today = system_clock().date()
    empty = desk.editable and not desk.rows
    earlier = previous_items(session(), desk.report.id, desk.part) if empty else PreviousItems()
    return page(
        "reports/items.html",
        desk=desk,
        report=desk.report,
        form=form,
        item_id=new_id,
        alerts=alerts,
        earlier=earlier,
        to_confirm=[row.item_id for row in desk.rows if item_views.to_confirm(row, today)],
        removed=removed_items(session(), desk.report.id, desk.part),
        **_struck(desk),
    )


def _struck(desk: Desk) -> dict[str, Any]:
    """By row what is gone from it, and the rows that a strike changed last."""
    every = struck_of(session(), desk.report.id)
    subjects = {row.item_id: subject_of(desk.part, row.item_id) for row in desk.rows}
    return {
        "gone": {
            row.item_id: still_gone(every, subjects[row.item_id], texts_of(row.content))
            for row in desk.rows
        },
        "by_strike": {
            row.item_id
            for row in desk.rows
            if is_strikes_work(every, subjects[row.item_id], row.saved_at)
        },
    }


@blueprint.get("/<part>/<item_id>")
@requires(Action.REPORT_READ)
def edit(report_id: str, part: str, item_id: str) -> ResponseReturnValue:
    """One row, to change or, without the right, to read."""
    desk = load_desk(report_id, part, Action.REPORT_READ)
    row = desk.row(item_id)
    if row is None:
        raise NotFound(Problem("not-found"))
    form = desk.form_over(row.version, row.content) if desk.editable else None
    return _item_page(desk, row, form)


def _item_page(
    desk: Desk, row: ItemRow, form: ItemForm | None, alerts: tuple[str, ...] = ()
) -> str:
    return page(
        "reports/item.html",
        desk=desk,
        report=desk.report,
        row=row,
        form=form,
        alerts=alerts,
        **_struck(desk),
    )


@blueprint.post("/<part>/<item_id>")
@requires(Action.REPORT_EDIT)
def save(report_id: str, part: str, item_id: str) -> ResponseReturnValue:
    """Save, confirm or remove one row; what was typed stays on the page if it is refused."""
    desk = load_desk(report_id, part, Action.REPORT_EDIT)
    if not ITEM_ID.fullmatch(item_id):
        raise NotFound(Problem("not-found"))
    form = FORMS[desk.part](request.form)
    if form.choice.data == "theirs":
        flash(gettext("The row stays as it was saved meanwhile."))
        return _back(desk)
    try:
        typed, version = _wanted(desk, item_id, form), _version(form)
        since = since_strike(desk, item_id, form, typed)
        saved = _save(desk, item_id, version, typed, since)
    except Invalid as error:
        form.show(*error.problems)
        return _typed_page(desk, item_id, form), 422
    except WrongStatus as error:
        return _typed_page(desk, item_id, form, (problem_text(error.problem),)), 409
    except StaleEdit as error:
        session().expire_all()
        since = since_strike(desk, item_id, form, typed)
        struck = since is not None and since.left != typed
        return conflict_page(desk, item_id, form, since, error.current_version, struck), 409
    flash(_told(saved, removed=typed is None))
    return _back(desk)


def _wanted(desk: Desk, item_id: str, form: ItemForm) -> Item | None:
    """What shall stand: the item as typed, as confirmed today, or nothing."""
    action, row = request.form.get("action"), desk.row(item_id)
    if action == "remove":
        return None
    if action == "confirm" and row and isinstance(row.content, Contact):
        return replace(row.content, confirmed_on=system_clock().date().isoformat())
    lacking = {n for n in row.content.NEEDED if not getattr(row.content, n)} if row else set()
    return form.read(desk.report.default_audience, may_lack=lacking)


def _version(form: ItemForm) -> int:
    text = form.version.data or ""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid(Problem("form-expired"))
    return int(text)


def _save(
    desk: Desk,
    item_id: str,
    version: int,
    content: Item | None,
    since: SinceStrike[Item] | None,
) -> SavedItem | None:
    """Save the row unless it says what it said when the page was loaded; then nothing is.

    It is never saved beside a strike unasked.
    """
    if since is not None and since.shown == _content_at(desk, item_id, version):
        return None
    if since is not None and since.left != content:
        stands = last_version(session(), desk.report.id, desk.part, item_id)
        raise StaleEdit(Problem("struck-since"), stands)
    return save_item(
        session(),
        actor=current_actor(),
        report_id=desk.report.id,
        part=desk.part,
        item_id=item_id,
        expected_version=version,
        content=content,
        clock=system_clock,
    )


def _content_at(desk: Desk, item_id: str, version: int) -> Item | None:
    """What the version said that the page showed."""
    revisions = item_revisions(session(), desk.report.id, desk.part, item_id)
    return next((r.content for r in revisions if r.version == version), None)


def _told(saved: SavedItem | None, *, removed: bool) -> str:
    if saved is None or not saved.changed:
        return str(gettext("Nothing changed."))
    at = format_datetime(saved.saved_at, "short")
    if removed:
        return str(gettext("Removed at %(at)s UTC. The history keeps the row.", at=at))
    return str(gettext("Saved at %(at)s UTC.", at=at))


def _typed_page(desk: Desk, item_id: str, form: ItemForm, alerts: tuple[str, ...] = ()) -> str:
    row = desk.row(item_id)
    if row is None:
        return _list_page(desk, form, item_id, alerts)
    return _item_page(desk, row, form, alerts)


@blueprint.post("/<part>/copy")
@requires(Action.REPORT_EDIT)
def copy(report_id: str, part: str) -> ResponseReturnValue:
    """Begin with the rows that the State submitted in the cycle before."""
    desk = load_desk(report_id, part, Action.REPORT_EDIT)
    copied = copy_items(
        session(),
        actor=current_actor(),
        report_id=desk.report.id,
        part=desk.part,
        clock=system_clock,
    )
    told = ngettext("%(num)s row was copied.", "%(num)s rows were copied.", len(copied))
    flash(told if copied else gettext("Nothing changed."))
    return _back(desk)


@blueprint.get("/<part>/<item_id>/history")
@requires(Action.REPORT_READ)
def history(report_id: str, part: str, item_id: str) -> ResponseReturnValue:
    """Who changed what in one row, the latest first; also of a row that was removed."""
    desk = load_desk(report_id, part, Action.REPORT_READ)
    revisions = item_revisions(session(), desk.report.id, desk.part, item_id)
    if not revisions:
        raise NotFound(Problem("not-found"))
    before = (None, *(revision.content for revision in revisions))
    steps = [
        (revision, item_views.changed_lines(old, revision.content) if revision.content else ())
        for old, revision in zip(before, revisions, strict=False)
    ]
    return page(
        "reports/item_history.html",
        desk=desk,
        report=desk.report,
        steps=tuple(reversed(steps)),
        last=next(r.content for r in reversed(revisions) if r.content),
    )
