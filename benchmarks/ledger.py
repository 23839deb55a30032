"""What the ledger and the feed cost: a crawl as it is against the same crawl that stores and publishes nothing.

The sample site runs in a process of its own; the two kinds of crawl alternate, and the ratio of their
medians counts. Run ``python benchmarks/ledger.py``; it exits with 1 when the ratio of the processor
time, which other work on the machine blurs less than the time of the clock, is beyond `LIMIT`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
LIMIT = 1.15
WITHOUT = {
    "ITEM_PIPELINES": {"dictcrawler.pipelines.NormalizePipeline": 100, "dictcrawler.pipelines.CheckPipeline": 200},
    "EXTENSIONS": {"scrapy.extensions.logstats.LogStats": None, "dictcrawler.extensions.Progress": 200},
}


@contextmanager
def site(words: int) -> Iterator[str]:
    """The address of the sample site, served by another process."""
    command = [sys.executable, "-m", "scrapy", "sample-site", "--port", "0", "--words", str(words)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        told = process.stdout.readline() if process.stdout else ""
        found = re.search(r"http://\S+", told)
        try:
            if found is None:
                raise RuntimeError(f"the sample site said {told!r}")
            yield found[0]
        finally:
            process.terminate()


def crawl(url: str, words: Path, settings: dict[str, object]) -> tuple[float, float]:
    """The seconds by the clock and of the processor that one crawl takes, from an empty data folder."""
    with tempfile.TemporaryDirectory() as data:
        given = {"source": "live", "base_url": f"{url}/us/dictionary/american/{{keyword}}", "words": str(words)}
        settings = {"DATA_DIR": data, "DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 16, **settings}
        command = [sys.executable, "-m", "scrapy", "crawl", "macmillan", "-s", "LOG_LEVEL=ERROR"]
        command += [part for name, value in given.items() for part in ("-a", f"{name}={value}")]
        command += [part for name, value in settings.items() for part in ("-s", f"{name}={_text(value)}")]
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        return time.monotonic() - began, usage.ru_utime + usage.ru_stime


def _text(value: object) -> str:
    return json.dumps(value) if isinstance(value, dict) else str(value)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=2000)
    parser.add_argument("--pairs", type=int, default=7)
    asked = parser.parse_args()
    taken: dict[str, list[tuple[float, float]]] = {"with": [], "without": []}
    with tempfile.TemporaryDirectory() as folder, site(asked.words) as url:
        words = Path(folder, "words.txt")
        words.write_text("".join(f"word{number:06}\n" for number in range(1, asked.words + 1)), encoding="utf-8")
        for pair in range(asked.pairs):
            kinds = (("with", {}), ("without", WITHOUT))
            for kind, settings in kinds if pair % 2 else reversed(kinds):
                taken[kind].append(crawl(url, words, {"STORE_BATCH_SIZE": 50, **settings}))
    ratios = []
    for index, measure in enumerate(("clock", "processor")):
        with_store, without = (median(one[index] for one in taken[kind]) for kind in ("with", "without"))
        ratios.append(with_store / without)
        print(f"{measure}: {with_store:.2f} s with the store, {without:.2f} s without, ratio {ratios[-1]:.3f}")
    return 1 if ratios[1] > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
