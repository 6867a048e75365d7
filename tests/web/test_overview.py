"""The overview of a cycle and the States behind its figures, as readers open them."""

import gzip
import re
from datetime import date

import pytest
from bs4 import BeautifulSoup, Tag
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.people import Browser, make_user
from tests.submitted import make_cycle, make_submission
from tests.tampering import without_triggers
from tests.web.test_public import table, text_of
from tracker.domain.labels import label
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import ResponseContent
from tracker.domain.roles import Role
from tracker.models import ReportingCycle, SubmissionResponse
from tracker.queries.documents import document_or_none

BEFORE, NOW = "bms7-2024", "bms7-2026"
OVERVIEW, BEHIND = f"/cycles/{NOW}/figures", f"/cycles/{NOW}/states"
NOT_STARTED, DEVELOPING = Progress.NOT_STARTED, Progress.IN_DEVELOPMENT
PARTLY, DONE = Progress.PARTLY_IMPLEMENTED, Progress.IMPLEMENTED


def said(progress: Progress, audience: Audience = Audience.PUBLIC) -> ResponseContent:
    return ResponseContent(progress=progress, audience=audience)


@pytest.fixture
def cycle(session: Session) -> ReportingCycle:
    """Kenya went on, stayed and went back; Peru withholds; France is new; Chad fell silent.

    25 (I.1, manufacture), 58 (I.2, borders) and 64 (I.3, conflict) are asked of all.
    """
    before = make_cycle(session, BEFORE, opens=date(2024, 1, 1))
    make_submission(
        session, before, "KEN", {25: said(NOT_STARTED), 58: said(DONE), 64: said(PARTLY)}
    )
    make_submission(session, before, "PER", {25: said(DEVELOPING), 58: said(DEVELOPING)})
    make_submission(session, before, "TCD", {25: said(DONE)})
    make_submission(session, before, "VAT", {25: said(NOT_STARTED)})
    now = make_cycle(session, NOW, opens=date(2026, 1, 1))
    make_submission(session, now, "KEN", {25: said(DONE), 58: said(DONE), 64: said(DEVELOPING)})
    make_submission(session, now, "PER", {25: said(DONE, Audience.SECRETARIAT), 58: said(PARTLY)})
    make_submission(session, now, "FRA", {25: said(DONE)})
    make_submission(session, now, "VAT", {25: said(DONE)})
    session.commit()
    return now


def test_who_reported_by_group_and_region_beside_the_record(
    public: Browser, cycle: ReportingCycle
) -> None:
    page = public.soup(f"{OVERVIEW}?lang=en")
    groups, regions = table(page, "reports-group"), table(page, "reports-region")
    assert groups["African States"] == ["1/54 (2%)"]
    assert groups["Eastern European States"] == ["0/23 (0%)"]
    assert groups["All Member States"] == ["3/193 (2%)"]
    assert regions["Africa"] == ["1/54 (2%)"] and regions["Europe"] == ["1/43 (2%)"]
    assert table(page, "reports-subregion")["Sub-Saharan Africa"] == ["1/48 (2%)"]
    record = table(page, "record-region")
    assert table(page, "record")["African States"] == ["25/54 (46%)"]
    assert record["All Member States"] == ["91/193 (47%)"]
    assert sum(int(row[0].split("/")[0]) for row in list(record.values())[:-1]) == 91
    assert "1 observer State reported; it stands in no base" in text_of(page)


def test_the_states_on_the_record_stand_behind_its_figures(
    public: Browser, cycle: ReportingCycle
) -> None:
    page = public.soup(f"{OVERVIEW}?lang=en")
    link = page.select_one("#record a[href*=africa]")
    assert link is not None and text_of(link) == "25/54 (46%)"
    african = public.soup(str(link["href"]))
    names = [text_of(state) for state in african.select("ul.columns a")]
    assert len(names) == 25 and names == sorted(names) and "Kenya" in names
    assert "African States: 25/54 (46%)" in text_of(african)
    assert len(public.soup("/documents/bms7/record").select("ul.columns a")) == 91
    assert "never added to them" in text_of(african)
    public.soup("/documents/bms7/record?area=zzz", 422)
    public.soup("/documents/nope/record", 404)


