"""The program that a State runs on its own computer: one file, alone, without the tracker."""

import copy
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.items import save_every
from tests.national_reports import Reporting, begin_report
from tests.signing import SIGNER
from tracker.delivery.signing import new_signer
from tracker.domain.progress import Progress
from tracker.domain.responses import Measure
from tracker.domain.signed import CHECKPOINT_TAG, RECEIPT_TAG, signed
from tracker.models import ChainEntry, Submission
from tracker.queries.proofs import proof_of
from tracker.services.checkpoints import make_checkpoint

ODD = "Written “so”,\nهكذا 中文 \U0001f600"
CHECKER = Path(__file__).parents[2] / "tracker/static/checker/check_receipt.py"


@dataclass
class Desk:
    """A folder far from the tracker with what a State keeps, and the program."""

    folder: Path
    receipt: dict[str, Any]
    proof: dict[str, Any]
    checkpoint: dict[str, Any]

    def write(self, name: str, value: object) -> Path:
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")
        return path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """As on another computer: isolated, in its own folder, with nothing of ours to import."""
        return subprocess.run(  # noqa: S603  # our own program
            [sys.executable, "-I", "check_receipt.py", *arguments],
            cwd=self.folder,
            env={"PATH": ""},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )

    def check(self, *more: str, **files: object) -> subprocess.CompletedProcess[str]:
        """Receipt, proof and checkpoint, some of them altered."""
        for name in ("receipt", "proof", "checkpoint"):
            self.write(name, files.get(name, getattr(self, name)))
        given = ("--proof", "proof.json", "--checkpoint", "checkpoint.json")
        return self.run("receipt.json", "--key", SIGNER.public_key, *given, *more)


def make_life(session: Session) -> tuple[Reporting, int]:
    """A report that was submitted, returned, corrected, struck out of, submitted again."""
    work = begin_report(session)
    law = Measure("Arms Act", "2024", "https://example.org/act")
    work.answer(28, progress=Progress.PARTLY_IMPLEMENTED, narrative=ODD, measures=(law,))
    save_every(work)
    work.give_back(work.submit())
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="Le droit a été complété.")
    work.answer(30, progress=Progress.NOT_APPLICABLE, reason="No such border.")
    first = session.scalars(
        select(ChainEntry).where(ChainEntry.subject == "bms7/annex/28", ChainEntry.version == 1)
    ).one()
    work.strike_out(first.id, "narrative", "A private person is named.")
    return work, work.submit().number


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Desk:
    work, number = make_life(session)
    receipt = session.scalars(
        select(Submission.receipt).where(
            Submission.report_id == work.report.id, Submission.number == number
        )
    ).one()
    row, _ = make_checkpoint(session, signer=SIGNER, clock=work.clock)
    shutil.copy(CHECKER, tmp_path)
    proof = proof_of(session, report_id=work.report.id, number=number)
    return Desk(tmp_path, receipt, proof, row.statement)


def test_it_imports_nothing_but_the_standard_library_and_cryptography() -> None:
    words = {
        line.split()[1].split(".")[0]
        for line in CHECKER.read_text("utf-8").splitlines()
        if line.startswith(("import ", "from "))
    }
    assert words - set(sys.stdlib_module_names) == {"cryptography"}


def test_a_key_may_begin_with_a_hyphen(desk: Desk) -> None:
    """One in 64 keys does; this is another key than the receipt's, but it is read as one."""
    desk.write("receipt", desk.receipt)
    done = desk.run("receipt.json", "--key", "-" + "A" * 42)
    assert (done.returncode, done.stdout) == (1, "")
    assert "which was not given" in done.stderr


def test_a_key_without_its_text_is_asked_for(desk: Desk) -> None:
    done = desk.run("receipt.json", "--key")
    assert done.returncode == 2
    assert "--key: expected one argument" in done.stderr


