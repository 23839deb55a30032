"""Downloader middlewares for what Scrapy lacks: strict robots.txt, and a scope."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import NamedTuple, Self
from urllib.parse import urljoin, urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.misc import build_from_crawler, load_object

from dictcrawler.crawling.bounded import BoundedSpider
from dictcrawler.crawling.meta import LOST, NO_PAGE, NO_REQUEST, RefusedRequest
from dictcrawler.model import Status
from dictcrawler.net import addresses, codings

logger = logging.getLogger(__name__)

LONGEST_REASON = 200
"""Characters of a network error that a message quotes."""


class NoRequestMiddleware:
    """Answers requests for words whose outcome is already known, without a network or a delay.

    Scrapy's ``CoreStats`` counts the blank page among the responses, ``downloader/…`` does not.
    """

    def process_request(self, request: Request) -> Response | None:
        """The blank page for a request that the spider has marked with `NO_REQUEST`."""
        return Response(request.url) if NO_REQUEST in request.meta else None


class ScopeMiddleware:
    """Refuses every URL outside the spider's source, in redirects, links and retries too."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Refuse a URL that the source does not allow."""
        spider = self._crawler.spider
        source = spider.source if isinstance(spider, BoundedSpider) else None
        if source is None:
            return
        host = urlsplit(request.url).hostname or ""
        # `dictcrawler.net.addresses.resolve` would refuse it too, but only when the connection is made.
        is_private = addresses.is_private_literal(host) and not source.trusts(host)
        if is_private or not source.allows(request.url):
            raise RefusedRequest(Status.HTTP_ERROR, f"out of scope: {request.url}")


class _Unread(NamedTuple):
    """Why the rules could not be read, although they may exist; ``status`` is the outcome of each word."""

    status: Status
    reason: str


def _in_words(error: Exception) -> str:
    """The failure in an operator's words, then in those of the network."""
    words: dict[type[Exception], str] = {
        CannotResolveHostError: "its name cannot be resolved",
        DownloadConnectionRefusedError: "connection refused",
        DownloadTimeoutError: "no answer in time",
        ResponseDataLossError: "the answer broke off",
    }
    named = next((text for kind, text in words.items() if isinstance(error, kind)), "the connection failed")
    return f"{named} ({str(error)[:LONGEST_REASON]})" if str(error) else named


class _Rules:
    """The rules of one robots.txt. Matching them against one URL takes limited time."""

    AT_ONCE = 1_000_000
    """Rules times characters of the URL that are matched at once, as they take negligible time."""
    MOST = 50_000_000
    """Above this product matching takes too long. The URL is then refused, as it may be disallowed."""

    def __init__(self, parser: RobotParser, lines: int) -> None:
        self.parser = parser
        self._lines = lines

    async def allows(self, url: str, agent: str) -> bool:
        """Whether the agent may request a URL."""
        cost = self._lines * len(url)
        if cost <= self.AT_ONCE:
            return bool(self.parser.allowed(url, agent))
        return cost <= self.MOST and await asyncio.to_thread(self.parser.allowed, url, agent)


class RobotsMiddleware:
    """Obeys robots.txt as in RFC 9309, at any concurrency.

    Scrapy's own middleware passes requests that wait for a robots.txt in progress (Scrapy 2.19.0,
    docs/upstream/scrapy-robotstxt-waiters.md). Here all wait for one task and get its result. An absent file (4xx)
    allows everything (section 2.3.1.3); one that cannot be read (5xx, 429, no connection, more redirects than
    `MAX_REDIRECTS`) forbids everything (2.3.1.4). When the host cannot be reached at all, the words end as
    ``network_error``. Only the first 500 KiB count (2.5). `dictcrawler.crawling.download_handler` obeys a
    ``Crawl-delay``.
    """

    MAX_BYTES = 500 * 1024
    MAX_REDIRECTS = 5

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._longest_delay = crawler.settings.getfloat("RETRY_AFTER_MAX")
        self._parser_class: type[RobotParser] = load_object(crawler.settings["ROBOTSTXT_PARSER"])
        self._rules: dict[str, asyncio.Task[_Rules | _Unread | None]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Refuse a URL that robots.txt disallows."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._learn(f"{origin}/robots.txt"))
        # Shielded: the cancellation of one waiter must not cancel the result for the others.
        rules = await asyncio.shield(self._rules[origin])
        if isinstance(rules, _Unread):
            reason = f"robots.txt of {parts.netloc} {rules.reason}; nothing may be fetched then (RFC 9309)"
            raise RefusedRequest(rules.status, reason)
        if rules is not None and not await rules.allows(request.url, self._agent):
            raise RefusedRequest(Status.DISALLOWED, f"disallowed by {origin}/robots.txt")

    async def _learn(self, url: str) -> _Rules | _Unread | None:
        """Read the rules, and send Scrapy's own signal for the code that keeps the pace."""
        rules = await self._read(url)
        if isinstance(rules, _Unread):
            logger.error("robots.txt of %s %s; nothing is fetched from there", urlsplit(url).netloc, rules.reason)
        if isinstance(rules, _Rules):
            parsed = {"robotparser": rules.parser, "request": Request(url)}
            await self._crawler.signals.send_catch_log_async(signal=signals.robots_parsed, **parsed)
        return rules

    async def _read(self, url: str) -> _Rules | _Unread | None:
        """The rules; ``None`` when there is no robots.txt."""
        for _ in range(self.MAX_REDIRECTS + 1):
            try:
                response = await self._crawler.engine.download_async(
                    Request(url, meta={"dont_obey_robotstxt": True}, dont_filter=True)
                )
            except RefusedRequest:
                # The file has moved out of our scope: it does not apply to this host (2.3.1.2).
                return None
            except LOST as error:
                return _Unread(Status.NETWORK_ERROR, f"could not be read: {_in_words(error)}")
            except (*NO_PAGE, IgnoreRequest) as error:
                return _Unread(Status.DISALLOWED, f"could not be read: {type(error).__name__}: {error}")
            if not HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.BAD_REQUEST:
                return await self._rules_of(response)
            location = (response.headers.get(b"Location") or b"").decode("latin-1")
            try:
                url = urljoin(url, location)
            except ValueError:
                return _Unread(Status.DISALLOWED, f"redirects to {location!r}")
        return _Unread(Status.DISALLOWED, "redirects too often")

    async def _rules_of(self, response: Response) -> _Rules | _Unread | None:
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR or response.status == HTTPStatus.TOO_MANY_REQUESTS:
            return _Unread(Status.DISALLOWED, f"answers {response.status}")
        if response.status >= HTTPStatus.BAD_REQUEST:
            return None
        try:
            # Some servers compress it without saying so. Without its zero bytes UTF-16 is read like ASCII.
            body = codings.announced(response.body, self.MAX_BYTES).replace(b"\0", b"")[: self.MAX_BYTES]
        except (codings.BodyDamaged, codings.BodyTooLarge) as error:
            return _Unread(Status.DISALLOWED, f"cannot be decoded: {error}")
        # In a thread: half a megabyte of rules takes up to a second.
        parser: RobotParser = await asyncio.to_thread(build_from_crawler, self._parser_class, self._crawler, body)
        delay = parser.crawl_delay(self._agent) or 0.0
        if not 0 <= delay <= self._longest_delay:
            reason = f"asks for {delay:g} s between two requests, more than RETRY_AFTER_MAX"
            return _Unread(Status.DISALLOWED, reason)
        return _Rules(parser, len(body.splitlines()))
