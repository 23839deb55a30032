"""``dictcrawler reparse``: parse the kept pages again with today's parser, without the network."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.utils.conf import arglist_to_dict

from dictcrawler import dictionaries
from dictcrawler.commands import name_program, prepare, refuse_options, tell
from dictcrawler.crawling.limits import limits_of
from dictcrawler.errors import ArgumentError, DictcrawlerError, FeedError
from dictcrawler.reading import ahead
from dictcrawler.runs.run import Published
from dictcrawler.runs.verdict import MEANINGS, ExitStatus, exit_status, summary
from dictcrawler.text import printable

if TYPE_CHECKING:
    from dictcrawler.runs.progress import WordsBar
    from dictcrawler.runs.reparse import ReparseProgress


class Command(ScrapyCommand):
    """``dictcrawler reparse <dictionary>``."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, bool]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """The arguments after the command's name."""
        return "[options] <dictionary>"

    def short_desc(self) -> str:
        """The line in the list of commands."""
        return "Read all kept pages of the latest run again and publish a new run"

    def long_desc(self) -> str:
        """The beginning of ``--help``."""
        return (
            "Read all kept pages of the latest complete run again with today's parser, without the network, and "
            "publish a new run of the same words. The same command continues where it was stopped."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options and those of the reparse."""
        super().add_options(parser)
        name_program(parser, "reparse", self.syntax())
        parser.add_argument(
            "-a",
            dest="given",
            metavar="NAME=VALUE",
            action="append",
            default=[],
            help="edition=NAME, language=NAME or feed=NAME, when the feed is another than the dictionary's usual one",
        )
        parser.add_argument(
            "--processes",
            metavar="N",
            type=int,
            default=len(os.sched_getaffinity(0)),
            help="how many read at the same time (default: one a core, here %(default)s)",
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read the options; files written from now on are private."""
        refuse_options(opts)
        super().process_options(args, opts)
        if self.settings is not None:
            prepare(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Reparse, print the summary, set the exit status."""
        if len(args) != 1 or opts.processes < 1:
            raise UsageError("name one dictionary: " + ", ".join(dictionaries.names()))
        published, failure, reason = None, None, None
        try:
            published = self._reparse(args[0], opts)
        except (ArgumentError, FeedError) as error:
            raise UsageError(printable(str(error)), print_help=False) from error
        except DictcrawlerError as error:
            failure = error
            print(f"reparse: {printable(str(error))}", file=sys.stderr)
        except KeyboardInterrupt:
            print("Stopped.", file=sys.stderr)
            reason = "shutdown"
        self.exitcode = exit_status(failure, published, reason)
        if published is not None:
            tell(summary(published))
            self._write_report(published.folder)
        if self.exitcode is not ExitStatus.COMPLETE:
            tell(f"exit status {self.exitcode.value}: {MEANINGS[self.exitcode]}")

    def _write_report(self, run: Path) -> None:
        folder = self.settings["REPORTS_DIR"] if self.settings is not None else ""
        if folder:
            from dictcrawler.browse import run_page  # noqa: PLC0415 - slow to load, and only who wants reports needs it

            tell(run_page.add_to(Path(folder), run))

    def _reparse(self, dictionary: str, opts: argparse.Namespace) -> Published:
        settings = self.settings
        if settings is None:
            raise UsageError("dictcrawler reparse needs the project")
        given = arglist_to_dict(opts.given)
        # Imported here, because Scrapy imports all commands to run one of them
        # (seen in Scrapy 2.19.0, cmdline.py:_get_commands_from_module).
        from dictcrawler.runs import reparse  # noqa: PLC0415
        from dictcrawler.runs.opening import Costs  # noqa: PLC0415

        costs = Costs(settings.getint("READING_MEMORY"), settings.getfloat("READING_SECONDS"))
        planned = reparse.plan(dictionary, given, Path(settings["DATA_DIR"]), settings["STORE_URL"], costs)
        if opts.processes == 1:
            # Several processes fork theirs.
            ahead.fork(dictionary)
        # Move everything loaded so far out of the garbage collector's reach; it lives until exit anyway.
        gc.freeze()
        show = _Bar() if sys.stderr.isatty() and settings.getbool("PROGRESS_BAR") else _Lines()
        with show:
            return reparse.reparse(planned, limits_of(settings), processes=opts.processes, report=show.show)


def _not_kept(progress: ReparseProgress) -> str:
    return f"; the pages of {progress.not_kept:,} were not kept: outcome unchanged" if progress.not_kept else ""


class _Lines:
    """Progress as a line from time to time, for logs."""

    SECONDS_BETWEEN = 10.0

    def __init__(self) -> None:
        self._last_line = time.monotonic()
        self._progress: ReparseProgress | None = None

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, *_: object) -> None:
        """Print the last progress."""
        self._print()

    def show(self, progress: ReparseProgress) -> None:
        """Print a line if the last one is old."""
        self._progress = progress
        if time.monotonic() - self._last_line >= self.SECONDS_BETWEEN:
            self._last_line = time.monotonic()
            self._print()

    def _print(self) -> None:
        if self._progress is not None:
            done, total = self._progress.done, self._progress.total
            print(f"{done:,} of {total:,} words read again{_not_kept(self._progress)}", file=sys.stderr)


class _Bar:
    """Progress as a bar on a terminal."""

    def __init__(self) -> None:
        self._bar: WordsBar | None = None

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, *_: object) -> None:
        """Restore the terminal."""
        if self._bar is not None:
            self._bar.stop()

    def show(self, progress: ReparseProgress) -> None:
        """Draw the bar."""
        from dictcrawler.runs.progress import WordsBar  # noqa: PLC0415 - slow to load, and every command of Scrapy's loads this

        self._bar = self._bar or WordsBar(progress.total)
        self._bar.show(progress.done, _not_kept(progress).removeprefix("; "))
