"""A seed folder with a mistake is refused with a message that says where it is."""

import shutil
from pathlib import Path

import pytest

from tests.unit.bms7 import FOLDER
from tracker.catalogue.documents import load_document
from tracker.catalogue.reading import SeedError

COMMITMENTS = "commitments.yaml"
TEXT = "text.fr.yaml"
LEVEL = "    level: national\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "bms7"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (COMMITMENTS, "themes: [manufacture", "themes: [factories", "row 1 (25): themes.0"),
        (COMMITMENTS, "themes: [manufacture, transfers]", "themes: []", "row 1 (25): themes"),
        (COMMITMENTS, "strengths: [commit]", "strengths: []", "row 1 (25)"),
        (COMMITMENTS, "en: Put laws", f"en: {'x' * 60} Put laws", "row 1 (25): title.en"),
        (COMMITMENTS, LEVEL, "    level: local\n", "row 1 (25): level"),
        (COMMITMENTS, LEVEL, "", "row 1 (25): level"),
        (COMMITMENTS, LEVEL, f"{LEVEL}    x: 1\n", "row 1 (25): x"),
        (COMMITMENTS, "[PoA II.2]", "[PoA II.2, PoA II.2]", "listed twice"),
        (COMMITMENTS, "paragraph: 26", "paragraph: 25", "once each, in ascending order"),
        (COMMITMENTS, "paragraph: 119", "paragraph: 130", "paragraph 130"),
        (COMMITMENTS, "- paragraph: 25", "- paragraph: 24", "paragraph 24"),
        ("document.yaml", "slug: bms7", "slug: BMS 7", "slug"),
        ("document.yaml", "adopted_on: 2021-07-30", "adopted_on: in July", "adopted_on"),
        (TEXT, "language: fr", "language: en", "text.fr.yaml"),
        (TEXT, "number: 30\n", "number: none\n", "number"),
        (TEXT, "- code: I.1.b\n", "- code: I.1.z\n", "I.1.b"),
    ],
)
def test_mistakes_are_named(folder: Path, file: str, old: str, new: str, said: str) -> None:
    change(folder / file, old, new)
    with pytest.raises(SeedError) as refused:
        load_document(folder)
    assert said in str(refused.value)
    assert file.split(".")[0] in str(refused.value)


def test_a_folder_without_text_is_refused(folder: Path) -> None:
    (folder / "text.fr.yaml").unlink()
    with pytest.raises(SeedError, match=r"there is no text\.<language>\.yaml"):
        load_document(folder)


def test_a_second_language_is_loaded_beside_the_first(folder: Path) -> None:
    other = (folder / "text.fr.yaml").read_text(encoding="utf-8")
    (folder / "text.en.yaml").write_text(other.replace("language: fr", "language: en"), "utf-8")
    document = load_document(folder)
    assert set(document.commitments[0].text) == set(document.sections[0].title) == {"en", "fr"}


def test_texts_that_differ_in_numbers_are_refused(folder: Path) -> None:
    other = (folder / "text.fr.yaml").read_text(encoding="utf-8")
    other = other.replace("language: fr", "language: en").replace("number: 30\n", "number: 300\n")
    (folder / "text.en.yaml").write_text(other, "utf-8")
    with pytest.raises(SeedError, match="differ in headings or paragraph numbers"):
        load_document(folder)


def test_a_document_without_a_record_has_an_empty_one(folder: Path) -> None:
    (folder / "record.yaml").unlink()
    assert load_document(folder).meeting.participations == ()
    assert load_document(FOLDER).meeting.participations != ()
