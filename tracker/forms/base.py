"""What all our forms share: the domain reads the values, the form shows what is wrong.

The CSRF token is checked for every request in one place, so that no form carries its own.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from flask_babel import gettext
from wtforms import Field, Form, HiddenField

from tracker.domain.chain import instant
from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, Problem
from tracker.domain.messages import sentence


class Needed:
    """Marks a field that must be filled; the domain says so when it is not."""

    field_flags: ClassVar[dict[str, Any]] = {"required": True}

    def __call__(self, form: Form, field: Field) -> None:
        """Nothing: presence is a rule of the domain."""


class BaseForm(Form):
    """A form whose fields are texts as typed."""

    def typed(self, name: str) -> str:
        """What was typed into a field; empty where nothing came."""
        given = self[name].raw_data
        return str(given[0]) if given else ""

    def typed_list(self, name: str) -> tuple[str, ...]:
        """What was ticked, each once."""
        return tuple(dict.fromkeys(str(value) for value in self[name].raw_data or ()))

    def parsed(self, **parsers: Callable[..., Any]) -> dict[str, Any]:
        """Each named field through its parser, called as ``parser(typed, place=name)``.

        ``Invalid`` with the problems of all fields together.
        """
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, parse in parsers.items():
            try:
                values[name] = parse(self.typed(name), place=name)
            except Invalid as error:
                problems.extend(error.problems)
        if problems:
            raise Invalid(*problems)
        return values

    def show(self, *problems: Problem) -> None:
        """Show each problem at its field, or above the form where it has none of its own."""
        for problem in problems:
            text = str(sentence(problem, gettext))
            if problem.place in self:
                field = self[problem.place]
                field.errors = [*field.errors, text]
            else:
                self.form_errors = [*self.form_errors, text]


class VersionedForm(BaseForm):
    """The form of what stands in the history: over which version, and since when, it was typed.

    ``opened`` goes on as it came through every page that repeats what was typed, so that words
    struck out since are known. ``choice`` settles a conflict.
    """

    version = HiddenField()
    opened = HiddenField()
    choice = HiddenField()

    def opened_at(self) -> datetime:
        """When the page was made; long ago where it does not say so."""
        try:
            return datetime.fromisoformat(self.typed("opened")).astimezone(UTC)
        except (ValueError, OverflowError):
            return LONG_AGO


LONG_AGO = datetime.min.replace(tzinfo=UTC)


def over_version(version: int) -> dict[str, str]:
    """What the hidden fields of a page made now say."""
    return {"version": str(version), "opened": instant(system_clock())}
