"""How many large answers a crawl holds in memory at once.

They are counted, not weighed: how much memory a process takes for the same objects differs from run to run.
"""

from __future__ import annotations

import gc
import logging
import re
from itertools import chain
from typing import Self

from scrapy import signals  # noqa: TID251
from scrapy.crawler import Crawler  # noqa: TID251
from scrapy.http import Response  # noqa: TID251
from scrapy.utils.trackref import live_refs  # noqa: TID251

from dictcrawler.net.client import Answer

EXTENSION = "tests.support.held_meter.HeldMeter"
LARGE = 2**20
"""Bytes of body from which on an answer counts."""
_TOLD = re.compile(r"held at once: (\d+)")

logger = logging.getLogger(__name__)


class HeldMeter:
    """A Scrapy extension that looks before each request which answers are still there, and logs the most it saw.

    What nothing holds any more is swept up first: when Python would do that by itself is a matter of chance.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._most = 0
        crawler.signals.connect(self.look, signal=signals.request_reached_downloader)
        crawler.signals.connect(self.end, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def look(self) -> None:
        gc.collect()
        responses = chain.from_iterable(list(each) for kind, each in live_refs.items() if issubclass(kind, Response))
        # An answer whose body is refused never becomes a response; a body that was not coded is that of both.
        answers = (each for each in gc.get_objects() if isinstance(each, Answer))
        bodies = {id(each.body) for each in chain(responses, answers) if len(each.body) >= LARGE}
        self._most = max(self._most, len(bodies))

    def end(self) -> None:
        logger.info("held at once: %d", self._most)


def most_held(log: str) -> int:
    """The most large answers at once that the log of a measured crawl tells."""
    told = _TOLD.search(log)
    assert told is not None, log
    return int(told[1])
