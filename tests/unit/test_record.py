"""The official record: the committed file says what the document says, and the parser is strict."""

from collections import Counter
from pathlib import Path

import pytest

from tracker.catalogue.names import StateNames, UnknownStateName, fold
from tracker.catalogue.reading import SeedError
from tracker.catalogue.record import load_record
from tracker.catalogue.record_text import RecordError, read_record
from tracker.catalogue.states import load_states
from tracker.domain.documents import JointStatement, Participation, ParticipationKind, RecordedVote
from tracker.domain.states import StateStatus

SEED = Path(__file__).parents[2] / "seed"
BMS7 = SEED / "outcome_documents" / "bms7"
SOURCE = (BMS7 / "source.fr.txt").read_text(encoding="utf-8")
STATES = load_states(SEED / "states.yaml")
NAMES = StateNames(STATES)
PARTICIPATIONS, VOTES, STATEMENTS = load_record(BMS7 / "record.yaml")
Kind = ParticipationKind


def codes(entries: tuple[Participation, ...], paragraph: int, kind: Kind) -> list[str]:
    return [e.iso3 for e in entries if (e.paragraph, e.kind) == (paragraph, kind)]


def test_the_committed_record_is_what_the_source_says() -> None:
    participations, votes, statements = read_record(SOURCE, STATES)
    assert participations == PARTICIPATIONS
    assert [(s.paragraph, s.footnote) for s in statements] == [
        (s.paragraph, s.footnote) for s in STATEMENTS
    ]
    assert [_totals(vote) for vote in votes] == [_totals(vote) for vote in VOTES]


def _totals(vote: RecordedVote) -> tuple[int, int, int, int]:
    return vote.paragraph, vote.in_favour, vote.against, vote.abstaining


def test_totals_are_those_that_the_document_states() -> None:
    assert [_totals(vote) for vote in VOTES] == [(23, 100, 1, 10), (24, 114, 0, 0)]
    text = " ".join(SOURCE.split())
    assert "100 voix contre 1, avec 10 abstentions" in text
    assert "114 voix contre zéro, avec zéro abstention" in text


def test_the_parser_quotes_the_sentence_of_each_vote() -> None:
    _, (on_92, on_the_whole), _ = read_record(SOURCE, STATES)
    assert on_92.subject["fr"].startswith("À la 10e séance, le 30 juillet 2021")
    assert (
        "a décidé de conserver le paragraphe 92 du projet de document final"
        in (on_92.subject["fr"])
    )
    assert on_the_whole.subject["fr"].endswith("114 voix contre zéro, avec zéro abstention.")
    assert "92" in VOTES[0].subject["en"] and "92" in VOTES[0].subject["fr"]


def test_every_list_has_its_length() -> None:
    assert Counter((entry.paragraph, entry.kind) for entry in PARTICIPATIONS) == {
        (16, Kind.REPORT_SUBMITTED): 91,
        (18, Kind.JOINED_STATEMENT): 58,
        (23, Kind.VOTED_FOR): 100,
        (23, Kind.VOTED_AGAINST): 1,
        (23, Kind.ABSTAINED): 10,
        (23, Kind.INTENDED_TO_VOTE_FOR): 2,
        (24, Kind.VOTED_FOR): 114,
        (24, Kind.INTENDED_TO_VOTE_FOR): 3,
    }


def test_the_joint_statement_names_whom_its_footnote_names() -> None:
    text = " ".join(SOURCE.split())
    start = text.index("1 Albanie, Allemagne, Argentine") + 2
    note = text[start : text.index("Costa Rica.", start) + len("Costa Rica")]
    assert note.count(",") + 2 == 58  # and one comma fewer than names, "et" before the last
    assert note.endswith("Ukraine, Uruguay et Costa Rica")
    named = codes(PARTICIPATIONS, 18, Kind.JOINED_STATEMENT)
    assert " ".join(named) == (
        "ALB DEU ARG AUS AUT BEL BOL BRA BGR CAN CHL CYP COL HRV DNK ECU ESP EST FIN FRA GEO GHA "
        "GRC GTM GUY HND IRL ISL ISR ITA JAM LVA LUX MLT MEX MDA MNE NAM NOR PAN PRY NLD PER PHL "
        "KOR DOM ROU GBR SVK SVN SWE CHE CZE THA TTO UKR URY CRI"
    )


def test_the_parser_quotes_the_sentence_of_the_statement() -> None:
    _, _, (said,) = read_record(SOURCE, STATES)
    assert said.subject["fr"] == (
        "À la 6e séance, des déclarations ont été faites par les représentantes et représentants "
        "du Costa Rica (au nom de plusieurs États)"
    )
    (ours,) = STATEMENTS
    assert "« au nom de plusieurs États »" in ours.subject["fr"]
    assert "Costa Rica" in ours.subject["en"] and "Costa Rica" in ours.subject["fr"]


