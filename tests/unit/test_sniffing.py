"""What attached files are is told by their bytes, and what is dangerous or odd is refused."""

import io
import time
import zipfile

import pytest

from tests.evidence import MAIN, TYPES, jpeg, office, pdf, png
from tracker.delivery.sniffing import evidence_kind
from tracker.domain.errors import Invalid
from tracker.domain.evidence import EvidenceKind, clean_name, parse_title

GOOD = {
    EvidenceKind.PDF: pdf(),
    EvidenceKind.PNG: png(),
    EvidenceKind.JPEG: jpeg(),
    EvidenceKind.DOCX: office("docx", {"word/media/image1.png": png()}),
    EvidenceKind.XLSX: office("xlsx", {"xl/worksheets/sheet1.xml": "<sheet/>"}),
    EvidenceKind.PPTX: office("pptx"),
}


@pytest.mark.parametrize("kind", GOOD)
def test_every_kind_is_known_by_its_bytes(kind: EvidenceKind) -> None:
    assert evidence_kind(GOOD[kind]) is kind


def zipped(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def encrypted(data: bytes) -> bytes:
    """The same archive with the flag of encryption at its first part."""
    at = data.index(b"PK\x01\x02") + 8
    return data[:at] + bytes((data[at] | 1,)) + data[at + 1 :]


def renamed(data: bytes, old: bytes, new: bytes) -> bytes:
    assert len(old) == len(new) and old in data
    return data.replace(old, new)


def declaring(data: bytes, size: int) -> bytes:
    """The same archive whose list declares another unpacked size of its last part."""
    at = data.rindex(b"PK\x01\x02") + 24
    return data[:at] + size.to_bytes(4, "little") + data[at + 4 :]


def macro_type(content_type: str) -> str:
    return f'<Override PartName="/word/harmless.bin" ContentType="{content_type}"/>'


def in_letters(encoding: str) -> bytes:
    """An Office file whose list of types says that it is written so."""
    types = f'<?xml version="1.0" encoding="{encoding}"?><Types/>'
    return zipped(**{"[Content_Types].xml": types, "_rels/.rels": "", "word/document.xml": ""})


VBA = "application/vnd.ms-office.vbaProject"
MACRO_DOCUMENT = "application/vnd.ms-word.document.macroEnabled.main+xml"
BAD = {
    "empty": (b"", "evidence-empty"),
    "a text": (b"Law No. 1", "evidence-unknown"),
    "a program": (b"\x7fELF" + bytes(60), "evidence-unknown"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "evidence-unknown"),
    "a drawing with scripts": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "evidence-unknown"),
    "another picture": (b"GIF89a" + bytes(20), "evidence-unknown"),
    "an old document": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "evidence-old-office"),
    "a PDF cut short": (pdf()[:200], "evidence-damaged"),
    "a PDF behind something else": (b"GIF89a" + pdf(), "evidence-unknown"),
    "a PDF of no version": (b"%PDF-x.y" + pdf()[8:], "evidence-damaged"),
    "an encrypted PDF": (pdf(extra="/Encrypt 9 0 R"), "evidence-encrypted"),
    "a PDF with a script": (pdf(extra="/OpenAction << /S /JavaScript >>"), "evidence-active"),
    "a PDF with a hidden script": (pdf(extra="/S /J#61vaScr#69pt "), "evidence-active"),
    "a PDF that starts programs": (pdf(extra="/S /Launch"), "evidence-active"),
    "a PDF with a file inside": (pdf(extra="/Type /EmbeddedFile"), "evidence-active"),
    "a PDF that is an archive, too": (pdf() + zipped(a="b") + b"%%EOF", "evidence-odd"),
    "a PNG cut short": (png()[:-4], "evidence-damaged"),
    "a PNG with a wrong sum": (png().replace(b"IDAT", b"IDAU"), "evidence-damaged"),
    "a PNG with more behind it": (png() + b"more", "evidence-odd"),
    "a PNG that is an archive, too": (png() + zipped(a="b"), "evidence-odd"),
    "a PNG that would fill the memory": (png(100_000, 100_000), "evidence-picture-too-large"),
    "a PNG of no size": (png(0, 1), "evidence-damaged"),
    "a JPEG cut short": (jpeg()[:-2], "evidence-damaged"),
    "a JPEG without a scan": (jpeg()[:40], "evidence-damaged"),
    "the head of a JPEG": (b"\xff\xd8\xff\xff", "evidence-damaged"),
    "a JPEG that is a PDF, too": (
        b"\xff\xd8\xff\xfe\x00\x20%PDF-1.7" + bytes(22) + jpeg()[2:],
        "evidence-odd",
    ),
    "a PNG of countless parts": (
        png()[:33] + 20_000 * b"\0\0\0\0tEXt\x96B\xc5\x85" + png()[33:],
        "evidence-odd",
    ),
    "a JPEG of countless markers": (b"\xff\xd8" + 20_001 * b"\xff\x01", "evidence-damaged"),
    "types in letters that nobody reads": (in_letters("nobodys"), "evidence-damaged"),
    "types in letters of several bytes": (in_letters("gbk"), "evidence-damaged"),
    "types in letters of none": (in_letters("idna"), "evidence-damaged"),
    "an archive": (zipped(a="b"), "evidence-unknown"),
    "an Office file without types": (zipped(**{"word/document.xml": "x"}), "evidence-unknown"),
    "two documents in one": (office("docx", {MAIN["xlsx"]: "x"}), "evidence-odd"),
    "macros": (office("docx", {"word/vbaProject.bin": "x"}), "evidence-active"),
    "macros called otherwise": (office(more=macro_type(VBA)), "evidence-active"),
    "macros with an escaped type": (
        office(more=macro_type(VBA.replace("v", "&#118;"))),
        "evidence-active",
    ),
    "a document for macros": (office(more=macro_type(MACRO_DOCUMENT)), "evidence-active"),
    "macros of old": (office("xlsx", {"xl/macrosheets/sheet1.xml": "x"}), "evidence-active"),
    "a control": (office("docx", {"word/activeX/activeX1.bin": "x"}), "evidence-active"),
    "another program's object": (
        office("docx", {"word/embeddings/oleObject1.bin": "x"}),
        "evidence-active",
    ),
    "a document type": (
        zipped(
            **{
                "[Content_Types].xml": "<!DOCTYPE a [<!ENTITY b 'c'>]>"
                + TYPES.format(more="")[21:],
                "_rels/.rels": "x",
                MAIN["docx"]: "x",
            }
        ),
        "evidence-odd",
    ),
    "types that are no XML": (
        zipped(**{"[Content_Types].xml": "<a", "_rels/.rels": "x", MAIN["docx"]: "x"}),
        "evidence-damaged",
    ),
    "an encrypted part": (encrypted(office()), "evidence-encrypted"),
    "an archive with a program before it": (b"PK\x03\x04MZ" + office(), "evidence-odd"),
    "an archive with more behind it": (office() + b"more", "evidence-odd"),
    "an archive cut short": (office()[:-30], "evidence-damaged"),
    "a part outside": (
        renamed(office("docx", {"word/aa/x": "x"}), b"word/aa/x", b"word/../x"),
        "evidence-odd",
    ),
    "a part of a drive": (office("docx", {"c:/x": "x"}), "evidence-odd"),
    "a part twice": (
        renamed(office("docx", {"word/a": "x", "word/b": "x"}), b"word/b", b"word/A"),
        "evidence-odd",
    ),
    "parts without number": (
        office("docx", {f"word/{n}": "" for n in range(2_001)}),
        "evidence-odd",
    ),
    "a part that declares too much": (
        declaring(office("docx", {"word/a": "x"}), 200_000_000),
        "evidence-odd",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_not_taken_is_refused_with_its_reason(case: str) -> None:
    data, code = BAD[case]
    with pytest.raises(Invalid) as refused:
        evidence_kind(data)
    assert refused.value.problem.code == code


@pytest.mark.parametrize(
    "data",
    [
        pdf(extra="/#4a#61#76#61#53#63#72#69#70#7" * 300_000),
        pdf(extra="#" * 9_000_000),
        b"\xff\xd8" + b"\xff" * 9_000_000,
        b"\xff\xd8" + b"\xff\xff\x01" * 3_000_000,
    ],
    ids=["almost a script", "only signs of numbers", "only fillings", "markers and fillings"],
)
def test_what_is_made_to_be_slow_is_answered_in_seconds(data: bytes) -> None:
    """Promised are five, on a machine that may be busy: it is the processor's time that counts."""
    began = time.process_time()
    try:
        evidence_kind(data)
    except Invalid as refused:
        assert refused.problem.code == "evidence-damaged"
    assert time.process_time() - began < 2


@pytest.mark.parametrize("kind", GOOD)
def test_no_piece_of_a_good_file_breaks_the_reader(kind: EvidenceKind) -> None:
    """Cut anywhere or with any byte changed it is taken or refused, never more than that."""
    data = GOOD[kind]
    for at in range(0, len(data), max(1, len(data) // 150)):
        for piece in (data[:at], data[:at] + bytes((data[at] ^ 0xFF,)) + data[at + 1 :]):
            try:
                evidence_kind(piece)
            except Invalid as refused:
                assert refused.problem.code.startswith("evidence-")


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("act.pdf", "act"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\Loi n° 5.pdf", "Loi n° 5"),
        ('a"b\r\nSet-Cookie: x.pdf', "a_b__Set-Cookie_ x"),
        ("قانون.docx", "قانون"),
        ("\u202efdp.exe", "fdp"),
        (".pdf", "pdf"),
        ("", ""),
        ("x" * 300 + ".pdf", "x" * 100),
    ],
)
def test_names_are_cleaned(sent: str, name: str) -> None:
    assert clean_name(sent) == name


def test_titles_are_one_line_and_needed() -> None:
    assert parse_title(" Arms\n Act ", place="title") == "Arms Act"
    for typed, code in ((" \n", "required"), ("x" * 201, "text-too-long")):
        with pytest.raises(Invalid) as refused:
            parse_title(typed, place="title")
        assert refused.value.problem.code == code
