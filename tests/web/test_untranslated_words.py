"""No word of ours reaches a page past the catalogue.

The pages are rendered in a language whose every sentence is its own message in brackets. What then
stands outside brackets must be data: official wording, our own texts from the seed, names, codes,
what people typed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from babel.support import NullTranslations
from bs4 import BeautifulSoup
from bs4.element import NavigableString
from flask import Flask
from flask_babel import get_babel
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tests.evidence import attach
from tests.exchange.templates import kept_plan
from tests.exports import exports_of_every_kind
from tests.items import BODY, CONTACT, save, save_every
from tests.national_reports import Reporting, begin_report, report_at
from tests.outbox import FROM, dead_mail
from tests.people import Browser, make_actor, make_user, parsed
from tracker.domain.clock import system_clock
from tracker.domain.indicators import Cell
from tracker.domain.mail import TROUBLES, MailKind, MailState
from tracker.domain.progress import Audience, Progress
from tracker.domain.roles import Actor, Role
from tracker.domain.second_factor import Assurance
from tracker.domain.workflow import ReportStatus
from tracker.models import (
    Clarification,
    Evidence,
    Passkey,
    PasswordReset,
    SecondFactor,
    Submission,
    User,
)
from tracker.models import Session as SignedIn
from tracker.queries.accounts import actor_of
from tracker.services.clarifications import reply
from tracker.services.clarifications import withdraw as withdraw_question
from tracker.services.evidence import take_out
from tracker.services.invitations import invite
from tracker.services.mail import queue
from tracker.services.tokens import new_token, token_hash

SEED = Path(__file__).parents[2] / "seed"
LANGUAGE = "ar"  # has no catalogue of its own: the bracketed one takes its place
PUBLIC_PAGES = """
/ /about/method /about/scoring
/documents /documents/bms7 /documents/bms7?strength=consider /documents/bms7/28
/documents/bms7/62 /documents/bms7/94 /states /states/GHA /states/FRA /states/PSE
/compare /compare?states=GHA,FRA&only=good_practices
/compare?states=GHA,FRA,KEN&groups=africa&base=answered
/cycles /cycles/bms7 /cycles/bms7/matrix?area=africa&section=I.1
/cycles/bms7/figures /cycles/bms7/figures?base=applicable
/indicators/sdg-16-4-2 /indicators/sdg-16-4-2?year=2024 /indicators/sdg-16-4-2?state=KEN
/indicators/sdg-16-4-2?of=a&value=computable /compare?groups=africa,grulac&only=good_practices
/indicators /indicators/losses-diversion /indicators/losses-diversion?state=KEN
/indicators/weapons-collected-destroyed?state=KEN /indicators/coordination-body
/sign-in /forgotten-password /keys /checkpoints /needs
/needs?direction=needed&area=africa /search /search?q=saved /documents/bms7/28?q=saved
/documents/bms7/record /cycles/bms7/states /cycles/bms7/states?value=partly_implemented
""".split()
SECRETARIAT_PAGES = """
/admin /admin/people /admin/people/new /admin/people/{person} /admin/cycles /admin/cycles/new
/admin/states/KEN/focal-points /admin/memberships/{role}/hand-over /second-step
/admin/memberships/{role}/end /admin/cycles/bms7/delete
/admin/cycles/bms7/dates /account /review /review?status=late /cycles/bms7 /documents/bms7/28
/states/KEN/submissions/1 /review/submissions/{submission} /review/submissions/{submission}/accept
/review/submissions/{submission}/publish /review/submissions/{submission}/return
/review/submissions/{submission}/strike/28
/review/submissions/{submission}/strike/steps/submit
/review/submissions/{submission}/strike/contacts/{contact}
""".split()
REPORT_PAGES = """
/reports /reports/{report} /reports/{report}/sections/I.1 /reports/{report}/sections/III.b
/reports/{report}/workbook /reports/{report}/read-through /reports/{report}/submit
/reports/{report}/reopen
/reports/{report}/responses/28/history /reports/{report}/responses/28/files
/reports/{report}/responses/26/files /reports/{report}/submissions/1
/reports/{report}/items/contacts /reports/{report}/items/assistance
/reports/{report}/items/targets /reports/{report}/items/contacts/{contact}
/reports/{report}/items/contacts/{contact}/history
/reports/{report}/indicators/sdg-16-4-2 /reports/{report}/indicators/coordination-body
/reports/{report}/clarifications/{question}
/admin /admin/people
""".split()
EXPORT_PAGES = """
/exports /exports/new /exports/new?cycles=bms7&audience=states /exports/{queued} /exports/{running}
/exports/{done} /exports/{deleted} /exports/{failed} /exports/{deleted}/file
""".split()
SUBMITTED_PAGES = ["/reports/{report}/withdraw"]
PLAN_PAGES = ["/reports/{report}/imports/{plan}"]
CODE_PAGES = ["/sign-in/code"]
PASSKEY_PAGES = ["/second-step/passkey"]
MAILED_CODE_PAGES = ["/sign-in/mailed-code"]
INVITATION_PAGES = ["/invitations/{token}"]
RESET_PAGES = ["/reset-password/{token}", "/reset-password/used"]
MAIL_PAGES = ["/admin/mail"]
NOT_PAGES = {
    "static",
    "health.healthz",
    "health.readyz",
    "passkeys.ask",  # leads on to the page of codes
    "provider.come_back",  # leads on, or refuses: read in French by tests/web/test_provider.py
    "metrics.metrics",
    "receipts.own_json",
    "receipts.own_pdf",
    "receipts.any_json",
    "receipts.any_pdf",
    "receipts.keys_file",
    "receipts.proof",
    "checkpoints.every",
    "checkpoints.one",
    "evidence_downloads.own",
    "evidence_downloads.published",
    "evidence_downloads.reviewed",
    "exporting.file",
    "importing.marked",
    "workbooks.template",
}
ATTRIBUTES = ("aria-label", "title", "alt", "placeholder")
# official wording, what people typed, names, codes and dates carry their mark in the page
DATA = "script, style, bdi, code, time, cite, q, textarea, .narrative, .as-typed, [lang]:not(html)"
CODES = re.compile(
    r"[\w.-]+@[\w.-]+|https?://\S+|A/\S+|\b[IV]+(\.\w)*\b|\b[A-Z]{3}\b|\bbms7\b|BMS7|SDG|UTC|SHA-256"
    r"|\bv?\d+\.\d+[\w.+]*|\bsdg-[\d-]+|\bOP-\d|[0-9a-f]{16,}"
    r"|Person \d+|Ama Mensah, Director|English|Français"
)
BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")


class Bracketed(NullTranslations):
    """Every sentence is itself in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"

    ugettext = gettext
    ungettext = ngettext


