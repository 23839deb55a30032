"""``dictcrawler sounds``: fetch the recordings that the latest run of a feed names."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

from scrapy import signals
from scrapy.commands import ScrapyCommand
from scrapy.crawler import CrawlerProcess
from scrapy.exceptions import UsageError
from scrapy.utils.conf import arglist_to_dict

from dictcrawler import feeds
from dictcrawler.commands import name_program, prepare, refuse_options, tell
from dictcrawler.commands.crawl import harden_log, quieten
from dictcrawler.crawling.arguments import read_arguments
from dictcrawler.crawling.sounds import PASSING, SoundPlan, SoundSpider, wanted_in
from dictcrawler.crawling.spider import KeywordSpider
from dictcrawler.errors import ArgumentError, DictcrawlerError, FeedError, LockedError, ProxyUnauthorized
from dictcrawler.feeds.sounds import SoundStatus, folder_of
from dictcrawler.plan.arguments import CrawlArguments
from dictcrawler.runs.forecast import counted
from dictcrawler.runs.verdict import ExitStatus
from dictcrawler.storage.sounds import SoundStore
from dictcrawler.text import printable

if TYPE_CHECKING:
    from dictcrawler.runs.progress import WordsBar

logger = logging.getLogger(__name__)

# Arguments that decide where pages came from also decide where recordings come from.
_TAKEN_OVER = ("source", "archive", "index", "before", "base_url")
_REFRESH = ("due", "failed", "all")

MEANINGS: Mapping[ExitStatus, str] = {
    ExitStatus.COMPLETE: "complete: every recording was fetched, or is known to be gone",
    ExitStatus.UNEXPECTED: "an unexpected error; the log has it",
    ExitStatus.REFUSED: "refused before any request",
    ExitStatus.INCOMPLETE: "stopped before every recording had an outcome; the same command continues",
    ExitStatus.WORDS_FAILED: "some recordings failed (network, HTTP); the same command fetches them again",
    ExitStatus.BLOCKED: "the site blocked some recordings",
    ExitStatus.STORE_FAILED: "the disk failed; what was fetched is intact, the same command continues",
    ExitStatus.LOCKED: "refused: another process fetches recordings of this dictionary; try again later",
}


class Command(ScrapyCommand):
    """``dictcrawler sounds <feed>``."""

    requires_project = True

    def syntax(self) -> str:
        """The arguments after the command's name."""
        return "[options] <feed>"

    def short_desc(self) -> str:
        """The line in the list of commands."""
        return "Fetch the recordings that the latest run of a feed names, with their licences"

    def long_desc(self) -> str:
        """The beginning of ``--help``."""
        statuses = "\n".join(f"  {status.value:>2}  {meaning}" for status, meaning in MEANINGS.items())
        return (
            "Fetch the recordings that the latest run of a feed names, from where its pages came from: with the\n"
            "robots.txt, pace and contact of a crawl. They go to data/sounds/<dictionary>/, named by their content;\n"
            "sounds.jsonl lists each address with its outcome, licence, author and page. The same command continues\n"
            "where it was stopped.\n\n"
            f"{ARGUMENTS}\nExit status:\n{statuses}"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options and the arguments."""
        super().add_options(parser)
        name_program(parser, "sounds", self.syntax())
        parser.add_argument("-a", dest="given", metavar="NAME=VALUE", action="append", default=[], help="an argument")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read the options; files written from now on are private."""
        refuse_options(opts)
        super().process_options(args, opts)
        if self.settings is not None:
            prepare(self.settings)
            quieten(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Fetch, print the summary, set the exit status."""
        if len(args) != 1 or self.crawler_process is None:
            raise UsageError("name one feed, such as macmillan")
        data = Path(self.crawler_process.settings["DATA_DIR"])
        try:
            run = feeds.resolve(data / "feeds" / args[0])
            given = self._arguments(run, arglist_to_dict(opts.given))
            with SoundStore(folder_of(data, given.dictionary.name, given.source)) as store:
                self._fetch(run, given, store)
        except (ArgumentError, FeedError) as error:
            raise UsageError(printable(str(error)), print_help=False) from error
        except DictcrawlerError as error:
            print(f"sounds: {printable(str(error))}", file=sys.stderr)
            self._end(ExitStatus.LOCKED if isinstance(error, LockedError) else ExitStatus.STORE_FAILED)

    def _arguments(self, run: Path, typed: Mapping[str, str]) -> CrawlArguments:
        """The run's arguments about the origin of its pages, overridden by those of the command line.

        :raises ArgumentError: for an argument that is not allowed.
        """
        for name in typed:
            if name not in (*_TAKEN_OVER, "refresh"):
                raise ArgumentError(name, "there is no such argument", ", ".join((*_TAKEN_OVER, "refresh")))
        if typed.get("refresh", "due") not in _REFRESH:
            raise ArgumentError("refresh", f"{typed['refresh']!r} is not one of them", ", ".join(_REFRESH))
        manifest = feeds.read_run(run)
        kept = {name: manifest.arguments[name] for name in _TAKEN_OVER if name in manifest.arguments}
        # WARC files contain captures of pages; recordings are then fetched from the dictionary's usual source.
        earlier = {} if kept.get("source") == "warc" or "source" in typed else kept
        parsed = read_arguments(manifest.dictionary, earlier | dict(typed), self._process.settings)
        if parsed.source == "warc":
            raise ArgumentError("source", "WARC files are not searched for recordings", "live, archive, sample")
        return parsed

    @property
    def _process(self) -> CrawlerProcess:
        return cast(CrawlerProcess, self.crawler_process)

    def _fetch(self, run: Path, given: CrawlArguments, store: SoundStore) -> None:
        declared = self._process.spider_loader.load(given.dictionary.name)
        plan = SoundPlan(given, cast(type[KeywordSpider], declared), store, tuple(wanted_in(run)))
        due = len(plan.due)
        tell(f"{len(plan.wanted):,} recordings, {due:,} of them due")
        failure, is_unexpected = self._crawl(plan, due) if due else (None, False)
        outcomes = [store.outcomes.get(each.addresses[0]) for each in plan.wanted]
        counts = Counter(outcome.status for outcome in outcomes if outcome is not None)
        for name, count in sorted(counts.items()):
            tell(f"  {name:<13}  {count:>9,}")
        tell(f"recordings: {store.folder}")
        self._end(ExitStatus.UNEXPECTED if is_unexpected else _exit_status(failure, counts, len(plan.wanted)))

    def _crawl(self, plan: SoundPlan, due: int) -> tuple[DictcrawlerError | None, bool]:
        """Run the spider to its end; returns the error that stopped it, and whether an unexpected one did."""
        progress = _Progress(due, is_drawn=sys.stderr.isatty() and self._process.settings.getbool("PROGRESS_BAR"))
        plan.show = progress.show
        crawler = self._process.create_crawler(SoundSpider)
        harden_log()
        crawler.signals.connect(harden_log, signal=signals.spider_opened)
        self._process.crawl(crawler, plan=plan)
        self._process.start()
        progress.stop()
        spider = cast(SoundSpider | None, crawler.spider)
        if spider is None or self._process.bootstrap_failed:
            return None, True
        return spider.failure, False

    def _end(self, status: ExitStatus) -> None:
        self.exitcode = status
        tell(f"exit status {status.value}: {MEANINGS[status]}")


def _exit_status(failure: DictcrawlerError | None, counts: Counter[SoundStatus], wanted: int) -> ExitStatus:
    if failure is not None:
        return ExitStatus.INCOMPLETE if isinstance(failure, ProxyUnauthorized) else ExitStatus.STORE_FAILED
    if counts["blocked"]:
        return ExitStatus.BLOCKED
    if counts.total() < wanted:
        return ExitStatus.INCOMPLETE
    return ExitStatus.WORDS_FAILED if any(counts[status] for status in PASSING) else ExitStatus.COMPLETE


class _Progress:
    """Progress: a bar on a terminal, a line from time to time elsewhere."""

    SECONDS_BETWEEN = 10.0

    def __init__(self, total: int, *, is_drawn: bool) -> None:
        self._total = total
        self._last_line = time.monotonic()
        self._bar: WordsBar | None = None
        if is_drawn:
            from dictcrawler.runs.progress import WordsBar  # noqa: PLC0415 - slow to load, and only a terminal needs it

            self._bar = WordsBar(total, "recordings")

    def show(self, done: int, counts: Counter[str]) -> None:
        """Update the bar, or log a line if the last one is old."""
        if self._bar is not None:
            self._bar.show(done, counted(counts))
        elif time.monotonic() - self._last_line >= self.SECONDS_BETWEEN:
            self._last_line = time.monotonic()
            logger.info("%s of %s recordings: %s", f"{done:,}", f"{self._total:,}", counted(counts))

    def stop(self) -> None:
        """Restore the terminal."""
        if self._bar is not None:
            self._bar.stop()


ARGUMENTS = """\
Arguments (-a NAME=VALUE); the others are taken from the run:
  source=NAME       live: the dictionary's servers; archive: a web archive; sample: the built-in site
  archive=URL       archive: the replay prefix; index=URL, before=DATE as for dictcrawler crawl
  base_url=URL      live: a mirror of the site, with {keyword} in it; recordings have their path there
  refresh=RULE      due (default): recordings never fetched, or failed temporarily; failed: also those that were
                    not found; all
"""
