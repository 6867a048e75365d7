"""The application, put together."""

from flask import Flask
from whitenoise import WhiteNoise

from tracker.domain.uploads import LARGEST_FILE, MEGABYTE
from tracker.extensions import csrf, db
from tracker.logs import configure_logging
from tracker.models.engine import configure
from tracker.resources import PACKAGE, resource_dir
from tracker.settings import Settings, load_settings
from tracker.web import (
    access,
    arrivals,
    carrying,
    compared_cells,
    confirming,
    errors,
    highlighting,
    last_seen,
    locale,
    render,
    request_log,
    security,
    session,
    shown_to,
    telling,
    transaction,
    unread,
)
from tracker.web.blueprints import BLUEPRINTS

# The largest workbook and what its form sends beside it. The longest page is smaller: 16 answers
# of two long texts, 32,000 units each of up to 3 bytes, and their laws and instruments.
MAX_FORM_BYTES = LARGEST_FILE + MEGABYTE
MAX_FORM_PARTS = 5_000

PARTS = (
    security,  # whatever cannot be read is refused before anything reads it
    unread,
    arrivals,  # hears last, when the transaction has ended
    transaction,
    session,
    shown_to,
    last_seen,
    locale,
    carrying,
    access,
    confirming,
    render,
    compared_cells,
    highlighting,
    telling,
    errors,
)


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application; reads ``TRACKER_*`` where no settings are given."""
    settings = settings or load_settings()
    app = Flask(
        __name__,
        template_folder=str(resource_dir("templates")),
        static_folder=str(PACKAGE / "static"),
        instance_path=str(settings.instance_path),
    )
    configure_app(app, settings)
    configure_logging()
    db.init_app(app)
    with app.app_context():
        configure(db.engine)
    request_log.init_app(app)  # before whatever may refuse a request
    csrf.init_app(app)
    for part in PARTS:
        part.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    access.check_declarations(app)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=str(PACKAGE / "static"), prefix="static/", max_age=3600
    )
    return app


def configure_app(app: Flask, settings: Settings) -> None:
    """Flask's own settings, from ours."""
    options: dict[str, object] = {"hide_parameters": True}
    if not settings.database_url.startswith("sqlite"):
        options["pool_pre_ping"] = True  # a server that was restarted costs nobody a page
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=options,
        SESSION_COOKIE_NAME=session.host_only("tracker_form", secure=settings.secure_cookies),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        TESTING=settings.testing,
        BABEL_DEFAULT_LOCALE="en",
        BABEL_DEFAULT_TIMEZONE="UTC",
    )
