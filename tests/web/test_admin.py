"""Administration: people and cycles, for administrators and for focal points."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.outbox import mails
from tests.people import Browser, make_user, parsed
from tests.submitted import make_report
from tracker.domain.clock import system_clock
from tracker.domain.roles import Role
from tracker.models import Invitation, Membership, ReportingCycle, User
from tracker.services.tokens import token_hash

GOOD = "yellow-canal-78-fog"
PERSON = {
    "email": "new@example.org",
    "name": "New Person",
    "role": "observer",
    "state": "FRA",
    "language": "fr",
}


@pytest.fixture
def administrator(browser_of: type[Browser], session: Session) -> Browser:
    return browser_of(make_user(session, Role.ADMINISTRATOR, name="Ada"))


@pytest.fixture
def focal_point(browser_of: type[Browser], session: Session) -> Browser:
    return browser_of(make_user(session, Role.FOCAL_POINT, "FRA", name="Camille"))


def main_of(browser: Browser, path: str, status: int = 200) -> str:
    return browser.soup(path, status).select("main")[0].get_text(" ", strip=True)


def soup_of(response: TestResponse) -> BeautifulSoup:
    return parsed(response.data)


def alert(response: TestResponse) -> str:
    found = soup_of(response).select_one("main [role=alert]")
    assert found, response.text
    return " ".join(found.get_text().split())


def alert_text(response: TestResponse) -> str:
    return " ".join(
        one.get_text(" ", strip=True) for one in soup_of(response).select(".notice-alert")
    )


def link_on(response: TestResponse) -> str:
    field = soup_of(response).select_one("textarea#link")
    assert field, response.text
    return field.get_text()


def membership_of(session: Session, user: User) -> Membership:
    return session.scalars(select(Membership).where(Membership.user_id == user.id)).one()


class TestHome:
    def test_administrators_find_people_and_cycles(self, administrator: Browser) -> None:
        hrefs = {a["href"] for a in administrator.soup("/admin").select("main a")}
        assert {"/admin/people", "/admin/cycles"} <= hrefs

    def test_focal_points_find_the_people_of_their_state(self, focal_point: Browser) -> None:
        page = focal_point.soup("/admin")
        assert {a["href"] for a in page.select("main a")} == {"/admin/people"}
        assert "People of your State" in page.text

    @pytest.mark.parametrize("path", ["/admin", "/admin/people", "/admin/people/new"])
    def test_nobody_else_finds_anything(
        self, browser_of: type[Browser], session: Session, public: Browser, path: str
    ) -> None:
        assert public.get(path).status_code == 303
        for role in (Role.CONTRIBUTOR, Role.OBSERVER, Role.REVIEWER):
            person = make_user(session, role, "FRA" if role.of_a_state else None)
            assert browser_of(person).get(path).status_code == 403


class TestWhomToAsk:
    @pytest.mark.parametrize(
        ("role", "path", "advice"),
        [
            (Role.CONTRIBUTOR, "/admin", "ask the national focal point of your State or"),
            (Role.FOCAL_POINT, "/admin/cycles", "access, ask the secretariat."),
            (Role.REVIEWER, "/admin", "ask an administrator of the secretariat."),
        ],
    )
    def test_depends_on_who_reads(
        self, browser_of: type[Browser], session: Session, role: Role, path: str, advice: str
    ) -> None:
        person = make_user(session, role, "FRA" if role.of_a_state else None)
        assert advice in main_of(browser_of(person), path, 403)

    def test_an_administrator_is_sent_to_nobody(self, administrator: Browser) -> None:
        refused = administrator.post("/account/second-step/remove")
        assert refused.status_code == 403
        assert "No role of the secretariat reaches further than yours" in refused.text
        assert " ask " not in soup_of(refused).select("main")[0].text

    def test_the_signed_out_are_told_to_sign_in(self, public: Browser) -> None:
        refused = public.get("/exports/new?audience=states")
        assert refused.status_code == 403
        assert "sign in and try again" in refused.text
        assert "Your account" not in soup_of(refused).select("main")[0].text


class TestInviting:
    @pytest.mark.parametrize("url", ["", "smtp://127.0.0.1:9"])
    def test_a_letter_is_told_where_mail_is_sent(
        self, app: Flask, administrator: Browser, monkeypatch: pytest.MonkeyPatch, url: str
    ) -> None:
        settings = replace(app.config["SETTINGS"], smtp_url=url, mail_from="site@example.org")
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        page = administrator.get("/admin/people/new").text
        assert ("A letter with a link also goes" in page) is bool(url)

    def test_sections_are_called_by_our_titles_in_the_language_of_the_page(
        self, administrator: Browser
    ) -> None:
        for language, title in (("en", "National level"), ("fr", "Niveau national")):
            page = administrator.soup(f"/admin/people/new?lang={language}")
            first = page.select_one("label[for=sections-0]")
            assert first and first.text.strip().startswith(f"I.1 {title}")

    def test_the_link_is_shown_once_and_works(
        self, administrator: Browser, browser_of: type[Browser], session: Session
    ) -> None:
        response = administrator.post("/admin/people/new", PERSON)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        link = link_on(response)
        assert link.startswith("http://localhost/invitations/")
        token = link.rsplit("/", 1)[1]
        row = session.scalars(select(Invitation)).one()
        assert row.token_hash == token_hash(token)
        for path in ("/admin/people", f"/admin/people/{row.user.public_id}"):
            assert token not in administrator.get(path).text

        guest = browser_of()
        form = {"name": "N", "language": "fr", "password": GOOD, "password_again": GOOD}
        assert guest.post(f"/invitations/{token}", form).status_code == 303
        listed = main_of(administrator, "/admin/people")
        assert "new@example.org" in listed
        assert "Active" in listed

    def test_the_language_is_the_one_of_whoever_invites(
        self, browser_of: type[Browser], session: Session
    ) -> None:
        browser = browser_of(make_user(session, Role.FOCAL_POINT, "FRA", language="fr"))
        chosen = browser.soup("/admin/people/new").select("#language option[selected]")
        assert [option["value"] for option in chosen] == ["fr"]
        again = parsed(browser.post("/admin/people/new", PERSON | {"email": ""}).data)
        chosen = again.select("#language option[selected]")
        assert [option["value"] for option in chosen] == [PERSON["language"]]

    def test_loading_the_page_of_the_link_again_says_where_to_make_another(
        self, focal_point: Browser, session: Session
    ) -> None:
        focal_point.post("/admin/people/new", PERSON)
        again = focal_point.post("/admin/people/new", PERSON | {"email": " New@example.org"})
        assert again.status_code == 422
        person = session.scalars(select(User).where(User.email == "new@example.org")).one()
        link = soup_of(again).select_one("main .notice a[href$='#link']")
        assert link and link["href"] == f"/admin/people/{person.public_id}#link"
        assert focal_point.soup(f"/admin/people/{person.public_id}").select_one("#link")
        person.password_hash = "kept"
        session.commit()
        again = focal_point.post("/admin/people/new", PERSON)
        assert again.status_code == 422
        assert soup_of(again).select_one("main .notice a[href$='#link']") is None

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"email": "nonsense"}, "is not an e-mail address"),
            ({"email": ""}, "E-mail address: Fill in this field"),
            ({"name": " "}, "Name: Fill in this field"),
            ({"role": "king"}, "not one of the choices"),
            ({"state": "QQQ"}, "no State with the code"),
            ({"state": "F\0A"}, "no State with the code"),
            ({"state": ""}, "choose the State"),
            ({"role": "reviewer"}, "choose no State"),
            ({"language": "xx"}, "not one of the choices"),
            ({"role": "contributor"}, "Choose at least one section"),
            ({"role": "contributor", "sections": "XX.9"}, "There is no section"),
            ({"sections": "II.a"}, "Only contributors"),
        ],
    )
    def test_bad_input_gets_a_sentence_and_changes_nothing(
        self, administrator: Browser, session: Session, changes: dict[str, str], sentence: str
    ) -> None:
        response = administrator.post("/admin/people/new", PERSON | changes)
        assert response.status_code == 422
        assert sentence in alert(response)
        assert session.scalars(select(User.id).where(User.name == "New Person")).all() == []

    def test_all_mistakes_are_shown_together(self, administrator: Browser) -> None:
        response = administrator.post("/admin/people/new", {"role": "observer"})
        assert len(soup_of(response).select("main [role=alert] li")) >= 3

    def test_the_same_role_twice_is_refused(self, administrator: Browser, session: Session) -> None:
        administrator.post("/admin/people/new", PERSON)
        response = administrator.post("/admin/people/new", PERSON)
        assert response.status_code == 422
        assert "already holds" in alert(response)
        assert len(session.scalars(select(Invitation)).all()) == 1

    def test_a_contributor_gets_sections(self, focal_point: Browser, session: Session) -> None:
        form: dict[str, Any] = PERSON | {"role": "contributor", "sections": ["I.1", "II.a"]}
        assert focal_point.post("/admin/people/new", form).status_code == 200
        user = session.scalars(select(User).where(User.email == "new@example.org")).one()
        membership = membership_of(session, user)
        assert membership.sections == ["I.1", "II.a"]

        page = focal_point.soup(f"/admin/people/{user.public_id}")
        ticked = {str(box["value"]) for box in page.select("input[type=checkbox][checked]")}
        assert ticked == {"I.1", "II.a"}
        path = f"/admin/memberships/{membership.public_id}/sections"
        field = f"{membership.public_id}-sections"
        assert focal_point.post(path, {field: ["III.a"]}).status_code == 303
        session.refresh(membership)
        assert membership.sections == ["III.a"]
        refused = focal_point.post(path, {})
        assert refused.status_code == 422
        assert "at least one section" in alert(refused)
        session.refresh(membership)
        assert membership.sections == ["III.a"]


class TestKnownAddress:
    """Somebody has the address already: nothing is given before the account was seen."""

    @pytest.fixture
    def known(self, session: Session) -> User:
        person = make_user(session, Role.OBSERVER, "DEU", name="Dagmar")
        person.password_hash = "kept"
        session.commit()
        return person

    def roles(self, session: Session, person: User) -> list[tuple[Role, str]]:
        session.expire_all()
        rows = sorted(person.memberships, key=lambda row: row.id)
        return [(row.role, row.state.iso3 if row.state else "") for row in rows]

    def fields(self, response: TestResponse) -> dict[str, str]:
        hidden = soup_of(response).select("main form input[type=hidden]")
        return {str(field["name"]): str(field["value"]) for field in hidden}

    def words(self, response: TestResponse) -> str:
        return soup_of(response).select("main")[0].get_text(" ", strip=True)

    def test_is_shown_before_anything_is_given(
        self, administrator: Browser, session: Session, known: User
    ) -> None:
        form = PERSON | {"email": known.email.upper()}
        asked = administrator.post("/admin/people/new", form)
        assert asked.status_code == 200
        words = self.words(asked)
        for word in ("Dagmar", known.email, "Observer , Germany", "Observer, France"):
            assert word.replace(" ,", ",") in words.replace(" ,", ","), word
        assert "Nothing has been done yet" in words
        assert "New Person" not in words
        assert self.roles(session, known) == [(Role.OBSERVER, "DEU")]
        assert mails(session) == []

        done = administrator.client.post("/admin/people/new", data=self.fields(asked))
        assert (done.status_code, done.location) == (303, "/admin/people")
        assert self.roles(session, known) == [(Role.OBSERVER, "DEU"), (Role.OBSERVER, "FRA")]
        assert session.scalars(select(Invitation)).all() == []
        (letter,) = mails(session)
        assert (letter.kind, letter.user_id) == ("role-changed", known.id)
        assert letter.data["event"] == "role-given"

    @pytest.mark.parametrize(
        ("changes", "warned"),
        [
            ({}, ["more than one State meet in this person: Germany, France."]),
            ({"state": "DEU", "role": "focal-point"}, []),
            (
                {"state": "", "role": "reviewer"},
                ["secretariat and a role of a State meet in this person: Germany."],
            ),
        ],
    )
    def test_what_would_meet_in_one_person_is_told(
        self, administrator: Browser, known: User, changes: dict[str, str], warned: list[str]
    ) -> None:
        asked = administrator.post("/admin/people/new", PERSON | {"email": known.email} | changes)
        told = [one.get_text(" ", strip=True) for one in soup_of(asked).select(".notice-alert")]
        assert len(told) == len(warned)
        assert all(part in text for part, text in zip(warned, told, strict=True))

    def test_a_role_that_is_held_is_told_at_once(self, administrator: Browser, known: User) -> None:
        form = PERSON | {"email": known.email, "state": "DEU"}
        refused = administrator.post("/admin/people/new", form)
        assert refused.status_code == 422
        assert "already holds" in alert(refused)

    def test_what_changed_meanwhile_is_shown_again(
        self, administrator: Browser, session: Session, known: User
    ) -> None:
        asked = administrator.post("/admin/people/new", PERSON | {"email": known.email})
        session.add(
            Membership(user_id=known.id, role=Role.REVIEWER, sections=[], granted_at=system_clock())
        )
        session.commit()
        again = administrator.client.post("/admin/people/new", data=self.fields(asked))
        assert again.status_code == 409
        assert "have changed since you saw this page" in alert_text(again)
        assert "secretariat and a role of a State meet" in self.words(again)
        assert (Role.OBSERVER, "FRA") not in self.roles(session, known)
        done = administrator.client.post("/admin/people/new", data=self.fields(again))
        assert done.status_code == 303
        assert (Role.OBSERVER, "FRA") in self.roles(session, known)

    def test_a_yes_counts_for_the_account_that_was_seen(
        self, administrator: Browser, session: Session, known: User
    ) -> None:
        other = make_user(session, Role.OBSERVER, "KEN")
        asked = administrator.post("/admin/people/new", PERSON | {"email": other.email})
        form = self.fields(asked) | {"email": known.email}
        assert administrator.client.post("/admin/people/new", data=form).status_code == 409
        assert self.roles(session, known) == [(Role.OBSERVER, "DEU")]

    def test_the_form_comes_back_as_it_was_filled(
        self, administrator: Browser, session: Session, known: User
    ) -> None:
        form: dict[str, Any] = PERSON | {
            "email": known.email,
            "role": "contributor",
            "sections": ["I.1", "II.a"],
        }
        asked = administrator.post("/admin/people/new", form)
        assert "sections I.1, II.a" in self.words(asked)
        kept = [
            (str(field["name"]), str(field["value"]))
            for field in soup_of(asked).select("main form input[type=hidden]")
        ]
        data: dict[str, list[str]] = {}
        for name, value in [*kept, ("change", "1")]:
            data.setdefault(name, []).append(value)
        back = soup_of(administrator.client.post("/admin/people/new", data=data))
        email = back.select_one("input[name=email]")
        assert email and email["value"] == known.email
        ticked = {str(box["value"]) for box in back.select("input[type=checkbox][checked]")}
        assert ticked == {"I.1", "II.a"}
        assert self.roles(session, known) == [(Role.OBSERVER, "DEU")]

    def test_a_focal_point_is_asked_about_its_own_people_only(
        self, focal_point: Browser, session: Session, known: User
    ) -> None:
        own = make_user(session, Role.OBSERVER, "FRA", name="Olivier")
        asked = focal_point.post(
            "/admin/people/new", PERSON | {"email": own.email, "role": "focal-point"}
        )
        assert "Olivier" in self.words(asked)
        done = focal_point.client.post("/admin/people/new", data=self.fields(asked))
        assert done.status_code == 200 and link_on(done)  # Olivier had no password yet

        closed = make_user(session, Role.OBSERVER, "DEU", name="Detlev")
        closed.is_active = False
        nobody = make_user(session, name="Nobody")
        session.commit()
        answers = set()
        for person in (known, closed, nobody):
            refused = focal_point.post("/admin/people/new", PERSON | {"email": person.email})
            assert refused.status_code == 422
            assert person.name not in refused.text
            answers.add(alert(refused))
        assert answers == {
            "Please correct the following E-mail address: Only the secretariat can do this for "
            "this address. Ask the secretariat."
        }


class TestEndingARole:
    @pytest.fixture
    def two(self, session: Session) -> User:
        person = make_user(session, Role.OBSERVER, "FRA", name="Maëlle")
        session.add(
            Membership(
                user_id=person.id, role=Role.REVIEWER, sections=[], granted_at=system_clock()
            )
        )
        session.commit()
        return person

    def test_is_asked_by_name(self, administrator: Browser, session: Session, two: User) -> None:
        page = administrator.soup(f"/admin/people/{two.public_id}")
        links = {link.text: str(link["href"]) for link in page.select("a[href$='/end']")}
        assert set(links) == {
            "End the role “Observer, France”…",
            "End the role “Reviewer, Secretariat”…",
        }
        assert page.select("form[action$='/end']") == []
        path = links["End the role “Observer, France”…"]
        asked = administrator.soup(path)
        words = asked.select("main")[0].get_text(" ", strip=True)
        assert "Maëlle" in words and "France" in words and "Reviewer" not in words
        assert asked.select("main button")[0].text == "End the role “Observer, France”"
        assert "your own account" not in words
        session.expire_all()
        assert all(row.ended_at is None for row in two.memberships)
        assert administrator.post(path).location == "/admin/people"
        session.expire_all()
        assert [row.role for row in two.memberships if row.ended_at] == [Role.OBSERVER]
        assert administrator.get(path).status_code == 404

    def test_ones_own_is_said_to_be_so(
        self, administrator: Browser, browser_of: type[Browser], session: Session
    ) -> None:
        deputy = make_user(session, Role.ADMINISTRATOR, name="Bo")
        deputy.password_hash = "kept"
        session.commit()
        ada = session.scalars(select(User).where(User.name == "Ada")).one()
        path = f"/admin/memberships/{membership_of(session, ada).public_id}/end"
        assert "a role of your own account. It is your only one" in main_of(administrator, path)
        assert "your own account" not in main_of(browser_of(deputy), path)
        assert administrator.post(path).location == "/"
        home = administrator.soup("/").text
        assert "The role of Ada has ended" in home and "you are signed out" in home

    def test_who_keeps_another_goes_on(
        self, administrator: Browser, session: Session, browser_of: type[Browser], two: User
    ) -> None:
        session.add(
            Membership(
                user_id=two.id, role=Role.ADMINISTRATOR, sections=[], granted_at=system_clock()
            )
        )
        session.scalars(select(User).where(User.name == "Ada")).one().password_hash = "kept"
        session.commit()
        role = next(row for row in two.memberships if row.role is Role.ADMINISTRATOR)
        own, path = browser_of(two), f"/admin/memberships/{role.public_id}/end"
        words = main_of(own, path)
        assert "your own account" in words and "only one" not in words
        assert own.post(path).location == "/account"
        assert "has ended" in own.soup("/account").text


class TestFocalPoint:
    @pytest.fixture
    def foreigner(self, session: Session) -> User:
        return make_user(session, Role.OBSERVER, "DEU", name="Dagmar")

    def test_invites_for_its_own_state(self, focal_point: Browser) -> None:
        page = focal_point.soup("/admin/people/new")
        states = [str(option["value"]) for option in page.select("select[name=state] option")]
        roles = {str(option["value"]) for option in page.select("select[name=role] option")}
        assert states == ["FRA"]
        assert roles == {"contributor", "focal-point", "observer"}
        assert link_on(focal_point.post("/admin/people/new", PERSON))

    @pytest.mark.parametrize(
        "changes",
        [{"state": "DEU"}, {"state": "", "role": "administrator"}, {"state": ""}],
    )
    def test_invites_for_no_other(
        self, focal_point: Browser, session: Session, changes: dict[str, str]
    ) -> None:
        response = focal_point.post("/admin/people/new", PERSON | changes)
        assert response.status_code in (403, 422)
        assert session.scalars(select(User).where(User.email == "new@example.org")).all() == []
        assert session.scalars(select(Invitation)).all() == []

    def test_sees_its_own_people_only(
        self, focal_point: Browser, session: Session, foreigner: User
    ) -> None:
        make_user(session, Role.OBSERVER, "FRA", name="Olivier")
        make_user(session, Role.ADMINISTRATOR, name="Ada")
        text = main_of(focal_point, "/admin/people")
        assert "Olivier" in text
        assert "Dagmar" not in text
        assert "Ada" not in text

    def test_of_others_it_does_not_learn_that_they_exist(
        self, focal_point: Browser, session: Session, foreigner: User
    ) -> None:
        membership = membership_of(session, foreigner)
        assert focal_point.get(f"/admin/people/{foreigner.public_id}").status_code == 404
        for path in (
            f"/admin/people/{foreigner.public_id}/link",
            f"/admin/people/{foreigner.public_id}/deactivate",
            f"/admin/people/{foreigner.public_id}/activate",
            f"/admin/memberships/{membership.public_id}/end",
            f"/admin/memberships/{membership.public_id}/sections",
            "/admin/memberships/x/end",
            "/admin/people/x/link",
        ):
            assert focal_point.post(path).status_code == 404, path
        session.refresh(membership)
        session.refresh(foreigner)
        assert membership.ended_at is None
        assert foreigner.is_active
        assert session.scalars(select(Invitation)).all() == []

    def test_ends_a_role_of_its_own_state(
        self, focal_point: Browser, browser_of: type[Browser], session: Session
    ) -> None:
        person = make_user(session, Role.OBSERVER, "FRA", name="Olivier")
        theirs = browser_of(person)
        membership = membership_of(session, person)
        path = f"/admin/memberships/{membership.public_id}/end"
        assert focal_point.post(path).status_code == 303
        assert "Olivier" not in main_of(focal_point, "/admin/people").split("has ended")[1]
        assert theirs.get("/account").status_code == 303  # signed out
        assert focal_point.post(path).status_code == 404

    def test_closes_no_account(self, focal_point: Browser, session: Session) -> None:
        person = make_user(session, Role.OBSERVER, "FRA")
        assert "Deactivate" not in main_of(focal_point, f"/admin/people/{person.public_id}")
        response = focal_point.post(f"/admin/people/{person.public_id}/deactivate")
        assert response.status_code == 403
        session.refresh(person)
        assert person.is_active

    def test_makes_a_new_link_unless_there_is_a_role_elsewhere(
        self, focal_point: Browser, session: Session, foreigner: User
    ) -> None:
        person = make_user(session, Role.OBSERVER, "FRA")
        assert link_on(focal_point.post(f"/admin/people/{person.public_id}/link"))
        session.add(
            Membership(
                user_id=foreigner.id,
                state_id=membership_of(session, person).state_id,
                role=Role.OBSERVER,
                sections=[],
                granted_at=foreigner.created_at,
            )
        )
        session.commit()
        path = f"/admin/people/{foreigner.public_id}"
        assert "only the secretariat" in main_of(focal_point, path)
        assert focal_point.post(path + "/link").status_code == 403
        assert len(session.scalars(select(Invitation)).all()) == 1


class TestAdministrator:
    def test_closes_and_opens_an_account(
        self, administrator: Browser, browser_of: type[Browser], session: Session
    ) -> None:
        person = make_user(session, Role.OBSERVER, "FRA")
        theirs = browser_of(person)
        path = f"/admin/people/{person.public_id}"
        assert administrator.post(path + "/deactivate").status_code == 303
        assert theirs.get("/account").status_code == 303
        assert "deactivated" in main_of(administrator, path)
        assert administrator.post(path + "/link").status_code == 403
        assert administrator.post(path + "/activate").status_code == 303
        session.refresh(person)
        assert person.is_active

    def test_the_last_one_who_can_sign_in_stays(
        self, administrator: Browser, session: Session
    ) -> None:
        make_user(session, Role.ADMINISTRATOR, name="Who never chose a password")
        ada = session.scalars(select(User).where(User.name == "Ada")).one()
        membership = membership_of(session, ada)
        for path in (
            f"/admin/people/{ada.public_id}/deactivate",
            f"/admin/memberships/{membership.public_id}/end",
        ):
            response = administrator.post(path)
            assert response.status_code == 409
            assert "last administrator" in response.text
        for path in (
            f"/admin/people/{ada.public_id}",
            f"/admin/memberships/{membership.public_id}/end",
        ):
            page = administrator.soup(path)
            assert "last administrator" in page.text, "said before the button, not after it"
            assert not page.select(
                "form[action$=deactivate], form:has(button.button-danger):not([action])"
            )
        assert administrator.get("/admin/cycles").status_code == 200

    def test_lists_the_secretariat_first_then_states(
        self, administrator: Browser, session: Session
    ) -> None:
        make_user(session, Role.OBSERVER, "FRA")
        make_user(session, Role.OBSERVER, "ALB")
        make_user(session)
        rows = administrator.soup("/admin/people").select("tr.group")
        assert [row.text.strip() for row in rows] == [
            "Secretariat",
            "Albania",
            "France",
            "Without a role",
        ]

    def test_without_a_token_nothing_changes(
        self, administrator: Browser, session: Session
    ) -> None:
        person = make_user(session, Role.OBSERVER, "FRA")
        for path in ("/admin/people/new", f"/admin/people/{person.public_id}/deactivate"):
            assert administrator.client.post(path, data=PERSON).status_code == 400
        session.refresh(person)
        assert person.is_active
        assert session.scalars(select(Invitation)).all() == []


class TestCycles:
    NEW = {"slug": "bms7-2027", "document": "bms7", "opens_on": "2027-01-01"}

    def cycle(self, session: Session, slug: str) -> ReportingCycle | None:
        return session.scalars(
            select(ReportingCycle).where(ReportingCycle.slug == slug)
        ).one_or_none()

    def test_opens_a_cycle(self, administrator: Browser, session: Session) -> None:
        form = self.NEW | {"due_on": "2027-06-30", "period_from": "2025-01-01"}
        assert administrator.post("/admin/cycles/new", form).status_code == 303
        cycle = self.cycle(session, "bms7-2027")
        assert cycle
        assert (cycle.opens_on, cycle.due_on) == (date(2027, 1, 1), date(2027, 6, 30))
        assert (cycle.closes_on, cycle.period_from) == (None, date(2025, 1, 1))
        assert "bms7-2027" in main_of(administrator, "/admin/cycles")

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"slug": "BMS 7"}, "is no short name"),
            ({"slug": "a\0b"}, "is no short name"),
            ({"slug": "bms7"}, "already a reporting cycle"),
            ({"document": "bms99"}, "no outcome document"),
            ({"opens_on": ""}, "Fill in this field"),
            ({"opens_on": "1 May"}, "is not a day"),
            ({"opens_on": "0001-01-01"}, "0001-01-01 lies outside the years from 2001 to 2100"),
            ({"closes_on": "9999-12-31"}, "9999-12-31 lies outside the years"),
            ({"period_from": "2000-12-31"}, "2000-12-31 lies outside the years"),
            ({"due_on": "2026-12-31"}, "before the opening day"),
            ({"closes_on": "2026-12-31"}, "closing day lies before"),
            ({"period_from": "2026-01-01", "period_to": "2025-01-01"}, "ends before it begins"),
        ],
    )
    def test_bad_input_gets_a_sentence_and_opens_nothing(
        self, administrator: Browser, session: Session, changes: dict[str, str], sentence: str
    ) -> None:
        response = administrator.post("/admin/cycles/new", self.NEW | changes)
        assert response.status_code == 422
        assert sentence in alert(response)
        assert self.cycle(session, "bms7-2027") is None

    def test_changes_the_days(self, administrator: Browser, session: Session) -> None:
        page = administrator.soup("/admin/cycles/bms7/dates")
        opens = page.select_one("input[name=opens_on]")
        assert opens
        assert opens["value"] == "2021-07-30"
        form = {"opens_on": "2021-07-30", "due_on": "2026-12-31"}
        assert administrator.post("/admin/cycles/bms7/dates", form).status_code == 303
        cycle = self.cycle(session, "bms7")
        assert cycle
        assert cycle.due_on == date(2026, 12, 31)
        refused = administrator.post("/admin/cycles/bms7/dates", form | {"due_on": "2020-01-01"})
        assert refused.status_code == 422
        session.refresh(cycle)
        assert cycle.due_on == date(2026, 12, 31)
        assert administrator.get("/admin/cycles/nothing/dates").status_code == 404

    def test_deletes_one_without_reports(self, administrator: Browser, session: Session) -> None:
        administrator.post("/admin/cycles/new", self.NEW)
        path = "/admin/cycles/bms7-2027/delete"
        assert administrator.soup("/admin/cycles/bms7-2027/dates").select_one(f"a[href='{path}']")
        asked = administrator.soup(path)
        assert asked.select("main button")[0].text == "Delete the cycle bms7-2027"
        assert self.cycle(session, "bms7-2027")
        assert administrator.post(path).status_code == 303
        assert self.cycle(session, "bms7-2027") is None
        listed = main_of(administrator, "/admin/cycles")
        assert "bms7-2027 is deleted" in listed
        assert administrator.post(path).status_code == administrator.get(path).status_code == 404
        assert administrator.post("/admin/cycles/new", self.NEW).status_code == 303

    def test_deletes_none_in_which_a_report_was_begun(
        self, administrator: Browser, session: Session
    ) -> None:
        cycle = self.cycle(session, "bms7")
        assert cycle
        make_report(session, cycle, "KEN")
        session.commit()
        assert "Delete" not in main_of(administrator, "/admin/cycles/bms7/dates")
        page = administrator.soup("/admin/cycles/bms7/delete")
        assert "cannot be deleted" in page.text and page.select("main form") == []
        refused = administrator.post("/admin/cycles/bms7/delete")
        assert refused.status_code == 409 and "cannot be deleted" in refused.text
        assert self.cycle(session, "bms7")

    def test_the_only_one_stays_until_there_is_another(
        self, administrator: Browser, session: Session
    ) -> None:
        wanted = {"cycles": "bms7", "audience": "public", "language": "en"}
        export = administrator.post("/exports/new", wanted)
        path = "/admin/cycles/bms7/delete"
        page = administrator.soup(path)
        assert "the only reporting cycle" in page.text and page.select("main form") == []
        refused = administrator.post(path)
        assert refused.status_code == 409 and "the only reporting cycle" in refused.text
        assert administrator.post("/admin/cycles/new", self.NEW).status_code == 303
        assert administrator.post(path).status_code == 303
        pages = "/ /cycles /admin/cycles /exports /exports/new /compare /review /needs /states/KEN"
        for address in (*pages.split(), "/indicators/sdg-16-4-2", export.location):
            assert administrator.get(address).status_code == 200, address
        assert administrator.get("/cycles/bms7").status_code == 404

    @pytest.mark.parametrize("role", [Role.FOCAL_POINT, Role.REVIEWER, Role.OBSERVER])
    def test_others_may_not(self, browser_of: type[Browser], session: Session, role: Role) -> None:
        browser = browser_of(make_user(session, role, "FRA" if role.of_a_state else None))
        for path in ("/admin/cycles", "/admin/cycles/new", "/admin/cycles/bms7/dates"):
            assert browser.get(path).status_code == 403
        assert browser.post("/admin/cycles/new", self.NEW).status_code == 403
        assert browser.post("/admin/cycles/bms7/dates", self.NEW).status_code == 403
        assert self.cycle(session, "bms7-2027") is None


@pytest.mark.parametrize(
    "path",
    ["/admin", "/admin/people", "/admin/people/new", "/admin/cycles", "/admin/cycles/new"],
)
def test_pages_stand_in_right_to_left_too(administrator: Browser, path: str) -> None:
    html = administrator.soup(path + "?lang=ar").html
    assert html
    assert html["dir"] == "rtl"
