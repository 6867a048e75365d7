"""``tracker user add`` on a database of its own, as an operator runs it."""

import sys
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from tracker.cli.database import upgrade
from tracker.cli.group import main
from tracker.cli.setup import load_seed
from tracker.domain.account_events import AccountEventKind
from tracker.domain.clock import system_clock
from tracker.domain.roles import Role
from tracker.models import Invitation, Membership, OutgoingMail, SecondFactor, User
from tracker.models.engine import configure, write_intent
from tracker.queries.accounts import invited_account, user_by_email
from tracker.queries.sign_ins import list_account_events
from tracker.services.passwords import verify_password
from tracker.services.tokens import token_hash

GOOD = "yellow-canal-78-fog"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with the tables and the seed, made once."""
    folder = tmp_path_factory.mktemp("instance")
    engine = create_engine(f"sqlite:///{folder / 'tracker.sqlite3'}")
    configure(engine)
    upgrade(engine)
    with write_intent(), Session(engine) as session, session.begin():
        load_seed(session, demonstration=False)
    engine.dispose()
    return folder


@pytest.fixture
def database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("TRACKER_ENV", "development")
    monkeypatch.setenv("TRACKER_INSTANCE_PATH", str(folder))
    monkeypatch.setenv("TRACKER_BASE_URL", "https://tracker.example.org")
    monkeypatch.delenv("TRACKER_DATABASE_URL", raising=False)
    engine = create_engine(f"sqlite:///{folder / 'tracker.sqlite3'}")
    configure(engine)
    yield engine
    engine.dispose()


class Outcome:
    """What a command printed, and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def run(
    database: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> "Run":
    return Run(monkeypatch, capsys)


class Run:
    """Runs ``tracker user add`` in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Outcome:
        return self.command("add", *arguments, stdin=stdin)

    def command(self, name: str, *arguments: str, stdin: bytes = b"") -> Outcome:
        self.monkeypatch.setattr(sys, "argv", ["tracker", "user", name, *arguments])
        self.monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main()
        printed = self.capsys.readouterr()
        return Outcome(int(ended.value.code or 0), printed.out, printed.err)


def user_of(engine: Engine, email: str) -> tuple[User, list[Membership]] | None:
    with Session(engine, expire_on_commit=False) as session:
        user = session.scalars(select(User).where(User.email == email)).one_or_none()
        return (user, list(user.memberships)) if user else None


def test_prints_a_single_use_link_and_nothing_else(run: Run, database: Engine) -> None:
    ended = run("Ann@Example.org", "--role", "administrator", "--name", "Ann Lee")
    assert ended.code == 0
    assert ended.out.startswith("https://tracker.example.org/invitations/")
    token = ended.out.removesuffix("\n").rsplit("/", 1)[1]
    with Session(database) as session:
        account = invited_account(session, token_hash(token), system_clock())
        assert account
        assert (account.email, account.name) == ("ann@example.org", "Ann Lee")
        (row,) = session.scalars(select(Invitation).where(Invitation.user_id == account.id))
        assert row.created_by_id is None
    found = user_of(database, "ann@example.org")
    assert found
    assert [(row.role, row.state_id) for row in found[1]] == [(Role.ADMINISTRATOR, None)]


def test_again_gives_a_new_link_and_no_second_role(run: Run, database: Engine) -> None:
    first = run("again@example.org", "--role", "reviewer").out
    second = run("again@example.org", "--role", "reviewer")
    assert second.code == 0
    assert second.out.startswith("https://")
    assert second.out != first
    with Session(database) as session:
        old = token_hash(first.strip().rsplit("/", 1)[1])
        assert invited_account(session, old, system_clock()) is None
    found = user_of(database, "again@example.org")
    assert found
    assert len(found[1]) == 1


def test_a_further_role_of_the_same_person(run: Run, database: Engine) -> None:
    run("two@example.org", "--role", "observer", "--state", "fra")
    run("two@example.org", "--role", "contributor", "--state", "DEU", "--section", "II.a")
    found = user_of(database, "two@example.org")
    assert found
    assert [(row.role, row.sections) for row in found[1]] == [
        (Role.OBSERVER, []),
        (Role.CONTRIBUTOR, ["II.a"]),
    ]


def letters_to(database: Engine, email: str) -> list[str]:
    with Session(database) as session:
        query = select(OutgoingMail.kind).where(OutgoingMail.address == email)
        return list(session.scalars(query.order_by(OutgoingMail.id)))


def test_an_account_found_is_named_and_needs_no_link(run: Run, database: Engine) -> None:
    first = ("found@example.org", "--role", "observer", "--state", "FRA", "--name", "Fay Ondo")
    run(*first, "--password-stdin", stdin=f"{GOOD}\n".encode())
    assert letters_to(database, "found@example.org") == []
    again = run("Found@example.org", "--role", "observer", "--state", "DEU", "--name", "Other")
    assert (again.code, again.out) == (0, "")
    told, warning, done = again.err.splitlines()
    assert told == "found@example.org is the account of Fay Ondo, until now observer of FRA."
    assert "Roles of more than one State meet in this person: FRA, DEU." in warning
    assert done == "found@example.org is now observer of DEU."
    third = run("found@example.org", "--role", "reviewer")
    assert "until now observer of DEU, observer of FRA." in third.err
    assert "A role in the secretariat and a role of a State meet" in third.err
    assert run("found@example.org", "--role", "reviewer").out == ""
    assert letters_to(database, "found@example.org") == ["role-changed", "role-changed"]
    with Session(database) as session:
        account = user_by_email(session, "found@example.org")
        assert account and account.name == "Fay Ondo"
        assert (
            session.scalars(select(Invitation).where(Invitation.user_id == account.id)).all() == []
        )


def test_a_new_link_is_made_where_it_is_asked_for(run: Run, database: Engine) -> None:
    run("lost@example.org", "--role", "reviewer", "--password-stdin", stdin=f"{GOOD}\n".encode())
    made = run.command("link", "LOST@example.org")
    assert made.code == 0 and made.err == ""
    assert made.out.startswith("https://tracker.example.org/invitations/")
    with Session(database) as session:
        token = token_hash(made.out.strip().rsplit("/", 1)[1])
        assert invited_account(session, token, system_clock())
    assert letters_to(database, "lost@example.org") == ["invitation"]
    unknown = run.command("link", "nobody@example.org")
    assert unknown.code == 1 and "no active account" in unknown.err


def test_a_link_for_no_named_address_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACKER_BASE_URL")
    made = run("port@example.org", "--role", "reviewer")
    assert made.out.startswith("http://127.0.0.1:5000/invitations/")
    assert "not served at http://127.0.0.1:5000, set TRACKER_BASE_URL first." in made.err


def test_takes_the_password_from_standard_input(run: Run, database: Engine) -> None:
    ended = run(
        "pass@example.org",
        "--role",
        "focal-point",
        "--state",
        "FRA",
        "--language",
        "fr",
        "--password-stdin",
        stdin=f"{GOOD}\n".encode(),
    )
    assert (ended.code, ended.out) == (0, "")
    assert GOOD not in ended.err
    found = user_of(database, "pass@example.org")
    assert found
    assert found[0].language == "fr"
    verdict = verify_password(GOOD, found[0].password_hash)
    assert verdict.matches
    assert not verdict.outdated


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "sentence"),
    [
        (["--role", "focal-point"], b"", 2, "choose the State"),
        (["--role", "reviewer", "--state", "FRA"], b"", 2, "choose no State"),
        (["--role", "observer", "--state", "QQQ"], b"", 1, "no State with the code “QQQ”"),
        (["--role", "king"], b"", 2, "king"),
        (["--role", "reviewer", "--language", "xx"], b"", 2, "not one of the choices"),
        (["--role", "reviewer", "--section", "II.a"], b"", 2, "Only contributors"),
        (["--role", "contributor", "--state", "FRA"], b"", 2, "at least one section"),
        (
            ["--role", "contributor", "--state", "FRA", "--section", "XX.9"],
            b"",
            2,
            "There is no section",
        ),
        (["--role", "reviewer", "--password-stdin"], b"short\n", 2, "at least 12 characters"),
        (["--role", "reviewer", "--password-stdin"], b"", 2, "at least 12 characters"),
        (["--role", "reviewer", "--password-stdin"], b"password12345\n", 2, "easy to guess"),
        (["--role", "reviewer", "--password-stdin"], b"\xff" * 20, 2, "not UTF-8"),
        ([], b"", 2, "--role"),
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(
    run: Run, database: Engine, arguments: list[str], stdin: bytes, code: int, sentence: str
) -> None:
    ended = run("bad@example.org", *arguments, stdin=stdin)
    assert (ended.code, ended.out) == (code, "")
    assert sentence in ended.err
    assert "Traceback" not in ended.err
    assert user_of(database, "bad@example.org") is None


def test_an_address_that_is_none(run: Run) -> None:
    ended = run("nonsense", "--role", "reviewer")
    assert (ended.code, ended.out) == (2, "")
    assert "is not an e-mail address" in ended.err


def test_a_lost_second_step_is_reset_by_the_operator(run: Run, database: Engine) -> None:
    run("only@example.org", "--role", "administrator")
    found = user_of(database, "only@example.org")
    assert found
    key = found[0].id
    factor = SecondFactor(user_id=key, secret="A" * 32, last_step=0, set_up_at=system_clock())
    with write_intent(), Session(database) as session, session.begin():
        session.add(factor)
    assert run.command("reset-second-step", "only@example.org", "--reason", " ").code == 2
    assert run.command("reset-second-step", "none@example.org", "--reason", "x").code != 0
    done = run.command("reset-second-step", "ONLY@example.org", "--reason", "Seen in person.")
    assert done.code == 0
    with Session(database) as session:
        assert session.scalars(select(SecondFactor)).all() == []
        reset, *_ = list_account_events(session, key)
        assert (reset.kind, reset.actor) == (AccountEventKind.FACTOR_RESET, "")
        assert reset.facts == {"reason": "Seen in person."}
