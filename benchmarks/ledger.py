"""The cost of the ledger and the feed: a normal crawl against the same crawl without storing or publishing.

The two kinds of crawl alternate, and the ratio of their medians counts. Run ``python -m benchmarks.ledger``; it exits
with 1 when the ratio of the processor time is beyond `LIMIT`: other work on the machine disturbs processor time less
than wall-clock time.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks import measure, server
from benchmarks.measure import Cost, PageServer
from benchmarks.ways import ours
from dictcrawler.feeds.checking import checked
from dictcrawler.model import Lookup

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


def crawl(served: PageServer, words: Path, count: int, *, stores: bool) -> Cost:
    """One crawl of this many words from an empty data folder.

    :raises measure.Failed: when it has not requested all of them.
    """
    with tempfile.TemporaryDirectory() as data:
        command = ours.command(f"{served.url}{server.PREFIX}", words, Path(data), 16)
        if not stores:
            command += [o for name, value in NOTHING_STORED.items() for o in ("-s", f"{name}={json.dumps(value)}")]
        served.report()
        cost = measure.run(measure.scrapy(*command), allowed=(0,) if stores else NOT_PUBLISHED)
    pages = served.report().pages
    if pages < count:
        raise measure.Failed(f"{pages} pages of {count} were requested: the crawl has not run to its end")
    return cost


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger", description=__doc__)
    parser.add_argument("--words", type=int, default=2000)
    parser.add_argument("--pairs", type=int, default=7)
    args = parser.parse_args()
    taken: dict[bool, list[Cost]] = {True: [], False: []}
    with tempfile.TemporaryDirectory() as folder, measure.serving(args.words) as served:
        words = Path(folder, "words.txt")
        words.write_text("".join(f"{word}\n" for word in server.generated(args.words)), encoding="utf-8")
        for pair in range(args.pairs):
            for stores in (bool(pair % 2), not pair % 2):
                taken[stores].append(crawl(served, words, args.words, stores=stores))
    _tell("clock", [cost.wall for cost in taken[True]], [cost.wall for cost in taken[False]])
    ratio = _tell("processor", [cost.cpu for cost in taken[True]], [cost.cpu for cost in taken[False]])
    return int(ratio > LIMIT)


def _tell(measured: str, storing: list[float], without: list[float]) -> float:
    ratio = median(storing) / median(without)
    print(f"{measured}: {median(storing):.2f} s with the store, {median(without):.2f} s without, ratio {ratio:.3f}")
    return ratio


if __name__ == "__main__":
    sys.exit(main())
