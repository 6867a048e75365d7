"""What is kept between requests is let go when the data change: several processes, roll-backs."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from tracker.models.engine import configure, write_intent
from tracker.queries import kept as module
from tracker.queries.kept import MOST, keeper, kept, kept_each, version_is
from tracker.queries.states import data_version
from tracker.services.documents import touch
from tracker.settings import Settings


@pytest.fixture
def engines(engine: Engine, settings: Settings) -> Iterator[tuple[Engine, Engine]]:
    """Two connections to one database, each with a store of its own, as two processes have."""
    pair = create_engine(settings.database_url), create_engine(settings.database_url)
    for one in pair:
        configure(one)
    yield pair
    for one in pair:
        one.dispose()


def ask(engine: Engine, read: Callable[[], object]) -> object:
    """As one page does that only reads."""
    with Session(engine) as session:
        return kept(session, "answer", read)


def change(engine: Engine) -> None:
    with write_intent(), Session(engine) as session, session.begin():
        touch(session)


def never() -> object:
    raise AssertionError("read again although nothing changed")


def test_every_process_reads_again_after_a_change(engines: tuple[Engine, Engine]) -> None:
    one, other = engines
    assert [ask(one, lambda: "old"), ask(other, lambda: "old")] == ["old", "old"]
    assert [ask(one, never), ask(other, never)] == ["old", "old"]
    change(other)
    assert [ask(one, lambda: "new"), ask(other, lambda: "new")] == ["new", "new"]
    assert [ask(one, never), ask(other, never)] == ["new", "new"]


def test_the_first_version_that_a_transaction_read_stands(
    engines: tuple[Engine, Engine],
) -> None:
    """PostgreSQL shows a transaction what was committed after its first rows were read."""
    one, _ = engines
    with Session(one) as session:
        assert kept(session, "rows", lambda: "old") == "old"
        version_is(session, data_version(session) + 1)
        assert kept(session, "answer", lambda: "made of old rows") == "made of old rows"
    change(one)
    assert ask(one, lambda: "new") == "new"


def test_who_changes_the_data_keeps_nothing(engines: tuple[Engine, Engine]) -> None:
    one, _ = engines
    assert ask(one, lambda: "old") == "old"
    with write_intent(), Session(one) as session:
        before = data_version(session)
        touch(session)
        assert kept(session, "answer", lambda: "not committed") == "not committed"
        session.rollback()
    with Session(one) as session:
        assert data_version(session) == before
    assert ask(one, never) == "old"
    change(one)  # the version that was taken back is reached after all
    assert ask(one, lambda: "new") == "new"


def test_what_changes_while_it_is_read_is_read_again(engines: tuple[Engine, Engine]) -> None:
    one, other = engines

    with Session(one) as session:

        def read() -> str:
            session.rollback()
            change(other)
            assert ask(one, lambda: "new") == "new"
            return "old"

        assert kept(session, "answer", read) == "old"
    assert ask(one, never) == "new"


def test_each_transaction_asks_for_the_version(engines: tuple[Engine, Engine]) -> None:
    one, other = engines
    with Session(one) as session:
        assert kept(session, "answer", lambda: "old") == "old"
        session.rollback()
        change(other)
        assert kept(session, "answer", lambda: "new") == "new"


def test_the_store_is_bounded_and_lets_the_oldest_go(engines: tuple[Engine, Engine]) -> None:
    one, _ = engines
    with Session(one) as session:
        for number in range(MOST + 10):
            kept_each(session, "many", [number], lambda keys: dict.fromkeys(keys, "kept"))
            assert kept_each(session, "many", [0], lambda keys: dict.fromkeys(keys, "again"))
        assert len(module._stores[one]._entries) == MOST
        assert kept_each(session, "many", [0], lambda keys: {}) == {0: "kept"}
        assert kept_each(session, "many", [1], lambda keys: {}) == {}


def test_of_large_things_a_few_are_kept(engines: tuple[Engine, Engine]) -> None:
    one, _ = engines
    with Session(one) as session:
        kept(session, "another", lambda: "kept")
        for number in (0, 1, 0, 2):
            keeper(session).each("large", [number], lambda keys: dict.fromkeys(keys, 1), most=2)
        assert kept_each(session, "large", [0, 1, 2], lambda keys: {}) == {0: 1, 2: 1}
        assert kept(session, "another", lambda: "anew") == "kept"
