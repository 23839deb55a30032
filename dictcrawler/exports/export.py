"""One export in progress: verified feeds, read as a stream, and counts of the entries read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dictcrawler import feeds
from dictcrawler.errors import ExportRefused, FeedError
from dictcrawler.exports.rights import Rights
from dictcrawler.model import Entry, Lookup, RunManifest

OnProgress = Callable[[int], None]
"""Called now and then with the number of entries read so far."""

_STEP = 100
_NO_FILE_NAME = re.compile(r"[^\w.-]")


@dataclass(frozen=True, slots=True)
class Feed:
    """A published run whose files have the checksums that its manifest lists."""

    folder: Path
    manifest: RunManifest
    lang: str
    rights: Rights

    @property
    def name(self) -> str:
        """Dictionary and edition: ``macmillan-american``, as a part of file names."""
        return _file_name(f"{self.manifest.dictionary}-{self.manifest.edition}")

    @property
    def run_name(self) -> str:
        """The same with the run's id."""
        return f"{self.name}-{_file_name(self.manifest.run)}"

    @property
    def title(self) -> str:
        """Dictionary and edition, for people."""
        return f"{self.manifest.dictionary.capitalize()} ({self.manifest.edition})"

    @classmethod
    def verified(cls, folder: Path) -> Feed:
        """The run in a folder.

        :raises FeedError: when a file is missing or damaged, the run is unfinished, or it has no entries.
        """
        run = feeds.resolve(folder)
        if not run.is_dir():
            raise FeedError(run, None, "an export needs the folder of a run, with its run.json")
        manifest = feeds.verify(run)
        if not manifest.complete:
            raise FeedError(run, None, f"this run is not finished ({manifest.reason}); crawl again to finish it")
        first = next(feeds.read_entries(run), None)
        if first is None:
            raise FeedError(run, None, "this run has no entries, so there is nothing to export")
        return cls(run, manifest, first.lang, Rights.of(first.source))

    def entries(self) -> Iterator[Entry]:
        """The entries, in the order of the word list.

        :raises FeedError: when an entry has other rights than those before it: the rights were checked once, for all.
        """
        for number, entry in enumerate(feeds.read_entries(self.folder), 1):
            if entry.source.license != self.rights.licence:
                problem = f"{entry.id} is under {entry.source.license}, those before it under {self.rights.licence}"
                raise FeedError(self.folder / feeds.ENTRIES, number, problem)
            yield entry

    def lookups(self) -> Iterator[Lookup]:
        """The outcome of each line of the word list."""
        return feeds.read_lookups(self.folder)


@dataclass(slots=True)
class Export:
    """The input of a format: the feeds and the chosen options, with counts for the card.

    ``left_out`` counts content that the format cannot hold, by a phrase that names it; ``added`` counts content that is
    not in the feeds. ``has_closed_recordings``: some recordings may not be passed on.
    """

    feeds: tuple[Feed, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    progress: OnProgress = lambda _: None
    left_out: Counter[str] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)
    has_closed_recordings: bool = False
    _read: int = 0
    _counts: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """A name for the files: ``macmillan-american``, with ``+`` between several feeds."""
        return "+".join(feed.name for feed in self.feeds)

    @property
    def title(self) -> str:
        """A name for people."""
        return ", ".join(feed.title for feed in self.feeds)

    @property
    def is_open(self) -> bool:
        """Whether everyone may pass on all of it."""
        return all(feed.rights.is_open for feed in self.feeds) and not self.has_closed_recordings

    @property
    def notice(self) -> str:
        """The rights of all feeds in it, each stated once."""
        return " ".join(dict.fromkeys(feed.rights.notice for feed in self.feeds))

    @property
    def counts(self) -> dict[str, int]:
        """How many entries, senses … were read, and how much was added."""
        return dict(sum((*self._counts.values(), self.added), Counter[str]()))

    def entries(self, feed: Feed | None = None) -> Iterator[Entry]:
        """The entries of one feed or of all, counted; may be read several times."""
        for each in self.feeds if feed is None else (feed,):
            yield from self._entries(each)
        self.progress(self._read)

    def _entries(self, feed: Feed) -> Iterator[Entry]:
        counts: Counter[str] = Counter()
        for entry in feed.entries():
            _count(entry, counts)
            self._read += 1
            if self._read % _STEP == 0:
                self.progress(self._read)
            yield entry
        self._counts[feed.name] = counts


def _file_name(text: str) -> str:
    """A text of a manifest, which may come from anywhere, without the characters that lead to other folders."""
    return _NO_FILE_NAME.sub("_", text).lstrip(".") or "_"


def _count(entry: Entry, counts: Counter[str]) -> None:
    counts["entries"] += 1
    counts["senses"] += len(entry.senses)
    counts["definitions"] += sum(len(sense.definitions) for sense in entry.senses)
    counts["examples"] += sum(len(sense.examples) for sense in entry.senses)
    counts["examples"] += sum(len(box.examples) for box in entry.boxes)
    counts["relations"] += len(entry.relations)
    counts["inflected forms"] += len(entry.inflected_forms)
    counts["pronunciations"] += len(entry.pronunciations)


def opened(folders: Iterable[Path]) -> tuple[Feed, ...]:
    """The runs in these folders, verified.

    :raises ExportRefused: when two of them are runs of the same dictionary and edition.
    :raises FeedError: as `Feed.verified`.
    """
    found: dict[str, Feed] = {}
    for folder in folders:
        feed = Feed.verified(folder)
        if feed.name in found:
            raise ExportRefused(f"{feed.folder} and {found[feed.name].folder} are runs of one dictionary; name one")
        found[feed.name] = feed
    return tuple(found.values())
