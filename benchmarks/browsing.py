"""The cost of the pages over a large feed: the index, the first page, a search, an entry, a run's page, memory.

``python -m benchmarks.browsing [--entries 100000]`` writes an invented feed, serves it with ``dictcrawler browse`` and
requests pages over HTTP. Prints a table; docs/performance.md has one.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from urllib.parse import quote, urlsplit

from dictcrawler.feeds import CHANGES, ENTRIES, LOOKUPS, encode_line, writer
from dictcrawler.model import (
    Definition,
    Entry,
    Example,
    InflectedForm,
    Label,
    Lookup,
    PartOfSpeech,
    Pronunciation,
    Relation,
    RunManifest,
    Sense,
    Source,
    Status,
    Transcription,
)

MOMENT = datetime(2026, 11, 1, tzinfo=UTC)
RUN = "20261101T000000Z"
ONSETS, VOWELS, CODAS = (
    "b c d f g h l m n p r s t v w br cl st tr".split(),
    "a e i o u ea ou".split(),
    "d l m n r s t".split(),
)
PARTS: tuple[PartOfSpeech, ...] = ("noun", "verb", "adjective", "adverb")
QUERIES = 300


def words(count: int, chance: Random) -> list[str]:
    """Different pronounceable words of two to four syllables, in alphabetical order."""
    found: set[str] = set()
    while len(found) < count:
        syllables = range(chance.randint(2, 4))
        found.add("".join(chance.choice(ONSETS) + chance.choice(VOWELS) for _ in syllables) + chance.choice(CODAS))
    return sorted(found)


class Writer:
    """Entries of about 3 kB, with texts of common words from the list, so that some words are in nearly every entry."""

    def __init__(self, listed: list[str], chance: Random) -> None:
        self._chance = chance
        # A fixed seed of its own: the queries are made of the same words.
        self._common = Random(20).sample(listed, min(5_000, len(listed)))  # noqa: S311

    def text(self, length: int) -> str:
        """A sentence whose words are distributed as in a language (Zipf)."""
        ranks = (int(self._chance.paretovariate(0.7)) % len(self._common) for _ in range(length))
        return " ".join(self._common[rank] for rank in ranks)

    def entry(self, word: str) -> Entry:
        """An entry of the invented dictionary."""
        key = f"invented:main:{word}"
        url = f"https://dictionary.example/en/{word}"
        related = self._chance.sample(self._common, 6)
        return Entry(
            id=key,
            dictionary="invented",
            edition="main",
            lang="en-GB",
            headword=word,
            parts_of_speech=(self._chance.choice(PARTS),),
            raw_parts_of_speech=(),
            labels=(Label(text=self._chance.choice(("formal", "informal", "old use")), type="register"),),
            frequency=(),
            pronunciations=(
                Pronunciation(
                    transcriptions=(Transcription(text=word, scheme="en-GB-fonipa"),),
                    sound_file=f"{url}.mp3",
                    alternate_sound_files=(),
                    labels=(),
                ),
            ),
            inflected_forms=tuple(InflectedForm(text=word + end, tag=end, labels=()) for end in ("s", "ed", "ing")),
            etymologies=(),
            senses=tuple(self._sense(f"{key}#{number}", number) for number in range(1, 4)),
            relations=tuple(
                Relation(type="synonym", text=each, to=f"invented:main:{each}", from_=f"{key}#1", url=url)
                for each in related
            ),
            boxes=(),
            content_hash=f"sha256:{self._chance.randbytes(32).hex()}",
            source=Source(
                url=url,
                retrieved_from=url,
                fetched_at=MOMENT,
                payload_digest=f"sha256:{self._chance.randbytes(32).hex()}",
                layout="invented",
                parser="invented/1",
                rights="Invented text.",
                license="CC0-1.0",
                text_coverage=min(1.0, self._chance.uniform(0.95, 1.05)),
                warnings=(),
            ),
        )

    def _sense(self, key: str, number: int) -> Sense:
        return Sense(
            id=key,
            number=str(number),
            labels=(Label(text="countable", type="grammar"),),
            definitions=(Definition(text=self.text(12), definition_type="full"),),
            examples=tuple(Example(text=self.text(9), labels=()) for _ in range(2)),
        )


def publish(feed: Path, count: int) -> list[str]:
    """Publish a run with this many entries, as a crawl does; returns its words."""
    chance = Random(18)  # noqa: S311 - the same feed each time
    listed = words(count, chance)
    made = Writer(listed, chance)
    partial = writer.begin(feed, RUN)
    files = {
        ENTRIES: writer.write_entries(partial, (encode_line(made.entry(word)) for word in listed)),
        LOOKUPS: writer.write_lookups(
            partial, (encode_line(_lookup(line, word)) for line, word in enumerate(listed, 1))
        ),
        CHANGES: writer.write_changes(partial, ()),
    }
    manifest = RunManifest(
        schema_version="1.0",
        run=RUN,
        dictionary="invented",
        edition="main",
        arguments={},
        started_at=MOMENT,
        finished_at=MOMENT,
        complete=True,
        keywords=count,
        unique_keywords=count,
        words_sha256="0" * 64,
        statuses={"found": count},
        warnings={},
        entries=count,
        mean_text_coverage=1.0,
        fill_rates={},
        changes={},
        files=files,
        code_version="0",
    )
    writer.make_latest(writer.commit(partial, manifest))
    return listed


def _lookup(line: int, word: str) -> Lookup:
    return Lookup(
        keyword=word,
        line=line,
        normalized=word,
        dictionary="invented",
        edition="main",
        status=Status.FOUND,
        entry_ids=(f"invented:main:{word}",),
        suggestions=(),
        attempts=1,
        fetched_at=MOMENT,
        run=RUN,
    )


@dataclass(frozen=True, slots=True)
class Served:
    """A running ``dictcrawler browse``: its address, and how long it took to start."""

    port: int
    pid: int
    seconds: float

    def get(self, path: str) -> tuple[float, int]:
        """Milliseconds until an answer, and its size in bytes.

        :raises RuntimeError: when it is not a page.
        """
        begun = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request("GET", path)
        response = connection.getresponse()
        size = len(response.read())
        connection.close()
        if response.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{path}: {response.status}")
        return (time.perf_counter() - begun) * 1e3, size

    def processor(self) -> float:
        """Seconds of processor time used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def times(self, paths: list[str]) -> tuple[str, int]:
        """The time for these pages, and the size of the largest in bytes."""
        begun = self.processor()
        answers = [self.get(path) for path in paths]
        used = (self.processor() - begun) / len(paths) * 1e3
        ordered = sorted(taken for taken, _ in answers)
        shown = f"median {statistics.median(ordered):.1f} ms, p95 {ordered[int(len(ordered) * 0.95)]:.1f} ms"
        return f"{shown}; processor {used:.1f} ms", max(size for _, size in answers)

    def memory(self, name: str) -> float:
        """MiB of a line of /proc/PID/status: ``VmRSS`` is the current size, ``VmHWM`` the peak."""
        found = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text(encoding="ascii"))
        return int(found[1]) / 1024 if found else 0.0


