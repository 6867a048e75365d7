"""The indicator machinery, on the definition of SDG 16.4.2 and its published reading."""

import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tracker.catalogue.indicators import load_indicator, load_indicators
from tracker.catalogue.reading import LANGUAGES, SeedError
from tracker.domain.errors import Invalid
from tracker.domain.indicator_checks import check
from tracker.domain.indicator_values import (
    Hindrance,
    Pooled,
    Value,
    compute,
    compute_column,
    pool,
)
from tracker.domain.indicators import (
    Category,
    Cell,
    IndicatorDefinition,
    Input,
    cells_of,
    definition_data,
    definition_from,
    in_words,
    parse_figures,
    years_of,
)
from tracker.domain.messages import MESSAGES, sentence
from tracker.resources import resource_dir

SEED = resource_dir("seed") / "indicators"
SDG = load_indicator(SEED / "sdg-16-4-2.yaml")
YEAR = 2019
SPLIT = ("seized_criminal", "found", "surrendered")


def figures(**columns: Mapping[str, int]) -> dict[Cell, int]:
    """Figures of ``YEAR`` by category, then input: ``figures(found={"total": 5})``."""
    return {
        Cell(YEAR, category, entry): number
        for category, column in columns.items()
        for entry, number in column.items()
    }


def case(
    seized: int, found: int, surrendered: int, *, year: int = YEAR, **unsplit: int
) -> dict[Cell, int]:
    """A row of the synthetic cases: totals by category, outcomes over all of them."""
    totals = {"seized_criminal": seized, "found": found, "surrendered": surrendered}
    given = {Cell(year, category, "total"): number for category, number in totals.items()}
    return given | {Cell(year, "not_split", entry): number for entry, number in unsplit.items()}


CASE_1 = case(10, 5, 2, traced=1, otherwise_established=0, uniquely_marked=12)
CASE_2 = case(20, 3, 1, traced=7, otherwise_established=0, uniquely_marked=24)


def value(given: Mapping[Cell, int], formula: str, year: int = YEAR) -> Value:
    """The value of one formula over the counted categories."""
    chosen = next(entry for entry in SDG.formulas if entry.code == formula)
    return compute(SDG, chosen, given, year)


def fraction(found: Value) -> tuple[int | None, int | None]:
    """Numerator and denominator."""
    return found.numerator, found.denominator


def codes(given: Mapping[Cell, int]) -> list[str]:
    """The codes of the errors."""
    return [problem.code for problem in check(SDG, given).errors]


@pytest.mark.parametrize(
    ("given", "a", "b"),
    [
        pytest.param(CASE_1, (1, 17), (1, 12), id="case 1"),
        pytest.param(CASE_2, (7, 24), (7, 24), id="case 2"),
        pytest.param(
            case(100, 0, 0, traced=40, otherwise_established=10, uniquely_marked=80),
            (50, 100),
            (40, 80),
            id="case 3: the ten established otherwise were not marked",
        ),
        pytest.param(
            case(30, 0, 0, traced=15, otherwise_established=0, uniquely_marked=30)
            | figures(seized_administrative={"total": 70}),
            (15, 30),
            (15, 30),
            id="case 5: administrative seizures are ignored",
        ),
    ],
)
def test_synthetic_cases(given: dict[Cell, int], a: tuple[int, int], b: tuple[int, int]) -> None:
    checked = check(SDG, given)
    assert not checked.errors
    for formula, expected in (("a", a), ("b", b)):
        found = value(given, formula)
        assert fraction(found) == expected
        assert found.share == Fraction(*expected)
        assert found.complete


def test_case_4_nothing_seized_found_or_surrendered_is_not_computable() -> None:
    given = case(0, 0, 0, traced=0, otherwise_established=0, uniquely_marked=0)
    assert not check(SDG, given).errors
    for formula in ("a", "b"):
        assert value(given, formula).share is None
        assert value(given, formula).hindrance is Hindrance.ZERO_DENOMINATOR


def test_case_6_a_group_sums_before_it_divides() -> None:
    group = pool([value(CASE_1, "a"), value(CASE_2, "a")])
    assert group == Pooled(numerator=8, denominator=41, used=2, of=2)
    assert round(float(group.share or 0) * 100, 2) == 19.51
    assert pool([value(CASE_1, "b"), value(CASE_2, "b")]).share == Fraction(8, 36)


