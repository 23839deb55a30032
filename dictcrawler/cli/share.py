"""``dictcrawler share``: write those parts of a run that may be passed on."""

from __future__ import annotations

import argparse
from pathlib import Path

from dictcrawler.cli.arguments import add_data
from dictcrawler.cli.output import tell
from dictcrawler.cli.statuses import DONE


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("run", metavar="RUN", help="the folder of a run, or a dictionary's name for its latest run")
    parser.add_argument("--out", metavar="DIR", type=Path, help="a new folder (default: shared/NAME/RUN under --data)")
    add_data(parser)


def run(args: argparse.Namespace) -> int:
    """Write the feed and its NOTICE."""
    from dictcrawler import feeds  # noqa: PLC0415 - --help must not wait for them
    from dictcrawler.feeds import sharing  # noqa: PLC0415 - --help must not wait for them

    named = args.data / "feeds" / args.run
    run = feeds.resolve(named if named.is_dir() else args.run)
    shared = sharing.share(run, args.out or args.data / "shared" / run.parent.name / run.name)
    terms = f"under {shared.licence}" if shared.licence else "all rights are reserved: without the dictionary's words"
    tell(f"{shared.entries:,} entries, {terms}: {shared.folder / shared.file}")
    return DONE
