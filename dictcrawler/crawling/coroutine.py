"""A crawl as a coroutine: for notebooks, web applications, tests, any running event loop."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal

from msgspec.structs import replace
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.settings import Settings

from dictcrawler import feeds
from dictcrawler.crawling.spider import KeywordSpider, read_arguments
from dictcrawler.errors import StoreError
from dictcrawler.model import Lookup
from dictcrawler.plan import word_list
from dictcrawler.plan.word_list import Keyword


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
) -> list[Lookup]:
    """Look up words in a dictionary, in the event loop that is running.

    Returns one lookup for each word, in the order of the list, with its entries inside; ``line`` is the word's place in
    the list, from 1. May be awaited again and again. If it is cancelled, it ends what is under way, closes all it has
    opened and then raises `asyncio.CancelledError`; with ``data``, what was answered by then is kept.

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
    :param base_url: with ``source="live"``, a mirror's address with ``{keyword}`` in the place of the word.
    :param warc: with ``source="warc"``, the files, as a pattern such as ``crawl-*.warc.gz``.
    :param refresh: what is requested again of the words that ``data`` has answers for.
    :param resume: ``no``: begin a new run even if ``data`` has an unfinished one of the same words.
    :param feed: the name of the published feed in ``data``, for a second list of the same dictionary.
    :param data: the folder of the store, the kept pages and the published feeds. Without it nothing is kept.
    :param overrides: settings, as with ``scrapy crawl -s``, such as ``{"CONTACT": "mailto:you@example.org"}``.
    :raises DictcrawlerError: when the crawl cannot begin, or ends before every word has an outcome.
    """
    given = {
        "source": source, "edition": edition, "language": language, "translations": translations,
        "homographs": homographs, "archive": archive, "index": index, "before": before, "base_url": base_url,
        "warc": warc, "refresh": refresh, "resume": resume, "feed": feed,
    }  # fmt: skip
    crawling = _Crawl(dictionary, {name: value for name, value in given.items() if value is not None}, data, overrides)
    keywords = word_list.passed(words)
    running = asyncio.ensure_future(crawling.run(keywords))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await _end(crawling, running)
        raise


async def _end(crawling: _Crawl, running: asyncio.Future[list[Lookup]]) -> None:
    """Cancel a crawl and wait for its end, which cancelling once more cannot hurry."""
    crawling.cancel()
    while not running.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait((running,))
    if not running.cancelled():
        running.exception()


class _Crawl:
    """One crawl. Its task is never cancelled from outside: `cancel` makes it end in order."""

    def __init__(
        self,
        dictionary: str,
        given: dict[str, str],
        data: str | Path | None,
        overrides: Mapping[str, object] | None,
    ) -> None:
        self._dictionary = dictionary
        self._given = given
        self._data = data
        # Pages in a temporary folder would be kept for nobody.
        self._settings = _settings({"PAGES_KEPT": data is not None, **(overrides or {})})
        self._crawler: Crawler | None = None
        self._is_cancelled = False
        read_arguments(dictionary, given, self._settings)

    async def run(self, keywords: list[Keyword]) -> list[Lookup]:
        """Crawl, and read what was published."""
        if self._is_cancelled:
            raise asyncio.CancelledError
        with tempfile.TemporaryDirectory(prefix="dictcrawler-") as temporary:
            self._settings.set("DATA_DIR", str(temporary if self._data is None else self._data), priority="cmdline")
            self._crawler = crawler = AsyncCrawlerRunner(self._settings).create_crawler(self._dictionary)
            await crawler.crawl_async(keywords, **self._given)
            if crawler.engine.running:
                # This task itself was cancelled, as `asyncio.run` does with all that are left; Scrapy 2.19 hides that
                # (core/engine.py, `start_async`).
                self.cancel()
                await self._spider.ended()
            if self._is_cancelled:
                raise asyncio.CancelledError
            return await asyncio.get_running_loop().run_in_executor(None, self._lookups)

    def cancel(self) -> None:
        """End the crawl at once."""
        self._is_cancelled = True
        if self._crawler is not None and self._crawler.spider is not None:
            self._spider.cancel()

    @property
    def _spider(self) -> KeywordSpider:
        spider = self._crawler and self._crawler.spider
        if not isinstance(spider, KeywordSpider):
            raise TypeError(f"{spider!r} is no KeywordSpider")
        return spider

    def _lookups(self) -> list[Lookup]:
        if self._spider.failure is not None:
            raise self._spider.failure
        published = self._spider.published
        if published is None:
            raise StoreError("the crawl stopped before every word had an outcome")
        entries = {entry.id: entry for entry in feeds.read_entries(published.folder)}
        return [
            replace(lookup, entries=tuple(entries[id_] for id_ in lookup.entry_ids))
            for lookup in feeds.read_lookups(published.folder)
        ]


def _settings(overrides: Mapping[str, object]) -> Settings:
    crawl_settings = Settings()
    crawl_settings.setmodule("dictcrawler.settings", priority="project")
    # A loop that is already running belongs to its owner: Scrapy must not bring a reactor of its own.
    ours = {"TWISTED_REACTOR_ENABLED": False, "PROGRESS_BAR": False}
    crawl_settings.setdict({**ours, **overrides}, priority="cmdline")
    return crawl_settings
