"""What a crawl costs its machine: the longest stall of its event loop and the peak of its memory."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from scrapy import signals  # noqa: TID251
from scrapy.crawler import Crawler  # noqa: TID251

from dictcrawler.settings import EXTENSIONS

TICK = 0.01
WITH_METER = json.dumps(EXTENSIONS | {f"tests.faults.{Path(__file__).stem}.StallMeter": 900})
"""The setting EXTENSIONS of a crawl that is measured; `FILE` names where the figures go."""
FILE = "STALL_METER_FILE"


@dataclass(frozen=True)
class Cost:
    """``stall`` in seconds; ``crawl`` and ``reader``, the peaks of the two processes, in MiB."""

    stall: float
    crawl: float
    reader: float


def measured(path: Path) -> Cost:
    """The figures that a crawl left."""
    return Cost(**json.loads(path.read_text()))


class StallMeter:
    """A Scrapy extension: ticks every 10 ms and remembers the longest time between two ticks."""

    def __init__(self, crawler: Crawler) -> None:
        self._path = Path(os.environ[FILE])
        self._longest = 0.0
        self._ticking: asyncio.Task[None] | None = None
        crawler.signals.connect(self.begin, signal=signals.spider_opened)
        crawler.signals.connect(self.end, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def begin(self) -> None:
        self._ticking = asyncio.ensure_future(self._tick())

    async def _tick(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(TICK)
            self._longest = max(self._longest, time.monotonic() - before - TICK)

    def end(self) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
        own, children = (
            resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        self._path.write_text(json.dumps({"stall": self._longest, "crawl": own, "reader": children}))
