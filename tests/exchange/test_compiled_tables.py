"""The long tables of a compiled export as CSV and JSON: the same rows as in the workbook."""

import json
import zipfile
from io import BytesIO

import pytest
from sqlalchemy.orm import Session

from tests.exchange.conftest import CYCLE, MADE
from tests.exchange.test_report_workbook import CANARY, TRAPS, said
from tests.exchange.workbooks import Written
from tests.submitted import make_submission
from tests.submitted_items import add_item
from tracker.domain.contacts import Contact, ContactKind
from tracker.domain.exports import ExportFormat
from tracker.domain.progress import Audience, Progress
from tracker.domain.targets import Target
from tracker.exchange.compiled_files import write_compiled_file
from tracker.exchange.tabular import read_csv
from tracker.exchange.translations import translator
from tracker.models import ReportingCycle
from tracker.queries.compiled import compiled_export
from tracker.queries.exports import state_answers

TABLES = [
    "responses",
    *(
        f"indicator_{slug}{part}"
        for slug in (
            "sdg-16-4-2",
            "tracing-requests",
            "weapons-collected-destroyed",
            "losses-diversion",
            "coordination-body",
        )
        for part in ("", "_groups")
    ),
    "indicator_figures",
    "assistance",
    "targets",
    "contacts",
    "commitments",
    "codebook",
]


@pytest.fixture
def reports(session: Session, cycle: ReportingCycle) -> None:
    """Hard texts, and some that are withheld."""
    answers = {number: said(narrative=trap) for number, trap in enumerate(TRAPS, start=25)}
    secret = said(Progress.NOT_STARTED, narrative=CANARY, audience=Audience.SECRETARIAT)
    submission = make_submission(session, cycle, "KEN", answers | {60: secret})
    add_item(session, submission, Contact(ContactKind.COORDINATION_BODY, name=CANARY))
    add_item(session, submission, Target("=Mark all"))


def made(session: Session, form: ExportFormat, audience: Audience = Audience.PUBLIC) -> bytes:
    target = BytesIO()
    told: list[int] = []
    write_compiled_file(
        target,
        compiled_export(session, cycle_slugs=[CYCLE], audience=audience),
        lambda submission_id: state_answers(session, submission_id, audience),
        form,
        translate=translator("en"),
        language="en",
        made=MADE,
        progress=lambda done, total: told.append(total - done),
    )
    assert told == list(range(194, -1, -1))
    return target.getvalue()


def test_csv_json_and_workbook_hold_the_same_rows(session: Session, reports: None) -> None:
    archive = zipfile.ZipFile(BytesIO(made(session, ExportFormat.CSV)))
    names = [name.removesuffix(".csv") for name in archive.namelist()]
    assert names == [*TABLES, "read_me"]
    about = {fact["name"]: fact["said"] for fact in read_csv(archive.read("read_me.csv"))}
    facts = Written(made(session, ExportFormat.XLSX)).facts("Read me")
    assert about.pop("Readers") == "Everybody: only what States made public."
    assert about.items() <= facts.items() and about["Reporting cycle"].startswith(CYCLE)
    assert {"Made", "Audience", "Version of the data", "Outcome document"} <= set(about)
    tables = {name: read_csv(archive.read(f"{name}.csv")) for name in TABLES}
    content = json.loads(made(session, ExportFormat.JSON))
    assert [key for key, value in content.items() if value and isinstance(value, list)][1:] == [
        name for name in TABLES if tables[name]
    ]
    assert (content["cycles"], content["audience"]) == ([CYCLE], "public")
    assert content["made_for"] == "Everybody: only what States made public."
    rows = Written(made(session, ExportFormat.XLSX)).rows("Responses")
    texts = [row["Narrative"] for row in rows]
    assert texts == [*TRAPS, ""]
    assert [row["narrative"] for row in tables["responses"]] == texts
    assert [row["narrative"] or "" for row in content["responses"]] == texts
    assert len(tables["commitments"]) == len(content["commitments"]) == 95
    assert content["targets"][0]["statement"] == tables["targets"][0]["statement"] == "=Mark all"
    explained = {(row["place"], row["code"]) for row in tables["codebook"]}
    for name in filter(tables.get, TABLES):
        assert list(tables[name][0]) == list(content[name][0]), name
    codebook = [{key: said or "" for key, said in entry.items()} for entry in content["codebook"]]
    assert codebook == tables["codebook"], "keys of words and of their codes alike"
    assert tables["responses"][0]["standing_code"] == "member"
    for name in TABLES[:-1]:
        assert {(name, key) for key in (tables[name] or [{}])[0]} <= explained


@pytest.mark.parametrize("form", [ExportFormat.CSV, ExportFormat.JSON])
def test_nothing_withheld_is_in_a_table(
    session: Session, reports: None, form: ExportFormat
) -> None:
    def whole(audience: Audience) -> bytes:
        content = made(session, form, audience)
        if form is ExportFormat.JSON:
            return content
        archive = zipfile.ZipFile(BytesIO(content))
        return b"".join(archive.read(name) for name in archive.namelist())

    assert CANARY.encode() not in whole(Audience.PUBLIC)
    assert CANARY.encode() in whole(Audience.SECRETARIAT)


def test_of_a_text_of_an_item_that_was_struck_out_the_reason_is_told(
    session: Session, cycle: ReportingCycle
) -> None:
    submission = make_submission(session, cycle, "KEN", {25: said()})
    struck = {"statement": "names a person", "unit": "too"}
    add_item(session, submission, Target("", baseline="1"), struck=struck)
    (row,) = Written(made(session, ExportFormat.XLSX)).rows("Targets")
    assert (row["Struck out"], row["Why struck out"]) == ("Target; Unit", "names a person\ntoo")
    (told,) = json.loads(made(session, ExportFormat.JSON))["targets"]
    assert told["struck_reasons"] == "names a person\ntoo"
