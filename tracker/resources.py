"""Finds the folders that stand at the top of a checkout and inside the installed package."""

from pathlib import Path

PACKAGE = Path(__file__).parent


def resource_dir(name: str) -> Path:
    """The folder ``templates``, ``migrations`` or ``seed``; ``FileNotFoundError`` without one."""
    for candidate in (PACKAGE / name, PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"the folder {name} is missing from this installation")


def default_instance_path() -> Path:
    """``instance/`` beside a checkout; the working directory's in an installed package."""
    checkout = PACKAGE.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / "instance"
    return Path.cwd() / "instance"


def translated_languages(source: str) -> tuple[str, ...]:
    """The codes of the languages of this installation; ``source`` is that of the sentences."""
    # A checkout has the source of a catalogue before it is compiled.
    catalogues = (PACKAGE / "translations").glob("*/LC_MESSAGES/messages.[mp]o")
    return tuple(sorted({source, *(path.parts[-3] for path in catalogues)}))


def is_locale(code: str) -> bool:
    """Whether Babel knows a language of this code."""
    from babel import Locale, UnknownLocaleError  # slow, and hardly ever needed

    try:
        Locale.parse(code)
    except (ValueError, UnknownLocaleError):
        return False
    return True
