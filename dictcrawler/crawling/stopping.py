"""A second Ctrl-C ends a crawl within seconds, whatever it waits for.

Scrapy's handlers depend on the event loop. A call that blocks the loop, for example to a database server that hangs,
would have to end first. The stored outcomes are intact, and the locks end with the process.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

from dictcrawler.runs.verdict import MEANINGS, ExitStatus

SECONDS = 1.5
"""Time for Scrapy's own end after the second signal."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def insist() -> None:
    """Wrap Scrapy's signal handlers, once they are installed."""
    for number in _SIGNALS:
        _around(number, is_second=False)


def _around(number: signal.Signals, *, is_second: bool) -> None:
    scrapys = signal.getsignal(number)
    if not callable(scrapys):
        return

    def handle(given: int, frame: FrameType | None) -> None:
        if is_second:
            ending = threading.Timer(SECONDS, _end)
            ending.daemon = True
            ending.start()
        scrapys(given, frame)
        if not is_second:
            # Scrapy has replaced these by its handlers for the second signal
            # (Scrapy 2.19.0, crawler.py:_signal_shutdown).
            for each in _SIGNALS:
                _around(each, is_second=True)

    signal.signal(number, handle)


def _end() -> None:
    status = ExitStatus.INCOMPLETE
    sys.stdout.write(f"exit status {status.value}: {MEANINGS[status]}\n")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
