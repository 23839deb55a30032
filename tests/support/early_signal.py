"""An extension that sends the crawl SIGTERM as soon as its spider is open: before Scrapy's engine runs."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Self

from scrapy import signals  # noqa: TID251 - an extension is Scrapy's
from scrapy.crawler import Crawler  # noqa: TID251


class EarlySignal:
    """Enabled by its path in EXTENSIONS."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension."""
        early = cls()
        crawler.signals.connect(early.send, signal=signals.spider_opened)
        return early

    async def send(self) -> None:
        """Send it, and let Scrapy's handler run."""
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0)
