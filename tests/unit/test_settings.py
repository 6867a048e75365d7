"""Settings: safe defaults, and one sentence for each thing that is wrong."""

from pathlib import Path

import pytest

from tracker.settings import BadSettings, inspect_settings, load_settings

KEY = "a" * 40
PROVIDER = {
    "TRACKER_OIDC_ISSUER": "https://sso.example.org/realm/",
    "TRACKER_OIDC_CLIENT_ID": "tracker",
    "TRACKER_OIDC_CLIENT_SECRET": "of-the-provider",
    "TRACKER_OIDC_NAME": "Ministry",
}


def test_production_needs_a_key_and_a_base_url(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as bad:
        load_settings({"TRACKER_INSTANCE_PATH": str(tmp_path)})
    assert [problem.split()[0] for problem in bad.value.problems] == [
        "TRACKER_SECRET_KEY",
        "TRACKER_BASE_URL",
    ]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"TRACKER_SECRET_KEY": "short"}, "TRACKER_SECRET_KEY"),
        ({"TRACKER_BASE_URL": "http://tracker.example.org"}, "TRACKER_BASE_URL"),
        ({"TRACKER_BASE_URL": "https://tracker.example.org/path"}, "TRACKER_BASE_URL"),
        ({"TRACKER_BASE_URL": "tracker.example.org"}, "TRACKER_BASE_URL"),
        ({"TRACKER_BASE_URL": "https://a b"}, "TRACKER_BASE_URL"),
        ({"TRACKER_BASE_URL": "https://user:sesame@tracker.example.org"}, "TRACKER_BASE_URL"),
        ({"TRACKER_BASE_URL": "https://user@tracker.example.org"}, "TRACKER_BASE_URL"),
        ({"TRACKER_BASE_URL": "https://tracker.example.org?x=1"}, "TRACKER_BASE_URL"),
        ({"TRACKER_BASE_URL": "https://tracker.example.org#x"}, "TRACKER_BASE_URL"),
        ({"TRACKER_BASE_URL": "https://tracker.example.org:99999"}, "TRACKER_BASE_URL"),
        ({"TRACKER_BASE_URL": "https://tracker.example.org:port"}, "TRACKER_BASE_URL"),
        ({"TRACKER_BASE_URL": "https://tracker.example.org:"}, "TRACKER_BASE_URL"),
        ({"TRACKER_BASE_URL": "https://[::1"}, "TRACKER_BASE_URL"),
        ({"TRACKER_BASE_URL": "https://"}, "TRACKER_BASE_URL"),
        ({"TRACKER_INSTANCE_PATH": "/dev/null"}, "TRACKER_INSTANCE_PATH is /dev/null"),
        ({"TRACKER_ENV": "staging"}, "TRACKER_ENV"),
        ({"TRACKER_DATABSE_URL": "x"}, "TRACKER_DATABSE_URL"),
        ({"TRACKER_SCORING": "yes"}, "TRACKER_SCORING"),
        ({"TRACKER_SECOND_FACTOR": "everybody"}, "TRACKER_SECOND_FACTOR"),
        ({"TRACKER_TWO_TO_PUBLISH": "2"}, "TRACKER_TWO_TO_PUBLISH"),
        ({"TRACKER_METRICS_TOKEN": "short"}, "TRACKER_METRICS_TOKEN"),
        ({"TRACKER_METRICS_TOKEN": "with blanks " * 4}, "TRACKER_METRICS_TOKEN"),
        ({"TRACKER_METRICS_TOKEN": "é" * 40}, "TRACKER_METRICS_TOKEN"),
        ({"TRACKER_MIGRATION_DATABASE_URL": "postgresql://owner@db/tracker"}, "TRACKER_MIGRATION"),
        (
            {
                "TRACKER_DATABASE_URL": "postgresql://site@db/tracker",
                "TRACKER_MIGRATION_DATABASE_URL": "postgresql://owner@db/other",
            },
            "TRACKER_MIGRATION_DATABASE_URL names the database other",
        ),
        ({"TRACKER_LANGUAGES": "en,ar"}, "TRACKER_LANGUAGES"),
        ({"TRACKER_LANGUAGES": "english"}, "TRACKER_LANGUAGES"),
        ({"TRACKER_LANGUAGES": "en;fr"}, "TRACKER_LANGUAGES"),
        ({"TRACKER_LANGUAGES": "../fr"}, "TRACKER_LANGUAGES"),
        ({"TRACKER_SMTP_URL": "smtp://mail.example.org"}, "TRACKER_MAIL_FROM"),
        ({"TRACKER_MAIL_FROM": "Tracker"}, "TRACKER_MAIL_FROM"),
        ({"TRACKER_MAIL_FROM": "a@example.org, b@example.org"}, "TRACKER_MAIL_FROM"),
        ({"TRACKER_MAIL_FROM": "Ann\r\nBcc: x@y.org <a@example.org>"}, "TRACKER_MAIL_FROM"),
        ({"TRACKER_OIDC_NAME": "Ministry"}, "TRACKER_OIDC_ISSUER"),
        (PROVIDER | {"TRACKER_OIDC_ISSUER": "http://sso.example.org"}, "TRACKER_OIDC_ISSUER"),
        (PROVIDER | {"TRACKER_OIDC_ISSUER": "http://127.0.0.1:8080"}, "TRACKER_OIDC_ISSUER"),
        (PROVIDER | {"TRACKER_OIDC_ISSUER": "https://a:b@sso.example.org"}, "TRACKER_OIDC_ISSUER"),
        (PROVIDER | {"TRACKER_OIDC_ISSUER": "https://sso.example.org/?a=b"}, "TRACKER_OIDC_ISSUER"),
        (PROVIDER | {"TRACKER_OIDC_ISSUER": "https://sso.example.org:port"}, "TRACKER_OIDC_ISSUER"),
        (PROVIDER | {"TRACKER_OIDC_CLIENT_ID": ""}, "TRACKER_OIDC_CLIENT_ID"),
        (PROVIDER | {"TRACKER_OIDC_CLIENT_SECRET": ""}, "TRACKER_OIDC_CLIENT_SECRET"),
        (PROVIDER | {"TRACKER_OIDC_NAME": ""}, "TRACKER_OIDC_NAME"),
        (PROVIDER | {"TRACKER_OIDC_NAME": "x" * 61}, "TRACKER_OIDC_NAME"),
        (PROVIDER | {"TRACKER_OIDC_SECOND_STEP": "perhaps"}, "TRACKER_OIDC_SECOND_STEP"),
    ],
)
def test_each_wrong_setting_is_named(given: dict[str, str], named: str, tmp_path: Path) -> None:
    good = {
        "TRACKER_INSTANCE_PATH": str(tmp_path),
        "TRACKER_SECRET_KEY": KEY,
        "TRACKER_BASE_URL": "https://tracker.example.org",
    }
    load_settings(good)
    _, problems = inspect_settings(good | given)
    assert len(problems) == 1 and problems[0].startswith(named)


