"""A data folder of dictcrawler 0.1.0: opened, crawled again, read again and pruned, with nothing lost.

``tests/data_of_0_1_0/make.py`` describes its content.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from dictcrawler import feeds
from dictcrawler.feeds.hashing import content_hash
from dictcrawler.model import Lookup
from dictcrawler.storage.database import Database
from dictcrawler.storage.versions import VERSION
from tests.support.kept import files, problems
from tests.support.server import ROOT, crawl, scrapy

ARCHIVE = ("source=archive", "archive=http://127.0.0.1:18765/web/", "index=http://127.0.0.1:18765/cdx")
WORDS = "word=hi,apple,banana,ambition,loves,bye,Hi,two  words,///"
KEPT = ("runs", "answers", "entries", "captures", "capture_indexes", "pages", "payloads")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with tarfile.open(ROOT / "tests/data_of_0_1_0/data.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "data"


def rows(data: Path, dictionary: str) -> dict[str, set[tuple[str, str]]]:
    """The keys of all rows that a crawl resumes from, by table."""
    with closing(sqlite3.connect(data / f"store/{dictionary}.sqlite")) as store:
        return {
            table: {(str(row[0]), str(row[1])) for row in store.execute(f"select * from {table}")}  # noqa: S608
            for table in KEPT
        }


def outcomes(lookups: Iterable[Lookup]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(lookup.keyword, lookup.status.value, lookup.entry_ids) for lookup in lookups]


def read_again(data: Path, dictionary: str) -> str:
    process = scrapy("reparse", dictionary, "--processes", "1", data=data)
    _, log = process.communicate(timeout=60)
    assert process.returncode == 0, log
    assert "were not kept" not in log
    return log


@pytest.mark.parametrize("dictionary", ["macmillan", "wiktionary", "longman"])
def test_its_stores_are_opened_with_every_row(data: Path, dictionary: str) -> None:
    before = rows(data, dictionary)
    assert all(before[table] for table in ("runs", "answers", "entries", "pages", "payloads"))
    with closing(Database(f"sqlite:///{data}/store/{dictionary}.sqlite")):
        pass
    assert rows(data, dictionary) == before
    with closing(sqlite3.connect(data / f"store/{dictionary}.sqlite")) as store:
        assert store.execute("select version from store_version").fetchall() == [(VERSION,)]


def test_a_crawl_that_was_cut_off_continues(data: Path) -> None:
    def answered() -> set[tuple[str, str]]:
        with closing(sqlite3.connect(data / "store/longman.sqlite")) as store:
            return set(store.execute("select slug, run from answers"))

    words = ",".join(["apple", "love", *(f"blorf{number}" for number in range(30))])
    before = answered()
    assert 0 < len(before) < 32
    done = crawl(data, "source=sample", f"word={words}", dictionary="longman")
    assert done.status == 0, done.log
    assert done.manifest.statuses == {"found": 2, "not_in_dictionary": 30}
    assert before < answered()
    assert {run for _, run in before} == {done.manifest.run}


def test_words_of_an_archive_are_not_requested_again(data: Path) -> None:
    before = outcomes(feeds.read_lookups(data / "feeds/macmillan"))
    # Nothing listens at the archive's address.
    done = crawl(data, *ARCHIVE, WORDS, "refresh=failed")
    assert done.status == 0, done.log
    assert outcomes(done.lookups) == before
    assert done.manifest.statuses == {"found": 5, "invalid_keyword": 1, "not_archived": 2, "redirected": 1}
    assert done.manifest.changes == {}


def test_its_pages_are_read_again(data: Path) -> None:
    for dictionary in ("macmillan", "wiktionary"):
        folder = data / "feeds" / dictionary
        before, run = outcomes(feeds.read_lookups(folder)), feeds.read_run(folder).run
        read_again(data, dictionary)
        assert outcomes(feeds.read_lookups(folder)) == before
        assert feeds.read_run(folder).previous_run == run


def test_its_old_runs_are_pruned_and_the_rest_can_still_be_read(data: Path) -> None:
    before = outcomes(feeds.read_lookups(data / "feeds/macmillan"))
    runs = {path.name for path in (data / "feeds/macmillan").glob("2*")}
    command = [
        sys.executable,
        "-m",
        "dictcrawler",
        "prune",
        "--dictionary",
        "macmillan",
        "--keep",
        "1",
        "--data",
        str(data),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    latest = (data / "feeds/macmillan/latest").resolve()
    left = {path.name for path in (data / "feeds/macmillan").glob("2*")}
    assert latest.name in left < runs
    assert problems(*files(data)) == 0
    read_again(data, "macmillan")
    assert outcomes(feeds.read_lookups(data / "feeds/macmillan")) == before


def test_a_reparse_publishes_the_newest_format_and_reports_no_change_for_the_format_alone(data: Path) -> None:
    before = {entry.id: entry for entry in feeds.read_entries(data / "feeds/macmillan")}
    old = (data / "feeds/macmillan/latest/entries.jsonl").read_bytes()
    assert b'"schema_version":"1.0"' in old
    read_again(data, "macmillan")
    lines = (data / "feeds/macmillan/latest/entries.jsonl").read_bytes().splitlines()
    assert all(line.startswith(b'{"schema_version":"1.1"') for line in lines)
    run = feeds.read_run(data / "feeds/macmillan")
    changed = {change.id for change in feeds.read_changes(data / "feeds/macmillan")}
    # An entry that today's parser reads differently is counted as a change of the parser.
    assert {change.cause for change in feeds.read_changes(data / "feeds/macmillan")} <= {"parser"}
    unchanged = set(before) - changed
    assert unchanged
    assert run.migrated == len(unchanged)
    assert all(
        entry.content_hash == before[entry.id].content_hash
        for entry in feeds.read_entries(data / "feeds/macmillan")
        if entry.id in unchanged
    )


def test_a_feed_of_0_1_0_is_read_in_the_shape_of_today(data: Path) -> None:
    for dictionary in ("macmillan", "longman", "wiktionary"):
        folder = data / "feeds" / dictionary
        if not (folder / "latest").exists():
            continue
        for entry in feeds.read_entries(folder):
            assert entry.content_hash == content_hash(entry)
            assert all(isinstance(mark.value, str) for mark in entry.frequency)
            assert all(sense.sense_key for sense in entry.senses)
