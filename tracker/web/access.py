"""Every endpoint declares its action; one without is refused. ``can`` asks the same rules."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, request

from tracker.domain.errors import NotPermitted, Problem
from tracker.policy.actions import Action
from tracker.policy.authorise import may
from tracker.policy.rules import Subject
from tracker.web.session import current_actor

F = TypeVar("F", bound=Callable[..., Any])
DECLARED = "declared_action"


def requires(action: Action) -> Callable[[F], F]:
    """Declare what a view is. The view authorises against its object itself, or a service does.

    Anything but ``PUBLIC_READ`` needs somebody signed in before the view is called.
    """

    def declare(view: F) -> F:
        setattr(view, DECLARED, action)
        return view

    return declare


def can(action: Action, state_id: int | None = None, section: str | None = None) -> bool:
    """For templates: whether the reader may do this."""
    return may(current_actor(), action, Subject(state_id=state_id, section=section))


def declared_action(app: Flask, endpoint: str) -> Action | None:
    """The action of an endpoint; static files are public."""
    if endpoint == "static":
        return Action.PUBLIC_READ
    declared = getattr(app.view_functions[endpoint], DECLARED, None)
    return declared if isinstance(declared, Action) else None


def init_app(app: Flask) -> None:
    """Deny by default, and refuse to start with an endpoint that declares nothing."""

    @app.before_request
    def deny_undeclared() -> None:
        if request.endpoint is None:
            return
        action = declared_action(app, request.endpoint)
        if action is None:
            raise NotPermitted(Problem("not-permitted"))
        if action is not Action.PUBLIC_READ and not current_actor().signed_in:
            raise SignInNeeded


class SignInNeeded(Exception):
    """Nobody is signed in, and this page needs somebody."""


def check_declarations(app: Flask) -> None:
    """``RuntimeError`` naming every endpoint without a declared action."""
    missing = [name for name in app.view_functions if declared_action(app, name) is None]
    if missing:
        raise RuntimeError(f"endpoints without a declared action: {', '.join(sorted(missing))}")
