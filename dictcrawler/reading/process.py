"""Parses pages in a separate process.

A page may be anything that a server sends. 65 kB of formatting elements make Lexbor build a gigabyte of
nodes, 80,000 attributes keep it busy for ten seconds, and a thread can be neither limited nor
stopped. A process can: `ReadingProcess` limits its memory, and its processor time for each page, and starts another
one when a page kills it. The event loop is never blocked.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec

from dictcrawler.errors import FetchError, ReadingError
from dictcrawler.model import Status
from dictcrawler.reading import ahead
from dictcrawler.reading.ahead import ForkedProcess
from dictcrawler.reading.protocol import (
    LENGTH_BYTES,
    OUT_OF_MEMORY,
    READY,
    Reading,
    Reply,
    Task,
    frame,
    reading_of,
    wide_pipe,
)

logger = logging.getLogger(__name__)

MAX_REPLY = 64 * 2**20
PATIENCE = 10
"""A page may take this many times its processor time by the clock: the machine may be busy, the process suspended."""

AT_ONCE = 16
"""Most pages sent to the process in advance, so that it need not wait for the crawl between two pages."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A running process, and the pipe on which pages are sent to it."""

    process: Process | ForkedProcess
    tasks: asyncio.WriteTransport

    def send(self, task: Task) -> None:
        """Send a page to parse."""
        # If the process has just ended, its successor is sent the page.
        if not self.tasks.is_closing():
            self.tasks.write(frame(msgspec.msgpack.encode(task)))

    def kill(self) -> None:
        """Kill the process if it still runs."""
        if self.process.returncode is None:
            self.process.kill()

    async def ended(self) -> int | None:
        """Wait until the process ends."""
        if not self.tasks.is_closing():
            self.tasks.abort()
        await self.process.wait()
        return self.process.returncode