def test_counted_by_hand(public: Browser, cycle: ReportingCycle) -> None:
    page = public.soup(f"{OVERVIEW}?base=answered&lang=en")
    sections = table(page, "sections")
    whole = sections["All commitments that ask"]
    assert whole[1:5] == ["5", "3/5 (60%)", "1/5 (20%)", "1/5 (20%)"]
    first = next(cells for name, cells in sections.items() if name.startswith("I ·"))
    assert first[1:3] == ["5", "3/5 (60%)"]
    levels = {name.split(" level")[0]: row for name, row in table(page, "by-level").items()}
    assert levels["National"][1:3] == ["2", "2/2 (100%)"]
    assert levels["Regional"][1:4] == ["2", "1/2 (50%)", "1/2 (50%)"]
    assert levels["Global"][1:5] == ["1", "0/1 (0%)", "0/1 (0%)", "1/1 (100%)"]
    assert "38 commitments chosen stand under no heading of a level" in text_of(page)
    themes = table(page, "by-theme")
    of_25 = next(row for name, row in themes.items() if name.startswith("Manufacture"))
    assert of_25[1:3] == ["2", "2/2 (100%)"]
    reporting = table(public.soup(f"{OVERVIEW}?base=reporting&lang=en"), "sections")
    whole = reporting["All commitments that ask"]
    assert whole[1] == str(3 * 93)
    assert whole[-1] == f"1/{3 * 93} (<1%)"  # withheld


def test_the_most_and_least_implemented_by_hand(public: Browser, cycle: ReportingCycle) -> None:
    page = public.soup(f"{OVERVIEW}?base=answered&lang=en")
    most = [(name.split(" ")[0], row[0]) for name, row in table(page, "most").items()]
    least = [(name.split(" ")[0], row[0]) for name, row in table(page, "least").items()]
    assert most == [("25", "2/2 (100%)"), ("58", "1/2 (50%)")]
    assert least == [("64", "0/1 (0%)"), ("58", "1/2 (50%)"), ("25", "2/2 (100%)")]
    of_all = text_of(public.soup(f"{OVERVIEW}?lang=en"))
    assert "a low share is not a statement that States do little" in of_all
    assert "a low share is not" not in text_of(page)
    # Of 3 × 93 pairs of reporting States, 5 hold an answer for all to read and one is withheld.
    reporting = text_of(public.soup(f"{OVERVIEW}?base=reporting&lang=en"))
    assert "a low share is not a statement that States do little" in reporting
    assert "Pairs without an answer that you may read: 274/279 (98%)" in reporting
    # Paragraph 58 alone, which Kenya, alone to report in Africa, answered.
    full = f"{OVERVIEW}?base=reporting&area=africa&section=I.2&strength=consider&lang=en"
    answered = public.soup(full)
    assert table(answered, "least") and "a low share is not" not in text_of(answered)


def test_movement_counts_states_in_both_cycles_only(public: Browser, cycle: ReportingCycle) -> None:
    """Kenya: 25 further, 58 as before, 64 less far. Peru: 58 further, 25 withheld now."""
    page = public.soup(f"{OVERVIEW}?lang=en")
    pairs = 2 * 93
    whole = table(page, "moves")["All commitments that ask"]
    assert whole[1:] == [
        f"{pairs} 2 × 93",
        f"1/{pairs} (1%)",
        f"1/{pairs} (1%)",
        f"2/{pairs} (1%)",
        f"182/{pairs} (98%)",
    ]
    assert "counting only States that reported in both: 2/193 (1%)" in text_of(page)
    of_kenya = public.soup(f"{OVERVIEW}?section=I.2&lang=en")
    rows = table(of_kenya, "moves")
    assert [name.split(" ")[0] for name in rows][0] == "I.2"
    assert public.soup("/cycles/bms7/figures?lang=en").find("table", id="moves") is None


