"""Templates in the browser: fetched, sent back, looked at, settled and applied."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl import Workbook
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.exchange.templates import answer_row, edited, filled_in, put
from tests.exchange.workbooks import Written
from tests.items import TARGET, save
from tests.national_reports import Reporting, begin_report, commitment_id
from tests.people import Browser, make_user, parsed
from tracker.domain.clock import system_clock
from tracker.domain.item_fields import Part
from tracker.domain.progress import Progress
from tracker.domain.responses import ResponseContent
from tracker.domain.roles import Role
from tracker.domain.uploads import LARGEST_FILE
from tracker.exchange.content_columns import MEASURE_COLUMNS, NARRATIVE
from tracker.exchange.importing.slots import slots
from tracker.models import ChainEntry, ImportPlan, Membership, Response, User
from tracker.queries.items import items_of
from tracker.services.responses import save_response
from tracker.web.workbooks import READERS

ANSWERS = "Answers"
FIRST_ITEM = 3  # the row


@pytest.fixture
def work(session: Session) -> Reporting:
    """A report with an answer to paragraph 28."""
    work = begin_report(session)
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="As it was.")
    session.commit()
    return work


@pytest.fixture
def browser(browser_of: type[Browser], work: Reporting, session: Session) -> Browser:
    """The focal point's browser."""
    return browser_of(session.get_one(User, work.focal_point.user_id))


def fetched(browser: Browser, iso3: str = "GHA") -> bytes:
    """A template as the page gives it."""
    answer = browser.get(f"/reports/template.xlsx?state={iso3}&cycle=bms7")
    assert answer.status_code == 200
    assert "template" in answer.headers["Content-Disposition"]
    return bytes(answer.data)


def sent(browser: Browser, work: Reporting, content: bytes, name: str = "filled.xlsx") -> Any:
    """A file sent back."""
    answer = browser.post(
        f"/reports/{work.report.public_id}/workbook",
        {"file": (BytesIO(content), name)},
        content_type="multipart/form-data",
    )
    answer.request.environ["wsgi.input"].close()  # large bodies lie in a file meanwhile
    return answer


def planned(browser: Browser, work: Reporting, content: bytes) -> str:
    """The address of the plan of a file."""
    answer = sent(browser, work, content)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def fields_of(browser: Browser, address: str) -> dict[str, str]:
    """What the form of a plan carries by itself."""
    (form,) = browser.soup(address).select("main form")
    carried = form.select("input[type=hidden]:not([name=csrf_token])")
    return {str(field["name"]): str(field["value"]) for field in carried}


def narrative(session: Session, work: Reporting, paragraph: int) -> str | None:
    """What the working copy says on a paragraph."""
    session.expire_all()
    return session.scalars(
        select(Response.narrative).where(
            Response.report_id == work.report.id,
            Response.commitment_id == commitment_id(session, paragraph),
        )
    ).one_or_none()


def test_a_filled_template_is_shown_before_it_is_saved_and_saved_as_a_whole(
    browser: Browser, work: Reporting, session: Session
) -> None:
    content = filled_in(
        fetched(browser),
        ANSWERS,
        (answer_row(25), "Progress", "Implemented"),
        (answer_row(25), "Narrative", "=1+1 is no formula here"),
        (answer_row(28), "Narrative", "As it is now."),
    )
    typed = edited(content, lambda book: _as_text(book[ANSWERS].cell(answer_row(25), 6)))
    plan = planned(browser, work, typed)
    text = browser.soup(plan).get_text(" ", strip=True)
    assert "2 new cells" in text and "1 changed cell" in text and "0 conflicts" in text
    assert "As it was." in text and "As it is now." in text
    assert narrative(session, work, 25) is None

    answer = browser.post(plan, {"action": "apply", **fields_of(browser, plan)})
    assert answer.status_code == 303, answer.text
    assert narrative(session, work, 25) == "=1+1 is no formula here"
    assert narrative(session, work, 28) == "As it is now."
    sources = session.scalars(
        select(ChainEntry.facts).where(ChainEntry.subject == "bms7/annex/28")
    ).all()
    assert sources[-1]["source"] == "file"
    assert "3 cells were saved" in browser.soup(answer.location).get_text()
    assert "This file was applied." in browser.soup(plan).get_text()
    links = session.scalars(select(ChainEntry.id)).all()
    again = browser.post(plan, {"action": "apply"})
    assert again.status_code == 303
    assert session.scalars(select(ChainEntry.id)).all() == links
    told = browser.soup(again.location).get_text(" ", strip=True)
    assert "“filled.xlsx” was applied already, at " in told and " UTC" in told
    assert "3 cells were saved then." in told
    history = f"/reports/{work.report.public_id}/responses/28/history"
    latest, before = browser.soup(history).select("main section .base")
    assert "from a file" in latest.get_text(), "apart from what was typed before"
    assert "file" not in before.get_text()


