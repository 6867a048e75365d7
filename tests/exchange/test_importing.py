"""Templates that come back: what they would change, what clashes, and what is written."""

from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.exchange.templates import (
    TemplateDesk,
    answer_row,
    codes,
    counts,
    desk_of,
    edited,
    filled_in,
    put,
    row_named,
)
from tests.national_reports import Reporting, begin_report
from tests.people import make_actor, state_id
from tests.statements import counted
from tracker.domain.assistance import Assistance, Direction
from tracker.domain.contacts import Contact, ContactKind
from tracker.domain.documents import Theme
from tracker.domain.errors import Invalid, NotFound, NotPermitted, Problem, WrongStatus
from tracker.domain.indicators import Cell
from tracker.domain.item_fields import Part
from tracker.domain.items import Item, facts_of, texts_of
from tracker.domain.merging import Verdict
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import Measure
from tracker.domain.roles import Role
from tracker.domain.targets import Target
from tracker.models import ChainEntry, NationalReport, ReportingCycle
from tracker.models.ids import new_public_id
from tracker.queries.indicators import returns_of
from tracker.queries.items import items_of, subject_of
from tracker.queries.responses import responses_of, revisions_of
from tracker.services import importing
from tracker.services.importing import ImportRefused, plan_import
from tracker.services.items import save_item
from tracker.services.reports import editable_report, set_default_audience

ANSWERS, LAWS, TARGETS, FIGURES = "Answers", "Laws and instruments", "Targets", "Figures"
SLUG = "sdg-16-4-2"
KEY = "bms7/annex/28"


@pytest.fixture
def work(session: Session) -> Reporting:
    """A draft with two answers."""
    work = begin_report(session)
    work.answer(
        28,
        progress=Progress.IN_DEVELOPMENT,
        narrative="A law is being drafted.",
        narrative_language="en",
        measures=(Measure("Arms Act", "2024-06"), Measure("Customs Act")),
    )
    work.answer(30, progress=Progress.NOT_APPLICABLE, reason="No such border.")
    return work


@pytest.fixture
def desk(work: Reporting) -> TemplateDesk:
    return desk_of(work)


def add_item(work: Reporting, item: Item) -> str:
    """Save an item online; gives its id."""
    item_id = new_public_id()
    change_item(work, item, item_id, 0)
    return item_id


def change_item(work: Reporting, item: Item | None, item_id: str, version: int) -> None:
    part = item.PART if item is not None else Part.TARGETS
    save_item(
        work.session,
        actor=work.focal_point,
        report_id=work.report.id,
        part=part,
        item_id=item_id,
        expected_version=version,
        content=item,
        clock=work.clock,
    )


def add_figures(work: Reporting, version: int = 0, **amounts: int) -> None:
    """Save figures of 2024, found weapons, online."""
    figures = {Cell(2024, "found", name): number for name, number in amounts.items()}
    work.save_figures(figures, version=version, audience=Audience.STATES)


def links(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ChainEntry)) or 0


def test_a_fresh_template_changes_nothing(session: Session, work: Reporting) -> None:
    add_item(work, Target(statement="Mark all weapons", paragraphs=(28, 30), baseline="12.5"))
    add_item(work, Assistance(Direction.NEEDED, Theme.MARKING, description="Machines"))
    add_figures(work, total=12, uniquely_marked=5)
    desk, before = desk_of(work), links(session)
    for language in ("en", "fr", "ar"):
        plan = desk.plan(desk.template(language))
        assert plan.ok and not plan.cells
        assert plan.count(Verdict.UNCHANGED) > 20
        desk.apply(desk.template(language))
    assert links(session) == before


