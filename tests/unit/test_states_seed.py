"""The list of States, real and demonstration, and the loader that refuses mistakes in it."""

import re
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from tracker.catalogue.names import StateNames, fold
from tracker.catalogue.reading import SeedError
from tracker.catalogue.states import load_areas, load_states
from tracker.domain.states import Area, State, StateStatus

SEED = Path(__file__).parents[2] / "seed"
FOLDERS = [SEED, SEED / "demo"]
STATES = load_states(SEED / "states.yaml")
DEMONSTRATION = load_states(SEED / "demo" / "states.yaml")
BY_CODE = {state.iso3: state for state in (*STATES, *DEMONSTRATION)}

AFGHANISTAN = """
- {iso3: AFG, m49: "004", group: asia_pacific, region: "142", subregion: "034",
   name: {en: Afghanistan, fr: Afghanistan}}
"""


def members_by_group(states: Iterable[State]) -> dict[str | None, int]:
    return Counter(state.group for state in states if state.status is StateStatus.MEMBER)


def test_there_are_193_member_states_and_two_observer_states() -> None:
    observers = [state.iso3 for state in STATES if state.status is StateStatus.OBSERVER]
    assert observers == ["PSE", "VAT"]
    assert len(STATES) == 195
    assert not any(state.demonstration for state in STATES)


def test_regional_groups_have_the_members_that_the_united_nations_counts() -> None:
    assert members_by_group(STATES) == {
        "africa": 54,
        "asia_pacific": 54,
        "eastern_europe": 23,
        "grulac": 33,
        "weog": 29,
    }


def test_observer_states_count_in_no_group_but_have_a_region() -> None:
    for state in (BY_CODE["VAT"], BY_CODE["PSE"]):
        assert state.group is None
        assert state.region and state.subregion


@pytest.mark.parametrize(
    ("iso3", "group", "subregion"),
    [
        ("USA", "weog", "021"),
        ("ISR", "weog", "145"),
        ("KIR", "asia_pacific", "057"),
        ("CYP", "asia_pacific", "145"),
        ("MEX", "grulac", "419"),
        ("SDN", "africa", "015"),
        ("SSD", "africa", "202"),
        ("KAZ", "asia_pacific", "143"),
        ("GEO", "eastern_europe", "145"),
        ("AUS", "weog", "053"),
    ],
)
def test_group_and_sub_region_of_states_often_placed_wrongly(
    iso3: str, group: str, subregion: str
) -> None:
    assert (BY_CODE[iso3].group, BY_CODE[iso3].subregion) == (group, subregion)


def test_member_states_by_m49_region() -> None:
    members = [state for state in STATES if state.status is StateStatus.MEMBER]
    assert Counter(state.region for state in members) == {
        "002": 54,
        "009": 14,
        "019": 35,
        "142": 47,
        "150": 43,
    }


def test_turkiye_counts_once_and_is_listed_twice_with_a_note() -> None:
    turkiye = BY_CODE["TUR"]
    assert (turkiye.group, turkiye.also_listed) == ("weog", "asia_pacific")
    assert turkiye.note["en"] and turkiye.note["fr"]
    assert {(f.language, f.name, f.until) for f in turkiye.former_names} == {
        ("en", "Turkey", "2022-06-01"),
        ("fr", "Turquie", "2022-06-01"),
    }
    assert [state.iso3 for state in STATES if state.also_listed] == ["TUR"]


@pytest.mark.parametrize(
    ("iso3", "english", "french"),
    [
        ("CIV", "Côte d’Ivoire", "Côte d’Ivoire"),
        ("TUR", "Türkiye", "Türkiye"),
        ("CZE", "Czechia", "Tchéquie"),
        ("NLD", "Netherlands (Kingdom of the)", "Pays-Bas (Royaume des)"),
        ("VNM", "Viet Nam", "Viet Nam"),
        ("MDA", "Republic of Moldova", "République de Moldova"),
        ("MKD", "North Macedonia", "Macédoine du Nord"),
        ("SWZ", "Eswatini", "Eswatini"),
        ("CPV", "Cabo Verde", "Cabo Verde"),
        ("PSE", "State of Palestine", "État de Palestine"),
        ("VAT", "Holy See", "Saint-Siège"),
        (
            "PRK",
            "Democratic People’s Republic of Korea",
            "République populaire démocratique de Corée",
        ),
        ("LAO", "Lao People’s Democratic Republic", "République démocratique populaire lao"),
    ],
)
def test_names_in_official_use(iso3: str, english: str, french: str) -> None:
    assert BY_CODE[iso3].name == {"en": english, "fr": french}


