"""States and groups side by side: a case worked out by hand, and what stays out of sight."""

import re
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from sqlalchemy import Connection, event, select, update
from sqlalchemy.orm import Session

from tests.exchange.workbooks import Written
from tests.people import Browser, make_user, parsed
from tests.submitted import make_cycle, make_submission
from tests.submitted_items import add_item
from tests.tampering import without_triggers
from tracker.domain.assistance import Assistance, AssistanceKind, Direction
from tracker.domain.documents import Theme
from tracker.domain.progress import Audience, Progress
from tracker.domain.responses import Measure, ResponseContent
from tracker.domain.roles import Role
from tracker.models import (
    Area,
    Commitment,
    Meeting,
    OutcomeDocument,
    ReportingCycle,
    SubmissionAssistance,
    SubmissionResponse,
)

NOW, BEFORE = "bms7-2028", "bms7-2026"
PATH = f"/compare?states=KEN,PER,TCD&groups=africa&cycles={NOW}&lang=en"
CANARY = "canary-of-the-withheld"


def said(
    text: str,
    progress: Progress | None = Progress.IMPLEMENTED,
    audience: Audience = Audience.PUBLIC,
    *,
    good: bool = False,
) -> ResponseContent:
    return ResponseContent(
        progress=progress,
        narrative=text,
        narrative_language="en",
        audience=audience,
        good_practice=good,
    )


@pytest.fixture
def cycles(session: Session) -> tuple[ReportingCycle, ReportingCycle]:
    """Kenya and Peru reported twice, Chad in the first cycle only, Ghana in the second only."""
    before = make_cycle(session, BEFORE)
    now = make_cycle(session, NOW, opens=date(2028, 1, 1))
    make_submission(
        session,
        before,
        "KEN",
        {25: said("Old.", Progress.IN_DEVELOPMENT), 26: said("Old.", Progress.IMPLEMENTED)},
    )
    kenya = {
        25: ResponseContent(
            progress=Progress.IMPLEMENTED,
            narrative="قانون جديد " * 40,
            narrative_language="ar",
            lead_agency="Firearms Bureau",
            good_practice=True,
            measures=(Measure("Firearms Act", "2019-06"),),
        ),
        26: said("Kenya went back.", Progress.PARTLY_IMPLEMENTED),
        27: ResponseContent(progress=Progress.NOT_APPLICABLE, reason="No manufacture."),
    }
    published = make_submission(session, now, "KEN", kenya, on_time=False)
    need = Assistance(
        Direction.NEEDED, Theme.MARKING, AssistanceKind.EQUIPMENT, "Two machines.", (25, 28)
    )
    add_item(session, published, need)
    hidden = Assistance(
        Direction.OFFERED, Theme.TRACING, None, CANARY, (25,), audience=Audience.SECRETARIAT
    )
    add_item(session, published, hidden)
    make_submission(session, before, "PER", {25: said("Old.", Progress.IMPLEMENTED)})
    peru = {
        25: said(f"{CANARY} for States.", Progress.NOT_STARTED, Audience.STATES, good=True),
        27: said("Peru's words.", Progress.NOT_APPLICABLE),
    }
    make_submission(session, now, "PER", peru)
    chad = {
        25: said("Chad's last words.", Progress.IN_DEVELOPMENT),
        26: said(CANARY, Progress.IMPLEMENTED, Audience.SECRETARIAT),
    }
    make_submission(session, before, "TCD", chad)
    make_submission(session, now, "GHA", {25: said("Ghana.", Progress.NOT_STARTED)})
    session.commit()
    return before, now


def words_of(cell: Tag) -> str:
    for sign in cell.select(".sign, .column-name, svg"):
        sign.decompose()
    return " ".join(cell.get_text(" ").split())


def rows_of(page: BeautifulSoup) -> dict[int, list[str]]:
    """The cells of each commitment by its paragraph."""
    rows = page.select("#comparison tr[id^=p]")
    return {int(str(row["id"])[1:]): [words_of(cell) for cell in row.select("td")] for row in rows}


