"""The last gate before the network: a pace that the server sets.

It stands behind Scrapy's own queue, so that a ``Retry-After`` holds for the requests that are
already queued for a host too, and a wall lets none of them pass.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.misc import build_from_crawler, load_object

from dictcrawler import resolving
from dictcrawler.middlewares import RefusedRequest
from dictcrawler.model import Status
from dictcrawler.walls import Wall

FIRST_STEP = 0.1
"""Seconds between two requests after a host's first refusal without a ``Retry-After``."""
EASE = 0.98
"""What one good answer makes of the interval."""


@dataclass(slots=True)
class Pace:
    """How one host wants to be asked: not before ``free_at`` (monotonic seconds), ``interval`` apart.

    After a 429 or 503 the interval doubles (from `FIRST_STEP`); every other answer shortens it
    a little, so that the pace settles just below what the host allows. ``least`` is the
    ``Crawl-delay`` of its robots.txt in seconds.
    """

    free_at: float = 0.0
    interval: float = 0.0
    least: float = 0.0

    async def turn(self) -> None:
        """Wait until the host is free, and take the next departure."""
        # Another answer may have moved the time on meanwhile: no event says so, the clock does.
        while (wait := self.free_at - time.monotonic()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(wait)
        self.free_at = time.monotonic() + max(self.interval, self.least)

    def learn(self, status: int, asked: float) -> None:
        """Take an answer into account; ``asked`` is its ``Retry-After`` in seconds."""
        if status not in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            self.interval *= EASE
            return
        now = time.monotonic()
        if self.free_at <= now + self.interval:
            # One refusal of a burst slows down once: its companions had left before it came back.
            self.interval = max(2 * self.interval, FIRST_STEP)
        self.free_at = max(self.free_at, now + max(asked, self.interval))


class PacedDownloadHandler(BaseDownloadHandler):
    """Scrapy's own handler for HTTP, with or without a reactor, behind the pace of each host."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        inner = load_object(crawler.settings["DOWNLOAD_HANDLERS_BASE"]["http"])
        self._crawler = crawler
        self._inner: BaseDownloadHandler = build_from_crawler(inner, crawler)
        resolving.guard(self._inner, crawler)
        self._longest = crawler.settings.getfloat("RETRY_AFTER_MAX")
        self._paces: defaultdict[str, Pace] = defaultdict(Pace)
        self._places: dict[str, asyncio.Semaphore] = {}
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        crawler.signals.connect(self.robots_parsed, signal=signals.robots_parsed)

    async def download_request(self, request: Request) -> Response:
        """Download when it is the request's turn.

        :raises RefusedRequest: when a wall was met while it waited.
        """
        pace = self._paces[urlsplit(request.url).netloc]
        async with self._places_of(request):
            await pace.turn()
            wall: Wall | None = getattr(self._crawler.spider, "wall", None)
            if wall is not None and wall.met is not None:
                raise RefusedRequest(Status.BLOCKED, wall.met)
            response = await self._inner.download_request(request)
        asked = retry_after(response.headers.get(b"Retry-After"), datetime.now(UTC))
        pace.learn(response.status, min(asked, self._longest))
        return response

    def _places_of(self, request: Request) -> asyncio.Semaphore:
        """How many requests of a host may be under way: Scrapy 2.14 to 2.19 forget it when the delay is short."""
        parts = urlsplit(request.url)
        if parts.netloc not in self._places:
            settings = self.crawler.settings
            slot = settings.getdict("DOWNLOAD_SLOTS").get(parts.hostname, {})
            limit = slot.get("concurrency", settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"))
            self._places[parts.netloc] = asyncio.Semaphore(max(1, limit))
        return self._places[parts.netloc]

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Keep the ``Crawl-delay`` of a host's robots.txt."""
        self._paces[urlsplit(request.url).netloc].least = robotparser.crawl_delay(self._agent) or 0.0

    async def close(self) -> None:
        """Close the connections."""
        await self._inner.close()


def retry_after(value: bytes | None, now: datetime) -> float:
    """Seconds to wait as a ``Retry-After`` says, in seconds or as a date (RFC 9110, section 10.2.3).

    0 when it says nothing that can be read.
    """
    if not value:
        return 0.0
    text = value.decode("latin-1").strip()
    if text.isdecimal() and text.isascii():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    return max(0.0, (moment.astimezone(UTC) - now).total_seconds())
