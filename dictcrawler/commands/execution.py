"""Runs one Scrapy command as Scrapy does (2.19.0, cmdline.py:execute), without loading all the others first.

Those, and the list of installed packages that may have further ones, are a twentieth of a one-word crawl.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from scrapy.cmdline import ScrapyArgumentParser
from scrapy.commands import ScrapyCommand, ScrapyHelpFormatter
from scrapy.crawler import AsyncCrawlerProcess, CrawlerProcess
from scrapy.exceptions import UsageError
from scrapy.settings import Settings, default_settings


def execute(name: str, arguments: list[str], settings: Settings) -> int:
    """Run a command of this package; returns the exit status.

    :raises SystemExit: after the help, and with status 2 for wrong usage.
    """
    command: ScrapyCommand = import_module(f"dictcrawler.commands.{name}").Command()
    parser = ScrapyArgumentParser(
        formatter_class=ScrapyHelpFormatter, conflict_handler="resolve", description=command.long_desc()
    )
    settings.setdict(command.default_settings, priority="command")
    command.settings = settings
    command.add_options(parser)
    opts, args = parser.parse_known_args(arguments)
    with _usage_explained(parser):
        command.process_options(args, opts)
    if command.requires_crawler_process:
        command.crawler_process = _crawler_process(settings)
    with _usage_explained(parser), _profiled(opts.profile):
        command.run(args, opts)
    return command.exitcode


def _crawler_process(settings: Settings) -> AsyncCrawlerProcess | CrawlerProcess:
    is_asyncio = settings["TWISTED_REACTOR"] == default_settings.TWISTED_REACTOR
    if (is_asyncio and not settings.getbool("FORCE_CRAWLER_PROCESS")) or not settings.getbool(
        "TWISTED_REACTOR_ENABLED"
    ):
        return AsyncCrawlerProcess(settings)
    return CrawlerProcess(settings)


@contextmanager
def _usage_explained(parser: argparse.ArgumentParser) -> Iterator[None]:
    try:
        yield
    except UsageError as error:
        if str(error):
            parser.error(str(error))
        if error.print_help:
            parser.print_help()
        sys.exit(2)


@contextmanager
def _profiled(file: str | None) -> Iterator[None]:
    if not file:
        yield
        return
    import cProfile  # noqa: PLC0415 - only with --profile

    print(f"dictcrawler: writing cProfile stats to {file!r}", file=sys.stderr)
    with cProfile.Profile() as profile:
        yield
    profile.dump_stats(file)
