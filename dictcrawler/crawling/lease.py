"""A slice of a shared run is asked for only as long as its machine is known to be alive.

The others take a slice over when its machine has been silent for a while. Before that time is over this process must
have stopped: two machines never speak to one host. So the end of that time is known here, by a clock that goes on
while the machine sleeps, and looked at before every request: a process that was frozen asks nothing when it wakes up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from dictcrawler.errors import SliceLost, StoreError
from dictcrawler.storage.slices import Slice, Slices

if TYPE_CHECKING:
    from dictcrawler.crawling.spider import KeywordSpider

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""CLOCK_MONOTONIC stands still while Linux is suspended."""


def _clock() -> float:
    return time.clock_gettime(_CLOCK)


class Lease:
    """The right to ask for a slice, until its machine has been silent for ``silence`` seconds.

    Over until it is renewed for the first time. ``clock`` gives seconds and never goes back.
    """

    def __init__(self, slices: Slices, mine: Slice, silence: float, clock: Callable[[], float] = _clock) -> None:
        self._slices = slices
        self._silence = silence
        self._clock = clock
        self._end = clock()
        self.mine = mine

    @property
    def left(self) -> float:
        """Seconds until it is over; less than 0 when it is."""
        return self._end - self._clock()

    def renew(self) -> None:
        """Ask the store whether the slice is still ours.

        :raises SliceLost: when it is not.
        :raises StoreError: when the store cannot be read.
        """
        # Before the question: the answer may come late.
        now = self._clock()
        self._end = now + self._slices.time_left(self.mine, timedelta(seconds=self._silence)).total_seconds()

    def refuse_over(self) -> None:
        """Nothing, as long as it lasts.

        :raises SliceLost: when it is over.
        """
        if self.left <= 0:
            raise SliceLost(self.mine.run, self.mine.low, self.mine.attempt)


async def hold_lease(spider: KeywordSpider, lease: Lease, interval: float) -> None:
    """Renew a lease every so many seconds, and end the crawl at once when that fails until it is over."""
    try:
        while True:
            await asyncio.sleep(interval)
            async with asyncio.timeout(max(0.0, lease.left)):
                await spider.in_thread(lease.renew)
    except TimeoutError:
        spider.give_up(SliceLost(lease.mine.run, lease.mine.low, lease.mine.attempt))
    except StoreError as error:
        spider.give_up(error)