def test_each_cell_as_worked_out_by_hand(
    public: Browser, cycles: tuple[ReportingCycle, ReportingCycle]
) -> None:
    page = public.soup(PATH)
    heads = [words_of(head) for head in page.select("#comparison thead th")]
    assert heads == [
        "Commitment",
        "Kenya Submitted 3 Mar 2026 Late",
        "Peru Submitted 3 Mar 2026",
        "Chad Not reported",
        "African States Reporting: 2/54 (4%)",
    ]
    reporting = page.select_one("#comparison thead th:last-child a")
    assert reporting is not None
    lead = public.soup(str(reporting["href"])).select_one("main p.lead")
    assert lead is not None and "2/54 (4%)" in words_of(lead)
    kenya = page.select_one("#p25 td")
    assert kenya is not None
    narrative = kenya.select_one(".narrative")
    assert narrative is not None and narrative["lang"] == "ar" and narrative["dir"] == "rtl"
    assert len(narrative.get_text()) <= 241 and narrative.get_text().endswith("…")
    read_all = kenya.find("a", string="Read all")
    assert isinstance(read_all, Tag)
    assert str(read_all["href"]) == f"/states/KEN?cycle={NOW}&lang=en#p25"
    assert read_all["aria-label"] == "Read all: Kenya, paragraph 25"
    whole = words_of(kenya)
    assert whole.startswith("Implemented Good practice Further than before")
    assert "Firearms Act (2019-06)" in whole and "Lead agency: Firearms Bureau" in whole
    assert "Assistance: Needed · Marking · Equipment" in whole and "Two machines." in whole
    assert whole.endswith("Arabic · 3 Mar 2026")

    rows = rows_of(page)
    assert len(rows) == 95
    assert rows[25][1:] == [
        "Withheld Not compared 3 Mar 2026",
        "Not reported Last known, from cycle bms7-2026; it counts nowhere here: In development "
        "Chad's last words. English · 3 Mar 2026",
        "Implemented 1/54 (2%) Not started 1/54 (2%) Not reported 52/54 (96%) "
        "further 1/1 (100%) · as before 0/1 (0%) · less far 0/1 (0%) · not compared 0/1 (0%) "
        "of the States in both cycles",
    ]
    assert rows[26][0] == "Partly implemented Less far than before Kenya went back. English · " + (
        "3 Mar 2026"
    )
    assert rows[26][1] == "Not answered Not compared"
    assert "it counts nowhere here: Withheld 3 Mar 2026" in rows[26][2]
    assert "Not answered 1/54 (2%)" in rows[26][3] and "less far 1/1 (100%)" in rows[26][3]
    assert rows[27][0].startswith("Not applicable Not compared Reason No manufacture.")
    assert rows[27][2] == "Not reported"
    assert rows[119] == ["Not asked"] * 4


@pytest.mark.parametrize("base", ["members", "reporting"])
def test_each_number_of_a_group_leads_to_its_states(
    public: Browser, cycles: tuple[ReportingCycle, ReportingCycle], base: str
) -> None:
    page = public.soup(f"{PATH}&base={base}")
    found = [link for number in (25, 26) for link in page.select(f"#p{number} td:last-child a")]
    assert len(found) == (8 if base == "members" else 6)  # the moves included
    for link in found:
        lead = public.soup(str(link["href"])).select_one("main .lead")
        assert lead and words_of(link) in words_of(lead), link["href"]


@pytest.mark.parametrize("groups", ["africa,grulac", "grulac,africa"])
def test_each_of_two_groups_has_its_own_cells_and_addresses(
    public: Browser, cycles: tuple[ReportingCycle, ReportingCycle], groups: str
) -> None:
    page = public.soup(f"/compare?states=KEN&groups={groups}&cycles={NOW}&lang=en")
    shares = {
        "africa": {"implemented": "1/54 (2%)", "not_started": "1/54 (2%)"},
        "grulac": {"withheld": "1/33 (3%)"},
    }
    for cell, code in zip(page.select("#p25 td")[1:], groups.split(","), strict=True):
        found = {}
        for link in cell.select("li a"):
            address = urlsplit(str(link["href"]))
            query = parse_qs(address.query)
            assert address.path == f"/cycles/{NOW}/states"
            assert (query["area"], query["paragraph"]) == ([code], ["25"])
            found[query["value"][0]] = words_of(link)
        not_reported = found.pop("not_reported")
        assert not_reported.startswith("52/54" if code == "africa" else "32/33")
        assert found == shares[code]


def test_each_cell_says_whose_it_is(
    public: Browser, cycles: tuple[ReportingCycle, ReportingCycle]
) -> None:
    """On a narrow screen nothing else does."""
    page = public.soup(f"/compare?states=KEN,PER&groups=africa,grulac&cycles={NOW}&lang=en")
    rows = page.select("#comparison tr[id^=p]")
    assert len(rows) == 95
    for row in rows:
        assert [name.get_text() for name in row.select("td > .column-name")] == [
            *("Kenya", "Peru", "African States", "Latin American and Caribbean States"),
        ]


