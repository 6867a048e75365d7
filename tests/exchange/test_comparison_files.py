"""A comparison downloaded: the same rows in every format, and what the file says of itself."""

import csv
import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.exchange.test_downloads import WORKBOOK, name_of
from tests.exchange.workbooks import Written
from tests.people import Browser, make_user
from tests.submitted import make_cycle, make_submission
from tests.submitted_items import add_item
from tracker.domain.assistance import Assistance, AssistanceKind, Direction
from tracker.domain.documents import Theme
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import Measure, ResponseContent
from tracker.domain.roles import Role
from tracker.exchange.comparison_columns import COMPARISON_COLUMNS
from tracker.exchange.tabular import read_csv

NOW = "bms7-2028"
QUERY = f"?states=KEN,PER&groups=africa&cycles={NOW}&base=reporting&lang=en"
KEYS = [column.key for column in COMPARISON_COLUMNS]


@pytest.fixture
def reports(session: Session) -> None:
    """Kenya moved on and needs machines; Peru reported before only; Chad says nothing."""
    before, now = make_cycle(session), make_cycle(session, NOW, opens=date(2028, 1, 1))
    answers = {
        25: ResponseContent(
            progress=Progress.IMPLEMENTED,
            narrative="=1+1 is no formula",
            narrative_language="en",
            measures=(Measure("Firearms Act", "2019-06", "https://example.org/act"),),
        ),
        26: ResponseContent(
            progress=Progress.IMPLEMENTED, narrative="canary", audience=Audience.STATES
        ),
    }
    earlier = {25: ResponseContent(progress=Progress.NOT_STARTED, narrative="Before.")}
    make_submission(session, before, "KEN", earlier)
    published = make_submission(session, now, "KEN", answers)
    machines = Assistance(
        Direction.NEEDED,
        Theme.MARKING,
        AssistanceKind.EQUIPMENT,
        "Two machines.",
        (25,),
        amount=50000,
        currency="USD",
    )
    add_item(session, published, machines)
    make_submission(session, before, "PER", {25: ResponseContent(progress=Progress.IN_DEVELOPMENT)})
    make_submission(session, now, "TCD", {})
    session.commit()


def json_of(browser: Browser, query: str = QUERY) -> dict[str, object]:
    found: dict[str, object] = json.loads(browser.get(f"/compare.json{query}").data)
    return found


def rows_of(found: dict[str, object]) -> dict[tuple[int, str], dict[str, object]]:
    rows = found["rows"]
    assert isinstance(rows, list)
    return {(row["paragraph"], row["code"]): row for row in rows}


def test_each_row_as_worked_out_by_hand(reports: None, public: Browser) -> None:
    found = json_of(public)
    assert found["compared"] == ["KEN", "PER", "africa"]
    assert (found["cycle"], found["compared_with"]) == (NOW, "bms7-2026")
    rows = rows_of(found)
    assert len(rows) == 95 * 3
    kenya = rows[25, "KEN"]
    assert kenya["progress_code"] == "implemented" and kenya["movement_code"] == "further"
    assert kenya["narrative"] == "=1+1 is no formula"
    assert kenya["measures"] == "Firearms Act (2019-06) https://example.org/act"
    assert kenya["needed"] == (
        "Marking · Equipment · Nothing agreed yet: Two machines. (50000 USD)"
    )
    assert (kenya["offered"], kenya["base"], kenya["last_cycle"]) == (None, None, None)
    withheld = rows[26, "KEN"]
    assert withheld["progress_code"] == "withheld"
    assert withheld["narrative"] is None and withheld["audience"] is None
    peru = rows[25, "PER"]
    assert (peru["progress_code"], peru["movement"]) == ("not_reported", None)
    assert (peru["last_cycle"], peru["last_progress_code"]) == ("bms7-2026", "in_development")
    group = rows[25, "africa"]
    assert (group["progress"], group["base_size"], group["in_both"]) == (None, 2, 1)
    assert (group["states_implemented"], group["states_not_answered"]) == (1, 1)
    assert (group["states_not_reported"], group["moved_further"]) == (52, 1)
    assert rows[119, "africa"]["progress_code"] == "not_asked"


