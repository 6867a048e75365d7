"""Settings, read from ``TRACKER_*`` environment variables and from nowhere else.

Defaults are safe in production; what has no safe default must be given there.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tracker.database_url import (
    address_problems,
    mask_password,
    normalised_database_url,
    owner_problems,
)
from tracker.languages import read_languages
from tracker.provider_settings import (
    PROVIDER_NAMES,
    ProviderSettings,
    read_provider,
    shown_provider,
)
from tracker.resources import default_instance_path
from tracker.scanner_address import ScannerAddress, parse_scanner
from tracker.smtp_address import SmtpAddress, parse_sender, parse_smtp_url

ENVIRONMENTS = ("production", "development", "demonstration")
KNOWN = (
    "ENV",
    "DATABASE_URL",
    "MIGRATION_DATABASE_URL",
    "SECRET_KEY",
    "INSTANCE_PATH",
    "BASE_URL",
    "LANGUAGES",
    "SCORING",
    "SMTP_URL",
    "MAIL_FROM",
    "SECOND_FACTOR",
    "TWO_TO_PUBLISH",
    "METRICS_TOKEN",
    "CLAMAV",
    *PROVIDER_NAMES,
)
SECOND_FACTOR_FOR = ("secretariat", "all", "off")


class BadSettings(Exception):
    """The settings cannot be used; ``problems`` says which and why, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the deployment decides."""

    environment: str
    instance_path: Path
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    base_url: str
    languages: tuple[str, ...] = ("en", "fr")
    scoring: bool = False
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    second_factor: str = "secretariat"  # one of SECOND_FACTOR_FOR
    two_to_publish: bool = False
    metrics_token: str = field(default="", repr=False)
    clamav: str = ""
    provider: ProviderSettings | None = None  # None: nobody signs in elsewhere
    migration_database_url: str = field(default="", repr=False)  # "": the same as database_url
    cheap_password_hashing: bool = False
    testing: bool = False

    @property
    def demonstration(self) -> bool:
        """Whether this process serves demonstration data."""
        return self.environment == "demonstration"

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies can be limited to HTTPS."""
        return self.base_url.startswith("https://")

    @property
    def smtp(self) -> SmtpAddress | None:
        """Where mail is handed over; ``None``: nowhere. Nobody is written to in a demonstration."""
        if self.demonstration or not self.smtp_url:
            return None
        return parse_smtp_url(self.smtp_url)

    @property
    def scanner(self) -> ScannerAddress | None:
        """Who is asked about attached files; ``None``: nobody."""
        return parse_scanner(self.clamav) if self.clamav else None

    def masked(self) -> dict[str, str]:
        """The effective settings by variable name, secrets masked."""
        return {
            "TRACKER_ENV": self.environment,
            "TRACKER_INSTANCE_PATH": str(self.instance_path),
            "TRACKER_DATABASE_URL": mask_password(self.database_url),
            "TRACKER_MIGRATION_DATABASE_URL": mask_password(self.migration_database_url)
            or "not set",
            "TRACKER_SECRET_KEY": "set" if self.secret_key else "missing",
            "TRACKER_BASE_URL": mask_password(self.base_url) or "missing",
            "TRACKER_LANGUAGES": ",".join(self.languages),
            "TRACKER_SCORING": "on" if self.scoring else "off",
            "TRACKER_SMTP_URL": mask_password(self.smtp_url) or "not set",
            "TRACKER_MAIL_FROM": self.mail_from or "not set",
            "TRACKER_SECOND_FACTOR": self.second_factor,
            "TRACKER_TWO_TO_PUBLISH": "on" if self.two_to_publish else "off",
            "TRACKER_METRICS_TOKEN": "set" if self.metrics_token else "not set",
            "TRACKER_CLAMAV": self.clamav or "not set",
            **shown_provider(self.provider),
        }


def load_settings(
    environ: Mapping[str, str] | None = None, *, environment: str | None = None
) -> Settings:
    """Read the settings; ``BadSettings`` names everything that is wrong at once."""
    settings, problems = inspect_settings(environ, environment=environment)
    if problems:
        raise BadSettings(problems)
    return settings


def inspect_settings(
    environ: Mapping[str, str] | None = None, *, environment: str | None = None
) -> tuple[Settings, list[str]]:
    """The settings as they would be, and one sentence for each thing that is wrong."""
    given = os.environ if environ is None else environ
    values = {name: given.get(f"TRACKER_{name}", "").strip() for name in KNOWN}
    chosen = environment or values["ENV"] or "production"
    problems = _unknown_names(given)
    if chosen not in ENVIRONMENTS:
        problems.append(f"TRACKER_ENV is {chosen!r}; use one of {', '.join(ENVIRONMENTS)}.")
    instance = Path(values["INSTANCE_PATH"] or default_instance_path()).resolve()
    settings = Settings(
        environment=chosen,
        instance_path=instance,
        database_url=_database_url(values["DATABASE_URL"], instance, chosen),
        secret_key=_secret_key(values["SECRET_KEY"], instance, chosen, problems),
        base_url=(values["BASE_URL"] or _default_base_url(chosen)).rstrip("/"),
        languages=read_languages(values["LANGUAGES"], chosen, problems),
        scoring=_is_on("SCORING", values["SCORING"], problems),
        smtp_url=values["SMTP_URL"],
        mail_from=values["MAIL_FROM"],
        second_factor=_second_factor(values["SECOND_FACTOR"], chosen, problems),
        two_to_publish=_is_on("TWO_TO_PUBLISH", values["TWO_TO_PUBLISH"], problems),
        metrics_token=values["METRICS_TOKEN"],
        clamav=values["CLAMAV"],
        provider=_provider(values, chosen, problems),
        migration_database_url=normalised_database_url(values["MIGRATION_DATABASE_URL"]),
    )
    if os.path.exists(instance) and not os.path.isdir(instance):
        problems.append(f"TRACKER_INSTANCE_PATH is {instance}, which is no folder.")
    problems += _base_url_problems(settings)
    problems += _address_problems(settings)
    problems += _database_problems(settings)
    if settings.metrics_token and len(settings.metrics_token) < 32:
        problems.append("TRACKER_METRICS_TOKEN is shorter than 32 characters; make a longer one.")
    elif not re.fullmatch(r"[!-~]*", settings.metrics_token):
        problems.append("TRACKER_METRICS_TOKEN may hold letters A-Z, digits and signs, no blanks.")
    return settings, problems


