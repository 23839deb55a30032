"""Writes benchmarks/faults.md from real crawls of the fault server: ``make fault-table``.

Takes about seven minutes. ``--seeds N`` (10) is the number of mixed lists of all faults; ``--to FILE`` is the file to
write, once everything has been measured.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tests.support.faults.bombs import ALL
from tests.support.faults.buckets import crawl_bucket
from tests.support.faults.faultcrawls import Faulted, crawl_rows, differences, wrong
from tests.support.faults.faultrows import QUICK_ROWS, THROTTLES, WALLS, Row, twice
from tests.support.faults.faultserver import right
from tests.support.faults.stalls import FILE, WITH_METER, Cost, measured

PAGE = Path(__file__).parents[2] / "benchmarks" / "faults.md"
DEFAULTS = {"DOWNLOAD_TIMEOUT": 30, "WORD_DEADLINE": 60, "RETRY_TIMES": 3, "RETRY_BACKOFF": 1}
PATIENT = {"DOWNLOAD_TIMEOUT": 30, "WORD_DEADLINE": 120}
AT_ONCE = 16
TOGETHER = ("brotli, 1 GiB", "empty gzip members", "endless chunks", "7 MiB of HTML", "160,000 attributes",
            "3,000 formatting elements", "6 MiB of spaces in the entry")  # fmt: skip

FAULTS = len(QUICK_ROWS) + len(WALLS) + len(THROTTLES) + len(ALL)
HEAD = f"""\
# Faults and their outcomes

Written by `make fault-table`, from crawls of a server that answers each word in its own wrong way, over real sockets.
There are {FAULTS} faults; the suite crawls the same ones and checks the outcome, tries and requests of each
(`pytest tests/promises/test_faults.py`). The machine had two cores and other work: times are accurate to a factor of
about two.

