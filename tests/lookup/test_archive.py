"""``source=archive`` against a real archive server (pywb) and against the Wayback Machine's manners."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.archive import BIN, replaying, write_warc
from tests.support.server import Serve, crawl
from tests.support.wayback import AMERICAN, EXPECTED, FAST, WORDS, WaybackMachine, captures


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    assert BIN.is_dir(), "the archive server is not installed: run make test"
    folder = tmp_path_factory.mktemp("archive")
    write_warc(folder / "site.warc.gz", captures())
    with replaying(folder / "pywb", folder / "site.warc.gz") as prefix:
        yield prefix


@pytest.mark.parametrize("index_from", [200, 1], ids=["asking word by word", "reading the index in bulk"])
def test_the_newest_good_capture_is_taken_from_a_real_archive(tmp_path: Path, archive: str, index_from: int) -> None:
    given = ("source=archive", f"archive={archive}", f"word={WORDS}")
    done = crawl(tmp_path, *given, settings={**FAST, "ARCHIVE_INDEX_MIN_WORDS": index_from})
    assert done.statuses == EXPECTED, done.log
    assert done.status == 0
    taken = {entry.headword: entry.source for entry in done.entries}
    assert {word: f"{source.archived_at:%Y-%m-%d}" for word, source in taken.items()} == {
        "hi": "2023-05-20",
        "apple": "2023-05-20",
        "banana": "2021-01-01",
        "love": "2022-02-03",
        "bye": "2020-01-01",
    }
    assert taken["apple"].retrieved_from.startswith(archive)
    assert taken["apple"].url == f"{AMERICAN}/apple"
    homographs = {entry.homograph_number for entry in done.entries if entry.headword == "hi"}
    assert homographs == {"1", "2"}


def test_an_earlier_day_takes_an_earlier_capture(tmp_path: Path, archive: str) -> None:
    done = crawl(tmp_path, f"archive={archive}", "before=2020-12-31", "word=apple", settings=FAST)
    assert [f"{entry.source.archived_at:%Y-%m-%d}" for entry in done.entries] == ["2019-03-01"]


@pytest.mark.parametrize("index_from", [200, 1], ids=["asking word by word", "reading the index in bulk"])
def test_the_wayback_machines_redirects_and_index_are_understood(tmp_path: Path, serve: Serve, index_from: int) -> None:
    machine = WaybackMachine()
    server = serve(machine.answer)
    given = (f"archive={server.url}/web/", f"index={server.url}/cdx/search/cdx", f"word={WORDS}")
    done = crawl(tmp_path, *given, settings={**FAST, "ARCHIVE_INDEX_MIN_WORDS": index_from})
    assert done.statuses == EXPECTED, done.log
    prefix_queries = [query for query in machine.queries if "matchType" in query]
    if index_from == 1:
        assert len(prefix_queries) == len(machine.queries) > 2
        assert any("resumeKey" in query for query in prefix_queries)
    else:
        assert prefix_queries == []
        asked = {urlsplit(query["url"]).path.rsplit("/", 1)[-1] for query in machine.queries}
        assert asked <= {"hi", "hi_1", "hi_2", "apple", "banana", "ambition"}


def test_an_index_that_was_read_is_not_read_again(tmp_path: Path, serve: Serve) -> None:
    machine = WaybackMachine()
    server = serve(machine.answer)
    given = (f"archive={server.url}/web/", f"index={server.url}/cdx/search/cdx")
    for word in ("hi,apple", "apple,banana"):
        done = crawl(tmp_path, *given, f"word={word}", settings={**FAST, "ARCHIVE_INDEX_MIN_WORDS": 1})
        assert done.status == 0
        count = len(machine.queries)
    assert count == len({json.dumps(query, sort_keys=True) for query in machine.queries})
