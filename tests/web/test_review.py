"""The secretariat's pages: board, submission, changes, questions, decisions, striking out."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.items import CONTACT, save
from tests.national_reports import Reporting, begin_report, report_at
from tests.people import Browser, make_user, parsed
from tests.submitted import make_cycle
from tests.web.test_reporting import fields
from tracker.domain.clock import system_clock
from tracker.domain.indicators import Cell
from tracker.domain.item_fields import Part
from tracker.domain.items import Item
from tracker.domain.labels import label
from tracker.domain.progress import Audience, Progress
from tracker.domain.roles import Role
from tracker.domain.workflow import ReportStatus
from tracker.models import ChainEntry, Clarification, ReportingCycle, Submission, User
from tracker.queries.items import items_of
from tracker.queries.responses import responses_of
from tracker.queries.verification import verify_report
from tracker.services.clarifications import reply
from tracker.services.submissions import withdraw


@pytest.fixture
def reviewer(session: Session, browser_of: type[Browser]) -> Browser:
    return browser_of(make_user(session, Role.REVIEWER))


@pytest.fixture
def administrator(session: Session, browser_of: type[Browser]) -> Browser:
    return browser_of(make_user(session, Role.ADMINISTRATOR))


@pytest.fixture
def submitted(session: Session) -> tuple[Reporting, Submission]:
    work, submission = report_at(session, ReportStatus.SUBMITTED)
    assert submission is not None
    return work, submission


def path_of(submission: Submission, rest: str = "") -> str:
    return f"/review/submissions/{submission.public_id}{rest}"


def text_of(page: BeautifulSoup | Tag) -> str:
    return " ".join(page.get_text(" ").split())


def article(page: BeautifulSoup, paragraph: int) -> Tag:
    found = page.find("article", id=f"p{paragraph}")
    assert isinstance(found, Tag)
    return found


def resubmitted(session: Session) -> tuple[Reporting, Submission]:
    """Returned with a reason, one answer changed, submitted again."""
    work, _ = report_at(session, ReportStatus.RETURNED)
    work.answer(
        28,
        progress=Progress.IMPLEMENTED,
        narrative="The law of GHA is <b>in force</b>.",
        narrative_language="en",
    )
    following = work.submit()
    session.commit()
    return work, following


def status_of(work: Reporting) -> ReportStatus:
    """What stands in the database now."""
    work.session.refresh(work.report)
    return work.report.status


# --- the board


def row_of(page: BeautifulSoup, table: str, name: str) -> list[str]:
    rows = page.select(f"#{table} tbody tr")
    (row,) = [row for row in rows if row.th is not None and text_of(row.th) == name]
    return [text_of(cell) for cell in row.find_all(["th", "td"])]


def test_the_board_counts_by_group_over_member_states(session: Session, reviewer: Browser) -> None:
    report_at(session, ReportStatus.PUBLISHED, "GHA")
    report_at(session, ReportStatus.RETURNED, "KEN")
    report_at(session, ReportStatus.DRAFT, "FRA")
    page = reviewer.soup("/review")
    total = row_of(page, "by-group", "All Member States")
    assert total[1:] == [
        "193",
        "3/193 (2%)",  # begun
        "2/193 (1%)",  # submitted at least once
        "1/193 (1%)",  # returned now
        "0/193 (0%)",  # accepted now
        "1/193 (1%)",  # published
        "0/193 (0%)",  # late
    ]
    african = row_of(page, "by-group", "African States")
    assert african[1:4] == ["54", "2/54 (4%)", "2/54 (4%)"]


def test_without_due_date_nobody_is_late_and_after_it_all_who_are_missing(
    session: Session, reviewer: Browser
) -> None:
    report_at(session, ReportStatus.SUBMITTED, "GHA")
    assert row_of(reviewer.soup("/review"), "by-group", "All Member States")[-1] == "0/193 (0%)"
    cycle = session.scalars(select(ReportingCycle).where(ReportingCycle.slug == "bms7")).one()
    cycle.due_on = date(2026, 3, 31)
    session.commit()
    page = reviewer.soup("/review")
    assert row_of(page, "by-group", "All Member States")[-1] == "192/193 (99%)"
    assert "On time" in row_of(page, "by-state", "Ghana")[3]
    assert row_of(page, "by-state", "Kenya")[3] == "Late"
    assert "192/193 (99%) Member States" in text_of(reviewer.soup("/review?status=late"))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("status=returned", ["Kenya"]),
        ("status=published", ["Ghana"]),
        ("status=draft", ["France"]),
        ("status=draft&group=africa", []),
        ("status=accepted", []),
    ],
)
def test_filters(session: Session, reviewer: Browser, query: str, names: list[str]) -> None:
    report_at(session, ReportStatus.PUBLISHED, "GHA")
    report_at(session, ReportStatus.RETURNED, "KEN")
    report_at(session, ReportStatus.DRAFT, "FRA")
    page = reviewer.soup(f"/review?{query}")
    assert [text_of(cell) for cell in page.select("#by-state tbody th")] == names


def test_what_waits_leads_to_the_submission(
    session: Session, reviewer: Browser, submitted: tuple[Reporting, Submission]
) -> None:
    report_at(session, ReportStatus.RETURNED, "KEN")
    page = reviewer.soup("/review")
    heading = page.find(id="waiting")
    assert heading is not None
    links = [link["href"] for link in heading.find_next("ul").find_all("a")]  # type: ignore[union-attr]
    assert links == [path_of(submitted[1])]


def waiting(browser: Browser) -> list[str]:
    """The lines of what waits for the secretariat."""
    lines = browser.soup("/review").select("#waiting ~ ul:first-of-type > li")
    return [" ".join(line.get_text().split()) for line in lines]


def test_what_waits_longest_stands_first_with_its_day_and_why_it_came(
    session: Session, reviewer: Browser
) -> None:
    report_at(session, ReportStatus.ACCEPTED, "GHA")  # on 2 March 2026
    work, _ = report_at(session, ReportStatus.PUBLISHED, "ALB")
    work.reopen("A law was <b>passed</b>.")
    work.clock.start = system_clock() - timedelta(days=10, hours=6)
    work.submit()
    session.commit()
    ghana, albania = waiting(reviewer)
    assert ghana.startswith("Ghana · Submission 1 bms7 Accepted")
    assert "Submitted 2 Mar 2026, 09:0" in ghana
    assert ghana.endswith(" days ago")
    assert albania.startswith("Albania · Submission 2")
    assert ", 10 days agoReopened by its State (" in albania
    assert albania.endswith(": A law was <b>passed</b>.")


def test_replies_are_new_until_the_next_step_of_the_secretariat(
    session: Session, reviewer: Browser, submitted: tuple[Reporting, Submission]
) -> None:
    work, submission = submitted

    def ask_and_reply(question: str) -> None:
        row = work.ask(submission, question)
        reply(session, actor=work.focal_point, clarification_id=row.id, reply="1", clock=work.clock)

    ask_and_reply("Since when?")
    ask_and_reply("By whom?")
    work.ask(submission, "Why?")
    session.commit()
    (line,) = waiting(reviewer)
    assert "1 question without reply 2 new replies" in line
    last = row_of(reviewer.soup("/review"), "by-state", "Ghana")[-1]
    assert last == "1 of 3 without reply 2 new replies"
    work.accept(submission)
    session.commit()
    assert "new repl" not in waiting(reviewer)[0]
    ask_and_reply("At what cost?")
    session.commit()
    assert "1 new reply" in waiting(reviewer)[0]
    work.give_back(submission)
    work.submit()
    session.commit()
    assert "new repl" not in reviewer.get("/review").text


def test_what_waits_in_an_older_cycle_is_not_hidden_by_a_new_one(
    session: Session, reviewer: Browser, submitted: tuple[Reporting, Submission]
) -> None:
    _, submission = submitted
    make_cycle(session, "next", opens=date(2026, 6, 1))
    session.commit()
    assert "Review · bms7" in text_of(reviewer.soup("/review"))
    page = reviewer.soup("/review?cycle=next")
    assert "Review · next" in text_of(page)
    line = page.select_one(f'#waiting + ul a[href="{path_of(submission)}"]')
    assert line and line.parent and "bms7" in text_of(line.parent)


def test_observer_states_stand_outside_the_counts(session: Session, reviewer: Browser) -> None:
    report_at(session, ReportStatus.SUBMITTED, "VAT")
    page = reviewer.soup("/review")
    assert row_of(page, "by-group", "All Member States")[3] == "0/193 (0%)"
    (outside,) = page.select("#observers ~ ul")
    assert "Holy See" in text_of(outside)


def test_the_board_shows_no_word_of_a_draft(session: Session, reviewer: Browser) -> None:
    work, _ = report_at(session, ReportStatus.DRAFT)
    assert "being drafted" not in reviewer.get("/review").text
    assert reviewer.get(f"/reports/{work.report.public_id}").status_code == 404


# --- a submission


def test_a_first_submission_is_read_whole(
    reviewer: Browser, submitted: tuple[Reporting, Submission]
) -> None:
    _, submission = submitted
    page = reviewer.soup(path_of(submission))
    text = text_of(page)
    assert submission.content_hash in text
    assert submission.receipt["chain"]["hash"] in text
    assert "Ama Mensah, Director" in text
    assert "Changed since" not in text
    assert "The law of GHA is being drafted." in text_of(article(page, 28))
    assert "No such border." in text_of(article(page, 30))
    assert "Not answered" in text_of(article(page, 25))
    assert "Not asked" in text_of(article(page, 94))
    assert len(page.select("article[id^=p]")) == 95


def test_progress_is_counted_over_what_asks(
    reviewer: Browser, submitted: tuple[Reporting, Submission]
) -> None:
    page = reviewer.soup(path_of(submitted[1]))
    legend = [text_of(item) for item in page.select(".figure .legend li")]
    asked = len(page.select("article[id^=p]")) - text_of(page).count("is for the Secretariat")
    assert f"◑ Partly implemented 1/{asked} (1%)" in legend
    assert f"? Not answered {asked - 2}/{asked} (98%)" in legend


def test_what_the_states_own_count_leaves_out_is_said(
    session: Session, reviewer: Browser, browser_of: type[Browser]
) -> None:
    work, _ = report_at(session, ReportStatus.DRAFT)
    work.answer(29, progress=Progress.NOT_APPLICABLE)
    work.answer(31, narrative="Words without progress.")
    submission = work.submit()
    work.give_back(submission)
    session.commit()
    told = text_of(reviewer.soup(path_of(submission)))
    assert "6 of these commitments only recognise something and may be left" in told
    assert "1 answer has no progress and counts as not answered." in told
    assert "1 “Not applicable” gives no reason" in told
    own = browser_of(session.get_one(User, work.focal_point.user_id))
    for address in ("/reports", f"/reports/{work.report.public_id}"):
        told = text_of(own.soup(address))
        assert "2/87 (2%) commitments that need an answer" in told
        assert "6 more commitments only recognise something" in told
        assert "2 answers are begun and still count as to do" in told


def test_a_submission_has_a_list_to_jump_from(session: Session, reviewer: Browser) -> None:
    work, _ = report_at(session, ReportStatus.DRAFT)
    work.save_figures({Cell(2024, "found", "total"): 3})
    first = work.submit()
    work.ask(first, "Open?", 25)
    question = work.ask(first, "Settled?", 42)
    reply(
        session,
        actor=work.focal_point,
        clarification_id=question.id,
        reply="Yes.",
        clock=work.clock,
    )
    session.commit()
    page = reviewer.soup(path_of(first))
    (contents,) = page.select("nav[aria-labelledby=contents]")
    assert "Paragraphs whose questions have a reply: 42" in text_of(contents)
    links = [str(link["href"]) for link in contents.select("a")]
    assert {"#progress", "#s-I.1", "#s-III.b", "#contacts", "#figures"} <= set(links)
    assert "#p25" not in links and "#changed" not in links
    assert all(page.find(id=link.removeprefix("#")) for link in links)


def test_a_reviewer_is_told_who_publishes(
    session: Session,
    reviewer: Browser,
    administrator: Browser,
    submitted: tuple[Reporting, Submission],
) -> None:
    work, submission = submitted
    told = "Only an administrator publishes, once the report is accepted."
    for step in (None, work.accept, work.publish):
        if step:
            step(submission)
            session.commit()
        assert (told in text_of(reviewer.soup(path_of(submission)))) is (step != work.publish)
        assert told not in text_of(administrator.soup(path_of(submission)))


def test_of_a_resubmission_the_changes_stand_first(session: Session, reviewer: Browser) -> None:
    _, following = resubmitted(session)
    response = reviewer.get(path_of(following))
    page = parsed(response.data)
    assert response.text.index('id="changed"') < response.text.index('id="p28"')
    assert response.text.index('id="p28"') < response.text.index('id="unchanged"')
    assert response.text.index('id="unchanged"') < response.text.index('id="p30"')
    changed = article(page, 28)
    assert [text_of(mark) for mark in changed.find_all("del")] == [
        "◑ Partly implemented",
        "being drafted",
        "Arms Act · 2024-06 · https://example.org/arms-act",
    ]
    assert [text_of(mark) for mark in changed.find_all("ins")] == [
        "● Implemented",
        "<b>in force</b>",
    ]
    assert "1 answer changed." in text_of(page)


def test_a_withdrawn_submission_is_no_base_of_comparison(
    session: Session, reviewer: Browser, submitted: tuple[Reporting, Submission]
) -> None:
    work, _ = submitted
    withdraw(session, actor=work.focal_point, report_id=work.report.id, clock=work.clock)
    following = work.submit()
    session.commit()
    text = text_of(reviewer.soup(path_of(following)))
    assert "Changed since" not in text
    assert "Withdrawn" in text


def test_an_older_submission_says_that_a_newer_one_exists(
    session: Session, reviewer: Browser
) -> None:
    work, following = resubmitted(session)
    first = session.scalars(
        select(Submission).where(Submission.report_id == work.report.id, Submission.number == 1)
    ).one()
    page = reviewer.soup(path_of(first))
    assert "A newer submission of this report exists." in text_of(page)
    assert page.select(f'a[href="{path_of(following)}"]')
    assert not page.select("textarea")
    assert reviewer.post(path_of(first, "/accept")).status_code == 409


def test_published_and_superseded_are_marked(session: Session, reviewer: Browser) -> None:
    work, first = report_at(session, ReportStatus.PUBLISHED)
    assert first is not None
    assert "Published" in text_of(reviewer.soup(path_of(first)).h1)  # type: ignore[arg-type]
    work.reopen()
    second = work.submit()
    work.accept(second)
    work.publish(second)
    session.commit()
    assert "Superseded" in text_of(reviewer.soup(path_of(first)).h1)  # type: ignore[arg-type]


# --- questions


def test_a_question_is_asked_shown_first_and_answered(
    session: Session,
    browser_of: type[Browser],
    reviewer: Browser,
    submitted: tuple[Reporting, Submission],
) -> None:
    work, submission = submitted
    answer = reviewer.post(path_of(submission, "/questions/28"), {"question": "Since <when>?"})
    assert (answer.status_code, answer.location) == (303, path_of(submission) + "#p28")
    page = reviewer.soup(path_of(submission))
    assert "Questions without reply" in text_of(page)
    assert "Since <when>?" in text_of(article(page, 28))

    row = session.scalars(select(Clarification)).one()
    path = f"/reports/{work.report.public_id}/clarifications/{row.public_id}"
    focal_point = browser_of(make_user(session, Role.FOCAL_POINT, "GHA"))
    shown = text_of(focal_point.soup(path))
    assert "Since <when>?" in shown
    assert "The law of GHA is being drafted." in shown
    answer = focal_point.post(path, {"reply": "Since 2024."})
    assert answer.status_code == 303
    assert answer.location == f"/reports/{work.report.public_id}/sections/I.1#p28"
    page = reviewer.soup(path_of(submission))
    assert "Questions without reply" not in text_of(page)
    assert "Since 2024." in text_of(article(page, 28))


def test_a_withdrawn_question_stays_marked_and_takes_no_reply(
    session: Session,
    browser_of: type[Browser],
    submitted: tuple[Reporting, Submission],
) -> None:
    work, submission = submitted
    reviewer = browser_of(make_user(session, Role.REVIEWER, name="Amadis Orrery"))
    for _ in range(2):  # a nervous hand presses twice
        sent = reviewer.post(path_of(submission, "/questions/28"), {"question": "Since <when>?"})
        assert sent.status_code == 303
    (row,) = session.scalars(select(Clarification)).all()
    (form,) = article(reviewer.soup(path_of(submission)), 28).select("form[action$=withdraw]")
    answer = reviewer.post(str(form["action"]), {})
    assert (answer.status_code, answer.location) == (303, path_of(submission) + "#p28")
    page = reviewer.soup(path_of(submission))
    told = text_of(article(page, 28))
    assert "Since <when>?" in told and "Withdrawn by the secretariat" in told
    assert "Amadis Orrery" in told and "No reply yet" not in told
    assert "Questions without reply" not in text_of(page)
    assert "whose questions have a reply" not in text_of(page)
    assert "have no reply yet" not in text_of(reviewer.soup(path_of(submission, "/accept")))
    assert row_of(reviewer.soup("/review"), "by-state", "Ghana")[-1] == "–"

    own = browser_of(session.get_one(User, work.focal_point.user_id))
    home = f"/reports/{work.report.public_id}"
    question = f"{home}/clarifications/{row.public_id}"
    for path in (f"{home}/sections/I.1", question):
        told = text_of(own.soup(path))
        assert "Since <when>?" in told and "Withdrawn by the secretariat" in told
        assert "Amadis Orrery" not in told
        assert not own.soup(path).select("textarea[name=reply]")
    assert "no reply yet" not in text_of(own.soup(home))
    late = own.post(question, {"reply": "Typed meanwhile."})
    assert late.status_code == 409
    told = text_of(parsed(late.data))
    assert "has withdrawn this question" in told and "Typed meanwhile." in told


def test_a_refused_question_stays_on_the_page(
    session: Session, reviewer: Browser, submitted: tuple[Reporting, Submission]
) -> None:
    _, submission = submitted
    typed = "A long question. " * 2_000
    answer = reviewer.post(path_of(submission, "/questions/28"), {"question": typed})
    assert answer.status_code == 422
    page = parsed(answer.data)
    assert page.find("textarea").get_text().strip() == typed.strip()  # type: ignore[union-attr]
    assert "at most 32000 fit" in text_of(page)
    assert session.scalars(select(Clarification)).all() == []


def question_on(work: Reporting, submission: Submission) -> str:
    """Ask about paragraph 28; gives the address of the reply."""
    row = work.ask(submission, "Since when?")
    work.session.commit()
    return f"/reports/{work.report.public_id}/clarifications/{row.public_id}"


def test_the_button_pressed_twice_sends_one_reply(
    session: Session, browser_of: type[Browser], submitted: tuple[Reporting, Submission]
) -> None:
    work, _ = submitted
    path = question_on(*submitted)
    question = path.rpartition("/")[2]
    focal_point = browser_of(make_user(session, Role.FOCAL_POINT, "GHA"))
    colleague = browser_of(make_user(session, Role.FOCAL_POINT, "GHA"))
    section = f"/reports/{work.report.public_id}/sections/I.1"
    typed = {"send": question, f"reply-{question}-reply": "Since 2020."}
    assert [focal_point.post(section, typed).status_code for _ in "ab"] == [303, 303]
    assert focal_point.post(path, {"reply": "Since 2020."}).status_code == 303
    assert colleague.post(path, {"reply": "Since 2020."}).status_code == 409
    kinds = select(ChainEntry).where(ChainEntry.kind == "clarification-replied")
    assert len(session.scalars(kinds).all()) == 1


def test_a_refused_reply_stays_on_the_page(
    session: Session, browser_of: type[Browser], submitted: tuple[Reporting, Submission]
) -> None:
    path = question_on(*submitted)
    focal_point = browser_of(make_user(session, Role.FOCAL_POINT, "GHA"))
    answer = focal_point.post(path, {"reply": "\u0001 typed"})
    assert answer.status_code == 422
    assert "U+0001" in answer.text
    assert "typed" in answer.text
    assert focal_point.post(path, {"reply": "Once."}).status_code == 303
    answer = focal_point.post(path, {"reply": "Twice."})
    assert answer.status_code == 409
    assert "already been answered" in answer.text
    assert "Twice." in answer.text
    assert session.scalars(select(Clarification)).one().reply == "Once."


def test_questions_are_for_the_state_and_the_secretariat_only(
    session: Session,
    browser_of: type[Browser],
    public: Browser,
    submitted: tuple[Reporting, Submission],
) -> None:
    path = question_on(*submitted)
    for role, iso3, expected in (
        (Role.FOCAL_POINT, "KEN", 404),
        (Role.OBSERVER, "GHA", 403),
        (Role.CONTRIBUTOR, "GHA", 403),
        (Role.REVIEWER, None, 404),
    ):
        browser = browser_of(make_user(session, role, iso3, sections=("I.1",)))
        for answer in (browser.get(path), browser.post(path, {"reply": "x"})):
            assert answer.status_code == expected, (role, iso3)
            assert "Since when?" not in answer.text
    assert public.get(path).status_code == 303
    assert session.scalars(select(Clarification)).one().replied_at is None


def test_a_reply_beside_the_answers_is_the_focal_points_too(
    session: Session, browser_of: type[Browser]
) -> None:
    work, submission = report_at(session, ReportStatus.RETURNED)
    assert submission is not None
    question = question_on(work, submission).rsplit("/", 1)[1]
    typed = {"send": question, f"reply-{question}-reply": "Not mine.", "p29-version": "0"}
    typed["p29-narrative"] = "Mine."
    contributor = browser_of(make_user(session, Role.CONTRIBUTOR, "GHA", sections=("I.1",)))
    answer = contributor.post(f"/reports/{work.report.public_id}/sections/I.1", typed)
    assert answer.status_code == 403
    assert "This account may not save what was sent" in answer.text
    assert "Not mine." in answer.text
    assert session.scalars(select(Clarification)).one().replied_at is None
    assert len(responses_of(session, work.report.id)) == 2


def test_a_question_of_another_report_is_not_found(
    session: Session, browser_of: type[Browser], submitted: tuple[Reporting, Submission]
) -> None:
    foreign = question_on(*submitted).rsplit("/", 1)[1]
    own, _ = report_at(session, ReportStatus.SUBMITTED, "KEN")
    focal_point = browser_of(make_user(session, Role.FOCAL_POINT, "KEN"))
    path = f"/reports/{own.report.public_id}/clarifications/{foreign}"
    assert focal_point.get(path).status_code == 404
    assert focal_point.post(path, {"reply": "x"}).status_code == 404


# --- decisions


def test_accept_then_publish(
    session: Session,
    reviewer: Browser,
    administrator: Browser,
    public: Browser,
    submitted: tuple[Reporting, Submission],
) -> None:
    work, submission = submitted
    assert "Accept this report?" in text_of(reviewer.soup(path_of(submission, "/accept")))
    assert reviewer.post(path_of(submission, "/accept")).status_code == 303
    assert status_of(work) is ReportStatus.ACCEPTED
    assert reviewer.get(path_of(submission, "/publish")).status_code == 403
    assert reviewer.post(path_of(submission, "/publish")).status_code == 403
    confirm = administrator.soup(path_of(submission, "/publish"))
    assert [text_of(cell) for cell in confirm.select("dl")[0].select("dd")] == ["2", "0", "0"]
    assert administrator.post(path_of(submission, "/publish")).status_code == 303
    assert status_of(work) is ReportStatus.PUBLISHED
    assert "The law of GHA is being drafted." in public.get("/states/GHA").text


def test_return_needs_a_reason(
    session: Session, reviewer: Browser, submitted: tuple[Reporting, Submission]
) -> None:
    work, submission = submitted
    answer = reviewer.post(path_of(submission, "/return"), {"reason": "  "})
    assert answer.status_code == 422
    assert "Give a reason" in answer.text
    assert status_of(work) is ReportStatus.SUBMITTED
    answer = reviewer.post(path_of(submission, "/return"), {"reason": "Paragraph 31 is empty."})
    assert answer.status_code == 303
    assert status_of(work) is ReportStatus.RETURNED


FRENCH = {ReportStatus.RETURNED: "Renvoyé", ReportStatus.PUBLISHED: "Publié"}


@pytest.mark.parametrize("step", ["accept", "publish", "return"])
@pytest.mark.parametrize("status", [ReportStatus.RETURNED, ReportStatus.PUBLISHED])
def test_a_step_that_cannot_be_taken_is_a_conflict(
    session: Session, administrator: Browser, status: ReportStatus, step: str
) -> None:
    work, submission = report_at(session, status)
    assert submission is not None
    path = path_of(submission, f"/{step}")
    for answer in (administrator.get(path), administrator.post(path, {"reason": "x"})):
        assert answer.status_code == 409
        assert f"while the report is “{label(status)}”" in answer.text
        assert "both versions" not in answer.text and "in the meantime" not in answer.text
        french = administrator.get(f"{path}?lang=fr").text
        assert f"« {FRENCH[status]} »" in french.replace("\xa0", " ")
        assert "cannot be done while the report is" in answer.text
    assert status_of(work) is status


# --- why a report came again


def test_both_submissions_say_why_and_by_whom_the_report_was_reopened(
    session: Session, reviewer: Browser
) -> None:
    work, first = report_at(session, ReportStatus.PUBLISHED)
    assert first is not None
    assert "Reopened by its State" not in text_of(reviewer.soup(path_of(first)))
    work.reopen("A law was <b>passed</b>.")
    withdrawn = work.submit()
    withdraw(session, actor=work.focal_point, report_id=work.report.id, clock=work.clock)
    second = work.submit()
    session.commit()
    name = work.focal_point.name
    for submission, place in ((first, "After"), (withdrawn, "Before"), (second, "Before")):
        told = notices(reviewer, submission)[-1]
        assert told.startswith(f"{place} this submission: Reopened by its State ({name}), ")
        assert told.removesuffix(" Submission 1").endswith("UTC: A law was <b>passed</b>.")
        assert told.endswith("Submission 1") == (place == "Before")
    facts = text_of(reviewer.soup(path_of(withdrawn)).select("details dl")[0])
    assert f"UTC , {name}" in facts.partition("Withdrawn")[2].partition("Returned")[0]


def notices(browser: Browser, submission: Submission) -> list[str]:
    """What the notices of a submission's page say, sentence by sentence."""
    page = browser.soup(path_of(submission))
    return [" ".join(line.get_text().split()) for line in page.select("main .notice p")]


