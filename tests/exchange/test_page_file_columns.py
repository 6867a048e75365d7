"""What the files of pages say beside the words of answers, each in its column or fact."""

import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.evidence import add_file
from tests.people import Browser
from tests.submitted import add_figures, found_arms, make_cycle, make_submission
from tests.tampering import without_triggers
from tracker.domain.progress import Progress
from tracker.domain.responses import ResponseContent
from tracker.exchange.tabular import read_csv
from tracker.models import Installation

BEFORE, NOW = "bms7-2026", "bms7-2028"
ANSWERS, SEARCH = "/documents/bms7/25/answers", "/search"
VALUES = "/indicators/sdg-16-4-2/values"
FIGURES, MATRIX, BEHIND = (f"/cycles/{NOW}/{name}" for name in ("figures", "matrix", "states"))
every_file = pytest.mark.parametrize(
    ("place", "query"),
    [
        *((ANSWERS, ""), (SEARCH, "&q=police"), (VALUES, "")),
        *((FIGURES, ""), (MATRIX, "&section=I.1.a"), (BEHIND, "&value=further")),
    ],
)


@pytest.fixture(autouse=True)
def reports(session: Session) -> None:
    """Kenya moved on and has a file and a text struck out, Peru kept its word, Ghana is new."""
    before = make_cycle(session, BEFORE)
    now = make_cycle(session, NOW, opens=date(2028, 1, 1))
    begun, done = (
        ResponseContent(progress=progress, reason="Police reform.", lead_agency="Bureau")
        for progress in (Progress.IN_DEVELOPMENT, Progress.IMPLEMENTED)
    )
    make_submission(session, before, "KEN", {25: begun})
    make_submission(session, before, "PER", {25: done})
    kenya = make_submission(session, now, "KEN", {25: done}, struck={(25, "narrative"): "Named."})
    add_file(session, kenya, 25, "The act itself")
    make_submission(session, now, "PER", {25: done})
    ghana = make_submission(session, now, "GHA", {25: begun})
    add_figures(session, ghana, found_arms(2026, total=10, uniquely_marked=5, traced=2))
    session.commit()


def told(browser: Browser, place: str, query: str = "") -> dict[str, Any]:
    content: dict[str, Any] = json.loads(browser.get(f"{place}.json?lang=en{query}").data)
    return content


def facts_of(browser: Browser, place: str, query: str = "") -> dict[str, str]:
    archive = zipfile.ZipFile(io.BytesIO(browser.get(f"{place}.zip?lang=en{query}").data))
    return {fact["name"]: fact["said"] for fact in read_csv(archive.read("read_me.csv"))}


@every_file
@pytest.mark.parametrize("invented", [True, False])
def test_demonstration_data_is_marked(
    public: Browser, session: Session, place: str, query: str, invented: bool
) -> None:
    with without_triggers(session):
        session.execute(update(Installation).values(demonstration=invented))
    session.commit()
    assert told(public, place, query)["demonstration"] is invented
    assert ("Data" in facts_of(public, place, query)) is invented


def test_standings_are_of_every_cycle_and_of_the_groups_and_movement_of_the_cycle_chosen(
    public: Browser,
) -> None:
    lines = told(public, ANSWERS)["standings"]
    whole = {row["cycle"]: row for row in lines if row["code"] is None}
    assert [whole[cycle]["states_implemented"] for cycle in (BEFORE, NOW)] == [1, 2]
    moved = ("moved_further", "moved_same", "in_both")
    assert [whole[NOW][name] for name in moved] == [1, 1, 2]
    assert [whole[BEFORE][name] for name in moved] == [None, None, None]
    groups = {row["code"]: row for row in lines if row["code"]}
    assert len(groups) == 5 and {row["cycle"] for row in groups.values()} == {NOW}
    africa = groups["africa"]
    assert (africa["states_implemented"], africa["states_in_development"]) == (1, 1)
    assert africa["moved_further"] is None
    assert facts_of(public, ANSWERS)["Movement since"] == BEFORE
    first = facts_of(public, ANSWERS, f"&cycle={BEFORE}")
    assert first["Movement since"] == "bms7"


def test_struck_out_texts_files_and_the_place_found_have_their_columns(public: Browser) -> None:
    answers = {row["iso3"]: row for row in told(public, ANSWERS)["answers"]}
    assert (answers["KEN"]["struck_out"], answers["KEN"]["files"]) == (
        "Narrative",
        "The act itself",
    )
    assert not answers["PER"]["struck_out"] and not answers["PER"]["files"]
    for query, field in (("reform", "reason"), ("bureau", "lead_agency")):
        assert {row["field"] for row in told(public, SEARCH, f"&q={query}")["found"]} == {field}


def test_what_was_chosen_is_told(public: Browser) -> None:
    facts = facts_of(public, VALUES, "&year=2026&category=found&area=africa")
    assert {"2026", "Found", "African States"} <= set(facts.values())
    codes = told(public, VALUES, "&year=2026&category=found&area=africa")["filters"]
    assert codes == {"year": 2026, "category": "found", "area": "africa"}


@every_file
def test_no_column_comes_twice(public: Browser, place: str, query: str) -> None:
    archive = zipfile.ZipFile(io.BytesIO(public.get(f"{place}.zip?lang=en{query}").data))
    for name in archive.namelist():
        head = archive.read(name).decode("utf-8-sig").splitlines()[0].split(",")
        assert len(head) == len(set(head)), name
