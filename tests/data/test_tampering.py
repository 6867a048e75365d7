"""A report that went through everything: whole as it stands, every tampering found and named."""

from collections.abc import Iterator
from dataclasses import replace
from string import Template

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from tests.items import BODY, CONTACT, save, save_every
from tests.national_reports import Reporting, begin_report
from tests.tampering import without_triggers
from tracker.domain.indicators import Cell
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import Measure
from tracker.models import ChainEntry, Submission
from tracker.models.engine import write_intent
from tracker.queries.recorded import Broken
from tracker.queries.verification import verify_report
from tracker.services.clarifications import reply
from tracker.services.reports import set_default_audience
from tracker.services.submissions import withdraw


@pytest.fixture(scope="module")
def lived(engine: Engine) -> Iterator[Reporting]:
    """The report, made once; nothing here may ask for another session while it is open."""
    with write_intent(), engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield live(session)
        outer.rollback()


@pytest.fixture
def life(lived: Reporting) -> Iterator[Reporting]:
    """The report as it was made, whatever other tests did to it."""
    with lived.session.begin_nested() as savepoint:
        yield lived
        savepoint.rollback()


def live(session: Session) -> Reporting:
    """A report that went through everything, and is a draft again."""
    work = begin_report(session)
    set_default_audience(
        session,
        actor=work.focal_point,
        report_id=work.report.id,
        audience=Audience.STATES,
        clock=work.clock,
    )
    law = Measure("Arms Act", "2024", "https://example.org/act")
    work.answer(28, progress=Progress.PARTLY_IMPLEMENTED, narrative="A law.", measures=(law,))
    work.answer(30, progress=Progress.NOT_APPLICABLE, reason="No such border.")
    _save_figures(work, 17)
    ids = save_every(work)
    save(work, None, save(work, CONTACT).item_id, 1)
    withdrawn = work.submit()
    withdraw(session, actor=work.focal_point, report_id=work.report.id, clock=work.clock)
    assert withdrawn.number == 1
    returned = work.submit()
    question = work.ask(returned, "Since when?")
    work.give_back(returned)
    reply(
        session,
        actor=work.focal_point,
        clarification_id=question.id,
        reply="2024.",
        clock=work.clock,
    )
    for narrative in ("A law since 2024.", "A law since 2024, amended by Kofi Boateng."):
        work.answer(28, progress=Progress.IMPLEMENTED, narrative=narrative, measures=(law,))
        made = work.submit()
        work.accept(made)
        work.publish(made)
        work.reopen()
    work.strike_out(revision_id(session, made, 28), "narrative", "A private person is named.")
    _save_figures(work, 18)
    save(work, replace(BODY, women=8), ids[BODY], 1)
    session.commit()
    return work


def _save_figures(work: Reporting, total: int) -> None:
    work.save_figures({Cell(2024, "found", "total"): total}, version=total - 17)


def revision_id(session: Session, submission: Submission, paragraph: int) -> int:
    """The revision that an answer of a submission copies."""
    return session.scalars(
        select(ChainEntry.id).where(
            ChainEntry.report_id == submission.report_id,
            ChainEntry.subject == f"bms7/annex/{paragraph}",
            ChainEntry.version.is_not(None),
        )
    ).all()[-1]


def verified(work: Reporting) -> Broken | None:
    work.session.expire_all()
    return verify_report(work.session, work.report.id)


def test_a_report_that_went_through_everything_is_whole(life: Reporting) -> None:
    assert verified(life) is None


