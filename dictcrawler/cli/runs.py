"""``dictcrawler runs``: list the published runs."""

from __future__ import annotations

import argparse

from dictcrawler.cli.arguments import add_data, feeds_of
from dictcrawler.cli.statuses import DONE


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--dictionary", metavar="NAME", help="of this feed only")
    add_data(parser)


def run(asked: argparse.Namespace) -> int:
    """Print a table of the runs of each feed."""
    from dictcrawler.feeds import history  # noqa: PLC0415 - --help must not wait for it

    for feed in feeds_of(asked):
        print(feed.name)
        for line in history.table(history.runs(feed)):
            print(f"  {line}")
    return DONE
