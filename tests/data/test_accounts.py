"""People, their roles, their links and sessions: what services allow and refuse."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.outbox import mails
from tests.people import make_actor, make_user, state_id
from tracker.domain.clock import Clock
from tracker.domain.errors import Invalid, NotFound, NotPermitted, WrongStatus
from tracker.domain.roles import OPERATOR, Actor, Role
from tracker.domain.second_factor import SecondFactorFor
from tracker.models import Invitation, Membership, SignInFailure, User
from tracker.models import Session as SignedIn
from tracker.queries.accounts import (
    actor_of,
    count_failures,
    credentials_of,
    invited_account,
    list_manageable_accounts,
)
from tracker.queries.sign_ins import browser_by_session, list_sessions
from tracker.services import accounts, invitations, sessions
from tracker.services.accounts import Added
from tracker.services.passwords import hash_password, verify_password
from tracker.services.tokens import token_hash

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
GOOD = "yellow-canal-78-fog"
HASH = hash_password(GOOD, cheap=True)


def at(moment: datetime) -> Clock:
    return lambda: moment


@pytest.fixture
def administrator(session: Session) -> Actor:
    return make_actor(session, Role.ADMINISTRATOR)


@pytest.fixture
def focal_point(session: Session) -> Actor:
    return make_actor(session, Role.FOCAL_POINT, "FRA")


def add(
    session: Session,
    actor: Actor,
    email: str = "new@example.org",
    role: Role = Role.OBSERVER,
    iso3: str | None = "FRA",
    sections: tuple[str, ...] = (),
) -> Added:
    return accounts.add_user(
        session,
        actor=actor,
        email=email,
        name="New Person",
        role=role,
        state_id=state_id(session, iso3) if iso3 else None,
        language="en",
        sections=sections,
        clock=at(NOW),
    )


def accept(session: Session, token: str, moment: datetime = NOW) -> int:
    return invitations.accept_invitation(
        session,
        token=token,
        name="Chosen Name",
        language="fr",
        password_hash=HASH,
        clock=at(moment),
    )


def roles(session: Session, user_id: int) -> set[tuple[Role, int | None]]:
    held = actor_of(session, session.get_one(User, user_id)).grants
    return {(grant.role, grant.state_id) for grant in held}


def signed_in(session: Session, user_id: int, moment: datetime = NOW) -> str:
    return sessions.start_session(session, user_id=user_id, clock=at(moment))


def is_signed_in(session: Session, token: str, moment: datetime = NOW) -> bool:
    return browser_by_session(session, token_hash(token), moment, SecondFactorFor.OFF) is not None


class TestGivingRoles:
    def test_a_new_address_gets_an_account_without_password(
        self, session: Session, administrator: Actor
    ) -> None:
        added = add(session, administrator, role=Role.FOCAL_POINT)
        assert added == Added(added.user_id, granted=True, needs_link=True)
        assert roles(session, added.user_id) == {(Role.FOCAL_POINT, state_id(session, "FRA"))}
        assert credentials_of(session, "new@example.org") is None

    def test_a_known_address_gets_the_further_role(
        self, session: Session, administrator: Actor
    ) -> None:
        first = add(session, OPERATOR)
        accounts.set_password(
            session, actor=OPERATOR, user_id=first.user_id, password_hash=HASH, clock=at(NOW)
        )
        second = add(session, administrator, role=Role.REVIEWER, iso3=None)
        assert second == Added(first.user_id, granted=True, needs_link=False)
        assert len(roles(session, first.user_id)) == 2
        again = add(session, administrator, role=Role.REVIEWER, iso3=None)
        assert not again.granted
        assert len(roles(session, first.user_id)) == 2

    def test_a_role_whose_last_day_is_over_is_given_again(
        self, session: Session, administrator: Actor
    ) -> None:
        first = add(session, administrator)
        row = session.scalars(select(Membership).where(Membership.user_id == first.user_id)).one()
        row.ends_at = NOW
        assert add(session, administrator).granted

    def test_who_has_a_password_gets_a_letter_in_their_language(
        self, session: Session, administrator: Actor
    ) -> None:
        person = make_user(session, Role.OBSERVER, "FRA", language="fr")
        add(session, administrator, person.email, Role.FOCAL_POINT)
        assert mails(session) == []  # an invitation comes instead
        person.password_hash = HASH
        add(session, administrator, person.email, Role.REVIEWER, None)
        (letter,) = mails(session)
        assert (letter.user_id, letter.language) == (person.id, "fr")
        assert letter.data == {"event": "role-given", "role": "reviewer", "state": {}}

    @pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.OBSERVER, Role.FOCAL_POINT])
    def test_a_focal_point_gives_the_roles_of_its_own_state(
        self, session: Session, focal_point: Actor, role: Role
    ) -> None:
        sections = ("II.a",) if role is Role.CONTRIBUTOR else ()
        added = add(session, focal_point, role=role, sections=sections)
        row = session.scalars(select(Membership).where(Membership.user_id == added.user_id)).one()
        assert (row.role, row.granted_by_id) == (role, focal_point.user_id)

    @pytest.mark.parametrize(
        ("role", "iso3"),
        [
            (Role.OBSERVER, "DEU"),
            (Role.FOCAL_POINT, "DEU"),
            (Role.REVIEWER, None),
            (Role.ADMINISTRATOR, None),
        ],
    )
    def test_a_focal_point_gives_no_other_role(
        self, session: Session, focal_point: Actor, role: Role, iso3: str | None
    ) -> None:
        with pytest.raises(NotPermitted):
            add(session, focal_point, role=role, iso3=iso3)
        assert session.scalars(select(User).where(User.email == "new@example.org")).all() == []

    @pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.OBSERVER, Role.REVIEWER])
    def test_nobody_else_gives_any(self, session: Session, role: Role) -> None:
        actor = make_actor(session, role, "FRA" if role.of_a_state else None)
        with pytest.raises(NotPermitted):
            add(session, actor)

    @pytest.mark.parametrize(
        ("role", "iso3", "code"),
        [
            (Role.OBSERVER, None, "role-needs-state"),
            (Role.REVIEWER, "FRA", "role-without-state"),
        ],
    )
    def test_role_and_state_must_fit(
        self, session: Session, administrator: Actor, role: Role, iso3: str | None, code: str
    ) -> None:
        with pytest.raises(Invalid) as refused:
            add(session, administrator, role=role, iso3=iso3)
        assert refused.value.problem.code == code

    def test_sections_are_for_contributors_and_must_exist(
        self, session: Session, administrator: Actor
    ) -> None:
        added = add(session, administrator, role=Role.CONTRIBUTOR, sections=("II.a",))
        actor = actor_of(session, session.get_one(User, added.user_id))
        assert actor.grants[0].sections == ("II.a",)
        for role, sections, code in (
            (Role.CONTRIBUTOR, ("II.a", "XX.9"), "no-such-section"),
            (Role.CONTRIBUTOR, (), "sections-needed"),
            (Role.OBSERVER, ("II.a",), "sections-for-contributors"),
        ):
            with pytest.raises(Invalid) as refused:
                add(session, administrator, "x@example.org", role, sections=sections)
            assert refused.value.problem.code == code
        assert session.scalars(select(User).where(User.email == "x@example.org")).all() == []
        membership = session.scalars(
            select(Membership).where(Membership.user_id == added.user_id)
        ).one()
        for unusable in ((), ("XX.9",)):
            with pytest.raises(Invalid):
                accounts.assign_sections(
                    session,
                    actor=administrator,
                    membership_id=membership.id,
                    sections=unusable,
                    clock=at(NOW),
                )
        assert membership.sections == ["II.a"]


class TestAccountsOfSeveralStates:
    """Who hands out a link could use it: no such account may open another State's report."""

    def test_a_focal_point_cannot_add_somebody_from_elsewhere(
        self, session: Session, focal_point: Actor
    ) -> None:
        elsewhere = make_user(session, Role.OBSERVER, "DEU")
        with pytest.raises(Invalid) as refused:
            add(session, focal_point, elsewhere.email)
        assert refused.value.problem.code == "account-elsewhere"

    def test_a_focal_point_makes_no_link_for_somebody_with_a_role_elsewhere(
        self, session: Session, focal_point: Actor, administrator: Actor
    ) -> None:
        person = make_user(session, Role.OBSERVER, "FRA")
        invitations.invite(session, actor=focal_point, user_id=person.id, clock=at(NOW))
        add(session, administrator, person.email, Role.REVIEWER, None)
        with pytest.raises(NotPermitted):
            invitations.invite(session, actor=focal_point, user_id=person.id, clock=at(NOW))
        invitations.invite(session, actor=administrator, user_id=person.id, clock=at(NOW))

    def test_a_password_from_a_focal_points_link_does_not_reach_another_state(
        self, session: Session, focal_point: Actor, administrator: Actor
    ) -> None:
        person = add(session, focal_point)
        link = invitations.invite(session, actor=focal_point, user_id=person.user_id, clock=at(NOW))
        accept(session, link)
        unused = invitations.invite(
            session, actor=focal_point, user_id=person.user_id, clock=at(NOW)
        )
        token = signed_in(session, person.user_id)

        assert add(session, administrator, role=Role.OBSERVER, iso3="DEU").needs_link
        assert credentials_of(session, "new@example.org") is None
        assert not is_signed_in(session, token)
        assert invited_account(session, token_hash(unused), NOW) is None

    def test_a_password_from_an_administrators_link_stays(
        self, session: Session, administrator: Actor
    ) -> None:
        person = add(session, administrator)
        accept(
            session,
            invitations.invite(session, actor=administrator, user_id=person.user_id, clock=at(NOW)),
        )
        assert not add(session, administrator, role=Role.OBSERVER, iso3="DEU").needs_link