def test_both_submissions_say_why_and_by_whom_the_report_was_returned(
    session: Session, administrator: Browser
) -> None:
    work, following = resubmitted(session)
    first = session.scalars(select(Submission).where(Submission.number == 1)).one()
    who = f"Returned by the secretariat ({work.reviewer.name}), "
    newer, told = notices(administrator, first)
    assert newer.startswith("A newer submission") and told.startswith(
        f"After this submission: {who}"
    )
    (told,) = notices(administrator, following)
    assert told.startswith(f"Before this submission: {who}") and told.endswith(
        ": Please complete. Submission 1"
    )
    work.accept(following)
    work.publish(following)
    work.reopen("Another reason.")
    session.commit()
    _, after = notices(administrator, following)
    assert after.startswith("After this submission: Reopened by its State")
    assert after.endswith(": Another reason.")


# --- striking out


def test_who_returns_too_late_is_led_on_and_keeps_the_reason(
    session: Session, reviewer: Browser, submitted: tuple[Reporting, Submission]
) -> None:
    work, submission = submitted
    work.accept(submission)
    work.publish(submission)
    session.commit()
    answer = reviewer.post(path_of(submission, "/return"), {"reason": "See <b>28</b>."})
    assert answer.status_code == 409
    page = parsed(answer.data)
    assert page.select(f"main a[href='{path_of(submission)}']")
    assert "See <b>28</b>." in text_of(page) and page.find("b") is None
    asked = reviewer.post(path_of(submission, "/questions/28"), {"question": "Since when?"})
    assert asked.status_code == 409 and "Since when?" in asked.text
    own = Browser(session.get_one(User, work.focal_point.user_id))
    address = f"/reports/{work.report.public_id}"
    refused = own.get(f"{address}/withdraw")
    assert refused.status_code == 409
    assert parsed(refused.data).select(f"main a[href='{address}']")