@pytest.fixture(autouse=True)
def bracketed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        domain = get_babel().instance.domain_instance
    monkeypatch.setitem(domain.cache, (LANGUAGE, "messages"), Bracketed())


@cache
def texts_of_the_seed() -> tuple[str, ...]:
    """Our own titles and summaries, and the names of States and areas; the longest first."""
    found = {
        " ".join(text.split())
        for path in SEED.rglob("*.yaml")
        for text in _texts(yaml.load(path.read_text("utf-8"), yaml.CSafeLoader))
    }
    return tuple(sorted((text for text in found if len(text) > 2), key=len, reverse=True))


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def leftovers(page: BeautifulSoup) -> set[str]:
    """What has letters and stands outside brackets without being data."""
    found = set()
    for text in set(_shown(page)):
        rest = " ".join(text.split())
        while BRACKETED.search(rest):
            rest = BRACKETED.sub(" ", rest)
        if _has_words(rest):
            for known in texts_of_the_seed():
                rest = rest.replace(known, " ")
            if _has_words(rest):
                found.add(rest.strip())
    return found


def _has_words(text: str) -> bool:
    return bool(re.search(r"[A-Za-z]{2}", CODES.sub(" ", text)))


def _shown(page: BeautifulSoup) -> Iterator[str]:
    for tag in page.find_all(True):
        yield from (str(tag[name]) for name in tag.attrs if _is_read_out(name))
    for number in page.select(".hint bdi[dir=ltr]"):  # in a sentence, read from the left
        number.unwrap()
    page.smooth()
    for data in page.select(DATA):
        data.decompose()
    for text in page.find_all(string=True):
        if type(text) is NavigableString:
            yield str(text)


