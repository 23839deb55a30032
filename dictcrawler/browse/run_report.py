"""The content of a run's page, gathered from its feed and from the previous run."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from dictcrawler import feeds
from dictcrawler.browse import advice, run_changes, run_entries, run_words
from dictcrawler.browse.run_changes import Changes
from dictcrawler.browse.run_entries import EntryHead, ParsingQuality
from dictcrawler.browse.run_words import Outcome, Words
from dictcrawler.errors import FeedError
from dictcrawler.feeds.history import RunKind, kind_of
from dictcrawler.model import RunManifest

_MOST_WORDS = 100
_MOST_CHANGES = 30
_MOST_WORST = 20


@dataclass(frozen=True, slots=True)
class FillRate:
    """The share of entries that have a field, 0–1, now and in the previous run."""

    field: str
    now: float
    before: float | None


@dataclass(frozen=True, slots=True)
class RunReport:
    """The page of a run. ``before`` is the manifest of the previous run, if it still exists."""

    feed: str
    folder: Path
    manifest: RunManifest
    is_latest: bool
    before: RunManifest | None
    words: Words
    reading: ParsingQuality
    fill_rates: tuple[FillRate, ...]
    changes: Changes

    @property
    def verdict(self) -> RunKind:
        """How many entries readers of the feed get from the run."""
        return kind_of(self.manifest, is_latest=self.is_latest)

    @property
    def duration(self) -> timedelta:
        """From the start of the run to its publication."""
        return self.manifest.finished_at - self.manifest.started_at

    @property
    def to_do(self) -> list[Outcome]:
        """The outcomes that need attention: failures before missing words, the most words first."""
        wanted = [outcome for outcome in self.words.outcomes if outcome.count and outcome.advice.action]
        return sorted(wanted, key=lambda outcome: (outcome.advice.group == "missing", -outcome.count))

    @property
    def on_withheld(self) -> str | None:
        """What to do about the reason why the run was withheld."""
        return advice.on_withheld(self.manifest.reason) if self.manifest.reason else None


def gather(path: str | os.PathLike[str]) -> RunReport:
    """Read a run (its folder, or a feed's folder for the latest one).

    :raises FeedError: when there is no run, or a file of it cannot be read.
    """
    run = feeds.resolve(path)
    if not run.is_dir():
        raise FeedError(run, None, "this is a file; the report is of a run's folder")
    manifest = feeds.read_run(run)
    before = _manifest_before(run, manifest)
    latest = run.parent / feeds.LATEST
    return RunReport(
        feed=run.parent.name,
        folder=run,
        manifest=manifest,
        is_latest=latest.is_symlink() and os.path.realpath(latest) == str(run),
        before=before,
        words=run_words.gather(feeds.read_lookups(run), manifest, before, _MOST_WORDS),
        reading=run_entries.gather(feeds.read_heads(run, EntryHead), _MOST_WORST),
        fill_rates=_fill_rates(manifest, before),
        changes=run_changes.gather(run, manifest, 0, _MOST_CHANGES),
    )


def _manifest_before(run: Path, manifest: RunManifest) -> RunManifest | None:
    """The manifest of the previous run; ``None`` when there was none, or it was pruned."""
    name = manifest.previous_run
    if name is None or Path(name).name != name or not (run.parent / name / feeds.RUN).exists():
        return None
    return feeds.read_run(run.parent / name)


def _fill_rates(manifest: RunManifest, before: RunManifest | None) -> tuple[FillRate, ...]:
    rates = {} if before is None else before.fill_rates
    return tuple(FillRate(name, rate, rates.get(name)) for name, rate in manifest.fill_rates.items())
