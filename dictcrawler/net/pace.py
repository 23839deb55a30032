"""The pace that a host sets: its refusals, its ``Retry-After``, its ``Crawl-delay``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

FIRST_STEP = 0.1
"""Seconds between two requests after a host's first refusal without a ``Retry-After``."""
LONGEST_STEP = 10.0
"""The longest interval that refusals alone lead to; a ``Retry-After`` may ask for more."""
EASE = 0.98
"""What one good answer makes of the interval."""
FIRST_PAUSE = 1.0
"""Seconds that a host is left alone after it has refused a connection; doubled with each further refusal."""
LONGEST_PAUSE = 30.0
PATIENCE = 300.0
"""How many seconds a host may refuse connections before that counts as its answer."""
LOOK_AGAIN = 1.0
"""Seconds after which a request that waits looks whether the host has become free earlier."""


@dataclass(slots=True)
class Pace:
    """How one host wants to be asked: not before ``free_at`` (monotonic seconds), ``interval`` apart.

    After a 429 or 503 the interval doubles (from `FIRST_STEP`); every other answer shortens it
    a little, so that the pace settles just below what the host allows: one refusal for 35 answers.
    ``least`` is the ``Crawl-delay`` of its robots.txt in seconds, ``slowed_at`` the moment of the
    last doubling.

    A host that answered before and now takes no connection is throttling, as the Wayback Machine does: all its
    requests pause, from `FIRST_PAUSE` to `LONGEST_PAUSE` seconds, and one at a time tries again, for ``patience``
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
        """Wait until the host is free, and take the next departure: now (monotonic seconds)."""
        # Another answer may have moved the time on meanwhile: no event says so, the clock does.
        while (wait := self.free_at - self.clock()) > 0:
            await self.sleep(min(wait, LOOK_AGAIN))
        departure = self.clock()
        self.free_at = departure + max(self.interval, self.least, self._pause)
        return departure

    def answered(self, departure: float) -> None:
        """Take into account that the host answers."""
        self._has_answered = True
        if self._refused_since is not None:
            self._refused_since, self._pause = None, 0.0
            self.free_at = departure + max(self.interval, self.least)

    def refused(self, departure: float) -> bool:
        """Take into account that the host took no connection; whether the request is to wait for its turn again."""
        if not self._has_answered:
            return False
        now = self.clock()
        if self._refused_since is None:
            self._refused_since = now
        if now - self._refused_since >= self.patience:
            self._pause = 0.0
            return False
        if departure >= self._paused_at:
            # One refusal of a burst makes the pause longer once.
            self._pause = min(max(2 * self._pause, FIRST_PAUSE), LONGEST_PAUSE)
            self._paused_at = now
        self.free_at = max(self.free_at, now + self._pause)
        return True

    def learn(self, status: int, asked: float, departure: float, *, again: bool = False) -> None:
        """Take the answer to a request into account; ``asked`` is its ``Retry-After`` in seconds.

        A 503 that comes ``again`` slows its host down no further: it may be the page.
        """
        if status not in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            self.interval *= EASE
            return
        now = self.clock()
        is_about_the_page = again and status == HTTPStatus.SERVICE_UNAVAILABLE
        if departure >= self.slowed_at and not is_about_the_page:
            # One refusal of a burst slows down once: its companions had left before it came back.
            self.interval = min(max(2 * self.interval, FIRST_STEP), LONGEST_STEP)
            self.slowed_at = now
        self.free_at = max(self.free_at, now + max(asked, self.interval))


def retry_after(value: bytes | None, now: datetime) -> float:
    """Seconds to wait as a ``Retry-After`` says, in seconds or as a date (RFC 9110, section 10.2.3).

    0 when it says nothing that can be read.
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
