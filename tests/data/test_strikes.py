"""Striking out a text: gone everywhere, its place and digest kept, the chain still whole."""

from dataclasses import fields as dataclass_fields
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.items import BODY, CONTACT, NEED, save, save_every
from tests.national_reports import Reporting, begin_report, commitment_id, report_at
from tests.outbox import mails
from tests.people import make_actor
from tests.submitted import make_cycle
from tracker.domain.errors import Invalid, NotFound, NotPermitted, StaleEdit, WrongStatus
from tracker.domain.item_fields import Part
from tracker.domain.items import texts_of
from tracker.domain.mail import MailKind
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import Measure, ResponseContent
from tracker.domain.roles import PUBLIC, Role
from tracker.domain.workflow import ReportStatus
from tracker.models import ChainEntry, ChainText, Clarification, ImportPlan, SaveKey, Submission
from tracker.queries.items import (
    item_revisions,
    items_of,
    removed_items,
    submitted_items,
)
from tracker.queries.responses import responses_of, revisions_of, savers_since
from tracker.queries.shown_items import shown_items
from tracker.queries.states import data_version
from tracker.queries.strikes import (
    is_strikes_work,
    standing_texts,
    still_gone,
    struck_in_submission,
    struck_of,
)
from tracker.queries.submissions import submitted_responses
from tracker.queries.verification import verify_report
from tracker.services.items import copy_items
from tracker.services.responses import Saved, save_response

KEY = "bms7/annex/28"
REASON = "A private person was named."


@pytest.fixture
def published(session: Session) -> tuple[Reporting, Submission]:
    work, submission = report_at(session, ReportStatus.PUBLISHED)
    assert submission is not None
    return work, submission


def entry_of(session: Session, submission: Submission, key: str = KEY) -> ChainEntry:
    revision = submitted_responses(session, submission.id)[key].revision_id
    return session.get_one(ChainEntry, revision)


def strike_out(
    work: Reporting, entry: ChainEntry, field: str, reason: str = REASON, named: str = ""
) -> tuple[str, ...]:
    cycles = work.strike_out(entry.id, field, reason, named=named)
    work.session.expire_all()
    return cycles


def test_the_words_go_everywhere_and_the_chain_stays_whole(
    session: Session, published: tuple[Reporting, Submission]
) -> None:
    work, submission = published
    entry = entry_of(session, submission)
    digest, link, version = entry.digests["narrative"], entry.hash, data_version(session)
    words = submitted_responses(session, submission.id)[KEY].content.narrative
    assert words

    strike_out(work, entry, "narrative")

    assert submitted_responses(session, submission.id)[KEY].content.narrative == ""
    assert responses_of(session, work.report.id)[KEY].content.narrative == ""
    assert revisions_of(session, work.report.id, KEY)[-1].content.narrative == ""
    assert words not in [text.value for text in session.scalars(select(ChainText))]
    assert (entry.digests["narrative"], entry.hash) == (digest, link)
    assert data_version(session) > version
    assert verify_report(session, work.report.id) is None


def test_the_rest_of_the_answer_stays(
    session: Session, published: tuple[Reporting, Submission]
) -> None:
    work, submission = published
    before = submitted_responses(session, submission.id)[KEY].content
    strike_out(work, entry_of(session, submission), "narrative")
    after = submitted_responses(session, submission.id)[KEY].content
    assert (after.progress, after.measures) == (before.progress, before.measures)


@pytest.mark.parametrize("part", ["title", "adopted_on", "link"])
def test_one_part_of_a_measure_goes(
    session: Session, published: tuple[Reporting, Submission], part: str
) -> None:
    work, submission = published
    strike_out(work, entry_of(session, submission), f"measures.0.{part}")
    for content in (
        submitted_responses(session, submission.id)[KEY].content,
        responses_of(session, work.report.id)[KEY].content,
    ):
        (measure,) = content.measures
        left = {
            name: value
            for name in ("title", "adopted_on", "link")
            if (value := getattr(measure, name))
        }
        assert part not in left
        assert len(left) == 2
    assert verify_report(session, work.report.id) is None


def test_a_tombstone_says_what_was_struck_out_when_and_why(
    session: Session, published: tuple[Reporting, Submission]
) -> None:
    work, submission = published
    entry = entry_of(session, submission)
    assert [text.field for text in standing_texts(session, entry.id)] == [
        "measures.0.adopted_on",
        "measures.0.link",
        "measures.0.title",
        "narrative",
    ]
    strike_out(work, entry, "narrative")
    ((struck,),) = struck_in_submission(session, submission.id).values()
    assert (struck.field, struck.reason) == ("narrative", REASON)
    assert "narrative" not in [text.field for text in standing_texts(session, entry.id)]
    told = session.scalars(select(ChainEntry).where(ChainEntry.kind == "text-struck")).one()
    assert told.at == struck.at
    assert told.facts == {"seq": entry.seq, "field": "narrative"}


