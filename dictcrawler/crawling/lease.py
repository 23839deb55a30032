"""Stops the crawl of a slice before another machine takes the slice over.

Another machine takes a slice over when its machine has been silent for a while. This process must stop before that,
because two machines never send requests to one host. So it knows the end of that time, by a clock that also runs
while the machine is suspended, and checks it before every request: a frozen process sends no request when it wakes up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from dictcrawler.errors import SliceLost, StoreError
from dictcrawler.storage.slices import Slice, Slices

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""CLOCK_MONOTONIC stops while Linux is suspended."""


def _clock() -> float:
    return time.clock_gettime(_CLOCK)


class Lease:
    """The right to send requests for a slice, until its machine has been silent for ``silence`` seconds.

    It begins with the first `renew`. ``clock`` gives seconds and never goes back.
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
        """Check in the store that the slice is still ours, and read how long the lease lasts.

        :raises SliceLost: when another machine has the slice.
        :raises StoreError: when the store cannot be read.
        """
        # The time before the query: its result may arrive late.
        now = self._clock()
        self._end = now + self._slices.time_left(self.mine, timedelta(seconds=self._silence)).total_seconds()

    def refuse_over(self) -> None:
        """Check that the lease is not over.

        :raises SliceLost: when it is.
        """
        if self.left <= 0:
            raise SliceLost(self.mine.run, self.mine.low, self.mine.attempt)


async def hold_lease(
    lease: Lease, interval: float, in_thread: Callable[[Callable[[], None]], Awaitable[None]]
) -> StoreError:
    """Renew a lease every ``interval`` seconds. Returns the error when that fails, or takes until the lease is over."""
    try:
        while True:
            await asyncio.sleep(interval)
            async with asyncio.timeout(max(0.0, lease.left)):
                await in_thread(lease.renew)
    except TimeoutError:
        return SliceLost(lease.mine.run, lease.mine.low, lease.mine.attempt)
    except StoreError as error:
        return error
