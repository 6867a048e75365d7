"""The message catalogues, for whoever writes files without a web request."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations

CATALOGUES = Path(__file__).parents[1] / "translations"
SOURCE_LANGUAGE = "en"
Translate = Callable[[str], str]


@cache
def translator(language: str) -> Translate:
    """From the English sentence to the language; unchanged where there is no translation."""
    found: NullTranslations = Translations.load(CATALOGUES, [language])
    return found.gettext


def is_translated(language: str) -> bool:
    """Whether the tracker's own words exist in this language."""
    if language == SOURCE_LANGUAGE:
        return True
    return (CATALOGUES / language / "LC_MESSAGES" / "messages.mo").is_file()
