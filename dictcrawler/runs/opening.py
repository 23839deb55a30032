"""Opens a run: its locks, the store, the word list in it, and for a crawl also the kept pages and their source.

Crawl and reparse share `writing`. `Opening` is for a whole crawl: it closes in reverse order whatever it has opened,
even when it was stopped half-way.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from dictcrawler.defaults import READING_MEMORY, READING_SECONDS
from dictcrawler.errors import StoreError
from dictcrawler.feeds import writer
from dictcrawler.feeds.soundness import Limits
from dictcrawler.lookup.archive import ArchiveSource, NoBulkIndex
from dictcrawler.lookup.live import LiveSource
from dictcrawler.lookup.source import BodyReader, PageSource
from dictcrawler.lookup.warc import WarcSource
from dictcrawler.plan.arguments import CrawlArguments
from dictcrawler.plan.word_list import Keyword
from dictcrawler.reading.process import ReadingProcess
from dictcrawler.runs.misplaced import refusing_wrong_places
from dictcrawler.runs.part import WHOLE, Part
from dictcrawler.runs.run import Run, refuse_shared
from dictcrawler.storage import locks
from dictcrawler.storage.database import Database
from dictcrawler.storage.kept_pages import NoPages, Pages, folder_of, keeping
from dictcrawler.storage.page_index import PageIndex
from dictcrawler.storage.store_url import StoreURL
from dictcrawler.storage.warc_index import WarcIndex

logger = logging.getLogger(__name__)
_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Costs:
    """The limits of parsing one page: bytes of memory and seconds."""

    memory: int = READING_MEMORY
    seconds: float = READING_SECONDS


@dataclass(frozen=True, slots=True)
class Keeping:
    """How fetched pages are kept: the size in bytes at which a WARC file is closed, and its warcinfo fields."""

    max_bytes: int
    about: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPlace:
    """Where a run is written: the data folder and the store."""

    data: Path
    store_url: StoreURL

    @property
    def feeds(self) -> Path:
        """The folder of all feeds."""
        return self.data / "feeds"


@contextmanager
def writing(place: DataPlace, arguments: CrawlArguments) -> Iterator[Database]:
    """The open store, locked: only this process writes to it and to the feed.

    :raises ArgumentError: when the data folder or the store can never be used.
    :raises LockedError: when another process writes to one of them.
    :raises StoreError: when the store or the feed cannot be written.
    """
    with ExitStack() as opened:
        with refusing_wrong_places(place.feeds / arguments.feed):
            writer.refuse_unusable(place.feeds / arguments.feed)
            names = arguments.dictionary.name, arguments.feed
            opened.enter_context(locks.hold_run(place.store_url, place.data, *names))
            database = opened.enter_context(closing(Database(place.store_url)))
        refuse_shared(database, arguments.feed)
        yield database


@contextmanager
def sharing(place: DataPlace, arguments: CrawlArguments) -> Iterator[Database]:
    """The open store of a run that several machines write to, locked against whole runs of the feed.

    :raises LockedError: while a whole run of the feed is in progress.
    :raises StoreError: when the store cannot be written.
    """
    with (
        locks.hold_slice(place.store_url, place.data, arguments.dictionary.name, arguments.feed),
        closing(Database(place.store_url)) as database,
    ):
        yield database


class Threads:
    """Blocking work outside the event loop; `close` waits for it before the resources that it uses are closed."""

    def __init__(self) -> None:
        self._working: list[asyncio.Future[Any]] = []
        self.is_closing = False
        """A thread cannot be cancelled: long work checks this and ends early."""

    async def call(self, function: Callable[_Given, _Made], *args: _Given.args, **given: _Given.kwargs) -> _Made:
        """Call the function in a thread; it continues when the caller is cancelled."""
        working = asyncio.get_running_loop().run_in_executor(None, partial(function, *args, **given))
        self._working.append(working)
        return await asyncio.shield(working)

    async def close(self) -> None:
        """Signal the running work to end, and wait for it."""
        self.is_closing = True
        # The caller that waited may have been cancelled; then no other code retrieves the error.
        await asyncio.gather(*self._working, return_exceptions=True)


@dataclass(slots=True, kw_only=True)
class OpenRun:
    """A run that is being crawled, its kept pages and its source."""

    run: Run
    pages: Pages
    source: PageSource
    reader: BodyReader
    database: Database


@dataclass(kw_only=True)
class Opening:
    """Opens the run of a crawl once, and closes everything that was opened."""

    place: DataPlace
    arguments: CrawlArguments
    limits: Limits
    costs: Costs
    keeping: Keeping | None
    part: Part = WHOLE
    threads: Threads = field(default_factory=Threads)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def open(self, keywords: Iterable[Keyword]) -> OpenRun:
        """Lock and open the store, read the word list into it, open the page source.

        :raises DictcrawlerError: when one of them fails; `close` must be called all the same.
        """
        async with self._turn:
            return await self._open(keywords)

    async def close(self) -> None:
        """Close everything in reverse; the locks go last, after the last write."""
        await self.threads.close()
        async with self._turn:
            await self.threads.close()
            await self._stack.aclose()

    async def _open(self, keywords: Iterable[Keyword]) -> OpenRun:
        arguments, stack = self.arguments, self._stack
        opened = writing if self.part.slice is None else sharing
        database = stack.enter_context(opened(self.place, arguments))
        reader = ReadingProcess(arguments.dictionary.name, self.costs.memory, self.costs.seconds, arguments.view)
        stack.push_async_callback(reader.close)
        reader.begin()
        # In a thread: a million lines take seconds.
        run = await self.threads.call(self._run, database, keywords)
        pages = self._pages(database)
        stack.callback(_close_pages, pages)
        source = await self._source(database, reader)
        return OpenRun(run=run, pages=pages, source=source, reader=reader, database=database)

    def _run(self, database: Database, keywords: Iterable[Keyword]) -> Run:
        feeds, limits, mine = self.place.feeds, self.limits, self.part.slice
        if mine is None:
            return Run.begin(database, self.arguments, feeds, keywords, limits)
        run = Run.attach(database, mine.run, self.arguments, feeds, limits)
        run.restrict(mine)
        return run

    def _pages(self, database: Database) -> Pages:
        if self.keeping is None:
            return NoPages()
        return keeping(
            PageIndex(database),
            folder_of(self.place.data, self.arguments.dictionary.name),
            scope=self.arguments.scope,
            max_bytes=self.keeping.max_bytes,
            about=self.keeping.about,
        )

    async def _source(self, database: Database, reader: BodyReader) -> PageSource:
        arguments = self.arguments
        if arguments.source == "archive":
            return ArchiveSource(arguments, NoBulkIndex(), reader)
        if arguments.source == "live":
            return LiveSource(arguments.dictionary, arguments.base_url, reader)
        if arguments.warc is not None:
            index = WarcIndex(database, arguments.warc)
            await self.threads.call(index.refresh)
            return WarcSource(arguments, index, reader)
        return await self._sample_source(reader)

    async def _sample_source(self, reader: BodyReader) -> PageSource:
        from dictcrawler.sample import site  # noqa: PLC0415 - slow to load, and only the sample needs it

        dictionary = self.arguments.dictionary
        running = await site.start(dictionary=dictionary.name)
        self._stack.push_async_callback(running.stop)
        address = dictionary.editions[self.arguments.edition].addresses[0]
        return LiveSource(dictionary, f"{running.url}/{address.split('/', 3)[3]}", reader)


def _close_pages(pages: Pages) -> None:
    try:
        pages.close()
    except StoreError as error:
        logger.error("%s", error)  # noqa: TRY400 - the pages of the outcomes are committed: nothing is lost