def test_a_text_is_struck_out_and_its_tombstone_shown(
    session: Session, administrator: Browser, reviewer: Browser, public: Browser
) -> None:
    _, submission = report_at(session, ReportStatus.PUBLISHED)
    assert submission is not None
    path = path_of(submission, "/strike/28")
    page = administrator.soup(path)
    fields = [box["value"] for box in page.select('input[type="radio"]')]
    assert fields == ["measures.0.adopted_on", "measures.0.link", "measures.0.title", "narrative"]
    for data, sentence in (
        ({"field": "narrative", "reason": ""}, "Give a reason"),
        ({"reason": "Names a person."}, "Fill in this field"),
    ):
        answer = administrator.post(path, data)
        assert answer.status_code == 422
        assert sentence in answer.text
    assert "being drafted" in public.get("/states/GHA").text

    answer = administrator.post(path, {"field": "narrative", "reason": "Names a person."})
    assert answer.status_code == 303
    block = text_of(article(reviewer.soup(path_of(submission)), 28))
    assert "being drafted" not in block
    assert "What was done: struck out by the secretariat." in block
    assert "Names a person." in block
    published = public.get("/states/GHA").text
    assert "being drafted" not in published
    assert "Names a person." in published
    again = administrator.post(path, {"field": "narrative", "reason": "x"})
    assert again.status_code == 409
    unknown = administrator.post(path, {"field": "progress", "reason": "x"})
    assert unknown.status_code == 404
    assert administrator.get(path_of(submission, "/strike/25")).status_code == 404


