"""``dictcrawler export FORMAT FEED…``: a published run in another format."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dictcrawler import exports, feeds
from dictcrawler.cli.arguments import add_data, run_folder
from dictcrawler.cli.output import complain, say, tell
from dictcrawler.cli.statuses import DONE, WRONG_USAGE
from dictcrawler.errors import ExportRefused
from dictcrawler.exports import Exported, Format, Request
from dictcrawler.exports.format import Option


def add(command: argparse.ArgumentParser) -> None:
    """Add the formats, each with its options."""
    command.add_argument("--list", action=_List, nargs=0, help="list the formats and what each needs, and exit")
    formats = command.add_subparsers(required=True, metavar="FORMAT", dest="format")
    for name in exports.names():
        form = exports.load(name)
        _add_format(formats.add_parser(name, help=form.summary, description=f"Export {form.summary}."), form)


def _add_format(parser: argparse.ArgumentParser, form: Format) -> None:
    parser.add_argument(
        "feeds",
        metavar="FEED",
        nargs="+",
        help="a feed's name for its latest run (macmillan), NAME/RUN, or the folder of a run"
        + ("; several go into one export" if form.takes_several else ""),
    )
    parser.add_argument(
        "-o",
        "--out",
        metavar="PATH",
        type=Path,
        help=f"{form.shape} (default: a folder of its own in exports/ under --data)",
    )
    parser.add_argument("--force", action="store_true", help="replace an earlier export")
    parser.add_argument("--shareable", action="store_true", help="refuse text that may not be passed on")
    add_data(parser)
    for option in form.options:
        _add_option(parser, option)


def _add_option(parser: argparse.ArgumentParser, option: Option) -> None:
    flag, destination = f"--{option.name}", f"option {option.name}"
    if option.read is None:
        parser.add_argument(flag, action="store_true", dest=destination, help=option.help)
    else:
        read = _argument(option.read)
        parser.add_argument(
            flag, type=read, default=option.default, metavar=option.metavar, dest=destination, help=option.help
        )


def _argument(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Wrap an option's parser so that the user sees its ValueError."""

    def shown(text: str) -> object:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return shown


def run(args: argparse.Namespace) -> int:
    """Write the export."""
    prefix = "option "
    options = {name.removeprefix(prefix): value for name, value in vars(args).items() if name.startswith(prefix)}
    runs = [run_folder(args.data, feed) for feed in args.feeds]
    try:
        with _bar(runs, exports.load(args.format).passes) as progress:
            request = Request(
                force=args.force,
                shareable=args.shareable,
                folder=args.data / "exports",
                options=options,
                progress=progress,
            )
            done = exports.export(args.format, runs, args.out, request)
    except ExportRefused as error:
        complain(error)
        return WRONG_USAGE
    _report(done)
    return DONE


def _report(done: Exported) -> None:
    counted = ", ".join(f"{count:,} {what}" for what, count in done.counts.items())
    tell(f"{done.path}: {counted}")
    for what, count in done.left_out.items():
        tell(f"left out: {what}: {count:,}")
    tell(f"card: {done.card}")
    if not done.is_open:
        tell("A private copy: all rights are reserved, do not pass it on.")


@contextmanager
def _bar(runs: list[Path], passes: int) -> Iterator[Callable[[int], None]]:
    """A live bar on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from dictcrawler.runs.progress import WordsBar  # noqa: PLC0415 - slow to load, and only a terminal needs it

    bar = WordsBar(passes * sum(feeds.read_run(run).entries for run in map(feeds.resolve, runs)), "entries")
    try:
        yield lambda done: bar.show(done, "")
    finally:
        bar.stop()


class _List(argparse.Action):
    """Prints the formats and exits, as ``--version`` does."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        for name in exports.names():
            form = exports.load(name)
            say(f"{name:<12} {form.summary}")
            say(f"{'':<12} {_needs(form)}")
        parser.exit()


def _needs(form: Format) -> str:
    several = "takes one feed or several" if form.takes_several else "takes one feed"
    if form.extra is None:
        return f"{several}; writes {form.shape}"
    state = "not installed" if form.extra.is_missing else "installed"
    return f"{several}; writes {form.shape}; needs {form.extra.module} (extra {form.extra.name!r}, {state})"
