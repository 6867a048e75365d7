"""The public pages, read as anybody: what they say, and what they keep to themselves."""

import re
from dataclasses import replace
from datetime import date

import pytest
from bs4 import BeautifulSoup, Tag
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.items import CONTACT
from tests.people import Browser, make_user, parsed
from tests.statements import counted
from tests.submitted import make_cycle, make_report, make_submission
from tests.submitted_items import add_item
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import Measure, ResponseContent
from tracker.domain.roles import Role
from tracker.models import ReportingCycle

CYCLE = "bms7-2026"
COMMITMENT = f"/documents/bms7/25?cycle={CYCLE}"
PAGES = [
    "/",
    "/about/method",
    "/about/scoring",
    "/documents",
    "/documents/bms7",
    "/documents/bms7/25",
    "/documents/bms7/92",
    "/documents/bms7/119",
    "/documents/bms7/record",
    "/states",
    "/states/KEN",
    "/states/VAT",
    "/states/KEN/submissions/1",
    "/cycles",
    f"/cycles/{CYCLE}",
    f"/cycles/{CYCLE}/figures",
    f"/cycles/{CYCLE}/matrix?area=africa&section=I.1",
    "/indicators",
    "/indicators/weapons-collected-destroyed",
    "/indicators/coordination-body",
    "/needs",
    "/search",
    "/search?q=words",
    "/documents/bms7/25?q=words&first=good-practice",
    f"/cycles/{CYCLE}/states",
    f"/cycles/{CYCLE}/states?value=further",
]
OFFICIAL = "Mettre en place, là où elles n’existent pas, des lois"


def said(
    text: str,
    progress: Progress | None = Progress.IMPLEMENTED,
    audience: Audience = Audience.PUBLIC,
) -> ResponseContent:
    return ResponseContent(
        progress=progress, narrative=text, narrative_language="en", audience=audience
    )


@pytest.fixture
def cycle(session: Session) -> ReportingCycle:
    """Kenya published twice, Peru keeps its answer from the public, France waits, Chad drafts."""
    cycle = make_cycle(session, CYCLE)
    make_submission(session, cycle, "KEN", {25: said("First words.", Progress.NOT_STARTED)})
    measured = ResponseContent(
        progress=Progress.IMPLEMENTED,
        narrative="Kenya's words.\nSecond <line>.",
        measures=(Measure("Firearms Act", "2019-06", "https://example.org/act"),),
    )
    make_submission(session, cycle, "KEN", {25: measured}, on_time=False)
    make_submission(
        session,
        cycle,
        "PER",
        {
            25: said("For States only.", Progress.PARTLY_IMPLEMENTED, Audience.STATES),
            26: said("For the secretariat only.", audience=Audience.SECRETARIAT),
        },
    )
    make_submission(session, cycle, "FRA", {25: said("Not yet public.")}, "accepted")
    make_submission(session, cycle, "VAT", {25: said("An observer's words.")})
    make_report(session, cycle, "TCD")
    session.commit()
    return cycle


