"""One State's report as a workbook: layout, absence, and that no text is changed or cut."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.exchange.workbooks import Written
from tests.submitted import add_figures, found_arms, make_report, make_submission
from tracker.domain.errors import NotFound
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import Measure, ResponseContent
from tracker.domain.values import utf16_units
from tracker.exchange.cells import CELL_LIMIT, ROW_LIMIT
from tracker.models import ReportingCycle
from tracker.queries.report_exports import report_export

Report = Callable[..., Written]
CANARY = "CANARY-7f3a"
SHEETS = [
    "Cover",
    "1 National coordination",
    "2 Manufacture",
    "3 International transfers",
    "4 Brokering",
    "5 Stockpile management",
    "6 Collection and destruction",
    "6 Indicators",
    "7 Marking and record-keeping",
    "8 International tracing",
    "9 Cooperation and assistance",
    "10 Gender considerations",
    "11 Emerging technology",
    "12 Targets and measurability",
    "Codebook",
    "_tracker",
]
HEADER = [
    "Sources",
    "Commitment (in bold our short title, below it the official text)",
    "Yes",
    "No",
    "Developing",
    "n.a. (our column)",
    "Details",
]
SECTIONS = [name for name in SHEETS if name[0].isdigit() and name != "6 Indicators"]
TRAPS = [
    "=1+1",
    '=HYPERLINK("https://example.org","x")',
    "+49 30 1234",
    "-5 % since 2020",
    "@SUM(A1)",
    "_x0041_ and _x005F_x0041_",
    "https://example.org/?a=1&b=2",
    "1234567890123456789",
    "  blanks around, a\ttab, <b>&amp;</b> and ]]>  ",
    "first line\n\nthird line",
    "قانون الأسلحة الصغيرة ٢٠٢٣ (2023)",
    "武器取引規制 😀👩‍🚒",
    "#N/A",
    "TRUE",
]


def commitments(written: Written) -> list[tuple[int, list[str]]]:
    """Paragraph and row of every commitment in the sheets of the report, as they stand."""
    found = []
    for name in written.names:
        for row in written.cells(name)[3:]:
            source = re.match(r"BMS7,? par\D*(\d+)", str(row[0]))
            if source:
                found.append((int(source[1]), [str(value) for value in row]))
    return found


def details(written: Written, paragraph: int) -> str:
    """Everything under Details on one commitment, further rows included."""
    return "".join(row[6] for number, row in commitments(written) if number == paragraph)


def marks(written: Written, paragraph: int) -> list[str]:
    """The four boxes of one commitment."""
    return next(row[2:6] for number, row in commitments(written) if number == paragraph)


def said(progress: Progress | None = Progress.IMPLEMENTED, **values: object) -> ResponseContent:
    return ResponseContent(progress=progress, **values)  # type: ignore[arg-type]


def test_laid_out_like_the_national_report(
    session: Session, cycle: ReportingCycle, report_of: Report
) -> None:
    make_submission(session, cycle, "KEN", {25: said()})
    written = report_of("KEN")
    assert written.names == SHEETS
    assert written.cells("_tracker") == [["tracker-report/1"]]
    assert written.sheet("_tracker").sheet_state == "veryHidden"
    for name in SECTIONS:
        assert written.cells(name)[2] == HEADER
        assert written.sheet(name).freeze_panes == "A4"
        assert written.sheet(name).page_setup.orientation == "landscape"
        assert written.sheet(name).print_title_rows == "$3:$3"


def test_each_commitment_stands_there_once_and_in_order(
    session: Session, cycle: ReportingCycle, report_of: Report
) -> None:
    make_submission(session, cycle, "KEN", {25: said()})
    found = [number for number, _ in commitments(report_of("KEN"))]
    assert sorted(found) == list(range(25, 120))


def test_sources_name_the_paragraph_and_other_instruments(
    session: Session, cycle: ReportingCycle, report_of: Report
) -> None:
    make_submission(session, cycle, "KEN", {25: said()})
    rows = dict(commitments(report_of("KEN")))
    assert rows[28][0] == "BMS7 para 28; PoA II.11; PoA II.12"


def test_official_text_is_quoted_and_ours_is_marked(
    session: Session, cycle: ReportingCycle, report_of: Report
) -> None:
    make_submission(session, cycle, "KEN", {25: said()})
    data = report_export(session, cycle_slug=cycle.slug, iso3="KEN", audience=Audience.PUBLIC)
    by_number = {c.paragraph: c for c in data.frame.document.commitments}
    english = dict(commitments(report_of("KEN")))
    french = dict(commitments(report_of("KEN", language="fr")))
    for number, commitment in by_number.items():
        title, official = commitment.title, commitment.text["fr"]
        assert french[number][1].startswith(f"{title['fr']}\n{official}")
        assert english[number][1].startswith(f"{title['en']}\n")
        assert commitment.summary["en"] in english[number][1]
        assert f"Official text (French):\n{official}" in english[number][1]
    assert "No official text is loaded in the language of this file" in "\n".join(
        str(row[0]) for row in report_of("KEN").cells("Cover")
    )


@pytest.mark.parametrize(
    ("progress", "expected"),
    [
        (Progress.IMPLEMENTED, ["X", "", "", ""]),
        (Progress.NOT_STARTED, ["", "X", "", ""]),
        (Progress.IN_DEVELOPMENT, ["", "", "X", ""]),
        (Progress.PARTLY_IMPLEMENTED, ["", "", "X", ""]),
        (Progress.NOT_APPLICABLE, ["", "", "", "X"]),
        (None, ["", "", "", ""]),
    ],
)
def test_progress_in_the_boxes_of_the_template(
    session: Session,
    cycle: ReportingCycle,
    report_of: Report,
    progress: Progress | None,
    expected: list[str],
) -> None:
    make_submission(session, cycle, "KEN", {25: said(progress, narrative="Words.")})
    assert marks(report_of("KEN"), 25) == expected


def test_details_hold_everything_in_words(
    session: Session, cycle: ReportingCycle, report_of: Report
) -> None:
    content = ResponseContent(
        progress=Progress.PARTLY_IMPLEMENTED,
        reason="A reason.",
        narrative="What was done.",
        narrative_language="fr",
        lead_agency="Police",
        good_practice=True,
        audience=Audience.STATES,
        measures=(Measure("Arms Act", "2019-05", "https://example.org/act"), Measure("Decree 7")),
    )
    make_submission(session, cycle, "KEN", {25: content})
    assert details(report_of("KEN", Audience.STATES), 25) == (
        "Progress: Partly implemented\n"
        "Reason: A reason.\n"
        "Narrative (French): What was done.\n"
        "Lead agency: Police\n"
        "Laws and instruments:\nArms Act (2019-05) https://example.org/act\nDecree 7\n"
        "Offered as a good practice.\n"
        "May be read by: Signed-in States"
    )


def test_a_missing_reason_is_named(
    session: Session, cycle: ReportingCycle, report_of: Report
) -> None:
    answers = {
        25: said(Progress.NOT_APPLICABLE),
        26: said(Progress.NOT_APPLICABLE, reason="No coast."),
    }
    make_submission(session, cycle, "KEN", answers)
    written = report_of("KEN")
    assert "Progress: Not applicable (no reason given)" in details(written, 25)
    assert "no reason given" not in details(written, 26)


def test_absence_is_always_named(
    session: Session, cycle: ReportingCycle, report_of: Report
) -> None:
    make_submission(
        session, cycle, "KEN", {25: said(audience=Audience.SECRETARIAT), 26: said(None)}
    )
    written = report_of("KEN")
    assert details(written, 25) == "Withheld" and marks(written, 25) == [""] * 4
    assert details(written, 26) == "Progress: Not answered"
    assert details(written, 27) == "Not answered"
    data = report_export(session, cycle_slug=cycle.slug, iso3="KEN", audience=Audience.PUBLIC)
    silent = [c.paragraph for c in data.frame.document.commitments if not c.asks_states]
    assert silent and {details(written, number) for number in silent} == {"Not asked"}
    facts = written.facts("Cover")
    document = data.frame.document
    assert facts["Outcome document"] == f"{document.title['en']}, {document.source}"
    assert facts["Outcome document"].count(document.symbol) == 1
    assert {"Withheld", "Not answered", "Not asked", "Not applicable"} <= set(facts)


def test_texts_come_out_as_typed(
    session: Session, cycle: ReportingCycle, report_of: Report
) -> None:
    answers = {
        number: said(
            reason=trap, narrative=trap, lead_agency=trap, measures=(Measure(trap, "2020", ""),)
        )
        for number, trap in enumerate(TRAPS, start=25)
    }
    make_submission(session, cycle, "KEN", answers)
    written = report_of("KEN")
    typed = {
        int(match[1]): row[6]
        for name in SECTIONS
        for row in written.sheet(name).iter_rows()
        for match in [re.match(r"BMS7\D+(\d+)", str(row[0].value))]
        if match
    }
    for number, trap in enumerate(TRAPS, start=25):
        found = details(written, number)
        assert f"Reason: {trap}\nNarrative: {trap}\nLead agency: {trap}\n" in found
        assert found.endswith(f"\n{trap} (2020)")
        cell = typed[number]
        assert cell.data_type == "s" and cell.quotePrefix
        if "_x005F" not in trap:  # openpyxl garbles an escape that a person typed
            assert cell.value == found


def test_nothing_is_cut(session: Session, cycle: ReportingCycle, report_of: Report) -> None:
    narrative = "😀 Wort\n" * (32_000 // 9)
    measures = tuple(
        Measure(f"{number:02d}-" + "m" * 990, "2020", "https://example.org/" + "u" * 1_900)
        for number in range(50)
    )
    make_submission(
        session,
        cycle,
        "KEN",
        {25: said(narrative=narrative, reason="r" * 32_000, measures=measures)},
    )
    written = report_of("KEN")
    found = details(written, 25)
    assert narrative in found and "r" * 32_000 in found
    assert all(f"{m.title} (2020) {m.link}" in found for m in measures)
    rows = [row for number, row in commitments(written) if number == 25]
    assert len(rows) > 5
    assert [row[0].endswith("(continued)") for row in rows] == [False] + [True] * (len(rows) - 1)
    assert [row[2] for row in rows] == ["X"] + [""] * (len(rows) - 1)
    assert all(utf16_units(row[6]) <= CELL_LIMIT for row in rows)
    sheet = written.sheet("2 Manufacture")
    heights = {number: size.height for number, size in sheet.row_dimensions.items() if size.height}
    assert max(heights.values()) <= ROW_LIMIT
    assert sum(heights.values()) > 10 * ROW_LIMIT  # room to see a text of this length


def test_no_formula_and_no_way_out(
    session: Session, cycle: ReportingCycle, report_of: Report
) -> None:
    make_submission(session, cycle, "KEN", {25: said(narrative="=1+1 https://example.org")})
    written = report_of("KEN")
    assert written.holds("<f>") == written.holds('TargetMode="External"') == []


def test_the_public_learns_nothing_of_the_rest(
    session: Session, cycle: ReportingCycle, report_of: Report
) -> None:
    secret = said(
        reason=CANARY,
        narrative=CANARY,
        lead_agency=CANARY,
        audience=Audience.SECRETARIAT,
        measures=(Measure(CANARY),),
    )
    for_states = said(narrative=f"{CANARY}-states", audience=Audience.STATES)
    make_submission(session, cycle, "KEN", {25: secret, 26: for_states, 27: said()})
    answers = {25: secret, 26: for_states, 27: said()}
    submission = make_submission(session, cycle, "KEN", answers, submitter=f"{CANARY} Person")
    add_figures(session, submission, found_arms(total=987_654), Audience.SECRETARIAT)
    public = report_of("KEN")
    assert public.holds(CANARY) == public.holds("987654") == []
    assert "Withheld" in [row[0] for row in public.cells("6 Indicators")]
    states = report_of("KEN", Audience.STATES)
    assert details(states, 26).endswith("States") and details(states, 25) == "Withheld"
    assert f"{CANARY} Person" not in "".join(states.xml().values())
    all_of_it = report_of("KEN", Audience.SECRETARIAT)
    assert all_of_it.facts("Cover")["Submitted by"] == f"{CANARY} Person, Director"
    assert details(all_of_it, 25).count(CANARY) == 4
    assert 987_654 in [value for row in all_of_it.cells("6 Indicators") for value in row]


def test_which_submission_is_shown(
    session: Session, cycle: ReportingCycle, report_of: Report
) -> None:
    make_submission(session, cycle, "KEN", {25: said(narrative="first")})
    make_submission(session, cycle, "KEN", {25: said(narrative="second")})
    make_submission(session, cycle, "KEN", {25: said(narrative="third")}, "submitted")
    make_submission(session, cycle, "KEN", {25: said(narrative="fourth")}, "withdrawn")
    public, secretariat = report_of("KEN"), report_of("KEN", Audience.SECRETARIAT)
    assert details(public, 25).endswith("second")
    assert (public.facts("Cover")["Submission"], public.facts("Cover")["Status"]) == (
        "2",
        "Published",
    )
    assert details(secretariat, 25).endswith("third")
    facts = secretariat.facts("Cover")
    assert (facts["Submission"], facts["Status"]) == ("3", "Submitted")
    assert facts["Published"] == "Not published"


def test_cover_counts(session: Session, cycle: ReportingCycle, report_of: Report) -> None:
    make_submission(
        session,
        cycle,
        "KEN",
        {
            25: said(),
            27: said(Progress.NOT_APPLICABLE, reason="None made."),
            42: said(audience=Audience.STATES),
        },
        on_time=False,
    )
    written = report_of("KEN")
    header = "Section"
    cells = written.cells("Cover")
    start = next(n for n, row in enumerate(cells) if row[0] == header)
    table = {row[0]: row[1:] for row in cells[start : start + 14]}
    assert table["2 Manufacture"] == [1, 0, 0, 0, 1, 1, 1, "2/4 (50%)"]
    asked = int(sum(table["All sections"][:7]))
    assert table["All sections"] == [1, 0, 0, 0, 1, asked - 3, 1, f"2/{asked} (2%)"]
    assert str(cells[start + 14][0]).startswith("Counted are all commitments that ask States.")
    facts = written.facts("Cover")
    assert facts["Period covered"] == "1 January 2024 – 31 December 2025"
    assert (facts["Due"], facts["On time"]) == ("15 May 2026", "No")
    assert facts["Submitted"] == "3 March 2026, 09:00 UTC"
    assert facts["Made"] == "23 November 2026, 18:30 UTC, A. Reader"
    assert len(facts["Content hash"]) == 64


def test_a_struck_text_leaves_its_mark(
    session: Session, cycle: ReportingCycle, report_of: Report
) -> None:
    make_submission(
        session, cycle, "KEN", {25: said()}, struck={(25, "narrative"): "names a person"}
    )
    assert details(report_of("KEN"), 25) == (
        "Progress: Implemented\nNarrative: [struck out by the secretariat: names a person]"
    )


def test_sheets_run_from_right_to_left(
    session: Session, cycle: ReportingCycle, report_of: Report
) -> None:
    make_submission(session, cycle, "KEN", {25: said(narrative="قانون", narrative_language="ar")})
    arabic, english = report_of("KEN", language="ar"), report_of("KEN")
    assert all(arabic.sheet(name).sheet_view.rightToLeft for name in arabic.names[:-1])
    assert not any(english.sheet(name).sheet_view.rightToLeft for name in english.names)
    notes = [str(row[0]) for row in arabic.cells("Cover")]
    assert any("not translated into “ar”" in note for note in notes)
    sheet = english.sheet("2 Manufacture")
    (cell,) = [row[6] for row in sheet.iter_rows() if str(row[0].value).startswith("BMS7 para 25")]
    assert cell.alignment.readingOrder == 2


def test_indicator_values_are_printed_with_their_base(
    session: Session, cycle: ReportingCycle, report_of: Report
) -> None:
    submission = make_submission(session, cycle, "KEN", {25: said()})
    add_figures(session, submission, found_arms(total=8, traced=2, otherwise_established=1))
    rows = {row[0]: row[1:] for row in report_of("KEN").cells("6 Indicators")}
    assert rows["All arms"][1] == 8 and rows["All arms"][0] == "unknown"
    assert rows["All arms"][-1] == "8, from 1 of 3 categories: Found"
    assert rows["Value A: of all arms"][1] == "3/8 (37.50%)"
    assert rows["Value A: of all arms"][-1] == "3/8 (37.50%), from 1 of 3 categories: Found"
    assert rows["Value B: of potentially traceable arms"][-1] == (
        "Not computable: unknown is Uniquely marked (Found)"
    )


def test_the_codebook_explains_columns_and_codes(
    session: Session, cycle: ReportingCycle, report_of: Report
) -> None:
    make_submission(session, cycle, "KEN", {25: said()})
    rows = report_of("KEN").rows("Codebook")
    columns = [row for row in rows if row["Sheet or vocabulary"] == "Report sections"]
    assert [row["Column or word"] for row in columns] == HEADER
    codes = {(row["Sheet or vocabulary"], row["Key or code"]): row for row in rows}
    assert codes["Audience", "states"]["Column or word"] == "Signed-in States"
    assert codes["Addressee", "states"]["Column or word"] == "States"
    assert codes["Addressee", "states"]["Meaning"] == ""
    assert "Developing" in codes["Progress", "partly_implemented"]["Meaning"]


@pytest.mark.parametrize(
    ("iso3", "slug", "code"),
    [
        ("KEN", "bms7-1999", "unknown-cycle"),
        ("XXX", "bms7-2026", "unknown-state"),
        ("KEN", "bms7-2026", "no-submission-shown"),
        ("ALB", "bms7-2026", "no-submission-shown"),
    ],
)
def test_what_cannot_be_shown_is_refused(
    session: Session, cycle: ReportingCycle, iso3: str, slug: str, code: str
) -> None:
    make_submission(session, cycle, "KEN", {25: said()}, "accepted")
    make_report(session, cycle, "ALB")
    with pytest.raises(NotFound) as refused:
        report_export(session, cycle_slug=slug, iso3=iso3, audience=Audience.STATES)
    assert refused.value.problem.code == code
