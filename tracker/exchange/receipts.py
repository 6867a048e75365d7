"""Receipts as files: the signed JSON, and the same printed in a language with the JSON inside."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import typst
from babel import Locale
from babel.dates import format_datetime

from tracker.domain.mail import AttachedFile
from tracker.domain.messages import N_
from tracker.domain.signed import key_id
from tracker.exchange.translations import translator
from tracker.exchange.words import DAY_LOCALES, Words
from tracker.queries.receipts import ReceiptRow
from tracker.resources import resource_dir

TEMPLATE = ("files", "receipt.typ")
NONE_YET = N_("none yet")


def receipt_name(receipt: Mapping[str, Any], ending: str) -> str:
    """The name under which a receipt is kept."""
    return f"receipt_{receipt['state']}_{receipt['cycle']}_{receipt['number']}.{ending}"


def statement_json(statement: Mapping[str, Any]) -> bytes:
    """A signed statement to keep and to check; readable, since its signed form is made again."""
    return json.dumps(statement, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"


def receipt_pdf(
    receipt: Mapping[str, Any], *, state_name: Mapping[str, str], public_key: str, language: str
) -> bytes:
    """The signed receipt on one page, in a language; the JSON file is attached to it.

    ``public_key`` is the key that the receipt names. The page holds no name of a person: what
    is printed and kept cannot be struck out.
    """
    words = Words(language, translator(language))
    number = receipt["number"]
    data = {
        "title": words(N_("Receipt of submission %(number)s"), number=number),
        "lead": words(N_("The report of %(state)s was submitted."), state=words.text(state_name)),
        "language": language,
        "rtl": Locale.parse(language).text_direction == "rtl",
        "site": words(N_("Small Arms Commitments Tracker")),
        "facts": list(_facts(receipt, words, state_name)),
        "proof_title": words(N_("What is signed")),
        "proof": list(_proof(receipt, words, public_key)),
        "check_title": words(N_("How to check it")),
        "check": _check(words),
        "file_name": receipt_name(receipt, "json"),
    }
    template = resource_dir("templates").joinpath(*TEMPLATE)
    printed = typst.compile(
        template.read_bytes(),
        format="pdf",
        sys_inputs={
            "data": json.dumps(data, ensure_ascii=False),
            "receipt": statement_json(receipt).decode(),
        },
        timestamp=int(_submitted_at(receipt).timestamp()),
    )
    assert isinstance(printed, bytes)  # noqa: S101  # nosec B101  # one document gives one file
    return printed


def _submitted_at(receipt: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(receipt["submitted_at"])


def _row(name: str, value: str, *, code: bool = False) -> dict[str, Any]:
    return {"name": name, "value": value, "code": code}


def _facts(
    receipt: Mapping[str, Any], words: Words, state_name: Mapping[str, str]
) -> tuple[dict[str, Any], ...]:
    locale = DAY_LOCALES.get(words.language, words.language)
    at = format_datetime(_submitted_at(receipt), "d MMM y, HH:mm:ss 'UTC'", locale=locale)
    on_time = words(N_("yes")) if receipt["on_time"] else words(N_("no, late"))
    return (
        _row(words(N_("State")), words.text(state_name)),
        _row(words(N_("Outcome document")), receipt["document"]),
        _row(words(N_("Reporting cycle")), receipt["cycle"]),
        _row(words(N_("Submission")), str(receipt["number"])),
        _row(words(N_("Submitted")), at),
        _row(words(N_("On time")), on_time),
    )


def _proof(receipt: Mapping[str, Any], words: Words, public_key: str) -> tuple[dict[str, Any], ...]:
    chain, checkpoint = receipt["chain"], receipt.get("checkpoint")
    before = f"{checkpoint['number']} · {checkpoint['hash']}" if checkpoint else ""
    return (
        _row(words(N_("Report")), receipt["report"], code=True),
        _row(words(N_("Submission")), receipt["submission"], code=True),
        _row(words(N_("Content hash (SHA-256)")), receipt["content_hash"], code=True),
        _row(words(N_("Place in the chain")), f"{chain['seq']} · {chain['hash']}", code=True),
        _row(words(N_("Last checkpoint")), before or words(NONE_YET), code=bool(before)),
        _row(words(N_("Signing key")), key_id(public_key), code=True),
        _row(words(N_("Public key (Ed25519)")), public_key, code=True),
        _row(words(N_("Signature")), receipt["signature"], code=True),
    )


def _check(words: Words) -> list[str]:
    return [
        words(N_("Keep this file. The signed receipt is attached to it as a JSON file.")),
        words(
            N_(
                "Compare the public key with the one that the tracker shows on its page of keys, "
                "and with the one on your earlier receipts."
            )
        ),
        words(
            N_(
                "Download the proof from the page of the submission. The program on the page of "
                "keys checks receipt and proof on your own computer."
            )
        ),
    ]


def printed_receipt(row: ReceiptRow, language: str) -> bytes:
    """The page in this language: the one kept at submission, else made now from the receipt."""
    return row.printed.get(language) or receipt_pdf(
        row.receipt, state_name=row.state_name, public_key=row.public_key, language=language
    )


def receipt_attachments(row: ReceiptRow, language: str) -> tuple[AttachedFile, ...]:
    """Both files of a signed receipt, to be sent to somebody who reads this language."""
    return (
        AttachedFile(
            receipt_name(row.receipt, "pdf"), "application/pdf", printed_receipt(row, language)
        ),
        AttachedFile(
            receipt_name(row.receipt, "json"), "application/json", statement_json(row.receipt)
        ),
    )
