"""Tells the browser which of the texts that it keeps have arrived.

A script keeps what is typed into a form under a name of its own, which the form brings along, and
drops it when a page says that this very save was committed. Nothing else can tell it: a browser
that lost the line comes back to the same page.
"""

import re

from flask import Flask, Response, request, session
from werkzeug.exceptions import RequestEntityTooLarge

from tracker.web.carrying import carries_text

KEPT = "kept"
ARRIVED = "arrived"
NAME = re.compile(r"[A-Za-z0-9-]{1,64}")


def shown_here() -> str:
    """The name of the text that this page shows again, since it answers the form."""
    if request.method != "POST":
        return ""
    try:
        return request.form.get(KEPT, "")
    except RequestEntityTooLarge:  # of the page that says so nothing is read
        return ""


def arrived() -> str:
    """The name of the text that was saved last, told once; empty of none."""
    return str(session.pop(ARRIVED, ""))


def init_app(app: Flask) -> None:
    """Stand before the transaction, so that what is noted here has been committed."""
    app.jinja_env.globals.update(kept_shown_here=shown_here, kept_arrived=arrived)

    @app.after_request
    def note_arrival(response: Response) -> Response:
        if response.status_code == 303 and carries_text():
            name = request.form.get(KEPT, "")
            if NAME.fullmatch(name):
                session[ARRIVED] = name
        return response
