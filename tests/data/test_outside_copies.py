"""What somebody with the database, its files and its key can do; what finds it, and what cannot.

Each test is one line of docs/tampering.md. Changes to single rows, which the history alone finds,
are in test_tampering.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from tests.national_reports import BEGINNING, Reporting, begin_report
from tests.signing import SIGNER
from tests.submitted import make_cycle
from tests.tampering import as_owner, cut_off, without_triggers, write_anew
from tracker.delivery.signing import KeyFile, new_signer
from tracker.domain.progress import Progress
from tracker.domain.signed import (
    CHECKPOINT_TAG,
    KEY_FORMAT,
    KEY_TAG,
    RECEIPT_TAG,
    checkpoint_hash,
    key_id,
    signed,
)
from tracker.models import (
    ChainEntry,
    ChainHead,
    ChainText,
    Checkpoint,
    SigningKey,
    Submission,
    SubmissionResponse,
)
from tracker.queries.checkpoints import every_checkpoint
from tracker.queries.outside_copies import file_problem
from tracker.queries.signing import list_keys
from tracker.queries.verified_signatures import unvouched
from tracker.queries.whole_verification import Copies, Finding, Standing, findings
from tracker.services.checkpoints import make_checkpoint
from tracker.services.signing import register_key

INTRUDER = new_signer()


@dataclass
class Site:
    """Two States' reports over three days, and what others kept of them."""

    session: Session
    ghana: Reporting
    kenya: Reporting
    receipt: dict[str, Any]  # of Ghana's first submission
    checkpoints: list[dict[str, Any]]

    def verify(self, *, receipt: bool = False, checkpoint: bool = False) -> Finding | None:
        """The first broken place: alone, with Ghana's receipt, with the last checkpoint."""
        self.session.flush()
        self.session.expire_all()
        standing = Standing(list_keys(self.session), every_checkpoint(self.session))
        copies = Copies(
            {"kept.json": self.receipt} if receipt else {},
            {"kept.json": self.checkpoints[-1]} if checkpoint else {},
        )
        found = findings(self.session, standing, copies, refresh=self.session.expire_all)
        return next(found, None)

    def sign_day(self, day: int) -> None:
        """The checkpoint of a day after the beginning."""
        at = BEGINNING + timedelta(days=day)
        made, _ = make_checkpoint(self.session, signer=SIGNER, clock=lambda: at)
        self.checkpoints.append(made.statement)

    def run(self, statement: str, **values: Any) -> None:
        """One statement of somebody at the prompt of the database; it must change something."""
        with as_owner(self.session):
            result = self.session.execute(text(statement), values)
        assert result.rowcount >= 1  # type: ignore[attr-defined]

    def no_checkpoints(self) -> None:
        """Remove every checkpoint that stands."""
        self.session.execute(delete(Checkpoint))


@pytest.fixture
def site(session: Session) -> Site:
    ghana, kenya = begin_report(session, "GHA"), begin_report(session, "KEN")
    site = Site(session, ghana, kenya, {}, [])
    ghana.answer(28, progress=Progress.PARTLY_IMPLEMENTED, narrative="A law is being drafted.")
    kenya.answer(28, progress=Progress.IMPLEMENTED, narrative="A law of 2020.")
    site.sign_day(0)
    ghana.clock.start = kenya.clock.start = BEGINNING + timedelta(days=1)
    made = ghana.submit()
    site.receipt = made.receipt
    kenya.answer(30, progress=Progress.NOT_APPLICABLE, reason="No such border.")
    site.sign_day(1)
    session.commit()
    return site


