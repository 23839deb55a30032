"""The cost of the ledger and the feed: a normal crawl against the same crawl without storing or publishing.

The two kinds of crawl alternate, and the ratio of their medians counts. Run ``python -m benchmarks.ledger``; it exits
with 1 when the ratio of the processor time is beyond `LIMIT`: other work on the machine disturbs processor time less
than wall-clock time. ``--postgresql`` compares a store in PostgreSQL with one in SQLite instead; the server runs on
this machine, its processor time is a figure of its own, and no ratio is too high.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from benchmarks import measure, server
from benchmarks.measure import Cost, PageServer
from benchmarks.ways import ours
from dictcrawler.feeds.checking import checked
from dictcrawler.model import Lookup
from tests.support import postgres

LIMIT = 1.15
NOTHING_STORED = {
    "ITEM_PIPELINES": {"dictcrawler.pipelines.NormalizePipeline": 100, "benchmarks.ledger.CheckPipeline": 200},
    "EXTENSIONS": {"dictcrawler.extensions.Progress": 200},
}

NOT_PUBLISHED = (1,)
"""The exit status of a crawl that was completed and has published nothing."""


class CheckPipeline:
    """Checks like a crawl, and stores nothing."""

    def process_item(self, item: Lookup) -> Lookup:
        """Check the entries of a lookup."""
        return checked(item).lookup


def crawl(served: PageServer, words: Path, count: int, *settings: str, allowed: tuple[int, ...] = (0,)) -> Cost:
    """One crawl of this many words from an empty data folder, with further settings.

    :raises measure.Failed: when it has not requested all of them.
    """
    with tempfile.TemporaryDirectory() as data:
        command = ours.command(f"{served.url}{server.PREFIX}", words, Path(data), 16)
        command += [option for setting in settings for option in ("-s", setting)]
        served.report()
        cost = measure.run(measure.scrapy(*command), allowed=allowed)
    pages = served.report().pages
    if pages < count:
        raise measure.Failed(f"{pages} pages of {count} were requested: the crawl has not run to its end")
    return cost


def alternating(first: Callable[[], Cost], second: Callable[[], Cost], pairs: int) -> tuple[list[Cost], list[Cost]]:
    """The costs of two kinds of crawl; each pair begins with the other kind."""
    taken: tuple[list[Cost], list[Cost]] = ([], [])
    for pair in range(pairs):
        for kind in (pair % 2, 1 - pair % 2):
            taken[kind].append((first, second)[kind]())
    return taken


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger", description=__doc__)
    parser.add_argument("--words", type=int, default=2000)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--postgresql", action="store_true", help="compare PostgreSQL with SQLite")
    args = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, measure.serving(args.words) as served:
        words = Path(folder, "words.txt")
        words.write_text("".join(f"{word}\n" for word in server.generated(args.words)), encoding="utf-8")

        def stored(*settings: str) -> Cost:
            return crawl(served, words, args.words, *settings)

        if args.postgresql:
            return _compare_databases(stored, args.pairs)
        nothing = [f"{name}={json.dumps(value)}" for name, value in NOTHING_STORED.items()]
        with_store, without = alternating(
            stored, lambda: crawl(served, words, args.words, *nothing, allowed=NOT_PUBLISHED), args.pairs
        )
    return int(_tell(("with the store", with_store), ("without", without)) > LIMIT)


def _compare_databases(stored: Callable[..., Cost], pairs: int) -> int:
    with postgres.running() as database:

        def in_postgresql() -> Cost:
            return stored(f"STORE_URL={database.new_database()}?schema={{dictionary}}")

        in_server, in_file = alternating(in_postgresql, stored, pairs)
        cpu = _with_ended_children(database.pid) / pairs
    _tell(("in PostgreSQL", in_server), ("in SQLite", in_file))
    print(f"the server's processor: {cpu:.2f} s a crawl, {cpu / median(cost.cpu for cost in in_file):.3f} of a crawl's")
    return 0


def _with_ended_children(pid: int) -> float:
    """Seconds of the processor of a process and its children that have ended: sessions of a server."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _tell(one: tuple[str, list[Cost]], other: tuple[str, list[Cost]]) -> float:
    """Print both kinds and their ratio, by the clock and by the processor; returns the latter."""
    ratio = 0.0
    for measured, field in (("clock", "wall"), ("processor", "cpu")):
        (label, above), (other_label, below) = (
            (name, median(getattr(cost, field) for cost in costs)) for name, costs in (one, other)
        )
        ratio = above / below
        print(f"{measured}: {above:.2f} s {label}, {below:.2f} s {other_label}, ratio {ratio:.3f}")
    return ratio


if __name__ == "__main__":
    sys.exit(main())
