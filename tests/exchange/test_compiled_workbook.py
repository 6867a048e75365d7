"""The compiled workbook: same numbers as the figures, nothing withheld shows, nothing is cut."""

import re
import tempfile
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.exchange.conftest import MADE
from tests.exchange.test_report_workbook import CANARY, SECTIONS, TRAPS, said
from tests.exchange.workbooks import Written
from tests.submitted import add_figures, found_arms, make_report, make_submission
from tracker.domain.errors import NotFound
from tracker.domain.labels import label
from tracker.domain.progress import COUNT_KEYS, Absence, Audience, Base, Progress
from tracker.domain.responses import Measure
from tracker.domain.values import utf16_units
from tracker.exchange.answers import ANSWER_COLUMNS
from tracker.exchange.cells import CELL_LIMIT
from tracker.exchange.compiled import write_compiled
from tracker.exchange.translations import translator
from tracker.models import ReportingCycle
from tracker.queries.compiled import compiled_export
from tracker.queries.exports import StateAnswers, state_answers
from tracker.queries.figures import figures_of_cycle

Compiled = Callable[..., Written]
SHEETS = [
    "Read me",
    "Overview",
    "Matrix",
    *SECTIONS,
    "Responses",
    *(
        f"Indicator {code}{part}"
        for code in ("16.4.2", "OP-1", "OP-2", "OP-3", "OP-4")
        for part in ("", " by group")
    ),
    "Indicator figures",
    "Assistance needs and offers",
    "Targets",
    "Contacts",
    "Commitments",
    "Codebook",
    "_tracker",
]
READERS = list(Audience)
WORDS = {label(value): value.value for value in (*Progress, *Absence)}


@pytest.fixture
def reports(session: Session, cycle: ReportingCycle) -> None:
    """Reports in every state: published, superseded, submitted, withdrawn, of an observer."""
    secret = said(Progress.NOT_STARTED, narrative=CANARY, audience=Audience.SECRETARIAT)
    for_states = said(Progress.IN_DEVELOPMENT, narrative="For States.", audience=Audience.STATES)
    make_submission(session, cycle, "ALB", {25: said(), 26: said(Progress.NOT_STARTED)})
    make_submission(session, cycle, "DZA", {25: for_states, 26: secret}, on_time=False)
    make_submission(session, cycle, "AND", {25: said(None, narrative="Words only.")})
    make_submission(session, cycle, "AUS", {25: said(narrative="superseded")})
    make_submission(session, cycle, "AUS", {25: said(Progress.NOT_APPLICABLE, reason="None.")})
    make_submission(session, cycle, "AUT", {25: said(Progress.PARTLY_IMPLEMENTED)}, "submitted")
    make_submission(session, cycle, "BEL", {25: said(narrative="taken back")}, "withdrawn")
    make_submission(session, cycle, "VAT", {25: said(narrative="An observer State.")})
    make_report(session, cycle, "BEN")


def matrix(written: Written) -> list[dict[str, Any]]:
    return written.rows("Matrix", header=1)


def test_the_sheets(reports: None, compiled_for: Compiled) -> None:
    written = compiled_for()
    assert written.names == SHEETS
    assert written.sheet("Responses").freeze_panes == "D2"
    assert written.sheet("Matrix").freeze_panes == "D3"
    for name in ("Matrix", "Responses", "Commitments", "Codebook"):
        assert written.sheet(name).auto_filter.ref
        assert written.sheet(name).print_title_rows
    assert written.cells("Responses")[0] == [column.header for column in ANSWER_COLUMNS]


