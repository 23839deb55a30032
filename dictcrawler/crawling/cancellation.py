"""Ending a crawl at once: what it is waiting for is cut off, so that Scrapy's own orderly end takes no time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from scrapy.crawler import Crawler

crawl_cancelled = object()
"""The signal that nobody wants the rest of this crawl."""


class CutOff(Exception):
    """What was awaited was given up, because its crawl was cancelled."""


class Scopes:
    """Blocks of a crawl that are left, wherever they are waiting, when `crawl_cancelled` is sent."""

    def __init__(self, crawler: Crawler) -> None:
        self._open: set[asyncio.Timeout] = set()
        self._are_closed = False
        crawler.signals.connect(self.close, signal=crawl_cancelled)

    def close(self) -> None:
        """Leave all open blocks; none can be entered any more."""
        self._are_closed = True
        for scope in self._open:
            scope.reschedule(0)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """A block in which awaiting may raise `CutOff`, at once if the crawl has been cancelled already."""
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