def forge_answer(site: Site, work: Reporting) -> None:
    """Another word in the State's mouth, wherever it stands."""
    forged = "There is no law."
    ids = select(ChainEntry.id).where(ChainEntry.report_id == work.report.id)
    for row in site.session.scalars(
        select(ChainText).where(ChainText.entry_id.in_(ids), ChainText.field == "narrative")
    ):
        row.value = forged
    site.run(
        "UPDATE response SET narrative = :forged WHERE report_id = :report AND narrative <> ''",
        forged=forged,
        report=work.report.id,
    )
    for copy in site.session.scalars(
        select(SubmissionResponse).where(
            SubmissionResponse.revision_id.in_(ids), SubmissionResponse.narrative != ""
        )
    ):
        copy.narrative = forged
    site.session.flush()


def test_untouched_it_is_whole_and_fits_every_copy(site: Site) -> None:
    assert site.verify(receipt=True, checkpoint=True) is None


def test_a_history_written_anew_without_the_key_is_found_at_its_receipt(site: Site) -> None:
    with without_triggers(site.session):
        forge_answer(site, site.ghana)
        write_anew(site.session, site.ghana.report.id)
    found = site.verify()
    assert found is not None and found.state == "GHA"
    assert (found.place, found.problem) == (
        "submission 1, receipt",
        "it was not signed by a key of this site",
    )


def test_with_the_key_stolen_it_is_found_at_the_checkpoints_that_stand(site: Site) -> None:
    with without_triggers(site.session):
        forge_answer(site, site.ghana)
        write_anew(site.session, site.ghana.report.id, SIGNER)
    found = site.verify()
    assert found is not None
    assert (found.place, found.state) == ("checkpoint 1", "GHA")
    assert found.problem.startswith("1 of the 2 histories that it lists do not stand here")


def all_anew(site: Site, work: Reporting) -> None:
    """Everything consistent again: key stolen, checkpoints removed."""
    with without_triggers(site.session):
        forge_answer(site, work)
        site.no_checkpoints()
        write_anew(site.session, work.report.id, SIGNER)


def test_with_key_and_checkpoints_only_outside_copies_find_it(site: Site) -> None:
    all_anew(site, site.ghana)
    assert site.verify() is None  # what the inside cannot see
    found = site.verify(receipt=True)
    assert found is not None and (found.file, found.state) == ("kept.json", "GHA")
    assert found.place == f"link {site.receipt['chain']['seq']}"
    assert found.problem == "it is not the one in the receipt: the history was written anew"
    found = site.verify(checkpoint=True)
    assert found is not None and found.place == "checkpoint 2"
    assert "it is missing here" in found.problem


def test_checkpoints_made_again_over_a_false_history_do_not_fit_the_ones_kept(site: Site) -> None:
    all_anew(site, site.ghana)
    kept = list(site.checkpoints)
    for day in (0, 1):
        site.sign_day(day)
    site.checkpoints = kept
    assert site.verify() is None
    found = site.verify(checkpoint=True)
    assert found is not None and (found.place, found.problem) == (
        "checkpoint 2",
        "another one stands here under its number",
    )


def test_a_draft_written_anew_is_found_by_checkpoints_alone(site: Site) -> None:
    """Kenya has no receipt yet."""
    with without_triggers(site.session):
        forge_answer(site, site.kenya)
        write_anew(site.session, site.kenya.report.id)
    found = site.verify()
    assert found is not None and (found.place, found.state) == ("checkpoint 1", "KEN")
    with without_triggers(site.session):
        site.no_checkpoints()
    assert site.verify() is None  # what the inside cannot see
    assert site.verify(checkpoint=True) is not None
    found = site.verify(receipt=True)  # another State's receipt names a checkpoint
    assert found is not None and found.place == "checkpoint 1"


def test_an_end_cut_off_is_found_by_the_checkpoint_and_the_receipt(site: Site) -> None:
    seq = site.receipt["chain"]["seq"]
    with without_triggers(site.session):
        cut_off(site.session, site.ghana.report.id, seq - 1)
        site.run("UPDATE national_report SET status = 'draft' WHERE status = 'submitted'")
    found = site.verify()
    assert found is not None and (found.place, found.state) == ("checkpoint 2", "GHA")
    with without_triggers(site.session):
        site.no_checkpoints()
    assert site.verify() is None  # what the inside cannot see
    found = site.verify(receipt=True)
    assert found is not None and (found.place, found.problem) == (
        f"link {seq}",
        "it is missing: the end was cut off, or this is an older backup",
    )


