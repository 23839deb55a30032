"""Pages are read in a process of their own.

A page is whatever a server sent. 65 kB of formatting elements make Lexbor build a gigabyte of
nodes, 80,000 attributes keep it busy for ten seconds, and a thread can neither be limited nor
stopped. A process can: `ReadingProcess` gives it so much memory and so many seconds for one
page, and starts another when it dies of one. The event loop goes on meanwhile.

The two ends talk over pipes in frames: a length of four bytes, then MessagePack. Nothing that
comes back is executed; it is checked against the types of `dictcrawler.page`.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import traceback
from asyncio.subprocess import PIPE, Process
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import msgspec

from dictcrawler import charsets
from dictcrawler.dictionaries import Dictionary
from dictcrawler.errors import (
    FetchError,
    MarkupError,
    PageError,
    ParserDefect,
    ReadingError,
    TruncatedPage,
    UnknownPage,
    WallPage,
    WrongPage,
)
from dictcrawler.model import Status
from dictcrawler.page import EntryPage, MissPage, Page

READY = b"\n"
OUT_OF_MEMORY = 70
"""The exit status of a reading process that may have no more memory (``EX_SOFTWARE`` of BSD sysexits)."""
LENGTH_BYTES = 4
MAX_REPLY = 64 * 2**20
AT_ONCE = 4
"""Pages that the process is given at a time: it need not wait for the crawl to hand it the next one."""

# What a defect of a parser may raise. It costs one word, with its traceback in the log, not the run.
PARSER_DEFECTS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

_BEGINNING = re.compile(r"\s*<(?:!doctype html|html)\b", re.IGNORECASE)
_END = re.compile(r"</(?:body|html)\b", re.IGNORECASE)
_MOST_REPLACED = 0.01


@dataclass(frozen=True, slots=True)
class Reading:
    """A page that was read, and what was uncertain about its bytes."""

    page: Page
    warnings: tuple[str, ...] = ()


def read(dictionary: Dictionary, body: bytes, content_type: str | None, url: str) -> Reading:
    """Read the bytes of a page.

    :raises TruncatedPage: for a page that may be the dictionary's but has no end tag of ``body`` or ``html``.
    :raises PageError: when the parser refuses it, or when it is no text.
    """
    decoded = charsets.decode(body, content_type)
    if decoded.text.count("\ufffd") > _MOST_REPLACED * len(decoded.text):
        raise UnknownPage(f"more than {_MOST_REPLACED:.0%} of its characters cannot be decoded: {url}")
    is_cut_off = _END.search(decoded.text) is None
    try:
        page = dictionary.parse(decoded.text, url)
    except (UnknownPage, MarkupError) as error:
        if is_cut_off and _BEGINNING.match(decoded.text):
            raise TruncatedPage(f"the page ends before its end tag: {url}") from error
        raise
    if is_cut_off:
        raise TruncatedPage(f"the page ends before its end tag: {url}")
    return Reading(page, decoded.warnings)


class Task(msgspec.Struct, frozen=True):
    """One page to read. The answer bears its ``number``."""

    body: bytes
    content_type: str | None
    url: str
    number: int = 0


class Entries(msgspec.Struct, frozen=True, tag=True):
    """A page with entries."""

    page: EntryPage
    warnings: tuple[str, ...]


class Miss(msgspec.Struct, frozen=True, tag=True):
    """The dictionary's own "not found"."""

    page: MissPage
    warnings: tuple[str, ...]


class Refused(msgspec.Struct, frozen=True, tag=True):
    """A `PageError`: its class and its text."""

    error: str
    text: str


class Defect(msgspec.Struct, frozen=True, tag=True):
    """An exception that no parser should raise."""

    text: str
    traceback: str


Answer = Entries | Miss | Refused | Defect
_PAGE_ERRORS: dict[str, type[PageError]] = {
    error.__name__: error for error in (MarkupError, TruncatedPage, UnknownPage, WallPage, WrongPage)
}


def answer(dictionary: Dictionary, task: Task) -> Answer:
    """What the reading process says to a task."""
    try:
        reading = read(dictionary, task.body, task.content_type, task.url)
    except PageError as error:
        return Refused(type(error).__name__, str(error))
    except PARSER_DEFECTS as error:
        return Defect(f"{type(error).__name__}: {error}", traceback.format_exc())
    if isinstance(reading.page, EntryPage):
        return Entries(reading.page, reading.warnings)
    return Miss(reading.page, reading.warnings)


def _reading(found: Answer) -> Reading:
    match found:
        case Refused(error, text):
            # Not the constructor: that of `MarkupError` takes other arguments.
            kind = _PAGE_ERRORS.get(error, PageError)
            raise kind.__new__(kind, text)
        case Defect(text, trace):
            raise ParserDefect(text, trace)
        case Entries(page, warnings) | Miss(page, warnings):
            return Reading(page, warnings)