def test_the_read_me_counts_answers_as_the_page_does(
    browser: Browser, work: Reporting, session: Session
) -> None:
    """What only recognises needs no answer, and an answer that lacks something is none yet."""
    work.answer(31, narrative="Half an answer.")
    work.answer(32, progress=Progress.IMPLEMENTED)
    work.answer(36, progress=Progress.IMPLEMENTED)
    session.commit()
    facts = Written(fetched(browser)).facts("Read me")
    assert facts["Answered, of the commitments that need an answer"] == "2/87"
    text = browser.soup(f"/reports/{work.report.public_id}").get_text(" ", strip=True)
    (told,) = [part for part in text.split("Answered") if "need an answer" in part[:60]]
    assert "2/87" in told[:20]


def test_the_fields_of_an_answer_are_called_as_their_columns_or_the_page_says_how(
    browser: Browser, work: Reporting
) -> None:
    section = browser.soup(f"/reports/{work.report.public_id}/sections/I.1")
    for column in MEASURE_COLUMNS:
        field = section.select_one(f"label[for='p28-measures-0-{column.key}']")
        assert field and field.text == column.header
    field = section.select_one("label[for='p28-narrative']")
    said = browser.soup(f"/reports/{work.report.public_id}/workbook").text
    assert field and f"“{NARRATIVE.header}” is the field “{field.text}”" in said


def _as_text(cell: Any) -> None:
    cell.data_type = "s"


def test_a_conflict_waits_for_a_choice(browser: Browser, work: Reporting, session: Session) -> None:
    content = filled_in(fetched(browser), ANSWERS, (answer_row(28), "Narrative", "From the file."))
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="Saved online.")
    session.commit()
    plan = planned(browser, work, content)
    page = browser.soup(plan)
    text = page.get_text(" ", strip=True)
    assert "1 conflict to settle" in text
    assert "From the file." in text and "Saved online." in text
    refused = browser.post(plan, {"action": "apply", **fields_of(browser, plan)})
    assert refused.status_code == 422
    assert narrative(session, work, 28) == "Saved online."

    choice = page.find("input", attrs={"type": "radio", "value": "mine"})
    assert choice is not None
    chosen = {str(choice["name"]): "mine", **fields_of(browser, plan)}
    settled = browser.post(plan, {"action": "settle", **chosen})
    assert settled.status_code == 303
    again = browser.soup(plan)
    kept = again.find("input", attrs={"type": "radio", "value": "mine"})
    assert kept is not None and kept.has_attr("checked")
    done = browser.post(plan, {"action": "apply", **fields_of(browser, plan)})
    assert done.status_code == 303
    assert narrative(session, work, 28) == "From the file."


def test_that_a_row_was_removed_online_is_said(
    browser: Browser, work: Reporting, session: Session
) -> None:
    made = save(work, TARGET)
    session.commit()
    content = filled_in(fetched(browser), "Targets", (3, "Unit", "weapons"))
    save(work, None, made.item_id, 1, part=Part.TARGETS)
    session.commit()
    page = browser.soup(planned(browser, work, content))
    assert "This row was removed online after the file was made." in page.select("fieldset")[0].text


@pytest.mark.parametrize(("action", "stands"), [("all-mine", "Mine."), ("all-theirs", "Theirs.")])
def test_conflicts_are_settled_all_at_once(
    browser: Browser, work: Reporting, session: Session, action: str, stands: str
) -> None:
    content = filled_in(fetched(browser), ANSWERS, (answer_row(28), "Narrative", "Mine."))
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="Theirs.")
    session.commit()
    plan = planned(browser, work, content)
    settled = browser.post(plan, {"action": action, **fields_of(browser, plan)})
    assert settled.status_code == 303
    done = browser.post(plan, {"action": "apply", **fields_of(browser, plan)})
    assert done.status_code == 303
    assert narrative(session, work, 28) == stands


