"""The 95 commitments: their places, their classification, our titles and summaries."""

import re
from datetime import date

import pytest

from tests.unit.bms7 import NUMBERS, commitment, document
from tracker.domain.completeness import Gap, gap_of
from tracker.domain.documents import Addressee, Commitment, Level, Qualifier, Strength
from tracker.domain.labels import INSTRUMENT_LABELS
from tracker.domain.responses import ResponseContent

BLOCKS = {
    "I.1": range(25, 42),
    "I.1.a": range(42, 50),
    "I.1.b": range(50, 57),
    "I.2": range(57, 63),
    "I.3.a": range(63, 68),
    "I.3.b": range(68, 80),
    "II": range(80, 90),
    "II.a": range(90, 97),
    "III": range(97, 103),
    "III.a": range(103, 109),
    "III.b": range(109, 120),
}
LEVELS = {"I.1": Level.NATIONAL, "I.2": Level.REGIONAL, "I.3": Level.GLOBAL}
SIGNS = {
    Qualifier.NATIONAL_LAW: (
        r"conform\S* (?:à la|aux|au) (?:lois|cadres juridiques nationaux|droit interne|législation)"
        r"|dans le respect (?:de la législation nationale|du droit national)"
    ),
    Qualifier.AS_APPROPRIATE: r"le cas échéant",
    Qualifier.WHERE_POSSIBLE: r"dans (?:toute )?la mesure du possible|lorsque cela est possible",
    Qualifier.VOLUNTARY: r"volontaires?\b(?! d’armes)",  # a voluntary surrender limits nothing
    Qualifier.EXISTING_RESOURCES: r"dans la limite des ressources existantes",
    Qualifier.BILATERAL_AGREEMENTS: r"accords bilatéraux",
}
FIRST_VERBS = {
    Strength.ENCOURAGE: r"Encourager",
    Strength.CONSIDER: r"Envisager|Étudier",
    Strength.RECOGNISE: r"Reconnaître|Réaffirmer|Noter|Accueillir favorablement",
}


def each() -> tuple[Commitment, ...]:
    return document().commitments


def test_there_are_95_commitments_in_their_blocks() -> None:
    assert [c.paragraph for c in each()] == list(NUMBERS)
    assert len(each()) == 95
    assert [s.code for s in document().blocks()] == list(BLOCKS)
    for code, numbers in BLOCKS.items():
        assert [c.paragraph for c in document().in_section(code)] == list(numbers)


def test_keys_say_that_the_numbers_are_the_annexs() -> None:
    assert each()[0].key == "bms7/annex/25"
    assert len({c.key for c in each()}) == 95
    assert "il a été décidé d’inclure" not in commitment(25).text["fr"]
    assert "ont autorisé le Président" not in commitment(26).text["fr"]


def test_the_chapeaux_say_that_states_decided() -> None:
    for section in document().sections:
        if section.parent is None:
            assert section.chapeau["fr"].startswith("Compte tenu de la diversité")
            assert section.chapeau["fr"].endswith("non autorisés :")
        else:
            assert section.chapeau == {}
    assert [s.title["fr"] for s in document().path("I.1.b")][1:] == [
        "Au niveau national",
        "Renforcement de la mesurabilité et de la mise en œuvre du Programme d’action",
    ]


def test_the_document_and_its_meeting() -> None:
    assert document().symbol == "A/CONF.192/BMS/2021/1"
    assert document().title["fr"].startswith("Document final de la septième Réunion biennale")
    assert document().adopted_on == document().meeting.closed_on == date(2021, 7, 30)
    assert document().meeting.opened_on == date(2021, 7, 26)


def test_the_level_follows_the_heading_in_part_one_only() -> None:
    for c in each():
        assert c.level == LEVELS.get(".".join(c.section.split(".")[:2])), c.key


