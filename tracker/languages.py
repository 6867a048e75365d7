"""In which languages the pages are served, as the operator chooses them."""

from tracker.resources import PACKAGE

UNTRANSLATED_ALLOWED = ("development", "demonstration")  # to try layouts, right to left too
SOURCE_LANGUAGE = "en"


def read_languages(given: str, environment: str, problems: list[str]) -> tuple[str, ...]:
    """The codes as given, each once; English, the language of the sources, is always there."""
    codes = [code.strip() for code in (given or "en,fr").split(",")]
    chosen = tuple(dict.fromkeys([*filter(None, codes), SOURCE_LANGUAGE]))
    translated = _translated_languages()
    for code in chosen:
        if code in translated or (environment in UNTRANSLATED_ALLOWED and _is_locale(code)):
            continue
        problems.append(
            f"TRACKER_LANGUAGES names {code[:40]!r}, which has no translation here; "
            f"use one or more of {', '.join(translated)}."
        )
    return chosen


def _translated_languages() -> tuple[str, ...]:
    # A checkout has the source of a catalogue before it is compiled.
    catalogues = (PACKAGE / "translations").glob("*/LC_MESSAGES/messages.[mp]o")
    return tuple(sorted({SOURCE_LANGUAGE, *(path.parts[-3] for path in catalogues)}))


def _is_locale(code: str) -> bool:
    from babel import Locale, UnknownLocaleError  # slow, and hardly ever needed

    try:
        Locale.parse(code)
    except (ValueError, UnknownLocaleError):
        return False
    return True
