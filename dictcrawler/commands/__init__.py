"""Scrapy commands beside ``scrapy crawl``. Scrapy names a command after its module."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TextIO

from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from dictcrawler.errors import ArgumentError
from dictcrawler.text import printable


def name_program(parser: argparse.ArgumentParser, command: str, syntax: str) -> None:
    """Have the help and the errors of a command say what was typed: ``dictcrawler crawl`` or ``scrapy crawl``.

    Scrapy's own always say ``scrapy crawl`` (seen in Scrapy 2.19.0, cmdline.py:execute).
    """
    started = Path(sys.argv[0])
    parser.prog = "scrapy" if "scrapy" in (started.name, started.parent.name) else "dictcrawler"
    parser.usage = f"{parser.prog} {command} {syntax}"
    has_lines = "\n" in (parser.description or "")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter if has_lines else argparse.HelpFormatter


def prepare(settings: BaseSettings) -> None:
    """Refuse settings that cannot be read, and apply UMASK: before Scrapy starts its log, which may be a file."""
    from dictcrawler.crawling.arguments import refuse_unreadable  # noqa: PLC0415 - the plain commands do without Scrapy

    try:
        refuse_unreadable(settings)
    except ArgumentError as error:
        raise UsageError(printable(str(error)), print_help=False) from error
    umask = settings["UMASK"]
    try:
        os.umask(int(umask, 8) & 0o777)
    except ValueError as error:
        raise UsageError(f"UMASK={umask!r} is not an octal number", print_help=False) from error


def tell(*lines: str) -> None:
    """Print lines. When that fails, for a closed pipe or a full disk, the work continues."""
    try:
        print(*lines, sep="\n", flush=True)
    except OSError as error:
        forget(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            print(f"standard output cannot be written: {error}", file=sys.stderr)


def forget(stream: TextIO) -> None:
    """Redirect a stream to nowhere: its final flush, if it failed, would change the exit status."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def run_command(name: str, arguments: list[str]) -> int:
    """Run a Scrapy command with our settings, in any folder; returns the exit status.

    A user's own project names its settings in ``SCRAPY_SETTINGS_MODULE`` or ``scrapy.cfg``, as usual.
    """
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "dictcrawler.settings")
    from scrapy.cmdline import execute  # noqa: PLC0415 - slow, and the plain commands do without it

    try:
        execute(["dictcrawler", name, *arguments])
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0