def test_moves_since_another_cycle_lead_nowhere(
    public: Browser, session: Session, cycles: tuple[ReportingCycle, ReportingCycle]
) -> None:
    """The list of States behind a move compares with the cycle before alone."""
    first = make_cycle(session, "first", opens=date(2024, 1, 1))
    make_submission(session, first, "KEN", {25: said("Oldest.", Progress.NOT_STARTED)})
    session.commit()
    moved = "#p25 td:last-child p"
    cell = public.soup(PATH.replace(NOW, f"first,{NOW}")).select_one("#p25 td:last-child")
    assert cell and "further 1/1 (100%)" in words_of(cell)
    assert cell.select("li a") and not cell.select("p a")
    assert public.soup(PATH).select(f"{moved} a")
    assert public.soup(PATH.replace(NOW, f"{BEFORE},{NOW}")).select(f"{moved} a")


def test_the_first_row_counts_all_commitments_together(
    public: Browser, cycles: tuple[ReportingCycle, ReportingCycle]
) -> None:
    """Kenya: 25 further, 26 back, the rest of 93 not compared; Africa: Kenya, and Ghana anew."""

    def together(query: str) -> list[Tag]:
        page = public.soup(f"/compare?{query}&lang=en")
        cells = page.select("#comparison tr.together td")
        for cell in cells:
            for extra in cell.select(".column-name, svg, .sign"):
                extra.decompose()
        return cells

    two = f"states=KEN,GHA&groups=africa&cycles={NOW}"
    kenya, ghana, africa = together(two)
    counts = [" ".join(item.get_text(" ").split()) for item in kenya.select("li")]
    assert counts == [
        "Implemented 1/93 (1%)",
        "Partly implemented 1/93 (1%)",
        "Not applicable 1/93 (1%)",
        "Not answered 90/93 (97%)",
    ]
    told = " ".join(kenya.get_text(" ").split())
    assert told.endswith(
        "further 1/93 (1%) · as before 0/93 (0%) · less far 1/93 (1%) · not compared 91/93 (98%) "
        "of the pairs in both cycles"
    )
    assert "further" not in ghana.get_text(), "it did not report before"
    assert f"Not reported {52 * 93:,}/{54 * 93:,} (96%)" in " ".join(africa.get_text(" ").split())
    for cell, state in ((kenya, "state=KEN"), (africa, "area=africa")):
        for link in cell.select("a"):
            assert state in str(link["href"])
            behind = public.soup(str(link["href"]) + "&lang=en").select_one(".lead")
            assert behind and link.get_text() in " ".join(behind.get_text(" ").split())
    chad, _ = together(f"states=TCD,KEN&cycles={NOW}")
    told = " ".join(chad.get_text(" ").split())
    assert told == "Not reported 93/93 (100%)", "it reported before alone: nothing has moved"
    assert not together(f"states=KEN,GHA&cycles={NOW}&addressee=secretariat"), "it asks no State"
    kenya, ghana = together(f"states=KEN,GHA&cycles={NOW}&only=differences")
    assert "Implemented 1/3 (33%)" in " ".join(kenya.get_text(" ").split())
    assert not kenya.select("a"), "no page lists commitments by what is said on them"


def test_another_base_and_another_cycle(
    public: Browser, cycles: tuple[ReportingCycle, ReportingCycle]
) -> None:
    rows = rows_of(public.soup(f"{PATH}&base=reporting"))
    assert rows[25][3].startswith("Implemented 1/2 (50%) Not started 1/2 (50%) further")
    earlier = rows_of(public.soup(PATH.replace(NOW, BEFORE)))
    assert earlier[25][2].startswith("In development Chad's last words.")
    first_time = public.soup(PATH.replace(NOW, BEFORE)).select("#comparison thead th")[3]
    assert "No report in cycle bms7 to compare with" in words_of(first_time)
    alone = rows_of(public.soup(PATH.replace(NOW, "bms7")))
    assert alone[25][0] == "Not reported" and "in both" not in alone[25][3]
    named = public.soup(PATH.replace(NOW, f"bms7,{NOW}"))
    lead = named.select_one("main .lead")
    assert lead and lead.get_text() == f"Side by side, cycle {NOW} · movement since cycle bms7"
    assert rows_of(named)[26][0].startswith("Partly implemented Kenya went back.")
    fields = public.soup(PATH.replace(NOW, f"{NOW}&cycles=bms7")).select_one("main .lead")
    assert fields and fields.get_text() == lead.get_text()
    emptied = public.soup(PATH.replace(NOW, f"{BEFORE}&cycles=")).select_one("main .lead")
    assert emptied and emptied.get_text().startswith(f"Side by side, cycle {BEFORE}")