def test_its_state_is_told_what_was_struck_out_and_nothing_is_signed_as_saved(
    session: Session, browser_of: type[Browser]
) -> None:
    administrator = browser_of(make_user(session, Role.ADMINISTRATOR, name="Amadis Orrery"))
    work, _ = report_at(session, ReportStatus.DRAFT)
    contact = save(work, CONTACT)
    submission = work.submit()
    work.give_back(submission)
    session.commit()
    reason = {"reason": "Names <a> person."}
    for place, field in (("28", "narrative"), ("28", "measures.0.title")):
        answer = administrator.post(
            path_of(submission, f"/strike/{place}"), {"field": field} | reason
        )
        assert answer.status_code == 303
    strike = path_of(submission, f"/strike/contacts/{contact.item_id}")
    assert administrator.post(strike, {"field": "name"} | reason).status_code == 303

    own = browser_of(session.get_one(User, work.focal_point.user_id))
    home = f"/reports/{work.report.public_id}"
    (listed,) = [
        notice for notice in own.soup(home).select(".notice") if "Struck out" in text_of(notice)
    ]
    said = [text_of(line) for line in listed.select("li")]
    for line, place in zip(
        said,
        (
            "Contacts · Point of contact, Programme of Action, Name, ",
            "Paragraph 28, Law or instrument 1, ",
            "Paragraph 28, What was done, ",
        ),
        strict=True,
    ):
        assert line.startswith(place)
    assert text_of(listed).count("Names <a> person.") == 3
    colleague = browser_of(make_user(session, Role.CONTRIBUTOR, "GHA", ("I.1",)))
    assert "Struck out" not in colleague.get(home).text

    section = own.soup(f"{home}/sections/I.1").select_one("#p28 .save-state")
    assert section and text_of(section).startswith("Text struck out by the secretariat")
    items = f"{home}/items/contacts"
    row = f"{items}/{contact.item_id}"
    for page in (
        f"{home}/sections/I.1",
        f"{home}/responses/28/history",
        items,
        row,
        f"{row}/history",
    ):
        text = text_of(own.soup(page))
        assert "Text struck out by the secretariat" in text and "Orrery" not in text, page
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="Anew.")
    session.commit()
    section = own.soup(f"{home}/sections/I.1").select_one("#p28 .save-state")
    assert section and text_of(section).startswith("Saved")


