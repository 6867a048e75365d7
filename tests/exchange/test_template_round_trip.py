"""Whatever the form accepts survives the template, in any script and spelling."""

import random
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy.orm import Session

from tests.exchange.libreoffice import libreoffice
from tests.exchange.templates import (
    TemplateDesk,
    answer_row,
    counts,
    desk_of,
    edited,
    filled_in,
)
from tests.national_reports import begin_report
from tracker.domain.answer_plans import typed_answer
from tracker.domain.assistance import Assistance, AssistanceKind, AssistanceStatus, Direction
from tracker.domain.contacts import Contact, ContactKind
from tracker.domain.documents import Level, Theme
from tracker.domain.errors import Invalid
from tracker.domain.filled import FilledRow, FilledSheet, FilledTemplate, SheetRole
from tracker.domain.import_plans import make_plan
from tracker.domain.item_fields import Part
from tracker.domain.items import Item, typed_texts
from tracker.domain.law_plans import typed_measure
from tracker.domain.merging import Basis, Sides
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import Measure, ResponseContent
from tracker.domain.targets import Target
from tracker.domain.values import LARGEST_AMOUNT, LONG_TEXT, NARRATIVE_LANGUAGES, parse_text
from tracker.exchange.importing.sandbox import read_workbook
from tracker.exchange.importing.template import read_template
from tracker.exchange.template_columns import SLOTS
from tracker.exchange.template_words import CellWords
from tracker.exchange.translations import translator
from tracker.exchange.words import Words
from tracker.queries.responses import responses_of
from tracker.services.importing import apply_import

NASTY = (
    "=1+1",
    "+44 20",
    "-5 %",
    "@home",
    "'quoted",
    "''",
    "_x0041_",
    "_x005F_",
    "_x005F_x0041_",
    "_x000D_",
    "\ttab",
    "  outer blanks  ",
    "\n\nline\n breaks\n",
    "[clear]",
    " [CLEAR] ",
    "[[clear]]",
    "[[clear]",
    "[effacer]",
    "[[[Clear]]]\n",
    "#N/A",
    "TRUE",
    "007",
    "1e5",
    "2024-06-30",
    "https://example.org/a?b=c",
    "<&>\"'",
    "𝔘𝔫𝔦 🕊",
    "مرحبا بالعالم",
    "\u200f‏עברית",
    "漢字かな交じり文",
    "x" * LONG_TEXT,
    "🕊" * (LONG_TEXT // 2),
)


def accepted(text: str) -> bool:
    """Whether the form takes the text."""
    try:
        parse_text(text, place="")
    except Invalid:
        return False
    return True


texts = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=40).filter(accepted),
    st.builds("".join, st.lists(st.sampled_from([*"=+-@'[]_x0\t\n ", "clear", "_x0041_"]))),
).map(lambda text: parse_text(text, place=""))
short_texts = texts.filter(lambda text: len(text) <= 500)
needed = short_texts.filter(bool)
audiences = st.sampled_from(Audience)
dates = st.sampled_from(["", "2024", "2024-06", "2024-06-30"])
links = st.sampled_from(["", "https://example.org/a_x0041_?b=%20#c"])
paragraphs = st.lists(st.integers(25, 119), max_size=3).map(lambda n: tuple(sorted(set(n))))
measures = st.lists(st.builds(Measure, needed, dates, links), max_size=3).map(tuple)
answers = st.builds(
    ResponseContent,
    progress=st.one_of(st.none(), st.sampled_from(Progress)),
    reason=texts,
    narrative=texts,
    narrative_language=st.sampled_from(["", *NARRATIVE_LANGUAGES]),
    lead_agency=short_texts,
    good_practice=st.booleans(),
    audience=audiences,
    measures=measures,
).filter(lambda content: content.says_something)
contacts = st.builds(
    Contact,
    kind=st.just(ContactKind.COORDINATION_BODY),
    name=needed,
    position=short_texts,
    organisation=short_texts,
    address=short_texts,
    phone=short_texts,
    email=st.sampled_from(["", "a.person@example.org"]),
    women=st.one_of(st.none(), st.integers(0, 999_999_999)),
    men=st.one_of(st.none(), st.integers(0, 99)),
    confirmed_on=st.sampled_from(["", "2024-06-30"]),
    audience=audiences,
)
assistance = st.builds(
    Assistance,
    direction=st.sampled_from(Direction),
    theme=st.sampled_from(Theme),
    kind=st.one_of(st.none(), st.sampled_from(AssistanceKind)),
    description=texts.filter(bool),
    paragraphs=paragraphs,
    amount=st.one_of(st.none(), st.integers(0, LARGEST_AMOUNT)),
    currency=st.just("XOF"),
    partner=short_texts,
    status=st.sampled_from(AssistanceStatus),
    audience=audiences,
)
targets = st.builds(
    Target,
    statement=texts.filter(bool),
    level=st.one_of(st.none(), st.sampled_from(Level)),
    baseline=st.sampled_from(["", "0", "-1.5", "12.25"]),
    value=st.sampled_from(["", "100"]),
    unit=short_texts,
    year=st.one_of(st.none(), st.integers(1990, 2100)),
    paragraphs=paragraphs,
    audience=audiences,
)
items = {Part.CONTACTS: contacts, Part.ASSISTANCE: assistance, Part.TARGETS: targets}
every_time = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def through_cells(role: SheetRole, typed: dict[str, str], language: str) -> dict[str, str]:
    """Typed texts put into the words of cells and read again; empty ones are empty cells."""
    cells = CellWords(Words(language, translator(language)))
    back = {}
    for slot in SLOTS[role]:
        text = typed.get(slot.key, "")
        if text:
            read = cells.read(slot, cells.written(slot, text))
            assert read is not None
            back[slot.key] = read
    return back


