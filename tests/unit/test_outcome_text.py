"""Reading the text of an outcome document, from print and from plain text."""

import pytest

from tracker.catalogue.mending import Mend, Mender
from tracker.catalogue.outcome_text import ParsedText, parse_outcome_text


def printed(*lines: str) -> str:
    """Lines as a conversion from print leaves them: an empty line after each, gaps of spaces."""
    return "".join(f"{line}\n\n" for line in lines)


PRINTED = (
    printed(" I. Introduction ", " ", "1. The first paragraph is about a national and sub-")
    + printed("regional matter, said in full on 3 May ", "2021. It was as follows1 : ")
    + printed(" a) a first point, and ", "its second line; ", " b) a second point. ")
    + printed("__________________ ", " 1 A note at the foot ", "of the page. ")
    + "https://example.org/a\nhttps://example.org/b\n"
    + printed(" 2. A paragraph that begins a page and runs ", "over the end")
    + printed("of it, as set out in A/CONF.1/", "BMS/1/L.2 ", " ")
    + printed("A/CONF.192/BMS/2021/1 ", " ", "21-11073 4/22 ", " ", " Annex ", " ")
    + printed(
        "  Outcome of the meeting ", " ", "1. One. ", "2. Two. ", " ", " I. Part ", "one ", " "
    )
    + printed(" In view of that, States decided : ", " ", " 1. At the national level ", " ")
    + printed("3. Three. ", " ", "  A heading without a number ", " ", "4. Four. ", " ")
    + printed(" 2. At the regional level ", " ", "5. Five. ", " ", "  Another heading ", " ")
    + printed("6. Six. ", " ", " II. Part two ", " ", "7. Seven. ")
)

PLAIN = """I. Scope

Considering the first thing,
States decided to:

1. Do one thing
over two lines.

2. Do another.
\f3. Do a third.

II. Follow-up

4. Meet again.
"""


def read(text: str) -> ParsedText:
    return parse_outcome_text(text)


def test_lines_are_joined_and_hyphens_at_line_ends_stay() -> None:
    first = read(PRINTED).body.paragraph(1)
    assert first.text == (
        "The first paragraph is about a national and sub-regional matter, "
        "said in full on 3 May 2021. It was as follows :"
    )


def test_a_slash_at_a_line_end_takes_no_space() -> None:
    assert read(PRINTED).body.paragraph(2).text.endswith("as set out in A/CONF.1/BMS/1/L.2")


def test_sub_points_belong_to_their_paragraph() -> None:
    assert read(PRINTED).body.paragraph(1).items == (
        "a) a first point, and its second line;",
        "b) a second point.",
    )


def test_footnotes_stand_apart_and_their_marks_are_gone() -> None:
    (note,) = read(PRINTED).footnotes
    assert (note.number, note.text) == (1, "A note at the foot of the page.")
    assert "follows1" not in read(PRINTED).body.paragraph(1).text


def test_page_furniture_is_gone() -> None:
    parsed = read(PRINTED)
    everything = " ".join(p.text for part in (parsed.body, parsed.annex) for p in part.paragraphs)
    for furniture in ("21-11073", "4/22", "https", "2021/1", "____"):
        assert furniture not in everything


def test_body_and_annex_number_their_paragraphs_apart() -> None:
    parsed = read(PRINTED)
    assert [p.number for p in parsed.body.paragraphs] == [1, 2]
    assert [p.number for p in parsed.annex.paragraphs] == [1, 2, 3, 4, 5, 6, 7]
    assert parsed.outcome is parsed.annex
    assert parsed.annex.title == "Outcome of the meeting"


def test_headings_get_codes_and_chapeaux() -> None:
    annex = read(PRINTED).annex
    assert [(s.code, s.parent, s.title) for s in annex.sections] == [
        ("I", None, "Part one"),
        ("I.1", "I", "At the national level"),
        ("I.1.a", "I.1", "A heading without a number"),
        ("I.2", "I", "At the regional level"),
        ("I.2.a", "I.2", "Another heading"),
        ("II", None, "Part two"),
    ]
    assert annex.sections[0].chapeau == "In view of that, States decided :"
    assert [p.section for p in annex.paragraphs] == [
        None, None, "I.1", "I.1.a", "I.2", "I.2.a", "II",
    ]  # fmt: skip


def test_plain_text_without_annex_is_read_as_well() -> None:
    parsed = read(PLAIN)
    assert parsed.outcome is parsed.body
    assert [(p.number, p.section, p.text) for p in parsed.body.paragraphs] == [
        (1, "I", "Do one thing over two lines."),
        (2, "I", "Do another."),
        (3, "I", "Do a third."),
        (4, "II", "Meet again."),
    ]
    assert parsed.body.sections[0].chapeau == "Considering the first thing, States decided to:"


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_ends_of_any_system_read_alike(ending: str) -> None:
    assert read(PLAIN.replace("\n", ending)) == read(PLAIN)


def test_an_empty_text_has_nothing() -> None:
    parsed = read("")
    assert parsed.body.paragraphs == parsed.annex.paragraphs == ()


def test_a_paragraph_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        read(PLAIN).body.paragraph(9)


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("an effect ive measure", "an effective measure"),
        ("the ef fective measure", "the effective measure"),
        ("as ci -après", "as ci-après"),
        ("safe , secure .", "safe, secure."),
        ("( see there )", "(see there)"),
        ("delivrer les  licences  :", "delivrer les licences :"),
    ],
)
def test_breaks_inside_words_and_before_signs_are_mended(broken: str, mended: str) -> None:
    assert Mender([broken, "effective measures are effective"]).mend("1", broken) == mended


@pytest.mark.parametrize(
    "sound",
    [
        "in to the into",  # both halves stand elsewhere
        "an entirely new pair",  # the joined word stands nowhere
        "one : two ; three « four »",  # French spacing
        "3 ,5 of 4",  # never inside a number
    ],
)
def test_what_is_not_broken_stays(sound: str) -> None:
    mender = Mender([sound, "in", "to", "into"])
    assert mender.mend("1", sound) == sound
    assert mender.mends == []


def test_each_mend_is_reported_with_its_place() -> None:
    mender = Mender(["an effect ive measure", "effective"])
    mender.mend("annex/6", "an effect ive measure")
    assert mender.mends == [Mend("annex/6", "effect ive", "effective")]
