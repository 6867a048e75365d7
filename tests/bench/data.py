"""A scratch database of invented States: every text says that it is synthetic."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from string import ascii_uppercase
from typing import Any, NamedTuple

from sqlalchemy import Engine, create_engine, func, insert, select
from sqlalchemy.orm import Session

from tracker.cli.database import upgrade
from tracker.cli.setup import load_seed
from tracker.domain.assistance import AssistanceStatus, Direction
from tracker.domain.chain import GENESIS
from tracker.domain.documents import Theme
from tracker.domain.progress import Audience, Progress
from tracker.domain.states import StateStatus
from tracker.domain.workflow import ReportStatus
from tracker.models import (
    Area,
    ChainEntry,
    Commitment,
    NationalReport,
    OutcomeDocument,
    ReportingCycle,
    State,
    Submission,
    SubmissionAssistance,
    SubmissionFigure,
    SubmissionResponse,
    User,
)
from tracker.models.engine import configure, write_intent

START = datetime(2016, 1, 4, tzinfo=UTC)
TRAPS = 0.075
TEXTS = {
    "en": "Synthetic text for a measurement: a working group met, a draft was read, and the "
    "register was brought up to date in every district. ",
    "fr": "Texte synthétique pour une mesure : un groupe de travail s’est réuni, un projet a été "
    "examiné et le registre a été mis à jour dans chaque district. ",
    "ar": "نص تجريبي للقياس: اجتمع فريق عمل وقرئ مشروع وجرى تحديث السجل في كل منطقة. ",
}
TRAPPED = (
    "=1+1 synthetic",
    "<&> synthetic",
    "synthetic\nin two lines",
    "  synthetic between blanks  ",
    "_x0041_ synthetic",
    "https://example.org/synthetic?a=1&b=2",
    "0012345678901234567",
)


class Size(NamedTuple):
    """How much: invented Member States, and cycles in each of which all of them report."""

    states: int
    cycles: int


def cycle_slugs(size: Size) -> list[str]:
    """The short names of the cycles, the first one first."""
    return [f"synthetic-{number}" for number in range(1, size.cycles + 1)]


def open_database(path: Path) -> Engine:
    """The scratch database again."""
    engine = create_engine(f"sqlite:///{path}")
    configure(engine)
    return engine


def build(path: Path, size: Size) -> int:
    """Make the database; the same size gives the same data. Gives the number of responses."""
    engine = open_database(path)
    upgrade(engine)
    chance = random.Random(7)  # noqa: S311
    with write_intent(), Session(engine) as session, session.begin():
        load_seed(session, demonstration=True)
        states = make_states(session, size.states)
        user = User(
            email="synthetic@example.org",
            name="Synthetic",
            language="en",
            is_active=True,
            created_at=START,
        )
        session.add(user)
        session.flush()
        for number, slug in enumerate(cycle_slugs(size)):
            _cycle(session, slug, number, states, user.id, chance)
        responses = session.scalar(select(func.count()).select_from(SubmissionResponse)) or 0
    engine.dispose()
    return responses


def make_states(session: Session, count: int) -> list[int]:
    """As many invented Member States as asked for, with codes that no real State can have."""
    groups = session.scalars(select(Area.code).where(Area.kind == "group")).all()
    session.query(State).filter(State.demonstration).delete()
    codes = ("X" + "".join(pair) for pair in product(ascii_uppercase, repeat=2))
    for number, code in zip(range(count), codes, strict=False):
        session.add(
            State(
                iso3=code,
                m49=f"Z{number:02x}",
                name={"en": f"Synthetic State {number + 1}"},
                former_names=[],
                note={},
                group_code=groups[number % len(groups)],
                status=StateStatus.MEMBER,
                demonstration=True,
            )
        )
    session.flush()
    return list(session.scalars(select(State.id).where(State.demonstration).order_by(State.id)))


def _cycle(
    session: Session,
    slug: str,
    number: int,
    states: list[int],
    user_id: int,
    chance: random.Random,
) -> None:
    document = session.scalars(select(OutcomeDocument).where(OutcomeDocument.slug == "bms7")).one()
    commitments = session.execute(
        select(Commitment.id, Commitment.key).where(Commitment.document_id == document.id)
    ).all()
    opens = date(2016 + 2 * number, 1, 1)
    cycle = ReportingCycle(slug=slug, document_id=document.id, opens_on=opens, created_at=START)
    session.add(cycle)
    session.flush()
    at = START + timedelta(days=730 * number)
    for state_id in states:
        report = NationalReport(
            state_id=state_id,
            cycle_id=cycle.id,
            status=ReportStatus.PUBLISHED,
            default_audience=Audience.PUBLIC,
            opened_at=at,
            last_saved_at=at,
        )
        session.add(report)
        session.flush()
        submission = Submission(
            report_id=report.id,
            number=1,
            submitted_at=at,
            submitted_by_id=user_id,
            submitter_name="Synthetic",
            submitter_title="Synthetic",
            on_time=chance.random() < 0.8,
            content_hash="0" * 64,
            receipt={},
            accepted_at=at,
            published_at=at,
        )
        session.add(submission)
        session.flush()
        links = [_link(report.id, seq, key) for seq, (_, key) in enumerate(commitments, start=1)]
        ids = session.scalars(insert(ChainEntry).returning(ChainEntry.id), links).all()
        session.execute(
            insert(SubmissionResponse),
            [
                _answer(submission.id, commitment_id, revision, chance)
                for (commitment_id, _), revision in zip(commitments, sorted(ids), strict=True)
            ],
        )
        session.execute(insert(SubmissionFigure), list(_figures(submission.id, opens.year, chance)))
        session.execute(insert(SubmissionAssistance), list(_needs(submission.id, ids[0], chance)))


def _link(report_id: int, seq: int, key: str) -> dict[str, Any]:
    return {
        "report_id": report_id,
        "seq": seq,
        "kind": "response-saved",
        "subject": key,
        "version": 1,
        "at": START,
        "actor_id": None,
        "actor_public_id": "",
        "facts": {},
        "digests": {},
        "prev_hash": GENESIS,
        "hash": GENESIS,
    }


def _text(chance: random.Random) -> tuple[str, str]:
    """A language and a text in it, once in thirteen times one that is hard to write."""
    language = chance.choice(list(TEXTS))
    if chance.random() < TRAPS:
        return language, chance.choice(TRAPPED)
    return language, (TEXTS[language] * chance.randint(1, 4)).strip()


def _answer(
    submission_id: int, commitment_id: int, revision_id: int, chance: random.Random
) -> dict[str, Any]:
    language, narrative = _text(chance)
    progress = chance.choice(list(Progress))
    measures = [
        {"title": "Synthetic act", "adopted_on": "2019-05", "link": "https://example.org/act"}
    ]
    return {
        "submission_id": submission_id,
        "commitment_id": commitment_id,
        "revision_id": revision_id,
        "progress": progress,
        "reason": "Synthetic reason." if progress is Progress.NOT_APPLICABLE else "",
        "narrative": narrative,
        "narrative_language": language,
        "lead_agency": "Synthetic ministry",
        "good_practice": chance.random() < 0.1,
        "audience": chance.choices(list(Audience), (90, 5, 5))[0],
        "measures": measures if chance.random() < 0.2 else [],
    }


def _figures(submission_id: int, opens: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    for year, category in product((opens - 2, opens - 1), ("found", "surrendered")):
        total = chance.randint(20, 400)
        amounts = {"total": total, "uniquely_marked": total // 2, "traced": total // 5}
        for name, value in {**amounts, "otherwise_established": total // 10}.items():
            yield {
                "submission_id": submission_id,
                "indicator": "sdg-16-4-2",
                "audience": Audience.PUBLIC,
                "year": year,
                "category": category,
                "input": name,
                "value": value,
            }


def _needs(submission_id: int, revision_id: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    for number in range(3):
        yield {
            "item_id": f"s{submission_id}n{number}",
            "submission_id": submission_id,
            "revision_id": revision_id,
            "direction": chance.choice(list(Direction)),
            "theme": chance.choice(list(Theme)),
            "kind": None,
            "description": _text(chance)[1],
            "paragraphs": [28, 30],
            "amount": chance.randint(1, 9) * 10_000,
            "currency": "USD",
            "partner": "",
            "status": AssistanceStatus.OPEN,
            "audience": Audience.PUBLIC,
        }
