"""``make bench``: every figure of docs/performance.md, side by side and in turns, on this machine.

Writes ``results.json``, ``table.md`` and ``wall.svg`` into ``--out``. The whole takes about half an hour;
``--words 26 --rounds 1 --quick`` shows in a minute that everything runs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from benchmarks import crawls, disk, fresh, memory, parsing, real_pages, rereading, starting
from benchmarks.crawls import OURS, WAYS, Case, Result
from benchmarks.measure import Spread
from benchmarks.plot import draw

Row = tuple[str, Spread, str]
"""A measured figure, its name, and its target or nothing."""

_FAST = ("plain_scrapy", "fastest", OURS)
LESSON = 13


def cases(words: int, *, quick: bool) -> list[Case]:
    """The situations of the table and the plot, and the thirteen words of the original task."""
    lesson = Case(LESSON, 200, LESSON)
    if quick:
        return [Case(words, 5, 4)]
    waiting = [Case(words, 50, 4, _FAST), *(Case(words, 50, at_once) for at_once in (16, 64)), Case(words, 200, 16)]
    # The cost of starting is spread over the length of the list.
    return [Case(words, 0, 16), *waiting, Case(5 * words, 50, 16, (OURS,)), lesson]


def rows_of(case: Case, results: dict[str, list[Result]]) -> Iterator[Row]:
    """The lines of one situation: each way, and ours relative to the others in the same round."""
    named = {way.name: way for way in WAYS}
    about = f"{case.words:,} words, {case.latency_ms:g} ms, {case.concurrency} at once"
    for name, of_way in results.items():
        label = f"{named[name].label} ({about})"
        yield f"ms of processor a page: {label}", Spread.of([1000 * r.cost.cpu / r.pages for r in of_way]), ""
        yield f"seconds for {of_way[0].pages} pages: {label}", Spread.of([r.cost.wall for r in of_way]), ""
        limit = case.limit(of_way[0].pages)
        if limit:
            target = _WALL_TARGETS.get((case.latency_ms, case.concurrency), "") if name == OURS else ""
            yield f"wall / limit, start-up included: {label}", Spread.of([r.cost.wall / limit for r in of_way]), target
            yield (
                f"wall / limit, first request to last reply: {label}",
                Spread.of([r.served / limit for r in of_way]),
                "",
            )
    own = results[OURS]
    yield f"server's share of ours ({about})", Spread.of([r.server_cpu / r.cost.wall for r in own]), ""
    against_soup = "≤ 0.10" if case.latency_ms == _LONG_LATENCY else "≤ 0.125"
    for other, target in (("gather", against_soup), ("fastest", "≤ 2.0")):
        if other in results:
            pairs = zip(own, results[other], strict=True)
            ratios = [(a.cost.cpu / a.pages) / (b.cost.cpu / b.pages) for a, b in pairs]
            yield f"processor a page, ours / {named[other].label} ({about})", Spread.of(ratios), target


_LONG_LATENCY = 200
_WALL_TARGETS: dict[tuple[float, int], str] = {(_LONG_LATENCY, 16): "≤ 1.10", (50, 16): "≤ 1.2", (50, 64): "≤ 3.5"}


def _ratios(taken: dict[str, list[float]], above: str, below: str) -> Spread:
    return Spread.of([a / b for a, b in zip(taken[above], taken[below], strict=True)])


def crawl_rows(situations: list[Case], count: int, every: list[tuple[Case, dict[str, list[Result]]]]) -> Iterator[Row]:
    """The cost of whole crawls; ``every`` collects the results themselves."""
    for case in situations:
        _say(f"{case.words} words, {case.latency_ms:g} ms, {case.concurrency} at once")
        results = crawls.rounds(case, count, _say)
        every.append((case, results))
        yield from rows_of(case, results)


def parsing_rows(count: int, pages: int) -> Iterator[Row]:
    """The cost of reading a page."""
    taken = parsing.rounds(count, pages)
    for name, values in taken.items():
        yield f"ms to read a page: {name}", Spread.of(values), ""
    ours = "ours, every field and coverage"
    yield f"{ours} / parsel CSS", _ratios(taken, ours, "parsel CSS"), "≤ 0.25"


def real_page_rows(count: int) -> Iterator[Row]:
    """The cost of the saved real pages, where they are."""
    for name, taken in real_pages.rounds(count).items():
        for way, costs in taken.items():
            yield f"ms for the saved pages of {name}: {way}", Spread.of(costs), ""
        pages = len(real_pages.with_entries(name))
        read = [1000 * pages / cost for cost in taken[real_pages.PARSE]]
        yield f"pages a second that one process reads: saved pages of {name}", Spread.of(read), ""
        for way, ratio in real_pages.ratios(taken):
            target = "≤ 0.033" if way == real_pages.PEER else "≤ 4"
            yield f"saved pages of {name}: {real_pages.PARSE} / {way}", ratio, target


def starting_rows(count: int) -> Iterator[Row]:
    """The cost of starting."""
    costs = starting.rounds(count)
    taken = {name: [cost.wall for cost in of_program] for name, of_program in costs.items()}
    worked = {name: [cost.cpu for cost in of_program] for name, of_program in costs.items()}
    for name, values in taken.items():
        yield f"seconds: {name}", Spread.of(values), ""
    for command in ("--help", "show WORD"):
        label = f"python -m dictcrawler {command}"
        over = [a - b for a, b in zip(taken[label], taken["python -c pass"], strict=True)]
        yield f"seconds over a bare Python: {label}", Spread.of(over), "≤ 0.15"
    for name in starting.OURS:
        program = name.partition(" macmillan")[0]
        yield f"start-up, {program} / plain Scrapy", _ratios(taken, name, starting.PLAIN), "≤ 0.75"
        yield f"start-up, processor, {program} / plain Scrapy", _ratios(worked, name, starting.PLAIN), "≤ 0.75"


def fresh_rows(count: int, short: int, words: int) -> Iterator[Row]:
    """The cost of words that need no request."""
    for name, values in fresh.rounds(count, short, words).items():
        yield name, Spread.of(values), "≤ 50" if name == fresh.MISSES else ""


def reparse_rows(count: int, words: int) -> Iterator[Row]:
    """The gain of a second processor when kept pages are read again."""
    yield "reparse, seconds of 1 process / of 2", _ratios(rereading.rounds(count, 5 * words), "1", "2"), "≥ 1.9"


def disk_rows(words: int) -> Iterator[Row]:
    """The disk that a crawl takes."""
    found = disk.bytes_a_word(words)
    for name, size in found.items():
        yield f"kB of disk a word, of {words:,}: {name}", Spread.of([size / 1000]), ""
    whole = sum(size for name, size in found.items() if name != disk.GZIP)
    yield f"disk, pages, store and feed / {disk.GZIP}", Spread.of([whole / found[disk.GZIP]]), "≤ 1.2"


def memory_rows(short: int, words: int, requested: tuple[int, ...]) -> Iterator[Row]:
    """Whether memory stays flat."""
    for name, peak in memory.peaks(short, words, requested).items():
        yield f"peak of memory in MiB: {name} words requested", Spread.of([peak]), ""


PARTS = ("crawls", "parsing", "real-pages", "starting", "fresh", "reparse", "disk", "memory")


def main() -> int:
    """Measure, and write the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=__doc__)
    parser.add_argument("--words", type=int, default=1000, help="words of a crawl (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="default: %(default)s")
    parser.add_argument("--quick", action="store_true", help="small situations only")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part; may be given more than once")
    parser.add_argument("--out", type=Path, default=Path("benchmarks"), help="default: %(default)s")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    every: list[tuple[Case, dict[str, list[Result]]]] = []
    parts: dict[str, Callable[[], Iterator[Row]]] = {
        "crawls": lambda: crawl_rows(cases(args.words, quick=args.quick), args.rounds, every),
        "parsing": lambda: parsing_rows(args.rounds, 4 if args.quick else parsing.PAGES),
        "real-pages": lambda: real_page_rows(args.rounds),
        "starting": lambda: starting_rows(args.rounds),
        "fresh": lambda: fresh_rows(args.rounds, *((20, 40) if args.quick else (1_000, 50_000))),
        "reparse": lambda: reparse_rows(args.rounds, args.words),
        "disk": lambda: disk_rows(args.words if args.quick else 3 * args.words),
        "memory": lambda: memory_rows(*((20, 40, (20,)) if args.quick else (1_000, 1_000_000, (10_000, 30_000)))),
    }
    for part in args.only or PARTS:
        begun = time.monotonic()
        for row in parts[part]():
            _say(_line(row))
            rows.append(row)
            _write(args.out, rows, every)
        draw(every, args.out / "wall.svg")
        _say(f"{part}: {(time.monotonic() - begun) / 60:.1f} minutes")
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _line(row: Row) -> str:
    label, spread, target = row
    return f"| {label} | {spread.median:.3g} | {spread.least:.3g} to {spread.most:.3g} | {target} |"


def _write(out: Path, rows: list[Row], every: list[tuple[Case, dict[str, list[Result]]]]) -> None:
    """Write all figures so far: half an hour of measuring must not be lost."""
    machine = {"python": platform.python_version(), "processors": os.cpu_count(), "system": platform.system()}
    results = {
        "machine": machine,
        "rows": [{"label": label, **asdict(spread), "target": target} for label, spread, target in rows],
        "crawls": [
            {
                "case": asdict(case),
                "results": {way: [asdict(result) for result in of_way] for way, of_way in found.items()},
            }
            for case, found in every
        ],
    }
    (out / "results.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    title = "# Every figure of the benchmarks\n\nWritten by `make bench`.\n\n"
    head = "| measured | median | least to most | target |\n|---|---|---|---|\n"
    (out / "table.md").write_text(title + head + "".join(f"{_line(row)}\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
