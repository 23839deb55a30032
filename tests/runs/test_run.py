"""A run in the store, without a crawl: its counts before it is published, and the order in which it reaches the
disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dictcrawler import dictionaries
from dictcrawler.errors import StoreError
from dictcrawler.feeds import writer
from dictcrawler.feeds.checking import checked
from dictcrawler.feeds.soundness import Limits
from dictcrawler.model import Lookup, Status
from dictcrawler.plan import arguments, word_list
from dictcrawler.runs.run import Run
from dictcrawler.storage.database import Database
from tests.support import records
from tests.support.records import NOON

WORDS = ("hi", "love", "apple")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(f"sqlite:///{tmp_path / 'store.sqlite'}")) as database:
        yield database


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Run:
    given = arguments.read(dictionaries.load("macmillan"), {"source": "sample", "word": ",".join(WORDS)})
    return Run.begin(database, given, tmp_path / "feeds", word_list.inline(",".join(WORDS)), Limits())


def miss(run: Run, word: str) -> Lookup:
    status = Status.NOT_IN_DICTIONARY
    return records.lookup(keyword=word, normalized=word, status=status, entry_ids=(), run=run.id, fetched_at=NOON)


def test_a_run_in_which_a_word_has_no_outcome_is_not_published(run: Run, tmp_path: Path) -> None:
    run.save([checked(miss(run, word)) for word in WORDS[1:]])
    with pytest.raises(StoreError, match=r"3 keywords \(3 different\) in the list, but 2 \(2\) outcomes"):
        run.publish()
    assert list(tmp_path.glob("feeds/*/[!.]*")) == []
    run.save([checked(miss(run, WORDS[0]))])
    assert run.publish().manifest.statuses == {"not_in_dictionary": 3}


def test_a_run_is_on_the_disk_before_it_has_its_name_and_its_name_before_it_is_latest(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    sync, rename, replace = os.fsync, Path.rename, Path.replace

    def synced(descriptor: int) -> None:
        done.append(f"sync {Path(f'/proc/self/fd/{descriptor}').readlink().name}")
        sync(descriptor)

    def renamed(path: Path, target: Path) -> Path:
        done.append(f"name {target.name}")
        return rename(path, target)

    def replaced(path: Path, target: Path) -> Path:
        done.append(f"name {target.name}")
        return replace(path, target)

    run.save([checked(miss(run, word)) for word in WORDS])
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", synced)
        patch.setattr(Path, "rename", renamed)
        patch.setattr(Path, "replace", replaced)
        run.publish()
    partial = f".{run.id}.partial"
    files = ("entries.jsonl", "lookups.jsonl", "words.index", "changes.jsonl", "run.json", partial)
    assert done == [
        *(f"sync {name}" for name in files),
        *(f"name {run.id}", "sync macmillan"),
        *("name latest", "sync macmillan"),
    ]


def test_committed_rows_of_the_store_survive_a_loss_of_power(database: Database) -> None:
    with database.begin() as connection:
        assert connection.value("PRAGMA journal_mode") == "wal"
        full = 2
        assert connection.value("PRAGMA synchronous") == full


def test_left_overs_of_a_crash_are_gone_when_the_next_run_is_written(tmp_path: Path) -> None:
    (tmp_path / ".old.partial").mkdir()
    assert writer.begin(tmp_path, "new") == tmp_path / ".new.partial"
    assert [path.name for path in tmp_path.iterdir()] == [".new.partial"]
