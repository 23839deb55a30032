"""The spider that fetches the recordings of a feed with the crawl's fetcher and pace, with one outcome for each."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Self

import msgspec
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider

from dictcrawler import feeds
from dictcrawler.crawling.arguments import be_polite
from dictcrawler.crawling.bounded import BoundedSpider
from dictcrawler.crawling.fetcher import Fetcher, Patience
from dictcrawler.crawling.spider import KeywordSpider
from dictcrawler.dictionaries import SoundTerms
from dictcrawler.errors import DictcrawlerError, FetchError, WallPage
from dictcrawler.feeds.sounds import Sound, SoundStatus, pronunciations_of
from dictcrawler.lookup.bot_walls import Wall
from dictcrawler.lookup.sounds import ArchivedSounds, FetchedSound, LiveSounds, NotASound, SoundSource
from dictcrawler.model import Status, instant
from dictcrawler.plan.arguments import CrawlArguments
from dictcrawler.storage.sounds import SoundStore

if TYPE_CHECKING:
    from dictcrawler.sample.site import RunningSite

logger = logging.getLogger(__name__)

AT_ONCE = 16
"""Recordings in progress at once; the pace of their host applies in addition."""

# Outcomes that may be different on another day.
PASSING: frozenset[SoundStatus] = frozenset({"blocked", "rate_limited", "disallowed", "http_error", "network_error"})
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_STATUSES: dict[Status, SoundStatus] = {
    Status.NOT_ARCHIVED: "not_archived",
    Status.BLOCKED: "blocked",
    Status.RATE_LIMITED: "rate_limited",
    Status.DISALLOWED: "disallowed",
    Status.NETWORK_ERROR: "network_error",
    Status.TOO_LARGE: "too_large",
}
_SAMPLE_TERMS = SoundTerms(license="CC0-1.0", license_url=None, author=None)


class WantedSound(msgspec.Struct, frozen=True):
    """A recording that a feed names: its addresses, the best one first, its own page, and the dictionary's rights."""

    addresses: tuple[str, ...]
    page: str | None
    rights: str


class SoundPlan(msgspec.Struct):
    """The recordings to fetch and the store for them, at the pace that the dictionary's own spider declares.

    ``counts`` is the number of each outcome so far; ``show`` is called with every outcome.
    """

    given: CrawlArguments
    declared: type[KeywordSpider]
    store: SoundStore
    wanted: tuple[WantedSound, ...]
    counts: Counter[str] = msgspec.field(default_factory=Counter)
    show: Callable[[int, Counter[str]], None] = lambda *_: None

    @property
    def due(self) -> tuple[WantedSound, ...]:
        """Recordings not fetched yet, except those known to be gone (unless ``refresh=`` includes them)."""
        return tuple(each for each in self.wanted if self._is_due(each))

    def _is_due(self, wanted: WantedSound) -> bool:
        url, rule = wanted.addresses[0], self.given.refresh
        known = self.store.outcomes.get(url)
        if known is None or rule == "all":
            return True
        if known.status == "fetched":
            # A recording whose page was not read has no licence yet.
            return not self.store.has(url) or known.error is not None
        return known.status in PASSING or rule == "failed"


def wanted_in(run: Path) -> Iterator[WantedSound]:
    """The recordings that the entries of a run name, each once.

    :raises FeedError: when the run cannot be read.
    """
    seen = set()
    for entry in feeds.read_entries(run):
        for said in pronunciations_of(entry):
            if said.sound_file is not None and said.sound_file not in seen:
                seen.add(said.sound_file)
                addresses = (said.sound_file, *said.alternate_sound_files)
                yield WantedSound(addresses, said.sound_page, entry.source.rights)