def test_case_7_years_are_pooled_the_same_way() -> None:
    first = case(10, 0, 0, year=2018, traced=3, otherwise_established=0)
    second = case(30, 0, 0, year=2019, traced=0, otherwise_established=0)
    years = pool([value(first, "a", 2018), value(second, "a", 2019)])
    assert (years.numerator, years.denominator, years.used) == (3, 40, 2)
    assert years.share == Fraction(3, 40)


def test_case_8_a_numerator_above_its_denominator_is_refused() -> None:
    given = figures(found={"total": 8, "traced": 9, "otherwise_established": 0})
    (problem,) = check(SDG, given).errors
    assert problem.code == "figures-exceed"
    assert problem.place == "figure-2019-found-total"
    assert sentence(in_words(SDG, problem, "en")) == (
        "Found, 2019: Traced + Established otherwise = 9, more than All arms = 8. "
        "Correct the figure that is wrong."
    )


def test_a_group_leaves_out_what_is_not_computable_and_says_so() -> None:
    nothing = case(0, 0, 0, traced=0, otherwise_established=0)
    unknown = case(5, 0, 0)
    group = pool([value(CASE_1, "a"), value(nothing, "a"), value(unknown, "a")])
    assert group == Pooled(numerator=1, denominator=17, used=1, of=3)
    assert pool([value(unknown, "a")]).share is None


def test_unknown_is_not_zero_and_is_named() -> None:
    found = value(case(10, 5, 2, traced=1), "a")
    assert found.hindrance is Hindrance.MISSING_INPUT
    assert found.missing == (Cell(YEAR, "", "otherwise_established"),)
    assert fraction(found) == (None, 17)


def test_a_figure_missing_in_one_category_is_named_with_it() -> None:
    column = {"total": 4, "traced": 1, "otherwise_established": 0}
    given = figures(seized_criminal=column, found={"total": 3, "otherwise_established": 1})
    found = value(given, "a")
    assert found.missing == (Cell(YEAR, "found", "traced"),)
    assert fraction(found) == (None, 7)


def test_a_category_without_any_figure_is_not_reported_and_the_value_says_so() -> None:
    column = {"total": 4, "traced": 1, "otherwise_established": 0}
    found = value(figures(seized_criminal=column), "a")
    assert found.share == Fraction(1, 4)
    assert found.covers == ("seized_criminal",)
    assert not found.complete


def test_an_unsplit_figure_needs_every_category_on_the_other_side() -> None:
    given = figures(
        seized_criminal={"total": 10}, not_split={"traced": 1, "otherwise_established": 0}
    )
    found = value(given, "a")
    assert found.missing == (Cell(YEAR, "found", "total"), Cell(YEAR, "surrendered", "total"))


def test_a_return_that_is_not_split_at_all() -> None:
    given = figures(not_split={"total": 40, "traced": 10, "otherwise_established": 2})
    assert value(given, "a").share == Fraction(12, 40)
    assert value(given, "a").complete
    assert value(given, "b").missing == (Cell(YEAR, "not_split", "uniquely_marked"),)


def test_administrative_seizures_alone_are_a_report_but_no_value() -> None:
    given = figures(seized_administrative={"total": 70, "traced": 3, "otherwise_established": 0})
    assert value(given, "a").hindrance is Hindrance.MISSING_INPUT
    assert {cell.input for cell in value(given, "a").missing} == {
        "total",
        "traced",
        "otherwise_established",
    }
    assert fraction(value(given, "a")) == (None, None)
    empty = compute_column(SDG.formulas[0], given, YEAR, "found")
    assert empty.hindrance is Hindrance.MISSING_INPUT
    assert Cell(YEAR, "found", "total") in empty.missing
    never = compute_column(SDG.formulas[0], given, 2018, "found")
    assert never.hindrance is Hindrance.NOT_REPORTED
    assert value(given, "a", 2018).hindrance is Hindrance.NOT_REPORTED


def test_marked_arms_established_otherwise_count_where_known() -> None:
    known = {"traced": 2, "otherwise_established_marked": 3, "uniquely_marked": 10}
    assert value(figures(found=known), "b").share == Fraction(5, 10)
    unknown = {"traced": 2, "uniquely_marked": 10}
    both = figures(found=known, surrendered=unknown)
    found = value(both, "b")
    assert fraction(found) == (7, 20)
    assert found.left_out == (Cell(YEAR, "surrendered", "otherwise_established_marked"),)
    assert dict(found.terms) == {"traced": 4, "otherwise_established_marked": 3}


