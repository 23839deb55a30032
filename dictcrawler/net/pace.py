"""How fast to send requests to a host: it follows refusals, ``Retry-After`` and ``Crawl-delay``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import msgspec

FIRST_STEP = 0.1
"""Seconds between two requests after a host's first refusal without a ``Retry-After``."""
LONGEST_STEP = 10.0
"""The longest interval that refusals alone lead to; a ``Retry-After`` may be longer."""
EASE = 0.98
"""Each answer that is not a refusal multiplies the interval by this."""
FIRST_PAUSE = 1.0
"""Seconds without requests after a host has refused a connection; doubled with each further refusal."""
LONGEST_PAUSE = 30.0
PATIENCE = 300.0
"""A host that refuses connections for this many seconds has failed."""
LOOK_AGAIN = 1.0
"""A waiting request checks after this many seconds whether the host has become free earlier."""


class Pace(msgspec.Struct):
    """When requests to one host may leave: not before ``free_at`` (monotonic seconds), ``interval`` seconds apart.

    A 429 or 503 doubles the interval (from `FIRST_STEP`). Every other answer shortens it a little, so that it
    settles just above the shortest interval that the host allows: one refusal in 35 answers.
    ``least`` is the ``Crawl-delay`` of its robots.txt in seconds, ``slowed_at`` the moment of the
    last doubling.

    A host that has answered before and now refuses connections is throttling, as the Wayback Machine does. All its
    requests then pause for `FIRST_PAUSE` to `LONGEST_PAUSE` seconds, and one at a time tries again, for ``patience``
    seconds in all.
    """

    free_at: float = 0.0
    interval: float = 0.0
    least: float = 0.0
    slowed_at: float = 0.0
    patience: float = PATIENCE
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _has_answered: bool = False
    _refused_since: float | None = None
    _paused_at: float = 0.0
    _pause: float = 0.0

    async def turn(self) -> float:
        """Wait until the host is free and take the next departure. Returns the time now (monotonic seconds)."""
        # An answer that arrives meanwhile may have moved ``free_at``. No event reports that, so look at the clock.
        while (wait := self.free_at - self.clock()) > 0:
            await self.sleep(min(wait, LOOK_AGAIN))
        departure = self.clock()
        self.free_at = departure + max(self.interval, self.least, self._pause)
        return departure

    def answered(self, departure: float) -> None:
        """Record that the host answered."""
        self._has_answered = True
        if self._refused_since is not None:
            self._refused_since, self._pause = None, 0.0
            self.free_at = departure + max(self.interval, self.least)

    def refused(self, departure: float) -> bool:
        """Record a refused connection. Returns whether the request should wait and try again."""
        if not self._has_answered:
            return False
        now = self.clock()
        if self._refused_since is None:
            self._refused_since = now
        if now - self._refused_since >= self.patience:
            self._pause = 0.0
            return False
        if departure >= self._paused_at:
            # Several refusals of one burst lengthen the pause once.
            self._pause = min(max(2 * self._pause, FIRST_PAUSE), LONGEST_PAUSE)
            self._paused_at = now
        self.free_at = max(self.free_at, now + self._pause)
        return True

    def learn(self, status: int, wait: float, departure: float, *, again: bool = False) -> None:
        """Adapt to the answer of a request; ``wait`` is its ``Retry-After`` in seconds.

        A repeated 503 (``again``) does not slow the host down further: the page itself may cause it.
        """
        if status not in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            self.interval *= EASE
            return
        now = self.clock()
        is_about_the_page = again and status == HTTPStatus.SERVICE_UNAVAILABLE
        if departure >= self.slowed_at and not is_about_the_page:
            # Several refusals of one burst slow the host down once: those requests left before the first refusal came.
            self.interval = min(max(2 * self.interval, FIRST_STEP), LONGEST_STEP)
            self.slowed_at = now
        self.free_at = max(self.free_at, now + max(wait, self.interval))


def retry_after(value: bytes | None, now: datetime) -> float:
    """Seconds to wait after a ``Retry-After``, which has seconds or a date (RFC 9110, section 10.2.3).

    0 when it cannot be read.
    """
    if not value:
        return 0.0
    text = value.decode("latin-1").strip()
    if text.isdecimal() and text.isascii():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
        return max(0.0, (moment.astimezone(UTC) - now).total_seconds())
    except (ValueError, OverflowError):
        return 0.0
