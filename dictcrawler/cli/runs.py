"""``dictcrawler runs``: list the published runs."""

from __future__ import annotations

import argparse

from dictcrawler.cli.arguments import add_data, feeds_of
from dictcrawler.cli.output import print_lines, say
from dictcrawler.cli.statuses import DONE


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--dictionary", metavar="NAME", help="of this feed only")
    parser.add_argument("--json", action="store_true", help="print one JSON line for each run, the oldest first")
    add_data(parser)


def run(args: argparse.Namespace) -> int:
    """Print a table of the runs of each feed, or their figures."""
    from dictcrawler.feeds import encode_line, figures, history  # noqa: PLC0415 - --help must not wait for them

    for feed in feeds_of(args):
        runs = history.runs(feed)
        if args.json:
            print_lines(encode_line({"feed": feed.name, **figures.as_dict(figures.of_run(run))}) for run in runs)
            continue
        say(feed.name)
        for line in history.table(runs):
            say(f"  {line}")
    return DONE