def test_a_column_has_a_value_of_its_own() -> None:
    given = figures(found={"total": 4, "traced": 1, "otherwise_established": 1}) | CASE_1
    formula = SDG.formulas[0]
    assert compute_column(formula, given, YEAR, "found").numerator == 2
    assert compute_column(formula, given, 2018, "found").hindrance is Hindrance.NOT_REPORTED


@pytest.mark.parametrize(
    ("column", "place"),
    [
        ({"total": 5, "uniquely_marked": 6}, "total"),
        ({"total": 9, "traced": 4, "pending": 4, "not_attempted": 2}, "total"),
        ({"uniquely_marked": 1, "traced": 2}, "uniquely_marked"),
        (
            {"otherwise_established": 1, "otherwise_established_marked": 2},
            "otherwise_established",
        ),
    ],
)
def test_parts_above_their_whole_are_errors(column: dict[str, int], place: str) -> None:
    for category in (*SPLIT, "not_split", "seized_administrative"):
        (problem,) = check(SDG, figures(**{category: column})).errors
        assert problem.code == "figures-exceed"
        assert problem.place == Cell(YEAR, category, place).place


def test_totals_by_category_bind_outcomes_that_are_not_split() -> None:
    given = case(3, 2, 1, traced=7)
    (problem,) = check(SDG, given).errors
    assert problem.code == "figures-exceed-together"
    assert problem.place == "figure-2019-found-total"
    assert (problem.values["sum"], problem.values["limit"]) == (7, 6)


def test_a_total_that_is_not_known_everywhere_binds_nothing() -> None:
    assert not check(SDG, figures(found={"total": 3}, not_split={"traced": 7})).errors


def test_the_same_input_split_and_not_split_would_count_twice() -> None:
    given = figures(found={"total": 3, "traced": 1}, not_split={"total": 3})
    (problem,) = check(SDG, given).errors
    assert problem.code == "figure-counted-twice"
    assert problem.place == "figure-2019-not_split-total"
    assert sentence(in_words(SDG, problem, "fr")).startswith("Toutes les armes, 2019")


def test_outcomes_that_are_complete_but_fall_short_are_a_warning_only() -> None:
    outcomes = {
        "traced": 1,
        "otherwise_established": 1,
        "pending": 1,
        "insufficient_information": 1,
        "not_attempted": 1,
    }
    checked = check(SDG, figures(found={"total": 6, **outcomes}))
    assert not checked.errors
    assert [problem.code for problem in checked.warnings] == ["figures-fall-short"]
    assert not check(SDG, figures(found={"total": 5, **outcomes})).warnings
    incomplete = {name: number for name, number in outcomes.items() if name != "pending"}
    assert not check(SDG, figures(found={"total": 6, **incomplete})).warnings
    mixed = check(SDG, case(4, 1, 1, **outcomes))
    assert [problem.code for problem in mixed.warnings] == ["figures-fall-short-together"]


def test_every_year_is_checked() -> None:
    given = case(1, 0, 0, year=2017, traced=2) | case(1, 0, 0, year=2018, traced=2)
    assert codes(given) == ["figures-exceed-together"] * 2


def test_every_code_that_a_check_gives_has_its_sentence() -> None:
    for code in ("figures-exceed", "figures-fall-short"):
        assert {code, f"{code}-together"} <= set(MESSAGES)


def test_figures_are_read_by_the_place_of_their_cell() -> None:
    raw = {
        "figure-2019-found-total": " 1 200 ",
        "figure-2019-found-traced": "0",
        "figure-2019-found-pending": "",
    }
    read = parse_figures(SDG, raw, last_year=2021)
    assert read == {Cell(2019, "found", "total"): 1200, Cell(2019, "found", "traced"): 0}
    assert years_of(read) == (2019,)


