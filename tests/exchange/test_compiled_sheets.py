"""What the compiled workbook says of several cycles, of items, questions, sums and changes."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.exchange.conftest import CYCLE, MADE
from tests.exchange.test_report_workbook import CANARY, said
from tests.exchange.workbooks import Written
from tests.submitted import START, add_figures, found_arms, make_cycle, make_submission
from tests.submitted_items import add_item
from tests.tampering import as_owner, without_triggers
from tracker.domain.assistance import Assistance, Direction
from tracker.domain.contacts import Contact, ContactKind
from tracker.domain.documents import Theme
from tracker.domain.errors import Invalid
from tracker.domain.indicators import Cell
from tracker.domain.progress import Audience, Progress
from tracker.domain.targets import Target
from tracker.exchange.compiled import write_compiled
from tracker.exchange.translations import translator
from tracker.models import (
    ChainText,
    Clarification,
    Commitment,
    OutcomeDocument,
    ReportingCycle,
    Submission,
)
from tracker.queries.compiled import Since, compiled_export
from tracker.queries.exports import state_answers

NEXT = "bms7-2028"
THEN = datetime(2026, 4, 1, 12, tzinfo=UTC)
Compile = Callable[..., Written]


@pytest.fixture
def compile_(session: Session, cycle: ReportingCycle) -> Compile:
    """Write cycles for a reader, perhaps compared with an earlier list of submissions."""

    def write(
        *slugs: str,
        audience: Audience = Audience.PUBLIC,
        since: Since | None = None,
        language: str = "en",
    ) -> Written:
        data = compiled_export(
            session, cycle_slugs=slugs or [CYCLE], audience=audience, since=since
        )
        target = BytesIO()
        write_compiled(
            target,
            data,
            lambda submission_id: state_answers(session, submission_id, audience),
            translate=translator(language),
            language=language,
            made=MADE,
        )
        return Written(target.getvalue())

    return write


@pytest.fixture
def following(session: Session, cycle: ReportingCycle) -> ReportingCycle:
    """A later cycle on the same document."""
    return make_cycle(session, NEXT, opens=date(2028, 1, 1))


def of_state(rows: list[dict[str, Any]], iso3: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["ISO code"] == iso3]


def ask(
    session: Session,
    submission: Submission,
    question: str,
    reply: str = "",
    *,
    withdrawn: bool = False,
) -> None:
    session.add(
        Clarification(
            report_id=submission.report_id,
            submission_id=submission.id,
            commitment_id=session.scalars(
                select(Commitment.id).where(Commitment.key == "bms7/annex/26")
            ).one(),
            question=question,
            asked_at=START,
            asked_by_id=submission.submitted_by_id,
            reply=reply,
            replied_at=THEN if reply else None,
            replied_by_id=submission.submitted_by_id if reply else None,
            withdrawn_at=THEN if withdrawn else None,
            withdrawn_by_id=submission.submitted_by_id if withdrawn else None,
        )
    )
    session.flush()


def test_each_commitment_stands_in_the_sheet_of_its_report_section(
    session: Session, cycle: ReportingCycle, compile_: Compile
) -> None:
    answer = said(Progress.NOT_APPLICABLE, reason="No industry.", lead_agency="Customs")
    make_submission(session, cycle, "KEN", {25: answer, 26: said(None)})
    written = compile_()
    columns = [
        text
        for name in written.names[3:15]
        for text in written.cells(name)[1]
        if text.startswith("Para ")
    ]
    assert len(columns) == len(set(columns)) == 2 * 95
    sheet = "2 Manufacture"
    band, header, *_ = written.cells(sheet)
    at = header.index("Para 25: progress")
    assert header[at + 1] == "Para 25: Put laws in place over the whole life cycle of weapons"
    assert str(band[at]).startswith("I.1 · National level")
    rows = {row["ISO code"]: row for row in written.rows(sheet, header=1)}
    assert len(rows) == 195
    kenya = rows["KEN"]
    assert kenya["Para 25: progress"] == "Not applicable"
    assert kenya[header[at + 1]] == "Reason: No industry.\nLead agency: Customs"
    assert (rows["ALB"]["Para 25: progress"], rows["ALB"][header[at + 1]]) == ("Not reported", "")
    assert written.sheet(sheet).freeze_panes == "D3"
    assert len(written.sheet(sheet).conditional_formatting) >= 1


def test_cycles_stand_row_by_row_and_what_moved_is_counted(
    session: Session, cycle: ReportingCycle, following: ReportingCycle, compile_: Compile
) -> None:
    for iso3, before, now in (
        ("ALB", Progress.NOT_STARTED, Progress.IMPLEMENTED),
        ("AUT", Progress.IMPLEMENTED, Progress.IMPLEMENTED),
        ("BEL", Progress.IMPLEMENTED, Progress.IN_DEVELOPMENT),
        ("BEN", Progress.NOT_APPLICABLE, Progress.IMPLEMENTED),
        ("VAT", Progress.NOT_STARTED, Progress.IMPLEMENTED),
    ):
        make_submission(session, cycle, iso3, {25: said(before, reason="r")})
        make_submission(session, following, iso3, {25: said(now)})
    make_submission(session, following, "KEN", {25: said()})
    written = compile_(NEXT, CYCLE)
    matrix = of_state(written.rows("Matrix", header=1), "ALB")
    assert [(row["Cycle"], row["Para 25"]) for row in matrix] == [
        (CYCLE, "Not started"),
        (NEXT, "Implemented"),
    ]
    assert len(of_state(written.rows("2 Manufacture", header=1), "USA")) == 2
    assert {row["Cycle"] for row in written.rows("Responses")} == {CYCLE, NEXT}
    cells = written.cells("Overview")
    assert ["Cycle bms7-2026: reports by group", "Cycle bms7-2028: reports by group"] == [
        row[0] for row in cells if str(row[0]).endswith("reports by group")
    ]
    start = next(n for n, row in enumerate(cells) if str(row[0]).startswith("Movement from"))
    assert cells[start][0] == f"Movement from {CYCLE} to {NEXT}"
    assert "in both cycles only: 4/193 (2%)." in cells[start + 1][0]
    found = next(row for row in cells[start:] if row[0] == "I.1")
    # Its own 17 paragraphs and the 15 beneath it; the pairs without an answer are not compared.
    assert found[2:6] == [1, 1, 1, 4 * 32 - 3]
    assert found[6:9] == [4 * 32, "1/128 (1%)", "1/128 (1%)"]
    facts = written.facts("Read me")
    assert facts["Rows in the sheet of responses"].startswith("11: ")
    charts = [name for name in written.xml() if name.startswith("xl/charts/chart")]
    assert len(charts) == 5
    drawn = "".join(written.xml()[name] for name in charts)
    assert set(re.findall(r'pattFill prst="(\w+)"', drawn)) == {"ltHorz", "pct20"}


def test_cycles_of_different_documents_are_refused(session: Session, cycle: ReportingCycle) -> None:
    other = OutcomeDocument(
        slug="bms8", symbol="X", title={"en": "Other"}, adopted_on=START.date(), source="X"
    )
    with as_owner(session):
        session.add(other)
    session.add(
        ReportingCycle(
            slug="bms8-2027", document_id=other.id, opens_on=START.date(), created_at=START
        )
    )
    session.flush()
    with pytest.raises(Invalid) as refused:
        compiled_export(session, cycle_slugs=[CYCLE, "bms8-2027"], audience=Audience.PUBLIC)
    assert refused.value.problem.code == "cycles-of-different-documents"


def test_items_are_listed_and_those_withheld_counted(
    session: Session, cycle: ReportingCycle, compile_: Compile
) -> None:
    submission = make_submission(session, cycle, "KEN", {25: said()})
    need = Assistance(Direction.NEEDED, Theme.MARKING, description="=Machines", amount=5_000)
    add_item(session, submission, need)
    hidden = Assistance(
        Direction.OFFERED, Theme.TRACING, description=CANARY, audience=Audience.STATES
    )
    add_item(session, submission, hidden)
    add_item(session, submission, Target("Mark all", unit="arms", value="100", year=2028))
    contact = Contact(ContactKind.COORDINATION_BODY, name=CANARY)
    add_item(session, submission, contact)
    written = compile_()
    assert written.holds(CANARY) == []
    shown, counted = written.rows("Assistance needs and offers")
    assert (shown["Description"], shown["Amount"], shown["Theme"]) == ("=Machines", 5000, "Marking")
    assert (counted["Description"], counted["Withheld"], counted["ISO code"]) == ("", 1, "KEN")
    (target,) = written.rows("Targets")
    assert (target["Target"], target["Target value"]) == ("Mark all", "100")
    (row,) = written.rows("Contacts")
    assert (row["Name"], row["Withheld"]) == ("", 1)
    (row,) = compile_(audience=Audience.SECRETARIAT).rows("Contacts")
    assert (row["Name"], row["Withheld"]) == (CANARY, "")


def test_a_table_without_rows_says_so(compile_: Compile) -> None:
    written = compile_()
    for name in ("Responses", "Indicator figures", "Indicator 16.4.2 by group", "Contacts"):
        (row,) = written.cells(name)[1:]
        assert str(row[0]).startswith("Nothing: ") and not any(row[1:])


def test_questions_are_for_the_secretariat_only(
    session: Session, cycle: ReportingCycle, compile_: Compile
) -> None:
    submission = make_submission(session, cycle, "KEN", {26: said()})
    withdrawn = make_submission(session, cycle, "ALB", {26: said()}, "withdrawn")
    ask(session, submission, CANARY, f"=reply {CANARY}")
    ask(session, withdrawn, "Why?")
    ask(session, withdrawn, "Who?", withdrawn=True)
    for audience in (Audience.PUBLIC, Audience.STATES):
        written = compile_(audience=audience)
        assert written.holds(CANARY) == [] and "Clarifications" not in written.names
    rows = compile_(audience=Audience.SECRETARIAT).rows("Clarifications")
    assert [(r["ISO code"], r["Paragraph"], r["Question"], r["Reply given"]) for r in rows] == [
        ("KEN", 26, CANARY, "Yes"),
        ("ALB", 26, "Why?", "No"),
        ("ALB", 26, "Who?", "No"),
    ]
    taken_back = [row["Withdrawn"] for row in rows]
    assert taken_back == ["", "", THEN.replace(tzinfo=None)]
    assert (rows[0]["Reply"], rows[0]["Replied"]) == (f"=reply {CANARY}", THEN.replace(tzinfo=None))


def test_groups_are_summed_over_computable_and_visible_states(
    session: Session, cycle: ReportingCycle, compile_: Compile
) -> None:
    everybody, nobody = Audience.PUBLIC, Audience.SECRETARIAT
    for iso3, audience, values in (
        ("KEN", everybody, {"total": 100, "traced": 10, "otherwise_established": 0}),
        ("UGA", everybody, {"total": 10, "traced": 9, "otherwise_established": 1}),
        ("DZA", nobody, {"total": 77, "traced": 7, "otherwise_established": 0}),
        ("BEN", everybody, {"total": 55}),
        ("FRA", everybody, {"total": 4, "traced": 1, "otherwise_established": 1}),
        ("VAT", everybody, {"total": 9, "traced": 9, "otherwise_established": 0}),
    ):
        submission = make_submission(session, cycle, iso3, {25: said()})
        add_figures(session, submission, found_arms(**values), audience)
    rows = compile_().rows("Indicator 16.4.2 by group")
    lines = {(row["Group"], row["Value"][:7]): row for row in rows}
    africa, world = lines["African States", "Value A"], lines["All Member States", "Value A"]
    counts = ("Computable", "Not computable", "Withheld", "Not reported", "Member States")
    assert [africa[name] for name in counts] == [2, 1, 1, 50, 54]
    assert (africa["Numerator"], africa["Denominator"]) == (20, 110)  # and not (10 % + 100 %) / 2
    assert africa["Share"] == pytest.approx(20 / 110)
    part = "of them from part of the categories: 2"  # found arms alone
    assert africa["In words"] == f"20/110 (18.18%), from 2 of 54 States; {part}"
    assert africa["Part of the categories"] == 2
    assert (world["Numerator"], world["Denominator"], world["Computable"]) == (22, 114, 3)
    nothing = lines["African States", "Value B"]
    assert (nothing["Numerator"], nothing["Share"]) == ("", "")
    assert nothing["In words"] == "Not computable, from 0 of 54 States"
    assert nothing["Part of the categories"] == 0


def test_the_sheet_of_an_indicator_says_from_how_many_categories_a_value_is(
    session: Session, cycle: ReportingCycle, compile_: Compile
) -> None:
    found = found_arms(total=8, traced=2, otherwise_established=1)
    outcomes = {"traced": 7, "otherwise_established": 0}
    whole = {Cell(2020, "not_split", name): n for name, n in ({"total": 24} | outcomes).items()}
    for iso3, figures in (("KEN", found), ("UGA", whole), ("BEN", found_arms(total=8))):
        add_figures(session, make_submission(session, cycle, iso3, {25: said()}), figures)
    written = compile_()
    rows = {row["ISO code"]: row for row in written.rows("Indicator 16.4.2")}
    values = {iso3: rows[iso3]["Value A: of all arms"] for iso3 in ("KEN", "UGA")}
    assert values == {
        "KEN": "3/8 (37.50%), from 1 of 3 categories: Found",
        "UGA": "7/24 (29.17%)",
    }
    assert written.holds("is computed over these and says so")
    parts = [rows[iso3]["Value A: categories"] for iso3 in ("KEN", "UGA", "BEN", "FRA")]
    assert parts == [1, 3, "", ""]


def test_changes_since_an_earlier_export(
    session: Session, cycle: ReportingCycle, compile_: Compile
) -> None:
    public, secret = Audience.PUBLIC, Audience.SECRETARIAT
    first = make_submission(
        session,
        cycle,
        "KEN",
        {
            25: said(Progress.NOT_STARTED, narrative=CANARY),
            26: said(Progress.IMPLEMENTED, narrative=CANARY),
            27: said(Progress.IMPLEMENTED),
            28: said(Progress.IMPLEMENTED, narrative="as before"),
            29: said(Progress.NOT_STARTED, audience=secret),
        },
    )
    kept = add_item(session, first, Target("Mark all", unit=CANARY))
    add_item(session, first, Target("Given up"))
    add_figures(session, first, found_arms(total=10), public)
    struck = {(26, "narrative"): "A name."}
    same = make_submission(session, cycle, "AUT", {25: said(), 26: said()}, struck=struck)
    revision = session.scalars(select(ChainText).where(ChainText.field == "narrative")).one()
    with without_triggers(session):
        revision.struck_at = THEN + timedelta(days=1)
    for days in (1, -1):  # only what was struck out since is told
        item = add_item(session, same, Target("Mark all"), struck={"unit": "A name."})
        of_item = ChainText.entry_id == item.revision_id, ChainText.field == "unit"
        lost = session.scalars(select(ChainText).where(*of_item)).one()
        with without_triggers(session):
            lost.struck_at = THEN + timedelta(days=days)
    gone = make_submission(session, cycle, "BEL", {25: said()}, "withdrawn")
    private = make_submission(session, cycle, "BEN", {25: said(narrative=CANARY)}, "accepted")
    earlier = [first.id, same.id, gone.id, private.id]
    gone.published_at = START
    second = make_submission(
        session,
        cycle,
        "KEN",
        {
            25: said(Progress.PARTLY_IMPLEMENTED, narrative="new"),
            26: said(Progress.NOT_STARTED, narrative=CANARY, audience=secret),
            28: said(Progress.IMPLEMENTED, narrative="as before"),
            29: said(Progress.NOT_STARTED, audience=secret),
            30: said(Progress.IMPLEMENTED),
        },
    )
    add_item(session, second, Target("Mark all", unit="arms"), item_id=kept.item_id)
    add_figures(session, second, found_arms(total=12), public)
    gone.superseded_at = START
    make_submission(session, cycle, "BEN", {25: said()})
    written = compile_(since=(THEN, earlier))
    assert written.holds(CANARY) == []
    rows = written.rows("Changes")
    found = [
        (r["ISO code"], r["What"], r["Change"], r["Paragraph"], r["Progress before"],
         r["Progress now"], r["Parts that changed"])
        for r in rows
    ]  # fmt: skip
    assert sorted(found, key=str) == sorted(
        [
            ("KEN", "Response", "Changed", 25, "Not started", "Partly implemented",
             "Progress; Narrative"),
            ("KEN", "Response", "Now withheld", 26, "Withheld", "Withheld", ""),
            ("KEN", "Response", "No longer shown", 27, "Implemented", "Not answered", ""),
            ("KEN", "Response", "New", 30, "Not answered", "Implemented", ""),
            ("KEN", "Indicator figures", "Changed", "", "", "", "2024"),
            ("KEN", "Voluntary targets", "Changed", "", "", "", "Unit"),
            ("KEN", "Voluntary targets", "No longer shown", "", "", "", ""),
            ("AUT", "Response", "Text struck out", 26, "Implemented", "Implemented", "Narrative"),
            ("AUT", "Voluntary targets", "Text struck out", "", "", "", "Unit"),
            ("BEL", "Whole report", "No longer shown", "", "", "Not reported", ""),
            ("BEN", "Whole report", "New", "", "Not reported", "", ""),
        ],
        key=str,
    )  # fmt: skip
    facts = written.facts("Read me")
    assert facts["Changes"] == "What differs from the export made on 1 April 2026, 12:00 UTC."
    assert "Changes" not in compile_().names


def test_nothing_changed_says_so(
    session: Session, cycle: ReportingCycle, compile_: Compile
) -> None:
    made = make_submission(session, cycle, "KEN", {25: said()})
    (line,) = compile_(since=(THEN, [made.id])).cells("Changes")[1:]
    assert line[0] == "Nothing that this file may show has changed since the earlier export."


def test_a_report_that_was_published_since_is_told_to_the_secretariat(
    session: Session, cycle: ReportingCycle, compile_: Compile
) -> None:
    published = make_submission(session, cycle, "KEN", {25: said()})
    accepted = make_submission(session, cycle, "ALB", {25: said()}, "accepted")
    waiting = make_submission(session, cycle, "BEN", {25: said()}, "submitted")
    since = START, [published.id, accepted.id, waiting.id]
    rows = compile_(audience=Audience.SECRETARIAT, since=since).rows("Changes")
    found = [(r["ISO code"], r["What"], r["Change"], r["Paragraph"]) for r in rows]
    assert sorted(found) == [
        ("ALB", "Whole report", "Accepted", ""),
        ("KEN", "Whole report", "Published", ""),
    ]


def test_progress_is_told_and_the_submissions_are_fixed(
    session: Session, cycle: ReportingCycle, following: ReportingCycle
) -> None:
    one = make_submission(session, cycle, "KEN", {25: said()})
    two = make_submission(session, following, "ALB", {25: said()})
    data = compiled_export(session, cycle_slugs=[NEXT, CYCLE], audience=Audience.PUBLIC)
    assert data.slugs == (CYCLE, NEXT) and data.submission_ids == (one.id, two.id)
    told: list[tuple[int, int]] = []
    write_compiled(
        BytesIO(),
        data,
        lambda submission_id: state_answers(session, submission_id, Audience.PUBLIC),
        translate=str,
        language="en",
        made=MADE,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(number, 195) for number in range(1, 196)]
