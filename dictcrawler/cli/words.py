"""``dictcrawler words FILE``: the words of a text as a word list."""

from __future__ import annotations

import argparse
import sys

from dictcrawler.cli.arguments import positive
from dictcrawler.cli.output import forgiving
from dictcrawler.cli.statuses import DONE


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = (
        f"{parser.description} The most frequent come first, with their count after a tab: check the list, and "
        "crawl it with -a words=LIST."
    )
    parser.add_argument("file", metavar="FILE", help="a text: .txt, .srt or .epub; - is standard input")
    parser.add_argument("--known", metavar="FILE", help="a word list of words to leave out, with their forms")
    parser.add_argument("--language", metavar="CODE", default="en", help="of the text (default: %(default)s)")
    parser.add_argument("--at-least", metavar="N", type=positive, default=1, help="only words that occur this often")


def run(args: argparse.Namespace) -> int:
    """Print the words."""
    from dictcrawler.plan import reading_text  # noqa: PLC0415 - --help must not wait for it

    counts = reading_text.count(args.file, args.language, args.known)
    lines = (f"{word}\t{count}\n" for word, count in counts.most_common() if count >= args.at_least)
    forgiving(sys.stdout).writelines(lines)
    return DONE
