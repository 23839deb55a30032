"""A host that refuses connections for a while, and one that slows us down: no word is lost, and the pace recovers."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
from scrapy import Request, Spider  # noqa: TID251
from scrapy.crawler import Crawler  # noqa: TID251
from scrapy.exceptions import DownloadConnectionRefusedError  # noqa: TID251
from scrapy.settings import Settings  # noqa: TID251
from scrapy.statscollectors import MemoryStatsCollector  # noqa: TID251

from dictcrawler import settings
from dictcrawler.crawling.download_handler import PacedDownloadHandler
from dictcrawler.crawling.meta import ROBOTS
from dictcrawler.net.pace import Pace
from tests.support.server import Handler, Serve, crawl
from tests.support.throttling import Throttling

# The host closes each connection after its answer and announces it: no request is sent on one that is about to end.
_END = b"Connection: close\r\nContent-Length: 2\r\n\r\nok"
GOOD = b"HTTP/1.1 200 OK\r\n" + _END
CAPTURED = b"HTTP/1.1 503 Busy\r\nMemento-Datetime: Mon, 01 May 2023 00:00:00 GMT\r\n" + _END


class Clock:
    """Time that passes only while a task waits. ``at``: the moments, in seconds, of the test's events."""

    def __init__(self) -> None:
        self.now = 0.0
        self.at: dict[float, Callable[[], Awaitable[None]]] = {}

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        # Real connections are in progress meanwhile: on a busy machine they need real time too.
        await asyncio.sleep(0.002)
        self.now = max(self.now, until)
        for moment in [moment for moment in self.at if moment <= self.now]:
            await self.at.pop(moment)()


class Host:
    """A server on one port that can stop listening and listen again; ``requested`` are the moments of its answers."""

    def __init__(self, clock: Clock, answer: bytes = GOOD) -> None:
        self._clock = clock
        self._answer = answer
        self._server: asyncio.Server | None = None
        self.port = 0
        self.requested: list[float] = []

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.requested.append(self._clock.now)
        writer.write(self._answer)
        await writer.drain()
        writer.close()


def handler_with(clock: Clock, **given: object) -> PacedDownloadHandler:
    made = Settings()
    made.setmodule(settings)
    made.update(given)
    crawler = Crawler(Spider, made)
    crawler.spider = Spider("typed")
    crawler.stats, crawler.crawling = MemoryStatsCollector(crawler), True
    handler = PacedDownloadHandler(crawler)
    patience = crawler.settings.getfloat("REFUSED_MAX")
    handler._paces = defaultdict(partial(Pace, patience=patience, clock=lambda: clock.now, sleep=clock.sleep))
    return handler


async def outcomes(handler: PacedDownloadHandler, host: Host, count: int) -> list[object]:
    url = f"http://127.0.0.1:{host.port}/"
    asking = [handler.download_request(Request(f"{url}{number}")) for number in range(count)]
    return await asyncio.gather(*asking, return_exceptions=True)


@pytest.mark.parametrize("refusing", [1.5, 90.0, 280.0])
async def test_while_a_host_that_answered_before_refuses_connections_its_words_wait(refusing: float) -> None:
    clock = Clock()
    host = Host(clock)
    await host.open()
    handler = handler_with(clock, CONCURRENT_REQUESTS_PER_DOMAIN=4)
    assert [each.status for each in await outcomes(handler, host, 1)] == [200]  # type: ignore[attr-defined]
    await host.close()
    clock.at[refusing] = host.open
    found = await outcomes(handler, host, 40)
    assert [getattr(each, "status", each) for each in found] == [200] * 40
    # Only one request at a time tries again now and then: not all forty, and not every second.
    assert handler.crawler.stats.get_value("downloader/exception_count") <= 8 + refusing / 15  # type: ignore[union-attr]
    assert clock.now <= refusing + 40
    await handler.close()
    await host.close()


async def test_words_of_a_host_that_refuses_too_long_fail_and_a_host_that_recovers_gets_requests_at_once() -> None:
    clock = Clock()
    host = Host(clock)
    await host.open()
    handler = handler_with(clock, CONCURRENT_REQUESTS_PER_DOMAIN=4, REFUSED_MAX=60)
    await outcomes(handler, host, 1)
    await host.close()
    found = await outcomes(handler, host, 12)
    assert {type(each) for each in found} == {DownloadConnectionRefusedError}
    assert 60 <= clock.now <= 180
    await host.open()
    began = clock.now
    assert {each.status for each in await outcomes(handler, host, 12)} == {200}  # type: ignore[attr-defined]
    assert clock.now - began < 31
    await handler.close()
    await host.close()


@pytest.mark.parametrize("meta", [{}, {ROBOTS: True}], ids=["no answer at all", "an answer for its robots.txt only"])
async def test_a_host_that_never_answered_is_not_waited_for(meta: dict[str, bool]) -> None:
    clock = Clock()
    host = Host(clock)
    await host.open()
    handler = handler_with(clock)
    if meta:
        await handler.download_request(Request(f"http://127.0.0.1:{host.port}/robots.txt", meta=meta))
    await host.close()
    assert {type(each) for each in await outcomes(handler, host, 5)} == {DownloadConnectionRefusedError}
    assert clock.now == 0
    await handler.close()


async def test_a_crawl_that_is_being_stopped_waits_for_no_host() -> None:
    clock = Clock()
    host = Host(clock)
    await host.open()
    handler = handler_with(clock)
    await outcomes(handler, host, 1)
    await host.close()
    handler.crawler.crawling = False
    assert {type(each) for each in await outcomes(handler, host, 5)} == {DownloadConnectionRefusedError}
    assert clock.now == 0
    await handler.close()


async def test_good_captures_are_good_answers_the_pace_recovers_over_them() -> None:
    clock = Clock()
    host = Host(clock, CAPTURED)
    await host.open()
    handler = handler_with(clock)
    pace = handler._paces[f"127.0.0.1:{host.port}", None]
    for _ in range(6):
        pace.learn(429, 0, clock.now)
        clock.now += 20
    assert pace.interval == 3.2
    for number in range(100):
        await outcomes(handler, host, 1)
        if number == 26:
            assert pace.interval < 1.9
    assert pace.interval < 0.45
    # After a five-minute ban, 10,000 words take some minutes longer and not hours.
    assert clock.now < 400
    await handler.close()
    await host.close()


def test_a_crawl_continues_when_its_host_accepts_connections_again(
    tmp_path: Path, serve: Serve, dictionary_pages: Handler
) -> None:
    with Throttling(serve(dictionary_pages).url, after=6, seconds=1.5) as host:
        done = crawl(
            tmp_path,
            *("source=live", f"base_url={host.url}/us/dictionary/american/{{keyword}}"),
            f"word={','.join(f'word{number:06}' for number in range(1, 21))}",
            settings={"DOWNLOAD_DELAY": 0, "RETRY_TIMES": 1, "RETRY_BACKOFF": 0.01},
        )
    assert host.has_refused
    assert done.statuses == {f"word{number:06}": "found" for number in range(1, 21)}, done.log
    assert done.status == 0
