"""One table of a report while it is worked on: contacts, assistance or targets."""

from dataclasses import dataclass

from tracker.domain.errors import NotFound, Problem
from tracker.domain.item_fields import Part
from tracker.domain.items import Item, empty_item
from tracker.exchange.item_columns import ITEM_COLUMNS
from tracker.forms.item import ItemForm, filled_item_form, item_form
from tracker.policy.actions import Action
from tracker.policy.authorise import authorise, may
from tracker.policy.rules import Subject
from tracker.queries.items import ItemRow, items_of
from tracker.queries.reports import ReportRow
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

    def row(self, item_id: str) -> ItemRow | None:
        """The row of this id, if it stands."""
        return next((row for row in self.rows if row.item_id == item_id), None)

    @property
    def empty(self) -> Item:
        """A row that says nothing."""
        return empty_item(self.part, self.report.default_audience)

    def fresh_form(self) -> ItemForm:
        """The form of a new row."""
        return filled_item_form(FORMS[self.part], 0, self.empty)


def load_desk(report_id: str, part: str, action: Action) -> Desk:
    """The table of a report that the actor may read or edit; ``NotFound`` for an unknown one."""
    report = load_report(report_id)
    if part not in list(Part):
        raise NotFound(Problem("not-found"))
    actor, subject = current_actor(), Subject(report.state_id)
    authorise(actor, action, subject)
    return Desk(
        report=report,
        part=Part(part),
        rows=items_of(session(), report.id)[Part(part)],
        editable=is_editable(report) and may(actor, Action.REPORT_EDIT, subject),
    )
