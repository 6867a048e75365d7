"""What an attached file is, by its bytes alone: names and declared types are never asked.

Files that are two things at once are refused, since readers differ in what they make of them.
Nothing is unpacked here but the list of contents of an Office file. What is not looked for: scripts
in the packed parts of a PDF, external links of an Office file, anything inside a picture.
"""

import re
from collections.abc import Callable
from typing import Final

from tracker.delivery.office_files import office_kind
from tracker.delivery.pictures import check_jpeg, check_png
from tracker.domain.errors import Invalid, Problem
from tracker.domain.evidence import EvidenceKind

OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
END_OF_ZIP: Final = b"PK\x05\x06"
TAIL: Final = 66_000  # where the end of a zip archive is looked for: its comment may be 65,535 long
PDF_HEAD: Final = re.compile(rb"%PDF-[12]\.[0-9]")
PDF_READERS_LOOK_FOR_THE_HEAD: Final = 1_024
PDF_END: Final = 2_048


ENCRYPTED: Final = "Encrypt"
ACTIVE: Final = ("JavaScript", "Launch", "EmbeddedFile")
# A name of a PDF may have any letter as its number (``/J#61vaScript``).
NUMBERED: Final = {
    number.encode(): letter.encode()
    for letter in sorted({*ENCRYPTED, *"".join(ACTIVE)})
    for number in {f"#{ord(letter):02x}", f"#{ord(letter):02X}"}
}


def _named(data: bytes, word: str) -> bool:
    """Whether a name of a PDF is this word; looking takes little time, as it begins plainly."""
    return re.search(rb"/" + word.encode() + rb"(?![A-Za-z0-9#])", data) is not None


def evidence_kind(data: bytes) -> EvidenceKind:
    """What the file is; ``Invalid`` where it is nothing that is taken, or more than one thing."""
    if not data:
        raise Invalid(Problem("evidence-empty", "file"))
    if data.startswith(OLD_OFFICE):
        raise Invalid(Problem("evidence-old-office", "file"))
    for head, kind, check in _KINDS:
        if data.startswith(head):
            _refuse_two_in_one(data)
            check(data)
            return kind
    if data.startswith(b"PK\x03\x04"):
        return office_kind(data)
    raise Invalid(Problem("evidence-unknown", "file"))


def _refuse_two_in_one(data: bytes) -> None:
    """An archive at the end of a picture or PDF, or a PDF inside the beginning of a picture."""
    if END_OF_ZIP in data[-TAIL:] or b"%PDF-" in data[4:PDF_READERS_LOOK_FOR_THE_HEAD]:
        raise Invalid(Problem("evidence-odd", "file"))


def _check_pdf(data: bytes) -> None:
    if not PDF_HEAD.match(data) or b"%%EOF" not in data[-PDF_END:]:
        raise Invalid(Problem("evidence-damaged", "file"))
    for number, letter in NUMBERED.items():
        data = data.replace(number, letter)
    if _named(data, ENCRYPTED):
        raise Invalid(Problem("evidence-encrypted", "file"))
    if any(_named(data, word) for word in ACTIVE):
        raise Invalid(Problem("evidence-active", "file"))


_KINDS: Final[tuple[tuple[bytes, EvidenceKind, Callable[[bytes], None]], ...]] = (
    (b"%PDF-", EvidenceKind.PDF, _check_pdf),
    (b"\x89PNG\r\n\x1a\n", EvidenceKind.PNG, check_png),
    (b"\xff\xd8\xff", EvidenceKind.JPEG, check_jpeg),
)
