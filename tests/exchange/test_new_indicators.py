"""Workbooks with indicators besides 16.4.2: out and in, and files made before there were any."""

import json
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.exchange.conftest import CYCLE, MADE
from tests.exchange.templates import TemplateDesk, codes, counts, desk_of, filled_in, row_named
from tests.exchange.test_report_workbook import Report, said
from tests.exchange.workbooks import Written
from tests.national_reports import Reporting, begin_report
from tests.submitted import add_figures, make_submission
from tests.tampering import as_owner
from tracker.catalogue.indicators import load_indicators
from tracker.cli.setup import load_seed
from tracker.domain.exports import ExportFormat
from tracker.domain.indicators import Cell
from tracker.domain.progress import Audience
from tracker.exchange.compiled import write_compiled
from tracker.exchange.compiled_files import write_compiled_file
from tracker.exchange.translations import translator
from tracker.models import Indicator, ReportingCycle
from tracker.queries.compiled import compiled_export
from tracker.queries.exports import state_answers
from tracker.queries.indicators import list_indicators, returns_of
from tracker.resources import resource_dir

SDG, COLLECTED, BODY = "sdg-16-4-2", "weapons-collected-destroyed", "coordination-body"
FIGURES = "Figures"


@pytest.fixture
def work(session: Session) -> Reporting:
    """A draft of which nothing was answered."""
    return begin_report(session)


@pytest.fixture
def desk(work: Reporting) -> TemplateDesk:
    return desk_of(work)


def row_of(content: bytes, slug: str, year: int, category: str, entry: str) -> int:
    """The row of a figure."""
    return row_named(content, FIGURES, f"{slug}/figure-{year}-{category}-{entry}")


def test_a_template_brings_figures_of_two_indicators_home(
    session: Session, desk: TemplateDesk, work: Reporting
) -> None:
    year = desk.data().years[0]
    for language in ("en", "fr"):
        content = desk.template(language)
        name = translator(language)(FIGURES)
        header = translator(language)("Value")
        cells = {
            (COLLECTED, "collected", "identified"): 4,
            (COLLECTED, "collected", "destroyed"): 90,
            (BODY, "members", "women"): 3,
            (BODY, "members", "men"): 9,
        }
        rows = [
            (row_named(content, name, f"{slug}/figure-{year}-{category}-{entry}"), header, number)
            for (slug, category, entry), number in cells.items()
        ]
        plan = desk.apply(filled_in(content, name, *rows))
        assert plan.ok
    stored = returns_of(session, work.report.id)
    assert stored[BODY].figures == {
        Cell(year, "members", "women"): 3,
        Cell(year, "members", "men"): 9,
    }
    assert stored[COLLECTED].figures[Cell(year, "collected", "destroyed")] == 90
    assert (stored[BODY].version, stored[COLLECTED].version, SDG in stored) == (1, 1, False)
    again = desk.plan(desk.template())
    assert again.ok and not again.cells


def test_figures_that_contradict_the_definition_are_refused_by_cell(desk: TemplateDesk) -> None:
    content, year = desk.template(), desk.data().years[0]
    rows = {
        entry: row_of(content, "tracing-requests", year, "requests", entry)
        for entry in ("sent", "sent_answered")
    }
    wrong = filled_in(
        content, FIGURES, (rows["sent"], "Value", 2), (rows["sent_answered"], "Value", 3)
    )
    assert codes(desk.plan(wrong))[0] == (f"E{rows['sent']}", "figures-exceed")


def without_new_indicators(session: Session) -> None:
    """The database as an earlier release left it, its definition without what is new."""
    for row in session.scalars(select(Indicator)):
        if row.slug != SDG:
            session.delete(row)
            continue
        new = ("counts", "over_years", "own_reading", "commitments")
        row.definition = {name: part for name, part in row.definition.items() if name not in new}
    session.flush()


def test_a_template_from_before_the_new_indicators_is_still_accepted(
    session: Session, desk: TemplateDesk, work: Reporting
) -> None:
    with as_owner(session):
        without_new_indicators(session)
    content, year = desk.template(), desk.data().years[0]
    assert {row["Indicator"] for row in Written(content).rows(FIGURES, header=1)} == {"16.4.2"}
    old = filled_in(content, FIGURES, (row_of(content, SDG, year, "found", "total"), "Value", 5))
    with as_owner(session):
        load_seed(session, demonstration=False)
    assert len(list_indicators(session)) == 5
    assert counts(desk.plan(old)) == {"new": 1}
    plan = desk.apply(old)
    assert plan.ok and not plan.problems
    stored = returns_of(session, work.report.id)
    assert stored[SDG].figures == {Cell(year, "found", "total"): 5} and len(stored) == 1