class ReadingProcess:
    """Parses one page after another in a process with ``memory`` bytes, and ``seconds`` of processor time a page.

    ``view`` selects a way to parse where the dictionary has several (`CrawlArguments.view`).
    """

    def __init__(self, dictionary: str, memory: int, seconds: float, view: tuple[str, ...] = ()) -> None:
        self._dictionary = dictionary
        self._view = view
        self._memory = memory
        self._seconds = seconds
        self._started: asyncio.Task[Reader] | None = None
        self._is_closed = False
        self._places = asyncio.Semaphore(AT_ONCE)
        self._turn = asyncio.Lock()
        self._reader: Reader | None = None
        self._sent: deque[Task] = deque()
        self._exchanges: set[asyncio.Future[Reply]] = set()
        self._number = 0

    async def read(self, body: bytes, content_type: str | None, url: str) -> Reading:
        """Parse a page, in the order of the calls.

        :raises PageError: when it is not a page of the dictionary.
        :raises FetchError: with the status ``too_large``, when it exceeds the memory or time limit.
        :raises ParserDefect: when the parser itself fails on it.
        :raises ReadingError: when no process can be started.
        """
        exchange = asyncio.ensure_future(self._exchange(body, content_type, url))
        self._exchanges.add(exchange)
        exchange.add_done_callback(self._exchanges.discard)
        exchange.add_done_callback(_look_at)
        # The caller may be cancelled; its answer still arrives, and must not be taken for the next page's.
        return reading_of(await asyncio.shield(exchange))

    def begin(self) -> None:
        """Start the process without waiting for it. If that fails, `read` raises the error."""
        self._started = asyncio.ensure_future(self._start())
        self._started.add_done_callback(_look_at)

    async def start(self) -> Reader:
        """Start the process unless it is running; it is ready when this returns.

        :raises ReadingError: when it cannot be started.
        """
        if self._is_closed:
            raise ReadingError("the parsing process was closed")
        if self._reader is not None and self._reader.process.returncode is not None:
            # It ended between two pages, so no page is to blame.
            self._started = self._reader = None
        if self._started is None:
            self.begin()
        # The caller may be cancelled; the process exists all the same, and `close` must find it.
        return await asyncio.shield(cast(asyncio.Future[Reader], self._started))

    async def _start(self) -> Reader:
        try:
            process, ours = await self._spawned()
        except OSError as error:
            raise ReadingError(f"the parsing process cannot be started: {error}") from error
        try:
            return await self._ready(process, ours)
        except asyncio.CancelledError:
            # `asyncio.run` cancels all remaining tasks at its end.
            if process.returncode is None:
                process.kill()
            await process.wait()
            raise

    async def _ready(self, process: Process | ForkedProcess, ours: int) -> Reader:
        loop = asyncio.get_running_loop()
        tasks, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, os.fdopen(ours, "wb", 0))
        reader = Reader(process, tasks)
        if process.stdout is None or await process.stdout.read(1) != READY:
            raise ReadingError(f"the parsing process cannot be started: it ended with status {await reader.ended()}")
        # Pages that the previous process left unread.
        for task in self._sent:
            reader.send(task)
        self._reader = reader
        return reader

    async def _spawned(self) -> tuple[Process | ForkedProcess, int]:
        """A new process, and our end of the pipe to it."""
        forked = ahead.take(self._dictionary)
        if forked is not None:
            await forked.begin(self._memory, self._seconds, self._view)
            return forked, forked.tasks
        here = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
        theirs, ours = wide_pipe()
        # In its own session: Ctrl-C at the terminal reaches only the crawl, which ends the process itself.
        try:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "dictcrawler.reading.worker",
                self._dictionary, str(self._memory), str(self._seconds), str(os.getpid()), *self._view,
                stdin=theirs, stdout=PIPE, env=os.environ | {"PYTHONPATH": path}, start_new_session=True,
            ), ours  # fmt: skip
        except OSError:
            os.close(ours)
            raise
        finally:
            os.close(theirs)

    async def close(self) -> None:
        """End the process, if necessary after it has started, and drop the pages not parsed yet."""
        self._is_closed = True
        started, self._started, self._reader = self._started, None, None
        if started is not None:
            await asyncio.wait((started,))
        if started is not None and not started.cancelled() and started.exception() is None:
            reader = started.result()
            reader.kill()
            await reader.ended()
        if self._exchanges:
            await asyncio.wait(self._exchanges)

    async def _exchange(self, body: bytes, content_type: str | None, url: str) -> Reply:
        async with self._places:
            self._number += 1
            task = Task(body, content_type, url, self._number)
            self._sent.append(task)
            if self._reader is not None:
                self._reader.send(task)
            # Asyncio's locks are fair: the answers are read in the order in which the tasks were sent.
            async with self._turn:
                try:
                    return await self._answered(task)
                finally:
                    self._sent.popleft()

    async def _answered(self, task: Task) -> Reply:
        """The answer to a page. A process that hangs or dies is blamed on the page only the second time.

        The next process is sent all pages that the previous one left unread, including this page.
        """
        try:
            return await self._answer(await self.start(), task)
        except _Gone as error:
            logger.info("the parsing process %s; %s is parsed again", error, task.url)
        try:
            return await self._answer(await self.start(), task)
        except _Gone as error:
            raise FetchError(Status.TOO_LARGE, f"the parsing process {error}", url=task.url) from None

    async def _answer(self, reader: Reader, task: Task) -> Reply:
        try:
            async with asyncio.timeout(PATIENCE * self._seconds):
                number, found = await _received(reader)
        except TimeoutError:
            self._started = self._reader = None
            reader.kill()
            await reader.ended()
            raise _Gone(f"did not answer for {PATIENCE * self._seconds:g} s") from None
        except (asyncio.IncompleteReadError, ConnectionError, msgspec.DecodeError) as error:
            self._started = self._reader = None
            is_ours = not isinstance(error, asyncio.IncompleteReadError)
            if is_ours:
                reader.kill()
            returncode = await reader.ended()
            if returncode == -signal.SIGKILL and not is_ours:
                raise _Gone("was killed") from None
            raise FetchError(Status.TOO_LARGE, self._reason(returncode), url=task.url) from None
        if number != task.number:
            raise ReadingError(f"the answer to page {number} arrived instead of that to page {task.number}")
        return found

    def _reason(self, returncode: int | None) -> str:
        if returncode == OUT_OF_MEMORY:
            return f"reading the page takes more than {self._memory / 2**20:,.0f} MiB"
        if returncode == -signal.SIGPROF:
            return f"reading the page takes more than {self._seconds:g} s of the processor"
        return f"reading the page ended its process (status {returncode})"


class _Gone(Exception):
    """The process ended, or had to be killed, without an answer about the page."""


async def _received(reader: Reader) -> tuple[int, Reply]:
    answers = reader.process.stdout
    if answers is None:
        raise ConnectionError
    length = int.from_bytes(await answers.readexactly(LENGTH_BYTES), "big")
    if length > MAX_REPLY:
        reader.kill()
    numbered: tuple[int, Reply] = _DECODER.decode(await answers.readexactly(length))
    return numbered


_DECODER = msgspec.msgpack.Decoder(tuple[int, Reply])


def _look_at(exchange: asyncio.Future[Any]) -> None:
    """Retrieve the exception of an exchange that no caller awaits; otherwise asyncio logs it as never retrieved."""
    if not exchange.cancelled():
        exchange.exception()
