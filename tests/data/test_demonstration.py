"""The demonstration database: complete, kept apart, and as if people had made it."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests.browser.site import LEFT
from tracker.app import create_app
from tracker.catalogue.states import load_states as read_states
from tracker.cli import demo
from tracker.cli.database import connect
from tracker.cli.demo import PASSWORD, SIGN_INS, make_demonstration
from tracker.cli.demo_texts import read_library
from tracker.domain.assistance import Assistance, Direction
from tracker.domain.clock import is_on_time
from tracker.domain.contacts import Contact
from tracker.domain.indicator_values import Hindrance, compute
from tracker.domain.items import texts_of
from tracker.domain.people import check_password
from tracker.domain.progress import Audience, Progress
from tracker.domain.published import is_invented
from tracker.domain.states import StateStatus
from tracker.domain.targets import Target
from tracker.domain.workflow import ReportStatus
from tracker.models import (
    ChainEntry,
    ChainText,
    Clarification,
    Commitment,
    IndicatorReturn,
    NationalReport,
    ReportingCycle,
    Response,
    State,
    Submission,
    SubmissionResponse,
    User,
)
from tracker.queries.accounts import credentials_of
from tracker.queries.indicators import definition_of, figures_of_row
from tracker.queries.items import items_of, submitted_items
from tracker.queries.published import published_values
from tracker.queries.verification import list_report_places, verify_report
from tracker.resources import resource_dir
from tracker.services.documents import DemonstrationMix, load_states
from tracker.services.passwords import verify_password
from tracker.settings import BadSettings, Settings

ROOT = Path(__file__).parents[2]
DEMONSTRATION_STATES = resource_dir("seed") / "demo" / "states.yaml"


def settings_in(folder: Path) -> Settings:
    return Settings(
        environment="demonstration",
        instance_path=folder,
        database_url=f"sqlite:///{folder / 'demo.sqlite3'}",
        secret_key="for-tests-only-" * 3,
        base_url="http://localhost",
        cheap_password_hashing=True,
        testing=True,
    )


@pytest.fixture(scope="module")
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A copy of what was begun and killed, then set up by ``tracker init``, then made."""
    if request.config.getoption("--postgres"):
        pytest.skip("the demonstration is always SQLite; it was made in the run without --postgres")
    folder = tmp_path_factory.mktemp("demonstration")
    shutil.copytree(request.getfixturevalue("demonstrated"), folder, dirs_exist_ok=True)
    return settings_in(folder)


@pytest.fixture(scope="module")
def demo_engine(made: Settings) -> Iterator[Engine]:
    engine = connect(made)
    yield engine
    engine.dispose()


@pytest.fixture
def data(demo_engine: Engine) -> Iterator[Session]:
    with Session(demo_engine) as session:
        yield session


def reports_of(data: Session, cycle: str) -> dict[str, NationalReport]:
    rows = data.execute(
        select(State.iso3, NationalReport)
        .join(NationalReport, NationalReport.state_id == State.id)
        .join(ReportingCycle, NationalReport.cycle_id == ReportingCycle.id)
        .where(ReportingCycle.slug == cycle)
    )
    return {iso3: report for iso3, report in rows}


def test_published_values_are_of_invented_places_and_say_so(data: Session) -> None:
    values = published_values(data, "sdg-16-4-2")
    assert {bool(value.iso3) for value in values} == {True, False}
    assert {value.pooled for value in values} == {True, False}
    assert {value.source for value in values} == {"Demonstration data"}
    assert all(is_invented(iso3=value.iso3, m49=value.m49) for value in values)


def test_no_real_state_says_anything(data: Session) -> None:
    reporting = data.scalars(select(State).join(NationalReport)).unique().all()
    assert reporting and all(state.demonstration for state in reporting)
    members = data.scalars(
        select(func.count()).where(State.demonstration, State.status == StateStatus.MEMBER)
    ).one()
    assert members == 24


def test_every_history_holds(data: Session) -> None:
    places = list_report_places(data)
    assert len(places) > 30
    assert [(p.iso3, p.cycle_slug, b) for p in places if (b := verify_report(data, p.id))] == []


def test_the_second_cycle_shows_every_status(data: Session) -> None:
    second = reports_of(data, "bms7-2024")
    counted = Counter(report.status for report in second.values())
    assert set(counted) == set(ReportStatus)
    assert counted[ReportStatus.PUBLISHED] >= 8
    first = reports_of(data, "bms7")
    never = {"XAP", "XAV", "XAX"}
    assert not never & (set(first) | set(second))
    assert set(first) - set(second) == {"XAF", "XAQ"}
    assert set(second) - set(first) == {"XAS", "XAT", "XAU"}


