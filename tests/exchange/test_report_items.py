"""Contacts, assistance and targets in one State's report, in every format."""

import io
import json
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy.orm import Session

from tests.exchange.conftest import CYCLE, MADE
from tests.exchange.test_report_workbook import CANARY, said
from tests.exchange.workbooks import Written
from tests.submitted import add_figures, found_arms, make_submission
from tests.submitted_items import add_item
from tracker.domain.assistance import Assistance, AssistanceKind, AssistanceStatus, Direction
from tracker.domain.contacts import Contact, ContactKind
from tracker.domain.documents import Level, Theme
from tracker.domain.exports import ExportFormat
from tracker.domain.progress import Audience
from tracker.domain.responses import Measure
from tracker.domain.targets import Target
from tracker.exchange.answers import ANSWER_COLUMNS
from tracker.exchange.item_columns import ITEM_COLUMNS
from tracker.exchange.report_files import write_report_file
from tracker.exchange.tabular import read_csv
from tracker.exchange.translations import translator
from tracker.models import ReportingCycle, Submission
from tracker.queries.report_exports import own_report_export, report_export

Report = Callable[..., Written]
BODY = Contact(
    kind=ContactKind.COORDINATION_BODY,
    name="=National Commission",
    organisation="Ministry of the Interior",
    address="1 Harbour Street\nThe Capital",
    women=3,
    confirmed_on="2026-02-01",
    audience=Audience.PUBLIC,
)
SECRET_POINT = Contact(
    kind=ContactKind.ITI_POINT_OF_CONTACT, name=CANARY, phone=CANARY, email="canary@example.org"
)
NEED = Assistance(
    direction=Direction.NEEDED,
    theme=Theme.MARKING,
    kind=AssistanceKind.EQUIPMENT,
    description="-5 marking machines",
    paragraphs=(80, 81),
    amount=0,
    currency="USD",
    status=AssistanceStatus.AGREED,
)
SECRET_OFFER = Assistance(
    direction=Direction.OFFERED,
    theme=Theme.TRACING,
    description=CANARY,
    partner=CANARY,
    audience=Audience.STATES,
)
TARGET = Target(
    statement="Mark all arms.", level=Level.NATIONAL, baseline="62.5", unit="per cent", year=2028
)
SECRET_TARGET = Target(statement=CANARY, unit=CANARY, audience=Audience.SECRETARIAT)


@pytest.fixture
def submission(session: Session, cycle: ReportingCycle) -> Submission:
    """A report of a demonstration of everything, part of it for some only."""
    answers = {
        25: said(narrative="Done.", measures=(Measure("Arms Act", "2019-05"),)),
        26: said(narrative=CANARY, measures=(Measure(CANARY),), audience=Audience.SECRETARIAT),
    }
    submission = make_submission(session, cycle, "KEN", answers)
    submission.receipt = {"chain": {"seq": 12, "hash": "f" * 64}}
    for item in (BODY, SECRET_POINT, NEED, SECRET_OFFER, TARGET, SECRET_TARGET):
        add_item(session, submission, item)
    add_figures(session, submission, found_arms(total=987_654), Audience.SECRETARIAT)
    return submission


def lines(written: Written, name: str) -> list[list[str]]:
    return [[str(cell) for cell in row] for row in written.cells(name)]


def test_contacts_stand_on_the_first_sheet_as_in_the_template(
    submission: Submission, report_of: Report
) -> None:
    rows = lines(report_of("KEN"), "1 National coordination")
    start = next(n for n, row in enumerate(rows) if row[0] == "Contacts")
    assert [row[:3] for row in rows[start + 1 : start + 14]] == [
        ["Report template of 2020: 1.1", "National coordination body", "=National Commission"],
        ["", "Title or position", "Not answered"],
        ["", "Organisation", "Ministry of the Interior"],
        ["", "Address", "1 Harbour Street\nThe Capital"],
        ["", "Telephone", "Not answered"],
        ["", "E-mail", "Not answered"],
        ["", "Women", "3"],
        ["", "Men", "Not answered"],
        ["", "Last confirmed on", "2026-02-01"],
        ["", "Audience", "Everybody"],
        [
            "Report template of 2020: 1.2",
            "Point of contact, Programme of Action",
            "Withheld or not reported",
        ],
        [
            "Report template of 2020: 1.2.3",
            "Point of contact, International Tracing Instrument",
            "Withheld or not reported",
        ],
        ["Withheld from readers of this file: 1", "", ""],
    ]


