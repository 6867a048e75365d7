"""The published weighting, and our reading of it for one State."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.bms7 import commitment, document
from tracker.domain.documents import Strength
from tracker.domain.grid import Grid
from tracker.domain.progress import Progress
from tracker.domain.scoring import MAXIMA, PUBLISHED_MAXIMUM, WEIGHTS, Points, score_of, weight

BMS7 = document()
ASKED = {c.paragraph: c for c in BMS7.commitments if c.asks_states}


def grid_of(answers: dict[int, str]) -> Grid:
    return Grid("now", ("XAA", "XAB"), tuple(ASKED), {"XAA": answers})


def test_the_maxima_are_those_published() -> None:
    assert PUBLISHED_MAXIMUM == 56.75 and len(MAXIMA) == 12
    points = dict(MAXIMA)
    assert round(100 * (points["Marking"] + points["Transfers"]) / 56.75) == 46
    assert [(a, b) for _, a, b in WEIGHTS] == [(1, 0.5), (0.5, 0.25), (0.5, 0.25)]


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
    score = score_of(grid_of(said), BMS7, "XAA")
    assert score is not None
    assert score.whole == Points(1.5, everything - 1, 1, everything - 3.5)
    assert score_of(grid_of(said), BMS7, "XAB") is None


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(sorted(ASKED)), st.sampled_from([*(p.value for p in Progress), "withheld"])
    )
)
def test_every_theme_equals_a_recount(said: dict[int, str]) -> None:
    score = score_of(grid_of(said), BMS7, "XAA")
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
