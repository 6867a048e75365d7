"""Whatever is published or edited shows at the next visit, to those who may read it."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.national_reports import Reporting, begin_report
from tests.people import Browser, make_user
from tests.submitted import make_cycle, make_submission
from tests.tampering import as_owner
from tracker.app import create_app
from tracker.cli.database import connect
from tracker.cli.setup import set_up
from tracker.domain.clock import system_clock
from tracker.domain.indicators import Cell
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import ResponseContent
from tracker.domain.roles import Role
from tracker.domain.states import State
from tracker.models import OutcomeDocument, ReportingCycle, User
from tracker.models.engine import write_intent
from tracker.queries.documents import document_or_none
from tracker.queries.states import state_or_none
from tracker.queries.submissions import submitted_responses
from tracker.services.documents import load_document, load_states
from tracker.services.submissions import withdraw
from tracker.settings import Settings
from tracker.web import comparing, public_choices
from tracker.web.comparing import MOST_KEPT

MATRIX = "/cycles/bms7/matrix?area=africa&section=I.1"
COMPARE = "/compare?states=GHA,PER&cycles=bms7"


@pytest.fixture
def work(session: Session) -> Reporting:
    """A report of Ghana: one answer for everybody, one for States."""
    work = begin_report(session, "GHA")
    work.answer(25, progress=Progress.IMPLEMENTED, narrative="A first word.")
    work.answer(26, progress=Progress.IMPLEMENTED, audience=Audience.STATES)
    return work


def cells(browser: Browser) -> list[str]:
    """The classes of the first two cells of Ghana in the matrix."""
    rows = browser.soup(MATRIX).select("#matrix tbody tr")
    row = next(row for row in rows if row.th and row.th.get_text(strip=True) == "Ghana")
    return [str(cell["class"][0]) for cell in row.select("td")[1:3]]


def test_a_published_report_and_the_one_after_it(public: Browser, work: Reporting) -> None:
    first = work.submit()
    work.accept(first)
    work.session.commit()
    assert cells(public) == ["is-not_reported"] * 2
    work.publish(first)
    work.session.commit()
    assert cells(public) == ["is-implemented", "is-withheld"]
    work.reopen()
    work.answer(25, progress=Progress.PARTLY_IMPLEMENTED)
    second = work.submit()
    work.accept(second)
    work.session.commit()
    assert cells(public) == ["is-implemented", "is-withheld"]
    work.publish(second)
    work.session.commit()
    assert cells(public) == ["is-partly_implemented", "is-withheld"]


def test_readers_of_other_levels_neither_fill_nor_read_what_is_kept_for_the_public(
    browser_of: type[Browser], session: Session, work: Reporting
) -> None:
    public, reviewer = browser_of(), browser_of(make_user(session, Role.REVIEWER))
    another = browser_of(make_user(session, Role.FOCAL_POINT, "PER"))
    submission = work.submit()
    session.commit()
    assert cells(reviewer) == ["is-implemented"] * 2
    assert cells(public) == cells(another) == ["is-not_reported"] * 2
    withdraw(session, actor=work.focal_point, report_id=work.report.id, clock=work.clock)
    session.commit()
    assert cells(reviewer) == cells(public) == ["is-not_reported"] * 2
    submission = work.submit()
    work.accept(submission)
    work.publish(submission)
    session.commit()
    for reader, second in (
        (reviewer, "implemented"),
        (public, "withheld"),
        (another, "implemented"),
    ):
        assert cells(reader) == ["is-implemented", f"is-{second}"]


def arms(traced: int) -> dict[Cell, int]:
    """Figures of one year from which both values can be computed."""
    totals = {"seized_criminal": 0, "found": 20, "surrendered": 0}
    together = {"traced": traced, "otherwise_established": 0, "uniquely_marked": 20}
    figures = {Cell(2023, category, "total"): total for category, total in totals.items()}
    return figures | {Cell(2023, "not_split", name): n for name, n in together.items()}


def shown(browser: Browser) -> str:
    """What stands for Ghana in the table of States."""
    rows = browser.soup("/indicators/sdg-16-4-2?year=2023").select("#states tbody tr")
    return next(row.get_text(" ", strip=True) for row in rows if "Ghana" in row.get_text())


def test_values_of_an_indicator(
    browser_of: type[Browser], session: Session, work: Reporting
) -> None:
    public = browser_of()
    another = browser_of(make_user(session, Role.FOCAL_POINT, "PER"))
    for version, (traced, audience) in enumerate(((5, Audience.PUBLIC), (10, Audience.STATES))):
        work.save_figures(arms(traced), version=version, audience=audience)
        submission = work.submit()
        work.accept(submission)
        work.publish(submission)
        session.commit()
        first = shown(public)
        assert f"{traced}/20" in shown(another)
        assert shown(public) == first  # whoever reads more fills nothing for the public
        if not version:
            assert "5/20" in first
            work.reopen()
    assert "5/20" not in first and "10/20" not in first and "Withheld" in first


def test_a_text_that_is_struck_out(public: Browser, session: Session, work: Reporting) -> None:
    submission = work.submit()
    work.accept(submission)
    work.publish(submission)
    session.commit()
    assert "A first word." in public.get(COMPARE).text
    answer = submitted_responses(session, submission.id)["bms7/annex/25"]
    work.strike_out(answer.revision_id, "narrative", "A person was named.")
    session.commit()
    assert "A first word." not in public.get(COMPARE).text


def test_cells_that_are_compared_are_kept_by_language_and_for_those_who_read_the_same(
    browser_of: type[Browser], session: Session, work: Reporting
) -> None:
    work.answer(27, narrative="For the secretariat.", audience=Audience.SECRETARIAT)
    submission = work.submit()
    work.accept(submission)
    work.publish(submission)
    session.commit()
    public, reviewer = browser_of(), browser_of(make_user(session, Role.REVIEWER))
    own = browser_of(session.get_one(User, work.focal_point.user_id))
    for reader in (reviewer, public, own, public, reviewer):
        assert ("For the secretariat." in reader.get(COMPARE).text) is (reader is not public)
    for language, word in (("en", "Withheld"), ("fr", "Non divulgué"), ("en", "Withheld")):
        cell = public.soup(f"{COMPARE}&lang={language}").select_one("#p27 td")
        assert cell is not None and word in cell.get_text()
        link = public.soup(f"{COMPARE}&lang={language}&section=I.1").select_one("#p25 th a")
        assert link is not None and f"lang={language}" in str(link["href"])


def test_a_comparison_of_groups_is_kept_for_those_who_read_the_same(
    browser_of: type[Browser], session: Session, work: Reporting
) -> None:
    submission = work.submit()
    work.accept(submission)
    work.publish(submission)
    session.commit()
    groups = "/compare?groups=africa,002&cycles=bms7&section=I.1"
    public, state = browser_of(), browser_of(make_user(session, Role.FOCAL_POINT, "KEN"))
    for reader in (state, public, state, public):
        cell = reader.soup(groups).select_one("#p26 td")
        assert cell is not None
        assert ("Withheld" in cell.get_text()) is (reader is public)


def test_a_comparison_is_kept_as_its_address_asks_for_it(
    public: Browser, session: Session, work: Reporting
) -> None:
    """With the States to begin with, the filters and the rows; and with the cycles there are."""
    assert "unheard" in public.get(f"{COMPARE}&lang=unheard").text
    assert "unheard" not in public.get(COMPARE).text
    for first in ("GHA", "PER"):
        chosen = public.soup(f"/compare?first={first}").select_one("#state-0 [selected]")
        assert chosen is not None and chosen["value"] == first
    assert not public.soup("/compare").select("#state-0 [selected]")
    assert len(public.soup(f"{COMPARE}&section=I.1").select("tr[id^=p]")) == 32
    assert len(public.soup(COMPARE).select("tr[id^=p]")) == 95
    assert not public.soup(COMPARE).select("#filter-cycle [value=new]")
    document_id = session.scalars(select(OutcomeDocument.id)).one()
    now = system_clock()
    days = {name: date(2027, 1, 1) for name in ("opens_on", "due_on", "closes_on")}
    session.add(ReportingCycle(slug="new", document_id=document_id, created_at=now, **days))
    session.commit()
    assert public.soup(COMPARE).select("#filter-cycle [value=new]")


def test_a_kept_comparison_is_in_the_language_that_each_browser_asks_for(
    browser_of: type[Browser], work: Reporting
) -> None:
    """Without a language in the address, which is the same for all."""
    english, french = {"Accept-Language": "en"}, {"Accept-Language": "fr"}
    captions = {"en": "What they say, by commitment", "fr": "Ce qui est déclaré, par engagement"}
    for asked in (english, french, english):
        language = asked["Accept-Language"]
        text = browser_of().get(COMPARE, headers=asked).text
        assert f'<html lang="{language}"' in text
        assert [name for name, caption in captions.items() if caption in text] == [language]


def test_a_few_comparisons_are_kept_and_those_used_longest_ago_go(
    public: Browser, work: Reporting, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = ["ALB", "FRA", "KEN", "TCD", "UGA", "CHN", "DEU", "JPN", "VAT"]
    assert len(others) == MOST_KEPT + 1
    addresses = [f"/compare?states=GHA,{code}&cycles=bms7" for code in others]
    for address in addresses:
        public.get(address)

    def written_again(*_: object, **__: object) -> str:
        raise AssertionError("written again")

    monkeypatch.setattr(comparing, "render_template", written_again)
    for address in addresses[1:]:
        assert public.get(address).status_code == 200
    with pytest.raises(AssertionError, match="written again"):
        public.get(addresses[0])


def test_a_kept_comparison_without_a_cycle_follows_the_cycle_of_the_day(
    public: Browser, session: Session, work: Reporting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cycle opens on its day, and nothing is written then."""
    today = system_clock()
    make_cycle(session, "bms7-later", opens=today.date() + timedelta(days=5))
    session.commit()
    for days, slug in ((0, "bms7"), (6, "bms7-later"), (0, "bms7")):
        monkeypatch.setattr(
            public_choices, "system_clock", lambda days=days: today + timedelta(days)
        )
        lead = public.soup("/compare?states=GHA,PER&lang=en").select_one("main p.lead")
        assert lead is not None
        assert lead.get_text().partition(" ·")[0] == f"Side by side, cycle {slug}"