class TestLinks:
    @pytest.fixture
    def person(self, session: Session, administrator: Actor) -> int:
        return add(session, administrator).user_id

    @pytest.fixture
    def token(self, session: Session, administrator: Actor, person: int) -> str:
        return invitations.invite(session, actor=administrator, user_id=person, clock=at(NOW))

    def test_only_the_hash_is_kept(self, session: Session, token: str) -> None:
        row = session.scalars(select(Invitation)).one()
        assert row.token_hash == token_hash(token)
        assert token not in row.token_hash
        assert len(token) >= 43  # 256 bits in base 64

    def test_a_link_sets_password_name_and_language(
        self, session: Session, token: str, person: int
    ) -> None:
        assert accept(session, token) == person
        found = credentials_of(session, "NEW@example.org ")
        assert found is not None
        assert found.name == "Chosen Name"
        assert verify_password(GOOD, found.password_hash, cheap=True).matches

    def test_a_link_works_once(self, session: Session, token: str) -> None:
        accept(session, token)
        with pytest.raises(NotFound):
            accept(session, token)
        assert invited_account(session, token_hash(token), NOW) is None

    def test_a_link_expires_after_seven_days(self, session: Session, token: str) -> None:
        last = NOW + timedelta(days=7) - timedelta(seconds=1)
        assert invited_account(session, token_hash(token), last) is not None
        with pytest.raises(NotFound):
            accept(session, token, NOW + timedelta(days=7))
        accept(session, token, last)

    def test_a_new_link_replaces_the_one_before(
        self, session: Session, administrator: Actor, token: str, person: int
    ) -> None:
        newer = invitations.invite(session, actor=administrator, user_id=person, clock=at(NOW))
        with pytest.raises(NotFound):
            accept(session, token)
        accept(session, newer)

    def test_a_new_password_ends_older_sessions(
        self, session: Session, token: str, person: int
    ) -> None:
        before = signed_in(session, person)
        accept(session, token)
        assert not is_signed_in(session, before)

    def test_a_link_of_a_closed_account_opens_nothing(
        self, session: Session, administrator: Actor, token: str, person: int
    ) -> None:
        accounts.deactivate(session, actor=administrator, user_id=person, clock=at(NOW))
        with pytest.raises(NotFound):
            accept(session, token)