def test_what_was_cut_off_since_the_last_copy_is_not_found(site: Site) -> None:
    """Nothing outside tells of it yet: the reason to make checkpoints daily, and to keep them."""
    site.kenya.answer(25, progress=Progress.IMPLEMENTED)
    site.session.commit()
    with without_triggers(site.session):
        last = site.session.get_one(ChainHead, site.kenya.report.id).seq
        cut_off(site.session, site.kenya.report.id, last - 1)
        site.run("DELETE FROM response WHERE saved_at = (SELECT max(saved_at) FROM response)")
        site.run(
            "UPDATE national_report SET last_saved_at = (SELECT max(saved_at) FROM response"
            " WHERE report_id = :report) WHERE id = :report",
            report=site.kenya.report.id,
        )
    assert site.verify(receipt=True, checkpoint=True) is None


REPORT_TABLES = (
    "measure",
    "response",
    "submission_response",
    "submission",
    "chain_text",
    "chain_entry",
    "chain_head",
)


def remove_report(site: Site, work: Reporting) -> None:
    """A whole report, as if there had never been one."""
    of = "report_id = :report"
    entries = f"SELECT id FROM chain_entry WHERE {of}"  # noqa: S608  # ours
    where = {
        "measure": f"response_id IN (SELECT id FROM response WHERE {of})",  # noqa: S608
        "submission_response": f"submission_id IN (SELECT id FROM submission WHERE {of})",  # noqa: S608
        "chain_text": f"entry_id IN ({entries})",
    }
    with without_triggers(site.session):
        for table in REPORT_TABLES:
            site.session.execute(
                text(f"DELETE FROM {table} WHERE {where.get(table, of)}"),  # noqa: S608
                {"report": work.report.id},
            )
        site.run("DELETE FROM national_report WHERE id = :report", report=work.report.id)
    site.session.expunge_all()


def test_a_whole_report_removed_is_found(site: Site) -> None:
    remove_report(site, site.ghana)
    found = site.verify()
    assert found is not None and (found.place, found.state) == ("checkpoint 1", "")
    assert "whole reports were removed" in found.problem
    with without_triggers(site.session):
        site.no_checkpoints()
    assert site.verify() is None  # what the inside cannot see
    found = site.verify(receipt=True)
    assert found is not None and (found.state, found.place) == ("GHA", "report")
    assert found.problem == "it is not here: it was removed, or this is an older backup"


def test_an_older_backup_is_found_by_a_receipt_or_checkpoint_made_since(session: Session) -> None:
    work = begin_report(session)
    work.answer(28, progress=Progress.IMPLEMENTED)
    site = Site(session, work, work, {}, [])
    site.sign_day(0)
    session.commit()
    backup = session.begin_nested()
    work.clock.start = BEGINNING + timedelta(days=1)
    site.receipt = work.submit().receipt
    site.sign_day(1)
    session.flush()
    backup.rollback()  # the backup put back in its place
    assert site.verify() is None  # what the inside cannot see
    found = site.verify(receipt=True)
    assert found is not None and "an older backup" in found.problem
    found = site.verify(checkpoint=True)
    assert found is not None and "an older backup" in found.problem


def resign(row: Checkpoint, signer: Any, **changed: Any) -> None:
    said = {k: v for k, v in row.statement.items() if k not in ("key_id", "signature")}
    row.statement = signed(CHECKPOINT_TAG, said | changed, signer)
    row.hash = checkpoint_hash(row.statement)


def _heads_removed(site: Site, row: Checkpoint) -> None:
    row.statement = row.statement | {"heads": []}


def _re_dated(site: Site, row: Checkpoint) -> None:
    row.day = "2026-02-01"


