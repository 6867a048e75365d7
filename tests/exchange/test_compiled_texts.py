"""What stands in the compiled workbook of one report: as typed, whole, and nothing withheld."""

import re
from collections.abc import Callable

from sqlalchemy.orm import Session

from tests.exchange.test_compiled_workbook import SHEETS
from tests.exchange.test_report_workbook import CANARY, TRAPS, said
from tests.exchange.workbooks import Written
from tests.submitted import add_figures, found_arms, make_submission
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import Measure
from tracker.domain.values import utf16_units
from tracker.exchange.cells import CELL_LIMIT
from tracker.models import ReportingCycle

Compiled = Callable[..., Written]


def test_withheld_shows_the_word_and_nothing_else(
    session: Session, cycle: ReportingCycle, compiled_for: Compiled
) -> None:
    secret = said(
        Progress.NOT_APPLICABLE,
        reason=CANARY,
        narrative=CANARY,
        narrative_language="es",
        lead_agency=CANARY,
        good_practice=True,
        audience=Audience.SECRETARIAT,
        measures=(Measure(CANARY, "2019-05", f"https://example.org/{CANARY}"),),
    )
    make_submission(session, cycle, "KEN", {25: said(narrative=CANARY)}, submitter=CANARY)
    struck = {(25, "reason"): CANARY}
    answers = {25: secret, 26: said()}
    submission = make_submission(session, cycle, "KEN", answers, struck=struck, submitter=CANARY)
    add_figures(session, submission, found_arms(total=987_654, traced=1), Audience.STATES)
    make_submission(session, cycle, "ALB", {26: said(narrative=CANARY)}, "accepted")
    written = compiled_for()
    assert written.names == SHEETS
    assert written.holds(CANARY) == written.holds("987654") == []
    (row,) = [row for row in written.rows("Responses") if row["Paragraph"] == 25]
    assert (row["Progress"], row["Progress code"]) == ("Withheld", "withheld")
    answer = [row[name] for name in ("Reason", "Narrative", "Language", "Lead agency")]
    answer += [row[name] for name in ("Good practice", "Laws and instruments", "Struck out")]
    assert [*answer, row["Audience"]] == [""] * 8
    (figure,) = written.rows("Indicator figures")
    assert (figure["Absence"], figure["Year"], figure["Figure"]) == ("Withheld", "", "")
    (values,) = [r for r in written.rows("Indicator 16.4.2") if r["ISO code"] == "KEN"]
    assert (values["Year"], values["Absence"], values["All arms"]) == (2024, "Withheld", "")
    assert values["Value A: of all arms"] == "Withheld" and values["Value A: share"] == ""
    groups = written.rows("Indicator 16.4.2 by group")
    assert {(r["Withheld"], r["Computable"], r["Numerator"]) for r in groups[:2]} == {(1, 0, "")}
    states = compiled_for(Audience.STATES)
    assert states.holds(CANARY) == [] and len(states.rows("Indicator figures")) == 2
    everything = compiled_for(Audience.SECRETARIAT)
    shown = {
        everything.names[int(re.sub(r"\D", "", part)) - 1] for part in everything.holds(CANARY)
    }
    assert shown == {"2 Manufacture", "3 International transfers", "Responses"}
    assert everything.facts("Read me")["Audience"] == "Secretariat only"


def test_texts_come_out_as_typed(
    session: Session, cycle: ReportingCycle, compiled_for: Compiled
) -> None:
    answers = {
        number: said(reason=trap, narrative=trap, lead_agency=trap, measures=(Measure(trap),))
        for number, trap in enumerate(TRAPS, start=25)
    }
    make_submission(session, cycle, "KEN", answers)
    written = compiled_for()
    rows = {row["Paragraph"]: row for row in written.rows("Responses")}
    sheet = written.sheet("Responses")
    header = [cell.value for cell in sheet[1]]
    for at, (number, trap) in enumerate(enumerate(TRAPS, start=25), start=2):
        row = rows[number]
        assert row["Reason"] == row["Narrative"] == row["Lead agency"] == trap
        assert row["Laws and instruments"] == trap.rstrip()
        cell = sheet.cell(at, header.index("Narrative") + 1)
        assert cell.quotePrefix and cell.data_type in ("s", "inlineStr")
        if "_x" not in trap:  # openpyxl does not undo escapes of strings that stand in the sheet
            assert cell.value == trap
    assert written.holds("<f>") == written.holds('TargetMode="External"') == []


def test_nothing_is_cut(session: Session, cycle: ReportingCycle, compiled_for: Compiled) -> None:
    narrative = "😀 Wort\n" * (32_000 // 9)
    measures = tuple(
        Measure(f"{number:02d}-" + "m" * 990, "2020", "https://example.org/" + "u" * 1_900)
        for number in range(50)
    )
    make_submission(
        session, cycle, "KEN", {25: said(narrative=narrative, measures=measures), 26: said()}
    )
    rows = compiled_for().rows("Responses")
    own = [row for row in rows if row["Paragraph"] == 25]
    assert len(own) > 4 and rows[-1]["Paragraph"] == 26
    assert [row["Narrative"] for row in own] == [narrative] + [""] * (len(own) - 1)
    joined = "".join(row["Laws and instruments"] for row in own)
    assert joined.split("\n") == [f"{m.title} (2020) {m.link}" for m in measures]
    assert all(utf16_units(row["Laws and instruments"]) <= CELL_LIMIT for row in own)
    assert {(row["ISO code"], row["Key"]) for row in own} == {("KEN", "bms7/annex/25")}
    assert [row["Progress code"] for row in own] == ["implemented"] + [""] * (len(own) - 1)


def test_indicator_tables(session: Session, cycle: ReportingCycle, compiled_for: Compiled) -> None:
    submission = make_submission(session, cycle, "KEN", {25: said()})
    add_figures(session, submission, found_arms(total=8, traced=2, otherwise_established=1))
    written = compiled_for()
    figures = [(r["Input code"], r["Figure"]) for r in written.rows("Indicator figures")]
    assert figures == [("total", 8), ("traced", 2), ("otherwise_established", 1)]
    rows = {row["ISO code"]: row for row in written.rows("Indicator 16.4.2")}
    assert len(rows) == 195 and rows["ALB"]["Absence"] == "Not reported"
    row = rows["KEN"]
    assert (row["Year"], row["All arms"], row["Traced"], row["Uniquely marked"]) == (2024, 8, 2, "")
    found = [row[f"Value A: {part}"] for part in ("numerator", "denominator", "share")]
    assert found == [3, 8, 0.375]
    assert row["Value A: of all arms"] == "3/8 (37.50%), from 1 of 3 categories: Found"
    assert (row["Value B: denominator"], row["Value B: share"]) == ("", "")
    reason = row["Value B: of potentially traceable arms"]
    assert reason.startswith("Not computable: unknown is Uniquely marked")
