"""What a sender of files is told beside the plan itself: oddities, and the way back."""

import re
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.exchange.templates import answer_row, filled_in, row_named
from tests.national_reports import Reporting
from tests.people import Browser
from tests.web.test_workbooks import ANSWERS, browser, fetched, fields_of, planned, sent, work
from tracker.services.import_plans import PLANS_KEPT

__all__ = ["browser", "work"]  # fixtures
FIGURES = "Figures"


def odd(browser: Browser, plan: str) -> list[str]:
    """What the plan calls worth a look."""
    section = browser.soup(plan).find("section", attrs={"aria-labelledby": "odd"})
    return [" ".join(li.get_text().split()) for li in section.find_all("li")] if section else []


def test_a_gap_that_the_file_leaves_is_told_before_it_is_applied(
    browser: Browser, work: Reporting
) -> None:
    content = filled_in(
        fetched(browser),
        ANSWERS,
        (answer_row(25), "Progress", "Not applicable"),
        (answer_row(26), "Narrative", "Words without a value."),
        (answer_row(27), "Progress", "Implemented"),
    )
    plan = planned(browser, work, content)
    assert odd(browser, plan) == [
        "Answers · Paragraph 25: a reason is still missing",
        "Answers · Paragraph 26: the progress is still to be chosen",
    ]
    answer = browser.post(plan, {"action": "apply", **fields_of(browser, plan)})
    assert answer.status_code == 303


def test_figures_that_do_not_add_up_are_told_before_they_are_applied(
    browser: Browser, work: Reporting
) -> None:
    content = fetched(browser)
    year = openpyxl.load_workbook(BytesIO(content))[FIGURES]["B3"].value
    outcomes = ("traced", "otherwise_established", "pending", "insufficient_information")
    values = {"total": 10, "not_attempted": 0} | dict.fromkeys(outcomes, 2)
    cells = [
        (row_named(content, FIGURES, f"sdg-16-4-2/figure-{year}-found-{entry}"), "Value", value)
        for entry, value in values.items()
    ]
    (told,) = odd(browser, planned(browser, work, filled_in(content, FIGURES, *cells)))
    assert told.startswith("Figures:") and "10" in told and "8" in told


@pytest.mark.parametrize(
    "typed", ["Mis en oeuvre", "MIS EN ŒUVRE", "En cours d'élaboration", "En cours d’élaboration"]
)
def test_words_of_the_list_are_known_however_they_were_typed(
    browser: Browser, work: Reporting, typed: str
) -> None:
    browser.get("/?lang=fr")
    content = filled_in(fetched(browser), "Réponses", (answer_row(25), "Avancement", typed))
    text = browser.soup(planned(browser, work, content)).get_text()
    assert "0 cellule à corriger" in text and "1 cellule nouvelle" in text


def wrong(browser: Browser, plan: str) -> list[str]:
    """What the plan calls to correct."""
    section = browser.soup(plan).find("section", attrs={"aria-labelledby": "errors"})
    return [" ".join(li.get_text().split()) for li in section.find_all("li")] if section else []


@pytest.mark.parametrize("typed", ["klingon", "Klingon ", "xx", "English, French"])
def test_an_unknown_language_is_named_with_its_cell_and_those_that_are_known(
    browser: Browser, work: Reporting, typed: str
) -> None:
    content = filled_in(
        fetched(browser),
        ANSWERS,
        (answer_row(25), "Narrative", "Qapla."),
        (answer_row(25), "Language", typed),
    )
    plan = planned(browser, work, content)
    assert wrong(browser, plan) == [
        f"Answers · G3 · Paragraph 25 · Language: “{typed.strip()}” is not one of the choices: "
        "Arabic, Chinese, English, French, Russian, Spanish, Another language."
    ]


def test_the_file_before_the_last_ones_is_missed_with_a_sentence(
    browser: Browser, work: Reporting
) -> None:
    content = fetched(browser)
    plans = [planned(browser, work, content) for _ in range(PLANS_KEPT + 1)]
    answer = browser.get(plans[0])
    assert answer.status_code == 404 and "of one report the last three" in answer.text
    assert browser.get(plans[1]).status_code == 200


def test_a_file_sent_after_the_session_ended_leads_back_to_its_page(
    public: Browser, work: Reporting, browser: Browser
) -> None:
    content = fetched(browser)
    answer = sent(public, work, content)
    assert answer.status_code == 303
    assert answer.location == f"/sign-in?next=/reports/{work.report.public_id}/workbook"
    text = public.get(answer.location).text
    assert "Your session has ended" in text and "choose the file again" in text


def test_a_file_whose_form_went_with_the_session_is_no_expired_form(
    work: Reporting, browser: Browser
) -> None:
    """Signed out in another window, which took the token of the form as well."""
    path, content, token = f"/reports/{work.report.public_id}/workbook", b"x", browser.csrf_token()
    browser.post("/sign-out")

    def again(site: str) -> TestResponse:
        form = {"file": (BytesIO(content), "filled.xlsx"), "csrf_token": token}
        return browser.client.post(path, data=form, headers={"Sec-Fetch-Site": site})

    told = again("same-origin")
    assert (told.status_code, told.location) == (303, f"/sign-in?next={path}")
    assert "choose the file again" in browser.get(told.location).text
    assert again("cross-site").status_code == 400


def test_a_body_that_is_too_large_is_refused_with_a_way_back(
    browser: Browser, work: Reporting, session: Session
) -> None:
    answer = sent(browser, work, b"PK".ljust(browser.app.config["MAX_CONTENT_LENGTH"]))
    assert answer.status_code == 413
    path = f"/reports/{work.report.public_id}/workbook"
    assert re.search(rf'<a href="{path}">Back to the page before</a>', answer.text)
