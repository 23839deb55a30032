"""Scrapy commands beside ``scrapy crawl``. Scrapy names a command after its module."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TextIO

from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings, Settings
from scrapy.utils.project import get_project_settings

from dictcrawler.crawling.checked_settings import refuse_no_tables, refuse_unreadable, refuse_wrong
from dictcrawler.crawling.setting_values import WRONG
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


def refuse_options(opts: argparse.Namespace) -> None:
    """Refuse options that Scrapy could not even read: a setting that is no table, a file that cannot be written."""
    typed = dict(each.split("=", 1) for each in opts.set if "=" in each)
    with _refused():
        refuse_no_tables(typed)
        refuse_wrong("LOG_FILE", None, opts.logfile)
        refuse_wrong("--pidfile", None, opts.pidfile)


def prepare(settings: BaseSettings) -> None:
    """Refuse settings that cannot be read, and apply UMASK: before Scrapy starts its log, which may be a file."""
    with _refused():
        refuse_unreadable(settings)
    os.umask(int(settings["UMASK"], 8))


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except ArgumentError as error:
        raise UsageError(printable(str(error)), print_help=False) from error


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


def _project_settings() -> Settings:
    """The settings of the project.

    :raises SystemExit: with status 2, when they cannot be loaded.
    """
    module = os.environ["SCRAPY_SETTINGS_MODULE"]
    try:
        refuse_no_tables(vars(import_module(module)))
        settings = get_project_settings()
        refuse_wrong("COMMANDS_MODULE", None, settings["COMMANDS_MODULE"])
    except (ArgumentError, *WRONG) as error:
        problem = f"the settings {module} (SCRAPY_SETTINGS_MODULE) cannot be loaded: {error}"
        print(printable(f"dictcrawler: {problem}"), file=sys.stderr)
        sys.exit(2)
    return settings


def run_command(name: str, arguments: list[str]) -> int:
    """Run a Scrapy command with our settings, in any folder; returns the exit status.

    A user's own project names its settings in ``SCRAPY_SETTINGS_MODULE``; a ``scrapy.cfg``
    counts for the command ``scrapy`` only.
    """
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "dictcrawler.settings")
    from scrapy.cmdline import execute  # noqa: PLC0415 - slow, and the plain commands do without it

    try:
        execute(["dictcrawler", name, *arguments], settings=_project_settings())
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0