def test_reports_came_in_time_and_late(data: Session) -> None:
    query = (
        select(Submission, ReportingCycle.due_on)
        .join(NationalReport, Submission.report_id == NationalReport.id)
        .join(ReportingCycle, NationalReport.cycle_id == ReportingCycle.id)
        .order_by(Submission.report_id, Submission.number)
    )
    first: dict[int, datetime] = {}  # a later correction does not make a report late
    said = set()
    for row, due in data.execute(query):
        at = first.get(row.report_id, row.submitted_at)
        assert row.on_time is is_on_time(at, due)
        said.add(row.on_time)
        if row.withdrawn_at is None:
            first.setdefault(row.report_id, row.submitted_at)
    assert said == {True, False}


def test_one_report_is_superseded_one_reopened_one_withdrawn(data: Session) -> None:
    second = reports_of(data, "bms7-2024")

    def submissions(iso3: str) -> list[Submission]:
        query = select(Submission).where(Submission.report_id == second[iso3].id)
        return list(data.scalars(query.order_by(Submission.number)))

    old, new = submissions("XAM")
    assert old.superseded_at and new.published_at and not new.superseded_at
    assert len({_answers(data, old), _answers(data, new)}) == 2, "nothing was revised"
    (published,) = submissions("XAR")
    assert published.published_at and second["XAR"].status is ReportStatus.DRAFT
    withdrawn, kept = submissions("XAU")
    assert withdrawn.withdrawn_at and kept.published_at
    assert submissions("XAH")[0].returned_at and second["XAH"].status is ReportStatus.RETURNED


def _answers(data: Session, submission: Submission) -> tuple[tuple[int, int], ...]:
    rows = data.execute(
        select(SubmissionResponse.commitment_id, SubmissionResponse.revision_id)
        .where(SubmissionResponse.submission_id == submission.id)
        .order_by(SubmissionResponse.commitment_id)
    )
    return tuple((number, revision) for number, revision in rows)


def test_questions_stand_open_and_answered(data: Session) -> None:
    second = reports_of(data, "bms7-2024")
    rows = data.execute(select(Clarification.report_id, Clarification.replied_at)).all()
    of = {iso3: [at for number, at in rows if number == r.id] for iso3, r in second.items()}
    assert len(of["XAH"]) >= 3 and not any(of["XAH"])
    assert len(of["XAO"]) >= 3 and all(of["XAO"])
    assert second["XAO"].status is ReportStatus.RETURNED


def test_what_the_secretariat_says_on_returning_a_report_is_true_of_it(data: Session) -> None:
    """The reason is drawn for whichever State: it names gaps and questions, and nothing else."""
    returned = data.scalars(select(Submission).where(Submission.returned_at.is_not(None))).all()
    assert returned
    asked = set(data.scalars(select(Clarification.submission_id)))
    answerable = data.scalar(
        select(func.count(Commitment.id)).where(Commitment.addressee != "secretariat")
    )
    for submission in returned:
        assert submission.id in asked
        assert len(_answers(data, submission)) < (answerable or 0)
    reasons = data.scalars(
        select(ChainText.value)
        .join(ChainEntry, ChainText.entry_id == ChainEntry.id)
        .where(ChainEntry.kind == "step-return", ChainText.field == "reason")
    ).all()
    assert len(reasons) == len(returned)
    assert not [reason for reason in reasons if reason and re.search(r"\d|\bI+\b", reason)]


def test_answers_are_of_every_kind_and_language(data: Session) -> None:
    answers = data.scalars(select(SubmissionResponse)).all()
    assert {answer.progress for answer in answers} == set(Progress)
    assert {answer.audience for answer in answers} == set(Audience)
    assert {"en", "fr", "es", "ar", "ru", "zh"} <= {a.narrative_language for a in answers}
    assert any(answer.good_practice for answer in answers)
    for answer in data.scalars(select(Response)):
        assert not set("{}") & set(answer.narrative + answer.reason), answer.narrative
        assert (answer.progress is Progress.NOT_APPLICABLE) == bool(answer.reason)
        for measure in answer.measures:
            assert measure.title and measure.link.startswith(("https://example.org/", ""))


def test_progress_moves_between_the_cycles(data: Session) -> None:
    values = list(Progress)[:4]

    def progress(cycle: str) -> dict[tuple[str, int], Progress]:
        return {
            (iso3, answer.commitment_id): answer.progress
            for iso3, report in reports_of(data, cycle).items()
            for answer in data.scalars(select(Response).where(Response.report_id == report.id))
            if answer.progress in values
        }

    first, second = progress("bms7"), progress("bms7-2024")
    both = first.keys() & second.keys()
    changes = Counter(
        (values.index(second[key]) > values.index(first[key]))
        - (values.index(second[key]) < values.index(first[key]))
        for key in both
    )
    assert len(both) > 600
    assert changes[1] > changes[-1] > 0 and changes[0] > len(both) / 3


