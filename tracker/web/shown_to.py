"""Whom a page was shown to: its forms say so, so that nothing is written in another's name.

Two windows of one browser share one session. Where somebody else signs in meanwhile in the other
window, the text typed in the first one is asked about and not saved as theirs.
"""

from flask import Flask, request

from tracker.web.session import current_actor

SHOWN_TO = "shown_to"


class OtherPerson(Exception):
    """The form that was sent was shown to somebody else than who is signed in now."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def shown_to() -> str:
    """What a form shown now says: number and name of whoever is signed in; empty of nobody."""
    actor = current_actor()
    return f"{actor.user_id} {actor.name}" if actor.signed_in else ""


def name_of_other() -> str:
    """The name of whom the form that was sent was shown to, if somebody else is signed in now."""
    actor = current_actor()
    number, _, name = request.form.get(SHOWN_TO, "").partition(" ")
    return (name or number) if actor.signed_in and number not in ("", str(actor.user_id)) else ""


def refuse_other_person() -> None:
    """``OtherPerson`` unless the form was shown to whoever sends it."""
    if name := name_of_other():
        raise OtherPerson(name)


def init_app(app: Flask) -> None:
    """For the token that every form carries."""
    app.jinja_env.globals["shown_to"] = shown_to
