"""Files of answers: versions, what a submission names, what verification finds."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.evidence import attach, described, pdf
from tests.national_reports import Reporting, begin_report, report_at
from tests.people import make_actor
from tests.submitted import make_cycle
from tests.tampering import without_triggers
from tracker.domain import evidence as domain
from tracker.domain.errors import Invalid, NotFound, NotPermitted, StaleEdit, WrongStatus
from tracker.domain.progress import Audience, Progress
from tracker.domain.roles import Role
from tracker.domain.workflow import ReportStatus
from tracker.models import ChainEntry, ChainText, Evidence, Submission
from tracker.queries.evidence import (
    file_of_report_or_none,
    files_of_report,
    submitted_file_or_none,
    submitted_files,
)
from tracker.queries.recorded import load_recorded
from tracker.queries.verification import verify_report
from tracker.queries.verified_files import named_files
from tracker.queries.verified_submissions import hashed_content
from tracker.services import evidence as services

KEY = "bms7/annex/28"


@pytest.fixture
def work(session: Session) -> Reporting:
    return report_at(session, ReportStatus.DRAFT)[0]


def titles(work: Reporting) -> list[list[tuple[int, str | None, bool]]]:
    return [
        [(row.version, row.title, row.removed) for row in file.versions]
        for file in files_of_report(work.session, work.report.id).get(KEY, ())
    ]


def refusal(work: Reporting, *arguments: bytes, **options: object) -> str:
    kept: list[int] = []
    before = work.session.scalars(select(ChainEntry.id)).all()
    with pytest.raises((Invalid, StaleEdit)) as refused:
        attach(work, *arguments, keep=lambda: kept.append(1), **options)  # type: ignore[arg-type]
    assert kept == []  # nothing reached the disk
    assert work.session.scalars(select(ChainEntry.id)).all() == before
    return refused.value.problem.code


def test_a_new_version_supersedes_and_the_older_one_stays(work: Reporting) -> None:
    first = attach(work, title="Draft act")
    other = attach(work, title="Decree")
    second = attach(work, title="Act", replaces=first)
    assert titles(work) == [
        [(2, "Act", False), (1, "Draft act", False)],
        [(1, "Decree", False)],
    ]
    (file, _) = files_of_report(work.session, work.report.id)[KEY]
    assert [row.public_id for row in file.older] == [first]
    assert file.latest.public_id == second
    old = file_of_report_or_none(work.session, work.report.id, first)
    assert old is not None and old.title == "Draft act"
    for stale in (first, "no-such-file"):
        assert refusal(work, title="Another", replaces=stale) == "evidence-not-current"
    services.take_out(
        work.session,
        actor=work.focal_point,
        report_id=work.report.id,
        public_id=other,
        clock=work.clock,
    )
    assert titles(work)[1] == [(2, None, True), (1, "Decree", False)]
    assert file_of_report_or_none(work.session, work.report.id, other) is not None
    with pytest.raises(StaleEdit):
        services.take_out(
            work.session,
            actor=work.focal_point,
            report_id=work.report.id,
            public_id=other,
            clock=work.clock,
        )
    assert verify_report(work.session, work.report.id) is None


def test_a_file_needs_an_answer_and_room(work: Reporting, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(work, paragraph=31) == "evidence-needs-answer"
    attach(work)
    assert attach(work) == attach(work), "a button pressed twice"
    assert refusal(work, pdf("Arms Act"), title="Under another title") == "evidence-same"
    monkeypatch.setattr(services, "MOST_FILES", 1)
    assert refusal(work, title="Other") == "evidence-too-many"
    monkeypatch.setattr(services, "MOST_FILES", 10)
    size = described(pdf("Arms Act")).size
    monkeypatch.setattr(services, "LARGEST_IN_ALL", 2 * size)
    attach(work, title="Arms Ac2", filename="b")
    # older versions count, so that replacing is no way round
    first = files_of_report(work.session, work.report.id)[KEY][0].latest.public_id
    assert refusal(work, title="Arms Ac3", replaces=first) == "evidence-quota"
    monkeypatch.setattr(services, "LARGEST_IN_ALL", domain.LARGEST_IN_ALL)
    monkeypatch.setattr(services, "MOST_VERSIONS", 2)
    assert refusal(work, title="Fourth") == "evidence-too-many-versions"


def test_who_may_attach_is_who_may_edit_while_it_is_open(work: Reporting) -> None:
    session = work.session
    attached = attach(work)
    for actor in (
        make_actor(session, Role.OBSERVER, "GHA"),
        make_actor(session, Role.CONTRIBUTOR, "GHA", ("II.1",)),
        make_actor(session, Role.FOCAL_POINT, "KEN"),
        work.reviewer,
        work.administrator,
    ):
        other = Reporting(
            session, work.report, actor, work.reviewer, work.administrator, work.clock
        )
        with pytest.raises(NotPermitted):
            attach(other, title="Forged")
        with pytest.raises(NotPermitted):
            services.take_out(
                session,
                actor=actor,
                report_id=work.report.id,
                public_id=attached,
                clock=work.clock,
            )
    contributor = make_actor(session, Role.CONTRIBUTOR, "GHA", ("I.1",))
    attach(
        Reporting(session, work.report, contributor, work.reviewer, work.administrator, work.clock),
        title="By the police",
    )
    work.submit()
    with pytest.raises(WrongStatus):
        attach(work, title="Too late")
    with pytest.raises(WrongStatus):
        services.take_out(
            session,
            actor=work.focal_point,
            report_id=work.report.id,
            public_id=attached,
            clock=work.clock,
        )
    with pytest.raises(NotFound):
        services.take_out(
            session,
            actor=work.focal_point,
            report_id=work.report.id + 1,
            public_id=attached,
            clock=work.clock,
        )


def test_a_submission_names_what_stood_and_never_changes(work: Reporting) -> None:
    session = work.session
    first = attach(work, title="Draft act")
    gone = attach(work, title="Wrong file")
    services.take_out(
        session, actor=work.focal_point, report_id=work.report.id, public_id=gone, clock=work.clock
    )
    submission = work.submit()
    work.give_back(submission)
    second = attach(work, title="Act", replaces=first)
    later = work.submit()

    def named(row: Submission) -> list[str]:
        found = submitted_files(session, row.id, Audience.SECRETARIAT)
        return [file.public_id for files in found.values() for file in files]

    assert (named(submission), named(later)) == ([first], [second])
    content = hashed_content(load_recorded(session, work.report.id), submission)
    (listed,) = content["files"]
    assert (listed["key"].split("/")[0], listed["version"]) == ("files", 1)
    assert verify_report(session, work.report.id) is None


def test_an_answer_emptied_again_submits_no_file(work: Reporting) -> None:
    attach(work)
    work.answer(28)
    submission = work.submit()
    assert submitted_files(work.session, submission.id, Audience.SECRETARIAT) == {}
    assert verify_report(work.session, work.report.id) is None


def test_files_are_read_at_the_level_of_their_answer(session: Session) -> None:
    work, _ = report_at(session, ReportStatus.DRAFT)
    files = {}
    for paragraph, audience in zip((28, 30, 31), Audience, strict=True):
        work.answer(paragraph, progress=Progress.IMPLEMENTED, audience=audience)
        files[audience] = attach(work, title=f"canary {audience}", paragraph=paragraph)
    submission = work.submit()
    for level in Audience:
        seen = submitted_files(session, submission.id, level)
        titled = {row.title for rows in seen.values() for row in rows}
        admitted = {audience for audience in Audience if level.admits(audience)}
        assert titled == {f"canary {audience}" for audience in admitted}
        for audience, public_id in files.items():
            found = submitted_file_or_none(session, submission.id, public_id, level)
            assert (found is not None) == (audience in admitted)


def test_a_title_that_was_struck_out_is_gone_everywhere(work: Reporting) -> None:
    attach(work, title="A private person")
    submission = work.submit()
    link = work.session.scalars(select(Evidence.revision_id)).one()
    work.strike_out(link, "title", "It names a person.")
    assert titles(work) == [[(1, None, False)]]
    (row,) = submitted_files(work.session, submission.id, Audience.SECRETARIAT)[KEY]
    assert row.title is None
    texts = work.session.scalars(select(ChainText).filter_by(entry_id=link)).all()
    assert {text.field: text.value for text in texts} == {"title": None, "filename": None}
    assert verify_report(work.session, work.report.id) is None
    work.give_back(submission)
    again = pdf("A private person")
    assert refusal(work, again, title="Another title") == "evidence-removed"
    make_cycle(work.session, "bms7-2026", opens=work.clock().date())
    later = begin_report(work.session, cycle="bms7-2026")
    later.answer(28, narrative="Again.")
    assert refusal(later, again, title="In another report") == "evidence-removed"
    other = begin_report(work.session, "KEN")
    other.answer(28, narrative="Ours.")
    attach(other, again, title="Of another State")


@pytest.mark.parametrize("submitted", [True, False])
def test_a_file_that_is_removed_goes_from_wherever_the_state_attached_it(
    work: Reporting, submitted: bool
) -> None:
    session = work.session
    work.answer(29, narrative="The same file.")
    attach(work, pdf("One"), title="First")
    attach(work, pdf("One"), title="Second", paragraph=29)
    attach(work, pdf("Other"), title="Another", paragraph=29)
    first = work.submit()
    other = begin_report(session, "KEN")
    other.answer(28, narrative="Of another State.")
    attach(other, pdf("One"), title="Of another State")
    make_cycle(session, "bms7-2026", opens=work.clock().date())
    later = begin_report(session, cycle="bms7-2026")
    later.answer(28, narrative="Again.")
    attach(later, pdf("One"), title="Third")
    if submitted:
        later.give_back(later.submit())
    cycles = work.strike_out(
        submitted_files(session, first.id, Audience.SECRETARIAT)[KEY][0].revision_id,
        "title",
        "It names a person.",
    )
    assert cycles == (("bms7", "bms7-2026") if submitted else ("bms7",))
    left = session.scalars(select(ChainText.value).where(ChainText.field == "title")).all()
    assert sorted(title for title in left if title) == ["Another", "Of another State"]
    assert refusal(later, pdf("One"), title="Fourth") == "evidence-removed"
    again = later.submit()
    shown = submitted_files(session, again.id, Audience.PUBLIC)
    assert bool(shown) is submitted, "nobody is told of a file that stood in a draft alone"
    for report in (work.report, later.report):
        assert verify_report(session, report.id) is None


def test_a_name_alone_goes_from_every_copy_and_the_file_may_be_attached_elsewhere(
    work: Reporting,
) -> None:
    for paragraph in (29, 30, 31):
        work.answer(paragraph, narrative="With the same file.")
    attach(work, pdf("One"), filename="kofi")
    attach(work, pdf("One"), filename="kofi", paragraph=29)
    attach(work, pdf("One"), filename="act", paragraph=30)
    work.strike_out(
        work.session.scalars(select(Evidence.revision_id)).first() or 0,
        "filename",
        "It names a person.",
    )
    names = work.session.scalars(select(ChainText.value).where(ChainText.field == "filename"))
    assert sorted(names.all(), key=str) == [None, None, "act"]
    attach(work, pdf("One"), paragraph=31)
    assert work.session.scalars(select(Evidence.removed)).all() == [False] * 4
    assert verify_report(work.session, work.report.id) is None


TAMPERED = {
    "another file under a row": (
        "UPDATE evidence SET sha256 = substr(sha256, 2) || 'f'",
        "it is not the file that its link says",
    ),
    "a row taken away": (
        "DELETE FROM evidence WHERE version = 2",
        "it was removed beside the history",
    ),
    "moved to another answer": (
        "UPDATE evidence SET commitment_id = commitment_id + 1",
        "it is not the file that its link says",
    ),
    "taken out of a submission": (
        "DELETE FROM submission_evidence",
        "answers, figures, items or files were changed, removed or added",
    ),
    "another version in a submission": (
        "UPDATE submission_evidence SET evidence_id = (SELECT id FROM evidence WHERE version = 2)",
        "answers, figures, items or files were changed, removed or added",
    ),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_verification_finds_what_was_changed_about_files(work: Reporting, case: str) -> None:
    statement, what = TAMPERED[case]
    first = attach(work, title="Draft act")
    work.give_back(work.submit())
    attach(work, title="Act", replaces=first)
    work.session.commit()
    with without_triggers(work.session):
        work.session.execute(text(statement))
    work.session.expire_all()
    broken = verify_report(work.session, work.report.id)
    assert broken is not None and broken.what == what


def test_stored_files_are_listed_once(work: Reporting) -> None:
    attach(work, pdf("One"))
    attach(work, pdf("Two"))
    work.answer(31, progress=Progress.IMPLEMENTED)
    attach(work, pdf("One"), paragraph=31)
    listed = {file.sha256: file.size for file in named_files(work.session)}
    assert listed == {described(data).sha256: len(data) for data in (pdf("One"), pdf("Two"))}
