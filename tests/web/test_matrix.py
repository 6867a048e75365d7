"""The matrix of a cycle: every pair in its own word, sorted and chosen by the address."""

import re
from collections import Counter

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people import Browser, make_user
from tests.submitted import make_cycle, make_submission
from tests.tampering import without_triggers
from tests.web.test_public import text_of
from tracker.domain.progress import COUNT_KEYS, Audience, Progress
from tracker.domain.responses import ResponseContent
from tracker.domain.roles import Role
from tracker.models import ReportingCycle, SubmissionResponse
from tracker.queries.figures import figures_of_cycle

CYCLE = "bms7-2026"
PAGE = f"/cycles/{CYCLE}/matrix"


def said(progress: Progress | None, audience: Audience = Audience.PUBLIC) -> ResponseContent:
    return ResponseContent(progress=progress, narrative="Words.", audience=audience)


@pytest.fixture
def cycle(session: Session) -> ReportingCycle:
    """Three Member States and an observer, with every kind of absence."""
    cycle = make_cycle(session, CYCLE)
    make_submission(
        session,
        cycle,
        "KEN",
        {25: said(Progress.IMPLEMENTED), 26: said(Progress.NOT_APPLICABLE), 27: said(None)},
    )
    make_submission(
        session,
        cycle,
        "PER",
        {25: said(Progress.PARTLY_IMPLEMENTED), 26: said(Progress.IMPLEMENTED, Audience.STATES)},
    )
    make_submission(session, cycle, "ALB", {25: said(Progress.NOT_STARTED)})
    make_submission(session, cycle, "VAT", {25: said(Progress.IMPLEMENTED)})
    make_submission(session, cycle, "FRA", {25: said(Progress.IMPLEMENTED)}, "submitted")
    session.commit()
    return cycle


def rows(page: BeautifulSoup) -> dict[str, list[str]]:
    """The words of each State's cells, by its name, in the order of the page."""
    found = page.select("#matrix tbody tr:not(.group)")
    return {
        str(row.select_one("th").get_text(strip=True)): [  # type: ignore[union-attr]
            cell.get_text(strip=True) for cell in row.select("td[class^=is-]")
        ]
        for row in found
    }


def test_every_pair_has_its_word(public: Browser, cycle: ReportingCycle) -> None:
    page = public.soup(f"{PAGE}?lang=en")
    found = rows(page)
    assert len(found) == 193 and {len(cells) for cells in found.values()} == {93}
    assert found["Kenya"][:3] == ["Implemented", "Not applicable", "Not answered"]
    assert found["Peru"][:3] == ["Partly implemented", "Withheld", "Not answered"]
    assert set(found["France"]) == {"Not reported"}
    assert "Holy See" not in found
    heads = [head.get_text(" ", strip=True) for head in page.select("#matrix th.upright b")]
    assert heads[0] == "25" and len(heads) == 93
    sums = [cell.get_text() for cell in page.select("#matrix tbody td.sum")]
    assert sums.count("1/93 (1%)") == 1 and sums.count("Not reported") == 190
    totals = [cell.get_text() for cell in page.select("#matrix tfoot td.sum")]
    assert totals[:3] == ["1/17,949 (<1%)", "1/193", "0/193"]


@pytest.mark.parametrize("role", [None, Role.FOCAL_POINT, Role.REVIEWER])
def test_its_cells_are_those_of_the_figures(
    session: Session, browser_of: type[Browser], cycle: ReportingCycle, role: Role | None
) -> None:
    """Counted cell by cell, for each reader, against the counts made by the database."""
    state = "TCD" if role is Role.FOCAL_POINT else None
    browser = browser_of(make_user(session, role, state)) if role else browser_of()
    level = {None: Audience.PUBLIC, Role.FOCAL_POINT: Audience.STATES}.get(
        role, Audience.SECRETARIAT
    )
    page = browser.soup(f"{PAGE}?lang=en")
    table = [
        [str(cell["class"][0]).removeprefix("is-") for cell in row.select("td[class^=is-]")]
        for row in page.select("#matrix tbody tr:not(.group)")
    ]
    expected = figures_of_cycle(session, cycle_id=cycle.id, audience=level)
    for column, commitment in zip(zip(*table, strict=True), expected.commitments, strict=True):
        counts = Counter(column)
        assert {k: counts[k] for k in COUNT_KEYS} == dict(commitment.distribution.counts)


