"""What a page lists, downloaded: the same rows in every format, and those of the page."""

import io
import json
import re
import zipfile
from typing import Any

import pytest
from bs4 import Tag
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.exchange.test_comparison_files import in_words
from tests.exchange.test_downloads import WORKBOOK, name_of
from tests.exchange.workbooks import Written
from tests.people import Browser, make_user
from tests.submitted import add_figures, found_arms, make_cycle, make_submission
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import Measure, ResponseContent
from tracker.domain.roles import Role
from tracker.exchange.tabular import read_csv
from tracker.models import PublishedValue, ReportingCycle
from tracker.web import public_search

NOW = "bms7-2028"
VALUES = "/indicators/sdg-16-4-2"
ANSWERS = "/documents/bms7/25"
SEARCH = "/search"
FIGURES, MATRIX, BEHIND = (f"/cycles/{NOW}/{name}" for name in ("figures", "matrix", "states"))
FILES = {VALUES: f"{VALUES}/values", ANSWERS: f"{ANSWERS}/answers"}
FILES |= {place: place for place in (SEARCH, FIGURES, MATRIX, BEHIND)}
ASKED = {SEARCH: "&q=words", MATRIX: "&area=africa", BEHIND: "&value=implemented"}
each = pytest.mark.parametrize("place", list(FILES))


@pytest.fixture
def reports(session: Session) -> None:
    """Kenya and Peru have figures and answers, Chad keeps both; the Holy See is in no base."""
    cycle = make_cycle(session, NOW)
    open_words = ResponseContent(
        progress=Progress.IMPLEMENTED,
        narrative="=1+1 is no formula",
        narrative_language="en",
        measures=(Measure("Firearms Act", "2019-06"),),
    )
    good = ResponseContent(narrative="Words alone.", good_practice=True)
    hidden = ResponseContent(
        progress=Progress.NOT_STARTED, narrative="canary", audience=Audience.SECRETARIAT
    )
    for iso3, answer in (("KEN", open_words), ("PER", good), ("TCD", hidden), ("VAT", open_words)):
        made = make_submission(session, cycle, iso3, {25: answer})
        figures = found_arms(2026, total=10, uniquely_marked=5, traced=2, otherwise_established=0)
        add_figures(session, made, figures, answer.audience)
    session.add(
        PublishedValue(
            indicator="sdg-16-4-2",
            area_code="202",
            year_from=2026,
            year_to=2026,
            value="33.5",
            source="Invented",
            footnote="",
        )
    )
    session.commit()


