"""Pages are read in a process of their own.

A page is whatever a server sent. 65 kB of formatting elements make Lexbor build a gigabyte of
nodes, 80,000 attributes keep it busy for ten seconds, and a thread can neither be limited nor
stopped. A process can: `ReadingProcess` gives it so much memory and so many seconds of the processor for
one page, and starts another when it dies of one. The event loop goes on meanwhile.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec

from dictcrawler.errors import FetchError, ReadingError
from dictcrawler.model import Status
from dictcrawler.reading.protocol import LENGTH_BYTES, OUT_OF_MEMORY, READY, Answer, Reading, Task, frame, reading_of

logger = logging.getLogger(__name__)

MAX_REPLY = 64 * 2**20
PATIENCE = 10
"""How many times its processor time a page may take in all: the machine may be busy, the process may be stopped."""

AT_ONCE = 16
"""Pages that the process is given at a time: it need not wait for the crawl to hand it the next one."""
PIPE_BYTES = 2**20
"""What the pipe to the process holds, where the system lets us say so (Linux): its usual 64 KiB are less than a page,
and the process would stand still until the crawl has a moment to send it the rest."""


# glibc gives memory back to the system after each page and asks for it again for the next one, a hundred page faults
# for each (mallopt(3)); other systems' allocators know nothing of this.
_ALLOCATOR = {"MALLOC_TRIM_THRESHOLD_": str(64 * 2**20), "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20)}


@dataclass(frozen=True, slots=True)
class Reader:
    """A running process, and what it is sent its pages through."""

    process: Process
    tasks: asyncio.WriteTransport

    def send(self, task: Task) -> None:
        """Send a page to read."""
        # What one that has just ended does not get, the next one is sent.
        if not self.tasks.is_closing():
            self.tasks.write(frame(msgspec.msgpack.encode(task)))

    def kill(self) -> None:
        """End the process, unless it has ended."""
        if self.process.returncode is None:
            self.process.kill()

    async def ended(self) -> int | None:
        """Wait for the end of the process."""
        if not self.tasks.is_closing():
            self.tasks.abort()
        await self.process.wait()
        return self.process.returncode


class ReadingProcess:
    """Reads pages one after another in a process that may have ``memory`` bytes, and ``seconds`` of processor for each.

    ``view`` says how they are read where the dictionary leaves a choice (`CrawlArguments.view`).
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
        self._exchanges: set[asyncio.Future[Answer]] = set()
        self._number = 0

    async def read(self, body: bytes, content_type: str | None, url: str) -> Reading:
        """Read a page when it is its turn.

        :raises PageError: when it is no page of the dictionary.
        :raises FetchError: as ``too_large``, when it costs more than it may.
        :raises ParserDefect: when the parser fails on it.
        :raises ReadingError: when no process can be started.
        """
        exchange = asyncio.ensure_future(self._exchange(body, content_type, url))
        self._exchanges.add(exchange)
        exchange.add_done_callback(self._exchanges.discard)
        exchange.add_done_callback(_look_at)
        # Whoever waits may be cancelled; the answer comes all the same, and is not the next page's.
        return reading_of(await asyncio.shield(exchange))

    def begin(self) -> None:
        """Start the process without waiting for it; that it cannot be started, `read` will say."""
        self._started = asyncio.ensure_future(self._start())
        self._started.add_done_callback(_look_at)

    async def start(self) -> Reader:
        """Start the process unless it runs; it is ready when this returns.

        :raises ReadingError: when it cannot be started.
        """
        if self._is_closed:
            raise ReadingError("the process to read pages in was closed")
        if self._reader is not None and self._reader.process.returncode is not None:
            # It has ended by itself, or somebody has ended it: no page's fault.
            self._started = self._reader = None
        if self._started is None:
            self.begin()
        # Whoever waits may be cancelled; the process is there all the same, and `close` has to find it.
        return await asyncio.shield(cast(asyncio.Future[Reader], self._started))

    async def _start(self) -> Reader:
        try:
            process, ours = await self._spawned()
        except OSError as error:
            raise ReadingError(f"no process to read pages in: {error}") from error
        try:
            return await self._ready(process, ours)
        except asyncio.CancelledError:
            # `asyncio.run` cancels everything that is left at its end.
            if process.returncode is None:
                process.kill()
            await process.wait()
            raise

    async def _ready(self, process: Process, ours: int) -> Reader:
        loop = asyncio.get_running_loop()
        tasks, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, os.fdopen(ours, "wb", 0))
        reader = Reader(process, tasks)
        if process.stdout is None or await process.stdout.read(1) != READY:
            raise ReadingError(f"no process to read pages in: it ended with status {await reader.ended()}")
        # What the one before it has left unread.
        for task in self._sent:
            reader.send(task)
        self._reader = reader
        return reader

    async def _spawned(self) -> tuple[Process, int]:
        """A new process, and our end of the pipe to it."""
        here = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
        theirs, ours = _wide_pipe()
        # A session of its own: a Ctrl-C at the terminal is for the crawl, which ends its reader itself.
        try:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "dictcrawler.reading.worker",
                self._dictionary, str(self._memory), str(self._seconds), str(os.getpid()), *self._view,
                stdin=theirs, stdout=PIPE, env=os.environ | _ALLOCATOR | {"PYTHONPATH": path}, start_new_session=True,
            ), ours  # fmt: skip
        except OSError:
            os.close(ours)
            raise
        finally:
            os.close(theirs)

    async def close(self) -> None:
        """End the process, if need be once it has started, and with it what was to be read."""
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

    async def _exchange(self, body: bytes, content_type: str | None, url: str) -> Answer:
        async with self._places:
            self._number += 1
            task = Task(body, content_type, url, self._number)
            self._sent.append(task)
            if self._reader is not None:
                self._reader.send(task)
            # Asyncio's locks are fair: the turns come in the order in which the tasks were sent.
            async with self._turn:
                try:
                    return await self._answered(task)
                finally:
                    self._sent.popleft()

    async def _answered(self, task: Task) -> Answer:
        """The answer to a page. That a process says nothing or was killed is the page's fault only the second time.

        The next process is sent what the one before it has left unread: this page too.
        """
        try:
            return await self._answer(await self.start(), task)
        except _Gone as error:
            logger.info("the process that reads pages %s; %s is read again", error, task.url)
        try:
            return await self._answer(await self.start(), task)
        except _Gone as error:
            raise FetchError(Status.TOO_LARGE, f"the process that reads the page {error}", url=task.url) from None

    async def _answer(self, reader: Reader, task: Task) -> Answer:
        try:
            async with asyncio.timeout(PATIENCE * self._seconds):
                number, found = await _received(reader)
        except TimeoutError:
            self._started = self._reader = None
            reader.kill()
            await reader.ended()
            raise _Gone(f"said nothing for {PATIENCE * self._seconds:g} s") from None
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
            raise ReadingError(f"the answer to page {number} came in the place of that to page {task.number}")
        return found

    def _reason(self, returncode: int | None) -> str:
        if returncode == OUT_OF_MEMORY:
            return f"reading the page takes more than {self._memory / 2**20:,.0f} MiB"
        if returncode == -signal.SIGPROF:
            return f"reading the page takes more than {self._seconds:g} s of the processor"
        return f"reading the page ended its process (status {returncode})"


class _Gone(Exception):
    """A process that ended, or had to be ended, for no reason that the page gave."""


def _wide_pipe() -> tuple[int, int]:
    """The end to read from and the end to write to."""
    ends = os.pipe()
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        # A system may allow less to a user who has many pipes: then it holds what it holds.
        with suppress(OSError):
            fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return ends


async def _received(reader: Reader) -> tuple[int, Answer]:
    answers = reader.process.stdout
    if answers is None:
        raise ConnectionError
    length = int.from_bytes(await answers.readexactly(LENGTH_BYTES), "big")
    if length > MAX_REPLY:
        reader.kill()
    numbered: tuple[int, Answer] = _DECODER.decode(await answers.readexactly(length))
    return numbered


_DECODER = msgspec.msgpack.Decoder(tuple[int, Answer])


def _look_at(exchange: asyncio.Future[Any]) -> None:
    """What became of an exchange may be of no interest to anybody any more; asyncio would call that an oversight."""
    if not exchange.cancelled():
        exchange.exception()