def test_a_page_opened_before_does_not_bring_struck_words_back(
    session: Session, administrator: Browser, browser_of: type[Browser]
) -> None:
    work, submission = report_at(session, ReportStatus.RETURNED)
    assert submission is not None
    focal_point = browser_of(make_user(session, Role.FOCAL_POINT, "GHA"))
    section = f"/reports/{work.report.public_id}/sections/I.1"
    opened = fields(focal_point.soup(section))
    assert "being drafted" in opened["p28-narrative"]
    struck = {"field": "narrative", "reason": "Names a person."}
    assert administrator.post(path_of(submission, "/strike/28"), struck).status_code == 303

    def stands() -> str:
        session.expire_all()
        return responses_of(session, work.report.id)["bms7/annex/28"].content.narrative

    assert focal_point.post(section, opened).status_code == 303
    assert stands() == "", "nothing was typed, so nothing is saved"
    answer = focal_point.post(section, opened | {"p28-lead_agency": "The police"})
    page = parsed(answer.data)
    assert answer.status_code == 409
    assert "The secretariat struck out a text after you opened the page." in text_of(page)
    assert "being drafted" not in answer.text and "by Secretariat" not in text_of(page)
    assert focal_point.post(section, fields(page)).status_code == 303
    found = responses_of(session, work.report.id)["bms7/annex/28"].content
    assert (stands(), found.lead_agency) == ("", "The police")
    meant = fields(focal_point.soup(section)) | {"p28-narrative": opened["p28-narrative"]}
    assert focal_point.post(section, meant).status_code == 303
    assert "being drafted" in stands(), "typed again on purpose"


