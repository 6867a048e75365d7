"""Nothing that was typed falls out of the marked copy, wherever it was typed."""

import random
from collections import Counter
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy.orm import Session

from tests.exchange.templates import (
    TemplateDesk,
    answer_row,
    codes,
    column,
    desk_of,
    edited,
    put,
)
from tests.exchange.test_template_marked import (
    ANSWERS,
    CONTACTS,
    FIGURES,
    LAWS,
    TARGETS,
    marked,
    save_figures,
    save_target,
)
from tests.exchange.workbooks import Written
from tests.national_reports import begin_report
from tracker.domain.indicators import Cell
from tracker.domain.items import MAX_ITEMS
from tracker.domain.responses import Measure
from tracker.domain.targets import Target
from tracker.models.ids import new_public_id

SHEETS = (ANSWERS, LAWS, "Assistance", TARGETS, CONTACTS, FIGURES)
MOST = 2 * MAX_ITEMS + 150  # more rows than a sheet of items can have
Break = Callable[[Workbook], None]


@pytest.fixture
def desk(session: Session) -> TemplateDesk:
    work = begin_report(session)
    work.answer(28, narrative="First.", measures=(Measure("Arms Act"), Measure("Border Act")))
    work.answer(30, narrative="Stays.", measures=(Measure("Customs Act"),))
    save_target(work, new_public_id(), 0, Target("All marked", unit="Firearms"))
    save_figures(work, 0, {Cell(2024, "found", "total"): 1})
    return desk_of(work)


def scribble(book: Workbook, seed: int) -> list[str]:
    """Type anywhere: in cells to fill in and cells that name rows, beside and below them.

    Gives what was typed.
    """
    chance, typed = random.Random(seed), list[str]()  # noqa: S311  no secret
    for name in SHEETS:
        sheet = book[name]
        rows, columns = min(sheet.max_row, 60), sheet.max_column
        places = [(chance.randint(3, rows + 15), chance.randint(1, columns + 2)) for _ in range(25)]
        for row, at in dict.fromkeys(places):
            if str(sheet.cell(1, at).value).endswith(".id") and chance.random() < 0.7:
                continue
            kind, word = chance.random(), f"word-{name[:2]}-{seed}-{row}-{at}-end"
            text = f'="{word}"' if kind < 0.2 else word
            if kind > 0.95 and row < rows:
                copy_row(sheet, row, rows + 20)
            sheet.cell(row, at).value = text
            typed.append(word)
    return typed


def copy_row(sheet: Worksheet, row: int, to: int) -> None:
    """As a person copies a row whole, its hidden name too."""
    for at in range(1, sheet.max_column + 1):
        sheet.cell(to, at).value = sheet.cell(row, at).value


def texts_in(content: bytes) -> str:
    """Every text of every sheet, and nothing that is computed."""
    book = Written(content)
    assert not any("<f>" in part for name, part in book.xml().items() if "/sheet" in name)
    return "\n".join(
        str(value) for name in book.names for row in book.cells(name) for value in row if value
    )


def check_whole(desk: TemplateDesk, content: bytes, typed: list[str]) -> bytes:
    """The copy holds all of it; so does a copy of the copy, and both are refused alike."""
    copy = marked(desk, content)
    again = marked(desk, copy)
    for found in (texts_in(copy), texts_in(again)):
        assert not [word for word in typed if word not in found]
    wrong = [Counter(code for _, code in codes(desk.plan(file))) for file in (content, copy, again)]
    assert wrong[0] == wrong[1] == wrong[2]
    return copy


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_typed_wherever_stands_in_the_copy(desk: TemplateDesk, seed: int) -> None:
    typed: list[str] = []
    content = edited(desk.template(), lambda book: typed.extend(scribble(book, seed)))
    assert len(typed) > 100
    check_whole(desk, content, typed)
    check_whole(desk, edited(content, lambda book: typed.extend(scribble(book, 100 + seed))), [])


def test_rows_that_are_not_read_stand_below_and_are_refused_again(desk: TemplateDesk) -> None:
    typed: list[str] = []

    def edit(book: Workbook) -> None:
        def put_word(name: str, row: int, header: str) -> None:
            typed.append(f"word-{len(typed)}-end")
            put(book[name], row, header, typed[-1])

        answers, laws, targets, figures = (book[n] for n in (ANSWERS, LAWS, TARGETS, FIGURES))
        put_word(ANSWERS, answer_row(25), "Narrative")
        put(answers, answer_row(25), "Paragraph", 777)
        put_word(ANSWERS, answer_row(26), "Narrative")
        put(answers, answer_row(26), "Paragraph", 27)
        put_word(ANSWERS, answer_row(29), "Official text")
        put_word(ANSWERS, answer_row(29), "Narrative")
        put_word(ANSWERS, answer_row(31), "Narrative")
        put_word(ANSWERS, answer_row(31), "Section")
        copy_row(answers, answer_row(31), 120)
        put_word(ANSWERS, 120, "Reason")
        put_word(ANSWERS, 121, "Reason")
        put_word(LAWS, 9, "Law or instrument")
        put_word(LAWS, 9, "Remove")
        put_word(LAWS, 10, "Paragraph")
        copy_row(laws, 3, 11)
        put_word(LAWS, 11, "Law or instrument")
        put_word(TARGETS, 4, "Target")
        put(targets, 4, "Key", "not one")
        copy_row(targets, 3, 5)
        put_word(TARGETS, 5, "Unit")
        put_word(TARGETS, 6, "Remove")
        put(targets, 7, "Target", "[clear]")
        put(targets, 8, "Unit", "#N/A")
        targets.cell(8, column(targets, "Unit")).data_type = "e"
        put(figures, 3, "Value", 41)
        put(figures, 3, "Year", 1999)
        copy_row(figures, 4, 90)
        put(figures, 4, "Value", 42)
        put(figures, 90, "Value", 43)
        put(figures, 91, "Value", 44)
        put(figures, 92, "Value", "=44+1")

    copy = check_whole(desk, edited(desk.template(), edit), typed)
    figures = Written(copy).sheet(FIGURES)
    values = [str(cell.value) for cell in figures["E"]]
    assert {"41", "42", "43", "44", "=44+1"} <= {*values}
    targets = Written(copy).sheet(TARGETS)
    assert "[clear]" in {cell.value for cell in targets["A"]}
    unit = next(cell for cell in targets["E"] if cell.value == "#N/A")
    assert unit.data_type == "s" and unit.comment


