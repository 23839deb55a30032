"""``dictcrawler runs``: list the published runs."""

from __future__ import annotations

import argparse

from dictcrawler.cli.arguments import add_data, feeds_of
from dictcrawler.cli.output import complain, print_lines, say
from dictcrawler.cli.statuses import DONE, UNREADABLE
from dictcrawler.errors import FeedError


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--dictionary", metavar="NAME", help="of this feed only")
    parser.add_argument("--json", action="store_true", help="print one JSON line for each run, the oldest first")
    add_data(parser)


def run(args: argparse.Namespace) -> int:
    """Print a table of the runs of each feed, or their figures."""
    from dictcrawler.feeds import encode_line, figures, history  # noqa: PLC0415 - --help must not wait for them

    status = DONE
    for feed in feeds_of(args):
        try:
            runs = history.runs(feed)
        except FeedError as error:
            # The other feeds are shown all the same.
            complain(error)
            status = UNREADABLE
            continue
        if args.json:
            print_lines(encode_line({"feed": feed.name, **figures.as_dict(figures.of_run(run))}) for run in runs)
            continue
        say(feed.name)
        for line in history.table(runs):
            say(f"  {line}")
    return status