@pytest.mark.parametrize("reader", READERS)
def test_counts_equal_the_figures(
    session: Session,
    cycle: ReportingCycle,
    reports: None,
    compiled_for: Compiled,
    reader: Audience,
) -> None:
    figures = figures_of_cycle(session, cycle_id=cycle.id, audience=reader)
    written = compiled_for(reader)
    members = [row for row in matrix(written) if row["Standing"] == "Member State"]
    assert len(members) == figures.members == 193
    for found in figures.commitments:
        words = Counter(WORDS[row[f"Para {found.paragraph}"]] for row in members)
        assert words == {key: n for key in COUNT_KEYS if (n := found.distribution[key])}
    cells = written.cells("Overview")
    start = next(n for n, row in enumerate(cells) if row[0] == "Paragraph")
    for found, row in zip(figures.commitments, cells[start + 1 :], strict=False):
        distribution = found.distribution
        assert row[0] == str(found.paragraph)
        assert dict(zip(cells[start][2:10], row[2:10], strict=True)) == {
            label(value): distribution[value]
            for value in (*Progress, Absence.NOT_ANSWERED, Absence.WITHHELD, Absence.NOT_REPORTED)
        }
        assert row[10] == 193
        for base, text in zip(Base, row[11:15], strict=True):
            implemented = distribution[Progress.IMPLEMENTED]
            assert text.split(" ")[0] == f"{implemented}/{distribution.size(base)}"
    whole = next(row for row in cells if row[1] == "All sections")
    assert whole[10] == 193 * len(figures.commitments) == sum(whole[2:10])
    facts = written.facts("Read me")
    assert facts["Reports, of Member States"].startswith(f"{figures.reporting}/193 ")
    withheld = figures.whole[Absence.WITHHELD]
    assert facts["Withheld, of all pairs"].startswith(f"{withheld}/{figures.whole.members} ")


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        (
            Audience.PUBLIC,
            {
                ("ALB", 25): "implemented",
                ("ALB", 26): "not_started",
                ("DZA", 25): "withheld",
                ("DZA", 26): "withheld",
                ("AND", 25): "not_answered",
                ("AUS", 25): "not_applicable",
                ("VAT", 25): "implemented",
            },
        ),
        (
            Audience.SECRETARIAT,
            {
                ("ALB", 25): "implemented",
                ("ALB", 26): "not_started",
                ("DZA", 25): "in_development",
                ("DZA", 26): "not_started",
                ("AND", 25): "not_answered",
                ("AUS", 25): "not_applicable",
                ("AUT", 25): "partly_implemented",
                ("VAT", 25): "implemented",
            },
        ),
    ],
)
def test_one_row_for_every_answer_given_or_withheld(
    reports: None, compiled_for: Compiled, reader: Audience, expected: dict[tuple[str, int], str]
) -> None:
    written = compiled_for(reader)
    rows = written.rows("Responses")
    assert {(r["ISO code"], int(r["Paragraph"])): r["Progress code"] for r in rows} == expected
    assert len(rows) == len(expected)
    assert written.facts("Read me")["Rows in the sheet of responses"].startswith(f"{len(rows)}: ")


def test_a_row_says_who_when_and_what(reports: None, compiled_for: Compiled) -> None:
    rows = {(row["ISO code"], row["Paragraph"]): row for row in compiled_for().rows("Responses")}
    row = rows["AUS", 25]
    assert row["State"] == "Australia"
    assert row["Group"] == "Western European and other States"
    assert (row["Cycle"], row["Submission"], row["Key"]) == ("bms7-2026", 2, "bms7/annex/25")
    assert (row["Progress"], row["Reason"]) == ("Not applicable", "None.")
    assert (row["Audience"], row["On time"]) == ("Everybody", "Yes")
    assert row["Submitted"].isoformat() == "2026-03-04T09:00:00"
    assert row["Published"].isoformat() == "2026-03-04T11:00:00"
    assert rows["VAT", 25]["Standing"] == "Observer State"
    assert rows["VAT", 25]["Group"] == ""


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
    assert row["Value A: of all arms"] == "3/8 (38%), over Found only"
    assert (row["Value B: denominator"], row["Value B: share"]) == ("", "")
    reason = row["Value B: of potentially traceable arms"]
    assert reason.startswith("Not computable: unknown is Uniquely marked")


