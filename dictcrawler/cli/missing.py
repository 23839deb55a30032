"""``dictcrawler missing``: the words of a run that have no entry, as a list to correct and to crawl again."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from dictcrawler.cli import arguments
from dictcrawler.cli.output import forgiving
from dictcrawler.cli.statuses import DONE
from dictcrawler.text import printable

if TYPE_CHECKING:
    from dictcrawler.feeds.missing import Missing
    from dictcrawler.model import Status

COLUMNS = ("word", "status", "suggestions", "error", "line", "repeated", "feed")


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = (
        f"{parser.description} The output is a word list: correct the words, delete the lines that are right as they "
        "are, and crawl it with -a words=FILE -a feed=NAME. Text after a tab is a note."
    )
    parser.add_argument(
        "feed",
        metavar="FEED",
        nargs="?",
        help="a feed's name for its latest run (macmillan), NAME/RUN, or the folder of a run (default: all feeds)",
    )
    parser.add_argument(
        "--status",
        metavar="STATUS[,STATUS]",
        type=_statuses,
        help="only words with these outcomes, such as not_in_dictionary or not_archived,blocked (default: all)",
    )
    parser.add_argument("--csv", action="store_true", help=f"print a table with the columns {', '.join(COLUMNS)}")
    arguments.add_data(parser)


def run(args: argparse.Namespace) -> int:
    """Print the words."""
    from dictcrawler.feeds import missing, resolve  # noqa: PLC0415 - --help must not wait for them

    if args.feed is None:
        args.dictionary = None
        runs = [resolve(folder) for folder in arguments.feeds_of(args)]
    else:
        runs = [resolve(arguments.run_folder(args.data, args.feed))]
    found = ((folder, missing.of_run(folder, args.status or missing.NO_ENTRY)) for folder in runs)
    out = forgiving(sys.stdout)
    if args.csv:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(COLUMNS)
        for folder, words in found:
            table.writerows(_rows(folder, words))
    else:
        for folder, words in found:
            out.writelines(_lines(folder, words))
    return DONE


def _lines(run_folder: Path, words: Iterable[Missing]) -> Iterator[str]:
    """A word list with a comment at its top and a note after each word."""
    name = f"{run_folder.parent.name}, run {run_folder.name}"
    count = 0
    for count, word in enumerate(words, 1):
        if count == 1:
            yield printable(f"# {name}: words without an entry") + "\n"
        yield f"{printable(word.lookup.keyword)}\t{printable(word.remark)}\n"
    if not count:
        yield printable(f"# {name}: no word of this kind") + "\n"


def _rows(run_folder: Path, words: Iterable[Missing]) -> Iterator[tuple[str, ...]]:
    """The rows of the table. The words are the user's own and stay unchanged; other texts may come from a site."""
    from dictcrawler.exports.formats.csv import defused  # noqa: PLC0415 - only a table needs it

    for word in words:
        lookup = word.lookup
        yield (
            lookup.keyword,
            lookup.status.value,
            defused(", ".join(lookup.suggestions)),
            defused(lookup.error or ""),
            str(lookup.line),
            " ".join(map(str, word.repeated)),
            run_folder.parent.name,
        )


def _statuses(text: str) -> list[Status]:
    from dictcrawler.feeds.missing import NO_ENTRY  # noqa: PLC0415 - --help must not wait for it

    allowed = {status.value: status for status in NO_ENTRY}
    found = []
    for name in text.lower().replace(" ", "_").split(","):
        if name not in allowed:
            close = get_close_matches(name, allowed, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"choose from {', '.join(allowed)}"
            raise argparse.ArgumentTypeError(f"{name!r} is not a status of a word without an entry; {hint}")
        found.append(allowed[name])
    return found
