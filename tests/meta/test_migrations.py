"""Migrations: up, down and up again; the tables they make are the tables of the models."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, Enum, create_engine, inspect, text

from tracker.cli.database import alembic_config, schema_problem, upgrade
from tracker.models import Base
from tracker.models.engine import configure


@pytest.fixture
def empty(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    """A second, empty database of the same kind."""
    if database_url.startswith("sqlite"):
        engine = create_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
        configure(engine)
        yield engine
        engine.dispose()
        return
    server = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE migrations"))
    engine = create_engine(server.url.set(database="migrations"))
    yield engine
    engine.dispose()
    with server.connect() as connection:
        connection.execute(text("DROP DATABASE migrations"))
    server.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_up_down_and_up_again(empty: Engine) -> None:
    assert schema_problem(empty) is not None
    upgrade(empty)
    assert tables(empty) == set(Base.metadata.tables)
    assert schema_problem(empty) is None
    command.downgrade(alembic_config(empty), "base")
    assert tables(empty) == set()
    upgrade(empty)
    assert tables(empty) == set(Base.metadata.tables)


def test_the_models_ask_for_nothing_more(empty: Engine) -> None:
    upgrade(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_checks_of_enums_name_their_members(engine: Engine) -> None:
    seen = 0
    for table in Base.metadata.tables.values():
        checks = {
            c["name"]: c["sqltext"] for c in inspect(engine).get_check_constraints(table.name)
        }
        for column in table.columns:
            if isinstance(column.type, Enum):
                sql = checks[f"ck_{table.name}_{column.type.name}"]
                assert set(re.findall(r"'([^']+)'", sql)) == set(column.type.enums)
                seen += 1
    assert seen >= 15


def test_every_constraint_has_a_name() -> None:
    for table in Base.metadata.tables.values():
        for constraint in table.constraints:
            assert constraint.name, (table.name, constraint)
