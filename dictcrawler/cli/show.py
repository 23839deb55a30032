"""``dictcrawler show``: look words up in the published feeds."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from dictcrawler.cli import arguments
from dictcrawler.cli.output import complain, forgiving, print_lines
from dictcrawler.cli.statuses import DONE, NO_SUCH_WORD, UNREADABLE
from dictcrawler.errors import FeedError

if TYPE_CHECKING:
    from pathlib import Path

    from dictcrawler.feeds.search import Found
    from dictcrawler.model import Entry


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "words", metavar="WORD", nargs="+", help='a headword or one of its forms; a phrase in quotes: "fall in love"'
    )
    parser.add_argument("--dictionary", metavar="NAME", help="look in this dictionary's feed only")
    arguments.add_data(parser)
    parser.add_argument("--json", action="store_true", help="print the entries as JSON lines")


def run(args: argparse.Namespace) -> int:
    """Print the stored entries of the words, each entry once; for a word without entries, explain why."""
    from dictcrawler import feeds  # noqa: PLC0415 - --help must not wait for them
    from dictcrawler.cli import layout  # noqa: PLC0415 - --help must not wait for them
    from dictcrawler.feeds import history, search  # noqa: PLC0415 - --help must not wait for them

    unreadable: list[FeedError] = []
    of_dictionaries = history.by_dictionary(history.feed_folders(args.data, args.dictionary), unreadable)
    folders = sorted(folder for of_dictionary in of_dictionaries.values() for folder in of_dictionary)
    if not folders and not unreadable:
        place, name = args.data / "feeds" / (args.dictionary or ""), args.dictionary or "NAME"
        complain(f"there is no feed in {place} yet; make one with: dictcrawler crawl {name}")
        return UNREADABLE
    shown: dict[str, Entry] = {}
    notes, status = [], DONE
    for word in args.words:
        found = []
        for folder in folders:
            try:
                found.append(search.find_in_feed(folder, word))
            except FeedError as error:
                unreadable.append(error)
        entries = [entry for each in found for entry in each.entries]
        if not entries:
            near = [] if unreadable else search.similar(folders, word)
            complain(_unknown(word, found, near, folders))
            status = NO_SUCH_WORD
        shown |= {entry.id: entry for entry in entries if entry.id not in shown}
        notes += [_form_of(word, each.entries) for each in found if each.by_form]
    if args.json:
        print_lines(map(feeds.encode_line, shown.values()))
    else:
        from dictcrawler import dictionaries  # noqa: PLC0415 - --help and --json must not wait for them

        titles = {name: dictionaries.title(name) for name in {entry.dictionary for entry in shown.values()}}
        layout.write(layout.layout(shown.values(), titles, dict.fromkeys(notes)), forgiving(sys.stdout))
    for problem in dict.fromkeys(map(str, unreadable)):
        # What the other feeds have is shown all the same.
        complain(problem)
    return UNREADABLE if unreadable else status


def _form_of(word: str, entries: Iterable[Entry]) -> str:
    return f"{word}: a form of {', '.join(dict.fromkeys(entry.headword for entry in entries))}"


def _unknown(word: str, found: Iterable[Found], similar: Iterable[str], folders: list[Path]) -> str:
    """The message about a word without entries: its outcomes, and what to do."""
    outcomes = dict.fromkeys(
        f"{lookup.dictionary}: {lookup.status.value.replace('_', ' ')}"
        + (f", it suggests {', '.join(lookup.suggestions)}" if lookup.suggestions else "")
        for each in found
        for lookup in each.lookups
    )
    known = f" ({'; '.join(outcomes)})" if outcomes else ", and it is not in the word lists of the runs"
    near = ", ".join(similar)
    advice = f"did you mean {near}?" if near else ""
    if not outcomes and len(folders) == 1:
        lookup = f"look it up with: dictcrawler crawl {folders[0].name} -a word={shlex.quote(word)}"
        advice = f"{advice} Or {lookup}" if advice else lookup
    return f"no entry of {word!r} is stored{known}" + (f"; {advice}" if advice else "")