class TestEnding:
    def test_a_session_ends_after_twelve_hours(self, session: Session, focal_point: Actor) -> None:
        assert focal_point.user_id
        token = signed_in(session, focal_point.user_id)
        last = NOW + timedelta(hours=12) - timedelta(seconds=1)
        (row,) = session.scalars(select(SignedIn.id)).all()
        sessions.note_seen(session, session_id=row, clock=at(last))
        assert is_signed_in(session, token, last)
        assert not is_signed_in(session, token, NOW + timedelta(hours=12))

    def test_a_session_ends_when_nobody_uses_it_for_two_hours(
        self, session: Session, focal_point: Actor
    ) -> None:
        assert focal_point.user_id
        token = signed_in(session, focal_point.user_id)
        (row,) = session.scalars(select(SignedIn.id)).all()
        early, later = NOW + timedelta(hours=1), NOW + timedelta(hours=3)
        assert is_signed_in(session, token, NOW + timedelta(minutes=119))
        assert not is_signed_in(session, token, NOW + timedelta(hours=2))
        sessions.note_seen(session, session_id=row, clock=at(early))
        assert is_signed_in(session, token, later - timedelta(seconds=1))
        assert not is_signed_in(session, token, later)
        assert list_sessions(session, focal_point.user_id, later) == ()

    def test_only_the_hash_of_a_session_is_kept(self, session: Session, focal_point: Actor) -> None:
        assert focal_point.user_id
        token = signed_in(session, focal_point.user_id)
        assert session.scalars(select(SignedIn.token_hash)).all() == [token_hash(token)]

    def test_signing_out_ends_one_browser(self, session: Session, focal_point: Actor) -> None:
        assert focal_point.user_id
        here, there = (signed_in(session, focal_point.user_id) for _ in range(2))
        sessions.end_session(session, hashed_token=token_hash(here), clock=at(NOW))
        assert not is_signed_in(session, here)
        assert is_signed_in(session, there)

    def test_the_last_role_ends_with_the_sessions(
        self, session: Session, administrator: Actor
    ) -> None:
        person = make_user(session, Role.OBSERVER, "FRA")
        add(session, administrator, person.email, Role.OBSERVER, "DEU")
        token = signed_in(session, person.id)
        first, second = session.scalars(
            select(Membership.id).where(Membership.user_id == person.id).order_by(Membership.id)
        )
        accounts.end_membership(session, actor=administrator, membership_id=first, clock=at(NOW))
        assert is_signed_in(session, token)
        assert roles(session, person.id) == {(Role.OBSERVER, state_id(session, "DEU"))}
        accounts.end_membership(session, actor=administrator, membership_id=second, clock=at(NOW))
        assert not is_signed_in(session, token)
        ended = session.get_one(Membership, second)
        assert (ended.ended_at, ended.ended_by_id) == (NOW, administrator.user_id)

    def test_a_role_ends_once(self, session: Session, administrator: Actor) -> None:
        person = make_user(session, Role.OBSERVER, "FRA")
        role = session.scalars(select(Membership.id).where(Membership.user_id == person.id)).one()
        accounts.end_membership(session, actor=administrator, membership_id=role, clock=at(NOW))
        with pytest.raises(NotFound):
            accounts.end_membership(session, actor=administrator, membership_id=role, clock=at(NOW))

    def test_a_focal_point_ends_roles_of_its_own_state_only(
        self, session: Session, focal_point: Actor
    ) -> None:
        own, foreign = (
            make_user(session, Role.OBSERVER, "FRA"),
            make_user(session, Role.OBSERVER, "DEU"),
        )
        ids = {
            row.user_id: row.id
            for row in session.scalars(
                select(Membership).where(Membership.user_id.in_([own.id, foreign.id]))
            )
        }
        accounts.end_membership(
            session, actor=focal_point, membership_id=ids[own.id], clock=at(NOW)
        )
        with pytest.raises(NotPermitted):
            accounts.end_membership(
                session, actor=focal_point, membership_id=ids[foreign.id], clock=at(NOW)
            )
        assert roles(session, own.id) == set()
        assert len(roles(session, foreign.id)) == 1

    def test_the_last_administrator_stays(self, session: Session, administrator: Actor) -> None:
        assert administrator.user_id
        role = session.scalars(
            select(Membership.id).where(Membership.user_id == administrator.user_id)
        ).one()
        with pytest.raises(WrongStatus):
            accounts.end_membership(session, actor=administrator, membership_id=role, clock=at(NOW))
        with pytest.raises(WrongStatus):
            accounts.deactivate(
                session, actor=administrator, user_id=administrator.user_id, clock=at(NOW)
            )
        other = make_actor(session, Role.ADMINISTRATOR)
        assert other.user_id
        with pytest.raises(WrongStatus):  # nor one who never chose a password
            accounts.end_membership(session, actor=administrator, membership_id=role, clock=at(NOW))
        for user_id in (administrator.user_id, other.user_id):
            session.get_one(User, user_id).password_hash = HASH
        accounts.deactivate(session, actor=administrator, user_id=other.user_id, clock=at(NOW))
        with pytest.raises(WrongStatus):  # one that is closed does not count
            accounts.end_membership(session, actor=administrator, membership_id=role, clock=at(NOW))
        accounts.reactivate(session, actor=administrator, user_id=other.user_id, clock=at(NOW))
        accounts.end_membership(session, actor=administrator, membership_id=role, clock=at(NOW))

    def test_a_closed_account_is_signed_out_and_stays_out(
        self, session: Session, administrator: Actor
    ) -> None:
        person = make_user(session, Role.OBSERVER, "FRA")
        person.password_hash = HASH
        token = signed_in(session, person.id)
        accounts.deactivate(session, actor=administrator, user_id=person.id, clock=at(NOW))
        assert not is_signed_in(session, token)
        assert credentials_of(session, person.email) is None
        assert (
            sessions.sign_in(
                session,
                user_id=person.id,
                verified_hash=HASH,
                new_hash=None,
                clock=at(NOW),
            )
            is None
        )
        accounts.reactivate(session, actor=administrator, user_id=person.id, clock=at(NOW))
        assert credentials_of(session, person.email) is not None
        assert not is_signed_in(session, token)

    def test_a_focal_point_closes_no_account(self, session: Session, focal_point: Actor) -> None:
        person = make_user(session, Role.OBSERVER, "FRA")
        with pytest.raises(NotPermitted):
            accounts.deactivate(session, actor=focal_point, user_id=person.id, clock=at(NOW))

    def test_only_the_operator_sets_a_password(
        self, session: Session, administrator: Actor
    ) -> None:
        person = make_user(session, Role.OBSERVER, "FRA")
        with pytest.raises(NotPermitted):
            accounts.set_password(
                session,
                actor=administrator,
                user_id=person.id,
                password_hash=HASH,
                clock=at(NOW),
            )


