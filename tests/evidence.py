"""Real files of every kind, and files attached to answers, for tests."""

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.national_reports import Reporting, commitment_id
from tracker.domain.chain import GENESIS
from tracker.domain.evidence import EvidenceFile, EvidenceKind, EvidenceWords
from tracker.models import ChainEntry, ChainText, Evidence, Submission, SubmissionEvidence
from tracker.models.ids import new_public_id
from tracker.queries.evidence import FILE_SAVED, subject_of_file
from tracker.services import evidence

MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="xml" ContentType="application/xml"/>{more}</Types>'
)


def pdf(words: str = "The law", extra: str = "") -> bytes:
    """A PDF of one page that readers open."""
    stream = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET".encode()
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {extra} >>".encode(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    out, places = io.BytesIO(b"%PDF-1.7\n"), []
    out.seek(0, io.SEEK_END)
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 5\n0000000000 65535 f \n")
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def png(width: int = 1, height: int = 1, text: str = "") -> bytes:
    """A PNG of grey points; ``text`` makes it another file."""

    def part(name: bytes, body: bytes) -> bytes:
        return (
            len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
        )

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\0"
    points = zlib.compress(b"\0" * (width + 1) if width < 10_000 else b"")
    said = part(b"tEXt", b"Comment\0" + text.encode()) if text else b""
    return (
        b"\x89PNG\r\n\x1a\n"
        + part(b"IHDR", header)
        + said
        + part(b"IDAT", points)
        + part(b"IEND", b"")
    )


def jpeg() -> bytes:
    """The parts of a JPEG of one grey point, as a baseline encoder writes them."""

    def part(marker: int, body: bytes) -> bytes:
        return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body

    counts = bytes((0, 1) + (0,) * 14)
    return (
        b"\xff\xd8"
        + part(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
        + part(0xDB, b"\0" + b"\x01" * 64)
        + part(0xC0, b"\x08\0\x01\0\x01\x01\x01\x11\0")
        + part(0xC4, b"\0" + counts + b"\0")
        + part(0xC4, b"\x10" + counts + b"\0")
        + part(0xDA, b"\x01\x01\0\0\x3f\0")
        + b"\x3f"
        + b"\xff\xd9"
    )


def office(
    kind: str = "docx", parts: Mapping[str, bytes | str] | None = None, more: str = ""
) -> bytes:
    """The package of an Office file; ``more`` goes into its list of types."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(more=more))
        archive.writestr("_rels/.rels", "<Relationships/>")
        archive.writestr(MAIN[kind], f"<{kind}/>")
        for name, body in (parts or {}).items():
            archive.writestr(name, body)
    return out.getvalue()


def described(data: bytes, kind: EvidenceKind = EvidenceKind.PDF) -> EvidenceFile:
    """What the rows say of these bytes."""
    return EvidenceFile(kind, len(data), sha256(data).hexdigest())


def attach(
    work: Reporting,
    data: bytes = b"",
    *,
    paragraph: int = 28,
    title: str = "Arms Act",
    filename: str = "act",
    replaces: str = "",
    keep: Callable[[], None] = lambda: None,
) -> str:
    """Attach a file as the focal point, by the service; its bytes go nowhere without ``keep``."""
    return evidence.attach(
        work.session,
        actor=work.focal_point,
        report_id=work.report.id,
        commitment_id=commitment_id(work.session, paragraph),
        file=described(data or pdf(title)),
        words=EvidenceWords(title, "en", filename),
        keep=keep,
        clock=work.clock,
        replaces=replaces,
    )


def add_file(
    session: Session, submission: Submission, paragraph: int, title: str, *, size: int = 1_000
) -> Evidence:
    """One more file of a submission, put down as rows; its bytes are nowhere."""
    count = select(func.count()).where(ChainEntry.report_id == submission.report_id)
    number, file_id = (session.scalar(count) or 0) + 1, new_public_id()
    entry = ChainEntry(
        report_id=submission.report_id,
        seq=number,
        kind=FILE_SAVED,
        subject=subject_of_file(file_id),
        version=1,
        at=submission.submitted_at,
        actor_id=None,
        actor_public_id="",
        facts={},
        digests={},
        prev_hash=GENESIS,
        hash=GENESIS,
        texts=[ChainText(field="title", value=title, salt="")],
    )
    session.add(entry)
    session.flush()
    row = Evidence(
        file_id=file_id,
        version=1,
        report_id=submission.report_id,
        commitment_id=commitment_id(session, paragraph),
        revision_id=entry.id,
        removed=False,
        kind=EvidenceKind.PDF,
        language="en",
        size=size,
        sha256=sha256(file_id.encode()).hexdigest(),
        saved_at=submission.submitted_at,
        saved_by_id=submission.submitted_by_id,
    )
    session.add(row)
    session.flush()
    session.add(SubmissionEvidence(submission_id=submission.id, evidence_id=row.id))
    session.flush()
    return row
