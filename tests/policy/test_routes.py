"""Every route, as every role and signed out, with objects of the own State and of another."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from tests.evidence import attach, pdf
from tests.exchange.templates import kept_plan
from tests.exports import ask_for_export
from tests.items import CONTACT, save
from tests.national_reports import report_at
from tests.outbox import dead_mail
from tests.people import Browser, make_user, parsed, state_id
from tests.signing import SIGNER
from tests.transactions import rolled_back, session_in, undone
from tracker.app import create_app
from tracker.delivery.evidence_files import EvidenceFolder
from tracker.domain.clock import system_clock
from tracker.domain.roles import Role
from tracker.domain.workflow import ReportStatus
from tracker.policy.actions import Action
from tracker.services.checkpoints import make_checkpoint
from tracker.settings import Settings
from tracker.web import access

HOME, ABROAD = "GHA", "KEN"
# Each cell is the status for objects of the home State, then, where it differs, of another State.
# 303: signed out, to the sign-in page; signed in, done. 401: the text sent is kept for signing in.
# 404: not to be known of. 403: known of, not allowed. 409 and 422: allowed, but not now or not so.
COLUMNS = ("signed-out", "contributor", "focal-point", "observer", "reviewer", "administrator")
TABLE = """
GET  /                                                             200     200     200     200     200     200
GET  /about/method                                                 200     200     200     200     200     200
GET  /about/scoring                                                200     200     200     200     200     200
GET  /account                                                      303     200     200     200     200     200
POST /account                                                      303     422     422     422     422     422
POST /account/passkeys/<passkey_id>/remove                         303     404     404     404     404     404
POST /account/password                                             303     422     422     422     422     422
POST /account/provider/link                                        303     404     404     404     404     404
POST /account/provider/unlink                                      303     404     404     404     404     404
POST /account/second-step/codes                                    303     404     404     404     404     404
POST /account/second-step/remove                                   303     404     404     404     403     403
POST /account/sessions/<session_id>/end                            303     404     404     404     404     404
POST /account/sessions/end-others                                  303     303     303     303     303     303
GET  /admin                                                        303     403     200     403     403     200
GET  /admin/cycles                                                 303     403     403     403     403     200
GET  /admin/cycles/<slug>/dates                                    303     403     403     403     403     200
POST /admin/cycles/<slug>/dates                                    303     403     403     403     403     422
GET  /admin/cycles/<slug>/delete                                   303     403     403     403     403     200
POST /admin/cycles/<slug>/delete                                   303     403     403     403     403     409
GET  /admin/cycles/new                                             303     403     403     403     403     200
POST /admin/cycles/new                                             303     403     403     403     403     422
GET  /admin/mail                                                   303     403     403     403     403     200
POST /admin/mail/<mail_id>/again                                   303     403     403     403     403     303
GET  /admin/memberships/<membership_id>/end                        303     404     200/404 404     404     200
POST /admin/memberships/<membership_id>/end                        303     404     303/404 404     404     303
GET  /admin/memberships/<role_id>/hand-over                        303     404     200/404 404     404     200
POST /admin/memberships/<role_id>/hand-over                        303     404     422/404 404     404     422
POST /admin/memberships/<membership_id>/sections                   303     404     422/404 404     404     422
GET  /admin/people                                                 303     403     200     403     403     200
GET  /admin/people/<person_id>                                     303     404     200/404 404     404     200
POST /admin/people/<person_id>/activate                            303     404     403/404 404     404     303
POST /admin/people/<person_id>/deactivate                          303     404     403/404 404     404     303
POST /admin/people/<person_id>/link                                303     404     200/404 404     404     200
POST /admin/people/<person_id>/second-step/reset                    303     404     403/404 404     404     404
GET  /admin/people/new                                             303     403     200     403     403     200
POST /admin/people/new                                             303     403     422     403     403     422
GET  /admin/states/<iso3>/focal-points                              303     404     200/404 404     404     200
GET  /checkpoints                                                  200     200     200     200     200     200
GET  /checkpoints.json                                             200     200     200     200     200     200
GET  /checkpoints/<int:number>.json                                200     200     200     200     200     200
GET  /compare                                                      200     200     200     200     200     200
GET  /compare.<form>                                               422     422     422     422     422     422
GET  /cycles                                                       200     200     200     200     200     200
GET  /cycles/<slug>                                                200     200     200     200     200     200
GET  /cycles/<slug>/compiled.xlsx                                  303     303     303     303     303     303
GET  /cycles/<slug>/figures                                        200     200     200     200     200     200
GET  /cycles/<slug>/figures.<form>                                 200     200     200     200     200     200
GET  /cycles/<slug>/matrix                                         200     200     200     200     200     200
GET  /cycles/<slug>/matrix.<form>                                  200     200     200     200     200     200
GET  /cycles/<slug>/states                                         200     200     200     200     200     200
GET  /cycles/<slug>/states.<form>                                  200     200     200     200     200     200
GET  /documents                                                    200     200     200     200     200     200
GET  /documents/<slug>                                             200     200     200     200     200     200
GET  /documents/<slug>/<int:paragraph>                             200     200     200     200     200     200
GET  /documents/<slug>/<int:paragraph>/answers.<form>             200     200     200     200     200     200
GET  /documents/<slug>/record                                      200     200     200     200     200     200
GET  /exports                                                      200     200     200     200     200     200
GET  /exports/<export_id>                                          404     404     404     404     404     404
GET  /exports/<export_id>/file                                     404     404     404     404     404     404
GET  /exports/new                                                  200     200     200     200     200     200
POST /exports/new                                                  403     303     303     303     303     303
GET  /forgotten-password                                           200     200     200     200     200     200
POST /forgotten-password                                           422     422     422     422     422     422
GET  /healthz                                                      200     200     200     200     200     200
GET  /indicators                                                   200     200     200     200     200     200
GET  /indicators/<slug>                                            200     200     200     200     200     200
GET  /indicators/<slug>/values.<form>                             200     200     200     200     200     200
GET  /invitations/<token>                                          404     404     404     404     404     404
POST /invitations/<token>                                          404     404     404     404     404     404
GET  /keys                                                         200     200     200     200     200     200
GET  /keys.json                                                    200     200     200     200     200     200
GET  /metrics                                                      404     404     404     404     404     404
GET  /needs                                                        200     200     200     200     200     200
GET  /needs.<form>                                                 200     200     200     200     200     200
GET  /readyz                                                       200     200     200     200     200     200
GET  /reports                                                      303     200     200     200     200     200
POST /reports                                                      303     403     303     403     404     404
GET  /reports/<report_id>                                          303     200/404 200/404 200/404 404     404
POST /reports/<report_id>/audience                                 401     403/404 409/404 403/404 404     404
GET  /reports/<report_id>/clarifications/<clarification_id>        303     403/404 200/404 403/404 404     404
POST /reports/<report_id>/clarifications/<clarification_id>        401     403/404 303/404 403/404 404     404
GET  /reports/<report_id>/indicators/<slug>                        303     403/404 200/404 200/404 404     404
POST /reports/<report_id>/indicators/<slug>                        401     403/404 422/404 403/404 404     404
GET  /reports/<report_id>/items/<part>                             303     403/404 200/404 200/404 404     404
GET  /reports/<report_id>/items/<part>/<item_id>                   303     403/404 200/404 200/404 404     404
POST /reports/<report_id>/items/<part>/<item_id>                   401     403/404 422/404 403/404 404     404
GET  /reports/<report_id>/items/<part>/<item_id>/history           303     403/404 200/404 200/404 404     404
GET  /reports/<report_id>/files/<evidence_id>                      303     200/404 200/404 200/404 404     404
POST /reports/<report_id>/files/<evidence_id>/take-out             401     409/404 409/404 403/404 404     404
GET  /reports/<report_id>/responses/<int:paragraph>/files          303     200/404 200/404 200/404 404     404
POST /reports/<report_id>/responses/<int:paragraph>/files          401     422/404 422/404 403/404 404     404
POST /reports/<report_id>/items/<part>/copy                        401     403/404 409/404 403/404 404     404
GET  /reports/<report_id>/read-through                             303     200/404 200/404 200/404 404     404
GET  /reports/<report_id>/reopen                                   303     403/404 200/404 403/404 404     404
POST /reports/<report_id>/reopen                                   401     403/404 409/404 403/404 404     404
POST /reports/<report_id>/responses/<int:paragraph>                401     409/404 409/404 403/404 404     404
GET  /reports/<report_id>/responses/<int:paragraph>/history        303     200/404 200/404 200/404 404     404
GET  /reports/<report_id>/sections/<code>                          303     200/404 200/404 200/404 404     404
POST /reports/<report_id>/sections/<code>                          401     409/404 409/404 403/404 404     404
GET  /reports/<report_id>/submissions/<int:number>                 303     403/404 200/404 200/404 404     404
GET  /reports/<report_id>/submissions/<int:number>/proof.json      303     403/404 200/404 200/404 404     404
GET  /reports/<report_id>/submissions/<int:number>/receipt.json    303     403/404 200/404 200/404 404     404
GET  /reports/<report_id>/submissions/<int:number>/receipt.pdf     303     403/404 200/404 200/404 404     404
GET  /reports/<report_id>/submissions/<int:number>/report.<form>   303     403/404 200/404 200/404 404     404
GET  /reports/<report_id>/submit                                   303     403/404 200/404 403/404 404     404
POST /reports/<report_id>/submit                                   401     403/404 409/404 403/404 404     404
GET  /reports/<report_id>/withdraw                                 303     403/404 200/404 403/404 404     404
POST /reports/<report_id>/withdraw                                 401     403/404 303/404 403/404 404     404
GET  /reports/<report_id>/imports/<plan_id>                        303     404     404     404     404     404
POST /reports/<report_id>/imports/<plan_id>                        401     404     404     404     404     404
GET  /reports/<report_id>/imports/<plan_id>/marked.xlsx            303     404     404     404     404     404
GET  /reports/<report_id>/workbook                                 303     200/404 200/404 200/404 404     404
POST /reports/<report_id>/workbook                                 401     422/404 422/404 403/404 404     404
GET  /reports/template.xlsx                                        303     404     404     404     404     404
GET  /reset-password/<token>                                       404     404     404     404     404     404
POST /reset-password/<token>                                       404     404     404     404     404     404
GET  /review                                                       303     403     403     403     200     200
GET  /review/submissions/<submission_id>                           303     403     403     403     200     200
GET  /review/submissions/<submission_id>/accept                    303     403     403     403     200     200
POST /review/submissions/<submission_id>/accept                    401     403     403     403     303     303
GET  /review/submissions/<submission_id>/publish                   303     403     403     403     403     409
POST /review/submissions/<submission_id>/publish                   401     403     403     403     403     409
GET  /review/submissions/<submission_id>/files/<evidence_id>       303     403     403     403     200     200
POST /review/submissions/<submission_id>/questions/<int:paragraph> 401     403     403     403     303     303
POST /review/submissions/<submission_id>/questions/<clarification_id>/withdraw 401 403     403     403     303     303
GET  /review/submissions/<submission_id>/receipt.json              303     403     403     403     200     200
GET  /review/submissions/<submission_id>/receipt.pdf               303     403     403     403     200     200
GET  /review/submissions/<submission_id>/return                    303     403     403     403     200     200
POST /review/submissions/<submission_id>/return                    401     403     403     403     303     303
GET  /review/submissions/<submission_id>/strike/<int:paragraph>    303     403     403     403     403     200
GET  /review/submissions/<submission_id>/strike/<part>/<item_id>   303     403     403     403     403     200
POST /review/submissions/<submission_id>/strike/<part>/<item_id>   401     403     403     403     403     303
POST /review/submissions/<submission_id>/strike/<int:paragraph>    401     403     403     403     403     303
GET  /sign-in                                                      200     200     200     200     200     200
POST /sign-in                                                      401     401     401     401     401     401
GET  /sign-in/code                                                 303     303     303     303     303     303
POST /sign-in/code                                                 303     303     303     303     303     303
GET  /sign-in/mailed-code                                          303     303     303     303     303     303
POST /sign-in/mailed-code                                          303     303     303     303     303     303
POST /sign-in/mailed-code/send                                     303     303     303     303     303     303
GET  /sign-in/passkey                                              303     303     303     303     303     303
POST /sign-in/passkey                                              303     303     303     303     303     303
POST /sign-in/passkey/begin                                        303     303     303     303     303     303
POST /sign-in/provider                                             404     404     404     404     404     404
GET  /sign-in/provider/back                                        404     404     404     404     404     404
GET  /search                                                       200     200     200     200     200     200
GET  /search.<form>                                               422     422     422     422     422     422
GET  /second-step                                                  303     200     200     200     200     200
POST /second-step                                                  303     422     422     422     422     422
POST /second-step/begin                                            303     303     303     303     303     303
GET  /second-step/passkey                                          303     200     200     200     200     200
POST /second-step/passkey                                          303     422     422     422     422     422
POST /second-step/passkey/begin                                    303     303     303     303     303     303
POST /sign-out                                                     303     303     303     303     303     303
GET  /states                                                       200     200     200     200     200     200
GET  /states/<iso3>                                                200     200     200     200     200     200
GET  /states/<iso3>/report.<form>                                  404     404     404     404     404     404
GET  /states/<iso3>/submissions/<int:number>                       404     404     200/404 200/404 200     200
GET  /states/<iso3>/submissions/<int:number>/files/<evidence_id>   404     404     200/404 200/404 200     200
GET  /static/<path:filename>                                       200     200     200     200     200     200
"""  # noqa: E501  # reads across
ROWS = {
    (method, rule): cells
    for method, rule, *cells in (line.split() for line in TABLE.strip().splitlines())
}
WALK = sorted(ROWS, key=lambda route: route[1] == "/sign-out")  # signing out comes last


@dataclass
class World:
    """Ids of what the addresses name, by State: a report under review with one question each."""

    values: dict[str, dict[str, str]]
    body: dict[str, str]

    def address(self, rule: str, iso3: str) -> str:
        """The rule with its variables filled with objects of this State."""
        values = self.values[iso3] | {"slug": "sdg-16-4-2" if "indicators" in rule else "bms7"}
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], rule)

    def form(self, rule: str) -> dict[str, str]:
        """What is sent there; of a contact another text is struck out than of an answer."""
        return self.body | ({"field": "name"} if "<item_id>" in rule else {})


@pytest.fixture(scope="module")
def made(engine: Engine, settings: Settings) -> Iterator[tuple[Connection, World]]:
    """Made once, for it takes a second; each test works in a part of its transaction."""
    with rolled_back(engine) as connection:
        with session_in(connection) as session:
            world = make_world(session, settings)
        yield connection, world


@pytest.fixture
def connection(made: tuple[Connection, World]) -> Iterator[Connection]:
    with undone(made[0]):
        yield made[0]


@pytest.fixture
def world(made: tuple[Connection, World]) -> World:
    return made[1]


def make_world(session: Session, settings: Settings) -> World:
    values = {}
    for iso3 in (HOME, ABROAD):
        work, _ = report_at(session, ReportStatus.DRAFT, iso3)
        contact = save(work, CONTACT)
        with EvidenceFolder(settings.instance_path).receive(pdf(f"law of {iso3}")) as law:
            evidence = attach(work, law.data, keep=law.keep)
        submission = work.submit()
        question = work.ask(submission, "Since when?")
        export = ask_for_export(session, work.reviewer)
        person = make_user(session, Role.OBSERVER, iso3)
        leaving = make_user(session, Role.FOCAL_POINT, iso3)
        values[iso3] = {
            "report_id": work.report.public_id,
            "submission_id": submission.public_id,
            "evidence_id": evidence,
            "clarification_id": question.public_id,
            "person_id": person.public_id,
            "membership_id": person.memberships[0].public_id,
            "role_id": leaving.memberships[0].public_id,
            "export_id": export.public_id,
            "mail_id": dead_mail(session, person).public_id,
            "iso3": iso3,
            "number": "1",
            "paragraph": "28",
            "part": "contacts",
            "item_id": contact.item_id,
            "code": "I.1",
            "plan_id": kept_plan(work),
            "session_id": "no-such-session",
            "passkey_id": "no-such-passkey",
            "token": "no-such-token",
            "filename": "css/tracker.css",
            "form": "xlsx",
        }
    make_checkpoint(session, signer=SIGNER, clock=system_clock)
    session.commit()
    body = {
        "state": str(state_id(session, HOME)),
        "cycle": "bms7",
        "cycles": "bms7",
        "language": "en",
        "audience": "states",
        "question": "Since when?",
        "reply": "2024.",
        "reason": "It is incomplete.",
        "field": "narrative",
        "p28-version": "1",
        "p28-narrative": "Forged.",
    }
    return World(values, body)


@pytest.fixture
def browsers(session: Session, browser_of: type[Browser]) -> dict[str, Browser]:
    """One browser for each column."""
    people = {
        role.value: make_user(session, role, HOME if role.of_a_state else None, ("I.1",))
        for role in Role
    }
    return {name: browser_of(people[name]) if name in people else browser_of() for name in COLUMNS}


def sender(
    browser: Browser, connection: Connection
) -> Callable[[str, str, Mapping[str, Any]], int]:
    """Sends a request, a form with its token, and gives the status; nothing stays changed."""
    token = browser.csrf_token()

    def send(method: str, path: str, body: Mapping[str, Any]) -> int:
        with undone(connection):
            if method == "GET":
                answer = browser.client.get(path)
            else:
                answer = browser.client.post(path, data={**body, "csrf_token": token})
            answer.close()
        browser.session.expire_all()
        return answer.status_code

    return send


def routes(app: Flask) -> set[tuple[str, str]]:
    return {
        (method, str(rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }


def test_the_table_names_every_route(app: Flask) -> None:
    assert sorted(routes(app)) == sorted(ROWS)


@pytest.mark.parametrize("name", COLUMNS)
def test_every_route_answers_each_role_as_the_table_says(
    connection: Connection, world: World, browsers: dict[str, Browser], name: str
) -> None:
    send = sender(browsers[name], connection)
    found = {}
    for method, rule in WALK:
        paths = dict.fromkeys(world.address(rule, iso3) for iso3 in (HOME, ABROAD))
        statuses = [str(send(method, path, world.form(rule))) for path in paths]
        found[method, rule] = "/".join(dict.fromkeys(statuses))
    expected = {route: cells[COLUMNS.index(name)] for route, cells in ROWS.items()}
    assert found == expected


@pytest.mark.one_engine
@pytest.mark.parametrize("name", ["signed-out", "focal-point", "administrator"])
def test_browsers_read_every_page_as_it_is_written(
    world: World, browsers: dict[str, Browser], name: str
) -> None:
    """Nothing is left open, moved or dropped, so tests may read pages by the faster parser.

    What is open to all is read once, signed out: the matrix alone takes three seconds.
    """
    pages = 0
    for method, rule in WALK:
        if method == "GET" and (name == "signed-out" or ROWS[method, rule][0] != "200"):
            answer = browsers[name].client.get(world.address(rule, HOME))
            if b"<main" in answer.data:  # a page of ours, not a redirection
                as_written = BeautifulSoup(answer.data, "html5lib")
                assert elements(as_written) == elements(parsed(answer.data)), rule
                pages += 1
            answer.close()
    assert pages > 10


def elements(page: BeautifulSoup) -> list[tuple[str, str, dict[str, Any], str]]:
    """Every element with the one it stands in, what it carries, and its own words."""
    return [
        (
            element.name,
            element.parent.name if element.parent else "",
            {name.lower(): value for name, value in element.attrs.items()},  # drawings: viewBox
            " ".join(" ".join(element.find_all(string=True, recursive=False)).split()),
        )
        for element in page.find_all(True)
    ]


def test_nothing_of_another_state_is_reached() -> None:
    """Read off the table: under /reports another State's object is never there for anybody."""
    for (method, rule), cells in ROWS.items():
        if rule.startswith("/reports/<"):
            for name, cell in zip(COLUMNS[1:], cells[1:], strict=True):
                assert cell.split("/")[-1] == "404", (method, rule, name)


