"""One answer of a device, sent by several tabs at once on connections of their own, counts once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from tests.authenticator import Device
from tracker.domain.clock import system_clock
from tracker.domain.errors import Invalid
from tracker.domain.passkeys import RelyingParty
from tracker.domain.roles import Actor
from tracker.models import Passkey, User
from tracker.models import Session as SignedIn
from tracker.models.engine import write_intent
from tracker.queries.passkeys import list_passkeys, passkey_owner
from tracker.services import passkeys, second_factor, sessions
from tracker.services.passkey_ceremonies import (
    creation_options,
    made,
    read_answer,
    request_options,
)
from tracker.services.tokens import token_hash

PARTY = RelyingParty("localhost", "http://localhost")
TABS = 6


@pytest.fixture
def person(engine: Engine) -> Iterator[int]:
    """An account that stands in the database for all connections."""
    with write_intent(), Session(engine) as session, session.begin():
        user = User(
            email="tabs@example.org",
            name="Tabs",
            language="en",
            is_active=True,
            created_at=system_clock(),
        )
        session.add(user)
        session.flush()
        user_id = user.id
    yield user_id
    with write_intent(), Session(engine) as session, session.begin():
        for table in (Passkey, SignedIn):
            session.execute(delete(table).where(table.user_id == user_id))
        session.execute(delete(User).where(User.id == user_id))


def half_signed_in(session: Session, user_id: int, device: Device) -> tuple[str, str]:
    """The token of a browser, and the answer of the device to the challenge that stands there."""
    token = sessions.start_session(session, user_id=user_id, clock=system_clock)
    owner = passkey_owner(session, user_id)
    options = creation_options(PARTY, site_name="x", owner=owner, challenge="A" * 43, known=())
    new = made(read_answer(device.create(options)), PARTY, "A" * 43)
    session.add(
        Passkey(
            user_id=user_id,
            name="key",
            credential_id=new.credential_id,
            public_key=new.public_key,
            sign_count=new.sign_count,
            transports=[],
            made_at=system_clock(),
        )
    )
    challenge = passkeys.begin(session, hashed_token=token_hash(token), clock=system_clock)
    known = list_passkeys(session, user_id)
    return token, device.get(request_options(PARTY, challenge=challenge, known=known))


def test_an_answer_sent_by_many_tabs_counts_once(engine: Engine, person: int) -> None:
    with write_intent(), Session(engine) as session, session.begin():
        token, answer = half_signed_in(session, person, Device())  # whose counter would not tell

    def send(_: int) -> str:
        with write_intent(), Session(engine) as session:
            second_factor.lock(session, person)
            try:
                passkeys.use(
                    session,
                    actor=Actor(user_id=person),
                    hashed_token=token_hash(token),
                    answer=answer,
                    party=PARTY,
                    clock=system_clock,
                )
            except Invalid as error:
                session.commit()
                return error.problem.code
            session.commit()
            return "signed-in"

    with ThreadPoolExecutor(TABS) as pool:
        told = sorted(pool.map(send, range(TABS)))
    assert told == ["passkey-too-late"] * (TABS - 1) + ["signed-in"]
