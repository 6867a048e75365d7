"""Contacts, assistance and targets of a submission, as readers of each level get them."""

import pytest
from sqlalchemy.orm import Session

from tests.statements import counted
from tests.submitted import make_cycle, make_submission
from tests.submitted_items import add_item
from tracker.domain.assistance import Assistance, AssistanceKind, Direction
from tracker.domain.contacts import Contact, ContactKind
from tracker.domain.documents import Level, Theme
from tracker.domain.item_fields import Part
from tracker.domain.items import Item
from tracker.domain.progress import Audience
from tracker.domain.targets import Target
from tracker.models import Submission
from tracker.queries.exports import state_answers
from tracker.queries.shown_items import shown_rows

CANARY = "CANARY-7f3a"
BODY = Contact(
    kind=ContactKind.COORDINATION_BODY, name="Commission", women=3, men=0, audience=Audience.PUBLIC
)
POINT = Contact(kind=ContactKind.POA_POINT_OF_CONTACT, name=f"{CANARY} Person", phone=CANARY)
NEED = Assistance(
    direction=Direction.NEEDED,
    theme=Theme.MARKING,
    kind=AssistanceKind.EQUIPMENT,
    description="Marking machines.",
    paragraphs=(80, 81),
    amount=0,
    currency="USD",
)
FOR_STATES = Target(
    statement=f"{CANARY}: mark all.", level=Level.NATIONAL, audience=Audience.STATES
)
TARGET = Target(statement="Mark half.", level=Level.NATIONAL, baseline="0.5", paragraphs=(50,))


@pytest.fixture
def submission(session: Session) -> Submission:
    """A published report with items for everybody, for States and for the secretariat."""
    submission = make_submission(session, make_cycle(session), "KEN", {})
    for item in (POINT, BODY, NEED, FOR_STATES, TARGET):
        add_item(session, submission, item)
    other = make_submission(session, make_cycle(session, "bms7-2028"), "KEN", {})
    add_item(session, other, Target(statement="Of another submission."))
    return submission


@pytest.mark.parametrize(
    ("audience", "shown", "withheld"),
    [
        (Audience.PUBLIC, ([BODY], [NEED], [TARGET]), [1, 0, 1]),
        (Audience.STATES, ([BODY], [NEED], [FOR_STATES, TARGET]), [1, 0, 0]),
        (Audience.SECRETARIAT, ([POINT, BODY], [NEED], [FOR_STATES, TARGET]), [0, 0, 0]),
    ],
)
def test_each_level_gets_its_items_in_order_and_the_number_of_the_rest(
    session: Session,
    submission: Submission,
    audience: Audience,
    shown: tuple[list[Item], ...],
    withheld: list[int],
) -> None:
    items = state_answers(session, submission.id, audience).items
    assert list(items) == list(Part)
    assert tuple([item.content for item in found.shown] for found in items.values()) == shown
    assert [found.withheld for found in items.values()] == withheld


def test_what_is_withheld_is_never_read(session: Session, submission: Submission) -> None:
    session.expire_all()
    items = state_answers(session, submission.id, Audience.PUBLIC).items
    assert CANARY not in repr(items)
    loaded = [str(vars(row)) for row in session.identity_map.values()]
    assert not [row for row in loaded if CANARY in row]
    rows = session.execute(shown_rows(Audience.PUBLIC), {"submission": submission.id}).all()
    assert len(rows) == 5
    assert CANARY not in repr(rows)


def test_what_was_struck_out_is_marked_with_its_reason(
    session: Session, submission: Submission
) -> None:
    emptied = Contact(kind=ContactKind.ITI_POINT_OF_CONTACT, audience=Audience.PUBLIC)
    add_item(session, submission, emptied, item_id="x" * 22, struck={"name": "left the service"})
    contacts = state_answers(session, submission.id, Audience.PUBLIC).items[Part.CONTACTS].shown
    reasons = [{name: text.reason for name, text in item.struck.items()} for item in contacts]
    assert reasons == [{}, {"name": "left the service"}]
    assert contacts[1].item_id == "x" * 22


def test_answers_and_items_cost_the_same_few_questions_however_many_there_are(
    session: Session, submission: Submission
) -> None:
    empty = make_submission(session, make_cycle(session, "bms7-2030"), "PER", {})
    with counted(session.connection(), every=True) as asked:
        items = state_answers(session, empty.id, Audience.PUBLIC).items
        of_the_empty = len(asked)
        state_answers(session, submission.id, Audience.PUBLIC)
    assert [(found.shown, found.withheld) for found in items.values()] == [((), 0)] * 3
    assert of_the_empty == len(asked) - of_the_empty
    tables = ("submission_contact", "submission_assistance", "submission_target")
    naming = [text for text in asked if any(table in text for table in tables)]
    # the items themselves, and what was struck out of answers and items alike
    assert sorted("chain_text" in text for text in naming) == [False, False, True, True]
