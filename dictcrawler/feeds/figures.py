"""The state of feeds as figures for monitors: the age of the latest run, the outcome of the newest one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from dictcrawler.errors import FeedError
from dictcrawler.feeds import history
from dictcrawler.feeds.history import PublishedRun, RunKind
from dictcrawler.model import Record


class RunFigures(Record, frozen=True, kw_only=True):
    """One run. ``verdict`` is its kind (`history.RunKind`); a withheld one has a ``reason``."""

    run: str
    verdict: RunKind
    reason: str | None = None
    started_at: datetime
    finished_at: datetime
    duration_seconds: float
    keywords: int
    words: dict[str, int]
    entries: int
    text_coverage: float
    structure: float | None = None
    changes: dict[str, int]


class FeedFigures(Record, frozen=True, kw_only=True):
    """A feed. ``newest`` is the last run of a whole list, withheld or not; ``latest`` the one that readers get.

    ``problem`` is set when the feed cannot be read; then it has no runs.
    """

    feed: str
    latest: RunFigures | None = None
    newest: RunFigures | None = None
    latest_age_seconds: float | None = None
    problem: str | None = None


def of_run(run: PublishedRun) -> RunFigures:
    """The figures of a run."""
    manifest = run.manifest
    return RunFigures(
        run=manifest.run,
        verdict=run.kind,
        reason=manifest.reason,
        started_at=manifest.started_at,
        finished_at=manifest.finished_at,
        duration_seconds=(manifest.finished_at - manifest.started_at).total_seconds(),
        keywords=manifest.keywords,
        words=manifest.statuses,
        entries=manifest.entries,
        text_coverage=manifest.mean_text_coverage,
        structure=manifest.mean_structure,
        changes=manifest.changes,
    )


def of_feed(feed: Path, now: datetime) -> FeedFigures:
    """The figures of a feed; with a ``problem`` if it cannot be read."""
    try:
        runs = history.runs(feed)
    except FeedError as error:
        return FeedFigures(feed=feed.name, problem=str(error))
    listed = [run for run in runs if run.kind != "beside"]
    latest = next((of_run(run) for run in runs if run.is_latest), None)
    return FeedFigures(
        feed=feed.name,
        latest=latest,
        newest=of_run(listed[-1]) if listed else None,
        latest_age_seconds=None if latest is None else (now - latest.finished_at).total_seconds(),
        problem=None if latest else "no run is latest: readers get nothing",
    )


def as_dict(figures: RunFigures) -> dict[str, Any]:
    """The figures of a run as plain values; absent ones are left out."""
    return dict(msgspec.to_builtins(figures))


def prometheus(feeds: Iterable[FeedFigures]) -> str:
    """The figures in Prometheus' text format 0.0.4, for the textfile collector of its node_exporter.

    Times are moments, not ages: an age in a file would not grow while the file is not written.
    """
    samples = [sample for feed in feeds for sample in _samples(feed)]
    lines: list[str] = []
    for metric, meaning in METRICS.items():
        lines += [f"# HELP dictcrawler_{metric} {meaning}", f"# TYPE dictcrawler_{metric} gauge"]
        lines += [
            f"dictcrawler_{name}{{{_labels(labels)}}} {value:.16g}" for name, labels, value in samples if name == metric
        ]
    return "\n".join(lines) + "\n"


METRICS = {
    "feed_readable": "1 when readers of the feed get a run, 0 when it has none or is damaged.",
    "latest_finished_timestamp_seconds": "When the run that readers get was finished.",
    "newest_finished_timestamp_seconds": "When the newest run was finished, withheld or not.",
    "newest_withheld": "1 when the newest run was not made latest; its page shows the reason.",
    "newest_words": "Words of the newest run, by the status that they ended in.",
    "newest_entries": "Entries of the newest run.",
    "newest_text_coverage_ratio": "The share of the pages' text that the newest run's entries hold.",
    "newest_structure_ratio": "The share of the parts counted on the pages that the newest run's entries hold.",
    "newest_duration_seconds": "From the start of the newest run to its publication.",
}
"""The metrics, without their prefix ``dictcrawler_``, and their help texts."""

_Sample = tuple[str, dict[str, str], float]


def _samples(feed: FeedFigures) -> Iterator[_Sample]:
    """Metric, labels and value."""
    labels = {"feed": feed.feed}
    yield "feed_readable", labels, float(feed.problem is None)
    if feed.latest is not None:
        yield "latest_finished_timestamp_seconds", labels, feed.latest.finished_at.timestamp()
    newest = feed.newest
    if newest is None:
        return
    yield "newest_finished_timestamp_seconds", labels, newest.finished_at.timestamp()
    yield "newest_withheld", labels, float(newest.verdict == "withheld")
    for status, count in newest.words.items():
        yield "newest_words", {**labels, "status": status}, float(count)
    yield "newest_entries", labels, float(newest.entries)
    yield "newest_text_coverage_ratio", labels, newest.text_coverage
    if newest.structure is not None:
        yield "newest_structure_ratio", labels, newest.structure
    yield "newest_duration_seconds", labels, newest.duration_seconds


def _labels(labels: dict[str, str]) -> str:
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
