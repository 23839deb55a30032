"""``-a dry_run=yes``: what is due and how long it takes, without a request and without writing a file."""

from __future__ import annotations

import re
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp import web

from dictcrawler.crawling.coroutine import crawl as crawl_here
from tests.support.server import Handler, Serve, crawl, scrapy

PATH = "/us/dictionary/american/{keyword}"


def rows(out: str) -> dict[str, int]:
    return {
        name.strip(): int(count.replace(",", ""))
        for name, count in re.findall(r"^ +(\D+?) +([\d,]+)$", out, re.MULTILINE)
    }


def failing(pages: Handler) -> Handler:
    """A site that fails on a request for "call"."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=503) if request.path.endswith("/call") else await pages(request)

    return answer


def stored(data: Path, table: str) -> int:
    with closing(sqlite3.connect(data / "store" / "macmillan.sqlite")) as store:
        count: int = store.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
        return count


def test_a_dry_run_shows_what_is_due_and_how_long_it_takes_and_requests_nothing(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    server = serve(dictionary_pages)
    words = tmp_path / "words.txt"
    words.write_text("hi\nlove\nLove\n-\ncall\n")
    given = ("source=live", f"base_url={server.url}{PATH}", f"words={words}", "dry_run=yes")
    done = crawl(tmp_path, *given, settings={"DOWNLOAD_DELAY": 40})
    assert done.status == 0
    assert rows(done.out) == {
        "lines of the list": 5, "different words": 4, "lines that cannot be an address": 1, "due": 3,
        "never answered": 3,
    }  # fmt: skip
    assert "4 words, 3 of them due: at least 2 min at a page every 40 s" in done.out
    assert server.requests == []
    assert (stored(tmp_path, "runs"), stored(tmp_path, "keywords")) == (0, 0)
    assert not (tmp_path / "feeds").exists()


def test_after_a_crawl_a_dry_run_separates_failed_and_old_words(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    server = serve(failing(dictionary_pages))
    given = ("source=live", f"base_url={server.url}{PATH}", "word=hi,love,call")
    settings = {"DOWNLOAD_DELAY": 0, "RETRY_TIMES": 0}
    assert crawl(tmp_path, *given, settings=settings).status == 4
    requests = len(server.requests)
    more = (given[0], given[1], "word=hi,love,call,bye", "dry_run=yes")
    assert rows(crawl(tmp_path, *more, "refresh=failed").out) == {
        "lines of the list": 4, "different words": 4, "due": 2, "never answered": 1, "failed before": 1,
    }  # fmt: skip
    assert rows(crawl(tmp_path, *more, "refresh=all").out)["answered long enough ago"] == 2
    assert len(server.requests) == requests
    again = crawl(tmp_path, *given, settings=settings)
    assert again.statuses == {"hi": "found", "love": "found", "call": "http_error"}


def test_an_unfinished_run_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    given = ("source=archive", "archive=http://127.0.0.1:9/web/", "word=hi,love")
    begun = scrapy("crawl", "macmillan", *(part for each in given for part in ("-a", each)), data=tmp_path)
    assert begun.stderr is not None
    while "of them due" not in (line := begun.stderr.readline()):
        assert line
    begun.send_signal(signal.SIGKILL)
    begun.communicate()
    assert stored(tmp_path, "runs") == 1
    for more in ((), ("resume=no",)):
        done = crawl(tmp_path, *given, "dry_run=yes", *more)
        assert re.search(r"continues run \d{8}T\d{6}Z, which is not finished", done.out)
        assert (stored(tmp_path, "runs"), stored(tmp_path, "keywords")) == (1, 2)


@pytest.mark.parametrize(("given", "status", "problem"), [
    (("words=/nowhere.txt",), 2, "/nowhere.txt: cannot be read"),
    (("dry_run=perhaps",), 2, "'dry_run': 'perhaps' is not one of them; allowed: yes, no"),
])  # fmt: skip
def test_a_crawl_that_would_be_refused_is_refused_as_a_dry_run_too(
    tmp_path: Path, given: tuple[str, ...], status: int, problem: str
) -> None:
    done = crawl(tmp_path, "source=sample", "dry_run=yes", *given)
    assert done.status == status
    assert problem in done.log


async def test_elsewhere_than_at_the_command_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="dry_run"):
        await crawl_here(["hi"], source="sample", data=tmp_path, dry_run="yes")  # type: ignore[call-overload]