def _is_read_out(attribute: str) -> bool:
    return attribute in ATTRIBUTES or attribute.startswith("data-text-")


@dataclass
class World:
    """Reports in every state, a question open and one answered, figures, and who reads them."""

    draft: Reporting
    submitted: Reporting
    returned: Reporting
    published: Reporting
    submission: Submission
    question: Clarification
    contacts: dict[str, str]


@pytest.fixture
def world(session: Session) -> World:
    published = begin_report(session, "GHA")
    save_figures(published)
    contacts = {"published": save_every(published)[CONTACT]}
    published.answer(28, progress=Progress.PARTLY_IMPLEMENTED, narrative="A law.")
    published.answer(30, progress=Progress.NOT_STARTED, audience=Audience.STATES)
    attach(published, title="The act")
    first = published.submit()
    published.accept(first)
    published.publish(first)
    draft, _ = report_at(session, ReportStatus.DRAFT, "FRA")
    attach_every_way(draft)
    save_figures(draft)
    contacts["draft"] = save_every(draft)[CONTACT]
    submitted = begin_report(session, "KEN")
    save_figures(submitted)
    contacts["submitted"] = save_every(submitted)[CONTACT]
    submitted.answer(28, narrative="One.", narrative_language="en", audience=Audience.STATES)
    first = submitted.submit()
    submitted.give_back(first)
    submitted.answer(28, progress=Progress.IMPLEMENTED, narrative="Two.", good_practice=True)
    save(submitted, replace(CONTACT, confirmed_on="2020-01-01"), contacts["submitted"], 1)
    save(submitted, BODY)
    attach(submitted, title="The act")
    submission = submitted.submit()
    question = submitted.ask(submission, "Since when?")
    answered = submitted.ask(submission, "Who?")
    taken_back = submitted.ask(submission, "Where?")
    withdraw_question(
        session,
        actor=submitted.reviewer,
        clarification_id=taken_back.id,
        clock=submitted.clock,
    )
    reply(
        session,
        actor=submitted.focal_point,
        clarification_id=answered.id,
        reply="The ministry.",
        clock=submitted.clock,
    )
    returned, _ = report_at(session, ReportStatus.RETURNED, "MEX")
    contacts["returned"] = save_every(returned)[CONTACT]
    removed = save(returned, CONTACT).item_id
    save(returned, None, removed, 1)
    session.commit()
    return World(draft, submitted, returned, published, submission, question, contacts)


def attach_every_way(work: Reporting) -> None:
    """A file in two versions, one that was taken out, one whose title was struck out."""
    attach(work, title="Draft", replaces=attach(work, title="The act"))
    gone = attach(work, title="The decree")
    take_out(
        work.session,
        actor=work.focal_point,
        report_id=work.report.id,
        public_id=gone,
        clock=work.clock,
    )
    attach(work, bytes(1_200_000), title="The plan")
    link = work.session.scalars(select(Evidence.revision_id).order_by(Evidence.id.desc())).first()
    work.strike_out(link or 0, "title", "It names a person.")


def save_figures(work: Reporting) -> None:
    """One value that can be computed, and one that cannot."""
    work.save_figures(
        {
            Cell(2024, "found", "total"): 5,
            Cell(2024, "found", "traced"): 1,
            Cell(2024, "found", "otherwise_established"): 1,
        }
    )


def assert_all_in_brackets(browser: Browser, paths: list[str]) -> None:
    found = {}
    for path in paths:
        mark = "&" if "?" in path else "?"
        response = browser.get(f"{path}{mark}lang={LANGUAGE}")
        assert response.mimetype == "text/html" and response.status_code < 500, path
        assert BRACKETED.search(response.text), path
        words = leftovers(parsed(response.data))
        if words:
            found[path] = words
    assert not found, "mark these for translation, or mark them as data in the page"


def browser_for(world: World, browser_of: type[Browser], actor: Actor) -> Browser:
    return browser_of(world.draft.session.get_one(User, actor.user_id))


