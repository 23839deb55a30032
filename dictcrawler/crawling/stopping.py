"""A second Ctrl-C ends a crawl within seconds, whatever it is waiting for.

Scrapy's handlers leave the work to the event loop. A call that blocks it, such as one to a database server that hangs,
would be waited for first. What was stored is intact, and the locks end with the process.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

from dictcrawler.runs.verdict import MEANINGS, ExitStatus

SECONDS = 1.5
"""For Scrapy's own end after the second signal."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def insist() -> None:
    """Put our handlers around Scrapy's, once those are there."""
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
            # It has put its handlers for the second signal in the place of these.
            for each in _SIGNALS:
                _around(each, is_second=True)

    signal.signal(number, handle)


def _end() -> None:
    status = ExitStatus.INCOMPLETE
    sys.stdout.write(f"exit status {status.value}: {MEANINGS[status]}\n")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
