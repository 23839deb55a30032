"""A crawl as a coroutine: for notebooks, web applications, tests, any running event loop."""

from __future__ import annotations

import asyncio
import csv
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec.structs import replace
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.settings import Settings

from dictcrawler import feeds
from dictcrawler.crawling.spider import KeywordSpider, read_arguments
from dictcrawler.errors import StoreError
from dictcrawler.model import Lookup


async def crawl(
    words: Iterable[str],
    *,
    dictionary: str = "macmillan",
    data: str | Path | None = None,
    overrides: Mapping[str, object] | None = None,
    **given: str,
) -> list[Lookup]:
    """Ask a dictionary for words and return their lookups, entries inside, in the order given.

    May be awaited again and again in one loop. ``data`` is the folder of the store and the
    feeds; without it they are temporary. ``given`` are the arguments of ``scrapy crawl -a``,
    ``overrides`` those of ``-s``.

    :raises DictcrawlerError: when the crawl cannot begin, or ends before every word has an outcome.
    """
    with tempfile.TemporaryDirectory(prefix="dictcrawler-") as temporary:
        folder = Path(data) if data is not None else Path(temporary)
        # Pages in a temporary folder would be kept for nobody.
        crawl_settings = _settings(folder, {"PAGES_KEPT": data is not None, **(overrides or {})})
        read_arguments(dictionary, given, crawl_settings)
        word_list = Path(temporary) / "words.csv"
        await asyncio.get_running_loop().run_in_executor(None, _write_list, word_list, words)
        runner = AsyncCrawlerRunner(crawl_settings)
        crawler = runner.create_crawler(dictionary)
        await _run(runner, crawler, {**given, "words": str(word_list), "column": "word"})
        return await asyncio.get_running_loop().run_in_executor(None, _lookups, crawler)


async def _run(runner: AsyncCrawlerRunner, crawler: Crawler, given: dict[str, str]) -> None:
    try:
        await runner.crawl(crawler, **given)
    except asyncio.CancelledError:
        # Cancelling the waiter alone would leave the crawl running in the loop.
        await crawler.stop_async()
        raise


def _write_list(path: Path, words: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerows([word] for word in ("word", *words))


def _settings(folder: Path, overrides: Mapping[str, object]) -> Settings:
    crawl_settings = Settings()
    crawl_settings.setmodule("dictcrawler.settings", priority="project")
    crawl_settings.setdict(
        {
            "DATA_DIR": str(folder),
            # A loop that is already running belongs to its owner: Scrapy must not bring a reactor of its own.
            "TWISTED_REACTOR_ENABLED": False,
            "PROGRESS_BAR": False,
            **overrides,
        },
        priority="cmdline",
    )
    return crawl_settings


def _lookups(crawler: Crawler) -> list[Lookup]:
    spider = crawler.spider
    if not isinstance(spider, KeywordSpider):
        raise TypeError(f"{spider!r} is no KeywordSpider")
    if spider.failure is not None:
        raise spider.failure
    if spider.published is None:
        raise StoreError("the crawl stopped before every word had an outcome")
    entries = {entry.id: entry for entry in feeds.read_entries(spider.published.folder)}
    return [
        replace(lookup, entries=tuple(entries[id_] for id_ in lookup.entry_ids))
        for lookup in feeds.read_lookups(spider.published.folder)
    ]
