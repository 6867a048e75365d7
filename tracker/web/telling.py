"""What a request leaves to be told on the next page, and what becomes of it when it is undone."""

from flask import Flask, current_app, request
from flask import session as cookie

KEY = "_flashes"  # where ``flask.flash`` keeps it


def messages_to_tell() -> list[tuple[str, str]]:
    """Category and sentence of each; once read they are told.

    Flask's own function remembers what it gave, so that the page of a commit that failed would
    still say what had been told on the page before it.
    """
    return list(cookie.pop(KEY)) if KEY in cookie else []


def untell() -> None:
    """What this request was about to tell as done is undone: it stands on no page.

    What an earlier request left to be told stays, as it came in the cookie.
    """
    came = current_app.session_interface.open_session(current_app, request)
    if came and came.get(KEY):
        cookie[KEY] = came[KEY]
    else:
        cookie.pop(KEY, None)


def init_app(app: Flask) -> None:
    """For the page that all others are laid on."""
    app.jinja_env.globals["messages_to_tell"] = messages_to_tell