def test_new_and_changed_cells_are_written_and_name_their_file(
    session: Session, desk: TemplateDesk, work: Reporting
) -> None:
    content = filled_in(
        desk.template(),
        ANSWERS,
        (answer_row(28), "Progress", " IMPLEMENTED "),
        (answer_row(28), "Lead agency", "Ministry"),
        (answer_row(31), "Progress", "in_development"),
        (answer_row(31), "Narrative", "=1+1 is what we said".replace("=", "'=")),
    )
    plan = desk.apply(content)
    assert counts(plan) == {"new": 3, "changed": 1, "unchanged": 11}
    rows = responses_of(session, work.report.id)
    assert rows[KEY].content.progress is Progress.IMPLEMENTED
    assert rows[KEY].content.narrative == "A law is being drafted."
    assert rows[KEY].content.lead_agency == "Ministry"
    assert len(rows[KEY].content.measures) == 2
    assert rows["bms7/annex/31"].content.progress is Progress.IN_DEVELOPMENT
    assert revisions_of(session, work.report.id, KEY)[-1].source == "file"
    assert not desk.apply(content).cells, "the same file again changes nothing"


def test_empty_cells_blank_nothing_and_the_word_empties(
    session: Session, desk: TemplateDesk, work: Reporting
) -> None:
    row = answer_row(28)
    content = filled_in(
        desk.template(),
        ANSWERS,
        (row, "Progress", None),
        (row, "Narrative", "   "),
        (row, "Language", " [CLEAR] "),
        (row, "Good practice", None),
    )
    assert counts(desk.apply(content))["changed"] == 1
    said = responses_of(session, work.report.id)[KEY].content
    assert (said.narrative, said.narrative_language) == ("A law is being drafted.", "")
    assert said.progress is Progress.IN_DEVELOPMENT


def test_a_cell_that_is_always_filled_is_not_emptied(session: Session, work: Reporting) -> None:
    """Above all nobody empties an audience and thereby widens it."""
    laws = (Measure("Arms Act"),)
    work.answer(28, narrative="For few.", audience=Audience.SECRETARIAT, measures=laws)
    add_item(work, Target(statement="Mark all weapons", audience=Audience.SECRETARIAT))
    need = Assistance(Direction.NEEDED, Theme.MARKING, description="Machines")
    add_item(work, need)
    desk, before = desk_of(work), links(session)
    content = desk.template()
    for sheet, row, header in (
        (ANSWERS, answer_row(28), "Audience"),
        (ANSWERS, answer_row(28), "Good practice"),
        (LAWS, 3, "Law or instrument"),
        (TARGETS, 3, "Audience"),
        ("Assistance", 3, "Standing of the assistance"),
    ):
        content = filled_in(content, sheet, (row, header, " [Clear]"))
    plan = desk.plan(content)
    assert {(error.sheet, error.problem.code) for error in plan.errors} == {
        (sheet, "cannot-be-cleared") for sheet in (ANSWERS, LAWS, TARGETS, "Assistance")
    }
    assert len(plan.errors) == 5 and not plan.cells
    with pytest.raises(ImportRefused, match="import-errors"):
        desk.apply(content)
    desk.apply(content, skip_invalid=True)
    assert links(session) == before


def test_what_somebody_else_saved_meanwhile_stays_or_clashes(
    session: Session, desk: TemplateDesk, work: Reporting
) -> None:
    content = filled_in(
        desk.template(),
        ANSWERS,
        (answer_row(28), "Narrative", "My words."),
        (answer_row(30), "Lead agency", "Customs"),
    )
    laws = responses_of(session, work.report.id)[KEY].content.measures
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="Their words.", measures=laws)
    work.answer(30, progress=Progress.NOT_APPLICABLE, reason="Changed online.")
    plan = desk.plan(content)
    assert [(c.cell, c.verdict.value, c.mine, c.theirs) for c in plan.cells] == [
        ("F6", "conflict", "My words.", "Their words."),
        ("H8", "new", "Customs", ""),
    ]
    before = links(session)
    with pytest.raises(ImportRefused, match="import-conflicts") as refused:
        desk.apply(content)
    assert refused.value.plan.conflicts and links(session) == before
    place = plan.conflicts[0].place
    assert counts(desk.plan(content, {place: "theirs"})).get("conflict", 0) == 0
    desk.apply(content, {place: "mine"})
    rows = responses_of(session, work.report.id)
    assert rows[KEY].content.narrative == "My words."
    assert rows[KEY].content.progress is Progress.IMPLEMENTED, "their change stays"
    assert rows["bms7/annex/30"].content.reason == "Changed online."
    assert rows["bms7/annex/30"].content.lead_agency == "Customs"


