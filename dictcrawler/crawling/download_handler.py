"""Downloads behind the pace of each host, over connections that cannot mix up answers.

It comes after Scrapy's own queue, so a ``Retry-After`` also delays the requests that are already queued
for the host, and a wall stops them.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache, partial
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    NotSupported,
    ResponseDataLossError,
)
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from scrapy.robotstxt import RobotParser

from dictcrawler.crawling.bounded import BoundedSpider
from dictcrawler.crawling.cancellation import CutOff, Scopes
from dictcrawler.crawling.meta import (
    FRESH_CONNECTION,
    IS_RETRY,
    LANE,
    RECEIVED_FIELDS,
    ROBOTS,
    TRANSFER_SECONDS,
    RefusedRequest,
)
from dictcrawler.errors import ProxyUnauthorized, SliceLost
from dictcrawler.model import Status
from dictcrawler.net import codings, memento, proxy
from dictcrawler.net.addresses import refuse_private, resolve
from dictcrawler.net.client import (
    Answer,
    AnswerCutOff,
    AnswerTooLarge,
    AnswerUnreadable,
    Connections,
    Header,
    Origin,
    ProxyRefused,
)
from dictcrawler.net.pace import Pace, retry_after
from dictcrawler.net.proxy import Proxy

NO_LIMIT = sys.maxsize - 1
"""The limit for DOWNLOAD_MAXSIZE=0: a decoder is called with one byte more, to detect an overflow."""


class PacedDownloadHandler(BaseDownloadHandler):
    """Downloads over HTTP and HTTPS, with or without a reactor, at the pace of each host.

    Bodies are decoded, limited in size and complete: DOWNLOAD_MAXSIZE limits the bytes on the wire and the decoded
    body. Unlike Scrapy's handler it supports no proxy but that of the setting PROXY, and sends no
    ``headers_received`` and ``bytes_received``. It counts what Scrapy's ``DownloaderStats`` counts, except bytes of
    requests and headers.
    """

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        self._longest = settings.getfloat("RETRY_AFTER_MAX")
        self._largest = settings.getint("DOWNLOAD_MAXSIZE") or NO_LIMIT
        self._patience = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._paces: defaultdict[tuple[str, str | None], Pace] = defaultdict(
            partial(Pace, patience=settings.getfloat("REFUSED_MAX"))
        )
        self._places: dict[str, asyncio.Semaphore] = {}
        self._agent: str = settings["ROBOTSTXT_USER_AGENT"]
        self._proxies = proxy.read(settings["PROXY"] or "")
        self._unauthorized: ProxyUnauthorized | None = None
        local = settings["DOWNLOAD_BIND_ADDRESS"]
        self._connections = Connections(
            self._addresses,
            partial(_tls, verify=settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")),
            (local, 0) if isinstance(local, str) else local,
        )
        self._scopes = Scopes(crawler)
        crawler.signals.connect(self.robots_parsed, signal=signals.robots_parsed)

    async def download_request(self, request: Request) -> Response:
        """Download when it is the request's turn.

        :raises RefusedRequest: when a wall was met while it waited, or the crawl was cancelled.
        :raises DownloadCancelledError: when the body exceeds the size limit.
        :raises ResponseDataLossError: when the body cannot be decoded, or is incomplete.
        """
        host = urlsplit(request.url).netloc
        pace = self._paces[host, request.meta.get(LANE)]
        try:
            async with self._scopes.open(), self._places_of(request):
                departure, answer = await self._answer_in_turn(pace, self._paces[host, None], request)
        except CutOff:
            raise RefusedRequest(Status.NETWORK_ERROR, "the crawl was cancelled") from None
        request.meta[RECEIVED_FIELDS] = answer.headers
        self._teach(pace, request, answer, departure)
        made = _response(request, answer, self._largest)
        if isinstance(made, Response):
            return made
        # An error refers to its frames: without this they would keep the body until the word has an outcome.
        del answer
        raise made

    async def _answer_in_turn(self, pace: Pace, of_host: Pace, request: Request) -> tuple[float, Answer]:
        """The answer, and when its request left. Waits as long as the host refuses connections."""
        while True:
            departure = await pace.turn()
            if of_host is not pace:
                departure = await of_host.turn()
            if isinstance(self.crawler.spider, BoundedSpider):
                _refuse(self.crawler.spider)
            try:
                return departure, await self._counted_answer(request)
            except DownloadConnectionRefusedError:
                # While a crawl is being stopped, it does not wait for a host.
                if not self.crawler.crawling or not of_host.refused(departure):
                    raise

    async def _counted_answer(self, request: Request) -> Answer:
        count = self.crawler.stats.inc_value
        count("downloader/request_count")
        try:
            answer = await self._answer(request)
        except _RAISED as error:
            count("downloader/exception_count")
            count(f"downloader/exception_type_count/{type(error).__module__}.{type(error).__name__}")
            raise
        count("downloader/response_count")
        count(f"downloader/response_status_count/{answer.status}")
        count("downloader/response_bytes", len(answer.body))
        return answer

    def _teach(self, pace: Pace, request: Request, answer: Answer, departure: float) -> None:
        """Adapt the pace of the host to an answer.

        The status of a capture is no statement of the archive (RFC 7089): every capture counts as a good answer.
        A robots.txt alone does not show that the host answers requests for pages.
        """
        if ROBOTS not in request.meta:
            self._paces[urlsplit(request.url).netloc, None].answered(departure)
        is_captured = _is_capture(answer)
        pause = retry_after(_field(answer.headers, b"retry-after"), datetime.now(UTC)) if not is_captured else 0.0
        status = HTTPStatus.OK if is_captured else answer.status
        again = request.meta.get(IS_RETRY, False)
        pace.learn(status, min(pause, self._longest), departure, again=again)

    def _places_of(self, request: Request) -> asyncio.Semaphore:
        """Limits the requests of a host at the same time.

        Scrapy 2.14 to 2.19.0 exceed that limit at a short delay (docs/upstream/scrapy-concurrency-per-domain.md).
        """
        parts = urlsplit(request.url)
        if parts.netloc not in self._places:
            settings = self.crawler.settings
            slot = settings.getdict("DOWNLOAD_SLOTS").get(parts.hostname, {})
            limit = slot.get("concurrency", settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"))
            self._places[parts.netloc] = asyncio.Semaphore(max(1, limit))
        return self._places[parts.netloc]

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Keep the ``Crawl-delay`` of a host's robots.txt."""
        self._paces[urlsplit(request.url).netloc, None].least = robotparser.crawl_delay(self._agent) or 0.0

    async def close(self) -> None:
        """Close the connections."""
        await self._connections.close()

    async def _addresses(self, host: str, port: int, is_proxy: bool) -> list[str]:  # noqa: FBT001 - a `Resolve`
        return await resolve(host, port, is_trusted=is_proxy or _trusts(self.crawler.spider, host))

    async def _answer(self, request: Request) -> Answer:
        if request.meta.get(FRESH_CONNECTION):
            self._connections.leave()
        if "proxy" in request.meta:
            raise NotSupported("a request cannot name a proxy of its own; set PROXY")
        origin = _origin(request.url)
        via = self._proxies(*origin[:2])
        message = _message(request, via)
        most = request.meta.get("download_maxsize") or self._largest
        patience = request.meta.get("download_timeout", self._patience)
        began = time.monotonic()
        try:
            if via is not None and not _trusts(self.crawler.spider, origin[1]):
                refuse_private(origin[1])
            if self._unauthorized is not None:
                raise self._unauthorized
            async with asyncio.timeout(patience):
                return await self._connections.ask(origin, message, most, has_body=request.method != "HEAD", via=via)
        except ProxyUnauthorized as error:
            # The words whose turn comes while the crawl is being stopped are not tried.
            self._unauthorized = error
            raise
        except tuple(_ERRORS) as error:
            kind = next(named for cause, named in _ERRORS.items() if isinstance(error, cause))
            late = f"Getting {request.url} took longer than {patience} seconds."
            raise kind(late if kind is DownloadTimeoutError else f"{type(error).__name__}: {error}") from error
        finally:
            request.meta[TRANSFER_SECONDS] = request.meta["download_latency"] = time.monotonic() - began


