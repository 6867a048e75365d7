"""Headers of every answer: no inline code, no outside request, nothing cached when signed in."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest, RequestURITooLarge

from tracker.web.session import current_actor

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
LONGEST_ADDRESS = 7_500  # a little more, and the server itself refuses it in its own words
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"


def init_app(app: Flask) -> None:
    """Set the headers, keep signed-in pages out of every cache, refuse what no address holds."""
    if app.config["SETTINGS"].secure_cookies:
        app.wsgi_app = over_https(app.wsgi_app)  # type: ignore[assignment,method-assign]

    app.before_request(_refuse_what_no_address_holds)

    @app.after_request
    def secure(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if app.config["SETTINGS"].secure_cookies:
            response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", _caching())
            response.vary.update(("Cookie", "Accept-Language"))
        return response


def _refuse_what_no_address_holds() -> None:
    """PostgreSQL cannot look up a null character, and bytes that are no UTF-8 cannot be read."""
    if len(request.path) + len(request.query_string) > LONGEST_ADDRESS:
        raise RequestURITooLarge
    try:
        request.query_string.decode()
    except UnicodeDecodeError:
        request.query_string = b""  # the page that says so reads it too
        raise BadRequest from None
    if holds_null():
        raise BadRequest


def holds_null() -> bool:
    """Whether a null character stands in the address."""
    return "\0" in request.path or b"%00" in request.query_string


def over_https(application: "WSGIApplication") -> "WSGIApplication":
    """Take every request as HTTPS: behind a proxy the base URL knows, the connection does not.

    So forms are held to the Referer of the site, whatever the proxy says of itself.
    """

    def secured(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        environ["wsgi.url_scheme"] = "https"
        return application(environ, start)

    return secured


def _caching() -> str:
    return "no-store" if current_actor().signed_in else "no-cache"
