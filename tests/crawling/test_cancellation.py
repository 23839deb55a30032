"""Cancelling ``dictcrawler.crawl`` raises `CancelledError` at once, and all resources are released."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from itertools import count
from pathlib import Path

import pytest
from aiohttp import web
from jupyter_client.manager import start_new_kernel

import dictcrawler
from dictcrawler.model import Lookup
from dictcrawler.storage.captures import Captures
from tests.support.holding import Held
from tests.support.server import ROOT, Handler, Serve
from tests.support.wayback import FAST, WaybackMachine

WORDS = "hi apple banana call feel hello bye like love environmental buzz ambition determine".split()
MOMENTS = int(os.environ.get("CANCELLATIONS", "8"))
"""How many crawls of each kind are cancelled at random: 50 with ``make cancellations``."""
NO_CONTACT = "no CONTACT is set: a site cannot reach you; set it with -s CONTACT=mailto:you@example.org\n"
AT_ONCE = 10.0
"""Seconds in which a cancelled crawl has ended on a busy machine. Everything these crawls wait for takes longer."""


async def turns(count: int) -> None:
    """Let the loop run this many turns."""
    for _ in range(count):
        await asyncio.sleep(0)


Crawl = Callable[[], Awaitable[Sequence[Lookup]]]


@pytest.fixture(params=["sample", "archive", "warc"])
def crawl(request: pytest.FixtureRequest, serve: Serve, sample_data: Path, tmp_path: Path) -> Crawl:
    """Crawls that do all of their work each time: from the sample site in one folder, from an archive with its index
    and the canary in a new folder, from WARC files."""
    folders = (tmp_path / str(number) for number in count())

    def sample() -> Awaitable[Sequence[Lookup]]:
        return dictcrawler.crawl(WORDS, source="sample", data=tmp_path, refresh="all", resume="no")

    def archive() -> Awaitable[Sequence[Lookup]]:
        overrides = {**FAST, "ARCHIVE_INDEX_MIN_WORDS": 1, "CANARY_MIN_WORDS": 1}
        index = f"{server.url}/cdx/search/cdx"
        return dictcrawler.crawl(
            WORDS, archive=f"{server.url}/web/", index=index, data=next(folders), overrides=overrides
        )

    def warc() -> Awaitable[Sequence[Lookup]]:
        return dictcrawler.crawl(WORDS, source="warc", warc=f"{sample_data}/pages/macmillan/*.gz", data=next(folders))

    server = serve(WaybackMachine().answer)
    return {"sample": sample, "archive": archive, "warc": warc}[request.param]


async def test_at_any_moment_nothing_is_left_and_the_next_call_works(
    crawl: Crawl, caplog: pytest.LogCaptureFixture
) -> None:
    async def counting(running: asyncio.Future[object]) -> int:
        turns = 0
        while not running.done():
            await asyncio.sleep(0)
            turns += 1
        return turns

    await crawl()
    every = await counting(asyncio.ensure_future(crawl()))
    before = Held.now()
    caplog.clear()
    for moment in sorted(random.sample(range(every), MOMENTS)):
        running = asyncio.ensure_future(crawl())
        await turns(moment)
        running.cancel()
        began = time.monotonic()
        # The last turns of a crawl may fall after its publication.
        await asyncio.wait((running,))
        assert running.cancelled() or not running.exception(), f"cancelled after turn {moment} of {every}"
        assert time.monotonic() - began < AT_ONCE, f"cancelled after turn {moment} of {every}"
        assert await before.is_so_again(), f"cancelled after turn {moment} of {every}: {Held.now()}"
    assert len(await crawl()) == len(WORDS)
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_thread_that_writes_to_the_store_has_ended_with_the_crawl(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[float] = []
    ended: list[float] = []

    def add(*_: object) -> None:
        begun.append(time.monotonic())
        time.sleep(0.5)
        ended.append(time.monotonic())

    monkeypatch.setattr(Captures, "add", add)
    server = serve(WaybackMachine().answer)
    archive, index = f"{server.url}/web/", f"{server.url}/cdx/search/cdx"
    overrides = {**FAST, "ARCHIVE_INDEX_MIN_WORDS": 1}
    crawling = dictcrawler.crawl(WORDS, archive=archive, index=index, data=tmp_path, overrides=overrides)
    running = asyncio.ensure_future(crawling)
    await wait_for(lambda: bool(begun))
    running.cancel()
    await asyncio.wait((running,))
    assert running.cancelled()
    assert len(ended) == len(begun)


async def silence(request: web.Request) -> web.StreamResponse:
    while request.transport is not None:  # noqa: ASYNC110 - aiohttp tells no event of a client that has hung up
        await asyncio.sleep(0.01)
    return web.Response()


def silent_pages(request: web.Request) -> Awaitable[web.StreamResponse]:
    return no_rules(request) if request.path == "/robots.txt" else silence(request)


async def no_rules(_: web.Request) -> web.StreamResponse:
    return web.Response(status=404)


async def later(request: web.Request) -> web.StreamResponse:
    if request.path == "/robots.txt":
        return await no_rules(request)
    return web.Response(status=503, headers={"Retry-After": "600"})


async def wait_for(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110 - what a server in another thread has received tells no event
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("handler", "received"),
    [(silence, 1), (silent_pages, 2), (later, 2)],
    ids=["robots.txt does not come", "a page does not come", "the site asks for ten minutes"],
)
async def test_a_slow_site_does_not_delay_the_end_and_gets_no_further_request(
    serve: Serve, handler: Handler, received: int
) -> None:
    server = serve(handler)
    before = Held.now()
    # Two seconds between two requests: twelve words wait in Scrapy's queue.
    crawl = dictcrawler.crawl(
        WORDS, source="live", base_url=f"{server.url}/{{keyword}}", overrides={"DOWNLOAD_DELAY": 2}
    )
    running = asyncio.ensure_future(crawl)
    await wait_for(lambda: len(server.requests) == received)
    await cancelled(running)
    sent = len(server.requests)
    assert await before.is_so_again()
    await asyncio.sleep(0)
    assert len(server.requests) == sent


async def cancelled(running: asyncio.Future[object]) -> None:
    began = time.monotonic()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert time.monotonic() - began < AT_ONCE


async def test_a_second_cancellation_does_not_leave_the_first_half_done(serve: Serve) -> None:
    server = serve(silent_pages)
    before = Held.now()
    running = asyncio.ensure_future(dictcrawler.crawl(WORDS, source="live", base_url=f"{server.url}/{{keyword}}"))
    await wait_for(lambda: bool(server.paths()))
    running.cancel()
    await asyncio.sleep(0)
    running.cancel()
    await cancelled(running)
    assert await before.is_so_again()


async def test_a_timeout_is_raised_and_answered_words_are_not_requested_again(
    serve: Serve, tmp_path: Path, dictionary_pages: Handler
) -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        is_silent = request.path.rsplit("/", 1)[-1] in WORDS[half_of_them:] and not is_awake
        return await (silence(request) if is_silent else dictionary_pages(request))

    is_awake = False
    server = serve(half)
    address = f"{server.url}/dictionary/american/{{keyword}}"
    overrides = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 13}

    def crawl() -> AsyncGenerator[Lookup, None]:
        return dictcrawler.stream(
            WORDS, source="live", base_url=address, homographs="first", data=tmp_path, overrides=overrides
        )

    async def until_half_is_there() -> None:
        async with asyncio.timeout(60) as limit:
            answered = 0
            async for _ in crawl():
                answered += 1
                if answered == half_of_them:
                    limit.reschedule(0)

    half_of_them = 6
    with pytest.raises(TimeoutError):
        await until_half_is_there()
    is_awake = True
    before = len(server.paths())
    assert [lookup.status.value async for lookup in crawl()] == ["found"] * len(WORDS)
    assert {path.rsplit("/", 1)[-1] for path in server.paths()[before:]} == set(WORDS[half_of_them:])


PROGRAM = """
import asyncio, sys, dictcrawler