def test_assistance_and_targets_stand_below_the_commitments(
    submission: Submission, report_of: Report
) -> None:
    written = report_of("KEN")
    rows = lines(written, "9 Cooperation and assistance")
    start = next(n for n, row in enumerate(rows) if row[0] == "Assistance needed and offered")
    assert start > 20
    assert [rows[start + 1][at] for at in (0, 1, 2, 6)] == [
        "Needed or offered",
        "Description",
        "What it is for",
        "Details",
    ]
    assert [rows[start + 2][at] for at in (0, 1, 2, 6)] == [
        "Needed",
        "-5 marking machines",
        "Theme: Marking\nKind of assistance: Equipment\nParagraphs: 80, 81",
        "Amount: 0\nCurrency: USD\nPartner: Not answered\n"
        "Standing of the assistance: Agreed\nAudience: Everybody",
    ]
    assert rows[start + 3][0] == "Withheld from readers of this file: 1"
    rows = lines(written, "12 Targets and measurability")
    start = next(n for n, row in enumerate(rows) if row[0] == "Voluntary targets")
    assert [rows[start + 2][at] for at in (0, 1, 2, 6)] == [
        "National level",
        "Mark all arms.",
        "Baseline: 62.5\nTarget value: Not answered\nUnit: per cent\nBy the year: 2028",
        "Paragraphs: Not answered\nAudience: Everybody",
    ]


def test_the_cover_holds_receipt_contacts_and_counts(
    submission: Submission, report_of: Report
) -> None:
    facts = report_of("KEN").facts("Cover")
    assert facts["Place in the chain"] == f"12 · {'f' * 64}"
    assert facts["National coordination body"] == "=National Commission, Ministry of the Interior"
    assert facts["Point of contact, Programme of Action"] == "Withheld or not reported"
    assert facts["16.4.2"] == "Withheld"
    assert facts["Assistance needed and offered"] == (
        "Needed: 1; Withheld from readers of this file: 1"
    )
    assert facts["Voluntary targets"] == "1; Withheld from readers of this file: 1"
    assert facts["Made for"] == "Everybody: only what States made public."


def test_what_was_not_reported_is_called_so(
    session: Session, cycle: ReportingCycle, report_of: Report
) -> None:
    make_submission(session, cycle, "KEN", {25: said()})
    written = report_of("KEN")
    facts = written.facts("Cover")
    absent = ("National coordination body", "16.4.2", "Voluntary targets")
    assert [facts[name] for name in absent] == ["Not reported"] * 3
    for name in ("9 Cooperation and assistance", "12 Targets and measurability"):
        assert lines(written, name)[-1][0] == "Not reported"


def test_a_text_that_was_struck_out_leaves_its_mark(
    session: Session, submission: Submission, report_of: Report
) -> None:
    emptied = Target(level=Level.GLOBAL)
    add_item(session, submission, emptied, struck={"statement": "names a person"})
    rows = lines(report_of("KEN"), "12 Targets and measurability")
    (row,) = [row for row in rows if row[0] == "Global level"]
    assert row[1] == "[struck out by the secretariat: names a person]"


def test_only_numbers_of_the_template_that_are_known_are_cited(
    submission: Submission, report_of: Report
) -> None:
    written = report_of("KEN")
    assert lines(written, "4 Brokering")[-1][0].startswith(
        "Report template of 2020, in our words: 4.1 laws on brokering; 4.1.2 "
    )
    for name in written.names:
        if name[0].isdigit() and not name.startswith(("1 ", "4 ")):
            assert "template of 2020" not in str(written.cells(name))
    codebook = written.rows("Codebook")
    cited = [row for row in codebook if "template of 2020" in row["Sheet or vocabulary"]]
    assert [row["Key or code"] for row in cited][:4] == ["1.1", "1.2", "1.2.3", "1.3"]
    assert {row["Meaning"] for row in cited} == {"https://docslib.org/doc/7942479/"}


