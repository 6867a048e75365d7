"""The download addresses: who gets what, under which name."""

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.exchange.test_report_workbook import CANARY, said
from tests.exchange.workbooks import Written
from tests.people import Browser, make_user
from tests.submitted import make_submission
from tracker.domain.progress import Audience, Progress
from tracker.domain.roles import Role
from tracker.models import ReportingCycle

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REPORT = "/states/KEN/report.xlsx?cycle=bms7-2026"


@pytest.fixture
def reports(session: Session, cycle: ReportingCycle) -> None:
    """A published report with one answer for States and one for the secretariat."""
    answers = {
        25: said(narrative="For everybody."),
        26: said(narrative=f"{CANARY}-states", audience=Audience.STATES),
        27: said(Progress.NOT_STARTED, narrative=f"{CANARY}-secret", audience=Audience.SECRETARIAT),
    }
    make_submission(session, cycle, "KEN", answers)
    make_submission(session, cycle, "ALB", {25: said(narrative=f"{CANARY}-early")}, "submitted")
    session.commit()


def opened(response: TestResponse) -> Written:
    assert response.status_code == 200, response.text[:500]
    assert response.mimetype == WORKBOOK
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert int(response.headers["Content-Length"]) == len(response.data)
    return Written(response.data)


def name_of(response: TestResponse) -> str:
    kind, _, name = response.headers["Content-Disposition"].partition("; filename=")
    assert kind == "attachment"
    return name


def test_the_public_downloads_what_is_published(reports: None, public: Browser) -> None:
    response = public.get(REPORT)
    assert name_of(response) == "bms7-2026_KEN_report_en.xlsx"
    written = opened(response)
    assert written.holds(CANARY) == []
    assert written.holds("For everybody.")


def test_the_language_of_the_page_is_that_of_the_file(reports: None, public: Browser) -> None:
    response = public.get(f"{REPORT}&lang=fr")
    assert name_of(response) == "bms7-2026_KEN_report_fr.xlsx"
    book = CalamineWorkbook.from_filelike(BytesIO(response.data))
    text = str(book.get_sheet_by_index(2).to_python())
    assert "Légiférer sur tout le cycle de vie des armes" in text


def test_the_latest_cycle_with_a_report_is_taken(reports: None, public: Browser) -> None:
    assert name_of(public.get("/states/ken/report.xlsx")) == "bms7-2026_KEN_report_en.xlsx"


@pytest.mark.parametrize(
    "path",
    [
        "/states/ALB/report.xlsx?cycle=bms7-2026",
        "/states/ALB/report.xlsx",
        "/states/XXX/report.xlsx",
        "/states/KEN/report.xlsx?cycle=nowhere",
    ],
)
def test_what_there_is_not(reports: None, public: Browser, path: str) -> None:
    assert public.get(path).status_code == 404


@pytest.mark.parametrize(
    ("role", "iso3", "audience", "status", "shown"),
    [
        (None, None, "public", 200, []),
        (None, None, "states", 403, []),
        (None, None, "secretariat", 403, []),
        (None, None, "everything", 422, []),
        (Role.FOCAL_POINT, "FRA", "public", 200, []),
        (Role.FOCAL_POINT, "FRA", "states", 200, ["states"]),
        (Role.OBSERVER, "FRA", "secretariat", 403, []),
        (Role.FOCAL_POINT, "KEN", "secretariat", 403, []),
        (Role.REVIEWER, None, "states", 200, ["states"]),
        (Role.REVIEWER, None, "secretariat", 200, ["secret", "states"]),
        (Role.ADMINISTRATOR, None, "secretariat", 200, ["secret", "states"]),
    ],
)
def test_no_file_is_wider_than_its_reader(
    session: Session,
    reports: None,
    browser_of: type[Browser],
    role: Role | None,
    iso3: str | None,
    audience: str,
    status: int,
    shown: list[str],
) -> None:
    browser = browser_of(make_user(session, role, iso3)) if role else browser_of()
    response = browser.get(f"{REPORT}&audience={audience}")
    assert response.status_code == status
    if status == 200:
        written = opened(response)
        found = [
            name for name in ("early", "secret", "states") if written.holds(f"{CANARY}-{name}")
        ]
        assert found == shown
        assert (response.headers["Cache-Control"] == "no-store") == (role is not None)
