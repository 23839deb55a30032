"""Item pipelines: normalize → check → store. The work is done by pure functions elsewhere."""

from __future__ import annotations

import asyncio
import time
from typing import Self, cast

from msgspec.structs import replace
from scrapy.crawler import Crawler

from dictcrawler.crawling.spider import KeywordSpider
from dictcrawler.errors import StoreError
from dictcrawler.feeds import encode_line
from dictcrawler.feeds.checking import CheckedLookup, checked
from dictcrawler.lookup.boundary import spoilt
from dictcrawler.model import Lookup
from dictcrawler.reading.normalize import normalized


class NormalizePipeline:
    """Normalizes every entry: parts of speech by table, content hash."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the pipeline."""
        return cls(crawler)

    def process_item(self, item: Lookup) -> Lookup:
        """Normalize the entries inside the lookup."""
        with cast(KeywordSpider, self._crawler.spider).boundary.around(item.normalized) as caught:
            item = normalized(item)
        return item if caught.defect is None else spoilt(item, caught.defect)


class StorePipeline:
    """Checks lookups and stores them in small batches, each in one transaction.

    A batch is written when it is full, when the next lookup arrives a second after its first, and when
    the spider closes. A crash before that costs a page or two, which are requested again. If the store cannot be
    written the crawl stops: further answers could not be kept.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._size = crawler.settings.getint("STORE_BATCH_SIZE")
        self._batch: list[CheckedLookup] = []
        self._began = 0.0
        self._stopping: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the pipeline."""
        return cls(crawler)

    def process_item(self, item: Lookup) -> Lookup:
        """Check one lookup and add it to the batch."""
        if not self._batch:
            self._began = time.monotonic()
        spider = cast(KeywordSpider, self._crawler.spider)
        item, refused_pages = spider.run.admitted(item)
        if refused_pages:
            self._discard(refused_pages)
        with spider.boundary.around(item.normalized) as caught:
            entered = checked(item)
            # One item that cannot be written would make its whole batch fail.
            encode_line(entered.lookup)
        if caught.defect is not None:
            # The text that cannot be written may be the address or a suggestion.
            entered = CheckedLookup(spoilt(replace(item, final_url=None, suggestions=()), caught.defect))
        spider.boundary.finished(entered.lookup)
        self._batch.append(entered)
        if len(self._batch) >= self._size or time.monotonic() - self._began >= 1:
            self._write()
        return entered.lookup

    def _discard(self, digests: set[str]) -> None:
        opened = cast(KeywordSpider, self._crawler.spider).opened
        if opened is not None:
            opened.pages.discard(digests)

    def close_spider(self) -> None:
        """Write the last batch."""
        if self._batch:
            self._write()

    def _write(self) -> None:
        if self._stopping is not None:
            return
        spider = cast(KeywordSpider, self._crawler.spider)
        batch, self._batch = self._batch, []
        try:
            # The pages first: then the page of every stored outcome can be parsed again.
            if spider.opened is not None:
                spider.opened.pages.commit()
            spider.run.save(batch)
            spider.run.agree_on(spider.wall)
        except (StoreError, OSError) as error:
            spider.fail(error if isinstance(error, StoreError) else StoreError(f"the disk failed: {error}"))
            self._stopping = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason="failed"))
