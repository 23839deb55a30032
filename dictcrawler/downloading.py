"""The last gate before the network: a pace that the server sets, and connections that can be trusted.

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
from scrapy.core.downloader.handlers._base_streaming import BaseStreamingDownloadHandler
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.misc import build_from_crawler, load_object
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.internet.interfaces import IAddress
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS
from twisted.web._newclient import Request as TwistedRequest
from twisted.web.iweb import IResponse

from dictcrawler.middlewares import RefusedRequest
from dictcrawler.model import Status
from dictcrawler.walls import Wall

FRESH_CONNECTION = "fresh_connection"
"""Request meta: whether to leave all open connections behind and make a new one."""
ASKED_AGAIN = "asked_again"
"""Request meta: whether the last answer for this address was a passing failure."""
TRANSFER_SECONDS = "transfer_seconds"
"""Request meta, set here: how long the exchange took, waiting for its turn not counted."""
MAX_HEAD = 128 * 1024
"""Bytes of status line and headers, those of all 1xx answers before it included, that one answer may have."""

FIRST_STEP = 0.1
"""Seconds between two requests after a host's first refusal without a ``Retry-After``."""
LONGEST_STEP = 10.0
"""The longest interval that refusals alone lead to; a ``Retry-After`` may ask for more."""
EASE = 0.98
"""What one good answer makes of the interval."""


