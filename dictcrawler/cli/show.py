"""``dictcrawler show``: look a word up in the published feeds."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from dictcrawler.cli import arguments
from dictcrawler.cli.output import complain, forgiving, print_lines
from dictcrawler.cli.statuses import DONE, NO_SUCH_WORD, UNREADABLE

if TYPE_CHECKING:
    from dictcrawler.feeds.search import Found


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("word", metavar="WORD")
    parser.add_argument("--dictionary", metavar="NAME", help="look in this dictionary's feed only")
    arguments.add_data(parser)
    parser.add_argument("--json", action="store_true", help="print the entries as JSON lines")


def run(asked: argparse.Namespace) -> int:
    """Print the stored entries of the word."""
    from dictcrawler import feeds  # noqa: PLC0415 - --help must not wait for them
    from dictcrawler.cli import layout  # noqa: PLC0415 - --help must not wait for them
    from dictcrawler.feeds import search  # noqa: PLC0415 - --help must not wait for them

    folders = [
        latest.parent
        for latest in sorted((asked.data / "feeds").glob(f"*/{feeds.LATEST}"))
        if asked.dictionary in (None, latest.parent.name)
    ]
    if not folders:
        place, name = asked.data / "feeds" / (asked.dictionary or ""), asked.dictionary or "NAME"
        complain(f"there is no feed in {place} yet; make one with: scrapy crawl {name}")
        return UNREADABLE
    found = [search.find(folder, asked.word) for folder in folders]
    entries = [entry for each in found for entry in each.entries]
    if not entries:
        complain(f"no entry of {asked.word!r} is stored{_known_of(found)}")
        return NO_SUCH_WORD
    if asked.json:
        print_lines(map(feeds.encode_line, entries))
    else:
        layout.write(layout.layout(entries), forgiving(sys.stdout))
    return DONE


def _known_of(found: Iterable[Found]) -> str:
    """What became of the questions about a word that has no entries."""
    told = [
        f"{lookup.dictionary}: {lookup.status}"
        + (f"; did you mean {', '.join(lookup.suggestions)}?" if lookup.suggestions else "")
        for each in found
        for lookup in each.lookups
    ]
    return f" ({'; '.join(told)})" if told else ", and it was not asked"
