"""The offline template as a file: sheets, columns, drop-downs, protection, hidden identity."""

import json
import re
from datetime import date

import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.exchange.templates import TemplateDesk, column, desk_of
from tests.exchange.workbooks import Written
from tests.national_reports import begin_report
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import Measure
from tracker.exchange.translations import translator
from tracker.models import ChainEntry, NationalReport, ReportingCycle

HEADERS = {
    "Answers": [
        "Paragraph", "Section", "Official text", "Progress", "Reason", "Narrative", "Language",
        "Lead agency", "Good practice", "Audience", "Key",
    ],
    "Laws and instruments": [
        "Paragraph", "Law or instrument", "Date of adoption", "Link", "Remove", "Key",
    ],
    "Assistance": [
        "Needed or offered", "Theme", "Kind of assistance", "Description", "Paragraphs", "Amount",
        "Currency", "Partner", "Standing of the assistance", "Audience", "Remove", "Key",
    ],
    "Targets": [
        "Target", "Level", "Baseline", "Target value", "Unit", "By the year", "Paragraphs",
        "Audience", "Remove", "Key",
    ],
    "Contacts": [
        "Contact", "Name", "Title or position", "Organisation", "Address", "Telephone", "E-mail",
        "Women", "Men", "Last confirmed on", "Audience", "Remove", "Key",
    ],
    "Figures": ["Indicator", "Year", "Category", "Figure asked for", "Value", "Key"],
}  # fmt: skip


@pytest.fixture
def desk(session: Session) -> TemplateDesk:
    work = begin_report(session)
    cycle = session.get_one(ReportingCycle, work.report.cycle_id)
    cycle.due_on = date(2026, 12, 15)
    work.answer(
        28,
        progress=Progress.IMPLEMENTED,
        narrative="=SUM(1;2)",
        audience=Audience.STATES,
        measures=(Measure("Arms Act", "2024-06"),),
    )
    return desk_of(work)


def test_sheets_and_columns(desk: TemplateDesk) -> None:
    written = Written(desk.template())
    assert written.names == ["Read me", *HEADERS, "_lists", "_tracker"]
    for name, headers in HEADERS.items():
        sheet = written.sheet(name)
        assert [cell.value for cell in sheet[2]] == headers
        assert sheet.row_dimensions[1].hidden, "the keys of the columns"
        assert sheet.column_dimensions[get_column_letter(len(headers))].hidden
        assert sheet.freeze_panes == "B3" and sheet.print_title_rows == "$2:$2"
    answers = written.sheet("Answers")
    paragraphs = [row[0].value for row in answers.iter_rows(min_row=3)]
    assert paragraphs == [
        c.paragraph for c in desk.data().frame.document.commitments if c.asks_states
    ]
    assert len(paragraphs) == 93
    assert [cell.value for cell in answers[6]][3:10] == [
        "Implemented", None, "=SUM(1;2)", None, None, "No", "Signed-in States"
    ]  # fmt: skip
    assert all(cell.data_type != "f" for row in answers.iter_rows() for cell in row)
    assert [cell.value for cell in written.sheet("Laws and instruments")[3]][:5] == [
        28, "Arms Act", "2024-06", None, None
    ]  # fmt: skip
    heights = [answers.row_dimensions[n].height for n in range(3, 96)]
    assert all(h is not None and 30 < h <= 409 for h in heights)


