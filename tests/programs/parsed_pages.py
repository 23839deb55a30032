"""The parsers' results for the fixtures, the real pages and 10,000 mutated ones, to compare two states of the code.

``python -m tests.programs.parsed_pages > before.txt`` prints a line for each page with a digest of the parser's whole
result, with warnings and ratios, or of the error. Run it again after a change that should change nothing, and compare
with ``diff``. ``--show longman:17`` prints everything of one page. The pages depend only on ``--seed`` and on the real
ones in ``$DICTCRAWLER_PAGES``.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
from collections.abc import Iterator

import msgspec

from dictcrawler import dictionaries
from dictcrawler.errors import PageError
from tests.programs.fuzz_parsers import Sample, fixtures, mutated, saved


def pages(name: str, count: int, seed: int) -> Iterator[tuple[Sample, str]]:
    """The original pages of a dictionary, then this many mutated ones."""
    samples = [*fixtures(name), *saved(name)]
    yield from ((sample, sample.html) for sample in samples)
    chance = random.Random(f"{seed}:{name}")
    for _ in range(count):
        sample = chance.choice(samples)
        yield sample, mutated(chance, sample, samples)


def result(sample: Sample, html: str, *, translations: bool) -> bytes:
    """The parser's whole result as JSON, or the name and message of an error."""
    dictionary = dictionaries.load(sample.dictionary).viewed(translations=translations)
    try:
        return msgspec.json.encode(dictionary.parse(html, sample.url))
    except PageError as error:
        return f"{type(error).__name__}: {error}".encode(errors="backslashreplace")


def main() -> int:
    """Print the digests, or one result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dictionary", choices=dictionaries.names(), action="append")
    parser.add_argument("--count", type=int, default=2_500, help="mutated pages of each dictionary")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--translations", action="store_true", help="with the translations of Wiktionary")
    parser.add_argument("--show", metavar="DICTIONARY:NUMBER")
    options = parser.parse_args()
    shown, _, wanted = (options.show or "").partition(":")
    for name in [shown] if shown else options.dictionary or dictionaries.names():
        for number, (sample, html) in enumerate(pages(name, options.count, options.seed)):
            if shown and number != int(wanted):
                continue
            found = result(sample, html, translations=options.translations)
            if shown:
                sys.stdout.buffer.write(msgspec.json.format(found) if found[:1] == b"{" else found)
                return 0
            print(f"{name}:{number}", sample.name, hashlib.sha256(found).hexdigest()[:16])
    return 0


if __name__ == "__main__":
    sys.exit(main())