def test_enter_in_a_choice_only_remembers_it(
    browser: Browser, work: Reporting, session: Session
) -> None:
    """A browser sends a form with its first button when Enter is pressed in one of its fields."""
    content = filled_in(fetched(browser), ANSWERS, (answer_row(28), "Narrative", "Mine."))
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="Theirs.")
    session.commit()
    (form,) = browser.soup(planned(browser, work, content)).select("main form")
    first = form.find("button")
    assert first is not None and first["value"] == "settle"


def test_wrong_cells_are_named_and_may_be_left_out(
    browser: Browser, work: Reporting, session: Session
) -> None:
    content = filled_in(
        fetched(browser),
        ANSWERS,
        (answer_row(25), "Progress", "Nearly"),
        (answer_row(26), "Narrative", "Good."),
    )
    plan = planned(browser, work, content)
    text = browser.soup(plan).get_text(" ", strip=True)
    assert "1 cell to correct" in text and "D3" in text and "“Nearly”" in text
    seen = fields_of(browser, plan)
    assert browser.post(plan, {"action": "apply", **seen}).status_code == 422
    assert narrative(session, work, 26) is None
    done = browser.post(plan, {"action": "apply", "skip_invalid": "y", **seen})
    assert done.status_code == 303
    assert narrative(session, work, 26) == "Good."
    assert narrative(session, work, 25) is None

    marked = browser.get(f"{plan}/marked.xlsx?lang=fr")
    assert "_checked_en.xlsx" in marked.headers["Content-Disposition"], "its words are English"
    sheet = openpyxl.load_workbook(BytesIO(marked.data))[ANSWERS]
    assert sheet.cell(answer_row(25), 4).comment is not None


def test_the_tick_to_apply_the_rest_stays(
    browser: Browser, work: Reporting, session: Session
) -> None:
    content = filled_in(
        fetched(browser),
        ANSWERS,
        (answer_row(25), "Progress", "Nearly"),
        (answer_row(26), "Narrative", "Good."),
        (answer_row(28), "Narrative", "Mine."),
    )
    plan = planned(browser, work, content)

    def is_ticked(page: Any) -> bool:
        return bool(page.find("input", attrs={"name": "skip_invalid"}).has_attr("checked"))

    assert not is_ticked(browser.soup(plan))
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="Theirs.")
    session.commit()
    refused = browser.post(plan, {"action": "apply", "skip_invalid": "y", "seen": "other"})
    assert refused.status_code == 409
    assert 'name="skip_invalid" value="y" checked' in refused.text
    seen = fields_of(browser, plan)
    settled = browser.post(plan, {"action": "all-mine", "skip_invalid": "y", **seen})
    assert is_ticked(browser.soup(settled.location))
    settled = browser.post(plan, {"action": "all-mine", **seen})
    assert not is_ticked(browser.soup(settled.location))


def test_what_was_saved_after_the_page_was_shown_is_looked_at_again(
    browser: Browser, work: Reporting, session: Session
) -> None:
    content = filled_in(fetched(browser), ANSWERS, (answer_row(28), "Narrative", "From the file."))
    plan = planned(browser, work, content)
    seen = fields_of(browser, plan)
    work.answer(28, progress=Progress.IMPLEMENTED, narrative="Saved just now.")
    session.commit()
    answer = browser.post(plan, {"action": "apply", **seen})
    assert answer.status_code == 409
    assert "Saved just now." in answer.text
    assert narrative(session, work, 28) == "Saved just now."