def test_an_old_template_leaves_figures_on_new_indicators_alone(
    session: Session, desk: TemplateDesk, work: Reporting
) -> None:
    with as_owner(session):
        without_new_indicators(session)
    old = desk.template()
    with as_owner(session):
        load_seed(session, demonstration=False)
    content, year = desk.template(), desk.data().years[0]
    row = row_of(content, BODY, year, "members", "women")
    desk.apply(filled_in(content, FIGURES, (row, "Value", 3)))
    plan = desk.apply(old)
    assert plan.ok and not plan.cells
    assert returns_of(session, work.report.id)[BODY].figures == {Cell(year, "members", "women"): 3}


def test_loading_the_seed_again_changes_nothing(session: Session) -> None:
    before = list_indicators(session)
    with as_owner(session):
        load_seed(session, demonstration=False)
    assert list_indicators(session) == before
    assert before == load_indicators(resource_dir("seed") / "indicators")


@pytest.fixture
def published(session: Session, cycle: ReportingCycle) -> None:
    """Two African States and one that keeps its figures among States."""
    for iso3, amounts, audience in (
        ("KEN", (4, 90), Audience.PUBLIC),
        ("UGA", (6, 10), Audience.PUBLIC),
        ("FRA", (1000, 1000), Audience.STATES),
    ):
        submission = make_submission(session, cycle, iso3, {25: said()})
        figures = {
            Cell(2024, "not_split", entry): number
            for entry, number in zip(("identified", "destroyed"), amounts, strict=True)
        }
        add_figures(session, submission, figures, audience, indicator=COLLECTED)
        members = {Cell(2024, "members", "women"): 3, Cell(2024, "members", "men"): 9}
        add_figures(session, submission, members, audience, indicator=BODY)


def test_counts_and_sums_in_the_compiled_workbook(session: Session, published: None) -> None:
    target = BytesIO()
    write_compiled(
        target,
        compiled_export(session, cycle_slugs=[CYCLE], audience=Audience.PUBLIC),
        lambda submission_id: state_answers(session, submission_id, Audience.PUBLIC),
        translate=translator("en"),
        language="en",
        made=MADE,
    )
    written = Written(target.getvalue())
    (kenya,) = [r for r in written.rows("Indicator OP-2") if r["ISO code"] == "KEN"]
    assert (kenya["Collected or found surplus"], kenya["Destroyed"]) == (4, 90)
    groups = [r for r in written.rows("Indicator OP-2 by group") if r["Group"] == "African States"]
    assert [(r["Value"], r["Sum"], r["Computable"], r["In words"]) for r in groups] == [
        ("Collected or found surplus", 10, 2, "10, from 2 of 54 States"),
        ("Destroyed", 100, 2, "100, from 2 of 54 States"),
    ]
    every = written.rows("Indicator OP-4 by group")[:3]
    assert [(r["Value"], r["Sum"], r["Numerator"], r["Withheld"]) for r in every] == [
        ("Women", 6, "", 1),
        ("Men", 18, "", 1),
        ("Share of women", "", 6, 1),
    ]
    assert every[2]["In words"] == "6/24 (25.00%), from 2 of 193 States"


def test_the_same_as_json(session: Session, published: None) -> None:
    target = BytesIO()
    write_compiled_file(
        target,
        compiled_export(session, cycle_slugs=[CYCLE], audience=Audience.PUBLIC),
        lambda submission_id: state_answers(session, submission_id, Audience.PUBLIC),
        ExportFormat.JSON,
        translate=translator("en"),
        language="en",
        made=MADE,
    )
    content = json.loads(target.getvalue())
    (total, *_) = [r for r in content[f"indicator_{COLLECTED}_groups"] if r["value"] == "Destroyed"]
    assert (total["sum"], total["withheld"], total["numerator"]) == (100, 1, None)


def test_the_report_of_one_state(published: None, report_of: Report) -> None:
    written = report_of("KEN")
    facts = {row[0]: row[1] for row in written.cells("Cover") if len(row) > 1}
    assert facts["OP-2 Weapons collected or found surplus, and weapons destroyed, 2024"] == (
        "Collected or found surplus: 4\nDestroyed: 90"
    )
    assert facts["16.4.2"] == "Not reported"
    rows = {row[0]: row[1:] for row in written.cells("6 Indicators")}
    assert rows["Women"][0] == 3
    assert rows["Share of women"][0] == "3/12 (25.00%)"
