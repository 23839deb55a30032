"""The cost of parsing the saved real pages: a parse with all checks against Lexbor's tree alone, for each dictionary.

``python -m benchmarks.real_pages [--rounds 7]``, with the pages in ``$DICTCRAWLER_PAGES``; without them it prints a
message and ends. Only pages with entries count. The two alternate page by page, each the least of three; a round's
figure is the sum over a dictionary's pages. WiktionaryParser reads the same pages of Wiktionary where
``$WIKTIONARYPARSER_ENV`` is an environment that has it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from benchmarks.measure import Spread
from dictcrawler import dictionaries
from dictcrawler.errors import PageError
from dictcrawler.parsing.page import EntryPage
from tests.programs.fuzz_parsers import Sample, saved

TREE, PARSE, PEER = "Lexbor's tree alone", "parse with all proofs", "WiktionaryParser"
REPEATED = 3
# A program of that environment, never imported in ours.
_PROGRAM = Path(__file__).parent / "ways" / "wiktionary_parser.py"


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


def rounds(count: int) -> dict[str, dict[str, list[float]]]:
    """Milliseconds of processor for all pages of a dictionary, by dictionary and way, one figure a round."""
    pages = {name: found for name in dictionaries.names() if (found := with_entries(name))}
    taken: dict[str, dict[str, list[float]]] = {name: {} for name in pages}
    for _ in range(count):
        for name, found in pages.items():
            for way, cost in _costs(name, found):
                taken[name].setdefault(way, []).append(cost)
    return taken


def _costs(name: str, pages: list[Sample]) -> Iterator[tuple[str, float]]:
    parse = dictionaries.load(name).parse
    trees = parses = 0.0
    for page in pages:
        ways: tuple[Callable[[], object], ...] = (partial(tree, page.html), partial(parse, page.html, page.url))
        taken = [[_cost(way) for way in ways] for _ in range(REPEATED)]
        trees += min(cost for cost, _ in taken)
        parses += min(cost for _, cost in taken)
    yield TREE, trees
    yield PARSE, parses
    python = Path(os.environ.get("WIKTIONARYPARSER_ENV", ""), "bin", "python")
    if name == "wiktionary" and python.is_file():
        yield PEER, _cost_of_peer(python, pages)


def _cost(way: Callable[[], object]) -> float:
    began = time.process_time()
    way()
    return (time.process_time() - began) * 1000


def _cost_of_peer(python: Path, pages: list[Sample]) -> float:
    folder = Path(os.environ["DICTCRAWLER_PAGES"])
    command = [str(python), str(_PROGRAM), *(str(folder / page.name) for page in pages)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def ratios(taken: dict[str, list[float]]) -> Iterator[tuple[str, Spread]]:
    """The parse of a dictionary against each other way, of the figures of the same round."""
    for way, of_way in taken.items():
        if way != PARSE:
            yield way, Spread.of([ours / other for ours, other in zip(taken[PARSE], of_way, strict=True)])


def main() -> int:
    """Print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    found = rounds(parser.parse_args().rounds)
    if not found:
        print("no saved pages (DICTCRAWLER_PAGES names their folder)")
    for name, taken in found.items():
        for way, costs in taken.items():
            print(f"{name}: {way}: {Spread.of(costs).median:.2f} ms")
        for way, ratio in ratios(taken):
            print(f"{name}: {PARSE} / {way}: {ratio.median:.3f} ({ratio.least:.3f} to {ratio.most:.3f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
