"""Files that are no template, not this one, or not what it was: each gets its sentence."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.exchange.templates import (
    TemplateDesk,
    answer_row,
    codes,
    column,
    counts,
    desk_of,
    edited,
    filled_in,
    put,
)
from tests.exchange.workbooks import Written
from tests.national_reports import Reporting, begin_report
from tests.submitted import make_cycle, make_submission
from tests.tampering import without_triggers
from tracker.domain.chain import tagged_hash
from tracker.domain.errors import Invalid
from tracker.domain.filled import filled_data, filled_from
from tracker.domain.item_fields import Part
from tracker.domain.messages import sentence
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import Measure, ResponseContent
from tracker.domain.targets import Target
from tracker.exchange.importing.sandbox import read_workbook
from tracker.models import Commitment
from tracker.queries.responses import responses_of
from tracker.services.documents import touch
from tracker.services.importing import plan_import

ANSWERS = "Answers"


@pytest.fixture
def work(session: Session) -> Reporting:
    work = begin_report(session)
    work.answer(28, progress=Progress.IMPLEMENTED, measures=(Measure("Arms Act"),))
    return work


@pytest.fixture
def desk(work: Reporting) -> TemplateDesk:
    return desk_of(work)


def refusal(desk: TemplateDesk, content: bytes) -> str:
    """The code with which a whole file is refused."""
    with pytest.raises(Invalid) as refused:
        desk.read(content)
    return refused.value.problem.code


def test_templates_of_another_state_cycle_and_report(
    session: Session, desk: TemplateDesk, work: Reporting
) -> None:
    other = desk_of(begin_report(session, "KEN"))
    assert refusal(desk, other.template()) == "template-of-other-state"
    make_cycle(session)
    later = desk_of(begin_report(session, cycle="bms7-2026"))
    later.cycle_slug = "bms7-2026"
    assert refusal(desk, later.template()) == "template-of-other-cycle"
    content = desk.template()
    with without_triggers(session):
        work.report.public_id = "another-report-of-1234"
    assert refusal(desk, content) == "template-of-other-report"


def test_a_template_from_before_the_wording_was_corrected(
    session: Session, desk: TemplateDesk
) -> None:
    content = desk.template()
    row = session.scalars(select(Commitment).where(Commitment.key == "bms7/annex/28")).one()
    session.execute(
        update(Commitment).where(Commitment.id == row.id).values(text={**row.text, "fr": "Autre."})
    )
    touch(session)  # as whoever edits a document does
    session.expire_all()
    assert refusal(desk, content) == "template-wording-old"


def _identity(change: Callable[[Any], Any], row: int = 3) -> Callable[[Workbook], None]:
    def edit(book: Workbook) -> None:
        cell = book["_tracker"].cell(row, 1)
        cell.value = change(cell.value)

    return edit


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (_identity(lambda text: text.replace('"bms7/annex/28":1', '"bms7/annex/28":2')), "damaged"),
        (_identity(lambda text: text[:-5]), "damaged"),
        (_identity(lambda text: None, 1), "damaged"),
        (_identity(lambda text: "tracker-template/0", 1), "old"),
    ],
)
def test_a_damaged_or_old_identity(
    desk: TemplateDesk, edit: Callable[[Workbook], None], code: str
) -> None:
    assert refusal(desk, edited(desk.template(), edit)) == f"template-{code}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language", "../../../etc"),
        ("language", None),
        ("sections", "I.1"),
        ("sheets", ["Answers"]),
        ("sheets", {"answers": 5}),
        ("answers", {"bms7/annex/28": "1"}),
        ("answers", {"bms7/annex/28": 10**30}),
        ("items", {"a": -1}),
        ("figures", [1]),
        ("state", 5),
    ],
)
def test_an_identity_made_up_with_a_right_checksum(
    desk: TemplateDesk, name: str, value: object
) -> None:
    def forge(book: Workbook) -> None:
        sheet = book["_tracker"]
        said = {**json.loads(str(sheet["A3"].value)), name: value}
        sheet["A3"].value = json.dumps(said)
        sheet["A2"].value = tagged_hash("tracker-template/1", said)

    assert refusal(desk, edited(desk.template(), forge)) == "template-damaged"


def test_made_up_names_of_rows(desk: TemplateDesk) -> None:
    def forge(book: Workbook) -> None:
        for row, name in enumerate(("x" * 23, "é", "a/b"), start=3):
            put(book["Targets"], row, "Target", "Said.")
            put(book["Targets"], row, "Key", name)
        laws = book["Laws and instruments"]
        for row, name in enumerate(("#1", "bms7/annex/30#", "bms7/annex/30#" + "9" * 5000), 4):
            put(laws, row, "Paragraph", 30)
            put(laws, row, "Law or instrument", "Act")
            put(laws, row, "Key", name)
        put(laws, 7, "Paragraph", 30)
        put(laws, 7, "Law or instrument", "Act")
        put(laws, 7, "Key", "bms7/annex/30#5")
        figures = book["Figures"]
        put(figures, 3, "Key", "sdg-16-4-2/figure-1-2-3")
        put(figures, 3, "Value", 5)

    assert sorted(codes(desk.plan(edited(desk.template(), forge)))) == [
        ("A3", "unknown-row"),
        ("A4", "row-mixed"),
        ("A4", "unknown-row"),
        ("A5", "row-mixed"),
        ("A5", "unknown-row"),
        ("A6", "row-mixed"),
        ("B7", "unknown-row"),
        ("E3", "row-mixed"),
    ]


def test_a_version_that_there_never_was(desk: TemplateDesk, session: Session) -> None:
    content = desk.template()
    forged = filled_data(desk.read(content))
    for name in ("answers", "measures"):
        forged["sheets"][name]["rows"][0][2] = 7
    plan = plan_import(
        session, actor=desk.actor, state_id=desk.state_id, cycle_id=desk.cycle_id,
        filled=filled_from(json.loads(json.dumps(forged))), clock=desk.clock,
    )  # fmt: skip
    assert codes(plan) == [("", "template-damaged")] and not plan.records


def test_a_workbook_without_a_mark_is_no_template(desk: TemplateDesk) -> None:
    def edit(book: Workbook) -> None:
        del book["_tracker"]

    assert refusal(desk, edited(desk.template(), edit)) == "not-a-template"


def test_our_own_workbooks_to_read_are_named(
    report_of: Any, compiled_for: Any, cycle: Any, session: Session, tmp_path: Path
) -> None:
    said = ResponseContent(progress=Progress.IMPLEMENTED)
    make_submission(session, cycle, "GHA", {25: said})
    path = tmp_path / "upload.xlsx"
    for written, code in (
        (report_of("GHA", Audience.PUBLIC, "fr"), "report-workbook"),
        (compiled_for(Audience.PUBLIC, "fr"), "compiled-workbook"),
    ):
        path.write_bytes(written.content)
        with pytest.raises(Invalid) as refused:
            read_workbook(path)
        assert refused.value.problem.code == code
        assert "Download the template" in sentence(refused.value.problem)


def test_missing_sheets_and_columns_are_named_and_the_rest_is_read(desk: TemplateDesk) -> None:
    def edit(book: Workbook) -> None:
        book["Targets"].title = "Objectives"
        sheet = book[ANSWERS]
        put(sheet, answer_row(31), "Narrative", "Said.")
        sheet.delete_cols(column(sheet, "Reason"))

    plan = desk.plan(edited(desk.template(), edit))
    found = [(e.sheet, e.problem.code, e.problem.values.get("column")) for e in plan.errors]
    assert found == [
        (ANSWERS, "column-missing", "Reason"),
        ("Targets", "sheet-missing", None),
    ]
    assert [(c.cell, c.mine) for c in plan.cells] == [("E9", "Said.")]


def test_rows_that_are_not_what_they_were(desk: TemplateDesk) -> None:
    def edit(book: Workbook) -> None:
        sheet = book[ANSWERS]
        for number in (25, 26, 27, 28, 29, 31):
            put(sheet, answer_row(number), "Narrative", "Said.")
        put(sheet, answer_row(25), "Paragraph", 777)
        put(sheet, answer_row(26), "Paragraph", 27)
        put(sheet, answer_row(28), "Official text", "Another text")
        sheet.cell(answer_row(29), 11).value = "bms7/annex/30"
        for at in range(1, 12):
            sheet.cell(120, at).value = sheet.cell(answer_row(31), at).value
        put(sheet, 121, "Narrative", "Belongs nowhere.")
        put(sheet, 122, "Narrative", "=A1")

    assert codes(desk.plan(edited(desk.template(), edit))) == [
        ("A3", "unknown-paragraph"),
        ("A4", "row-mixed"),
        ("A6", "official-text-differs"),
        ("A7", "row-mixed"),
        ("A120", "paragraph-twice"),
        ("D121", "row-without-name"),
        ("F122", "formula-in-cell"),
    ]


def test_laws_without_a_paragraph(desk: TemplateDesk) -> None:
    def edit(book: Workbook) -> None:
        sheet = book["Laws and instruments"]
        put(sheet, 3, "Paragraph", 30)
        put(sheet, 4, "Law or instrument", "Somewhere")
        put(sheet, 5, "Law or instrument", "Elsewhere")
        put(sheet, 5, "Paragraph", "II.3")
        put(sheet, 6, "Paragraph", 30)
        put(sheet, 6, "Link", "www")
        put(sheet, 7, "Paragraph", 30)

    assert sorted(codes(desk.plan(edited(desk.template(), edit)))) == [
        ("A3", "row-mixed"),
        ("A4", "paragraph-needed"),
        ("A5", "unknown-paragraph"),
        ("B6", "measure-needs-title"),
        ("D6", "not-a-link"),
    ]


def test_error_values_and_rows_copied_whole(desk: TemplateDesk) -> None:
    def edit(book: Workbook) -> None:
        sheet = book["Targets"]
        put(sheet, 3, "Target", "Once")
        put(sheet, 4, "Target", "Twice")
        sheet.cell(4, 10).value = sheet.cell(3, 10).value
        put(sheet, 5, "Unit", "#N/A")
        sheet.cell(5, 5).data_type = "e"
        put(sheet, 50, "Target", "Below the empty rows")

    content = edited(desk.template(), edit)
    plan = desk.plan(content)
    assert codes(plan) == [("A4", "row-twice"), ("E5", "error-in-cell")]
    desk.apply(content, skip_invalid=True)
    assert counts(desk.plan(content)).get("new", 0) == 0, "a row without an id is made once too"


def test_words_are_accepted_in_the_file_s_language_in_english_and_as_codes(
    desk: TemplateDesk, session: Session, work: Reporting
) -> None:
    content = desk.template("fr")
    sheet = Written(content).names[1]
    shown = Written(content).sheet("_lists")
    words = (str(shown["A4"].value).upper(), " in   DEVELOPMENT", "not_started")

    def edit(book: Workbook) -> None:
        for number, word in zip((31, 32, 33), words, strict=True):
            book[sheet].cell(answer_row(number), 4).value = word
            book[sheet].cell(answer_row(number), 9).value = True

    desk.apply(edited(content, edit))
    rows = responses_of(session, work.report.id)
    found = [rows[f"bms7/annex/{n}"].content for n in (31, 32, 33)]
    assert [c.progress for c in found] == [
        Progress.IMPLEMENTED,
        Progress.IN_DEVELOPMENT,
        Progress.NOT_STARTED,
    ]
    assert all(c.good_practice for c in found)


def test_a_number_with_three_decimals_is_one_and_a_text_like_it_is_asked_back(
    session: Session, desk: TemplateDesk
) -> None:
    content = filled_in(
        desk.template(), "Targets", (3, "Target", "Mark all"), (3, "Baseline", 1.125),
        (3, "Target value", 1000.5), (4, "Target", "Mark more"), (4, "Baseline", "1.000"),
        (4, "Target value", "1,000"),
    )  # fmt: skip
    plan = desk.plan(content)
    assert codes(plan) == [("C4", "ambiguous-decimal"), ("D4", "ambiguous-decimal")]
    desk.apply(content, skip_invalid=True)
    kept = [row.content for row in desk.data().items[Part.TARGETS]]
    assert [(t.baseline, t.value) for t in kept if isinstance(t, Target)] == [
        ("1.125", "1000.5"), ("", "")
    ]  # fmt: skip
    assert not desk.plan(desk.template()).cells, "and it comes back as it went"
    older = filled_in(desk.template(), "Targets", (3, "Baseline", "1.125"))
    assert not desk.plan(older).cells, "as earlier templates wrote what was not touched"


def test_numbers_and_dates_are_read_as_a_person_means_them(
    desk: TemplateDesk, session: Session, work: Reporting
) -> None:
    content = filled_in(
        desk.template(),
        "Laws and instruments",
        (4, "Paragraph", 31.0),
        (4, "Law or instrument", 1995),
        (4, "Date of adoption", datetime(2024, 6, 30)),  # noqa: DTZ001  a cell has no zone
        (5, "Paragraph", "31"),
        (5, "Law or instrument", "Act"),
        (5, "Date of adoption", 2024),
    )
    desk.apply(content)
    rows = responses_of(session, work.report.id)
    assert rows["bms7/annex/31"].content.measures == (
        Measure("1995", "2024-06-30"),
        Measure("Act", "2024"),
    )
