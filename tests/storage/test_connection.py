"""Statements of one text for both databases."""

import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dictcrawler.errors import StoreError
from dictcrawler.storage.database import Database

ROWS = [{"kind": "word", "value": value, "word": "50 % :off"} for value in ("a", "b", "c")]
ADD = "INSERT INTO refused (kind, value, word) VALUES (:kind, :value, :word)"
VALUES = "SELECT value FROM refused WHERE value IN (:values) AND word = :word ORDER BY value"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(f"sqlite:///{tmp_path}/store.sqlite")) as opened:
        with opened.begin() as connection:
            connection.change_many(ADD, ROWS)
        yield opened


def test_a_list_becomes_as_many_values_as_it_has_and_an_empty_one_matches_nothing(database: Database) -> None:
    with database.begin() as connection:
        assert connection.column(VALUES, word="50 % :off", values=["a", "c", "x"]) == ["a", "c"]
        assert connection.column(VALUES, word="50 % :off", values=("b",)) == ["b"]
        assert connection.column(VALUES, word="50 % :off", values=[]) == []


def test_a_block_that_fails_leaves_nothing_and_the_next_one_works(database: Database) -> None:
    def fail() -> None:
        with database.begin() as connection:
            connection.change("DELETE FROM refused WHERE value = 'a'")
            connection.change_many(ADD, ROWS)

    with pytest.raises(StoreError, match="UNIQUE"):
        fail()
    with database.begin() as connection:
        assert connection.value("SELECT count(*) FROM refused") == len(ROWS)


def test_a_stream_whose_reader_fails_leaves_nothing_open(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    ignored: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", ignored.append)

    def fail() -> None:
        with database.stream("SELECT value FROM refused ORDER BY value") as rows:
            raise LookupError(next(rows))

    with pytest.raises(LookupError, match="a"):
        fail()
    assert ignored == []


def test_threads_have_connections_of_their_own(database: Database) -> None:
    seen: list[int] = []

    def look() -> None:
        with database.begin() as connection:
            seen.append(connection.value("SELECT count(*) FROM refused"))

    with database.begin() as connection:
        connection.change("DELETE FROM refused")
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert seen == [len(ROWS)]


def test_a_closed_store_has_no_write_ahead_log_left(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/store.sqlite")
    with database.begin() as connection:
        connection.change_many(ADD, ROWS)
    database.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store.sqlite"]
    with closing(sqlite3.connect(tmp_path / "store.sqlite")) as raw:
        assert raw.execute("SELECT count(*) FROM refused").fetchone() == (len(ROWS),)