def test_what_is_whole_holds(desk: Desk) -> None:
    done = desk.check("--show")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Everything that was checked holds." in done.stdout
    assert "the text “narrative” was struck out since" in done.stdout
    assert "checkpoint.json: lists link" in done.stdout
    assert "Le droit a été complété." in done.stdout and "No such border." in done.stdout


def test_a_struck_text_cannot_be_found_by_trying(desk: Desk) -> None:
    """A telephone number has few digits: with its salt, whoever is given the proof finds it."""
    texts = [text for link in desk.proof["links"] for text in link["texts"].values()]
    assert [text for text in texts if text["value"] is None] == [{"salt": None, "value": None}]
    assert all(text["salt"] for text in texts if text["value"] is not None)
    assert desk.check().returncode == 0


def test_a_file_of_keys_does_as_well_and_a_receipt_alone_is_little(desk: Desk) -> None:
    desk.write("receipt", desk.receipt)
    desk.write(
        "keys",
        {"keys": [{"public_key": new_signer().public_key}, {"public_key": SIGNER.public_key}]},
    )
    done = desk.run("receipt.json", "--key", "keys.json")
    assert done.returncode == 0
    assert "the signature alone was checked" in done.stdout


def test_what_followed_the_submission_is_proved_to_later_checkpoints(
    session: Session, tmp_path: Path
) -> None:
    work, number = make_life(session)
    made = session.scalars(
        select(Submission).where(
            Submission.report_id == work.report.id, Submission.number == number
        )
    ).one()
    work.accept(made)
    work.publish(made)
    row, _ = make_checkpoint(session, signer=SIGNER, clock=work.clock)
    shutil.copy(CHECKER, tmp_path)
    proof = proof_of(session, report_id=work.report.id, number=number)
    desk = Desk(tmp_path, made.receipt, proof, row.statement)
    done = desk.check()
    seq = made.receipt["chain"]["seq"]
    assert done.returncode == 0
    assert f"{seq + 2} links, whole; the receipt holds {seq} of them" in done.stdout
    assert f"checkpoint.json: lists link {seq + 2} of this history" in done.stdout


Alter = Callable[[dict[str, Any]], None]


def altered(statement: dict[str, Any], alter: Alter) -> dict[str, Any]:
    value = copy.deepcopy(statement)
    alter(value)
    return value


def put(*path: Any) -> Alter:
    """Set what stands at a path of members and positions to the last of the arguments."""

    def alter(value: Any) -> None:
        *way, name, new = path
        for step in way:
            value = value[step]
        value[name] = new

    return alter


def text_of(value: dict[str, Any], of: str) -> dict[str, Any]:
    """The last text of a name in a proof."""
    found: list[dict[str, Any]] = [
        link["texts"][of] for link in value["links"] if of in link["texts"]
    ]
    return found[-1]


ALTERED: dict[str, tuple[str, Alter, str]] = {
    "receipt, hash": ("receipt", put("content_hash", "0" * 64), "the signature does not fit"),
    "receipt, time": ("receipt", put("submitted_at", "2020-01-01T00:00:00.000000Z"), "signature"),
    "receipt, on time": ("receipt", put("on_time", 1), "signature"),
    "receipt, key": ("receipt", put("key_id", "0" * 32), "which was not given"),
    "receipt, signature": ("receipt", put("signature", "A" * 86), "the signature does not fit"),
    "proof, fact": ("proof", put("links", 3, "facts", {}), "link 4: it was altered"),
    "proof, time": ("proof", put("links", 3, "at", ""), "link 4: it was altered"),
    "proof, hash": ("proof", put("links", 3, "hash", "0" * 64), "link 4: it was altered"),
    "proof, text": (
        "proof",
        lambda value: text_of(value, "narrative").update(value="Another law."),
        "text “narrative”: it was altered",
    ),
    "proof, salt": (
        "proof",
        lambda value: text_of(value, "reason").update(salt="0" * 32),
        "it was altered",
    ),
    "proof, text removed": (
        "proof",
        lambda value: value["links"][-1]["texts"].popitem(),
        "a text is missing or was added",
    ),
    "proof, link removed": (
        "proof",
        lambda value: value["links"].pop(3),
        "link 4: it does not follow",
    ),
    "proof, end cut off": (
        "proof",
        lambda value: value["links"].pop(),
        "the history ends before link",
    ),
    "proof, content": ("proof", lambda value: value["content"]["responses"].pop(), "content hash"),
    "proof, figure": (
        "proof",
        lambda value: value["content"]["figures"].append({}),
        "content hash",
    ),
    "proof of another report": ("proof", put("report", "another"), "of another report"),
    "checkpoint": ("checkpoint", put("heads", []), "signature does not fit"),
}


