"""When the entries of a run last changed, as far back as its feed's older runs go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dictcrawler import feeds
from dictcrawler.exports.export import Feed
from dictcrawler.model import RunManifest


@dataclass(frozen=True, slots=True)
class Modified:
    """Times by the entry's id. Every other entry is unchanged since the oldest run that still exists."""

    times: dict[str, datetime]
    oldest: datetime

    def time(self, entry_id: str) -> float:
        """When the entry last changed, as a POSIX timestamp in seconds."""
        return self.times.get(entry_id, self.oldest).timestamp()


def modified(feed: Feed) -> Modified:
    """Read the changes of the run and of the runs before it.

    :raises FeedError: when the changes of one of them cannot be read.
    """
    times: dict[str, datetime] = {}
    folder, run = feed.folder, feed.manifest
    while before := _before(folder, run):
        for change in feeds.read_changes(folder):
            times.setdefault(change.id, run.finished_at)
        folder, run = before, feeds.read_run(before)
    return Modified(times, run.finished_at)


def _before(folder: Path, run: RunManifest) -> Path | None:
    """The folder of the run that this one's changes are relative to, if it still exists and is older."""
    name = run.previous_run
    if name is None or Path(name).name != name:
        return None
    before = folder.with_name(name)
    is_older = (before / feeds.RUN).is_file() and feeds.read_run(before).finished_at < run.finished_at
    return before if is_older else None
