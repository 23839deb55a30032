"""A queue in memory in the place of Scrapy's scheduler, which sorts requests by host and priority.

The spider makes a request only when there is room for it, so there are few at a time and all are different.
"""

from __future__ import annotations

from collections import deque
from typing import Self

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector


class QueueScheduler(BaseScheduler):
    """First in, first out. It drops no request, and counts them as Scrapy's own scheduler does."""

    def __init__(self, stats: StatsCollector) -> None:
        self._stats = stats
        self._waiting: deque[Request] = deque()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the scheduler."""
        return cls(crawler.stats)

    def has_pending_requests(self) -> bool:
        """Whether a request waits."""
        return bool(self._waiting)

    def enqueue_request(self, request: Request) -> bool:
        """Take a request."""
        self._waiting.append(request)
        self._stats.inc_value("scheduler/enqueued")
        return True

    def next_request(self) -> Request | None:
        """The request that has waited longest."""
        return self._waiting.popleft() if self._waiting else None
