"""``dictcrawler schema``: print the JSON Schema of a published line."""

from __future__ import annotations

import argparse

from dictcrawler.cli.output import print_lines
from dictcrawler.cli.statuses import DONE


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("kind", choices=("change", "entry", "lookup", "run", "structure"))


def run(args: argparse.Namespace) -> int:
    """Print the schema."""
    from dictcrawler.feeds import schema  # noqa: PLC0415 - --help must not wait for it

    print_lines([schema.text(args.kind).encode()])
    return DONE