def test_the_next_submission_does_not_bring_it_back(
    session: Session, published: tuple[Reporting, Submission]
) -> None:
    work, submission = published
    strike_out(work, entry_of(session, submission), "narrative")
    work.reopen()
    following = work.submit()
    assert submitted_responses(session, following.id)[KEY].content.narrative == ""
    assert verify_report(session, work.report.id) is None


def test_the_same_words_go_from_every_revision_and_submission(session: Session) -> None:
    work, first = report_at(session, ReportStatus.PUBLISHED)
    assert first is not None
    entry = entry_of(session, first)
    content = submitted_responses(session, first.id)[KEY].content
    words = content.narrative
    work.reopen()
    later = replace(content, progress=Progress.IMPLEMENTED)
    work.answer(28, **_parts(later))
    second = work.submit()
    work.give_back(second)
    work.answer(28, **_parts(replace(later, narrative="Another text.")))
    work.answer(28, **_parts(replace(later, lead_agency="Ministry")))

    strike_out(work, entry, "narrative")

    revisions = revisions_of(session, work.report.id, KEY)
    assert [row.content.narrative for row in revisions] == ["", "", "Another text.", "", ""]
    assert [dict(row.struck) for row in revisions] == [
        {"narrative": REASON},
        {"narrative": REASON},
        {},
        {"narrative": REASON},
        {},
    ]
    for submission in (first, second):
        assert submitted_responses(session, submission.id)[KEY].content.narrative == ""
    assert responses_of(session, work.report.id)[KEY].content.narrative == ""
    assert words not in [text.value for text in session.scalars(select(ChainText))]
    assert verify_report(session, work.report.id) is None


def test_the_same_words_go_from_the_reports_of_other_cycles(session: Session) -> None:
    """A State says again what it said; the words stay where another State or paragraph has them."""
    work, first = report_at(session, ReportStatus.PUBLISHED)
    make_cycle(session, "bms7-2026", opens=work.clock().date())
    draft = begin_report(session, cycle="bms7-2026")
    other, others = report_at(session, ReportStatus.PUBLISHED, "TGO")
    assert first is not None and others is not None
    content = submitted_responses(session, first.id)[KEY].content
    draft.answer(28, **_parts(content))
    second = draft.submit()
    draft.give_back(second)
    draft.answer(30, progress=Progress.IMPLEMENTED, narrative=content.narrative)
    other.reopen()
    other.answer(28, **_parts(content))
    later = other.submit()

    assert strike_out(work, entry_of(session, second), "narrative") == ("bms7", "bms7-2026")

    for submission in (first, second):
        assert submitted_responses(session, submission.id)[KEY].content.narrative == ""
        ((struck,),) = struck_in_submission(session, submission.id).values()
        assert (struck.field, struck.reason) == ("narrative", REASON)
    for report in (work.report, draft.report):
        assert responses_of(session, report.id)[KEY].content.narrative == ""
        assert revisions_of(session, report.id, KEY)[-1].source == "strike"
        assert verify_report(session, report.id) is None
    elsewhere = responses_of(session, draft.report.id)["bms7/annex/30"]
    assert elsewhere.content.narrative == content.narrative
    assert submitted_responses(session, later.id)[KEY].content.narrative == content.narrative
    kinds = [entry.report_id for entry in session.scalars(_STRIKES)]
    assert kinds == [work.report.id, draft.report.id]


_STRIKES = select(ChainEntry).where(ChainEntry.kind == "text-struck").order_by(ChainEntry.id)


def _parts(content: ResponseContent) -> dict[str, Any]:
    return {part.name: getattr(content, part.name) for part in dataclass_fields(content)}


def test_a_title_goes_wherever_its_law_was_moved(session: Session) -> None:
    work = begin_report(session)
    law, other = Measure("Act of Kofi Boateng", "2024"), Measure("Arms Act", "2024")
    work.answer(28, narrative="Laws.", measures=(law,))
    work.answer(28, narrative="Laws.", measures=(other, law))
    first = revisions_of(session, work.report.id, KEY)[0]
    strike_out(work, session.get_one(ChainEntry, first.id), "measures.0.title")
    (one, two, now) = [row.content.measures for row in revisions_of(session, work.report.id, KEY)]
    assert one == (Measure("", "2024"),)
    assert two == now == (other, Measure("", "2024"))
    assert verify_report(session, work.report.id) is None


@pytest.mark.parametrize("day", ["1961-05-17", "2024"])
def test_a_date_goes_with_its_law_and_no_equal_one_of_another(session: Session, day: str) -> None:
    work = begin_report(session)
    law, other = Measure("Act of Kofi Boateng", day), Measure("Arms Act", "2024")
    work.answer(28, narrative="Laws.", measures=(law,))
    work.answer(28, narrative="Laws.", measures=(other, law))
    first = revisions_of(session, work.report.id, KEY)[0]
    strike_out(work, session.get_one(ChainEntry, first.id), "measures.0.adopted_on")
    (one, two, now) = [row.content.measures for row in revisions_of(session, work.report.id, KEY)]
    undated = replace(law, adopted_on="")
    assert one == (undated,)
    assert two == now == (other, undated)
    assert verify_report(session, work.report.id) is None


