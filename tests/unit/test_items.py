"""Contacts, assistance and targets are read through one door."""

from datetime import date

import pytest
from babel.numbers import list_currencies

from tests.items import EVERY
from tracker.domain.assistance import Assistance, AssistanceStatus
from tracker.domain.contacts import Contact, ContactKind
from tracker.domain.currencies import CURRENCIES
from tracker.domain.errors import Invalid
from tracker.domain.item_fields import Part
from tracker.domain.items import Item, facts_of, item_from, parse_item, texts_of, typed_texts
from tracker.domain.progress import Audience
from tracker.domain.targets import Target
from tracker.domain.values import parse_amount, parse_count, parse_day, parse_partial_date


def problems(part: Part, **raw: str) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        parse_item(part, raw, default_audience=Audience.PUBLIC)
    return {problem.place: problem.code for problem in refused.value.problems}


@pytest.mark.parametrize("item", EVERY, ids=lambda item: item.PART.value)
def test_what_was_typed_is_read_again_as_it_was(item: Item) -> None:
    typed = typed_texts(item)
    assert parse_item(item.PART, typed, default_audience=Audience.SECRETARIAT) == item


@pytest.mark.parametrize("item", EVERY, ids=lambda item: item.PART.value)
def test_facts_and_texts_make_the_item_again(item: Item) -> None:
    assert not set(facts_of(item)) & set(texts_of(item))
    assert item_from(item.PART, facts_of(item), texts_of(item)) == item


def test_every_problem_is_told_at_once() -> None:
    assert problems(Part.CONTACTS, kind="boss", email="x", women="-1", confirmed_on="May") == {
        "kind": "not-a-choice",
        "name": "required",
        "email": "not-an-email",
        "women": "negative-count",
        "confirmed_on": "not-a-day",
    }
    assert problems(Part.ASSISTANCE, amount="1.5", currency="dollars", paragraphs="28; x") == {
        "direction": "required",
        "theme": "required",
        "description": "required",
        "amount": "not-a-count",
        "currency": "not-a-currency",
        "paragraphs": "not-a-paragraph",
    }
    assert problems(Part.ASSISTANCE, currency="XYZ")["currency"] == "not-a-currency"
    assert problems(Part.TARGETS, value="1,000", baseline="many", year="20") == {
        "statement": "required",
        "value": "ambiguous-decimal",
        "baseline": "not-a-decimal",
        "year": "not-a-year",
    }


@pytest.mark.parametrize("typed", ["12000", "12 000", "12\u00a0000", "12\u202f000", "12,000"])
def test_a_whole_number_is_read_with_its_thousands_as_pages_write_them(typed: str) -> None:
    assert parse_amount(typed, place="x") == parse_count(typed, place="x") == 12_000


@pytest.mark.parametrize("typed", ["12,00", "1,0000", "0,125", "1200,000", "12.000", "12,", ",000"])
def test_a_comma_that_parts_no_thousands_stands_in_no_whole_number(typed: str) -> None:
    assert problems(Part.ASSISTANCE, amount=typed)["amount"] == "not-a-count"


@pytest.mark.parametrize("typed", ["1.000", "1,000", "-12.500", "999,125", "١.٠٠٠", "1 .000"])
def test_thousands_or_thousandths_are_asked_back(typed: str) -> None:
    assert problems(Part.TARGETS, statement="x", value=typed) == {"value": "ambiguous-decimal"}


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0.125", "0.125"), ("0,125", "0.125"), ("1.1250", "1.125"), ("1,1250", "1.125"),
        ("1234.567", "1234.567"), ("1.0000", "1"), ("1000", "1000"), ("1 000", "1000"),
    ],
)  # fmt: skip
def test_a_decimal_number_is_read_and_typed_the_same_again(typed: str, value: str) -> None:
    raw = {"statement": "x", "value": typed}
    target = parse_item(Part.TARGETS, raw, default_audience=Audience.PUBLIC)
    assert isinstance(target, Target) and target.value == value
    again = parse_item(Part.TARGETS, typed_texts(target), default_audience=Audience.PUBLIC)
    assert again == target


def test_what_the_fields_together_do_not_allow() -> None:
    person = {"kind": "poa_point_of_contact", "name": "A"}
    assert problems(Part.CONTACTS, **person, men="0") == {"men": "members-of-a-body-only"}
    both = problems(Part.CONTACTS, **person, women="2", men="0")
    assert both == dict.fromkeys(("women", "men"), "members-of-a-body-only")
    need = {"direction": "needed", "theme": "gender", "description": "x"}
    assert problems(Part.ASSISTANCE, **need, amount="5") == {"currency": "amount-needs-currency"}


def test_what_is_left_open_gets_its_default() -> None:
    contact = parse_item(
        Part.CONTACTS,
        {"kind": "coordination_body", "name": "A"},
        default_audience=Audience.PUBLIC,
    )
    assert contact == Contact(kind=ContactKind.COORDINATION_BODY, name="A")
    assert contact.audience is Audience.SECRETARIAT
    need = parse_item(
        Part.ASSISTANCE,
        {"direction": "offered", "theme": "gender", "description": "x", "audience": " "},
        default_audience=Audience.STATES,
    )
    assert isinstance(need, Assistance)
    assert (need.status, need.audience, need.amount) == (
        AssistanceStatus.OPEN,
        Audience.STATES,
        None,
    )


def test_numbers_and_paragraphs_are_read_as_people_write_them() -> None:
    target = parse_item(
        Part.TARGETS,
        {"statement": "x", "baseline": "0,50", "value": "1 200", "paragraphs": "30، 28 28"},
        default_audience=Audience.PUBLIC,
    )
    assert isinstance(target, Target)
    assert (target.baseline, target.value, target.paragraphs) == ("0.5", "1200", (28, 30))
    target = parse_item(
        Part.TARGETS,
        {"statement": "x", "value": "١٢,٥", "year": "٢٠٣٠", "paragraphs": "٢٨ – 30, 40-41;29-29"},
        default_audience=Audience.PUBLIC,
    )
    assert isinstance(target, Target)
    assert (target.value, target.year) == ("12.5", 2030)
    assert target.paragraphs == (28, 29, 30, 40, 41)
    assert parse_count("١ ٢٣٤", place="x") == 1234
    assert parse_count("١٢\u066c٠٠٠", place="x") == 12_000
    assert (parse_partial_date("۲۰۲۴-۰۶", place="x"), parse_day("२०२४-०६-३०", place="x")) == (
        "2024-06",
        "2024-06-30",
    )


@pytest.mark.parametrize(
    "typed", ["30-28", "1-9999", "25-", "-25", "25--26", "²5", "1-2-3", "25-x"]
)
def test_what_names_no_paragraphs(typed: str) -> None:
    assert problems(Part.TARGETS, statement="x", paragraphs=typed) == {
        "paragraphs": "not-a-paragraph"
    }


@pytest.mark.parametrize(
    ("confirmed_on", "due"), [("", True), ("2025-03-01", True), ("2025-03-02", False)]
)
def test_a_contact_is_to_be_confirmed_every_year(confirmed_on: str, due: bool) -> None:
    assert Contact(confirmed_on=confirmed_on).to_confirm(date(2026, 3, 2)) is due


def test_every_currency_that_babel_knows_is_one() -> None:
    assert set(list_currencies()) - {"XTS", "XXX"} <= CURRENCIES
    assert not {"XTS", "XXX", "XYZ"} & CURRENCIES
