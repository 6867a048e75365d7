"""The French catalogue is whole and well-formed, and nothing a reader sees escapes translation."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted((ROOT / "tracker" / "translations").glob("*/LC_MESSAGES/messages.po"))
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}
PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?([a-zA-Z%])")
BREAKABLE = re.compile(r" [:;!?»]|« |'")

MessageId = str | tuple[str, ...] | list[str] | None


def name_of(path: Path) -> str:
    return path.parts[-3]


@cache
def catalogue(path: Path) -> Catalog:
    with path.open("rb") as po:
        return read_po(po, locale=name_of(path))


def messages(path: Path) -> list[Message]:
    return [message for message in catalogue(path) if message.id]


def sentences_in_the_code() -> set[MessageId]:
    """Every sentence marked for translation, as ``make translations`` finds them."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    mappings = config["tool"]["babel"]["mappings"]
    return {
        text
        for mapping in mappings
        for text in _marked(mapping["method"], mapping["pattern"], mapping)
    }


def _marked(method: str, pattern: str, options: dict[str, str]) -> Iterator[MessageId]:
    folder, rest = pattern.split("/", 1)
    found = extract_from_dir(
        ROOT / folder,
        method_map=[(rest, method)],
        options_map={rest: options},
        keywords=KEYWORDS,
        directory_filter=lambda path: True,  # templates/_macros too
    )
    for _name, _line, text, _comments, _context in found:
        yield text


def variants(value: MessageId) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def test_there_is_a_french_catalogue() -> None:
    assert "fr" in {name_of(path) for path in CATALOGUES}


@pytest.mark.parametrize("path", CATALOGUES, ids=name_of)
def test_catalogue_has_every_sentence_of_the_code_and_no_other(path: Path) -> None:
    marked, listed = sentences_in_the_code(), {message.id for message in messages(path)}
    assert len(marked) > 900
    assert not marked - listed, "run `make translations` and translate what is new"
    assert not listed - marked, "run `make translations`: these are no longer in the code"
    assert not catalogue(path).obsolete


@pytest.mark.parametrize("path", CATALOGUES, ids=name_of)
def test_everything_is_translated(path: Path) -> None:
    forms = catalogue(path).num_plurals
    for message in messages(path):
        texts = variants(message.string)
        assert not message.fuzzy, message.id
        assert all(text.strip() for text in texts), message.id
        assert len(texts) == (forms if message.pluralizable else 1), message.id


@pytest.mark.parametrize("path", CATALOGUES, ids=name_of)
def test_placeholders_are_those_of_the_sentence(path: Path) -> None:
    for message in messages(path):
        expected = set(PLACEHOLDER.findall(variants(message.id)[-1]))
        for text in variants(message.string):
            assert set(PLACEHOLDER.findall(text)) == expected, message.id
            assert "%" not in PLACEHOLDER.sub("", text), message.id


def test_french_signs_do_not_stand_alone_at_the_start_of_a_line() -> None:
    french = next(path for path in CATALOGUES if name_of(path) == "fr")
    wrong = [
        text
        for message in messages(french)
        for text in variants(message.string)
        if BREAKABLE.search(text)
    ]
    assert not wrong, "no-break space before : ; ! ? » and after «, and the apostrophe ’"
