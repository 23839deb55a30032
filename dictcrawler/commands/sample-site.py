"""``scrapy sample-site``: serve the sample pages alone, for a browser or another crawler.

Scrapy names a command after the module it stands in, hyphen included.
"""  # noqa: N999

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from dictcrawler import sample
from dictcrawler.commands import forget, name_program
from dictcrawler.errors import ArgumentError

LAST_PORT = 65535


class Command(ScrapyCommand):
    """Needs no project, no spider and no reactor: it runs its own event loop."""

    requires_crawler_process = False
    default_settings: ClassVar[dict[str, bool]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """The arguments after the command's name."""
        return "[options]"

    def short_desc(self) -> str:
        """The line in the list of commands."""
        return "Serve invented dictionary pages on this machine"

    def long_desc(self) -> str:
        """The beginning of ``--help``."""
        return (
            "Serve invented entries in a real dictionary's markup until Ctrl-C, "
            "so that a crawl can be tried without requests to anyone's site."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options and those of the site."""
        super().add_options(parser)
        name_program(parser, "sample-site", self.syntax())
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        parser.add_argument("--port", type=_port, default=8000, help="0 takes a free one (default: %(default)s)")
        parser.add_argument("--words", type=_count, default=0, metavar="N", help="add N generated words (default: 0)")
        parser.add_argument("--delay-ms", type=_count, default=0, metavar="N", help="wait before each answer")
        parser.add_argument("--dictionary", default="macmillan", help="whose sample (default: %(default)s)")
        parser.add_argument("--list", action="store_true", help="print the words it knows, one a line, and exit")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Ends at Ctrl-C, after the list, or with exit code 1 and one line on stderr."""
        if args:
            raise UsageError(f"unrecognized arguments: {' '.join(args)}")
        try:
            if opts.list:
                _print_words(opts.dictionary, opts.words)
            else:
                self._serve(opts)
        except ArgumentError as error:
            self._refuse(str(error))

    def _serve(self, opts: argparse.Namespace) -> None:
        try:
            asyncio.run(_until_interrupted(opts))
        except KeyboardInterrupt:
            print("Stopped.")
        except OSError as error:
            self._refuse(f"cannot listen on {opts.host} port {opts.port}: {error.strerror or error}")

    def _refuse(self, problem: str) -> None:
        print(f"sample-site: {problem}", file=sys.stderr)
        self.exitcode = 1


async def _until_interrupted(opts: argparse.Namespace) -> None:
    from dictcrawler.sample import site  # noqa: PLC0415 - slow to load, and every command of Scrapy's loads this

    running = await site.start(
        opts.host, opts.port, words=opts.words, delay_ms=opts.delay_ms, dictionary=opts.dictionary
    )
    count = sum(1 for _ in running.pages.words())
    print(f"Serving the {opts.dictionary} sample ({count} words) at {running.url} — Ctrl-C stops it", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await running.stop()


def _print_words(dictionary: str, words: int) -> None:
    try:
        for word in sample.load(dictionary, words).words():
            print(word)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (``| head``) has closed the pipe; without this Python reports the error again at exit.
        forget(sys.stdout)


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is negative")
    return number


def _port(text: str) -> int:
    number = _count(text)
    if number > LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text} is greater than {LAST_PORT}")
    return number
