"""Scrapy extensions for a run's progress, publication and report."""

from __future__ import annotations

import logging
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from dictcrawler import items
from dictcrawler.crawling.spider import KeywordSpider
from dictcrawler.errors import DictcrawlerError, StoreError
from dictcrawler.model import Lookup
from dictcrawler.runs.forecast import counted, duration
from dictcrawler.runs.part import WHOLE
from dictcrawler.runs.run import Published

if TYPE_CHECKING:
    from dictcrawler.runs.notebook_bar import NotebookBar
    from dictcrawler.runs.progress import WordsBar

logger = logging.getLogger(__name__)
# Extensions are loaded before any item is created, however the crawl was started.
items.register()


def _refuse_others(crawler: Crawler) -> None:
    """Disable an extension for spiders that do not look up words.

    :raises NotConfigured: for such a spider.
    """
    if not issubclass(crawler.spidercls, KeywordSpider):
        raise NotConfigured


class FeedPublisher:
    """Publishes the run when the spider closes, if every word has an outcome."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension."""
        _refuse_others(crawler)
        return cls(crawler)

    async def spider_closed(self, reason: str) -> None:
        """Publish, unless words are left or something failed; log the result."""
        spider = cast(KeywordSpider, self._crawler.spider)
        if spider.is_cancelled:
            return
        if spider.failure is None and spider.opened is not None:
            try:
                spider.published = await spider.in_thread(_publish, spider)
            except DictcrawlerError as error:
                spider.fail(error)
            except OSError as error:
                spider.fail(StoreError(f"the feed cannot be written: {error}"))
        if spider.failure is not None or spider.part is not WHOLE:
            return
        if spider.published is None:
            logger.warning("stopped (%s) before every word had an outcome: the same command continues", reason)
            return
        logger.info("published %s: %s", spider.published.folder, counted(spider.published.manifest.statuses))
        reports = self._crawler.settings["REPORTS_DIR"]
        if reports:
            await spider.in_thread(_write_report, spider.published.folder, Path(reports))


def _write_report(run: Path, folder: Path) -> None:
    from dictcrawler.browse import run_page  # noqa: PLC0415 - slow to load, and only who wants reports needs it

    logger.info("%s", run_page.add_to(folder, run))


def _publish(spider: KeywordSpider) -> Published | None:
    if spider.opened is not None:
        spider.opened.pages.commit()
    if spider.boundary.stopped is not None:
        spider.run.withhold(spider.boundary.stopped)
    # A run of several machines is published later, when all of them are done.
    return spider.run.publish() if spider.part is WHOLE and spider.run.is_complete else None


def _bar(total: int) -> WordsBar | NotebookBar | None:
    if sys.stderr.isatty():
        from dictcrawler.runs.progress import WordsBar  # noqa: PLC0415 - slow to load, and only a terminal needs it

        return WordsBar(total)
    if "ipykernel" in sys.modules:
        from dictcrawler.runs.notebook_bar import NotebookBar  # noqa: PLC0415 - IPython is not installed elsewhere

        return NotebookBar(total)
    return None


class Progress:
    """Finished words, rate, time left and counts by status: a bar on a terminal or in a notebook, else log lines."""

    SECONDS_BETWEEN_LINES = 10.0

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._statuses: Counter[str] = Counter()
        self._done = self._done_before = 0
        self._total: int | None = None
        self._bar: WordsBar | NotebookBar | None = None
        self._began = self._last_line = time.monotonic()
        crawler.signals.connect(self.item_scraped, signal=signals.item_scraped)
        crawler.signals.connect(self.engine_stopped, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the extension."""
        _refuse_others(crawler)
        return cls(crawler)

    def item_scraped(self, item: Lookup) -> None:
        """Count a lookup and update the progress."""
        if self._total is None:
            self._begin()
        # An invalid keyword has its outcome before the first request: `_done_before` includes it.
        self._done += item.status.is_asked
        self._statuses[item.status.value] += 1
        if self._bar is not None:
            self._bar.show(self._done_before + self._done, counted(self._statuses))
        elif time.monotonic() - self._last_line >= self.SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            logger.info("%s", self._line())

    def engine_stopped(self) -> None:
        """Restore the terminal."""
        if self._bar is not None:
            self._bar.stop()
        elif self._done:
            logger.info("%s", self._line())

    def _begin(self) -> None:
        run = cast(KeywordSpider, self._crawler.spider).run
        # A part of a shared run has no share in what the others have done.
        self._total = run.unique if run.part is None else run.pending_at_start
        self._done_before = self._total - run.pending_at_start
        if self._crawler.settings.getbool("PROGRESS_BAR"):
            self._bar = _bar(self._total)

    def _line(self) -> str:
        rate = self._done / max(time.monotonic() - self._began, 0.001)
        done = self._done_before + self._done
        left = f"{duration(((self._total or done) - done) / rate)} left" if rate else "no word answered yet"
        return f"{done:,} of {self._total or done:,} words, {rate:.1f} a second, {left}: {counted(self._statuses)}"
