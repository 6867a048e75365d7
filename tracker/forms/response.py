"""The form of one response. Values are read by the domain's one door, not by the form."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)

from tracker.domain.errors import Invalid, Problem
from tracker.domain.labels import label
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import MAX_MEASURES, Measure, ResponseContent, parse_response
from tracker.domain.values import NARRATIVE_LANGUAGES
from tracker.forms.base import BaseForm, Origin, VersionedForm, over_version

SPARE_MEASURES = 2
READ = (
    "progress",
    "reason",
    "narrative",
    "narrative_language",
    "lead_agency",
    "good_practice",
    "audience",
)


class MeasureForm(BaseForm):
    """One law or instrument."""

    title = StringField(lazy_gettext("Law or instrument"))
    adopted_on = StringField(
        lazy_gettext("Date of adoption"),
        description=lazy_gettext("2024, 2024-06 or 2024-06-30"),
    )
    link = StringField(lazy_gettext("Link"))


class ResponseForm(VersionedForm):
    """One response; field names carry the paragraph as prefix (``p25-narrative``)."""

    progress = RadioField(lazy_gettext("Progress"))
    reason = TextAreaField(
        lazy_gettext("Reason"), description=lazy_gettext("Needed where it is not applicable.")
    )
    narrative = TextAreaField(lazy_gettext("What was done"))
    narrative_language = SelectField(lazy_gettext("Language of this text"))
    lead_agency = StringField(lazy_gettext("Lead agency"))
    good_practice = BooleanField(lazy_gettext("A good practice that others may learn from"))
    audience = SelectField(lazy_gettext("Who may read this answer"))
    measures = FieldList(
        FormField(MeasureForm), label=lazy_gettext("Laws and instruments"), max_entries=MAX_MEASURES
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.progress.choices = [("", gettext("No answer yet"))]
        self.progress.choices += [(value.value, gettext(label(value))) for value in Progress]
        self.narrative_language.choices = [("", "–")]
        self.narrative_language.choices += [
            (code, gettext(label(code))) for code in NARRATIVE_LANGUAGES
        ]
        self.audience.choices = [(value.value, gettext(label(value))) for value in Audience]
        while len(self.measures.entries) < min(self._filled() + SPARE_MEASURES, MAX_MEASURES):
            self.measures.append_entry()

    def _filled(self) -> int:
        rows = [number for number, row in enumerate(self.measures.data, 1) if any(row.values())]
        return max(rows, default=0)

    def read(
        self,
        default_audience: Audience,
        *,
        latest_day: date = date.max,
        nameless: Collection[Measure] = (),
    ) -> ResponseContent:
        """The content as typed; on ``Invalid`` each field shows its problems."""
        raw = {name: self.typed(name) for name in READ}
        try:
            rows = [dict(row) for row in self.measures.data]
            return parse_response(
                raw,
                rows,
                default_audience=default_audience,
                latest_day=latest_day,
                nameless=nameless,
            )
        except Invalid as error:
            self.show(*error.problems)
            raise

    def show(self, *problems: Problem) -> None:
        """Show each problem at its field; those of a measure in its row (``measures-0-link``)."""
        for problem in problems:
            table, _, rest = problem.place.partition("-")
            number, _, name = rest.partition("-")
            if table == "measures" and name:
                row: BaseForm = self.measures.entries[int(number)].form
                row.show(replace(problem, place=name))
            else:
                super().show(problem)


def prefix_of(paragraph: int) -> str:
    """The prefix of a paragraph's field names."""
    return f"p{paragraph}-"


def filled_form(
    paragraph: int, version: int, content: ResponseContent, origin: Origin
) -> ResponseForm:
    """The form showing a content over what stands."""
    values: Mapping[str, Any] = {
        **over_version(version, origin),
        "progress": content.progress.value if content.progress else "",
        "reason": content.reason,
        "narrative": content.narrative,
        "narrative_language": content.narrative_language,
        "lead_agency": content.lead_agency,
        "good_practice": content.good_practice,
        "audience": content.audience.value,
        "measures": [
            {"title": m.title, "adopted_on": m.adopted_on, "link": m.link} for m in content.measures
        ],
    }
    return ResponseForm(prefix=prefix_of(paragraph), data=values)
