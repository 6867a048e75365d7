"""The compiled workbook: same numbers as the figures, nothing withheld shows, nothing is cut."""

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from tests.exchange.conftest import CYCLE, MADE, make_due_cycle
from tests.exchange.test_report_workbook import CANARY, SECTIONS, said
from tests.exchange.workbooks import Written
from tests.submitted import make_report, make_submission
from tests.transactions import rolled_back, session_in, undone
from tracker.domain.errors import NotFound
from tracker.domain.labels import label
from tracker.domain.progress import COUNT_KEYS, Absence, Audience, Base, Progress
from tracker.exchange.answers import ANSWER_COLUMNS
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


@dataclass
class Made:
    """Reports, and the workbooks that were written of them."""

    connection: Connection
    written: dict[tuple[Audience, str], Written] = field(default_factory=dict)


WORDS = {label(value): value.value for value in (*Progress, *Absence)}


@pytest.fixture(scope="module")
def made(engine: Engine) -> Iterator[Made]:
    """Made once: each test works in a part of its transaction, so the workbooks stay the same."""
    with rolled_back(engine) as connection:
        with session_in(connection) as session:
            make_reports(session)
            session.commit()
        yield Made(connection)


@pytest.fixture
def connection(made: Made) -> Iterator[Connection]:
    with undone(made.connection):
        yield made.connection


@pytest.fixture
def cycle(session: Session) -> ReportingCycle:
    return session.scalars(select(ReportingCycle).where(ReportingCycle.slug == CYCLE)).one()


@pytest.fixture
def compiled_for(made: Made, compiled_for: Compiled) -> Compiled:
    """Writes it for each audience in each language once."""

    def found(audience: Audience = Audience.PUBLIC, language: str = "en") -> Written:
        key = (audience, language)
        if key not in made.written:
            made.written[key] = compiled_for(audience, language)
        return made.written[key]

    return found


def make_reports(session: Session) -> None:
    """Reports in every state: published, superseded, submitted, withdrawn, of an observer."""
    cycle = make_due_cycle(session)
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


def test_the_sheets(compiled_for: Compiled) -> None:
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
    by_section = {row[0]: row for row in cells[:start]}
    for code, paragraphs in (("I.1", 32), ("II", 16), ("III", 22)):  # with the sections beneath
        assert by_section[code][10] == 193 * paragraphs == sum(by_section[code][2:10])
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
    compiled_for: Compiled, reader: Audience, expected: dict[tuple[str, int], str]
) -> None:
    written = compiled_for(reader)
    rows = written.rows("Responses")
    assert {(r["ISO code"], int(r["Paragraph"])): r["Progress code"] for r in rows} == expected
    assert len(rows) == len(expected)
    assert written.facts("Read me")["Rows in the sheet of responses"].startswith(f"{len(rows)}: ")


def test_a_row_says_who_when_and_what(compiled_for: Compiled) -> None:
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


def test_groups_keep_together_and_observers_come_last(compiled_for: Compiled) -> None:
    rows = matrix(compiled_for())
    groups = [row["Group"] for row in rows if row["Standing"] == "Member State"]
    runs = [group for n, group in enumerate(groups) if n == 0 or groups[n - 1] != group]
    assert len(runs) == len(set(runs)) == 5
    assert [row["ISO code"] for row in rows[193:]] == ["PSE", "VAT"]
    overview = compiled_for().cells("Overview")
    table = {row[1]: row[2:8] for row in overview if isinstance(row[6], str) and "/" in row[6]}
    assert table["All Member States"] == [193, 3, 1, 189, "4/193 (2%)", "3/4 (75%)"]
    assert table["African States"] == [54, 0, 1, 53, "1/54 (2%)", "0/1 (0%)"]


def test_commitments_and_codebook(compiled_for: Compiled) -> None:
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
    assert any("Counts and filters by strength take the first alone" in said for said in meanings)


def test_a_whole_workbook_in_french(compiled_for: Compiled) -> None:
    french = translator("fr")
    written = compiled_for(language="fr")
    own = [name for name in SHEETS if name[:1].isalpha() and not re.search(r"\d", name)]
    assert [name for name in written.names if name in map(french, own)] == list(map(french, own))
    assert written.names[3].startswith("1 ") and len(written.names) == len(SHEETS)
    states = [row[:2] for row in written.cells(french("Matrix"))]
    assert ["DEU", "Allemagne"] in states and ["SWE", "Suède"] in states
    titles = [row[4] for row in written.cells(french("Commitments"))]
    assert "Légiférer sur tout le cycle de vie des armes" in titles


def test_right_to_left(compiled_for: Compiled) -> None:
    written = compiled_for(language="ar")
    parts = written.xml()
    sheets = [parts[f"xl/worksheets/sheet{n}.xml"] for n in range(1, len(SHEETS))]
    assert all('rightToLeft="1"' in sheet for sheet in sheets)
    cells = re.findall("<alignment .*?/>", parts["xl/styles.xml"])
    assert any('horizontal="right"' in cell and 'readingOrder="2"' in cell for cell in cells)


def test_states_are_read_one_by_one_after_the_list(session: Session, cycle: ReportingCycle) -> None:
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


def test_the_same_data_gives_the_same_file(made: Made, compiled_for: Compiled) -> None:
    first = compiled_for().content
    made.written.clear()
    assert compiled_for().content == first


def test_an_unknown_cycle_is_refused(session: Session) -> None:
    with pytest.raises(NotFound) as refused:
        compiled_export(session, cycle_slugs=["nowhere"], audience=Audience.PUBLIC)
    assert refused.value.problem.code == "unknown-cycle"
