"""What all our forms share: the domain reads the values, the form shows what is wrong.

The CSRF token is checked for every request in one place, so that no form carries its own.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from flask_babel import gettext
from wtforms import Field, Form, HiddenField

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


@dataclass(frozen=True, slots=True)
class Origin:
    """What the texts of a page were made from, so that words struck out since are known.

    ``base`` is the oldest version that any of them was typed over, ``seen`` the number of the last
    strike that the page knew of; ``copied`` tells of a text of the cycle before.
    """

    base: int
    seen: int
    copied: bool = False

    def __str__(self) -> str:
        return f"{self.base}-{self.seen}{COPIED if self.copied else ''}"


COPIED = "-copied"
ORIGIN = re.compile(rf"(\d{{1,9}})-(\d{{1,18}})({COPIED})?", re.ASCII)


class VersionedForm(BaseForm):
    """The form of what stands in the history: over which version, and from what, it was typed.

    ``origin`` goes on as it came through every page that repeats what was typed. ``choice``
    settles a conflict.
    """

    version = HiddenField()
    origin = HiddenField()
    choice = HiddenField()

    def origin_of(self, version: int) -> Origin:
        """Of what this form brings; where it does not say so, of a page that knew of no strike."""
        found = ORIGIN.fullmatch(self.typed("origin"))
        if found is None:
            return Origin(version, 0)
        return Origin(min(int(found[1]), version), int(found[2]), bool(found[3]))


def over_version(version: int, origin: Origin) -> dict[str, str]:
    """What the hidden fields of a page say."""
    return {"version": str(version), "origin": str(origin)}