COUNTING = (
    OVERVIEW,
    f"{BEHIND}?value=implemented",
    f"/cycles/{NOW}/matrix",
    f"/documents/bms7/25?cycle={NOW}",
    f"/compare?states=KEN,PER&cycles={NOW}",
    f"/needs?cycle={NOW}",
    "/indicators",
    "/indicators/sdg-16-4-2",
    "/search?q=arms",
)


@pytest.mark.parametrize("path", COUNTING)
def test_who_sees_more_than_the_public_is_told_so_on_every_page_that_counts(
    public: Browser,
    browser_of: type[Browser],
    session: Session,
    cycle: ReportingCycle,
    path: str,
) -> None:
    to_state, to_office = "as a signed-in State", "as the secretariat"
    for reader, told in (
        (public, None),
        (browser_of(make_user(session, Role.OBSERVER, "CHN")), to_state),
        (browser_of(make_user(session, Role.FOCAL_POINT, "VAT")), to_state),  # an observer State
        (browser_of(make_user(session, Role.REVIEWER)), to_office),
    ):
        page = reader.soup(f"{path}{'&' if '?' in path else '?'}lang=en")
        notices = [text_of(notice) for notice in page.select("main .notice")]
        found = [one for one in notices if one.startswith("You see this page as")]
        assert [one.startswith(f"You see this page {told}") for one in found] == [True] * bool(told)


def links_of_figures(page: BeautifulSoup) -> list[tuple[str, str]]:
    """What each number says, and where it leads."""
    main = page.find("main")
    assert isinstance(main, Tag)
    links = main.find_all("a", href=re.compile(re.escape(BEHIND)))
    return [(text_of(link), str(link["href"])) for link in links]


