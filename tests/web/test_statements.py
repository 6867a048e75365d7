"""No page asks the database more than a dozen times, however much there is to show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.orm import Session

from tests.evidence import add_file, attach
from tests.items import EVERY, save, save_every
from tests.national_reports import Reporting, begin_report
from tests.people import Browser, make_user
from tests.statements import counted
from tests.submitted import add_figures, found_arms, make_cycle, make_submission
from tests.submitted_items import add_item
from tracker.domain.indicators import Cell
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import Measure, ResponseContent
from tracker.domain.roles import Role
from tracker.models import Installation, Submission, User

MOST = 12
HOME = "CRI"  # its record holds a report, a vote and a joint statement
CYCLES = ("bms7-2022", "bms7-2024", "bms7-2026")
NOW = CYCLES[-1]
LAW = Measure("Arms Act", "2024-06", "https://example.org/arms-act")


@dataclass
class World:
    """A State whose reports of all cycles hold everything; its report on ``bms7`` is at work."""

    work: Reporting
    submission: Submission
    ids: Mapping[str, str]

    def address(self, path: str) -> str:
        return path.format(**self.ids)


@pytest.fixture
def world(session: Session) -> World:
    for year, slug in zip((2022, 2024, 2026), CYCLES, strict=True):
        _full_report(session, slug, year)
    work = begin_report(session, HOME)
    _answer_everything(work)
    work.give_back(work.submit(), "Please complete paragraph 26.")
    work.answer(26, progress=Progress.IMPLEMENTED, narrative="Completed.", measures=(LAW,))
    submission = work.submit()
    question = work.ask(submission, "Since when?", paragraph=26)
    session.commit()
    ids = {
        "report": work.report.public_id,
        "submission": submission.public_id,
        "question": question.public_id,
    }
    return World(work, submission, ids)


def _full_report(session: Session, slug: str, year: int) -> None:
    """Published twice: answers to many paragraphs, one struck out, figures, items of each kind."""
    cycle = make_cycle(session, slug, opens=date(year, 1, 1))
    values = list(Progress)
    answers = {
        paragraph: ResponseContent(
            progress=values[(paragraph + year) % len(values)],
            narrative="Words.",
            measures=(LAW,),
            audience=list(Audience)[paragraph % 3],
        )
        for paragraph in range(25, 60)
    }
    for iso3 in (HOME, "PER"):
        make_submission(session, cycle, iso3, {25: answers[25]})
        made = make_submission(session, cycle, iso3, answers, struck={(27, "narrative"): "Named."})
        for paragraph in (25, 26, 26):
            add_file(session, made, paragraph, "Arms Act")
        add_figures(session, made, found_arms(year, total=10, uniquely_marked=5, traced=2))
        for item in EVERY:
            add_item(session, made, item, struck={item.TEXTS[0]: "Named."})


def _answer_everything(work: Reporting) -> None:
    for paragraph in range(25, 30):
        work.answer(paragraph, progress=Progress.IMPLEMENTED, narrative="Words.", measures=(LAW,))
    save_every(work)
    attach(work, title="Act", paragraph=26, replaces=attach(work, title="Draft", paragraph=26))
    attach(work, title="Decree", paragraph=27)
    save(work, EVERY[0])
    work.save_figures({Cell(2024, "found", "total"): 3})


PUBLIC_PAGES = (
    "/",
    "/about/method",
    "/documents",
    "/documents/bms7",
    f"/documents/bms7/26?cycle={NOW}&q=words&first=good-practice",
    "/states",
    f"/states/{HOME}",
    f"/states/{HOME}?cycle={CYCLES[1]}",
    f"/states/{HOME}/submissions/2?cycle={NOW}",
    f"/states/{HOME}/submissions/1?cycle={NOW}",
    "/cycles",
    f"/cycles/{NOW}",
    f"/cycles/{NOW}/figures",
    f"/cycles/{NOW}/matrix",
    f"/cycles/{NOW}/states?value=further",
    f"/cycles/{NOW}/states?value=in_both",
    "/documents/bms7/record",
    f"/compare?states={HOME},PER&groups=africa&cycles={NOW}",
    "/needs",
    "/search?q=words",
    "/indicators/sdg-16-4-2",
    "/exports/new",
    "/indicators/sdg-16-4-2/values.json",
    f"/documents/bms7/26/answers.json?cycle={NOW}",
    f"/search.json?cycle={NOW}&q=words",
    f"/cycles/{NOW}/figures.json",
    f"/cycles/{NOW}/matrix.json",
    f"/cycles/{NOW}/states.json?value=further",
)
OWN_PAGES = (
    "/account",
    "/admin",
    "/admin/people",
    "/admin/people/new",
    "/exports",
    "/reports",
    "/reports/{report}",
    "/reports/{report}/read-through",
    "/reports/{report}/submit",
    "/reports/{report}/workbook",
    "/reports/{report}/sections/I.1",
    "/reports/{report}/responses/26/history",
    "/reports/{report}/responses/26/files",
    "/reports/{report}/indicators/sdg-16-4-2",
    "/reports/{report}/items/contacts",
    "/reports/{report}/items/assistance",
    "/reports/{report}/submissions/2",
    "/reports/{report}/clarifications/{question}",
)
REVIEW_PAGES = (
    "/account",
    "/review",
    "/review?cycle=bms7",
    "/review/submissions/{submission}",
    "/review/submissions/{submission}/accept",
    "/review/submissions/{submission}/return",
)
ADMINISTRATION = (
    "/review/submissions/{submission}/strike/26",
    "/review/submissions/{submission}/strike/steps/submit",
    "/admin",
    "/admin/cycles",
    "/admin/cycles/bms7/dates",
    "/admin/cycles/new",
    "/admin/people",
    "/admin/people/new",
)


def too_many(
    browser: Browser, connection: Connection, world: World, pages: tuple[str, ...]
) -> dict[str, list[str]]:
    """The pages over the limit with their statements; every page must open.

    Each is the first page after a change of the data, when nothing is kept.
    """
    found = {}
    for path in pages:
        connection.execute(update(Installation).values(data_version=Installation.data_version + 1))
        with counted(connection) as statements:
            answer = browser.get(world.address(path))
        assert answer.status_code == 200, (path, answer.status, answer.text[:1000])
        if len(statements) > MOST:
            found[path] = [str(len(statements)), *statements]
    return found


def test_public_pages_signed_out(public: Browser, connection: Connection, world: World) -> None:
    page = public.soup(f"/states/{HOME}?lang=en")
    for part in ("moves", "sections", "contacts", "assistance", "targets"):
        assert page.find(id=part), part
    assert "on behalf of several States" in page.get_text() and page.select(".struck, .soft")
    assert too_many(public, connection, world, PUBLIC_PAGES) == {}


@pytest.mark.parametrize("role", [Role.FOCAL_POINT, Role.REVIEWER, Role.ADMINISTRATOR])
def test_public_pages_signed_in(
    browser_of: type[Browser],
    session: Session,
    connection: Connection,
    world: World,
    role: Role,
) -> None:
    user = make_user(session, role, HOME if role.of_a_state else None)
    assert too_many(browser_of(user), connection, world, PUBLIC_PAGES) == {}


def test_pages_of_a_focal_point(
    browser_of: type[Browser], session: Session, connection: Connection, world: World
) -> None:
    browser = browser_of(session.get_one(User, world.work.focal_point.user_id))
    assert too_many(browser, connection, world, OWN_PAGES) == {}


def test_pages_of_a_focal_point_whose_report_was_returned(
    browser_of: type[Browser], session: Session, connection: Connection, world: World
) -> None:
    world.work.give_back(world.submission)
    session.commit()
    browser = browser_of(session.get_one(User, world.work.focal_point.user_id))
    page = browser.soup(world.address("/reports/{report}"))
    assert "Please complete." in page.get_text()
    assert too_many(browser, connection, world, OWN_PAGES) == {}


def test_pages_of_the_secretariat(
    browser_of: type[Browser], session: Session, connection: Connection, world: World
) -> None:
    reviewer = browser_of(session.get_one(User, world.work.reviewer.user_id))
    assert too_many(reviewer, connection, world, REVIEW_PAGES) == {}
    administrator = browser_of(session.get_one(User, world.work.administrator.user_id))
    assert too_many(administrator, connection, world, REVIEW_PAGES + ADMINISTRATION) == {}
    world.work.accept(world.submission)
    session.commit()
    publishing = ("/review/submissions/{submission}/publish", "/admin/cycles")
    assert too_many(administrator, connection, world, publishing) == {}


def test_the_home_of_somebody_with_many_reports(
    browser_of: type[Browser], session: Session, connection: Connection, world: World
) -> None:
    """As many statements for four reports as for one."""
    browser = browser_of(session.get_one(User, world.work.focal_point.user_id))
    assert len(browser.soup("/reports").select("main h2, main article")) > 3
    with counted(connection) as statements:
        browser.get("/reports")
    assert len([s for s in statements if "FROM response" in s]) == 1
