"""Shares in words: what is not nothing is never 0 %, what is not all is never 100 %."""

from pathlib import Path

import pytest
from babel import Locale
from babel.numbers import format_percent

from tracker.exchange import words
from tracker.exchange.shares import percent_of
from tracker.exchange.words import Words


@pytest.mark.parametrize(
    ("n", "total", "english"),
    [
        (0, 17_949, "0%"),
        (1, 17_949, "<1%"),
        (1, 201, "<1%"),
        (1, 200, "1%"),  # half rounds up, as in a spreadsheet
        (3, 24, "13%"),
        (29, 200, "15%"),
        (2, 200, "1%"),
        (12, 193, "6%"),
        (198, 200, "99%"),
        (199, 200, ">99%"),
        (999, 1_000, ">99%"),
        (56.75, 56.75, "100%"),
        (1_000, 1_000, "100%"),
    ],
)
def test_only_none_is_none_and_only_all_is_all(n: float, total: float, english: str) -> None:
    assert percent_of(n, total, Locale("en")) == english


def test_each_language_writes_it_its_own_way() -> None:
    french = Locale("fr")  # with a no-break space, wide or narrow
    assert percent_of(1, 1_000, french) == f"<{format_percent(0.01, locale=french)}"
    assert percent_of(1, 1_000, french)[2] in "\xa0\u202f"
    assert percent_of(999, 1_000, french) == f">{format_percent(0.99, locale=french)}"
    assert percent_of(1, 1_000, Locale("tr")) == "<%1"
    # A mark of direction keeps the sign before its number.
    assert percent_of(1, 1_000, Locale("ar")).startswith("\u200e<")


@pytest.mark.parametrize(
    ("n", "total", "english"),
    [
        (0, 90_000, "0.00%"),
        (1, 90_000, "<0.01%"),
        (9, 90_000, "0.01%"),
        (89_999, 90_000, ">99.99%"),
        (90_000, 90_000, "100.00%"),
        (5_625, 90_000, "6.25%"),
    ],
)
def test_with_two_places_too(n: int, total: int, english: str) -> None:
    assert percent_of(n, total, Locale("en"), places=2) == english


def test_workbooks_write_it_beside_the_numbers() -> None:
    assert Words("en", str).share(1, 17_949) == "1/17949 (<1%)"
    assert Words("fr", str).share(999, 1_000).startswith("999/1000 (>99")


def test_a_list_is_parted_as_the_language_writes_it() -> None:
    french = Words("fr", lambda text: {"; ": "\xa0; ", "Yes": "Oui"}.get(text, text))
    assert french.listed(["une", "autre"]) == "une\xa0; autre"
    assert Words("en", str).listed(word for word in ("one", "other")) == "one; other"


def test_no_file_joins_a_list_in_the_english_way() -> None:
    """But for codes, which are the same in every language."""
    folder = Path(words.__file__).parent
    joined = {
        path.name
        for path in folder.rglob("*.py")
        if '"; ".join' in path.read_text(encoding="utf-8")
    }
    assert joined == {"commitments.py", "indicator_file_columns.py", "tabular.py"}