def test_of_no_state_no_share_is_written(
    public: Browser, session: Session, cycles: tuple[ReportingCycle, ReportingCycle]
) -> None:
    session.add(Area(code="empty", kind="group", name={"en": "Nobody"}, position=99))
    session.commit()
    query = f"groups=empty,grulac,150&cycles={NOW}&lang=en"
    page = public.soup(f"/compare?{query}&base=reporting")
    assert page.select("#group-empty[checked]")  # chosen, so that it can be taken away
    shown = page.select_one("#comparison")
    assert shown and "0/0" not in shown.get_text()
    heads = [words_of(head) for head in page.select("#comparison thead th")]
    assert heads[1] == "Nobody There is no Member State in this group."
    nobody, peru, europe = rows_of(page)[25]
    assert nobody == "Not computable There is no State in this base."
    assert "as before 0/1 (0%)" in peru
    assert europe == f"{nobody} No State of the group reported in both cycles."
    assert Written(public.get(f"/compare.xlsx?{query}").data).holds("0/1 (0%)")
    assert not Written(public.get(f"/compare.xlsx?{query}").data).holds("0/0")


def test_only_what_was_asked_for(
    public: Browser, cycles: tuple[ReportingCycle, ReportingCycle]
) -> None:
    two = f"/compare?states=KEN,PER&cycles={NOW}&lang=en"
    assert set(rows_of(public.soup(f"{two}&only=differences"))) == {25, 26}
    assert set(rows_of(public.soup(f"{two}&only=good_practices"))) == {25}
    assert 27 in rows_of(public.soup(two))
    section = public.soup(f"{two}&section=II")
    assert set(rows_of(section)) and set(rows_of(section)) < set(range(50, 103))
    narrow = f"{two}&section=I.1&theme=tracing&strength=commit&strength=encourage&only=differences"
    said = public.soup(narrow).select_one("main p[role=status]")  # printed, unlike the filters
    assert said and " ".join(said.get_text().split()) == (
        "I.1 National level: laws, transfers, stockpiles · Tracing · Commits · Encourages"
        " · 0 commitments · Only where they differ"
    )
    themed = rows_of(public.soup(f"{two}&theme=tracing"))
    assert 0 < len(themed) < 40
    nothing = public.soup(f"{two}&theme=tracing&only=good_practices")
    assert "Take a filter away" in nothing.get_text() and not rows_of(nothing)


def test_of_groups_alone_nothing_is_asked_that_only_states_say(
    public: Browser, cycles: tuple[ReportingCycle, ReportingCycle]
) -> None:
    groups = f"/compare?groups=africa,grulac&cycles={NOW}&lang=en"
    box = "#only-good_practices"
    assert not public.soup(groups).select(box)
    assert public.soup(f"{groups}&states=KEN").select(box)
    asked = public.soup(f"{groups}&only=good_practices")
    assert "of groups alone no commitment is left" in asked.get_text()
    assert asked.select(f"{box}[checked]")  # so that it can be taken away
    one = public.soup(f"{groups}&states=PER&only=good_practices")
    assert "of groups alone" not in one.get_text()


def test_own_answers_are_told_apart_from_the_count_of_the_group(
    browser_of: type[Browser], session: Session, cycles: tuple[ReportingCycle, ReportingCycle]
) -> None:
    told = "in the column of its group they count as others read them"
    chad = browser_of(make_user(session, Role.FOCAL_POINT, "TCD"))
    page = chad.soup(PATH)
    assert told in page.get_text()
    heads = [words_of(head) for head in page.select("#comparison thead th")]
    assert "Chad No published report" in heads
    assert told not in chad.soup(PATH.replace("africa", "grulac")).get_text()
    assert told not in chad.soup(PATH.replace("TCD", "GHA")).get_text()
    public = browser_of().soup(PATH)
    assert told not in public.get_text() and "No published report" not in public.get_text()