def json_of(browser: Browser, place: str, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(browser.get(f"{FILES[place]}.json?lang=en{query}").data)
    return found


def tables_of(found: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {key: value for key, value in found.items() if isinstance(value, list)}


@each
def test_every_format_holds_the_same_rows(reports: None, public: Browser, place: str) -> None:
    asked = ASKED.get(place, "")
    tables = tables_of(json_of(public, place, asked))
    assert all(tables.values())
    answer = public.get(f"{FILES[place]}.zip?lang=en{asked}")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.namelist() == [f"{key}.csv" for key in (*tables, "codebook", "read_me")]
        read = {key: read_csv(archive.read(f"{key}.csv")) for key in (*tables, "codebook")}
        about = read_csv(archive.read("read_me.csv"))
    for key, rows in tables.items():
        as_text = [{k: text_of(value) for k, value in row.items()} for row in rows]
        assert read[key] == as_text, key
        explained = {entry["code"] for entry in read["codebook"] if entry["place"] == key}
        assert explained == set(rows[0])
    assert {fact["said"] for fact in about} >= {"Everybody: only what States made public."}
    assert not name_of(answer).endswith("_.zip") and name_of(answer).endswith("_public_en.zip")

    book = public.get(f"{FILES[place]}.xlsx?lang=en{asked}")
    assert book.mimetype == WORKBOOK
    written = Written(book.data)
    assert written.names[0] == "Read me" and written.names[-2:] == ["Codebook", "_tracker"]
    assert len(written.names) == len(tables) + 3
    for name, rows in zip(written.names[1:], tables.values(), strict=False):
        sheet = written.rows(name)
        assert len(sheet) == len(rows), name
    assert written.facts("Read me")["The page"].startswith(f"http://localhost{place}?")


def text_of(value: Any) -> str:
    """As a table says it; several codes stand beside each other."""
    return "; ".join(value) if isinstance(value, list) else str(in_words(value))


def test_the_values_are_those_of_the_explorer(reports: None, public: Browser) -> None:
    query = "&year=2026&area=africa"
    found = json_of(public, VALUES, query)
    assert found["filters"] == {"year": 2026, "area": "africa"}
    page = public.soup(f"{VALUES}?lang=en{query}")
    shown = [str(head.get_text(strip=True)) for head in page.select("#states tbody th a")]
    silent = [item.get_text(strip=True) for item in page.select("#silent li")]
    listed = list(dict.fromkeys(row["state"] for row in found["states"]))
    assert listed == shown + silent and shown == ["Chad", "Kenya"]
    kenya = [row for row in found["states"] if row["iso3"] == "KEN"]
    assert [(row["value_code"], row["numerator"], row["denominator"]) for row in kenya] == [
        *(("a", 2, 10), ("b", 2, 5)),
    ]
    chad = next(row for row in found["states"] if row["iso3"] == "TCD")
    assert (chad["absence_code"], chad["numerator"]) == ("withheld", None)
    (africa,) = [
        row for row in found["sums"] if (row["code"], row["value_code"]) == ("africa", "a")
    ]
    assert (africa["numerator"], africa["denominator"], africa["share"]) == (2, 10, 0.2)
    counted = ("computable", "withheld", "not_computable", "not_reported", "members", "partial")
    assert [africa[key] for key in counted] == [1, 1, 0, 52, 54, 1]
    assert (kenya[0]["categories"], kenya[0]["categories_codes"]) == ("2026: 1/3", "2026: found")
    assert (found["sums"][0]["group"], found["sums"][0]["members"]) == ("All Member States", 193)
    assert {row["year"] for row in found["years"]} == {2026}


def test_only_the_states_listed_and_the_figures_of_the_one_chosen(
    reports: None, public: Browser
) -> None:
    narrow = json_of(public, VALUES, "&of=a&value=computable")
    assert {row["iso3"] for row in narrow["states"]} == {"KEN", "PER"}
    assert "figures" not in narrow
    chosen = json_of(public, VALUES, "&state=KEN")
    figures = {
        (row["category_code"], row["input_code"]): row["amount"] for row in chosen["figures"]
    }
    assert figures["found", "total"] == 10 and None in figures.values()
    (hidden,) = json_of(public, VALUES, "&state=TCD")["figures"]
    assert (hidden["amount"], hidden["absence_code"]) == (None, "withheld")


def test_counts_have_a_sum_and_no_share(reports: None, public: Browser) -> None:
    found = json.loads(public.get("/indicators/weapons-collected-destroyed/values.json").data)
    assert "sum" in found["sums"][0] and "share" not in found["sums"][0]


def test_the_answers_are_those_of_the_page(reports: None, public: Browser) -> None:
    found = json_of(public, ANSWERS)
    page = public.soup(f"{ANSWERS}?lang=en")
    shown = [str(article["id"]) for article in page.select("article[id]")]
    assert [row["iso3"] for row in found["answers"]] == shown == ["VAT", "KEN", "PER"]
    kenya = found["answers"][1]
    assert (kenya["progress_code"], kenya["narrative"]) == ("implemented", "=1+1 is no formula")
    assert kenya["measures"] == "Firearms Act (2019-06)" and kenya["is_published"] is True
    assert [row["progress_code"] for row in found["answers"]][2] == "not_answered"  # text alone
    assert len(found["states"]) == 193
    by_state = {row["iso3"]: row["progress_code"] for row in found["states"]}
    assert (by_state["TCD"], by_state["PER"]) == ("withheld", "not_answered")
    whole = found["standings"][0]
    counted = ("states_implemented", "states_withheld", "base_size")
    assert [whole[key] for key in counted] == [1, 1, 193]
    assert "canary" not in json.dumps(found)


def test_answers_searched_and_put_in_order(reports: None, public: Browser) -> None:
    found = json_of(public, ANSWERS, "&q=words&first=good-practice&base=reporting")
    assert [row["iso3"] for row in found["answers"]] == ["PER"]
    assert {row["iso3"] for row in found["states"]} == {"KEN", "PER", "TCD"}
    assert found["filters"] == {
        **{"cycle": NOW, "base": "reporting"},
        **{"q": "words", "first": "good-practice"},
    }
    assert [row["iso3"] for row in json_of(public, ANSWERS, "&first=good-practice")["answers"]][
        0
    ] == "PER"


def test_own_answers_are_in_the_file_of_their_people_and_it_says_so(
    reports: None, public: Browser, browser_of: type[Browser], session: Session
) -> None:
    own = browser_of(make_user(session, Role.FOCAL_POINT, "TCD"))
    found = json_of(own, ANSWERS)
    assert "With all answers in published reports of TCD" in found["made_for"]
    assert "canary" in json.dumps(found["answers"])
    states = {row["iso3"]: row["progress_code"] for row in found["states"]}
    assert states["TCD"] == "withheld"  # as it counts on the page
    searched = json_of(own, SEARCH, "&q=canary")
    assert [row["iso3"] for row in searched["found"]] == ["TCD"]
    assert searched["made_for"] == found["made_for"]
    for place in (ANSWERS, SEARCH):
        assert "With all answers" not in json_of(public, place, "&q=words")["made_for"]


@pytest.mark.parametrize(
    "path",
    [
        f"{FILES[VALUES]}.json?",
        f"{FILES[ANSWERS]}.json?",
        f"{FILES[SEARCH]}.json?q=words",
        "/compare.json?states=KEN,PER",
        "/needs.json?audience=states",
        "/states/KEN/report.json?audience=states",
    ],
)
def test_what_is_not_for_everybody_says_so(
    reports: None, public: Browser, browser_of: type[Browser], session: Session, path: str
) -> None:
    contributor = browser_of(make_user(session, Role.CONTRIBUTOR, "MEX"))
    told = json.loads(contributor.get(f"{path}&lang=en").data)
    assert told["audience"] == "states"
    assert "Not to be passed on as public." in told["made_for"]
    anybody = path.replace("audience=states", "")
    assert "passed on" not in json.loads(public.get(f"{anybody}&lang=en").data)["made_for"]


@each
def test_the_page_leads_to_its_files(reports: None, public: Browser, place: str) -> None:
    query = {
        VALUES: "year=2026&of=a&value=computable",
        ANSWERS: "base=reporting&q=words",
        SEARCH: f"q=words&cycle={NOW}",
        FIGURES: "base=answered&area=africa&theme=manufacture",
        MATRIX: "base=answered&section=I.1&sort=25&rows=list",
        BEHIND: "base=answered&value=implemented&paragraph=25",
    }[place]
    page = public.soup(f"{place}?{query}&lang=en")
    links = [a for a in page.select("main a[href]") if f"{FILES[place]}." in str(a["href"])]
    assert [a.get_text() for a in links] == [
        *("Excel workbook", "CSV tables in a zip archive", "JSON"),
    ]
    for link in links:
        assert isinstance(link, Tag)
        address = str(link["href"])
        assert all(part in address for part in (*query.split("&"), "lang=en"))
        assert re.search(r"\.(xlsx|zip|json)\?", address)
        assert public.get(address).status_code == 200


@each
def test_what_is_not_there_has_no_file(reports: None, public: Browser, place: str) -> None:
    assert public.get(f"{FILES[place]}.pdf").status_code == 404
    assert public.get("/documents/bms7/119/answers.json").status_code == 404
    assert public.get("/search.json").status_code == 422
    nothing = public.soup("/search?q=nowhere&lang=en")
    assert not nothing.select("main a[href*='search.json']")


def test_what_was_found_is_in_the_file_whole_and_on_every_page(
    reports: None, public: Browser, browser_of: type[Browser], session: Session
) -> None:
    found = json_of(public, SEARCH, "&q=firearms")
    assert found["q"] == "firearms" and found["cycle"] == NOW
    assert [(row["iso3"], row["field"], row["text"]) for row in found["found"]] == [
        *((iso3, "measures", "Firearms Act") for iso3 in ("VAT", "KEN")),
    ]
    assert [row["standing_code"] for row in found["found"]] == ["observer", "member"]
    words = json_of(public, SEARCH, "&q=words")["found"]
    assert [(row["paragraph"], row["progress_code"]) for row in words] == [(25, "not_answered")]
    assert not json_of(public, SEARCH, "&q=canary")["found"]
    secretariat = browser_of(make_user(session, Role.REVIEWER))
    assert [row["iso3"] for row in json_of(secretariat, SEARCH, "&q=canary")["found"]] == ["TCD"]


def test_more_than_a_file_holds_is_refused_and_the_page_says_so(
    reports: None, public: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_search, "MOST_IN_FILE", 1)
    sentence = "2 answers were found, and a file holds at most 1. Narrow the search"
    for form in ("xlsx", "zip", "json"):
        refused = public.get(f"/search.{form}?q=firearms&lang=en")
        assert refused.status_code == 422 and sentence in refused.text
    page = public.soup("/search?q=firearms&lang=en")
    assert sentence in page.text and not page.select("main a[href*='search.json']")
    assert page.select("article")  # what was found is still read on the page
    assert public.get("/search.json?q=words&lang=en").status_code == 200


def test_years_of_one_state_count_no_member_states(
    reports: None, public: Browser, browser_of: type[Browser], session: Session
) -> None:
    counts = {"computable", "not_computable", "withheld", "not_reported", "members", "partial"}
    assert counts <= set(json_of(public, VALUES, "&area=africa")["years"][0])
    for iso3, numerator, absence in (("KEN", 2, None), ("VAT", 2, None), ("TCD", None, "withheld")):
        found = json_of(public, VALUES, f"&state={iso3}")
        assert not counts & set(found["years"][0])
        year = found["years"][0]
        assert (year["numerator"], year["absence_code"]) == (numerator, absence)
        assert {row["members"] for row in found["sums"] if row["group"] == "All Member States"} == {
            193
        }


def test_the_language_of_a_text_found_is_that_which_its_state_named(
    session: Session, reports: None, public: Browser
) -> None:
    cycle = session.scalars(select(ReportingCycle).filter_by(slug=NOW)).one()
    other = ResponseContent(
        progress=Progress.NOT_APPLICABLE, reason="Stone", narrative_language="other"
    )
    make_submission(session, cycle, "MEX", {25: other})
    session.commit()

    def languages(query: str) -> set[tuple[str, str | None]]:
        found = json_of(public, SEARCH, f"&q={query}")["found"]
        return {(row["field"], row["language"]) for row in found}

    assert languages("formula") == {("narrative", "English")}
    assert languages("stone") == {("reason", "Another language")}
    assert languages("firearms") == {("measures", None)}
    with zipfile.ZipFile(io.BytesIO(public.get("/search.zip?q=firearms&lang=en").data)) as archive:
        codebook = read_csv(archive.read("codebook.csv"))
    (told,) = [str(entry) for entry in codebook if entry["code"] == "language"]
    assert "and of lead agencies and laws, whose language no State names" in told


def test_a_table_without_rows_is_in_the_file_with_its_header(
    reports: None, public: Browser
) -> None:
    query = "&state=PER"  # of which nobody published a value
    assert json_of(public, VALUES)["published"] and not json_of(public, VALUES, query)["published"]
    with zipfile.ZipFile(io.BytesIO(public.get(f"{VALUES}/values.zip?{query}").data)) as archive:
        header = archive.read("published.csv").decode("utf-8-sig").splitlines()
    assert len(header) == 1 and header[0].startswith("name,iso3,m49,year_from")
    assert "Published" in Written(public.get(f"{VALUES}/values.xlsx?lang=en{query}").data).names
