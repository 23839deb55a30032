"""Arguments that several commands share."""

from __future__ import annotations

import argparse
import os
from datetime import timedelta
from pathlib import Path

from dictcrawler.errors import ArgumentError, FeedError


def add_data(command: argparse.ArgumentParser) -> None:
    """``--data``, the folder that the crawls write to."""
    default = Path(os.environ.get("DICTCRAWLER_DATA") or "data")
    command.add_argument(
        "--data", metavar="DIR", type=Path, default=default, help=f"where feeds/ is (default: {default})"
    )


def feeds_of(args: argparse.Namespace) -> list[Path]:
    """The feed folders that a command applies to.

    :raises FeedError: when there are none.
    """
    from dictcrawler.feeds import history  # noqa: PLC0415 - --help must not wait for it

    folders = history.feed_folders(args.data, args.dictionary)
    if not folders:
        name = args.dictionary or "NAME"
        raise FeedError(args.data / "feeds" / (args.dictionary or ""), None,
                        f"there is no feed yet; make one with: dictcrawler crawl {name}")  # fmt: skip
    return folders


def run_folder(data: Path, name: str) -> Path:
    """The run folder for a feed's name, ``NAME/RUN`` or a path.

    :raises FeedError: when there is no such run.
    """
    from dictcrawler.feeds import history  # noqa: PLC0415 - --help must not wait for it

    named = data / "feeds" / name
    if named.is_dir() or Path(name).exists():
        return named if named.is_dir() else Path(name)
    there = ", ".join(folder.name for folder in history.feed_folders(data)) or "none yet"
    raise FeedError(data / "feeds", None, f"there is no feed {name!r} (there are: {there}), and no folder of that name")


def age(text: str) -> timedelta:
    """An age such as ``36h``, ``8d`` or ``2w``."""
    from dictcrawler.plan import freshness  # noqa: PLC0415 - --help must not wait for it

    try:
        rule = freshness.read_refresh(text)
    except ArgumentError:
        rule = freshness.Refresh("none")
    if rule.kind != "age":
        raise argparse.ArgumentTypeError(f"{text!r} is not an age such as 36h, 8d or 2w")
    return rule.age


def positive(text: str) -> int:
    """A whole number of at least 1."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def url(text: str) -> str:
    """A URL with http or https."""
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text!r} is not an address that begins with http:// or https://")
    return text