def test_a_choice_may_be_repeated_listed_or_both(
    public: Browser, cycles: tuple[ReportingCycle, ReportingCycle]
) -> None:
    form = f"/compare?states=KEN&states=&states=per,KEN&states=&cycle={NOW}&lang=en"
    page = public.soup(form)
    assert len(page.select("#comparison thead th")) == 3
    stable = page.find("a", string="Link to this comparison")
    assert isinstance(stable, Tag)
    assert stable["href"] == f"/compare?states=KEN,PER&cycles={NOW}&lang=en"
    french = page.select_one(".languages a[lang=fr], .languages a[hreflang=fr]")
    assert french is not None
    there = public.soup(str(french["href"]))
    assert len(there.select("#comparison thead th")) == 3


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("states=KEN", 422, "Choose from 2 to 6 States or groups to compare; you chose 1."),
        ("states=KEN,PER,TCD,GHA,FRA,ALB&groups=africa", 422, "you chose 7."),
        ("states=KEN,QQQ", 422, "There is no State with the code “QQQ”."),
        ("states=KEN&groups=nope", 422, "There is no group or region with the code “nope”."),
        ("states=KEN,PER&cycles=bms7,bms7-2026,bms7-2028", 422, "you chose 3."),
        (f"states=KEN,PER&cycles={NOW}&cycles={NOW}", 422, f"“{NOW}” is chosen twice"),
        ("states=KEN,PER&cycles=bms7,other", 422, "are on different outcome documents"),
        (f"states=KEN,PER&cycles={BEFORE}&cycles={NOW}", 422, f"“{NOW}” is later than “{BEFORE}”"),
        ("states=KEN,PER&cycle=nope", 404, "There is no reporting cycle “nope”."),
        ("states=KEN,PER&cycles=bms7&cycle=nope", 404, "There is no reporting cycle “nope”."),
        ("states=KEN,PER&only=nope", 422, "“nope” is not one of the choices"),
        ("states=KEN,XAA", 422, "There is no State with the code “XAA”."),
    ],
)
@pytest.mark.parametrize("page", ["/compare", "/compare.json"])
def test_what_cannot_be_compared_is_said(
    public: Browser,
    session: Session,
    cycles: tuple[ReportingCycle, ReportingCycle],
    page: str,
    query: str,
    status: int,
    sentence: str,
) -> None:
    _other_document(session)
    assert sentence in public.soup(f"{page}?{query}&lang=en", status).get_text()


@pytest.mark.parametrize("name", ["cycle", "cycles"])
def test_an_unknown_cycle_leads_back_to_what_else_was_chosen(
    public: Browser, cycles: tuple[ReportingCycle, ReportingCycle], name: str
) -> None:
    page = public.soup(f"/compare?states=KEN,PER&section=II&{name}=nope&lang=en", 404)
    link = page.find("a", string="The page without this filter")
    assert isinstance(link, Tag)
    assert link["href"] == "/compare?states=KEN,PER&section=II&lang=en"
    assert public.soup(str(link["href"])).select("#comparison")


@pytest.mark.parametrize(
    ("states", "groups"),
    [
        (["KEN"], []),
        ([], ["africa"]),
        (["KEN", "PER", "TCD", "GHA", "FRA", "ALB"], ["africa"]),
        (["KEN", "PER", "TCD", "GHA", "FRA", "ALB", "USA"], []),
    ],
)
def test_a_choice_of_too_few_or_too_many_is_given_back(
    public: Browser,
    cycles: tuple[ReportingCycle, ReportingCycle],
    states: list[str],
    groups: list[str],
) -> None:
    rest = f"cycles={NOW}&section=II&only=differences&base=answered&lang=en"
    query = f"states={','.join(states)}&groups={','.join(groups)}&{rest}"
    page = public.soup(f"/compare?{query}", 422)
    alert = page.select_one("[role=alert]")
    assert alert and f"you chose {len(states + groups)}." in alert.get_text()
    target = alert.select_one("a")
    assert target and page.select_one(f"form {target['href']}")
    form = page.select_one("#choose")
    assert form and alert in form.find_all_previous("div")
    assert [o["value"] for o in form.select("option[selected]")] == states
    assert [box["value"] for box in form.select("input[checked]")] == groups
    hidden = [(field["name"], field["value"]) for field in form.select("input[type=hidden]")]
    assert hidden == [("lang", "en"), *(tuple(one.split("=")) for one in rest.split("&")[:-1])]
    assert not page.select("#comparison")


