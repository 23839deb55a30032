"""The check of `dictcrawler.resolving` for aiohttp, which serves a crawl in a running event loop."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from socket import AF_INET, AddressFamily

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler

from dictcrawler.network import is_public
from dictcrawler.resolving import refusal, trusts


class PublicConnections(AbstractResolver):
    """Looks names up as another resolver does: ``trusts`` tells of a host whether it may be anywhere."""

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
            raise OSError(None, refusal(host, ", ".join(each["host"] for each in found)))
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
