"""robots.txt (RFC 9309): no disallowed page at any concurrency, and no page at all when the file cannot be read."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import time
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import web

import dictcrawler
from dictcrawler import feeds
from dictcrawler.model import Lookup
from tests.programs.robots_matrix import CONCURRENCY, PATH, fetched
from tests.support.peak_memory import WITH_PEAK, peak_mib
from tests.support.server import Crawl, Handler, Serve, Server, crawl

FAST = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 16, "DOWNLOAD_TIMEOUT": 2}


@pytest.mark.parametrize("concurrency", CONCURRENCY)
@pytest.mark.parametrize("seconds", [0.0, 0.5])
def test_of_200_disallowed_words_not_one_is_fetched_at_any_concurrency(concurrency: int, seconds: float) -> None:
    assert fetched(200, concurrency, seconds) == (0, {"disallowed": 200})


async def _reset(request: web.Request) -> web.StreamResponse:
    transport = request.transport
    assert transport is not None
    # A linger of zero seconds makes the close a reset.
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    return web.Response()


async def _hang(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(3 * FAST["DOWNLOAD_TIMEOUT"])
    return web.Response()


async def _redirect_for_ever(_: web.Request) -> web.StreamResponse:
    return web.Response(status=301, headers={"Location": "/robots.txt?again"})


async def _redirect_to_no_address(_: web.Request) -> web.StreamResponse:
    return web.Response(status=301, headers={"Location": "http://[::1"})


async def _fail(_: web.Request) -> web.StreamResponse:
    return web.Response(status=500)


async def _refuse(_: web.Request) -> web.StreamResponse:
    return web.Response(status=429)


async def _ask_for_patience(_: web.Request) -> web.StreamResponse:
    return web.Response(text="User-agent: *\nCrawl-delay: 86400\n")


async def _damaged(_: web.Request) -> web.StreamResponse:
    return web.Response(body=gzip.compress(b"User-agent: *\nDisallow: /nowhere\n")[:-9])


async def _overflow(_: web.Request) -> web.StreamResponse:
    return web.Response(body=b"User-agent: *\n" + b"Disallow: /nowhere\n" * 2_000_000)


def site(robots: Handler, pages: Handler) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        return await (robots if request.path == "/robots.txt" else pages)(request)

    return answer


def ask(server: Server, data: Path, words: str, **settings: object) -> tuple[Crawl, list[Lookup]]:
    done = crawl(
        data, "source=live", f"base_url={server.url}{PATH}/{{keyword}}", f"word={words}", settings=FAST | settings
    )
    run = next(path for path in done.feed.iterdir() if not path.is_symlink())
    return done, list(feeds.read_lookups(run))


@pytest.mark.parametrize(
    ("robots", "reason"),
    [
        (_fail, "answers 500"),
        (_refuse, "answers 429"),
        (_redirect_for_ever, "redirects too often"),
        (_redirect_to_no_address, "redirects to 'http://[::1'"),
        (_ask_for_patience, "asks for 86400 s between two requests"),
        (_damaged, "cannot be decoded: the compressed stream breaks off"),
        (_overflow, "could not be read: DownloadCancelledError"),
    ],
)
def test_a_robots_txt_that_cannot_be_read_or_obeyed_disallows_every_word(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler, robots: Handler, reason: str
) -> None:
    server = serve(site(robots, dictionary_pages))
    began = time.monotonic()
    _, lookups = ask(server, tmp_path, "hi,bye,apple")
    assert server.paths() == ["/robots.txt?again"] * server.paths().count("/robots.txt?again")
    assert [lookup.status.value for lookup in lookups] == ["disallowed"] * 3
    assert all(reason in (lookup.error or "") for lookup in lookups), lookups[0].error
    assert time.monotonic() - began < 20


RULES = f"User-agent: *\nDisallow: {PATH}/\n"


@pytest.mark.parametrize(
    "body",
    [RULES.encode("utf-16"), RULES.encode("utf-16-be"), RULES.encode("utf-32"), gzip.compress(RULES.encode())],
    ids=["UTF-16", "UTF-16 without a mark", "UTF-32", "gzip without a header"],
)
async def test_a_robots_txt_in_another_encoding_is_obeyed(serve: Serve, dictionary_pages: Handler, body: bytes) -> None:
    async def robots(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body)

    server = serve(site(robots, dictionary_pages))
    base = f"{server.url}{PATH}/{{keyword}}"
    found = await dictcrawler.crawl(["hi", "apple"], source="live", base_url=base, overrides=FAST)
    assert [lookup.status.value for lookup in found] == ["disallowed"] * 2
    assert server.paths() == []


@pytest.mark.parametrize(
    ("robots", "reason"), [(_reset, "could not be read: "), (_hang, "could not be read: no answer in time")]
)
def test_a_robots_txt_on_an_unreachable_host_is_a_network_failure(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler, robots: Handler, reason: str
) -> None:
    server = serve(site(robots, dictionary_pages))
    done, lookups = ask(server, tmp_path, "hi,bye,apple")
    assert server.paths() == []
    assert_says_so(done, lookups, f"robots.txt of {server.url.removeprefix('http://')} {reason}")


def assert_says_so(done: Crawl, lookups: list[Lookup], reason: str) -> None:
    """Whether the log, the summary, the manifest and each lookup explain why nothing was fetched."""
    assert [lookup.status.value for lookup in lookups] == ["network_error"] * 3
    assert done.status == 8
    run = next(path for path in done.feed.iterdir() if not path.is_symlink())
    reported = [done.log, done.out, feeds.read_run(run).reason or "", *(lookup.error or "" for lookup in lookups)]
    assert [text for text in reported if reason not in text] == []


@pytest.mark.parametrize(
    ("base", "reason"),
    [
        ("http://127.0.0.1:9", "robots.txt of 127.0.0.1:9 could not be read: connection refused"),
        ("http://nowhere.invalid", "robots.txt of nowhere.invalid could not be read: its name cannot be resolved"),
    ],
)
def test_no_network_is_not_reported_as_a_refusal_of_the_site(tmp_path: Path, base: str, reason: str) -> None:
    done, lookups = ask(Server(base), tmp_path, "hi,bye,apple")
    assert_says_so(done, lookups, reason)


def test_a_missing_robots_txt_forbids_nothing(tmp_path: Path, serve: Serve, dictionary_pages: Handler) -> None:
    async def robots(_: web.Request) -> web.StreamResponse:
        return web.Response(status=404)

    _, lookups = ask(serve(site(robots, dictionary_pages)), tmp_path, "hi,bye")
    assert [lookup.status.value for lookup in lookups] == ["found", "found"]


def test_a_crawl_delay_is_kept_between_any_two_pages(tmp_path: Path, serve: Serve, dictionary_pages: Handler) -> None:
    async def robots(_: web.Request) -> web.StreamResponse:
        return web.Response(text="User-agent: *\nDisallow:\nCrawl-delay: 0.4\n")

    server = serve(site(robots, dictionary_pages))
    done, _ = ask(server, tmp_path, "hi,apple,bye")
    assert done.status == 0
    assert len(server.times()) >= 4
    assert min(later - earlier for earlier, later in pairwise(server.times())) >= 0.38


def test_of_a_robots_txt_of_two_million_lines_the_first_500_kib_count(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    rules = f"User-agent: *\nDisallow: {PATH}/apple\n".encode()

    async def robots(_: web.Request) -> web.StreamResponse:
        return web.Response(body=rules + b"#\n" * 2_000_000 + f"Disallow: {PATH}/bye\n".encode())

    done, lookups = ask(
        serve(site(robots, dictionary_pages)), tmp_path, "apple,bye",
        EXTENSIONS=WITH_PEAK,
    )  # fmt: skip
    assert [lookup.status.value for lookup in lookups] == ["disallowed", "found"]
    assert peak_mib(done.log) < 200


COSTLY = b"User-agent: *\n" + b"".join(b"Disallow: /*aaab*aab%d$\n" % number for number in range(20_000))


async def test_no_rules_and_no_address_freeze_the_loop(serve: Serve, dictionary_pages: Handler) -> None:
    async def pages(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/apple"):
            return web.Response(status=302, headers={"Location": f"{PATH}/{'a' * 60_000}"})
        return await dictionary_pages(request)

    async def robots(_: web.Request) -> web.StreamResponse:
        return web.Response(body=COSTLY)

    server = serve(site(robots, pages))
    crawling = asyncio.ensure_future(
        dictcrawler.crawl(["apple", "hi"], source="live", base_url=f"{server.url}{PATH}/{{keyword}}", overrides=FAST)
    )
    # The loop's own processor time: other processes run on this machine.
    longest, last = 0.0, time.thread_time()
    while not crawling.done():
        await asyncio.sleep(0.01)
        longest, last = max(longest, time.thread_time() - last), time.thread_time()
    assert [lookup.status.value for lookup in await crawling] == ["disallowed", "found"]
    assert longest < 1