@contextmanager
def browsing(data: Path, cache: Path) -> Iterator[Served]:
    """Serve the feeds of a data folder until the block ends."""
    command = [sys.executable, "-m", "dictcrawler", "browse", "--port", "0", "--data", str(data), "--cache", str(cache)]
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        line = process.stdout.readline() if process.stdout else ""
        port = urlsplit(line.partition(": ")[2]).port
        if port is None:
            raise RuntimeError(f"browse did not begin: {line}")
        try:
            yield Served(port, process.pid, time.perf_counter() - begun)
        finally:
            process.terminate()


def queries(listed: list[str], made: Writer, chance: Random) -> dict[str, list[str]]:
    """Typical queries, by kind."""
    some = [chance.choice(listed) for _ in range(QUERIES)]
    return {
        "search: 2 letters": [word[:2] for word in some],
        "search: 4 letters": [word[:4] for word in some],
        "search: a word": some,
        "search: a form of it": [f"{word}ing" for word in some],
        "search: two words of a text": [made.text(2) for _ in some],
        "search: misspelt": [word[:2] + word[3:4] + word[2:3] + word[4:] for word in some],
    }


def measure(data: Path, cache: Path, listed: list[str]) -> Iterator[tuple[str, str]]:
    """The rows of the table."""
    chance = Random(19)  # noqa: S311 - the same questions each time
    with browsing(data, cache) as served:
        yield (
            "index and first page",
            f"{served.seconds + served.get('/')[0] / 1e3:.0f} s; processor {served.processor():.0f} s",
        )
        yield "memory at most while indexing", f"{served.memory('VmHWM'):.0f} MiB"
    size = sum(path.stat().st_size for path in cache.rglob("*.sqlite"))
    yield "index", f"{size / 2**20:.0f} MiB"
    with browsing(data, cache) as served:
        yield "start and first page, index made", f"{served.seconds + served.get('/')[0] / 1e3:.1f} s"
        for kind, typed in queries(listed, Writer(listed, chance), chance).items():
            yield kind, served.times([f"/results?q={quote(text)}" for text in typed])[0]
        taken, size = served.times([f"/word?w={chance.choice(listed)}" for _ in range(QUERIES)])
        yield "a word's page", f"{taken}; at most {size / 1e3:.0f} kB"
        yield "memory after that", f"{served.memory('VmRSS'):.0f} MiB"
        run = f"/run?feed=invented&run={RUN}"
        yield "a run's page, first", f"{served.get(run)[0] / 1e3:.1f} s"
        yield "a run's page, again", f"{served.get(run)[0]:.0f} ms, {served.get(run)[1] / 1e3:.0f} kB"
        yield "memory at most", f"{served.memory('VmHWM'):.0f} MiB"


def main() -> None:
    """Write the feed, measure, print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.browsing", description=__doc__.partition("\n")[0])
    parser.add_argument("--entries", type=int, default=100_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data, cache = Path(folder, "data"), Path(folder, "cache")
        listed = publish(data / "feeds" / "invented", args.entries)
        feed = sum(path.stat().st_size for path in (data / "feeds" / "invented" / RUN).iterdir())
        print(f"| {args.entries:,} entries, {feed / 2**20:.0f} MiB | |\n|---|---|")
        for name, value in measure(data, cache, listed):
            print(f"| {name} | {value} |", flush=True)


if __name__ == "__main__":
    main()
