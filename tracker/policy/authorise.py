"""The one question that pages, services and templates ask."""

from tracker.domain.errors import NotPermitted, Problem
from tracker.domain.roles import Actor
from tracker.policy.actions import Action
from tracker.policy.rules import RULES, Subject

NOTHING = Subject()


def may(actor: Actor, action: Action, subject: Subject = NOTHING) -> bool:
    """Whether the rule of ``action`` admits ``actor``; no rule admits nobody."""
    rule = RULES.get(action)
    return rule is not None and rule(actor, subject)


def authorise(actor: Actor, action: Action, subject: Subject = NOTHING) -> None:
    """``NotPermitted`` unless the actor may."""
    if not may(actor, action, subject):
        raise NotPermitted(Problem("not-permitted", "", {"action": action.value}))