def test_figures_include_what_cannot_be_computed(data: Session) -> None:
    definition = definition_of(data, "sdg-16-4-2")
    returns = data.scalars(select(IndicatorReturn)).all()
    assert len({row.report_id for row in returns}) >= 12
    assert {row.audience for row in returns} == set(Audience)
    found = {
        compute(definition, formula, figures, year).hindrance
        for row in returns
        for figures in [figures_of_row(row)]
        for year in {cell.year for cell in figures}
        for formula in definition.formulas
    }
    assert {None, Hindrance.MISSING_INPUT, Hindrance.ZERO_DENOMINATOR} <= found


def test_tables_are_filled_in_several_languages_for_every_audience(data: Session) -> None:
    rows = [
        row.content
        for submission in data.scalars(select(Submission.id).order_by(Submission.id))
        for part in submitted_items(data, submission).values()
        for row in part
    ]
    assert {type(row) for row in rows} == {Contact, Assistance, Target}
    assert {row.audience for row in rows} == set(Audience)
    directions = {row.direction for row in rows if isinstance(row, Assistance)}
    assert directions == set(Direction)
    written = " ".join(text for row in rows for text in texts_of(row).values())
    for script in ("[A-Za-z]", "[é-ù]", "[\u0400-\u04ff]", "[\u0600-\u06ff]", "[\u4e00-\u9fff]"):
        assert re.search(script, written), script
    themes = {row.paragraph: row.themes for row in data.scalars(select(Commitment))}
    ties = [(a, number) for a in rows if isinstance(a, Assistance) for number in a.paragraphs]
    assert ties and all(a.theme in themes[number] for a, number in ties), "of another subject"
    draft = items_of(data, reports_of(data, "bms7-2024")["XAC"].id)
    assert all(draft.values()), "nothing was copied from the cycle before"


def test_contributors_wrote_their_sections(data: Session) -> None:
    authors = select(ChainEntry.actor_id).where(ChainEntry.kind == "response-saved")
    names = set(data.scalars(select(User.email).where(User.id.in_(authors))))
    assert {"police.xac@states.example", "focal.xac@states.example"} <= names


@pytest.mark.parametrize("sign_in", SIGN_INS, ids=lambda sign_in: sign_in.email)
def test_every_printed_sign_in_works(data: Session, sign_in: demo.SignIn) -> None:
    found = credentials_of(data, sign_in.email)
    assert found is not None
    assert verify_password(sign_in.password, found.password_hash, cheap=False).matches
    check_password(PASSWORD, email=found.email, name=found.name)


def test_making_it_again_changes_nothing(made: Settings, demo_engine: Engine) -> None:
    file = made.instance_path / "demo.sqlite3"
    before = file.stat().st_mtime_ns, file.stat().st_ino
    assert make_demonstration(made) is False
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before


def test_its_pages_come_up(made: Settings) -> None:
    client = create_app(made).test_client()
    for path in ("/", "/states", "/cycles/bms7-2024", "/indicators/sdg-16-4-2"):
        assert client.get(path).status_code == 200, path


def test_a_kill_in_the_middle_leaves_nothing_half_made(made: Settings) -> None:
    """Nor does it stand in the way of what comes after, nor what ``tracker init`` made."""
    cut_off = json.loads((made.instance_path / LEFT).read_text("utf-8"))
    assert {"demo.lock", "demo.making"} <= set(cut_off) and "demo.sqlite3" not in cut_off
    assert {path.name for path in made.instance_path.iterdir() if path.name[:4] == "demo"} == {
        "demo.lock",
        "demo.sqlite3",
        "demo_signing_key.pem",
    }


def test_no_other_database_is_filled(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    other = f"sqlite:///{tmp_path / 'tracker.sqlite3'}"
    for refused in (
        replace(settings, environment="production"),
        replace(settings, database_url=other),
        replace(settings, environment="development", database_url=other),
    ):
        with pytest.raises(BadSettings):
            make_demonstration(refused)
    assert not list(tmp_path.iterdir())


def test_demonstration_states_are_refused_in_a_real_database(session: Session) -> None:
    with pytest.raises(DemonstrationMix):
        load_states(session, read_states(DEMONSTRATION_STATES))


def test_real_states_are_not_named_in_what_is_invented(session: Session) -> None:
    """No text, title or agency holds the name of a State that exists."""
    library = read_library(resource_dir("seed") / "demo")
    written = " ".join(repr(texts) for texts in library.texts.values()) + repr(library.states)
    written += repr(library.items)
    names = [
        name
        for state in session.scalars(select(State))
        for name in state.name.values()
        if re.search(rf"\b{re.escape(name)}\b", written)
    ]
    assert names == []
