"""``dictcrawler status``: the age of the latest runs and how the newest ended, for people and monitors."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from dictcrawler.cli import arguments
from dictcrawler.cli.arguments import add_data, feeds_of
from dictcrawler.cli.output import complain, print_lines, say
from dictcrawler.cli.statuses import DONE, TOO_OLD, UNREADABLE
from dictcrawler.errors import DictcrawlerError

if TYPE_CHECKING:
    from dictcrawler.feeds.figures import FeedFigures


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--max-age", metavar="AGE", type=arguments.age, help="such as 8d or 36h")
    parser.add_argument("--dictionary", metavar="NAME", help="of this feed only")
    parser.add_argument("--json", action="store_true", help="print one JSON line for each feed")
    parser.add_argument(
        "--prometheus",
        metavar="FILE.prom",
        type=_prom,
        help="write the figures for node_exporter's textfile collector, readable by everyone",
    )
    add_data(parser)


def run(args: argparse.Namespace) -> int:
    """Print or write the state of each feed; an unreadable feed does not hide the others."""
    from dictcrawler.feeds import figures  # noqa: PLC0415 - --help must not wait for it

    feeds = [figures.of_feed(folder, datetime.now(UTC)) for folder in feeds_of(args)]
    if args.prometheus is not None:
        _write(args.prometheus, figures.prometheus(feeds))
    if args.json:
        from dictcrawler.feeds import encode_line  # noqa: PLC0415 - --help must not wait for it

        print_lines(map(encode_line, feeds))
    return max((_judge(feed, args.max_age, is_shown=not args.json) for feed in feeds), key=_SEVERITY.index)


_SEVERITY = (DONE, TOO_OLD, UNREADABLE)


def _judge(feed: FeedFigures, max_age: timedelta | None, *, is_shown: bool) -> int:
    """Print the state of a feed and return its exit status."""
    if feed.problem is not None:
        complain(f"{feed.feed}: {feed.problem}")
    if feed.latest_age_seconds is None:
        return UNREADABLE
    age = timedelta(seconds=feed.latest_age_seconds)
    is_old = max_age is not None and age > max_age
    if is_shown:
        say(f"{feed.feed}: the latest run is {age.days} d {age.seconds // 3600} h old{', too old' if is_old else ''}")
        if feed.newest is not None and feed.newest.verdict == "withheld":
            say(f"{feed.feed}: the newest run, {feed.newest.run}, was withheld: {feed.newest.reason}")
    return TOO_OLD if is_old else DONE


def _prom(text: str) -> Path:
    if not text.endswith(".prom"):
        raise argparse.ArgumentTypeError(f"{text!r} does not end in .prom: node_exporter reads no other file")
    return Path(text)


def _write(file: Path, text: str) -> None:
    """Write a temporary file and rename it: node_exporter, another user's process, may read at any moment."""
    beside = file.with_name(f".{file.name}.partial")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        beside.chmod(0o644)
        beside.replace(file)
    except OSError as error:
        raise DictcrawlerError(f"{file}: cannot be written: {error}") from error