def _other_document(session: Session) -> None:
    """A cycle on a document of its own."""
    known = session.scalars(select(OutcomeDocument)).one()
    other = OutcomeDocument(
        slug="other",
        symbol="A/OTHER",
        title={"en": "Other"},
        adopted_on=known.adopted_on,
        source="other",
    )
    session.add(other)
    session.flush()
    meeting = {
        "title": {"en": "Other"},
        "opened_on": date(2020, 1, 1),
        "closed_on": date(2020, 1, 2),
    }
    session.add(Meeting(document_id=other.id, **meeting))
    cycle = make_cycle(session, "other")
    cycle.document_id = other.id
    session.commit()


def readers(browser_of: type[Browser], session: Session) -> dict[str, Browser]:
    return {
        "public": browser_of(),
        "other State": browser_of(make_user(session, Role.FOCAL_POINT, "GHA")),
        "contributor": browser_of(make_user(session, Role.CONTRIBUTOR, "PER", ("I.1",))),
        "own State": browser_of(make_user(session, Role.FOCAL_POINT, "PER")),
        "secretariat": browser_of(make_user(session, Role.REVIEWER)),
    }


def test_each_reader_reads_what_its_level_admits(
    browser_of: type[Browser], session: Session, cycles: tuple[ReportingCycle, ReportingCycle]
) -> None:
    with without_triggers(session):
        session.execute(
            update(SubmissionResponse)
            .where(SubmissionResponse.narrative.startswith(f"{CANARY} for"))
            .values(audience=Audience.SECRETARIAT)
        )
    session.commit()
    found = {}
    for name, browser in readers(browser_of, session).items():
        cells = rows_of(browser.soup(PATH))[25]
        found[name] = (cells[1].split(" ")[0], "machines" in cells[0], CANARY in cells[0])
    assert found == {
        "public": ("Withheld", True, False),
        "other State": ("Withheld", True, False),
        "contributor": ("Withheld", True, False),
        "own State": ("Not", True, False),
        "secretariat": ("Not", True, True),
    }
    own = rows_of(readers(browser_of, session)["own State"].soup(PATH))[25][1]
    assert own.startswith("Not started Good practice Secretariat only Less far than before")


FORMS = ("", ".json", ".xlsx", ".zip")


def test_what_is_withheld_stands_nowhere_and_changes_no_byte(
    public: Browser, session: Session, cycles: tuple[ReportingCycle, ReportingCycle]
) -> None:
    first = [public.get(PATH.replace("compare", f"compare{form}", 1)).data for form in FORMS]
    assert not [form for form, data in zip(FORMS, first, strict=True) if CANARY.encode() in data]
    only = [public.get(f"{PATH}&only={name}").data for name in ("differences", "good_practices")]
    with without_triggers(session):
        session.execute(
            update(SubmissionResponse)
            .where(SubmissionResponse.audience != Audience.PUBLIC)
            .values(
                progress=Progress.NOT_APPLICABLE, narrative="x", good_practice=False, reason="y"
            )
        )
        session.execute(
            update(SubmissionAssistance)
            .where(SubmissionAssistance.audience != Audience.PUBLIC)
            .values(description="x", paragraphs=[26])
        )
    session.commit()
    assert public.get(PATH).data == first[0]
    again = [public.get(f"{PATH}&only={name}").data for name in ("differences", "good_practices")]
    assert again == only
    without_time = re.compile(rb'"made_at": "[^"]*"')
    json = public.get(PATH.replace("compare", "compare.json", 1)).data
    assert without_time.sub(b"", json) == without_time.sub(b"", first[1])


def test_the_page_is_revalidated_and_takes_few_statements(
    public: Browser, connection: Connection, cycles: tuple[ReportingCycle, ReportingCycle]
) -> None:
    tag = public.get(PATH).headers["ETag"]
    assert public.get(PATH, headers={"If-None-Match": tag}).status_code == 304
    statements: list[str] = []

    def note(*arguments: object) -> None:
        if str(arguments[2]).lstrip().upper().startswith("SELECT"):
            statements.append(str(arguments[2]))

    event.listen(connection, "before_cursor_execute", note)
    try:
        public.get(PATH)
        with_group = len(statements)
        public.get("/compare?states=KEN,PER,TCD,GHA,FRA,ALB")
    finally:
        event.remove(connection, "before_cursor_execute", note)
    assert with_group <= 12, statements
    answers = [s for s in statements[with_group:] if "submission_response" in s]
    assert len(answers) == 1


