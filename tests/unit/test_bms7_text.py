"""The official wording: nothing added, nothing lost, every broken word mended."""

import re

import pytest
from spellchecker import SpellChecker

from tests.unit.bms7 import FOLDER, NUMBERS, commitment, parsed, source
from tracker.catalogue.documents import dump_text
from tracker.catalogue.mending import Mend

FURNITURE = re.compile(
    r"^ *(https://undocs\.org/\S+|A/CONF\.192/BMS/2021/1|21-11073 4/22|21/22 21-11073) *$", re.M
)
WORD = re.compile(r"[^\W\d_]+")

# Names, acronyms and titles that stand in the document in another language.
NAMES = """
    Allemagne Amérique Bélarus Bretagne Brunéi Darussalam El Europe Guyane Iraq Kimani Kitts Libéria
    Martin Nevis New Nigéria Tchéquie Viet York Kingdom States United
    BMS CONF COVID CRP INF INTERPOL Internet Interprefy MERCOSUR Rev
    Activities Ammunition Arms Bolivianas Control Democracy Equality Esfuerzos Firearms Gender
    Institute Manufacturers Mujeres Nepal Network Peace Shooting Small Sporting The Women World
""".split()
# Sound French words that the word list does not have.
RARE = """
    bolivarienne comparabilité complémentarités coronavirus interinstitutions mesurabilité
    multisectorielle mutandis mutatis organisationnelles pandémie pluriannuels plurinational
    polymère polymères radiofréquence retransfert socioéconomique socioéconomiques transfrontalier
    transrégional transrégionaux
""".split()
# Before an apostrophe (d’), after a number (1re, 3e), numerals and signs (56/24 V, S/…).
PARTS = ["c", "d", "n", "s", "jusqu", "lorsqu", "e", "re", "D", "S", "V"]
# Neighbours that are two words although they would make one.
TWO_WORDS = {"par la", "par le", "par les", "parti aux", "quel que", "tous ses"}


def all_texts() -> list[str]:
    texts: list[str] = [note.text for note in parsed().footnotes]
    for part in (parsed().body, parsed().annex):
        texts.append(part.title)
        for section in part.sections:
            texts += [section.title, section.chapeau]
        for paragraph in part.paragraphs:
            texts += [paragraph.text, *paragraph.items]
    return texts


def without_space(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def french() -> SpellChecker:
    return SpellChecker(language="fr")


def is_word(french: SpellChecker, word: str) -> bool:
    return word.lower().replace("œ", "oe") in french


def test_the_committed_text_is_what_the_parser_reads() -> None:
    committed = (FOLDER / "text.fr.yaml").read_text(encoding="utf-8")
    assert committed == dump_text(parsed(), "fr")


def test_each_commitment_has_the_words_of_the_source() -> None:
    raw = without_space(FURNITURE.sub("", source()))
    annex = raw[raw.index("AnnexeDocumentfinal") :]
    for number in NUMBERS:
        text = without_space(commitment(number).text["fr"])
        assert re.search(rf"(?<!\d){number}\.{re.escape(text)}", annex), number


def test_the_whole_annex_is_there_in_order() -> None:
    raw = without_space(FURNITURE.sub("", source()))
    annex = parsed().annex
    read = "Annexe" + annex.title
    read += "".join(f"{p.number}.{p.text}" for p in annex.paragraphs if p.section is None)
    for section in annex.sections:
        step = section.code.split(".")[-1]
        read += "" if step.islower() else f"{step}."
        read += section.title + section.chapeau
        for paragraph in annex.paragraphs:
            if paragraph.section == section.code:
                read += f"{paragraph.number}.{paragraph.text}" + "".join(paragraph.items)
    assert raw.endswith(without_space(read))


def test_every_mend_is_known() -> None:
    assert parsed().mends == (
        Mend("body/22", "ci -après", "ci-après"),
        Mend("annex/6", "effect ive", "effective"),
        Mend("annex/34", "lo is", "lois"),
        Mend("annex/35", "sûre ,", "sûre,"),
        Mend("annex/38", "trafic ,", "trafic,"),
    )


def test_every_token_is_a_french_word_or_a_known_name(french: SpellChecker) -> None:
    allowed = {*NAMES, *RARE, *PARTS}
    unknown = {
        word
        for text in all_texts()
        for word in WORD.findall(text)
        if word not in allowed and not is_word(french, word)
    }
    assert unknown == set()


def test_no_two_words_are_one_broken_word(french: SpellChecker) -> None:
    pairs = re.compile(r"(?=(?<![\w’'-])([^\W\d_]+) ([^\W\d_]+)(?![\w’']))")
    suspicious = {
        f"{first} {second}"
        for text in all_texts()
        for first, second in pairs.findall(text)
        if first.islower() and second.islower() and is_word(french, first + second)
    }
    assert suspicious == TWO_WORDS


def test_spacing_is_sound() -> None:
    for text in all_texts():
        assert not re.search(r"\s{2}|^\s|\s$|\s[,.)]|\(\s|\w -\w|\w- \w|[\n\t]", text), text
        assert not re.search(r"\S[:;»]", text), text  # French keeps a space before these


def test_the_body_of_the_report_has_its_own_paragraphs() -> None:
    assert [p.number for p in parsed().body.paragraphs] == list(range(1, 27))
    assert [p.number for p in parsed().annex.paragraphs] == list(range(1, 123))
    assert parsed().body.paragraph(25).text.startswith("À la même séance, il a été décidé")
    assert parsed().annex.paragraph(25).text.startswith("Mettre en place, là où elles n’existent")


def test_the_votes_and_their_footnotes_are_read() -> None:
    vote = parsed().body.paragraph(23)
    assert vote.items[0] == "Les voix se sont réparties comme suit :"
    assert vote.items[2] == "Ont voté contre : Iran (République islamique d’)."
    assert [note.number for note in parsed().footnotes] == [1, 2, 3]
    assert parsed().body.paragraph(15).text.endswith("A/CONF.192/BMS/2021/INF/2.")
