"""Long lists from an archive whose index and replay misbehave at random in every way; checks the outcomes of the words.

``python -m tests.programs.bad_archive [--words 1000] [--seeds 6]`` prints one line a run. Each word has one outcome; no
word that the archive has ends as ``not_archived``; in runs where the archive recovers, every word ends as it would in
an archive without a fault; no run is stuck.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dictcrawler import feeds
from tests.support.bad_archive import PASSING_WAYS, REPLAY_WAYS, BadArchive
from tests.support.server import scrapy, serving

LONGEST = 900
"""Seconds after which a run is stuck."""
SETTINGS: Mapping[str, object] = {
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    # An index may be silent. Tested is that nobody waits for it, not how long.
    "DOWNLOAD_TIMEOUT": 2,
    "RETRY_TIMES": 4,
    "RETRY_BACKOFF": 0.01,
    "ARCHIVE_INDEX_REST": 0.5,
}


@dataclass(frozen=True)
class Result:
    """The result of one run; ``wrong`` are words with an outcome that is not allowed, ``requested`` counts requests."""

    status: int | None
    outcomes: Counter[str]
    wrong: Mapping[str, str]
    seconds: float
    requested: Mapping[str, int]
    log: str

    @property
    def problem(self) -> str | None:
        """The problem, if there is one."""
        if self.status is None:
            return "stuck"
        if "Traceback" in self.log or self.status not in (0, 4, 6):
            return f"exit status {self.status}: {self.log[-2_000:]}"
        return f"wrong: {dict(list(self.wrong.items())[:5])}" if self.wrong else None


def run(
    folder: Path, archive: BadArchive, *, is_hopeless: bool = False, settings: Mapping[str, object] = SETTINGS
) -> Result:
    """Crawl all words of an archive. If it never recovers, a word that it has may fail, but must never count as
    missing."""
    words = folder / "words.txt"
    words.write_text("\n".join(archive.words))
    with serving(archive.answer) as server:
        given = (
            "source=archive",
            f"archive={server.url}/web/",
            f"index={server.url}/cdx",
            f"words={words}",
            "homographs=first",
        )
        options = [option for argument in given for option in ("-a", argument)]
        options += [option for name, value in settings.items() for option in ("-s", f"{name}={value}")]
        began = time.monotonic()
        process = scrapy("crawl", "macmillan", *options, data=folder / "data")
        try:
            _, log = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            return Result(None, Counter(), {}, LONGEST, archive.requested, process.communicate()[1])
        seconds = time.monotonic() - began
    found = {lookup.keyword: lookup.status.value for lookup in _lookups(folder / "data/feeds/macmillan")}
    missing = {word: "no outcome" for word in archive.words if word not in found}
    wrong = {
        word: status
        for word, status in found.items()
        if not _may_be(archive.expected[word], status, is_hopeless=is_hopeless)
    }
    return Result(process.returncode, Counter(found.values()), {**missing, **wrong}, seconds, archive.requested, log)


def _lookups(feed: Path) -> Iterator[feeds.Lookup]:
    if (feed / "latest").exists():
        yield from feeds.read_lookups(feed)


def _may_be(expected: str, status: str, *, is_hopeless: bool) -> bool:
    if status == expected or (expected, status) == ("found", "redirected"):
        return True
    return is_hopeless and status in ("http_error", "parse_error", "network_error", "blocked", "rate_limited")


def archives(words: int, seeds: int) -> Iterator[tuple[str, bool, BadArchive]]:
    """For each seed an archive that recovers and one that does not, in one of the two kinds."""
    names = [f"word{number:06}" for number in range(1, words + 1)]
    for seed in range(1, seeds + 1):
        manner = {"by_redirect": seed % 2 == 1, "index_badness": (0.3, 0.7, 1.0)[seed % 3]}
        yield f"seed {seed}, recovers", False, BadArchive(names, seed, replay_ways=tuple(PASSING_WAYS), **manner)
        yield f"seed {seed}, does not", True, BadArchive(names, seed, replay_ways=tuple(REPLAY_WAYS), **manner)


def main() -> int:
    """Print a line a run; 1 when any has a problem."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=1_000)
    parser.add_argument("--seeds", type=int, default=6)
    args = parser.parse_args()
    runs = wrong = stuck = 0
    for name, is_hopeless, archive in archives(args.words, args.seeds):
        with tempfile.TemporaryDirectory() as folder:
            result = run(Path(folder), archive, is_hopeless=is_hopeless)
        runs, wrong, stuck = runs + 1, wrong + len(result.wrong), stuck + (result.status is None)
        outcomes = ", ".join(f"{count} {status}" for status, count in sorted(result.outcomes.items()))
        counted = f"{result.requested['index']} of the index, {result.requested['replay']} of the replay"
        print(f"{name}: status {result.status}, {result.seconds:.0f} s, {counted}: {outcomes}", flush=True)
        if result.problem is not None:
            print(f"  {result.problem}", flush=True)
    print(f"{runs} runs of {args.words} words: {wrong} wrong outcomes, {stuck} stuck")
    return bool(wrong or stuck)


if __name__ == "__main__":
    sys.exit(main())