@every_time
@given(answers, st.sampled_from(["en", "fr", "ar"]))
def test_any_answer_comes_back_as_it_was(content: ResponseContent, language: str) -> None:
    said = through_cells(SheetRole.ANSWERS, typed_answer(content), language)
    laws = [
        FilledRow(n, "k", 1, through_cells(SheetRole.MEASURES, typed_measure(m), language), n)
        for n, m in enumerate(content.measures)
    ]
    same = _plan(said, laws, Sides(1, content, content))
    assert not same.cells and not same.errors
    empty = ResponseContent(audience=Audience.STATES)
    fresh = [FilledRow(row.number, "k", 0, row.texts) for row in laws]
    new = _plan(said, fresh, Sides(0, empty, empty))
    assert new.records[0].content == content and not new.errors


def _plan(said: dict[str, str], laws: list[FilledRow], sides: Sides[ResponseContent]) -> Any:
    sheets = {
        SheetRole.ANSWERS: FilledSheet("A", {}, (FilledRow(3, "k", sides.version, said),)),
        SheetRole.MEASURES: FilledSheet("L", {}, tuple(laws)),
    }
    filled = FilledTemplate("en", None, sheets)
    return make_plan(filled, _basis(answers={"k": sides}))


def _basis(**known: Any) -> Basis:
    return Basis(
        **{
            "default_audience": Audience.STATES,
            "paragraphs": frozenset(range(25, 120)),
            "last_year": 2026,
            "latest_day": date(2026, 6, 30),
            "answers": {},
            "items": {part: {} for part in Part},
            "figures": {},
            "indicators": {},
            **known,
        }
    )


@every_time
@given(st.sampled_from(Part).flatmap(lambda part: items[part]), st.sampled_from(["en", "fr"]))
def test_any_item_comes_back_as_it_was(item: Item, language: str) -> None:
    role = SheetRole(item.PART.value)
    said = through_cells(role, typed_texts(item), language)
    for version, known in ((1, item), (0, None)):
        sides: Sides[Item | None] = Sides(version, known, known)
        sheet = FilledSheet("S", {}, (FilledRow(3, "i", version, said),))
        basis = _basis(items={part: {"i": sides} for part in Part})
        plan = make_plan(FilledTemplate("en", None, {role: sheet}), basis)
        assert not plan.errors and plan.records[0].content == item
        assert bool(plan.cells) == (known is None)