@pytest.mark.parametrize(
    "path",
    [
        f"{OVERVIEW}?base=reporting&section=I.2",
        f"{OVERVIEW}?base=answered&strength=commit",
        f"{OVERVIEW}?area=africa&theme=tracing",
        f"/documents/bms7/25?cycle={NOW}",
        f"/documents/bms7/58?cycle={NOW}&base=answered",
    ],
)
def test_each_number_leads_to_as_many_pairs_as_it_says(
    public: Browser, cycle: ReportingCycle, path: str
) -> None:
    links = links_of_figures(public.soup(f"{path}&lang=en"))
    shares = {href: words for words, href in links if "value=" in href and "/" in words}
    assert len(shares) >= 6
    for href in sorted(shares)[:: max(len(shares) // 8, 1)]:
        lead = public.soup(href).select_one(".lead")
        assert lead is not None and shares[href] in text_of(lead), href


def test_the_states_behind_a_figure_are_named_with_their_paragraphs(
    public: Browser, cycle: ReportingCycle
) -> None:
    page = public.soup(f"{BEHIND}?value=implemented&base=answered&lang=en")
    rows = table(page, "states")
    assert rows == {"France": ["1/1 (100%)", "25"], "Kenya": ["2/3 (67%)", "25 , 58"]}
    assert "3/5 (60%) of the pairs State × commitment; base: States that answered" in text_of(page)
    link = page.select_one("#states td a")
    assert link is not None and str(link["href"]) == f"/states/FRA?cycle={NOW}&lang=en#p25"
    assert "Holy See : 25" in text_of(page) and "Observer States, in no base" in text_of(page)
    further = public.soup(f"{BEHIND}?value=further&lang=en")
    assert table(further, "states") == {"Kenya": ["1/93 (1%)", "25"], "Peru": ["1/93 (1%)", "58"]}
    assert f"Compared with cycle {BEFORE}" in text_of(further)
    assert "Observer States, in no base Holy See : 25" in text_of(further)
    back = public.soup(f"{BEHIND}?value=back&lang=en")
    assert list(table(back, "states")) == ["Kenya"] and "Holy See" not in text_of(back)
    one = public.soup(f"{BEHIND}?value=withheld&paragraph=25&lang=en")
    assert table(one, "states") == {"Peru": ["1/1 (100%)", "25"]}
    assert "1/193 (1%)" in text_of(one)
    french = public.soup(f"{BEHIND}?value=not_reported&paragraph=25&lang=fr")
    names = list(table(french, "states"))
    assert len(names) == 190 and names[0] == "Afghanistan" and "Allemagne" in names


def test_the_states_in_both_cycles_stand_behind_the_base_of_the_movement(
    public: Browser, cycle: ReportingCycle
) -> None:
    """France reported now alone, Chad before alone."""
    overview = public.soup(f"{OVERVIEW}?theme=manufacture&lang=en")
    href = f"{BEHIND}?theme=manufacture&lang=en&value=in_both"
    shares = [words for words, link in links_of_figures(overview) if link == href]
    assert shares[0] == "2/193 (1%)"
    page = public.soup(href)
    assert list(table(page, "states")) == ["Kenya", "Peru"]
    lead, pairs = page.select(".lead")
    assert text_of(lead) == "Reported in both cycles: 2/193 (1%) of the Member States chosen"
    assert f"Compared with cycle {BEFORE}" in text_of(page)
    assert "Observer States, in no base Holy See" in text_of(page)
    commitments = int(shares[1]) // 2
    told = f"{2 * commitments} pairs State × commitment (2 × {commitments}): the base of movement"
    assert text_of(pairs) == told
    bases = [text_of(cell) for cell in overview.select("#moves td:nth-of-type(2)")]
    assert bases[-1] == f"{2 * commitments} 2 × {commitments}"
    african = public.soup(f"{BEHIND}?value=in_both&area=africa&lang=en")
    assert list(table(african, "states")) == ["Kenya"]
    public.soup("/cycles/bms7/states?value=in_both&lang=en", 422)


def test_a_choice_of_no_commitment_says_so_and_counts_nothing(
    public: Browser, cycle: ReportingCycle
) -> None:
    page = public.soup(f"{OVERVIEW}?section=I.1.a&theme=gender&lang=en")
    told = text_of(page)
    assert "0 commitments" in told and "Nothing is left of these choices." in told
    assert not page.select("#moves") and not page.select('a[href*="in_both"]')


def test_every_number_of_pairs_or_states_is_a_link_or_nothing(
    public: Browser, cycle: ReportingCycle
) -> None:
    """On the overview and on the page of a commitment; the official record is another thing."""
    for path in (f"{OVERVIEW}?lang=en", f"/documents/bms7/25?cycle={NOW}&lang=en"):
        page = public.soup(path)
        cells = page.select(
            "#sections td, #by-level td, #by-theme td, #by-strength td, #by-addressee td, #most td,"
            "#least td, #moves td, #commitments td, #distribution td, #over-cycles td, #by-group td"
        )
        said = [cell for cell in cells if re.match(r"[1-9]", text_of(cell))]
        assert len(said) > 20
        assert [text_of(cell) for cell in said if not cell.find("a")] == []


def test_by_strength_says_that_the_first_verb_counts(public: Browser, session: Session) -> None:
    document = document_or_none(session, "bms7")
    assert document
    asked = [c for c in document.commitments if c.asks_states]
    mixed = [c for c in asked if len(set(c.strengths)) > 1]
    assert mixed  # or there would be nothing to say
    make_submission(session, make_cycle(session, NOW), "KEN", {mixed[0].paragraph: said(DONE)})
    session.commit()
    page = public.soup(f"{OVERVIEW}?lang=en&base=answered")
    rows = table(page, "by-strength")
    (counted,) = [name for name, cells in rows.items() if "1/1 (100%)" in cells]
    assert counted.startswith(label(mixed[0].strengths[0]))
    sizes = [int(re.findall(r"(\d+) commitment", name)[0]) for name in rows]
    assert sum(sizes) == len([c for c in asked if c.strengths])
    note = page.select_one("h3:-soup-contains('By strength') + p")
    assert note and "under the strength of its first operative verb" in text_of(note)


def test_many_pairs_are_counted_by_state_and_lead_on(
    public: Browser, cycle: ReportingCycle
) -> None:
    page = public.soup(f"{BEHIND}?lang=en")
    assert len(table(page, "states")) == 193
    link = page.select_one('#states a[href*="state=KEN"]')
    assert link is not None
    kenya = public.soup(str(link["href"]))
    assert list(table(kenya, "states")) == ["Kenya"]
    assert table(kenya, "states")["Kenya"][0] == "93/93 (100%)"


@pytest.mark.parametrize("path", [OVERVIEW, BEHIND, f"{BEHIND}?value=not_reported"])
def test_the_pages_of_193_states_are_light(
    public: Browser, cycle: ReportingCycle, path: str
) -> None:
    assert len(gzip.compress(public.get(path).data)) < 60_000


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("value=zzz", "“zzz” is not one of the choices: implemented (Implemented), "),
        ("value=withheld&base=answered", "“withheld” is not one of the choices"),
        ("paragraph=119", "“119” is not the number of a paragraph that asks States"),
        ("paragraph=x", "“x” is not the number of a paragraph"),
        ("state=QQQ", "no State with the code “QQQ”"),
        ("area=zzz", "“zzz” is not one of the choices"),
        ("base=zzz", "“zzz” is not one of the choices: members (All Member States), "),
    ],
)
def test_a_wrong_choice_is_told_in_a_sentence(
    public: Browser, cycle: ReportingCycle, query: str, named: str
) -> None:
    assert named in text_of(public.soup(f"{BEHIND}?{query}&lang=en", 422))