class ReadingProcess:
    """Reads pages one after another in a process that may have ``memory`` bytes and ``seconds`` for each.

    ``language`` is the one whose sections are read, when it is not the dictionary's usual one.
    """

    def __init__(self, dictionary: str, memory: int, seconds: float, language: str | None = None) -> None:
        self._dictionary = dictionary
        self._language = () if language is None else (language,)
        self._memory = memory
        self._seconds = seconds
        self._started: asyncio.Task[Process] | None = None
        self._is_closed = False
        self._places = asyncio.Semaphore(AT_ONCE)
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._sent: deque[Task] = deque()
        self._number = 0

    async def read(self, body: bytes, content_type: str | None, url: str) -> Reading:
        """Read a page when it is its turn.

        :raises PageError: when it is no page of the dictionary.
        :raises FetchError: as ``too_large``, when it costs more than it may.
        :raises ParserDefect: when the parser fails on it.
        :raises ReadingError: when no process can be started.
        """
        exchange = asyncio.ensure_future(self._exchange(body, content_type, url))
        exchange.add_done_callback(_look_at)
        # Whoever waits may be cancelled; the answer comes all the same, and is not the next page's.
        return _reading(await asyncio.shield(exchange))

    async def start(self) -> Process:
        """Start the process unless it runs; it is ready when this returns.

        :raises ReadingError: when it cannot be started.
        """
        if self._is_closed:
            raise ReadingError("the process to read pages in was closed")
        if self._process is not None and self._process.returncode is not None:
            # It has ended by itself, or somebody has ended it: no page's fault.
            self._started = self._process = None
        if self._started is None:
            self._started = asyncio.ensure_future(self._start())
        # Whoever waits may be cancelled; the process is there all the same, and `close` has to find it.
        return await asyncio.shield(self._started)

    async def _start(self) -> Process:
        here = str(Path(__file__).parents[1])
        path = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
        # A session of its own: a Ctrl-C at the terminal is for the crawl, which ends its reader itself.
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "dictcrawler.reading_process",
                self._dictionary, str(self._memory), *self._language,
                stdin=PIPE, stdout=PIPE, env=os.environ | {"PYTHONPATH": path}, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise ReadingError(f"no process to read pages in: {error}") from error
        if process.stdout is None or await process.stdout.read(1) != READY:
            await process.wait()
            raise ReadingError(f"no process to read pages in: it ended with status {process.returncode}")
        # What the one before it has left unread.
        for task in self._sent:
            _send(process, task)
        self._process = process
        return process

    async def close(self) -> None:
        """End the process, if need be once it has started."""
        self._is_closed = True
        started, self._started, self._process = self._started, None, None
        if started is None:
            return
        await asyncio.wait((started,))
        if started.exception() is None:
            process = started.result()
            _kill(process)
            await process.wait()

    async def _exchange(self, body: bytes, content_type: str | None, url: str) -> Answer:
        async with self._places:
            self._number += 1
            task = Task(body, content_type, url, self._number)
            self._sent.append(task)
            if self._process is not None:
                _send(self._process, task)
            # Asyncio's locks are fair: the turns come in the order in which the tasks were sent.
            async with self._turn:
                try:
                    return await self._answer(await self.start(), task)
                finally:
                    self._sent.popleft()

    async def _answer(self, process: Process, task: Task) -> Answer:
        try:
            async with asyncio.timeout(self._seconds):
                number, found = await _received(process)
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError, msgspec.DecodeError) as error:
            self._started = self._process = None
            if not isinstance(error, asyncio.IncompleteReadError):
                _kill(process)
            await process.wait()
            raise FetchError(Status.TOO_LARGE, self._reason(process.returncode), url=task.url) from None
        if number != task.number:
            raise ReadingError(f"the answer to page {number} came in the place of that to page {task.number}")
        return found

    def _reason(self, returncode: int | None) -> str:
        if returncode == OUT_OF_MEMORY:
            return f"reading the page takes more than {self._memory / 2**20:,.0f} MiB"
        if returncode == -9:  # noqa: PLR2004
            return f"reading the page takes more than {self._seconds:g} s"
        return f"reading the page ended its process (status {returncode})"


async def _received(process: Process) -> tuple[int, Answer]:
    if process.stdout is None:
        raise ConnectionError
    length = int.from_bytes(await process.stdout.readexactly(LENGTH_BYTES), "big")
    if length > MAX_REPLY:
        _kill(process)
    numbered: tuple[int, Answer] = _DECODER.decode(await process.stdout.readexactly(length))
    return numbered


_DECODER = msgspec.msgpack.Decoder(tuple[int, Answer])


def frame(message: bytes) -> bytes:
    """A message with its length before it."""
    return len(message).to_bytes(LENGTH_BYTES, "big") + message


def _send(process: Process, task: Task) -> None:
    # What one that has just ended does not get, the next one is sent.
    if process.stdin is not None and not process.stdin.is_closing():
        process.stdin.write(frame(msgspec.msgpack.encode(task)))


def _kill(process: Process) -> None:
    if process.returncode is None:
        process.kill()


def _look_at(exchange: asyncio.Future[Answer]) -> None:
    """What became of an exchange may be of no interest to anybody any more; asyncio would call that an oversight."""
    if not exchange.cancelled():
        exchange.exception()
