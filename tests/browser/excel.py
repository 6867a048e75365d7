"""A person with Excel: fetches the template by the page, fills it in, sends it back."""

from io import BytesIO
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import Locator, Page, expect

from tests.browser.reporting import press
from tests.exchange.templates import answer_row, column, edited, put

ANSWERS, LAWS, ASSISTANCE = "Answers", "Laws and instruments", "Assistance"


def open_workbook_page(page: Page, report: str) -> None:
    """From the page of the report, by its link."""
    page.goto(report)
    page.locator("main a[href$='/workbook']").click()
    page.wait_for_url("**/workbook")


def fetch_template(page: Page) -> bytes:
    """What the button of the workbook page gives."""
    with page.expect_download() as started:
        page.locator("main a[href*='template.xlsx']").click()
    assert started.value.suggested_filename.endswith("_template_en.xlsx")
    return Path(started.value.path()).read_bytes()


def send_back(page: Page, file: Path) -> None:
    """Choose a file on the workbook page and send it; the plan or the refusal is shown."""
    page.locator("input[type=file]").set_input_files(file)
    press(page, page.locator("main form button[type=submit]"))


def reach(page: Page, wanted: Locator) -> None:
    """Walk there with the tabulator key, as somebody without a mouse does."""
    expect(wanted).to_be_visible()
    for _ in range(120):
        page.keyboard.press("Tab")
        if wanted.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not reach {wanted}")


def with_answers(template: bytes, *cells: tuple[int, str, str]) -> bytes:
    """The template with cells of answers filled in: paragraph, header, text."""

    def edit(book: openpyxl.Workbook) -> None:
        for paragraph, header, text in cells:
            put(book[ANSWERS], answer_row(paragraph), header, text)

    return edited(template, edit)


def with_rows(content: bytes, **sheets: dict[str, object]) -> bytes:
    """The workbook with one new row on each of the sheets, by header; ``_`` stands for a space."""

    def edit(book: openpyxl.Workbook) -> None:
        for name, values in sheets.items():
            sheet = book[name.replace("_", " ")]
            row = _first_free(sheet, next(iter(values)))
            for header, value in values.items():
                put(sheet, row, header, value)

    return edited(content, edit)


def _first_free(sheet: Worksheet, header: str) -> int:
    at = column(sheet, header)
    return next(row for row in range(3, 1000) if sheet.cell(row, at).value is None)


def notes_of(content: bytes) -> dict[str, str]:
    """The comments on the sheet of answers, by the address of their cell."""
    sheet = openpyxl.load_workbook(BytesIO(content))[ANSWERS]
    return {
        cell.coordinate: cell.comment.text
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }
