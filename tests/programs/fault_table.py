"""The tables of docs/faults.md, from real crawls: ``make -s fault-table > docs/faults.md``.

Takes about four minutes. ``--seeds N`` (10) is how many lists of all faults are mixed.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bombs import ALL, DECODED, ON_THE_WIRE, PARSED
from faultcrawls import Faulted, crawl_rows, differences, truth
from faultrows import QUICK_ROWS, THROTTLES, WALLS, Row, twice
from stalls import FILE, WITH_METER, Cost, measured

PATIENT = {"DOWNLOAD_TIMEOUT": 30, "WORD_DEADLINE": 120}
DEFAULTS = {"DOWNLOAD_TIMEOUT": 30, "WORD_DEADLINE": 60, "RETRY_TIMES": 3, "RETRY_BACKOFF": 1}

HEAD = """\
# What a crawl makes of each fault

Written by `make -s fault-table > docs/faults.md`, from crawls of a server over
real sockets. Every row stands in the suite too (`tests/faults`), with its outcome, tries and
requests asserted. Tries are those of three (`RETRY_TIMES=2`), seconds those between the first
request for the word and the end of its last answer, with `DOWNLOAD_TIMEOUT=1.2` and
`WORD_DEADLINE=2`. Beside each faulty word stood a good one: all of these were found.
"""


def crawled(rows: Sequence[Row], settings: Mapping[str, object], seed: int | None = None) -> tuple[Faulted, Cost]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ[FILE] = str(Path(folder) / "cost.json")
        done = crawl_rows(rows, Path(folder), settings={**settings, "EXTENSIONS": WITH_METER}, seed=seed)
        return done, measured(Path(folder) / "cost.json")


def outcomes(title: str, rows: Sequence[Row], settings: Mapping[str, object]) -> Iterator[str]:
    done, _ = crawled(rows, settings)
    good = sum(lookup.status.value == "found" for lookup in done.good)
    yield f"\n## {title}\n\nExit status {done.crawl.status}; {good} of {len(done.good)} good words found.\n"
    yield "| fault | outcome | tries | requests | seconds |\n|---|---|---:|---:|---:|"
    for outcome in done.outcomes:
        lookup, seen, row = outcome.lookup, outcome.seen, outcome.row
        warned = f" ({', '.join(row.warnings)})" if row.warnings else ""
        wrong = f" **not as claimed: {'; '.join(differences(outcome))}**" if list(differences(outcome)) else ""
        cells = (row.name, f"{lookup.status.value}{warned}{wrong}", lookup.attempts, seen.requests)
        yield f"| {' | '.join(map(str, cells))} | {seen.seconds:.1f} |"


def bombs() -> Iterator[str]:
    yield "\n## What a page can cost\n"
    yield "One bomb a crawl, default limits (8 MiB, 256 MiB and 5 s for reading). Peaks are those of the two"
    yield "processes, the stall is the longest time in which the event loop did nothing else.\n"
    yield "| page | outcome | crawl, MiB | reader, MiB | stall, s | crawl took, s |\n|---|---|---:|---:|---:|---:|"
    for row in (*ON_THE_WIRE, *DECODED, *PARSED):
        yield costs(row.name, (row,))
    for row in (DECODED[3], PARSED[2], PARSED[4], ON_THE_WIRE[1]):
        yield costs(f"{row.name}, 16 at once", [replace(row, name=f"{row.name} {number}") for number in range(16)])
    yield costs("all of them at once", ALL)


def costs(name: str, rows: Sequence[Row]) -> str:
    began = time.monotonic()
    done, cost = crawled(rows, PATIENT)
    seconds = time.monotonic() - began
    kinds = sorted({outcome.lookup.status.value for outcome in done.outcomes})
    figures = f"{cost.crawl:.0f} | {cost.reader:.0f} | {cost.stall:.2f} | {seconds:.1f}"
    return f"| {name} | {', '.join(kinds)} | {figures} |"


def mixed(seeds: int) -> Iterator[str]:
    poison = (Row(f"an answer twice, {number}", twice, "found") for number in range(10))
    rows = (*QUICK_ROWS, *WALLS, *ALL, *poison)
    lines = outcomes_counted = words = wrong = lost = entries = 0
    for seed in range(seeds):
        done, _ = crawled(rows, {"READING_SECONDS": 2}, seed)
        lines += len(done.lookups)
        outcomes_counted += sum(done.crawl.manifest.statuses.values())
        words += len(done.good)
        lost += sum(lookup.status.value != "found" for lookup in done.good)
        entries += len(done.entries)
        hashes = truth()
        wrong += sum(
            entry.content_hash != hashes[entry.id] and "replacement-characters" not in entry.source.warnings
            for entry in done.entries
        )
    yield f"\n## All {len(rows)} faults in one list, in {seeds} orders\n"
    yield f"{lines:,} lines, {outcomes_counted:,} outcomes; {entries:,} entries published, {wrong} of them wrong;"
    yield f"{lost} of {words:,} good words lost."


def deadlines() -> Iterator[str]:
    waits = [row for row in QUICK_ROWS if row.name.startswith(("hang", "drip", "101"))]
    done, _ = crawled(waits, DEFAULTS)
    yield "\n## The deadline of a word\n\nWith the default settings (30 s a request, 60 s a word).\n"
    yield "| fault | outcome | tries | seconds |\n|---|---|---:|---:|"
    for outcome in done.outcomes:
        seconds = f"{outcome.seen.seconds:.1f}"
        yield f"| {outcome.row.name} | {outcome.lookup.status.value} | {outcome.lookup.attempts} | {seconds} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    seeds = parser.parse_args().seeds
    tables = (
        iter([HEAD]),
        outcomes("Answers, transport, codings, charsets, meanings", QUICK_ROWS, {}),
        outcomes("Walls", WALLS, {}),
        outcomes("Throttles", THROTTLES, {"RETRY_BACKOFF": 0.2}),
        deadlines(),
        bombs(),
        mixed(seeds),
    )
    for table in tables:
        for line in table:
            print(line, flush=True)


if __name__ == "__main__":
    main()
