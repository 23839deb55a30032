"""``make bench-large``: the cost of publishing a long list, and of finding one word in a long feed.

Each round fills a store with fresh words whose entries have 11 kB each, publishes them, and publishes them again
unchanged. Then a feed of small entries is published, and ``show`` looks up one of its words with the index of words and
without it. Ten minutes and 10 GB of disk; ``--words 2000 --entries 2000 --rounds 1`` is a quick trial run.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from benchmarks import measure
from benchmarks.measure import Spread
from dictcrawler import dictionaries, feeds
from dictcrawler.feeds import writer
from dictcrawler.feeds.checking import checked
from dictcrawler.feeds.format import WORDS
from dictcrawler.feeds.hashing import content_hash
from dictcrawler.feeds.soundness import Census, Limits
from dictcrawler.feeds.word_index import IndexWriter
from dictcrawler.model import Entry, Lookup
from dictcrawler.plan import arguments, word_list
from dictcrawler.plan.arguments import CrawlArguments
from dictcrawler.runs.run import Run
from dictcrawler.storage.answers import Answers
from dictcrawler.storage.database import Database

BYTES = 11_000
BATCH = 1_000
ANY = Limits(lost_words=1, dropped_words=1, one_entry=1)


def given(words: Path) -> CrawlArguments:
    """The arguments of a crawl of the list."""
    return arguments.read(dictionaries.load("macmillan"), {"source": "sample", "words": str(words)})


def fill(data: Path, sample: Path, names: list[str]) -> None:
    """Write the list, and a fresh answer for each of its words into the store."""
    words = data / "words.txt"
    words.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    lookup, entry = next(feeds.read_lookups(sample)), _long(next(feeds.read_entries(sample)))
    due = datetime.now(UTC) + timedelta(days=1)
    with closing(Database(f"sqlite:///{data}/store.sqlite")) as database:
        for start in range(0, len(names), BATCH):
            answers = [(name, checked(_answer(lookup, entry, name))) for name in names[start : start + BATCH]]
            Answers(database).save(given(words).scope, answers, lambda *_: due)


def publish(data: Path) -> tuple[float, float]:
    """Publish the list; return the processor time and the wall-clock time of publishing alone, in seconds."""
    words = data / "words.txt"
    with closing(Database(f"sqlite:///{data}/store.sqlite")) as database:
        run = Run.begin(database, given(words), data / "feeds", word_list.read(str(words)), ANY)
        begun = time.process_time(), time.perf_counter()
        run.publish()
        return time.process_time() - begun[0], time.perf_counter() - begun[1]


def publish_small(folder: Path, sample: Path, names: list[str]) -> Path:
    """Publish a feed with a small entry for each name; return its run."""
    partial = writer.begin(folder / "feeds" / "macmillan", "run")
    lookup, entry = next(feeds.read_lookups(sample)), _small(next(feeds.read_entries(sample)))
    answers = (_answer(lookup, entry, name) for name in names)
    lines = (feeds.encode_line(each) for answer in answers for each in answer.entries)
    lookups = (replace(_answer(lookup, entry, name), line=line, entries=()) for line, name in enumerate(names, 1))
    with IndexWriter(partial) as index:
        entries = writer.write_entries(partial, Census().count(lines, index.entry))
        listed = writer.write_lookups(partial, index.lookup_lines(lookups))
        index.write(partial, entries, listed, None)
    manifest = feeds.read_run(sample)
    files = {feeds.ENTRIES: entries, feeds.LOOKUPS: listed}
    described = replace(manifest, run="run", entries=len(names), keywords=len(names), files=files)
    run = writer.commit(partial, described)
    writer.make_latest(run)
    return run


def _long(entry: Entry) -> Entry:
    """The entry with its senses repeated until it is as long as an entry of average size."""
    senses = list(entry.senses)
    while len(feeds.encode_line(replace(entry, senses=tuple(senses)))) < BYTES:
        senses += [replace(sense, id=f"{sense.id}-{len(senses)}") for sense in entry.senses]
    return replace(entry, senses=tuple(senses))


def _small(entry: Entry) -> Entry:
    return replace(entry, senses=entry.senses[:1], relations=(), boxes=())


def _answer(lookup: Lookup, entry: Entry, name: str) -> Lookup:
    own = replace(entry, id=f"macmillan:american:{name}", headword=name)
    own = replace(own, content_hash=content_hash(own))
    return replace(lookup, keyword=name, normalized=name, entry_ids=(own.id,), entries=(own,))


def publishing(folder: Path, sample: Path, count: int, rounds: int) -> Iterator[tuple[str, Spread]]:
    """Words a second of a first run and of an unchanged one."""
    names = [f"fresh{number:07}" for number in range(count)]
    taken: dict[str, list[float]] = {}
    for turn in range(rounds):
        data = folder / f"round{turn}"
        data.mkdir()
        fill(data, sample, names)
        for kind in ("first", "unchanged"):
            cpu, wall = publish(data)
            taken.setdefault(f"published words a second of processor, {kind} run", []).append(count / cpu)
            taken.setdefault(f"published words a second by the clock, {kind} run", []).append(count / wall)
        inodes = {path.stat().st_ino: path.stat().st_size for path in data.glob("feeds/*/[!l]*/*")}
        taken.setdefault("MB of two runs of the feed on the disk", []).append(sum(inodes.values()) / 1e6)
    yield from ((label, Spread.of(values)) for label, values in taken.items())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield "peak of memory in MiB", Spread.of([peak])


def showing(folder: Path, sample: Path, count: int, rounds: int) -> Iterator[tuple[str, Spread]]:
    """Seconds of ``show`` over a bare Python, with the index and without it."""
    names = [f"word{number:07}" for number in range(count)]
    run = publish_small(folder, sample, names)
    show = measure.python("-m", "dictcrawler", "show", names[count // 2], "--data", str(folder))
    for label in ("with its index", "without an index"):
        pairs = [(measure.run(show), measure.run(measure.python("-c", "pass"))) for _ in range(rounds)]
        yield f"show, seconds of processor over a bare Python, {label}", Spread.of([a.cpu - b.cpu for a, b in pairs])
        yield f"show, seconds by the clock over a bare Python, {label}", Spread.of([a.wall - b.wall for a, b in pairs])
        (run / WORDS).unlink(missing_ok=True)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large", description=__doc__)
    parser.add_argument("--words", type=int, default=50_000, help="words to publish (default: %(default)s)")
    parser.add_argument("--entries", type=int, default=1_000_000, help="of the feed to search (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="default: %(default)s")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "sample"
        measure.run(measure.scrapy("crawl", "macmillan", "-a", "source=sample", "-s", f"DATA_DIR={data}"))
        sample = feeds.resolve(data / "feeds" / "macmillan")
        print("| measured | median | least to most |\n|---|---|---|")
        for part in (
            publishing(folder, sample, args.words, args.rounds),
            showing(folder / "large", sample, args.entries, args.rounds),
        ):
            for label, spread in part:
                print(f"| {label} | {spread.median:.3g} | {spread.least:.3g} to {spread.most:.3g} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