def test_public_pages(world: World, public: Browser) -> None:
    assert_all_in_brackets(public, PUBLIC_PAGES)


def test_the_points_of_one_state(
    app: Flask, monkeypatch: pytest.MonkeyPatch, world: World, public: Browser
) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], scoring=True))
    paths = [f"/about/scoring?state={iso3}&cycle=bms7" for iso3 in ("GHA", "FRA")]
    assert_all_in_brackets(public, paths)


def test_pages_of_the_secretariat(world: World, browser_of: type[Browser]) -> None:
    browser = browser_for(world, browser_of, world.submitted.administrator)
    person = browser.session.get_one(User, world.submitted.reviewer.user_id).public_id
    leaving = browser.session.get_one(User, world.submitted.focal_point.user_id)
    ids = {
        "person": person,
        "role": leaving.memberships[0].public_id,
        "submission": world.submission.public_id,
        "contact": world.contacts["submitted"],
    }
    assert_all_in_brackets(browser, [path.format_map(ids) for path in SECRETARIAT_PAGES])


@pytest.mark.parametrize("name", ["draft", "submitted", "returned", "published"])
def test_pages_of_a_focal_point(world: World, browser_of: type[Browser], name: str) -> None:
    work: Reporting = getattr(world, name)
    ids = {
        "report": work.report.public_id,
        "question": world.question.public_id,
        "contact": world.contacts[name],
    }
    browser = browser_for(world, browser_of, work.focal_point)
    pages = REPORT_PAGES + (SUBMITTED_PAGES if name == "submitted" else [])
    assert_all_in_brackets(browser, [path.format_map(ids) for path in pages])


def test_pages_of_exports(session: Session, browser_of: type[Browser]) -> None:
    user = make_user(session, Role.FOCAL_POINT, "GHA")
    asked = exports_of_every_kind(session, actor_of(session, user))
    ids = {name: export.public_id for name, export in asked.items()}
    assert_all_in_brackets(browser_of(user), [path.format_map(ids) for path in EXPORT_PAGES])


def test_page_of_an_uploaded_file(world: World, browser_of: type[Browser]) -> None:
    work = world.draft
    plan = kept_plan(work)
    work.answer(28, narrative="Saved meanwhile.")
    browser = browser_for(world, browser_of, work.focal_point)
    ids = {"report": work.report.public_id, "plan": plan}
    assert_all_in_brackets(browser, [path.format_map(ids) for path in PLAN_PAGES])


def test_page_of_an_invitation(session: Session, public: Browser) -> None:
    inviter = make_actor(session, Role.ADMINISTRATOR)
    guest = make_user(session, Role.FOCAL_POINT, "GHA")
    token = invite(session, actor=inviter, user_id=guest.id, clock=system_clock)
    session.commit()
    assert_all_in_brackets(public, [path.format(token=token) for path in INVITATION_PAGES])


def test_pages_about_a_lost_password(session: Session, public: Browser) -> None:
    now, token = system_clock(), new_token()
    user = make_user(session, Role.FOCAL_POINT, "GHA")
    later = now + timedelta(hours=1)
    session.add(
        PasswordReset(
            token_hash=token_hash(token), user_id=user.id, created_at=now, expires_at=later
        )
    )
    session.commit()
    assert_all_in_brackets(public, [path.format(token=token) for path in RESET_PAGES])
    asked = public.post(f"/forgotten-password?lang={LANGUAGE}", {"email": user.email})
    assert asked.status_code == 200
    assert not leftovers(parsed(asked.data))


def test_page_about_mail(session: Session, browser_of: type[Browser]) -> None:
    about = {"state": {"en": "Ghana"}, "cycle": "bms7"}
    states = (MailState.DEAD, MailState.QUEUED, MailState.DROPPED)
    for number, kind in enumerate(MailKind):
        user = make_user(session, Role.FOCAL_POINT, "GHA")
        mail = queue(session, user=user, kind=kind, at=system_clock(), data=about)
        mail.state, mail.error = states[number % 3], "text-refused: 554 no"
    for trouble in TROUBLES:
        dead_mail(session, user).error = trouble
    session.commit()
    browser = browser_of(make_user(session, Role.ADMINISTRATOR))
    assert_all_in_brackets(browser, MAIL_PAGES)


