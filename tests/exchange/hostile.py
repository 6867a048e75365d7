"""Workbooks that mean harm, or came to it, each with the sentence it must get.

All are made here from one honest workbook: by exchanging parts, or by writing the zip by hand.
"""

import random
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import xlsxwriter
from openpyxl.utils import get_column_letter

from tracker.domain.uploads import LARGEST_FILE

SHEET = "xl/worksheets/sheet1.xml"
TYPES = "[Content_Types].xml"
BOOK = "xl/workbook.xml"
STRINGS = "xl/sharedStrings.xml"
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CHANCE = random.Random(7)  # noqa: S311  files, not secrets
LAUGHS = (
    '<!DOCTYPE a [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


@dataclass(frozen=True)
class Hostile:
    """A file, and the code of the problem that it must have."""

    name: str
    content: bytes
    code: str


def written(fill: Callable[[xlsxwriter.Workbook], None], **options: object) -> bytes:
    """A workbook filled by ``fill``."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, **options})
    fill(book)
    book.close()
    return target.getvalue()


@cache
def honest() -> bytes:
    """Two sheets with a text and a number each."""

    def fill(book: xlsxwriter.Workbook) -> None:
        for name in ("One", "Two"):
            sheet = book.add_worksheet(name)
            sheet.write_string(0, 0, f"Text of {name}")
            sheet.write_number(1, 0, 12)

    return written(fill)


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a package."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A package of these parts."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def with_parts(parts: Mapping[str, bytes], content: bytes | None = None) -> bytes:
    """The honest workbook with some parts added or exchanged."""
    return packed({**parts_of(content or honest()), **parts})


def edited(part: str, old: str, new: str, content: bytes | None = None) -> bytes:
    """The honest workbook with a change in one part, which must be there to change."""
    parts = parts_of(content or honest())
    text = parts[part].decode()
    assert old in text
    return packed({**parts, part: text.replace(old, new, 1).encode()})


def with_rows(rows: str) -> bytes:
    """The honest workbook with other rows on its first sheet."""
    sheet = f'<worksheet xmlns="{NAMESPACE}"><sheetData>{rows}</sheetData></worksheet>'
    return with_parts({SHEET: sheet.encode()})


def rows_of(count: int, inside: str, attributes: str = "") -> str:
    """Rows of a hundred cells, each with its number in it."""
    columns = [get_column_letter(column) for column in range(1, 101)]
    return "".join(
        f'<row r="{row}">'
        + "".join(
            f'<c r="{column}{row}" {attributes}>{inside.format(row * 100 + n)}</c>'
            for n, column in enumerate(columns)
        )
        + "</row>"
        for row in range(1, count + 1)
    )


def with_cell(attributes: str, inside: str) -> bytes:
    """The honest workbook with one cell on its first sheet."""
    return with_rows(f'<row r="1"><c r="A1" {attributes}>{inside}</c></row>')


def with_type(part: str, kind: str, content: bytes = b"x") -> bytes:
    """A part of this content type, under a name that tells nothing."""
    override = f'<Override PartName="/{part}" ContentType="{kind}"/></Types>'
    typed = edited(TYPES, "</Types>", override)
    return with_parts({part: content}, typed)


def related(word: str, target: str = "part1.xml", extra: str = "") -> bytes:
    """A sheet with a relationship of a kind that ends in ``word``."""
    kind = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{word}"
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="{target}" {extra}/></Relationships>'
    )
    return with_parts({"xl/worksheets/_rels/sheet1.xml.rels": rels.encode()})


def documents_and_kinds() -> Iterator[Hostile]:
    """What is no workbook of this kind."""
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000)
    yield Hostile("empty", b"", "workbook-empty")
    yield Hostile("too large", b"PK\x03\x04" + bytes(LARGEST_FILE), "workbook-too-large")
    yield Hostile("old xls", ole + "Workbook".encode("utf-16-le"), "workbook-old-xls")
    yield Hostile("encrypted", ole + "EncryptedPackage".encode("utf-16-le"), "workbook-encrypted")
    opendocument = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}
    yield Hostile("ods", packed(opendocument, zipfile.ZIP_STORED), "workbook-ods")
    yield Hostile("pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "workbook-pdf")
    yield Hostile("csv", "Paragraph;Progress\r\n25;réalisé\r\n".encode(), "workbook-is-text")
    yield Hostile("utf-16 csv", "a\tb\n".encode("utf-16"), "workbook-is-text")
    yield Hostile("page named xlsx", b"<html><table></table></html>", "workbook-is-text")
    yield Hostile("noise", CHANCE.randbytes(5_000), "workbook-not-one")
    yield Hostile("other zip", packed({"notes.bin": b"\0\1"}), "workbook-not-one")
    document = honest_type("wordprocessingml.document.main+xml")
    yield Hostile("word document", document, "workbook-not-one")
    strict = edited(
        "_rels/.rels",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument",
        "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument",
    )
    yield Hostile("strict", strict, "workbook-strict")
    yield Hostile(
        "binary workbook", with_parts({"xl/workbook.bin": b"\x83\x01"}), "workbook-is-binary"
    )


def honest_type(kind: str) -> bytes:
    """The honest workbook, its main part called something else."""
    return edited(TYPES, "spreadsheetml.sheet.main+xml", kind)


def archives() -> Iterator[Hostile]:
    """Zip files that no spreadsheet program writes."""
    content = honest()
    yield Hostile("cut short", content[: len(content) // 2], "workbook-cut-short")
    yield Hostile("prefix", b"MZ\x90\0" + content, "workbook-not-one")
    yield Hostile("archive in front", packed({"a": b"a"}) + content, "workbook-cut-short")
    yield Hostile("something behind", content + b"<script>", "workbook-cut-short")
    second = packed({"a": b"a"})[-22:]
    yield Hostile("comment with an end", with_comment(second + b"x"), "workbook-cut-short")
    yield Hostile("comment cut short", with_comment(b"note")[:-1], "workbook-cut-short")
    yield Hostile("directory of another size", _with_zip64_end(), "workbook-cut-short")
    yield Hostile("400 parts", with_parts(_many(401)), "workbook-too-many-parts")
    yield Hostile("a million names", _names_only(300_000), "workbook-too-many-parts")
    yield Hostile("doubled part", _doubled(SHEET), "workbook-doubled-part")
    yield Hostile("doubled in other case", _doubled(SHEET.upper()), "workbook-doubled-part")
    yield Hostile("another name", _named_otherwise(), "workbook-odd-part")
    unknown = with_fields(SHEET, field(0x6375, b"note"))
    yield Hostile("unknown field", unknown, "workbook-odd-part")
    twice = with_fields(SHEET, field(0x5455, bytes(5)) * 2)
    yield Hostile("field twice", twice, "workbook-odd-part")
    cut = with_fields(SHEET, field(0x5455, bytes(5))[:3])
    yield Hostile("field cut short", cut, "workbook-odd-part")
    local = with_fields(SHEET, b"", local=_unicode_path(SHEET, "xl/other.xml"))
    yield Hostile("another name beside the part", local, "workbook-odd-part")
    yield Hostile("name with an end in it", _with_nul_in_a_name(), "workbook-odd-part")
    for name in ("../evil.xml", "/etc/evil.xml", "xl\\evil.xml", "c:/evil.xml", "xl//evil.xml"):
        yield Hostile(f"name {name}", with_parts({name: b"<a/>"}), "workbook-odd-part")
    yield Hostile("symlink", _symlink(), "workbook-odd-part")
    yield Hostile(
        "bzip2",
        packed({**parts_of(content), "a.xml": b"<a/>"}, zipfile.ZIP_BZIP2),
        "workbook-odd-part",
    )
    yield Hostile("password in zip", _flagged(content, 1), "workbook-encrypted")
    yield Hostile("overlapping", _overlapping(), "workbook-odd-part")
    yield Hostile("wrong checksum", _wrong_checksum(content), "workbook-damaged")
    yield Hostile("understated size", _understated(bytes(30_000_000)), "workbook-bomb")
    bomb = with_parts({"xl/media/image1.png": bytes(19_000_000)})
    yield Hostile("bomb", bomb, "workbook-bomb")
    yield Hostile(
        "large part", with_parts({"docProps/a.bin": _noise(20_100_000)}), "workbook-part-too-large"
    )
    fat = {f"xl/media/{n}.bin": _noise(17_500_000) for n in range(3)}
    yield Hostile("large in all", with_parts(fat), "workbook-unpacks-too-large")


def _noise(size: int) -> bytes:
    """Something that packs by fifty or so."""
    line = CHANCE.randbytes(600) + bytes(40_000)
    return (line * (size // len(line) + 1))[:size]


def _many(count: int) -> dict[str, bytes]:
    return {f"customXml/item{n}.xml": b"<a/>" for n in range(count)}


def _names_only(count: int) -> bytes:
    """A directory of many names, all for one part, whose end tells only of one."""
    first = packed({"a": b""})
    start = int.from_bytes(first[-6:-2], "little")
    entry = first[start:-22]
    end = first[-22:]
    size = (len(entry) * count).to_bytes(4, "little")
    return first[:start] + entry * count + end[:12] + size + end[16:]


def with_comment(comment: bytes) -> bytes:
    """The honest workbook with a comment on the whole archive."""
    return honest()[:-2] + len(comment).to_bytes(2, "little") + comment


def _with_zip64_end() -> bytes:
    """The last entry ends with what readers take for the end of a larger archive."""
    content = honest()
    start, end = _directory_at(content), content[-22:]
    last = content.rindex(b"PK\x01\x02")
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 46, start)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(content) - 22, 1)
    comment = record + locator
    entry = content[last:-22]
    entry = entry[:32] + len(comment).to_bytes(2, "little") + entry[34:] + comment
    size = len(content) - 22 - start + len(comment)
    return content[:last] + entry + end[:12] + size.to_bytes(4, "little") + end[16:]


def field(number: int, content: bytes) -> bytes:
    """One extra field of a part of an archive."""
    return struct.pack("<HH", number, len(content)) + content


def with_fields(name: str, fields: bytes, *, local: bytes = b"", **more: bytes) -> bytes:
    """The honest workbook, and ``more`` parts, with extra fields on one part: in the directory, or
    only before the part itself.
    """
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in {**parts_of(honest()), **more}.items():
            info = zipfile.ZipInfo(part)
            info.compress_type = zipfile.ZIP_DEFLATED
            if part == name:
                info.extra = local or fields
            archive.writestr(info, content)
            if local:
                info.extra = b""
    return target.getvalue()


def _unicode_path(name: str, claimed: str) -> bytes:
    body = struct.pack("<BL", 1, zlib.crc32(name.encode())) + claimed.encode()
    return field(0x7075, body)


def _named_otherwise() -> bytes:
    """Another sheet in place of the one that was looked at, for readers that know the field."""
    name = "docProps/e.xml"
    sheet = parts_of(honest())[SHEET]
    return with_fields(name, _unicode_path(name, SHEET), **{name: sheet})


def _with_nul_in_a_name() -> bytes:
    return with_parts({"docProps/e.xmlZx": b"<a/>"}).replace(b"e.xmlZx", b"e.xml\0x")


def _doubled(name: str) -> bytes:
    target = BytesIO(honest())
    with zipfile.ZipFile(target, "a") as archive:
        info = zipfile.ZipInfo(name)
        archive.NameToInfo.clear()  # or the library warns
        archive.writestr(info, b"<worksheet/>")
    return target.getvalue()


def _symlink() -> bytes:
    target = BytesIO(honest())
    with zipfile.ZipFile(target, "a") as archive:
        info = zipfile.ZipInfo("xl/media/image1.png")
        info.create_system = 3
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return target.getvalue()


def _directory_at(content: bytes) -> int:
    return int.from_bytes(content[-6:-2], "little")


def _patched(content: bytes, at: int, new: bytes) -> bytes:
    """The file with some bytes of its first directory entry exchanged."""
    at += _directory_at(content)
    return content[:at] + new + content[at + len(new) :]


def _flagged(content: bytes, flags: int) -> bytes:
    return _patched(content, 8, flags.to_bytes(2, "little"))


def _wrong_checksum(content: bytes) -> bytes:
    return _patched(content, 16, b"\1\2\3\4")


def _understated(plain: bytes) -> bytes:
    """A first part that says it is small, with the checksum of what it says."""
    content = packed({"xl/media/image1.png": plain, **parts_of(honest())})
    small = plain[:100]
    lied = _patched(content, 16, zlib.crc32(small).to_bytes(4, "little"))
    return _patched(lied, 24, len(small).to_bytes(4, "little"))


def _overlapping() -> bytes:
    """Two entries of the directory for the same bytes."""
    content = packed({"xl/a.xml": b"<a/>", "xl/b.xml": b"<b/>"})
    second = content.rindex(b"PK\x01\x02")
    return content[: second + 42] + bytes(4) + content[second + 46 :]


def markup() -> Iterator[Hostile]:
    """XML that harms its parser."""
    parts = parts_of(honest())
    for part in (TYPES, "_rels/.rels", BOOK, SHEET, STRINGS, "xl/styles.xml", "docProps/core.xml"):
        text = parts[part].decode()
        start = text.index("?>") + 2
        laughing = text[:start] + LAUGHS + text[start:]
        yield Hostile(
            f"laughs in {part}", with_parts({part: laughing.encode()}), "workbook-doctype"
        )
        other = laughing.replace("UTF-8", "UTF-16").encode("utf-16")
        yield Hostile(f"laughs in UTF-16 in {part}", with_parts({part: other}), "workbook-doctype")
    outside = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    for name in ("customXml/item1.xml", "xl/drawings/vmlDrawing1.vml", "docProps/odd.dat"):
        yield Hostile(
            f"entity from a file in {name}",
            with_parts({name: outside.encode()}),
            "workbook-doctype",
        )
    for kind, blanks in (("a hundred", 100), ("many", 200_000)):
        late = with_parts({"xl/worksheets/sheet9.dat": (" " * blanks + outside).encode()})
        yield Hostile(f"entity behind {kind} blanks", late, "workbook-doctype")
    unmarked = with_parts({"xl/odd": outside.encode("utf-16-le")})
    yield Hostile("entity without mark of its kind", unmarked, "workbook-doctype")
    letters = "".join(CHANCE.choices("abcdefgh", k=20_000)) * 950
    tokens = {"attribute": f'<a b="{letters}"/>', "comment": f"<a><!--{letters}--></a>"}
    tokens["name"] = f"<{letters}/>"
    for kind, text in tokens.items():
        content = with_parts({"docProps/app.xml": text.encode()})
        yield Hostile(f"19 MB in one {kind}", content, "workbook-markup")
    deep = "<a>" * 200_000 + "</a>" * 200_000
    yield Hostile("deep", with_parts({"docProps/app.xml": deep.encode()}), "workbook-markup")
    many = "".join(f"<si><t>{n}</t></si>" for n in range(1_000_000))
    strings = f'<sst xmlns="{NAMESPACE}">{many}</sst>'.encode()
    strings = strings[:19_000_000].rpartition(b"<si>")[0] + b"</sst>"
    yield Hostile("a million texts", with_parts({STRINGS: strings}), "workbook-markup")
    broken = edited(SHEET, "</sheetData>", "")
    yield Hostile("not well-formed", broken, "workbook-damaged")


def contents() -> Iterator[Hostile]:
    """More than cells."""
    office = "application/vnd.openxmlformats-officedocument"
    names = {
        "xl/vbaProject.bin": "workbook-macros",
        "xl/macrosheets/sheet1.xml": "workbook-macros",
        "xl/externalLinks/externalLink1.xml": "workbook-external-links",
        "xl/embeddings/oleObject1.bin": "workbook-objects",
        "xl/activeX/activeX1.xml": "workbook-objects",
        "xl/connections.xml": "workbook-connections",
        "xl/queryTables/queryTable1.xml": "workbook-connections",
        "xl/model/item.data": "workbook-data-model",
    }
    for name, code in names.items():
        yield Hostile(name, with_parts({name: b"<a/>"}), code)
    types = {
        "application/vnd.ms-office.vbaProject": "workbook-macros",
        "application/vnd.ms-excel.macrosheet+xml": "workbook-macros",
        "application/vnd.ms-excel.intlmacrosheet+xml": "workbook-macros",
        f"{office}.spreadsheetml.externalLink+xml": "workbook-external-links",
        f"{office}.oleObject": "workbook-objects",
        "application/vnd.ms-office.activeX+xml": "workbook-objects",
        f"{office}.spreadsheetml.connections+xml": "workbook-connections",
        f"{office}.spreadsheetml.queryTable+xml": "workbook-connections",
        f"{office}.model+data": "workbook-data-model",
    }
    for kind, code in types.items():
        yield Hostile(kind, with_type("xl/part1.dat", kind), code)
    macros = honest_type("sheet.macroEnabled.main+xml")
    yield Hostile("xlsm", macros, "workbook-macros")
    binary = edited(
        TYPES,
        f"{office}.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.binary.main",
    )
    yield Hostile("xlsb", binary, "workbook-is-binary")
    words = {
        "xlMacrosheet": "workbook-macros",
        "externalLinkPath": "workbook-external-links",
        "oleObject": "workbook-objects",
        "control": "workbook-objects",
        "queryTable": "workbook-connections",
    }
    for word, code in words.items():
        yield Hostile(f"related as {word}", related(word), code)
    outside = related("attachedTemplate", "https://example.org/t.dotm", 'TargetMode="External"')
    yield Hostile("template elsewhere", outside, "workbook-external-links")


def cells() -> Iterator[Hostile]:
    """Sheets that lead readers astray."""
    far = with_rows('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    yield Hostile("far cell", far, "workbook-far-cell")
    both = '<row r="1"><c r="A1"><v>1</v></c></row>'
    yield Hostile(
        "first and last cell",
        with_rows(f'{both}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "workbook-far-cell",
    )
    yield Hostile(
        "row 5001", with_rows('<row r="5001"><c r="A5001"><v>1</v></c></row>'), "workbook-far-cell"
    )
    yield Hostile(
        "column 101", with_rows('<row r="1"><c r="CW1"><v>1</v></c></row>'), "workbook-far-cell"
    )
    yield Hostile(
        "too many cells", with_rows(rows_of(1_001, "<v>{}</v>")), "workbook-too-many-cells"
    )
    twice = with_rows('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>')
    yield Hostile("cell twice", twice, "workbook-cell-twice")
    for text in ("NaN", "INF", "1E999", "1" * 4_000, "9" * 5_000, "12,5", "0x10"):
        yield Hostile(f"number {text[:8]}", with_cell("", f"<v>{text}</v>"), "workbook-bad-value")
    yield Hostile("bad date", with_cell('t="d"', "<v>2024-13-45</v>"), "workbook-bad-value")
    yield Hostile("no such text", with_cell('t="s"', "<v>99</v>"), "workbook-bad-value")
    for kind, text in (("q", "1"), ("b", "7"), ("e", "#SPILL!"), ("inlineStr", "7")):
        cell = with_cell(f't="{kind}"', f"<v>{text}</v>")
        yield Hostile(f"{kind} of {text}", cell, "workbook-readers-differ")
    early = edited(BOOK, "<workbookPr", '<workbookPr date1904="1"')
    yield Hostile("days from 1904", early, "workbook-1904")
    yield Hostile("twin sheets", edited(BOOK, 'name="Two"', 'name="ONE"'), "workbook-twin-sheets")
    sheets = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId1"/>' for n in range(10, 5_010))
    yield Hostile(
        "5,000 sheets", edited(BOOK, "</sheets>", f"{sheets}</sheets>"), "workbook-too-many-sheets"
    )
    missing = edited(BOOK, 'r:id="rId2"', 'r:id="rId99"')
    yield Hostile("sheet that is not there", missing, "workbook-unreadable")


def heavy() -> Iterator[Hostile]:
    """Small files that pass the gate and cost much to read: what the child's limits are for."""
    text = "".join(CHANCE.choices("abcdefgh ", k=32_000))
    strings = f'<sst xmlns="{NAMESPACE}"><si><t>{text}</t></si><si><t/></si></sst>'
    rows = rows_of(999, "<v>0</v>", 't="s"')
    often = with_parts({STRINGS: strings.encode()}, with_rows(rows))
    yield Hostile("one long text 99,900 times", often, "workbook-too-heavy")
    formats = "".join(f'<numFmt numFmtId="{n}" formatCode="0.{n}"/>' for n in range(200, 300_000))
    styles = edited("xl/styles.xml", "<fonts", f'<numFmts count="1">{formats}</numFmts><fonts')
    yield Hostile("300,000 number formats", styles, "workbook-too-heavy")


@cache
def made(maker: Callable[[], Iterator[Hostile]]) -> tuple[Hostile, ...]:
    """What a maker makes, made once."""
    return tuple(maker())