def test_all_conflicts_are_settled_at_once(
    session: Session, desk: TemplateDesk, work: Reporting
) -> None:
    content = filled_in(desk.template(), ANSWERS, (answer_row(28), "Narrative", "My words."))
    work.answer(28, narrative="Their words.")
    assert not desk.apply(content, {"*": "theirs"}).conflicts
    assert responses_of(session, work.report.id)[KEY].content.narrative == "Their words."


def test_a_wrong_cell_stops_everything_or_only_itself(
    session: Session, desk: TemplateDesk, work: Reporting
) -> None:
    content = filled_in(
        desk.template(),
        ANSWERS,
        (answer_row(27), "Progress", "Done"),
        (answer_row(28), "Progress", "finished"),
        (answer_row(28), "Language", "Klingon"),
        (answer_row(28), "Lead agency", "Ministry"),
        (answer_row(29), "Narrative", "=SUM(A1:A3)"),
        (answer_row(31), "Narrative", "x" * 32_001),
    )
    plan = desk.plan(content)
    assert codes(plan) == [
        ("F7", "formula-in-cell"),
        ("D5", "not-a-choice"),
        ("D6", "not-a-choice"),
        ("G6", "not-a-choice"),
        ("F9", "text-too-long"),
    ]
    before = links(session)
    with pytest.raises(ImportRefused, match="import-errors"):
        desk.apply(content)
    assert links(session) == before
    desk.apply(content, skip_invalid=True)
    said = responses_of(session, work.report.id)[KEY].content
    assert (said.progress, said.lead_agency) == (Progress.IN_DEVELOPMENT, "Ministry")
    assert links(session) == before + 1


def test_a_first_file_opens_the_report(session: Session) -> None:
    cycle = session.scalars(select(ReportingCycle).where(ReportingCycle.slug == "bms7")).one()
    clock = begin_report(session, "ALB").clock
    person = make_actor(session, Role.FOCAL_POINT, "KEN")
    desk = TemplateDesk(session, person, state_id(session, "KEN"), cycle.id, clock)
    empty = desk.template()
    reports = select(func.count()).select_from(NationalReport)
    before = session.scalar(reports)
    assert not desk.apply(empty).cells
    assert session.scalar(reports) == before, "a file that says nothing begins nothing"
    content = filled_in(empty, ANSWERS, (answer_row(28), "Progress", "Implemented"))
    assert counts(desk.apply(content)) == {"new": 1}
    assert session.scalar(reports) == (before or 0) + 1
    assert not desk.apply(content).cells, "also from a template made before the report"


def test_a_locked_report_takes_nothing(desk: TemplateDesk, work: Reporting) -> None:
    content = filled_in(desk.template(), ANSWERS, (answer_row(31), "Progress", "Implemented"))
    work.submit()
    with pytest.raises(WrongStatus):
        desk.apply(content)


def test_a_plan_that_was_seen_is_the_one_that_is_applied(
    desk: TemplateDesk, work: Reporting
) -> None:
    content = filled_in(desk.template(), ANSWERS, (answer_row(28), "Narrative", "My words."))
    seen = desk.plan(content).fingerprint
    work.answer(28, narrative="Their words.")
    with pytest.raises(ImportRefused, match="import-changed") as refused:
        desk.apply(content, {"*": "mine"}, seen=seen)
    desk.apply(content, {"*": "mine"}, seen=refused.value.plan.fingerprint)


def let_read(work: Reporting, audience: Audience) -> None:
    """Set who may read what is saved for the first time from now on."""
    set_default_audience(
        work.session,
        actor=work.focal_point,
        report_id=work.report.id,
        audience=audience,
        clock=work.clock,
    )


