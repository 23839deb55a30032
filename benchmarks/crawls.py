"""The same words crawled in six ways, side by side: the cost of a page, and how near the wall time is to the limit.

The limit of a crawl is N × latency / concurrency: no program that keeps to this concurrency can be faster.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import measure, server
from benchmarks.measure import Cost, PageServer
from benchmarks.ways import ours

OURS = "ours"
SLOW_SHARE = 10
"""Ways that take a twentieth of a second for a page crawl only every so many words of a long list."""
LONG = 100
"""A list with at least this many words is long."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to crawl: its components, and whether it is one of the slow ones."""

    name: str
    label: str
    is_slow: bool = False


WAYS = (
    Way("sequential", "one after another: requests, BeautifulSoup", is_slow=True),
    Way("threads", "run_in_executor: requests, BeautifulSoup", is_slow=True),
    Way("gather", "asyncio.gather: aiohttp, BeautifulSoup", is_slow=True),
    Way("plain_scrapy", "plain Scrapy, parsel CSS"),
    Way("fastest", "asyncio.gather: aiohttp, uvloop, Lexbor"),
    Way(OURS, "dictcrawler, everything on"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One situation: the number of words, the server's latency, the concurrency, and the ways that take part."""

    words: int
    latency_ms: float
    concurrency: int
    ways: tuple[str, ...] = tuple(way.name for way in WAYS)

    def pages(self, way: Way) -> int:
        """How many of the words a way crawls."""
        return self.words // SLOW_SHARE if way.is_slow and self.words >= LONG else self.words

    def limit(self, pages: int) -> float:
        """Seconds that no crawl can beat; 0 without latency."""
        return pages * self.latency_ms / 1000 / self.concurrency


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One crawl of one way. ``served`` are the seconds from its first request to its last reply; ``server_cpu`` is
    the server's processor time in that period."""

    way: str
    pages: int
    cost: Cost
    served: float
    server_cpu: float


def rounds(case: Case, count: int, say: Callable[[str], None]) -> dict[str, list[Result]]:
    """Crawl in turns, each round in another order; in the first round, check that all have read the same.

    :raises measure.Failed: when a way fails, or reads something else.
    """
    taking = [way for way in WAYS if way.name in case.ways]
    results: defaultdict[str, list[Result]] = defaultdict(list)
    with measure.serving(case.words, case.latency_ms) as served, tempfile.TemporaryDirectory() as folder:
        read: dict[str, list[dict[str, object]]] = {}
        for turn in range(count):
            for way in taking[turn % len(taking) :] + taking[: turn % len(taking)]:
                place = Path(folder, f"{way.name}-{turn}")
                place.mkdir()
                result = _crawl(way, case, served, place)
                results[way.name].append(result)
                say(f"{way.name}: {result.cost.wall:.1f} s for {result.pages} pages")
                if turn == 0:
                    read[way.name] = _read(way, place)
        _compare(read)
    return dict(results)


def _crawl(way: Way, case: Case, served: PageServer, place: Path) -> Result:
    pages = case.pages(way)
    words = place / "words.txt"
    words.write_text("".join(f"{word}\n" for word in server.generated(pages)), encoding="utf-8")
    url = f"{served.url}{server.PREFIX}"
    if way.name == OURS:
        command = measure.scrapy(*ours.command(url, words, place / "data", case.concurrency))
    else:
        program = f"benchmarks.ways.{way.name}"
        command = measure.python("-m", program, url, str(words), str(place / "out.jsonl"), str(case.concurrency))
    served.report()
    before = served.cpu
    cost = measure.run(command)
    return Result(way=way.name, pages=pages, cost=cost, served=served.report().seconds, server_cpu=served.cpu - before)


def _read(way: Way, place: Path) -> list[dict[str, object]]:
    found: list[dict[str, Any]] = ours.fields(place / "data") if way.name == OURS else ours.written(place / "out.jsonl")
    return sorted(map(_without_itself, found), key=lambda entry: str(entry["headword"]))


def _without_itself(entry: dict[str, Any]) -> dict[str, object]:
    """The entry without its headword among its synonyms: the pages print it there, a feed omits it."""
    headword = str(entry["headword"]).casefold()
    senses = [
        sense | {"synonyms": [each for each in sense["synonyms"] if each[1].casefold() != headword]}
        for sense in entry["senses"]
    ]
    return entry | {"senses": senses}


def _compare(read: dict[str, list[dict[str, object]]]) -> None:
    """All must read the same for each word that they have in common."""
    known: dict[object, dict[str, object]] = {}
    for way, entries in read.items():
        if not entries:
            raise measure.Failed(f"{way} has read nothing")
        for entry in entries:
            if known.setdefault(entry["headword"], entry) != entry:
                raise measure.Failed(f"{way} reads {entry['headword']} otherwise than another way")
