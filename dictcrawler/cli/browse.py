"""``dictcrawler browse [FEED …]``: serve the pages for looking up words and checking runs."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from dictcrawler.cli.arguments import add_data
from dictcrawler.cli.output import complain, say
from dictcrawler.cli.statuses import DONE
from dictcrawler.errors import FeedError

HOST = "127.0.0.1"
PORT = 8780


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "feeds",
        metavar="FEED",
        nargs="*",
        help="a feed's name, its folder or a run's folder (default: all under --data)",
    )
    parser.add_argument(
        "--port", metavar="N", type=_port, default=PORT, help=f"0 for any that is free (default: {PORT})"
    )
    parser.add_argument(
        "--host",
        metavar="ADDRESS",
        default=HOST,
        help="where to listen; others can read the pages when it is not loopback",
    )
    parser.add_argument(
        "--name", metavar="HOST", action="append", default=[], help="a host name that the pages may be opened by"
    )
    parser.add_argument(
        "--cache", metavar="DIR", type=Path, help="where the index is kept (default: your cache folder)"
    )
    add_data(parser)


def run(args: argparse.Namespace) -> int:
    """Build the index, then serve until stopped."""
    from dictcrawler.browse import index_files, serving  # noqa: PLC0415 - --help must not wait for them
    from dictcrawler.browse.library import Library  # noqa: PLC0415

    named = [_folder(args.data, name) for name in args.feeds]
    library = Library(args.data, named, args.cache or index_files.default_cache())
    if not library.folders():
        where = args.data / "feeds"
        raise FeedError(
            where, None, "there is no feed yet; make one (dictcrawler crawl macmillan -a source=sample) or name --data"
        )
    library.refresh(_Progress().show)
    for name, problem in library.problems.items():
        complain(f"{name} is left out: {problem}; crawl it again to publish it")

    def begun(url: str) -> None:
        words = sum(book.manifest.entries for book in library.books)
        feeds = f"{len(library.books)} feed{'s' * (len(library.books) != 1)}"
        say(f"{words:,} entries of {feeds}: {url}  (Ctrl-C stops)", flush=True)

    asyncio.run(serving.serve(library, args.host, args.port, args.name, begun))
    return DONE


def _folder(data: Path, name: str) -> Path:
    """The folder of a FEED argument: a name below the data folder, or a path.

    :raises FeedError: when it is neither.
    """
    named = data / "feeds" / name
    folder = named if named.is_dir() else Path(name)
    if not folder.is_dir():
        raise FeedError(folder, None, f"there is no feed {name!r}, neither in {data / 'feeds'} nor as a folder")
    return folder


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:  # noqa: PLR2004
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return int(text)


class _Progress:
    """Progress as a single line on a terminal, rewritten in place; elsewhere one line a feed."""

    def __init__(self) -> None:
        self._is_live = sys.stderr.isatty()
        self._last = ""

    def show(self, name: str, done: int, total: int) -> None:
        """Report how far the index of a feed is."""
        if self._is_live:
            end = "\n" if done >= total else ""
            print(f"\rindexing {name}: {done:,} of {total:,} entries", end=end, file=sys.stderr, flush=True)
        elif name != self._last:
            print(f"indexing {name}: {total:,} entries", file=sys.stderr, flush=True)
        self._last = name
