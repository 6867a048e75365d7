"""Parsers of new passwords, for every form that sets one."""

from collections.abc import Callable

from tracker.domain.errors import Invalid, Problem
from tracker.domain.people import check_password


def password_rule(email: str, name: str) -> Callable[..., str]:
    """A parser that lets good passwords of this person through."""

    def parse(typed: str, *, place: str) -> str:
        check_password(typed, email=email, name=name, place=place)
        return typed

    return parse


def same_as(password: str) -> Callable[..., str]:
    """A parser of the same password typed again."""

    def parse(typed: str, *, place: str) -> str:
        if typed != password:
            raise Invalid(Problem("passwords-differ", place))
        return typed

    return parse