def test_people_of_an_observer_state_read_their_own_and_fill_nothing_for_others(
    browser_of: type[Browser], session: Session
) -> None:
    cycle = session.scalars(select(ReportingCycle).where(ReportingCycle.slug == "bms7")).one()
    hidden = ResponseContent(narrative="For the desk.", audience=Audience.SECRETARIAT)
    make_submission(session, cycle, "VAT", {25: hidden})
    session.commit()
    own = browser_of(make_user(session, Role.FOCAL_POINT, "VAT"))
    public, another = browser_of(), browser_of(make_user(session, Role.FOCAL_POINT, "PER"))
    address = "/compare?states=VAT,PER&cycles=bms7&lang=en"
    for reader in (public, own, another, public, own):
        page = reader.soup(address)
        cell = page.select_one("#p25 td")
        assert cell is not None
        assert ("For the desk." in cell.get_text()) is (reader is own)
        assert "Observer State, in no base" in page.get_text()


def test_an_edited_commitment(public: Browser, session: Session) -> None:
    assert "Edited title" not in public.get(MATRIX).text
    document = document_or_none(session, "bms7")
    assert document is not None
    first, *rest = document.commitments
    edited = replace(first, title={**first.title, "en": "Edited title"})
    with as_owner(session):
        load_document(session, replace(document, commitments=(edited, *rest)))
    session.commit()
    for path in (MATRIX, "/documents/bms7", "/documents/bms7/25", COMPARE):
        assert "Edited title" in public.get(path).text, path