def in_words(value: Any) -> Any:
    """What JSON tells scripts, as the other files tell it people."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return "" if value is None else value


def test_every_format_holds_the_same_rows(reports: None, public: Browser) -> None:
    rows = list(rows_of(json_of(public)).values())
    response = public.get(f"/compare.zip{QUERY}")
    assert name_of(response) == f"{NOW}_KEN+PER+africa_comparison_en.zip"
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        assert archive.namelist() == [
            f"{name}.csv" for name in ("comparison", "assistance", "codebook", "read_me")
        ]
        content = archive.read("comparison.csv")
        codebook = read_csv(archive.read("codebook.csv"))
        about = read_csv(archive.read("read_me.csv"))
    lines = read_csv(content)
    assert lines == [{k: str(in_words(value)) for k, value in row.items()} for row in rows]
    assert list(lines[0]) == list(rows[0]) and "movement_code" in lines[0]
    raw = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert not [cell for line in raw for cell in line if cell.startswith("=")]
    assert {entry["code"] for entry in codebook if entry["place"] == "comparison"} == set(lines[0])
    assert {fact["said"] for fact in about} >= {NOW, "Everybody: only what States made public."}

    sheet = workbook(public).rows("Comparison")
    headers = list(sheet[0])
    assert len(sheet) == len(rows) and len(headers) == len(KEYS)
    for there, row in zip(sheet, rows, strict=True):
        for header, key in zip(headers, KEYS, strict=True):
            if not key.endswith("_at"):
                assert there[header] == in_words(row[key]), key


def workbook(browser: Browser, query: str = QUERY) -> Written:
    response = browser.get(f"/compare.xlsx{query}")
    assert response.mimetype == WORKBOOK
    return Written(response.data)


def test_the_workbook_says_what_it_is(reports: None, public: Browser) -> None:
    written = workbook(public, QUERY + "&only=differences&theme=tracing")
    assert written.names == [
        *("Read me", "Side by side", "Comparison", "Needs and offers", "Codebook", "_tracker"),
    ]
    facts = written.facts("Read me")
    assert facts["Compared"] == "Kenya (KEN); Peru (PER); African States (africa)"
    assert facts["Filters"] == "Tracing; Only where they differ"
    assert (facts["Reporting cycle"], facts["Movement since"]) == (NOW, "bms7-2026")
    assert (facts["Audience"], facts["Base"]) == ("Everybody", "Reporting States")
    assert facts["Made"].endswith("UTC, public site")
    assert facts["The page"].startswith("http://localhost/compare?states=KEN,PER&groups=africa")
    assert facts["Version of the document"]
    comparison = written.sheet("Comparison")
    assert comparison.freeze_panes == "D2" and comparison.auto_filter.ref
    assert facts["Commitments"] == str((comparison.max_row - 1) // 3)


def test_rows_and_order_are_those_of_the_page(reports: None, public: Browser) -> None:
    query = f"{QUERY}&only=differences"
    page = public.soup(f"/compare{query}")
    shown = [int(str(row["id"])[1:]) for row in page.select("#comparison tr[id^=p]")]
    rows = list(rows_of(json_of(public, query)))
    assert rows == [(paragraph, code) for paragraph in shown for code in ("KEN", "PER", "africa")]
    assert shown and len(shown) < 95


def test_a_file_with_a_states_own_answers_says_so(
    reports: None, browser_of: type[Browser], session: Session, public: Browser
) -> None:
    own = browser_of(make_user(session, Role.FOCAL_POINT, "KEN"))
    found = json_of(own)
    assert "With all answers in published reports of KEN" in str(found["made_for"])
    assert rows_of(found)[26, "KEN"]["narrative"] == "canary"
    assert "With all answers" not in str(json_of(public)["made_for"])
    told = "In the rows of its group the answers of such a State count as others read them"
    assert told in str(found["made_for"])
    assert told not in str(json_of(own, QUERY.replace("africa", "grulac"))["made_for"])
    peru = browser_of(make_user(session, Role.FOCAL_POINT, "PER"))
    names = workbook(peru).cells("Side by side")[0]
    assert "Peru (PER) · No published report" in names
    assert "Peru (PER) · Not reported" in workbook(own).cells("Side by side")[0]
    assert not workbook(public).holds("canary")
    assert workbook(own).holds("canary")


def test_one_sheet_is_laid_out_as_the_page(reports: None, public: Browser) -> None:
    """One row a paragraph under its section, four columns for a State and two for a group."""
    query = f"{QUERY}&only=differences"
    written = workbook(public, query)
    names, heads, *rows = written.cells("Side by side")
    assert [name.split(" · ")[0] for name in names if name] == [
        *("Kenya (KEN)", "Peru (PER)", "African States (africa)"),
    ]
    assert names[10] == "African States (africa) · Reporting States: 2/54 (4%)"
    assert heads[2:6] == heads[6:10] and len(heads) == 2 + 4 + 4 + 2
    page = public.soup(f"/compare{query}")
    shown = [str(row["id"])[1:] for row in page.select("#comparison tr[id^=p]")]
    assert [row[0] for row in rows if row[0].isdigit()] == shown
    assert len(rows) - len(shown) == len(page.select("#comparison tr.group"))
    kenya = next(row for row in rows if row[0] == "25")
    assert kenya[2:5] == [
        "Implemented\nFurther than before",
        "=1+1 is no formula",
        "Laws and instruments:\nFirearms Act (2019-06) https://example.org/act\nNeeded: "
        "Marking · Equipment · Nothing agreed yet: Two machines. (50000 USD)",
    ]
    assert kenya[6] == (
        "Not reported\nLast known, from cycle bms7-2026; it counts nowhere here: In development"
    )
    assert kenya[10:] == [
        "Implemented: 1/2 (50%)\nNot answered: 1/2 (50%)",
        "Further than before: 1/1 (100%)\nAs before: 0/1 (0%)\nLess far than before: 0/1 (0%)"
        "\nNot compared: 0/1 (0%)",
    ]
    assert next(row for row in rows if row[0] == "26")[2:5] == [
        *("Withheld\nNot compared", "", ""),
    ]
    sheet = written.sheet("Side by side")
    assert sheet.freeze_panes == "C3" and sheet.print_title_rows == "$1:$2"
    assert sheet.print_title_cols == "$A:$B"
    assert [at.id for at in sheet.col_breaks.brk] == [10]  # the group begins a page
    assert str(sheet.print_area).endswith(f"$A$1:$L${len(rows) + 2}")


def test_what_is_for_the_secretariat_is_asked_of_nobody(reports: None, public: Browser) -> None:
    rows = workbook(public).cells("Side by side")
    last = next(row for row in rows if row[0] == "119")
    assert [text for text in last[2:] if text] == ["Not asked"] * 3


def test_nothing_left_is_said(reports: None, public: Browser) -> None:
    written = workbook(public, f"{QUERY}&only=good_practices")
    assert "no commitment of which this is true" in str(written.cells("Comparison"))


def test_the_words_are_of_the_language_asked_for(reports: None, public: Browser) -> None:
    response = public.get(f"/compare.json{QUERY.replace('lang=en', 'lang=fr')}")
    assert name_of(response).endswith("_fr.json")
    row = rows_of(json.loads(response.data))[25, "KEN"]
    assert (row["progress"], row["progress_code"]) == ("Mis en œuvre", "implemented")


def test_what_was_chosen_is_told_in_codes_equal_in_every_language(
    reports: None, public: Browser
) -> None:
    narrow = f"{QUERY}&theme=manufacture&strength=commit&strength=encourage&only=differences"
    english = json_of(public, narrow)
    french = json_of(public, narrow.replace("lang=en", "lang=fr"))
    assert english["filters"] == {
        **{"theme": "manufacture", "strength": ["commit", "encourage"]},
        **{"only": ["differences"]},
    }
    assert french["filters"] == english["filters"]
    assert "Manufacture" in str(english["filters_in_words"])
    assert json_of(public)["filters"] == {}
    assert str(english["made_at"]).endswith("Z")
    assert english["data_version"] == json.loads(public.get("/needs.json").data)["data_version"]


def test_needs_and_offers_have_their_codes_in_every_format(reports: None, public: Browser) -> None:
    rows: Any = json_of(public)["assistance"]
    (row,) = rows
    assert (row["paragraph"], row["code"], row["paragraphs"]) == (25, "KEN", "25")
    codes = [row[f"{name}_code"] for name in ("direction", "theme", "kind", "status")]
    assert codes == ["needed", "marking", "equipment", "open"]
    assert (row["description"], row["amount"], row["currency"]) == ("Two machines.", 50000, "USD")
    with zipfile.ZipFile(io.BytesIO(public.get(f"/compare.zip{QUERY}").data)) as archive:
        (line,) = read_csv(archive.read("assistance.csv"))
    assert line == {key: str(in_words(value)) for key, value in row.items()}
    (told,) = workbook(public).rows("Needs and offers")
    assert told["Paragraph"] == 25 and told["Amount"] == 50000
    assert json_of(public, f"{QUERY}&theme=transfers&section=II")["assistance"] == []


def test_an_unknown_format_is_not_there(public: Browser) -> None:
    assert public.get(f"/compare.pdf{QUERY}").status_code == 404


def test_a_file_that_is_not_for_all_says_so_in_its_name_and_on_every_printed_page(
    reports: None, public: Browser, browser_of: type[Browser], session: Session
) -> None:
    secretariat = browser_of(make_user(session, Role.REVIEWER))
    response = secretariat.get(f"/compare.xlsx{QUERY}")
    assert name_of(response) == f"{NOW}_KEN+PER+africa_comparison_secretariat_en.xlsx"
    title = "Secretariat only · Comparison: Kenya, Peru, African States"
    written = Written(response.data)
    assert written.cells("Read me")[0][0] == f"{title} · {NOW}"
    assert str(written.book.properties.title).startswith(title)
    for name in ("Side by side", "Comparison", "Codebook"):
        assert title in str(written.sheet(name).oddFooter)
    assert json_of(secretariat)["audience"] == "secretariat"
    assert workbook(public).cells("Read me")[0][0].startswith("Comparison: Kenya")
