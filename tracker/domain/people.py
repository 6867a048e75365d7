"""What people type about themselves: addresses, names, passwords, roles."""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import TypeVar

from tracker.domain.errors import Invalid, Problem
from tracker.domain.roles import Role
from tracker.domain.values import parse_text

Place = TypeVar("Place", int, str)
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
LONGEST_EMAIL = 254
LONGEST_NAME = 200
_EMAIL = re.compile(r"[^\s@<>()\[\]\\,;:\"]+@[^\s@<>()\[\]\\,;:\"]+\.[^\s@<>()\[\]\\,;:\".]+")

# Words that guessing begins with, beside the person's and the site's own.
_COMMON_WORDS = (
    "administrator", "azertyuiop", "bienvenue", "changeme", "charlie", "contraseña", "dragon",
    "football", "iloveyou", "letmein", "monkey", "motdepasse", "passphrase", "passw0rd",
    "password", "princess", "qwertyuiop", "sunshine", "superman", "welcome", "zxcvbnm", "admin",
    "asdfghjkl", "azerty", "hallo", "hello", "login", "master", "qwerty", "qwertz", "secret",
)  # fmt: skip
_SITE_WORDS = (
    "smallarms", "commitments", "tracker", "outcome", "disarmament", "bms7", "unoda", "united",
    "nations",
)  # fmt: skip
_LEFT_OVER = 8  # what must stay of a password without those words
_TURNS = 5  # how often it must leave the order of the alphabet or of the digits


def parse_email(raw: str | None, *, place: str = "email") -> str:
    """An e-mail address in lower case; ``Invalid`` if it cannot be one."""
    value = parse_text(raw, place=place, limit=LONGEST_EMAIL).strip().lower()
    if not value:
        raise Invalid(Problem("required", place))
    if not _EMAIL.fullmatch(value):
        raise Invalid(Problem("not-an-email", place, {"value": value[:80]}))
    return value


def parse_name(raw: str | None, *, place: str = "name") -> str:
    """A person's name on one line."""
    value = " ".join(parse_text(raw, place=place, limit=LONGEST_NAME).split())
    if not value:
        raise Invalid(Problem("required", place))
    return value


def parse_role(raw: str | None, *, place: str = "role") -> Role:
    """A role by its code."""
    try:
        return Role((raw or "").strip())
    except ValueError:
        values = {"value": (raw or "")[:80], "allowed": ", ".join(Role)}
        raise Invalid(Problem("not-a-choice", place, values)) from None


def check_place(role: Role, *, for_a_state: bool) -> None:
    """A State's role needs a State, a role in the secretariat must have none."""
    if role.of_a_state and not for_a_state:
        raise Invalid(Problem("role-needs-state", "state"))
    if for_a_state and not role.of_a_state:
        raise Invalid(Problem("role-without-state", "state"))


def roles_meeting(places: Mapping[Place | None, str], given: Place | None) -> tuple[Problem, ...]:
    """What to warn of where a role for ``given`` joins the roles that somebody holds.

    ``places``, ``given`` among them: for whom roles are held and what that is called, by id or
    code, ``None`` for the secretariat.
    """
    states = {"states": ", ".join(name for place, name in places.items() if place is not None)}
    found = []
    if given is not None and len([place for place in places if place is not None]) > 1:
        found.append(Problem("states-meet", "", states))
    if None in places and len(places) > 1:
        found.append(Problem("sides-meet", "", states))
    return tuple(found)


def check_password(password: str, *, email: str, name: str, place: str = "password") -> None:
    """``Invalid`` for a password that is too short, too long or among the first to be guessed."""
    length = len(password)
    if length < SHORTEST_PASSWORD:
        raise Invalid(Problem("password-too-short", place, {"least": SHORTEST_PASSWORD}))
    if length > LONGEST_PASSWORD:
        raise Invalid(Problem("password-too-long", place, {"most": LONGEST_PASSWORD}))
    if _is_easy(password.casefold(), _own_words(email, name)):
        raise Invalid(Problem("password-easy", place))


def _own_words(email: str, name: str) -> tuple[str, ...]:
    words = re.split(r"[^\w]+|_", f"{email} {name}".casefold())
    return (email.casefold(), *(word for word in words if len(word) >= 4))


def _is_easy(password: str, own_words: tuple[str, ...]) -> bool:
    rest = password
    for word in sorted((*own_words, *_COMMON_WORDS, *_SITE_WORDS), key=len, reverse=True):
        rest = rest.replace(word, "")
    turns = sum(abs(ord(after) - ord(before)) > 1 for before, after in pairwise(rest))
    return len(rest) < _LEFT_OVER or turns < _TURNS or len(set(rest)) < _TURNS
