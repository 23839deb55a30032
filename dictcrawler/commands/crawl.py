"""``dictcrawler crawl``: Scrapy's own, with a reliable exit status and a summary."""

from __future__ import annotations

import argparse
import asyncio
import atexit
import gc
import logging
import shlex
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import cast

from scrapy import signals
from scrapy.commands import crawl
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings
from scrapy.utils.log import get_scrapy_root_handler
from twisted.internet.error import ReactorNotRunning

from dictcrawler import dictionaries
from dictcrawler.commands import name_program, prepare, refuse_options, tell
from dictcrawler.commands.outputs import OutputWatch
from dictcrawler.crawling.arguments import be_polite, keywords_of, opening_of, pace_of, read_arguments
from dictcrawler.crawling.spider import KeywordSpider, crawl_failed
from dictcrawler.crawling.stopping import insist
from dictcrawler.errors import ArgumentError, DictcrawlerError
from dictcrawler.feeds import ENTRIES
from dictcrawler.plan.arguments import CrawlArguments
from dictcrawler.reading import ahead
from dictcrawler.runs.forecast import forecast
from dictcrawler.runs.part import WHOLE
from dictcrawler.runs.planned import plan
from dictcrawler.runs.verdict import MEANINGS, ExitStatus, exit_status, summary
from dictcrawler.text import PrintableFormatter, printable

# Scrapy's messages at every start that do not help a crawl's user; LOG_LEVEL=DEBUG shows them again.
CHATTER = ("scrapy.addons", "scrapy.core.engine", "scrapy.crawler", "scrapy.middleware", "scrapy.utils.log",
           "scrapy.extensions.feedexport", "scrapy.extensions.memusage", "asyncio")  # fmt: skip

GRACE = 2.0
"""Seconds for the requests in progress when a crawl cannot continue."""
OBJECTS_BEFORE_COLLECTION = 10_000
"""Objects that a crawl makes before the youngest are searched for garbage; Python's default is 700."""

SETTINGS = """\
Settings, each as -s NAME=VALUE (dictcrawler/settings.py has them all):
  CONTACT            your mail or web address, for the User-Agent; wiktionary is not crawled without it
  DATA_DIR           where the store, the pages and the feeds are (default: data)
  PROXY              http://host:port or http://user@host:port, the password in DICTCRAWLER_PROXY_PASSWORD;
                     env: use the proxies of the environment, which are ignored otherwise
  DOWNLOAD_DELAY     seconds between two requests (default: 1)
  LOST_WORDS_LIMIT   the share of the words found before that may be missing now (default: 0.05)
  DROPPED_WORDS_LIMIT
                     the share of the words of the latest run that the list may lack (default: 0.2); 1 accepts
                     another list as the new one
  STRUCTURE_LIMIT    by how much the share of the senses, examples … counted on the pages that were read may
                     fall (default: 0.05)

Files for -o FILE: .jsonl or .json
"""