@pytest.mark.parametrize("sheet", [ANSWERS, TARGETS, FIGURES])
def test_a_wider_audience_than_the_one_that_was_seen_is_shown_first(
    session: Session, desk: TemplateDesk, work: Reporting, sheet: str
) -> None:
    let_read(work, Audience.SECRETARIAT)
    rows = {
        ANSWERS: (answer_row(31), "Narrative", "For few."),
        TARGETS: (3, "Target", "For few."),
        FIGURES: (figure_row(desk, desk.data().years[0], "found", "total"), "Value", 5),
    }
    content = filled_in(desk.template(), sheet, rows[sheet])
    seen, before = desk.plan(content).fingerprint, links(session)
    assert desk.plan(content).fingerprint == seen
    let_read(work, Audience.PUBLIC)
    with pytest.raises(ImportRefused, match="import-changed"):
        desk.apply(content, seen=seen)
    assert links(session) == before + 1, "the change of the audience alone"


def test_what_was_wrong_when_it_was_seen_is_not_saved_unseen(
    desk: TemplateDesk, work: Reporting
) -> None:
    add_figures(work, total=12)
    row = figure_row(desk, 2024, "found", "uniquely_marked")
    content = filled_in(desk.template(), FIGURES, (row, "Value", 50))
    seen = desk.plan(content)
    assert [code for _, code in codes(seen)] == ["figures-exceed"]
    add_figures(work, 1, total=60)
    with pytest.raises(ImportRefused, match="import-changed"):
        desk.apply(content, skip_invalid=True, seen=seen.fingerprint)


def test_what_the_file_does_not_touch_may_change_after_the_plan_was_seen(
    session: Session, desk: TemplateDesk, work: Reporting
) -> None:
    content = filled_in(desk.template(), ANSWERS, (answer_row(31), "Narrative", "Said."))
    seen = desk.plan(content).fingerprint
    work.answer(30, progress=Progress.NOT_APPLICABLE, reason="Another reason.")
    desk.apply(content, seen=seen)
    assert responses_of(session, work.report.id)["bms7/annex/31"].content.narrative == "Said."


