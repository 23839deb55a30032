"""Ends a crawl at once by cutting off everything it waits for, so that Scrapy's own orderly end takes no time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from scrapy.crawler import Crawler

crawl_cancelled = object()
"""The signal that this crawl was cancelled."""


class CutOff(Exception):
    """The awaited operation was abandoned because its crawl was cancelled."""


class Scopes:
    """Blocks of a crawl that are left, wherever they wait, when `crawl_cancelled` is sent."""

    def __init__(self, crawler: Crawler) -> None:
        self._open: set[asyncio.Timeout] = set()
        self._are_closed = False
        crawler.signals.connect(self.close, signal=crawl_cancelled)

    def close(self) -> None:
        """Leave all open blocks. No further block can be entered."""
        self._are_closed = True
        for scope in self._open:
            scope.reschedule(0)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """A block in which awaiting may raise `CutOff`; entering it raises too if the crawl was cancelled before."""
        if self._are_closed:
            raise CutOff
        scope = asyncio.timeout(None)
        try:
            async with scope:
                self._open.add(scope)
                yield
        except TimeoutError:
            if scope.expired():
                raise CutOff from None
            raise
        finally:
            self._open.discard(scope)