def _hashed_again(site: Site, row: Checkpoint) -> None:
    row.statement = row.statement | {"heads": []}
    row.hash = checkpoint_hash(row.statement)


def _signed_again(site: Site, row: Checkpoint) -> None:
    resign(row, SIGNER, heads=[])


def _removed(site: Site, row: Checkpoint) -> None:
    site.session.delete(row)


CHECKPOINTS: dict[str, tuple[Callable[[Site, Checkpoint], None], str, str]] = {
    "a list altered": (_heads_removed, "checkpoint 1", "it was altered after it was made"),
    "re-dated": (_re_dated, "checkpoint 1", "it was altered after it was made"),
    "hashed again": (_hashed_again, "checkpoint 1", "it was not signed by a key of this site"),
    "signed again with the stolen key": (
        _signed_again,
        "checkpoint 2",
        "it does not follow the checkpoint before it",
    ),
    "removed": (_removed, "checkpoint 1", "it is missing"),
}


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_checkpoint_that_is_tampered_with_is_found(site: Site, name: str) -> None:
    tamper, place, problem = CHECKPOINTS[name]
    with without_triggers(site.session):
        row = site.session.scalars(select(Checkpoint).where(Checkpoint.number == 1)).one()
        tamper(site, row)
        site.session.flush()
    found = site.verify()
    assert found is not None and (found.place, found.problem) == (place, problem)


def test_the_last_checkpoint_removed_is_found_by_a_copy_alone(site: Site) -> None:
    with without_triggers(site.session):
        site.run("DELETE FROM checkpoint WHERE number = 2")
    assert site.verify(receipt=True) is None  # the receipt names the first one
    assert site.verify(checkpoint=True) is not None
    with without_triggers(site.session):
        site.no_checkpoints()
    found = site.verify(receipt=True)
    assert found is not None and found.place == "checkpoint 1"


def own_key(vouched: str = "") -> SigningKey:
    """A key of the intruder, who says that another one vouches for it."""
    statement = {
        "format": KEY_FORMAT,
        "public_key": INTRUDER.public_key,
        "made_at": "2026-03-02T09:00:00.000000Z",
        "previous": vouched,
    }
    return SigningKey(
        key_id=key_id(INTRUDER.public_key),
        public_key=INTRUDER.public_key,
        made_at=BEGINNING,
        statement=signed(KEY_TAG, statement, INTRUDER),
    )


def test_a_key_that_was_slipped_in_is_noted_or_found(site: Site) -> None:
    site.session.add(own_key())
    assert site.verify() is None
    assert unvouched(list_keys(site.session)) == (key_id(INTRUDER.public_key),)
    with without_triggers(site.session):
        site.run("DELETE FROM signing_key WHERE public_key = :key", key=INTRUDER.public_key)
    site.session.add(own_key(vouched=key_id(SIGNER.public_key)))
    found = site.verify()
    assert found is not None and found.place == f"key {key_id(INTRUDER.public_key)}"
    assert "not signed by the key that it names" in found.problem


def test_a_key_of_another_day_is_found(site: Site) -> None:
    with without_triggers(site.session):
        site.run("UPDATE signing_key SET made_at = '2001-01-01 00:00:00+00:00'")
    found = site.verify()
    assert found is not None and found.problem == "it was not made when its statement says"


def test_a_value_that_its_column_does_not_know_is_a_broken_place(site: Site) -> None:
    change = "UPDATE response SET progress = 'perhaps' WHERE report_id = :report"
    if site.session.get_bind().dialect.name == "sqlite":
        site.session.execute(text("PRAGMA ignore_check_constraints = ON"))
    else:
        with as_owner(site.session):
            site.session.execute(
                text("ALTER TABLE response DROP CONSTRAINT ck_response_progress_known")
            )
    site.run(change, report=site.ghana.report.id)
    if site.session.get_bind().dialect.name == "sqlite":
        site.session.execute(text("PRAGMA ignore_check_constraints = OFF"))
    found = site.verify()
    assert found is not None and (found.state, found.place) == ("GHA", "report")
    assert found.problem == "a row cannot be read: 'perhaps' is not among the defined enum values"