def rename(book: Workbook) -> None:
    """A sheet of ours gets another name."""
    put(book[TARGETS], 4, "Target", "word-1-end")
    book[TARGETS].title = "Objectives"


def lengthen(book: Workbook) -> None:
    """More rows than a report can have."""
    for row in range(3, MOST):
        put(book[CONTACTS], row, "Name", f"word-{row}-end")


def lose_a_key(book: Workbook) -> None:
    """A column loses what names it."""
    sheet = book[ANSWERS]
    sheet.cell(1, column(sheet, "Narrative")).value = None
    put(sheet, answer_row(28), "Narrative", "word-1-end")


def copy_a_column(book: Workbook) -> None:
    """A column stands there twice."""
    sheet = book[ANSWERS]
    at, free = column(sheet, "Narrative"), sheet.max_column + 1
    put(sheet, answer_row(30), "Narrative", "word-1-end")
    for row in range(1, sheet.max_row + 1):
        sheet.cell(row, free).value = sheet.cell(row, at).value
    sheet.cell(answer_row(31), free).value = "word-2-end"


def lose_the_names(book: Workbook) -> None:
    """The column that names the rows is deleted."""
    put(book[TARGETS], 4, "Target", "word-1-end")
    book[TARGETS].delete_cols(column(book[TARGETS], "Key"))


@pytest.mark.parametrize("harm", [rename, lengthen, lose_a_key, copy_a_column, lose_the_names])
def test_what_a_sheet_or_column_held_that_is_not_read(desk: TemplateDesk, harm: Break) -> None:
    content = edited(desk.template(), harm)
    typed = ["word-1-end"] if harm is not lengthen else [f"word-{n}-end" for n in range(3, MOST)]
    copy = marked(desk, content)
    for found in (texts_in(copy), texts_in(marked(desk, copy))):
        assert not [word for word in typed if word not in found]
    assert len(desk.plan(content).errors) == 1 if harm is not copy_a_column else True
    left = Written(copy).sheet("Not read")
    assert all(cell.fill.fgColor.rgb == "FFF8D0C4" for cell in left["C"][2:])
    assert [code for _, code in codes(desk.plan(copy))] == ["left-over"]
    moved = edited(copy, lambda book: book["Not read"].delete_rows(3, 5000))
    assert desk.plan(moved).ok


def test_a_copy_of_many_rows_that_were_not_read_can_be_sent_back(desk: TemplateDesk) -> None:
    """Every row of the answers names no paragraph, and 59 more stand below them."""

    def edit(book: Workbook) -> None:
        sheet = book[ANSWERS]
        last = sheet.max_row
        for row in range(3, last + 60):
            put(sheet, row, "Narrative", f"word-{row}-end")
            if row <= last:
                put(sheet, row, "Paragraph", 999)

    content = edited(desk.template(), edit)
    wrong = {code for _, code in codes(desk.plan(content))}
    copy = marked(desk, content)
    assert {code for _, code in codes(desk.plan(copy))} == wrong
    assert "sheet-too-long" not in wrong


def test_sheets_and_columns_of_one_s_own_are_kept_and_not_wrong(desk: TemplateDesk) -> None:
    def edit(book: Workbook) -> None:
        book.create_sheet("Our notes")["B2"] = "word-1-end"
        sheet = book[ANSWERS]
        free = sheet.max_column + 1
        sheet.cell(2, free).value = "word-2-end"
        sheet.cell(answer_row(28), free).value = "word-3-end"
        put(sheet, answer_row(30), "Progress", "Finished")

    typed = ["word-1-end", "word-2-end", "word-3-end"]
    copy = check_whole(desk, edited(desk.template(), edit), typed)
    rows = Written(copy).rows("Not read", header=1)
    assert [(row["Sheet"], row["Cell"], row["Text"]) for row in rows] == [
        (ANSWERS, "L2", "word-2-end"),
        (ANSWERS, f"L{answer_row(28)}", "word-3-end"),
        ("Our notes", "B2", "word-1-end"),
    ]
    assert [code for _, code in codes(desk.plan(copy))] == ["not-a-choice"]
