"""The page of one State: progress and movement by section, and what its record holds."""

import random
import re
from collections import Counter
from datetime import date

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.people import Browser, make_user
from tests.statements import counted
from tests.submitted import make_cycle, make_submission
from tracker.domain.movement import move
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import ResponseContent
from tracker.domain.roles import Role
from tracker.queries.documents import document_or_none
from tracker.web.state_progress import progress_by_section

NOW, BEFORE = "bms7-2026", "bms7-2024"
PATH = f"/states/KEN?cycle={NOW}&lang=en"
CANARY = "CANARY-2e9"


def said(progress: Progress | None, audience: Audience = Audience.PUBLIC) -> ResponseContent:
    narrative = CANARY if audience is not Audience.PUBLIC else "Words."
    return ResponseContent(progress=progress, narrative=narrative, audience=audience)


@pytest.fixture
def reports(session: Session) -> None:
    """Kenya in two cycles: 25 further, 26 as before, 27 back, 28 withheld now, 29 only now."""
    before = make_cycle(session, BEFORE, opens=date(2024, 1, 1))
    now = make_cycle(session, NOW)
    first = {25: Progress.NOT_STARTED, 26: Progress.IMPLEMENTED, 27: Progress.IMPLEMENTED}
    first[28] = Progress.IMPLEMENTED
    make_submission(session, before, "KEN", {p: said(v) for p, v in first.items()})
    second = {
        25: said(Progress.IMPLEMENTED),
        26: said(Progress.IMPLEMENTED),
        27: said(Progress.NOT_STARTED),
        28: said(Progress.IMPLEMENTED, Audience.STATES),
        29: said(Progress.NOT_APPLICABLE),
    }
    make_submission(session, now, "KEN", second)
    make_submission(session, now, "PER", {25: said(Progress.IMPLEMENTED)})
    session.commit()


def words(text: str) -> str:
    return " ".join(text.split())


def row(page: BeautifulSoup, table: str, name: str) -> list[str]:
    """The numbers of the row whose heading begins so."""
    for found in page.select(f"#{table} tbody tr"):
        if found.th and words(found.th.get_text()).startswith(name):
            cells = [words(cell.get_text()) for cell in found.select("td.number")]
            return [cell.split()[0] for cell in cells]
    raise AssertionError(name)


def test_sections_are_counted_by_hand(public: Browser, reports: None) -> None:
    page = public.soup(PATH)
    # implemented, partly, in development, not started, not applicable, not answered, withheld
    assert row(page, "sections", "I.1 ") == [
        *("2/17", "0/17", "0/17", "1/17", "1/17", "12/17", "1/17"),
    ]
    assert row(page, "sections", "All") == [
        *("2/93", "0/93", "0/93", "1/93", "1/93", "88/93", "1/93"),
    ]
    assert row(page, "moves", "I.1 ") == ["1/17", "1/17", "1/17", "14/17"]
    assert row(page, "moves", "All") == ["1/93", "1/93", "1/93", "90/93"]
    assert CANARY not in str(page)


def test_every_number_leads_to_the_answers_that_were_counted(
    public: Browser, reports: None
) -> None:
    page = public.soup(PATH)
    links = page.select(":is(#sections, #moves, .legend) a[href*='value=']")
    assert {str(link["href"]).partition("value=")[2].partition("#")[0] for link in links} == {
        *("implemented", "not_started", "not_applicable", "not_answered", "withheld"),
        *("further", "same", "back", "not_compared"),
    }
    for link in links:
        address, _, place = str(link["href"]).partition("#")
        found = public.soup(address)
        inside = found.find(id=place) if place != "answers" else found
        assert inside is not None, link
        shown = inside.select("article[id^=p]")
        assert len(shown) == int(words(link.get_text()).split("/")[0]), link


def test_an_unknown_cycle_or_word_is_refused(public: Browser, reports: None) -> None:
    assert public.get("/states/KEN?cycle=nonsense").status_code == 404
    assert public.get(f"{PATH}&value=nonsense").status_code == 422
    assert public.get(f"/states/PER?cycle={BEFORE}").status_code == 200, "a cycle without a report"


def test_every_ring_stands_beside_its_numbers(public: Browser, reports: None) -> None:
    page = public.soup(PATH)
    rings = page.select("#sections svg.ring")
    assert len(rings) == len(page.select("#sections tbody tr")) == 12
    for ring in rings:
        assert ring["aria-hidden"] == "true"
        line = ring.find_parent("tr")
        assert line is not None
        drawn = [
            int(str(c["stroke-dasharray"]).split()[0]) for c in ring.select("[stroke-dasharray]")
        ]
        cells = [int(words(c.get_text()).split("/")[0]) for c in line.select("td.number")]
        assert drawn == [number for number in cells if number]
    assert not page.find(style=True)


def test_another_reader_counts_what_it_may_read(
    browser_of: type[Browser], session: Session, reports: None
) -> None:
    page = browser_of(make_user(session, Role.OBSERVER, "FRA")).soup(PATH)
    assert row(page, "sections", "All")[0] == "3/93"
    assert row(page, "sections", "All")[-1] == "0/93"
    assert row(page, "moves", "All") == ["1/93", "2/93", "1/93", "89/93"]


def test_without_a_report_in_the_cycle_before_nothing_is_compared(
    public: Browser, reports: None
) -> None:
    page = public.soup(f"/states/PER?cycle={NOW}&lang=en")
    assert page.find(id="moves") is None
    text = words(page.get_text(" "))
    assert "no published report of an earlier cycle" in text
    oldest = words(public.soup(f"/states/KEN?cycle={BEFORE}&lang=en").get_text(" "))
    assert "no published report of an earlier cycle" in oldest


def test_few_statements(public: Browser, connection: Connection, reports: None) -> None:
    with counted(connection) as seen:
        public.get(PATH)
    assert 0 < len(seen) <= 12, seen


@pytest.mark.parametrize("seed", range(10))
def test_any_report_recounted_naively(session: Session, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311  # reproducible answers, not secrets
    document = document_or_none(session, "bms7")
    assert document is not None
    asking = [c for c in document.commitments if c.asks_states]
    values = [*(progress.value for progress in Progress), "withheld"]
    now, before = (
        {c.paragraph: draw.choice(values) for c in asking if draw.random() < 0.7} for _ in range(2)
    )
    lines = progress_by_section(document, now, before)
    assert sum(line.asked for line in lines[:-1]) == lines[-1].asked == len(asking)
    for line in lines:
        inside = [
            c.paragraph for c in asking if line.section is None or c.section == line.section.code
        ]
        expected = Counter(now.get(p, "not_answered") for p in inside)
        assert {k: n for k, n in line.distribution.counts.items() if n} == expected
        moves = Counter(
            move(before.get(p, "not_answered"), now.get(p, "not_answered")) for p in inside
        )
        assert line.moves == moves


@pytest.mark.parametrize(("iso3", "named"), [("CRI", True), ("UKR", True), ("KEN", False)])
def test_the_record_quotes_the_joint_statement_with_its_place(
    public: Browser, iso3: str, named: bool
) -> None:
    text = words(public.soup(f"/states/{iso3}?lang=en").get_text(" "))
    said = (
        "Statement by Costa Rica “on behalf of several States” at the sixth meeting, agenda item 7 "
        "(Seventh Biennial Meeting of States (BMS7), A/CONF.192/BMS/2021/1, para 18, footnote 1): "
        "Named among the States on whose behalf the statement was made"
    )
    assert (said in text) == named
    assert len(re.findall("para 18", text)) == int(named)
