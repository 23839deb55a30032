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
from asyncio.subprocess import Process
from collections import deque
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, cast

import msgspec

from dictcrawler.errors import DictcrawlerError, FetchError, ReadingError
from dictcrawler.model import Status
from dictcrawler.reading import ahead
from dictcrawler.reading.ahead import ForkedProcess
from dictcrawler.reading.protocol import OUT_OF_MEMORY, READY, Reading, Reply, Task, frame, reading_of, wide_pipe
from dictcrawler.reading.replies import Replies

logger = logging.getLogger(__name__)

PATIENCE = 10
"""A page may take this many times its processor time by the clock: the machine may be busy, the process suspended."""

AT_ONCE = 16
"""Most pages sent to the process in advance, so that it need not wait for the crawl between two pages."""


class Reader(msgspec.Struct, frozen=True):
    """A running process, the pipe on which pages are sent to it, and its replies."""

    process: Process | ForkedProcess
    tasks: asyncio.WriteTransport
    replies: Replies

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
        self.replies.close()
        return self.process.returncode


class _Sent(msgspec.Struct, frozen=True, eq=False):
    """A page that was sent, and who waits for its reply."""

    task: Task
    reply: asyncio.Future[Reply]

    def fail(self, error: Exception) -> None:
        """Raise an error where the reply is waited for."""
        if not self.reply.done():
            self.reply.set_exception(error)


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
        self._reader: Reader | None = None
        self._sent: deque[_Sent] = deque()
        self._replying: asyncio.Task[None] | None = None
        self._number = 0

    async def read(self, body: bytes, content_type: str | None, url: str) -> Reading:
        """Parse a page, in the order of the calls.

        :raises PageError: when it is not a page of the dictionary.
        :raises FetchError: with the status ``too_large``, when it exceeds the memory or time limit.
        :raises ParserDefect: when the parser itself fails on it.
        :raises ReadingError: when no process can be started.
        """
        async with self._places:
            self._number += 1
            sent = _Sent(Task(body, content_type, url, self._number), asyncio.get_running_loop().create_future())
            self._sent.append(sent)
            if self._reader is not None:
                self._reader.send(sent.task)
            if self._replying is None or self._replying.done():
                self._replying = asyncio.ensure_future(self._reply())
            return reading_of(await sent.reply)

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
        if self._reader is not None:
            return self._reader
        if self._started is None:
            self.begin()
        # The caller may be cancelled; the process exists all the same, and `close` must find it.
        return await asyncio.shield(cast(asyncio.Future[Reader], self._started))

    async def _start(self) -> Reader:
        try:
            process, *pipes = await self._spawned()
        except OSError as error:
            raise ReadingError(f"the parsing process cannot be started: {error}") from error
        try:
            return await self._ready(process, *pipes)
        except asyncio.CancelledError:
            # `asyncio.run` cancels all remaining tasks at its end.
            if process.returncode is None:
                process.kill()
            await process.wait()
            raise

    async def _ready(self, process: Process | ForkedProcess, to_it: int, from_it: int) -> Reader:
        loop = asyncio.get_running_loop()
        tasks, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, os.fdopen(to_it, "wb", 0))
        _, replies = await loop.connect_read_pipe(Replies, os.fdopen(from_it, "rb", 0))
        reader = Reader(process, tasks, replies)
        is_ready = False
        with suppress(EOFError, ConnectionError):
            is_ready = await replies.next() == READY
        if not is_ready:
            raise ReadingError(f"the parsing process cannot be started: it ended with status {await reader.ended()}")
        # Pages that the previous process left unread.
        for sent in self._sent:
            reader.send(sent.task)
        self._reader = reader
        return reader

    async def _spawned(self) -> tuple[Process | ForkedProcess, int, int]:
        """A new process, and our ends of the pipes to it and from it."""
        forked = ahead.take(self._dictionary)
        if forked is not None:
            forked.begin(self._memory, self._seconds, self._view)
            return forked, forked.tasks, forked.answers
        here = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
        with ExitStack() as theirs, ExitStack() as ours:
            tasks, to_it = wide_pipe()
            theirs.callback(os.close, tasks)
            ours.callback(os.close, to_it)
            from_it, replies = os.pipe()
            theirs.callback(os.close, replies)
            ours.callback(os.close, from_it)
            # In its own session: Ctrl-C at the terminal reaches only the crawl, which ends the process itself.
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "dictcrawler.reading.worker",
                self._dictionary, str(self._memory), str(self._seconds), str(os.getpid()), *self._view,
                stdin=tasks, stdout=replies, env=os.environ | {"PYTHONPATH": path}, start_new_session=True,
            )  # fmt: skip
            ours.pop_all()
        return process, to_it, from_it

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
        if self._replying is not None:
            await asyncio.wait((self._replying,))

    async def _reply(self) -> None:
        """Wait for the replies to all pages that were sent, in their order."""
        try:
            while self._sent:
                await self._pass_on(self._sent[0])
                self._sent.popleft()
        finally:
            # There are some left only when this was cancelled, or failed in a way that is logged.
            for sent in self._sent:
                sent.fail(ReadingError("the replies of the parsing process are no longer read"))

    async def _pass_on(self, sent: _Sent) -> None:
        try:
            found = await self._answered(sent.task)
        except (DictcrawlerError, OSError) as error:
            sent.fail(error)
            return
        # A caller that was cancelled waits no more; the reply must not be taken for the next page's.
        if not sent.reply.done():
            sent.reply.set_result(found)

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
                number, found = _DECODER.decode(await reader.replies.next())
        except TimeoutError:
            self._started = self._reader = None
            reader.kill()
            await reader.ended()
            raise _Gone(f"did not answer for {PATIENCE * self._seconds:g} s") from None
        except (EOFError, ConnectionError, msgspec.DecodeError) as error:
            self._started = self._reader = None
            is_ours = not isinstance(error, EOFError)
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


_DECODER: msgspec.msgpack.Decoder[tuple[int, Reply]] = msgspec.msgpack.Decoder(tuple[int, Reply])


def _look_at(exchange: asyncio.Future[Any]) -> None:
    """Retrieve the exception of an exchange that no caller awaits; otherwise asyncio logs it as never retrieved."""
    if not exchange.cancelled():
        exchange.exception()