def test_an_equal_date_of_another_law_stays_though_both_lost_their_titles(
    session: Session,
) -> None:
    work = begin_report(session)
    work.answer(28, narrative="Laws.", measures=(Measure("One", "2000"), Measure("Two", "2000")))
    submission = work.submit()
    for field in ("measures.0.title", "measures.1.title", "measures.0.adopted_on"):
        strike_out(work, entry_of(session, submission), field)
    left = submitted_responses(session, submission.id)[KEY].content.measures
    assert left == (Measure(""), Measure("", "2000"))
    assert responses_of(session, work.report.id)[KEY].content.measures == (Measure("", "2000"),)
    assert verify_report(session, work.report.id) is None


def test_a_date_goes_from_a_law_that_lost_its_title_wherever_it_stands(session: Session) -> None:
    work = begin_report(session)
    law = Measure("Act of Kofi Boateng", "2001")
    work.answer(28, narrative="Laws.", measures=(Measure("One", "2000"), law))
    submission = work.submit()
    work.give_back(submission)
    work.answer(28, narrative="Laws.", measures=(law, Measure("Two", "2001")))
    for field in ("measures.1.title", "measures.1.adopted_on"):
        strike_out(work, entry_of(session, submission), field)
    left = responses_of(session, work.report.id)[KEY].content.measures
    assert left == (Measure("Two", "2001"),)
    every = [
        law for row in revisions_of(session, work.report.id, KEY) for law in row.content.measures
    ]
    assert {law.title for law in every if law.adopted_on == "2001"} == {"Two"}


def test_an_equal_date_of_a_law_with_another_title_stays(session: Session) -> None:
    work = begin_report(session)
    work.answer(28, narrative="Laws.", measures=(Measure("Act of Kofi Boateng", "2000"),))
    submission = work.submit()
    work.give_back(submission)
    other = Measure("Another act", "2000")
    work.answer(28, narrative="Laws.", measures=(other,))
    for field in ("measures.0.title", "measures.0.adopted_on"):
        strike_out(work, entry_of(session, submission), field)
    assert responses_of(session, work.report.id)[KEY].content.measures == (other,)


def test_a_date_goes_from_a_law_that_was_renamed(session: Session) -> None:
    work = begin_report(session)
    work.answer(28, measures=(Measure("Act of Kofi", "1961"),))
    work.answer(28, measures=(Measure("Act of K. Boateng", "1961"),))
    first = revisions_of(session, work.report.id, KEY)[0]
    strike_out(work, session.get_one(ChainEntry, first.id), "measures.0.adopted_on")
    now = responses_of(session, work.report.id)[KEY].content.measures
    assert now == (Measure("Act of K. Boateng"),)


def test_a_law_without_anything_left_goes_from_the_working_copy(session: Session) -> None:
    work = begin_report(session)
    work.answer(28, measures=(Measure("Act of Kofi Boateng"), Measure("Arms Act")))
    (first,) = revisions_of(session, work.report.id, KEY)
    strike_out(work, session.get_one(ChainEntry, first.id), "measures.0.title")
    assert responses_of(session, work.report.id)[KEY].content.measures == (Measure("Arms Act"),)
    work.submit()
    assert verify_report(session, work.report.id) is None


def test_a_page_opened_before_cannot_bring_it_back(session: Session) -> None:
    work = begin_report(session)
    row = work.answer(28, narrative="Kofi Boateng said so.")
    opened, content = row.version, responses_of(session, work.report.id)[KEY].content
    (first,) = revisions_of(session, work.report.id, KEY)
    strike_out(work, session.get_one(ChainEntry, first.id), "narrative")

    with pytest.raises(StaleEdit) as stale:
        save_response(
            session,
            actor=work.focal_point,
            report_id=work.report.id,
            commitment_id=commitment_id(session, 28),
            expected_version=opened,
            content=content,
            clock=work.clock,
        )
    assert stale.value.current_version == opened + 1
    last = revisions_of(session, work.report.id, KEY)[-1]
    assert (last.version, last.source, last.actor_id) == (
        opened + 1,
        "strike",
        work.administrator.user_id,
    )
    assert responses_of(session, work.report.id)[KEY].content.narrative == ""
    assert verify_report(session, work.report.id) is None


