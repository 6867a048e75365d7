"""The form of a reporting cycle."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext
from wtforms import DateField, SelectField, StringField

from tracker.domain.cycles import CycleDates
from tracker.domain.errors import Invalid, Problem
from tracker.domain.values import parse_date
from tracker.forms.base import BaseForm, Needed


class CycleDatesForm(BaseForm):
    """The days of a cycle."""

    opens_on = DateField(lazy_gettext("Opens on"), validators=[Needed()])
    due_on = DateField(
        lazy_gettext("Due on"),
        description=lazy_gettext(
            "A report submitted before this day ends in the last time zone (UTC−12) is on time. "
            "Leave it empty while no due day has been set."
        ),
    )
    closes_on = DateField(
        lazy_gettext("Closes on"),
        description=lazy_gettext(
            "Last day for reports. Leave it empty to take late reports without end."
        ),
    )
    period_from = DateField(lazy_gettext("Period covered, from"))
    period_to = DateField(lazy_gettext("Period covered, to"))

    def dates(self) -> CycleDates:
        """The days as typed; ``Invalid`` with everything that is no day."""
        return CycleDates(
            **self.parsed(
                opens_on=_needed_day,
                due_on=parse_date,
                closes_on=parse_date,
                period_from=parse_date,
                period_to=parse_date,
            )
        )


def _needed_day(raw: str, *, place: str) -> date:
    day = parse_date(raw, place=place)
    if day is None:
        raise Invalid(Problem("required", place))
    return day


class CycleForm(CycleDatesForm):
    """A new cycle."""

    slug = StringField(
        lazy_gettext("Short name"),
        validators=[Needed()],
        description=lazy_gettext(
            "Stands in addresses and cannot be changed later: small letters, digits and hyphens."
        ),
        render_kw={"class": "short", "dir": "ltr", "autocomplete": "off"},
    )
    document = SelectField(
        lazy_gettext("Outcome document"), validators=[Needed()], validate_choice=False
    )

    def __init__(self, *args: Any, documents: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        """``documents``: slugs with titles in the page's language."""
        super().__init__(*args, **kwargs)
        self.document.choices = list(documents)