@pytest.mark.parametrize("action", ["settle", "all-mine"])
def test_a_choice_counts_against_the_text_that_was_seen_and_no_other(
    browser: Browser, work: Reporting, session: Session, action: str
) -> None:
    content = filled_in(
        fetched(browser),
        ANSWERS,
        (answer_row(26), "Narrative", "Mine too."),
        (answer_row(28), "Narrative", "Mine."),
    )
    work.answer(26, narrative="Theirs too.")
    work.answer(28, narrative="Theirs.")
    session.commit()
    plan = planned(browser, work, content)
    shown = fields_of(browser, plan)
    choices = {f"choice:answers/bms7/annex/{number}/narrative": "mine" for number in (26, 28)}
    chosen = choices if action == "settle" else {}
    assert browser.post(plan, {"action": action, **shown, **chosen}).status_code == 303
    assert "0 conflicts to settle" in browser.soup(plan).text
    work.answer(28, narrative="A third text.")
    session.commit()

    refused = browser.post(plan, {"action": "apply", **shown, **choices})
    assert refused.status_code == 409 and "1 conflict to settle" in parsed(refused.data).text
    page = browser.soup(plan)
    assert "1 conflict to settle" in page.text and "A third text." in page.text
    assert len(page.select("fieldset input[checked]")) == 1
    again = browser.post(plan, {"action": "apply", **fields_of(browser, plan)})
    assert again.status_code == 422
    assert narrative(session, work, 28) == "A third text."
    browser.post(plan, {"action": action, **shown, **chosen})
    assert "1 conflict to settle" in browser.soup(plan).text, "sent from the page of before"

    browser.post(plan, {"action": action, **fields_of(browser, plan), **chosen})
    assert browser.post(plan, {"action": "apply", **fields_of(browser, plan)}).status_code == 303
    assert narrative(session, work, 28) == "Mine."
    assert narrative(session, work, 26) == "Mine too."


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "", "Choose the filled template"),
        (b"Paragraph;Progress\n25;yes\n", "answers.csv", "CSV"),
        (b"PK\x03\x04 cut off", "broken.xlsx", ""),
    ],
)
def test_other_files_get_a_sentence(
    browser: Browser, work: Reporting, content: bytes, name: str, says: str
) -> None:
    answer = sent(browser, work, content, name)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text and says in answer.text


def test_a_file_that_is_too_large_gets_a_sentence(browser: Browser, work: Reporting) -> None:
    path = f"/reports/{work.report.public_id}/workbook"
    assert "at most 15 MB" in browser.get(path).text
    above = sent(browser, work, b"PK\x03\x04".ljust(LARGEST_FILE + 1))
    assert above.status_code == 422
    assert "larger than 15 MB" in above.text and 'type="file"' in above.text
    for size in (browser.app.config["MAX_CONTENT_LENGTH"], 4 * LARGEST_FILE):
        answer = sent(browser, work, b"PK\x03\x04".ljust(size))
        assert answer.status_code == 413
        assert "Send a smaller file" in answer.text


def test_a_busy_reader_leaves_the_form_to_send_the_file_again(
    browser: Browser, work: Reporting
) -> None:
    content = fetched(browser)
    folder = Path(browser.app.instance_path) / READERS
    with slots(folder, str(work.focal_point.user_id)):
        answer = sent(browser, work, content)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0
    assert "still being read" in answer.text and 'type="file"' in answer.text
    with slots(folder, "somebody"), slots(folder, "somebody else"):
        answer = sent(browser, work, content)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0
    assert "Other workbooks are being read" in answer.text and 'type="file"' in answer.text
    planned(browser, work, content)


def test_the_history_tells_of_a_file_and_never_its_name(browser: Browser, work: Reporting) -> None:
    """Its name is typed words, too, and what the chain holds as a fact is never struck out."""
    content = filled_in(
        fetched(browser),
        ANSWERS,
        (answer_row(28), "Narrative", "From the police."),
    )
    content = filled_in(
        content, "Targets", (FIRST_ITEM, "Target", "Mark all."), (FIRST_ITEM, "Level", "national")
    )
    answer = sent(browser, work, content, "<b>police & co.xlsx")
    done = browser.post(answer.location, {"action": "apply", **fields_of(browser, answer.location)})
    assert done.status_code == 303, done.text
    (target,) = items_of(work.session, work.report.id)[Part.TARGETS]
    for path in ("responses/28", f"items/targets/{target.item_id}"):
        page = browser.soup(f"/reports/{work.report.public_id}/{path}/history")
        (base,) = page.select("main p.base")[:1]
        assert base.get_text().endswith(" · from a file"), page
    facts = work.session.scalars(select(ChainEntry.facts)).all()
    assert "police" not in str(facts)


def test_the_name_that_an_older_revision_holds_is_not_shown(
    browser: Browser, work: Reporting
) -> None:
    save_response(
        work.session,
        actor=work.focal_point,
        report_id=work.report.id,
        commitment_id=commitment_id(work.session, 31),
        expected_version=0,
        content=ResponseContent(narrative="From a file of before."),
        clock=work.clock,
        source="file:Widow A.xlsx",
    )
    work.session.commit()
    page = browser.soup(f"/reports/{work.report.public_id}/responses/31/history")
    assert "from a file" in page.text and "Widow" not in page.text