def test_a_save_sent_again_is_not_called_saved(session: Session) -> None:
    work = begin_report(session)

    def send() -> Saved:
        return save_response(
            session,
            actor=work.focal_point,
            report_id=work.report.id,
            commitment_id=commitment_id(session, 28),
            expected_version=0,
            content=ResponseContent(narrative="Kofi Boateng said so."),
            clock=work.clock,
            save_key="one",
        )

    first = send()
    assert send() == replace(first, changed=False)
    (entry,) = revisions_of(session, work.report.id, KEY)
    strike_out(work, session.get_one(ChainEntry, entry.id), "narrative")
    with pytest.raises(StaleEdit):
        send()
    assert session.scalars(select(SaveKey)).all() == []


def test_a_later_revision_of_the_working_copy_stays(
    session: Session, published: tuple[Reporting, Submission]
) -> None:
    work, submission = published
    entry = entry_of(session, submission)
    work.reopen()
    work.answer(28, narrative="Written anew.")
    strike_out(work, entry, "narrative")
    standing = responses_of(session, work.report.id)[KEY]
    assert (standing.content.narrative, standing.version) == ("Written anew.", 2)
    assert verify_report(session, work.report.id) is None


def test_a_question_and_a_submitter_can_be_struck_out(session: Session) -> None:
    work, submission = report_at(session, ReportStatus.SUBMITTED)
    assert submission is not None
    question = work.ask(submission, "Is it Kofi Boateng?")
    for kind, field in (("clarification-asked", "question"), ("step-submit", "submitter_name")):
        entry = session.scalars(
            select(ChainEntry).where(
                ChainEntry.report_id == work.report.id, ChainEntry.kind == kind
            )
        ).one()
        strike_out(work, entry, field)
    assert session.get_one(Clarification, question.id).question == ""
    with pytest.raises(Invalid) as refused:
        work.ask(submission, "Is it Kofi Boateng?")
    assert refused.value.problem.code == "question-struck"
    work.ask(submission, "Who is it?")
    _, elsewhere = report_at(session, ReportStatus.SUBMITTED, "TGO")
    assert elsewhere
    work.ask(elsewhere, "Is it Kofi Boateng?")
    assert session.get_one(Submission, submission.id).submitter_name == ""
    assert verify_report(session, work.report.id) is None


def test_the_letter_of_that_submission_alone_loses_the_name(session: Session) -> None:
    work, first = report_at(session, ReportStatus.SUBMITTED)
    other, _ = report_at(session, ReportStatus.SUBMITTED, "TGO")
    assert first is not None
    work.give_back(first)
    work.submit()
    submitted = select(ChainEntry).where(
        ChainEntry.report_id == work.report.id, ChainEntry.kind == "step-submit"
    )
    entry = session.scalars(submitted.order_by(ChainEntry.seq)).first()
    assert entry is not None
    strike_out(work, entry, "submitter_name")
    letters = [letter.data for letter in mails(session, MailKind.REPORT_SUBMITTED)]
    report, second = work.report.public_id, other.report.public_id
    assert {(told["report"], told["number"]): told["name"] for told in letters} == {
        (report, 1): "[…]",
        (report, 2): "Ama Mensah",
        (second, 1): "Ama Mensah",
    }


def test_who_may_not_and_what_cannot(
    session: Session, published: tuple[Reporting, Submission]
) -> None:
    work, submission = published
    entry = entry_of(session, submission)
    with pytest.raises(Invalid, match="reason-needed"):
        strike_out(work, entry, "narrative", reason=" ")
    with pytest.raises(NotFound):
        strike_out(work, entry, "progress")
    strike_out(work, entry, "narrative")
    with pytest.raises(WrongStatus, match="already-struck"):
        strike_out(work, entry, "narrative")
    administrator = work.administrator
    for actor in (
        work.reviewer,
        work.focal_point,
        make_actor(session, Role.OBSERVER, "GHA"),
        PUBLIC,
    ):
        work.administrator = actor
        with pytest.raises(NotPermitted):
            strike_out(work, entry, "measures.0.title")
    work.administrator = administrator
    assert verify_report(session, work.report.id) is None


def test_a_name_goes_from_every_revision_copy_and_the_working_copy(session: Session) -> None:
    work = begin_report(session)
    ids = save_every(work)
    first = work.submit()
    work.give_back(first)
    save(work, replace(CONTACT, phone="123"), ids[CONTACT], 1)
    second = work.submit()
    row = submitted_items(session, first.id)[Part.CONTACTS][0]

    strike_out(work, session.get_one(ChainEntry, row.revision_id), "name")

    for submission in (first, second):
        (shown, body) = shown_items(
            session,
            submission.id,
            Audience.SECRETARIAT,
            struck_in_submission(session, submission.id),
        )[Part.CONTACTS].shown
        assert shown.content == replace(CONTACT, name="", phone=shown.content.phone)  # type: ignore[union-attr]
        assert [(text.field, text.reason) for text in shown.struck.values()] == [("name", REASON)]
        assert (body.content, body.struck) == (BODY, {})
    working = items_of(session, work.report.id)[Part.CONTACTS][0]
    assert working.content == replace(CONTACT, name="", phone="123")
    revisions = item_revisions(session, work.report.id, Part.CONTACTS, ids[CONTACT])
    assert [(r.version, r.source) for r in revisions] == [(1, "form"), (2, "form"), (3, "strike")]
    assert [dict(r.struck) for r in revisions] == [{"name": REASON}, {"name": REASON}, {}]
    assert CONTACT.name not in [text.value for text in session.scalars(select(ChainText))]
    assert verify_report(session, work.report.id) is None
    with pytest.raises(StaleEdit):  # an older page cannot bring it back
        work.give_back(second)
        save(work, CONTACT, ids[CONTACT], 2)


