"""Signed-out readers who come back to a public page are told when it has not changed."""

from flask import Response, request

from tracker.web.session import current_actor


def revalidate(response: Response) -> Response:
    """A strong ETag over the body, and 304 without it for a reader who has that body already.

    Pages for signed-in people are never kept, so they carry none.
    """
    if request.method in ("GET", "HEAD") and response.status_code == 200:
        if not current_actor().signed_in:
            response.add_etag()
            response.make_conditional(request)
    return response
