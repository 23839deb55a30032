"""``dictcrawler prune``: remove old runs and the kept pages that nothing refers to any more."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from dictcrawler.cli import arguments
from dictcrawler.cli.arguments import add_data, feeds_of
from dictcrawler.cli.output import complain, tell
from dictcrawler.cli.statuses import AT_WORK, DONE, UNREADABLE, status_of
from dictcrawler.defaults import STORE_URL
from dictcrawler.errors import ArgumentError, DictcrawlerError, FeedError

if TYPE_CHECKING:
    from dictcrawler.runs.prune import Prune, Removed


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--keep", metavar="N", type=arguments.positive, required=True, help="how many runs of each feed to keep"
    )
    parser.add_argument("--dry-run", action="store_true", help="only list what would be removed")
    parser.add_argument(
        "--dictionary", metavar="NAME", help="the runs of this feed only, and the kept pages of its whole dictionary"
    )
    parser.add_argument(
        "--store", metavar="URL", default=STORE_URL, help="the STORE_URL of the crawls (default: theirs)"
    )
    add_data(parser)


def run(args: argparse.Namespace) -> int:
    """Remove old runs and pages; with ``--dry-run`` only list them."""
    from dictcrawler.feeds import history  # noqa: PLC0415 - --help must not wait for them
    from dictcrawler.runs import prune  # noqa: PLC0415 - --help must not wait for them

    gone: list[Removed] = []
    unreadable: list[FeedError] = []
    of_dictionaries = history.by_dictionary(feeds_of(args), unreadable)
    for error in unreadable:
        complain(error)
    statuses = {UNREADABLE} if unreadable else set()
    for name, folders in of_dictionaries.items():
        wanted = prune.Prune(
            dictionary=name,
            feeds=tuple(folders),
            data=args.data,
            store_url=args.store,
            keep=args.keep,
            is_dry=args.dry_run,
        )
        statuses.add(_prune_dictionary(wanted, gone))
    runs = sum(removed.is_run for removed in gone)
    tell(f"in all: {runs} runs, {len(gone) - runs} files of kept pages, {sum(each.size for each in gone):,} bytes")
    return next((status for status in (UNREADABLE, AT_WORK) if status in statuses), DONE)


def _prune_dictionary(wanted: Prune, gone: list[Removed]) -> int:
    """Prune one dictionary and return the exit status; the totals are added to what is removed.

    :raises ArgumentError: when the store's URL is wrong; nothing of it is removed then.
    """
    from dictcrawler.runs import prune  # noqa: PLC0415 - --help must not wait for it

    try:
        for removed in prune.prune(wanted):
            tell(f"{'would remove' if wanted.is_dry else 'removed'} {removed.path} ({removed.size:,} bytes)")
            gone.append(removed)
    except ArgumentError:
        raise
    except DictcrawlerError as error:
        complain(error)
        return status_of(error)
    return DONE
