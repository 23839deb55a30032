"""The generic spider: one request and one coroutine for each keyword, exactly one `Lookup` from each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import islice
from typing import ClassVar, ParamSpec, Self, TypeVar, cast

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from dictcrawler.crawling.arguments import be_polite, keywords_of, opening_of, pace_of, read_arguments
from dictcrawler.crawling.bounded import BoundedSpider
from dictcrawler.crawling.canary import Canary
from dictcrawler.crawling.cancellation import CutOff, Scopes, crawl_cancelled
from dictcrawler.crawling.exchange import exchange
from dictcrawler.crawling.fetcher import Attempt, Fetcher, Patience, error_of
from dictcrawler.crawling.lease import Lease, hold_lease
from dictcrawler.crawling.meta import NO_REQUEST, NO_REQUEST_URL, RefusedRequest
from dictcrawler.errors import ArgumentError, DictcrawlerError, KeywordListError, StoreError
from dictcrawler.lookup import archive_index
from dictcrawler.lookup.archive import ArchiveSource
from dictcrawler.lookup.archive_index import WantedWords
from dictcrawler.lookup.asker import Asker
from dictcrawler.lookup.bot_walls import Wall
from dictcrawler.lookup.boundary import Boundary
from dictcrawler.lookup.revalidation import conditions
from dictcrawler.lookup.source import PageSource
from dictcrawler.model import Lookup, Status
from dictcrawler.net.fetched import Fetched
from dictcrawler.plan import word_list
from dictcrawler.plan.arguments import CrawlArguments
from dictcrawler.plan.word_list import KeywordLine
from dictcrawler.runs.forecast import forecast
from dictcrawler.runs.opening import Opening, OpenRun
from dictcrawler.runs.part import WHOLE, read_part
from dictcrawler.runs.run import Published, Run
from dictcrawler.storage.slices import Slices

logger = logging.getLogger(__name__)
_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")

crawl_failed = object()
"""The signal that the crawl has failed: an outcome from now on could not be stored."""

KNOWN_AT_ONCE = 50
"""Words whose earlier answers are read with one query of the store, entries included."""


WITHOUT_REQUEST_AT_ONCE = 50
"""Outcomes without a request that are bundled in one Scrapy request, which costs more than most of them."""

PASSED = "passed by a program"
"""The manifest's name for a word list that was passed by a program."""

READY = 16
"""How many words may be in progress beyond CONCURRENT_REQUESTS, so that a request is ready as soon as a slot
frees up. Their pages are being parsed, or their requests wait."""