class TestSigningIn:
    def test_a_password_changed_meanwhile_refuses(self, session: Session) -> None:
        person = make_user(session, Role.OBSERVER, "FRA")
        person.password_hash = hash_password("another-long-one-77", cheap=True)
        session.commit()
        token = sessions.sign_in(
            session, user_id=person.id, verified_hash=HASH, new_hash=None, clock=at(NOW)
        )
        assert token is None

    def test_success_renews_the_hash_and_forgets_failures(self, session: Session) -> None:
        person = make_user(session, Role.OBSERVER, "FRA")
        person.password_hash = HASH
        session.commit()
        sessions.record_failure(session, email=person.email.upper(), clock=at(NOW))
        sessions.record_failure(session, email="somebody@example.org", clock=at(NOW))
        token = sessions.sign_in(
            session, user_id=person.id, verified_hash=HASH, new_hash="newer", clock=at(NOW)
        )
        assert token
        assert is_signed_in(session, token)
        assert person.password_hash == "newer"
        left = session.scalars(select(SignInFailure.key)).all()
        assert left == [sessions.address_key("somebody@example.org")]

    def test_failures_count_for_fifteen_minutes(self, session: Session) -> None:
        key, within = sessions.address_key("a@example.org"), sessions.FAILURES_COUNT_FOR
        sessions.record_failure(session, email="a@example.org", clock=at(NOW))
        later = NOW + timedelta(minutes=14)
        sessions.record_failure(session, email="A@example.org ", clock=at(later))
        assert count_failures(session, key, now=later, within=within) == 2
        earlier = NOW - timedelta(days=1)
        assert count_failures(session, key, now=earlier, within=within) == 0, (
            "the clock was put back"
        )
        after = NOW + timedelta(minutes=15)
        sessions.record_failure(session, email="b@example.org", clock=at(after))
        assert count_failures(session, key, now=after, within=within) == 1
        assert len(session.scalars(select(SignInFailure)).all()) == 2  # the old one is removed


