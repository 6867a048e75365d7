"""The address of the mail server: what it means; what is refused, without telling the password."""

from pathlib import Path

import pytest

from tracker.settings import inspect_settings
from tracker.smtp_address import SmtpAddress, parse_sender, parse_smtp_url

GOOD = {
    "TRACKER_SECRET_KEY": "a" * 40,
    "TRACKER_BASE_URL": "https://tracker.example.org",
    "TRACKER_MAIL_FROM": "Tracker <tracker@example.org>",
}


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("smtp://mail.example.org", SmtpAddress("smtp", "mail.example.org", 25)),
        ("smtps://mail.example.org", SmtpAddress("smtps", "mail.example.org", 465)),
        (
            "smtp+starttls://me%40example.org:p%2Fw%40d@mail.example.org:2587",
            SmtpAddress("smtp+starttls", "mail.example.org", 2587, "me@example.org", "p/w@d"),
        ),
        ("smtp://u:p@localhost", SmtpAddress("smtp", "localhost", 25, "u", "p")),
    ],
)
def test_an_address_says_where_how_and_as_whom(url: str, meant: SmtpAddress) -> None:
    assert parse_smtp_url(url) == meant


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://u:canary@mail.example.org",
        "smtp://u:canary@mail.example.org",  # in the clear, over the network
        "smtps://u:canary@mail.example.org:port",
        "smtps://u:canary@mail.example.org:99999",
        "smtps://u:canary@mail.example.org/inbox",
        "smtps://u:canary@mail.example.org?x=1",
        "smtps://:canary@mail.example.org",
        "smtps://somebody@mail.example.org",
        "smtps://u:canary@",
        "smtps://u:canary@[::1",
        "smtps://u:can/canary@mail.example.org",
        "smtps://u:can@#?canary@mail.example.org",
    ],
)
def test_what_is_wrong_is_said_without_the_password(url: str, tmp_path: Path) -> None:
    given = GOOD | {"TRACKER_INSTANCE_PATH": str(tmp_path), "TRACKER_SMTP_URL": url}
    settings, problems = inspect_settings(given)
    assert "canary" not in settings.masked()["TRACKER_SMTP_URL"]
    (problem,) = problems
    assert problem.startswith("TRACKER_SMTP_URL ")
    assert "canary" not in problem


def test_the_password_is_masked_where_settings_are_shown(tmp_path: Path) -> None:
    url = "smtp+starttls://tracker:canary@mail.example.org"
    settings, problems = inspect_settings(
        GOOD | {"TRACKER_INSTANCE_PATH": str(tmp_path), "TRACKER_SMTP_URL": url}
    )
    assert not problems
    shown = settings.masked()["TRACKER_SMTP_URL"]
    assert shown == "smtp+starttls://tracker:***@mail.example.org"
    assert "canary" not in repr(settings) + repr(settings.smtp)


def test_a_sender_may_have_a_name_in_any_script() -> None:
    sender = parse_sender("Secrétariat <tracker@example.org>")
    assert (sender.display_name, sender.addr_spec) == ("Secrétariat", "tracker@example.org")
    assert parse_sender("tracker@example.org").domain == "example.org"
