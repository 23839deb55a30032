"""Time and peak memory of each export of a large feed, and of one a tenth as large, to see which ones stay flat.

The entries are those of the four sample dictionaries, repeated under other ids and headwords. Each export is a process
of its own. Run ``python -m benchmarks.exports``; it exits with 1 when an export that should stay flat grows with the
feed, or another one needs more memory than allowed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

import msgspec
from msgspec.structs import replace

from benchmarks import measure
from dictcrawler import exports, feeds
from dictcrawler.feeds import writer
from dictcrawler.model import Entry, RunManifest

DICTIONARIES = ("longman", "macmillan", "oxford", "wiktionary")
FLAT = frozenset({"csv", "dmlex", "parquet", "sqlite", "tsv", "wiktextract"})
MAY_GROW = 32
"""MiB that a flat export may need in addition for a feed ten times as large: caches that fill, tables of tags."""
MOST = 400
"""MiB that any export may need."""


@dataclass(frozen=True, slots=True)
class Row:
    """One export: its cost for the small feed and for the large one, and its size in MiB."""

    name: str
    small: measure.Cost
    large: measure.Cost
    size: float

    @property
    def grown(self) -> float:
        """MiB that the large feed needs more."""
        return self.large.peak - self.small.peak

    @property
    def is_good(self) -> bool:
        """Whether it needs no more memory than allowed."""
        return self.large.peak <= MOST and (self.name not in FLAT or self.grown <= MAY_GROW)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exports", description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--format", action="append", choices=exports.names(), help="only this one")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "sample")
        sample = _sample_lines(data)
        base = feeds.read_run(data / "feeds" / DICTIONARIES[0])
        small, large = (
            _published(Path(folder, str(size)), base, islice(_entries(sample), size))
            for size in (args.entries // 10, args.entries)
        )
        rows = [_measured(name, small, large, Path(folder, "made")) for name in args.format or exports.names()]
    for line in _table(rows, args.entries):
        print(line)
    return int(not all(row.is_good for row in rows))


def _sample_lines(data: Path) -> list[bytes]:
    """The lines of the four sample dictionaries, crawled now."""
    os.environ["DICTCRAWLER_DATA"] = str(data)
    lines: list[bytes] = []
    for name in DICTIONARIES:
        measure.run(measure.scrapy("crawl", name, "-a", "source=sample", "-s", "LOG_LEVEL=ERROR"))
        lines += (feeds.encode_line(entry) for entry in feeds.read_entries(data / "feeds" / name))
    return lines


def _entries(sample: list[bytes]) -> Iterator[bytes]:
    """The sample's entries repeated endlessly, each time under other words."""
    decoder = msgspec.json.Decoder(Entry)
    for number in count():
        for line in sample:
            entry = decoder.decode(line)
            old, new = f"{entry.dictionary}:{entry.edition}:", f"sample:main:{number}:{entry.dictionary}:"
            renamed = decoder.decode(line.replace(old.encode(), new.encode()))
            word = f"{entry.headword} {number}"
            yield feeds.encode_line(replace(renamed, dictionary="sample", edition="main", lang="en", headword=word))


def _published(run: Path, base: RunManifest, lines: Iterator[bytes]) -> Path:
    """A run with these entries, otherwise a copy of another run."""
    run.mkdir()
    entries, lookups = writer.write_lines(run / feeds.ENTRIES, lines), writer.write_lines(run / feeds.LOOKUPS, ())
    files = {feeds.ENTRIES: entries, feeds.LOOKUPS: lookups}
    named = replace(base, run=run.name, dictionary="sample", edition="main")
    manifest = replace(named, files=files, entries=entries.lines, keywords=0, unique_keywords=0, previous_run=None)
    writer.write_lines(run / feeds.RUN, [msgspec.json.encode(manifest)])
    return run


def _measured(name: str, small: Path, large: Path, out: Path) -> Row:
    path = out / f"made{exports.load(name).suffix or ''}"
    costs = []
    for run in (small, large):
        shutil.rmtree(out, ignore_errors=True)
        costs.append(measure.run(measure.python("-m", "dictcrawler", "export", name, str(run), "-o", str(path))))
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file()) / (1 << 20)
    print(f"{name}: {costs[-1].wall:.1f} s, {costs[-1].peak:.0f} MiB", file=sys.stderr)
    return Row(name, small=costs[0], large=costs[1], size=size)


def _table(rows: list[Row], entries: int) -> Iterator[str]:
    yield f"| format | {entries:,} entries, s | processor, s | peak, MiB | of a tenth, MiB | size, MiB | |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    for row in rows:
        verdict = ("flat" if row.name in FLAT else "within its bound") if row.is_good else "**too much**"
        large = f"{row.large.wall:.0f} | {row.large.cpu:.0f} | {row.large.peak:.0f}"
        yield f"| {row.name} | {large} | {row.small.peak:.0f} | {row.size:.0f} | {verdict} |"


if __name__ == "__main__":
    sys.exit(main())
