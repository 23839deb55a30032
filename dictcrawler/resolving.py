"""The check at connect time: a host's name is looked up, and only public addresses come back.

Both ways into the network take it: Twisted's reactor (``TWISTED_DNS_RESOLVER``), and by
`dictcrawler.connecting` aiohttp's connector, which serves a crawl in a running event loop. The
address that was checked is the one that is connected to, so a name server that changes its
mind in between (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Self

from scrapy import Spider
from scrapy.crawler import CrawlerRunnerBase
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
        raise DNSLookupError(refusal(name, address))


def refusal(host: str, address: str) -> str:
    """Why a host is not connected to; the log has it too."""
    reason = f"{host} leads to {address}, which is not a public address: not connected"
    logger.warning("%s", reason)
    return reason
