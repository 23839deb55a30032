"""``scrapy newdictionary``: generate the files of a new dictionary."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

import dictcrawler
from dictcrawler.commands import name_program
from dictcrawler.errors import ArgumentError
from dictcrawler.scaffold import project

ROOT = Path(dictcrawler.__file__).parents[1]


class Command(ScrapyCommand):
    """Writes into the clone that the command runs in, elsewhere a package of its own."""

    requires_crawler_process = False
    default_settings: ClassVar[dict[str, bool]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """The arguments after the command's name."""
        return "NAME --url 'https://…/{slug}' [options]"

    def short_desc(self) -> str:
        """The line in the list of commands."""
        return "Begin a new dictionary: a parser, a spider, tests that fail until they are real"

    def long_desc(self) -> str:
        """The beginning of ``--help``."""
        return (
            f"{self.short_desc()}. In a clone of the project three places are written: a package in "
            "dictcrawler/dictionaries/, a module in dictcrawler/spiders/, a folder in tests/dictionaries/. In any "
            "other folder a package is written that can be installed beside dictcrawler: dictcrawler-NAME/. Nothing is "
            "overwritten."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options and those of the dictionary."""
        super().add_options(parser)
        name_program(parser, "newdictionary", self.syntax())
        parser.add_argument("--url", required=True, help="address of an entry, {slug} in the place of the word")
        parser.add_argument("--lang", default="en-GB", help="BCP 47 tag of its language (default: %(default)s)")
        parser.add_argument("--title", help="the dictionary's title (default: its name)")
        parser.add_argument("--package", action="store_true", help="write a package, in a clone too")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Generate the files; on an error, exit with status 2 and one line on standard error."""
        if len(args) != 1:
            raise UsageError("one NAME is needed, which follows dictcrawler crawl")
        is_package = opts.package or not project.is_clone(ROOT) or not Path.cwd().is_relative_to(ROOT)
        write, folder = (project.create_package, Path.cwd()) if is_package else (project.create, ROOT)
        try:
            files = write(folder, name=args[0], url=opts.url, lang=opts.lang, title=opts.title)
        except ArgumentError as error:
            raise UsageError(str(error), print_help=False) from error
        for path in files:
            print(path)
        print(_next_steps(args[0], files[0].parts[0] if is_package else None))


def _next_steps(name: str, package: str | None) -> str:
    if package is None:
        tests = f"python -m pytest tests/dictionaries/test_cases.py -k '{name} or every'"
        return f"Next: docs/adding-a-dictionary.md, and {tests}"
    crawl = f"dictcrawler crawl {name} -a source=sample -a word={project.EXAMPLE_WORD}"
    return f"Next: {package}/README.md, and pip install -e {package} && {crawl}"
