"""Who may do what: one predicate for each action. ``scopes`` holds their SQL twins."""

from collections.abc import Callable
from dataclasses import dataclass

from tracker.domain.progress import Audience
from tracker.domain.roles import Actor, Role
from tracker.policy.actions import Action
from tracker.policy.scopes import audience_of


@dataclass(frozen=True, slots=True)
class Subject:
    """What an action is about, as far as the rules need to know it.

    ``state_id`` is the State concerned, ``section`` the code of the section of a single
    response, ``published`` whether a submission is or was published, ``audience`` the level at
    which something is read.
    """

    state_id: int | None = None
    section: str | None = None
    published: bool = False
    audience: Audience = Audience.PUBLIC


Rule = Callable[[Actor, Subject], bool]


def anybody(actor: Actor, subject: Subject) -> bool:
    """No condition."""
    return True


def signed_in(actor: Actor, subject: Subject) -> bool:
    """Somebody known."""
    return actor.signed_in


def focal_point(actor: Actor, subject: Subject) -> bool:
    """A focal point of the State concerned."""
    return actor.holds(Role.FOCAL_POINT, state_id=subject.state_id)


def reader_of_own_state(actor: Actor, subject: Subject) -> bool:
    """Focal point or observer of the State; a contributor for the sections assigned."""
    if actor.holds(Role.FOCAL_POINT, Role.OBSERVER, state_id=subject.state_id):
        return True
    return _assigned(actor, subject)


def editor(actor: Actor, subject: Subject) -> bool:
    """Focal point of the State; a contributor for the sections assigned."""
    return focal_point(actor, subject) or _assigned(actor, subject)


def _assigned(actor: Actor, subject: Subject) -> bool:
    return any(
        grant.role is Role.CONTRIBUTOR
        and grant.state_id == subject.state_id
        and subject.section in grant.sections
        for grant in actor.grants
    )


def secretariat(actor: Actor, subject: Subject) -> bool:
    """Reviewer or administrator."""
    return actor.in_secretariat


def administrator(actor: Actor, subject: Subject) -> bool:
    """Administrator of the secretariat."""
    return actor.holds(Role.ADMINISTRATOR)


def administrator_or_operator(actor: Actor, subject: Subject) -> bool:
    """Administrator, or the command line."""
    return actor.operator or administrator(actor, subject)


def account_keeper(actor: Actor, subject: Subject) -> bool:
    """Administrator or operator for anybody; a focal point for its own State."""
    if administrator_or_operator(actor, subject):
        return True
    return subject.state_id is not None and focal_point(actor, subject)


def reader_of_submission(actor: Actor, subject: Subject) -> bool:
    """The public once published; the secretariat from the start; the State its own."""
    if subject.published or actor.in_secretariat:
        return True
    return actor.holds(Role.FOCAL_POINT, Role.OBSERVER, state_id=subject.state_id)


def within_own_audience(actor: Actor, subject: Subject) -> bool:
    """Never at a wider level than the reader's own."""
    return audience_of(actor).admits(subject.audience)


RULES: dict[Action, Rule] = {
    Action.ACCOUNT_MANAGE: account_keeper,
    Action.CLARIFICATION_ASK: secretariat,
    Action.CLARIFICATION_REPLY: focal_point,
    Action.COVERAGE_WATCH: secretariat,
    Action.CYCLE_MANAGE: administrator_or_operator,
    Action.EXPORT_MAKE: within_own_audience,
    Action.INDICATOR_MANAGE: administrator_or_operator,
    Action.MAIL_MANAGE: administrator_or_operator,
    Action.PUBLIC_READ: anybody,
    Action.REPORT_EDIT: editor,
    Action.REPORT_OPEN: focal_point,
    Action.REPORT_READ: reader_of_own_state,
    Action.REPORT_REOPEN: focal_point,
    Action.REPORT_SUBMIT: focal_point,
    Action.REPORT_WITHDRAW: focal_point,
    Action.SESSION_USE: signed_in,
    Action.SUBMISSION_ACCEPT: secretariat,
    Action.SUBMISSION_PUBLISH: administrator,
    Action.SUBMISSION_READ: reader_of_submission,
    Action.SUBMISSION_RETURN: secretariat,
    Action.TEXT_STRIKE: administrator,
}
