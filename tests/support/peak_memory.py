"""The peak memory of a process.

``ru_maxrss`` of the system, and with it Scrapy's ``memusage/max``, is never less than the size of the parent process:
for a crawl, that of the test run.
"""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Self

from scrapy import signals  # noqa: TID251
from scrapy.crawler import Crawler  # noqa: TID251

from dictcrawler.settings import EXTENSIONS

WITH_PEAK = json.dumps(EXTENSIONS | {"tests.support.peak_memory.PeakMemory": 900})
"""The setting EXTENSIONS of a crawl that logs its peak."""
_LOGGED = re.compile(r"peak: (\d+) MiB")

logger = logging.getLogger(__name__)


class PeakMemory:
    """A Scrapy extension that logs the peak of its process."""

    def __init__(self, crawler: Crawler) -> None:
        crawler.signals.connect(self.end, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def end(self) -> None:
        logger.info("peak: %d MiB", own_peak_mib())


def own_peak_mib() -> float:
    """The most memory of this process in MiB, since it was started."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def peak_mib(log: str) -> int:
    """The peak in the log of a measured crawl."""
    logged = _LOGGED.search(log)
    assert logged is not None, log
    return int(logged[1])
