"""The rest of what a browser sends is read, where the answer did not need it.

A server that answers and closes while much is still sent makes browsers and proxies show an error
of their own in place of the page that says what is too large.
"""

from contextlib import suppress

from flask import Flask, Response, request

from tracker.domain.uploads import MEGABYTE

LONGEST = 64 * MEGABYTE  # of a longer one nothing is read
PIECE = 2**16


def init_app(app: Flask) -> None:
    """Read it when the transaction has ended, so that a slow sender holds no lock."""

    @app.after_request
    def read_on(response: Response) -> Response:
        # Other servers than ours would wait for more than was sent.
        if request.environ.get("wsgi.input_terminated"):
            with suppress(OSError):  # who sent it is gone
                _read(_length())
        return response


def _length() -> int:
    """What is said to come; in pieces of which each says its length, as much as is ever read."""
    in_pieces = "chunked" in request.headers.get("Transfer-Encoding", "").lower()
    return LONGEST if in_pieces else request.content_length or 0


def _read(left: int) -> None:
    while 0 < left <= LONGEST:
        piece = request.environ["wsgi.input"].read(min(left, PIECE))
        if not piece:  # it was read already
            break
        left -= len(piece)
