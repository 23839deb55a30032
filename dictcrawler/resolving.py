"""The check at connect time: a host's name is looked up, and only public addresses come back.

Both ways into the network take it: Twisted's reactor (``TWISTED_DNS_RESOLVER``), and aiohttp's
connector, which serves a crawl in a running event loop. The address that was checked is the
one that is connected to, so a name server that changes its mind in between (DNS rebinding)
gains nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from socket import AF_INET, AddressFamily
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from scrapy import Spider
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler, CrawlerRunnerBase
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from dictcrawler.network import is_public
from dictcrawler.sources import Source

logger = logging.getLogger(__name__)


def trusts(spider: Spider | None, host: str) -> bool:
    """Whether a spider's operator named this host, so that it may be on this machine or network.

    A spider that is not ours asks what a person typed (``scrapy fetch``, ``scrapy shell``).
    """
    source: Source | None = getattr(spider, "source", None)
    if source is None:
        return spider is not None and not hasattr(spider, "given")
    return source.trusts(host)


class PublicResolver(CachingThreadedResolver):
    """Scrapy's own resolver, whose answer is looked at each time, from its cache too."""

    runner: CrawlerRunnerBase

    @classmethod
    def from_crawler(cls, crawler: CrawlerRunnerBase, reactor: ReactorBase) -> Self:  # type: ignore[override]
        """Build the resolver; Scrapy hands in the process, since the reactor is shared by its crawlers."""
        resolver = super().from_crawler(crawler, reactor)  # type: ignore[arg-type]
        resolver.runner = crawler
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802
        """Look a name up; fails as if there were no such name when its address is refused."""
        return super().getHostByName(name, timeout).addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> str:
        if is_public(ip_address(address)) or any(trusts(crawler.spider, name) for crawler in self.runner.crawlers):
            return address
        raise DNSLookupError(_refusal(name, address))


class PublicConnections(AbstractResolver):
    """The same for aiohttp: ``trusts`` tells of a host whether it may be anywhere."""

    def __init__(self, inner: AbstractResolver, trusts: Callable[[str], bool]) -> None:
        self._inner = inner
        self._trusts = trusts

    async def resolve(self, host: str, port: int = 0, family: AddressFamily = AF_INET) -> list[ResolveResult]:
        """Look a name up.

        :raises OSError: when none of its addresses may be connected to.
        """
        found = await self._inner.resolve(host, port, family)
        allowed = [each for each in found if self._trusts(host) or is_public(ip_address(each["host"]))]
        if not allowed:
            raise OSError(None, _refusal(host, ", ".join(each["host"] for each in found)))
        return allowed

    async def close(self) -> None:
        """Close the resolver that asks."""
        await self._inner.close()


def guard(handler: BaseDownloadHandler, crawler: Crawler) -> None:
    """Put the check into a download handler that does not ask Twisted's reactor."""
    if isinstance(handler, AiohttpDownloadHandler):
        connector = handler._session.connector  # noqa: SLF001 - Scrapy has no setting for its resolver
        if not isinstance(connector, aiohttp.TCPConnector):
            raise TypeError(f"{connector!r} is no TCPConnector")
        ask = connector._resolver  # noqa: SLF001
        connector._resolver = PublicConnections(ask, lambda host: trusts(crawler.spider, host))  # noqa: SLF001


def _refusal(host: str, address: str) -> str:
    refusal = f"{host} leads to {address}, which is not a public address: not connected"
    logger.warning("%s", refusal)
    return refusal
