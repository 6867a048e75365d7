"""The second step of signing in: what the services allow, with codes as an app computes them."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people import make_actor
from tracker.domain.account_events import AccountEventKind
from tracker.domain.clock import Clock
from tracker.domain.errors import Invalid, NotFound, NotPermitted
from tracker.domain.roles import Actor, Role
from tracker.domain.second_factor import SecondFactorFor, Standing, parse_code
from tracker.models import RecoveryCode
from tracker.models import Session as SignedIn
from tracker.queries.accounts import count_failures
from tracker.queries.sign_ins import (
    BrowserRow,
    browser_by_session,
    factor_of,
    list_account_events,
    list_sessions,
)
from tracker.services import second_factor, sessions
from tracker.services.tokens import token_hash

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
RULE = SecondFactorFor.SECRETARIAT


def at(moment: datetime) -> Clock:
    return lambda: moment


NOON = at(NOW)


def after(seconds: int) -> Clock:
    return at(NOW + timedelta(seconds=seconds))


@pytest.fixture
def reviewer(session: Session) -> Actor:
    return make_actor(session, Role.REVIEWER)


def key(actor: Actor) -> int:
    assert actor.user_id is not None
    return actor.user_id


def signed_in(session: Session, actor: Actor, clock: Clock = NOON) -> str:
    return sessions.start_session(session, user_id=key(actor), clock=clock)


def seen(
    session: Session,
    token: str,
    *,
    rule: SecondFactorFor = RULE,
    moment: datetime = NOW,
) -> BrowserRow | None:
    return browser_by_session(session, token_hash(token), moment, rule)


def standing(session: Session, token: str, rule: SecondFactorFor = RULE) -> Standing:
    row = seen(session, token, rule=rule)
    assert row
    return row.standing


class App:
    """An authenticator app that knows a secret."""

    def __init__(self, secret: str) -> None:
        self.totp = pyotp.TOTP(secret)

    def code(self, seconds: int = 0) -> str:
        return self.totp.at(NOW + timedelta(seconds=seconds))


def set_up(session: Session, actor: Actor) -> tuple[App, str, tuple[str, ...]]:
    """The app, the token of the session with both steps done, the recovery codes."""
    token = signed_in(session, actor)
    app = App(second_factor.begin_set_up(session, hashed_token=token_hash(token)))
    token, codes = second_factor.finish_set_up(
        session, actor=actor, hashed_token=token_hash(token), code=app.code(), clock=at(NOW)
    )
    return app, token, codes


def use(session: Session, actor: Actor, code: str, clock: Clock = NOON) -> bool:
    return second_factor.use_code(session, actor=actor, user_id=key(actor), code=code, clock=clock)


def kinds(session: Session, actor: Actor) -> list[AccountEventKind]:
    return [event.kind for event in list_account_events(session, key(actor))]


def test_whoever_needs_a_factor_is_the_public_until_there_is_one(
    session: Session, reviewer: Actor
) -> None:
    token = signed_in(session, reviewer)
    row = seen(session, token)
    assert row
    assert row.standing is Standing.ENROLMENT_NEEDED
    assert not row.actor.signed_in
    assert row.person == reviewer
    assert standing(session, token, SecondFactorFor.OFF) is Standing.SIGNED_IN


def test_a_focal_point_needs_one_only_where_all_do(session: Session) -> None:
    token = signed_in(session, make_actor(session, Role.FOCAL_POINT, "FRA"))
    assert standing(session, token) is Standing.SIGNED_IN
    assert standing(session, token, SecondFactorFor.ALL) is Standing.ENROLMENT_NEEDED


def test_half_a_sign_in_is_known_for_half_an_hour(session: Session, reviewer: Actor) -> None:
    token = signed_in(session, reviewer)
    assert seen(session, token, moment=NOW + timedelta(minutes=29))
    assert seen(session, token, moment=NOW + timedelta(minutes=30)) is None


def test_setting_up_replaces_the_session_and_ends_all_others(
    session: Session, reviewer: Actor
) -> None:
    elsewhere, here = signed_in(session, reviewer), signed_in(session, reviewer)
    app = App(second_factor.begin_set_up(session, hashed_token=token_hash(here)))
    token, codes = second_factor.finish_set_up(
        session, actor=reviewer, hashed_token=token_hash(here), code=app.code(), clock=at(NOW)
    )
    assert standing(session, token) is Standing.SIGNED_IN
    assert seen(session, here) is None
    assert seen(session, elsewhere) is None
    assert len(set(codes)) == 10
    assert [row.complete for row in list_sessions(session, key(reviewer), NOW)] == [True]
    assert kinds(session, reviewer) == [AccountEventKind.FACTOR_SET_UP]


def test_a_wrong_code_sets_nothing_up_and_the_key_stays(session: Session, reviewer: Actor) -> None:
    token = signed_in(session, reviewer)
    app = App(second_factor.begin_set_up(session, hashed_token=token_hash(token)))
    wrong = "000000" if app.code() != "000000" else "000001"
    with pytest.raises(Invalid) as refused:
        second_factor.finish_set_up(
            session, actor=reviewer, hashed_token=token_hash(token), code=wrong, clock=at(NOW)
        )
    assert refused.value.problem.code == "code-wrong-set-up"
    assert factor_of(session, key(reviewer)) is None
    row = seen(session, token)
    assert row
    assert row.pending_secret == app.totp.secret


def test_another_app_takes_the_place_of_the_first_after_both_steps(
    session: Session, reviewer: Actor
) -> None:
    first, token, codes = set_up(session, reviewer)
    app = App(second_factor.begin_set_up(session, hashed_token=token_hash(token)))
    second_factor.finish_set_up(
        session, actor=reviewer, hashed_token=token_hash(token), code=app.code(), clock=at(NOW)
    )
    assert not use(session, reviewer, first.code(30), after(30))
    assert not use(session, reviewer, codes[0])
    assert use(session, reviewer, app.code(30), after(30))


def test_the_password_alone_sets_up_no_second_app(session: Session, reviewer: Actor) -> None:
    set_up(session, reviewer)
    token = signed_in(session, reviewer)
    app = App(second_factor.begin_set_up(session, hashed_token=token_hash(token)))
    with pytest.raises(Invalid) as refused:
        second_factor.finish_set_up(
            session,
            actor=reviewer,
            hashed_token=token_hash(token),
            code=app.code(),
            clock=at(NOW),
        )
    assert refused.value.problem.code == "factor-there-already"


def test_a_key_belongs_to_the_browser_that_began(session: Session, reviewer: Actor) -> None:
    """Who knows the password alone cannot read the key that is being set up elsewhere."""
    here, elsewhere = signed_in(session, reviewer), signed_in(session, reviewer)
    app = App(second_factor.begin_set_up(session, hashed_token=token_hash(here)))
    row = seen(session, elsewhere)
    assert row
    assert row.pending_secret is None
    with pytest.raises(NotFound):
        second_factor.finish_set_up(
            session,
            actor=reviewer,
            hashed_token=token_hash(elsewhere),
            code=app.code(),
            clock=at(NOW),
        )


def test_a_code_works_once(session: Session, reviewer: Actor) -> None:
    app, _, _ = set_up(session, reviewer)
    assert not use(session, reviewer, app.code())  # that of setting up
    assert use(session, reviewer, app.code(30), after(30))
    assert not use(session, reviewer, app.code(30), after(31))
    assert not use(session, reviewer, app.code(0), after(31))  # nor an earlier one


@pytest.mark.parametrize(("apart", "taken"), [(30, True), (-30, True), (60, False), (-60, False)])
def test_clocks_may_differ_by_one_step(
    session: Session, reviewer: Actor, apart: int, taken: bool
) -> None:
    app, _, _ = set_up(session, reviewer)
    assert use(session, reviewer, app.code(300 + apart), after(300)) is taken


def test_a_recovery_code_works_once_and_is_kept_as_a_hash(
    session: Session, reviewer: Actor
) -> None:
    _, _, codes = set_up(session, reviewer)
    kept = set(session.scalars(select(RecoveryCode.code_hash)))
    assert kept == {token_hash(code) for code in codes}
    typed = parse_code(" ".join((codes[3][:4], codes[3][4:])).upper())
    assert use(session, reviewer, typed)
    assert not use(session, reviewer, typed)
    row = factor_of(session, key(reviewer))
    assert row
    assert row.codes_left == 9
    assert kinds(session, reviewer)[0] is AccountEventKind.RECOVERY_CODE_USED


def test_codes_of_others_do_not_work(session: Session, reviewer: Actor) -> None:
    _, _, codes = set_up(session, reviewer)
    other = make_actor(session, Role.REVIEWER)
    app, _, _ = set_up(session, other)
    assert not use(session, other, codes[0])
    assert not use(session, reviewer, app.code(30), after(30))


def test_new_recovery_codes_replace_the_old_ones(session: Session, reviewer: Actor) -> None:
    _, _, old = set_up(session, reviewer)
    new = second_factor.new_recovery_codes(session, actor=reviewer, clock=at(NOW))
    assert not use(session, reviewer, old[0])
    assert use(session, reviewer, new[0])


def test_the_session_after_the_code_is_a_new_one(session: Session, reviewer: Actor) -> None:
    set_up(session, reviewer)
    half = signed_in(session, reviewer)
    assert standing(session, half) is Standing.CODE_NEEDED
    whole = second_factor.renew(session, hashed_token=token_hash(half), clock=after(60))
    assert seen(session, half) is None
    assert standing(session, whole) is Standing.SIGNED_IN
    row = seen(session, whole)
    assert row
    assert row.confirmed_at == NOW  # when the password was typed


def test_wrong_codes_are_counted_apart_and_kept_for_a_day(
    session: Session, reviewer: Actor
) -> None:
    me, day = key(reviewer), timedelta(days=1)

    def counted(now: datetime) -> int:
        return count_failures(session, sessions.code_key(me), now=now, within=day)

    sessions.record_wrong_code(session, user_id=me, clock=at(NOW))
    sessions.record_failure(session, email="a@example.org", clock=after(3600))
    assert counted(NOW) == 1
    sessions.record_wrong_code(session, user_id=me, clock=after(86_400))
    assert counted(NOW + day) == 1
    sessions.forget_wrong_codes(session, user_id=me)
    assert counted(NOW + day) == 0


def test_it_is_removed_only_where_none_is_asked_for(session: Session, reviewer: Actor) -> None:
    set_up(session, reviewer)
    for rule in (RULE, SecondFactorFor.ALL):
        with pytest.raises(NotPermitted):
            second_factor.remove(
                session, actor=reviewer, rule=rule, this_browser=None, clock=at(NOW)
            )
    person = make_actor(session, Role.FOCAL_POINT, "FRA")
    _, here, codes = set_up(session, person)
    elsewhere = signed_in(session, person)
    second_factor.remove(
        session, actor=person, rule=RULE, this_browser=token_hash(here), clock=at(NOW)
    )
    assert standing(session, here) is Standing.SIGNED_IN
    assert seen(session, elsewhere) is None
    assert not use(session, person, codes[0])


def test_a_lost_factor_is_reset_by_another_administrator_with_a_reason(
    session: Session, reviewer: Actor
) -> None:
    administrator = make_actor(session, Role.ADMINISTRATOR)
    _, token, _ = set_up(session, reviewer)

    def reset(actor: Actor, user_id: int, reason: str = "Known by voice.") -> None:
        second_factor.reset(session, actor=actor, user_id=user_id, reason=reason, clock=at(NOW))

    for actor in (reviewer, make_actor(session, Role.FOCAL_POINT, "FRA")):
        with pytest.raises(NotPermitted):
            reset(actor, key(reviewer))
    with pytest.raises(NotPermitted):
        reset(administrator, key(administrator))
    with pytest.raises(Invalid):
        reset(administrator, key(reviewer), " ")
    assert seen(session, token)
    reset(administrator, key(reviewer))
    assert seen(session, token) is None
    assert session.scalars(select(SignedIn.id).where(SignedIn.ended_at.is_(None))).all() == []
    (event, *_) = list_account_events(session, key(reviewer))
    assert (event.kind, event.actor) == (AccountEventKind.FACTOR_RESET, administrator.name)
    assert event.facts == {"reason": "Known by voice."}


@pytest.mark.parametrize("typed", ["123 456", "123-456", "١٢٣٤٥٦", " 123456\n"])
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert parse_code(typed) == "123456"


@pytest.mark.parametrize("typed", ["", " ", "12345", "1234567", "abc", "x" * 5000, "\0"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        parse_code(typed)