def test_the_same_words_elsewhere_stay(session: Session) -> None:
    """Another field, another row: each is struck out for itself."""
    work = begin_report(session)
    same = replace(CONTACT, organisation=CONTACT.name)
    item_id = save(work, same).item_id
    save(work, same)
    submission = work.submit()
    first, other = submitted_items(session, submission.id)[Part.CONTACTS]
    assert first.item_id == item_id
    strike_out(work, session.get_one(ChainEntry, first.revision_id), "organisation")
    first, other = submitted_items(session, submission.id)[Part.CONTACTS]
    assert first.content == replace(same, organisation="")
    assert other.content == same


def test_a_row_copied_into_another_cycle_loses_the_words_too(session: Session) -> None:
    """It has another id there; a row of another name keeps what it says alike."""
    work = begin_report(session)
    save_every(work)
    colleague = replace(CONTACT, name="Efua Addo")
    save(work, colleague)
    first = work.submit()
    make_cycle(session, "bms7-2026", opens=work.clock().date())
    later = begin_report(session, cycle="bms7-2026")
    copy_items(
        session,
        actor=later.focal_point,
        report_id=later.report.id,
        part=Part.CONTACTS,
        clock=later.clock,
    )
    second = later.submit()
    row = submitted_items(session, first.id)[Part.CONTACTS][0]
    entry = session.get_one(ChainEntry, row.revision_id)

    assert strike_out(work, entry, "organisation") == ("bms7", "bms7-2026")
    assert strike_out(work, entry, "name") == ("bms7", "bms7-2026")

    left = replace(CONTACT, name="", organisation="")
    for submission in (first, second):
        rows = submitted_items(session, submission.id)[Part.CONTACTS]
        assert [row.content for row in rows] == [left, BODY, colleague]
    for report in (work.report, later.report):
        assert items_of(session, report.id)[Part.CONTACTS][0].content == left
        assert verify_report(session, report.id) is None


@pytest.mark.parametrize("struck_in", [0, 1])
def test_a_row_copied_and_renamed_since_is_the_same_row(session: Session, struck_in: int) -> None:
    work = begin_report(session)
    save(work, CONTACT)
    first = work.submit()
    make_cycle(session, "bms7-2026", opens=work.clock().date())
    later = begin_report(session, cycle="bms7-2026")
    actor, report_id, clock = later.focal_point, later.report.id, later.clock
    (copied,) = copy_items(
        session, actor=actor, report_id=report_id, part=Part.CONTACTS, clock=clock
    )
    renamed = replace(CONTACT, name="Efua Addo")
    save(later, renamed, copied.item_id, copied.version)
    second = later.submit()
    (row,) = submitted_items(session, (first, second)[struck_in].id)[Part.CONTACTS]
    entry = session.get_one(ChainEntry, row.revision_id)
    assert strike_out(work, entry, "organisation") == ("bms7", "bms7-2026")
    for submission in (first, second):
        (row,) = submitted_items(session, submission.id)[Part.CONTACTS]
        assert "organisation" not in texts_of(row.content)
    assert CONTACT.organisation not in [text.value for text in session.scalars(select(ChainText))]


def test_a_copy_of_a_renamed_copy_is_the_same_row(session: Session) -> None:
    work = begin_report(session)
    save(work, CONTACT)
    first = work.submit()
    renamed = replace(CONTACT, name="Efua Addo")
    for slug, opens in (("bms7-2026", date(2026, 2, 1)), ("bms7-2027", date(2026, 3, 2))):
        make_cycle(session, slug, opens=opens)
        later = begin_report(session, cycle=slug)
        (copied,) = copy_items(
            session,
            actor=later.focal_point,
            report_id=later.report.id,
            part=Part.CONTACTS,
            clock=later.clock,
        )
        if slug == "bms7-2026":
            save(later, renamed, copied.item_id, copied.version)
        later.submit()
    (third,) = items_of(session, later.report.id)[Part.CONTACTS]
    assert third.content == renamed
    (row,) = submitted_items(session, first.id)[Part.CONTACTS]
    strike_out(work, session.get_one(ChainEntry, row.revision_id), "organisation")
    assert CONTACT.organisation not in [text.value for text in session.scalars(select(ChainText))]


