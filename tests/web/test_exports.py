"""The pages of exports: asking, waiting, fetching, for everybody and for nobody else."""

import csv
import json
import re
import zipfile
from collections.abc import Callable
from io import BytesIO, TextIOWrapper

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from tests.exports import exports_of_every_kind
from tests.people import Browser, make_user, parsed
from tests.submitted import make_cycle, make_submission
from tracker.cli.export_making import ExportMaker
from tracker.delivery.files import ExportFolder
from tracker.domain.clock import system_clock
from tracker.domain.exports import ExportFormat
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import ResponseContent
from tracker.domain.roles import Role
from tracker.models import Export, Membership, User
from tracker.queries.accounts import actor_of

CYCLE = "bms7-2026"
CANARY = "canary"
FORM = {"cycles": CYCLE, "audience": "public", "language": "en", "format": "xlsx"}
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def reports(session: Session) -> None:
    """A published report with an answer for each audience, and one submitted only."""
    cycle = make_cycle(session, CYCLE)
    done = Progress.IMPLEMENTED
    answers = {
        25: ResponseContent(progress=done, narrative="For everybody."),
        26: ResponseContent(progress=done, narrative=f"{CANARY}-states", audience=Audience.STATES),
        27: ResponseContent(
            progress=done, narrative=f"{CANARY}-secret", audience=Audience.SECRETARIAT
        ),
    }
    make_submission(session, cycle, "KEN", answers)
    early = ResponseContent(progress=done, narrative=f"{CANARY}-early")
    make_submission(session, cycle, "ALB", {25: early}, "submitted")
    session.commit()


@pytest.fixture
def work(app: Flask, connection: Connection) -> Callable[[], None]:
    """What a worker does with the queue."""
    sessions = sessionmaker(connection, join_transaction_mode="create_savepoint")
    folder = ExportFolder(app.config["SETTINGS"].instance_path)
    maker = ExportMaker(sessions, folder, system_clock)

    def until_nothing_waits() -> None:
        while maker.make_next():
            continue

    return until_nothing_waits


def ask(browser: Browser, **changes: str) -> str:
    """Ask for an export; the address of its page."""
    response = browser.post("/exports/new", FORM | changes)
    assert response.status_code == 303, response.text[:1500]
    assert re.fullmatch(r"/exports/[\w-]{22}", response.location)
    return str(response.location)


def fetch(browser: Browser, address: str) -> TestResponse:
    """The file of an export, read to its end."""
    return browser.get(f"{address}/file", buffered=True)


def refresh_of(page: BeautifulSoup) -> list[str]:
    """How often a browser without scripts asks again."""
    return [str(meta["content"]) for meta in page.select("noscript meta[http-equiv=refresh]")]


def canaries(response: TestResponse) -> list[str]:
    """Which of the withheld answers stand anywhere in the file, packed or plain."""
    assert response.status_code == 200
    assert response.status_code == 200
    content = response.get_data()
    if zipfile.is_zipfile(BytesIO(content)):
        archive = zipfile.ZipFile(BytesIO(content))
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert b"For everybody." in content
    assert b"For everybody." in content
    return sorted({found.decode() for found in re.findall(b"canary-([a-z]+)", content)})


def test_from_asking_to_the_file(reports: None, public: Browser, work: Callable[[], None]) -> None:
    form = public.soup(f"/exports/new?cycles={CYCLE}")
    assert form.select_one(f"input[name=cycles][value={CYCLE}]").has_attr("checked")  # type: ignore[union-attr]
    assert not form.select("input[name=audience], input[name=compare]")
    address = ask(public)
    waiting = public.soup(address)
    assert "it is the next one" in waiting.text and refresh_of(waiting) == ["2"]
    assert not waiting.select("a[download]")
    assert fetch(public, address).location == address
    work()
    ready = public.soup(address)
    assert not refresh_of(ready) and "Kept until" in ready.text
    link = ready.select_one("a[download]")
    assert link is not None and re.search(r"Excel workbook, [\d.]+ kB", link.text)
    response = public.get(str(link["href"]), buffered=True)
    assert canaries(response) == []
    assert response.headers["Content-Disposition"] == (
        f"attachment; filename={CYCLE}_compiled_public_en.xlsx"
    )
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert int(response.headers["Content-Length"]) == len(response.data)