# The first that fits counts: most of these are an OSError too.
_ERRORS: Mapping[type[Exception], type[Exception]] = {
    TimeoutError: DownloadTimeoutError,
    socket.gaierror: CannotResolveHostError,
    ConnectionRefusedError: DownloadConnectionRefusedError,
    OSError: DownloadFailedError,
    AnswerUnreadable: DownloadFailedError,
    AnswerCutOff: ResponseDataLossError,
    AnswerTooLarge: DownloadCancelledError,
    ProxyRefused: DownloadFailedError,
}
"""Scrapy's exceptions for ours."""
_RAISED = tuple(set(_ERRORS.values()))


def _refuse(spider: BoundedSpider) -> None:
    """Refuse requests that may no longer be sent.

    :raises RefusedRequest: behind a wall.
    :raises CutOff: when the words are another machine's.
    """
    if spider.wall.met is not None:
        raise RefusedRequest(Status.BLOCKED, spider.wall.met)
    if spider.lease is not None:
        try:
            spider.lease.refuse_over()
        except SliceLost as error:
            spider.give_up(error)
            raise CutOff from error


def _trusts(spider: Spider | None, host: str) -> bool:
    """Whether a spider's operator named this host, so that it may be on this machine or network.

    Any other spider requests URLs that a person typed (``scrapy fetch``, ``scrapy shell``).
    """
    if isinstance(spider, BoundedSpider):
        return spider.source is not None and spider.source.trusts(host)
    return spider is not None