def _lists(sheet: Worksheet, written: Written) -> dict[str, list[str]]:
    """The words of each drop-down of a sheet, by the header of its column."""
    found = {}
    for rule in sheet.data_validations.dataValidation:
        (at,) = rule.sqref.ranges
        assert at.min_row == 3 and at.max_row >= sheet.max_row - 1
        header = str(sheet.cell(2, at.min_col).value)
        assert rule.promptTitle and rule.prompt
        if rule.type == "list":
            letter, last = re.fullmatch(
                r"'_lists'!\$([A-Z]+)\$1:\$\1\$(\d+)", rule.formula1
            ).groups()  # type: ignore[union-attr]
            source = written.sheet("_lists")
            found[header] = [str(source[f"{letter}{n}"].value) for n in range(1, int(last) + 1)]
        elif header in ("Value", "Women", "Men", "Amount", "By the year", "Paragraph"):
            assert rule.type == "custom" and "ISNUMBER" in rule.formula1
            most = {"Amount": 15, "Value": 9, "Women": 9, "Men": 9}.get(header, 0)
            assert f"<={'9' * most})" in rule.formula1 or not most
            assert not most or "\u00a0".join(["999"] * (most // 3)) in rule.error
    return found


def test_drop_downs_hold_the_words_of_the_language(desk: TemplateDesk) -> None:
    written = Written(desk.template())
    lists = _lists(written.sheet("Answers"), written)
    assert lists["Progress"] == [
        "Not started", "In development", "Partly implemented", "Implemented", "Not applicable",
        "[clear]",
    ]  # fmt: skip
    assert lists["Good practice"] == ["Yes", "No"]
    assert lists["Audience"] == ["Everybody", "Signed-in States", "Secretariat only"]
    assert len(lists["Language"]) == 8
    assert _lists(written.sheet("Targets"), written)["Remove"] == ["Yes"]
    french = Written(desk.template("fr"))
    translate = translator("fr")
    words = _lists(french.sheet(translate("Answers")), french)
    assert translate("Implemented") in words[translate("Progress")]


def test_structure_is_protected_and_cells_to_fill_in_are_not(desk: TemplateDesk) -> None:
    written = Written(desk.template())
    assert '<workbookProtection lockStructure="1"/>' in written.xml()["xl/workbook.xml"]
    answers = written.sheet("Answers")
    assert answers.protection.sheet and not answers.protection.password
    for free in ("sort", "autoFilter", "formatColumns", "formatRows", "formatCells"):
        assert getattr(answers.protection, free) is False, free
    locked = [cell.protection.locked for cell in answers[3]]
    assert locked == [True] * 3 + [False] * 7 + [True]
    narrative = answers.cell(3, column(answers, "Narrative"))
    assert narrative.number_format == "@" and narrative.alignment.wrap_text
    targets = written.sheet("Targets")
    assert targets.max_row >= 32 and not targets.cell(32, 1).protection.locked


def test_the_identity_is_hidden_and_whole(desk: TemplateDesk) -> None:
    written = Written(desk.template())
    states = {sheet.title: sheet.sheet_state for sheet in written.book.worksheets}
    assert states["_tracker"] == "veryHidden" and states["_lists"] == "hidden"
    cells = [str(row[0]) for row in written.cells("_tracker")]
    assert cells[0] == "tracker-template/1" and len(cells[1]) == 64
    said = json.loads("".join(cells[2:]))
    assert (said["state"], said["cycle"], said["language"]) == ("GHA", "bms7", "en")
    assert said["answers"] == {"bms7/annex/28": 1} and said["sections"] is None
    assert said["sheets"]["answers"] == "Answers"


def test_the_read_me_says_what_to_do(desk: TemplateDesk) -> None:
    written = Written(desk.template())
    lines = [str(row[0]) for row in written.cells("Read me")]
    steps = [line for line in lines if re.match(r"\d+\. ", line)]
    assert 10 <= len(steps) <= 15 and any("[clear]" in step for step in steps)
    facts = written.facts("Read me")
    assert facts["State"] == "Ghana (GHA)" and facts["Reporting cycle"] == "bms7"
    assert facts["Due"] == "15 December 2026" and facts["Made"].endswith("A. Reader")
    assert "quoted in French" in " ".join(lines)


def test_sheets_run_from_right_to_left_where_the_language_does(desk: TemplateDesk) -> None:
    written = Written(desk.template("ar"))
    assert written.sheet("Answers").sheet_view.rightToLeft
    assert (
        not Written(desk.template("fr")).sheet(translator("fr")("Figures")).sheet_view.rightToLeft
    )


def test_making_one_writes_nothing(session: Session, desk: TemplateDesk) -> None:
    def count() -> tuple[int | None, ...]:
        return tuple(
            session.scalar(select(func.count()).select_from(table))
            for table in (ChainEntry, NationalReport)
        )

    before = count()
    desk.template()
    assert not session.new and not session.dirty and count() == before
