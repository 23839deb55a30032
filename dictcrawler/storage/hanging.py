"""Detects a database server that hangs, as opposed to one that is slow.

A long statement is fine, and so is a long pause between two of them. But a stopped server, or a network that
drops every packet, would be waited for without end: a call has no limit of its own, and the connection looks alive
because the server's kernel still acknowledges. So while a transaction is open, a thread opens a
new connection every few seconds. If that gets no answer either, it shuts down the sockets of all open transactions, and
each of them ends with the driver's error.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

logger = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds until an open transaction is checked, and between two checks."""


class HangGuard:
    """Watches the open transactions of one database; ``answers`` tests whether the server accepts a new connection."""

    def __init__(self, answers: Callable[[], bool]) -> None:
        self._answers = answers
        self._patience = PATIENCE
        self._open: dict[int, float] = {}
        self._changed = threading.Condition()
        self._is_closed = False
        self._thread: threading.Thread | None = None

    @contextmanager
    def watching(self, descriptor: int) -> Iterator[None]:
        """Watch the socket of a connection until the block ends; it must stay open until then."""
        with self._changed:
            self._open[descriptor] = time.monotonic()
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="store guard", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._changed:
                self._open.pop(descriptor, None)

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    def _watch(self) -> None:
        while True:
            with self._changed:
                self._changed.wait(self._patience / 2)
                if self._is_closed:
                    return
                late = time.monotonic() - self._patience
                if not any(since < late for since in self._open.values()):
                    continue
            if not self._answers():
                self._shut_down(late)

    def _shut_down(self, late: float) -> None:
        # Under the lock: a block that ends now must not free its descriptor, which might then be reused.
        with self._changed:
            for descriptor in [each for each, since in self._open.items() if since < late]:
                logger.error("the database server does not answer any more")
                with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as connection:
                    connection.shutdown(socket.SHUT_RDWR)
