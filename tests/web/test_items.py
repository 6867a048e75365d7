"""Pages for contacts, assistance and targets, as a browser without JavaScript sees them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.items import BODY, CONTACT, EVERY, NEED, TARGET, save, save_every
from tests.national_reports import Reporting, begin_report, report_at
from tests.people import Browser, make_user, parsed
from tests.submitted import make_cycle
from tests.web.test_reporting import fields
from tracker.domain.assistance import Assistance
from tracker.domain.clock import latest_day, system_clock
from tracker.domain.contacts import Contact
from tracker.domain.item_fields import Part
from tracker.domain.items import Item
from tracker.domain.roles import Role
from tracker.domain.values import parse_paragraphs
from tracker.domain.workflow import ReportStatus
from tracker.models import SubmissionAssistance, User
from tracker.models.ids import new_public_id
from tracker.queries.items import item_revisions, items_of, submitted_items
from tracker.queries.verification import verify_report
from tracker.services.submissions import withdraw


@pytest.fixture
def work(session: Session) -> Iterator[Reporting]:
    made = begin_report(session)
    session.commit()
    yield made


@pytest.fixture
def browser(browser_of: type[Browser], session: Session, work: Reporting) -> Browser:
    return browser_of(session.get_one(User, work.focal_point.user_id))


def pages(work: Reporting, part: str = "contacts", item_id: str = "") -> str:
    return f"/reports/{work.report.public_id}/items/{part}" + (f"/{item_id}" if item_id else "")


def rows(work: Reporting, part: Part = Part.CONTACTS) -> list[Item]:
    work.session.expire_all()
    return [row.content for row in items_of(work.session, work.report.id)[part]]


@pytest.mark.parametrize("part", ["assistance", "targets"])
def test_the_hint_of_paragraphs_shows_a_span_that_is_accepted(
    browser: Browser, work: Reporting, part: str
) -> None:
    hint = browser.soup(pages(work, part)).select_one("#paragraphs-hint")
    assert hint and "spans too" in hint.text
    example = hint.text.rpartition(": ")[2].rstrip(".")
    assert parse_paragraphs(example, place="paragraphs") == (28, 30, 31, 32)


@pytest.mark.parametrize("part", list(Part))
def test_a_form_speaks_to_the_state_that_fills_it_in(
    browser: Browser, work: Reporting, part: str
) -> None:
    hints = " ".join(hint.text for hint in browser.soup(pages(work, part)).select("form .hint"))
    assert hints
    for said_to_others in ("the State", "as typed", "is unknown", "it is asked"):
        assert said_to_others not in hints


def new_row(
    browser: Browser, work: Reporting, part: str = "contacts"
) -> tuple[str, dict[str, Any]]:
    """Where the empty form of a part is sent, and what it holds."""
    page = browser.soup(pages(work, part))
    form = page.select("main form")[-1]
    return str(form["action"]), fields(_alone(form))


def _alone(form: Any) -> BeautifulSoup:
    return parsed(f"<main>{form}</main>")


def edited(browser: Browser, work: Reporting, item_id: str) -> dict[str, Any]:
    return fields(_alone(browser.soup(pages(work, "contacts", item_id)).select("main form")[-1]))


def text(answer: TestResponse) -> str:
    return " ".join(parsed(answer.data).select_one("main").get_text(" ").split())  # type: ignore[union-attr]


def test_a_row_is_added_changed_and_removed(browser: Browser, work: Reporting) -> None:
    address, values = new_row(browser, work)
    assert values["audience"] == "secretariat"
    values |= {"kind": "coordination_body", "name": "Commission", "women": "7", "address": "A\r\nB"}
    answer = browser.post(address, values, follow_redirects=True)
    assert "Saved at" in answer.text and "Commission" in text(answer)
    (contact,) = rows(work)
    assert isinstance(contact, Contact)
    assert (contact.women, contact.men, contact.address) == (7, None, "A\nB")

    item_id = address.rpartition("/")[2]
    values = edited(browser, work, item_id) | {"men": "0"}
    browser.post(address, values)
    assert rows(work) == [replace(contact, men=0)]

    values = edited(browser, work, item_id) | {"action": "remove", "name": ""}
    answer = browser.post(address, values, follow_redirects=True)
    assert "Removed at" in answer.text and rows(work) == []
    history = browser.soup(f"{address}/history").get_text(" ")
    assert "The row was removed." in history and "Commission" in history


def test_thousandths_are_read_as_they_are_and_typed_so_that_nobody_takes_them_for_thousands(
    browser: Browser, work: Reporting
) -> None:
    item_id = save(work, replace(TARGET, baseline="1.125")).item_id
    page = browser.soup(pages(work, "targets", item_id))
    field = page.select_one("input[name=baseline]")
    assert field and field["value"] == "1.1250"
    shown = browser.soup(f"/reports/{work.report.public_id}/read-through").get_text()
    assert "1.125" in shown and "1.1250" not in shown


@pytest.mark.parametrize("content", EVERY, ids=lambda item: item.PART.value)
def test_a_form_sent_as_it_came_changes_nothing(
    browser: Browser, work: Reporting, session: Session, content: Item
) -> None:
    item_id = save(work, content).item_id
    session.commit()
    path = pages(work, content.PART.value, item_id)
    form = browser.soup(path).select("main form")[-1]
    answer = browser.post(path, fields(_alone(form)), follow_redirects=True)
    assert "Nothing changed." in answer.text
    revisions = item_revisions(session, work.report.id, content.PART, item_id)
    assert [revision.content for revision in revisions] == [content]


def test_sent_twice_a_new_row_is_made_once(browser: Browser, work: Reporting) -> None:
    address, values = new_row(browser, work, "targets")
    values["statement"] = "Mark every weapon."
    assert [browser.post(address, values).status_code for _ in range(2)] == [303, 303]
    assert len(rows(work, Part.TARGETS)) == 1


def test_bad_values_are_named_beside_their_fields_and_kept(
    browser: Browser, work: Reporting
) -> None:
    address, values = new_row(browser, work, "assistance")
    values |= {"direction": "needed", "theme": "gender", "amount": "5", "paragraphs": "28 x"}
    answer = browser.post(address, values)
    page = parsed(answer.data)
    assert answer.status_code == 422
    assert page.select_one("#description-error") and page.select_one("#paragraphs-error")
    assert page.select_one("#amount")["value"] == "5"  # type: ignore[index]
    assert rows(work, Part.ASSISTANCE) == []
    values |= {"description": "x", "paragraphs": "24", "currency": "USD"}
    answer = browser.post(address, values)
    assert answer.status_code == 422
    assert "no commitment in paragraph 24" in answer.text
    browser.post(address, values | {"paragraphs": "28"})
    assert len(rows(work, Part.ASSISTANCE)) == 1


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("1 500 000 000", 1_500_000_000), ("9" * 15, 999_999_999_999_999), ("1" + "0" * 15, None)],
)
def test_an_amount_may_be_large_as_in_currencies_of_small_units(
    browser: Browser, work: Reporting, typed: str, amount: int | None
) -> None:
    address, values = new_row(browser, work, "assistance")
    values |= {"direction": "needed", "theme": "marking", "description": "Machines."}
    answer = browser.post(address, values | {"amount": typed, "currency": "XOF"})
    if amount is None:
        assert answer.status_code == 422
        assert "from 0 to 999\u00a0999\u00a0999\u00a0999\u00a0999" in answer.text
        return
    assert answer.status_code == 303
    (row,) = rows(work, Part.ASSISTANCE)
    assert isinstance(row, Assistance) and row.amount == amount
    work.submit()
    frozen = work.session.scalars(select(SubmissionAssistance.amount)).all()
    assert frozen == [amount]
    assert verify_report(work.session, work.report.id) is None


def test_a_conflict_shows_both_sides_and_lets_one_choose(
    browser: Browser, work: Reporting, session: Session
) -> None:
    item_id = save(work, CONTACT).item_id
    session.commit()
    path = pages(work, "contacts", item_id)
    mine = edited(browser, work, item_id) | {"phone": "222", "position": "Head"}
    save(work, replace(CONTACT, phone="111"), item_id, 1)
    session.commit()

    answer = browser.post(path, mine)
    page = parsed(answer.data)
    assert answer.status_code == 409
    theirs, ours = (side.get_text(" ") for side in page.select(".compare section"))
    assert "111" in theirs and "222" in ours
    assert "111" in page.select_one("#phone-hint").get_text()  # type: ignore[union-attr]
    assert page.select_one("#name-hint") and "Saved meanwhile" not in str(
        page.select_one("#name-hint")
    )
    assert rows(work) == [replace(CONTACT, phone="111")]

    combined = fields(_alone(page.select("main form")[-1]))
    assert (combined["version"], combined["phone"], combined["position"]) == ("2", "222", "Head")
    browser.post(path, combined | {"choice": "theirs"})
    assert rows(work) == [replace(CONTACT, phone="111")]
    browser.post(path, combined | {"phone": "111"})
    assert rows(work) == [replace(CONTACT, phone="111", position="Head")]


def test_a_page_that_changed_nothing_hinders_nobody(
    browser: Browser, work: Reporting, session: Session
) -> None:
    item_id = save(work, CONTACT).item_id
    session.commit()
    values = edited(browser, work, item_id)
    save(work, replace(CONTACT, phone="111"), item_id, 1)
    session.commit()
    assert browser.post(pages(work, "contacts", item_id), values).status_code == 303
    assert rows(work) == [replace(CONTACT, phone="111")]


def test_who_changes_what_was_removed_meanwhile_and_the_other_way_round(
    browser: Browser, work: Reporting, session: Session
) -> None:
    first, second = (save(work, content).item_id for content in (CONTACT, BODY))
    session.commit()
    typed = edited(browser, work, first) | {"phone": "222"}
    save(work, None, first, 1)
    save(work, replace(BODY, women=8), second, 1)
    session.commit()

    answer = browser.post(pages(work, "contacts", first), typed)
    assert answer.status_code == 409 and "The row was removed." in answer.text
    browser.post(pages(work, "contacts", first), fields(parsed(answer.data)))
    assert replace(CONTACT, phone="222") in rows(work)

    answer = browser.post(pages(work, "contacts", second), {"version": "1", "action": "remove"})
    assert answer.status_code == 409 and "You wanted to remove the row." in answer.text
    assert replace(BODY, women=8) in rows(work)
    shown = fields(parsed(answer.data)) | {"action": "remove"}
    browser.post(pages(work, "contacts", second), shown)
    assert rows(work) == [replace(CONTACT, phone="222")]


def test_a_new_row_that_a_colleague_removed_is_made_again_on_purpose_only(
    browser: Browser, work: Reporting, session: Session
) -> None:
    """Sent again by who never saw the answer to the first sending."""
    address, values = new_row(browser, work)
    sent = values | {"kind": "coordination_body", "name": "Commission"}
    assert browser.post(address, sent).status_code == 303
    save(work, None, address.rsplit("/", 1)[1], 1)
    session.commit()
    again = browser.post(address, sent)
    assert again.status_code == 409 and "The row was removed." in again.text
    assert rows(work) == []
    assert browser.post(address, fields(parsed(again.data))).status_code == 303
    assert len(rows(work)) == 1


def test_a_locked_report_keeps_what_was_typed_on_the_page(
    browser: Browser, work: Reporting, session: Session
) -> None:
    address, values = new_row(browser, work)
    work.submit()
    session.commit()
    answer = browser.post(address, values | {"kind": "coordination_body", "name": "Kept here"})
    assert answer.status_code == 409
    assert "Kept here" in str(parsed(answer.data).select_one("#name"))
    assert "not open for changes" in answer.text
    assert rows(work) == []
    assert not browser.soup(pages(work)).select("main form")


def test_text_sent_after_the_session_ended_is_carried_through_signing_in(
    browser: Browser, work: Reporting
) -> None:
    address, values = new_row(browser, work)
    browser.client.delete_cookie("tracker_session", domain="localhost")
    answer = browser.post(address, values | {"kind": "coordination_body", "name": "Carried"})
    assert answer.status_code == 401
    form = parsed(answer.data).select_one("main form")
    assert form and form["action"] == address
    assert fields(_alone(form))["name"] == "Carried"
    assert rows(work) == []


def test_a_contact_is_confirmed_with_one_button(
    browser: Browser, work: Reporting, session: Session
) -> None:
    today = system_clock().date()
    old = (today - timedelta(days=366)).isoformat()
    item_id = save(work, replace(CONTACT, confirmed_on=old)).item_id
    save(work, replace(CONTACT, name="B", confirmed_on=today.isoformat()), clock=system_clock)
    session.commit()
    assert "1 to confirm" in browser.soup(f"/reports/{work.report.public_id}").get_text(" ")
    page = browser.soup(pages(work))
    assert "1 contact was last confirmed" in page.get_text(" ")
    (button,) = page.select("button[value=confirm]")
    form = button.find_parent("form")
    assert form is not None and str(form["action"]).endswith(item_id)
    version = fields(_alone(form))
    browser.post(str(form["action"]), version | {"action": "confirm"})
    assert rows(work)[0] == replace(CONTACT, confirmed_on=today.isoformat())
    assert not browser.soup(pages(work)).select("button[value=confirm]")
    save(work, replace(CONTACT, phone="1", confirmed_on=""), item_id, 2)
    session.commit()
    answer = browser.post(str(form["action"]), version | {"action": "confirm"})
    assert answer.status_code == 409  # it says something else by now


def test_a_contact_is_not_confirmed_on_a_day_that_has_not_come(
    browser: Browser, work: Reporting
) -> None:
    address, values = new_row(browser, work, "contacts")
    values |= {"kind": "coordination_body", "name": "Commission"}
    far = latest_day(system_clock()) + timedelta(days=1)
    answer = browser.post(address, values | {"confirmed_on": far.isoformat()})
    assert answer.status_code == 422
    error = parsed(answer.data).select_one("#confirmed_on-error")
    assert error and f"{far} has not come yet" in error.text
    assert rows(work) == []
    values["confirmed_on"] = latest_day(system_clock()).isoformat()
    assert browser.post(address, values).status_code == 303, "it is today in Kiribati"


def test_odd_addresses_and_versions_change_nothing(browser: Browser, work: Reporting) -> None:
    for path in ("people", "contacts/short", f"contacts/{new_public_id()}", "Contacts"):
        assert browser.get(pages(work, path)).status_code == 404
        assert browser.get(f"{pages(work, path)}/history").status_code == 404
    for path in ("people/" + new_public_id(), "contacts/short", "contacts/" + "é" * 22):
        assert browser.post(pages(work, path), {"version": "0"}).status_code == 404
    good = {"kind": "coordination_body", "name": "A"}
    for version in ("", "-1", "x", "²", "9" * 10):
        answer = browser.post(pages(work, "contacts", new_public_id()), good | {"version": version})
        assert answer.status_code == 422
    assert browser.post(f"{pages(work, 'people')}/copy").status_code == 404
    assert rows(work) == []


def test_observers_read_and_contributors_do_not(
    session: Session, work: Reporting, browser_of: type[Browser]
) -> None:
    item_id = save(work, CONTACT).item_id
    session.commit()
    observer = browser_of(make_user(session, Role.OBSERVER, "GHA"))
    contributor = browser_of(make_user(session, Role.CONTRIBUTOR, "GHA", ("I.1",)))
    paths = (
        pages(work),
        pages(work, "contacts", item_id),
        pages(work, "contacts", item_id) + "/history",
    )
    for path in paths:
        page = observer.soup(path)
        assert CONTACT.name in page.get_text() and not page.select("main form")
        assert contributor.get(path).status_code == 403
    for reader in (observer, contributor):
        answer = reader.post(pages(work, "contacts", item_id), {"version": "1", "action": "remove"})
        assert answer.status_code == 403
    home = contributor.soup(f"/reports/{work.report.public_id}").get_text()
    through = contributor.soup(f"/reports/{work.report.public_id}/read-through").get_text()
    assert "Voluntary targets" not in home and CONTACT.name not in through


def test_rows_are_counted_on_the_report_and_before_submitting_and_read_through(
    browser: Browser, work: Reporting, session: Session
) -> None:
    save_every(work)
    session.commit()
    report = f"/reports/{work.report.public_id}"
    for page in (browser.soup(report), browser.soup(f"{report}/submit")):
        words = " ".join(page.get_text(" ").split())
        assert "Contacts 2 rows" in words.replace(" :", "").replace(":", "")
        assert "1 to confirm" in words
    through = browser.soup(f"{report}/read-through")
    for part, said in (
        ("contacts", CONTACT.name),
        ("assistance", "Two of them."),
        ("targets", "2030"),
    ):
        section = through.select_one(f"#{part}")
        assert section and said in section.get_text()


def test_the_last_cycle_is_offered_once(
    browser_of: type[Browser], session: Session, work: Reporting
) -> None:
    make_cycle(session, "bms7-2026", opens=date(2026, 1, 1))
    save_every(work)
    work.submit()
    later = begin_report(session, cycle="bms7-2026")
    session.commit()
    browser = browser_of(session.get_one(User, later.focal_point.user_id))
    (form,) = [
        form
        for form in browser.soup(pages(later)).select("main form")
        if str(form["action"]).endswith("/copy")
    ]
    assert "Copy the 2 rows of the last report" in form.get_text()
    answer = browser.post(str(form["action"]), follow_redirects=True)
    assert "2 rows were copied." in answer.text
    assert rows(later) == [CONTACT, BODY]
    assert "/copy" not in answer.text
    browser.post(str(form["action"]))
    assert len(rows(later)) == 2
    withdraw(session, actor=work.focal_point, report_id=work.report.id, clock=work.clock)
    session.commit()
    assert "/copy" not in str(browser.soup(pages(later, "targets")))


def test_a_row_of_the_last_cycle_that_lost_its_name_is_told(
    browser_of: type[Browser], session: Session, work: Reporting
) -> None:
    make_cycle(session, "bms7-2026", opens=date(2026, 1, 1))
    save_every(work)
    submission = work.submit()
    row = submitted_items(session, submission.id)[Part.CONTACTS][0]
    assert row.revision_id is not None
    work.strike_out(row.revision_id, "name", "A private person.")
    later = begin_report(session, cycle="bms7-2026")
    session.commit()
    page = browser_of(session.get_one(User, later.focal_point.user_id)).soup(pages(later))
    assert "Copy the 1 row of the last report" in page.get_text()
    assert "1 row of the last report is not offered" in page.get_text()


@pytest.fixture
def published(session: Session) -> tuple[Reporting, str]:
    """A published report with every row; the id of the contact that is for the secretariat."""
    work, _ = report_at(session, ReportStatus.DRAFT)
    ids = save_every(work)
    submission = work.submit()
    work.accept(submission)
    work.publish(submission)
    session.commit()
    return work, ids[CONTACT]


READERS = {
    "public": (None, None, "Withheld 1 row", (True, True, False)),
    "another State": (Role.OBSERVER, "FRA", "Withheld 1 row", (True, True, True)),
    "the State": (Role.OBSERVER, "GHA", "", (True, True, True)),
    "secretariat": (Role.REVIEWER, None, "", (True, True, True)),
}


@pytest.mark.parametrize("name", READERS)
def test_each_reader_sees_what_the_audience_admits_and_how_much_is_withheld(
    session: Session, published: tuple[Reporting, str], browser_of: type[Browser], name: str
) -> None:
    role, state, withheld, read = READERS[name]
    browser = browser_of(make_user(session, role, state)) if role else browser_of()
    for path in ("/states/GHA", "/states/GHA/submissions/1"):
        page = browser.soup(path)
        contacts = " ".join(page.select_one("#contacts").get_text(" ").split())  # type: ignore[union-attr]
        whole = page.get_text(" ")
        assert (CONTACT.name in whole, CONTACT.email in whole) == (not withheld, not withheld)
        assert (withheld in contacts) and ("Withheld" in contacts) == bool(withheld)
        said = [BODY.name in contacts, "Two of them." in whole, TARGET.statement in whole]
        assert tuple(said) == read


def test_a_report_without_rows_says_so(session: Session, browser_of: type[Browser]) -> None:
    report_at(session, ReportStatus.PUBLISHED)
    page = browser_of().soup("/states/GHA")
    for part in Part:
        section = page.select_one(f"#{part.value}")
        assert section and "Not answered" in section.get_text()


def test_the_reviewer_sees_what_changed_since_the_submission_before(
    session: Session, work: Reporting, browser_of: type[Browser]
) -> None:
    ids = save_every(work)
    first = work.submit()
    work.give_back(first)
    save(work, replace(NEED, amount=300000), ids[NEED], 1)
    save(work, None, ids[TARGET], 1, part=Part.TARGETS)
    save(work, replace(BODY, name="Another body"))
    second = work.submit()
    session.commit()
    browser = browser_of(make_user(session, Role.REVIEWER))
    page = browser.soup(f"/review/submissions/{second.public_id}")
    contacts, assistance, targets = (
        " ".join(page.select_one(f"#{part.value}").get_text(" ").split())  # type: ignore[union-attr]
        for part in Part
    )
    assert contacts.count("New since") == 1 and "Changed since" not in contacts
    assert "Changed since" in assistance
    need = page.select_one(f"#i-{ids[NEED]}")
    assert need and [tag.text for tag in need.select("del, ins")] == ["250", "300"]
    assert "Removed since" in targets and not page.select(f"#i-{ids[TARGET]}")
    assert "1 row is new, changed or gone." in page.get_text(" ")
    before = browser.soup(f"/review/submissions/{first.public_id}").get_text()
    assert "New since" not in before and TARGET.statement in before


def test_an_administrator_strikes_a_name_out(
    session: Session, published: tuple[Reporting, str], browser_of: type[Browser]
) -> None:
    work, item_id = published
    browser = browser_of(make_user(session, Role.ADMINISTRATOR))
    address = browser.soup("/review?status=published").select_one("a[href^='/review/submissions/']")
    assert address
    link = browser.soup(str(address["href"])).select_one(f"#i-{item_id} a")
    assert link
    page = browser.soup(str(link["href"]))
    assert [str(field["value"]) for field in page.select("input[type=radio]")] == [
        "email",
        "name",
        "organisation",
        "position",
    ]
    assert browser.post(str(link["href"]), {"field": "name"}).status_code == 422
    answer = browser.post(
        str(link["href"]),
        {"field": "name", "reason": "A private person."},
        follow_redirects=True,
    )
    assert "Name: struck out by the secretariat." in text(answer)
    assert CONTACT.name not in answer.text
    focal_point = browser_of(session.get_one(User, work.focal_point.user_id))
    history = focal_point.soup(f"{pages(work, 'contacts', item_id)}/history").get_text(" ")
    assert CONTACT.name not in history and "A private person." in history


def test_publishing_tells_who_will_read_how_many_rows(
    session: Session, work: Reporting, browser_of: type[Browser]
) -> None:
    save_every(work)
    submission = work.submit()
    work.accept(submission)
    session.commit()
    browser = browser_of(make_user(session, Role.ADMINISTRATOR))
    page = browser.soup(f"/review/submissions/{submission.public_id}/publish")
    facts = page.select("dl.facts")[-1]
    assert [int(value.text) for value in facts.select("dd")] == [2, 1, 1]