@pytest.mark.parametrize("address", ["https://tracker.example.org:8443", "https://[2001:db8::1]"])
def test_a_port_and_an_address_of_numbers_are_taken(address: str, tmp_path: Path) -> None:
    given = {"TRACKER_ENV": "development", "TRACKER_INSTANCE_PATH": str(tmp_path)}
    assert load_settings(given | {"TRACKER_BASE_URL": f"{address}/"}).base_url == address


MEMORY, BEGINS = "keeps the database in memory", "must begin with postgresql:// or sqlite:///"
PORT, SIGN = "has a port that is not a number", "holds a sign that must be escaped"


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("mysql://x", BEGINS),
        ("nonsense", BEGINS),
        ("sqlite:/tracker.sqlite3", BEGINS),
        ("sqlite://host/tracker.sqlite3", BEGINS),
        ("postgresql+psycopg2://user@db/tracker", BEGINS),
        ("sqlite://", MEMORY),
        ("sqlite:///", MEMORY),
        ("sqlite:///:memory:", MEMORY),
        ("sqlite:///file::memory:?uri=true", MEMORY),
        ("sqlite:///file:x?mode=memory&uri=true", MEMORY),
        ("postgresql://user:sesame@db:abc/tracker", PORT),
        ("postgresql://user:sesame@db:99999/tracker", PORT),
        ("postgresql://user:sesame@db:/tracker", PORT),
        ("postgresql://user:x@sesame@db/tracker", SIGN),
        ("postgresql://user:x/sesame@db/tracker", SIGN),
        ("postgresql://user:12/sesame@db/tracker", SIGN),
        ("postgresql://user:x?sesame@db/tracker", SIGN),
        ("postgresql://user:x#sesame@db/tracker", SIGN),
        ("postgresql://db:5432/tracker?password=x@sesame", SIGN),
    ],
)
@pytest.mark.parametrize("name", ["TRACKER_DATABASE_URL", "TRACKER_MIGRATION_DATABASE_URL"])
def test_an_address_that_is_none_is_told_without_its_password(
    name: str, address: str, says: str, tmp_path: Path
) -> None:
    given = {
        "TRACKER_ENV": "development",
        "TRACKER_INSTANCE_PATH": str(tmp_path),
        "TRACKER_DATABASE_URL": "postgresql://site@db/tracker",
    }
    settings, problems = inspect_settings(given | {name: address})
    assert len(problems) == 1 and problems[0].startswith(f"{name} {says}"), problems
    assert "sesame" not in f"{settings!r} {settings.masked()} {problems}"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://user@db/tracker?password=sesame",
        "postgresql://user@db/tracker?sslmode=require&pass%77ord=sesame",
        "postgresql://user@db/tracker?sslpassword=sesame&connect_timeout=5",
        "postgresql://user:sesame@/tracker?host=/run/postgresql",
    ],
)
def test_a_password_is_shown_in_no_part_of_an_address(address: str, tmp_path: Path) -> None:
    given = {"TRACKER_ENV": "development", "TRACKER_INSTANCE_PATH": str(tmp_path)}
    settings = load_settings(given | {"TRACKER_DATABASE_URL": address})
    assert "sesame" in settings.database_url
    assert "sesame" not in f"{settings!r} {settings.masked()}"
    assert "tracker" in settings.masked()["TRACKER_DATABASE_URL"]


