"""A damaged store, and folders with odd names: the error says what to do, or there is none."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.server import crawl, scrapy

STORE_FAILED = 7
GIVEN = ("source=sample", "word=hi,apple,love,blorf")


def damage(data: Path, statement: str) -> None:
    with closing(sqlite3.connect(data / "store/macmillan.sqlite")) as store, store:
        store.execute(statement)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("update answers set lookup = 'x' where slug = 'apple'", "table answers, for 'apple'"),
        ("update answers set lookup = '{}' where slug = 'apple'", "table answers, for 'apple'"),
        ("update entries set line = substr(line, 1, 40) where slug = 'apple'", "table entries"),
    ],
)
def test_a_damaged_row_is_named_with_its_remedy(tmp_path: Path, statement: str, named: str) -> None:
    assert crawl(tmp_path, *GIVEN).status == 0
    damage(tmp_path, statement)
    done = crawl(tmp_path, *GIVEN, "refresh=none")
    assert done.status == STORE_FAILED, done.log
    assert named in done.log
    assert "restore the store from a backup" in done.log
    assert "Traceback" not in done.log
    again = crawl(tmp_path, *GIVEN, "refresh=all")
    assert again.status == 0, again.log


def test_a_store_that_is_not_a_database_is_named_with_its_remedy(tmp_path: Path) -> None:
    assert crawl(tmp_path, *GIVEN).status == 0
    store = tmp_path / "store/macmillan.sqlite"
    store.write_bytes(b"x" * 8192)
    done = crawl(tmp_path, *GIVEN)
    assert done.status == STORE_FAILED, done.log
    assert "macmillan.sqlite: DatabaseError: file is not a database" in done.log
    assert "restore it from a backup" in done.log
    assert "Traceback" not in done.log


def test_a_data_folder_may_have_any_name(tmp_path: Path) -> None:
    data = tmp_path / "what? 100%41 #1 [a-b] {x} café"
    done = crawl(data, *GIVEN)
    assert done.status == 0, done.log
    assert (data / "store/macmillan.sqlite").exists()
    process = scrapy("reparse", "macmillan", "--processes", "2", data=data)
    _, log = process.communicate(timeout=60)
    assert process.returncode == 0, log
    assert "were not kept" not in log
    assert [path.name for path in tmp_path.iterdir()] == [data.name]