class KeywordSpider(BoundedSpider):
    """Looks up the words of a list in one dictionary. A subclass declares ``name`` and its politeness.

    At the dictionary's own site two requests are at least ``shortest_delay`` seconds apart, and at most
    ``most_at_once`` are in progress, whatever the settings; a mirror has its owner's rules. ``run``, ``source`` and
    ``pages`` exist once `start` has begun; ``failure`` is the error that prevented or stopped the crawl, ``published``
    its result. No further request is made behind the ``wall``, nor once the ``boundary`` around the words has caught
    too many errors. ``is_cancelled``: the crawl was cancelled by its caller.
    """

    shortest_delay: ClassVar[float] = 0.0
    most_at_once: ClassVar[int] = 16

    boundary: Boundary
    # Not a property: Scrapy's feed exporter reads all attributes before the run is open
    # (seen in Scrapy 2.19.0, extensions/feedexport.py:_get_uri_params).
    run: Run
    opened: OpenRun | None = None
    source: PageSource | None = None
    failure: DictcrawlerError | None = None
    published: Published | None = None
    is_cancelled = False
    part = WHOLE

    def __init__(self, given: CrawlArguments, passed: Iterable[word_list.Keyword] | None = None) -> None:
        # The arguments are data: unlike those of a plain Scrapy spider, they never become its attributes.
        super().__init__()
        self.given = given
        self._passed = passed
        self._opening: Opening | None = None
        self._holding: asyncio.Future[None] | None = None
        self._scopes: Scopes
        self._ending: asyncio.Task[None] | None = None
        self._without_request_turn = asyncio.Semaphore(1)
        self._room: asyncio.Semaphore
        self._patience: Patience
        self._canary: Canary | None = None
        self._canary_is_over = asyncio.Event()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *passed: Iterable[word_list.Keyword], **given: str) -> Self:
        """Parse the arguments. A program may pass the keywords themselves; a command line cannot.

        :raises ArgumentError: before anything is opened.
        """
        parsed = read_arguments(cls.name, given, crawler.settings)
        if parsed.dry_run:
            raise ArgumentError("dry_run", "is answered by the command `dictcrawler crawl` alone", "no dry_run here")
        spider = cls(replace(parsed, words=PASSED) if passed else parsed, *passed)
        spider._set_crawler(crawler)
        spider.part = read_part(crawler.settings["RUN_PART"])
        spider._scopes = Scopes(crawler)
        crawler.signals.connect(spider.close_source, signal=signals.engine_stopped)
        be_polite(crawler.settings, spider.given, cls.shortest_delay, cls.most_at_once)
        spider._room = asyncio.Semaphore(crawler.settings.getint("CONCURRENT_REQUESTS") + READY)
        spider._patience = Patience.of_words(crawler.settings)
        spider.wall = Wall(stops=crawler.settings.getbool("WALL_STOPS"))
        spider.boundary = Boundary((CloseSpider, CutOff))
        return spider

    def _open_source(self) -> PageSource:
        if self.source is None:
            raise RuntimeError("the run is not open yet")
        return self.source

    async def start(self) -> AsyncIterator[Request]:
        """One request for each word without an answer, made only as fast as they are consumed.

        No items: on closing, Scrapy would wait for ever for an item from here.
        """
        with self._ended_by_cancelling(), self._ended_by(DictcrawlerError):
            await self.open_run()
            self.run.agree_on(self.wall)
            logger.info("%s", self._forecast())
            async for request in self._questions():
                yield request

    def _forecast(self) -> str:
        """How many words are due and how long they will take, before the first request."""
        due = self.run.pending_at_start
        words = self.run.unique if self.part.slice is None else due
        return forecast(due, words, *pace_of(self.settings, self.given))

    def cancel(self) -> None:
        """End this crawl at once: the remaining words get no outcome, and nothing is published.

        Everything open is closed in the usual way, before Scrapy's crawl ends.
        """
        if self.is_cancelled:
            return
        self.is_cancelled = True
        self.crawler.signals.send_catch_log(crawl_cancelled)
        if self.crawler.engine.running:
            self._give_up_queued()
            self._ending = asyncio.ensure_future(self._close_engine())

    async def _close_engine(self) -> None:
        # Not `Crawler.stop_async`: if the engine is closing already, it returns before that is done
        # (seen in Scrapy 2.19.0, crawler.py:stop_async). Without a spider the engine is about to end anyway.
        if self.crawler.engine.spider is not None:
            await self.crawler.engine.close_spider_async(reason="cancelled")

    async def ended(self) -> None:
        """Wait for the end of a cancelled crawl."""
        if self._ending is not None:
            await asyncio.wait((self._ending,))

    def _give_up_queued(self) -> None:
        """Empty the queue that Scrapy's downloader has for each host: on closing it would send one per delay.

        Seen in Scrapy 2.19.0, core/downloader/__init__.py:_process_queue.
        """
        for slot in self.crawler.engine.downloader.slots.values():
            # Also for requests that waited for robots.txt and are queued now.
            slot.delay = 0
            slot.close()
            while slot.queue:
                _, downloaded = slot.queue.popleft()
                downloaded.errback(RefusedRequest(Status.NETWORK_ERROR, "the crawl was cancelled"))

    def _end_if_cancelled(self) -> None:
        if self.is_cancelled:
            raise CutOff

    @contextmanager
    def _ended_by_cancelling(self) -> Iterator[None]:
        """Close a spider that was cancelled before its engine ran. A closing spider must not be closed again."""
        try:
            yield
        except CutOff:
            if self._ending is None:
                raise CloseSpider("cancelled") from None

    def fail(self, error: DictcrawlerError) -> None:
        """Remember the error that ends this crawl early; the caller closes the spider."""
        if self.failure is None and not self.is_cancelled:
            self.failure = error
            logger.error("%s", error)
            self.crawler.signals.send_catch_log(crawl_failed)

    def give_up(self, error: DictcrawlerError) -> None:
        """End this crawl at once because of an error, with the requests in progress."""
        self.fail(error)
        self.cancel()

    @contextmanager
    def _ended_by(self, kind: type[DictcrawlerError]) -> Iterator[None]:
        try:
            yield
        except kind as error:
            self.fail(error)
            self._end_if_cancelled()
            raise CloseSpider("failed") from error

    async def _questions(self) -> AsyncIterator[Request]:
        canary = await self._canary_request()
        if canary is not None:
            yield canary
            await self._canary_is_over.wait()
        if self.part.kind == "begin":
            await self.in_thread(self.run.share, self.part.words, self.part.lanes)
            return
        asker = Asker(self.given, self._open_source(), self.run.id, self.wall, self.boundary)
        # A part of a run leaves them out: they are in the ledger already. In a whole run they are items too.
        invalid = iter(()) if self.part.slice is not None else self.run.invalid()
        while lookups := list(islice(invalid, WITHOUT_REQUEST_AT_ONCE)):
            yield await self._without_request(_each(lookups))
        waiting: list[KeywordLine] = []
        for word, known in self._pending():
            await self._room.acquire()
            with self.boundary.around(word.normalized) as caught:
                request = self._first_request(word, asker, known)
            if caught.defect is not None:
                self._room.release()
                outcome = asker.unanswered(word).answered(Status.PARSE_ERROR, error=caught.defect)
                yield await self._without_request(_each([outcome]))
                continue
            if request is not None:
                yield request
                continue
            self._room.release()
            waiting.append(word)
            if len(waiting) == WITHOUT_REQUEST_AT_ONCE:
                yield await self._without_request(self._outcomes(waiting, asker))
                waiting = []
        if waiting:
            yield await self._without_request(self._outcomes(waiting, asker))

    async def _without_request(self, outcomes: AsyncIterator[Lookup]) -> Request:
        """A request that is never sent, for outcomes that need none; only one is in progress at a time."""
        await self._without_request_turn.acquire()
        return Request(
            NO_REQUEST_URL,
            callback=self.answer_without_request,
            cb_kwargs={"outcomes": outcomes},
            meta={NO_REQUEST: True},
            dont_filter=True,
        )

    async def answer_without_request(
        self, _response: Response, outcomes: AsyncIterator[Lookup]
    ) -> AsyncIterator[Lookup]:
        """The callback for outcomes without a request."""
        try:
            with suppress(CutOff), self._ended_by(DictcrawlerError):
                async for lookup in outcomes:
                    yield lookup
        finally:
            self._without_request_turn.release()

    async def _outcomes(self, words: Sequence[KeywordLine], asker: Asker) -> AsyncIterator[Lookup]:
        for word in words:
            async with self._scopes.open():
                lookup = await asker.ask(word, self._fetcher(word))
            yield lookup

    def _pending(self) -> Iterator[tuple[KeywordLine, Lookup | None]]:
        """The words to look up, each with its good answer of an earlier run where that can be revalidated."""
        pending = self.run.pending()
        while words := list(islice(pending, KNOWN_AT_ONCE)):
            # A capture never changes, and the sample site has a new port each time: only live pages are revalidated.
            known = self.run.known(words) if self.given.source == "live" else {}
            yield from ((word, known.get(word.slug or "")) for word in words)

    def _first_request(self, word: KeywordLine, asker: Asker, known: Lookup | None) -> Request | None:
        """The first request of a word's coroutine, conditional if the word has an earlier answer.

        ``None`` behind a wall.
        """
        if self.wall.met is not None or self.boundary.stopped is not None:
            return None
        page = known.pages[0] if known is not None and known.pages else None
        url = page.url if page is not None else asker.first_url(word)
        if url is None:
            return None
        return Request(
            url,
            headers=dict(conditions(page)),
            callback=self.answer,
            errback=self.answer_failure,
            cb_kwargs={"url": url, "word": word, "asker": asker, "known": known},
            # The later requests of a word use the rest of its time.
            meta={"download_timeout": min(self._patience.timeout, self._patience.deadline)},
            dont_filter=True,
        )

    async def _canary_request(self) -> Request | None:
        """The canary's request, before a long list."""
        is_short = self.run.count_pending() < self.settings.getint("CANARY_MIN_WORDS")
        # A file has no wall, and need not have this word. For a slice, the run itself has looked it up.
        if is_short or self.given.warc is not None or self.part.slice is not None:
            return None
        if self.run.refused.problem(self.given.dictionary.slug(self.given.dictionary.canary)) is not None:
            logger.warning("no canary: %r was removed on request", self.given.dictionary.canary)
            return None
        self._canary = canary = Canary(self.given.dictionary, self.run)
        asker = Asker(
            replace(self.given, homographs="first"), self._open_source(), self.run.id, self.wall, self.boundary
        )
        request = self._first_request(canary.word, asker, None)
        if request is None:
            # Its outcome is known without a request.
            async with self._scopes.open():
                canary.judge(await asker.ask(canary.word, self._fetcher(canary.word)))
        else:
            await self._room.acquire()
        return request

    def answer(
        self, response: Response, url: str, word: KeywordLine, asker: Asker, known: Lookup | None
    ) -> AsyncIterator[Lookup]:
        """The callback of a word's first request; it awaits all further pages of the word."""
        return self._outcome(word, asker, Attempt(url, cast(Request, response.request), response), known)

    def answer_failure(self, failure: Failure) -> AsyncIterator[Lookup]:
        """The errback of a word's first request: the word may be retried, or fetched from another address."""
        request = cast(Request, failure.request)  # type: ignore[attr-defined]  # Scrapy sets it
        given = request.cb_kwargs
        first = Attempt(given["url"], request, error_of(failure))
        return self._outcome(given["word"], given["asker"], first, given["known"])

    async def _outcome(
        self, word: KeywordLine, asker: Asker, first: Attempt, known: Lookup | None
    ) -> AsyncIterator[Lookup]:
        try:
            with suppress(CutOff), self._ended_by(DictcrawlerError):
                async with self._scopes.open():
                    lookup = await asker.ask(word, self._fetcher(word, first), known)
                if self._canary is not None and word is self._canary.word:
                    self._canary.judge(lookup)
                else:
                    yield lookup
        finally:
            self._room.release()
            if self._canary is not None and word is self._canary.word:
                self._canary_is_over.set()

    def _fetcher(self, word: KeywordLine, first: Attempt | None = None) -> Fetcher:
        def keep(asked_url: str, response: Response, fetched: Fetched) -> None:
            if self.opened is None:
                return
            try:
                self.opened.pages.keep(word.slug or "", asked_url, exchange(response, fetched))
            except OSError as error:
                raise StoreError(f"the pages cannot be written: {error}") from error

        return Fetcher(self.crawler, self.wall, self._patience, first, keep)

    async def open_run(self) -> None:
        """Lock and open the store, read the word list into it and open the page source.

        :raises DictcrawlerError: when one of them fails.
        """
        self._end_if_cancelled()
        self._opening = opening_of(self.settings, self.given)
        self.opened = await self._opening.open(self._keywords(self._opening))
        self.run = self.opened.run
        # The downloader of a closing engine is closed already; it would never send the requests.
        self._end_if_cancelled()
        if self.run.part is not None:
            self.lease = Lease(Slices(self.opened.database), self.run.part, self.part.silence)
            await self.in_thread(self.lease.renew)
            self._holding = asyncio.ensure_future(self._hold(self.lease, self.part.silence / 4))
        self.source = self.opened.source
        if self.given.source == "archive":
            await self._read_capture_index(self.opened)

    async def in_thread(self, function: Callable[_Given, _Made], *args: _Given.args, **given: _Given.kwargs) -> _Made:
        """Run work on the store or the feed in a thread; `close_source` waits for it.

        :raises RuntimeError: before the run is opened.
        """
        if self._opening is None:
            raise RuntimeError("the run is not being opened yet")
        return await self._opening.threads.call(function, *args, **given)

    async def _hold(self, lease: Lease, interval: float) -> None:
        self.give_up(await hold_lease(lease, interval, self.in_thread))

    def _keywords(self, opening: Opening) -> Iterator[word_list.Keyword]:
        """The word list; reading it ends early when the spider is closed."""

        def stop_reading() -> None:
            if opening.threads.is_closing or self.is_cancelled:
                raise KeywordListError("stopped while the word list was read")

        if self._passed is not None:
            return _interruptible(self._passed, stop_reading)
        return keywords_of(self.settings, self.given, stop_reading)

    async def _read_capture_index(self, opened: OpenRun) -> None:
        """For a long list, read the capture index in bulk, as far as that succeeds; otherwise query it when needed."""
        count = self.run.count_pending()
        # A slice uses the index that its run has read.
        is_long = self.part.slice is None and count >= self.settings.getint("ARCHIVE_INDEX_MIN_WORDS")
        rest = self.settings.getfloat("ARCHIVE_INDEX_REST")
        wanted = WantedWords(count if is_long else 0, lambda: (word.slug or "" for word in self.run.pending()), rest)
        index = archive_index.opened(self.given, opened.database, self._fetch_of_index, wanted, self.run.started_at)
        index.in_thread = self.in_thread
        self.source = ArchiveSource(self.given, index, opened.reader)
        await index.read()

    async def _fetch_of_index(self, url: str) -> Fetched:
        """One answer of an archive's index. Nothing is retried here: after a failure the words use the replay."""
        patience = replace(self._patience, deadline=self._patience.timeout, tries=1, lane="index")
        async with self._scopes.open():
            return await Fetcher(self.crawler, self.wall, patience)(url)

    def stop_reading(self) -> None:
        """End the reading of the word list, which is in a thread, once the event loop has ended.

        A signal before the engine runs ends the loop while a run may just be opening
        (seen in Scrapy 2.19.0, crawler.py:Crawler.stop_async); without this, the process would wait for the list.
        """
        if self._opening is not None:
            self._opening.threads.is_closing = True

    async def close_source(self) -> None:
        """Close everything that `open_run` opened; the locks go last, after the last write."""
        if self._holding is not None:
            self._holding.cancel()
        if self._opening is not None:
            await self._opening.close()


async def _each(lookups: Iterable[Lookup]) -> AsyncIterator[Lookup]:
    for lookup in lookups:
        yield lookup


def _interruptible(
    passed: Iterable[word_list.Keyword], stop_reading: Callable[[], None]
) -> Iterator[word_list.Keyword]:
    for keyword in passed:
        stop_reading()
        yield keyword
