"""A reading process forked before a crawl begins: it has the parser already, which any other takes 0.07 s to load.

Only on Linux, and only while the process has one thread, no event loop and no open store. Every further reading process
is started by `dictcrawler.reading.process`, in the way that works everywhere.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import threading
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

import msgspec

from dictcrawler import dictionaries
from dictcrawler.errors import ArgumentError
from dictcrawler.reading import worker
from dictcrawler.reading.protocol import LENGTH_BYTES, frame, wide_pipe

POLL = 0.005
"""Seconds between two looks whether the process has ended."""
USED_LATER = 8 * 2**20
"""Most bytes that a forked process is expected to use of libraries that were loaded before it (seen: 2 MiB)."""


class ForkedProcess:
    """A forked reading process, with what `ReadingProcess` needs of an `asyncio.subprocess.Process`."""

    def __init__(self, dictionary: str, pid: int, tasks: int, answers: int) -> None:
        self.dictionary = dictionary
        self.pid = pid
        self.tasks = tasks
        self.answers = answers
        self._status: int | None = None

    def begin(self, memory: int, seconds: float, view: tuple[str, ...]) -> None:
        """Set the limits of the process; it answers that it is ready."""
        # If it has ended already, the missing answer tells.
        with suppress(BrokenPipeError):
            os.write(self.tasks, frame(msgspec.msgpack.encode((memory, seconds, view))))

    @property
    def returncode(self) -> int | None:
        """The exit status, or the negative number of the signal that ended it; ``None`` while it runs."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = os.waitstatus_to_exitcode(status) if pid else None
        return self._status

    def kill(self) -> None:
        """Kill the process."""
        if self.returncode is None:
            os.kill(self.pid, signal.SIGKILL)

    async def wait(self) -> int:
        """Wait until the process ends."""
        while (status := self.returncode) is None:  # noqa: ASYNC110 - the system has no event for it everywhere
            await asyncio.sleep(POLL)
        return status


_LIMITS = msgspec.msgpack.Decoder(tuple[int, float, tuple[str, ...]])
_forked: list[ForkedProcess] = []


def fork(dictionary: str) -> None:
    """Fork a reading process for the crawl of a dictionary that this process is about to begin, where that is safe."""
    if sys.platform != "linux" or threading.active_count() > 1 or None in (sys.stdin, sys.stdout, sys.stderr):
        return
    try:
        dictionaries.load(dictionary)
        parent, tasks, answers = os.getpid(), wide_pipe(), os.pipe()
        pid = os.fork()
    except (ArgumentError, OSError):
        # It is no dictionary, or there is no room: who needs the process will say so.
        return
    if pid == 0:
        _serve(dictionary, parent, tasks[0], answers[1])
    os.close(tasks[0])
    os.close(answers[1])
    _forked.append(ForkedProcess(dictionary, pid, tasks[1], answers[0]))


def take(dictionary: str) -> ForkedProcess | None:
    """The process that was forked for this dictionary, if there is one; only once."""
    return _forked.pop() if _forked and _forked[-1].dictionary == dictionary else None


def _serve(dictionary: str, parent: int, tasks: int, answers: int) -> NoReturn:
    """Be the forked process."""
    status = 1
    try:
        # In its own session, like any other reading process, and with no file of the crawl's.
        os.setsid()
        _close_all_but(tasks, answers)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        gc.freeze()
        worker.end_with(parent)
        with os.fdopen(tasks, "rb") as pages, os.fdopen(answers, "wb") as replies:
            # Nothing arrives when the crawl does not begin.
            if length := int.from_bytes(pages.read(LENGTH_BYTES), "big"):
                memory, seconds, view = _LIMITS.decode(pages.read(length))
                status = worker.work(worker.viewed(dictionary, view), memory + _unused(), seconds, pages, replies)
    finally:
        os._exit(status)


def _close_all_but(*kept: int) -> None:
    """Close all files but these and standard error; nothing is read from standard input, or printed."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    ends = [2, *sorted(kept), os.sysconf("SC_OPEN_MAX")]
    for before, after in pairwise(ends):
        os.closerange(before + 1, after)


def _unused() -> int:
    """The bytes of address space that this process has inherited without using them: they take no memory."""
    size, resident = Path("/proc/self/statm").read_text(encoding="ascii").split()[:2]
    return (int(size) - int(resident)) * os.sysconf("SC_PAGE_SIZE") - USED_LATER
