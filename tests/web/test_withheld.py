"""What a State withholds cannot be worked out: not from one public page, nor from several together.

The proof: whatever the withheld things say, every public address gives the same bytes, with every
base and filter. So no difference of two pages, and no other sum over them, can tell.
"""

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.evidence import add_file
from tests.people import Browser, make_user
from tests.submitted import add_figures, make_cycle, make_submission
from tests.submitted_items import add_item
from tests.tampering import without_triggers
from tracker.domain.assistance import Assistance, Direction
from tracker.domain.documents import Theme
from tracker.domain.indicators import Cell
from tracker.domain.progress import SHOWN_ORDER, Audience, Base, Progress
from tracker.domain.responses import ResponseContent
from tracker.domain.roles import Role
from tracker.models import (
    ChainText,
    Evidence,
    Submission,
    SubmissionAssistance,
    SubmissionFigure,
    SubmissionResponse,
)
from tracker.policy.actions import Action
from tracker.queries.compiled import compiled_export
from tracker.queries.cycles import list_cycles
from tracker.queries.exports import state_answers
from tracker.queries.figures import figures_of_cycle
from tracker.web.access import declared_action

BEFORE, NOW = "bms7-2024", "bms7-2026"
SECRET = Audience.SECRETARIAT
CYCLE = f"/cycles/{NOW}"
INDICATOR = "/indicators/sdg-16-4-2"
COMPARED = f"states=PER,KEN&groups=grulac&cycles={NOW}"
MOVES = ("further", "same", "back", "not_compared", "in_both")
BEHIND = [
    f"{CYCLE}/states?{query}"
    for query in (
        "",
        *(f"value={value}" for value in (*SHOWN_ORDER, *MOVES)),
        *(f"base={base}&area=grulac" for base in Base),
        *(f"base={base}&paragraph=25" for base in Base),
        "value=implemented&base=answered&area=grulac&theme=manufacture",
        *(f"value={value}&paragraph=25&state=PER" for value in MOVES),
    )
]
ADDRESSES = [
    "/",
    "/states",
    "/states/PER",
    f"/states/PER?cycle={BEFORE}",
    "/states/PER/submissions/1",
    "/cycles",
    CYCLE,
    "/documents",
    "/documents/bms7",
    *(f"/documents/bms7/25?cycle={NOW}&base={base}" for base in Base),
    f"/documents/bms7/25?cycle={NOW}&q=hidden&first=good-practice",
    *(
        f"/documents/bms7/25/answers.{form}?cycle={NOW}&q={words}"
        for form in ("xlsx", "zip", "json")
        for words in ("", "hidden")
    ),
    f"/search?cycle={NOW}&q=hidden",
    *(
        f"/search.{form}?cycle={NOW}&q={words}"
        for form in ("xlsx", "zip", "json")
        for words in ("hidden", "words")
    ),
    *(f"{CYCLE}/figures?base={base}" for base in Base),
    f"{CYCLE}/figures?base=answered&area=grulac",
    f"{CYCLE}/figures?base=answered&section=I.1&theme=manufacture",
    *BEHIND,
    f"{CYCLE}/matrix",
    f"{CYCLE}/matrix?area=grulac&section=I.1",
    *(
        f"{CYCLE}/{page}.{form}?{query}"
        for form in ("xlsx", "zip", "json")
        for page, query in (
            ("figures", "base=answered"),
            ("figures", "area=grulac"),
            ("matrix", "area=grulac&section=I.1"),
            ("states", "value=implemented&base=answered"),
            ("states", "value=not_compared&paragraph=25&state=PER"),
        )
    ),
    f"/compare?{COMPARED}",
    f"/compare?{COMPARED}&base=answered&only=differences",
    f"/compare?{COMPARED}&only=good_practices",
    *(f"/compare.{form}?{COMPARED}&only=differences" for form in ("xlsx", "zip", "json")),
    "/indicators",
    INDICATOR,
    *(
        f"{INDICATOR}?{query}"
        for query in ("year=2023", "area=grulac", "state=PER", "category=found")
    ),
    *(f"{INDICATOR}?of=a&value={standing}" for standing in ("computable", "partial", "withheld")),
    *(
        f"{INDICATOR}/values.{form}?{query}"
        for form in ("xlsx", "zip", "json")
        for query in ("", "state=PER", "of=a&value=not_computable")
    ),
    "/needs",
    f"/needs?cycle={NOW}&theme=marking&direction=needed",
    *(f"/needs.{form}?cycle={NOW}" for form in ("xlsx", "csv", "json")),
    f"/about/scoring?state=PER&cycle={NOW}",
    *(f"/states/PER/report.{form}?cycle={NOW}" for form in ("xlsx", "zip", "json")),
]
ELSEWHERE = {
    *(
        "static",
        "health.healthz",
        "health.readyz",
        "metrics.metrics",
        "public.method",
        "public.record",
    ),
    *("auth.sign_in", "auth.invitation", "password_resets.forgotten", "password_resets.choose"),
    *("second_step.ask_code", "second_step.set_up", "mailed_codes.ask"),
    *("passkeys.ask", "passkeys.ask_new", "provider.come_back"),
    *("receipts.keys", "receipts.keys_file"),
    *("checkpoints.index", "checkpoints.every", "checkpoints.one"),
    # What a worker writes from `compiled_export`, which is walked too.
    # Who gets a file is walked in tests/web/test_evidence.py.
    "evidence_downloads.published",
    *("exports.compiled", "exporting.mine", "exporting.new", "exporting.show", "exporting.file"),
}
"""Public addresses that hold nothing which States say."""


