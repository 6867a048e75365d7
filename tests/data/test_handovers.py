"""A focal point's role goes to somebody else; who held it stays on record."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people import Browser, make_actor, make_user, parsed, state_id
from tracker.domain.clock import Clock, system_clock
from tracker.domain.errors import Invalid, NotFound, NotPermitted
from tracker.domain.roles import Actor, Role
from tracker.models import Membership, User
from tracker.queries.accounts import actor_of
from tracker.queries.role_history import list_focal_points
from tracker.queries.sign_ins import list_account_events
from tracker.services.accounts import Added
from tracker.services.handovers import hand_over
from tracker.services.passwords import hash_password

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HASH = hash_password("yellow-canal-78-fog", cheap=True)


def at(moment: datetime) -> Clock:
    return lambda: moment


@pytest.fixture
def leaving(session: Session) -> User:
    user = make_user(session, Role.FOCAL_POINT, "FRA", name="Camille")
    user.memberships[0].granted_at = NOW - timedelta(days=400)
    session.commit()
    return user


@pytest.fixture
def administrator(session: Session) -> Actor:
    return make_actor(session, Role.ADMINISTRATOR)


def hand(
    session: Session,
    actor: Actor,
    leaving: User,
    email: str = "next@example.org",
    last_day: date | None = None,
) -> Added:
    return hand_over(
        session,
        actor=actor,
        membership_id=leaving.memberships[0].id,
        email=email,
        name="Dominique",
        language="fr",
        last_day=last_day,
        clock=at(NOW),
    )


def may_act(session: Session, user_id: int, moment: datetime = NOW) -> bool:
    actor = actor_of(session, session.get_one(User, user_id), moment)
    return actor.holds(Role.FOCAL_POINT, state_id=state_id(session, "FRA"))


def test_at_once_the_one_ends_as_the_other_begins(
    session: Session, administrator: Actor, leaving: User
) -> None:
    added = hand(session, administrator, leaving)
    assert added.granted and added.needs_link
    assert may_act(session, added.user_id)
    assert not may_act(session, leaving.id)
    held = list_focal_points(session, administrator, state_id(session, "FRA"))
    assert [(row.person, row.until) for row in held] == [("Dominique", None), ("Camille", NOW)]
    event, *_ = [e for e in list_account_events(session, leaving.id) if e.kind == "handed-over"]
    assert event.facts == {"role": "focal-point", "state": "FRA", "name": "Dominique"}


def test_until_the_last_day_both_work(
    session: Session, administrator: Actor, leaving: User
) -> None:
    added = hand(session, administrator, leaving, last_day=date(2026, 5, 31))
    end = datetime(2026, 6, 1, tzinfo=UTC)
    assert may_act(session, added.user_id)
    assert may_act(session, leaving.id, end - timedelta(seconds=1))
    assert not may_act(session, leaving.id, end)
    held = list_focal_points(session, administrator, state_id(session, "FRA"))
    assert [row.is_over(end) for row in held] == [False, True]


def test_a_focal_point_hands_its_own_role_over(session: Session, leaving: User) -> None:
    added = hand(session, actor_of(session, leaving), leaving)
    assert may_act(session, added.user_id)
    assert not may_act(session, leaving.id)


@pytest.mark.parametrize(
    ("role", "iso3"),
    [
        (Role.FOCAL_POINT, "DEU"),
        (Role.OBSERVER, "FRA"),
        (Role.CONTRIBUTOR, "FRA"),
        (Role.REVIEWER, None),
    ],
)
def test_nobody_else_does(session: Session, leaving: User, role: Role, iso3: str | None) -> None:
    with pytest.raises(NotPermitted):
        hand(session, make_actor(session, role, iso3), leaving)
    assert may_act(session, leaving.id)


@pytest.mark.parametrize(
    ("day", "code"),
    [(date(2026, 5, 3), "last-day-past"), (date(2027, 5, 4), "last-day-too-far")],
)
def test_an_impossible_day_is_refused(
    session: Session, administrator: Actor, leaving: User, day: date, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        hand(session, administrator, leaving, last_day=day)
    assert refused.value.problem.code == code


def test_only_to_another_and_only_once(
    session: Session, administrator: Actor, leaving: User
) -> None:
    with pytest.raises(Invalid) as refused:
        hand(session, administrator, leaving, email=leaving.email)
    assert refused.value.problem.code == "hand-over-to-another"
    hand(session, administrator, leaving)
    with pytest.raises(NotFound):
        hand(session, administrator, leaving, email="third@example.org")


def test_other_roles_are_not_handed_over(session: Session, administrator: Actor) -> None:
    with pytest.raises(Invalid):
        hand(session, administrator, make_user(session, Role.OBSERVER, "FRA"))


class TestPages:
    FORM = {"email": "next@example.org", "name": "Dominique", "language": "fr", "last_day": ""}

    def path(self, leaving: User) -> str:
        return f"/admin/memberships/{leaving.memberships[0].public_id}/hand-over"

    def test_the_successor_gets_a_link_and_the_history_shows_both(
        self, browser_of: type[Browser], session: Session, leaving: User
    ) -> None:
        keeper = browser_of(make_user(session, Role.ADMINISTRATOR, name="Ada"))
        person = keeper.soup(f"/admin/people/{leaving.public_id}")
        assert person.select_one(f"a[href='{self.path(leaving)}']")
        done = keeper.post(self.path(leaving), self.FORM)
        assert done.status_code == 200
        assert parsed(done.data).select_one("textarea#link")
        again = keeper.post(self.path(leaving), self.FORM)  # the page of the link, loaded again
        added = session.scalars(select(User).where(User.email == "next@example.org")).one()
        assert again.location == f"/admin/people/{added.public_id}#link"
        assert keeper.post(self.path(leaving), self.FORM | {"email": "x@y.zz"}).status_code == 404
        rows = keeper.soup("/admin/states/FRA/focal-points").select("tbody tr")
        assert [row.th.bdi.text for row in rows if row.th and row.th.bdi] == [
            "Dominique",
            "Camille",
        ]
        assert "Ada" in rows[1].text
        history = keeper.soup(f"/admin/people/{leaving.public_id}").text
        assert "Earlier roles" in history
        assert "Role handed over" in history

    def test_who_has_a_password_needs_no_link(
        self, browser_of: type[Browser], session: Session, leaving: User
    ) -> None:
        deputy = make_user(session, Role.OBSERVER, "FRA")
        deputy.password_hash = HASH
        session.commit()
        own = browser_of(leaving)
        asked = own.post(self.path(leaving), self.FORM | {"email": deputy.email})
        assert asked.status_code == 200
        assert deputy.name in asked.text and may_act(session, leaving.id)
        hidden = parsed(asked.data).select("main form input[type=hidden]")
        fields = {str(field["name"]): str(field["value"]) for field in hidden}
        back = parsed(own.client.post(self.path(leaving), data=fields | {"change": "1"}).data)
        typed = back.select_one("input[name=email]")
        assert typed and typed["value"] == deputy.email
        done = own.client.post(self.path(leaving), data=fields)
        assert done.location == "/"
        home = own.soup("/")
        assert "Your account has no role and no access any more" in home.text
        assert home.select_one(".account a[href='/sign-in']")

    @pytest.mark.parametrize("last_day", [None, datetime.now(UTC).date() + timedelta(days=30)])
    def test_a_known_person_of_another_state_is_shown_with_what_ends(
        self,
        browser_of: type[Browser],
        session: Session,
        leaving: User,
        last_day: date | None,
    ) -> None:
        other = make_user(session, Role.FOCAL_POINT, "DEU", name="Dagmar")
        session.commit()
        keeper = browser_of(make_user(session, Role.ADMINISTRATOR))
        form = self.FORM | {"email": other.email, "last_day": str(last_day or "")}
        asked = parsed(keeper.post(self.path(leaving), form).data)
        told = " ".join(asked.select("main")[0].get_text(" ").split())
        for words in ("Dagmar", other.email, "National focal point, Germany", "France", "Camille"):
            assert words in told.replace(" , ", ", "), words
        ends = told.partition("Role that ends")[2]
        when = str(last_day.day) if last_day else "at once"
        assert "France : Camille" in ends and when in ends
        assert asked.select("main .notice-alert"), "roles of two States would meet"
        session.expire_all()
        assert len(other.memberships) == 1 and leaving.memberships[0].ended_at is None

    def test_a_colleague_who_holds_the_role_already_is_shown_before_it_ends_for_the_other(
        self, browser_of: type[Browser], session: Session, leaving: User
    ) -> None:
        colleague = make_user(session, Role.FOCAL_POINT, "FRA", name="Dagmar")
        colleague.memberships[0].ends_at = datetime.now(UTC) + timedelta(days=3)
        colleague.password_hash = HASH
        session.commit()
        keeper = browser_of(make_user(session, Role.ADMINISTRATOR))
        asked = keeper.post(self.path(leaving), self.FORM | {"email": colleague.email})
        assert asked.status_code == 200 and "Dagmar" in asked.text
        assert "This person holds the role already" in asked.text
        assert "until" in parsed(asked.data).select("main ul")[0].text, "a role that ends soon"
        assert may_act(session, leaving.id)
        hidden = parsed(asked.data).select("main form input[type=hidden]")
        fields = {str(field["name"]): str(field["value"]) for field in hidden}
        assert keeper.client.post(self.path(leaving), data=fields).status_code == 303
        assert not may_act(session, leaving.id) and may_act(session, colleague.id)

    def test_a_day_that_is_over_is_refused_before_anybody_is_shown(
        self, browser_of: type[Browser], session: Session, leaving: User
    ) -> None:
        other = make_user(session, Role.FOCAL_POINT, "DEU", name="Dagmar")
        session.commit()
        keeper = browser_of(make_user(session, Role.ADMINISTRATOR))
        form = self.FORM | {"email": other.email, "last_day": "2020-01-01"}
        refused = keeper.post(self.path(leaving), form)
        assert refused.status_code == 422
        assert "This day is over" in refused.text and "Dagmar" not in refused.text

    def test_who_hands_over_the_last_role_is_told_before_and_after(
        self, browser_of: type[Browser], session: Session, leaving: User
    ) -> None:
        keeper = browser_of(make_user(session, Role.ADMINISTRATOR))
        assert "only role of your account" not in keeper.soup(self.path(leaving)).text
        own = browser_of(leaving)
        assert "only role of your account" in own.soup(self.path(leaving)).text
        done = parsed(own.post(self.path(leaving), self.FORM).data)
        assert done.select_one("textarea#link")
        assert "The role of Camille is handed over" in done.text
        assert "Your account has no role and no access any more" in done.text
        assert done.select_one(".account a[href='/sign-in']")
        assert done.select_one("main .actions") is None
        assert own.get("/account").status_code == 303

    def test_of_a_last_day_that_is_to_come_the_page_and_the_list_tell(
        self, browser_of: type[Browser], session: Session, leaving: User
    ) -> None:
        keeper = browser_of(make_user(session, Role.ADMINISTRATOR))
        day = datetime.now(UTC).date() + timedelta(days=30)
        done = parsed(keeper.post(self.path(leaving), self.FORM | {"last_day": str(day)}).data)
        told = " ".join(done.text.split())
        assert f"Camille keeps it up to this day: {day.day} " in told or (
            f"Camille keeps it up to this day: {day:%B} {day.day}, " in told
        )
        (row,) = [r for r in keeper.soup("/admin/people").select("tbody tr") if "Camille" in r.text]
        assert "until" in row.text

    def test_who_keeps_another_role_stays(
        self, browser_of: type[Browser], session: Session, leaving: User
    ) -> None:
        path = self.path(leaving)
        session.add(Membership(user_id=leaving.id, role=Role.REVIEWER, sections=[], granted_at=NOW))
        session.commit()
        own = browser_of(leaving)
        assert "only role of your account" not in own.soup(path).text
        done = parsed(own.post(path, self.FORM).data)
        assert "no role and no access" not in done.text
        assert own.get("/account").status_code == 200

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"email": "nonsense"}, "is not an e-mail address"),
            ({"last_day": "soon"}, "is not a day"),
            ({"last_day": "2020-01-01"}, "This day is over"),
            ({"name": ""}, "Fill in this field"),
        ],
    )
    def test_a_bad_form_changes_nothing(
        self,
        browser_of: type[Browser],
        session: Session,
        leaving: User,
        changes: dict[str, str],
        sentence: str,
    ) -> None:
        own = browser_of(leaving)
        refused = own.post(self.path(leaving), self.FORM | changes)
        assert refused.status_code == 422
        assert sentence in refused.text
        assert session.scalars(select(Membership.ended_at)).one() is None

    def test_a_lost_second_step_is_reset_with_a_reason(
        self, browser_of: type[Browser], session: Session
    ) -> None:
        from tracker.models import SecondFactor

        person = make_user(session, Role.REVIEWER)
        session.add(
            SecondFactor(user_id=person.id, secret="A" * 32, last_step=0, set_up_at=system_clock())
        )
        session.commit()
        keeper = browser_of(make_user(session, Role.ADMINISTRATOR))
        own = browser_of(person)
        path = f"/admin/people/{person.public_id}/second-step/reset"
        refused = keeper.post(path, {"reason": " "})
        assert refused.status_code == 422
        page = parsed(refused.data)
        assert person.name in page.select("h1")[0].get_text()
        assert page.select("#reason-error") and page.select("[role=alert] a[href='#reason']")
        assert own.get("/review").status_code == 200
        assert keeper.post(path, {"reason": "Recognised by telephone."}).status_code == 303
        assert session.scalars(select(SecondFactor)).all() == []
        assert own.get("/review").status_code == 303
        assert "Recognised by telephone." in keeper.soup(f"/admin/people/{person.public_id}").text
