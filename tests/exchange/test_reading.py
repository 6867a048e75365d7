"""What an honest workbook holds is read exactly, whoever saved it last."""

from base64 import b64decode
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter

from tests.exchange import hostile
from tests.exchange.hostile import with_cell, with_parts, with_rows, written
from tests.exchange.libreoffice import libreoffice
from tracker.exchange.importing.gate import check_package
from tracker.exchange.importing.reading import read_sheets
from tracker.exchange.importing.sandbox import read_workbook
from tracker.exchange.raw import CellKind, RawCell, RawSheet, RawWorkbook

PIXEL = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
ESCAPED_TWICE = "_x005F_x0041_"  # LibreOffice itself saves it as another text
TEXTS = [
    "_x0041_",
    ESCAPED_TWICE,
    "_x000D_ typed",
    "two\nlines",
    "  blanks around\t ",
    "\n starts with a line",
    "=1+1",
    "+33 1 23",
    "@SUM(A1)",
    "'quoted",
    "#N/A",
    "TRUE",
    "0012",
    "1e5",
    "<b>&amp;</b> ]]>",
    "الأسلحة الصغيرة‏",
    "小武器",
    "Оружие",
    "𝔘𝔫𝔦 😀 e\u0301",
    "x" * 32_000,
    "😀" * 16_000,
    "é\u00a0\u2028\ufeff.",
]


def _read(content: bytes) -> RawWorkbook:
    """Gate and readers in this process: for files of our own making."""
    check_package(content)
    return RawWorkbook(read_sheets(content))


def _cell(content: bytes) -> RawCell:
    return _read(content).sheets[0].rows[1][1]


def _column(sheet: RawSheet) -> list[str]:
    return [cells[1].text for _, cells in sorted(sheet.rows.items())]


def _of_texts() -> bytes:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Texts")
        for row, text in enumerate(TEXTS):
            sheet.write_string(row, 0, text)

    return written(fill)


def test_texts_come_back_letter_by_letter(tmp_path: Path) -> None:
    path = tmp_path / "upload.xlsx"
    path.write_bytes(_of_texts())
    sheet = read_workbook(path).sheets[0]
    assert _column(sheet) == TEXTS
    assert {cells[1].kind for cells in sheet.rows.values()} == {CellKind.TEXT}


def test_texts_within_their_cells_come_back_letter_by_letter() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Texts")
        for row, text in enumerate(TEXTS):
            sheet.write_string(row, 0, text)

    inline = written(fill, in_memory=False, constant_memory=True)
    assert _column(_read(inline).sheets[0]) == TEXTS


def test_line_ends_are_one_character() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("One").write_string(0, 0, "a\r\nb\rc\nd")

    assert _cell(written(fill)).text == "a\nb\nc\nd"
    assert _cell(with_cell('t="inlineStr"', "<is><t>a_x000D_\nb</t></is>")).text == "a\nb"


def test_formatted_pieces_of_a_text_are_one_text() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        bold = book.add_format({"bold": True})
        book.add_worksheet("One").write_rich_string(0, 0, "some ", bold, "bold", " words")

    assert _cell(written(fill)).text == "some bold words"


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("12", "12"),
        ("12.0", "12"),
        ("-0", "0"),
        ("1.1000000000000001", "1.1"),
        ("0.1", "0.1"),
        ("1E3", "1000"),
        ("999999999999999", "999999999999999"),
        ("1E+20", "1e+20"),
        ("12.50", "12.5"),
        ("123456789012345678901234567890", "1.2345678901234568e+29"),
    ],
)
def test_numbers_are_as_typed(stored: str, text: str) -> None:
    assert _cell(with_cell("", f"<v>{stored}</v>")) == RawCell(text, CellKind.NUMBER)


@pytest.mark.parametrize("kind", ["", 't="n"', 't="s"', 't="str"', 't="b"', 't="e"', 't="d"'])
@pytest.mark.parametrize("inside", ["", "<v/>", "<v></v>"])
def test_a_cell_without_a_value_is_empty(kind: str, inside: str) -> None:
    assert not _read(with_cell(kind, inside)).sheets[0].rows


@pytest.mark.parametrize("inside", ["", "<is/>", "<is></is>", "<is><t/></is>", "<is><t></t></is>"])
def test_a_text_without_words_is_an_empty_cell(inside: str) -> None:
    row = f'<row r="1"><c r="A1" t="inlineStr">{inside}</c><c r="B1"><v>5</v></c></row>'
    assert _read(with_rows(row)).sheets[0].rows == {1: {2: RawCell("5", CellKind.NUMBER)}}


