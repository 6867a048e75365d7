"""Receipts: signed at submission, kept with their page, checked by ``tracker verify``."""

import io
import json
import re
import zlib

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.national_reports import Reporting, begin_report
from tests.signing import SIGNER
from tests.tampering import without_triggers
from tracker.delivery.signing import new_signer
from tracker.domain.progress import Progress
from tracker.domain.signed import RECEIPT_TAG, key_id, signed
from tracker.exchange.receipts import printed_receipt, receipt_attachments, receipt_pdf
from tracker.models import SigningKey, Submission
from tracker.queries.receipts import ReceiptRow, receipt_of
from tracker.queries.signing import is_signed, key_problem, list_keys, public_keys
from tracker.queries.verification import verify_report
from tracker.services.receipts import keep_printed
from tracker.services.signing import register_key


@pytest.fixture
def submitted(session: Session) -> tuple[Reporting, Submission]:
    work = begin_report(session)
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="A law.")
    made = work.submit()
    session.commit()
    return work, made


def row_of(session: Session, made: Submission) -> ReceiptRow:
    return receipt_of(session, made.id)


def test_the_receipt_says_what_was_submitted_and_is_signed(
    session: Session, submitted: tuple[Reporting, Submission]
) -> None:
    work, made = submitted
    row = row_of(session, made)
    assert row.is_signed and row.public_key == SIGNER.public_key
    assert is_signed(RECEIPT_TAG, row.receipt, SIGNER.public_key)
    assert {name: row.receipt[name] for name in ("format", "state", "cycle", "document")} == {
        "format": "tracker-receipt/2",
        "state": "GHA",
        "cycle": "bms7",
        "document": "A/CONF.192/BMS/2021/1",
    }
    assert row.receipt["report"] == work.report.public_id
    assert row.receipt["submission"] == made.public_id
    assert row.receipt["content_hash"] == made.content_hash
    assert row.receipt["checkpoint"] is None
    assert "Mensah" not in json.dumps(row.receipt)


def attached_json(pdf: bytes) -> dict[str, object]:
    """The JSON file inside a PDF."""
    for found in re.finditer(rb"stream\r?\n", pdf):
        raw = pdf[found.end() :]
        try:
            content = zlib.decompressobj().decompress(raw)
        except zlib.error:
            content = raw[: raw.index(b"endstream")].strip()
        if b'"format": "tracker-receipt/2"' in content:
            value: dict[str, object] = json.load(io.BytesIO(content))
            return value
    raise AssertionError("no receipt inside")


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_page_holds_the_signed_receipt(
    session: Session, submitted: tuple[Reporting, Submission], language: str
) -> None:
    row = row_of(session, submitted[1])
    pdf = printed_receipt(row, language)
    assert pdf.startswith(b"%PDF-")
    assert attached_json(pdf) == row.receipt
    assert pdf == printed_receipt(row, language)  # the same receipt gives the same page
    assert f"/Lang({language})".encode() in pdf.replace(b" ", b"")
    direction = b"/Direction/R2L" in pdf.replace(b" ", b"")
    assert direction == (language == "ar")


def test_what_stands_in_a_receipt_is_no_markup(
    session: Session, submitted: tuple[Reporting, Submission]
) -> None:
    row = row_of(session, submitted[1])
    receipt = row.receipt | {"document": '#panic("x") $ * _ `'}
    names = {"en": '#read("/etc/passwd") = *bold*'}
    assert receipt_pdf(
        receipt, state_name=names, public_key=row.public_key, language="en"
    ).startswith(b"%PDF-")


