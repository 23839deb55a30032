"""The published runs of a feed: which exist, and which may be removed."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dictcrawler.errors import FeedError
from dictcrawler.feeds.changes import described
from dictcrawler.feeds.format import LATEST, RUN
from dictcrawler.feeds.reader import read_run
from dictcrawler.model import RunManifest

RunKind = Literal["latest", "complete", "beside", "withheld"]
"""``complete``: it was latest once. ``beside``: it answers only a few words and never replaces another run."""


@dataclass(frozen=True, slots=True)
class PublishedRun:
    """A run folder and its manifest."""

    folder: Path
    manifest: RunManifest
    is_latest: bool

    @property
    def kind(self) -> RunKind:
        """The role of the run for readers of the feed."""
        return kind_of(self.manifest, is_latest=self.is_latest)

    @property
    def verdict(self) -> str:
        """The kind, and for a withheld run the reason."""
        return f"withheld: {self.manifest.reason}" if self.kind == "withheld" else self.kind


def kind_of(manifest: RunManifest, *, is_latest: bool) -> RunKind:
    """The role of a run for readers of the feed."""
    if is_latest:
        return "latest"
    return "withheld" if manifest.reason else manifest.published or "complete"


def feed_folders(data: Path, name: str | None = None) -> list[Path]:
    """The feed folders below a data folder, or the one of that name."""
    folders = sorted(path for path in (data / "feeds").glob("*") if path.is_dir())
    return [folder for folder in folders if name in (None, folder.name)]


def runs(feed: Path) -> list[PublishedRun]:
    """The runs of a feed, oldest first.

    :raises FeedError: when a manifest cannot be read.
    """
    latest = feed / LATEST
    current = latest.readlink().name if latest.is_symlink() else None
    found = [PublishedRun(folder, read_run(folder), folder.name == current) for folder in _published(feed)]
    return sorted(found, key=lambda run: run.manifest.started_at)


def _published(feed: Path) -> list[Path]:
    """The run folders of a feed. A name that begins with a dot is a run half made, or half removed."""
    folders = sorted(path.parent for path in feed.glob(f"*/{RUN}"))
    return [folder for folder in folders if not folder.name.startswith(".") and not folder.is_symlink()]


def by_dictionary(feeds_of: Iterable[Path], unreadable: list[FeedError] | None = None) -> dict[str, list[Path]]:
    """The feed folders of each dictionary; feeds without a run are left out.

    With ``unreadable``, a feed with a damaged manifest is left out too, and its error is added to that list.

    :raises FeedError: when a manifest cannot be read, without ``unreadable``.
    """
    found: dict[str, list[Path]] = {}
    for feed in feeds_of:
        try:
            of_feed = runs(feed)
        except FeedError as error:
            if unreadable is None:
                raise
            unreadable.append(error)
            continue
        for run in of_feed[:1]:
            found.setdefault(run.manifest.dictionary, []).append(feed)
    return found


def removable(feed: Path, keep: int) -> list[PublishedRun]:
    """The runs beyond the ``keep`` (at least 1) newest ones, never the latest one."""
    return [run for run in runs(feed)[:-keep] if not run.is_latest]


def remove(run: PublishedRun) -> None:
    """Remove a run. It is renamed first, so that no reader finds half of it under its name.

    :raises OSError: when that fails.
    """
    doomed = run.folder.with_name(f".{run.folder.name}.removed")
    run.folder.rename(doomed)
    shutil.rmtree(doomed)


def remove_left_over(feed: Path) -> None:
    """Remove the remains of runs whose `remove` was interrupted.

    :raises OSError: when that fails.
    """
    for left_over in feed.glob(".*.removed"):
        shutil.rmtree(left_over)


def table(runs_of_feed: list[PublishedRun]) -> Iterator[str]:
    """One line a run: time, duration, words by status, changes, verdict."""
    for run in runs_of_feed:
        manifest = run.manifest
        seconds = (manifest.finished_at - manifest.started_at).total_seconds()
        statuses = ", ".join(f"{count:,} {name}" for name, count in manifest.statuses.items())
        changes = ", ".join(f"{count:,} {described(kind)}" for kind, count in manifest.changes.items()) or "no changes"
        yield f"{manifest.run}  {seconds:>8,.0f} s  {statuses}; {changes}; {run.verdict}"
