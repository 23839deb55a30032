"""``dictcrawler status``: say how old the latest runs are."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from dictcrawler.cli import arguments
from dictcrawler.cli.arguments import add_data, feeds_of
from dictcrawler.cli.statuses import DONE, TOO_OLD


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--max-age", metavar="AGE", type=arguments.age, help="such as 8d or 36h")
    parser.add_argument("--dictionary", metavar="NAME", help="of this feed only")
    add_data(parser)


def run(asked: argparse.Namespace) -> int:
    """Print the age of each feed's latest run."""
    from dictcrawler.feeds import history  # noqa: PLC0415 - --help must not wait for it

    status = DONE
    for feed in feeds_of(asked):
        age = history.age_of_latest(feed, datetime.now(UTC))
        is_old = asked.max_age is not None and age > asked.max_age
        print(f"{feed.name}: the latest run is {age.days} d {age.seconds // 3600} h old{', too old' if is_old else ''}")
        status = TOO_OLD if is_old else status
    return status
