"""The published weighting, and our reading of it for one State."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.bms7 import commitment, document
from tracker.catalogue.reading import SeedError
from tracker.catalogue.weightings import load_weighting, load_weightings
from tracker.domain.documents import Strength
from tracker.domain.grid import Grid
from tracker.domain.progress import Progress
from tracker.domain.scoring import Points, score_of, weighting_data, weighting_from

BMS7 = document()
FILE = Path(__file__).parents[2] / "seed" / "weightings" / "bms7.yaml"
WEIGHTING = load_weighting(FILE)
weight = WEIGHTING.weight
ASKED = {c.paragraph: c for c in BMS7.commitments if c.asks_states}


def grid_of(answers: dict[int, str]) -> Grid:
    return Grid("now", ("XAA", "XAB"), tuple(ASKED), {"XAA": answers})


def test_the_maxima_are_those_published() -> None:
    assert WEIGHTING.total == 56.75 and len(WEIGHTING.maxima) == 12
    assert [theme.label["en"] for theme in WEIGHTING.heaviest] == ["Marking", "Transfers"]
    assert round(100 * sum(t.points for t in WEIGHTING.heaviest) / WEIGHTING.total) == 46
    rows = [(row.primary, row.subsidiary) for row in WEIGHTING.bindings]
    assert rows == [(1, 0.5), (0.5, 0.25), (0.5, 0.25)]


def test_a_weighting_is_the_same_after_a_turn_through_json() -> None:
    again = weighting_from(json.loads(json.dumps(weighting_data(WEIGHTING))))
    assert again == WEIGHTING


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("total: 56.75", "total: 57", "add up to 56.75, not to the total 57"),
        ("recognise: {", "recognize: {", "must name each of: commit, consider, encourage"),
        ("points: 14.25", "points: 14.3", "multiple of 0.25"),
        ("points: 14.25", "points: -1", "greater than or equal to 0"),
        ("label: {en: Marking, fr: Marquage}", "label: {en: Marking}", "no text in: fr"),
        ("source: https", "source: http", "source"),
        ("document: bms7", "document: bms8", "must be called bms8.yaml"),
        ("reading:", "readings:", "readings"),
    ],
)
def test_a_mistake_in_a_file_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    content = FILE.read_text(encoding="utf-8")
    assert old in content
    wrong = tmp_path / "bms7.yaml"
    wrong.write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SeedError, match=said) as raised:
        load_weighting(wrong)
    assert "bms7.yaml" in str(raised.value)


def test_other_weights_are_another_file_and_no_code(tmp_path: Path) -> None:
    """Where commitments for which nobody is bound count as much as the firm ones."""
    content = FILE.read_text(encoding="utf-8").replace("document: bms7", "document: bms8")
    content = content.replace("recognise: {plain: 0,", "recognise: {plain: 1,")
    (tmp_path / "bms8.yaml").write_text(content, encoding="utf-8")
    (other,) = load_weightings(tmp_path)
    left = next(c for c in ASKED.values() if c.may_be_left and not c.qualifiers)
    assert (weight(left), other.weight(left)) == (0, 1)


def test_the_weight_of_a_commitment() -> None:
    firm = [c for c in ASKED.values() if c.strength is Strength.COMMIT and not c.qualifiers]
    conditional = [c for c in ASKED.values() if c.strength is Strength.COMMIT and c.qualifiers]
    encouraged = [c for c in ASKED.values() if c.strength is Strength.ENCOURAGE]
    left = [c for c in ASKED.values() if c.may_be_left]
    assert firm and conditional and encouraged and left
    assert {weight(c) for c in firm} == {1.0}
    assert {weight(c) for c in [*conditional, *encouraged]} == {0.5}
    assert {weight(c) for c in left} == {0.0}
    assert weight(commitment(119)) == 0.0  # for the secretariat alone


def test_one_state_by_hand() -> None:
    """Of everything asked: two said to be done, one withheld, one not applicable."""
    firm = [p for p, c in ASKED.items() if weight(c) == 1][:3]
    half = next(p for p, c in ASKED.items() if weight(c) == 0.5)
    said = {firm[0]: "implemented", half: "implemented"}
    said |= {firm[1]: "withheld", firm[2]: "not_applicable"}
    everything = sum(weight(c) for c in ASKED.values())
    score = score_of(WEIGHTING, grid_of(said), BMS7, "XAA")
    assert score is not None
    assert score.whole == Points(1.5, everything - 1, 1, everything - 3.5)
    assert score_of(WEIGHTING, grid_of(said), BMS7, "XAB") is None


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(sorted(ASKED)), st.sampled_from([*(p.value for p in Progress), "withheld"])
    )
)
def test_every_theme_equals_a_recount(said: dict[int, str]) -> None:
    score = score_of(WEIGHTING, grid_of(said), BMS7, "XAA")
    assert score is not None
    for theme, points in score.themes:
        of_theme = [c for c in ASKED.values() if theme in c.themes]
        values = {c.paragraph: said.get(c.paragraph, "not_answered") for c in of_theme}
        assert points == Points(
            sum(weight(c) for c in of_theme if values[c.paragraph] == "implemented"),
            sum(weight(c) for c in of_theme if values[c.paragraph] != "not_applicable"),
            sum(weight(c) for c in of_theme if values[c.paragraph] == "withheld"),
            sum(weight(c) for c in of_theme if values[c.paragraph] == "not_answered"),
        )