@pytest.mark.parametrize("states", [STATES, DEMONSTRATION], ids=["real", "demonstration"])
def test_codes_are_well_formed_unique_and_in_order(states: tuple[State, ...]) -> None:
    codes = [state.iso3 for state in states]
    assert codes == sorted(set(codes))
    assert all(re.fullmatch("[A-Z]{3}", code) for code in codes)
    assert len({state.m49 for state in states}) == len(states)
    assert all(re.fullmatch("[0-9]{3}", state.m49) for state in states)


@pytest.mark.parametrize("folder", FOLDERS, ids=["real", "demonstration"])
def test_the_files_themselves_are_sorted(folder: Path) -> None:
    written = re.findall(r"iso3: ([A-Z]{3})", (folder / "states.yaml").read_text(encoding="utf-8"))
    assert written == sorted(written)


@pytest.mark.parametrize("state", [*STATES, *DEMONSTRATION], ids=lambda state: state.iso3)
def test_every_state_has_tidy_names_in_both_languages(state: State) -> None:
    former = [name.name for name in state.former_names]
    texts = [*state.name.values(), *former, *state.aliases, *state.note.values()]
    assert set(state.name) == {"en", "fr"}
    for text in texts:
        assert text and text == " ".join(text.split())
        assert "'" not in text, "apostrophes are typographic"


@pytest.mark.parametrize("folder", FOLDERS, ids=["real", "demonstration"])
def test_every_area_used_is_described_and_every_area_described_is_used(folder: Path) -> None:
    areas = load_areas(folder / "areas.yaml")
    states = load_states(folder / "states.yaml")
    described = {(area.kind, area.code): area for area in areas}
    used: set[tuple[str, str | None]] = {("group", s.group) for s in states if s.group}
    used |= {("group", s.also_listed) for s in states if s.also_listed}
    used |= {("region", s.region) for s in states} | {("subregion", s.subregion) for s in states}
    assert used == set(described)
    assert all(area.name["en"] and area.name["fr"] for area in areas)
    for state in states:
        assert described["subregion", str(state.subregion)].parent == state.region


def test_real_and_demonstration_codes_never_meet() -> None:
    real, invented = (load_areas(folder / "areas.yaml") for folder in FOLDERS)
    assert not {a.code for a in real} & {a.code for a in invented}
    assert not {s.m49 for s in STATES} & {s.m49 for s in DEMONSTRATION}
    every_code = [item.code for item in (*real, *invented)]
    assert len(set(every_code)) == len(every_code)


def test_demonstration_states_are_24_members_in_four_invented_groups() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWX"
    assert [state.iso3 for state in DEMONSTRATION] == [f"XA{letter}" for letter in letters]
    assert all(state.demonstration for state in DEMONSTRATION)
    assert len(members_by_group(DEMONSTRATION)) == 4
    assert sum(members_by_group(DEMONSTRATION).values()) == 24
    assert all((state.group or "").startswith("demo_") for state in DEMONSTRATION)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_invented_name_resembles_that_of_a_real_state(language: str) -> None:
    ordinary = {
        *("republic", "kingdom", "federated", "islands", "united", "cantons", "seven", "valleys"),
        *("democratic", "union", "république", "royaume", "îles", "fédérées", "cantons-unis"),
        *("sept", "vallées", "démocratique"),
    }
    real = {word for state in STATES for word in _words(state.name[language]) - ordinary}
    for state in DEMONSTRATION:
        own = _words(state.name[language]) - ordinary
        assert own
        for word in own:
            close = [r for r in real if SequenceMatcher(None, fold(word), fold(r)).ratio() > 0.75]
            assert not close, f"{word} is close to {close}"


def _words(name: str) -> set[str]:
    return {word for word in re.split(r"[\s()’]+", name.casefold()) if len(word) > 3}


def test_names_of_all_states_together_are_unambiguous() -> None:
    names = StateNames((*STATES, *DEMONSTRATION))
    for state in (*STATES, *DEMONSTRATION):
        assert {names.find(name) for name in (*state.name.values(), *state.aliases)} == {state.iso3}


def test_ambiguous_names_are_refused() -> None:
    twin = State("ZZZ", "999", {"en": "CONGO"}, "africa", None, None, StateStatus.MEMBER)
    with pytest.raises(ValueError, match="'CONGO' would mean both COG and ZZZ"):
        StateNames((*STATES, twin))


