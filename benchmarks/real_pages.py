"""The cost of parsing the saved real pages: a parse with all checks against Lexbor's tree alone, for each dictionary.

``python -m benchmarks.real_pages [--rounds 7]``, with the pages in ``$DICTCRAWLER_PAGES``; without them it prints a
message and ends. Only pages with entries count. The two alternate within each round; a dictionary's figure is the sum
over its pages, and the ratio is the smallest of all rounds.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from selectolax.lexbor import LexborHTMLParser

from dictcrawler import dictionaries
from dictcrawler.errors import PageError
from dictcrawler.parsing.page import EntryPage
from tests.programs.fuzz_parsers import Sample, saved


def with_entries(name: str) -> list[Sample]:
    """The saved pages of a dictionary that have entries."""
    return [page for page in saved(name) if _has_entries(page)]


def _has_entries(page: Sample) -> bool:
    with suppress(PageError):
        return isinstance(dictionaries.load(page.dictionary).parse(page.html, page.url), EntryPage)
    return False


def tree(html: str) -> object:
    """Lexbor's tree."""
    return LexborHTMLParser(html).root


def least(pages: list[Sample], name: str, rounds: int) -> tuple[float, float]:
    """Milliseconds of processor time for all pages: the tree, the parse."""
    parse = dictionaries.load(name).parse
    trees = parses = 0.0
    for page in pages:
        ways: tuple[Callable[[], object], ...] = (partial(tree, page.html), partial(parse, page.html, page.url))
        taken = [[_cost(way) for way in ways] for _ in range(rounds)]
        trees += min(cost for cost, _ in taken)
        parses += min(cost for _, cost in taken)
    return trees, parses


def _cost(way: Callable[[], object]) -> float:
    began = time.process_time()
    way()
    return (time.process_time() - began) * 1000


def main() -> int:
    """Print a line for each dictionary."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    for name in dictionaries.names():
        pages = with_entries(name)
        if not pages:
            print(f"{name}: no saved pages (DICTCRAWLER_PAGES names their folder)")
            continue
        trees, parses = least(pages, name, rounds)
        print(f"{name}: {len(pages)} pages, tree {trees:.2f} ms, parse {parses:.2f} ms, {parses / trees:.1f} times")
    return 0


if __name__ == "__main__":
    sys.exit(main())
