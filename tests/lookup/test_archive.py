"""``source=archive`` against a real archive server (pywb) and against the behaviour of the Wayback Machine."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from tests.support.archive import BIN, replaying, write_warc
from tests.support.gate import wait_until
from tests.support.server import Serve, crawl
from tests.support.wayback import AMERICAN, EXPECTED, FAST, WORDS, WaybackMachine, captures, page


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
        requested = {urlsplit(query["url"]).path.rsplit("/", 1)[-1] for query in machine.queries}
        assert requested <= {"hi", "hi_1", "hi_2", "apple", "banana", "ambition"}


def test_an_index_that_was_read_is_not_read_again(tmp_path: Path, serve: Serve) -> None:
    machine = WaybackMachine()
    server = serve(machine.answer)
    given = (f"archive={server.url}/web/", f"index={server.url}/cdx/search/cdx")
    for word in ("hi,apple", "apple,banana"):
        done = crawl(tmp_path, *given, f"word={word}", settings={**FAST, "ARCHIVE_INDEX_MIN_WORDS": 1})
        assert done.status == 0
        count = len(machine.queries)
    assert count == len({json.dumps(query, sort_keys=True) for query in machine.queries})


def memento(day: str) -> dict[str, str]:
    return {"Memento-Datetime": f"{day} 00:00:00 GMT"}


@pytest.mark.parametrize("index_from", [200, 1], ids=["asking word by word", "reading the index in bulk"])
def test_any_answer_of_an_archive_ends_in_an_outcome(tmp_path: Path, serve: Serve, index_from: int) -> None:
    digits = "9" * 5_000

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.startswith("/cdx"):
            return web.Response(text="[" * 100_000)
        word = request.path.rsplit("/", 1)[-1]
        impossible = {"Location": f"{request.url.origin()}/web/20210230000000id_/{AMERICAN}/bye"}
        reported: dict[str, tuple[int, str, dict[str, str]]] = {
            "hi": (200, page("hi").replace("american/hi_1", f"american/hi_{digits}"), memento("Tue, 01 Jan 2019")),
            "apple": (200, page("apple"), memento("Mon, 01 Jan 99999")),
            "bye": (302, "", impossible),
            "banana": (404, "gone", memento("Tue, 01 Aug 2023")),
            "love": (200, page("love"), memento("Tue, 01 Jan 2019")),
        }
        status, text, headers = reported.get(word, (404, "never", {}))
        return web.Response(status=status, text=text, headers=headers, content_type="text/html")

    server = serve(answer)
    given = (
        f"archive={server.url}/web/",
        f"index={server.url}/cdx",
        "homographs=first",
        "word=hi,apple,bye,banana,love,never",
    )
    done = crawl(tmp_path, *given, settings={**FAST, "ARCHIVE_INDEX_MIN_WORDS": index_from, "RETRY_TIMES": 1})
    assert "Traceback" not in done.log
    assert done.status == 4, done.log
    assert done.statuses == {
        "hi": "found",
        "apple": "parse_error",
        "bye": "http_error",
        "banana": "not_archived",
        "love": "found",
        "never": "not_archived",
    }


def test_a_part_of_an_index_costs_no_word_and_a_refresh_reads_it_again(tmp_path: Path, serve: Serve) -> None:
    class Partial(WaybackMachine):
        is_whole = False

        def _cdx(self, query: dict[str, str]) -> web.Response:
            if self.is_whole:
                return super()._cdx(query)
            self.queries.append(query)
            rows = [["timestamp", "original", "statuscode", "mimetype"]]
            rows.append(["20230520100000", f"{AMERICAN}/hi", "200", "text/html"])
            return web.json_response(rows)

    machine = Partial()
    server = serve(machine.answer)
    given = (f"archive={server.url}/web/", f"index={server.url}/cdx/search/cdx", f"word={WORDS}")
    settings = {**FAST, "ARCHIVE_INDEX_MIN_WORDS": 1}
    assert crawl(tmp_path, *given, settings=settings).statuses == EXPECTED
    requested = len(machine.queries)
    machine.is_whole = True
    # The second crawl begins in a later second than the first one has read the index.
    read_in = time.time()
    wait_until(lambda: int(time.time()) > read_in)
    assert crawl(tmp_path, *given, "refresh=all", settings=settings).statuses == EXPECTED
    assert len(machine.queries) > requested
