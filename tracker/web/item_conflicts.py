"""Two versions of one row: what was typed on a page, and what was saved since it was opened."""

from tracker.domain.items import Item
from tracker.forms.base import Origin
from tracker.forms.item import ItemForm, filled_item_form
from tracker.queries.items import ItemRow, item_revisions, items_of, subject_of
from tracker.queries.strikes import STRIKE
from tracker.queries.struck_texts import (
    SinceStrike,
    item_since_strike,
    last_strike,
    struck_of_subjects,
)
from tracker.web import item_views
from tracker.web.conflicts import typed_over
from tracker.web.item_desk import FORMS, Desk
from tracker.web.render import page
from tracker.web.transaction import session


def since_strike(
    desk: Desk, item_id: str, form: ItemForm, typed: Item | None
) -> SinceStrike[Item] | None:
    """What was typed, and what of it may be saved unasked beside strikes since the page."""
    if typed is None:
        return None
    subject, report = subject_of(desk.part, item_id), desk.report.id
    struck = struck_of_subjects(session(), report, [subject])[subject]
    row = _row(desk, item_id)
    stands = row.content if row else desk.empty
    return item_since_strike(struck, typed_over(report, form), typed, stands)


def _row(desk: Desk, item_id: str) -> ItemRow | None:
    """The row as it stands now, which may be later than the desk."""
    rows = items_of(session(), desk.report.id)[desk.part]
    return next((row for row in rows if row.item_id == item_id), None)


def conflict_page(
    desk: Desk,
    item_id: str,
    form: ItemForm,
    since: SinceStrike[Item] | None,
    version: int,
    struck: bool,
) -> str:
    """Both sides of a row that somebody else saved or removed, or that a strike changed."""
    seen = last_strike(session(), desk.report.id)
    theirs = _row(desk, item_id)
    last = item_revisions(session(), desk.report.id, desk.part, item_id)[-1:]
    by_strike = bool(last) and last[0].source == STRIKE
    mine = since.shown if since else None
    filled = since.left if since else theirs.content if theirs else desk.empty
    return page(
        "reports/item_conflict.html",
        desk=desk,
        report=desk.report,
        item_id=item_id,
        mine=mine,
        theirs=theirs,
        last=last[0] if last else None,
        struck=struck or by_strike,
        apart=since.apart if since else False,
        saved=_differing(since.left if since else None, theirs),
        form=filled_item_form(
            FORMS[desk.part],
            version,
            filled,
            Origin(min(typed_over(desk.report.id, form).base, version), seen),
        ),
    )


def _differing(mine: Item | None, theirs: ItemRow | None) -> dict[str, str]:
    """What was saved meanwhile, by field, where both sides differ."""
    if mine is None or theirs is None:
        return {}
    ours = item_views.item_words(mine)
    words = item_views.item_words(theirs.content)
    return {name: text for name, text in words.items() if text != ours[name]}
