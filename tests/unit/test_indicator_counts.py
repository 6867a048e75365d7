"""Inputs counted for themselves, and the definitions that have counts, one column or no formula."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tracker.catalogue.documents import load_document
from tracker.catalogue.indicators import load_indicator, load_indicators
from tracker.catalogue.reading import LANGUAGES, SeedError
from tracker.domain.indicator_checks import check
from tracker.domain.indicator_counts import GroupCount, group_count, state_count, year_count
from tracker.domain.indicator_values import compute
from tracker.domain.indicators import (
    Category,
    Cell,
    Input,
    OverYears,
    cells_of,
    definition_data,
    definition_from,
)
from tracker.domain.progress import Absence
from tracker.resources import resource_dir

SEED = resource_dir("seed") / "indicators"
EVERY = {definition.slug: definition for definition in load_indicators(SEED)}
OWN = [definition for definition in EVERY.values() if definition.own_reading]
COLLECTED = EVERY["weapons-collected-destroyed"]
LOSSES = EVERY["losses-diversion"]


def destroyed(year: int = 2020, **by_category: int) -> dict[Cell, int]:
    return {Cell(year, category, "destroyed"): n for category, n in by_category.items()}


def test_an_input_is_summed_over_the_categories_reported() -> None:
    both = destroyed(collected=30, surplus=200)
    assert year_count(COLLECTED, "destroyed", both, 2020).amount == 230
    one = year_count(COLLECTED, "destroyed", destroyed(collected=30), 2020)
    assert (one.amount, one.covers, one.complete) == (30, ("collected",), False)
    unsplit = year_count(COLLECTED, "destroyed", destroyed(not_split=55), 2020)
    assert (unsplit.amount, unsplit.complete) == (55, True)
    assert year_count(COLLECTED, "destroyed", both, 2020, "surplus").amount == 200


def test_an_input_unknown_in_a_category_reported_is_unknown() -> None:
    figures = destroyed(collected=30) | {Cell(2020, "surplus", "identified"): 7}
    assert year_count(COLLECTED, "destroyed", figures, 2020).amount is None
    assert year_count(COLLECTED, "destroyed", figures, 2020, "collected").amount == 30


def test_years_known_are_summed_and_the_others_told() -> None:
    first, second = destroyed(2020, not_split=5), {Cell(2021, "not_split", "identified"): 9}
    found = state_count(COLLECTED, "destroyed", {2020: first, 2021: second, 2022: None})
    assert (found.amount, found.used, found.of, found.absence) == (5, 1, 3, None)
    nothing = state_count(COLLECTED, "destroyed", {2021: second})
    assert (nothing.amount, nothing.absence) == (0, Absence.NOT_COMPUTABLE)
    hidden = state_count(COLLECTED, "destroyed", {2021: second, 2022: None})
    assert hidden.absence is Absence.WITHHELD


def test_a_group_sums_who_knows_and_counts_the_others() -> None:
    counts = [
        state_count(COLLECTED, "destroyed", {2020: destroyed(not_split=5)}),
        state_count(COLLECTED, "destroyed", {2020: destroyed(collected=10, surplus=1)}),
        state_count(COLLECTED, "destroyed", {2020: {Cell(2020, "surplus", "identified"): 1}}),
        state_count(COLLECTED, "destroyed", {2020: None}),
        None,
        None,
    ]
    found = group_count(counts)
    numbers = {"known": 2, "unknown": 1, "withheld": 1, "not_reported": 2}
    assert found == GroupCount(amount=16, partial=0, **numbers)
    assert (found.members, found.absence) == (6, None)
    counts[0] = state_count(COLLECTED, "destroyed", {2020: destroyed(collected=5)})
    assert group_count(counts) == GroupCount(amount=16, partial=1, **numbers)
    assert group_count(counts[2:]).absence is Absence.WITHHELD
    assert group_count([counts[2], None]).absence is Absence.NOT_COMPUTABLE
    assert group_count([None]).absence is Absence.NOT_REPORTED


AMOUNTS = st.none() | st.integers(0, 99)


@given(st.lists(st.none() | st.dictionaries(st.integers(2018, 2021), AMOUNTS, max_size=4)))
def test_a_group_is_a_naive_recount(states: list[dict[int, int | None] | None]) -> None:
    """``None`` for a State that returned nothing, for the amount of a year that is unknown."""
    marker = {Cell(2018, "not_split", "identified"): 1}
    returned: list[Mapping[int, Mapping[Cell, int]] | None] = [
        {
            year: marker if amount is None else destroyed(year, not_split=amount)
            for year, amount in years.items()
        }
        if years
        else None
        for years in states
    ]
    found = group_count(
        state_count(COLLECTED, "destroyed", years) if years else None for years in returned
    )
    known = [n for years in states for n in (years or {}).values() if n is not None]
    assert found.amount == sum(known)
    assert found.members == len(states)
    assert found.not_reported == sum(not years for years in states)


def test_destroyed_may_exceed_what_was_collected_in_the_year() -> None:
    figures = destroyed(collected=90) | {Cell(2020, "collected", "identified"): 4}
    assert not check(COLLECTED, figures).errors and not COLLECTED.formulas


def test_recovered_never_exceeds_what_was_lost() -> None:
    place = {"weapons": 3, "recovered": 4}
    figures = {Cell(2020, "transfers", name): number for name, number in place.items()}
    (problem,) = check(LOSSES, figures).errors
    assert (problem.code, problem.values["sum"], problem.values["limit"]) == (
        "figures-exceed",
        4,
        3,
    )


def test_women_are_a_share_of_women_and_men() -> None:
    body = EVERY["coordination-body"]
    figures = {Cell(2023, "members", "women"): 3, Cell(2023, "members", "men"): 9}
    assert compute(body, body.formulas[0], figures, 2023).share == Fraction(3, 12)
    assert body.over_years is OverYears.LATEST and body.one_column
    assert not check(body, figures).errors
    alone = {Cell(2023, "members", "women"): 3}
    assert compute(body, body.formulas[0], alone, 2023).share is None


def test_ours_say_so_and_name_commitments_that_there_are() -> None:
    document = load_document(resource_dir("seed") / "outcome_documents" / "bms7")
    keys = {commitment.key for commitment in document.commitments}
    assert len(OWN) == 4
    for definition in EVERY.values():
        assert definition.commitments and set(definition.commitments) <= keys
        assert all((slug, f"{paragraph}") for slug, paragraph in definition.cited)
    assert EVERY["tracing-requests"].cited == (("bms7", 85), ("bms7", 87))


@pytest.mark.parametrize("slug", EVERY)
def test_every_text_is_there_in_every_language_and_fits_json(slug: str) -> None:
    definition = EVERY[slug]
    parts: list[Category | Input] = [*definition.categories, *definition.inputs]
    texts = [definition.name, definition.definition, definition.scope, definition.source.title]
    texts += [text for part in parts for text in (part.label, part.help)]
    texts += [text for formula in definition.formulas for text in (formula.label, formula.words)]
    assert all(text[language].strip() for text in texts for language in LANGUAGES)
    assert definition_from(definition_data(definition)) == definition
    assert cells_of(definition, (2020,))


def test_a_definition_stored_by_an_earlier_release_still_reads() -> None:
    data = definition_data(EVERY["sdg-16-4-2"])
    for name in ("counts", "over_years", "own_reading", "commitments"):
        del data[name]
    old = definition_from(data)
    assert (old.counts, old.own_reading, old.cited) == ((), False, ())
    assert old.over_years is OverYears.SUM


def test_the_order_is_that_of_the_files() -> None:
    assert list(EVERY) == [
        "sdg-16-4-2",
        "tracing-requests",
        "weapons-collected-destroyed",
        "losses-diversion",
        "coordination-body",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"counts": []}, "nothing to show"),
        ({"counts": ["lost"]}, "lost"),
        ({"commitments": ["bms7/25"]}, "commitments"),
        ({"over_years": "mean"}, "over_years"),
    ],
)
def test_a_bad_definition_is_refused(tmp_path: Path, change: dict[str, object], said: str) -> None:
    content = yaml.safe_load((SEED / f"{COLLECTED.slug}.yaml").read_text(encoding="utf-8"))
    path = tmp_path / f"{COLLECTED.slug}.yaml"
    path.write_text(yaml.safe_dump(content | change), encoding="utf-8")
    with pytest.raises(SeedError, match=said):
        load_indicator(path)