def test_reports_are_as_many_as_the_names_between_the_commas_of_paragraph_16() -> None:
    text = " ".join(SOURCE.split())
    start = text.index("mise en œuvre du Programme d’action : Albanie") + len("mise en œuvre")
    sentence = text[text.index(":", start) : text.index("et Zambie.", start)]
    assert sentence.count(",") + 2 == 91  # and one comma fewer than names, "et" before the last
    assert len(codes(PARTICIPATIONS, 16, Kind.REPORT_SUBMITTED)) == 91


def test_only_member_states_are_named_and_none_twice() -> None:
    members = {state.iso3 for state in STATES if state.status is StateStatus.MEMBER}
    assert {entry.iso3 for entry in PARTICIPATIONS} <= members
    assert len(set(PARTICIPATIONS)) == len(PARTICIPATIONS)
    for paragraph in (16, 18, 23, 24):
        named = [entry.iso3 for entry in PARTICIPATIONS if entry.paragraph == paragraph]
        assert len(set(named)) == len(named)


def test_who_voted_against_and_who_abstained_on_paragraph_92() -> None:
    assert codes(PARTICIPATIONS, 23, Kind.VOTED_AGAINST) == ["IRN"]
    abstained = codes(PARTICIPATIONS, 23, Kind.ABSTAINED)
    assert sorted(abstained) == [
        *("BLR", "COG", "CUB", "KHM", "MDG", "NIC", "NPL", "RUS", "SYR", "VEN"),
    ]
    # Having voted so, all of them voted for the text as a whole.
    assert {"IRN", *abstained} <= set(codes(PARTICIPATIONS, 24, Kind.VOTED_FOR))


def test_intentions_told_afterwards_stand_in_no_total() -> None:
    assert codes(PARTICIPATIONS, 23, Kind.INTENDED_TO_VOTE_FOR) == ["SMR", "STP"]
    assert codes(PARTICIPATIONS, 24, Kind.INTENDED_TO_VOTE_FOR) == ["BWA", "MNE", "UKR"]
    assert "UKR" not in codes(PARTICIPATIONS, 24, Kind.VOTED_FOR)


@pytest.mark.parametrize(
    ("name", "iso3"),
    [
        ("Antigua-\n\net-Barbuda", "ATG"),
        ("Timor- Leste", "TLS"),
        ("Bosnie-\n\nHerzégovine", "BIH"),
        ("COTE D'IVOIRE", "CIV"),
        ("Côte d’Ivoire", "CIV"),
        ("Iran \n(République islamique d’)", "IRN"),
        ("Iran (République islamique d')", "IRN"),
        ("la République islamique d’Iran", "IRN"),
        ("Venezuela (République bolivarienne  \n\ndu)", "VEN"),
        ("de l’Ukraine", "UKR"),
        ("du Monténégro", "MNE"),
        ("Turquie", "TUR"),
        ("United Kingdom", "GBR"),
        ("Royaume-Uni de Grande-Bretagne et d’Irlande du Nord", "GBR"),
        ("United States", "USA"),
        ("Moldavie", "MDA"),
        ("Pays-Bas", "NLD"),
        ("Congo", "COG"),
        ("République démocratique du Congo", "COD"),
        ("Guinée-Bissau", "GNB"),
        ("Guinée", "GIN"),
        ("Bélarus", "BLR"),
        ("Be\u0301larus", "BLR"),
    ],
)
def test_names_are_recognised_as_documents_print_them(name: str, iso3: str) -> None:
    assert NAMES.require(name) == iso3


def test_a_list_may_end_with_and_though_names_hold_it_too() -> None:
    assert NAMES.read_list("Cuba et Togo.") == ("CUB", "TGO")
    united_kingdom = "Royaume-Uni de Grande-Bretagne et d’Irlande du Nord"
    assert NAMES.read_list(f"Cuba, {united_kingdom}") == ("CUB", "GBR")
    assert NAMES.read_list(f"{united_kingdom} et Togo") == ("GBR", "TGO")
    assert NAMES.read_list(f"Togo et {united_kingdom}.") == ("TGO", "GBR")
    assert NAMES.read_list("Néant.") == ()


def test_a_comma_inside_brackets_does_not_cut_a_name() -> None:
    with pytest.raises(UnknownStateName, match=r"'Nulle part \(île, atoll\)'"):
        NAMES.read_list("Cuba, Nulle part (île, atoll), Togo")


@pytest.mark.parametrize("name", ["Lesoto", "", "Union européenne", "Cuba Togo"])
def test_an_unknown_name_is_told(name: str) -> None:
    with pytest.raises(UnknownStateName) as refusal:
        NAMES.require(f" {name} ")
    assert refusal.value.name == name


def test_folding_keeps_letters_of_every_script() -> None:
    assert fold("Türkiye") == "turkiye"
    assert fold("Кот-д’Ивуар") == "котдивуар"
    assert fold("科特迪瓦") == "科特迪瓦"


