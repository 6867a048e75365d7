"""Where the first wall has a hole, pages and saves still meet the second, on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, Engine, select, text, true
from sqlalchemy.orm import Session

from tests.items import CONTACT, save
from tests.national_reports import begin_report
from tests.people import Browser, make_user
from tests.transactions import rolled_back, session_in, undone
from tracker.domain.progress import Progress
from tracker.domain.roles import Role
from tracker.models import ChainEntry, Response
from tracker.policy import rules, scopes
from tracker.queries import reports, review, submissions

HOME, DRAFT, OPENLY = "GHA", "KEN", "PER"
SECRET = "Canary of a working copy"
READ = (
    "/reports/{report}",
    "/reports/{report}/read-through",
    "/reports/{report}/sections/I.1",
    "/reports/{report}/responses/28/history",
    "/reports/{report}/items/contacts",
    "/reports/{report}/items/contacts/{item}",
    "/reports/{report}/items/contacts/{item}/history",
    "/reports/{report}/submit",
    "/reports/{report}/workbook",
    "/reports/{report}/submissions/1",
    "/reports/{report}/submissions/1/receipt.json",
    "/reports/{report}/submissions/1/proof.json",
    "/reports/{report}/submissions/1/report.xlsx",
)
FORM = {
    "p28-version": "2",
    "p28-narrative": "Forged.",
    "p28-progress": "implemented",
    "p28-audience": "public",
}


@dataclass(frozen=True)
class Other:
    """A report of another State, with an answer, a contact and a submission."""

    key: int
    ids: dict[str, str]

    def address(self, path: str) -> str:
        return path.format(**self.ids)


@pytest.fixture(scope="module")
def made(engine: Engine) -> Iterator[tuple[Connection, dict[str, Other]]]:
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no policies")
    with rolled_back(engine) as connection:
        with session_in(connection) as session:
            others = {iso3: _report(session, iso3) for iso3 in (DRAFT, OPENLY)}
            session.commit()
        yield connection, others


def _report(session: Session, iso3: str) -> Other:
    work = begin_report(session, iso3)
    work.answer(28, progress=Progress.PARTLY_IMPLEMENTED, narrative="A law.")
    contact = save(work, CONTACT)
    submission = work.submit()
    if iso3 == OPENLY:
        work.accept(submission)
        work.publish(submission)
        work.reopen()
    else:
        work.give_back(submission)
    work.answer(28, progress=Progress.PARTLY_IMPLEMENTED, narrative=SECRET)
    ids = {"report": work.report.public_id, "item": contact.item_id}
    return Other(work.report.id, ids)


@pytest.fixture
def connection(made: tuple[Connection, dict[str, Other]]) -> Iterator[Connection]:
    with undone(made[0]):
        yield made[0]


@pytest.fixture
def others(made: tuple[Connection, dict[str, Other]]) -> dict[str, Other]:
    return made[1]


@pytest.fixture
def no_first_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every rule admits everybody, and no query asks whose row it is."""
    for action in rules.RULES:
        monkeypatch.setitem(rules.RULES, action, rules.anybody)
    for module in (scopes, reports, review, submissions):
        for name in ("readable_reports", "readable_submissions"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, lambda actor: true())


@pytest.fixture
def focal_point(session: Session, browser_of: type[Browser]) -> Browser:
    return browser_of(make_user(session, Role.FOCAL_POINT, HOME))


@pytest.mark.usefixtures("no_first_wall")
def test_no_page_shows_a_working_copy_of_another_state(
    focal_point: Browser, session: Session, browser_of: type[Browser], others: dict[str, Other]
) -> None:
    own = browser_of(make_user(session, Role.FOCAL_POINT, DRAFT))
    assert SECRET in own.get(others[DRAFT].address("/reports/{report}/read-through")).text
    for path in READ:
        answer = focal_point.get(others[DRAFT].address(path))
        assert answer.status_code == 404, (path, answer.status)
        assert SECRET not in answer.text
        answer.close()


@pytest.mark.usefixtures("no_first_wall")
@pytest.mark.parametrize("role", [Role.FOCAL_POINT, Role.REVIEWER, Role.ADMINISTRATOR])
def test_of_a_published_report_the_working_copy_is_empty_to_others(
    role: Role, session: Session, browser_of: type[Browser], others: dict[str, Other]
) -> None:
    """The report is known of, its row is read; the answers that its pages ask for are not there."""
    reader = browser_of(make_user(session, role, HOME if role.of_a_state else None))
    other = others[OPENLY]
    for path in ("/reports/{report}/read-through", "/reports/{report}/sections/I.1"):
        answer = reader.get(other.address(path))
        assert answer.status_code == 200 and SECRET not in answer.text, path
    history = reader.get(other.address("/reports/{report}/responses/28/history"))
    assert SECRET not in history.text


@pytest.mark.usefixtures("no_first_wall")
@pytest.mark.parametrize("iso3", [DRAFT, OPENLY])
def test_no_save_reaches_another_state(
    focal_point: Browser, session: Session, others: dict[str, Other], iso3: str
) -> None:
    report = others[iso3].key
    before = _state_of(session, report)
    for path in ("/reports/{report}/sections/I.1", "/reports/{report}/responses/28"):
        answer = focal_point.post(others[iso3].address(path), FORM)
        assert answer.status_code == 404, (path, answer.status)
    for step in ("submit", "withdraw", "reopen", "audience"):
        body = {"reason": "Mine.", "audience": "states", "name": "N", "title": "T"}
        answer = focal_point.post(others[iso3].address(f"/reports/{{report}}/{step}"), body)
        assert answer.status_code >= 400, (step, answer.status)
    assert _state_of(session, report) == before


def _state_of(session: Session, report: int) -> tuple[object, ...]:
    answers = select(Response.version, Response.narrative).where(Response.report_id == report)
    links = select(ChainEntry.hash).where(ChainEntry.report_id == report).order_by(ChainEntry.seq)
    status = text("SELECT status, default_audience FROM national_report WHERE id = :report")
    return (
        tuple(session.execute(answers).all()),
        tuple(session.scalars(links)),
        tuple(session.execute(status, {"report": report}).one()),
    )
