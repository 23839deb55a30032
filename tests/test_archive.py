"""``source=archive`` against a real archive server (pywb) and against the Wayback Machine's manners."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web
from conftest import Serve
from pywb import BIN, Capture, replaying, write_warc
from serving import crawl

from dictcrawler import sample
from dictcrawler.sample.pages import Document

SITE = "https://www.macmillandictionary.com"
AMERICAN = f"{SITE}/us/dictionary/american"
HELP_PAGE = "https://publisher.invalid/help/dictionary-closed"
FAST = {"DOWNLOAD_DELAY": 0, "RETRY_BACKOFF": 0.01}


def page(slug: str, note: str = "") -> str:
    reply = sample.load("macmillan").reply(f"/us/dictionary/american/{slug}", {})
    assert isinstance(reply, Document)
    return reply.text.replace("</body>", f"<!-- {note} --></body>")


def captures() -> Iterator[Capture]:
    """What an archive holds of a site that closed on 30 June 2023."""
    for slug in ("hi", "hi_1", "hi_2", "apple"):
        yield Capture(f"{AMERICAN}/{slug}", "2019-03-01T00:00:00Z", page(slug, "old"))
        yield Capture(f"{AMERICAN}/{slug}", "2023-05-20T10:00:00Z", page(slug, "newest good"))
        yield Capture(f"{AMERICAN}/{slug}", "2023-07-02T00:00:00Z", status="301 Moved Permanently", location=HELP_PAGE)
    # Its newest capture before the day is a page of something else: one step back.
    yield Capture(f"{AMERICAN}/banana", "2021-01-01T00:00:00Z", page("banana", "good"))
    yield Capture(f"{AMERICAN}/banana", "2023-06-01T00:00:00Z", "<html><body><h1>Under maintenance</h1></body></html>")
    # Only ever captured as the redirect to the help page.
    yield Capture(f"{AMERICAN}/ambition", "2023-08-01T00:00:00Z", status="301 Moved Permanently", location=HELP_PAGE)
    # The bare address was captured as a redirect within the site.
    yield Capture(
        f"{AMERICAN}/loves", "2022-02-02T00:00:00Z", status="302 Found", location="/us/dictionary/american/love_1"
    )
    yield Capture(f"{AMERICAN}/love_1", "2022-02-03T00:00:00Z", page("love_1"))
    # Captured at another of the site's addresses for the same word.
    yield Capture(f"{SITE}/dictionary/american/bye", "2020-01-01T00:00:00Z", page("bye"))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    assert BIN.is_dir(), "the archive server is not installed: run make test"
    folder = tmp_path_factory.mktemp("archive")
    write_warc(folder / "site.warc.gz", captures())
    with replaying(folder / "pywb", folder / "site.warc.gz") as prefix:
        yield prefix


WORDS = "hi,apple,banana,ambition,loves,bye,determine"
EXPECTED = {
    "hi": "found",
    "apple": "found",
    "banana": "found",
    "ambition": "not_archived",
    "loves": "redirected",
    "bye": "found",
    "determine": "not_archived",
}


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


class WaybackMachine:
    """The manners of the Wayback Machine that pywb does not have, over the same captures.

    The nearest capture by a redirect, JSON arrays with a header row, resume keys.
    """

    def __init__(self) -> None:
        self.captures = sorted(captures(), key=lambda capture: (capture.url, capture.when))
        self.queries: list[dict[str, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        if request.path.startswith("/cdx"):
            return self._cdx({name: values[0] for name, values in parse_qs(request.query_string).items()})
        replay = re.fullmatch(r"/web/(\d+)id_/(.+)", request.raw_path)
        if replay is None:
            return web.Response(status=404)
        return self._replay(replay.group(1), replay.group(2), str(request.url.origin()))

    def _replay(self, asked: str, url: str, origin: str) -> web.Response:
        of_url = [capture for capture in self.captures if capture.url == url]
        if not of_url:
            return web.Response(status=404, text="not archived")
        nearest = min(of_url, key=lambda capture: abs(int(stamp(capture)) - int(asked)))
        if stamp(nearest) != asked:
            return web.Response(status=302, headers={"Location": f"{origin}/web/{stamp(nearest)}id_/{url}"})
        headers = {"Memento-Datetime": f"Mon, 01 Jan {nearest.when[:4]} 00:00:00 GMT"}
        if nearest.location is not None:
            target = nearest.location if "://" in nearest.location else f"{SITE}{nearest.location}"
            headers["Location"] = f"{origin}/web/{asked}id_/{target}"
        return web.Response(
            status=int(nearest.status[:3]), text=nearest.body, headers=headers, content_type="text/html"
        )

    def _cdx(self, query: dict[str, str]) -> web.Response:
        self.queries.append(query)
        found = [
            [stamp(capture), capture.url, capture.status[:3], "text/html"]
            for capture in self.captures
            if (capture.url.startswith(query["url"]) if "matchType" in query else capture.url == query["url"])
            and stamp(capture) <= query["to"]
        ]
        begin = int(query.get("resumeKey", 0))
        size = 3
        rows: list[list[str]] = [["timestamp", "original", "statuscode", "mimetype"], *found]
        if "showResumeKey" in query:
            rows = [rows[0], *found[begin : begin + size]]
            if begin + size < len(found):
                rows += [[], [str(begin + size)]]
        return web.Response(text=json.dumps(rows if len(rows) > 1 else []), content_type="application/json")


def stamp(capture: Capture) -> str:
    return re.sub(r"\D", "", capture.when)


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