def test_other_pages_lead_here(
    public: Browser, cycles: tuple[ReportingCycle, ReportingCycle]
) -> None:
    state = public.soup(f"/states/KEN?cycle={NOW}&lang=en")
    links = [str(a["href"]) for a in state.select("a[href^='/compare']")]
    assert links == [
        f"/compare?states=KEN&groups=africa&cycles={NOW}&lang=en",
        f"/compare?first=KEN&cycles={NOW}&lang=en",
    ]
    for link in links:
        chosen = public.soup(link).select_one("#state-0 option[selected]")
        assert chosen is not None and chosen["value"] == "KEN"
    boxes = public.soup("/states").select("form[action^='/compare'] input[name=states]")
    assert len(boxes) == 195
    assert public.soup(f"/cycles/{NOW}").select(f"a[href='/compare?cycles={NOW}']")


def test_every_list_of_the_form_has_its_own_state_chosen(
    public: Browser, cycles: tuple[ReportingCycle, ReportingCycle]
) -> None:
    page = public.soup("/compare?states=KEN,PER")
    chosen = [
        [str(option["value"]) for option in found.select("option[selected]")]
        for found in page.select("select[name=states]")
    ]
    assert chosen == [["KEN"], ["PER"], [], [], [], []]


def test_comparing_others_keeps_what_the_commitments_were_chosen_by(
    public: Browser, cycles: tuple[ReportingCycle, ReportingCycle]
) -> None:
    kept = "section=II&strength=commit&strength=encourage&only=differences&base=answered"
    hidden = public.soup(f"{PATH}&{kept}").select("#choose input[type=hidden]")
    assert [(field["name"], field["value"]) for field in hidden] == [
        ("lang", "en"),
        ("cycles", NOW),
        ("section", "II"),
        ("strength", "commit"),
        ("strength", "encourage"),
        ("only", "differences"),
        ("base", "answered"),
    ]


@pytest.mark.parametrize("first", ["ZZZ", '"', '">K'])
def test_a_state_that_is_unknown_cannot_be_chosen_first(
    public: Browser, session: Session, first: str
) -> None:
    make_cycle(session, NOW)
    session.commit()
    answer = public.get("/compare", query_string={"first": first})
    assert answer.status_code == 422
    assert f"State with the code “{first}”" in parsed(answer.text).get_text()
    assert parsed(answer.text).select_one('main a[href="/compare"]')


@pytest.mark.parametrize("first", ["", " ken "])
def test_a_known_state_is_chosen_first(public: Browser, session: Session, first: str) -> None:
    make_cycle(session, NOW)
    session.commit()
    page = public.get("/compare", query_string={"first": first})
    assert page.status_code == 200
    chosen = parsed(page.text).select("select option[selected]")
    codes = [str(option["value"]) for option in chosen if option["value"] != NOW]
    assert codes == (["KEN"] if first == " ken " else [])
    assert len(parsed(page.text).select("#state-0 option")) == 196


def test_words_days_and_numbers_are_those_of_each_page(
    public: Browser, cycles: tuple[ReportingCycle, ReportingCycle]
) -> None:
    """What is remembered between pages is remembered by language."""
    texts = []
    for language in ("en", "fr", "en"):
        page = public.soup(
            f"/compare?states=KEN,PER,TCD&groups=africa&cycles={NOW}&lang={language}"
        )
        shown = page.select_one("#comparison")
        assert shown is not None
        texts.append(shown.get_text())
    assert texts[0] == texts[2]
    assert "Implemented" in texts[0] and "Further than before" in texts[0]
    assert "Mis en œuvre" in texts[1] and "Implemented" not in texts[1]
    assert "3 Mar 2026" in texts[0] and "3 mars 2026" in texts[1]
    assert "%)" in texts[0] and "\xa0%)" in texts[1].replace("\u202f", "\xa0")


def test_what_a_state_wrote_is_text_and_never_markup(public: Browser, session: Session) -> None:
    hostile = "</td><script>alert(1)</script>"
    cycle = make_cycle(session, NOW)
    wrote = ResponseContent(
        progress=Progress.NOT_APPLICABLE,
        reason=f"reason {hostile}",
        narrative=f"narrative {hostile}",
        narrative_language="en",
        lead_agency=f"agency {hostile}",
        measures=(Measure(f"law {hostile}", "2019-06"),),
    )
    made = make_submission(session, cycle, "KEN", {25: wrote})
    need = Assistance(Direction.NEEDED, Theme.MARKING, description=f"need {hostile}")
    add_item(session, made, replace(need, paragraphs=(25,)))
    page = public.soup(f"/compare?states=KEN,PER&cycles={NOW}&lang=en")
    row = page.select_one("#p25")
    assert row is not None and not page.select("#comparison script")
    for word in ("reason", "narrative", "agency", "law", "need"):
        assert f"{word} {hostile}" in row.get_text()


