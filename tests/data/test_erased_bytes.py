"""What was struck out leaves the bytes of the database, whatever the build of SQLite does."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text

from tracker.models.engine import configure, write_intent

WORDS = "Kofi Boateng wrote this. "


@pytest.mark.parametrize("length", [4, 1000], ids=["in a row", "in pages of its own"])
def test_an_emptied_text_is_in_neither_file_nor_copy(tmp_path: Path, length: int) -> None:
    file, copy = tmp_path / "tracker.sqlite3", tmp_path / "copy.sqlite3"
    engine = create_engine(f"sqlite:///{file}")
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA secure_delete = OFF"))
    configure(engine)
    with write_intent(), engine.begin() as connection:
        connection.execute(text("CREATE TABLE said (id INTEGER PRIMARY KEY, words TEXT)"))
        for number, words in enumerate(("Before.", WORDS * length, "After."), start=1):
            row = {"id": number, "words": words}
            connection.execute(text("INSERT INTO said VALUES (:id, :words)"), row)
    engine.dispose()
    assert WORDS.encode() in file.read_bytes()
    with write_intent(), engine.begin() as connection:
        connection.execute(text("UPDATE said SET words = NULL WHERE id = 2"))
    engine.dispose()
    with closing(sqlite3.connect(file)) as original, closing(sqlite3.connect(copy)) as later:
        original.backup(later)
    for left in (file, copy):
        assert WORDS.strip().encode() not in left.read_bytes()