@dataclass(slots=True)
class Pace:
    """How one host wants to be asked: not before ``free_at`` (monotonic seconds), ``interval`` apart.

    After a 429 or 503 the interval doubles (from `FIRST_STEP`); every other answer shortens it
    a little, so that the pace settles just below what the host allows: one refusal for 35 answers.
    ``least`` is the ``Crawl-delay`` of its robots.txt in seconds, ``slowed_at`` the moment of the
    last doubling.
    """

    free_at: float = 0.0
    interval: float = 0.0
    least: float = 0.0
    slowed_at: float = 0.0

    async def turn(self) -> float:
        """Wait until the host is free, and take the next departure: now (monotonic seconds)."""
        # Another answer may have moved the time on meanwhile: no event says so, the clock does.
        while (wait := self.free_at - time.monotonic()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(wait)
        departure = time.monotonic()
        self.free_at = departure + max(self.interval, self.least)
        return departure

    def learn(self, status: int, asked: float, departure: float, *, again: bool = False) -> None:
        """Take the answer to a request into account; ``asked`` is its ``Retry-After`` in seconds.

        A 503 that comes ``again`` slows its host down no further: it may be the page.
        """
        if status not in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            self.interval *= EASE
            return
        now = time.monotonic()
        is_about_the_page = again and status == HTTPStatus.SERVICE_UNAVAILABLE
        if departure >= self.slowed_at and not is_about_the_page:
            # One refusal of a burst slows down once: its companions had left before it came back.
            self.interval = min(max(2 * self.interval, FIRST_STEP), LONGEST_STEP)
            self.slowed_at = now
        self.free_at = max(self.free_at, now + max(asked, self.interval))


@dataclass(eq=False, slots=True)
class _Connections:
    """One handler with its own pool of connections, and how many requests are using it."""

    handler: BaseDownloadHandler
    users: int = 0


class PacedDownloadHandler(BaseDownloadHandler):
    """Scrapy's own handler for HTTP, with or without a reactor, behind the pace of each host."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._inner_class = load_object(crawler.settings["DOWNLOAD_HANDLERS_BASE"]["http"])
        self._longest = crawler.settings.getfloat("RETRY_AFTER_MAX")
        self._paces: defaultdict[str, Pace] = defaultdict(Pace)
        self._places: dict[str, asyncio.Semaphore] = {}
        self._connections = self._connect()
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        crawler.signals.connect(self.robots_parsed, signal=signals.robots_parsed)
        self._closing: set[asyncio.Task[None]] = set()

    async def download_request(self, request: Request) -> Response:
        """Download when it is the request's turn.

        :raises RefusedRequest: when a wall was met while it waited.
        """
        pace = self._paces[urlsplit(request.url).netloc]
        async with self._places_of(request):
            departure = await pace.turn()
            wall: Wall | None = getattr(self.crawler.spider, "wall", None)
            if wall is not None and wall.met is not None:
                raise RefusedRequest(Status.BLOCKED, wall.met)
            response = await self._timed(request)
        if b"Memento-Datetime" not in response.headers:
            # What an archive captured was said to somebody else, years ago (RFC 7089).
            asked = retry_after(response.headers.get(b"Retry-After"), datetime.now(UTC))
            again = request.meta.get(ASKED_AGAIN, False)
            pace.learn(response.status, min(asked, self._longest), departure, again=again)
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
        await self._connections.handler.close()
        await asyncio.gather(*self._closing)

    async def _timed(self, request: Request) -> Response:
        if request.meta.get(FRESH_CONNECTION):
            self._leave()
        connections = self._connections
        connections.users += 1
        began = time.monotonic()
        try:
            response = await connections.handler.download_request(request)
        except (ConnectError, ConnectionClosed, OSError) as error:
            # Scrapy names the common ones; a host that cannot be reached is not among them.
            raise DownloadFailedError(f"{type(error).__name__}: {error}") from error
        finally:
            request.meta[TRANSFER_SECONDS] = time.monotonic() - began
            connections.users -= 1
            self._close_if_left(connections)
        if isinstance(connections.handler, BaseStreamingDownloadHandler) and _ends_with_its_connection(response):
            response.flags.append("partial")
        return response

    def _connect(self) -> _Connections:
        handler = build_from_crawler(self._inner_class, self.crawler)
        if isinstance(handler, HTTP11DownloadHandler):
            pool = handler._pool  # noqa: SLF001
            pool._factory = WatchfulFactory  # noqa: SLF001
            # Twisted would ask again by itself, uncounted, when a connection that was kept open ends.
            pool.retryAutomatically = False
        else:
            from dictcrawler import connecting  # noqa: PLC0415 - with a reactor, aiohttp need not be loaded

            connecting.guard(handler, self.crawler)
        return _Connections(handler)

    def _leave(self) -> None:
        """Make new connections from now on; those in use are closed when they are done."""
        left, self._connections = self._connections, self._connect()
        self._close_if_left(left)

    def _close_if_left(self, connections: _Connections) -> None:
        if connections is not self._connections and not connections.users:
            task = asyncio.ensure_future(connections.handler.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)


def _ends_with_its_connection(response: Response) -> bool:
    """Whether nothing but the end of the connection ended the body (RFC 9112, section 6.3, case 8)."""
    is_chunked = b"chunked" in (response.headers.get(b"Transfer-Encoding") or b"").lower()
    return bool(response.body) and b"Content-Length" not in response.headers and not is_chunked


class HeadTooLarge(Exception):
    """More headers than any site has a reason for; each costs more to read than to send."""


class WatchfulProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's HTTP client, with a bound on the head of an answer and no reuse after bytes too many."""

    _head = 0

    def request(self, request: TwistedRequest) -> Deferred[IResponse]:
        """Send a request."""
        self._head = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        """Count what arrives before the body."""
        if self._parser is not None and self._parser.state in (STATUS, HEADER):
            self._head += len(data)
        if self._head > MAX_HEAD:
            reason = HeadTooLarge(f"more than {MAX_HEAD:,} bytes of headers")
            self._giveUp(Failure(reason))  # type: ignore[no-untyped-call]
            return
        super().dataReceived(data)  # type: ignore[no-untyped-call]

    def _finishResponse_WAITING(self, rest: bytes) -> None:  # noqa: N802
        """End an answer. What follows it belongs to no request of ours (RFC 9112, section 6.3)."""
        if rest and self._currentRequest is not None:
            self._currentRequest.persistent = False
        super()._finishResponse_WAITING(rest)


class WatchfulFactory(_LenientHTTP11ClientFactory):
    """Builds `WatchfulProtocol`."""

    def buildProtocol(self, addr: IAddress | None) -> WatchfulProtocol:  # noqa: ARG002, N802
        """Build the protocol of a new connection."""
        return WatchfulProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


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
        return max(0.0, (moment.astimezone(UTC) - now).total_seconds())
    except (ValueError, OverflowError):
        return 0.0
