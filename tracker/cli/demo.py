"""The demonstration database: invented States, people and reports, made as if all had acted.

Nothing in it is about a real State, and it lies in a file of its own.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tracker.cli.database import connect, schema_problem, transaction, upgrade
from tracker.cli.demo_reports import play
from tracker.cli.demo_stage import MovingClock, Paragraph, Stage
from tracker.cli.demo_texts import Library, PersonRow, read_library
from tracker.cli.keys import key_file
from tracker.cli.setup import FIRST_CYCLE, FIRST_CYCLE_OPENS, load_seed, set_up
from tracker.domain.clock import system_clock
from tracker.domain.cycles import CycleDates
from tracker.domain.people import check_password
from tracker.domain.roles import OPERATOR, Actor, Role
from tracker.domain.signed import Signer
from tracker.exchange.published import read_published
from tracker.models import Commitment, ReportingCycle, State, User
from tracker.models.engine import write_intent
from tracker.queries.accounts import actor_of
from tracker.queries.documents import document_or_none
from tracker.queries.indicators import list_indicators
from tracker.resources import resource_dir
from tracker.services import accounts, cycles
from tracker.services.passwords import hash_password
from tracker.services.published import import_published
from tracker.services.signing import register_key
from tracker.settings import BadSettings, Settings

PASSWORD = "demonstration-only-2026"  # noqa: S105  # nosec B105  # published on purpose
FILE = "demo.sqlite3"
SECOND_CYCLE = "bms7-2024"
FIRST_DATES = CycleDates(
    opens_on=FIRST_CYCLE_OPENS,
    due_on=date(2022, 3, 31),
    period_from=date(2020, 1, 1),
    period_to=date(2021, 12, 31),
)
SECOND_DATES = CycleDates(
    opens_on=date(2024, 1, 15),
    due_on=date(2024, 3, 31),
    period_from=date(2022, 1, 1),
    period_to=date(2023, 12, 31),
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody as whom anybody may sign in to the demonstration."""

    email: str
    who: str
    password: str = PASSWORD


def focal_point_email(iso3: str) -> str:
    """The address of the focal point of a demonstration State."""
    return f"focal.{iso3.lower()}@states.example"


SIGN_INS = (
    SignIn("administrator@secretariat.example", "administrator of the secretariat"),
    SignIn("reviewer@secretariat.example", "reviewer of the secretariat"),
    SignIn(focal_point_email("XAA"), "focal point, Avaluria: both reports published"),
    SignIn(focal_point_email("XAC"), "focal point, Cindrava (French): a draft under way"),
    SignIn(focal_point_email("XAH"), "focal point, Hespermore: returned, questions open"),
    SignIn(focal_point_email("XAO"), "focal point, Orvendale (French): returned, answered"),
    SignIn(focal_point_email("XAR"), "focal point, Rasselune (Arabic texts): reopened"),
    SignIn(focal_point_email("XAI"), "focal point, Isquilor (Spanish texts): submitted late"),
    SignIn(focal_point_email("XAP"), "focal point, Pelluvane: has never reported"),
    SignIn(
        "police.xac@states.example", "contributor, Cindrava (French): sections I.2, II and II.a"
    ),
    SignIn("observer.xac@states.example", "observer, Cindrava (French)"),
)


def make_demonstration(settings: Settings) -> bool:
    """Make ``instance/demo.sqlite3``: true if it was made now, false if it was there.

    It is made beside its place and moved there when complete, so that a kill in the middle
    leaves nothing half made. ``BadSettings`` for any other database.
    """
    target = settings.instance_path / FILE
    if not settings.demonstration or settings.database_url != f"sqlite:///{target}":
        raise BadSettings(["Demonstration data goes into instance/demo.sqlite3 only."])
    settings.instance_path.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(target.with_suffix(".lock")):
        if target.exists() and _is_complete(settings):
            _keep_signing(settings)
            return False
        click.echo("Making the demonstration data; this takes some 15 seconds.", err=True)
        draft = target.with_suffix(".making")
        _remove(draft)  # left by a kill
        _fill(replace(settings, database_url=f"sqlite:///{draft}"))
        _move(draft, target)
    return True


@contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    """Two that start at once must not each make one; the lock falls with its process."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _is_complete(settings: Settings) -> bool:
    """Whether it holds people, not only what ``tracker init`` loads; brings its tables up."""
    engine = connect(settings)
    try:
        if schema_problem(engine):
            set_up(settings)
        with Session(engine) as session:
            return session.scalars(select(User.id).limit(1)).first() is not None
    finally:
        engine.dispose()


def _keep_signing(settings: Settings) -> None:
    """With a new key where that of the demonstration is gone: nobody's word hangs on it."""
    if not key_file(settings).path.exists():
        with transaction(settings) as session:
            register_key(session, signer=key_file(settings).first(), at=system_clock())


def _remove(database: Path) -> None:
    for suffix in ("", "-journal", "-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)


def _move(draft: Path, target: Path) -> None:
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    _remove(target)
    os.replace(draft, target)


def _fill(settings: Settings) -> None:
    library = read_library(resource_dir("seed") / "demo")
    password_hash = hash_password(PASSWORD, cheap=settings.cheap_password_hashing)
    engine = connect(settings, making=True)
    try:
        upgrade(engine)
        with write_intent(), Session(engine) as session, session.begin():
            load_seed(session, demonstration=True)
            _set_cycles(session)
            signer = key_file(settings).first()
            play(session, _stage(session, library, password_hash, signer))
            _import_published(session)
    finally:
        engine.dispose()


def _import_published(session: Session) -> None:
    """One file for each indicator of which there are published values, called as it."""
    for path in sorted((resource_dir("seed") / "demo" / "published").glob("*.csv")):
        file = read_published(path.read_bytes(), last_year=SECOND_DATES.opens_on.year)
        import_published(session, actor=OPERATOR, indicator=path.stem, file=file)


def _set_cycles(session: Session) -> None:
    first = session.scalars(
        select(ReportingCycle.id).where(ReportingCycle.slug == FIRST_CYCLE)
    ).one()
    cycles.change_dates(session, actor=OPERATOR, cycle_id=first, dates=FIRST_DATES)
    cycles.open_cycle(
        session,
        actor=OPERATOR,
        slug=SECOND_CYCLE,
        document_slug="bms7",
        dates=SECOND_DATES,
        clock=MovingClock(),
    )


def _stage(session: Session, library: Library, password_hash: str, signer: Signer) -> Stage:
    state_ids = _ids(session, State.iso3, State.id)
    people = {
        row.email: _add(session, row, state_ids, password_hash)
        for row in (*_focal_points(library), *library.people)
    }
    return Stage(
        library=library,
        state_ids=state_ids,
        cycle_ids=_ids(session, ReportingCycle.slug, ReportingCycle.id),
        paragraphs=_paragraphs(session),
        indicators={one.slug: one for one in list_indicators(session)},
        people={
            story.state: (
                people[focal_point_email(story.state)],
                *(people[row.email] for row in library.people if _contributes(row, story.state)),
            )
            for story in library.states
        },
        reviewer=people[SIGN_INS[1].email],
        administrator=people[SIGN_INS[0].email],
        signer=signer,
    )


def _ids(
    session: Session, name: InstrumentedAttribute[str], number: InstrumentedAttribute[int]
) -> dict[str, int]:
    return {code: key for code, key in session.execute(select(name, number))}


def _contributes(row: PersonRow, iso3: str) -> bool:
    return row.state == iso3 and row.role == Role.CONTRIBUTOR


def _focal_points(library: Library) -> Iterator[PersonRow]:
    for story in library.states:
        yield PersonRow(
            email=focal_point_email(story.state),
            name=story.person.name,
            role=Role.FOCAL_POINT.value,
            language="fr" if story.language == "fr" else "en",
            state=story.state,
        )


def _add(session: Session, row: PersonRow, state_ids: dict[str, int], password_hash: str) -> Actor:
    check_password(PASSWORD, email=row.email, name=row.name)
    clock = MovingClock()
    added = accounts.add_user(
        session,
        actor=OPERATOR,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        state_id=state_ids[row.state] if row.state else None,
        language=row.language,
        sections=row.sections,
        clock=clock,
    )
    accounts.set_password(
        session, actor=OPERATOR, user_id=added.user_id, password_hash=password_hash, clock=clock
    )
    return actor_of(session, session.get_one(User, added.user_id))


def _paragraphs(session: Session) -> dict[int, Paragraph]:
    document = document_or_none(session, "bms7")
    if document is None:
        raise LookupError("bms7 is not loaded")
    ids = _ids(session, Commitment.key, Commitment.id)
    return {
        c.paragraph: Paragraph(ids[c.key], c.section, c.may_be_left)
        for c in document.commitments
        if c.asks_states
    }