def test_pages_of_the_second_step(session: Session, browser_of: type[Browser]) -> None:
    user = make_user(session, Role.REVIEWER)
    browser = browser_of(user)
    assert_all_in_brackets(browser, PASSKEY_PAGES)
    browser.post("/second-step/begin")
    browser.post("/second-step/passkey/begin")
    assert_all_in_brackets(browser, ["/second-step", *PASSKEY_PAGES])
    session.add(
        Passkey(
            user_id=user.id,
            name="[key]",
            credential_id="AAAA",
            public_key="AAAA",
            sign_count=0,
            transports=[],
            made_at=system_clock(),
        )
    )
    session.commit()
    assert_all_in_brackets(browser, ["/account"])
    session.add(
        SecondFactor(user_id=user.id, secret="A" * 32, last_step=0, set_up_at=system_clock())
    )
    session.execute(update(SignedIn).values(assurance=Assurance.PASSWORD))
    session.commit()
    browser.post("/sign-in/passkey/begin")
    assert_all_in_brackets(browser, CODE_PAGES)
    session.execute(delete(SecondFactor))
    session.commit()
    assert_all_in_brackets(browser, CODE_PAGES)


def test_page_of_the_code_by_mail(
    app: Flask, session: Session, browser_of: type[Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    posting = {"second_factor": "all", "smtp_url": "smtp://127.0.0.1:9", "mail_from": FROM}
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], **posting))
    browser = browser_of(make_user(session, Role.FOCAL_POINT, "GHA"))
    session.execute(update(SignedIn).values(assurance=Assurance.PASSWORD))
    session.commit()
    assert_all_in_brackets(browser, ["/second-step", *MAILED_CODE_PAGES])


def test_no_page_is_left_out(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    paths = PUBLIC_PAGES + SECRETARIAT_PAGES + REPORT_PAGES + INVITATION_PAGES
    paths += EXPORT_PAGES + PLAN_PAGES + RESET_PAGES + MAIL_PAGES + CODE_PAGES
    paths += MAILED_CODE_PAGES + PASSKEY_PAGES + SUBMITTED_PAGES
    seen = {adapter.match(path.split("?")[0])[0] for path in paths}
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.endpoint.startswith(
            ("exports.", "page_downloads.", "cycle_downloads.", "api.")
        )
    }
    assert pages - seen - NOT_PAGES == set()


def test_messages_about_bad_input(world: World, browser_of: type[Browser]) -> None:
    browser = browser_for(world, browser_of, world.draft.focal_point)
    report = f"/reports/{world.draft.report.public_id}"
    seen = browser.soup(f"{report}/submit").select_one("input[name=seen]")
    assert seen
    for path, data in (
        (f"{report}/sections/I.1", {"p25-version": "0", "p25-measures-0-link": "here"}),
        (f"{report}/sections/I.1", {"p28-version": "0", "p28-narrative": "Other words."}),
        (
            f"{report}/indicators/sdg-16-4-2",
            {"version": "1", Cell(2024, "found", "total").place: "many"},
        ),
        (f"{report}/items/contacts/{world.contacts['draft']}", {"version": "1", "women": "x"}),
        (
            f"{report}/items/contacts/{world.contacts['draft']}",
            {"version": "0", "kind": "coordination_body", "name": "Other"},
        ),
        (f"{report}/submit", {"name": ""}),
        (f"{report}/submit", {"name": "", "seen": str(seen["value"])}),
        (f"{report}/responses/28/files", {"title": ""}),
        ("/admin/people/new", {"email": "nobody"}),
        ("/account/password", {"password": "short"}),
        ("/exports/new", {"language": "xx", "format": "pdf", "compare": "y"}),
        ("/exports/new", {"cycles": "bms7", "language": "en", "compare": "y"}),
        ("/sign-in", {"email": "nobody", "password": "wrong"}),
        ("/forgotten-password", {"email": "nobody"}),
    ):
        response = browser.post(f"{path}?lang={LANGUAGE}", data)
        assert response.status_code >= 400, path
        assert not leftovers(parsed(response.data)), path
