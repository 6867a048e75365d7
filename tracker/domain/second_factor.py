"""The second step of signing in: who needs it, and what a code looks like."""

import unicodedata
from enum import StrEnum

from tracker.domain.errors import Invalid, Problem
from tracker.domain.roles import Actor

PERIOD = 30  # seconds for which an app shows one code
DIGITS = 6
RECOVERY_CODES = 10
RECOVERY_LETTERS = 24  # of 32 different ones: 120 bits
_GROUP = 4
_LONGEST = 100


class SecondFactorFor(StrEnum):
    """Of whom the site asks a second step; ``OFF`` asks nobody and offers it to nobody."""

    SECRETARIAT = "secretariat"
    ALL = "all"
    OFF = "off"


class Assurance(StrEnum):
    """What a session was opened with."""

    PASSWORD = "password"  # noqa: S105  # nosec B105  # a level, no secret
    MAILED_CODE = "mailed-code"
    SECOND_FACTOR = "second-factor"


class Standing(StrEnum):
    """How far a browser is with signing in."""

    SIGNED_IN = "signed-in"
    CODE_NEEDED = "code-needed"
    ENROLMENT_NEEDED = "enrolment-needed"


def is_required(rule: SecondFactorFor, actor: Actor) -> bool:
    """Whether this person may only sign in with a second step."""
    if rule is SecondFactorFor.SECRETARIAT:
        return actor.in_secretariat
    return rule is SecondFactorFor.ALL


def takes_mailed_code(rule: SecondFactorFor, actor: Actor, *, enrolled: bool) -> bool:
    """Whether a code sent by mail counts as this person's second step.

    Only where the site asks everybody for one: not of the secretariat, and not of somebody whose
    app or passkey would be worth less by it. ``enrolled``: whether there is either.
    """
    return rule is SecondFactorFor.ALL and not actor.in_secretariat and not enrolled


def standing(
    rule: SecondFactorFor, actor: Actor, *, assurance: Assurance, enrolled: bool
) -> Standing:
    """What is still to be done before this person, ``enrolled`` with app or passkey, is in."""
    if rule is SecondFactorFor.OFF or assurance is Assurance.SECOND_FACTOR:
        return Standing.SIGNED_IN
    if assurance is Assurance.MAILED_CODE and takes_mailed_code(rule, actor, enrolled=enrolled):
        return Standing.SIGNED_IN
    if enrolled:
        return Standing.CODE_NEEDED
    return Standing.ENROLMENT_NEEDED if is_required(rule, actor) else Standing.SIGNED_IN


def parse_code(raw: str | None, *, place: str = "code") -> str:
    """A code of an app or a recovery code, as letters and digits in lower case.

    Spaces and hyphens go, digits of other scripts become ours. ``Invalid`` for anything that
    can be neither.
    """
    typed = "".join(_plain(sign) for sign in (raw or "")[:_LONGEST] if sign.isalnum()).lower()
    if not typed:
        raise Invalid(Problem("required", place))
    if looks_like_app_code(typed) or len(typed) == RECOVERY_LETTERS:
        return typed
    raise Invalid(Problem("code-of-no-kind", place, {"digits": DIGITS}))


def parse_set_up_code(raw: str | None, *, place: str = "code") -> str:
    """The first code of an app that is being set up, when there is no recovery code yet."""
    try:
        code = parse_code(raw, place=place)
    except Invalid as error:
        if error.problem.code != "code-of-no-kind":
            raise
        code = ""
    if not looks_like_app_code(code):
        raise Invalid(Problem("set-up-code-of-no-kind", place, {"digits": DIGITS}))
    return code


def _plain(sign: str) -> str:
    value = unicodedata.digit(sign, None)
    return sign if value is None else str(value)


def looks_like_app_code(code: str) -> bool:
    """Whether it is what an app shows, rather than a recovery code."""
    return len(code) == DIGITS and code.isascii() and code.isdigit()


def in_groups(text: str) -> str:
    """A secret or a recovery code as it is read out and copied: groups of four."""
    return " ".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))