def test_rows_whose_names_were_struck_out_stay_two(session: Session) -> None:
    work = begin_report(session)
    save(work, CONTACT)
    first = work.submit()
    make_cycle(session, "bms7-2026", opens=work.clock().date())
    later = begin_report(session, cycle="bms7-2026")
    colleague = replace(CONTACT, name="Efua Addo")
    save(later, colleague)
    second = later.submit()
    one, other = (
        session.get_one(ChainEntry, submitted_items(session, s.id)[Part.CONTACTS][0].revision_id)
        for s in (first, second)
    )
    strike_out(work, one, "name")
    strike_out(later, other, "name")
    assert strike_out(work, one, "organisation") == ("bms7",)
    (row,) = submitted_items(session, second.id)[Part.CONTACTS]
    assert row.content == replace(colleague, name="")


def test_uploaded_workbooks_that_may_hold_the_words_are_forgotten(
    session: Session, published: tuple[Reporting, Submission]
) -> None:
    work, submission = published
    others = make_cycle(session, "bms7-2026", opens=work.clock().date())
    for cycle_id in (work.report.cycle_id, others.id):
        session.add(
            ImportPlan(
                user_id=work.focal_point.user_id,
                state_id=work.report.state_id,
                cycle_id=cycle_id,
                filename="filled.xlsx",
                file_hash="0" * 64,
                content={},
                choices={},
                made_at=work.clock(),
                expires_at=work.clock(),
            )
        )
    session.flush()
    strike_out(work, entry_of(session, submission), "narrative")
    assert session.scalars(select(ImportPlan.cycle_id)).all() == [], "of every cycle"


def test_of_a_draft_the_secretariat_is_told_nothing(
    session: Session, published: tuple[Reporting, Submission]
) -> None:
    work, first = published
    make_cycle(session, "bms7-2026", opens=work.clock().date())
    draft = begin_report(session, cycle="bms7-2026")
    draft.answer(28, **_parts(submitted_responses(session, first.id)[KEY].content))
    assert strike_out(work, entry_of(session, first), "narrative") == ("bms7",)
    assert responses_of(session, draft.report.id)[KEY].content.narrative == ""


def test_a_row_removed_since_is_struck_out_in_the_history(session: Session) -> None:
    work = begin_report(session)
    item_id = save(work, NEED).item_id
    submission = work.submit()
    work.give_back(submission)
    save(work, None, item_id, 1, part=Part.ASSISTANCE)
    (row,) = submitted_items(session, submission.id)[Part.ASSISTANCE]
    strike_out(work, session.get_one(ChainEntry, row.revision_id), "description")
    assert items_of(session, work.report.id)[Part.ASSISTANCE] == ()
    ((_, content),) = removed_items(session, work.report.id, Part.ASSISTANCE)
    assert content == replace(NEED, description="")
    assert verify_report(session, work.report.id) is None


def test_a_strike_in_a_row_is_no_save_of_the_state(session: Session) -> None:
    work = begin_report(session)
    save(work, CONTACT)
    submission = work.submit()
    saved_at = work.report.last_saved_at
    (row,) = submitted_items(session, submission.id)[Part.CONTACTS]
    strike_out(work, session.get_one(ChainEntry, row.revision_id), "name")
    assert items_of(session, work.report.id)[Part.CONTACTS][0].version == 2
    assert work.report.last_saved_at == saved_at


def test_what_is_no_text_of_an_item_cannot_be_struck_out(session: Session) -> None:
    work = begin_report(session)
    save_every(work)
    submission = work.submit()
    row = submitted_items(session, submission.id)[Part.CONTACTS][0]
    entry = session.get_one(ChainEntry, row.revision_id)
    for field in ("kind", "confirmed_on", "audience", "phone", "\0"):
        with pytest.raises(NotFound):
            strike_out(work, entry, field)


def all_texts(session: Session) -> list[str]:
    return [text for text in session.scalars(select(ChainText.value)) if text]