def test_a_report_workbook_is_recognised(
    browser: Browser, work: Reporting, session: Session
) -> None:
    submission = work.submit()
    session.commit()
    address = f"/reports/{work.report.public_id}/submissions/{submission.number}/report.xlsx"
    report = browser.get(address).data
    answer = sent(browser, work, report)
    assert answer.status_code == 422
    assert "report to read and print" in answer.text


@pytest.mark.parametrize("name", ["a\0b.xlsx", "a\x1b[1m.xlsx", "a\ufffe.xlsx"])
def test_a_file_of_an_odd_name_is_read(
    browser: Browser, work: Reporting, session: Session, name: str
) -> None:
    content = filled_in(fetched(browser), ANSWERS, (answer_row(28), "Narrative", "New."))
    answer = sent(browser, work, content, name)
    assert answer.status_code == 303
    plan = answer.location
    kept = session.scalars(select(ImportPlan.filename)).one()
    assert "\ufffd" in kept and kept.endswith(".xlsx")
    done = browser.post(plan, {"action": "apply", **fields_of(browser, plan)})
    assert done.status_code == 303
    assert narrative(session, work, 28) == "New."


def test_another_states_template_is_refused(
    browser: Browser, work: Reporting, session: Session, browser_of: type[Browser]
) -> None:
    other = begin_report(session, "KEN")
    session.commit()
    theirs = browser_of(session.get_one(User, other.focal_point.user_id))
    answer = sent(browser, work, fetched(theirs, "KEN"))
    assert answer.status_code == 422
    assert "KEN" in answer.text
    assert browser.get("/reports/template.xlsx?state=KEN&cycle=bms7").status_code == 404


def test_a_plan_is_its_own_persons_for_a_day(
    browser: Browser, work: Reporting, session: Session, browser_of: type[Browser]
) -> None:
    plan = planned(browser, work, fetched(browser))
    colleague = browser_of(make_user(session, Role.FOCAL_POINT, "GHA"))
    for path in (plan, f"{plan}/marked.xlsx"):
        assert colleague.get(path).status_code == 404
    assert colleague.post(plan, {"action": "apply"}).status_code == 404
    session.execute(update(ImportPlan).values(expires_at=system_clock() - timedelta(minutes=1)))
    session.commit()
    gone = browser.get(plan)
    assert gone.status_code == 404
    page = parsed(gone.data)
    assert page.select("h1")[0].text == "This file is no longer here"
    (again,) = page.select(f"main a[href='/reports/{work.report.public_id}/workbook#send']")
    assert browser.get(str(again["href"])).status_code == 200


def test_a_contributor_sends_back_the_sections_assigned(
    browser_of: type[Browser], work: Reporting, session: Session
) -> None:
    code = "I.1"
    police = browser_of(make_user(session, Role.CONTRIBUTOR, "GHA", (code,)))
    content = fetched(police)
    book = openpyxl.load_workbook(BytesIO(content))
    assert "Targets" not in book.sheetnames
    filled = filled_in(content, ANSWERS, (answer_row(26), "Narrative", "By the police."))
    plan = planned(police, work, filled)
    done = police.post(plan, {"action": "apply", **fields_of(police, plan)})
    assert done.status_code == 303
    assert narrative(session, work, 26) == "By the police."


def test_who_observes_a_report_and_contributes_to_it_sends_back_the_sections_assigned(
    browser_of: type[Browser], work: Reporting, session: Session
) -> None:
    user = make_user(session, Role.CONTRIBUTOR, "GHA", ("I.1",))
    (given,) = session.scalars(select(Membership).where(Membership.user_id == user.id))
    session.add(
        Membership(
            user_id=user.id,
            state_id=given.state_id,
            role=Role.OBSERVER,
            sections=[],
            granted_at=given.granted_at,
        )
    )
    session.commit()
    police = browser_of(user)
    content = filled_in(fetched(police), ANSWERS, (answer_row(26), "Narrative", "By the police."))
    plan = planned(police, work, content)
    done = police.post(plan, {"action": "apply", **fields_of(police, plan)})
    assert done.status_code == 303
    assert narrative(session, work, 26) == "By the police."


