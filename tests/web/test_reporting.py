"""The focal point's pages, as a browser without JavaScript sees them, and the script's saves."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.national_reports import report_at
from tests.people import Browser, make_actor, make_user, parsed, state_id
from tests.submitted import make_cycle
from tests.web.test_public import text_of
from tracker.domain.clock import system_clock
from tracker.domain.cycles import CycleDates
from tracker.domain.progress import Audience, Progress
from tracker.domain.roles import OPERATOR, Role
from tracker.domain.workflow import ReportStatus
from tracker.models import (
    ChainEntry,
    Measure,
    NationalReport,
    ReportingCycle,
    Submission,
    SubmissionResponse,
    User,
)
from tracker.queries.responses import responses_of
from tracker.services.cycles import open_cycle
from tracker.services.strikes import strike

SECTION = "I.1"


@pytest.fixture
def focal_point(session: Session) -> User:
    return make_user(session, Role.FOCAL_POINT, "FRA", name="Camille")


@pytest.fixture
def browser(browser_of: type[Browser], focal_point: User) -> Browser:
    return browser_of(focal_point)


@pytest.fixture
def report(session: Session, browser: Browser) -> Iterator[NationalReport]:
    browser.post("/reports", {"cycle": "bms7", "state": state_id(session, "FRA")})
    yield session.scalars(select(NationalReport)).one()


def fields(page: BeautifulSoup) -> dict[str, Any]:
    """What a browser would send if nothing were touched."""
    form = page.select_one("form.responses, main form")
    assert form
    values: dict[str, Any] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        values.update(_value(field))
    return values


def _value(field: Tag) -> dict[str, str]:
    name = str(field["name"])
    if field.name == "textarea":
        return {name: field.text.replace("\n", "\r\n")}  # as browsers send it
    if field.name == "select":
        chosen = field.select_one("option[selected]") or field.select_one("option")
        assert chosen
        return {name: str(chosen["value"])}
    if field.get("type") in ("radio", "checkbox") and not field.has_attr("checked"):
        return {}
    return {name: str(field.get("value", ""))}


def section_path(report: NationalReport, code: str = SECTION) -> str:
    return f"/reports/{report.public_id}/sections/{code}"


def save_path(report: NationalReport, paragraph: int) -> str:
    return f"/reports/{report.public_id}/responses/{paragraph}"


def test_the_home_page_offers_the_open_cycle(browser: Browser) -> None:
    page = browser.soup("/reports")
    assert "bms7" in page.text
    assert page.select_one("form[action='/reports'] input[name=cycle][value=bms7]")
    assert "has not been begun yet" not in page.text


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.OBSERVER])
def test_who_cannot_begin_it_is_told_who_does(
    session: Session, browser_of: type[Browser], role: Role
) -> None:
    page = browser_of(make_user(session, role, "FRA")).soup("/reports")
    assert page.select_one("main form") is None
    told = " ".join(page.select("main")[0].get_text().split())
    assert "France · bms7: This report has not been begun yet." in told
    assert "No reporting cycle is open" not in told


def test_the_report_begins_with_a_post_only(browser: Browser, session: Session) -> None:
    browser.get("/reports")
    assert not session.scalars(select(NationalReport)).all()
    answer = browser.post("/reports", {"cycle": "bms7", "state": state_id(session, "FRA")})
    assert answer.status_code == 303
    assert session.scalars(select(NationalReport)).one().status is ReportStatus.DRAFT


def test_nobody_begins_another_states_report(browser: Browser, session: Session) -> None:
    answer = browser.post("/reports", {"cycle": "bms7", "state": state_id(session, "DEU")})
    assert answer.status_code == 404
    assert not session.scalars(select(NationalReport)).all()


def test_the_task_list_has_all_eleven_blocks(browser: Browser, report: NationalReport) -> None:
    page = browser.soup(f"/reports/{report.public_id}")
    assert len(page.select(".tasks a[href*='/sections/']")) == 11
    assert "0/87" in page.text


def test_a_section_saves_what_was_changed_and_says_so(
    browser: Browser, report: NationalReport, session: Session
) -> None:
    values = fields(browser.soup(section_path(report)))
    values |= {
        "p25-progress": "implemented",
        "p25-narrative": "Une loi.\r\nDeux lignes =1+1",
        "p25-narrative_language": "fr",
        "p25-measures-0-title": "Loi 2020-1",
        "p25-measures-0-adopted_on": "2020-05-01",
        "p25-measures-0-link": "https://example.org/loi",
        "p27-progress": "not_applicable",
        "p27-reason": "Pas de fabrication.",
    }
    answer = browser.post(section_path(report), values, follow_redirects=True)
    assert answer.status_code == 200
    assert "UTC: paragraphs 25, 27." in answer.text
    rows = responses_of(session, report.id)
    assert set(rows) == {"bms7/annex/25", "bms7/annex/27"}
    content = rows["bms7/annex/25"].content
    assert content.progress is Progress.IMPLEMENTED
    assert content.narrative == "Une loi.\nDeux lignes =1+1"
    assert content.measures[0].link == "https://example.org/loi"
    shown = fields(parsed(answer.data))
    assert shown["p25-narrative"] == "Une loi.\r\nDeux lignes =1+1"
    assert shown["p25-version"] == "1"
    answer = browser.post(
        section_path(report), shown | {"p25-narrative": "Autre"}, follow_redirects=True
    )
    assert "UTC: paragraph 25." in answer.text


def test_saving_an_untouched_page_changes_nothing(
    browser: Browser, report: NationalReport, session: Session
) -> None:
    values = fields(browser.soup(section_path(report)))
    browser.post(section_path(report), values)
    assert responses_of(session, report.id) == {}
    first = values | {"p25-narrative": "\r\nFirst line empty"}
    browser.post(section_path(report), first)
    again = fields(browser.soup(section_path(report)))
    browser.post(section_path(report), again)
    assert responses_of(session, report.id)["bms7/annex/25"].version == 1


def test_a_bad_value_is_named_beside_its_field_and_the_good_ones_are_kept(
    browser: Browser, report: NationalReport, session: Session
) -> None:
    values = fields(browser.soup(section_path(report)))
    values |= {
        "p25-narrative": "kept as typed",
        "p25-measures-0-title": "A law",
        "p25-measures-0-adopted_on": "2020-13",
        "p26-narrative": "good",
    }
    answer = browser.post(section_path(report), values)
    assert answer.status_code == 422
    page = parsed(answer.data)
    error = page.select_one("#p25-measures-0-adopted_on-error")
    assert error and "2020-13" in error.text
    typed = page.select_one("textarea[name='p25-narrative']")
    assert typed and "kept as typed" in typed.text
    assert set(responses_of(session, report.id)) == {"bms7/annex/26"}
    repaired = fields(page) | {"p25-measures-0-adopted_on": "2020-12"}
    assert browser.post(section_path(report), repaired).status_code == 303
    assert set(responses_of(session, report.id)) == {"bms7/annex/25", "bms7/annex/26"}


def test_a_law_is_not_adopted_on_a_day_to_come(
    browser: Browser, report: NationalReport, session: Session
) -> None:
    path, place = section_path(report), "p25-measures-1-adopted_on"
    law = {"p25-version": "0", "p25-measures-0-title": "", "p25-measures-1-title": "A law"}
    for far in ("2126", "2126-01", "2126-01-31"):
        refused = browser.post(path, fields(browser.soup(path)) | law | {place: far})
        assert refused.status_code == 422
        error = parsed(refused.data).select_one(f"#{place}-error")
        assert error and f"{far} has not come yet" in error.text
        told = browser.post(save_path(report, 25), law | {place: far, "save_key": far}).get_json()
        assert told["problems"][0]["field"] == "measures-1-adopted_on"
    assert not responses_of(session, report.id)
    year = str(system_clock().year)  # this year has begun, whatever day of it is meant
    assert browser.post(path, fields(browser.soup(path)) | law | {place: year}).status_code == 303


def test_all_problems_of_an_answer_are_told_at_once(
    browser: Browser, report: NationalReport
) -> None:
    law = {"p25-version": "0", "p25-narrative": "Typed too.", "p25-measures-0-title": "A law"}
    law |= {"p25-measures-0-adopted_on": "2126-01", "p25-measures-0-link": "example.org"}
    told = browser.post(save_path(report, 25), law | {"save_key": "a"}).get_json()
    places = [problem["field"] for problem in told["problems"]]
    assert places == ["measures-0-link", "measures-0-adopted_on"]
    assert told["message"] == "Paragraph 25 was not saved."
    path = section_path(report)
    page = parsed(browser.post(path, fields(browser.soup(path)) | law).data)
    for place in places:
        assert len(page.select(f"#p25-{place}-error")) == 1


def test_a_law_dated_ahead_before_this_was_asked_does_not_stop_another_change(
    browser: Browser, report: NationalReport, session: Session
) -> None:
    law = {"p25-audience": "public", "p25-measures-0-title": "A law"}
    old = law | {"p25-version": "0", "p25-measures-0-adopted_on": "2025", "save_key": "a" * 12}
    assert browser.post(save_path(report, 25), old).get_json()["ok"]
    session.execute(update(Measure).values(adopted_on="2126"))
    new = law | {"p25-version": "1", "p25-narrative": "New.", "save_key": "b" * 12}
    new |= {"p25-measures-0-adopted_on": "2126"}
    assert browser.post(save_path(report, 25), new).get_json()["ok"]
    page = fields(browser.soup(section_path(report))) | {"p25-narrative": "Newer."}
    assert browser.post(section_path(report), page).status_code == 303
    found = responses_of(session, report.id)["bms7/annex/25"].content
    assert (found.narrative, found.measures[0].adopted_on) == ("Newer.", "2126")
    page = fields(browser.soup(section_path(report))) | {"p25-measures-0-adopted_on": "2127"}
    assert browser.post(section_path(report), page).status_code == 422


def test_a_conflict_shows_both_texts_and_either_can_win(
    browser: Browser,
    browser_of: type[Browser],
    report: NationalReport,
    session: Session,
) -> None:
    colleague = browser_of(make_user(session, Role.FOCAL_POINT, "FRA", name="Dominique"))
    mine = fields(browser.soup(section_path(report))) | {"p25-narrative": "My <b>text</b>"}
    theirs = fields(colleague.soup(section_path(report))) | {"p25-narrative": "Their text"}
    assert colleague.post(section_path(report), theirs).status_code == 303
    answer = browser.post(section_path(report), mine | {"p26-narrative": "no conflict here"})
    assert answer.status_code == 409
    assert "/?lang=" not in answer.text and "hreflang" not in answer.text, (
        "they would lose the text"
    )
    page = parsed(answer.data)
    assert "Their text" in page.text and "Dominique" in page.text
    assert "My <b>text</b>" in page.text and page.find("b", string="text") is None
    rows = responses_of(session, report.id)
    assert rows["bms7/annex/25"].content.narrative == "Their text"
    assert rows["bms7/annex/26"].content.narrative == "no conflict here"
    settled = fields(page)
    theirs_wins = browser.post(section_path(report), settled | {"p25-choice": "theirs"})
    assert theirs_wins.status_code == 303
    assert responses_of(session, report.id)["bms7/annex/25"].content.narrative == "Their text"
    combined = settled | {"p25-choice": "mine", "p25-narrative": "Both"}
    assert browser.post(section_path(report), combined).status_code == 303
    assert responses_of(session, report.id)["bms7/annex/25"].content.narrative == "Both"


def test_a_refused_answer_stays_on_the_page_of_a_conflict(
    browser: Browser, browser_of: type[Browser], report: NationalReport, session: Session
) -> None:
    colleague = browser_of(make_user(session, Role.FOCAL_POINT, "FRA", name="Dominique"))
    mine = fields(browser.soup(section_path(report)))
    theirs = fields(colleague.soup(section_path(report))) | {"p25-narrative": "Their text"}
    colleague.post(section_path(report), theirs)
    mine |= {"p25-narrative": "My text", "p26-narrative": "Typed too"}
    mine |= {"p26-measures-0-title": "A law", "p26-measures-0-link": "no link"}
    answer = browser.post(section_path(report), mine)
    assert answer.status_code == 409
    page = parsed(answer.data)
    assert page.select_one('main a[href="#p26"]')
    settled = fields(page)
    assert (settled["p26-narrative"], settled["p26-version"]) == ("Typed too", "0")
    assert "is not a web address" in text_of(page.select("section#p26")[0])
    settled |= {"p26-measures-0-link": "https://example.org/law"}
    assert browser.post(section_path(report), settled).status_code == 303
    rows = responses_of(session, report.id)
    assert rows["bms7/annex/25"].content.narrative == "My text"
    assert rows["bms7/annex/26"].content.narrative == "Typed too"
    assert rows["bms7/annex/26"].content.measures[0].link == "https://example.org/law"


def test_a_conflict_with_ones_own_other_window_says_so(
    browser: Browser, browser_of: type[Browser], report: NationalReport, session: Session
) -> None:
    first = fields(browser.soup(section_path(report)))
    other = first | {"p25-narrative": "From the other window"}
    assert browser.post(section_path(report), other).status_code == 303
    mine = first | {"p25-narrative": "From this window"}
    told = text_of(parsed(browser.post(section_path(report), mine).data))
    assert "was changed in another window, by you" in told and "Somebody saved" not in told
    assert "by you, in another window" in told and "Camille" in told  # in the head of the page
    colleague = browser_of(make_user(session, Role.FOCAL_POINT, "FRA", name="Dominique"))
    theirs = fields(colleague.soup(section_path(report))) | {"p25-narrative": "Theirs"}
    assert colleague.post(section_path(report), theirs).status_code == 303
    now = fields(browser.soup(section_path(report))) | {"p25-narrative": "Once more"}
    assert browser.post(section_path(report), now).status_code == 303
    told = text_of(parsed(browser.post(section_path(report), mine).data))
    assert "Somebody saved the same answer" in told and "by Camille" in told


def test_a_colleagues_save_of_another_paragraph_is_no_conflict(
    browser: Browser, browser_of: type[Browser], report: NationalReport, session: Session
) -> None:
    colleague = browser_of(make_user(session, Role.FOCAL_POINT, "FRA"))
    mine = fields(browser.soup(section_path(report)))
    theirs = fields(colleague.soup(section_path(report))) | {"p25-narrative": "Theirs"}
    colleague.post(section_path(report), theirs)
    assert browser.post(section_path(report), mine | {"p26-narrative": "Mine"}).status_code == 303
    rows = responses_of(session, report.id)
    assert rows["bms7/annex/25"].content.narrative == "Theirs"


def test_the_script_saves_one_answer_and_is_told_the_version(
    browser: Browser, report: NationalReport, session: Session
) -> None:
    json = {"Accept": "application/json"}
    body = {"p25-version": "0", "p25-narrative": "typed", "save_key": "a"}
    told = browser.post(save_path(report, 25), body, headers=json).get_json()
    assert told["ok"] and told["version"] == 1
    listed = browser.soup(section_path(report)).select_one("#paragraphs a[href='#p25'] + .hint")
    assert listed and told["standing"] == listed.text
    again = browser.post(save_path(report, 25), body, headers=json).get_json()
    assert again["version"] == 1 and again["saved_at"] == told["saved_at"]
    stale = browser.post(
        save_path(report, 25), body | {"p25-narrative": "other", "save_key": "b"}, headers=json
    )
    assert stale.status_code == 409 and stale.get_json()["code"] == "stale-edit"
    bad = browser.post(
        save_path(report, 25),
        {"p25-version": "1", "p25-narrative": "a\x00b", "save_key": "c"},
        headers=json,
    )
    assert bad.status_code == 422
    assert bad.get_json()["problems"][0]["field"] == "narrative"
    assert responses_of(session, report.id)["bms7/annex/25"].content.narrative == "typed"


def test_a_locked_report_keeps_the_text_on_the_page(
    browser: Browser, report: NationalReport, session: Session
) -> None:
    values = fields(browser.soup(section_path(report))) | {"p25-narrative": "typed too late"}
    report.status = ReportStatus.SUBMITTED
    session.commit()
    answer = browser.post(section_path(report), values)
    assert answer.status_code == 409
    typed = parsed(answer.data).select_one("textarea[name='p25-narrative']")
    assert typed and "typed too late" in typed.text
    assert responses_of(session, report.id) == {}


def test_paragraphs_for_the_secretariat_ask_nothing(
    browser: Browser, report: NationalReport
) -> None:
    page = browser.soup(section_path(report, "II.a"))
    article = page.select_one("#p94")
    assert article and not article.select("textarea")
    assert page.select_one("#p92 textarea")
    assert "100" in (page.select_one("#p92") or article).text


def test_the_history_shows_who_changed_what(
    browser: Browser, report: NationalReport, session: Session
) -> None:
    values = fields(browser.soup(section_path(report)))
    browser.post(section_path(report), values | {"p25-narrative": "the old law"})
    colleague = Browser(make_user(session, Role.FOCAL_POINT, "FRA", name="Dominique"))
    values = fields(colleague.soup(section_path(report)))
    colleague.post(section_path(report), values | {"p25-narrative": "the new law"})
    page = browser.soup(f"{save_path(report, 25)}/history")
    assert "Camille" in page.text and "Dominique" in page.text
    assert any("old" in mark.text for mark in page.select("del"))
    assert any("new" in mark.text for mark in page.select("ins"))


def test_the_read_through_is_marked_draft_and_names_the_audience(
    browser: Browser, report: NationalReport
) -> None:
    values = fields(browser.soup(section_path(report)))
    browser.post(
        section_path(report), values | {"p25-narrative": "for States", "p25-audience": "states"}
    )
    page = browser.soup(f"/reports/{report.public_id}/read-through")
    assert "Draft" in page.text
    article = page.select_one("#p25")
    assert article and "Signed-in States" in article.text
    assert len(page.select("article")) == 95


def test_a_reason_and_the_text_below_it_are_told_apart(
    browser: Browser, report: NationalReport
) -> None:
    said = {"p25-progress": "not_applicable", "p25-reason": "No industry."}
    values = fields(browser.soup(section_path(report)))
    browser.post(section_path(report), values | said | {"p25-narrative": "None is planned."})
    article = browser.soup(f"/reports/{report.public_id}/read-through").select_one("#p25")
    assert article
    told = article.get_text(" ", strip=True)
    assert "Reason No industry. What was done None is planned." in told


def test_days_are_written_from_the_left_in_every_language(
    browser: Browser, report: NationalReport
) -> None:
    page = browser.soup(section_path(report))
    field, hint = (page.select_one(f"#p25-measures-0-adopted_on{part}") for part in ("", "-hint"))
    assert field and hint
    assert field["dir"] == "ltr"
    assert [part.text for part in hint.select("bdi[dir=ltr]")] == ["2024-06", "2024-06-30"]


def test_submission_asks_once_about_gaps_and_gives_a_receipt(
    browser: Browser, report: NationalReport, session: Session
) -> None:
    path = f"/reports/{report.public_id}"
    assert "87" in browser.soup(f"{path}/submit").text
    who = {"name": "C. Martin", "title": "Head of unit", "has_authority": "y"}
    refused = browser.submit_report(path, who)
    assert refused.status_code == 422
    assert session.scalars(select(Submission)).all() == []
    nobody = browser.submit_report(path, {"confirmed_gaps": "y"})
    assert nobody.status_code == 422
    done = browser.submit_report(path, who | {"confirmed_gaps": "y"})
    made = session.scalars(select(Submission)).one()
    assert made.content_hash in browser.get(done.location).text
    twice = browser.submit_report(path, who | {"confirmed_gaps": "y"})
    assert twice.status_code == 303 and twice.location.endswith("/submissions/1")
    other = browser.submit_report(path, who | {"name": "Somebody else", "confirmed_gaps": "y"})
    assert other.status_code == 409
    assert session.scalars(select(Submission)).one() is made
    kept = browser.get(f"/reports/{report.public_id}/submissions/1/receipt.json")
    assert kept.get_json()["content_hash"] == made.content_hash
    assert "attachment" in kept.headers["Content-Disposition"]


def test_withdrawing_asks_first(browser_of: type[Browser], session: Session) -> None:
    work, _ = report_at(session, ReportStatus.SUBMITTED)
    browser = browser_of(session.get_one(User, work.focal_point.user_id))
    address = f"/reports/{work.report.public_id}"
    link = browser.soup(address).select_one(f"main a[href='{address}/withdraw']")
    assert link and link.text.strip() == "Withdraw"
    asked = browser.soup(f"{address}/withdraw")
    assert "The report becomes a draft again" in asked.select("main")[0].text
    assert "This reporting cycle is closed" not in asked.text
    assert asked.select_one("main form[method=post] button")
    assert session.scalars(select(NationalReport.status)).all() == [ReportStatus.SUBMITTED]
    session.execute(update(ReportingCycle).values(closes_on=date(2026, 3, 1), due_on=None))
    session.commit()
    assert "This reporting cycle is closed" in browser.soup(f"{address}/withdraw").text
    assert browser.post(f"{address}/withdraw").location == address
    assert session.scalars(select(NationalReport.status)).all() == [ReportStatus.DRAFT]
    assert browser.get(f"{address}/withdraw").status_code == 409


def test_the_default_audience_is_set_for_new_answers(
    browser: Browser, report: NationalReport, session: Session
) -> None:
    browser.post(f"/reports/{report.public_id}/audience", {"audience": "secretariat"})
    values = fields(browser.soup(section_path(report)))
    assert values["p25-audience"] == "secretariat"
    browser.post(section_path(report), values | {"p25-progress": "implemented"})
    rows = responses_of(session, report.id)
    assert rows["bms7/annex/25"].content.audience is Audience.SECRETARIAT


def test_a_contributor_sees_the_assigned_sections_only(
    browser_of: type[Browser], report: NationalReport, session: Session
) -> None:
    contributor = browser_of(make_user(session, Role.CONTRIBUTOR, "FRA", sections=("II",)))
    assert contributor.get(section_path(report, "II")).status_code == 200
    assert contributor.get(section_path(report, "I.1")).status_code == 404
    assert contributor.get(f"{save_path(report, 25)}/history").status_code == 404
    page = contributor.soup(f"/reports/{report.public_id}")
    assert len(page.select(".tasks a[href*='/sections/']")) == 1
    assert contributor.get(f"/reports/{report.public_id}/submit").status_code == 403


def test_a_draft_is_read_by_its_own_state_only(
    browser_of: type[Browser], report: NationalReport, session: Session, public: Browser
) -> None:
    for role, iso3 in (
        (Role.FOCAL_POINT, "DEU"),
        (Role.REVIEWER, None),
        (Role.ADMINISTRATOR, None),
    ):
        other = browser_of(make_user(session, role, iso3))
        assert other.get(f"/reports/{report.public_id}").status_code == 404
        assert other.get(section_path(report)).status_code == 404
        assert other.post(save_path(report, 25), {"p25-version": "0"}).status_code == 404
    assert public.get(section_path(report)).status_code == 303


def test_the_last_cycles_answer_stands_beside_and_can_be_copied(
    browser: Browser, report: NationalReport, session: Session
) -> None:
    values = fields(browser.soup(section_path(report))) | {"p25-narrative": "said last time"}
    browser.post(section_path(report), values)
    browser.submit_report(
        f"/reports/{report.public_id}",
        {"name": "C", "title": "T", "has_authority": "y", "confirmed_gaps": "y"},
    )
    later = open_cycle(
        session,
        actor=OPERATOR,
        slug="later",
        document_slug="bms7",
        dates=CycleDates(opens_on=date(2024, 1, 1)),
        clock=system_clock,
    )
    session.commit()
    browser.post("/reports", {"cycle": later.slug, "state": report.state_id})
    new = session.scalars(select(NationalReport).where(NationalReport.cycle_id == later.id)).one()
    page = browser.soup(section_path(new))
    earlier = page.select_one("#p25 details.earlier")
    assert earlier and "said last time" in earlier.text
    assert fields(page)["p25-narrative"] == ""
    copied = fields(browser.soup(section_path(new) + "?copy=25"))
    assert copied["p25-narrative"].strip() == "said last time" and copied["p25-version"] == "0"
    assert responses_of(session, new.id) == {}
    browser.post(section_path(new), copied)
    assert set(responses_of(session, new.id)) == {"bms7/annex/25"}


def test_a_text_struck_out_is_named_in_the_history(
    browser: Browser, report: NationalReport, session: Session
) -> None:
    values = fields(browser.soup(section_path(report)))
    browser.post(section_path(report), values | {"p25-narrative": "private telephone number"})
    entry = session.scalars(select(ChainEntry).where(ChainEntry.kind == "response-saved")).one()
    strike(
        session,
        actor=make_actor(session, Role.ADMINISTRATOR),
        entry_id=entry.id,
        field="narrative",
        reason="names a private person",
        clock=system_clock,
    )
    session.commit()
    page = browser.soup(f"{save_path(report, 25)}/history")
    assert "names a private person" in page.text
    assert "private telephone number" not in page.text


def state_line(page: BeautifulSoup, paragraph: int) -> str:
    """What the page says about the saving of one answer."""
    line = page.select_one(f"#p{paragraph} .save-state")
    assert line
    return line.text


def test_saved_is_never_said_of_a_text_that_is_not(
    browser: Browser, report: NationalReport
) -> None:
    values = fields(browser.soup(section_path(report))) | {"p25-narrative": "good"}
    browser.post(section_path(report), values)
    page = browser.soup(section_path(report))
    assert "Saved" in state_line(page, 25)
    bad = fields(page) | {"p25-narrative": "x" * 32_001}
    refused = parsed(browser.post(section_path(report), bad).data)
    assert state_line(refused, 25) == "Not saved yet"
    box = refused.select_one("#p25 .response")
    assert box and box.has_attr("data-unsaved")


def test_an_answer_without_audience_takes_the_reports_and_never_a_wider_one(
    browser: Browser, report: NationalReport, session: Session
) -> None:
    path = f"/reports/{report.public_id}/audience"
    browser.post(path, {"audience": "secretariat"})
    json = {"Accept": "application/json"}
    body = {"p25-version": "0", "p25-narrative": "no audience sent"}
    assert browser.post(save_path(report, 25), body, headers=json).status_code == 200
    kept = responses_of(session, report.id)["bms7/annex/25"].content
    assert kept.audience is Audience.SECRETARIAT
    assert browser.post(path, {}).status_code == 422
    session.refresh(report)
    assert report.default_audience is Audience.SECRETARIAT


def test_the_longest_texts_of_a_whole_page_are_saved(
    browser: Browser, report: NationalReport, session: Session
) -> None:
    values = fields(browser.soup(section_path(report)))
    numbers = [int(name[1:-8]) for name in values if name.endswith("-version")]
    long = {f"p{number}-narrative": "字" * 32_000 for number in numbers}
    sent = values | long | {"csrf_token": browser.csrf_token()}
    boundary = "as-browsers-send-it"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in sent.items()
    ]
    body = "".join([*parts, f"--{boundary}--\r\n"]).encode()
    answer = browser.client.post(
        section_path(report), data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )
    session.expire_all()
    assert answer.status_code == 303
    assert len(responses_of(session, report.id)) == len(numbers) == 17
    form = browser.soup(section_path(report)).select_one("form.responses")
    assert form and form["enctype"] == "multipart/form-data"


def test_an_audience_alone_is_no_answer(
    browser: Browser, report: NationalReport, session: Session
) -> None:
    values = fields(browser.soup(section_path(report)))
    browser.post(section_path(report), values | {"p28-audience": "secretariat"})
    browser.post(f"/reports/{report.public_id}/audience", {"audience": "states"})
    browser.post(section_path(report), values)
    assert responses_of(session, report.id) == {}


def test_an_answer_emptied_again_is_not_submitted(
    browser: Browser, report: NationalReport, session: Session
) -> None:
    values = fields(browser.soup(section_path(report)))
    browser.post(section_path(report), values | {"p28-narrative": "said too soon"})
    values = fields(browser.soup(section_path(report)))
    browser.post(section_path(report), values | {"p28-narrative": "", "p28-audience": "states"})
    browser.submit_report(
        f"/reports/{report.public_id}",
        {"name": "C", "title": "T", "has_authority": "y", "confirmed_gaps": "y"},
    )
    assert session.scalars(select(SubmissionResponse)).all() == []


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"p25-version": "5"}, 409),
        ({"p25-version": "x"}, 422),
        ({"save_key": "a\x00b"}, 422),
        ({"save_key": "k" * 65}, 422),
        ({"shown_to": "987 Somebody"}, 409),
    ],
)
def test_odd_saves_of_the_script_are_refused_and_change_nothing(
    browser: Browser,
    report: NationalReport,
    session: Session,
    changed: dict[str, str],
    status: int,
) -> None:
    body = {"p25-version": "0", "p25-narrative": "text", "save_key": "k"} | changed
    answer = browser.post(save_path(report, 25), body, headers={"Accept": "application/json"})
    assert answer.status_code == status
    assert answer.get_json()["ok"] is False
    assert responses_of(session, report.id) == {}


def test_two_texts_are_promised_where_an_answer_was_saved_meanwhile(
    browser: Browser, report: NationalReport
) -> None:
    body = {"p25-version": "5", "p25-narrative": "text", "save_key": "k"}
    answer = browser.post(save_path(report, 25), body)
    assert answer.status_code == 409 and "Go back to see both versions" in answer.text


def test_an_unknown_version_keeps_the_text_on_the_page(
    browser: Browser, report: NationalReport, session: Session
) -> None:
    values = fields(browser.soup(section_path(report)))
    answer = browser.post(
        section_path(report), values | {"p25-version": "5", "p25-narrative": "kept"}
    )
    assert answer.status_code == 422
    typed = parsed(answer.data).select_one("textarea[name='p25-narrative']")
    assert typed and "kept" in typed.text
    assert responses_of(session, report.id) == {}


def test_what_is_still_missing_is_said_at_the_answer(
    browser: Browser, report: NationalReport
) -> None:
    body = {"p27-version": "0", "p27-progress": "not_applicable"}
    told = browser.post(save_path(report, 27), body, headers={"Accept": "application/json"})
    assert "a reason is still missing" in told.get_json()["message"]
    page = browser.soup(section_path(report))
    assert "a reason is still missing" in state_line(page, 27)
    entry = page.select_one("#paragraphs a[href='#p27']")
    assert entry and entry.parent and "to do" in entry.parent.text


def test_a_reason_that_is_missing_is_said_at_its_field_and_above_with_a_link(
    browser: Browser, report: NationalReport
) -> None:
    missing = "a reason is still missing"
    values = fields(browser.soup(section_path(report)))
    values |= {"p27-progress": "not_applicable", "p28-progress": "not_applicable"}
    browser.post(section_path(report), values | {"p28-reason": "No coast."})
    page = browser.soup(section_path(report))
    reason, line = page.select_one("#p27-reason"), page.select_one("#p27-reason-error")
    assert reason and line and missing in line.text
    assert reason["aria-invalid"] == "true"
    assert "p27-reason-error" in str(reason["aria-describedby"]).split()
    links = page.select(".notice a[href$='-reason']")
    assert [link["href"] for link in links] == ["#p27-reason"]
    assert links[0].parent and missing in links[0].parent.text
    assert not page.select("#p28-reason[aria-invalid]")
    check = browser.soup(f"/reports/{report.public_id}/submit")
    assert check.select(f"a[href='{section_path(report)}#p27-reason']")
    json = {"Accept": "application/json"}
    body = {"p27-version": "1", "p27-progress": "not_applicable"}
    told = browser.post(save_path(report, 27), body, headers=json).get_json()
    assert told["lacking"] == {"field": "reason", "message": missing}
    told = browser.post(
        save_path(report, 27), body | {"p27-reason": "No industry."}, headers=json
    ).get_json()
    assert told["lacking"] is None
    assert not browser.soup(section_path(report)).select("[aria-invalid], .notice a")


def test_each_button_that_begins_a_report_says_of_which_cycle(
    session: Session, browser: Browser
) -> None:
    make_cycle(session, "over", due=date(2026, 3, 31))
    session.commit()
    buttons = browser.soup("/reports").select("main form button")
    words = [text_of(button) for button in buttons]
    assert len(words) > 1 and len(set(words)) == len(words)
    assert "Begin the report of France for over" in words


def test_an_introduction_in_another_language_than_the_page_says_so(
    browser: Browser, report: NationalReport
) -> None:
    page = browser.soup(section_path(report))
    mark = page.select_one(".chapeau:lang(fr) + .base")
    assert mark and mark.text.startswith("Shown in French")
    page = browser.soup(section_path(report) + "?lang=fr")
    assert page.select(".chapeau") and not page.select(".chapeau + .base")


def test_a_refused_paragraph_is_named_with_its_reason_and_a_link(
    browser: Browser, report: NationalReport
) -> None:
    values = fields(browser.soup(section_path(report)))
    values |= {
        "p28-measures-0-title": "Law",
        "p28-measures-0-adopted_on": "yesterday",
        "p28-measures-0-link": "nowhere",
    }
    page = parsed(browser.post(section_path(report), values).data)
    link = page.select_one("[role=alert] a[href='#p28']")
    assert link and "yesterday" in link.text and "nowhere" in link.text


def test_everything_missing_from_a_submission_is_said_at_once(
    browser: Browser, report: NationalReport
) -> None:
    page = parsed(browser.submit_report(f"/reports/{report.public_id}", {}).data)
    for name in ("name", "title", "has_authority", "confirmed_gaps"):
        assert page.select_one(f"#{name}-error"), name


def test_the_script_is_told_in_json_that_a_text_is_far_too_large(
    browser: Browser, report: NationalReport
) -> None:
    body = {"p25-version": "0", "p25-narrative": "x" * (17 * 1024 * 1024)}
    answer = browser.post(save_path(report, 25), body, headers={"Accept": "application/json"})
    assert answer.status_code == 413
    assert answer.get_json()["code"] == "not-saved"


def test_who_has_not_begun_is_told_that_it_is_late_and_not_too_late(
    session: Session, browser: Browser, report: NationalReport
) -> None:
    make_cycle(session, "over", due=date(2026, 3, 31))
    session.commit()
    begin = browser.soup("/reports").select_one("main > .cards > section.card")
    assert begin is not None
    told = "The due date has passed. Late reports are accepted and marked late."
    assert "over" in text_of(begin) and told in text_of(begin)
    assert told not in text_of(browser.soup(f"/reports/{report.public_id}"))
    browser.post("/reports", {"cycle": "over", "state": state_id(session, "FRA")})
    late = session.scalars(select(NationalReport).order_by(NationalReport.id.desc())).first()
    assert late is not None and told in text_of(browser.soup(f"/reports/{late.public_id}"))