class TestOtherWordings:
    """A text is saved while it is typed: its earlier wordings hold the same name."""

    def typed(self, work: Reporting, *wordings: str) -> Submission:
        for wording in wordings:
            work.answer(28, progress=Progress.IMPLEMENTED, narrative=wording)
        return work.submit()

    def test_those_never_submitted_go_with_it(self, session: Session) -> None:
        work = begin_report(session)
        one = self.typed(work, "The police.", "The police did it.")
        work.give_back(one)
        two = self.typed(work, "Kofi", "Kofi B", "Kofi Boateng did it.")
        work.give_back(two)
        self.typed(work, "Nobody", "Nobody did it.")
        strike_out(work, entry_of(session, two), "narrative")
        left = [row.content.narrative for row in revisions_of(session, work.report.id, KEY)]
        assert left == ["The police.", "The police did it.", "", "", "", "Nobody", "Nobody did it."]
        assert submitted_responses(session, one.id)[KEY].content.narrative == "The police did it."
        assert verify_report(session, work.report.id) is None

    def test_those_of_a_row_too(self, session: Session) -> None:
        work = begin_report(session)
        item_id = save(work, replace(CONTACT, phone="+233 111")).item_id
        save(work, replace(CONTACT, phone="+233 222"), item_id, 1)
        submission = work.submit()
        (row,) = submitted_items(session, submission.id)[Part.CONTACTS]
        strike_out(work, session.get_one(ChainEntry, row.revision_id), "phone")
        assert not [text for text in all_texts(session) if text.startswith("+233")]

    def test_words_that_are_named_go_from_what_was_submitted_and_is_written_now(
        self, session: Session
    ) -> None:
        work = begin_report(session)
        first = self.typed(work, "Kofi Boateng wrote it.")
        work.give_back(first)
        work.answer(28, reason="Ask KOFI  BOATENG.", narrative="Mr Kofi Boate\u0301ng wrote it.")
        work.answer(29, narrative="Kofi Boateng, again.")
        cycles = strike_out(work, entry_of(session, first), "narrative", named="kofi boateng")
        assert cycles == ("bms7",)
        assert all_texts(session).count("Kofi Boateng, again.") == 1, "of another paragraph"
        held = [text for text in all_texts(session) if "ofi" in text or "OFI" in text]
        assert held == ["Kofi Boateng, again."]
        standing = responses_of(session, work.report.id)[KEY].content
        assert (standing.reason, standing.narrative) == ("", "")
        work.submit()
        assert verify_report(session, work.report.id) is None

    def test_what_was_made_from_it_and_is_past_goes_too(self, session: Session) -> None:
        """Also after it was submitted; what the State says now stays, and so do other texts."""
        work = begin_report(session)
        one = self.typed(work, "An innocent thought.", "", "Kofi Boateng did it.")
        work.give_back(one)
        for text in ("Kofi Boateng did it. And m", "It did rain.", "They did it.", "Kofi did so."):
            work.answer(28, progress=Progress.IMPLEMENTED, narrative=text)
        strike_out(work, entry_of(session, one), "narrative")
        left = [row.content.narrative for row in revisions_of(session, work.report.id, KEY)]
        assert left[0] == "An innocent thought."
        assert [text for text in left if "Kofi" in text] == ["Kofi did so."], "it stands now"

    def test_those_of_an_answer_that_was_emptied_too(self, session: Session) -> None:
        work = begin_report(session)
        one = self.typed(work, "Kofi Boateng did it.")
        work.give_back(one)
        for text in ("Kofi Boateng did", ""):
            work.answer(28, progress=Progress.IMPLEMENTED, narrative=text)
        strike_out(work, entry_of(session, one), "narrative")
        assert not [text for text in all_texts(session) if "Kofi" in text]

    def test_those_of_the_next_cycle_where_no_text_stands_the_same(self, session: Session) -> None:
        work = begin_report(session)
        one = self.typed(work, "Kofi Boateng of Accra did it.")
        make_cycle(session, "bms7-2026", opens=work.clock().date())
        later = begin_report(session, cycle="bms7-2026")
        for text in ("Kofi Boateng of Accra did it again.", "Nothing."):
            later.answer(28, progress=Progress.IMPLEMENTED, narrative=text)
        strike_out(work, entry_of(session, one), "narrative")
        assert not [text for text in all_texts(session) if "Kofi" in text]
        assert "Nothing." in all_texts(session)

    @pytest.mark.parametrize("submitted", [True, False])
    def test_what_is_said_again_stays(self, session: Session, submitted: bool) -> None:
        work = begin_report(session)
        one = self.typed(work, "Kofi Boateng did it.")
        work.give_back(one)
        for text in ("It.", "Something quite other.", "It."):
            work.answer(28, progress=Progress.IMPLEMENTED, narrative=text)
        two = work.submit() if submitted else None
        strike_out(work, entry_of(session, one), "narrative")
        assert responses_of(session, work.report.id)[KEY].content.narrative == "It."
        if two:
            assert submitted_responses(session, two.id)[KEY].content.narrative == "It."
        assert all_texts(session).count("It.") == 2
        assert verify_report(session, work.report.id) is None

    def test_words_that_are_named_go_from_another_wording_in_another_cycle(
        self, session: Session
    ) -> None:
        work = begin_report(session)
        first = self.typed(work, "Kofi Boateng wrote it.")
        make_cycle(session, "bms7-2026", opens=work.clock().date())
        later = begin_report(session, cycle="bms7-2026")
        self.typed(later, "In the next cycle Kofi Boateng wrote more.")
        cycles = strike_out(work, entry_of(session, first), "narrative", named="Kofi Boateng")
        assert cycles == ("bms7", "bms7-2026")
        assert not [text for text in all_texts(session) if "Kofi" in text]

    def test_a_name_of_two_signs_is_long_enough(self, session: Session) -> None:
        work = begin_report(session)
        first = self.typed(work, "联系人李明先生")
        strike_out(work, entry_of(session, first), "narrative", named="李明")
        assert not [text for text in all_texts(session) if "李明" in text]

    def test_words_that_are_named_are_whole_words(self, session: Session) -> None:
        work = begin_report(session)
        first = self.typed(work, "A law is planned; annual report of the planning board.")
        work.give_back(first)
        second = self.typed(work, "Ann wrote it.")
        strike_out(work, entry_of(session, second), "narrative", named="Ann")
        assert submitted_responses(session, first.id)[KEY].content.narrative.startswith("A law")
        assert "Ann wrote it." not in all_texts(session)

    @pytest.mark.parametrize(
        ("named", "reason", "code"),
        [
            ("Efua", REASON, "words-not-there"),
            ("Kof", REASON, "words-not-there"),
            ("it", REASON, "words-too-short"),
            ("“it”", REASON, "words-too-short"),
            ("i. . .", REASON, "words-too-short"),
            ("Kofi " * 300, REASON, "text-too-long"),
            ("Kofi\0", REASON, "refused-characters"),
            ("", "It says: “Kofi Boateng wrote it.”", "reason-repeats"),
            ("Kofi", "About KOFI.", "reason-repeats"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(
        self, session: Session, named: str, reason: str, code: str
    ) -> None:
        work = begin_report(session)
        first = self.typed(work, "Kofi Boateng wrote it.")
        entry = entry_of(session, first)
        with pytest.raises(Invalid) as refused:
            strike_out(work, entry, "narrative", reason, named)
        assert refused.value.problem.code == code
        assert "Kofi Boateng wrote it." in all_texts(session)


def test_a_reopened_report_whose_working_copy_alone_held_the_words_is_not_named(
    session: Session,
) -> None:
    """What is being written there is the State's own."""
    work, first = report_at(session, ReportStatus.PUBLISHED)
    assert first is not None
    words = submitted_responses(session, first.id)[KEY].content.narrative
    make_cycle(session, "bms7-2026", opens=work.clock().date())
    later = begin_report(session, cycle="bms7-2026")
    later.answer(28, progress=Progress.IMPLEMENTED, narrative="Ours.")
    second = later.submit()
    later.give_back(second)
    later.answer(28, progress=Progress.IMPLEMENTED, narrative=words)
    saved_at = later.report.last_saved_at
    assert strike_out(work, entry_of(session, first), "narrative") == ("bms7",)
    assert responses_of(session, later.report.id)[KEY].content.narrative == ""
    assert later.report.last_saved_at == saved_at, "nobody of the State saved anything"
    assert verify_report(session, later.report.id) is None


def test_what_a_strike_left_last_is_known_also_after_a_later_one_elsewhere(
    session: Session,
) -> None:
    """The second takes an older wording, and leaves the working copy as it is."""
    work = begin_report(session)
    submissions = []
    for words in ("First words.", "Quite other things."):
        work.answer(28, progress=Progress.IMPLEMENTED, narrative=words)
        submissions.append(work.submit())
        work.give_back(submissions[-1])
    strike_out(work, entry_of(session, submissions[1]), "narrative")
    left = responses_of(session, work.report.id)[KEY]
    strike_out(work, entry_of(session, submissions[0]), "narrative", "Another reason.")
    gone = struck_of(session, work.report.id)
    assert responses_of(session, work.report.id)[KEY].version == left.version == 3
    assert is_strikes_work(gone, KEY, left.saved_at)
    assert [strike.reason for strike in still_gone(gone, KEY, {})] == ["Another reason."]
    assert savers_since(session, work.report.id, KEY, 2) == set(), "nobody saved anything"


def test_a_report_whose_last_save_an_older_version_gave_to_a_strike_is_whole(
    session: Session,
) -> None:
    work = begin_report(session)
    work.answer(28, narrative="Kofi wrote.", lead_agency="Efua Mensah")
    before = work.report.last_saved_at
    work.answer(28, narrative="Kofi wrote it.", lead_agency="Efua Mensah")
    submission = work.submit()
    strike_out(work, entry_of(session, submission), "narrative")
    work.report.last_saved_at = responses_of(session, work.report.id)[KEY].saved_at
    assert verify_report(session, work.report.id) is None
    strike_out(work, entry_of(session, submission), "lead_agency")
    assert verify_report(session, work.report.id) is None
    work.report.last_saved_at = before
    assert verify_report(session, work.report.id) is not None


def test_a_text_of_one_letter_is_in_no_reason_too_much(session: Session) -> None:
    work = begin_report(session)
    work.answer(28, lead_agency="A")
    strike_out(work, entry_of(session, work.submit()), "lead_agency", "A private person.")
    assert "A" not in all_texts(session)
