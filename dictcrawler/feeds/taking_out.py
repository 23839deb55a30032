"""Takes entries out of published runs: a new run lists them as removed, and the earlier ones lose them.

A file of a published run may be a hard link to that of another run, so a file is never changed in place: the new files
are written into a hidden folder inside the run, then renamed over the old ones, ``run.json`` last. When that is
interrupted the folder is left, and the next call writes all of them again.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

import msgspec

from dictcrawler.durable import sync_folder
from dictcrawler.feeds import writer
from dictcrawler.feeds.format import CHANGES, ENTRIES, LOOKUPS, RUN, WORDS, encode_line
from dictcrawler.feeds.lifting import lifted
from dictcrawler.feeds.reader import numbered_lines, read_changes, read_heads, read_lookups, read_run
from dictcrawler.feeds.soundness import Census, EntryHead
from dictcrawler.feeds.word_index import IndexWriter
from dictcrawler.model import Change, FeedFile, Lookup, Record, RunManifest

REQUEST = "removed/request"
"""The key of ``changes`` in ``run.json``."""

CONFLICT = "two-pages-for-one-id"
"""The warning in ``run.json`` about ids that two pages claim; it is not in the lines of the entries."""

_HIDDEN = ".taking-out"

Without = Callable[[Lookup], Lookup]
"""A lookup without the ids of the removed entries."""


class _Identified(Record, frozen=True, kw_only=True, forbid_unknown_fields=False):
    id: str


class _Hashed(_Identified, frozen=True, kw_only=True, forbid_unknown_fields=False):
    content_hash: str


class _Leading(Record, frozen=True, kw_only=True, forbid_unknown_fields=False):
    entry_ids: tuple[str, ...]


class _ChangeHead(_Identified, frozen=True, kw_only=True, forbid_unknown_fields=False):
    type: str


def has(run: Path, ids: Collection[str]) -> bool:
    """Whether a run has one of these entries, or a lookup that leads to one.

    :raises FeedError: when a line cannot be read.
    """
    entries = read_heads(_file(run, ENTRIES), _Identified)
    return any(entry.id in ids for entry in entries) or any(
        entry_id in ids for lookup in read_heads(_file(run, LOOKUPS), _Leading) for entry_id in lookup.entry_ids
    )


def publish_without(latest: Path, run: str, ids: Collection[str], without: Without) -> Path:
    """Publish the run ``latest`` again without these entries, as ``run``; returns its folder.

    Its ``changes.jsonl`` has them as removed, its times are those of ``latest``: nothing was looked up since.

    :raises FeedError: when ``latest`` cannot be read.
    :raises OSError: when the run cannot be written.
    """
    partial = writer.begin(latest.parent, run)
    copy = _Copy(latest, partial, ids, without)
    copy.write()
    removed = [
        Change(type="removed", id=entry_id, cause="request", previous_hash=content_hash, fields=())
        for entry_id, content_hash in copy.left_out.items()
    ]
    copy.files[CHANGES] = writer.write_changes(partial, removed)
    manifest = copy.described()
    return writer.commit(
        partial,
        msgspec.structs.replace(
            manifest,
            run=run,
            previous_run=manifest.run,
            changes={REQUEST: len(removed)},
            migrated=None,
            taken_out=None,
            reason=None,
            published=None,
        ),
    )


def take_out(run: Path, ids: Collection[str], without: Without, earlier: Path | None) -> int | None:
    """Rewrite a published run without these entries; returns how many it lost, ``None`` when it had nothing of them.

    Files that are then those of the run ``earlier`` become hard links to them.

    :raises FeedError: when a file of the run cannot be read.
    :raises OSError: when it cannot be written.
    """
    hidden = run / _HIDDEN
    if not (hidden.exists() or has(run, ids) or _changes_have(run, ids)):
        return None
    # The folder itself is the mark of an interrupted call: it goes last.
    hidden.mkdir(exist_ok=True)
    for left_over in hidden.iterdir():
        left_over.unlink()
    copy = _Copy(run, hidden, ids, without, earlier)
    copy.write()
    causes = copy.write_changes()
    lost = copy.before.entries - copy.census.entries
    taken_out = (copy.before.taken_out or 0) + lost or None
    writer.write_manifest(hidden, msgspec.structs.replace(copy.described(), changes=causes, taken_out=taken_out))
    copy_modes(run, hidden)
    _put(hidden, run)
    return lost


def _changes_have(run: Path, ids: Collection[str]) -> bool:
    """Whether the changes of a run have the text of one of these entries."""
    changes = _file(run, CHANGES)
    return changes.exists() and any(
        change.id in ids and change.type != "removed" for change in read_heads(changes, _ChangeHead)
    )


def copy_modes(run: Path, to: Path) -> None:
    """Let those read the new files who may read the old ones."""
    for file in (to, *to.iterdir()):
        model = run if file is to else run / file.name
        shutil.copymode(model if model.exists() else run / RUN, file)


def _put(hidden: Path, run: Path) -> None:
    """Rename the new files over the old ones; an index of words that was not made again goes."""
    if not (hidden / WORDS).exists():
        (run / WORDS).unlink(missing_ok=True)
    for file in sorted(hidden.iterdir(), key=lambda file: file.name == RUN):
        file.replace(run / file.name)
        # Where both are one file already, a rename does nothing (POSIX).
        file.unlink(missing_ok=True)
    sync_folder(run)
    hidden.rmdir()


class _Copy:
    """A copy of a run, in a folder, without some entries; with the figures of its manifest."""

    def __init__(
        self, run: Path, folder: Path, ids: Collection[str], without: Without, earlier: Path | None = None
    ) -> None:
        self._run = run
        self._folder = folder
        self._ids = ids
        self._without = without
        self._earlier = earlier
        self._tally = writer.Tally()
        self.before = read_run(run)
        self.census = Census()
        self.files: dict[str, FeedFile] = {}
        self.left_out: dict[str, str] = {}
        """The ids of the entries that were left out, with their hashes."""

    def write(self) -> None:
        """Write entries, lookups and the index of words; the first two packed if those of the run are."""
        with IndexWriter(self._folder) as index:
            entries = self._write(ENTRIES, self._entries(index))
            lookups = map(self._without, read_lookups(_file(self._run, LOOKUPS)))
            looked_up = self._write(LOOKUPS, index.lookup_lines(self._tally.count(lookups)))
            if {ENTRIES, LOOKUPS} <= self.files.keys():
                index.write(self._folder, entries, looked_up, self._earlier)

    def write_changes(self) -> dict[str, int]:
        """Write the changes without the texts of the entries, and count them. One that was removed has no text."""
        causes: Counter[str] = Counter()

        def kept() -> Iterator[bytes]:
            for change in read_changes(_file(self._run, CHANGES)):
                if change.entry is None or change.id not in self._ids:
                    causes[f"{change.type}/{change.cause}"] += 1
                    yield encode_line(change)

        self._write(CHANGES, kept())
        return dict(sorted(causes.items()))

    def described(self) -> RunManifest:
        """The manifest of the run, with the figures of the written files."""
        before, census = self.before, self.census
        warnings = census.warnings | {name: count for name, count in before.warnings.items() if name == CONFLICT}
        # A run that was packed by hand may list its files under their old names.
        listed = {name: file for name, file in before.files.items() if f"{name}.gz" not in self.files}
        return msgspec.structs.replace(
            before,
            statuses=dict(sorted(self._tally.statuses.items())),
            warnings=dict(sorted(warnings.items())),
            entries=census.entries,
            mean_text_coverage=census.mean_coverage(),
            mean_structure=census.mean_structure(),
            fill_rates=census.fill_rates(),
            defects=self._tally.defects or None,
            files=listed | self.files,
        )

    def _entries(self, index: IndexWriter) -> Iterator[bytes]:
        """The lines of the entries that stay, as they are."""
        head, hashed = msgspec.json.Decoder(EntryHead).decode, msgspec.json.Decoder(_Hashed).decode
        for _, line in numbered_lines(_file(self._run, ENTRIES)):
            entry = head(lifted(line))
            if entry.id in self._ids:
                self.left_out[entry.id] = hashed(lifted(line)).content_hash
                continue
            self.census.add(entry)
            index.entry(entry, line)
            yield line

    def _write(self, name: str, lines: Iterable[bytes]) -> FeedFile:
        """Write a file under the name that the run has for it, plain or packed."""
        present = _file(self._run, name).name
        if present == name:
            written = writer.write_lines(self._folder / name, lines, self._earlier and self._earlier / name)
        else:
            written = _write_packed(self._folder / present, lines)
        self.files[present] = written
        return written


def _write_packed(path: Path, lines: Iterable[bytes]) -> FeedFile:
    count = 0
    with gzip.open(path, "wb") as packed:
        for line in lines:
            packed.write(line)
            count += 1
    with path.open("rb") as stored:
        sha256 = hashlib.file_digest(stored, "sha256").hexdigest()
        os.fsync(stored.fileno())
    return FeedFile(lines=count, bytes=path.stat().st_size, sha256=sha256)


def _file(run: Path, name: str) -> Path:
    """A file of a run, which may be packed."""
    packed = run / f"{name}.gz"
    return packed if packed.exists() and not (run / name).exists() else run / name