def test_the_page_kept_at_submission_is_the_one_handed_out(
    session: Session, submitted: tuple[Reporting, Submission]
) -> None:
    _, made = submitted
    keep_printed(session, submission=made, language="fr", pdf=b"%PDF-kept", signer=SIGNER)
    row = row_of(session, made)
    page, signed_file = receipt_attachments(row, "fr")
    assert (page.name, page.media_type, page.content) == (
        "receipt_GHA_bms7_1.pdf",
        "application/pdf",
        b"%PDF-kept",
    )
    assert (signed_file.name, signed_file.media_type) == (
        "receipt_GHA_bms7_1.json",
        "application/json",
    )
    assert json.loads(signed_file.content) == row.receipt
    assert printed_receipt(row, "en").startswith(b"%PDF-1")


def test_a_key_is_written_down_once_and_vouched_for(
    session: Session, submitted: tuple[Reporting, Submission]
) -> None:
    work, _ = submitted
    new = new_signer()
    assert register_key(session, signer=SIGNER, at=work.clock()) == key_id(SIGNER.public_key)
    register_key(session, signer=new, at=work.clock(), vouching=SIGNER)
    first, second = list_keys(session)
    assert (first.previous, second.previous) == ("", first.key_id)
    known = public_keys(session)
    assert key_problem(first, {}) is None
    assert key_problem(second, known) is None
    assert key_problem(second, {}) == "the key that vouched for it is missing"


def test_receipts_of_old_keys_hold_after_a_new_one(
    session: Session, submitted: tuple[Reporting, Submission]
) -> None:
    work, made = submitted
    register_key(session, signer=new_signer(), at=work.clock(), vouching=SIGNER)
    assert verify_report(session, work.report.id) is None
    assert row_of(session, made).is_signed


def put(session: Session, made: Submission, receipt: dict[str, object]) -> None:
    with without_triggers(session):
        session.execute(
            text("UPDATE submission SET receipt = :receipt WHERE id = :id"),
            {"receipt": json.dumps(receipt), "id": made.id},
        )
    session.expire_all()


def test_a_receipt_signed_by_nobody_known_is_found(
    session: Session, submitted: tuple[Reporting, Submission]
) -> None:
    work, made = submitted
    unsigned = {k: v for k, v in made.receipt.items() if k not in ("key_id", "signature")}
    for forged in (
        signed(RECEIPT_TAG, unsigned, new_signer()),
        made.receipt | {"checkpoint": {"number": 9, "hash": "0" * 64}},
        unsigned,
        unsigned | {"format": "tracker-receipt/1"},
    ):
        put(session, made, forged)
        found = verify_report(session, work.report.id)
        assert found is not None
        assert found.place == "submission 1, receipt", forged
        assert found.what == "it was not signed by a key of this site"


def test_a_receipt_from_before_there_were_keys_may_be_unsigned(
    session: Session, submitted: tuple[Reporting, Submission]
) -> None:
    work, made = submitted
    unsigned = {k: v for k, v in made.receipt.items() if k not in ("key_id", "signature")}
    put(session, made, unsigned | {"format": "tracker-receipt/1"})
    with without_triggers(session):
        for row in session.scalars(select(SigningKey)):
            session.delete(row)
    register_key(session, signer=SIGNER, at=work.clock())
    assert verify_report(session, work.report.id) is None
    assert not row_of(session, made).is_signed


@pytest.mark.parametrize("statement", ["SET pdf = X'25'", "SET language = 'es'"])
def test_an_altered_page_is_found(
    session: Session, submitted: tuple[Reporting, Submission], statement: str
) -> None:
    work, made = submitted
    keep_printed(session, submission=made, language="fr", pdf=b"%PDF-kept", signer=SIGNER)
    session.commit()
    assert verify_report(session, work.report.id) is None
    if session.get_bind().dialect.name == "postgresql":
        statement = statement.replace("X'25'", r"'\x25'")
    with without_triggers(session):
        session.execute(text(f"UPDATE receipt_document {statement}"))  # noqa: S608  # ours
    session.expire_all()
    found = verify_report(session, work.report.id)
    assert found is not None and found.what == "it was altered after it was signed"
    assert found.place.startswith("submission 1, printed receipt (")