@pytest.mark.parametrize(
    ("role", "iso3", "audience", "found"),
    [
        (None, None, "public", []),
        (None, None, "states", None),
        (None, None, "secretariat", None),
        (Role.CONTRIBUTOR, "FRA", "states", ["states"]),
        (Role.FOCAL_POINT, "FRA", "public", []),
        (Role.FOCAL_POINT, "KEN", "states", ["states"]),
        (Role.FOCAL_POINT, "KEN", "secretariat", None),
        (Role.OBSERVER, "FRA", "secretariat", None),
        (Role.REVIEWER, None, "states", ["states"]),
        (Role.REVIEWER, None, "secretariat", ["early", "secret", "states"]),
        (Role.ADMINISTRATOR, None, "secretariat", ["early", "secret", "states"]),
    ],
)
def test_no_file_is_wider_than_its_reader(
    session: Session,
    reports: None,
    browser_of: type[Browser],
    work: Callable[[], None],
    role: Role | None,
    iso3: str | None,
    audience: str,
    found: list[str] | None,
) -> None:
    browser = browser_of(make_user(session, role, iso3)) if role else browser_of()
    if found is None:
        assert browser.get(f"/exports/new?audience={audience}").status_code == 403
        assert browser.post("/exports/new", FORM | {"audience": audience}).status_code == 403
        assert session.scalars(select(Export)).all() == []
        return
    for form in ExportFormat:
        address = ask(browser, audience=audience, format=form)
        work()
        assert canaries(fetch(browser, address)) == found


def test_to_everybody_else_an_export_is_not_there(
    session: Session, reports: None, browser_of: type[Browser], work: Callable[[], None]
) -> None:
    owner = make_user(session, Role.FOCAL_POINT, "KEN")
    browsers = {
        "owner": browser_of(owner),
        "the same elsewhere": browser_of(owner),
        "colleague": browser_of(make_user(session, Role.FOCAL_POINT, "KEN")),
        "administrator": browser_of(make_user(session, Role.ADMINISTRATOR)),
        "nobody": browser_of(),
        "nobody with an export": browser_of(),
    }
    address = ask(browsers["owner"])
    other = ask(browsers["nobody with an export"])
    work()
    for name, browser in browsers.items():
        expected = 200 if name in ("owner", "the same elsewhere") else 404
        for path in (address, f"{address}/file"):
            assert browser.get(path, buffered=True).status_code == expected, (name, path)
        assert (address in browser.get("/exports").text) == (expected == 200), name
        for path in (other, f"{other}/file"):
            expected = 200 if name == "nobody with an export" else 404
            assert browser.get(path, buffered=True).status_code == expected, (name, path)


def test_a_role_that_has_ended_opens_nothing_any_more(
    session: Session, reports: None, browser_of: type[Browser], work: Callable[[], None]
) -> None:
    user = make_user(session, Role.REVIEWER)
    browser = browser_of(user)
    address = ask(browser, audience="secretariat")
    work()
    assert fetch(browser, address).status_code == 200
    session.scalars(
        select(Membership).where(Membership.user_id == user.id)
    ).one().ended_at = system_clock()
    session.commit()
    assert fetch(browser, address).status_code == 403


def test_the_cookie_of_a_signed_out_browser_is_for_the_browser_alone(
    session: Session, reports: None, public: Browser
) -> None:
    before = public.get("/exports/new").headers.getlist("Set-Cookie")
    ask(public)
    cookie = public.client.get_cookie("tracker_form", domain="localhost")
    assert cookie is not None and cookie.http_only and cookie.same_site == "Lax"
    assert not any("exports" in text for text in before)
    unsigned = cookie.value.rpartition(".")[0]
    forged = type(public)()
    forged.client.set_cookie("tracker_form", unsigned + ".forged", domain="localhost")
    row = session.scalars(select(Export)).one()
    assert forged.get(f"/exports/{row.public_id}").status_code == 404
    assert row.user_id is None and row.requester not in cookie.value


