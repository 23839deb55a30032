"""The capture index of a web archive: the captures of each page, as far as the index lists them.

It saves requests to the replay. An archive answers about 24 index queries a minute but 8 pages a second, so for a
long word list, the addresses that share the dictionary's prefix are read in bulk and kept in the store. A missing
entry proves nothing: every day the public archive's index sends empty and partial answers, errors, and long silences.
It then gets a pause, during which words are looked up in the replay (`dictcrawler.lookup.archive`).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Protocol
from urllib.parse import urlencode

from dictcrawler.errors import FetchError, PageError
from dictcrawler.lookup import cdx
from dictcrawler.lookup.cdx import IndexPage
from dictcrawler.lookup.index_slices import UNLIMITED, IndexSlice, IndexSlices
from dictcrawler.lookup.source import Fetch, status_error
from dictcrawler.model import Status
from dictcrawler.net.fetched import Fetched
from dictcrawler.net.forms import address_key, is_same_page
from dictcrawler.net.memento import timestamp_of
from dictcrawler.net.pace import retry_after
from dictcrawler.plan.arguments import CrawlArguments
from dictcrawler.storage.captures import Captures, Listed
from dictcrawler.storage.database import Database

logger = logging.getLogger(__name__)

MAX_CAPTURES = 5
"""Captures of one address that are tried before it counts as not archived."""
MAX_AGE = timedelta(days=90)
"""Captures of a closed site hardly change: a slice of the index is read again only after this time."""
MOST_RESTS = 12
"""The longest rest, as a multiple of the first."""
LONGEST_WAIT = 3600.0
"""Seconds of a ``Retry-After`` that are obeyed."""
LEAST_PAGES, LEAST_SECONDS = 20, 30.0
"""The share of the index that may be read at a time, however few words there are: answers, seconds."""
WORDS_A_PAGE, WORDS_A_SECOND = 2, 4
"""One further answer, or second, for so many words: without the index a word costs a request or two."""
FEW_WORDS = 25
"""For this many words or fewer, no slice is read in bulk."""
MOST_PAGES = 1_000
"""Most answers for one slice: more than any dictionary has captures for."""


_REFUSALS = frozenset({Status.BLOCKED, Status.DISALLOWED, Status.RATE_LIMITED})


InThread = Callable[..., Awaitable[object]]
"""Calls a function with its arguments in a thread."""


class CaptureIndex(Protocol):
    """The captures of an archive, as far as they are known.

    ``is_complete``: there are no captures except those listed, so the replay need not be searched.
    """

    is_complete: bool

    def listed(self, address: str) -> tuple[Listed, ...]:
        """The captures of a page that are known without a request, newest first."""

    async def ask(self, address: str) -> tuple[Listed, ...]:
        """Query the index for the captures of a page that has some; none when it cannot be queried now."""

    async def read_on(self) -> None:
        """Called before each word: reads more of the index when it is time."""


@dataclass(slots=True)
class Availability:
    """Whether the index may be queried now: after two failures in a row it rests for some seconds.

    Each further failure doubles the rest.
    """

    rest: float
    clock: Callable[[], float]
    _failures: int = 0
    _free_at: float = 0.0

    @property
    def is_resting(self) -> bool:
        """Whether not to query it now."""
        return self.clock() < self._free_at

    def succeeded(self) -> None:
        """Record an answer."""
        self._failures = 0

    def failed(self, error: FetchError | PageError) -> None:
        """Record a failure: no answer, or not that of an index. A refusal starts the rest at once."""
        is_refusal = isinstance(error, FetchError) and error.status in _REFUSALS
        self._failures = max(self._failures + 1, 2 if is_refusal else 1)
        if self._failures == 1:
            logger.info("the capture index did not answer: %s", error)
            return
        self._pause(self.rest * min(2 ** (self._failures - 2), MOST_RESTS))
        seconds = self._free_at - self.clock()
        logger.warning("the capture index is not queried for %g s, the replay is used instead: %s", seconds, error)

    def postponed(self, answer: Fetched) -> None:
        """Obey the ``Retry-After`` of an answer, up to `LONGEST_WAIT`."""
        value = answer.headers.get("retry-after", "").encode("latin-1", "replace")
        self._pause(min(retry_after(value, datetime.now(UTC)), LONGEST_WAIT))

    def _pause(self, seconds: float) -> None:
        self._free_at = max(self._free_at, self.clock() + seconds)


@dataclass(slots=True)
class ArchiveIndex:
    """The index of an archive over HTTP; ``fetch`` fetches one of its answers.

    ``slices`` are read in bulk into ``captures``: some at the beginning, more from time to time during the crawl.
    ``words`` is the number of words left. Without slices only `ask` queries the index. ``rest`` is in seconds: how
    long the index rests after failures, and between two turns of reading in bulk. ``in_thread`` writes to the store: a
    crawl that ends waits for what it has begun.
    """

    arguments: CrawlArguments
    captures: Captures
    fetch: Fetch
    slices: IndexSlices
    words: int = 0
    rest: float = 300.0
    clock: Callable[[], float] = time.monotonic
    in_thread: InThread = asyncio.to_thread
    is_complete: bool = field(default=False, init=False)
    _availability: Availability = field(init=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _next_turn: float = field(default=0.0, init=False)
    _is_reading: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._availability = Availability(self.rest, self.clock)

    def listed(self, address: str) -> tuple[Listed, ...]:
        """The captures of a page from the slices read so far, newest first."""
        return self.captures.of_address(address, MAX_CAPTURES)

    async def ask(self, address: str) -> tuple[Listed, ...]:
        """Query the index for one page that has captures, unless its slice was read or the index rests."""
        # One at a time: after a refusal, those that waited must not be sent too, each after a long pause.
        async with self._turn:
            return await self._captures_of(address)

    async def _captures_of(self, address: str) -> tuple[Listed, ...]:
        if self._availability.is_resting or self.slices.was_read(address):
            return ()
        try:
            page = await self._page({"url": address})
        except (FetchError, PageError) as error:
            self._availability.failed(error)
            return ()
        if page.rows == 0:
            # The replay has served a capture of it: this index is incomplete.
            self._availability.failed(FetchError(Status.HTTP_ERROR, f"it does not list {address}, which was captured"))
            return ()
        self._availability.succeeded()
        found = {each for each in page.captures if is_same_page(each.original, address)}
        return tuple(_newest_first(found, self._day)[:MAX_CAPTURES])

    async def read_on(self) -> None:
        """Read more slices when it is time. The current word waits for that, the others continue."""
        self.words -= 1
        if self.words > FEW_WORDS:
            await self.read()

    async def read(self) -> None:
        """Read slices until all are read, the index fails, or its share of the time is used up."""
        if self._is_reading or not self.slices or self._availability.is_resting or self.clock() < self._next_turn:
            return
        self._is_reading = True
        try:
            await self._read_slices()
        finally:
            self._is_reading = False
            self._next_turn = self.clock() + self.rest

    async def _read_slices(self) -> None:
        logger.info("reading the capture index %s", self.arguments.index)
        pages = LEAST_PAGES + self.words // WORDS_A_PAGE
        until = self.clock() + max(LEAST_SECONDS, self.words / WORDS_A_SECOND)
        while self.slices and pages > 0 and self.clock() < until and not self._availability.is_resting:
            pages -= 1
            part = self.slices.first
            try:
                page = await self._page(self._query(part))
            except (FetchError, PageError) as error:
                self._fail(part, error)
            else:
                self._availability.succeeded()
                await self._take(part, page)
        if self.slices:
            logger.info(
                "the rest of the capture index is read later; words that are not listed are looked up in the replay"
            )

    def _query(self, part: IndexSlice) -> dict[str, str]:
        query = {
            "url": part.beginning,
            "matchType": "prefix",
            # The only spelling of a filter that both the Wayback Machine and pywb understand; `cdx` filters the rest.
            "filter": "!statuscode:404",
            "showResumeKey": "true",
            "limit": str(part.limit),
        }
        return query if part.resume_key is None else {**query, "resumeKey": part.resume_key}

    @property
    def _day(self) -> str:
        return timestamp_of(self.arguments.before)

    async def _page(self, query: dict[str, str]) -> IndexPage:
        answer = await self.fetch(f"{self.arguments.index}?{urlencode({**query, 'output': 'json', 'to': self._day})}")
        if answer.status == HTTPStatus.NOT_FOUND:
            return IndexPage(0, ())
        if answer.status != HTTPStatus.OK:
            self._availability.postponed(answer)
            raise status_error(answer)
        # Parsed in a thread, as it is written in one: 20,000 rows would block the loop for half a second.
        return await asyncio.to_thread(cdx.read_page, answer.text)

    async def _take(self, part: IndexSlice, page: IndexPage) -> None:
        """Store an answer and choose the next query."""
        if page.resume_key is None and page.rows >= part.limit:
            # A server without resume keys truncates the answer silently (pywb 2.10.0 has none,
            # https://github.com/webrecorder/pywb/issues/34): request all rows at once.
            part.limit = UNLIMITED
            return
        if page.resume_key in part.keys or len(part.keys) >= MOST_PAGES:
            logger.warning("the capture index is endless: the rest of %s* is not read", part.beginning)
            self.slices.end(is_read=False)
            return
        if part.resume_key is None:
            await self.in_thread(self.captures.forget, part.beginning)
        part.captures += len(page.captures)
        part.failures = 0
        # A slice without captures may be a fault of the index: the next crawl reads it again.
        is_read = page.resume_key is None and part.captures > 0
        if page.resume_key is not None or is_read:
            captures = _newest_of_each(page.captures, self._day)
            await self.in_thread(self.captures.add, part.beginning, captures, page.resume_key)
        if page.resume_key is None:
            self.slices.end(is_read=is_read)
            return
        part.resume_key = page.resume_key
        part.keys.add(page.resume_key)

    def _fail(self, part: IndexSlice, error: FetchError | PageError) -> None:
        """Request fewer rows next time if that may help, and let the index rest if it does not answer at all."""
        status = error.http_status if isinstance(error, FetchError) else None
        if isinstance(error, FetchError) and error.status is Status.TOO_LARGE:
            self.slices.shrink()
        elif part.resume_key is not None and status in _REFUSALS_OF_A_KEY:
            self.slices.split()
        else:
            self._availability.failed(error)
            if status is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                self.slices.shrink()


_REFUSALS_OF_A_KEY = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.GONE, HTTPStatus.REQUEST_URI_TOO_LONG})


def _newest_first(captures: Iterable[Listed], before: str) -> list[Listed]:
    listed = (each for each in captures if each.timestamp <= before)
    return sorted(listed, key=lambda each: each.timestamp, reverse=True)


def _newest_of_each(captures: Iterable[Listed], before: str) -> Iterator[Listed]:
    """The newest captures of each page, up to a day."""
    of_page: defaultdict[str, list[Listed]] = defaultdict(list)
    for each in captures:
        of_page[address_key(each.original)].append(each)
    for found in of_page.values():
        yield from _newest_first(set(found), before)[:MAX_CAPTURES]


@dataclass(frozen=True, slots=True)
class WantedWords:
    """The words for which an index is read in bulk: how many there are, and their slugs. Without words nothing is read.

    ``rest`` is that of `ArchiveIndex`.
    """

    count: int
    slugs: Callable[[], Iterator[str]]
    rest: float


def opened(
    arguments: CrawlArguments, database: Database, fetch: Fetch, wanted: WantedWords, started_at: datetime
) -> ArchiveIndex:
    """The index of a crawl's archive; a refresh reads again the slices that were read before ``started_at``."""
    captures = Captures(database, index_key(arguments))
    since = started_at if arguments.refresh in ("all", "failed") else started_at - MAX_AGE
    slices = IndexSlices(bases(arguments) if wanted.count else (), wanted.slugs, captures.slices(), since)
    return ArchiveIndex(arguments, captures, fetch, slices, wanted.count, wanted.rest)


def index_key(arguments: CrawlArguments) -> str:
    """Identifies one reading of an index: its URL, the prefixes of the edition's addresses, and the day."""
    return " ".join((arguments.index, *bases(arguments), arguments.before.date().isoformat()))


def bases(arguments: CrawlArguments) -> tuple[str, ...]:
    """The prefixes of all addresses of the edition, each once."""
    templates = arguments.dictionary.editions[arguments.edition].addresses
    return tuple(dict.fromkeys(template.split("{slug}")[0] for template in templates))