class TestPasswordHashes:
    def test_argon2id_with_the_parameters_promised(self) -> None:
        assert hash_password(GOOD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    def test_a_hash_made_with_other_parameters_matches_and_is_outdated(self) -> None:
        verdict = verify_password(GOOD, HASH)
        assert verdict.matches
        assert verdict.outdated
        assert not verify_password(GOOD, HASH, cheap=True).outdated

    @pytest.mark.parametrize("stored", [None, "", "no hash at all"])
    def test_without_a_hash_nothing_matches(self, stored: str | None) -> None:
        assert not verify_password("nobody's password", stored, cheap=True).matches

    def test_case_and_blanks_matter(self) -> None:
        for typed in (GOOD.upper(), GOOD + " ", " " + GOOD, ""):
            assert not verify_password(typed, HASH, cheap=True).matches


class TestListing:
    def test_a_focal_point_sees_the_people_and_roles_of_its_own_state_only(
        self, session: Session, focal_point: Actor
    ) -> None:
        own = make_user(session, Role.OBSERVER, "FRA")
        make_user(session, Role.OBSERVER, "DEU")
        make_user(session, Role.ADMINISTRATOR)
        both = make_user(session, Role.OBSERVER, "FRA")
        add(session, OPERATOR, both.email, Role.FOCAL_POINT, "DEU")
        rows = list_manageable_accounts(session, focal_point)
        assert {row.id for row in rows} == {focal_point.user_id, own.id, both.id}
        assert {role.iso3 for row in rows for role in row.memberships} == {"FRA"}

    def test_an_administrator_sees_everybody(self, session: Session, administrator: Actor) -> None:
        person = make_user(session)
        make_user(session, Role.OBSERVER, "DEU")
        rows = {row.id: row for row in list_manageable_accounts(session, administrator)}
        assert len(rows) == len(session.scalars(select(User)).all())
        assert rows[person.id].memberships == ()

    def test_others_see_nobody(self, session: Session) -> None:
        assert list_manageable_accounts(session, make_actor(session, Role.OBSERVER, "FRA")) == ()
        assert list_manageable_accounts(session, make_actor(session, Role.REVIEWER)) == ()