def test_only_who_edits_is_asked_to_send_a_file_back(
    browser_of: type[Browser], work: Reporting, session: Session
) -> None:
    address = f"/reports/{work.report.public_id}/workbook"
    reader = browser_of(make_user(session, Role.OBSERVER, "GHA")).soup(address)
    assert reader.select_one("input[type=file]") is None
    assert reader.select_one("#send") is None
    assert reader.select_one("main a[href*='template.xlsx']")
    writer = browser_of(make_user(session, Role.CONTRIBUTOR, "GHA", ("I.1",))).soup(address)
    assert writer.select_one("#send") and writer.select_one("input[type=file]")


def test_a_template_can_be_had_before_the_report_is_begun(
    browser_of: type[Browser], session: Session
) -> None:
    fresh = browser_of(make_user(session, Role.FOCAL_POINT, "FRA"))
    before = session.scalars(select(ChainEntry.id)).all()
    book = openpyxl.load_workbook(BytesIO(fetched(fresh, "FRA")))
    assert book[ANSWERS].cell(answer_row(25), 1).value == 25
    assert session.scalars(select(ChainEntry.id)).all() == before
    assert "/reports/template.xlsx" in fresh.get("/reports").text


def test_a_locked_report_takes_no_file(browser: Browser, work: Reporting, session: Session) -> None:
    content = fetched(browser)

    def edit(book: Any) -> None:
        put(book[ANSWERS], answer_row(26), "Narrative", "Too late.")

    plan = planned(browser, work, edited(content, edit))
    seen = fields_of(browser, plan)
    work.submit()
    session.commit()
    page = browser.soup(plan)
    assert "not open for changes" in page.get_text()
    assert page.find("button", attrs={"value": "apply"}) is None
    assert browser.post(plan, {"action": "apply", **seen}).status_code == 409
    assert narrative(session, work, 26) is None


def test_reading_holds_no_lock(
    browser: Browser, work: Reporting, monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    """The child reads while the request has no transaction: nobody's save waits for it."""
    from tracker.exchange.importing import sandbox
    from tracker.extensions import db
    from tracker.web import workbooks

    open_while_reading: list[bool] = []
    read: Callable[..., Any] = sandbox.read_workbook

    def watched(path: Any) -> Any:
        open_while_reading.append(db.session().in_transaction())
        return read(path)

    monkeypatch.setattr(workbooks, "read_workbook", watched)
    planned(browser, work, fetched(browser))
    assert open_while_reading == [False]


def test_cells_to_correct_are_counted_and_days_stand_apart(
    browser: Browser, work: Reporting
) -> None:
    """Beside Arabic letters a day of digits and hyphens reads backwards unless it stands apart."""

    def edit(book: Workbook) -> None:
        laws = book["Laws and instruments"]
        put(laws, 3, "Paragraph", 28)
        put(laws, 3, "Law or instrument", "قانون الأسلحة")
        put(laws, 3, "Date of adoption", "2007-05")
        put(book["Targets"], 3, "Target", "Mark all")
        put(book["Targets"], 3, "Paragraphs", "998, 999")

    plan = planned(browser, work, edited(fetched(browser), edit))
    page = browser.soup(plan)
    assert "1 cell to correct" in page.get_text(" ", strip=True)
    assert len(page.select("[aria-labelledby=errors] li")) == 2
    days = [bdi.get_text() for bdi in page.select(".as-typed bdi")]
    assert days == ["2007-05"]
    told = browser.post(plan, {"action": "apply", "skip_invalid": "y", **fields_of(browser, plan)})
    assert "1 wrong cell was left out." in browser.soup(told.location).get_text()


def test_a_file_sent_from_a_page_older_than_the_session_is_asked_for_again(
    browser: Browser, work: Reporting
) -> None:
    """Somebody signed in again in another window, which made the form of this one old."""
    path = f"/reports/{work.report.public_id}/workbook"
    for headers, status in (({"Sec-Fetch-Site": "same-origin"}, 303), ({}, 400)):
        answer = browser.client.post(
            path,
            data={"file": (BytesIO(b"PK"), "a.xlsx"), "csrf_token": "of another session"},
            headers=headers,
            content_type="multipart/form-data",
        )
        assert answer.status_code == status
        if status == 303:
            assert answer.location == path
            page = browser.soup(path)
            assert "the file was not kept. Choose it again" in page.get_text(" ", strip=True)
            assert page.select_one("main input[type=file]")