def another_name(session: Session, name: str) -> State:
    found = state_or_none(session, "GHA")
    assert found is not None
    return replace(found.state, name={"en": name})


def test_a_new_state_and_a_new_name(public: Browser, session: Session) -> None:
    assert "A new State" not in public.get("/states").text + public.get(MATRIX).text
    new = replace(another_name(session, "A new State"), iso3="XQQ", m49="Z99")
    with as_owner(session):
        load_states(session, [new, another_name(session, "Another name")])
    session.commit()
    for path in ("/states", MATRIX, COMPARE):
        page = public.get(path).text
        assert "A new State" in page and "Another name" in page, path


def test_two_applications_on_one_database(settings: Settings, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/two.sqlite3"
    own = replace(settings, instance_path=tmp_path, database_url=url)
    set_up(own)
    readers = [create_app(own).test_client() for _ in range(2)]
    assert all("Ghana" in reader.get("/states").text for reader in readers)
    engine = connect(own)
    with write_intent(), Session(engine) as session, session.begin():
        load_states(session, [another_name(session, "Another name")])
    engine.dispose()
    for reader in readers:
        assert "Another name" in reader.get("/states").text


NOTICES = {
    "desk": "as the secretariat",
    "states": "with the answers that States share among themselves",
    "shared": "Do not pass it on as public.",
    "own": "With all answers in published reports of Ghana, as its focal points and observers read",
}


@pytest.mark.parametrize(
    "path",
    [
        COMPARE,
        "/states/GHA?cycle=bms7",
        "/states/GHA/submissions/1?cycle=bms7",
        "/documents/bms7/25?cycle=bms7",
        "/search?q=words&cycle=bms7",
    ],
)
def test_pages_with_answers_say_for_whom_they_are(
    browser_of: type[Browser], session: Session, work: Reporting, path: str
) -> None:
    submission = work.submit()
    work.accept(submission)
    work.publish(submission)
    session.commit()
    own = browser_of(session.get_one(User, work.focal_point.user_id))
    readers = {
        browser_of(): set[str](),
        browser_of(make_user(session, Role.REVIEWER)): {"desk", "shared"},
        browser_of(make_user(session, Role.FOCAL_POINT, "PER")): {"states", "shared"},
        browser_of(make_user(session, Role.CONTRIBUTOR, "GHA")): {"states", "shared"},
        own: {"states", "shared", "own"},
    }
    for reader, told in readers.items():
        text = " ".join(reader.soup(f"{path}&lang=en").get_text(" ").split())
        assert {name for name, words in NOTICES.items() if words in text} == told
