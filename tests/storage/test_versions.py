"""The store has a version: an older one is migrated, all or nothing; a newer one is refused."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from dictcrawler.errors import NewerStoreError
from dictcrawler.storage import versions
from dictcrawler.storage.connection import Connection
from dictcrawler.storage.database import Database
from tests.support.server import crawl

Change = Callable[[Connection], None]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/store/macmillan.sqlite"


def ask(url: str, statement: str, **values: object) -> object:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as store, store:
        row = store.execute(statement, values).fetchone()
    return None if row is None else row[0]


def set_version(url: str, version: int) -> None:
    with closing(Database(url)):
        pass
    ask(url, "update store_version set version = :version", version=version)


def version(url: str) -> object:
    return ask(url, "select version from store_version")


def a_step(monkeypatch: pytest.MonkeyPatch, *steps: Change) -> None:
    """Raise the version, as the next change of the store will do."""
    following: Mapping[int, Change] = dict(enumerate(steps, versions.VERSION + 1))
    monkeypatch.setattr(versions, "VERSION", versions.VERSION + len(steps))
    monkeypatch.setattr(versions, "STEPS", following)


def test_a_store_is_made_with_its_version(url: str) -> None:
    with closing(Database(url)):
        assert version(url) == versions.VERSION


def test_the_steps_between_two_versions_are_taken_in_order_and_once(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    set_version(url, versions.VERSION)
    done: list[str] = []
    a_step(monkeypatch, lambda _: done.append("first"), lambda _: done.append("second"))
    for _ in range(2):
        with closing(Database(url)):
            assert done == ["first", "second"]
    with closing(Database(f"sqlite:///{tmp_path}/new.sqlite")):
        assert done == ["first", "second"], "an empty store has nothing to change"


def test_a_step_that_fails_leaves_the_store_as_it_was(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    set_version(url, versions.VERSION)
    before = versions.VERSION

    def broken(connection: Connection) -> None:
        connection.change("create table half_done (id integer)")
        connection.change("delete from runs")
        raise ZeroDivisionError

    a_step(monkeypatch, broken)
    with pytest.raises(ZeroDivisionError):
        Database(url)
    assert version(url) == before
    assert ask(url, "select count(*) from sqlite_master where name = 'half_done'") == 0


def test_a_newer_store_is_refused_with_the_remedy_and_not_touched(url: str, tmp_path: Path) -> None:
    set_version(url, versions.VERSION + 1)
    ask(url, "drop table answers")
    with pytest.raises(NewerStoreError, match=r"macmillan\.sqlite: a newer dictcrawler.* upgrade dictcrawler, or"):
        Database(url)
    assert ask(url, "select count(*) from sqlite_master where name = 'answers'") == 0
    refused = crawl(tmp_path, "source=sample", "word=hi", settings={"STORE_URL": url})
    assert refused.status == 2, refused.log
    assert f"version {versions.VERSION + 1}; this dictcrawler knows {versions.VERSION}" in refused.log


def test_many_may_open_a_new_store_at_once(url: str) -> None:
    context = multiprocessing.get_context("spawn")
    opening = [context.Process(target=_open, args=(url,)) for _ in range(4)]
    for process in opening:
        process.start()
    for process in opening:
        process.join()
    assert [process.exitcode for process in opening] == [0, 0, 0, 0]
    assert ask(url, "select count(*) from store_version") == 1


def _open(url: str) -> None:
    Database(url).close()