def test_a_provider_is_named_to_the_letter_and_its_secret_is_not_shown(tmp_path: Path) -> None:
    given = PROVIDER | {"TRACKER_INSTANCE_PATH": str(tmp_path), "TRACKER_ENV": "development"}
    settings = load_settings(given | {"TRACKER_OIDC_SECOND_STEP": "on"})
    assert settings.provider is not None
    assert settings.provider.issuer == "https://sso.example.org/realm/"
    assert settings.provider.second_step
    assert "of-the-provider" not in f"{settings!r} {settings.masked()}"
    assert load_settings(given, environment="demonstration").provider is None
    on_loopback = load_settings(given | {"TRACKER_OIDC_ISSUER": "http://127.0.0.1:8080"})
    assert on_loopback.provider is not None


@pytest.mark.parametrize(
    ("given", "languages"),
    [
        ("", ("en", "fr")),
        ("en, fr", ("en", "fr")),
        (" fr ,en", ("fr", "en")),
        ("fr", ("fr", "en")),
        ("en,,en,", ("en",)),
        (",", ("en",)),
    ],
)
def test_english_is_always_a_language(
    given: str, languages: tuple[str, ...], tmp_path: Path
) -> None:
    settings = load_settings(
        {
            "TRACKER_INSTANCE_PATH": str(tmp_path),
            "TRACKER_SECRET_KEY": KEY,
            "TRACKER_BASE_URL": "https://tracker.example.org",
            "TRACKER_LANGUAGES": given,
        }
    )
    assert settings.languages == languages