class SoundSpider(BoundedSpider):
    """Fetches the recordings of a `SoundPlan`. ``failure`` is the error that stopped it."""

    name = "sounds"
    custom_settings = {  # noqa: RUF012 - a plain dict in Scrapy's own declaration
        "ITEM_PIPELINES": {},
        "EXTENSIONS": {
            "scrapy.extensions.logstats.LogStats": None,
            "scrapy.extensions.spiderstate.SpiderState": None,
            "scrapy.extensions.telnet.TelnetConsole": None,
            "scrapy.extensions.remote_control.RemoteControl": None,
        },
    }

    source: SoundSource | None = None
    failure: DictcrawlerError | None = None

    def __init__(self, plan: SoundPlan) -> None:
        super().__init__()
        self.given = plan.given
        self._plan = plan
        self._sample_site: RunningSite | None = None
        self._patience: Patience

    @classmethod
    def from_crawler(cls, crawler: Crawler, plan: SoundPlan) -> Self:
        """Build the spider with the settings of a crawl of the dictionary."""
        spider = cls(plan)
        crawler.settings.setdict(plan.declared.custom_settings or {}, priority="spider")
        be_polite(crawler.settings, plan.given, plan.declared.shortest_delay, plan.declared.most_at_once)
        spider._set_crawler(crawler)
        spider._patience = Patience.of_words(crawler.settings)
        spider.wall = Wall(stops=crawler.settings.getbool("WALL_STOPS"))
        crawler.signals.connect(spider.close_source, signal=signals.engine_stopped)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Fetch all recordings here; Scrapy's scheduler gets no request."""
        try:
            self.source = source = await self._open_source()
            await self._fetch_all(source)
        except DictcrawlerError as error:
            self.failure = error
            logger.error("%s", error)  # noqa: TRY400 - for the operator
            raise CloseSpider("failed") from error
        no_requests: tuple[Request, ...] = ()
        for request in no_requests:
            yield request

    async def close_source(self) -> None:
        """Stop the sample site."""
        if self._sample_site is not None:
            await self._sample_site.stop()

    async def _open_source(self) -> SoundSource:
        given = self.given
        if given.source == "archive":
            return ArchivedSounds(given)
        if given.source == "live":
            return LiveSounds(given.dictionary, None if given.base_url is None else _origin(given.base_url))
        from dictcrawler.sample import site  # noqa: PLC0415 - slow to load, and only the sample needs it

        self._sample_site = await site.start(dictionary=given.dictionary.name)
        return LiveSounds(given.dictionary, self._sample_site.url)

    async def _fetch_all(self, source: SoundSource) -> None:
        """A few at once, from one list; an error of the store ends them all."""
        waiting = iter(self._plan.due)

        async def work() -> None:
            for wanted in waiting:
                sound = await self._outcome(wanted, source)
                self._plan.store.record(sound)
                self._plan.counts[sound.status] += 1
                self._plan.show(self._plan.counts.total(), self._plan.counts)

        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(AT_ONCE):
                    workers.create_task(work())
        except BaseExceptionGroup as group:
            expected, others = group.split(DictcrawlerError)
            if expected is None or others is not None:
                raise
            raise expected.exceptions[0] from group

    async def _outcome(self, wanted: WantedSound, source: SoundSource) -> Sound:
        """Fetch the recording from the first of its addresses that has one."""
        outcome: Sound | None = None
        for address in wanted.addresses:
            try:
                found = await source.recording(address, self._fetcher())
            except WallPage as error:
                self.wall.meet(error)
                outcome = outcome or _failed(wanted, "blocked", error)
            except FetchError as error:
                outcome = outcome or _failed(wanted, _status(error), error)
            else:
                return await self._kept(wanted, source, found)
        assert outcome is not None  # noqa: S101 - there is an address
        return outcome

    def _fetcher(self) -> Fetcher:
        return Fetcher(self.crawler, self.wall, self._patience)

    async def _kept(self, wanted: WantedSound, source: SoundSource, found: FetchedSound) -> Sound:
        """Store the recording with its author and licence."""
        terms, problem = await self._terms(wanted, source)
        name, digest = self._plan.store.keep(found.fetched.body, found.kind.suffix)
        return Sound(
            url=wanted.addresses[0],
            status="fetched",
            file=name,
            bytes=len(found.fetched.body),
            media_type=found.kind.media_type,
            sha256=digest,
            retrieved_from=found.fetched.url,
            archived_at=found.archived_at,
            fetched_at=found.fetched.fetched_at,
            error=problem,
            page=wanted.page,
            license=terms.license,
            license_url=terms.license_url,
            author=terms.author,
            rights=wanted.rights,
        )

    async def _terms(self, wanted: WantedSound, source: SoundSource) -> tuple[SoundTerms, str | None]:
        """Author and licence, and the reason when they are unknown."""
        unknown = SoundTerms(license=None, license_url=None, author=None)
        read = self.given.dictionary.sound_terms
        if wanted.page is None or read is None:
            return (_SAMPLE_TERMS if self.given.source == "sample" else unknown), None
        try:
            return read(await source.page(wanted.page, self._fetcher())), None
        except WallPage as error:
            self.wall.meet(error)
            return unknown, f"{wanted.page}: {error}"
        except FetchError as error:
            return unknown, f"{wanted.page}: {error}"


def _failed(wanted: WantedSound, status: SoundStatus, error: Exception) -> Sound:
    return Sound(
        url=wanted.addresses[0],
        status=status,
        error=str(error) or type(error).__name__,
        fetched_at=instant(),
        page=wanted.page,
        rights=wanted.rights,
    )


def _status(error: FetchError) -> SoundStatus:
    if isinstance(error, NotASound):
        return "not_a_sound"
    if error.http_status in _GONE:
        return "not_found"
    return _STATUSES.get(error.status, "http_error")


def _origin(template: str) -> str:
    """Scheme, host and port of a mirror."""
    return "/".join(template.split("/", 3)[:3])
