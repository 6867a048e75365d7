"""One table of a report while it is worked on: contacts, assistance or targets."""

from dataclasses import dataclass

from tracker.domain.errors import NotFound, Problem
from tracker.domain.item_fields import Part
from tracker.domain.items import Item, empty_item
from tracker.exchange.item_columns import ITEM_COLUMNS
from tracker.forms.base import Origin
from tracker.forms.item import ItemForm, filled_item_form, item_form
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise, may
from tracker.policy.rules import Subject
from tracker.queries.items import ItemRow, items_of
from tracker.queries.reports import ReportRow
from tracker.queries.struck_texts import last_strike
from tracker.services.reports import locked_report
from tracker.web.reporting import is_editable, load_report
from tracker.web.session import current_actor
from tracker.web.transaction import session

FORMS = {part: item_form(part, ITEM_COLUMNS[part]) for part in Part}


@dataclass(frozen=True, slots=True)
class Desk:
    """One table of a report while it is worked on."""

    report: ReportRow
    part: Part
    rows: tuple[ItemRow, ...]
    editable: bool
    seen: int  # the number of the last strike before the rows were read

    def row(self, item_id: str) -> ItemRow | None:
        """The row of this id, if it stands."""
        return next((row for row in self.rows if row.item_id == item_id), None)

    @property
    def empty(self) -> Item:
        """A row that says nothing."""
        return empty_item(self.part, self.report.default_audience)

    def fresh_form(self) -> ItemForm:
        """The form of a new row."""
        return self.form_over(0, self.empty)

    def form_over(self, version: int, item: Item) -> ItemForm:
        """The form showing a row as it stood at this version."""
        return filled_item_form(FORMS[self.part], version, item, Origin(version, self.seen))


def load_desk(report_id: str, part: str, action: Action) -> Desk:
    """The table of a report that the actor may read or edit; ``NotFound`` for an unknown one."""
    report = load_report(report_id)
    if part not in list(Part):
        raise NotFound(Problem("not-found"))
    actor, subject = current_actor(), Subject(report.state_id)
    authorise(actor, action, subject)
    if action is Action.REPORT_EDIT:
        locked_report(session(), report.id)  # a strike under way ends before anything is read
    seen = last_strike(session(), report.id)
    return Desk(
        report=report,
        part=Part(part),
        rows=items_of(session(), report.id)[Part(part)],
        editable=is_editable(report) and may(actor, Action.REPORT_EDIT, subject),
        seen=seen,
    )
