"""The changes of a run, with the differences between the earlier and the later text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from dictcrawler import feeds
from dictcrawler.browse import differences
from dictcrawler.browse.differences import Difference
from dictcrawler.errors import FeedError
from dictcrawler.model import Change, Entry, RunManifest


@dataclass(frozen=True, slots=True)
class Changed:
    """One change. ``differences`` is ``None`` when the earlier text no longer exists."""

    change: Change
    headword: str
    url: str | None
    differences: tuple[Difference, ...] | None


@dataclass(frozen=True, slots=True)
class Changes:
    """Some changes of a run, from number ``first`` (0 is the first) on, of ``total``.

    ``is_comparable``: the previous run is still on the disk. ``counts``: by type and cause.
    """

    total: int
    first: int
    shown: tuple[Changed, ...]
    is_comparable: bool
    counts: tuple[tuple[str, int], ...]


def gather(run: Path, manifest: RunManifest, first: int, most: int) -> Changes:
    """At most ``most`` changes of a run from number ``first`` on.

    :raises FeedError: when a file of the run cannot be read.
    """
    changes = list(islice(feeds.read_changes(run), first, first + most)) if feeds.CHANGES in _names(manifest) else []
    earlier = _earlier(run, manifest, changes)
    return Changes(
        total=sum(manifest.changes.values()),
        first=first,
        shown=tuple(_changed(change, earlier) for change in changes),
        is_comparable=earlier is not None,
        counts=tuple(manifest.changes.items()),
    )


def _names(manifest: RunManifest) -> set[str]:
    return {name.removesuffix(".gz") for name in manifest.files}


def _earlier(run: Path, manifest: RunManifest, changes: Iterable[Change]) -> dict[str, Entry] | None:
    """The changed or removed entries as they were in the previous run; ``None`` when that run was pruned."""
    if manifest.previous_run is None or Path(manifest.previous_run).name != manifest.previous_run:
        return None
    ids = {change.id for change in changes if change.type != "added"}
    try:
        return feeds.select_entries(run.parent / manifest.previous_run, ids) if ids else {}
    except FeedError:
        return None


def _changed(change: Change, earlier: dict[str, Entry] | None) -> Changed:
    before = (earlier or {}).get(change.id)
    known = change.entry or before
    return Changed(
        change=change,
        headword=change.id if known is None else known.headword,
        url=None if known is None else known.source.url,
        differences=None if before is None or change.entry is None else differences.between(before, change.entry),
    )