@pytest.mark.parametrize("name", ["queued", "running", "done", "deleted", "failed"])
def test_every_state_is_told_in_words(
    session: Session, browser_of: type[Browser], name: str
) -> None:
    user = make_user(session, Role.FOCAL_POINT, "KEN")
    browser = browser_of(user)
    address = f"/exports/{exports_of_every_kind(session, actor_of(session, user))[name].public_id}"
    words = {
        "queued": "Waiting: 1 export comes before it.",
        "running": "Being made: 2 of 3 reports written.",
        "done": "Ready.",
        "deleted": "This file was deleted: files are kept for one day. Ask for the export again.",
        "failed": "Failed. This file could not be made, because of an error in the tracker.",
    }
    page = browser.soup(address)
    state = page.select_one("#export-state[aria-live=polite]")
    assert state is not None
    assert words[name] in " ".join(state.text.split())
    assert bool(refresh_of(page)) == (name in ("queued", "running"))
    assert bool(page.select("a[download]")) == (name == "done")
    response = fetch(browser, address)
    if name in ("done", "deleted"):  # its file is lost, or was deleted
        assert response.status_code == 410
        assert "This file was deleted: files are kept for one day." in response.text
    else:
        assert (response.status_code, response.location) == (303, address)


def test_a_file_withdrawn_says_why(session: Session, browser_of: type[Browser]) -> None:
    user = make_user(session, Role.FOCAL_POINT, "KEN")
    browser = browser_of(user)
    row = exports_of_every_kind(session, actor_of(session, user))["done"]
    row.problem, row.file_deleted_at = "export-withdrawn", system_clock()
    session.commit()
    sentence = "a text was struck out of a report that it shows. Ask for the export again."
    page = browser.soup(f"/exports/{row.public_id}")
    assert sentence in page.text and not page.select("a[download]")
    response = fetch(browser, f"/exports/{row.public_id}")
    assert response.status_code == 410 and sentence in response.text
    (line,) = [
        row
        for row in browser.soup("/exports").select("#exports tbody tr")
        if "Withdrawn" in row.text
    ]
    assert [cell.text for cell in line.select("td")[2:]] == ["Withdrawn", "none"]
    assert page.title and page.title.text.startswith("Export: Withdrawn")


def test_looking_again_becomes_less_frequent(
    session: Session, reports: None, public: Browser
) -> None:
    address = ask(public)
    export = session.scalars(select(Export)).one()
    export.requested_at = export.requested_at.replace(year=2020)
    session.commit()
    page = public.soup(address)
    assert refresh_of(page) == ["5"]
    assert "If this goes on, tell whoever operates the site." in page.text


def test_the_same_asked_twice_leads_to_the_same_page(reports: None, public: Browser) -> None:
    assert ask(public) == ask(public)


def test_a_fourth_export_has_to_wait(session: Session, reports: None, public: Browser) -> None:
    for cycles, language in ((CYCLE, "en"), (CYCLE, "fr"), ("bms7", "en")):
        ask(public, cycles=cycles, language=language)
    response = public.post("/exports/new", FORM | {"cycles": "bms7", "language": "fr"})
    assert response.status_code == 429 and response.headers["Retry-After"] == "60"
    assert "3 exports of yours are waiting already" in response.text
    assert len(session.scalars(select(Export)).all()) == 3


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"cycles": ""}, 404, "There is no reporting cycle “”."),
        ({"cycles": "nowhere"}, 404, "nowhere"),
        ({"language": "tlh"}, 422, "“tlh” is not one of the choices: en, fr, ar."),
        ({"format": "exe"}, 422, "“exe” is not one of the choices"),
        ({"audience": "everybody"}, 422, "“everybody” is not one of the choices"),
        ({"compare": "y"}, 422, "You have no earlier export of these cycles"),
        ({"compare": "perhaps"}, 422, "perhaps"),
    ],
)
def test_bad_input_is_told_and_changes_nothing(
    session: Session,
    reports: None,
    public: Browser,
    changes: dict[str, str],
    status: int,
    said: str,
) -> None:
    response = public.post("/exports/new", FORM | changes)
    assert response.status_code == status
    assert said in parsed(response.data).text
    assert session.scalars(select(Export)).all() == []


def test_a_cycle_must_be_chosen(public: Browser) -> None:
    response = public.post("/exports/new", {"language": "en"})
    assert response.status_code == 422
    assert "Choose at least one reporting cycle." in response.text