@pytest.mark.parametrize("environment", ["development", "demonstration"])
def test_a_language_without_a_translation_can_be_tried(environment: str, tmp_path: Path) -> None:
    given = {
        "TRACKER_ENV": environment,
        "TRACKER_INSTANCE_PATH": str(tmp_path),
        "TRACKER_LANGUAGES": "en, fr, ar",
    }
    assert load_settings(given).languages == ("en", "fr", "ar")
    _, problems = inspect_settings(given | {"TRACKER_LANGUAGES": "en,qq,../fr"})
    assert [problem.split(",")[0] for problem in problems] == [
        "TRACKER_LANGUAGES names 'qq'",
        "TRACKER_LANGUAGES names '../fr'",
    ]


def test_development_makes_and_keeps_a_key(tmp_path: Path) -> None:
    environ = {"TRACKER_ENV": "development", "TRACKER_INSTANCE_PATH": str(tmp_path / "new")}
    first = load_settings(environ)
    assert len(first.secret_key) >= 32
    assert load_settings(environ).secret_key == first.secret_key
    assert (tmp_path / "new" / "secret_key").stat().st_mode & 0o077 == 0


def test_a_demonstration_never_uses_another_database(tmp_path: Path) -> None:
    settings = load_settings(
        {
            "TRACKER_INSTANCE_PATH": str(tmp_path),
            "TRACKER_DATABASE_URL": "postgresql://real/database",
        },
        environment="demonstration",
    )
    assert settings.database_url == f"sqlite:///{tmp_path.resolve() / 'demo.sqlite3'}"


def test_postgresql_addresses_name_the_driver(tmp_path: Path) -> None:
    settings, _ = inspect_settings(
        {
            "TRACKER_INSTANCE_PATH": str(tmp_path),
            "TRACKER_DATABASE_URL": "postgres://user:sesame@db/tracker",
        }
    )
    assert settings.database_url == "postgresql+psycopg://user:sesame@db/tracker"
    assert "sesame" not in settings.masked()["TRACKER_DATABASE_URL"]
    assert "sesame" not in repr(settings.masked())


@pytest.mark.parametrize(
    ("environment", "given", "of"),
    [
        ("production", "", "secretariat"),
        ("development", "", "secretariat"),
        ("demonstration", "", "off"),
        ("demonstration", "all", "all"),
        ("production", "off", "off"),
    ],
)
def test_the_secretariat_needs_a_second_step_unless_the_site_says_otherwise(
    environment: str, given: str, of: str, tmp_path: Path
) -> None:
    settings = load_settings(
        {
            "TRACKER_ENV": environment,
            "TRACKER_INSTANCE_PATH": str(tmp_path),
            "TRACKER_SECRET_KEY": KEY,
            "TRACKER_BASE_URL": "https://tracker.example.org",
            "TRACKER_SECOND_FACTOR": given,
        }
    )
    assert settings.second_factor == of
    assert settings.masked()["TRACKER_SECOND_FACTOR"] == of


def test_a_file_is_named_from_where_the_command_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {"TRACKER_ENV": "development", "TRACKER_INSTANCE_PATH": str(tmp_path / "instance")}
    found = load_settings(given | {"TRACKER_DATABASE_URL": "sqlite:///own.sqlite3"})
    assert found.database_url == f"sqlite:///{tmp_path}/own.sqlite3"
    for kept in ("sqlite:////srv/own.sqlite3", "sqlite:///file:/srv/own.sqlite3?mode=ro&uri=true"):
        assert load_settings(given | {"TRACKER_DATABASE_URL": kept}).database_url == kept
