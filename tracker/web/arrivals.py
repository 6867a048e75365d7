"""Tells the browser which of the texts that it keeps have arrived.

A script keeps what is typed into a form under a name of its own, which the form brings along, and
drops it when a page says that this very save was committed. Nothing else can tell it: a browser
that lost the line comes back to the same page. An answer of which two texts were settled is named
by person, report and paragraph: of these the one that was not chosen may be kept; so is an answer
that somebody else saved for whoever typed it. And of whom nothing is to be kept any more, once that
person has signed out.
"""

import re

from flask import Flask, Response, g, request, session
from werkzeug.exceptions import RequestEntityTooLarge

from tracker.web.carrying import carries_text
from tracker.web.session import current_actor
from tracker.web.shown_to import opened_by
from tracker.web.signing_in import SIGNED_OUT

KEPT = "kept"
ARRIVED = "arrived"
NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
SETTLED = re.compile(r"p(?P<number>\d{1,3})-choice", re.ASCII)
SAVED = re.compile(r"p(?P<number>\d{1,3})-version", re.ASCII)


def shown_here() -> str:
    """The name of the text that this page shows again, since it answers the form."""
    if request.method != "POST":
        return ""
    try:
        return request.form.get(KEPT, "")
    except RequestEntityTooLarge:  # of the page that says so nothing is read
        return ""


def arrived() -> str:
    """The names of the texts that were saved or settled last, told once; empty of none."""
    return str(session.pop(ARRIVED, ""))


def signed_out() -> str:
    """The number of whoever was signed out last, told once; empty of nobody.

    A page that says so is never shown again by going back: that person may be there again.
    """
    person = session.pop(SIGNED_OUT, "")
    g.says_who_left = bool(person)
    return str(person)


def init_app(app: Flask) -> None:
    """Stand before the transaction, so that what is noted here has been committed."""
    app.jinja_env.globals.update(
        kept_shown_here=shown_here, kept_arrived=arrived, signed_out=signed_out
    )

    @app.after_request
    def store_no_farewell(response: Response) -> Response:
        if g.get("says_who_left"):
            response.headers["Cache-Control"] = "no-store"
        return response

    @app.after_request
    def note_arrival(response: Response) -> Response:
        if response.status_code == 303 and carries_text() and (names := _names()):
            session[ARRIVED] = " ".join(names)
        return response


def _names() -> list[str]:
    kept, report = request.form.get(KEPT, ""), (request.view_args or {}).get("report_id")
    typed_by, here = opened_by().partition(" ")[0], str(current_actor().user_id)
    named = SETTLED if typed_by in ("", here) else SAVED
    arrived = [found["number"] for name in request.form if (found := named.fullmatch(name))]
    form = [f"form:{kept}"] if NAME.fullmatch(kept) else []
    return form + [f"{typed_by or here}:{report}:{number}" for number in arrived]
