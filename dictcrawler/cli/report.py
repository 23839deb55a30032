"""``dictcrawler report RUN``: write the page of a run as one file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dictcrawler.cli.arguments import add_data
from dictcrawler.cli.output import tell
from dictcrawler.cli.statuses import DONE
from dictcrawler.errors import DictcrawlerError

STANDARD_OUTPUT = Path("-")


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("run", metavar="RUN", help="a feed's name for its latest run (macmillan), or a run's folder")
    parser.add_argument(
        "-o",
        "--out",
        metavar="FILE.html",
        type=Path,
        help="the file to write, replaced if it exists; - for standard output (default: FEED-RUN.html here)",
    )
    add_data(parser)


def run(args: argparse.Namespace) -> int:
    """Write the report."""
    from dictcrawler.browse import run_page  # noqa: PLC0415 - --help must not wait for it

    named = args.data / "feeds" / args.run
    report = run_page.gather(named if named.is_dir() else args.run)
    page = run_page.as_file(report)
    if args.out == STANDARD_OUTPUT:
        sys.stdout.write(page)
        return DONE
    file = args.out or Path(f"{report.feed}-{report.manifest.run}.html")
    try:
        written = run_page.write(page, file)
    except OSError as error:
        raise DictcrawlerError(f"{file}: cannot be written: {error}") from error
    tell(f"{file}: {report.verdict}, {written:,} bytes, no network needed")
    return DONE