def test_other_kinds_of_values() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        days = book.add_format({"num_format": "yyyy-mm-dd"})
        hours = book.add_format({"num_format": "[h]:mm"})
        sheet = book.add_worksheet("One")
        sheet.write_datetime(0, 0, date(2024, 6, 30), days)
        sheet.write_datetime(0, 1, datetime(2024, 6, 30, 13, 5), days)  # noqa: DTZ001  cells have none
        sheet.write_boolean(0, 2, True)
        sheet.write_boolean(0, 3, False)
        sheet.write_formula(0, 4, "=A1+1", None, 99)
        sheet.write_formula(0, 5, '=HYPERLINK("https://example.org")', None, "seen")
        sheet.write_number(0, 6, -999_999, days)
        sheet.write_number(0, 7, 1.5, hours)
        sheet.write_formula(0, 8, "=1/0", None, "#DIV/0!")

    kinds = {n: (c.kind, c.text) for n, c in _read(written(fill)).sheets[0].rows[1].items()}
    assert kinds == {
        1: (CellKind.DATE, "2024-06-30"),
        2: (CellKind.DATE, "2024-06-30T13:05:00"),
        3: (CellKind.BOOLEAN, "TRUE"),
        4: (CellKind.BOOLEAN, "FALSE"),
        5: (CellKind.FORMULA, "=A1+1"),
        6: (CellKind.FORMULA, '=HYPERLINK("https://example.org")'),
        7: (CellKind.ERROR, "#VALUE!"),
        8: (CellKind.DATE, "1 day, 12:00:00"),
        9: (CellKind.FORMULA, "=1/0"),
    }
    assert _cell(with_cell('t="e"', "<v>#REF!</v>")) == RawCell("#REF!", CellKind.ERROR)


def test_formulas_of_every_kind_are_formulas_and_never_their_stored_value() -> None:
    for formula in (
        "<f>1+1</f><v>2</v>",
        '<f t="shared" ref="A1:A2" si="0">B1</f><v>2</v>',
        '<f t="shared" si="9"/><v>2</v>',
        '<f t="array" ref="A1">B1</f><v>2</v>',
        '<f t="dataTable" ref="A1" r1="B1"/><v>2</v>',
        "<f/>",
    ):
        cell = _cell(with_cell("", formula))
        assert (cell.kind, cell.text[0]) == (CellKind.FORMULA, "=")
    assert _cell(with_cell('t="str"', "<f>A2</f><v>words</v>")).text == "=A2"


def test_styles_and_blanks_are_no_cells() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        colour = book.add_format({"bg_color": "#ffff00"})
        sheet = book.add_worksheet("One")
        sheet.write_string(0, 0, "kept")
        sheet.write_blank(4_999, 99, None, colour)
        sheet.write_blank(1_048_575, 16_383, None, colour)
        sheet.write_string(8_000, 9, " \n ")
        sheet.write_string(3, 1, "\u00a0")
        sheet.write_string(2, 1, "")

    assert _read(written(fill)).sheets[0].rows == {1: {1: RawCell("kept")}}


def test_what_a_sheet_says_of_its_size_means_nothing() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in (1, 2, 3))
    for dimension in ("A1", "A1:XFD1048576", "B7:C9"):
        content = with_rows(rows)
        lie = f'<dimension ref="{dimension}"/><sheetData>'
        content = hostile.edited(hostile.SHEET, "<sheetData>", lie, content)
        assert _column(_read(content).sheets[0]) == ["1", "2", "3"]


def test_merged_ranges_and_rows_out_of_order_do_no_harm() -> None:
    everything = '</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    merged = hostile.edited(hostile.SHEET, "</sheetData>", everything)
    assert _read(merged).sheets[0].rows[1][1].text == "Text of One"
    texts = [f'<c r="A{n}" t="inlineStr"><is><t>row {n}</t></is></c>' for n in (1, 2, 3)]
    backwards = with_rows("".join(f'<row r="{n}">{texts[n - 1]}</row>' for n in (3, 1, 2)))
    assert _column(_read(backwards).sheets[0]) == ["row 1", "row 2", "row 3"]


def test_cells_without_addresses_stand_beside_each_other() -> None:
    bare = with_rows('<row><c><v>1</v></c><c r="D1"><v>4</v></c><c><v>5</v></c></row><row/>')
    assert {n: c.text for n, c in _read(bare).sheets[0].rows[1].items()} == {
        1: "1",
        4: "4",
        5: "5",
    }


def test_hidden_sheets_are_read_and_a_chart_is_an_empty_one() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        for name in ("Shown", "Hidden", "Very hidden"):
            book.add_worksheet(name).write_string(0, 0, name)
        book.get_worksheet_by_name("Hidden").hide()
        book.get_worksheet_by_name("Very hidden").very_hidden()
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Shown!$A$1:$A$2"})
        book.add_chartsheet("Chart").set_chart(chart)

    book = _read(written(fill))
    assert [sheet.name for sheet in book.sheets] == ["Shown", "Hidden", "Very hidden", "Chart"]
    assert [_column(sheet) for sheet in book.sheets] == [["Shown"], ["Hidden"], ["Very hidden"], []]