async def main():
    task = asyncio.create_task(dictcrawler.crawl(["hi", "apple"], source="live", base_url=sys.argv[1]))
    await asyncio.to_thread(sys.stdin.readline)

asyncio.run(main())
"""


@pytest.mark.parametrize("requests", [0, 1, 2])
def test_a_program_that_ends_meanwhile_ends_cleanly(serve: Serve, requests: int) -> None:
    server = serve(silent_pages)
    command = [sys.executable, "-W", "always", "-c", PROGRAM, f"{server.url}/{{keyword}}"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        asyncio.run(wait_for(lambda: len(server.requests) >= requests))
        _, errors = program.communicate("\n", timeout=60)
    assert (program.returncode, errors.replace(NO_CONTACT, "")) == (0, "")


CELL = """
import dictcrawler
await dictcrawler.crawl({words}, source="live", base_url="{url}/dictionary/american/{{keyword}}", data={data!r})
"""


def test_the_stop_button_of_a_notebook_ends_the_crawl_and_the_next_cell_continues_it(
    serve: Serve, tmp_path: Path, dictionary_pages: Handler
) -> None:
    async def silent_apple(request: web.Request) -> web.StreamResponse:
        return await (silence(request) if request.path.endswith("/apple") else dictionary_pages(request))

    server = serve(silent_apple)
    manager, client = start_new_kernel(cwd=str(ROOT))
    try:
        # A kernel that stops on errors aborts the cells it receives in the moment after one.
        cell = CELL.format(words=["apple", "hi"], url=server.url, data=str(tmp_path))
        stopped = client.execute(cell, stop_on_error=False)
        asyncio.run(wait_for(lambda: any(path.endswith("/apple") for path in server.paths())))
        manager.interrupt_kernel()
        assert answer(client, stopped)["ename"] in ("CancelledError", "KeyboardInterrupt")
        again = client.execute(CELL.format(words=["hi"], url=server.url, data=str(tmp_path)))
        assert answer(client, again)["status"] == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def answer(client: object, message: str) -> dict[str, str]:
    """The kernel's answer to a cell."""
    while (reply := client.get_shell_msg(timeout=20))["parent_header"]["msg_id"] != message:
        pass
    return reply["content"]