def test_an_unmatched_name_in_the_text_is_an_error_that_names_it() -> None:
    with pytest.raises(UnknownStateName, match="Zembla"):
        read_record(SOURCE.replace("\nZambie.", "\nZembla."), STATES)
    without_ukraine = [state for state in STATES if state.iso3 != "UKR"]
    with pytest.raises(UnknownStateName, match="Ukraine"):
        read_record(SOURCE, without_ukraine)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("100 voix contre 1,", "101 voix contre 1,", r"23: \(100, 1, 10\) .* \(101, 1, 10\)"),
        ("voix contre zéro,", "voix contre deux,", r"24: \(114, 0, 0\) .* \(114, 2, 0\)"),
        ("avec 10 abstentions", "avec maintes abstentions", "not a number of votes: 'maintes'"),
        ("Cambodge, Congo, Cuba", "Cuba, Congo, Cuba", "23 names twice: CUB"),
        ("Bélarus, Cambodge, Congo", "Bélarus, Togo, Congo", "23 names twice: TGO"),
        ("Albanie, Algérie, Allemagne, Andorre", "Albanie, Algérie, Algérie, Andorre",
         "16 names twice: DZA"),
        ("l’intention de voter pour.", "l’intention de s’abstenir.", "23: cannot read .* 2"),
        ("comme suit3", "comme suit9", "24: cannot read its footnote 9"),
        ("plusieurs États) 1 ,", "plusieurs États) 9 ,", "18: cannot read its footnote 9"),
        ("Uruguay et \n\nCosta Rica.", "Uruguay et \n\nCuba.", "18: CRI speaks .* not name it"),
        ("Norvège, Panama, Paraguay", "Norvège, Panama, Panama", "18 names twice: PAN"),
    ],
)  # fmt: skip
def test_a_record_that_does_not_hold_together_is_refused(
    before: str, after: str, message: str
) -> None:
    assert SOURCE.count(before) == 1
    with pytest.raises(RecordError, match=message):
        read_record(SOURCE.replace(before, after), STATES)


def test_a_document_without_reports_and_votes_has_an_empty_record() -> None:
    assert read_record("1. Les États ont siégé.\n\n2. Ils se sont séparés.\n", STATES) == (
        (),
        (),
        (),
    )


GOOD = """
reports:
- {paragraph: 16, states: [CUB, TGO]}
statements:
- {paragraph: 18, footnote: 1, subject: {en: A statement, fr: Une déclaration}, states: [PER, CRI]}
votes:
- paragraph: 23
  subject: {en: Keeping it, fr: Maintien}
  totals: {in_favour: 2, against: 1, abstaining: 0}
  voted_for: [CUB, TGO]
  voted_against: [FRA]
  abstained: []
  intended_to_vote_for: [MLI]
"""


def test_a_record_file_is_read_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "record.yaml"
    path.write_text(GOOD, encoding="utf-8")
    participations, votes, statements = load_record(path)
    assert participations == (
        Participation("CUB", Kind.REPORT_SUBMITTED, 16),
        Participation("TGO", Kind.REPORT_SUBMITTED, 16),
        Participation("PER", Kind.JOINED_STATEMENT, 18),
        Participation("CRI", Kind.JOINED_STATEMENT, 18),
        Participation("CUB", Kind.VOTED_FOR, 23),
        Participation("TGO", Kind.VOTED_FOR, 23),
        Participation("FRA", Kind.VOTED_AGAINST, 23),
        Participation("MLI", Kind.INTENDED_TO_VOTE_FOR, 23),
    )
    assert votes == (RecordedVote(23, {"en": "Keeping it", "fr": "Maintien"}, 2, 1, 0),)
    assert statements == (JointStatement(18, 1, {"en": "A statement", "fr": "Une déclaration"}),)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("states: [PER, CRI]", "states: [PER, PER]", "statements.0: .*named twice: PER"),
        ("footnote: 1", "footnote: 0", "statements.0.footnote"),
        ("states: [CUB, TGO]", "states: [CUB, CUB]", "reports.0: .*named twice: CUB"),
        ("in_favour: 2", "in_favour: 3", "votes.0: .*2 States are listed where the total is 3"),
        ("abstained: []", "abstained: [GIN]", "1 States are listed where the total is 0"),
        ("[FRA]", "[TGO]", "named twice: TGO"),
        ("[MLI]", "[mali]", "votes.0.intended_to_vote_for.0: String should match"),
        ("against: 1", "against: -1", "votes.0.totals.against"),
        ("fr: Maintien", "fr: ''", "no text in: fr"),
        ("paragraph: 16", "paragraph: '16'", "reports.0.paragraph"),
    ],
)
def test_a_wrong_record_file_names_itself_and_the_place(
    tmp_path: Path, before: str, after: str, message: str
) -> None:
    assert GOOD.count(before) == 1
    path = tmp_path / "record.yaml"
    path.write_text(GOOD.replace(before, after), encoding="utf-8")
    with pytest.raises(SeedError, match=message) as refusal:
        load_record(path)
    assert str(path) in str(refusal.value)
