"""The number of large answers that a crawl keeps in memory at once.

They are counted, not weighed: the memory of the same objects differs from run to run.
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

EXTENSION = "tests.support.large_bodies.LargeBodies"
LARGE = 2**20
"""Answers with at least this many bytes of body are counted."""
_LOGGED = re.compile(r"held at once: (\d+)")

logger = logging.getLogger(__name__)


class LargeBodies:
    """A Scrapy extension: before each request it counts the answers still in memory, and logs the maximum.

    It runs a garbage collection first, since it is a matter of chance when Python would run one itself.
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
        # An answer whose body is refused never becomes a response; without a content coding, both share one body.
        answers = (each for each in gc.get_objects() if isinstance(each, Answer))
        bodies = {id(each.body) for each in chain(responses, answers) if len(each.body) >= LARGE}
        self._most = max(self._most, len(bodies))

    def end(self) -> None:
        logger.info("held at once: %d", self._most)


def most_at_once(log: str) -> int:
    """The maximum number of large answers, from the log of a measured crawl."""
    logged = _LOGGED.search(log)
    assert logged is not None, log
    return int(logged[1])
