"""The page about scoring: a method with its caveats, and no more unless it is switched on."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import Connection, delete
from sqlalchemy.orm import Session

from tests.people import Browser
from tests.statements import selects_of
from tests.submitted import make_cycle, make_submission
from tests.web.test_public import table, text_of
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import ResponseContent
from tracker.models import Weighting

ASKED = "/about/scoring?state=KEN&cycle=bms7-2026&lang=en"


@pytest.fixture
def switched_on(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], scoring=True))


@pytest.fixture(autouse=True)
def kenya(session: Session) -> None:
    """25, without a qualifier, is done; 26, in line with national law, withheld from the public."""
    done = ResponseContent(progress=Progress.IMPLEMENTED)
    hidden = replace(done, audience=Audience.STATES)
    cycle = make_cycle(session, "bms7-2026")
    make_submission(session, cycle, "KEN", {25: done, 26: hidden})
    session.commit()


def test_the_method_stands_alone_unless_switched_on(public: Browser) -> None:
    page = public.soup(ASKED)
    assert table(page, "maxima")["Marking"] == ["14.25/56.75 (25%)"]
    assert table(page, "maxima")["All themes"] == ["56.75/56.75 (100%)"]
    assert table(page, "weights")["Conditional"] == ["0.5", "0.25"]
    assert "Marking 14.25/56.75 (25%) , Transfers 12/56.75 (21%)" in text_of(page)
    assert "Scoring is switched off" in text_of(page) and "No State gets a rank" in text_of(page)
    assert page.find("table", id="points") is None and page.find("select") is None


@pytest.mark.usefixtures("switched_on")
def test_one_state_by_itself(public: Browser) -> None:
    page = public.soup(ASKED)
    rows = table(page, "points")
    assert rows["Manufacture"] == ["1/5 (20%)", "4", "0"]
    assert rows["All commitments, each once"] == ["1/63.5 (2%)", "62", "0.5"]
    shown = text_of(page.find("main") or page)
    assert "Our reading, no score of those who published" in shown
    chosen = [option["value"] for option in page.select("option[selected]")]
    assert chosen == ["KEN", "bms7-2026"]
    silent = public.soup(ASKED.replace("KEN", "FRA"))
    assert silent.find("table", id="points") is None and "Not reported" in text_of(silent)
    nobody = public.soup(ASKED.replace("KEN", ""))
    assert nobody.find("table", id="points") is None


@pytest.mark.usefixtures("switched_on")
def test_a_document_that_nobody_weighed(public: Browser, session: Session) -> None:
    session.execute(delete(Weighting))
    session.commit()
    page = public.soup(ASKED)
    assert "there is no data file for it" in text_of(page)
    assert page.find("table", id="points") is None and page.find("table", id="weights") is None


@pytest.mark.usefixtures("switched_on")
def test_few_statements(public: Browser, connection: Connection) -> None:
    assert 0 < len(selects_of(public, connection, ASKED)) <= 12


@pytest.mark.usefixtures("switched_on")
def test_an_unknown_state_is_named(public: Browser) -> None:
    assert "QQQ" in text_of(public.soup(ASKED.replace("KEN", "QQQ"), 422))
    assert "nope" in text_of(public.soup(ASKED.replace("bms7-2026", "nope"), 404))