class Command(crawl.Command):
    """``dictcrawler crawl <dictionary>``."""

    def syntax(self) -> str:
        """The arguments after the command's name."""
        return "[options] <dictionary>"

    def short_desc(self) -> str:
        """The line in the list of commands."""
        return "Look the words of a list up in a dictionary and publish the feed"

    def long_desc(self) -> str:
        """The arguments and exit statuses, for ``--help``."""
        statuses = "\n".join(f"  {status.value:>2}  {meaning}" for status, meaning in MEANINGS.items())
        return (
            "Look the words of a list up in a dictionary and publish the feed.\n\n"
            f"Dictionaries: {', '.join(dictionaries.names())}\n\n{ARGUMENTS}\n{SETTINGS}\nExit status:\n{statuses}"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's options."""
        super().add_options(parser)
        name_program(parser, "crawl", self.syntax())

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read the options, then silence Scrapy's messages before it starts."""
        refuse_options(opts)
        super().process_options(args, opts)
        if self.settings is None:
            return
        prepare(self.settings)
        quieten(self.settings)
        if args:
            # Scrapy starts the event loop next.
            ahead.fork(args[0])

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run the crawl, print the summary, set the exit status."""
        if self.crawler_process is None:
            raise UsageError("dictcrawler crawl needs the project")
        # The process is about to exit: a last garbage collection would take a quarter of a second, and
        # would finalize an event loop that never ran.
        atexit.register(gc.freeze)
        _refuse_misspelt(args, self.crawler_process.spider_loader.list())
        try:
            spider_class = self.crawler_process.spider_loader.load(args[0])
            if issubclass(spider_class, KeywordSpider):
                _refuse_half_files(opts)
                given = read_arguments(spider_class.name, opts.spargs, self.crawler_process.settings)
                if given.dry_run:
                    self._plan(spider_class, given, self.crawler_process.settings.copy())
                    return
        except (KeyError, ArgumentError) as error:
            raise UsageError(printable(str(error.args[0])), print_help=False) from error
        crawler = self.crawler_process.create_crawler(spider_class)
        # Scrapy's handler checks the level only after the message of each page has been formatted; the logger's level
        # prevents that. Set after Scrapy has configured its log, which would reset it
        # (seen in Scrapy 2.19.0, utils/log.py:configure_logging).
        logging.getLogger("scrapy.core").setLevel(self.crawler_process.settings["LOG_LEVEL"])
        harden_log()
        crawler.signals.connect(lambda: _end_soon(crawler), signal=crawl_failed, weak=False)
        crawler.signals.connect(harden_log, signal=signals.spider_opened)
        crawler.signals.connect(_keep_what_is_loaded, signal=signals.spider_opened)
        crawler.signals.connect(insist, signal=signals.engine_started)
        outputs = OutputWatch()
        outputs.begin()
        self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        # The signal handlers of the ended reactor are still installed (seen in Twisted 26.10.0, internet/_signals.py;
        # https://github.com/twisted/twisted/issues/11761): a further Ctrl-C must not interrupt the summary.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        spider = cast(KeywordSpider | None, crawler.spider)
        if isinstance(spider, KeywordSpider):
            spider.stop_reading()
        if isinstance(spider, KeywordSpider) and not self.crawler_process.bootstrap_failed:
            self._conclude(spider, crawler.stats.get_value("finish_reason"), outputs)
        elif self.crawler_process.bootstrap_failed or spider is None or _has_failed(crawler):
            self._end(ExitStatus.UNEXPECTED)

    def _plan(self, spider: type[KeywordSpider], given: CrawlArguments, settings: BaseSettings) -> None:
        """Print what the crawl would do; no request is made."""
        be_polite(settings, given, spider.shortest_delay, spider.most_at_once)
        opening = opening_of(settings, given)
        try:
            planned = plan(opening.place, given, keywords_of(settings, given, lambda: None), opening.limits)
        except DictcrawlerError as error:
            print(printable(str(error)), file=sys.stderr)
            self._end(exit_status(error, None, None))
            return
        tell(
            f"{given.dictionary.name} ({given.edition}), source={given.source}: a dry run",
            *planned.table(),
            forecast(sum(planned.due.values()), planned.unique, *pace_of(settings, given)),
            "nothing was requested, nothing was saved",
        )
        self.exitcode = ExitStatus.COMPLETE

    def _conclude(self, spider: KeywordSpider, reason: str | None, outputs: OutputWatch) -> None:
        if spider.published is not None:
            tell(summary(spider.published))
        if spider.published is not None and outputs.has_failed:
            tell(f"the file of -o was not written whole; the whole feed is {spider.published.folder / ENTRIES}")
            self._end(ExitStatus.STORE_FAILED)
            return
        if spider.part is not WHOLE and spider.failure is None and reason == "finished":
            # The result is in the ledger, for the process that started this part of a run.
            self.exitcode = ExitStatus.COMPLETE
            return
        self._end(exit_status(spider.failure, spider.published, reason))

    def _end(self, status: ExitStatus) -> None:
        self.exitcode = status
        tell(f"exit status {status.value}: {MEANINGS[status]}")


def _refuse_misspelt(args: list[str], spiders: Iterable[str]) -> None:
    """Check that the arguments are the name of one spider.

    :raises UsageError: with the right command.
    """
    named, forgotten = [arg for arg in args if "=" not in arg], [arg for arg in args if "=" in arg]
    if forgotten:
        typed = " ".join([*(named or ["DICTIONARY"]), *(f"-a {shlex.quote(arg)}" for arg in forgotten)])
        raise UsageError(f"write -a before an argument: crawl {printable(typed)}", print_help=False)
    names = ", ".join(sorted(spiders))
    if len(named) != 1:
        raise UsageError(f"name one dictionary: {names}", print_help=False)
    if named[0] not in spiders:
        close = get_close_matches(named[0].lower(), spiders, 1)
        hint = f"did you mean {close[0]!r}? There are" if close else "there are"
        raise UsageError(f"there is no dictionary {printable(repr(named[0]))}; {hint}: {names}", print_help=False)


def _refuse_half_files(opts: argparse.Namespace) -> None:
    """Refuse output files that would wrongly look like the whole feed, or like JSON.

    :raises ArgumentError: with the path of the whole feed.
    """
    whole = "data/feeds/NAME/latest/entries.jsonl is the whole feed, dictcrawler export writes it in other formats"
    if opts.overwrite_output:
        raise ArgumentError("-O", "the file would have only the words that are due this time", whole)
    for uri in opts.output or ():
        path = uri.rpartition(":")[0] if uri.endswith((":json", ":jsonl", ":jsonlines", ":jl")) else uri
        if path in ("", "-"):
            raise ArgumentError("-o", "items cannot go to standard output, which has the summary", whole)
        if uri.endswith("json") and Path(path).exists():
            raise ArgumentError("-o", f"{path} exists, and two lists one after the other are not JSON", whole)


def _has_failed(crawler: Crawler) -> bool:
    """Whether a spider that is not ours left work undone, as far as Scrapy knows."""
    counts = ("log_count/ERROR", "log_count/CRITICAL", "spider_exceptions/count")
    failed = any(crawler.stats.get_value(name) for name in counts)
    return failed or crawler.stats.get_value("finish_reason") != "finished"


def _end_soon(crawler: Crawler) -> None:
    """Give the requests in progress a moment; their results cannot be stored, and a slow crawl would wait for them."""
    asyncio.get_running_loop().call_later(GRACE, _end_now, crawler)


def _end_now(crawler: Crawler) -> None:
    """Stop as at a second Ctrl-C: do not wait for a crawl that is over."""
    from twisted.internet import reactor  # noqa: PLC0415 - the import installs it

    crawler.crawling = False
    with suppress(ReactorNotRunning):
        reactor.stop()  # type: ignore[misc]  # Twisted's reactor module is typed as an interface


def _keep_what_is_loaded() -> None:
    """Move everything loaded so far out of the garbage collector's reach; it lives until exit anyway.

    A page makes two thousand short-lived objects and hardly any cycle, so the collector searches less often.
    """
    gc.freeze()
    gc.set_threshold(OBJECTS_BEFORE_COLLECTION)


def quieten(settings: BaseSettings) -> None:
    """Suppress Scrapy's messages at every start, unless the log level is DEBUG."""
    if settings["LOG_LEVEL"] != "DEBUG":
        # To find the versions, Scrapy starts a process (seen in Scrapy 2.19.0, utils/versions.py: platform.platform).
        settings.set("LOG_VERSIONS", [], priority="cmdline")
        for name in CHATTER:
            # A filter, because Scrapy resets the levels when it configures its log
            # (seen in Scrapy 2.19.0, utils/log.py:configure_logging).
            logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.WARNING)


