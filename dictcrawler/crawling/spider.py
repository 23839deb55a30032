"""The generic spider: one request and one coroutine for each keyword, exactly one `Lookup` from each."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, Self, TypeVar, cast

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from dictcrawler import dictionaries
from dictcrawler.crawling.cancellation import CutOff, Scopes, crawl_cancelled
from dictcrawler.crawling.exchange import exchange
from dictcrawler.crawling.fetcher import Asked, Fetcher, error_of
from dictcrawler.crawling.limits import limits_of
from dictcrawler.crawling.meta import NO_REQUEST, NO_REQUEST_URL, RefusedRequest
from dictcrawler.errors import ArgumentError, DictcrawlerError, KeywordListError, StoreError
from dictcrawler.feeds import writer
from dictcrawler.lookup import archive_index
from dictcrawler.lookup.archive import ArchiveSource, NoBulkIndex
from dictcrawler.lookup.asker import Asker
from dictcrawler.lookup.live import LiveSource
from dictcrawler.lookup.revalidation import conditions
from dictcrawler.lookup.source import Source
from dictcrawler.lookup.walls import Wall
from dictcrawler.lookup.warc import WarcSource
from dictcrawler.model import Lookup, Status
from dictcrawler.net.fetched import Fetched
from dictcrawler.plan import arguments, word_list
from dictcrawler.plan.arguments import CrawlArguments
from dictcrawler.plan.word_list import KeywordLine
from dictcrawler.reading.process import ReadingProcess
from dictcrawler.runs.forecast import forecast
from dictcrawler.runs.run import Published, Run
from dictcrawler.storage import locks
from dictcrawler.storage.captures import Captures
from dictcrawler.storage.database import Database, url_of
from dictcrawler.storage.kept_pages import NoPages, Pages, folder_of, keeping
from dictcrawler.storage.page_index import PageIndex
from dictcrawler.storage.warc_index import WarcIndex

if TYPE_CHECKING:
    from dictcrawler.sample.site import RunningSite

logger = logging.getLogger(__name__)
_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")

crawl_failed = object()
"""The signal that what is asked from now on could not be kept."""

KNOWN_AT_ONCE = 50
"""Words whose earlier answers are read with one question to the store, entries included."""

# Our own site on loopback needs no courtesy.
SAMPLE_SLOT = {"127.0.0.1": {"concurrency": 16, "delay": 0, "jitter": 0}}

UNASKED_AT_ONCE = 50
"""Outcomes without a question that one request stands for: a request costs more than most of them."""

PASSED = "passed by a program"
"""What stands in the manifest for the name of a word list when there is none."""

READY = 16
"""Words that may be under way beyond the requests that may be: their pages are being read, or their requests are
made before there is room for them. Else a free place waits until one is made."""


def read_arguments(name: str, given: Mapping[str, str], settings: BaseSettings) -> CrawlArguments:
    """What is asked of the dictionary of that name.

    :raises ArgumentError: when it cannot be asked so.
    """
    refuse_pickles(settings)
    asked = arguments.read(dictionaries.load(name), given)
    arguments.require_contact(asked, settings["CONTACT"])
    return asked


def _be_polite(settings: BaseSettings, given: CrawlArguments, spider: type[KeywordSpider]) -> None:
    """Settings that only a crawl knows: its contact, its sample site, the limits of the site it asks."""
    if settings["CONTACT"]:
        settings.set("USER_AGENT", f"{settings['USER_AGENT']} (+{settings['CONTACT']})", priority="cmdline")
    elif given.source != "sample":
        logger.warning("no CONTACT is set: a site cannot reach you; set it with -s CONTACT=mailto:you@example.org")
    if given.source == "sample":
        settings.set("DOWNLOAD_SLOTS", SAMPLE_SLOT, priority="cmdline")
    is_at_home = given.source == "live" and given.base_url is None
    shortest = spider.shortest_delay if is_at_home else 0.0
    if settings.getfloat("DOWNLOAD_DELAY") < shortest:
        settings.set("DOWNLOAD_DELAY", shortest, priority="cmdline")
    if is_at_home and settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") > spider.most_at_once:
        settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", spider.most_at_once, priority="cmdline")


def refuse_pickles(settings: BaseSettings) -> None:
    """Refuse what reads pickles back: whoever can write to such a folder could run code here.

    :raises ArgumentError: the store remembers what was answered; neither is needed.
    """
    if settings["JOBDIR"]:
        raise ArgumentError("JOBDIR", "is not used, a crawl resumes from its store", "no JOBDIR")
    if settings.getbool("HTTPCACHE_ENABLED"):
        raise ArgumentError("HTTPCACHE_ENABLED", "is not used, answers are kept in the store", "no HTTPCACHE_ENABLED")


class KeywordSpider(Spider):
    """Asks one dictionary for the words of a list. A subclass declares ``name`` and its politeness.

    At the dictionary's own site two requests are ``shortest_delay`` seconds apart or more, and
    ``most_at_once`` are under way, whatever the settings say; a mirror has its owner's rules.
    ``run``, ``source`` and ``pages`` exist once `start` has begun; ``failure`` is the error that kept the
    crawl from beginning or made it stop, ``published`` what came of it. Behind the ``wall`` nothing
    more is asked. ``is_cancelled``: nobody wants the rest.
    """

    shortest_delay: ClassVar[float] = 0.0
    most_at_once: ClassVar[int] = 16

    run: Run
    source: Source
    wall: Wall
    pages: Pages
    failure: DictcrawlerError | None = None
    published: Published | None = None
    is_cancelled = False

    def __init__(self, given: CrawlArguments, passed: Iterable[word_list.Keyword] | None = None) -> None:
        # The arguments are data: unlike plain Scrapy's, they never become attributes of the spider.
        super().__init__()
        self.given = given
        self._passed = passed
        self._sample_site: RunningSite | None = None
        self._database: Database | None = None
        self._reader: ReadingProcess | None = None
        self._held = ExitStack()
        self._in_threads: list[asyncio.Future[Any]] = []
        self._opening = asyncio.Lock()
        self._closing = False
        self._scopes: Scopes
        self._ending: asyncio.Task[None] | None = None
        self._unasked_turn = asyncio.Semaphore(1)
        self._room: asyncio.Semaphore
        self._canary: KeywordLine | None = None
        self._judged = asyncio.Event()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *passed: Iterable[word_list.Keyword], **given: str) -> Self:
        """Read the arguments. A program may pass the keywords themselves; a command line cannot.

        :raises ArgumentError: before anything is opened.
        """
        asked = read_arguments(cls.name, given, crawler.settings)
        spider = cls(replace(asked, words=PASSED) if passed else asked, *passed)
        spider._set_crawler(crawler)
        spider._scopes = Scopes(crawler)
        crawler.signals.connect(spider.close_source, signal=signals.engine_stopped)
        _be_polite(crawler.settings, spider.given, cls)
        spider._room = asyncio.Semaphore(crawler.settings.getint("CONCURRENT_REQUESTS") + READY)
        spider.wall = Wall(stops=crawler.settings.getbool("WALL_STOPS"))
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """One request for each word without an answer, made only as fast as they are taken.

        Never an item: Scrapy, when it closes, would wait for ever for one that comes from here.
        """
        with self._ended_by(DictcrawlerError):
            async with self._opening:
                await self.open_run()
            self._end_if_cancelled()
            logger.info("%s", self._forecast())
            async for asked in self._questions():
                yield asked

    def _forecast(self) -> str:
        """What is due and how long it takes, before the first request."""
        delay, at_once = map(self.settings.getfloat, ("DOWNLOAD_DELAY", "CONCURRENT_REQUESTS_PER_DOMAIN"))
        if self.given.source == "sample":
            delay, at_once = 0.0, SAMPLE_SLOT["127.0.0.1"]["concurrency"]
        return forecast(self.run.pending_at_start, self.run.unique, 0.0 if self.given.warc else delay, int(at_once))

    def cancel(self) -> None:
        """End this crawl at once: words without an outcome get none, and nothing is published.

        What is open is closed in the usual way, before Scrapy's crawl ends.
        """
        if self.is_cancelled:
            return
        self.is_cancelled = self._closing = True
        self.crawler.signals.send_catch_log(crawl_cancelled)
        if self.crawler.engine.running:
            self._give_up_queued()
            # Not `Crawler.stop_async`: in an engine that is closing already it ends before that has closed
            # (Scrapy 2.19, core/engine.py).
            self._ending = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="cancelled"))

    async def ended(self) -> None:
        """Wait for the end that `cancel` has brought about."""
        if self._ending is not None:
            await asyncio.wait((self._ending,))

    def _give_up_queued(self) -> None:
        """Closing waits for the queue that Scrapy's downloader has for each host, which empties a delay at a time."""
        for slot in self.crawler.engine.downloader.slots.values():
            # Also for those that have waited for robots.txt and come here now.
            slot.delay = 0
            slot.close()
            while slot.queue:
                _, downloaded = slot.queue.popleft()
                downloaded.errback(RefusedRequest(Status.NETWORK_ERROR, "the crawl was cancelled"))

    def _end_if_cancelled(self) -> None:
        if self.is_cancelled:
            raise CloseSpider("cancelled")

    def fail(self, error: DictcrawlerError) -> None:
        """Remember what ends this crawl before its time; the caller closes the spider."""
        if self.failure is None and not self.is_cancelled:
            self.failure = error
            logger.error("%s", error)
            self.crawler.signals.send_catch_log(crawl_failed)

    @contextmanager
    def _ended_by(self, kind: type[DictcrawlerError]) -> Iterator[None]:
        try:
            yield
        except kind as error:
            self.fail(error)
            raise CloseSpider("failed") from error

    async def _questions(self) -> AsyncIterator[Request]:
        canary = await self._canary_request()
        if canary is not None:
            yield canary
            await self._judged.wait()
        asker = Asker(self.given, self.source, self.run.id, self.wall)
        invalid = self.run.invalid()
        while lookups := list(islice(invalid, UNASKED_AT_ONCE)):
            yield await self._unasked(_each(lookups))
        waiting: list[KeywordLine] = []
        for word, known in self._pending():
            await self._room.acquire()
            request = self._first_request(word, asker, known)
            if request is not None:
                yield request
                continue
            self._room.release()
            waiting.append(word)
            if len(waiting) == UNASKED_AT_ONCE:
                yield await self._unasked(self._outcomes(waiting, asker))
                waiting = []
        if waiting:
            yield await self._unasked(self._outcomes(waiting, asker))

    async def _unasked(self, outcomes: AsyncIterator[Lookup]) -> Request:
        """A request that never leaves, for outcomes that need none; one such is under way at a time."""
        await self._unasked_turn.acquire()
        return Request(
            NO_REQUEST_URL,
            callback=self.answer_unasked,
            cb_kwargs={"outcomes": outcomes},
            meta={NO_REQUEST: True},
            dont_filter=True,
        )

    async def answer_unasked(self, _response: Response, outcomes: AsyncIterator[Lookup]) -> AsyncIterator[Lookup]:
        """The callback of what is answered without a question."""
        try:
            with self._ended_by(DictcrawlerError), suppress(CutOff):
                async for lookup in outcomes:
                    yield lookup
        finally:
            self._unasked_turn.release()

    async def _outcomes(self, words: Sequence[KeywordLine], asker: Asker) -> AsyncIterator[Lookup]:
        for word in words:
            async with self._scopes.open():
                lookup = await asker.ask(word, self._fetcher(word))
            yield lookup

    def _pending(self) -> Iterator[tuple[KeywordLine, Lookup | None]]:
        """The words to ask, each with its good answer of an earlier run where that can be revalidated."""
        pending = self.run.pending()
        while words := list(islice(pending, KNOWN_AT_ONCE)):
            # A capture never changes, and the sample site has another port each time: only a living page is known.
            known = self.run.known(words) if self.given.source == "live" else {}
            yield from ((word, known.get(word.slug or "")) for word in words)

    def _first_request(self, word: KeywordLine, asker: Asker, known: Lookup | None) -> Request | None:
        """The request that the word's coroutine begins with: conditional, when the word is known.

        Behind a wall there is none.
        """
        if self.wall.met is not None:
            return None
        page = known.pages[0] if known is not None and known.pages else None
        url = page.url if page is not None else asker.first_url(word)
        if url is None:
            return None
        # The later requests of a word know what is left of its time.
        timeout = min(map(self.settings.getfloat, ("DOWNLOAD_TIMEOUT", "WORD_DEADLINE")))
        return Request(
            url,
            headers=dict(conditions(page)),
            callback=self.answer,
            errback=self.answer_failure,
            cb_kwargs={"url": url, "word": word, "asker": asker, "known": known},
            meta={"download_timeout": timeout},
            dont_filter=True,
        )

    async def _canary_request(self) -> Request | None:
        """Before a long list, ask for one page of the word that is certainly there: a wall shows itself at once."""
        if self.given.warc is not None:
            # No wall stands before a file, and it need not have this word.
            return None
        if self.run.count_pending() < self.crawler.settings.getint("CANARY_MIN_WORDS"):
            return None
        canary = self.given.dictionary.canary
        # Until it is: whatever becomes of it, a run without its answer must not pass for a good one.
        self.run.ailment = f"the canary {canary!r} was not answered"
        self._canary = word = KeywordLine(0, canary, canary, self.given.dictionary.slug(canary), None)
        asker = Asker(replace(self.given, homographs="first"), self.source, self.run.id, self.wall)
        request = self._first_request(word, asker, None)
        if request is None:
            # Nothing has to be fetched to know what becomes of it.
            self._judge(await asker.ask(word, self._fetcher(word)))
        else:
            await self._room.acquire()
        return request

    def _judge(self, canary: Lookup) -> None:
        self.run.ailment = None
        if not canary.status.has_entries:
            self.run.ailment = f"the canary {canary.keyword!r} cannot be read: {canary.status.value}, {canary.error}"
            logger.error("%s", self.run.ailment)

    def answer(
        self, response: Response, url: str, word: KeywordLine, asker: Asker, known: Lookup | None
    ) -> AsyncIterator[Lookup]:
        """The callback of a word's first request; awaits all its other pages."""
        return self._outcome(word, asker, Asked(url, cast(Request, response.request), response), known)

    def answer_failure(self, failure: Failure) -> AsyncIterator[Lookup]:
        """The errback of a word's first request: it may still be asked again, or at another address."""
        request = cast(Request, failure.request)  # type: ignore[attr-defined]  # Scrapy sets it
        given = request.cb_kwargs
        first = Asked(given["url"], request, error_of(failure))
        return self._outcome(given["word"], given["asker"], first, given["known"])

    async def _outcome(
        self, word: KeywordLine, asker: Asker, first: Asked, known: Lookup | None
    ) -> AsyncIterator[Lookup]:
        try:
            with self._ended_by(DictcrawlerError), suppress(CutOff):
                async with self._scopes.open():
                    lookup = await asker.ask(word, self._fetcher(word, first), known)
                if word is self._canary:
                    self._judge(lookup)
                else:
                    yield lookup
        finally:
            self._room.release()
            if word is self._canary:
                self._judged.set()

    def _fetcher(self, word: KeywordLine, first: Asked | None = None) -> Fetcher:
        def keep(asked_url: str, response: Response, fetched: Fetched) -> None:
            self.pages.keep(word.slug or "", asked_url, exchange(response, fetched))

        return Fetcher(self.crawler, self.wall, first, keep)

    async def open_run(self) -> None:
        """Lock and open the store, read the word list into it and open the page source.

        :raises DictcrawlerError: when one of them is not possible.
        """
        settings = self.crawler.settings
        url = url_of(settings["STORE_URL"], Path(settings["DATA_DIR"]), self.given.dictionary.name)
        data = Path(settings["DATA_DIR"])
        writer.refuse_unusable(data / "feeds" / self.given.feed)
        self._held = locks.hold_run(url, data, self.given.dictionary.name, self.given.feed)
        reader = ReadingProcess(
            self.given.dictionary.name,
            settings.getint("READING_MEMORY"),
            settings.getfloat("READING_SECONDS"),
            self.given.view,
        )
        self._reader = reader
        reader.begin()
        database = Database(url)
        self._database = database
        # Reading a million lines blocks for seconds: the loop goes on meanwhile.
        limits, words = limits_of(settings), self._keywords()
        self.run = await self.in_thread(Run.begin, database, self.given, data / "feeds", words, limits)
        self.pages = self._open_pages(database)
        self.source = await self._open_source(database, reader)

    async def in_thread(self, function: Callable[_Given, _Made], *args: _Given.args, **given: _Given.kwargs) -> _Made:
        """Call what writes to the store or the feed outside the loop; `close_source` waits for its end."""
        working = asyncio.get_running_loop().run_in_executor(None, partial(function, *args, **given))
        self._in_threads.append(working)
        return await asyncio.shield(working)

    def _open_pages(self, database: Database) -> Pages:
        settings = self.crawler.settings
        if not settings.getbool("PAGES_KEPT"):
            return NoPages()
        about = {
            "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
            "http-header-user-agent": settings["USER_AGENT"],
        }
        folder = folder_of(Path(settings["DATA_DIR"]), self.given.dictionary.name)
        return keeping(
            PageIndex(database),
            folder,
            scope=self.given.scope,
            max_bytes=settings.getint("PAGES_MAX_BYTES"),
            about=about,
        )

    def _keywords(self) -> Iterator[word_list.Keyword]:
        """The word list; ends early when the spider is closed, since its thread cannot be cancelled."""
        if self._passed is not None:
            return self._interruptible(self._passed)
        if self.given.word is not None:
            return word_list.inline(self.given.word)
        is_checked = self.settings.getbool("WORD_LIST_CHECKED")
        words, column = self.given.words, self.given.column
        found = word_list.read(words, column=column, is_checked=is_checked, interrupt=self._stop_reading)
        return word_list.mostly_words(found, words, self.given.dictionary.slug) if is_checked else found

    def _interruptible(self, passed: Iterable[word_list.Keyword]) -> Iterator[word_list.Keyword]:
        for keyword in passed:
            self._stop_reading()
            yield keyword

    def _stop_reading(self) -> None:
        if self._closing:
            raise KeywordListError("stopped while the word list was read")

    async def _open_source(self, database: Database, reader: ReadingProcess) -> Source:
        if self.given.source == "archive":
            return await self._open_archive(database, reader)
        if self.given.source == "live":
            return LiveSource(self.given.dictionary, self.given.base_url, reader)
        if self.given.warc is not None:
            return await self._open_warc(database, self.given.warc, reader)
        from dictcrawler.sample import site  # noqa: PLC0415 - slow to load, and only the sample needs it

        self._sample_site = await site.start(dictionary=self.given.dictionary.name)
        address = self.given.dictionary.editions[self.given.edition].addresses[0]
        return LiveSource(self.given.dictionary, f"{self._sample_site.url}/{address.split('/', 3)[3]}", reader)

    async def _open_archive(self, database: Database, reader: ReadingProcess) -> Source:
        """A long list reads the capture index in bulk, once; a short one asks it only when it has to."""
        self.source = ArchiveSource(self.given, NoBulkIndex(), reader)
        if self.run.count_pending() < self.crawler.settings.getint("ARCHIVE_INDEX_MIN_WORDS"):
            return self.source
        captures = Captures(database)
        if not archive_index.is_fresh(captures, self.given, datetime.now(UTC)):
            logger.info("reading the capture index %s", self.given.index)
            fetcher = Fetcher(self.crawler, self.wall, deadline=math.inf)
            await archive_index.read_into(captures, self.given, fetcher)
        return ArchiveSource(self.given, archive_index.StoredIndex(captures, self.given), reader)

    async def _open_warc(self, database: Database, pattern: str, reader: ReadingProcess) -> Source:
        index = WarcIndex(database, pattern)
        await self.in_thread(index.refresh)
        return WarcSource(self.given, index, reader)

    def _close_pages(self) -> None:
        try:
            if hasattr(self, "pages"):
                self.pages.close()
        except StoreError as error:
            logger.error("%s", error)  # noqa: TRY400

    async def close_source(self) -> None:
        """Stop the sample site, close the files, let the store go and, when nothing writes any more, its lock."""
        self._closing = True
        async with self._opening:
            self._close_pages()
        if self._reader is not None:
            await self._reader.close()
        if self._sample_site is not None:
            await self._sample_site.stop()
        # Whoever waited for one of them may have been cancelled: nobody else looks at its error.
        await asyncio.gather(*self._in_threads, return_exceptions=True)
        if self._database is not None:
            self._database.close()
        self._held.close()


async def _each(lookups: Iterable[Lookup]) -> AsyncIterator[Lookup]:
    for lookup in lookups:
        yield lookup
