"""A crawl as a coroutine: for notebooks, web applications, tests, any running event loop."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal, Self

from msgspec.structs import replace
from scrapy import signals
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.settings import Settings
from scrapy.utils.reactor import is_reactor_installed

from dictcrawler import feeds
from dictcrawler.crawling.arguments import read_arguments
from dictcrawler.crawling.checked_settings import refuse_no_tables
from dictcrawler.crawling.lookups import Lookups
from dictcrawler.crawling.spider import KeywordSpider
from dictcrawler.errors import ReactorInstalled, StoreError
from dictcrawler.model import Lookup
from dictcrawler.plan import word_list


async def crawl(  # noqa: PLR0913 - each can be completed in a notebook
    words: Iterable[str],
    *,
    dictionary: str = "macmillan",
    source: Literal["archive", "live", "sample", "warc"] | None = None,
    edition: str | None = None,
    language: str | None = None,
    translations: Literal["yes", "no"] | None = None,
    homographs: Literal["all", "first"] | None = None,
    archive: str | None = None,
    index: str | None = None,
    before: str | None = None,
    base_url: str | None = None,
    warc: str | None = None,
    refresh: str | None = None,
    resume: Literal["yes", "no"] | None = None,
    feed: str | None = None,
    data: str | Path | None = None,
    overrides: Mapping[str, object] | None = None,
    progress: bool = False,
) -> Lookups:
    """Look up words in a dictionary, in the running event loop.

    Returns one lookup for each word, in the order of the list, with its entries inside; ``line`` is the word's place in
    the list, from 1. Several crawls may run one after another or at once in a loop. If a crawl is cancelled, it ends
    its requests, closes everything it has opened and then raises `asyncio.CancelledError`; with ``data``, the answers
    so far are kept.

    :param words: a list of words, or anything else to iterate over.
    :param dictionary: ``macmillan``, ``oxford``, ``longman``, ``wiktionary`` or another one that is installed.
    :param source: ``archive``: a web archive, the default for a closed site; ``live``: the dictionary's site, the
        default for a living one; ``warc``: WARC files; ``sample``: invented entries, served on this machine.
    :param edition: such as ``british``; each dictionary has a default.
    :param language: for ``wiktionary``, the words of another language, such as ``Old English``.
    :param translations: for ``wiktionary``, ``yes``: the words of other languages, on each sense.
    :param homographs: ``first``: do not follow the links to further homographs.
    :param archive: the replay prefix of another archive, such as a pywb collection's.
    :param index: the address of that archive's capture index, if it is not the usual one.
    :param before: ``2021-12-31``: the newest capture up to that day.
    :param base_url: with ``source="live"``, a mirror's address with ``{keyword}`` in place of the word.
    :param warc: with ``source="warc"``, the files, as a pattern such as ``crawl-*.warc.gz``.
    :param refresh: which of the words with an answer in ``data`` are requested again.
    :param resume: ``no``: begin a new run even if ``data`` has an unfinished one of the same words.
    :param feed: the name of the published feed in ``data``, for a second list of the same dictionary.
    :param data: the folder of the store, the kept pages and the published feeds. Without it nothing is kept.
    :param overrides: settings, as with ``dictcrawler crawl -s``, such as ``{"CONTACT": "mailto:you@example.org"}``.
    :param progress: show a progress bar, below the cell of a notebook or on a terminal.
    :raises DictcrawlerError: when the crawl cannot begin, or ends before every word has an outcome.
    """
    given = _given(
        source=source, edition=edition, language=language, translations=translations, homographs=homographs,
        archive=archive, index=index, before=before, base_url=base_url, warc=warc, refresh=refresh, resume=resume,
        feed=feed,
    )  # fmt: skip
    async with _Crawl(words, dictionary, given, _settings(data, overrides, progress=progress)) as crawling:
        return Lookups(await crawling.unseen())


async def stream(  # noqa: PLR0913 - as above
    words: Iterable[str],
    *,
    dictionary: str = "macmillan",
    source: Literal["archive", "live", "sample", "warc"] | None = None,
    edition: str | None = None,
    language: str | None = None,
    translations: Literal["yes", "no"] | None = None,
    homographs: Literal["all", "first"] | None = None,
    archive: str | None = None,
    index: str | None = None,
    before: str | None = None,
    base_url: str | None = None,
    warc: str | None = None,
    refresh: str | None = None,
    resume: Literal["yes", "no"] | None = None,
    feed: str | None = None,
    data: str | Path | None = None,
    overrides: Mapping[str, object] | None = None,
    progress: bool = False,
) -> AsyncGenerator[Lookup, None]:
    """Look up words as `crawl` does, with the same arguments, and yield each lookup as soon as it is known.

    ``async for lookup in dictcrawler.stream(words)``. The order is that of the answers; words that need no request
    because ``data`` has them, and words that were in the list before, come at the end. Leaving the loop ends the
    crawl: soon after, or at once with `contextlib.aclosing`.

    :raises DictcrawlerError: as `crawl`, after the lookups known by then.
    """
    given = _given(
        source=source, edition=edition, language=language, translations=translations, homographs=homographs,
        archive=archive, index=index, before=before, base_url=base_url, warc=warc, refresh=refresh, resume=resume,
        feed=feed,
    )  # fmt: skip
    answers: asyncio.Queue[Lookup | None] = asyncio.Queue()
    async with _Crawl(words, dictionary, given, _settings(data, overrides, progress=progress), answers) as crawling:
        while (lookup := await answers.get()) is not None:
            yield lookup
        for lookup in await crawling.unseen():
            yield lookup


def _given(**arguments: str | None) -> dict[str, str]:
    return {name: value for name, value in arguments.items() if value is not None}


class _Crawl:
    """One crawl, from entering to leaving its block; its ``answers`` come as they are stored, ``None`` at the end.

    Its task is never cancelled from outside: Scrapy would suppress that and continue
    (seen in Scrapy 2.19.0, core/engine.py:start_async).
    """

    def __init__(
        self,
        words: Iterable[str],
        dictionary: str,
        given: dict[str, str],
        settings: Settings,
        answers: asyncio.Queue[Lookup | None] | None = None,
    ) -> None:
        if is_reactor_installed():
            raise ReactorInstalled(type(sys.modules["twisted.internet.reactor"]).__name__)
        read_arguments(dictionary, given, settings)
        self._keywords = word_list.passed(words)
        self._dictionary = dictionary
        self._given = given
        self._settings = settings
        self._answers = answers
        self._seen: set[int] = set()
        self._crawler: Crawler | None = None
        self._is_cancelled = False

    async def __aenter__(self) -> Self:
        self._running = asyncio.ensure_future(self._run())
        self._running.add_done_callback(self._end_answers)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Wait for the end, which has been hastened if the block was left before; a second cancellation cannot."""
        if not self._running.done():
            self._cancel()
        while not self._running.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait((self._running,))
        if not self._running.cancelled():
            self._running.exception()

    async def unseen(self) -> list[Lookup]:
        """Wait for the end and return the lookups that were not among the ``answers``, in the order of the words."""
        return await asyncio.shield(self._running)

    async def _run(self) -> list[Lookup]:
        if self._is_cancelled:
            raise asyncio.CancelledError
        with tempfile.TemporaryDirectory(prefix="dictcrawler-") as temporary:
            if self._settings["DATA_DIR"] is None:
                self._settings.set("DATA_DIR", temporary, priority="cmdline")
            self._crawler = crawler = AsyncCrawlerRunner(self._settings).create_crawler(self._dictionary)
            crawler.signals.connect(self._answer, signal=signals.item_scraped)
            await crawler.crawl_async(self._keywords, **self._given)
            if crawler.engine.running:
                # `asyncio.run` cancels all tasks that are left at its end, this one too.
                self._cancel()
                await self._spider.ended()
            if self._is_cancelled:
                raise asyncio.CancelledError
            return await asyncio.get_running_loop().run_in_executor(None, self._read)

    def _answer(self, item: Lookup) -> None:
        if self._answers is not None:
            self._seen.add(item.line)
            self._answers.put_nowait(replace(item, pages=()))

    def _end_answers(self, _: asyncio.Future[list[Lookup]]) -> None:
        if self._answers is not None:
            self._answers.put_nowait(None)

    def _cancel(self) -> None:
        self._is_cancelled = True
        if self._crawler is not None and self._crawler.spider is not None:
            self._spider.cancel()

    @property
    def _spider(self) -> KeywordSpider:
        spider = self._crawler and self._crawler.spider
        if not isinstance(spider, KeywordSpider):
            raise TypeError(f"{spider!r} is not a KeywordSpider")
        return spider

    def _read(self) -> list[Lookup]:
        """The published lookups, without those seen already."""
        if self._spider.failure is not None:
            raise self._spider.failure
        published = self._spider.published
        if published is None:
            raise StoreError("the crawl stopped before every word had an outcome")
        lookups = [each for each in feeds.read_lookups(published.folder) if each.line not in self._seen]
        wanted = {id_ for lookup in lookups for id_ in lookup.entry_ids}
        entries = {entry.id: entry for entry in feeds.read_entries(published.folder) if entry.id in wanted}
        return [replace(each, entries=tuple(entries[id_] for id_ in each.entry_ids)) for each in lookups]


def _settings(data: str | Path | None, overrides: Mapping[str, object] | None, *, progress: bool) -> Settings:
    """The project's settings, with a ``DATA_DIR`` of ``None`` for a temporary one."""
    crawl_settings = Settings()
    crawl_settings.setmodule("dictcrawler.settings", priority="project")
    ours = {
        "DATA_DIR": None if data is None else str(data),
        # In a temporary folder they would be useless.
        "PAGES_KEPT": data is not None,
        "PROGRESS_BAR": progress,
        # A loop that is already running belongs to its owner: Scrapy must not bring a reactor of its own.
        "TWISTED_REACTOR_ENABLED": False,
    }
    refuse_no_tables(overrides or {})
    crawl_settings.setdict({**ours, **(overrides or {})}, priority="cmdline")
    return crawl_settings
