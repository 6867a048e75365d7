"""Whether a name or a number stands in a text, and whether one text was made from another."""

import pytest

from tracker.domain.struck import is_wording_of, occurs, words_in


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("Kofi Boateng", "Ask KOFI\n BOATENG."),
        ("Boaténg", "boateng"),
        ("0244 123 456", "Call 0244-123-456 now"),
        ("0244 123 456", "Call +0244123456"),
        ("+233 (0)24 4", "233 024 4"),
        ("김구", "담당자는 김구입니다"),
        ("李明", "联系人李明先生"),
        ("محمد", "ومحمد كتب"),
        ("O’Neill", "o'neill"),
        ("Ilva Marren", "ilva.marren@states.example"),
        ("Ilva Marren", "https://example.org/people/ilva-marren?x"),
        ("Jean Luc", "Jean-Luc"),
        ("“Ann”", "Ann was there"),
        ("Jean-Luc", "jean\u200bluc"),
        ("0244 123 456", "0244–123–456"),  # noqa: RUF001
        ("0244 123 456", "0244\u2011123·456_"),
        ("0244 123 456", "tel_0244_123_456.pdf"),
        ("Kofi Mensah", "https://example.org/Kofi%20Mensah.pdf"),
        ("राम", "यह राम ने लिखा"),
    ],
)
def test_it_occurs(words: str, text: str) -> None:
    assert occurs(words, text)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("Ann", "planned, annual"),
        ("Lee", "fleet"),
        ("“Ann”", "planned"),
        ("Ann – Lee", "planned leeway"),
        ("№ 7", "17"),
        ("024", "1024 0245"),
        ("Act", "The exact name is secret."),
        ("Kofi Boateng", "Kofi and Boateng"),
        ("2024 123", "In 2024, 123 were marked"),
        ("राम", "धर्म और कर्म"),
        ("", "anything"),
    ],
)
def test_it_does_not(words: str, text: str) -> None:
    assert not occurs(words, text)


@pytest.mark.parametrize(
    ("text", "struck", "is_one"),
    [
        ("Kofi", "Kofi Boateng did it.", True),
        ("Kofi Boateng did it. And m", "Kofi Boateng did it.", True),
        ("Nobody was there.", "Kofi Boateng did it.", False),
        ("", "Kofi Boateng did it.", False),
        ("李明写了法律", "李明写了新的法律。", True),
        ("警察负责", "李明写了新的法律。", False),
        ("धर्म और कर्म", "राम ने लिखा", False),
    ],
)
def test_wordings_share_most_of_their_words(text: str, struck: str, is_one: bool) -> None:
    assert is_wording_of(text, words_in(struck)) is is_one