@pytest.fixture
def withheld(session: Session, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Peru keeps one answer, a return and a need for the secretariat, amid open ones of Kenya."""
    monkeypatch.setattr(
        "tracker.web.exports.system_clock", lambda: datetime(2026, 5, 1, tzinfo=UTC)
    )
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], scoring=True))
    done = ResponseContent(progress=Progress.IMPLEMENTED, narrative="Open words.")
    before = make_cycle(session, BEFORE, opens=date(2024, 1, 1))
    now = make_cycle(session, NOW)
    for iso3 in ("KEN", "PER"):
        make_submission(session, before, iso3, {25: done, 26: done})
    cells = {Cell(2023, "found", "total"): 9, Cell(2023, "found", "traced"): 3}
    kenya = make_submission(session, now, "KEN", {25: done, 26: done})
    add_figures(session, kenya, cells)
    hidden = ResponseContent(progress=Progress.NOT_STARTED, narrative="hidden", audience=SECRET)
    peru = make_submission(session, now, "PER", {25: hidden, 26: done})
    add_figures(session, peru, cells, SECRET)
    need = Assistance(Direction.NEEDED, Theme.MARKING, description="hidden", audience=SECRET)
    add_item(session, peru, need)
    add_file(session, peru, 26, "Open act")
    add_file(session, peru, 25, "hidden")
    session.commit()


def say(session: Session, progress: Progress | None, words: str, number: int) -> None:
    """Make the withheld things say something else, as if they had said it from the first day."""
    answer = session.scalars(
        select(SubmissionResponse).where(SubmissionResponse.audience == SECRET)
    ).one()
    with without_triggers(session):
        answer.progress, answer.narrative = progress, words
        answer.good_practice = number % 2 == 1
        session.execute(
            update(SubmissionFigure)
            .where(SubmissionFigure.audience == SECRET)
            .values(value=number)  # of which year it is, is told: docs/methodology.md
        )
        title = session.scalars(
            select(ChainText).where(
                ChainText.field == "title", ChainText.value.startswith("hidden")
            )
        ).one()
        title.value = words
        file = session.scalars(select(Evidence).where(Evidence.revision_id == title.entry_id)).one()
        file.size, file.language = 1_000_000 + number, ("en", "fr")[number % 2]
        theme = Theme.TRACING if number % 2 else Theme.MARKING
        session.execute(
            update(SubmissionAssistance)
            .where(SubmissionAssistance.audience == SECRET)
            .values(
                theme=theme,
                description=words,
                amount=number,
                currency="USD",
                paragraphs=[25 + number],
            )
        )
    session.commit()


def content(answer: TestResponse) -> str:
    """What was sent, the token of the forms aside; of an archive every part."""
    assert answer.status_code == 200, answer.request.path
    if answer.data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            return "".join(f"{name}{archive.read(name)!r}" for name in archive.namelist())
    return re.sub(r'name="csrf_token"[^>]*', "", answer.text)


@pytest.mark.parametrize("role", [None, Role.OBSERVER])
def test_no_public_address_tells_what_is_withheld(
    browser_of: type[Browser],
    session: Session,
    withheld: None,
    role: Role | None,
) -> None:
    """Signed out, and for another State."""
    reader = browser_of(make_user(session, role, "FRA") if role else None)
    audience = Audience.STATES if role else Audience.PUBLIC
    seen: dict[str, set[str]] = {address: set() for address in ADDRESSES}
    submissions = session.scalars(select(Submission.id)).all()
    counted, compiled = set(), set()
    for number, progress in enumerate((Progress.IMPLEMENTED, None)):
        say(session, progress, f"hidden {'x' * number * 300}", number)
        for address, found in seen.items():
            found.add(content(reader.get(address)))
        row = next(cycle for cycle in list_cycles(session) if cycle.slug == NOW)
        counted.add(repr(figures_of_cycle(session, cycle_id=row.id, audience=audience)))
        export = compiled_export(session, cycle_slugs=[NOW, BEFORE], audience=audience)
        answers = [state_answers(session, key, audience) for key in submissions]
        compiled.add(repr((export, answers)))
    assert [address for address, found in seen.items() if len(found) != 1] == []
    assert len(counted) == len(compiled) == 1


def test_the_same_addresses_differ_for_those_who_may_read_it(
    browser_of: type[Browser], session: Session, withheld: None
) -> None:
    """So the walk above would notice."""
    reader = browser_of(make_user(session, Role.REVIEWER))
    addresses = (
        f"{CYCLE}/figures",
        f"{CYCLE}/matrix",
        "/states/PER",
        f"{INDICATOR}?state=PER",
        "/needs",
    )
    seen: dict[str, set[str]] = {address: set() for address in addresses}
    for number, progress in enumerate((Progress.IMPLEMENTED, Progress.NOT_APPLICABLE)):
        say(session, progress, f"hidden {number}", number)
        for address, found in seen.items():
            found.add(content(reader.get(address)))
    assert [address for address, found in seen.items() if len(found) != 2] == []


def test_every_public_address_is_walked_or_holds_nothing_that_states_say(app: Flask) -> None:
    rules = app.url_map.bind("localhost")
    walked = {rules.match(address.split("?")[0])[0] for address in ADDRESSES}
    public = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and declared_action(app, rule.endpoint) is Action.PUBLIC_READ
    }
    assert public - walked - ELSEWHERE == set()