@pytest.mark.parametrize(
    ("asked", "filters", "named", "told"),
    [
        ("paragraph=58", "section=I.1&theme=manufacture", "58 · ", "leave this commitment out"),
        ("state=KEN", "area=grulac", "Kenya", "leaves this State out"),
    ],
)
def test_what_the_filters_leave_out_is_named_with_a_way_back(
    public: Browser, cycle: ReportingCycle, asked: str, filters: str, named: str, told: str
) -> None:
    query = f"value=implemented&base=answered&{asked}"
    page = public.soup(f"{BEHIND}?{query}&{filters}&lang=en")
    assert "Implemented: 0/0" in text_of(page) and told in text_of(page)
    assert named in text_of(page)
    back = page.find("a", string=re.compile("^Take away"))
    assert isinstance(back, Tag)
    whole = public.soup(str(back["href"]))
    assert "Kenya" in table(whole, "states") and named in text_of(whole)
    assert told not in text_of(whole)


def test_a_move_needs_a_cycle_before(public: Browser, cycle: ReportingCycle) -> None:
    public.soup("/cycles/bms7/states?value=further&lang=en", 422)


@pytest.mark.parametrize("role", [None, Role.OBSERVER])
def test_a_withheld_answer_changes_no_byte(
    browser_of: type[Browser], session: Session, cycle: ReportingCycle, role: Role | None
) -> None:
    """Peru keeps paragraph 25 for the secretariat: whatever it says, nobody else can tell."""
    reader = browser_of(make_user(session, role, "FRA") if role else None)
    queries = ["", "?base=reporting&section=I.1", "?base=answered&area=grulac&theme=transfers"]
    paths = [OVERVIEW + query for query in queries]
    paths += [f"{BEHIND}?value={value}" for value in ("implemented", "withheld", "not_compared")]
    paths += [f"{BEHIND}?paragraph=25", f"{BEHIND}?state=PER"]
    hidden = session.scalars(
        select(SubmissionResponse).where(SubmissionResponse.audience == Audience.SECRETARIAT)
    ).one()
    seen = set()
    for progress in (None, Progress.IMPLEMENTED, Progress.NOT_APPLICABLE):
        with without_triggers(session):
            hidden.progress = progress
        session.commit()
        seen.add(tuple(plain(reader.get(path).text) for path in paths))
    assert len(seen) == 1
    reviewer = browser_of(make_user(session, Role.REVIEWER))
    assert "Peru" in reviewer.get(f"{BEHIND}?value=not_applicable&lang=en").text


def plain(html: str) -> str:
    """Without the token of the form, which is another one each time."""
    return re.sub(r'name="csrf_token"[^>]*', "", html)