@pytest.mark.parametrize(
    ("place", "typed", "code"),
    [
        ("figure-2019-found-total", "-1", "negative-count"),
        ("figure-2019-found-total", "1.5", "not-a-count"),
        ("figure-2019-found-total", "about 5", "not-a-count"),
        ("figure-2022-found-total", "1", "not-a-year"),
        ("figure-1989-found-total", "1", "not-a-year"),
        ("figure-²⁰¹⁹-found-total", "1", "not-a-year"),
        ("figure-2019-lost-total", "1", "no-such-figure"),
        ("figure-2019-found", "1", "no-such-figure"),
    ],
)
def test_bad_figures_are_refused_with_their_place(place: str, typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_figures(SDG, {place: typed}, last_year=2021)
    assert [(problem.code, problem.place) for problem in refused.value.problems] == [(code, place)]
    assert sentence(refused.value.problem)


def test_all_bad_figures_are_named_at_once() -> None:
    raw = {"figure-2019-found-total": "-1", "figure-2019-found-traced": "x"}
    with pytest.raises(Invalid) as refused:
        parse_figures(SDG, raw, last_year=2021)
    assert len(refused.value.problems) == 2


def test_a_return_holds_a_limited_number_of_years() -> None:
    raw = {f"figure-{year}-found-total": "1" for year in range(1990, 2021)}
    with pytest.raises(Invalid) as refused:
        parse_figures(SDG, raw, last_year=2021)
    assert refused.value.problem.code == "too-many-years"


def test_the_definition_survives_json() -> None:
    assert definition_from(json.loads(json.dumps(definition_data(SDG)))) == SDG


def test_every_label_is_there_in_every_language() -> None:
    parts: list[Category | Input] = [*SDG.categories, *SDG.inputs]
    texts = [SDG.name, SDG.definition, SDG.scope, SDG.source.title]
    texts += [text for part in parts for text in (part.label, part.help)]
    texts += [text for formula in SDG.formulas for text in (formula.label, formula.words)]
    for text in texts:
        assert all(text[language].strip() for language in LANGUAGES)


def test_the_folder_holds_definitions_that_load() -> None:
    assert "sdg-16-4-2" in [definition.slug for definition in load_indicators(SEED)]
    assert len(cells_of(SDG, (2018, 2019))) == 2 * 5 * 8


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"extra": 1}, "extra"),
        ({"checks": [{"parts": ["lost"], "whole": ["total"]}]}, "lost"),
        ({"slug": "other-name"}, "must be called"),
        ({"name": {"en": "Only English"}}, "no text in: fr"),
    ],
)
def test_a_bad_definition_is_refused_by_name(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    content = yaml.safe_load((SEED / "sdg-16-4-2.yaml").read_text(encoding="utf-8"))
    path = tmp_path / "sdg-16-4-2.yaml"
    path.write_text(yaml.safe_dump(content | change), encoding="utf-8")
    with pytest.raises(SeedError, match=said):
        load_indicator(path)


def test_the_unsplit_category_stands_for_all_the_others(tmp_path: Path) -> None:
    content = yaml.safe_load((SEED / "sdg-16-4-2.yaml").read_text(encoding="utf-8"))
    content["categories"][3]["instead_of"] = ["found"]
    path = tmp_path / "sdg-16-4-2.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(SeedError, match="instead_of"):
        load_indicator(path)


def without_unsplit(definition: IndicatorDefinition) -> IndicatorDefinition:
    """The same indicator for which every State must split."""
    kept = tuple(entry for entry in definition.categories if not entry.instead_of)
    return replace(definition, categories=kept)


def test_an_indicator_need_not_have_an_unsplit_category() -> None:
    plain = without_unsplit(SDG)
    given = figures(found={"total": 4, "traced": 1, "otherwise_established": 0})
    assert compute(plain, plain.formulas[0], given, YEAR).share == Fraction(1, 4)
    assert not check(plain, given).errors


NUMBERS = st.dictionaries(
    st.sampled_from(cells_of(SDG, (2018, 2019))), st.integers(0, 50), max_size=40
)


@given(NUMBERS)
def test_no_accepted_return_gives_a_share_above_one(given: dict[Cell, int]) -> None:
    checked = check(SDG, given)
    for year in years_of(given):
        for formula in SDG.formulas:
            found = compute(SDG, formula, given, year)
            assert (found.share is None) == (found.hindrance is not None)
            if found.share is not None and not checked.errors:
                assert 0 <= found.share <= 1


@given(NUMBERS)
def test_what_is_stored_reads_back_the_same(given: dict[Cell, int]) -> None:
    raw = {cell.place: str(number) for cell, number in given.items()}
    assert parse_figures(SDG, raw, last_year=2021) == given


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=8))
def test_pooling_is_one_division_of_sums(pairs: list[tuple[int, int]]) -> None:
    values = [
        value(case(0, 0, total, traced=min(part, total), otherwise_established=0), "a")
        for part, total in pairs
    ]
    used = [(min(part, total), total) for part, total in pairs if total]
    pooled = pool(values)
    assert (pooled.used, pooled.of) == (len(used), len(pairs))
    assert pooled.numerator == sum(part for part, _ in used)
    assert pooled.denominator == sum(total for _, total in used)
