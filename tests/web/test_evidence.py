"""Attaching files in the browser, reading them, and who may not."""

import io
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.evidence import office, pdf, png
from tests.national_reports import Reporting, begin_report
from tests.people import Browser, make_user, parsed
from tests.scanner import CANARY, scanner
from tracker.delivery.evidence_files import FOLDER, INCOMING, EvidenceFolder
from tracker.delivery.virus_scan import scan
from tracker.domain import evidence as domain
from tracker.domain.progress import Audience, Progress
from tracker.domain.roles import Role
from tracker.domain.uploads import MEGABYTE
from tracker.models import ChainEntry, Evidence, User
from tracker.queries.verification import verify_report
from tracker.web import evidence as web


@dataclass
class Desk:
    """A focal point at work, with its browser and the folder of the site."""

    work: Reporting
    browser: Browser
    folder: Path

    @property
    def page(self) -> str:
        return f"/reports/{self.work.report.public_id}/responses/28/files"

    def send(
        self,
        data: bytes | None = None,
        name: str = "act.pdf",
        title: str = "Arms Act",
        browser: Browser | None = None,
        **fields: str,
    ) -> tuple[int, str]:
        """Send the form; the status and what the page says."""
        sent: dict[str, object] = {"title": title, "language": "en", **fields}
        if data is not None:
            sent["file"] = (io.BytesIO(data), name, "text/html")
        answer = (browser or self.browser).post(self.page, sent, content_type="multipart/form-data")
        answer.request.environ["wsgi.input"].close()  # large bodies lie in a file meanwhile
        return answer.status_code, parsed(answer.data).get_text(" ", strip=True)

    def rows(self) -> int:
        query = select(func.count()).select_from(Evidence)
        return self.work.session.scalar(query.where(Evidence.report_id == self.work.report.id)) or 0

    def latest(self) -> Evidence:
        self.work.session.expire_all()
        return self.work.session.scalars(select(Evidence).order_by(Evidence.id.desc())).first()  # type: ignore[return-value]

    def file(self, data: bytes) -> Path:
        digest = sha256(data).hexdigest()
        return self.folder / digest[:2] / digest

    def incoming(self) -> list[Path]:
        return list((self.folder / INCOMING).glob("*"))

    def links(self, path: str, browser: Browser | None = None) -> list[str]:
        page = (browser or self.browser).soup(path)
        return [str(a["href"]) for a in page.find_all("a") if "/files/" in str(a["href"])]


@pytest.fixture
def desk(
    session: Session,
    browser_of: type[Browser],
    app: Flask,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:
    monkeypatch.setattr(app, "instance_path", str(tmp_path))
    work = begin_report(session)
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="A law.")
    session.commit()
    person = session.get_one(User, work.focal_point.user_id)
    return Desk(work, browser_of(person), tmp_path / FOLDER)


def test_a_file_is_attached_listed_and_downloaded(desk: Desk) -> None:
    data, name = pdf("Loi"), "Loi n° 5 – armes.exe"
    status, _ = desk.send(data, name, "Loi sur les armes")
    assert status == 303
    assert desk.file(data).read_bytes() == data
    assert desk.file(data).stat().st_mode & 0o077 == 0
    assert desk.incoming() == []
    page = desk.browser.soup(desk.page)
    assert "Loi sur les armes" in page.get_text() and "PDF · 1 kB" in page.get_text()
    assert sha256(data).hexdigest() in page.get_text()
    (link,) = [a for a in page.find_all("a") if a.has_attr("download")]
    answer = desk.browser.get(str(link["href"]))
    assert (answer.status_code, answer.data) == (200, data)
    assert answer.headers["Content-Type"] == "application/pdf"
    full = quote("GHA_bms7-annex-28_Loi n° 5 – armes_v1.pdf", safe="")
    assert answer.headers["Content-Disposition"] == (
        f"attachment; filename=\"GHA_bms7-annex-28_v1.pdf\"; filename*=UTF-8''{full}"
    )
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; sandbox; frame-ancestors 'none'"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    section = f"/reports/{desk.work.report.public_id}/sections/I.1"
    assert str(link["href"]) in desk.links(section)


def test_a_file_that_this_account_may_not_send_is_said_to_be_lost(
    desk: Desk, session: Session, browser_of: type[Browser]
) -> None:
    reader = browser_of(make_user(session, Role.OBSERVER, "GHA"))
    status, text = desk.send(pdf("act"), title="Act", browser=reader)
    assert status == 403
    assert "This account may not save what was sent" in text
    assert "choose it again afterwards" in text
    assert desk.rows() == 0


