"""What each mail says, to whom, in which language; and what cannot be smuggled into one."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.evidence import attach
from tests.items import save_every
from tests.national_reports import Reporting, begin_report, commitment_id, report_at
from tests.outbox import MailServer, SetClock, mailer, mails, send_all
from tests.people import make_actor, make_user, state_id
from tests.signing import SIGNER
from tests.submitted import make_cycle
from tests.tampering import as_owner
from tracker.delivery.mail_texts import TEXTS, text_of
from tracker.domain.account_events import TOLD_BY_MAIL, AccountEventKind
from tracker.domain.clock import system_clock
from tracker.domain.items import KINDS
from tracker.domain.labels import label
from tracker.domain.mail import MailKind, MailState
from tracker.domain.progress import Progress
from tracker.domain.responses import Measure
from tracker.domain.roles import OPERATOR, Role
from tracker.domain.struck import text_of as text_struck
from tracker.domain.workflow import ReportStatus
from tracker.exchange.item_columns import ITEM_COLUMNS
from tracker.models import ChainEntry, Invitation, Membership, SecondFactor, User
from tracker.services import (
    accounts,
    clarifications,
    handovers,
    invitations,
    second_factor,
    submissions,
)
from tracker.services.account_events import record_account_event
from tracker.services.tokens import token_hash
from tracker.settings import Settings


def send(session: Session, settings: Settings, server: MailServer) -> None:
    session.commit()
    send_all(mailer(session, settings, SetClock(), server.url))


def strike_of(work: Reporting, subject: str, field: str) -> None:
    """Strike a text out of the first revision of an answer, a row or a file."""
    entry = work.session.scalars(
        select(ChainEntry)
        .where(
            ChainEntry.report_id == work.report.id,
            ChainEntry.subject.startswith(subject),
            ChainEntry.version == 1,
        )
        .order_by(ChainEntry.seq)
        .limit(1)
    ).one()
    work.strike_out(entry.id, field, "A private person is named.")


def link_in(text: str) -> str:
    (link,) = [line for line in text.splitlines() if line.startswith("http")]
    return link


class TestReports:
    def test_the_whole_life_of_a_report_is_told_to_its_focal_points(
        self, session: Session, settings: Settings, server: MailServer
    ) -> None:
        second = make_user(session, Role.FOCAL_POINT, "GHA")
        make_user(session, Role.FOCAL_POINT, "KEN")
        make_user(session, Role.OBSERVER, "GHA")
        make_user(session, Role.CONTRIBUTOR, "GHA", ("I.1",))
        work, submission = report_at(session, ReportStatus.PUBLISHED)
        assert submission
        send(session, settings, server)
        first = session.get_one(User, work.focal_point.user_id).email
        assert set(server.letters.recipients) == {first, second.email}
        subjects = [letter["Subject"] for letter in server.letters.got if letter["To"] == first]
        assert subjects == [
            "Ghana, reporting cycle bms7: submission 1 was received",
            "Ghana, reporting cycle bms7: the report was accepted",
            "Ghana, reporting cycle bms7: the report was published",
        ]

    def test_the_acknowledgement_holds_hash_and_receipt(
        self, session: Session, settings: Settings, server: MailServer
    ) -> None:
        work = begin_report(session)
        submission = work.submit()
        send(session, settings, server)
        (letter,) = server.letters.got
        assert submission.content_hash in server.letters.text()
        assert "by Ama Mensah, Director." in server.letters.text()
        page, signed = letter.iter_attachments()
        assert page.get_filename() == "receipt_GHA_bms7_1.pdf"
        assert page.get_content().startswith(b"%PDF-1")
        assert signed.get_filename() == "receipt_GHA_bms7_1.json"
        assert json.loads(signed.get_content()) == submission.receipt
        place = f"/reports/{work.report.public_id}/submissions/1"
        assert link_in(server.letters.text()) == f"http://localhost{place}"

    def test_a_return_is_told_without_its_reason(
        self, session: Session, settings: Settings, server: MailServer
    ) -> None:
        work = begin_report(session)
        work.give_back(work.submit(), reason="The figures of Bolgatanga are missing.")
        send(session, settings, server)
        assert server.letters.got[-1]["Subject"].endswith("the report was returned")
        assert "Bolgatanga" not in server.letters.text()
        assert "Bolgatanga" not in json.dumps([mail.data for mail in mails(session)])

    def test_question_and_reply_are_told_without_their_words(
        self, session: Session, settings: Settings, server: MailServer
    ) -> None:
        work = begin_report(session)
        work.answer(28, progress=Progress.IMPLEMENTED, narrative="Done.")
        question = clarifications.ask(
            session,
            actor=work.reviewer,
            submission_id=work.submit().id,
            commitment_id=commitment_id(session, 28),
            question="Canary question?",
            clock=work.clock,
        )
        clarifications.reply(
            session,
            actor=work.focal_point,
            clarification_id=question.id,
            reply="Canary reply.",
            clock=work.clock,
        )
        send(session, settings, server)
        told = {letter["To"]: letter["Subject"] for letter in server.letters.got[1:]}
        addresses = {
            name: session.get_one(User, actor.user_id).email
            for name, actor in (
                ("state", work.focal_point),
                ("reviewer", work.reviewer),
                ("administrator", work.administrator),
            )
        }
        assert told == {
            addresses["state"]: "Ghana, reporting cycle bms7: question on paragraph 28",
            addresses["reviewer"]: "Ghana, reporting cycle bms7: reply on paragraph 28",
            addresses["administrator"]: "Ghana, reporting cycle bms7: reply on paragraph 28",
        }
        assert "Canary" not in "".join(map(str, server.letters.got))
        assert "Canary" not in json.dumps([mail.data for mail in mails(session)])

    def test_a_strike_is_told_once_in_each_ones_language_and_without_the_words(
        self, session: Session, settings: Settings, server: MailServer
    ) -> None:
        """Whatever number of cycles held the words."""
        words = {"progress": Progress.IMPLEMENTED, "narrative": "Canary of Bolgatanga."}
        work = begin_report(session)
        work.answer(28, **words)
        work.submit()
        make_cycle(session, "bms7-2026", opens=work.clock().date())
        later = begin_report(session, cycle="bms7-2026")
        later.answer(28, **words)
        later.submit()
        session.get_one(User, later.focal_point.user_id).language = "fr"
        strike_of(later, "bms7/annex/28", "narrative")
        send(session, settings, server)
        told = [n for n, one in enumerate(server.letters.got) if "struck" in one["Subject"]]
        told += [n for n, one in enumerate(server.letters.got) if "biffé" in one["Subject"]]
        texts = {server.letters.got[n]["Content-Language"]: server.letters.text(n) for n in told}
        assert len(told) == 2
        for line in (
            "reporting cycles: bms7, bms7-2026",
            "Where it stood: Paragraph 28",
            "Which text: What was done",
            "Reason: A private person is named.",
        ):
            assert line in " ".join(texts["en"].split())
        assert "Paragraphe 28" in texts["fr"] and "Ce qui a été fait" in texts["fr"]
        assert link_in(texts["en"]).endswith(f"/reports/{later.report.public_id}")
        assert "Canary" not in "".join(map(str, server.letters.got))
        assert "Canary" not in json.dumps([mail.data for mail in mails(session)])

    def test_of_a_row_a_law_and_a_file_a_strike_names_the_place(
        self, session: Session, settings: Settings, server: MailServer
    ) -> None:
        work = begin_report(session)
        law = Measure("Canary act", "2024", "https://example.org/canary")
        work.answer(30, progress=Progress.IMPLEMENTED, measures=(Measure("Arms Act"), law))
        save_every(work)
        work.answer(31, progress=Progress.IMPLEMENTED)
        for paragraph in (30, 31):
            attach(work, title="Canary file", paragraph=paragraph)
        work.submit()
        for subject, field in (
            ("bms7/annex/30", "measures.1.title"),
            ("contacts/", "name"),
            ("assistance/", "description"),
            ("targets/", "statement"),
            ("files/", "filename"),
            ("files/", "title"),
        ):
            strike_of(work, subject, field)
        send(session, settings, server)
        places = [
            re.findall("(?:stood|text|attached): (.+)", server.letters.text(n))
            for n, one in enumerate(server.letters.got)
            if "struck" in one["Subject"] or "a file was removed" in one["Subject"]
        ]
        assert places == [
            ["Paragraph 30", "Law or instrument 2"],
            ["Contacts · Point of contact, Programme of Action", "Name"],
            ["Assistance needed and offered · Needed · Stockpiles", "Description"],
            ["Voluntary targets · National level", "Target"],
            ["Paragraph 30 · Paragraph 31", "Its name alone"],
            ["Paragraph 30 · Paragraph 31"],
        ]
        assert "Canary" not in "".join(map(str, server.letters.got))

    def test_a_refused_step_is_not_told(self, session: Session) -> None:
        work = begin_report(session)
        with pytest.raises(Exception, match="reason-needed"), session.begin_nested():
            submission = work.submit()
            work.give_back(submission, reason="")
        session.commit()
        assert mails(session) == []

    def test_a_role_that_ended_meanwhile_gets_nothing_more(
        self, session: Session, settings: Settings, server: MailServer
    ) -> None:
        work = begin_report(session)
        work.submit()
        role = session.scalars(
            select(Membership).where(Membership.user_id == work.focal_point.user_id)
        ).one()
        role.ended_at, role.ended_by_id = system_clock(), work.administrator.user_id
        send(session, settings, server)
        assert server.letters.got == []
        assert [mail.state for mail in mails(session)] == [MailState.DROPPED]


class TestLanguage:
    def test_a_french_reader_gets_french(
        self, session: Session, settings: Settings, server: MailServer
    ) -> None:
        make_user(session, Role.FOCAL_POINT, "DEU", language="fr")
        work, _ = report_at(session, ReportStatus.SUBMITTED, "DEU")
        send(session, settings, server)
        french = [
            n for n, mail in enumerate(server.letters.got) if mail["Content-Language"] == "fr"
        ]
        (number,) = french
        subject = "Allemagne, cycle de rapports bms7\u00a0: la soumission 1 a été reçue"
        assert server.letters.got[number]["Subject"] == subject
        text = server.letters.text(number)
        assert "2 mars 2026" in text
        assert "Le récépissé est joint." in text
        assert "The " not in text

    def test_a_language_without_translation_gets_english(
        self, session: Session, settings: Settings, server: MailServer
    ) -> None:
        person = make_user(session, Role.FOCAL_POINT, "EGY", language="ar")
        invitations.invite(session, actor=OPERATOR, user_id=person.id, clock=system_clock)
        send(session, settings, server)
        assert server.letters.got[0]["Content-Language"] == "en"
        assert "Choose a password on this page." in server.letters.text()


class TestInjection:
    @pytest.mark.parametrize(
        ("name", "title"),
        [
            ("Ama\r\nBcc: thief@evil.example", "Director"),
            ("<img src=x onerror=alert(1)>", "</pre><script>"),
            ("Ama\u2028http://evil.example/\u0085", "\x0b%(token)s%s"),
        ],
    )
    def test_names_stay_text_on_one_line(
        self, session: Session, settings: Settings, server: MailServer, name: str, title: str
    ) -> None:
        work = begin_report(session)
        try:
            submissions.submit(
                session,
                actor=work.focal_point,
                report_id=work.report.id,
                name=name,
                title=title,
                has_authority=True,
                confirmed_gaps=True,
                clock=work.clock,
                signer=SIGNER,
            )
        except Exception as error:
            assert "refused-characters" in str(error)  # noqa: PT017  # kept out at the door
            return
        send(session, settings, server)
        (letter,) = server.letters.got
        assert letter["Bcc"] is None
        assert len(server.letters.recipients) == 1
        body = letter.get_body()
        assert body is not None and body.get_content_type() == "text/plain"
        (line,) = [x for x in server.letters.text().split("\n") if "was submitted on" in x]
        assert " ".join(name.split()) in line
        assert not [x for x in server.letters.text().splitlines() if x.startswith("Bcc")]
        assert len([x for x in server.letters.text().split("\n") if x.startswith("http")]) == 1

    def test_a_name_with_line_breaks_in_the_database_changes_no_header(
        self, session: Session, settings: Settings, server: MailServer
    ) -> None:
        work = begin_report(session)
        with as_owner(session):
            work.report.state.name = {"en": "Ghana\r\nBcc: thief@evil.example\r\n\r\n<b>Hello</b>"}
        work.submit()
        send(session, settings, server)
        (letter,) = server.letters.got
        assert letter["Bcc"] is None
        assert letter["Subject"].startswith("Ghana Bcc: thief@evil.example <b>Hello</b>, ")


class TestInvitations:
    def test_the_link_in_the_mail_works_and_stands_nowhere_in_the_database(
        self, session: Session, settings: Settings, server: MailServer
    ) -> None:
        person = make_user(session, Role.FOCAL_POINT, "GHA")
        shown = invitations.invite(session, actor=OPERATOR, user_id=person.id, clock=system_clock)
        send(session, settings, server)
        token = link_in(server.letters.text()).rpartition("/")[2]
        assert token not in json.dumps([[m.data, m.error, m.public_id] for m in mails(session)])
        kept = {row.token_hash for row in session.scalars(select(Invitation))}
        assert kept == {token_hash(shown), token_hash(token)}
        used = invitations.accept_invitation(
            session, token=token, name="A", language="en", password_hash="x", clock=system_clock
        )
        assert used == person.id
        with pytest.raises(Exception, match="invitation-invalid"):
            invitations.accept_invitation(
                session, token=shown, name="A", language="en", password_hash="x", clock=system_clock
            )

    def test_a_newer_invitation_takes_the_place_of_one_that_waits(
        self, session: Session, settings: Settings, server: MailServer
    ) -> None:
        person = make_user(session, Role.FOCAL_POINT, "GHA")
        for _ in range(2):
            invitations.invite(session, actor=OPERATOR, user_id=person.id, clock=system_clock)
        send(session, settings, server)
        assert len(server.letters.got) == 1
        assert [m.state for m in mails(session)] == [MailState.DROPPED, MailState.SENT]

    def test_a_mail_sent_twice_carries_the_same_link(
        self, session: Session, settings: Settings, server: MailServer
    ) -> None:
        person = make_user(session, Role.FOCAL_POINT, "GHA")
        invitations.invite(session, actor=OPERATOR, user_id=person.id, clock=system_clock)
        session.commit()
        seen: list[str] = []
        server.letters.on_text = lambda message: seen.append(str(message.get_content()))
        server.letters.to_text = ["451 later"]
        clock = SetClock()
        worker = mailer(session, settings, clock, server.url)
        send_all(worker)
        clock.move(minutes=2)
        send_all(worker)
        assert len(seen) == 2 and link_in(seen[0]) == link_in(seen[1])

    def test_what_the_server_repeats_of_the_link_is_not_kept(
        self, session: Session, settings: Settings, server: MailServer
    ) -> None:
        person = make_user(session, Role.FOCAL_POINT, "GHA")
        invitations.invite(session, actor=OPERATOR, user_id=person.id, clock=system_clock)
        session.commit()
        tokens: list[str] = []

        def repeat(message: object) -> None:
            token = link_in(message.get_content()).rpartition("/")[2]  # type: ignore[attr-defined]
            tokens.append(token)
            server.letters.to_text = [f"554 blocked: http://localhost/invitations/{token}"]

        server.letters.on_text = repeat
        send(session, settings, server)
        (mail,) = mails(session)
        assert mail.state is MailState.DEAD
        assert mail.error == "text-refused: 554 blocked: http://localhost/invitations/…"

    def test_an_account_that_is_closed_first_gets_no_link(
        self, session: Session, settings: Settings, server: MailServer
    ) -> None:
        administrator = make_actor(session, Role.ADMINISTRATOR)
        person = make_user(session, Role.FOCAL_POINT, "GHA")
        invitations.invite(session, actor=administrator, user_id=person.id, clock=system_clock)
        accounts.deactivate(session, actor=administrator, user_id=person.id, clock=system_clock)
        send(session, settings, server)
        assert server.letters.got == []


NEXT: dict[str, Any] = {
    "email": "next@example.org",
    "name": "Next",
    "language": "en",
    "last_day": None,
}


class TestAccounts:
    def test_the_owner_is_told_what_changed_and_neither_why_nor_by_whom(
        self, session: Session, settings: Settings, server: MailServer
    ) -> None:
        owner = make_user(session, Role.FOCAL_POINT, "GHA")
        owner.language = "fr"
        administrator = make_actor(session, Role.ADMINISTRATOR)
        session.add(
            SecondFactor(user_id=owner.id, secret="A" * 32, last_step=0, set_up_at=system_clock())
        )
        reason = "Recognised on the telephone."
        second_factor.reset(
            session, actor=administrator, user_id=owner.id, reason=reason, clock=system_clock
        )
        send(session, settings, server)
        assert server.letters.recipients == [owner.email]
        (letter,) = server.letters.got
        assert str(letter["Subject"]).startswith("Deuxième étape réinitialisée\N{NO-BREAK SPACE}: ")
        text = server.letters.text()
        assert owner.email in text and reason not in text and administrator.name not in text
        assert link_in(text) == f"{settings.base_url}/account"

    def test_each_such_event_is_told_and_no_other(
        self, session: Session, settings: Settings, server: MailServer
    ) -> None:
        owner = make_user(session, Role.FOCAL_POINT, "GHA")
        actor = make_actor(session, Role.ADMINISTRATOR)
        for kind in AccountEventKind:
            record_account_event(
                session, actor=actor, user_id=owner.id, kind=kind, at=system_clock()
            )
        send(session, settings, server)
        subjects = {str(letter["Subject"]).strip() for letter in server.letters.got}
        site = "Your account in the Small Arms Commitments Tracker: "
        assert subjects == {site + label(kind) for kind in TOLD_BY_MAIL}

    @pytest.mark.parametrize("handed_over", [False, True])
    def test_the_end_of_a_role_is_told_once_with_the_role(
        self, session: Session, settings: Settings, server: MailServer, handed_over: bool
    ) -> None:
        owner = make_user(session, Role.FOCAL_POINT, "GHA")
        actor = make_actor(session, Role.ADMINISTRATOR)
        role: dict[str, Any] = {
            "actor": actor,
            "membership_id": owner.memberships[0].id,
            "clock": system_clock,
        }
        if handed_over:
            handovers.hand_over(session, **role, **NEXT)
        else:
            accounts.end_membership(session, **role)
        send(session, settings, server)
        (letter,) = [one for one in server.letters.got if str(one["To"]) == owner.email]
        what = "Role handed over" if handed_over else "Role ended"
        assert str(letter["Subject"]).endswith(f": {what}")
        told = server.letters.text(server.letters.got.index(letter))
        assert "Role: National focal point, Ghana" in told


def test_every_kind_has_its_words() -> None:
    assert set(TEXTS) | {MailKind.REMINDER} == set(MailKind)


@pytest.mark.parametrize("data", [{}, {"late": True, "file": True}])
def test_every_link_leads_to_a_page(app: Flask, data: dict[str, bool]) -> None:
    values = {
        "token": "t",
        "report": "r",
        "number": "1",
        "clarification": "c",
        "submission": "s",
        "paragraph": "28",
    }
    adapter = app.url_map.bind("localhost")
    for kind in MailKind:
        path = urlsplit(text_of(kind, data).path % values).path
        endpoint, _ = adapter.match(path, method="GET")
        assert not re.search("static|public", endpoint), kind


def test_state_ids_in_mail_are_those_of_the_report(session: Session) -> None:
    begin_report(session, "KEN").submit()
    assert {mail.data["state_id"] for mail in mails(session)} == {state_id(session, "KEN")}


def test_a_letter_names_a_text_of_a_row_as_its_column_does() -> None:
    for part, columns in ITEM_COLUMNS.items():
        headers = {column.key: column.header for column in columns}
        for name in KINDS[part].TEXTS:
            assert text_struck(f"{part}/x", name) == (headers[name], None)
