"""Receipts to download, and the public keys."""

import json
import stat
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, delete, event, select
from sqlalchemy.orm import Session

from tests.national_reports import report_at
from tests.people import Browser, make_user, parsed
from tests.tampering import without_triggers
from tests.web.test_reporting import fields
from tracker.domain.roles import Role
from tracker.domain.signed import RECEIPT_TAG
from tracker.domain.workflow import ReportStatus
from tracker.models import ReceiptDocument, Submission
from tracker.queries.signing import is_signed, public_keys
from tracker.web.signing import key_file

FORM = {"name": "Ama Mensah", "title": "Director", "has_authority": "y", "confirmed_gaps": "y"}


@pytest.fixture
def submitted(session: Session, browser_of: type[Browser]) -> tuple[Browser, str]:
    """A focal point who reads French and has just submitted; the address of the submission."""
    work, _ = report_at(session, ReportStatus.DRAFT)
    browser = browser_of(make_user(session, Role.FOCAL_POINT, "GHA", language="fr"))
    address = f"/reports/{work.report.public_id}"
    assert browser.submit_report(address, FORM).status_code == 303
    return browser, f"{address}/submissions/1"


def test_submitting_gives_a_signed_receipt_on_paper_and_as_json(
    session: Session, app: Flask, submitted: tuple[Browser, str]
) -> None:
    browser, address = submitted
    kept = browser.get(f"{address}/receipt.json")
    receipt = json.loads(kept.data)
    with app.app_context():
        file = key_file()
        signer = file.signer()
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert is_signed(RECEIPT_TAG, receipt, signer.public_key)
    assert public_keys(session)[receipt["key_id"]] == signer.public_key
    page = browser.soup(address).get_text()
    assert receipt["signature"] in page and receipt["key_id"] in page

    stored = session.scalars(select(ReceiptDocument)).one()
    assert stored.language == "fr"
    printed = browser.get(f"{address}/receipt.pdf")
    assert (printed.mimetype, printed.data) == ("application/pdf", stored.pdf)
    assert printed.headers["Content-Disposition"] == (
        'attachment; filename="receipt_GHA_bms7_1.pdf"'
    )
    english = browser.get(f"{address}/receipt.pdf?lang=en")
    assert english.data.startswith(b"%PDF-") and english.data != stored.pdf


def test_nobody_waits_while_a_receipt_is_printed(
    connection: Connection, session: Session, browser_of: type[Browser]
) -> None:
    """The submission is committed before, and no transaction is open meanwhile."""
    work, _ = report_at(session, ReportStatus.DRAFT)
    browser = browser_of(make_user(session, Role.FOCAL_POINT, "GHA"))
    steps: list[str] = []

    def executed(*arguments: object) -> None:
        statement = str(arguments[2])
        for table in ("submission", "receipt_document"):
            if statement.startswith(f"INSERT INTO {table} "):
                steps.append(table)

    def committed(*_: object) -> None:
        steps.append("committed")

    def released(*_: object) -> None:
        steps.append("released")

    listeners = {
        "before_cursor_execute": executed,
        "release_savepoint": committed,
        "rollback_savepoint": released,
    }
    for name, listener in listeners.items():
        event.listen(connection, name, listener)
    try:
        sent = browser.submit_report(f"/reports/{work.report.public_id}", FORM)
        assert sent.status_code == 303
    finally:
        for name, listener in listeners.items():
            event.remove(connection, name, listener)
    assert steps[-4:] == ["committed", "released", "receipt_document", "committed"]
    assert steps.index("submission") < len(steps) - 4


def test_what_was_submitted_stands_where_printing_was_cut_short(
    session: Session, submitted: tuple[Browser, str]
) -> None:
    browser, address = submitted
    kept = browser.get(f"{address}/receipt.pdf").data
    with without_triggers(session):
        session.execute(delete(ReceiptDocument))
    assert browser.get(f"{address}/receipt.pdf").data == kept


def test_the_secretariat_downloads_the_same_receipt(
    session: Session, browser_of: type[Browser], submitted: tuple[Browser, str]
) -> None:
    browser, address = submitted
    made = session.scalars(select(Submission)).one()
    reviewer = browser_of(make_user(session, Role.REVIEWER, language="fr"))
    shown = f"/review/submissions/{made.public_id}"
    for ending in ("json", "pdf"):
        assert f'{shown}/receipt.{ending}"' in reviewer.get(shown).text
        theirs = reviewer.get(f"{shown}/receipt.{ending}")
        assert theirs.data == browser.get(f"{address}/receipt.{ending}").data


def test_an_unsigned_receipt_has_no_page(
    session: Session, browser_of: type[Browser], submitted: tuple[Browser, str]
) -> None:
    from tests.tampering import without_triggers

    browser, address = submitted
    made = session.scalars(select(Submission)).one()
    old = {k: v for k, v in made.receipt.items() if k not in ("key_id", "signature")}
    with without_triggers(session):
        made.receipt = old | {"format": "tracker-receipt/1"}
    session.commit()
    assert browser.get(f"{address}/receipt.pdf").status_code == 404
    assert browser.get(f"{address}/receipt.json").status_code == 200
    page = browser.get(f"{address}?lang=en").text
    assert "made before receipts were signed" in page and "receipt.pdf" not in page


def test_nothing_is_submitted_without_a_key(
    session: Session, app: Flask, browser_of: type[Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    work, _ = report_at(session, ReportStatus.DRAFT)
    browser = browser_of(make_user(session, Role.FOCAL_POINT, "GHA"))
    with app.app_context():
        path: Path = key_file().path
    aside = path.rename(path.with_suffix(".aside"))
    try:
        answer = browser.submit_report(f"/reports/{work.report.public_id}", FORM)
        assert not path.exists()
    finally:
        aside.rename(path)
    assert answer.status_code == 503
    assert "Your answers are kept." in answer.text and str(path) not in answer.text
    assert "Send again" not in answer.text, "nothing says that a page of ours sent it"
    session.expire_all()
    assert session.scalars(select(Submission)).all() == []
    assert work.report.status is ReportStatus.DRAFT
    carried = browser.soup(f"/reports/{work.report.public_id}/submit")
    sent = fields(carried) | FORM
    path.rename(aside)
    try:
        answer = browser.client.post(
            f"/reports/{work.report.public_id}/submit",
            data=sent,
            headers={"Sec-Fetch-Site": "same-origin"},
        )
    finally:
        aside.rename(path)
    page = parsed(answer.data)
    assert answer.status_code == 503 and "cannot be signed now" in page.text
    kept = {str(one["name"]): str(one["value"]) for one in page.select("main form [name]")}
    assert {name: kept[name] for name in FORM} == FORM
    assert browser.client.post(f"/reports/{work.report.public_id}/submit", data=kept).location


def test_everybody_reads_the_public_keys(
    public: Browser, submitted: tuple[Browser, str], session: Session
) -> None:
    listed = public.get("/keys.json").json
    assert listed is not None
    ((name, public_key),) = public_keys(session).items()
    assert [row["public_key"] for row in listed["keys"]] == [public_key]
    page = public.soup("/keys").get_text()
    assert name in page and public_key in page


def test_before_anything_is_signed_the_page_says_so(public: Browser) -> None:
    assert "Nothing has been signed here yet." in public.get("/keys").text
    assert public.get("/keys.json").json == {"keys": []}