def test_the_default_audience_is_read_under_the_lock(
    session: Session, desk: TemplateDesk, work: Reporting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's transaction ends while this one waits for the lock."""
    content = filled_in(desk.template(), ANSWERS, (answer_row(31), "Narrative", "For few."))

    def wait(*arguments: Any, **options: Any) -> NationalReport:
        let_read(work, Audience.SECRETARIAT)
        return editable_report(*arguments, **options)

    monkeypatch.setattr(importing, "editable_report", wait)
    desk.apply(content)
    saved = responses_of(session, work.report.id)["bms7/annex/31"].content
    assert saved.audience is Audience.SECRETARIAT


def test_contributors_fill_their_sections_only(
    session: Session, work: Reporting, desk: TemplateDesk
) -> None:
    person = make_actor(session, Role.CONTRIBUTOR, "GHA", ("I.1",))
    own = TemplateDesk(session, person, desk.state_id, desk.cycle_id, work.clock)
    content = own.template()

    def check(book: Workbook) -> None:
        assert book.sheetnames == ["Read me", ANSWERS, LAWS, "_lists", "_tracker"]
        put(book[ANSWERS], answer_row(28), "Lead agency", "Police")

    assert counts(own.apply(edited(content, check)))["new"] == 1
    whole = filled_in(desk.template(), ANSWERS, (answer_row(28), "Lead agency", "Police"))
    with pytest.raises(Invalid, match="template-of-others"):
        own.read(whole)
    for role, iso3 in ((Role.OBSERVER, "GHA"), (Role.FOCAL_POINT, "KEN")):
        stranger = make_actor(session, role, iso3)
        other = TemplateDesk(session, stranger, desk.state_id, desk.cycle_id, work.clock)
        with pytest.raises(NotPermitted):
            other.plan(whole)
    with pytest.raises(NotPermitted):
        other.template()


def test_laws_are_added_changed_and_removed(
    session: Session, desk: TemplateDesk, work: Reporting
) -> None:
    content = filled_in(
        desk.template(),
        LAWS,
        (3, "Date of adoption", 2025),
        (4, "Remove", "yes"),
        (5, "Paragraph", 31),
        (5, "Law or instrument", "Border Act"),
        (5, "Link", "https://example.org/border"),
    )
    desk.apply(content)
    rows = responses_of(session, work.report.id)
    assert rows[KEY].content.measures == (Measure("Arms Act", "2025"),)
    added = Measure("Border Act", "", "https://example.org/border")
    assert rows["bms7/annex/31"].content.measures == (added,)
    assert not desk.apply(content).cells


def test_laws_changed_by_both_clash_only_where_they_meet(
    session: Session, desk: TemplateDesk, work: Reporting
) -> None:
    content = filled_in(desk.template(), LAWS, (3, "Date of adoption", "2025"))
    work.answer(28, measures=(Measure("Arms Act", "2024-06"), Measure("Customs Act", "2020")))
    desk.apply(content)
    both = (Measure("Arms Act", "2025"), Measure("Customs Act", "2020"))
    assert responses_of(session, work.report.id)[KEY].content.measures == both
    work.answer(28, measures=(Measure("Arms Act", "2023"),))
    plan = desk.plan(content)
    assert [(c.field, c.verdict.value, c.cell) for c in plan.cells] == [
        ("measures", "conflict", "B3")
    ]
    desk.apply(content, {plan.cells[0].place: "mine"})
    mine = (Measure("Arms Act", "2025"), Measure("Customs Act"))
    assert responses_of(session, work.report.id)[KEY].content.measures == mine


def test_items_are_added_once_changed_and_removed(
    session: Session, work: Reporting, desk: TemplateDesk
) -> None:
    add_item(work, Target(statement="Mark all weapons", unit="weapons"))
    add_item(work, Target(statement="Old target"))
    content = filled_in(
        desk.template(),
        TARGETS,
        (3, "Target value", 12.5),
        (3, "Unit", "[clear]"),
        (4, "Remove", "Yes"),
        (9, "Target", "Train officers"),
        (9, "Paragraphs", 28),
        (9, "By the year", 2030),
    )
    plan = desk.apply(content)
    assert counts(plan)["new"] == 4 and counts(plan)["changed"] == 2
    found = [row.content for row in items_of(session, work.report.id)[Part.TARGETS]]
    assert found == [
        Target(statement="Mark all weapons", value="12.5"),
        Target(statement="Train officers", paragraphs=(28,), year=2030),
    ]
    assert not desk.apply(content).cells, "read twice, it is made once"


def test_items_clash_where_both_sides_changed_them(
    session: Session, work: Reporting, desk: TemplateDesk
) -> None:
    gone = add_item(work, Target(statement="Removed online"))
    kept = add_item(work, Target(statement="Changed online"))
    both = add_item(work, Target(statement="Changed twice"))
    template = desk.template()
    content = filled_in(
        template,
        TARGETS,
        (3, "Unit", "weapons"),
        (4, "Remove", "Yes"),
        (5, "Target", "Changed in the file"),
        (5, "Unit", "courses"),
    )
    change_item(work, None, gone, 1)
    change_item(work, Target(statement="Changed online again"), kept, 1)
    change_item(work, Target(statement="Changed online too"), both, 1)
    plan = desk.plan(content)
    assert [(c.field, c.verdict.value) for c in plan.cells] == [
        ("unit", "conflict"),
        ("remove", "conflict"),
        ("statement", "conflict"),
        ("unit", "new"),
    ]
    assert [cell.gone for cell in plan.cells] == [True, False, False, False]
    assert not desk.plan(template).cells, "what was not touched in the file never clashes"
    desk.apply(content, {"*": "mine"})
    found = {row.item_id: row.content for row in items_of(session, work.report.id)[Part.TARGETS]}
    assert found == {
        gone: Target(statement="Removed online", unit="weapons"),
        both: Target(statement="Changed in the file", unit="courses"),
    }


def test_items_that_cannot_stand_are_refused_at_their_cells(
    desk: TemplateDesk, session: Session, work: Reporting
) -> None:
    content = filled_in(
        desk.template(),
        "Assistance",
        (3, "Needed or offered", "Needed"),
        (3, "Theme", "Marking"),
        (3, "Amount", 5000),
        (4, "Needed or offered", "OFFERED"),
        (4, "Theme", "tracing"),
        (4, "Description", "Training"),
        (4, "Paragraphs", "28, 999"),
    )
    plan = desk.plan(content)
    assert sorted(codes(plan)) == [
        ("D3", "required"),
        ("E4", "no-such-paragraph"),
        ("G3", "amount-needs-currency"),
    ]
    desk.apply(content, skip_invalid=True)
    found = [row.content for row in items_of(session, work.report.id)[Part.ASSISTANCE]]
    assert found == [Assistance(Direction.OFFERED, Theme.TRACING, description="Training")]


def test_everything_wrong_with_a_contact_is_told_at_once(
    desk: TemplateDesk, session: Session, work: Reporting
) -> None:
    content = filled_in(
        desk.template(), "Contacts", (3, "Contact", "poa_point_of_contact"), (3, "E-mail", "x"),
        (3, "Women", 3), (3, "Men", 4), (4, "Contact", "Boss"), (4, "E-mail", "y"),
    )  # fmt: skip
    plan = desk.plan(content)
    assert sorted(codes(plan)) == [
        ("A4", "not-a-choice"), ("B3", "required"), ("B4", "required"), ("G3", "not-an-email"),
        ("G4", "not-an-email"), ("H3", "members-of-a-body-only"), ("I3", "members-of-a-body-only"),
    ]  # fmt: skip
    assert not any(record.changes for record in plan.records)


def test_an_unknown_currency_and_a_day_to_come_are_refused_at_their_cells(
    desk: TemplateDesk, session: Session, work: Reporting
) -> None:
    def edit(book: Workbook) -> None:
        for sheet, header, text in (
            ("Assistance", "Needed or offered", "Needed"),
            ("Assistance", "Theme", "Marking"),
            ("Assistance", "Description", "Machines"),
            ("Assistance", "Amount", 1_500_000_000),
            ("Assistance", "Currency", "XYZ"),
            ("Contacts", "Contact", "National coordination body"),
            ("Contacts", "Name", "Commission"),
            ("Contacts", "Last confirmed on", "2126-06-30"),
        ):
            put(book[sheet], 3, header, text)

    plan = desk.plan(edited(desk.template(), edit))
    assert sorted(code for _, code in codes(plan)) == ["confirmed-in-future", "not-a-currency"]


def test_a_law_of_a_day_to_come_is_refused_at_its_cell_and_its_title_kept(
    desk: TemplateDesk, session: Session, work: Reporting
) -> None:
    def edit(book: Workbook) -> None:
        put(book[LAWS], 3, "Law or instrument", "Arms Act, amended")
        put(book[LAWS], 3, "Date of adoption", "2126-06")

    plan = desk.plan(edited(desk.template(), edit))
    assert [code for _, code in codes(plan)] == ["adopted-in-future"]
    (changed,) = [record.content.measures[0] for record in plan.records if record.changes]
    assert (changed.title, changed.adopted_on) == ("Arms Act, amended", "2024-06")


def figure_row(desk: TemplateDesk, year: int, category: str, name: str) -> int:
    """The row of a figure in a fresh template."""
    wanted = f"{SLUG}/figure-{year}-{category}-{name}"
    return row_named(desk.template(), FIGURES, wanted)


def test_figures_merge_cell_by_cell(session: Session, work: Reporting, desk: TemplateDesk) -> None:
    add_figures(work, total=12, uniquely_marked=5, traced=1)
    rows = {n: figure_row(desk, 2024, "found", n) for n in ("total", "traced", "pending")}
    content = filled_in(
        desk.template(),
        FIGURES,
        (rows["total"], "Value", 20.0),
        (rows["traced"], "Value", "[clear]"),
        (rows["pending"], "Value", "2"),
    )
    add_figures(work, 1, total=12, uniquely_marked=6, traced=1)
    assert counts(desk.apply(content)) == {"new": 1, "changed": 2, "unchanged": 13}
    stored = returns_of(session, work.report.id)[SLUG]
    found = {cell.input: number for cell, number in stored.figures.items()}
    assert found == {"total": 20, "uniquely_marked": 6, "pending": 2}
    assert stored.audience is Audience.STATES
    add_figures(work, 3, total=30)
    assert [c.cell for c in desk.plan(content).conflicts] == [f"E{rows['total']}"]


def test_figures_that_contradict_each_other_are_held_back(
    session: Session, work: Reporting, desk: TemplateDesk
) -> None:
    add_figures(work, total=12)
    rows = {n: figure_row(desk, 2024, "found", n) for n in ("uniquely_marked", "total")}
    first = desk.data().years[0]
    assert first < 2024
    other = figure_row(desk, first, "found", "total")
    content = filled_in(
        desk.template(),
        FIGURES,
        (rows["uniquely_marked"], "Value", 50),
        (other, "Value", 7),
    )
    assert [code for _, code in codes(desk.plan(content))] == ["figures-exceed"]
    third = figure_row(desk, 2024, "found", "traced")
    named = filled_in(content, FIGURES, (third, "Value", 3))
    assert codes(desk.plan(named)) == [
        (f"E{rows['uniquely_marked']}", "figures-exceed"),
        (f"E{third}", "figure-held-back"),
    ]
    desk.apply(content, skip_invalid=True)
    stored = returns_of(session, work.report.id)[SLUG].figures
    assert stored == {Cell(2024, "found", "total"): 12, Cell(first, "found", "total"): 7}


def test_a_failure_in_the_middle_leaves_nothing(
    session: Session, work: Reporting, desk: TemplateDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = filled_in(desk.template(), ANSWERS, (answer_row(31), "Progress", "Implemented"))
    content = filled_in(content, TARGETS, (3, "Target", "Mine"))
    session.commit()
    before = links(session)

    def fail(*_: Any, **__: Any) -> None:
        assert links(session) > before, "the answer is written by now"
        raise NotFound(Problem("not-found"))

    monkeypatch.setattr(importing, "save_item", fail)
    with pytest.raises(NotFound):
        desk.apply(content)
    session.rollback()
    assert links(session) == before
    assert "bms7/annex/31" not in responses_of(session, work.report.id)


def test_a_text_struck_out_is_not_brought_back(
    session: Session, work: Reporting, desk: TemplateDesk
) -> None:
    work.answer(28, narrative="Names a person.", measures=(Measure("Secret Act", "2024"),))
    content = filled_in(desk.template(), ANSWERS, (answer_row(28), "Lead agency", "Ministry"))
    revision = revisions_of(session, work.report.id, KEY)[-1]
    for field in ("narrative", "measures.0.title"):
        work.strike_out(revision.id, field, "Personal data.")
    desk.apply(content)
    said = responses_of(session, work.report.id)[KEY].content
    assert (said.narrative, said.lead_agency) == ("", "Ministry")
    assert "Secret Act" not in str(said.measures)


@pytest.mark.parametrize(
    ("item", "field"),
    [
        (Contact(ContactKind.COORDINATION_BODY, name="A. Person", phone="+233 1234567"), "phone"),
        (Assistance(Direction.NEEDED, Theme.MARKING, description="Ask A. Person"), "description"),
        (Target(statement="A. Person marks all weapons", unit="A. Person"), "unit"),
    ],
)
def test_a_text_struck_out_of_an_item_is_not_brought_back(
    session: Session, work: Reporting, desk: TemplateDesk, item: Item, field: str
) -> None:
    item_id = add_item(work, item)
    content = desk.template()
    revision = session.scalars(
        select(ChainEntry).where(ChainEntry.subject == subject_of(item.PART, item_id))
    ).one()
    work.strike_out(revision.id, field, "Personal data.")
    assert not desk.apply(content).cells
    left = items_of(session, work.report.id)[item.PART][0].content
    assert facts_of(left) == facts_of(item)
    assert texts_of(left) == {name: t for name, t in texts_of(item).items() if name != field}


def test_a_whole_report_is_planned_in_few_statements(
    session: Session, work: Reporting, desk: TemplateDesk
) -> None:
    for number in range(31, 51):
        work.answer(number, narrative="First.")
    content = desk.template()
    for number in range(31, 51):
        work.answer(number, narrative="Second.")
    filled = desk.read(content)
    session.expire_all()
    with counted(session.connection(), every=True) as asked:
        plan = plan_import(
            session, actor=desk.actor, state_id=desk.state_id, cycle_id=desk.cycle_id,
            filled=filled, clock=desk.clock,
        )  # fmt: skip
    assert not plan.cells and 0 < len(asked) <= 30, len(asked)
