"""Publishing a run: written beside, synced, renamed; then ``latest`` is switched.

A reader sees the old set of files or the new one, whole. A crash leaves a folder whose name
begins with a dot, which the next publication removes, and ``latest`` where it was.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from dictcrawler.durable import sync_folder
from dictcrawler.errors import StoreError
from dictcrawler.feeds.format import CHANGES, ENTRIES, LATEST, LOOKUPS, RUN, encode_line
from dictcrawler.feeds.unchanged import UnchangedFile
from dictcrawler.model import DEFECT, Change, FeedFile, Lookup, RunManifest

BLOCK = 1 << 18
"""Bytes that are hashed and written at once."""

MOST_ERRORS = 100
"""Different errors that are counted."""


class Tally(msgspec.Struct):
    """Collected while the files are written."""

    statuses: Counter[str] = msgspec.field(default_factory=Counter)
    lines: int = 0
    unique: int = 0
    defects: int = 0
    errors: Counter[str] = msgspec.field(default_factory=Counter)

    def count(self, lookups: Iterable[Lookup]) -> Iterator[Lookup]:
        """Pass the lookups on and count them."""
        for lookup in lookups:
            self.lines += 1
            self.unique += lookup.duplicate_of is None
            self.statuses[lookup.status.value] += 1
            self.defects += lookup.duplicate_of is None and (lookup.error or "").startswith(DEFECT)
            if lookup.error and not lookup.status.is_answer and len(self.errors) < MOST_ERRORS:
                self.errors[lookup.error] += 1
            yield lookup

    @property
    def usual_error(self) -> str | None:
        """Why most of the words failed that did, from at most `MOST_ERRORS` different reasons."""
        return next((error for error, _ in self.errors.most_common(1)), None)


def write_lines(path: Path, lines: Iterable[bytes], earlier: Path | None = None) -> FeedFile:
    """Write the lines to a new file and sync it to the disk; readable by its owner and group.

    When a file ``earlier`` has the same bytes, the new one is a hard link to it.
    """
    digest = hashlib.sha256()
    count = size = 0
    with UnchangedFile(path, earlier) as file:
        for block in _blocks(lines):
            joined = b"".join(block)
            file.write(joined)
            digest.update(joined)
            count += len(block)
            size += len(joined)
    return FeedFile(lines=count, bytes=size, sha256=digest.hexdigest())


def _blocks(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The lines in lists of about `BLOCK` bytes: a call for each line would cost as much as its checksum."""
    block: list[bytes] = []
    size = 0
    for line in lines:
        block.append(line)
        size += len(line)
        if size >= BLOCK:
            yield block
            block, size = [], 0
    if block:
        yield block


def refuse_unusable(folder: Path) -> None:
    """Look whether runs could be published here: better found out before a crawl than after it.

    :raises StoreError: when they could not.
    """
    try:
        place = next(each for each in (folder, *folder.parents) if each.exists())
        if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
            raise NotADirectoryError(errno.ENOTDIR, f"{place} is not a writable folder")
    except OSError as error:
        raise StoreError(f"{folder}: no feed can be written there: {error.strerror}") from error


def begin(folder: Path, run: str, writer: str = "") -> Path:
    """A new, empty, hidden folder to write a run into; left-overs of a crash are removed.

    Of two who write one run, each needs a ``writer`` of its own: the second makes the first one fail.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for left_over in folder.glob(".*.partial"):
        shutil.rmtree(left_over)
    partial = folder / f".{run}{writer and '.'}{writer}.partial"
    partial.mkdir()
    return partial


def write_entries(partial: Path, lines: Iterable[bytes], before: Path | None = None) -> FeedFile:
    """Write ``entries.jsonl``, or link it to that of the run ``before`` if nothing has changed."""
    return write_lines(partial / ENTRIES, lines, before and before / ENTRIES)


def write_lookups(partial: Path, lines: Iterable[bytes], before: Path | None = None) -> FeedFile:
    """Write ``lookups.jsonl``, or link it to that of the run ``before`` if nothing has changed."""
    return write_lines(partial / LOOKUPS, lines, before and before / LOOKUPS)


def write_changes(partial: Path, changes: Iterable[Change]) -> FeedFile:
    """Write ``changes.jsonl``."""
    return write_lines(partial / CHANGES, (encode_line(change) for change in changes))


def write_manifest(folder: Path, manifest: RunManifest) -> None:
    """Write ``run.json``."""
    pretty = msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
    write_lines(folder / RUN, [pretty])


def commit(partial: Path, manifest: RunManifest) -> Path:
    """Write ``run.json`` last, sync the folder and give it its name. The run is published."""
    write_manifest(partial, manifest)
    sync_folder(partial)
    published = partial.parent / manifest.run
    partial.rename(published)
    sync_folder(partial.parent)
    return published


def make_latest(published: Path) -> None:
    """Point ``latest`` at a published run, in one step."""
    folder = published.parent
    link = folder / f".{LATEST}"
    link.unlink(missing_ok=True)
    link.symlink_to(published.name, target_is_directory=True)
    link.replace(folder / LATEST)
    sync_folder(folder)
