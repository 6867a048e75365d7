"""Small files that say a great deal: each costs its sender little patience, and others nothing."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, render_template
from openpyxl import Workbook
from sqlalchemy.orm import Session

from tests.exchange.templates import answer_row, edited, filled_in, put
from tests.national_reports import Reporting, begin_report
from tests.people import Browser
from tests.web.test_workbooks import fetched, fields_of, planned, sent
from tracker.domain.items import MAX_ITEMS
from tracker.domain.progress import Progress
from tracker.exchange.plan_lines import plan_lines
from tracker.extensions import db
from tracker.models import ImportPlan, User
from tracker.web import importing, render

ITEM_SHEETS = ("Targets", "Contacts", "Assistance")
FIRST_FREE = 40
SECONDS = 6.0  # of processor time in the thread of the site; without limits it took 16 to 24
MEGABYTE = 1_000_000


@pytest.fixture
def work(session: Session) -> Reporting:
    """A report that was begun."""
    work = begin_report(session)
    session.commit()
    return work


@pytest.fixture
def browser(browser_of: type[Browser], work: Reporting, session: Session) -> Browser:
    """The focal point's browser."""
    return browser_of(session.get_one(User, work.focal_point.user_id))


def wrong_cells(rows: int) -> Callable[[Workbook], None]:
    """Rows of six cells below the spare ones of each sheet of items, most of them wrong."""

    def edit(book: Workbook) -> None:
        for name in ITEM_SHEETS:
            for row in range(FIRST_FREE, FIRST_FREE + rows):
                for column in range(1, 7):
                    book[name].cell(row, column).value = f"words {name} {row} {column} {'w' * 60}"

    return edit


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """What an act gives, and the seconds of processor time that it took in this thread."""
    begun = time.thread_time()
    return act(), time.thread_time() - begun


def test_a_sheet_with_more_rows_than_it_can_hold_gets_one_sentence(
    browser: Browser, work: Reporting, session: Session
) -> None:
    content = filled_in(fetched(browser), "Answers", (answer_row(25), "Narrative", "Good."))
    content = edited(content, wrong_cells(1_500))
    answer, seconds = timed(lambda: sent(browser, work, content))
    assert answer.status_code == 303 and seconds < SECONDS
    page, seconds = timed(lambda: browser.get(answer.location))
    assert seconds < SECONDS and len(page.data) < MEGABYTE
    assert "3 cells to correct" in page.text
    assert page.text.count("This sheet has 1532 rows") == len(ITEM_SHEETS)
    seen = fields_of(browser, answer.location)
    applying = {"action": "apply", **seen}
    refused, seconds = timed(lambda: browser.post(answer.location, applying))
    assert refused.status_code == 422 and seconds < SECONDS
    done = browser.post(answer.location, {**applying, "skip_invalid": "y"})
    assert done.status_code == 303
    assert "1 cell was saved" in browser.soup(done.location).get_text()


def test_as_many_wrong_rows_as_fit_are_counted_whole_and_shown_in_part(
    browser: Browser, work: Reporting, session: Session
) -> None:
    rows = 2 * MAX_ITEMS
    content = edited(fetched(browser), wrong_cells(rows))
    answer, seconds = timed(lambda: sent(browser, work, content))
    assert answer.status_code == 303 and seconds < SECONDS
    address = answer.location
    page, seconds = timed(lambda: browser.get(address))
    assert seconds < SECONDS and len(page.data) < MEGABYTE
    listed = browser.soup(address).select("section[aria-labelledby=errors] li")
    assert len(listed) == importing.MOST_SHOWN
    errors = page.text.partition(" cells to correct")[0].rpartition(">")[2]
    assert int(errors) > 3 * rows
    assert f"and {int(errors) - importing.MOST_SHOWN} more" in page.text
    refused, seconds = timed(lambda: browser.post(address, {"action": "apply", "seen": "other"}))
    assert refused.status_code == 409 and seconds < SECONDS


def test_what_is_not_shown_is_applied_too(
    browser: Browser, work: Reporting, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MOST_SHOWN", 1)
    narratives = {25: "A.", 26: "B.", 28: "C."}

    def edit(book: Workbook) -> None:
        for paragraph, text in narratives.items():
            put(book["Answers"], answer_row(paragraph), "Narrative", text)

    address = planned(browser, work, edited(fetched(browser), edit))
    page = browser.soup(address)
    text = page.get_text(" ", strip=True)
    assert "3 new cells" in text and "and 2 more" in text
    assert len(page.select("section[aria-labelledby=changes] tbody tr")) == 1
    done = browser.post(address, {"action": "apply", **fields_of(browser, address)})
    assert "3 cells were saved" in browser.soup(done.location).get_text()


def test_conflicts_that_are_not_shown_come_up_once_those_before_are_settled(
    browser: Browser, work: Reporting, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MOST_SHOWN", 1)
    content = filled_in(
        fetched(browser),
        "Answers",
        (answer_row(25), "Narrative", "Mine."),
        (answer_row(28), "Narrative", "Mine too."),
    )
    for paragraph in (25, 28):
        work.answer(paragraph, progress=Progress.IMPLEMENTED, narrative=f"Theirs {paragraph}.")
    session.commit()
    address = planned(browser, work, content)
    shown = []
    for _ in range(2):
        page = browser.soup(address)
        assert "and 1 more" in page.get_text(" ", strip=True)
        (choice,) = page.select("fieldset input[value=theirs]")
        shown.append(str(choice["name"]))
        seen = fields_of(browser, address)
        browser.post(address, {"action": "settle", shown[-1]: "theirs", **seen})
    assert len(set(shown)) == 2
    browser.post(address, {"action": "all-mine", **fields_of(browser, address)})
    (kept,) = session.query(ImportPlan.choices).one()
    assert set(kept) == {name.removeprefix("choice:") for name in shown}
    said = {choice.partition(":")[0] for choice in kept.values()}
    assert said == {"mine"}, "for all is for those that are not shown, too"
    work.answer(25, narrative="Another text.")
    session.commit()
    assert "1 conflict to settle" in browser.soup(address).get_text()


@pytest.mark.parametrize(
    ("sent_with", "status"),
    [
        ({"action": "apply"}, 422),
        ({"action": "apply", "seen": "other"}, 409),
        ({"action": "settle", "choice:answers/x/y": "neither"}, 422),
    ],
)
def test_a_refusal_is_shown_after_its_transaction_has_ended(
    app: Flask,
    browser: Browser,
    work: Reporting,
    monkeypatch: pytest.MonkeyPatch,
    sent_with: dict[str, str],
    status: int,
) -> None:
    content = filled_in(fetched(browser), "Answers", (answer_row(25), "Progress", "Nearly"))
    address = planned(browser, work, content)
    in_transaction: list[bool] = []

    def watched(*arguments: Any) -> Any:
        in_transaction.append(db.session().in_transaction())
        return plan_lines(*arguments)

    def watched_to_the_end(*arguments: Any, **values: Any) -> str:
        text = render_template(*arguments, **values)
        in_transaction.append(db.session().in_transaction())
        return text

    monkeypatch.setattr(importing, "plan_lines", watched)
    monkeypatch.setattr(render, "render_template", watched_to_the_end)
    assert browser.post(address, sent_with).status_code == status
    assert len(in_transaction) > 1 and not any(in_transaction)
