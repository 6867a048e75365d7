"""Many people save at once, each on a connection of its own: nobody overwrites anybody."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from tests.items import CONTACT
from tests.people import make_actor, state_id
from tests.signing import SIGNER
from tests.tampering import without_triggers
from tracker.domain.clock import system_clock
from tracker.domain.errors import ChangedSince, StaleEdit, WrongStatus
from tracker.domain.filled import FilledTemplate
from tracker.domain.item_fields import Part
from tracker.domain.responses import ResponseContent
from tracker.domain.roles import Actor, Role
from tracker.models import (
    Base,
    ChainEntry,
    ChainHead,
    ChainText,
    Contact,
    ImportPlan,
    Measure,
    Membership,
    NationalReport,
    OutgoingMail,
    ReportingCycle,
    Response,
    SaveKey,
    SigningKey,
    Submission,
    SubmissionResponse,
    User,
)
from tracker.models.engine import write_intent
from tracker.models.ids import new_public_id
from tracker.queries.documents import commitment_ids
from tracker.queries.reports import last_change
from tracker.queries.verification import verify_report
from tracker.services.import_plans import keep_plan
from tracker.services.items import save_item
from tracker.services.reports import open_report
from tracker.services.responses import save_response
from tracker.services.strikes import strike
from tracker.services.submissions import submit

WRITERS = 8
KEY = "bms7/annex/25"
MADE: tuple[type[Base], ...] = (
    OutgoingMail,
    ImportPlan,
    Contact,
    SubmissionResponse,
    Submission,
    SaveKey,
    Measure,
    Response,
    ChainText,
    ChainEntry,
    ChainHead,
    NationalReport,
    SigningKey,
)


class Shared:
    """A report in the database itself, outside any test's transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with write_intent(), Session(engine) as session:
            self.actors = [make_actor(session, Role.FOCAL_POINT, "GHA") for _ in range(WRITERS)]
            cycle = session.scalars(select(ReportingCycle.id)).first()
            assert cycle
            self.report_id = open_report(
                session,
                actor=self.actors[0],
                state_id=state_id(session, "GHA"),
                cycle_id=cycle,
                clock=system_clock,
            ).id
            self.commitment_id = commitment_ids(session, "bms7")[KEY]
            session.commit()

    def save(self, actor: Actor, version: int, text: str) -> str:
        """One save in a transaction of its own."""
        with write_intent(), Session(self.engine) as session:
            try:
                with session.begin():
                    save_response(
                        session,
                        actor=actor,
                        report_id=self.report_id,
                        commitment_id=self.commitment_id,
                        expected_version=version,
                        content=ResponseContent(narrative=text),
                        clock=system_clock,
                    )
            except StaleEdit:
                return "conflict"
            return "saved"

    def save_item(self, actor: Actor, item_id: str, version: int, name: str) -> str:
        """One save of a contact in a transaction of its own."""
        with write_intent(), Session(self.engine) as session:
            try:
                with session.begin():
                    saved = save_item(
                        session,
                        actor=actor,
                        report_id=self.report_id,
                        part=Part.CONTACTS,
                        item_id=item_id,
                        expected_version=version,
                        content=replace(CONTACT, name=name),
                        clock=system_clock,
                    )
            except StaleEdit:
                return "conflict"
            return "saved" if saved.changed else "unchanged"

    def submit(self, actor: Actor, seen: str | None = None) -> str:
        """One submission in a transaction of its own."""
        with write_intent(), Session(self.engine) as session:
            try:
                with session.begin():
                    submit(
                        session,
                        actor=actor,
                        report_id=self.report_id,
                        name="A",
                        title="B",
                        has_authority=True,
                        confirmed_gaps=True,
                        clock=system_clock,
                        signer=SIGNER,
                        seen=seen,
                    )
            except WrongStatus:
                return "refused"
            except ChangedSince:
                return "changed"
            return "submitted"

    def remove(self) -> None:
        """Take everything away again: the database serves other tests."""
        users = [actor.user_id for actor in self.actors]
        with write_intent(), Session(self.engine) as session, session.begin():
            with without_triggers(session):
                for table in MADE:
                    session.execute(delete(table))
            session.execute(delete(Membership).where(Membership.user_id.in_(users)))
            session.execute(delete(User).where(User.id.in_(users)))


@pytest.fixture
def shared(engine: Engine) -> Iterator[Shared]:
    made = Shared(engine)
    yield made
    made.remove()


