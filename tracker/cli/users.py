"""``tracker user``: add, link, reset-second-step."""

import os
import sys

import click
from sqlalchemy.orm import Session

from tracker.cli.database import transaction
from tracker.cli.output import check_language
from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid, NotFound, Problem
from tracker.domain.messages import sentence
from tracker.domain.people import (
    check_password,
    check_place,
    parse_email,
    parse_name,
    roles_meeting,
)
from tracker.domain.roles import OPERATOR, Role
from tracker.queries.accounts import AccountRow, account_by_id, user_by_email
from tracker.queries.states import state_or_none
from tracker.services.accounts import Added, add_user, set_password
from tracker.services.invitations import invite
from tracker.services.passwords import hash_password
from tracker.services.second_factor import reset
from tracker.settings import Settings, load_settings


@click.group()
def user() -> None:
    """People."""


@user.command()
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--state", "iso3", help="ISO code of the State; for the roles of a State.")
@click.option("--language", default="en", show_default=True, help="Language of the pages.")
@click.option("--name", help="The person's name; the part before the @ if left out.")
@click.option(
    "--section", "sections", multiple=True, help="A section of a contributor; may be repeated."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(
    email: str,
    role: str,
    iso3: str | None,
    language: str,
    name: str | None,
    sections: tuple[str, ...],
    password_stdin: bool,
) -> None:
    """Give a role to the person with this address, and an account if there is none.

    Prints a single-use link on which the person chooses a password, unless there is one already
    or it is given on standard input, which replaces the one there is. Of an account that is found
    it says whose it is and which roles it has; its name and language stay.
    """
    settings = load_settings()
    address = parse_email(email)
    shown_name = parse_name(name or address.partition("@")[0])
    check_place(Role(role), for_a_state=iso3 is not None)
    check_language(language, settings)
    password = _read_password(address, shown_name) if password_stdin else None
    hashed = hash_password(password) if password else None
    with transaction(settings) as session:
        known = user_by_email(session, address)
        before = account_by_id(session, known.id) if known else None
        added = add_user(
            session,
            actor=OPERATOR,
            email=address,
            name=shown_name,
            role=Role(role),
            state_id=_state_id(session, iso3) if iso3 else None,
            language=language,
            sections=sections,
            clock=system_clock,
        )
        token = _way_in(session, added, hashed)
    if before:
        _tell_found(before, iso3.upper() if iso3 else None)
    held = "now" if added.granted else "already"
    click.echo(f"{address} is {held} {_role(role, iso3)}.", err=True)
    if token:
        _print_link(token, settings)


@user.command()
@click.argument("email")
def link(email: str) -> None:
    """Print a new single-use link for somebody whose password is lost, and mail one.

    The password there is works until a link is used.
    """
    settings, address = load_settings(), parse_email(email)
    with transaction(settings) as session:
        found = user_by_email(session, address)
        if found is None or not found.is_active:
            raise NotFound(Problem("unknown-user", "email", {"email": address}))
        token = invite(session, actor=OPERATOR, user_id=found.id, clock=system_clock)
    _print_link(token, settings)


@user.command("reset-second-step")
@click.argument("email")
@click.option("--reason", required=True, help="How the person was recognised; kept on record.")
def reset_second_step(email: str, reason: str) -> None:
    """Forget the app of somebody who lost it and the recovery codes.

    The person is signed out everywhere and sets up app or passkey at the next sign-in.
    """
    address = parse_email(email)
    with transaction(load_settings()) as session:
        found = user_by_email(session, address)
        if found is None:
            raise NotFound(Problem("unknown-user", "email", {"email": address}))
        reset(session, actor=OPERATOR, user_id=found.id, reason=reason, clock=system_clock)
    click.echo(f"The second step of {address} is reset.", err=True)


def _read_password(email: str, name: str) -> str:
    try:
        password = sys.stdin.buffer.read().decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise Invalid(Problem("password-not-text", "password")) from None
    check_password(password, email=email, name=name)
    return password


def _state_id(session: Session, iso3: str) -> int:
    found = state_or_none(session, iso3)
    if found is None:
        raise NotFound(Problem("unknown-state", "state", {"code": iso3[:80]}))
    return found.id


def _way_in(session: Session, added: Added, hashed: str | None) -> str | None:
    """Set the password, or make the token of the link that lets the person choose one."""
    if hashed:
        set_password(
            session,
            actor=OPERATOR,
            user_id=added.user_id,
            password_hash=hashed,
            clock=system_clock,
        )
        return None
    if not added.needs_link:
        return None
    return invite(session, actor=OPERATOR, user_id=added.user_id, clock=system_clock)


def _role(role: str, iso3: str | None) -> str:
    return f"{role} of {iso3.upper()}" if iso3 else role


def _tell_found(account: AccountRow, given: str | None) -> None:
    """Whose account has the address, so that a mistyped one is noticed."""
    roles = ", ".join(_role(row.role, row.iso3) for row in account.memberships) or "no role"
    click.echo(f"{account.email} is the account of {account.name}, until now {roles}.", err=True)
    places = {row.iso3 or None: row.iso3 for row in account.memberships} | {given: given or ""}
    for problem in roles_meeting(places, given):
        click.echo(f"Warning: {sentence(problem)}", err=True)


def _print_link(token: str, settings: Settings) -> None:
    click.echo(f"{settings.base_url}/invitations/{token}")
    if not os.environ.get("TRACKER_BASE_URL"):
        told = f"Where the site is not served at {settings.base_url}, set TRACKER_BASE_URL first."
        click.echo(told, err=True)