@pytest.mark.parametrize("name", ALTERED)
def test_what_was_altered_is_named(desk: Desk, name: str) -> None:
    file, alter, said = ALTERED[name]
    done = desk.check(**{file: altered(getattr(desk, file), alter)})
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stderr.startswith("NOT OK") and said in done.stderr


def test_a_history_written_anew_does_not_fit_the_receipt(session: Session, desk: Desk) -> None:
    other, number = make_life_of_another(session)
    proof = proof_of(session, report_id=other.report.id, number=number)
    done = desk.check(proof=proof | {"report": desk.receipt["report"]})
    assert done.returncode == 1 and "link 1: it was altered" in done.stderr


def make_life_of_another(session: Session) -> tuple[Reporting, int]:
    work = begin_report(session, "KEN")
    work.answer(28, progress=Progress.IMPLEMENTED)
    return work, work.submit().number


def test_a_checkpoint_that_leaves_this_history_out_is_named(desk: Desk) -> None:
    said = {k: v for k, v in desk.checkpoint.items() if k not in ("key_id", "signature")}
    middle = desk.proof["links"][3]["at"]
    emptied = signed(CHECKPOINT_TAG, said | {"heads": [], "made_at": middle}, SIGNER)
    done = desk.check(checkpoint=emptied)
    assert done.returncode == 1 and "lists no link of this history" in done.stderr
    early = signed(CHECKPOINT_TAG, emptied | {"made_at": "2020-01-01T00:00:00.000000Z"}, SIGNER)
    done = desk.check(checkpoint=early)
    assert done.returncode == 0 and "it was made before it was opened" in done.stdout
    late = signed(CHECKPOINT_TAG, emptied | {"made_at": "2030-01-01T00:00:00.000000Z"}, SIGNER)
    done = desk.check(checkpoint=late)
    assert done.returncode == 0 and "it was made after this proof" in done.stdout


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", "nonsense", '{"format": "tracker-receipt/1"}', '{"format": 1.5}'],
)
def test_what_is_no_receipt_is_said(desk: Desk, content: str) -> None:
    (desk.folder / "receipt.json").write_text(content, "utf-8")
    done = desk.run("receipt.json", "--key", SIGNER.public_key)
    assert done.returncode == 2 and done.stderr.startswith("receipt.json")


def test_who_takes_the_pdf_is_led_to_the_json(desk: Desk) -> None:
    (desk.folder / "receipt.pdf").write_bytes(b"%PDF-1.7\n\x80\x81\xff")
    done = desk.run("receipt.pdf", "--key", SIGNER.public_key)
    assert done.returncode == 2 and "take the JSON file, not the PDF" in done.stderr


def test_files_of_another_form_are_said(desk: Desk) -> None:
    stub = signed(RECEIPT_TAG, {"format": "tracker-receipt/2"}, SIGNER)
    for receipt, key in ((stub, SIGNER.public_key), (desk.receipt, "no key"), (desk.receipt, "é")):
        desk.write("receipt", receipt)
        done = desk.run("receipt.json", "--key", key)
        assert done.returncode in (1, 2) and "Traceback" not in done.stderr
    assert desk.run("nothing.json", "--key", SIGNER.public_key).returncode == 2
    assert desk.run("receipt.json", "--key", SIGNER.public_key, "--show").returncode == 2