def test_who_is_asked() -> None:
    asked = {
        kind: [c.paragraph for c in each() if c.addressee is kind]
        for kind in (Addressee.STATES_IN_A_POSITION, Addressee.SECRETARIAT, Addressee.MIXED)
    }
    assert asked == {
        Addressee.STATES_IN_A_POSITION: [76, 88, 107, 110, 112, 114, 115, 118],
        Addressee.SECRETARIAT: [94, 119],
        Addressee.MIXED: [117],
    }
    for c in each():
        in_a_position = "Encourager les États qui sont en mesure de le faire" in c.text["fr"]
        assert in_a_position == (c.addressee is Addressee.STATES_IN_A_POSITION), c.key


def test_strength_is_that_of_the_first_operative_verb() -> None:
    for c in each():
        assert c.strength == (c.strengths[0] if c.strengths else None)
        if c.addressee is Addressee.SECRETARIAT:
            assert c.strengths == ()
            continue
        expected = Strength.COMMIT
        for strength, verbs in FIRST_VERBS.items():
            if re.match(verbs, c.text["fr"]):
                expected = strength
        assert c.strength is expected, c.key


def test_paragraphs_with_verbs_of_several_strengths() -> None:
    mixed = {c.paragraph: c.strengths for c in each() if len(set(c.strengths)) > 1}
    assert mixed == {
        51: (Strength.ENCOURAGE, Strength.COMMIT),
        56: (Strength.RECOGNISE, Strength.COMMIT),
        57: (Strength.RECOGNISE, Strength.ENCOURAGE),
        64: (Strength.ENCOURAGE, Strength.COMMIT),
        92: (Strength.COMMIT, Strength.CONSIDER),
    }


def test_those_that_only_recognise_may_be_left() -> None:
    assert [c.paragraph for c in each() if c.may_be_left] == [36, 77, 80, 81, 97, 117]
    assert [c.paragraph for c in each() if not c.asks_states] == [94, 119]


def test_what_may_be_left_is_asked_for_its_progress_once_something_is_written() -> None:
    """As the guides for focal points say."""
    for found in (c for c in each() if c.may_be_left):
        assert gap_of(found, None) is None
        assert gap_of(found, ResponseContent(narrative="A word.")) is Gap.NO_PROGRESS


@pytest.mark.parametrize("qualifier", Qualifier)
def test_qualifiers_are_exactly_those_of_the_text(qualifier: Qualifier) -> None:
    classified = [c.paragraph for c in each() if qualifier in c.qualifiers]
    in_text = [c.paragraph for c in each() if re.search(SIGNS[qualifier], c.text["fr"])]
    assert classified == in_text


def test_titles_and_summaries_are_complete_short_and_distinct() -> None:
    for language in ("en", "fr"):
        titles = [c.title[language] for c in each()]
        assert len(set(titles)) == len({c.summary[language] for c in each()}) == 95
        for c in each():
            assert 0 < len(c.title[language]) <= 60
            assert not c.title[language].endswith(".")
            assert re.fullmatch(r"\S[^\n]*[.]", c.summary[language]), c.key
            assert not re.search(r"[.] [A-ZÀ-Ý]", c.summary[language]), f"{c.key}: two sentences"
            assert "'" not in c.title[language] + c.summary[language], "typographic apostrophes"


def test_every_commitment_is_classified_and_official_text_is_french_only() -> None:
    for c in each():
        assert c.themes, c.key
        assert set(c.text) == {"fr"}
        for reference in c.references:
            assert reference.instrument in INSTRUMENT_LABELS


def test_the_indicator_is_cited_where_the_text_names_it() -> None:
    named = [c.paragraph for c in each() if "16.4.2" in c.text["fr"]]
    cited = [c.paragraph for c in each() if "16.4.2" in {r.item for r in c.references}]
    assert cited == named == [69, 83]


def test_the_recorded_vote_stands_beside_paragraph_92_only() -> None:
    assert [c.paragraph for c in each() if c.note] == [92]
    note = commitment(92).note
    for words in ("100 to 1", "10 abstentions", "114 votes to none", "para. 23", "para. 24"):
        assert words in note["en"]
    for words in ("100 voix contre 1", "10 abstentions", "114 voix contre zéro", "par. 24"):
        assert words in note["fr"]