def test_signed_out_nothing_but_public_pages_opens(app: Flask) -> None:
    """Read off the table and the declarations: what is not public leads to signing in."""
    for rule in app.url_map.iter_rules():
        action = access.declared_action(app, rule.endpoint)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if action is not Action.PUBLIC_READ:
                assert ROWS[method, str(rule)][0] in ("303", "401"), (method, rule)


def test_an_endpoint_without_a_declared_action_is_refused(settings: Settings) -> None:
    app = create_app(settings)

    @app.get("/undeclared")
    def undeclared() -> str:
        return "open to all"

    assert app.test_client().get("/undeclared").status_code == 403
    with pytest.raises(RuntimeError, match="undeclared"):
        access.check_declarations(app)


@pytest.mark.parametrize("name", COLUMNS)
def test_a_form_without_its_token_is_refused(
    world: World, browsers: dict[str, Browser], name: str
) -> None:
    for method, rule in ROWS:
        if method == "POST":
            answer = browsers[name].client.post(world.address(rule, HOME), data=world.body)
            assert answer.status_code in (400, 401), (rule, answer.status)
            assert answer.status_code == 400 or name == "signed-out"


QUERIES = (
    "lang=%00&cycle=%00&base=%00&status=%00&group=%00&page=%00&next=%00&audience=%00&year=%00",
    "page=99999999999999999999&year=-1&theme=x&strength=x&addressee=x&lang=xx&base=x&audience=x",
)
ODD = ("0", "99999999999999999999", "%00", "..%2F..", "a" * 300)


@pytest.mark.parametrize("name", ["signed-out", "focal-point", "administrator"])
def test_odd_addresses_and_forms_are_answered(
    connection: Connection, world: World, browsers: dict[str, Browser], name: str
) -> None:
    """Never a failure of the server, whatever stands in the address or in the form.

    What is open to all is tried signed out and as the administrator.
    """
    send = sender(browsers[name], connection)
    body = {field: ["\0", "9" * 30, "x"] for field in world.body}
    for method, rule in WALK:
        if name == "focal-point" and ROWS[method, rule][0] == "200":
            continue
        paths = {re.sub(r"<[^>]+>", odd, rule) for odd in ODD} if "<" in rule else {rule}
        paths |= {f"{world.address(rule, HOME)}?{query}" for query in QUERIES}
        for path in sorted(paths):
            assert send(method, path, body) < 500, (method, path)