def test_the_struck_text_leaves_its_place(public: Browser, session: Session) -> None:
    cycle = make_cycle(session, NOW)
    emptied = ResponseContent(progress=Progress.IMPLEMENTED)
    make_submission(session, cycle, "KEN", {25: emptied}, struck={(25, "narrative"): "Named."})
    session.commit()
    cell = rows_of(public.soup(f"/compare?states=KEN,PER&cycles={NOW}&lang=en"))[25][0]
    assert "removed here by the secretariat" in cell


def test_observers_are_compared_outside_every_base(public: Browser, session: Session) -> None:
    cycle = make_cycle(session, NOW)
    make_submission(session, cycle, "VAT", {25: said("An observer's words.")})
    session.commit()
    page = public.soup(f"/compare?states=VAT&groups=150&cycles={NOW}&lang=en")
    assert "in no base" in page.select("#comparison thead th")[1].get_text()
    rows = rows_of(page)
    assert rows[25][0].startswith("Implemented") and "Implemented" not in rows[25][1]


def test_every_commitment_of_the_document_has_a_row(public: Browser, session: Session) -> None:
    make_cycle(session, NOW)
    session.commit()
    paragraphs = session.scalars(select(Commitment.paragraph).order_by(Commitment.paragraph)).all()
    assert list(rows_of(public.soup("/compare?states=KEN,PER"))) == list(paragraphs)


@pytest.mark.parametrize("path", ["/compare", "/search?q=arms"])
def test_the_navigation_shows_where_the_breadcrumbs_begin(
    public: Browser, cycles: tuple[ReportingCycle, ReportingCycle], path: str
) -> None:
    page = public.soup(f"{path}{'&' if '?' in path else '?'}lang=en")
    (current,) = page.select(".main-nav [aria-current=page]")
    first = page.select_one(".breadcrumbs a")
    assert first and str(current["href"]).split("?")[0] == str(first["href"]).split("?")[0]


def test_a_printed_comparison_names_its_day_and_address(
    public: Browser, cycles: tuple[ReportingCycle, ReportingCycle]
) -> None:
    page = public.soup(PATH)
    line = page.select_one(".print-only.printed-from")
    assert line and re.match(r"Printed on \d+ [A-Z][a-z]+ \d{4} · ", line.get_text())
    address = line.select_one("bdi")
    assert address and address.get_text().endswith(PATH)
    assert address.get_text().startswith("http")


@pytest.mark.parametrize("path", ["/needs", "/search?q=kenya", "/documents/bms7/25"])
@pytest.mark.parametrize("page", ["9999", "0", "-1", "x", "99999999999999999999"])
def test_a_page_that_a_list_does_not_have_is_named(
    public: Browser, cycles: tuple[ReportingCycle, ReportingCycle], path: str, page: str
) -> None:
    first = f"{path}{'&' if '?' in path else '?'}cycle={NOW}&lang=en"
    found = public.soup(f"{first}&page={page}", 404)
    assert f"There is no page “{page}” of this list; its last is page 1." in found.get_text()
    link = found.find("a", string="The list from its beginning")
    assert isinstance(link, Tag) and link["href"] == first


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("/compare?states=KEN,PER", ("area", "section", "theme", "level", "strength", "base")),
        (f"/cycles/{NOW}/matrix?area=africa", ("section", "theme", "sort", "rows", "cells")),
        (f"/cycles/{NOW}/figures?area=africa", ("section", "theme", "addressee", "base")),
        (f"/cycles/{NOW}/states?area=africa", ("section", "theme", "value", "base")),
        ("/indicators/sdg-16-4-2?lang=en", ("year", "area", "category", "of")),
        (f"/needs?cycle={NOW}", ("direction", "theme", "kind", "status", "area", "paragraph")),
        ("/documents/bms7/25?q=arms", ("first",)),
    ],
)
def test_every_unknown_choice_is_named_with_a_way_back(
    public: Browser, cycles: tuple[ReportingCycle, ReportingCycle], address: str, names: list[str]
) -> None:
    for name in names:
        page = public.soup(f"{address}&{name}=zz&lang=en", 422)
        assert "“zz” is not one of the choices" in page.get_text(), name
        link = page.find("a", string="The page without this filter")
        assert isinstance(link, Tag), name
        assert public.get(str(link["href"])).status_code == 200, name