def _unknown_names(given: Mapping[str, str]) -> list[str]:
    known = {f"TRACKER_{name}" for name in KNOWN}
    return [
        f"{name} is not a setting of the tracker; remove it or correct its name."
        for name in sorted(given)
        if name.startswith("TRACKER_") and not name.startswith("TRACKER_TEST_")
        if name not in known
    ]


def _database_url(given: str, instance: Path, environment: str) -> str:
    if environment == "demonstration":  # never any other database: design rule 10
        return f"sqlite:///{instance / 'demo.sqlite3'}"
    return normalised_database_url(given) or f"sqlite:///{instance / 'tracker.sqlite3'}"


def _default_base_url(environment: str) -> str:
    return "" if environment == "production" else "http://127.0.0.1:5000"


def _base_url_problems(settings: Settings) -> list[str]:
    if not settings.base_url:
        return [
            "TRACKER_BASE_URL is missing; give the public address, https://tracker.example.org."
        ]
    if not _is_site(settings.base_url):
        shown = mask_password(settings.base_url)
        return [
            f"TRACKER_BASE_URL is {shown!r}; give scheme and host, and a port if need be, only."
        ]
    if settings.environment == "production" and not settings.secure_cookies:
        return ["TRACKER_BASE_URL must begin with https:// in production."]
    return []


def _is_site(url: str) -> bool:
    """Whether it is scheme and host, perhaps a port, and nothing else."""
    try:
        parts = urlsplit(url)
        port_is_good = parts.port != 0 and not parts.netloc.endswith(":")
    except ValueError:
        return False
    plain = re.fullmatch(r"https?://[^\s/?#@\\]+", url)
    return bool(plain and parts.hostname and port_is_good)


def _database_problems(settings: Settings) -> list[str]:
    problems = address_problems("TRACKER_DATABASE_URL", settings.database_url)
    if settings.demonstration:
        return problems
    owner = settings.migration_database_url
    if owner:
        problems += address_problems("TRACKER_MIGRATION_DATABASE_URL", owner)
    return problems or owner_problems(settings.database_url, owner)


def _address_problems(settings: Settings) -> list[str]:
    problems = []
    given = (
        ("TRACKER_SMTP_URL", settings.smtp_url, parse_smtp_url),
        ("TRACKER_MAIL_FROM", settings.mail_from, parse_sender),
        ("TRACKER_CLAMAV", settings.clamav, parse_scanner),
    )
    for name, value, parse in given:
        try:
            if value:
                parse(value)
        except ValueError as error:
            problems.append(f"{name} {error}.")
    if settings.smtp_url and not settings.mail_from:
        problems.append("TRACKER_MAIL_FROM is missing; name the sender of the mail.")
    return problems


def _provider(
    values: Mapping[str, str], environment: str, problems: list[str]
) -> ProviderSettings | None:
    """Where people may sign in; the demonstration, whose sign-ins are public, sends nobody away."""
    if environment == "demonstration":
        return None
    return read_provider(values, production=environment == "production", problems=problems)


def _is_on(name: str, given: str, problems: list[str]) -> bool:
    """A switch that is off where nothing is said."""
    if given not in ("", "on", "off"):
        problems.append(f"TRACKER_{name} is {given[:40]!r}; use on or off.")
    return given == "on"


def _second_factor(given: str, environment: str, problems: list[str]) -> str:
    """Of whom a second step is asked; the demonstration, whose sign-ins are public, asks nobody."""
    chosen = given or ("off" if environment == "demonstration" else SECOND_FACTOR_FOR[0])
    if chosen not in SECOND_FACTOR_FOR:
        problems.append(
            f"TRACKER_SECOND_FACTOR is {given[:40]!r}; use one of {', '.join(SECOND_FACTOR_FOR)}."
        )
    return chosen


def _secret_key(given: str, instance: Path, environment: str, problems: list[str]) -> str:
    if given:
        if len(given) < 32:
            problems.append("TRACKER_SECRET_KEY is shorter than 32 characters; make a longer one.")
        return given
    if environment == "production":
        problems.append(
            "TRACKER_SECRET_KEY is missing; make one with: "
            'python -c "import secrets; print(secrets.token_urlsafe(48))".'
        )
        return ""
    return _kept_key(instance / "secret_key", problems)


def _kept_key(path: Path, problems: list[str]) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48), encoding="ascii")
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        problems.append(f"TRACKER_INSTANCE_PATH cannot be written: {error.strerror}: {path}.")
        return ""
