"""The picture: wall time against the limit, by concurrency."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from matplotlib.figure import Figure

from benchmarks.crawls import WAYS, Case, Result


def draw(every: list[tuple[Case, dict[str, list[Result]]]], path: Path) -> None:
    """One panel for each latency, one line for each way; 1 is the limit that no crawl can beat.

    Left out is a list that is asked all at once, of which the start-up is all that shows, and one of a single way.
    """
    every = [(case, results) for case, results in every if case.words > case.concurrency and len(results) > 1]
    latencies = sorted({case.latency_ms for case, _ in every if case.latency_ms})
    figure = Figure(figsize=(5.2 * max(1, len(latencies)), 5.0), layout="constrained")
    for number, latency in enumerate(latencies, 1):
        axes = figure.add_subplot(1, len(latencies), number)
        for way in WAYS:
            points = sorted(
                (case.concurrency, median(one.cost.wall / case.limit(one.pages) for one in results[way.name]))
                for case, results in every
                if case.latency_ms == latency and way.name in results
            )
            if points:
                axes.plot(*zip(*points, strict=True), marker="o", label=way.label)
        axes.axhline(1, color="black", linewidth=0.8, linestyle="dotted")
        axes.set(xscale="log", yscale="log", title=f"server answers after {latency:g} ms")
        axes.set(xlabel="requests at once", ylabel="wall time / limit")
        ticks = sorted({case.concurrency for case, _ in every if case.latency_ms == latency})
        axes.set_xticks(ticks, [str(tick) for tick in ticks])
        axes.minorticks_off()
    if latencies:
        figure.legend(
            *figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize="small"
        )
    # No date in it: the same figures give the same file.
    figure.savefig(path, metadata={"Date": None})
