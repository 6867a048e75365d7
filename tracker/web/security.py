"""Headers of every answer: no inline code, no outside request, nothing cached when signed in."""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import BadRequest

from tracker.web.session import current_actor

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"


@lru_cache(maxsize=2)
def content_security_policy(provider: str = "") -> str:
    """Everything from here alone; a form may end at the origin of the provider of sign-ins."""
    return "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            "script-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            " ".join(filter(None, ("form-action 'self'", provider))),
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _provider_origin() -> str:
    provider = current_app.config["SETTINGS"].provider
    return provider.origin if provider else ""


def init_app(app: Flask) -> None:
    """Set the headers, keep signed-in pages out of every cache, refuse what no address holds."""
    if app.config["SETTINGS"].secure_cookies:
        app.wsgi_app = over_https(app.wsgi_app)  # type: ignore[assignment,method-assign]

    @app.before_request
    def refuse_null_character() -> None:
        """PostgreSQL cannot look one up, and no address of ours has one."""
        if "\0" in request.path or b"%00" in request.query_string:
            raise BadRequest

    @app.after_request
    def secure(response: Response) -> Response:
        policy = content_security_policy(_provider_origin())
        response.headers.setdefault("Content-Security-Policy", policy)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if app.config["SETTINGS"].secure_cookies:
            response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", _caching())
            response.vary.update(("Cookie", "Accept-Language"))
        return response


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