def _write(path: Path, rows: str, key: str = "states") -> Path:
    path.write_text(f"{key}:\n{rows.strip()}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ("iso3: Afg", "iso3: AFG", r"row 2 \(Afg\): iso3: String should match"),
        ("m49: 4,", 'm49: "004",', "m49: Input should be a valid string"),
        ('m49: "4",', 'm49: "004",', "m49: String should match"),
        ("fr: ' '", "fr: Afghanistan", "name: .*no text in: fr"),
        ("group: null", "group: asia_pacific", "a Member State counts in one group"),
        ("status: observer, group: africa", "group: asia_pacific", "an observer State in none"),
        ("status: guest, group: africa", "group: asia_pacific", "status: Input should be"),
        ('group: weog, also_listed: "weog"', "group: asia_pacific", "also_listed must be another"),
        ("demonstration: true, group: demo", "group: asia_pacific", "demonstration States only"),
        ("iso3: XAA", "iso3: AFG", "demonstration States only"),
        ("capital: Kaboul, group: weog", "group: asia_pacific", "capital: Extra inputs"),
        ('group: weog, former_names: [{language: fr, name: A, until: "2022"}]',
         "group: asia_pacific", "former_names.0.until: .*isoformat"),
    ],
)  # fmt: skip
def test_a_mistake_names_the_file_the_row_and_the_field(
    tmp_path: Path, wrong: str, right: str, message: str
) -> None:
    bad = AFGHANISTAN.replace(right, wrong)
    assert bad != AFGHANISTAN
    albania = AFGHANISTAN.replace("AFG", "ALB").replace("004", "008")
    path = _write(tmp_path / "states.yaml", albania + bad)
    with pytest.raises(SeedError, match=message) as refusal:
        load_states(path)
    assert str(refusal.value).startswith(f"{path}: row 2 ")


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    bad = AFGHANISTAN.replace("asia_pacific", "null")
    path = _write(tmp_path / "states.yaml", bad + bad.replace("AFG", "afg"))
    with pytest.raises(SeedError) as refusal:
        load_states(path)
    assert [line.split(" (")[0] for line in str(refusal.value).splitlines()] == [
        f"{path}: row 1",
        f"{path}: row 2",
    ]


@pytest.mark.parametrize(("field", "other"), [("iso3", 'm49: "005"'), ("m49", "iso3: AFX")])
def test_a_code_stands_once(tmp_path: Path, field: str, other: str) -> None:
    first = {"iso3": 'm49: "004"', "m49": "iso3: AFG"}[field]
    path = _write(tmp_path / "states.yaml", AFGHANISTAN + AFGHANISTAN.replace(first, other))
    with pytest.raises(SeedError, match=f"{field} more than once"):
        load_states(path)


@pytest.mark.parametrize("content", ["", "- a", "states: {}", "states: []\nmore: []", "a: [", "�"])
def test_a_file_that_is_no_list_of_states_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "states.yaml"
    path.write_text(content, encoding="utf-16" if content == "�" else "utf-8")
    with pytest.raises(SeedError, match=re.escape(str(path))):
        load_states(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=re.escape(str(tmp_path / "none.yaml"))):
        load_states(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ('- {kind: subregion, code: "015", name: {en: A, fr: B}}', "names the region above it"),
        ('- {kind: region, code: "002", parent: "001", name: {en: A, fr: B}}', "names the region"),
        ("- {kind: continent, code: africa, name: {en: A, fr: B}}", "kind: Input should be"),
        ('- {kind: subregion, code: "015", parent: "002", name: {en: A, fr: B}}', "no region 002"),
        ("- {kind: group, code: a, name: {en: A, fr: B}}\n" * 2, "code more than once: a"),
    ],
)
def test_areas_are_checked_too(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(SeedError, match=message):
        load_areas(_write(tmp_path / "areas.yaml", rows, key="areas"))


def test_areas_keep_their_order_and_parents() -> None:
    areas = load_areas(SEED / "areas.yaml")
    assert areas[0] == Area("group", "africa", {"en": "African States", "fr": "États d’Afrique"})
    assert Counter(area.kind for area in areas) == {"group": 5, "region": 5, "subregion": 17}
    assert {area.parent for area in areas if area.kind == "subregion"} == {
        area.code for area in areas if area.kind == "region"
    }
