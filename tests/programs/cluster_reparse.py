"""The speed-up of several workers that read kept pages again: ``python -m tests.programs.cluster_reparse [WORDS]``.

Crawls the sample site of Macmillan with one worker, then reads the run again with 1, 2 and 3 workers, each with a
processor's worth of one slice at a time. Fails when the entries of a reparse differ from those of the crawl.
"""

from __future__ import annotations

import resource
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.support import postgres
from tests.support.machines import Machines, Site, contents, machines
from tests.support.server import serving

SLICES = 12


def processor() -> float:
    """Processor seconds of all processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def stop(made: Machines) -> None:
    for worker in made.workers.values():
        worker.send_signal(signal.SIGTERM)
    for worker in made.workers.values():
        worker.wait(60)
    made.workers.clear()


def reread(made: Machines, count: int, words: int) -> tuple[float, float]:
    """Wall-clock and processor seconds, including the beginning and the publication."""
    runs, before = len(made.states("macmillan")), processor()
    for number in range(count):
        made.start(f"worker{number}", *(["--publish"] if not number else []))
    began = time.monotonic()
    made.cluster("reparse", "macmillan", "--words", str(words // SLICES))
    made.wait("macmillan", seconds=3600)
    taken = time.monotonic() - began
    assert len(made.states("macmillan")) == runs + 1
    stop(made)
    return taken, processor() - before


def main(words: int) -> None:
    site = Site("macmillan", words, slowness=0)
    with (
        tempfile.TemporaryDirectory() as folder,
        postgres.running() as server,
        machines(Path(folder), server) as made,
        serving(site.answer) as served,
    ):
        site.url = served.url
        made.has_shared_folder = True
        # With a variable of the interpreter each program is a child of ours, not a fork: the system adds up its time.
        made.more["PYTHONHASHSEED"] = "0"
        made.begin(site, site.list, "-a", "refresh=all", size=words)
        made.start("crawler", "--publish", "-s", "STORE_BATCH_SIZE=50")
        made.wait("macmillan", seconds=3600)
        stop(made)
        latest = Path(folder) / "shared/feeds/macmillan/latest"
        crawled, pages = contents(latest), len(site.requested)
        print(f"{words:,} words, {pages:,} pages")
        alone: tuple[float, float] | None = None
        for count in (1, 2, 3):
            taken, used = reread(made, count, words)
            assert contents(latest) == crawled, "a reparse with the parser of the crawl ends in its entries"
            alone = alone or (taken, used)
            print(
                f"{count} workers: {taken:.1f} s, {used:.1f} s of the processor; {taken / alone[0]:.2f} and "
                f"{used / alone[1]:.2f} of one worker's",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
