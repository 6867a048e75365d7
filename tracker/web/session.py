"""Who is signed in: a random token in a cookie, its hash in the database.

Flask's own signed cookie carries the CSRF token and the language only.
"""

from flask import Flask, Request, Response, current_app, g, request
from flask_login import UserMixin, current_user

from tracker.domain.clock import system_clock
from tracker.domain.roles import PUBLIC, Actor
from tracker.domain.second_factor import SecondFactorFor
from tracker.extensions import login_manager
from tracker.models.readers import PUBLISHED, read_as, read_as_nobody_yet
from tracker.policy.readers import reader_of
from tracker.queries.sign_ins import BrowserRow, browser_by_session
from tracker.services.sessions import SESSION_LASTS
from tracker.services.tokens import token_hash
from tracker.web.transaction import session as database


class SignedInUser(UserMixin):
    """What Flask-Login knows of a person."""

    def __init__(self, browser: BrowserRow) -> None:
        self.id = str(browser.person.user_id)
        self.browser = browser
        self.actor = browser.actor


def host_only(name: str, *, secure: bool) -> str:
    """The name of a cookie: ``__Host-`` over HTTPS, so that no sub-domain can set it."""
    return f"__Host-{name}" if secure else name


def cookie_name() -> str:
    """Of the cookie that says who is signed in."""
    return host_only("tracker_session", secure=current_app.config["SETTINGS"].secure_cookies)


def request_token_hash() -> str | None:
    """The hash of the token that this request carries, or of the one it was just given."""
    token = g.session_token if "session_token" in g else request.cookies.get(cookie_name())
    return token_hash(token) if token else None


def hand_over(token: str | None) -> None:
    """Give the browser a new token with the answer, or take the one it has with ``None``."""
    g.session_token = token
    forget_actor()


def current_actor() -> Actor:
    """Who acts in this request; the signed-out public if nobody is known."""
    actor = getattr(current_user, "actor", PUBLIC)
    return actor if isinstance(actor, Actor) else PUBLIC


def current_browser() -> BrowserRow | None:
    """The browser of this request, also of somebody whose second step is still missing."""
    found = getattr(current_user, "browser", None)
    return found if isinstance(found, BrowserRow) else None


def second_factor_for() -> SecondFactorFor:
    """Of whom this site asks a second step."""
    return SecondFactorFor(current_app.config["SETTINGS"].second_factor)


def forget_actor() -> None:
    """Read again who is signed in, after it changed within this request."""
    g.pop("_login_user", None)


def stay_unknown() -> None:
    """Nobody is signed in for the rest of this request, which so asks the database nothing."""
    g._login_user = login_manager.anonymous_user()


def set_cookie(response: Response, token: str, max_age: int) -> None:
    """Hand the token to the browser; HttpOnly, same site, HTTPS only where there is HTTPS."""
    response.set_cookie(
        cookie_name(),
        token,
        max_age=max_age,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SETTINGS"].secure_cookies,
    )


def clear_cookie(response: Response) -> None:
    """Take the token from the browser."""
    response.delete_cookie(
        cookie_name(),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SETTINGS"].secure_cookies,
    )


def init_app(app: Flask) -> None:
    """Let Flask-Login find the person by our cookie."""
    login_manager.init_app(app)

    @app.before_request
    def read_as_the_public() -> None:
        """Until it is asked who is there; nothing is sent before the first statement."""
        read_as(database(), PUBLISHED)
        if request.blueprint == "health":  # monitors have no name, and the database may be away
            stay_unknown()

    @login_manager.request_loader  # type: ignore[untyped-decorator]
    def load(incoming: Request) -> SignedInUser | None:
        hashed = request_token_hash()
        browser = None
        if hashed is not None:
            read_as_nobody_yet(database())
            browser = browser_by_session(database(), hashed, system_clock(), second_factor_for())
        read_as(database(), reader_of(browser.actor if browser else PUBLIC))
        return SignedInUser(browser) if browser else None

    @app.after_request
    def send_cookie(response: Response) -> Response:
        if "session_token" not in g:
            return response
        if g.session_token is None:
            clear_cookie(response)
        else:
            set_cookie(response, g.session_token, int(SESSION_LASTS.total_seconds()))
        return response