def test_what_changed_is_offered_once_there_is_something_to_compare_with(
    session: Session, reports: None, browser_of: type[Browser], work: Callable[[], None]
) -> None:
    browser = browser_of(make_user(session, Role.FOCAL_POINT, "FRA"))
    first = ask(browser)
    assert not browser.soup("/exports/new").select("input[name=compare]")
    work()
    page = browser.soup("/exports/new")
    assert page.select("input[name=compare]") and CYCLE in page.select("#compare-hint ul")[0].text
    again = ask(browser, compare="y")
    assert again != first
    assert "Changes since" in browser.soup(again).text
    work()
    assert canaries(fetch(browser, again)) == []
    other = browser.post("/exports/new", FORM | {"compare": "y", "audience": "states"})
    assert other.status_code == 422


def test_several_cycles_in_one_file(
    session: Session, reports: None, public: Browser, work: Callable[[], None]
) -> None:
    make_cycle(session, "bms7-2028")
    session.commit()
    response = public.post("/exports/new", {**FORM, "cycles": [CYCLE, "bms7-2028"]})
    work()
    file = fetch(public, response.location)
    assert canaries(file) == []
    name = f"{CYCLE}+bms7-2028_compiled_public_en.xlsx"
    assert file.headers["Content-Disposition"].endswith(name)


def test_the_tables_can_be_had_as_csv_and_json(
    session: Session, reports: None, public: Browser, work: Callable[[], None]
) -> None:
    choices = public.soup("/exports/new").select("select[name=format] option")
    assert [(choice["value"], choice.text) for choice in choices] == [
        ("xlsx", "Excel workbook"),
        ("zip", "CSV tables in a zip archive"),
        ("json", "JSON"),
    ]
    address = ask(public, format="zip")
    plain = ask(public, format="json")
    work()
    archive = fetch(public, address)
    assert archive.mimetype == "application/zip"
    with zipfile.ZipFile(BytesIO(archive.get_data())).open("responses.csv") as member:
        rows = list(csv.DictReader(TextIOWrapper(member, "utf-8-sig")))
    tables = fetch(public, plain)
    assert tables.mimetype == "application/json"
    found = {(row["iso3"], row["paragraph"]) for row in json.loads(tables.get_data())["responses"]}
    assert found == {("KEN", 25), ("KEN", 26), ("KEN", 27)}
    assert {(row["iso3"], int(row["paragraph"])) for row in rows} == found
    assert tables.headers["Content-Disposition"].endswith(f"{CYCLE}_compiled_public_en.json")


def test_the_old_address_leads_to_the_form(
    session: Session, reports: None, browser_of: type[Browser], public: Browser
) -> None:
    response = public.get(f"/cycles/{CYCLE}/compiled.xlsx", follow_redirects=True)
    assert response.status_code == 200 and response.request.path == "/exports/new"
    reviewer = browser_of(make_user(session, Role.REVIEWER))
    form = reviewer.soup(reviewer.get(f"/cycles/{CYCLE}/compiled.xlsx?audience=states").location)
    assert form.select_one("input[name=audience][value=states][checked]")
    assert public.get("/exports/new?cycles=nowhere").status_code == 404
    assert public.get("/exports/new?audience=x").status_code == 422


def test_nothing_is_listed_before_anything_was_asked_for(
    session: Session, browser_of: type[Browser], public: Browser
) -> None:
    user = make_user(session, Role.FOCAL_POINT, "KEN")
    exports_of_every_kind(session, actor_of(session, user))
    assert "None yet." in public.soup("/exports").text
    rows = browser_of(user).soup("/exports").select("#exports tbody tr")
    assert [row.select("td")[2].text for row in rows] == [
        "Waiting",
        "Being made",
        "Ready",
        "Failed",
        "Ready",
    ]
    assert "deleted after a day" in rows[-1].text


def test_the_name_of_who_asked_stands_in_a_file_that_is_not_for_everybody(
    session: Session, reports: None, browser_of: type[Browser], work: Callable[[], None]
) -> None:
    user: User = make_user(session, Role.FOCAL_POINT, "FRA", name="Awa Example")
    browser = browser_of(user)
    for audience, named in (("states", True), ("public", False)):
        address = ask(browser, audience=audience)
        work()
        book = CalamineWorkbook.from_filelike(BytesIO(fetch(browser, address).data))
        assert ("Awa Example" in str(book.get_sheet_by_index(0).to_python())) is named
