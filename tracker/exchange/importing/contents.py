"""What a workbook carries beside cells: refused by part name, content type and relationship."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tracker.domain.errors import Invalid, Problem

_TYPES = "[content_types].xml"
_RELATIONSHIP = re.compile(
    r"^http://(?:schemas\.openxmlformats\.org|purl\.oclc\.org|schemas\.microsoft\.com)/.*/"
)
_STRICT = "http://purl.oclc.org/ooxml/"
_WORKBOOK = re.compile(r"spreadsheetml\.(?:sheet|template)\.main\+xml$")


@dataclass(frozen=True, slots=True)
class _Refused:
    """One kind of content, as parts, content types and relationships (their last word) name it."""

    code: str
    name: str
    type: str
    relationship: str


_REFUSED: Final = (
    _Refused("workbook-is-binary", r"xl/workbook\.bin$", r"ms-excel\.sheet\.binary", r"^$"),
    _Refused(
        "workbook-macros",
        r"vbaproject|vbadata|/(?:intl)?macrosheets/|/dialogsheets/",
        r"macroenabled|vbaproject|vbadata|macrosheet|dialogsheet",
        r"^(?:vbaproject.*|wordvbadata|xl(?:intl)?macrosheet|dialogsheet)$",
    ),
    _Refused(
        "workbook-external-links",
        r"/externallinks/",
        r"externallink",
        r"^(?:externallink|externallinkpath|xlpathmissing|xlstartup|xlalternatestartup)$",
    ),
    _Refused(
        "workbook-objects",
        r"/(?:embeddings|activex)/",
        r"oleobject|activex|vnd\.ms-package",
        r"^(?:oleobject|package|control|activexcontrolbinary)$",
    ),
    _Refused(
        "workbook-connections",
        r"xl/connections\.|/querytables/",
        r"\.connections\+xml|querytable",
        r"^(?:connections|querytable)$",
    ),
    _Refused("workbook-data-model", r"xl/model/", r"model\+data", r"^powerpivotdata$"),
)
_MAY_LEAD_OUT = {"hyperlink", "image"}  # nothing here ever follows them


@dataclass
class Contents:
    """Gathers what the parts of one package are, and refuses what is more than cells."""

    names: list[str]
    _types: dict[str, str] = field(default_factory=dict)
    _defaults: dict[str, str] = field(default_factory=dict)

    def check_names(self) -> None:
        """Raise ``Invalid`` for a part whose name says that it is more than cells."""
        for name in self.names:
            _check(name, name=name)

    def is_read(self, part: str) -> bool:
        """Whether the elements of this part say what others are."""
        return part.casefold() == _TYPES or part.casefold().endswith(".rels")

    def see(self, part: str, element: str, attributes: Mapping[str, str]) -> None:
        """Take note of one element of a part that says what others are; raises ``Invalid``."""
        if part.casefold() == _TYPES:
            self._see_type(element, attributes)
        elif element == "Relationship":
            _check_relationship(part, attributes)

    def _see_type(self, element: str, attributes: Mapping[str, str]) -> None:
        kind = attributes.get("ContentType", "").casefold()
        if element == "Override":
            name = attributes.get("PartName", "").removeprefix("/")
            _check(name, kind=kind)
            self._types[name.casefold()] = kind
        elif element == "Default":
            self._defaults[attributes.get("Extension", "").casefold()] = kind

    def check_types(self) -> None:
        """Raise ``Invalid`` if a part has a refused type by its extension, or none is a workbook.

        Some programs list types of extensions that no part has; those mean nothing.
        """
        kinds = set(self._types.values())
        for name in self.names:
            if name.casefold() not in self._types:
                kind = self._defaults.get(name.casefold().rpartition(".")[2], "")
                _check(name, kind=kind)
                kinds.add(kind)
        if not any(_WORKBOOK.search(kind) for kind in kinds):
            raise Invalid(Problem("workbook-not-one"))


def _check_relationship(part: str, attributes: Mapping[str, str]) -> None:
    kind = attributes.get("Type", "")
    word = _RELATIONSHIP.sub("", kind).casefold()
    if kind.startswith(_STRICT) and word == "officedocument":
        raise Invalid(Problem("workbook-strict"))
    _check(attributes.get("Target", part), relationship=word)
    if attributes.get("TargetMode", "").casefold() == "external" and word not in _MAY_LEAD_OUT:
        raise _refused("workbook-external-links", part)


def _check(part: str, *, name: str = "", kind: str = "", relationship: str = "") -> None:
    for refused in _REFUSED:
        if (
            re.search(refused.name, name.casefold())
            or re.search(refused.type, kind)
            or re.search(refused.relationship, relationship or "-")
        ):
            raise _refused(refused.code, part)


def _refused(code: str, part: str) -> Invalid:
    return Invalid(Problem(code, part, {"part": part[:100]}))