def test_the_page_of_a_row_opened_before_does_not_bring_struck_words_back(
    session: Session, administrator: Browser, browser_of: type[Browser]
) -> None:
    work = begin_report(session)
    item_id = save(work, CONTACT).item_id
    submission = work.submit()
    work.give_back(submission)
    session.commit()
    focal_point = browser_of(make_user(session, Role.FOCAL_POINT, "GHA"))
    address = f"/reports/{work.report.public_id}/items/contacts/{item_id}"
    opened = fields(focal_point.soup(address)) | {"action": "save"}
    path = path_of(submission, f"/strike/contacts/{item_id}")
    struck = {"field": "organisation", "reason": "A private person."}
    assert administrator.post(path, struck).status_code == 303

    def stands() -> Item:
        session.expire_all()
        return items_of(session, work.report.id)[Part.CONTACTS][0].content

    assert focal_point.post(address, opened).status_code == 303
    assert stands() == replace(CONTACT, organisation=""), "nothing was typed"
    answer = focal_point.post(address, opened | {"phone": "123"})
    page = parsed(answer.data)
    assert answer.status_code == 409
    assert "The secretariat struck out a text after you opened the page." in text_of(page)
    assert CONTACT.organisation not in text_of(page)
    settled = fields(page) | {"action": "save", "choice": "mine"}
    assert focal_point.post(address, settled).status_code == 303
    assert stands() == replace(CONTACT, organisation="", phone="123")


