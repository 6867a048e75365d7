"""What a template is: hidden in the file, checked when it comes back.

It says where the file belongs and from which versions it was made. What those versions said is
read from the database.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from xlsxwriter.worksheet import Worksheet

from tracker.domain.chain import canonical, tagged_hash
from tracker.domain.errors import Invalid, Problem
from tracker.domain.filled import SheetRole
from tracker.domain.values import LANGUAGES
from tracker.exchange.marks import FileKind, family_of, refuse_files_to_read
from tracker.exchange.raw import RawSheet

FORMAT = FileKind.TEMPLATE.value
PIECE = 30_000
LAST_VERSION = 1_000_000_000


@dataclass(frozen=True)
class Identity:
    """State, cycle and report of a template, the wording and the versions it was made from.

    ``sheets`` are names by role, ``columns`` keys by role in their order, ``answers`` versions
    by commitment key, ``items`` by id, ``figures`` by indicator.
    """

    state: str
    cycle: str
    report: str
    document: str
    wording: str
    language: str
    sections: Sequence[str] | None
    made_at: str
    sheets: Mapping[str, str]
    columns: Mapping[str, Sequence[str]]
    answers: Mapping[str, int]
    items: Mapping[str, int]
    figures: Mapping[str, int]

    def name_of(self, role: SheetRole) -> str | None:
        """The name of a sheet, if the template has it."""
        return self.sheets.get(role.value)

    @cached_property
    def checksum(self) -> str:
        """Over everything above; every new row of a file asks for it."""
        return tagged_hash(FORMAT, _plain(asdict(self)))


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value))


def write_identity(sheet: Worksheet, identity: Identity) -> None:
    """Format, checksum, then the identity as JSON, in as many cells as it takes."""
    text = canonical(_plain(asdict(identity))).decode()
    pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
    for row, piece in enumerate((FORMAT, identity.checksum, *pieces)):
        sheet.write_string(row, 0, piece)


def read_identity(sheet: RawSheet) -> Identity:
    """The identity again; ``Invalid`` where it is of another version or kind, or damaged."""
    texts = [row[1].text for _, row in sorted(sheet.rows.items()) if 1 in row]
    mark = texts[0] if texts else ""
    refuse_files_to_read(mark)
    if family_of(mark) != FileKind.TEMPLATE.family:
        raise Invalid(Problem("template-damaged"))
    if mark != FORMAT:
        raise Invalid(Problem("template-old"))
    try:
        identity = Identity(**json.loads("".join(texts[2:])))
        sound = identity.checksum == texts[1] and _is_sound(identity)
    except (ValueError, TypeError, IndexError, RecursionError):
        sound = False
    if not sound:
        raise Invalid(Problem("template-damaged"))
    return identity


def _is_sound(identity: Identity) -> bool:
    """Whether everything is of its kind: anybody can make up a checksum."""
    texts = (identity.state, identity.cycle, identity.report, identity.document, identity.wording)
    versions = (identity.answers, identity.items, identity.figures)
    return (
        all(isinstance(text, str) for text in texts)
        and identity.language in LANGUAGES
        and _is_instant(identity.made_at)
        and (identity.sections is None or _are_texts(identity.sections))
        and isinstance(identity.sheets, dict)
        and _are_texts([*identity.sheets.values()])
        and all(isinstance(found, dict) for found in versions)
        and all(_is_version(number) for found in versions for number in found.values())
    )


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) for part in value)


def _is_instant(text: str) -> bool:
    return datetime.fromisoformat(text).tzinfo is not None


def _is_version(value: object) -> bool:
    return type(value) is int and 0 <= value <= LAST_VERSION