def everything(session: Session) -> TemplateDesk:
    """A report that says every nasty text somewhere."""
    work = begin_report(session)
    for paragraph, text in enumerate(NASTY, start=25):
        if paragraph not in (88, 101):
            work.answer(
                paragraph,
                narrative=parse_text(text, place=""),
                reason=parse_text(text[:900], place=""),
                lead_agency=parse_text(text[:500], place=""),
                progress=list(Progress)[paragraph % 5],
                narrative_language="ar" if paragraph % 3 else "",
                good_practice=bool(paragraph % 2),
                audience=list(Audience)[paragraph % 3],
                measures=(Measure(text[:500].strip() or "-", "2024-06"), Measure("Act")),
            )
    return desk_of(work)


def contents(session: Session, desk: TemplateDesk) -> dict[str, ResponseContent]:
    report = desk.data().frame.report_id
    assert report is not None
    return {key: row.content for key, row in responses_of(session, report).items()}


def test_every_nasty_text_survives_whole_files(session: Session) -> None:
    desk = everything(session)
    for language in ("en", "fr"):
        plan = desk.plan(desk.template(language))
        assert not plan.cells and not plan.errors


def test_a_whole_file_fills_an_empty_report(session: Session) -> None:
    """The same cells in the template of a report that was only just begun."""
    full = everything(session)
    told = contents(session, full)
    empty = desk_of(begin_report(session, "KEN"))
    filled = full.read(full.template())
    fresh = FilledTemplate(
        filled.language, None, {
            role: FilledSheet(
                sheet.name,
                sheet.columns,
                tuple(FilledRow(r.number, r.record, 0, r.texts) for r in sheet.rows),
            )
            for role, sheet in filled.sheets.items()
        },
    )  # fmt: skip
    apply_import(
        session, actor=empty.actor, state_id=empty.state_id, cycle_id=empty.cycle_id,
        filled=fresh, choices={}, skip_invalid=False, clock=empty.clock,
    )  # fmt: skip
    assert contents(session, empty) == told


def test_rows_may_be_sorted_columns_moved_and_notes_left(session: Session) -> None:
    desk = desk_of(begin_report(session))
    desk.apply(filled_in(desk.template(), "Answers", (answer_row(40), "Narrative", "Said.")))

    def shuffle(book: Workbook) -> None:
        sheet = book["Answers"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
        random.Random(7).shuffle(rows)  # noqa: S311  an order, not a secret
        order = [3, 1, 0, *range(4, len(rows[0])), 2]
        heads = [[cell.value for cell in row] for row in sheet.iter_rows(max_row=2)]
        for at, row in enumerate([*heads, *rows], start=1):
            for place, old in enumerate(order, start=1):
                sheet.cell(at, place).value = row[old]
        sheet.insert_rows(5)
        sheet.cell(50, 30).value = "A note at the side"
        sheet.cell(200, 1).value = "   "
        sheet.column_dimensions["B"].width = 90
        sheet.row_dimensions[9].hidden = True

    plan = desk.plan(edited(desk.template(), shuffle))
    assert not plan.cells and not plan.errors and counts(plan)["unchanged"] == 3


def test_a_file_saved_by_libreoffice_says_the_same(session: Session, tmp_path: Path) -> None:
    desk = desk_of(begin_report(session))
    narratives = {26: "  blanks \n lines\n", 27: "-5 %", 28: "'one", 29: "مرحبا", 31: "_x0041_"}
    cells = [(answer_row(number), "Narrative", text) for number, text in narratives.items()]
    content = filled_in(desk.template(), "Answers", *cells)
    law = ((3, "Paragraph", 28), (3, "Law or instrument", "Act"))
    day = (3, "Date of adoption", date(2024, 6, 30))
    content = filled_in(content, "Laws and instruments", *law, day)
    content = filled_in(content, "Targets", (3, "Target", "[[clear]]"), (3, "By the year", 2030))
    desk.apply(content)
    (tmp_path / "template.xlsx").write_bytes(desk.template())
    (saved,) = libreoffice([tmp_path / "template.xlsx"], "xlsx", tmp_path / "new")
    plan = desk.plan(saved.read_bytes())
    assert not plan.cells and not plan.errors and counts(plan)["unchanged"] > 10
    # and through the child process, as the site reads it
    assert read_template(read_workbook(saved), desk.data().frame) == desk.read(saved.read_bytes())
