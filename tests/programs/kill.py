"""Kills crawls with SIGKILL, anywhere between their start and their end, while a reader polls ``latest``.

``make kill N=200``. After up to three kills in a row the same command runs to its end; its feed is then compared with
that of an undisturbed run. All kills hit the real process. To save the time of the imports, which touch no file of the
crawl, each crawl is a fork of a process that has done them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from dictcrawler import feeds, sample
from dictcrawler.errors import FeedError
from dictcrawler.runs.verdict import ExitStatus
from dictcrawler.sample.pages import Document, Redirect
from tests.programs.forking import LONGEST, ROOT, Crawls
from tests.programs.judging import Published, StoreSeen
from tests.support.server import Server, serving

WORDS = 240
START = 0.5
"""Seconds in which a crawl has sent its first request."""
IN_A_ROW = 3
PHASES = ("start", "crawl", "commit", "crawl", "publishing", "switching")
DELAYS = {"publishing": 0.02, "switching": 0.004}
"""Seconds by which a kill may be later than the chosen moment."""

SWITCHED = "latest switched"


@dataclass
class Found:
    """The results of all kills together."""

    kills: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    attempts: int = 0
    trials: int = 0
    lost: int = 0
    duplicated: int = 0
    differing: int = 0
    asked_again: int = 0
    too_late: int = 0
    damaged: int = 0
    unfinished: int = 0
    polls: int = 0
    reads: int = 0
    torn: int = 0
    mixed: int = 0

    def is_clean(self) -> bool:
        """Whether nothing was lost, doubled, torn or different."""
        wrong = (self.lost, self.duplicated, self.differing, self.damaged, self.unfinished, self.torn, self.mixed)
        return not any(wrong)

    def __str__(self) -> str:
        kills = sum(self.kills.values())
        per_kill = self.asked_again / max(kills - self.too_late, 1)
        return f"""\
{kills} kills in {self.trials} runs of {WORDS} words, aimed at {dict(self.kills)}
what they left: {dict(self.left)}; {self.too_late} came when the run was complete, but its exit status not yet known
lost lines {self.lost}, doubled lines {self.duplicated}, differing bytes {self.differing}
damaged stores {self.damaged}, runs not finished {self.unfinished}
reader: {self.polls} polls of latest, {self.reads} whole reads, {self.torn} torn, {self.mixed} mixed
requests made again: {self.asked_again}, {per_kill:.1f} a kill"""


@dataclass
class Trial:
    """One data folder, the crawl in it and the site it crawls."""

    crawls: Crawls
    site: Server
    data: Path
    arguments: tuple[str, ...]
    chance: random.Random

    def __post_init__(self) -> None:
        self.old_run = feeds.resolve(self.feed).name if self.data.exists() else ""

    @property
    def feed(self) -> Path:
        return self.data / "feeds" / "macmillan"

    def kill_once(self, phase: str) -> bool:
        """Start the crawl and kill it in this phase; ``False`` when it had ended before.

        :raises RuntimeError: when that end was not a complete run.
        """
        child = self.crawls.start(self.data, "macmillan", *self.arguments)
        is_time = getattr(self, f"_{phase}")()
        deadline = time.monotonic() + LONGEST
        while not is_time() and not self.crawls.has_ended() and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(self.chance.uniform(0, DELAYS.get(phase, 0)))
        if not self.crawls.has_ended():
            os.kill(child, signal.SIGKILL)
        ended = self.crawls.wait()
        if ended.status not in (-signal.SIGKILL, ExitStatus.COMPLETE):
            raise RuntimeError(ended.log)
        return ended.status == -signal.SIGKILL

    def left(self) -> str:
        """The stage that the folders are in after a kill."""
        if any(self.feed.glob(".*.partial")):
            return "a run half written"
        newest = max(path.name for path in self.feed.glob("2*"))
        if newest == self.old_run:
            return "the old feed alone"
        return SWITCHED if feeds.resolve(self.feed).name == newest else "a run published, latest old"

    def _start(self) -> Callable[[], bool]:
        moment = time.monotonic() + self.chance.uniform(0, START)
        return lambda: time.monotonic() >= moment

    def _crawl(self) -> Callable[[], bool]:
        enough = len(self.site.requests) + self.chance.randrange(1, WORDS)
        return lambda: len(self.site.requests) >= enough

    def _commit(self) -> Callable[[], bool]:
        log = self.data / "store" / "macmillan.sqlite-wal"
        enough = self.chance.randrange(20_000, 400_000)
        return lambda: log.exists() and log.stat().st_size >= enough

    def _publishing(self) -> Callable[[], bool]:
        return lambda: any(self.feed.glob(".*.partial"))

    def _switching(self) -> Callable[[], bool]:
        before = sum(1 for _ in self.feed.glob("2*"))
        return lambda: sum(1 for _ in self.feed.glob("2*")) > before


def run(kills: int, *, seed: int, report: Callable[[str], None], in_a_row: int = IN_A_ROW) -> Found:
    """Kill this many times and return the results."""
    found = Found()
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="kill-") as temporary, _site() as site, Crawls() as crawls:
        folder = Path(temporary)
        first, then = (_arguments(site, folder, name, words) for name, words in _lists())
        _finish(Trial(crawls, site, folder / "old", first, chance))
        calm = Trial(crawls, site, Path(shutil.copytree(folder / "old", folder / "new", symlinks=True)), then, chance)
        before = len(site.requests)
        _finish(calm)
        usual = len(site.requests) - before
        expected = Published.of(calm.feed)
        while sum(found.kills.values()) < kills:
            data = Path(shutil.copytree(folder / "old", folder / f"trial-{found.trials}", symlinks=True))
            row = min(in_a_row, kills - sum(found.kills.values()))
            _try(Trial(crawls, site, data, then, chance), row, usual, expected, found)
            shutil.rmtree(data)
            report(f"{sum(found.kills.values())} of {kills}")
    return found


def _try(trial: Trial, kills: int, usual: int, expected: Published, found: Found) -> None:
    before = len(trial.site.requests)
    with _reader(trial.feed, found):
        is_complete = any(_is_complete_after_kill(trial, found) for _ in range(kills))
        found.unfinished += not (is_complete or _finish(trial))
    found.trials += 1
    found.asked_again += len(trial.site.requests) - before - usual
    published = Published.of(trial.feed)
    found.lost += published.lost(expected)
    found.duplicated += published.duplicated()
    found.differing += published.differing(expected)


def _is_complete_after_kill(trial: Trial, found: Found) -> bool:
    phase = PHASES[found.attempts % len(PHASES)]
    found.attempts += 1
    if not trial.kill_once(phase):
        return True
    stage, store = trial.left(), StoreSeen.of(trial.data)
    found.kills[phase] += 1
    found.left[stage] += 1
    found.damaged += store.problem is not None
    is_complete = stage == SWITCHED and not store.has_unfinished_run
    found.too_late += is_complete
    return is_complete


def _finish(trial: Trial) -> bool:
    trial.crawls.start(trial.data, "macmillan", *trial.arguments)
    return trial.crawls.wait().status == ExitStatus.COMPLETE


def _lists() -> Iterator[tuple[str, list[str]]]:
    made = [word for word in sample.load("macmillan", WORDS).words() if word.startswith("word")]
    yield "old", ["hi", "love", "apple"]
    yield "new", [*made, made[3], "bananna", "???", "loves"]


def _arguments(site: Server, folder: Path, name: str, words: list[str]) -> tuple[str, ...]:
    (folder / f"{name}.txt").write_text("\n".join(words))
    given = (
        "source=live", f"base_url={site.url}/us/dictionary/american/{{keyword}}", f"words={folder / name}.txt",
    )  # fmt: skip
    # The new list has none of the words of the old one.
    settings = (
        "DOWNLOAD_DELAY=0", "CONCURRENT_REQUESTS_PER_DOMAIN=16", "STORE_BATCH_SIZE=20", "DROPPED_WORDS_LIMIT=1",
    )  # fmt: skip
    return (*(part for each in given for part in ("-a", each)), *(part for each in settings for part in ("-s", each)))


@contextmanager
def _site() -> Iterator[Server]:
    pages = sample.load("macmillan", WORDS)

    async def answer(request: web.Request) -> web.StreamResponse:
        reply = pages.reply(request.rel_url.raw_path, dict(request.query))
        if isinstance(reply, Redirect):
            return web.Response(status=reply.status, headers={"Location": reply.location})
        if isinstance(reply, Document):
            return web.Response(text=reply.text, content_type=reply.content_type)
        return web.Response(status=404)

    with serving(answer) as server:
        yield server


@contextmanager
def _reader(feed: Path, found: Found) -> Iterator[None]:
    """A process of its own that polls the feed until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.programs.kill", "--read", feed],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield
    finally:
        seen = json.loads(process.communicate(timeout=LONGEST)[0])
        for name, number in seen.items():
            setattr(found, name, getattr(found, name) + number)


