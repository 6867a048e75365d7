"""Passkeys: what the services accept of a device, and what they keep; every answer made by hand."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes

from tests.authenticator import PRESENT, Device
from tests.people import make_actor
from tracker.domain.account_events import AccountEventKind
from tracker.domain.clock import Clock
from tracker.domain.errors import Invalid, NotFound, NotPermitted
from tracker.domain.passkeys import PASSKEYS_ALLOWED, RelyingParty
from tracker.domain.roles import Actor, Role
from tracker.domain.second_factor import Assurance, SecondFactorFor, Standing, takes_mailed_code
from tracker.models import Passkey, RecoveryCode
from tracker.models import Session as SignedIn
from tracker.queries.passkeys import list_passkeys, passkey_owner
from tracker.queries.sign_ins import BrowserRow, browser_by_session, factor_of, list_account_events
from tracker.services import passkeys, second_factor, sessions
from tracker.services.passkey_ceremonies import creation_options, request_options
from tracker.services.tokens import token_hash

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
PARTY = RelyingParty("localhost", "http://localhost")
RULE = SecondFactorFor.SECRETARIAT


def at(moment: datetime) -> Clock:
    return lambda: moment


def later(**much: int) -> Clock:
    return at(NOW + timedelta(**much))


NOON = at(NOW)


@pytest.fixture
def reviewer(session: Session) -> Actor:
    return make_actor(session, Role.REVIEWER)


@pytest.fixture
def focal_point(session: Session) -> Actor:
    return make_actor(session, Role.FOCAL_POINT, "FRA")


def key(actor: Actor) -> int:
    assert actor.user_id is not None
    return actor.user_id


def signed_in(session: Session, actor: Actor, assurance: Assurance = Assurance.PASSWORD) -> str:
    return sessions.start_session(session, user_id=key(actor), clock=NOON, assurance=assurance)


def seen(session: Session, token: str, rule: SecondFactorFor = RULE) -> BrowserRow:
    row = browser_by_session(session, token_hash(token), NOW, rule)
    assert row
    return row


def to_create(session: Session, actor: Actor, token: str) -> str:
    return creation_options(
        PARTY,
        site_name="Tracker",
        owner=passkey_owner(session, key(actor)),
        challenge=passkeys.begin(session, hashed_token=token_hash(token), clock=NOON),
        known=list_passkeys(session, key(actor)),
    )


def to_get(session: Session, actor: Actor, token: str) -> str:
    challenge = passkeys.begin(session, hashed_token=token_hash(token), clock=NOON)
    known = list_passkeys(session, key(actor))
    return request_options(PARTY, challenge=challenge, known=known)


def keep(
    session: Session, actor: Actor, token: str, answer: str, clock: Clock = NOON, name: str = "mine"
) -> tuple[str, tuple[str, ...]]:
    return passkeys.add(
        session,
        actor=actor,
        hashed_token=token_hash(token),
        name=name,
        answer=answer,
        party=PARTY,
        clock=clock,
    )


def add(
    session: Session, actor: Actor, device: Device, token: str | None = None, name: str = "mine"
) -> tuple[str, tuple[str, ...]]:
    token = token or signed_in(session, actor)
    answer = device.create(to_create(session, actor, token))
    return keep(session, actor, token, answer, name=name)


def use(session: Session, actor: Actor, token: str, answer: str, clock: Clock = NOON) -> None:
    passkeys.use(
        session,
        actor=actor,
        hashed_token=token_hash(token),
        answer=answer,
        party=PARTY,
        clock=clock,
    )


def refused(code: str, act: Any, *arguments: Any, **named: Any) -> None:
    with pytest.raises(Invalid) as caught:
        act(*arguments, **named)
    assert caught.value.problem.code == code


def kinds(session: Session, actor: Actor) -> list[AccountEventKind]:
    return [event.kind for event in list_account_events(session, key(actor))]


class TestAdding:
    def test_the_first_one_is_a_second_step_and_brings_recovery_codes(
        self, session: Session, reviewer: Actor
    ) -> None:
        elsewhere, here = signed_in(session, reviewer), signed_in(session, reviewer)
        assert seen(session, here).standing is Standing.ENROLMENT_NEEDED
        token, codes = add(session, reviewer, Device(count=7), here, name="office computer")
        assert len(set(codes)) == 10
        assert seen(session, token).standing is Standing.SIGNED_IN
        assert not seen(session, token).has_app
        for ended in (elsewhere, here):
            assert browser_by_session(session, token_hash(ended), NOW, RULE) is None
        row = session.scalars(select(Passkey)).one()
        assert (row.name, row.sign_count, row.transports) == ("office computer", 7, ["internal"])
        assert row.used_at is None
        assert kinds(session, reviewer) == [AccountEventKind.PASSKEY_ADDED]
        (event,) = list_account_events(session, key(reviewer))
        assert event.facts == {"name": "office computer"}
        assert seen(session, signed_in(session, reviewer)).standing is Standing.CODE_NEEDED

    def test_what_is_kept_is_public(self, session: Session, reviewer: Actor) -> None:
        device = Device()
        add(session, reviewer, device)
        secret = device.key.private_numbers().private_value.to_bytes(32, "big")
        row = session.scalars(select(Passkey)).one()
        assert secret not in base64url_to_bytes(row.public_key)

    def test_a_second_one_and_an_app_leave_the_codes(
        self, session: Session, reviewer: Actor
    ) -> None:
        token, _ = add(session, reviewer, Device())
        before = set(session.scalars(select(RecoveryCode.code_hash)))
        token, codes = add(session, reviewer, Device(credential_id=b"another"), token, name="key")
        assert codes == ()
        second_factor.begin_set_up(session, hashed_token=token_hash(token))
        secret = seen(session, token).pending_secret
        assert secret
        token, codes = second_factor.finish_set_up(
            session,
            actor=reviewer,
            hashed_token=token_hash(token),
            code=pyotp.TOTP(secret).at(NOW),
            clock=NOON,
        )
        assert codes == ()
        assert set(session.scalars(select(RecoveryCode.code_hash))) == before
        row = factor_of(session, key(reviewer))
        assert row and row.set_up_at == NOW
        assert [passkey.name for passkey in row.passkeys] == ["mine", "key"]

    def test_half_a_sign_in_adds_none_beside_the_one_there_is(
        self, session: Session, reviewer: Actor
    ) -> None:
        add(session, reviewer, Device())
        half = signed_in(session, reviewer)
        answer = Device(credential_id=b"x").create(to_create(session, reviewer, half))
        refused("factor-there-already", keep, session, reviewer, half, answer)
        second_factor.begin_set_up(session, hashed_token=token_hash(half))
        with pytest.raises(Invalid):
            second_factor.finish_set_up(
                session, actor=reviewer, hashed_token=token_hash(half), code="123456", clock=NOON
            )
        assert len(session.scalars(select(Passkey)).all()) == 1

    def test_a_device_is_told_what_it_has_and_is_added_once(
        self, session: Session, reviewer: Actor, focal_point: Actor
    ) -> None:
        device = Device()
        token, _ = add(session, reviewer, device)
        told = json.loads(to_create(session, reviewer, token))
        (known,) = told["excludeCredentials"]
        assert (known["id"], known["transports"]) == (
            json.loads(device.create(json.dumps(told)))["id"],
            ["internal"],
        )
        refused("passkey-there-already", add, session, reviewer, device, token)
        refused("passkey-there-already", add, session, focal_point, device)
        assert len(session.scalars(select(Passkey)).all()) == 1
        assert session.scalars(select(RecoveryCode.user_id).distinct()).all() == [key(reviewer)]

    def test_there_is_a_limit(self, session: Session, focal_point: Actor) -> None:
        token = signed_in(session, focal_point)
        for number in range(PASSKEYS_ALLOWED):
            token, _ = add(session, focal_point, Device(credential_id=bytes([number + 1])), token)
        refused("passkeys-enough", add, session, focal_point, Device(), token)

    def test_nothing_of_the_person_is_told_but_name_and_address(
        self, session: Session, reviewer: Actor
    ) -> None:
        told = json.loads(to_create(session, reviewer, signed_in(session, reviewer)))
        assert told["rp"] == {"id": "localhost", "name": "Tracker"}
        assert told["attestation"] == "none"
        assert told["authenticatorSelection"]["userVerification"] == "preferred"
        assert told["timeout"] == 300_000
        assert str(key(reviewer)) != told["user"]["id"]


BENT: list[dict[str, Any]] = [
    {"origin": "http://localhost:8000"},
    {"origin": "https://localhost"},
    {"origin": "http://localhost.evil.example"},
    {"rp_id": "evil.example"},
    {"challenge": "AAAA"},
    {"type": "webauthn.nonsense"},
]
NONSENSE = (
    "",
    "{",
    "[]",
    "null",
    '"text"',
    "{}",
    '{"id": 5}',
    '{"id": "AA"}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
    "[" * 20_000,
    "x" * 20_001,
)


def unreadable(answer: str) -> list[str]:
    """The answer with one part after the other replaced by what cannot be read."""
    made = []
    for part in json.loads(answer)["response"]:
        for wrong in (None, 5, "", "%", "AAAA", "A" * 5000):
            told = json.loads(answer)
            if part != "transports":
                told["response"][part] = wrong
                made.append(json.dumps(told))
    return [*made, *NONSENSE]


class TestRefusedWhenAdding:
    @pytest.mark.parametrize("bent", BENT, ids=str)
    def test_what_was_made_for_elsewhere(
        self, session: Session, reviewer: Actor, bent: dict[str, Any]
    ) -> None:
        token = signed_in(session, reviewer)
        answer = Device().create(to_create(session, reviewer, token), **bent)
        refused("passkey-refused", keep, session, reviewer, token, answer)
        assert session.scalars(select(Passkey)).all() == []
        assert seen(session, token).challenge is None

    def test_a_name_longer_than_any_device_gives(self, session: Session, reviewer: Actor) -> None:
        token = signed_in(session, reviewer)
        for length, taken in ((1_024, False), (1_023, True)):
            answer = Device(credential_id=b"x" * length).create(to_create(session, reviewer, token))
            if taken:
                assert keep(session, reviewer, token, answer)
            else:
                refused("passkey-refused", keep, session, reviewer, token, answer)

    def test_what_cannot_be_read(self, session: Session, reviewer: Actor) -> None:
        token = signed_in(session, reviewer)
        honest = Device().create(to_create(session, reviewer, token))
        for answer in unreadable(honest):
            to_create(session, reviewer, token)
            refused("passkey-refused", keep, session, reviewer, token, answer)
        assert session.scalars(select(Passkey)).all() == []

    def test_nobody_there(self, session: Session, reviewer: Actor) -> None:
        refused("passkey-refused", add, session, reviewer, Device(flags=0))

    def test_late_twice_and_unasked(self, session: Session, reviewer: Actor) -> None:
        token = signed_in(session, reviewer)
        answer = Device().create(to_create(session, reviewer, token))
        refused("passkey-too-late", keep, session, reviewer, token, answer, later(minutes=5))
        refused("passkey-too-late", keep, session, reviewer, token, answer)
        answer = Device().create(to_create(session, reviewer, token))
        token, _ = keep(session, reviewer, token, answer, later(minutes=4, seconds=59))
        refused("passkey-too-late", keep, session, reviewer, token, answer)

    def test_the_challenge_of_another_browser(self, session: Session, reviewer: Actor) -> None:
        here, there = signed_in(session, reviewer), signed_in(session, reviewer)
        answer = Device().create(to_create(session, reviewer, there))
        to_create(session, reviewer, here)
        refused("passkey-refused", keep, session, reviewer, here, answer)


class TestUsing:
    @pytest.fixture
    def device(self, session: Session, reviewer: Actor) -> Device:
        device = Device(count=10)
        add(session, reviewer, device)
        return device

    def test_it_signs_in_and_is_noted(
        self, session: Session, reviewer: Actor, device: Device
    ) -> None:
        half = signed_in(session, reviewer)
        sessions.record_wrong_code(session, user_id=key(reviewer), clock=NOON)
        use(session, reviewer, half, device.get(to_get(session, reviewer, half)), later(minutes=1))
        row = session.scalars(select(Passkey)).one()
        assert (row.sign_count, row.used_at) == (11, NOW + timedelta(minutes=1))
        assert kinds(session, reviewer) == [AccountEventKind.PASSKEY_ADDED]

    def test_without_finger_or_pin_it_does_too(self, session: Session, reviewer: Actor) -> None:
        device = Device(flags=PRESENT)
        add(session, reviewer, device)
        half = signed_in(session, reviewer)
        for _ in range(2):  # it counts nothing
            use(session, reviewer, half, device.get(to_get(session, reviewer, half)))

    @pytest.mark.parametrize("bent", BENT, ids=str)
    def test_what_was_signed_for_elsewhere_is_refused(
        self, session: Session, reviewer: Actor, device: Device, bent: dict[str, Any]
    ) -> None:
        half = signed_in(session, reviewer)
        answer = device.get(to_get(session, reviewer, half), **bent)
        refused("passkey-refused", use, session, reviewer, half, answer)
        assert seen(session, half).challenge is None
        assert session.scalars(select(Passkey.used_at)).one() is None

    def test_an_answer_counts_once_and_for_five_minutes(
        self, session: Session, reviewer: Actor, device: Device
    ) -> None:
        half = signed_in(session, reviewer)
        answer = device.get(to_get(session, reviewer, half))
        use(session, reviewer, half, answer)
        refused("passkey-too-late", use, session, reviewer, half, answer)
        to_get(session, reviewer, half)
        refused("passkey-refused", use, session, reviewer, half, answer)
        answer = device.get(to_get(session, reviewer, half))
        refused("passkey-too-late", use, session, reviewer, half, answer, later(minutes=5))

    def test_what_cannot_be_read_is_refused(
        self, session: Session, reviewer: Actor, device: Device
    ) -> None:
        half = signed_in(session, reviewer)
        for answer in unreadable(device.get(to_get(session, reviewer, half))):
            to_get(session, reviewer, half)
            refused("passkey-refused", use, session, reviewer, half, answer)

    def test_another_key_under_its_name_is_refused(
        self, session: Session, reviewer: Actor, device: Device
    ) -> None:
        half = signed_in(session, reviewer)
        thief = Device(count=50)
        assert thief.credential_id == device.credential_id
        answer = thief.get(to_get(session, reviewer, half))
        refused("passkey-refused", use, session, reviewer, half, answer)

    def test_somebody_elses_is_refused(
        self, session: Session, reviewer: Actor, focal_point: Actor, device: Device
    ) -> None:
        other = Device(credential_id=b"of the focal point", count=3)
        add(session, focal_point, other)
        half = signed_in(session, reviewer)
        answer = other.get(to_get(session, reviewer, half))
        refused("passkey-refused", use, session, reviewer, half, answer)

    def test_making_one_is_no_signing_in(
        self, session: Session, reviewer: Actor, device: Device
    ) -> None:
        half = signed_in(session, reviewer)
        answer = device.create(to_create(session, reviewer, half))
        refused("passkey-refused", use, session, reviewer, half, answer)

    @pytest.mark.parametrize("count", [0, 8, 9])
    def test_a_counter_that_went_back_is_refused_and_recorded(
        self, session: Session, reviewer: Actor, device: Device, count: int
    ) -> None:
        half = signed_in(session, reviewer)
        device.count = count
        answer = device.get(to_get(session, reviewer, half))
        refused("passkey-copied", use, session, reviewer, half, answer)
        assert AccountEventKind.PASSKEY_COPIED in kinds(session, reviewer)
        row = session.scalars(select(Passkey)).one()
        assert (row.sign_count, row.used_at) == (10, None)

    def test_a_recovery_code_does_as_well(
        self, session: Session, focal_point: Actor, reviewer: Actor
    ) -> None:
        _, codes = add(session, focal_point, Device())

        def works(code: str) -> bool:
            return second_factor.use_code(
                session, actor=focal_point, user_id=key(focal_point), code=code, clock=NOON
            )

        assert not works("123456")
        assert works(codes[0])
        assert not works(codes[0])
        new = second_factor.new_recovery_codes(session, actor=focal_point, clock=NOON)
        assert works(new[0])

    def test_an_ended_session_has_no_challenge(
        self, session: Session, reviewer: Actor, device: Device
    ) -> None:
        half = signed_in(session, reviewer)
        answer = device.get(to_get(session, reviewer, half))
        sessions.end_session(session, hashed_token=token_hash(half), clock=NOON)
        with pytest.raises(NotFound):
            use(session, reviewer, half, answer)
        with pytest.raises(NotFound):
            passkeys.begin(session, hashed_token=token_hash(half), clock=NOON)
        challenges = select(SignedIn.passkey_challenge)
        assert set(session.scalars(challenges)) == {None}


class TestRemoving:
    def take_away(
        self, session: Session, actor: Actor, name: str = "mine", but: str | None = None
    ) -> None:
        (public_id,) = session.scalars(select(Passkey.public_id).where(Passkey.name == name))
        passkeys.remove(
            session, actor=actor, rule=RULE, public_id=public_id, this_browser=but, clock=NOON
        )

    def test_the_last_one_goes_with_the_codes_where_none_is_asked(
        self, session: Session, focal_point: Actor
    ) -> None:
        token, _ = add(session, focal_point, Device())
        other = signed_in(session, focal_point, Assurance.SECOND_FACTOR)
        self.take_away(session, focal_point, but=token_hash(token))
        assert factor_of(session, key(focal_point)) is None
        assert session.scalars(select(RecoveryCode)).all() == []
        assert seen(session, token).standing is Standing.SIGNED_IN
        assert browser_by_session(session, token_hash(other), NOW, RULE) is None
        assert kinds(session, focal_point)[0] is AccountEventKind.PASSKEY_REMOVED

    def test_the_last_one_stays_where_one_is_asked(self, session: Session, reviewer: Actor) -> None:
        token, _ = add(session, reviewer, Device())
        with pytest.raises(NotPermitted):
            self.take_away(session, reviewer)
        add(session, reviewer, Device(credential_id=b"another"), token, name="another")
        self.take_away(session, reviewer)
        assert len(session.scalars(select(RecoveryCode)).all()) == 10
        with pytest.raises(NotPermitted):
            self.take_away(session, reviewer, "another")

    def test_nobody_removes_anothers(
        self, session: Session, reviewer: Actor, focal_point: Actor
    ) -> None:
        add(session, reviewer, Device())
        with pytest.raises(NotFound):
            self.take_away(session, focal_point)

    def test_the_app_may_go_beside_a_passkey(self, session: Session, reviewer: Actor) -> None:
        token, _ = add(session, reviewer, Device())
        with pytest.raises(NotFound):
            second_factor.remove(session, actor=reviewer, rule=RULE, this_browser=None, clock=NOON)
        secret = second_factor.begin_set_up(session, hashed_token=token_hash(token))
        second_factor.finish_set_up(
            session,
            actor=reviewer,
            hashed_token=token_hash(token),
            code=pyotp.TOTP(secret).at(NOW),
            clock=NOON,
        )
        second_factor.remove(session, actor=reviewer, rule=RULE, this_browser=None, clock=NOON)
        row = factor_of(session, key(reviewer))
        assert row and row.set_up_at is None and row.codes_left == 10
        with pytest.raises(NotPermitted):
            self.take_away(session, reviewer)

    def test_a_reset_forgets_passkeys_too(self, session: Session, reviewer: Actor) -> None:
        add(session, reviewer, Device())
        second_factor.reset(
            session,
            actor=make_actor(session, Role.ADMINISTRATOR),
            user_id=key(reviewer),
            reason="by telephone",
            clock=NOON,
        )
        assert factor_of(session, key(reviewer)) is None
        assert session.scalars(select(RecoveryCode)).all() == []
        half = signed_in(session, reviewer)
        assert seen(session, half).standing is Standing.ENROLMENT_NEEDED


def test_who_has_a_passkey_is_mailed_no_code(session: Session, focal_point: Actor) -> None:
    add(session, focal_point, Device())
    row = seen(session, signed_in(session, focal_point), SecondFactorFor.ALL)
    assert row.standing is Standing.CODE_NEEDED
    assert not takes_mailed_code(SecondFactorFor.ALL, row.person, enrolled=row.enrolled)
    mailed = signed_in(session, focal_point, Assurance.MAILED_CODE)
    assert seen(session, mailed, SecondFactorFor.ALL).standing is Standing.CODE_NEEDED