def test_groups_keep_together_and_observers_come_last(
    reports: None, compiled_for: Compiled
) -> None:
    rows = matrix(compiled_for())
    groups = [row["Group"] for row in rows if row["Standing"] == "Member State"]
    runs = [group for n, group in enumerate(groups) if n == 0 or groups[n - 1] != group]
    assert len(runs) == len(set(runs)) == 5
    assert [row["ISO code"] for row in rows[193:]] == ["PSE", "VAT"]
    overview = compiled_for().cells("Overview")
    table = {row[1]: row[2:8] for row in overview if isinstance(row[6], str) and "/" in row[6]}
    assert table["All Member States"] == [193, 3, 1, 189, "4/193 (2%)", "3/4 (75%)"]
    assert table["African States"] == [54, 0, 1, 53, "1/54 (2%)", "0/1 (0%)"]


def test_commitments_and_codebook(reports: None, compiled_for: Compiled) -> None:
    written = compiled_for()
    rows = written.rows("Commitments")
    assert [row["Paragraph"] for row in rows] == list(range(25, 120))
    assert rows[0]["Official text"] and rows[0]["Language of the official text"] == "French"
    explained = {
        (row["Sheet or vocabulary"], row["Column or word"]) for row in written.rows("Codebook")
    }
    for sheet in ("Matrix", "Responses", "Commitments"):
        header = written.cells(sheet)[1 if sheet == "Matrix" else 0]
        named = {(sheet, text) for text in header if not text.startswith("Para ")}
        assert named <= explained
    meanings = [row["Meaning"] for row in written.rows("Codebook")]
    assert all(meanings[: len(ANSWER_COLUMNS)])


def test_a_whole_workbook_in_french(reports: None, compiled_for: Compiled) -> None:
    french = translator("fr")
    written = compiled_for(language="fr")
    own = [name for name in SHEETS if name[:1].isalpha() and not re.search(r"\d", name)]
    assert [name for name in written.names if name in map(french, own)] == list(map(french, own))
    assert written.names[3].startswith("1 ") and len(written.names) == len(SHEETS)
    states = [row[:2] for row in written.cells(french("Matrix"))]
    assert ["DEU", "Allemagne"] in states and ["SWE", "Suède"] in states
    titles = [row[3] for row in written.cells(french("Commitments"))]
    assert "Légiférer sur tout le cycle de vie des armes" in titles


def test_right_to_left(reports: None, compiled_for: Compiled) -> None:
    written = compiled_for(language="ar")
    assert all(written.sheet(name).sheet_view.rightToLeft for name in written.names[:-1])
    title = written.sheet(written.names[0])["A1"].alignment
    assert (title.horizontal, title.readingOrder) == ("right", 2)


def test_states_are_read_one_by_one_after_the_list(
    session: Session, cycle: ReportingCycle, reports: None
) -> None:
    data = compiled_export(session, cycle_slugs=[cycle.slug], audience=Audience.PUBLIC)
    read: list[int] = []

    def reader(submission_id: int) -> StateAnswers:
        read.append(submission_id)
        return state_answers(session, submission_id, Audience.PUBLIC)

    make_submission(session, cycle, "KEN", {25: said(narrative="published meanwhile")})
    target = BytesIO()
    write_compiled(target, data, reader, translate=translator("en"), language="en", made=MADE)
    assert read == [listed.submission.id for listed in data.cycles[0].states if listed.submission]
    assert "published meanwhile" not in "".join(Written(target.getvalue()).xml().values())


def test_a_failure_leaves_nothing_behind(
    session: Session,
    cycle: ReportingCycle,
    reports: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    data = compiled_export(session, cycle_slugs=[cycle.slug], audience=Audience.PUBLIC)

    def fail(submission_id: int) -> StateAnswers:
        raise RuntimeError("the database is gone")

    with pytest.raises(RuntimeError, match="gone"):
        write_compiled(
            tmp_path / "out.xlsx",
            data,
            fail,
            translate=translator("en"),
            language="en",
            made=MADE,
        )
    assert list(tmp_path.iterdir()) == []


def test_the_same_data_gives_the_same_file(reports: None, compiled_for: Compiled) -> None:
    assert compiled_for().content == compiled_for().content


def test_an_unknown_cycle_is_refused(session: Session) -> None:
    with pytest.raises(NotFound) as refused:
        compiled_export(session, cycle_slugs=["nowhere"], audience=Audience.PUBLIC)
    assert refused.value.problem.code == "unknown-cycle"
