"""Words are found in every script whatever their case and accents, and marked where they stand."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.errors import Invalid
from tracker.domain.searching import LONGEST, Search, fold, parse_search


def search(text: str) -> Search:
    found = parse_search(text, place="q")
    assert found is not None
    return found


def marked(asked: str, text: str) -> list[str]:
    return [piece.text for piece in search(asked).segments(text) if piece.found]


@pytest.mark.parametrize(
    ("asked", "text", "found"),
    [
        ("register", "The REGISTER was kept.", ["REGISTER"]),
        ("controle", "Le contrôle des armes", ["contrôle"]),
        ("CONTRÔLE", "le controle, le contrôle", ["controle", "contrôle"]),
        ("contrôle", "de\u0301ja\u0300 controle", ["controle"]),
        ("deja", "de\u0301ja\u0300 vu", ["de\u0301ja\u0300"]),
        ("strasse", "Die Straße", ["Straße"]),
        ("l'arme", "L’arme", ["L’arme"]),
        ("оружие", "ОРУЖИЕ и боеприпасы", ["ОРУЖИЕ"]),
        ("учет", "учёт оружия", ["учёт"]),
        ("اسلحة", "الأسلحة الصغيرة", ["أسلحة"]),
        ("محمد", "مُحَمَّد", ["مُحَمَّد"]),
        ("سلاح", "ســـلاح", ["ســـلاح"]),
        ("武器", "小武器和轻武器", ["武器", "武器"]),
        ("<script>", "a <script>alert(1)</script>", ["<script>"]),
        ("arms trade", "trade in small arms", ["trade", "arms"]),
        ("aba", "ababa", ["aba"]),
        ("arm arms", "arms", ["arms"]),
        ("“arms trade”,", "trade in small arms", ["trade", "arms"]),
        ("(law).", "a law", ["law"]),
        ("(", "a (law)", ["("]),
    ],
)
def test_found_and_marked(asked: str, text: str, found: list[str]) -> None:
    assert search(asked).meets([text])
    assert marked(asked, text) == found


def test_every_word_has_to_occur_somewhere_in_the_answer() -> None:
    assert search("police register").meets(["A register.", "National police"])
    assert not search("police register").meets(["A register."])
    assert not search("lice-reg").meets(["police", "register"])


@pytest.mark.parametrize("asked", ["", "   ", "\u0301", "ـ", "\u200b \u00ad"])
def test_nothing_asked_is_no_search(asked: str) -> None:
    assert parse_search(asked, place="q") is None


def test_too_long_a_search_is_refused() -> None:
    assert search("a" * LONGEST).words == ("a" * LONGEST,)
    with pytest.raises(Invalid) as refused:
        parse_search("é" * (LONGEST + 1), place="q")
    assert refused.value.problems[0].code == "search-too-long"


def test_an_excerpt_is_cut_around_the_first_word_found() -> None:
    text = "x" * 500 + " needle " + "y" * 500
    pieces = search("needle").excerpt(text)
    assert pieces[0].text == "… " and pieces[-1].text == " …"
    whole = "".join(piece.text for piece in pieces)
    assert " needle " in whole and len(whole) < 250
    assert [piece.text for piece in search("all").excerpt("all of it")] == ["all", " of it"]


@pytest.mark.parametrize(
    ("asked", "text", "shown"),
    [
        (
            "needle",
            "Registers " + "were kept " * 8 + "beside the needle in " + "every district " * 8,
            f"… kept {'were kept ' * 7}beside the needle in {'every district ' * 5}every …",
        ),
        ("武器", "管" * 100 + "武器" + "制" * 100, "… " + "管" * 90 + "武器" + "制" * 90 + " …"),
        (
            "सूची",
            "कि" * 60 + "।सूची।" + "की" * 60,  # a vowel sign stays with its letter
            "… " + "कि" * 44 + "।सूची।" + "की" * 45 + " …",
        ),
        ("needle", "x" * 60 + "needle" + "y" * 60, "x" * 60 + "needle" + "y" * 60),
        (
            "needle",
            "z " + "x" * 95 + "needle" + "y" * 95 + " z",
            "… " + "x" * 90 + "needle" + "y" * 90 + " …",
        ),
    ],
)
def test_an_excerpt_cuts_no_word(asked: str, text: str, shown: str) -> None:
    assert "".join(piece.text for piece in search(asked).excerpt(text)) == shown


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60)


@given(TEXTS)
def test_pieces_are_the_whole_text_whatever_it_holds(text: str) -> None:
    for asked in (text[:3], text[2:5], "a"):
        found = parse_search(asked, place="q")
        if found:
            assert "".join(piece.text for piece in found.segments(text)) == text
            marks = any(piece.found for piece in found.segments(text))
            assert marks == found.meets_some(text)


@given(TEXTS)
def test_folding_letter_by_letter_is_folding_the_whole(text: str) -> None:
    assert "".join(map(fold, text)) == fold(text)


@given(TEXTS)
def test_what_is_decomposed_is_found_by_what_is_composed(text: str) -> None:
    composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert fold(composed) == fold(apart)


def test_a_whole_cycle_is_searched_fast() -> None:
    texts = ["Le contrôle des armes légères. " * 10, "سجل الأسلحة الصغيرة والخفيفة " * 10]
    asked, start = search("nowhere armes"), time.perf_counter()
    assert not any(asked.meets([texts[number % 2]]) for number in range(193 * 93))
    assert time.perf_counter() - start < 8  # a tenth of it on an idle machine