def in_language(path: str, language: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


def text_of(page: BeautifulSoup | Tag) -> str:
    return " ".join(page.get_text(" ").split())


def table(page: BeautifulSoup, name: str) -> dict[str, list[str]]:
    """The cells of each row by its heading."""
    found = page.find("table", id=name)
    assert isinstance(found, Tag), name
    rows = [row for row in found.find_all("tr") if row.find("th", scope="row")]
    return {_words(row.th): [_words(cell) for cell in row.find_all("td")] for row in rows}


def _words(cell: Tag | None) -> str:
    """Without the signs, which are there for the eye only."""
    assert cell is not None
    for sign in cell.select(".sign"):
        sign.decompose()
    return text_of(cell)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_signed_out_in_every_language(
    public: Browser, connection: Connection, cycle: ReportingCycle, path: str
) -> None:
    for language in ("en", "fr", "ar"):
        with counted(connection) as statements:
            page = public.soup(in_language(path, language))
        assert len(statements) <= 12
        assert statements or path == "/about/scoring"  # which reads nothing where scoring is off
        assert page.html is not None and page.html["lang"] == language
        assert page.html["dir"] == ("rtl" if language == "ar" else "ltr")
        assert len(page.find_all("h1")) == 1
        assert not page.find("script", src=False)
        assert not page.find(style=True)
        links = [str(a["href"]) for a in page.select("main a[href^='/']")]
        left = [href for href in links if f"lang={language}" not in href]
        assert not [href for href in left if "/sign-in" not in href]
        current = page.select(".main-nav [aria-current]")
        assert len(current) == (0 if path.startswith("/about/") else 1)


@pytest.mark.parametrize(
    ("path", "status", "named"),
    [
        ("/documents/nope", 404, "nope"),
        ("/documents/bms7/24", 404, "no commitment in paragraph 24"),
        ("/documents/bms7/120/answers.json", 404, "no commitment in paragraph 120"),
        ("/documents/bms7/25?cycle=nope", 404, "nope"),
        ("/documents/bms7/25?base=nope", 422, "nope"),
        ("/documents/bms7?theme=nope", 422, "nope"),
        ("/states/QQQ", 404, "QQQ"),
        ("/states/KEN/submissions/7", 404, ""),
        ("/states/KEN/submissions/1?cycle=bms7", 404, ""),
        ("/cycles/nope", 404, "nope"),
        ("/cycles/nope/figures", 404, "nope"),
        (f"/cycles/{CYCLE}/figures?strength=commit&strength=nope", 422, "nope"),
        ("/search.json?q=", 422, "There is nothing to look for."),
        ("/states?lang=fr&lang=en", 422, "« lang » figure plusieurs fois"),
    ],
)
def test_what_is_not_there_is_named(
    public: Browser, cycle: ReportingCycle, path: str, status: int, named: str
) -> None:
    assert named in text_of(public.soup(path, status))


def test_the_commitment_quotes_the_official_wording_with_its_source(
    public: Browser, cycle: ReportingCycle
) -> None:
    page = public.soup(COMMITMENT + "&lang=en")
    quote = page.select_one("figure.official")
    assert quote is not None and quote.blockquote is not None
    assert quote.blockquote["lang"] == "fr"
    assert OFFICIAL in text_of(quote.blockquote)
    caption = text_of(quote.find("figcaption") or quote)
    assert "A/CONF.192/BMS/2021/1, annex, para 25" in caption
    assert "Shown in French" in caption
    ours = page.select_one(".ours")
    assert ours is not None and "not official wording" in text_of(ours)
    french = public.soup(COMMITMENT + "&lang=fr").select_one("figure.official")
    assert french is not None and "Shown in" not in text_of(french)


def test_paragraph_92_carries_the_vote(public: Browser) -> None:
    assert "100" in text_of(public.soup("/documents/bms7/92?lang=en").select(".notice")[-1])


def test_the_distribution_names_its_base_and_the_states_behind_each_number(
    public: Browser, cycle: ReportingCycle
) -> None:
    page = public.soup(COMMITMENT + "&lang=en")
    rows = table(page, "distribution")
    assert "All Member States (193)" in text_of(page.select("#distribution caption")[0])
    assert rows["Implemented"] == ["1/193 (1%)", "1 State Kenya"]
    assert rows["Withheld"] == ["1/193 (1%)", "1 State Peru"]
    assert rows["Not reported"][0] == "191/193 (99%)"
    assert rows["Not answered"] == ["0/193 (0%)", ""]
    answered = table(public.soup(COMMITMENT + "&base=answered&lang=en"), "distribution")
    assert answered["Implemented"][0] == "1/1 (100%)"
    assert "Withheld" not in answered and "Not reported" not in answered
    reporting = table(public.soup(COMMITMENT + "&base=reporting&lang=en"), "distribution")
    assert reporting["Withheld"][0] == "1/2 (50%)"
    assert "Not reported" not in reporting


@pytest.mark.parametrize(
    ("role", "iso3", "seen", "hidden"),
    [
        (None, None, set(), {"For States only.", "For the secretariat only.", "Not yet public."}),
        (
            Role.OBSERVER,
            "KEN",
            {"For States only."},
            {"For the secretariat only.", "Not yet public."},
        ),
        (
            Role.FOCAL_POINT,
            "PER",
            {"For States only.", "For the secretariat only."},
            {"Not yet public."},
        ),
        (
            Role.CONTRIBUTOR,
            "PER",
            {"For States only."},
            {"For the secretariat only.", "Not yet public."},
        ),
        (
            Role.REVIEWER,
            None,
            {"For States only.", "For the secretariat only.", "Not yet public."},
            set(),
        ),
    ],
)
def test_each_reader_sees_what_its_level_admits(
    browser_of: type[Browser],
    session: Session,
    cycle: ReportingCycle,
    role: Role | None,
    iso3: str | None,
    seen: set[str],
    hidden: set[str],
) -> None:
    browser = browser_of(make_user(session, role, iso3) if role else None)
    paths = [COMMITMENT, COMMITMENT.replace("/25", "/26"), "/states/PER", "/states/FRA", "/"]
    words = "\n".join(browser.get(path).text for path in paths)
    assert {text for text in seen | hidden if text in words} == seen
    assert "Kenya&#39;s words." in words and "First words." not in words


def test_an_answer_is_shown_as_typed(public: Browser, cycle: ReportingCycle) -> None:
    article = public.soup(COMMITMENT).find("article", id="KEN")
    assert isinstance(article, Tag)
    narrative = article.select_one(".narrative")
    assert narrative is not None
    assert narrative.get_text() == "Kenya's words.\nSecond <line>."
    link = article.find("a", href="https://example.org/act")
    assert isinstance(link, Tag) and "nofollow" in link["rel"]
    assert "Firearms Act (2019-06)" in text_of(article)
    holy_see = public.soup(COMMITMENT + "&lang=en").find("article", id="VAT")
    assert isinstance(holy_see, Tag) and "Language of the answer: English" in text_of(holy_see)


def test_observers_answer_outside_every_base(public: Browser, cycle: ReportingCycle) -> None:
    page = public.soup(COMMITMENT + "&lang=en")
    article = page.find("article", id="VAT")
    assert isinstance(article, Tag) and "in no base" in text_of(article)
    assert "Holy See" not in text_of(page.select("#distribution")[0])


def test_what_is_for_the_secretariat_asks_states_nothing(
    public: Browser, cycle: ReportingCycle
) -> None:
    page = public.soup("/documents/bms7/119?lang=en")
    assert "Not asked" in text_of(page)
    assert page.find(id="distribution") is None


def test_a_struck_text_leaves_its_place(public: Browser, session: Session) -> None:
    cycle = make_cycle(session, CYCLE)
    emptied = ResponseContent(progress=Progress.IMPLEMENTED)
    struck = {(25, "narrative"): "It named a person."}
    make_submission(session, cycle, "KEN", {25: emptied}, struck=struck)
    session.commit()
    for path in (COMMITMENT, f"/states/KEN?cycle={CYCLE}"):
        shown = text_of(public.soup(path + "&lang=en"))
        assert "removed here by the secretariat" in shown and "It named a person." in shown


def test_a_struck_text_of_a_row_says_which_one_it_was(public: Browser, session: Session) -> None:
    cycle = make_cycle(session, CYCLE)
    made = make_submission(session, cycle, "KEN", {})
    contact = replace(CONTACT, name="", audience=Audience.PUBLIC)
    add_item(session, made, contact, struck={"name": "Names a person."})
    session.commit()
    row = public.soup(f"/states/KEN?cycle={CYCLE}&lang=en").select_one("#contacts article")
    assert row and "Name: [A text was removed here by the secretariat.]" in text_of(row)


def test_filters_leave_what_was_asked_for(public: Browser) -> None:
    page = public.soup("/documents/bms7?addressee=secretariat&lang=en")
    main = text_of(page.find("main") or page)
    assert "2 of 95 commitments" in main
    paragraphs = [a["href"] for a in page.select(".tasks a")]
    assert paragraphs == ["/documents/bms7/94?lang=en", "/documents/bms7/119?lang=en"]
    chosen = page.select_one("#addressee option[selected]")
    assert chosen is not None and chosen["value"] == "secretariat"
    whole = public.soup("/documents/bms7")
    assert len(whole.select(".tasks a")) == 95
    assert len(whole.select(".chapeau")) > 10


def test_states_are_listed_once_and_turkiye_also_in_asia(public: Browser) -> None:
    page = public.soup("/states?lang=en")
    listed = [a["href"] for a in page.select(".columns a")]
    assert len(listed) == len(set(listed)) == 195
    section = next(h3 for h3 in page.find_all("h3") if "Asia-Pacific" in h3.get_text())
    note = section.find_next("p", class_="hint")
    assert isinstance(note, Tag) and "Türkiye : also listed here" in text_of(note)
    assert "counts once" in text_of(note)


def test_a_state_page_keeps_record_and_report_apart(public: Browser, cycle: ReportingCycle) -> None:
    page = text_of(public.soup(f"/states/KEN?cycle={CYCLE}&lang=en"))
    assert (
        "Reports on the Programme of Action submitted to Seventh Biennial Meeting of States "
        "(BMS7), A/CONF.192/BMS/2021/1, para 16: submitted" in page
    )
    assert "Kenya's words." in page and "First words." not in page
    assert "Late" in page
    iran = text_of(public.soup("/states/IRN?lang=en"))
    assert "Voted against" in iran and "no published report here" in iran
    peru = public.soup(f"/states/per?cycle={CYCLE}&lang=en")
    withheld = peru.find("article", id="p25")
    assert isinstance(withheld, Tag) and "Withheld" in text_of(withheld)
    silent = peru.find("article", id="p27")
    assert isinstance(silent, Tag) and "Not answered" in text_of(silent)
    assert len(peru.find_all("article")) == 95


def test_a_superseded_submission_stays_readable_and_marked(
    public: Browser, cycle: ReportingCycle
) -> None:
    page = public.soup(f"/states/KEN?cycle={CYCLE}&lang=en")
    link = page.find("a", href=re.compile("/states/KEN/submissions/1"))
    assert isinstance(link, Tag)
    old = text_of(public.soup(str(link["href"])))
    assert "First words." in old and "Superseded" in old and "counts in no figure" in old


def test_the_secretariat_finds_the_published_one_beside_a_newer(
    browser_of: type[Browser], session: Session, cycle: ReportingCycle
) -> None:
    make_submission(session, cycle, "KEN", {25: said("Third words.")}, "submitted")
    session.commit()
    reviewer = browser_of(make_user(session, Role.REVIEWER))
    page = reviewer.soup(f"/states/KEN?cycle={CYCLE}&lang=en")
    assert "Third words." in text_of(page) and "Not published" in text_of(page)
    links = [a["href"] for a in page.select("details li a")]
    assert [str(href).split("?")[0] for href in links] == [
        "/states/KEN/submissions/2",
        "/states/KEN/submissions/1",
    ]
    everybody = text_of(browser_of().soup(f"/states/KEN?cycle={CYCLE}&lang=en"))
    assert "Kenya's words." in everybody and "Third words." not in everybody


def test_unpublished_submissions_do_not_exist_for_others(
    public: Browser, browser_of: type[Browser], session: Session, cycle: ReportingCycle
) -> None:
    assert public.get(f"/states/FRA/submissions/1?cycle={CYCLE}").status_code == 404
    own = browser_of(make_user(session, Role.FOCAL_POINT, "FRA"))
    page = text_of(own.soup(f"/states/FRA/submissions/1?cycle={CYCLE}&lang=en"))
    assert "Not yet public." in page and "Not published" in page


def test_coverage_is_counted_by_group_with_the_record_beside(
    public: Browser, cycle: ReportingCycle
) -> None:
    page = public.soup(f"/cycles/{CYCLE}?lang=en")
    groups = table(page, "groups")
    assert groups["African States"] == ["1/54 (2%)"]
    assert groups["All Member States"] == ["2/193 (1%)"]
    record = table(page, "record")
    assert record["All Member States"] == ["91/193 (47%)"]
    africa = table(page, "group-africa")
    assert africa["Chad"] == ["Not reported"]
    assert africa["Kenya"][0] == "Published"


def test_the_secretariat_sees_who_is_on_the_way(
    browser_of: type[Browser], session: Session, cycle: ReportingCycle
) -> None:
    page = browser_of(make_user(session, Role.REVIEWER)).soup(f"/cycles/{CYCLE}?lang=en")
    assert table(page, "groups")["All Member States"] == ["3/193 (2%)", "2/193 (1%)"]
    assert table(page, "group-africa")["Chad"][0] == "Draft"
    assert table(page, "group-weog")["France"][0] == "Accepted"


def test_figures_by_section_and_commitment_over_each_base(
    public: Browser, cycle: ReportingCycle
) -> None:
    path = f"/cycles/{CYCLE}/figures?lang=en"
    page = public.soup(path)
    commitments = table(page, "commitments")
    assert len(commitments) == 93
    first = next(iter(commitments.values()))
    assert first[1:3] == ["193", "1/193 (1%)"]
    assert len(page.select("#commitments svg.bar")) == 93
    sections = table(page, "sections")
    assert sections["All commitments that ask"][1] == f"{93 * 193:,}"
    reporting = table(public.soup(path + "&base=reporting"), "sections")
    assert reporting["All commitments that ask"][1] == f"{93 * 2:,}"
    empty = table(public.soup("/cycles/bms7/figures?base=answered&lang=en"), "commitments")
    assert next(iter(empty.values()))[1:3] == ["0", "0/0"]


def test_figures_of_the_strengths_chosen_are_counted_over_those_commitments_alone(
    public: Browser, cycle: ReportingCycle
) -> None:
    path = f"/cycles/{CYCLE}/figures?lang=en"
    counts = {}
    for box in public.soup(path).select("form.filters input[name=strength]"):
        assert not box.has_attr("checked")
        page = public.soup(f"{path}&strength={box['value']}")
        counts[str(box["value"])] = len(table(page, "commitments"))
        shown = f"{counts[str(box['value'])]} of 93 commitments"
        assert shown in text_of(page), box
        whole = table(page, "sections")[shown]
        assert whole[1] == f"{counts[str(box['value'])] * 193:,}"
    assert len(counts) == 4 and sum(counts.values()) == 93

    page = public.soup(f"{path}&base=reporting&strength=encourage&strength=commit&strength=commit")
    pairs = counts["commit"] + counts["encourage"]
    sections = table(page, "sections")
    assert sections[f"{pairs} of 93 commitments"][1] == str(2 * pairs)
    blocks = page.select("#sections tr.group .base")
    assert sum(int(block.text.split()[0]) for block in blocks) == pairs
    checked = page.select("form.filters input[name=strength][checked]")
    assert [box["value"] for box in checked] == ["commit", "encourage"]
    link = page.select_one("nav.contents a[href*='base=answered']")
    assert link and "strength=commit&strength=encourage" in str(link["href"])


def test_a_public_page_that_did_not_change_is_not_sent_again(
    public: Browser, browser_of: type[Browser], session: Session, cycle: ReportingCycle
) -> None:
    for path in (f"/cycles/{CYCLE}/figures", "/documents/bms7", "/indicators/sdg-16-4-2"):
        first = public.get(path)
        tag = first.headers["ETag"]
        assert tag.startswith('"') and first.headers["Cache-Control"] == "no-cache"
        again = public.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == tag and "Cookie" in again.headers["Vary"]
        assert public.get(f"{path}?lang=fr", headers={"If-None-Match": tag}).status_code == 200

    known = {"If-None-Match": public.get(f"/cycles/{CYCLE}/figures").headers["ETag"]}
    make_submission(session, cycle, "FRA", {25: said("Now.")})
    session.commit()
    assert public.get(f"/cycles/{CYCLE}/figures", headers=known).status_code == 200

    member = browser_of(make_user(session, Role.OBSERVER, "FRA"))
    answer = member.get("/documents/bms7", headers={"If-None-Match": "*"})
    assert answer.status_code == 200 and "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    missing = public.get("/documents/nope")
    assert missing.status_code == 404 and "ETag" not in missing.headers


def test_a_wrong_filter_is_told_in_the_words_of_the_page(
    public: Browser, cycle: ReportingCycle
) -> None:
    path = f"/cycles/{CYCLE}/figures"
    page = parsed(public.get(f"{path}?base=zzz&strength=commit&lang=en").text)
    said_here = text_of(page)
    assert "“zzz” is not one of the choices: members (All Member States), reporting (" in said_here
    assert "send it again" not in said_here
    assert page.select_one(f'main a[href="{path}?strength=commit&lang=en"]')
    french = public.get(f"{path}?strength=zzz&lang=fr").text
    assert "Encourages" not in french and "encourage," not in french


@pytest.mark.parametrize(
    "query",
    [
        f"/cycles/{CYCLE}/figures?section=I&section=II",
        f"/cycles/{CYCLE}/figures?base=members&base=answered",
        f"/cycles/{CYCLE}/states?value=implemented&value=not_started",
        f"/documents/bms7/25?cycle={CYCLE}&cycle=bms7",
        "/indicators/sdg-16-4-2?state=KEN&state=FRA",
        f"/states/KEN?cycle={CYCLE}&cycle=bms7",
        f"/states/KEN/report.xlsx?cycle={CYCLE}&cycle=bms7",
        "/search?q=law&q=arms",
        "/needs?paragraph=25&paragraph=26",
    ],
)
def test_two_values_where_one_is_taken_are_refused(
    public: Browser, cycle: ReportingCycle, query: str
) -> None:
    answer = public.get(f"{query}&lang=fr")
    assert answer.status_code == 422 and "plusieurs fois dans l’adresse" in answer.text
    assert public.get(f"/cycles/{CYCLE}/figures?section=&section=II&section=II").status_code == 200


def test_what_a_page_cannot_be_asked_is_told_in_the_readers_language(public: Browser) -> None:
    answer = public.client.post("/states?lang=fr", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 405 and "GET" in answer.headers["Allow"]
    assert "Rien n’a été modifié" in text_of(parsed(answer.data))
    for_scripts = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
    answer = public.client.post("/states", headers=for_scripts)
    assert answer.status_code == 405 and "GET" in answer.headers["Allow"] and answer.json


def test_a_file_that_cannot_be_made_leads_to_the_page_of_it(
    public: Browser, cycle: ReportingCycle
) -> None:
    page = public.soup("/compare.xlsx?states=KEN,ZZZ&lang=en", 422)
    (link,) = [a for a in page.select("main a") if text_of(a) == "The page without this filter"]
    assert str(link["href"]) == "/compare?lang=en"
    for there, file in (
        ("/indicators/sdg-16-4-2", "values"),
        ("/documents/bms7/25", "answers"),
    ):
        asked = "area=nope" if file == "values" else "base=nope"
        page = public.soup(f"{there}/{file}.xlsx?{asked}&lang=en", 422)
        (link,) = [a for a in page.select("main a") if text_of(a) == "The page without this filter"]
        assert str(link["href"]) == f"{there}?lang=en"


def test_a_rate_of_reporting_leads_to_the_states_that_reported(
    public: Browser, cycle: ReportingCycle
) -> None:
    page = public.soup(f"/cycles/{CYCLE}/figures?lang=en")
    link = page.select_one("main p.lead a")
    assert link is not None and text_of(link) == "2/193 (1%)"
    behind = public.soup(str(link["href"]))
    assert text_of(behind.select("main p.lead")[0]).startswith("States that reported: 2/193 (1%)")
    assert str(page.select("form.filters")[0]["action"]).endswith("#progress")
    narrowed = public.soup(f"{link['href']}&section=II&paragraph=25&base=reporting")
    assert text_of(narrowed.select("main p.lead")[0]).startswith("States that reported: 2/193")
    assert "nothing is counted" not in text_of(narrowed)
    home = public.soup("/?lang=en").select_one("main .card a")
    assert home is not None
    assert str(home["href"]).startswith(f"/cycles/{CYCLE}/states?value=reported")


@pytest.mark.parametrize("name", ["_scheme", "_anchor", "_external", "_method", "endpoint"])
def test_names_that_mean_something_to_the_framework_are_names_like_others(
    public: Browser, cycle: ReportingCycle, name: str
) -> None:
    page = public.soup(f"/?{name}=x&lang=en")
    french = page.select_one("nav.languages a")
    assert french is not None and str(french["href"]) == f"/?{name}=x&lang=fr"
    refused = public.soup(f"/cycles/{CYCLE}/figures?area=zzz&{name}=x", 422)
    (link,) = [a for a in refused.select("main a") if f"{name}=x" in str(a["href"])]
    assert str(link["href"]) == f"/cycles/{CYCLE}/figures?{name}=x"


def test_pairs_of_reporting_states_are_no_rate_of_reporting(
    public: Browser, cycle: ReportingCycle
) -> None:
    page = public.soup(f"/cycles/{CYCLE}/states?base=reporting&section=II&lang=en")
    assert text_of(page.select("main p.lead")[0]).startswith("Everything in the base: ")


def test_a_new_cycle_hides_no_published_report(
    public: Browser, session: Session, cycle: ReportingCycle
) -> None:
    make_cycle(session, "next", due=date(2027, 5, 4), opens=date(2026, 6, 1))
    session.commit()
    page = public.soup("/")
    assert f"Reporting cycle {CYCLE}" in text_of(page) and "2/193" in text_of(page)
    assert re.search(r"Also open: next ?, due 4 May 2027", text_of(page))
    commitment = text_of(public.soup("/documents/bms7/25"))
    assert "Second <line>." in commitment


def test_an_answer_without_progress_or_reason_says_so(public: Browser, session: Session) -> None:
    cycle = make_cycle(session, CYCLE)
    answers = {
        25: said("A text alone.", progress=None),
        26: said("", progress=Progress.NOT_APPLICABLE),
        27: ResponseContent(progress=Progress.NOT_APPLICABLE, reason="Landlocked."),
    }
    make_submission(session, cycle, "KEN", answers)
    session.commit()
    page = public.soup("/states/KEN/submissions/1?cycle=" + CYCLE)
    shown = {n: text_of(page.select_one(f"#p{n}") or page) for n in answers}
    assert "Not answered: text without progress" in shown[25]
    assert "no reason given" in shown[26] and "no reason given" not in shown[27]


def test_home_gives_the_numbers_of_the_current_cycle(
    public: Browser, cycle: ReportingCycle
) -> None:
    page = text_of(public.soup("/?lang=en"))
    assert CYCLE in page and "2/193 (1%) Member States" in page
    assert "para 16: 91/193 (47%)" in page


def test_public_pages_only_read(public: Browser, cycle: ReportingCycle) -> None:
    assert public.post("/states").status_code == 405


@pytest.mark.parametrize(
    ("path", "charts"),
    [
        (f"/states/KEN?cycle={CYCLE}", 1),  # and none under a movement that there is not
        (f"/compare?states=KEN,PER&cycles={CYCLE}", 1),
        (f"/cycles/{CYCLE}/figures", 4),
        (f"/documents/bms7/25?cycle={CYCLE}", 1),
    ],
)
def test_charts_say_how_they_were_counted(
    public: Browser, cycle: ReportingCycle, path: str, charts: int
) -> None:
    found = public.soup(f"{path}&lang=en" if "?" in path else f"{path}?lang=en").select("details")
    told = [one for one in found if text_of(one).startswith("How this was counted")]
    assert len(told) == charts
    assert all(one.select_one("a[href^='/about/method']") for one in told)


@pytest.mark.parametrize("path", ["/", "/cycles", f"/cycles/{CYCLE}"])
def test_where_a_share_stands_it_is_told_how_it_was_counted(
    public: Browser, cycle: ReportingCycle, path: str
) -> None:
    page = public.soup(f"{path}?lang=en")
    assert page.select("main .share")
    (told,) = [d for d in page.select("main details") if "How this was counted" in d.get_text()]
    assert "Each Member State counts once" in " ".join(told.get_text().split())
    assert told.select("a[href^='/about/method']")


def test_the_secretariat_is_told_that_what_is_submitted_counts_too(
    public: Browser, browser_of: type[Browser], session: Session, cycle: ReportingCycle
) -> None:
    words = "What is submitted counts whether or not it has been published."
    secretariat = browser_of(make_user(session, Role.REVIEWER))
    assert words in secretariat.soup(f"/cycles/{CYCLE}").get_text()
    assert words not in public.soup(f"/cycles/{CYCLE}").get_text()


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/states/", "/states"),
        ("/states/KEN/?lang=fr", "/states/KEN?lang=fr"),
        ("/needs/?theme=marking&lang=en", "/needs?theme=marking&lang=en"),
        ("/documents/bms7/40/?_host=elsewhere", "/documents/bms7/40?_host=elsewhere"),
    ],
)
def test_a_slash_after_a_public_page_leads_to_it(public: Browser, path: str, there: str) -> None:
    moved = public.get(path)
    assert (moved.status_code, moved.location) == (308, there)


@pytest.mark.parametrize("path", ["/nowhere/", "/states/KEN/x/y/", "/account/", "/review/"])
def test_a_slash_after_anything_else_leads_nowhere(public: Browser, path: str) -> None:
    assert public.get(path).status_code == 404
    assert public.post("/states/").status_code == 404
