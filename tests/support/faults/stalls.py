"""The cost of a crawl to its machine: the longest stall of its event loop and the peak of its memory."""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from scrapy import signals  # noqa: TID251
from scrapy.crawler import Crawler  # noqa: TID251

from dictcrawler.settings import EXTENSIONS

TICK = 0.01
WITH_METER = json.dumps(EXTENSIONS | {f"tests.support.faults.{Path(__file__).stem}.StallMeter": 900})
"""The setting EXTENSIONS of a measured crawl; `FILE` names the file for the figures."""
FILE = "STALL_METER_FILE"


@dataclass(frozen=True)
class Cost:
    """The measured figures.

    ``stall`` is the longest time between two turns of the event loop, ``work`` the longest processor time of its thread
    between two turns: a busy machine lengthens the first but not the second. Both in seconds. ``crawl`` and ``reader``
    are the peaks of the two processes in MiB.
    """

    stall: float
    work: float
    crawl: float
    reader: float


def measured(path: Path) -> Cost:
    """The figures of a crawl."""
    return Cost(**json.loads(path.read_text()))


class StallMeter:
    """A Scrapy extension: every 10 ms it measures the time since the last turn and the size of the processes.

    The peaks are those that Linux keeps for the program in a process now (``VmHWM``): the ``maxrss`` of getrusage(2)
    starts at that of the parent process.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._path = Path(os.environ[FILE])
        self._stall = self._work = self._reader = 0.0
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
            before, worked = time.monotonic(), time.thread_time()
            await asyncio.sleep(TICK)
            self._stall = max(self._stall, time.monotonic() - before - TICK)
            self._work = max(self._work, time.thread_time() - worked)
            self._reader = max(self._reader, *(peak(child) for child in readers()), 0.0)

    def end(self) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
        figures = {"stall": self._stall, "work": self._work, "crawl": peak("self"), "reader": self._reader}
        self._path.write_text(json.dumps(figures))


def readers() -> list[str]:
    """The ids of the child processes of this one."""
    return [child for file in Path("/proc/self/task").glob("*/children") for child in file.read_text().split()]


def peak(process: str) -> float:
    """The most memory that a process has used since its program began, in MiB; 0 when it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0