def test_a_new_version_supersedes_and_the_older_is_still_there(desk: Desk) -> None:
    assert desk.send(pdf("draft"), title="Draft act")[0] == 303
    first = desk.latest().public_id
    assert desk.send(pdf("act"), title="Act", replaces=first)[0] == 303
    page = desk.browser.soup(desk.page)
    assert "1 older version" in page.get_text()
    own = f"/reports/{desk.work.report.public_id}/files/{first}"
    assert desk.browser.get(own).data == pdf("draft")
    # a page that was loaded before knows the older one only
    status, told = desk.send(pdf("other"), title="Other", replaces=first)
    assert status == 409 and "Somebody replaced this file" in told
    assert not desk.file(pdf("other")).exists() and desk.incoming() == []
    taken = desk.browser.post(
        f"/reports/{desk.work.report.public_id}/files/{desk.latest().public_id}/take-out"
    )
    assert taken.status_code == 303
    page = desk.browser.soup(desk.page)
    assert "Taken out" in page.get_text()
    assert desk.browser.get(own).data == pdf("draft")
    section = f"/reports/{desk.work.report.public_id}/sections/I.1"
    assert own not in desk.links(section)


REFUSED: dict[str, tuple[bytes | None, dict[str, str], int, str]] = {
    "no file": (None, {}, 422, "Choose a file"),
    "empty": (b"", {}, 422, "This file is empty"),
    "a program": (b"MZ" + bytes(100), {}, 422, "What counts is what the file holds"),
    "a page called a PDF": (b"<script>alert(1)</script>", {}, 422, "This is no PDF"),
    "macros": (office("docx", {"word/vbaProject.bin": "x"}), {}, 422, "holds macros"),
    "no title": (pdf(), {"title": " "}, 422, "Fill in this field"),
    "a long title": (pdf(), {"title": "x" * 201}, 422, "at most 200 fit"),
    "an unknown language": (pdf(), {"language": "xx"}, 422, "is not one of the choices"),
    "too large": (
        pdf() + bytes(domain.LARGEST_EVIDENCE),
        {},
        413,
        f"larger than {domain.LARGEST_EVIDENCE // MEGABYTE} MB",
    ),
    "larger than any form": (bytes(16 * MEGABYTE + 1), {}, 413, "This is too large"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_changes_nothing_and_says_why(desk: Desk, case: str) -> None:
    data, fields, status, sentence = REFUSED[case]
    links = desk.work.session.scalars(select(func.count()).select_from(ChainEntry)).one()
    found, told = desk.send(data, **{"title": "Arms Act", **fields})  # type: ignore[arg-type]
    assert found == status and sentence in told, told
    assert desk.rows() == 0
    assert desk.work.session.scalars(select(func.count()).select_from(ChainEntry)).one() == links
    assert [path for path in desk.folder.rglob("*") if path.is_file()] == []


def test_what_was_typed_stays_beside_what_is_wrong(desk: Desk) -> None:
    _, _ = desk.send(pdf("one"), title="One")
    answer = desk.browser.post(
        desk.page,
        {"title": "Second", "language": "fr", "replaces": desk.latest().public_id},
        content_type="multipart/form-data",
    )
    form = parsed(answer.data)
    assert form.find("input", {"name": "title"})["value"] == "Second"  # type: ignore[index]
    chosen = [option["value"] for option in form.find_all("option", selected=True)]
    assert chosen == ["fr", desk.latest().public_id]


def test_a_disk_that_cannot_be_written_keeps_no_row(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    status, told = desk.send(pdf())
    monkeypatch.setattr(os, "fsync", real)
    assert status == 503 and "could not be stored" in told
    assert desk.rows() == 0 and desk.incoming() == []


def test_a_database_that_refuses_leaves_at_most_a_file_without_row(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes are in their place before the row is written; never the other way round."""
    seen = []

    def fails(*_: object, **__: object) -> str:
        seen.append(desk.file(pdf()).exists())
        raise RuntimeError("killed here")

    monkeypatch.setattr("tracker.services.evidence._record", fails)
    with pytest.raises(RuntimeError):
        desk.send(pdf())
    assert seen == [True]
    monkeypatch.undo()


@pytest.fixture
def scanned(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def by(address: str) -> None:
        settings = replace(app.config["SETTINGS"], clamav=address)
        monkeypatch.setitem(app.config, "SETTINGS", settings)

    return by


def test_files_are_scanned_before_they_are_kept(desk: Desk, scanned: Callable[[str], None]) -> None:
    bad = pdf("bad") + CANARY + b"%%EOF"
    with scanner() as double:
        scanned(double.address)
        assert desk.send(pdf())[0] == 303
        status, told = desk.send(bad, title="Bad")
    assert status == 422
    assert "found something in this file: Test-Signature" in told
    assert double.received == [pdf(), bad]
    assert desk.rows() == 1 and not desk.file(bad).exists() and desk.incoming() == []


@pytest.mark.parametrize("manner", ["gone", "silent", "stream: ERROR\0"])
def test_nothing_is_kept_while_the_scanner_does_not_answer(
    desk: Desk, scanned: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, manner: str
) -> None:
    monkeypatch.setattr(web, "scan", lambda address, data: scan(address, data, 0.2))
    with scanner(manner) as double:
        scanned(double.address)
        status, told = desk.send(pdf())
    assert status == 503 and "does not answer, so nothing was attached" in told
    assert desk.rows() == 0 and not desk.file(pdf()).exists() and desk.incoming() == []


def test_a_file_that_was_altered_or_lost_is_not_sent(desk: Desk) -> None:
    desk.send(pdf())
    own = f"/reports/{desk.work.report.public_id}/files/{desk.latest().public_id}"
    desk.file(pdf()).write_bytes(pdf("forged"))
    answer = desk.browser.get(own)
    assert answer.status_code == 500 and "forged" not in answer.text
    assert "It is not sent" in answer.text
    desk.file(pdf()).unlink()
    assert desk.browser.get(own).status_code == 500
    # the State still has it: attached anew to another answer, it is whole everywhere
    with EvidenceFolder(desk.folder.parent).receive(pdf()) as received:
        received.keep()
    assert desk.browser.get(own).data == pdf()


@dataclass
class Readers:
    """One browser for each who might read."""

    own: Browser
    observer: Browser
    contributor: Browser
    elsewhere: Browser
    other_state: Browser
    reviewer: Browser
    public: Browser


@pytest.fixture
def readers(desk: Desk, session: Session, browser_of: type[Browser]) -> Readers:
    return Readers(
        own=desk.browser,
        observer=browser_of(make_user(session, Role.OBSERVER, "GHA")),
        contributor=browser_of(make_user(session, Role.CONTRIBUTOR, "GHA", ("I.1",))),
        elsewhere=browser_of(make_user(session, Role.CONTRIBUTOR, "GHA", ("II.1",))),
        other_state=browser_of(make_user(session, Role.FOCAL_POINT, "KEN")),
        reviewer=browser_of(make_user(session, Role.REVIEWER)),
        public=browser_of(),
    )


def who_gets(readers: Readers, path: str, canary: bytes) -> set[str]:
    """Who is sent the bytes; everybody else is told that there is nothing, or to sign in."""
    found = set()
    for name, browser in vars(readers).items():
        answer = browser.get(path)
        if answer.status_code == 200:
            assert canary in answer.data
            found.add(name)
        else:
            assert answer.status_code in (303, 403, 404)
            assert canary not in answer.data
    return found


OWN = {"own", "observer", "contributor"}
WHOLE = {"own", "observer"}  # who reads a submission of their own State


@pytest.mark.parametrize("audience", Audience)
def test_a_file_is_read_by_who_may_read_its_answer(
    desk: Desk, readers: Readers, audience: Audience
) -> None:
    work = desk.work
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="A law.", audience=audience)
    work.session.commit()
    canary = b"canary in the file"
    assert desk.send(pdf(canary.decode()), title="canary title")[0] == 303
    file = desk.latest().public_id
    own = f"/reports/{work.report.public_id}/files/{file}"
    assert who_gets(readers, own, canary) == OWN
    assert who_gets(readers, f"/states/GHA/submissions/1/files/{file}", canary) == set()
    submission = work.submit()
    work.session.commit()
    reviewed = f"/review/submissions/{submission.public_id}/files/{file}"
    published = f"/states/GHA/submissions/1/files/{file}"
    assert who_gets(readers, reviewed, canary) == {"reviewer"}
    assert who_gets(readers, published, canary) == WHOLE | {"reviewer"}
    work.accept(submission)
    work.publish(submission)
    work.session.commit()
    readable = {
        Audience.PUBLIC: set(vars(readers)),
        Audience.STATES: set(vars(readers)) - {"public"},
        Audience.SECRETARIAT: WHOLE | {"reviewer"},
    }[audience]
    assert who_gets(readers, published, canary) == readable
    assert who_gets(readers, own, canary) == OWN
    for page in ("/states/GHA", "/states/GHA/submissions/1", "/documents/bms7/28?cycle=bms7"):
        listed = {n for n, b in vars(readers).items() if "canary title" in b.get(page).text}
        assert listed == readable, page
    for name in listed:
        (link,) = {a for a in desk.links("/states/GHA", vars(readers)[name]) if file in a}
        assert canary in vars(readers)[name].get(link).data


def test_a_version_that_was_not_submitted_is_nobody_elses(desk: Desk, readers: Readers) -> None:
    work = desk.work
    desk.send(pdf("first"), title="First")
    first = desk.latest().public_id
    submission = work.submit()
    work.accept(submission)
    work.publish(submission)
    work.reopen()
    work.session.commit()
    desk.send(pdf("second canary"), title="Second", replaces=first)
    second = desk.latest().public_id
    for path in (
        f"/states/GHA/submissions/1/files/{second}",
        f"/review/submissions/{submission.public_id}/files/{second}",
    ):
        assert who_gets(readers, path, b"second canary") == set()
    assert who_gets(readers, f"/states/GHA/submissions/1/files/{first}", b"first") == set(
        vars(readers)
    )
    page = readers.reviewer.get(f"/review/submissions/{submission.public_id}").text
    assert "First" in page and "Second" not in page
    again = work.submit()
    work.session.commit()
    page = readers.reviewer.get(f"/review/submissions/{again.public_id}").text
    assert f"/review/submissions/{again.public_id}/files/{second}" in page
    assert first not in page


def test_only_editors_of_the_section_may_attach(desk: Desk, readers: Readers) -> None:
    for name, status in (
        ("observer", 403),
        ("elsewhere", 404),
        ("other_state", 404),
        ("reviewer", 404),
        ("contributor", 303),
    ):
        found, _ = desk.send(pdf(name), browser=vars(readers)[name])
        assert found == status, name
        assert desk.file(pdf(name)).exists() == (status == 303)
    page = readers.observer.soup(desk.page)
    assert page.find("input", {"type": "file"}) is None


def test_a_locked_report_takes_no_file(desk: Desk) -> None:
    desk.send(png(text="x"), "x.png")
    desk.work.submit()
    desk.work.session.commit()
    status, told = desk.send(pdf())
    assert status == 409 and "not open for changes" in told
    assert not desk.file(pdf()).exists()
    assert desk.browser.soup(desk.page).find("input", {"type": "file"}) is None


def test_a_file_that_must_go_is_removed_by_an_administrator_and_given_to_nobody(
    desk: Desk, readers: Readers, session: Session, browser_of: type[Browser]
) -> None:
    work, canary = desk.work, b"a name that must go"
    desk.send(pdf(canary.decode()), title="canary title")
    file = desk.latest().public_id
    submission = work.submit()
    work.accept(submission)
    work.publish(submission)
    work.session.commit()
    shown = f"/review/submissions/{submission.public_id}"
    remove = f"{shown}/strike/files/{file}"
    published = f"/states/GHA/submissions/1/files/{file}"
    own = f"/reports/{work.report.public_id}/files/{file}"
    administrator = browser_of(make_user(session, Role.ADMINISTRATOR))
    assert remove not in readers.reviewer.get(shown).text
    assert readers.reviewer.get(remove).status_code == 403
    assert remove in administrator.get(shown).text
    asked = administrator.get(remove).text
    assert "canary title" in asked and "its bytes stay on the server" in asked
    assert "What to remove" in asked and desk.latest().sha256 in asked
    assert "Strike the text out" not in asked and "The text is deleted" not in asked
    assert administrator.post(remove, {"field": "title", "reason": ""}).status_code == 422
    assert readers.public.get(published).status_code == 200
    done = administrator.post(remove, {"field": "title", "reason": "Names a person."})
    assert done.status_code == 303
    assert (
        "The file was removed, in reports of these cycles: bms7." in administrator.get(shown).text
    )
    for browser in (readers.public, readers.own, readers.other_state, readers.reviewer):
        answer = browser.get(published)
        assert answer.status_code == 410 and canary not in answer.data
        assert "secretariat removed this file" in answer.text
    assert readers.own.get(own).status_code == 410
    told = readers.own.get(f"/reports/{work.report.public_id}").text
    assert "The file with its title" in told and "Its name alone" not in told
    for page in ("/states/GHA", "/states/GHA/submissions/1", "/documents/bms7/28?cycle=bms7"):
        text = readers.public.get(page).text
        assert "A file was removed here" in text and file not in text and "canary" not in text
        assert "Names a person." in text
    assert "Names a person." in readers.reviewer.get(shown).text
    assert desk.file(pdf(canary.decode())).exists(), "its checksum can still be checked"
    assert verify_report(session, work.report.id) is None
    assert administrator.get(f"{shown}/strike/files/nonsense").status_code == 404