Plain Scrapy 2.19.0 with its default settings, of 115 such faults: 31 lose the word without a trace, 21 publish wrong
or truncated data, and every crawl that ends by itself ends with status 0. A single page costs up to 12 GB and a stall
of 46 s, a server that sends drop by drop 541 s.
"""

MEANING = """\
*Tries*: out of three (`RETRY_TIMES=2`). *Requests*: those that the server saw. *Seconds*: from the first request for
the word to the end of its last answer, with `DOWNLOAD_TIMEOUT=1.2` and `WORD_DEADLINE=2`.
"""


def crawled(rows: Sequence[Row], settings: Mapping[str, object], seed: int | None = None) -> tuple[Faulted, Cost]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ[FILE] = str(Path(folder) / "cost.json")
        done = crawl_rows(rows, Path(folder), settings={**settings, "EXTENSIONS": WITH_METER}, seed=seed)
        return done, measured(Path(folder) / "cost.json")


def outcomes(title: str, rows: Sequence[Row], settings: Mapping[str, object]) -> Iterator[str]:
    done, _ = crawled(rows, settings)
    good = sum(lookup.status.value == "found" for lookup in done.good)
    others = f"{good} of the {len(done.good)} good words beside them found"
    yield f"\n## {title}\n\nExit status {done.crawl.status}; {others}; {len(wrong(done))} wrong entries.\n"
    yield "| fault | outcome | tries | requests | seconds |\n|---|---|---:|---:|---:|"
    for outcome in done.outcomes:
        lookup, seen, row = outcome.lookup, outcome.seen, outcome.row
        warned = f" ({', '.join(row.warnings)})" if row.warnings else ""
        other = "; ".join(differences(outcome))
        claim = f" **not as expected: {other}**" if other else ""
        yield (
            f"| {row.name} | {lookup.status.value}{warned}{claim} | {lookup.attempts} | {seen.requests} "
            f"| {seen.seconds:.1f} |"
        )


def deadlines() -> Iterator[str]:
    waits = [row for row in QUICK_ROWS if row.name.startswith(("hang", "drip", "101"))]
    done, _ = crawled(waits, DEFAULTS)
    yield "\n## The deadline of a word\n\nThe same with the default settings: 30 s for an answer, 60 s for a word.\n"
    yield "| fault | outcome | tries | seconds |\n|---|---|---:|---:|"
    for outcome in done.outcomes:
        lookup = outcome.lookup
        yield f"| {outcome.row.name} | {lookup.status.value} | {lookup.attempts} | {outcome.seen.seconds:.1f} |"


def throttled() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        done, bucket = crawl_bucket(Path(folder), words=100, rate=5)
        seconds = time.monotonic() - began
        found = sum(status == "found" for status in done.statuses.values())
    yield "\n## A server of 5 requests a second\n"
    yield f"100 words, 16 connections, no delay set: {found} of 100 words found with {bucket.requests} requests,"
    yield f"{bucket.refused} of them refused with 429, in {seconds:.0f} s. Plain Scrapy: 14 of 100 words, 274 requests."


def bombs() -> Iterator[str]:
    yield "\n## What a page can cost\n"
    yield "Default limits: 8 MiB for a page, 256 MiB and 5 s for reading it. Peaks are those of the two processes. The"
    yield "stall is the longest time in which the event loop did nothing else, work what its own thread did of it.\n"
    yield "| page | outcome | crawl, MiB | reader, MiB | stall, s | work, s | crawl took, s |"
    yield "|---|---|---:|---:|---:|---:|---:|"
    for row in (Row("a page as it should be", right, "found"), *ALL):
        yield costs(row.name, (row,))
    for row in ALL:
        if row.name in TOGETHER:
            yield costs(f"{row.name}, {AT_ONCE} at once", [replace(row, name=f"{n}") for n in range(AT_ONCE)])
    yield costs("all of them at once", ALL)


def costs(name: str, rows: Sequence[Row]) -> str:
    began = time.monotonic()
    done, cost = crawled(rows, PATIENT)
    seconds = time.monotonic() - began
    kinds = ", ".join(sorted({outcome.lookup.status.value for outcome in done.outcomes}))
    figures = f"{cost.crawl:.0f} | {cost.reader:.0f} | {cost.stall:.2f} | {cost.work:.2f} | {seconds:.1f}"
    return f"| {name} | {kinds} | {figures} |"


def mixed(seeds: int) -> Iterator[str]:
    poison = (Row(f"an answer twice, {number}", twice, "found") for number in range(10))
    rows = (*QUICK_ROWS, *WALLS, *ALL, *poison)
    yield "\n## All of them in one list\n"
    yield f"{len(rows)} faults, without the throttles but with 10 answers that come twice, and good words between them,"
    yield "in an order of its own for each seed. What is answered twice makes the answer to the next word late: if that"
    yield "is a fault, it may cost a third word its own. Such a word fails, says so, and the next crawl asks again.\n"
    yield "| seed | lines | outcomes | entries | of them wrong | good words lost | faults that end in another outcome |"
    yield "|---:|---:|---:|---:|---:|---:|---|"
    for seed in range(seeds):
        done, _ = crawled(rows, {"DOWNLOAD_TIMEOUT": 5, "WORD_DEADLINE": 10}, seed)
        lost = sum(lookup.status.value != "found" for lookup in done.good)
        others = (each for each in done.outcomes if each.lookup.status.value != each.row.outcome)
        named = ", ".join(f"{each.row.name}: {each.lookup.status.value}" for each in others) or "none"
        counted = sum(done.manifest.statuses.values())
        figures = (seed, len(done.lookups), counted, len(done.entries), len(wrong(done)), f"{lost} of {len(done.good)}")
        yield f"| {' | '.join(map(str, figures))} | {named} |"


def tables(seeds: int) -> Iterator[str]:
    yield HEAD
    yield MEANING
    yield from outcomes("Answers, transport, codings, charsets, meanings", QUICK_ROWS, {})
    yield from outcomes("Walls", WALLS, {})
    yield from outcomes("Throttles", THROTTLES, {"RETRY_BACKOFF": 0.2})
    yield from throttled()
    yield from deadlines()
    yield from bombs()
    yield from mixed(seeds)


def main() -> None:
    """Measure, showing each line as it comes, then write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--to", type=Path, default=PAGE, metavar="FILE")
    args = parser.parse_args()
    lines = []
    for line in tables(args.seeds):
        print(line, flush=True)
        lines.append(line)
    args.to.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
