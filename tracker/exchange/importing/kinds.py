"""What a file is by its first bytes, and how large: all that is looked at outside the child."""

from pathlib import Path
from typing import Final

from tracker.domain.errors import Invalid, Problem
from tracker.domain.uploads import LARGEST_FILE, MEGABYTE

_HEAD: Final = 4_096
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def check_kind(path: Path) -> None:
    """Refuse what is no workbook of this kind by name: raises ``Invalid``, reads a little."""
    size = path.stat().st_size
    if size == 0:
        raise Invalid(Problem("workbook-empty"))
    if size > LARGEST_FILE:
        limit = LARGEST_FILE // MEGABYTE
        raise Invalid(Problem("workbook-too-large", values={"limit": limit}))
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if code := _other_kind(head, path):
        raise Invalid(Problem(code))


def _other_kind(head: bytes, path: Path) -> str:
    if head.startswith(b"PK\x03\x04"):
        opendocument = b"mimetypeapplication/vnd.oasis.opendocument" in head[:120]
        return "workbook-ods" if opendocument else ""
    if head.startswith(_OLE2):
        return "workbook-encrypted" if _ENCRYPTED in path.read_bytes() else "workbook-old-xls"
    if b"%PDF-" in head[:1024]:
        return "workbook-pdf"
    return "workbook-is-text" if _is_text(head) else "workbook-not-one"


def _is_text(head: bytes) -> bool:
    """Comma-separated values, or a page or list that was only named ``.xlsx``."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not any(byte < 32 and byte not in b"\t\n\r\f" for byte in head)