def read(feed: Path) -> dict[str, int]:
    """Poll a feed each millisecond, and read all of it at each change and now and then, until stdin is closed."""
    seen = dict.fromkeys(("polls", "reads", "torn", "mixed"), 0)
    last, due = None, 0.0
    while not select.select([sys.stdin], [], [], 0.001)[0]:
        seen["polls"] += 1
        try:
            run_folder = feeds.resolve(feed)
            seen["mixed"] += feeds.read_run(run_folder).run != run_folder.name
            if run_folder != last or time.monotonic() >= due:
                last, due = run_folder, time.monotonic() + 0.1
                seen["reads"] += 1
                seen["mixed"] += not _is_of_one_piece(run_folder)
        except FeedError as error:
            seen["torn"] += 1
            print(error, file=sys.stderr)
    return seen


def _is_of_one_piece(run_folder: Path) -> bool:
    manifest = feeds.verify(run_folder)
    ids = {entry.id for entry in feeds.read_entries(run_folder)}
    lookups = list(feeds.read_lookups(run_folder))
    named = {id_ for lookup in lookups for id_ in lookup.entry_ids}
    return named == ids and len(ids) == manifest.entries and len(lookups) == manifest.keywords


def main() -> int:
    """Kill ``--kills`` times, or be the reader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--read", type=Path, metavar="FEED", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.read:
        print(json.dumps(read(args.read)))
        return 0
    print(f"seed {args.seed}")
    found = run(args.kills, seed=args.seed, report=lambda line: print(line, end="\r", file=sys.stderr, flush=True))
    print(found)
    return 0 if found.is_clean() else 1


if __name__ == "__main__":
    sys.exit(main())