def made(session: Session, form: ExportFormat, audience: Audience, language: str = "en") -> bytes:
    data = report_export(session, cycle_slug=CYCLE, iso3="KEN", audience=audience)
    return written_as(form, data, language)


def written_as(form: ExportFormat, data: object, language: str = "en") -> bytes:
    target = BytesIO()
    write_report_file(
        target,
        data,  # type: ignore[arg-type]
        form,
        translate=translator(language),
        language=language,
        made=MADE,
    )
    return target.getvalue()


def unpacked(content: bytes) -> str:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


@pytest.mark.parametrize("form", list(ExportFormat))
def test_no_format_holds_what_its_reader_may_not_see(
    session: Session, submission: Submission, form: ExportFormat
) -> None:
    for audience, shown in ((Audience.PUBLIC, 0), (Audience.STATES, 2)):
        text = unpacked(made(session, form, audience))
        assert "987654" not in text and "canary@example.org" not in text
        assert (text.count(CANARY) > 0) == (shown > 0)
        assert "Mark all arms." in text
    whole = unpacked(written_as(form, own_report_export(session, submission.id)))
    assert "987654" in whole and "canary@example.org" in whole


def test_json_holds_the_tables_of_the_same_columns(
    session: Session, submission: Submission
) -> None:
    found = json.loads(made(session, ExportFormat.JSON, Audience.PUBLIC, "fr"))
    assert (found["format"], found["state"], found["submission"]) == (
        "tracker-report-tables/1",
        "KEN",
        1,
    )
    assert [row["paragraph"] for row in found["answers"]] == list(range(25, 120))
    answers = {row["paragraph"]: row for row in found["answers"]}
    assert {column.key for column in ANSWER_COLUMNS} <= set(answers[25])
    codes = [answers[number]["progress_code"] for number in (25, 26, 27)]
    assert codes == ["implemented", "withheld", "not_answered"]
    assert answers[26]["narrative"] is None and answers[27]["audience_code"] is None
    assert [row["title"] for row in found["measures"]] == ["Arms Act"]
    (need, withheld) = found["assistance"]
    assert (need["theme"], need["theme_code"], need["amount"]) == ("Marquage", "marking", 0)
    assert withheld["withheld"] == 1 and withheld["description"] is None
    assert found["figures"][0]["absence_code"] == "withheld"


def test_the_archive_holds_a_file_for_each_table_and_a_codebook(
    session: Session, submission: Submission
) -> None:
    content = made(session, ExportFormat.CSV, Audience.PUBLIC)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        tables = {name: read_csv(archive.read(name)) for name in archive.namelist()}
    assert list(tables) == [
        "answers.csv",
        "measures.csv",
        "contacts.csv",
        "assistance.csv",
        "targets.csv",
        "figures.csv",
        "codebook.csv",
        "read_me.csv",
    ]
    about = {fact["name"]: fact["said"] for fact in tables.pop("read_me.csv")}
    assert about["Readers"] == "Everybody: only what States made public."
    assert "(KEN)" in about["State"] and about["Reporting cycle"] == submission.report.cycle.slug
    assert about["Submission"] == "1" and {"Made", "Language", "Content hash"} <= set(about)
    assert tables["contacts.csv"][0]["name"] == "=National Commission"
    assert tables["assistance.csv"][0]["description"] == "-5 marking machines"
    described = {(row["place"], row["code"]) for row in tables["codebook.csv"]}
    for part, columns in ITEM_COLUMNS.items():
        assert {(part.value, column.key) for column in columns} <= described
        assert {column.key for column in columns} <= set(tables[f"{part}.csv"][0])
    written = json.loads(made(session, ExportFormat.JSON, Audience.PUBLIC))
    assert str(written["data_version"]) == about["Version of the data"]
    for name, rows in tables.items():
        if rows and name != "codebook.csv":
            assert list(rows[0]) == list(written[name.removesuffix(".csv")][0]), name
            assert {(name.removesuffix(".csv"), key) for key in rows[0]} <= described