def test_a_key_removed_or_exchanged_is_found(site: Site) -> None:
    with without_triggers(site.session):
        site.run("UPDATE signing_key SET public_key = :key", key=INTRUDER.public_key)
    found = site.verify()
    assert found is not None and found.problem == "it is not the key that its statement names"
    with without_triggers(site.session):
        site.run("DELETE FROM signing_key")
    found = site.verify()
    assert found is not None
    assert (found.place, found.problem) == (
        "checkpoint 1",
        "it was not signed by a key of this site",
    )


def test_everything_signed_with_another_key_does_not_fit_a_receipt_kept(site: Site) -> None:
    """The intruder's key in place of the true one, everywhere."""
    all_anew(site, site.ghana)
    with without_triggers(site.session):
        site.session.execute(delete(SigningKey))
        site.session.add(own_key())
        write_anew(site.session, site.ghana.report.id, INTRUDER)
    assert site.verify() is None  # what the inside cannot see
    for found in (site.verify(receipt=True), site.verify(checkpoint=True)):
        assert found is not None and found.place == "key"
        assert found.problem.startswith("its key is none of this tracker: the key was removed")


def test_a_receipt_given_to_another_submission_is_found(site: Site) -> None:
    other = site.kenya.submit()
    site.session.commit()
    with without_triggers(site.session):
        other.receipt = site.receipt
        site.session.flush()
    found = site.verify()
    assert found is not None and (found.state, found.place) == ("KEN", "submission 1, receipt")


def test_a_forged_copy_speaks_against_the_file_alone(site: Site) -> None:
    known = Standing(list_keys(site.session), ()).known
    for forged in (site.receipt | {"content_hash": "0" * 64}, site.receipt | {"on_time": 1}):
        problem = file_problem("receipt", forged, known)
        assert problem is not None and problem.of_the_file
    as_checkpoint = file_problem("checkpoint", site.receipt, known)
    assert as_checkpoint is not None and as_checkpoint.of_the_file


def test_a_link_added_at_the_end_is_not_found(site: Site) -> None:
    """Links are not signed one by one: what comes after the last copy is the operator's word."""
    head = site.session.get_one(ChainHead, site.ghana.report.id)
    with without_triggers(site.session):
        site.session.add(
            ChainEntry(
                report_id=site.ghana.report.id,
                seq=head.seq + 1,
                kind="step-withdraw",
                subject="",
                version=None,
                at=site.ghana.clock(),
                actor_id=site.ghana.focal_point.user_id,
                actor_public_id=_public_id(site),
                facts={"status": "draft", "number": 1},
                digests={},
                prev_hash="",
                hash="",
            )
        )
        site.session.flush()
        site.run(
            "UPDATE national_report SET status = 'draft' WHERE id = :report",
            report=site.ghana.report.id,
        )
        made = site.session.scalars(select(Submission)).one()
        added = site.session.scalars(select(ChainEntry).order_by(ChainEntry.id.desc())).first()
        assert added is not None
        made.withdrawn_at = added.at
        kept = made.receipt
        write_anew(site.session, site.ghana.report.id, SIGNER)
        made.receipt = kept
        site.session.flush()
    assert site.verify(receipt=True, checkpoint=True) is None


def _public_id(site: Site) -> str:
    return str(
        site.session.execute(
            text('SELECT public_id FROM "user" WHERE id = :id'),
            {"id": site.ghana.focal_point.user_id},
        ).scalar_one()
    )


def as_opened_by_an_older_version(site: Site, work: Reporting) -> None:
    """Its first link names neither State nor cycle."""
    opened = site.session.scalars(
        select(ChainEntry).where(ChainEntry.report_id == work.report.id, ChainEntry.seq == 1)
    ).one()
    with without_triggers(site.session):
        opened.facts = {}
        write_anew(site.session, work.report.id, SIGNER)
        site.no_checkpoints()