def harden_log() -> None:
    """Escape control characters in the log, so that no word, URL or server can forge a line of it.

    Scrapy installs its handler when it creates a crawler, and again before it opens the spider
    (seen in Scrapy 2.19.0, crawler.py:Crawler._update_root_log_handler).
    """
    handler = get_scrapy_root_handler()
    if handler is not None and handler.formatter is not None:
        handler.setFormatter(PrintableFormatter(handler.formatter))


ARGUMENTS = """\
Arguments (-a NAME=VALUE):
  words=FILE        the word list: text (one word a line, notes after a tab; Anki's export), .csv,
                    .tsv (each also .gz) or .xlsx; "-" is standard
                    input; default data/keywords/seed.txt
  column=NAME       the column of a .csv or .tsv list
  text=FILE         the words of a text (.txt, .srt, .epub), the most frequent first (extra text); known=LIST: a word
                    list whose words and their forms are left out of it
  word=hi,apple     the words themselves, in place of a list; published beside the feed of a longer list
  feed=NAME         the feed folder, data/feeds/NAME: a second list of the same dictionary needs one of its own
  edition=NAME      american (default) or british for macmillan
  language=NAME     wiktionary: the section to read, such as "Old English" (default English)
  translations=yes  wiktionary: the words of other languages, on each sense (default no)
  source=NAME       live: the dictionary's site (default while it lives); archive: a web archive (default for a
                    closed site, macmillan); sample: a small built-in site with invented entries;
                    warc: the captures in WARC files
  homographs=NAME   all (default) or first: whether the pages of other homographs are read too
  refresh=RULE      due (default): words never answered, failed before, or older than the dictionary's max_age;
                    an age such as 7d or 12h; failed; all; none
  dry_run=yes       only show what is due and how long it takes at this pace; nothing is requested
  resume=no         begin a new run, even if one with the same words and arguments is unfinished
  before=DATE       archive: the newest capture up to this day (default: the last
                    day of a closed site, such as 2023-06-30 of macmillan; else today)
  archive=URL       archive: the replay prefix (default https://web.archive.org/web/)
  index=URL         archive: the capture index, if it is not at the usual address
  base_url=URL      live, warc: a mirror of the site, with {keyword} in place of the word
  warc=FILES        warc: the files, such as 'saved/**/*.warc.gz'; no network is used
"""
