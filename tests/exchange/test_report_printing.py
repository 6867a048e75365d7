"""The report on paper, by section and by paragraph, and in LibreOffice."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy.orm import Session

from tests.exchange.libreoffice import libreoffice
from tests.exchange.test_report_workbook import SECTIONS, commitments, said
from tests.exchange.workbooks import Written
from tests.submitted import make_submission
from tests.submitted_items import add_item
from tracker.domain.contacts import Contact, ContactKind
from tracker.domain.progress import Audience
from tracker.domain.targets import Target
from tracker.exchange.report import Order
from tracker.models import ReportingCycle

Report = Callable[..., Written]
PAGE = (595.3 - 2 * 0.6 * 72) / 0.75  # points of rows at the smallest scale that occurs
BAND = "FFE8F0F8"


@pytest.fixture
def report(session: Session, cycle: ReportingCycle) -> None:
    """Every commitment answered, some at length, and many targets."""
    answers = {
        number: said(narrative="Word by word. " * (number % 40)) for number in range(25, 120)
    }
    # LibreOffice breaks a line after 16,366 characters when it saves, so none is longer here.
    answers[31] = said(narrative="A long story. " * 1_100)
    submission = make_submission(session, cycle, "KEN", answers)
    body = Contact(kind=ContactKind.COORDINATION_BODY, name="Commission", audience=Audience.PUBLIC)
    add_item(session, submission, body)
    for number in range(30):
        add_item(session, submission, Target(statement=f"Target {number}. " * 20))


def is_band(sheet: Worksheet, row: int) -> bool:
    return str(sheet.cell(row, 1).fill.fgColor.rgb) == BAND


def pages_of(sheet: Worksheet) -> list[float]:
    """The points of the rows of each page."""
    ends = [*(found.id for found in sheet.row_breaks.brk), sheet.max_row]
    heights = [sheet.row_dimensions[row].height or 15.0 for row in range(1, sheet.max_row + 1)]
    return [sum(heights[start:end]) for start, end in zip([0, *ends], ends, strict=False)]


@pytest.mark.parametrize("order", list(Order))
def test_pages_are_filled_and_end_where_a_commitment_ends(
    report: None, report_of: Report, order: Order
) -> None:
    written = report_of("KEN", order=order)
    names = SECTIONS if order is Order.SECTION else ["Commitments", "Voluntary targets"]
    broken = 0
    for name in names:
        sheet = written.sheet(name)
        assert str(sheet.print_area).endswith(f"!$A$1:$G${sheet.max_row}")
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
        header, footer = sheet.oddHeader, sheet.oddFooter
        assert header and header.right.text == "&A"
        assert footer and "Everybody: only what States made public" in str(footer.left.text)
        assert "&P" in str(footer.right.text)
        breaks = [found.id for found in sheet.row_breaks.brk]
        assert not [row for row in breaks if is_band(sheet, row)]
        assert max(pages_of(sheet)) < PAGE
        broken += len(breaks)
    assert broken > 15


def test_by_paragraph_each_commitment_stands_once_in_the_order_of_the_document(
    report: None, report_of: Report
) -> None:
    written = report_of("KEN", order=Order.PARAGRAPH)
    assert written.names == [
        "Cover",
        "Commitments",
        "Contacts",
        "Assistance needed and offered",
        "Voluntary targets",
        "Indicators",
        "Codebook",
        "_tracker",
    ]
    numbers = [number for number, _ in commitments(written)]
    assert list(dict.fromkeys(numbers)) == list(range(25, 120)) and numbers == sorted(numbers)
    assert written.cells("Contacts")[3][2] == "Commission"


def test_the_cover_leads_to_each_section(report: None, report_of: Report) -> None:
    sheet = report_of("KEN").sheet("Cover")
    cells = [row[0].hyperlink for row in sheet.iter_rows()]
    links = {link.location for link in cells if link}
    assert links == {f"'{name}'!A1" for name in SECTIONS}


def test_libreoffice_opens_it_and_shows_the_same(
    report: None, report_of: Report, tmp_path: Path
) -> None:
    sources = {
        "sections": report_of("KEN"),
        "paragraphs": report_of("KEN", language="ar", order=Order.PARAGRAPH),
    }
    files = [tmp_path / f"{name}.xlsx" for name in sources]
    for file, written in zip(files, sources.values(), strict=True):
        file.write_bytes(written.content)
    folder = tmp_path / "saved"
    folder.mkdir()
    for file, written in zip(libreoffice(files, "xlsx", folder), sources.values(), strict=True):
        saved = Written(file.read_bytes())
        assert saved.names == written.names
        for name in written.names:
            assert texts(saved, name) == texts(written, name)
            assert saved.sheet(name).print_title_rows == written.sheet(name).print_title_rows
            assert breaks(saved, name) == breaks(written, name)


def texts(written: Written, name: str) -> list[list[str]]:
    """What stands in a sheet, without the empty cells at the ends."""
    rows = [[re.sub(r"\.0$", "", str(cell)) for cell in row] for row in written.cells(name)]
    width = max((n for row in rows for n, cell in enumerate(row, start=1) if cell), default=0)
    return [row[:width] for row in rows]


def breaks(written: Written, name: str) -> list[int]:
    return [found.id for found in written.sheet(name).row_breaks.brk]