def at_once(work: list[tuple[object, ...]], call: object) -> list[str]:
    """Run all calls at the same moment."""
    gate = threading.Barrier(len(work))

    def run(arguments: tuple[object, ...]) -> str:
        gate.wait()
        return str(call(*arguments))  # type: ignore[operator]

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def test_of_simultaneous_saves_one_wins_and_the_others_are_told(shared: Shared) -> None:
    for version in range(4):
        work: list[tuple[object, ...]] = [
            (actor, version, f"text {number} over {version}")
            for number, actor in enumerate(shared.actors)
        ]
        told = at_once(work, shared.save)
        assert sorted(told) == ["conflict"] * (WRITERS - 1) + ["saved"]
    with Session(shared.engine) as session:
        assert session.scalars(select(Response.version)).all() == [4]
        assert verify_report(session, shared.report_id) is None


def test_of_simultaneous_saves_of_a_contact_one_wins(shared: Shared) -> None:
    item_id = new_public_id()
    for version in range(2):
        work: list[tuple[object, ...]] = [
            (actor, item_id, version, f"name {number} over {version}")
            for number, actor in enumerate(shared.actors)
        ]
        told = at_once(work, shared.save_item)
        assert sorted(told) == ["conflict"] * (WRITERS - 1) + ["saved"]
    with Session(shared.engine) as session:
        assert session.scalars(select(Contact.version)).all() == [2]
        assert verify_report(session, shared.report_id) is None


def test_a_new_contact_sent_many_times_at_once_is_made_once(shared: Shared) -> None:
    item_id = new_public_id()
    told = at_once([(actor, item_id, 0, "the same") for actor in shared.actors], shared.save_item)
    assert sorted(told) == ["saved"] + ["unchanged"] * (WRITERS - 1)
    with Session(shared.engine) as session:
        assert session.scalars(select(Contact.version)).all() == [1]


def test_of_simultaneous_submissions_one_counts(shared: Shared) -> None:
    shared.save(shared.actors[0], 0, "text")
    told = at_once([(actor,) for actor in shared.actors], shared.submit)
    assert sorted(told) == ["refused"] * (WRITERS - 1) + ["submitted"]
    with Session(shared.engine) as session:
        assert session.scalars(select(Submission.number)).all() == [1]
        assert verify_report(session, shared.report_id) is None


def test_what_is_submitted_is_what_was_seen_whoever_saves_at_the_same_moment(
    shared: Shared,
) -> None:
    shared.save(shared.actors[0], 0, "seen")
    with Session(shared.engine) as session:
        seen = last_change(session, shared.report_id).link

    def act(actor: Actor, submits: bool) -> str:
        if submits:
            return shared.submit(actor, seen)
        try:
            return shared.save(actor, 1, "unseen")
        except WrongStatus:
            return "locked"

    told = at_once([(actor, at == 1) for at, actor in enumerate(shared.actors)], act)
    with Session(shared.engine) as session:
        submitted = session.scalars(select(SubmissionResponse.narrative)).all()
        assert ("submitted" in told, list(submitted)) in ((True, ["seen"]), (False, []))
        assert ("changed" in told) is ("saved" in told)
    assert shared.submit(shared.actors[0], seen) == ("changed" if "saved" in told else "refused")


def test_a_workbook_kept_while_its_words_are_struck_out_is_forgotten(shared: Shared) -> None:
    """The strike does not see it yet: it waits until it can."""
    shared.save(shared.actors[0], 0, "Names a person.")
    with write_intent(), Session(shared.engine) as session:
        administrator = make_actor(session, Role.ADMINISTRATOR)
        shared.actors.append(administrator)
        revision = session.scalars(select(ChainEntry).where(ChainEntry.subject == KEY)).one().id
        report = session.get_one(NationalReport, shared.report_id)
        about = {"state_id": report.state_id, "cycle_id": report.cycle_id}
        session.commit()

    def strike_out() -> None:
        with write_intent(), Session(shared.engine) as session, session.begin():
            strike(
                session,
                actor=administrator,
                entry_id=revision,
                field="narrative",
                reason="Personal data.",
                clock=system_clock,
            )

    with ThreadPoolExecutor() as pool:
        with write_intent(), Session(shared.engine) as session, session.begin():
            keep_plan(
                session,
                actor=shared.actors[0],
                **about,
                filename="w.xlsx",
                file_hash="0" * 64,
                filled=FilledTemplate("en", None, {}),
                clock=system_clock,
            )
            striking = pool.submit(strike_out)
            with suppress(TimeoutError):
                striking.result(0.5)
        striking.result(10)
    with Session(shared.engine) as session:
        assert session.scalars(select(ImportPlan.id)).all() == []
