"""A browser in two words, so that a person knows its own again. Nothing else of it is kept."""

from dataclasses import dataclass

# In this order: each one also names those below it.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Agent:
    """Names of browser and system; empty where they are not known."""

    browser: str = ""
    system: str = ""


def name_agent(user_agent: str) -> Agent:
    """What the browser says of itself, in two names."""
    return Agent(_first(user_agent, _BROWSERS), _first(user_agent, _SYSTEMS))


def _first(text: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in known if mark in text), "")