# Short names used in the statements below.
PARTS = {
    "THIS": "report_id = :report",
    "ENTRY": "SELECT id FROM chain_entry WHERE report_id = :report AND seq",
    "OF_SUBMISSION": "submission_id = (SELECT max(id) FROM submission WHERE report_id = :report)",
}
# What an intruder with the database may do: the statement, and the place that must be named.
TAMPERINGS = {
    "fact altered": ("UPDATE chain_entry SET facts = '{}' WHERE $THIS AND seq = 4", "link 4"),
    "link re-dated": (
        "UPDATE chain_entry SET at = '2026-01-01 00:00:00' WHERE $THIS AND seq = 4",
        "link 4",
    ),
    "link re-attributed": (
        'UPDATE chain_entry SET actor_id = (SELECT max(id) FROM "user") WHERE $THIS AND seq=3',
        "link 3",
    ),
    "kind altered": (
        "UPDATE chain_entry SET kind = 'step-accept' WHERE $THIS AND seq = 2",
        "link 2",
    ),
    "subject altered": (
        "UPDATE chain_entry SET subject = 'bms7/annex/31' WHERE $THIS AND seq = 3",
        "link 3",
    ),
    "links swapped": (
        "UPDATE chain_entry SET seq = CASE seq WHEN 4 THEN 1004 ELSE 1003 END "
        "WHERE $THIS AND seq IN (3, 4)",
        "link 3",
    ),
    "link removed": ("DELETE FROM chain_entry WHERE $THIS AND seq = 5", "link 5"),
    "text altered": (
        "UPDATE chain_text SET value = 'Another law.' WHERE field = 'narrative' "
        "AND entry_id = ($ENTRY = 3)",
        "link 3, text narrative",
    ),
    "text removed": (
        "DELETE FROM chain_text WHERE field = 'narrative' AND entry_id = ($ENTRY = 3)",
        "link 3",
    ),
    "text emptied without an event": (
        "UPDATE chain_text SET value = NULL, struck_at = '2026-03-02 09:00:00', "
        "struck_reason = 'x' WHERE field = 'narrative' AND entry_id = ($ENTRY = 3)",
        "link 3, text narrative",
    ),
    "head moved": ("UPDATE chain_head SET seq = seq - 1 WHERE $THIS", "head of the chain"),
    "head removed": ("DELETE FROM chain_head WHERE $THIS", "head of the chain"),
    "status altered": (
        "UPDATE national_report SET status = 'published' WHERE id = :report",
        "report",
    ),
    "default audience altered": (
        "UPDATE national_report SET default_audience = 'public' WHERE id = :report",
        "report",
    ),
    "saving re-dated": (
        "UPDATE national_report SET last_saved_at = '2026-01-01 00:00:00' WHERE id = :report",
        "report",
    ),
    "opening re-dated": (
        "UPDATE national_report SET opened_at = '2026-01-01 00:00:00' WHERE id = :report",
        "report",
    ),
    "answer altered": (
        "UPDATE response SET progress = 'implemented' WHERE $THIS AND reason <> ''",
        "response to bms7/annex/30",
    ),
    "answer re-versioned": (
        "UPDATE response SET version = 9 WHERE $THIS AND reason <> ''",
        "response to bms7/annex/30",
    ),
    "answer removed": (
        "DELETE FROM response WHERE $THIS AND reason <> ''",
        "response to bms7/annex/30",
    ),
    "measure altered": (
        "UPDATE measure SET title = 'No act' WHERE response_id IN (SELECT id FROM response "
        "WHERE $THIS)",
        "response to bms7/annex/28",
    ),
    "struck text put back into the working copy": (
        "UPDATE response SET narrative = 'A law since 2024.' WHERE $THIS AND version = 4",
        "response to bms7/annex/28",
    ),
    "contact altered": (
        "UPDATE contact SET phone = '0' WHERE $THIS AND email <> ''",
        "contacts/",
    ),
    "audience of a contact altered": (
        "UPDATE contact SET audience = 'public' WHERE $THIS AND audience = 'secretariat'",
        "contacts/",
    ),
    "contact re-versioned": ("UPDATE contact SET version = 9 WHERE $THIS", "contacts/"),
    "contact renamed": (
        "UPDATE contact SET public_id = 'another' WHERE $THIS AND email <> ''",
        "contacts/",
    ),
    "contact removed": ("DELETE FROM contact WHERE $THIS AND email <> ''", "contacts/"),
    "removed contact put back": (
        "UPDATE contact SET public_id = (SELECT substr(subject, 10) FROM chain_entry "
        "WHERE $THIS AND kind = 'item-saved' AND CAST(digests AS VARCHAR(9)) = '{}') "
        "WHERE $THIS AND email <> ''",
        "contacts/",
    ),
    "need altered": ("UPDATE assistance SET amount = 1 WHERE $THIS", "assistance/"),
    "need removed": ("DELETE FROM assistance WHERE $THIS", "assistance/"),
    "target altered": ("UPDATE target SET value = '1' WHERE $THIS", "targets/"),
    "target removed": ("DELETE FROM target WHERE $THIS", "targets/"),
    "submitted contact altered": (
        "UPDATE submission_contact SET phone = '0' WHERE $OF_SUBMISSION AND email <> ''",
        "submission 4, contacts/",
    ),
    "submitted contact exchanged for an older revision": (
        "UPDATE submission_contact SET revision_id = ($ENTRY = 2) WHERE $OF_SUBMISSION",
        "submission 4, contacts/",
    ),
    "submitted contact removed": (
        "DELETE FROM submission_contact WHERE $OF_SUBMISSION AND email <> ''",
        "submission 4",
    ),
    "audience of a submitted need altered": (
        "UPDATE submission_assistance SET audience = 'secretariat' WHERE $OF_SUBMISSION",
        "submission 4, assistance/",
    ),
    "submitted need removed": (
        "DELETE FROM submission_assistance WHERE $OF_SUBMISSION",
        "submission 4",
    ),
    "submitted target altered": (
        "UPDATE submission_target SET year = 2040 WHERE $OF_SUBMISSION",
        "submission 4, targets/",
    ),
    "submitted target removed": (
        "DELETE FROM submission_target WHERE $OF_SUBMISSION",
        "submission 4",
    ),
    "figure altered": (
        "UPDATE indicator_figure SET value = 99 WHERE return_id IN "
        "(SELECT id FROM indicator_return WHERE $THIS)",
        "figures on sdg-16-4-2",
    ),
    "figures removed": (
        "DELETE FROM indicator_figure WHERE return_id IN "
        "(SELECT id FROM indicator_return WHERE $THIS);"
        "DELETE FROM indicator_return WHERE $THIS",
        "figures on sdg-16-4-2",
    ),
    "submitter altered": (
        "UPDATE submission SET submitter_name = 'Nobody' WHERE $THIS AND number = 2",
        "submission 2",
    ),
    "submission re-dated": (
        "UPDATE submission SET submitted_at = '2026-01-01 00:00:00' WHERE $THIS AND number = 2",
        "submission 2",
    ),
    "content hash altered": (
        "UPDATE submission SET content_hash = '' WHERE $THIS AND number = 2",
        "submission 2",
    ),
    "submitted answer altered": (
        "UPDATE submission_response SET progress = 'implemented' WHERE $OF_SUBMISSION "
        "AND reason <> ''",
        "submission 4, answer to bms7/annex/30",
    ),
    "audience of a submitted answer altered": (
        "UPDATE submission_response SET audience = 'secretariat' WHERE $OF_SUBMISSION "
        "AND reason <> ''",
        "submission 4, answer to bms7/annex/30",
    ),
    "submitted answer exchanged for an older revision": (
        "UPDATE submission_response SET revision_id = ($ENTRY = 3), narrative = 'A law.', "
        "progress = 'partly_implemented' WHERE $OF_SUBMISSION AND reason = ''",
        "submission 4",
    ),
    "submitted answer removed": (
        "DELETE FROM submission_response WHERE $OF_SUBMISSION AND reason <> ''",
        "submission 4",
    ),
    "submitted figure altered": (
        "UPDATE submission_figure SET value = 99 WHERE $OF_SUBMISSION",
        "submission 4",
    ),
    "late made on time": (
        "UPDATE submission SET on_time = (1 = 0) WHERE $THIS AND number = 3",
        "submission 3, receipt",
    ),
    "receipt altered": (
        "UPDATE submission SET receipt = '{\"number\": 3}' WHERE $THIS AND number = 3",
        "submission 3, receipt",
    ),
    "withdrawal hidden": (
        "UPDATE submission SET withdrawn_at = NULL WHERE $THIS AND number = 1",
        "submission 1",
    ),
    "return hidden": (
        "UPDATE submission SET returned_at = NULL WHERE $THIS AND number = 2",
        "submission 2",
    ),
    "acceptance invented": (
        "UPDATE submission SET accepted_at = submitted_at WHERE $THIS AND number = 2",
        "submission 2",
    ),
    "publication re-dated": (
        "UPDATE submission SET published_at = submitted_at WHERE $THIS AND number = 4",
        "submission 4",
    ),
    "superseded mark removed": (
        "UPDATE submission SET superseded_at = NULL WHERE $THIS AND number = 3",
        "submission 3",
    ),
    "superseded by another": (
        "UPDATE submission SET superseded_by_id = id WHERE $THIS AND number = 3",
        "submission 3",
    ),
    "question altered": (
        "UPDATE clarification SET question = 'Why?' WHERE $THIS",
        "question ",
    ),
    "question withdrawn beside the history": (
        "UPDATE clarification SET withdrawn_at = asked_at, withdrawn_by_id = asked_by_id"
        " WHERE $THIS",
        "question ",
    ),
    "reply altered": ("UPDATE clarification SET reply = 'Never.' WHERE $THIS", "question "),
    "question moved to another paragraph": (
        "UPDATE clarification SET commitment_id = commitment_id + 1 WHERE $THIS",
        "question ",
    ),
    "question moved to another submission": (
        "UPDATE clarification SET submission_id = (SELECT max(id) FROM submission WHERE $THIS)"
        " WHERE $THIS",
        "question ",
    ),
    "question put in another mouth": (
        'UPDATE clarification SET asked_by_id = (SELECT min(id) FROM "user") WHERE $THIS',
        "question ",
    ),
    "reply put in another mouth": (
        "UPDATE clarification SET replied_by_id = asked_by_id WHERE $THIS",
        "question ",
    ),
    "report given to another State": (
        "UPDATE national_report SET state_id = (SELECT id FROM state WHERE iso3 = 'FRA')"
        " WHERE id = :report",
        "report",
    ),
    "report given another public id": (
        "UPDATE national_report SET public_id = 'another' WHERE id = :report",
        "link 1",
    ),
    "question removed": ("DELETE FROM clarification WHERE $THIS", "question "),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found_and_named(life: Reporting, name: str) -> None:
    statements, place = TAMPERINGS[name]
    with without_triggers(life.session):
        for statement in Template(statements).substitute(PARTS).split(";"):
            result = life.session.execute(text(statement), {"report": life.report.id})
            assert result.rowcount >= 1  # type: ignore[attr-defined]
    found = verified(life)
    assert found is not None
    begins = place.endswith((" ", "/")) and found.place.startswith(place)
    assert found.place == place or begins, found