TO_STATE = "UPDATE national_report SET state_id = (SELECT id FROM state WHERE iso3 = :to)"
TO_CYCLE = "UPDATE national_report SET cycle_id = (SELECT id FROM reporting_cycle WHERE slug = :to)"


@pytest.mark.parametrize("older", [False, True])
def test_reports_given_to_each_others_states_are_found(site: Site, older: bool) -> None:
    if older:
        as_opened_by_an_older_version(site, site.ghana)
    with without_triggers(site.session):
        for work, to in ((site.ghana, "FRA"), (site.kenya, "GHA"), (site.ghana, "KEN")):
            site.run(f"{TO_STATE} WHERE id = :report", to=to, report=work.report.id)
    found = site.verify()
    assert found is not None
    if not older:
        assert (found.state, found.place) == ("GHA", "report")
        assert found.problem == "it was opened for KEN, cycle bms7, and was moved"
        return
    as_opened_by_an_older_version(site, site.kenya)
    found = site.verify()
    assert found is not None
    assert (found.state, found.place) == ("KEN", "submission 1, receipt")
    assert found.problem == "“state” is not what stands here"


@pytest.mark.parametrize("older", [False, True])
def test_a_report_moved_to_another_cycle_is_found(site: Site, older: bool) -> None:
    make_cycle(site.session, "bms7-2026")
    if older:
        as_opened_by_an_older_version(site, site.ghana)
    with without_triggers(site.session):
        site.run(f"{TO_CYCLE} WHERE id = :report", to="bms7-2026", report=site.ghana.report.id)
    found = site.verify(receipt=not older)
    assert found is not None and (found.state, found.cycle) == ("GHA", "bms7-2026")
    expected = ("report", "it was opened for GHA, cycle bms7, and was moved")
    if older:
        expected = ("submission 1, receipt", "“cycle” is not what stands here")
    assert (found.place, found.problem) == expected


NAMED_BY_RECEIPTS = {
    "state": "UPDATE state SET iso3 = 'ZZZ' WHERE iso3 = 'GHA'",
    "cycle": "UPDATE reporting_cycle SET slug = 'another'",
    "document": "UPDATE outcome_document SET symbol = 'A/1'",
}


@pytest.mark.parametrize("name", NAMED_BY_RECEIPTS)
def test_what_a_receipt_names_is_not_renamed(site: Site, name: str) -> None:
    as_opened_by_an_older_version(site, site.ghana)
    as_opened_by_an_older_version(site, site.kenya)
    site.run(NAMED_BY_RECEIPTS[name])
    found = site.verify()
    assert found is not None
    assert found.problem == f"“{name}” is not what stands here"


OUTSIDE_THE_HISTORY = (
    "UPDATE \"user\" SET name = 'Somebody else'",
    "UPDATE membership SET role = 'observer' WHERE role = 'focal-point'",
    "UPDATE reporting_cycle SET opens_on = '2020-01-01'",
    "UPDATE commitment SET addressee = 'secretariat'",
)


@pytest.mark.parametrize("statement", OUTSIDE_THE_HISTORY)
def test_what_is_not_part_of_the_history_is_not_found(site: Site, statement: str) -> None:
    site.run(statement)
    assert site.verify(receipt=True, checkpoint=True) is None


def test_a_key_file_exchanged_or_lost_shows_in_the_list_of_keys(site: Site, tmp_path: Path) -> None:
    file = KeyFile(tmp_path, demonstration=False)
    first = file.first()
    file.path.unlink()  # lost, or taken away
    second = file.first()
    assert first.public_key != second.public_key
    for signer in (first, second):
        register_key(site.session, signer=signer, at=BEGINNING)
    names = {key_id(first.public_key), key_id(second.public_key)}
    assert set(unvouched(list_keys(site.session))) == names
    assert signed(RECEIPT_TAG, {}, second)["key_id"] == key_id(second.public_key)
