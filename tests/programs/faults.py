"""Fails the k-th change to the data folder, for every k of a small crawl, and checks the folder afterwards.

``make faults`` runs all of it: each k with an I/O error and a full disk, once and from then on, and with a kill in the
middle of the change. SQLite is tested in the same way (sqlite.org/testing.html, 3.2). After each: the right exit
status, an intact store, the old feed or the new one; and the same command without the fault ends in the feed of an
undisturbed run.
"""

from __future__ import annotations

import argparse
import errno
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from dictcrawler import feeds
from dictcrawler.errors import FeedError
from dictcrawler.runs.verdict import ExitStatus
from tests.programs.forking import KILL, Crawls, Ended, Fault, compile_faults
from tests.programs.judging import Published, StoreSeen

KINDS = {
    "I/O error once": (errno.EIO, False),
    "I/O error from then on": (errno.EIO, True),
    "disk full once": (errno.ENOSPC, False),
    "disk full from then on": (errno.ENOSPC, True),
    "kill": (KILL, False),
}
OLD = ("-a", "source=sample", "-a", "word=banana,bye")
NEW = (
    *("-a", "source=sample", "-a", "word=hi,love,loves,apple,bananna,???,hi,feel,felt,call"),
    # None of the words of the existing feed.
    *("-s", "DROPPED_WORDS_LIMIT=1"),
    *("-s", "STORE_BATCH_SIZE=3"),
)
OTHER = ("-a", "source=sample", "-a", "word=hello,like", "-s", "DROPPED_WORDS_LIMIT=1")
LONGEST = 30.0
"""Seconds after which a crawl counts as hanging, on a machine with other work; 5 are promised."""


@dataclass
class Bench:
    """The setting of the faults: the data folder at the start, and the expected result."""

    crawls: Crawls
    folder: Path
    old: Published
    new: Published

    def data(self, name: str) -> Path:
        """A data folder of its own, with the old feed in it."""
        return Path(shutil.copytree(self.folder / "old", self.folder / name, symlinks=True))


@dataclass
class Found:
    """The results of all faults: how often each exit status was seen, and all problems."""

    struck: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    problems: list[str] = field(default_factory=list)


@contextmanager
def bench() -> Iterator[Bench | None]:
    """Prepare everything; ``None`` where changes cannot be made to fail."""
    with tempfile.TemporaryDirectory(prefix="faults-") as temporary:
        folder = Path(temporary)
        library = compile_faults(folder)
        if library is None:
            yield None
            return
        with Crawls(library) as crawls:
            _calm(crawls, folder / "old", OLD)
            shutil.copytree(folder / "old", folder / "new", symlinks=True)
            _calm(crawls, folder / "new", NEW)
            yield Bench(crawls, folder, _latest(folder / "old"), _latest(folder / "new"))


def _calm(crawls: Crawls, data: Path, arguments: tuple[str, ...]) -> None:
    ended = crawls.run(data, "macmillan", *arguments)
    if ended.status:
        raise RuntimeError(ended.log)


def attempt(tried: Bench, k: int, kind: str, found: Found) -> bool:
    """One fault and the recovery from it; ``False`` when the crawl has fewer than ``k`` changes."""
    error, sticky = KINDS[kind]
    data = tried.data(f"{k}-{kind.replace('/', '')}")
    begun = time.monotonic()
    hurt = tried.crawls.run(data, "macmillan", *NEW, fault=Fault(k, error, sticky))
    seconds = time.monotonic() - begun
    found.slowest = max(found.slowest, seconds)
    if hurt.struck is None:
        return False
    found.struck += 1
    found.statuses["killed" if hurt.status == -9 else str(hurt.status)] += 1
    problems = [*_after_fault(tried, data, hurt), *_after_recovery(tried, data)]
    if seconds > LONGEST:
        problems.append(f"took {seconds:.1f} s")
    found.problems += [f"{kind} at {hurt.struck}: {problem}" for problem in problems]
    shutil.rmtree(data)
    return True


def _after_fault(tried: Bench, data: Path, hurt: Ended) -> Iterator[str]:
    killed = hurt.status == -9
    if not killed and hurt.status not in (ExitStatus.COMPLETE, ExitStatus.STORE_FAILED):
        yield f"exit status {hurt.status}: {hurt.last_line}"
    if not killed and not hurt.last_line.startswith(f"exit status {hurt.status}: "):
        yield f"the last line is {hurt.last_line!r}"
    if "Traceback" in hurt.log:
        yield f"a traceback: {hurt.log}"
    if (problem := StoreSeen.of(data).problem) is not None:
        yield f"the store is damaged: {problem}"
    try:
        seen = _latest(data)
    except FeedError as error:
        yield f"latest is torn: {error}"
        return
    if seen not in (tried.old, tried.new):
        yield "latest is neither the old feed nor the new one"
    if hurt.status == ExitStatus.COMPLETE and seen != tried.new:
        yield "exit status 0, but the feed is the old one"


def _after_recovery(tried: Bench, data: Path) -> Iterator[str]:
    # A run that was complete is followed by a new one, in which nothing changes.
    expected = tried.new if _latest(data) == tried.old else tried.new.without(feeds.CHANGES)
    healed = tried.crawls.run(data, "macmillan", *NEW)
    if healed.status != ExitStatus.COMPLETE:
        yield f"the same command again: exit status {healed.status}: {healed.log}"
        return
    recovered = _latest(data)
    if (differing := recovered.differing(expected)) > 0:
        yield f"{differing} bytes differ after the recovery: {recovered.first_difference(expected)}"
    if left := list((data / "feeds" / "macmillan").glob(".*")):
        yield f"left over: {left}"


def _latest(data: Path) -> Published:
    return Published.of(feeds.resolve(data / "feeds" / "macmillan"))


def main() -> int:
    """Try all faults, or every ``--step``-th."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", type=int, default=1, help="try every STEP-th change only")
    parser.add_argument("--kind", choices=KINDS, help="only this kind of fault")
    args = parser.parse_args()
    problems = 0
    with bench() as tried:
        if tried is None:
            print("no C compiler, or not Linux: changes cannot be made to fail here")
            return 2
        for kind in [args.kind] if args.kind else KINDS:
            found = Found()
            last = next(k for k in count(1, args.step) if not attempt(tried, k, kind, found))
            print(f"{kind}: {found.struck} faults (of {last - 1} changes), exit statuses {dict(found.statuses)}, "
                  f"slowest {found.slowest:.1f} s, {len(found.problems)} problems", flush=True)  # fmt: skip
            print(*found.problems, sep="\n", end="\n" if found.problems else "", flush=True)
            problems += len(found.problems)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
