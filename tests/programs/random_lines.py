"""A word list of random bytes through a whole crawl of the sample site: one outcome a line, flat memory.

``python -m tests.programs.random_lines [--lines 1000000] [--seed 1]``
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dictcrawler import feeds
from tests.support.peak_memory import WITH_PEAK, peak_mib
from tests.support.server import ROOT

# Soft hyphen, zero-width space, direction marks, word joiner, byte-order mark: alone they are a blank line.
INVISIBLE = set("\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff")
NO_LINE_END = bytes(byte for byte in range(256) if byte not in b"\r\n")


@dataclass(frozen=True)
class Result:
    """The result of a list: ``expected`` and ``found`` are numbers of lines with an outcome."""

    status: int
    expected: list[int]
    found: list[int]
    outcomes: Counter[str]
    peak_mib: float
    seconds: float
    log: str


def lines(count: int, seed: int) -> Iterator[bytes]:
    """The first line is a word, so that the file is neither gzip nor UTF-16; then anything up to 40 bytes."""
    chance = random.Random(seed)
    yield b"hello"
    for _ in range(count - 1):
        yield bytes(chance.choices(NO_LINE_END, k=chance.randrange(41)))


def has_outcome(line: bytes) -> bool:
    """Whether a line is neither blank nor a comment, decided without the code under test."""
    text = line.decode("utf-8", "surrogateescape")
    if text.lstrip().startswith("#"):
        return False
    blanks = INVISIBLE | {"\t"} | {sign for sign in text if sign.isspace() and unicodedata.category(sign) != "Cc"}
    return not blanks.issuperset(text)


def crawl(folder: Path, count: int, seed: int) -> Result:
    """Crawl the list from the sample site."""
    words = folder / "words.txt"
    expected = []
    with words.open("wb") as file:
        for number, line in enumerate(lines(count, seed), 1):
            file.write(line + b"\n")
            if has_outcome(line):
                expected.append(number)
    command = [sys.executable, "-m", "scrapy", "crawl", "macmillan", "-a", "source=sample", "-a", f"words={words}"]
    # No real list is like this one, so withholding is switched off.
    command += ["-s", f"EXTENSIONS={WITH_PEAK}", "-s", "WORD_LIST_CHECKED=False"]
    environment = os.environ | {"DICTCRAWLER_DATA": str(folder / "data"), "PYTHONPATH": str(ROOT)}
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, check=False
    )
    seconds = time.monotonic() - began
    log = done.stderr.decode()
    found, outcomes = [], Counter[str]()
    for lookup in feeds.read_lookups(folder / "data" / "feeds" / "macmillan"):
        found.append(lookup.line)
        outcomes[lookup.status.value] += 1
    return Result(done.returncode, expected, found, outcomes, peak_mib(log), seconds, log)


def main() -> int:
    """Print the result; 1 when a line has no outcome or more than one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = crawl(Path(folder), args.lines, args.seed)
    unaccounted = len(set(result.expected) ^ set(result.found)) + len(result.found) - len(set(result.found))
    print(f"{args.lines} lines, {len(result.expected)} of them not blank and no comment; exit status {result.status}")
    print(f"outcomes: {dict(result.outcomes)}; unaccounted: {unaccounted}")
    print(f"peak {result.peak_mib:.0f} MiB, {result.seconds:.0f} s, {result.log.count('Traceback')} tracebacks")
    return bool(unaccounted)


if __name__ == "__main__":
    sys.exit(main())