def _of_a_ministry() -> bytes:
    """What offices add: pictures, comments, links, labels, printers, lists, tables."""

    def fill(book: xlsxwriter.Workbook) -> None:
        book.set_custom_property("MSIP_Label_1234_Enabled", "true")
        book.set_custom_property("Reviewed", date(2026, 1, 2), "date")
        book.define_name("Fund", "='One sheet'!$A$1")
        sheet = book.add_worksheet("One sheet")
        sheet.write_string(0, 0, "Answer of the ministry")
        sheet.write_comment(0, 0, "Ask customs")
        sheet.write_url(1, 0, "https://example.org/law", string="the law")
        sheet.write_url(2, 0, "mailto:focal.point@example.org", string="write to us")
        sheet.insert_image(4, 4, "dot.png", {"image_data": BytesIO(PIXEL)})
        sheet.add_table(5, 0, 7, 0, {"columns": [{"header": "Agency"}]})
        sheet.write_string(6, 0, "Police")
        sheet.data_validation(0, 1, 9, 1, {"validate": "list", "source": ["Yes", "No"]})
        sheet.conditional_format(0, 0, 9, 0, {"type": "duplicate"})
        sheet.insert_button(9, 4, {"caption": "Press"})
        sheet.print_area(0, 0, 9, 9)
        sheet.repeat_rows(0)
        sheet.protect("secret")

    rels = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
    extra = {
        "docMetadata/LabelInfo.xml": b'<c:labelList xmlns:c="urn:l"><c:label/></c:labelList>',
        "xl/printerSettings/printerSettings1.bin": bytes(range(256)) * 4,
        "xl/calcChain.xml": b'<calcChain xmlns="urn:c"><c r="A1" i="1"/></calcChain>',
        "customXml/item1.xml": "\ufeff<p:properties xmlns:p='urn:p'>é</p:properties>".encode(),
        "customXml/_rels/item1.xml.rels": rels,
        "xl/persons/person.xml": b'<personList xmlns="urn:t"/>',
        "xl/threadedComments/threadedComment1.xml": b'<ThreadedComments xmlns="urn:t"/>',
        "xl/drawings/vmlDrawing9.vml": b"<xml><div>line<br>line</div></xml>",
        "xl/": b"",
    }
    content = with_parts(extra, written(fill))
    # one library lists these for files that have no such part
    unused = (
        '<Default Extension="bin" ContentType="application/vnd.ms-excel.printerSettings"/>'
        '<Default Extension="data" '
        'ContentType="application/vnd.openxmlformats-officedocument.model+data"/>'
        '<Default Extension="xlb" '
        'ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
        '<Override PartName="/docMetadata/LabelInfo.xml" '
        'ContentType="application/vnd.ms-office.classificationlabels+xml"/></Types>'
    )
    return hostile.edited(hostile.TYPES, "</Types>", unused, content)


@pytest.mark.parametrize(
    "fields",
    [
        hostile.field(0x000A, bytes(32)),  # times of Windows
        hostile.field(0x5455, bytes(5)) + hostile.field(0x7875, b"\1\4\0\0\0\0\4\0\0\0\0"),
        hostile.field(0x5855, bytes(8)),  # macOS
        hostile.field(0xA220, b"\x28\xa0\x02\0" + bytes(64)),  # room to grow, Open Packaging
        hostile.field(0xCAFE, b""),  # Java
    ],
)
def test_what_programs_note_beside_a_part_is_accepted(fields: bytes) -> None:
    for content in (
        hostile.with_fields(hostile.SHEET, fields),
        hostile.with_fields(hostile.SHEET, b"", local=fields),
    ):
        assert _cell(content).text == "Text of One"


def test_a_comment_on_the_archive_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "upload.xlsx"
    path.write_bytes(hostile.with_comment(b"made by a tool"))
    assert read_workbook(path).sheets[0].rows[1][1].text == "Text of One"


OF_A_MINISTRY = {
    1: "Answer of the ministry",
    2: "the law",
    3: "write to us",
    6: "Agency",
    7: "Police",
}


def test_what_ministries_add_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "upload.xlsx"
    path.write_bytes(_of_a_ministry())
    sheet = read_workbook(path).sheets[0]
    assert {row: cells[1].text for row, cells in sheet.rows.items()} == OF_A_MINISTRY


def test_a_workbook_re_saved_by_libreoffice_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    files = [tmp_path / "texts.xlsx", tmp_path / "ministry.xlsx"]
    files[0].write_bytes(_of_texts())
    files[1].write_bytes(_of_a_ministry())
    texts, ministry = map(read_workbook, libreoffice(files, "xlsx", tmp_path / "new"))
    read = dict(zip(TEXTS, _column(texts.sheets[0]), strict=True))
    assert {text: back for text, back in read.items() if text != back}.keys() <= {ESCAPED_TWICE}
    assert {row: cells[1].text for row, cells in ministry.sheets[0].rows.items()} == OF_A_MINISTRY