@cache
def _tls(*, verify: bool) -> ssl.SSLContext:
    """Created on first use: reading the system's certificates takes 20 ms."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _origin(url: str) -> Origin:
    parts = urlsplit(url)
    if parts.hostname is None:
        raise ValueError(f"{url!r} names no host")
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def _message(request: Request, via: Proxy | None) -> bytes:
    """The request as bytes (RFC 9112, section 3), for a proxy with the full URL.

    :raises ValueError: when the URL or a header contains a line break.
    """
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    place = parts.netloc.rpartition("@")[2]
    is_forwarded = via is not None and parts.scheme == "http"
    start = f"http://{place}" if is_forwarded else ""
    lines = [f"{request.method} {start}{target} HTTP/1.1".encode("ascii")]
    if b"Host" not in request.headers:
        lines.append(b"Host: " + place.encode("ascii"))
    if via is not None and is_forwarded:
        lines += via.fields
    for name, values in request.headers.items():
        lines += [name + b": " + value for value in values]
    if request.body:
        lines.append(b"Content-Length: %d" % len(request.body))
    if any(mark in line for line in lines for mark in (b"\r", b"\n", b"\0")) or lines[0].count(b" ") != 2:  # noqa: PLR2004
        raise ValueError(f"{request.url!r} or a header of it is not of one line")
    return b"\r\n".join((*lines, b"", request.body))


def _response(request: Request, answer: Answer, largest: int) -> Response | Exception:
    """The response with its body decoded, or the error that prevents it.

    A capture never changes: one that cannot be decoded keeps its coding, and an earlier one may be better.
    """
    body, fields = answer.body, answer.headers
    applied = b",".join(value for name, value in fields if name.lower() == b"content-encoding").decode("latin-1")
    if applied and body:
        try:
            body = codings.decode(body, applied, largest)
        except codings.BodyTooLarge as error:
            return DownloadCancelledError(f"{request.url}: {error}")
        except codings.BodyDamaged as error:
            if not _is_capture(answer):
                return ResponseDataLossError(f"{request.url}: {error}")
        else:
            fields = [(name, value) for name, value in fields if name.lower() != b"content-encoding"]
    # All at once: appending one by one takes quadratic time for headers of one name.
    headers = Headers(fields)
    kind = responsetypes.from_args(headers=headers, url=request.url, body=body)
    return kind(
        request.url,
        status=answer.status,
        headers=headers,
        body=body,
        # Scrapy's flag for a body whose end was not marked, so that it may be cut off.
        flags=[] if answer.is_delimited else ["partial"],
        ip_address=None if answer.address is None else _ip_address(answer.address),
        protocol="HTTP/1.1",
    )


# Kept: most answers of a crawl come from one address.
_ip_address = lru_cache(maxsize=256)(ip_address)


def _is_capture(answer: Answer) -> bool:
    return _field(answer.headers, memento.HEADER.encode()) is not None


def _field(fields: Sequence[Header], name: bytes) -> bytes | None:
    """The last field of a name in lower case."""
    return next((value for each, value in reversed(fields) if each.lower() == name), None)