def test_it_is_sorted_and_chosen_by_the_address(public: Browser, cycle: ReportingCycle) -> None:
    by_progress = list(rows(public.soup(f"{PAGE}?lang=en&section=I.1&rows=list&sort=25")))
    assert by_progress[:3] == ["Kenya", "Peru", "Albania"]
    counted = f"{PAGE}?lang=en&section=I.1&rows=list&sort=implemented"
    by_count = list(rows(public.soup(counted)))
    assert by_count[:2] == ["Kenya", "Afghanistan"]
    africa = rows(public.soup(f"{PAGE}?lang=en&area=africa&section=I.1"))
    assert len(africa) == 54 and "Kenya" in africa and "Peru" not in africa
    assert {len(cells) for cells in africa.values()} == {32}
    groups = public.soup(f"{PAGE}?lang=en&section=I.1").select("#matrix tr.group th")
    assert [group.get_text() for group in groups][0] == "African States"
    kept = public.soup(f"{PAGE}?lang=en&area=africa&cells=words&base=answered")
    assert kept.select_one("#matrix.words") and kept.select_one("option[value=africa][selected]")
    links = [str(link["href"]) for link in kept.select("td.sorter a")]
    assert links and all("area=africa" in link and "cells=words" in link for link in links)


def test_an_order_of_states_is_called_no_ranking_and_says_what_a_low_number_does_not(
    public: Browser, cycle: ReportingCycle
) -> None:
    sentence = "A low number does not say that a State does little"
    for query in ("rows=list", "rows=groups", "rows=list&area=africa"):
        told = text_of(public.soup(f"{PAGE}?lang=en&{query}&sort=implemented"))
        assert "an order to find rows by, no ranking" in told and sentence in told
    assert sentence not in text_of(public.soup(f"{PAGE}?lang=en&sort=25"))
    for path in ("/about/method", "/about/scoring"):
        page = text_of(public.soup(f"{path}?lang=en"))
        assert sentence in page and "Readers can sort the rows of the matrix" in page
        assert "no league table" not in page and "publishes no ranking" not in page


@pytest.mark.parametrize(
    ("sort", "column", "way"),
    [
        ("name", "State", "ascending"),
        ("implemented", "Implemented", "descending"),
        ("25", "25", "descending"),
    ],
)
def test_the_header_of_the_column_sorted_by_says_so(
    public: Browser, cycle: ReportingCycle, sort: str, column: str, way: str
) -> None:
    page = public.soup(f"{PAGE}?lang=en&section=I.1&sort={sort}")
    (head,) = page.select("#matrix thead th[aria-sort]")
    assert head["aria-sort"] == way and head.get_text(" ").strip().startswith(column)


@pytest.mark.parametrize("query", ["", "&area=africa&section=I.1&base=answered", "&area=002"])
def test_each_sum_leads_to_what_it_counts(
    public: Browser, cycle: ReportingCycle, query: str
) -> None:
    page = public.soup(f"{PAGE}?lang=en{query}")
    sums = [cell for cell in page.select("#matrix td.sum, #matrix tr.group td")]
    numbers = [cell for cell in sums if re.search(r"(^|: )[1-9]", text_of(cell))]
    groups = len([cell for cell in numbers if text_of(cell).startswith("Reporting")])
    assert len(numbers) - groups >= 3 and (groups or query)
    for cell in numbers:
        said = re.findall(r"[0-9,]+/[0-9,]+", text_of(cell))[0]
        link = cell.select_one("a")
        if "area=002" in query and text_of(cell).startswith("Reporting"):
            assert link is None  # part of a group in a region: no page lists it
            continue
        assert link, said
        lead = public.soup(str(link["href"])).select_one("main p.lead")
        assert lead and f" {said} " in f" {text_of(lead)} ", (said, link["href"])
    nothing = [cell for cell in sums if re.match(r"0/", text_of(cell))]
    assert nothing and not any(cell.select("a") for cell in nothing)


def test_filtering_away_the_paragraph_sorted_by_sorts_by_name(
    public: Browser, cycle: ReportingCycle
) -> None:
    page = public.soup(f"{PAGE}?lang=en&rows=list&section=I.1&sort=58")
    assert list(rows(page))[:2] == ["Afghanistan", "Albania"]
    order = page.select_one("#matrix thead th [aria-current]")
    assert order and order.get_text() == "State"
    kept = page.select_one("form.filters select[name=sort] option[selected]")
    assert kept and kept["value"] == "name"


@pytest.mark.parametrize(
    "query", ["sort=24", "sort=zzz", "area=nowhere", "rows=x", "cells=x", "theme=x", "section=Z"]
)
def test_a_wrong_choice_is_told(public: Browser, cycle: ReportingCycle, query: str) -> None:
    answer = public.get(f"{PAGE}?{query}&lang=en")
    assert answer.status_code == 422
    assert "is not one of the choices" in answer.text


def test_what_is_withheld_changes_no_byte(
    session: Session, public: Browser, cycle: ReportingCycle
) -> None:
    before = public.get(f"{PAGE}?lang=en")
    withheld = session.scalars(
        select(SubmissionResponse).where(SubmissionResponse.audience == Audience.STATES)
    ).one()
    with without_triggers(session):
        withheld.progress = Progress.NOT_STARTED
    session.commit()
    after = public.get(f"{PAGE}?lang=en")
    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])