def test_a_strike_before_a_colleagues_save_is_said_too(
    session: Session, administrator: Browser, browser_of: type[Browser]
) -> None:
    work, submission = report_at(session, ReportStatus.RETURNED)
    assert submission is not None
    focal_point = browser_of(make_user(session, Role.FOCAL_POINT, "GHA"))
    section = f"/reports/{work.report.public_id}/sections/I.1"
    opened = fields(focal_point.soup(section))
    struck = {"field": "narrative", "reason": "Names a person."}
    assert administrator.post(path_of(submission, "/strike/28"), struck).status_code == 303
    session.expire_all()
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="A colleague's.")
    session.commit()
    answer = focal_point.post(section, opened | {"p28-lead_agency": "The police"})
    told = text_of(parsed(answer.data))
    assert "The secretariat struck out a text after you opened the page." in told
    assert "nothing is lost" not in told and "being drafted" not in told
    assert "text struck out by the secretariat" not in told, "somebody saved after it"


def test_only_administrators_strike_out(
    reviewer: Browser, submitted: tuple[Reporting, Submission]
) -> None:
    path = path_of(submitted[1], "/strike/28")
    assert reviewer.get(path).status_code == 403
    data = {"field": "narrative", "reason": "x"}
    assert reviewer.post(path, data).status_code == 403
    assert "Strike out" not in reviewer.get(path_of(submitted[1])).text


