"""The language of a page: ``?lang``, then the person's, then the cookie, then the browser's."""

from collections.abc import Mapping

from babel.support import NullTranslations
from flask import Flask, current_app, g, request, session
from flask_babel import get_locale, get_translations

from tracker.domain.errors import Invalid, Problem
from tracker.extensions import babel
from tracker.web.session import current_actor

LANGUAGE_NAMES = {
    "ar": "العربية",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "ru": "Русский",
    "zh": "中文",
}


def chosen_language() -> str:
    """The best language that is loaded here."""
    found: str | None = g.get("language")
    if found is None:
        found = g.language = _choose()
    return found


FOR_NOW = "language_for_now"  # beside the one for when nobody is signed in


def _choose() -> str:
    loaded = current_app.config["SETTINGS"].languages
    asked = request.args.get("lang", "")
    if asked in loaded:
        return str(asked)
    actor = current_actor()
    if actor.signed_in and session.get(FOR_NOW) in loaded:
        return str(session[FOR_NOW])
    if actor.signed_in and actor.language in loaded:
        return actor.language
    if session.get("language") in loaded:
        return str(session["language"])
    return request.accept_languages.best_match(loaded) or "en"


def language_not_loaded() -> str:
    """The language that the address asks for and that is not loaded here, in its own words."""
    asked = request.args.get("lang", "")
    if not asked.isprintable() or asked in ("", *current_app.config["SETTINGS"].languages):
        return ""
    return LANGUAGE_NAMES.get(asked, asked[:20])


def language_choices() -> list[tuple[str, str]]:
    """The loaded languages, each with its own name, for a list to choose from."""
    loaded = current_app.config["SETTINGS"].languages
    return [(code, LANGUAGE_NAMES.get(code, code)) for code in loaded]


def parse_page_language(raw: str | None, *, place: str = "language") -> str:
    """One of the loaded languages; ``Invalid`` for any other."""
    value = (raw or "").strip()
    loaded = current_app.config["SETTINGS"].languages
    if value not in loaded:
        allowed = ", ".join(loaded)
        raise Invalid(Problem("not-a-choice", place, {"value": value[:80], "allowed": allowed}))
    return value


def locale_name() -> str:
    """How Babel calls the page's language; looked up once a request, for every number asks."""
    found: str | None = g.get("locale_name")
    if found is None:
        found = g.locale_name = str(get_locale() or "en")
    return found


def catalogue() -> NullTranslations:
    """The sentences of the page's language; looked up once a request, for every sentence asks."""
    found: NullTranslations | None = g.get("catalogue")
    if found is None:
        found = g.catalogue = get_translations()
    return found


def text_direction() -> str:
    """``ltr`` or ``rtl``."""
    locale = get_locale()
    return str(locale.text_direction) if locale else "ltr"


def in_language(texts: Mapping[str, str]) -> str:
    """One of our own texts in the page's language, English where it is missing."""
    return texts.get(chosen_language()) or texts.get("en") or next(iter(texts.values()), "")


def init_app(app: Flask) -> None:
    """Bind the language choice. ``?lang`` is remembered; when signed in, until one signs out."""
    babel.init_app(app, locale_selector=chosen_language, timezone_selector=lambda: "UTC")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: catalogue().ugettext(text),
        ngettext=lambda one, many, number: catalogue().ungettext(one, many, number),
        newstyle=True,
    )

    @app.before_request
    def remember() -> None:
        asked = request.args.get("lang", "")
        if len(set(request.args.getlist("lang"))) > 1:
            raise Invalid(Problem("one-only", "lang", {"name": "lang"}))
        if asked not in app.config["SETTINGS"].languages:
            return
        place = FOR_NOW if current_actor().signed_in else "language"
        if session.get(place) != asked:
            session[place] = asked


def forget_language_for_now() -> None:
    """The language of the account holds again."""
    session.pop(FOR_NOW, None)
