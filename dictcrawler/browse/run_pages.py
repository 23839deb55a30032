"""The pages about runs: all runs, the runs of one feed over the weeks, one run, its words and changes page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from dictcrawler import feeds
from dictcrawler.browse import charts, run_changes, run_report
from dictcrawler.browse.advice import STATUSES, Advice, Group, in_group
from dictcrawler.browse.charts import Chart
from dictcrawler.browse.run_changes import Changes
from dictcrawler.browse.run_report import RunReport
from dictcrawler.errors import FeedError
from dictcrawler.feeds import history
from dictcrawler.feeds.history import PublishedRun
from dictcrawler.model import Lookup, Status

PAGE = 200
"""Words on one page."""
PAGE_OF_CHANGES = 50
_GROUPS: tuple[Group, ...] = ("found", "missing", "failed")


@dataclass(frozen=True, slots=True)
class FeedRuns:
    """A feed and its runs, the newest first; ``problem`` when they cannot be read."""

    name: str
    runs: Sequence[PublishedRun]
    problem: str | None = None

    @property
    def latest(self) -> PublishedRun | None:
        """The latest run."""
        return next((run for run in self.runs if run.is_latest), None)


@dataclass(frozen=True, slots=True)
class FeedHistory:
    """The history of a feed from run to run."""

    feed: FeedRuns
    outcomes: Chart
    entries: Chart
    coverage: Chart


@dataclass(frozen=True, slots=True)
class WordsOfStatus:
    """A page of the words that ended in one status."""

    status: Status
    advice: Advice
    count: int
    page: int
    words: Sequence[Lookup]

    @property
    def has_more(self) -> bool:
        """Whether there is another page."""
        return self.page * PAGE < self.count


def feed_runs(folder: Path) -> FeedRuns:
    """The runs of a feed."""
    try:
        return FeedRuns(folder.name, tuple(reversed(history.runs(folder))))
    except FeedError as error:
        return FeedRuns(folder.name, (), str(error))


def feed_history(folder: Path) -> FeedHistory:
    """The charts over the runs of a feed."""
    feed = feed_runs(folder)
    manifests = [run.manifest for run in reversed(feed.runs) if run.kind != "beside"]
    labels = [f"{each.started_at.day} {each.started_at:%b %Y}" for each in manifests]
    counted: dict[str, list[int]] = {group: [in_group(each.statuses, group) for each in manifests] for group in _GROUPS}
    summary = f"{len(manifests)} runs, withheld ones among them."
    entries = [each.entries for each in manifests]
    return FeedHistory(
        feed,
        charts.lines("Words found, missing and failed", summary, labels, counted),
        charts.lines("Entries", "How many entries each run has.", labels, {"entries": entries}),
        charts.lines(
            "Text coverage and structure",
            "The share of the pages' words, and of the parts counted on them, that is in the entries, in per cent.",
            labels,
            {
                "coverage": [_per_cent(each.mean_text_coverage) for each in manifests],
                "structure": [_per_cent(each.mean_structure) for each in manifests],
            },
            lowest=95,
        ),
    )


def report(run: Path) -> RunReport:
    """The report of a run; a run never changes, so a report is read once and kept."""
    latest = run.parent / feeds.LATEST
    return _report(run, str(latest.readlink()) if latest.is_symlink() else "")


def words(run: Path, status: Status, page: int) -> WordsOfStatus:
    """The words of a run that ended in a status, page by page.

    :raises FeedError: when the run cannot be read.
    """
    page = max(page, 1)
    found = (lookup for lookup in feeds.read_lookups(run) if lookup.status is status)
    count = feeds.read_run(run).statuses.get(status, 0)
    return WordsOfStatus(status, STATUSES[status], count, page, list(islice(found, (page - 1) * PAGE, page * PAGE)))


def changes(run: Path, page: int) -> Changes:
    """The changes of a run, page by page.

    :raises FeedError: when the run cannot be read.
    """
    return run_changes.gather(run, feeds.read_run(run), (max(page, 1) - 1) * PAGE_OF_CHANGES, PAGE_OF_CHANGES)


@lru_cache(maxsize=8)
def _report(run: Path, latest: str) -> RunReport:
    del latest  # together with the run, this determines the page
    return run_report.gather(run)


def _per_cent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 2)
