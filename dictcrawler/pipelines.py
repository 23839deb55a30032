"""normalize → check → store: thin shells around pure functions."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Self, cast

import msgspec
from scrapy.crawler import Crawler

from dictcrawler.errors import StoreError
from dictcrawler.feeds import encode_line
from dictcrawler.model import Entry, Lookup, Status
from dictcrawler.normalize import normalize
from dictcrawler.spiders.keyword import KeywordSpider

logger = logging.getLogger(__name__)


class NormalizePipeline:
    """Brings every entry into the feed's form: parts of speech by table, content hash."""

    def process_item(self, item: Lookup) -> Lookup:
        """Normalize the entries inside the lookup."""
        if not item.entries:
            return item
        return msgspec.structs.replace(item, entries=tuple(normalize(entry) for entry in item.entries))


class CheckPipeline:
    """Nothing reaches the store that a reader of the feed would refuse.

    An entry is encoded as it will be published and read back through the schema. What fails
    costs the word its entries and ends as ``parse_error``: counted, never dropped.
    """

    def process_item(self, item: Lookup) -> Lookup:
        """Check the entries of a lookup."""
        try:
            check(item)
        except (msgspec.ValidationError, ValueError) as error:
            return msgspec.structs.replace(
                item, status=Status.PARSE_ERROR, error=f"check: {error}", entries=(), entry_ids=()
            )
        return item


def check(lookup: Lookup) -> None:
    """The schema of each entry, and what a schema cannot say.

    :raises msgspec.ValidationError: for a violation of the schema.
    :raises ValueError: for ids that are not unique, or an entry that says nothing.
    """
    decode = msgspec.json.Decoder(Entry).decode
    for entry in lookup.entries:
        decode(encode_line(entry))
        sense_ids = [sense.id for sense in entry.senses]
        if len(set(sense_ids)) != len(sense_ids):
            raise ValueError(f"{entry.id}: two senses with one id")
        if not (entry.senses or entry.relations or entry.boxes):
            raise ValueError(f"{entry.id}: no sense, no relation, no box")
    if len(set(lookup.entry_ids)) != len(lookup.entry_ids):
        raise ValueError("two entries with one id")
    if lookup.status.has_entries != bool(lookup.entries):
        raise ValueError(f"status {lookup.status.value} with {len(lookup.entries)} entries")


class StorePipeline:
    """Stores lookups in small batches, each in one transaction.

    A batch is written when it is full, when the next lookup finds it a second old, and when
    the spider closes; a crash before costs a page or two, asked again. A store that cannot be
    written stops the crawl: nothing more is asked that could not be kept.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._size = crawler.settings.getint("STORE_BATCH_SIZE")
        self._batch: list[Lookup] = []
        self._began = 0.0
        self._stopping: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the pipeline."""
        return cls(crawler)

    def process_item(self, item: Lookup) -> Lookup:
        """Add one lookup to the batch."""
        if not self._batch:
            self._began = time.monotonic()
        self._batch.append(item)
        if len(self._batch) >= self._size or time.monotonic() - self._began >= 1:
            self._write()
        return item

    def close_spider(self) -> None:
        """Write what is left."""
        if self._batch:
            self._write()

    def _write(self) -> None:
        if self._stopping is not None:
            return
        spider = cast(KeywordSpider, self._crawler.spider)
        batch, self._batch = self._batch, []
        try:
            spider.run.save(batch)
        except StoreError as error:
            spider.failure = error
            logger.error("the store cannot be written, stopping: %s", error)  # noqa: TRY400
            self._stopping = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason="store_failed"))
