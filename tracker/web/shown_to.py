"""Whom a page was shown to: its forms say so, so that nothing is written in another's name.

Two windows of one browser share one session. Where somebody else signs in meanwhile in the other
window, the text typed in the first one is asked about and not saved as theirs.
"""

from flask import Flask, request

from tracker.web.session import current_actor

SHOWN_TO = "shown_to"
TYPED_BY = "typed_by"  # on a page that carries on what another page was shown for


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
    told = [text for text in (opened_by(), request.form.get(SHOWN_TO, "")) if text]
    numbers = [text.partition(" ")[0] for text in told]
    if not (actor.signed_in and told) or str(actor.user_id) in numbers:
        return ""
    return told[0].partition(" ")[2] or numbers[0]


def opened_by() -> str:
    """Whom the form was shown to in which the text was typed, through pages that carried it on."""
    return request.form.get(TYPED_BY) or request.form.get(SHOWN_TO, "")


def refuse_other_person() -> None:
    """``OtherPerson`` unless the form was shown to whoever sends it."""
    if name := name_of_other():
        raise OtherPerson(name)


def init_app(app: Flask) -> None:
    """For the token that every form carries."""
    app.jinja_env.globals["shown_to"] = shown_to