@pytest.mark.parametrize("field", ["\0", "nothing", "x" * 5000, "measures.9.title"])
def test_what_is_no_text_cannot_be_struck_out(
    administrator: Browser, submitted: tuple[Reporting, Submission], field: str
) -> None:
    sent = {"field": field, "reason": "A private person."}
    answer = administrator.post(path_of(submitted[1], "/strike/28"), sent)
    assert answer.status_code == 404


def test_answers_for_the_secretariat_are_read_in_review(
    session: Session, reviewer: Browser
) -> None:
    work, _ = report_at(session, ReportStatus.DRAFT)
    work.answer(31, narrative="For your eyes.", audience=Audience.SECRETARIAT)
    submission = work.submit()
    session.commit()
    block = text_of(article(reviewer.soup(path_of(submission)), 31))
    assert "For your eyes." in block
    assert "Secretariat only" in block


def test_the_cycles_stand_in_a_row_and_sentences_apart(
    session: Session, reviewer: Browser, submitted: tuple[Reporting, Submission]
) -> None:
    cycle = session.scalars(select(ReportingCycle).where(ReportingCycle.slug == "bms7")).one()
    cycle.due_on = date(2026, 3, 31)
    make_cycle(session, "bms7-2026")
    session.commit()
    page = reviewer.soup("/review?cycle=bms7&lang=en")
    items = page.select("nav.contents > ul.row > li")
    assert [item.text for item in items] == ["bms7-2026", "bms7"]
    assert "2026. Submitted: " in page.get_text()


def test_questions_replies_and_steps_are_struck_out(
    session: Session, administrator: Browser, reviewer: Browser
) -> None:
    work, submission = report_at(session, ReportStatus.SUBMITTED)
    assert submission is not None
    asked = work.ask(submission, "Is the canary of Kofi Boateng public?")
    reply(
        session,
        actor=work.focal_point,
        clarification_id=asked.id,
        reply="The canary is that of his widow.",
        clock=work.clock,
    )
    work.accept(submission)
    work.publish(submission)
    work.reopen("A canary was left in it.")
    session.commit()
    name, title = submission.submitter_name, submission.submitter_title
    shown = path_of(submission)
    own = Browser(session.get_one(User, work.focal_point.user_id))
    places = {
        f"/strike/questions/{asked.public_id}": ["question"],
        f"/strike/replies/{asked.public_id}": ["reply"],
        "/strike/steps/submit": ["submitter_name", "submitter_title"],
        "/strike/steps/reopen": ["reason"],
    }
    links = {str(link["href"]) for link in administrator.soup(shown).select("main a")}
    for place, names in places.items():
        path = path_of(submission, place)
        assert path in links
        assert path not in reviewer.get(shown).text
        assert reviewer.get(path).status_code == 403
        boxes = administrator.soup(path).select('input[type="radio"]')
        assert [box["value"] for box in boxes] == names
        for field in names:
            told = administrator.post(path, {"field": field, "reason": f"No {field}."})
            assert told.status_code == 303
            assert administrator.post(path, {"field": field, "reason": "x"}).status_code == 409
    session.expire_all()
    page = text_of(reviewer.soup(shown))
    for words in ("canary", name, title):
        assert words not in page
    for reason in ("No question.", "No reply.", "No submitter_name.", "No reason."):
        assert reason in page
    assert "Reopening · Reason: struck out by the secretariat." in page
    answers = own.get(f"/reports/{work.report.public_id}/sections/I.1").text
    assert "canary" not in answers and "[A text was removed here by the secretariat.]" in answers
    report = own.get(f"/reports/{work.report.public_id}").text
    assert "canary" not in report and "No reply." in report
    assert name not in own.get(f"/reports/{work.report.public_id}/submissions/1").text
    assert verify_report(session, work.report.id) is None
    for place in ("questions/x", "replies/x", "steps/return", "steps/accept", "steps/x"):
        assert administrator.get(path_of(submission, f"/strike/{place}")).status_code == 404


def test_the_reason_of_a_return_is_struck_out(session: Session, administrator: Browser) -> None:
    work, submission = report_at(session, ReportStatus.RETURNED)
    assert submission is not None
    later = work.submit()
    session.commit()
    before = administrator.soup(path_of(later)).select_one(f"main a[href='{path_of(submission)}']")
    assert before is not None, "the newest page, which shows it, leads to where it is struck out"
    path = path_of(submission, "/strike/steps/return")
    asked = administrator.soup(path)
    (words,) = asked.select("form .hint bdi")
    assert asked.select("[name=field][value=reason][checked]"), "the only one there is"
    assert administrator.post(path, {"field": "reason", "reason": "Too much."}).status_code == 303
    page = text_of(administrator.soup(path_of(submission)))
    assert "Too much." in page and text_of(words) not in page
