"""The chart of the benchmarks, ``wall.svg``: ``python -m benchmarks.plot`` draws it again from ``results.json``.

On the left, cases that differ only in their concurrency: the time per page falls while a way of crawling waits for the
network, and stays flat where something else is the limit. On the right, cases measured at one concurrency only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import msgspec

from benchmarks.crawls import WAYS, Case, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Measured = list[tuple[Case, dict[str, list[Result]]]]

RESULTS = Path(__file__).with_name("results.json")
PICTURE = Path(__file__).with_name("wall.svg")
LIMIT = "black"


def draw(every: Measured, path: Path) -> None:
    """Draw the cases that have a latency and in which several ways took part."""
    # Processes that parse pages import this module too, and draw nothing.
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    curves, bars = _panels([(case, results) for case, results in every if case.latency_ms and len(results) > 1])
    columns = [panels for panels in (curves, bars) if panels]
    # The same figures give the same file: no date, and the same ids each time.
    with mpl.rc_context({"svg.hashsalt": path.name}):
        figure = Figure(figsize=(6.4 * max(1, len(columns)), 5.6), layout="constrained")
        for column, panels in zip(figure.subfigures(1, max(1, len(columns)), squeeze=False)[0], columns, strict=False):
            for axes, panel in zip(column.subplots(len(panels), 1, squeeze=False)[:, 0], panels, strict=True):
                (_curves if panels is curves else _bars)(axes, panel)
        figure.savefig(path, metadata={"Date": None})


def _panels(every: Measured) -> tuple[list[Measured], list[Measured]]:
    """Cases that differ only in their concurrency share a panel of curves; each other case has one of bars."""
    panels: dict[tuple[int, float], Measured] = {}
    for case, results in every:
        panels.setdefault((case.words, case.latency_ms), []).append((case, results))
    return [panel for panel in panels.values() if len(panel) > 1], [
        panel for panel in panels.values() if len(panel) == 1
    ]


def _curves(axes: Axes, panel: Measured) -> None:
    for number, way in enumerate(WAYS):
        points = sorted(
            (case.concurrency, median(1000 * one.cost.wall / one.pages for one in results[way.name]))
            for case, results in panel
            if way.name in results
        )
        if points:
            axes.plot(*zip(*points, strict=True), marker="o", color=f"C{number}", label=way.label)
    ticks = sorted({case.concurrency for case, _ in panel})
    first, _ = panel[0]
    axes.plot(ticks, [first.latency_ms / at_once for at_once in ticks], label="limit", color=LIMIT, linestyle="dotted")
    axes.set(xscale="log", yscale="log", title=f"{first.words:,} words, server answers after {first.latency_ms:g} ms")
    axes.set(xlabel="requests at once", ylabel="milliseconds per page, start-up included")
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    axes.legend(fontsize="small", ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.12))


def _bars(axes: Axes, panel: Measured) -> None:
    ((case, results),) = panel
    ways = [(number, way) for number, way in enumerate(WAYS) if way.name in results][::-1]
    for place, (number, way) in enumerate(ways):
        whole, waiting = _milliseconds(results[way.name])
        axes.barh(place, whole, color=f"C{number}", alpha=0.35)
        axes.barh(place, waiting, color=f"C{number}")
        axes.text(whole, place, f" {whole:,.0f}", va="center", fontsize="small")
    axes.axvline(case.latency_ms / case.concurrency, color=LIMIT, linestyle="dotted")
    axes.set_yticks(range(len(ways)), [way.label for _, way in ways], fontsize="small")
    axes.set_title(f"{case.words:,} words, {case.latency_ms:g} ms, {case.concurrency} at once")
    axes.set_xlabel("milliseconds per page; light: start-up and end; dotted: limit", fontsize="small")
    axes.margins(x=0.12)


def _milliseconds(results: list[Result]) -> tuple[float, float]:
    """Per page: the whole program, and from its first request to the last reply."""
    whole = median(1000 * one.cost.wall / one.pages for one in results)
    return whole, median(1000 * one.served / one.pages for one in results)


def saved(results: Path) -> Iterator[tuple[Case, dict[str, list[Result]]]]:
    """The crawls of a ``results.json``."""
    for crawl in json.loads(results.read_text(encoding="utf-8"))["crawls"]:
        yield msgspec.convert(crawl["case"], Case), msgspec.convert(crawl["results"], dict[str, list[Result]])


if __name__ == "__main__":
    draw(list(saved(RESULTS)), PICTURE)
