"""Compares two runs on the words that both have, and finds the words that only the earlier one has.

Lists change from week to week: only the words of both runs show whether the site or the
parser has become worse. A word is identified by its key, the dictionary's slug, whatever its spelling.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

import msgspec

from dictcrawler.errors import InvalidKeyword
from dictcrawler.feeds.format import ENTRIES, LOOKUPS
from dictcrawler.feeds.reader import read_heads
from dictcrawler.feeds.soundness import Census, EntryHead
from dictcrawler.feeds.unchanged import is_same_file
from dictcrawler.model import Record, RunManifest, Status


class Picture(msgspec.Struct, frozen=True):
    """Averages over entries; ``structure`` is ``None`` when no entry has it.

    ``parts`` is the number of senses and examples; a run of an older format states none.
    """

    entries: int
    coverage: float
    fill_rates: dict[str, float]
    structure: float | None = None
    parts: float | None = None


class Share(msgspec.Struct, frozen=True):
    """How many of the words of a run lead to its most frequent entry."""

    words: int
    of: int

    @property
    def rate(self) -> float:
        """The share, from 0 to 1."""
        return self.words / self.of if self.of else 0.0


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier run and this one. All counts are of different words.

    ``dropped`` of the ``words_before`` are not in the list any more, and ``found_dropped`` of the
    ``found_before``. ``lost`` were found and have no entries now; a word that failed and keeps its
    earlier entries, marked stale, is not among them. ``found_again`` were found and are found now.
    ``elsewhere`` are words that lead to other entries than before, and to none of those.
    The pictures are of the entries of the words that both runs have.
    """

    run_before: str
    words_before: int
    dropped: int
    found_before: int
    found_dropped: int
    lost: int
    found_again: int
    elsewhere: int
    one_entry_before: Share
    one_entry: Share
    before: Picture
    now: Picture


class _LookupHead(Record, frozen=True, kw_only=True, forbid_unknown_fields=False):
    normalized: str
    status: Status
    entry_ids: tuple[str, ...]
    duplicate_of: int | None = None


class _Words(msgspec.Struct):
    """The words of a run, as hashes of their keys: a list may have a million of them."""

    all: set[int] = msgspec.field(default_factory=set)
    found: set[int] = msgspec.field(default_factory=set)
    with_entries: set[int] = msgspec.field(default_factory=set)
    words_of: Counter[int] = msgspec.field(default_factory=Counter)
    pairs: set[int] = msgspec.field(default_factory=set)
    """Of a word and an entry that it leads to."""
    elsewhere: int = 0

    @property
    def one_entry(self) -> Share:
        """The share of the entry that most words lead to."""
        most = self.words_of.most_common(1)
        return Share(most[0][1] if most else 0, len(self.all))


def compare(before: tuple[Path, RunManifest], now: tuple[Path, RunManifest], key: Callable[[str], str]) -> Comparison:
    """Compare two runs: the folder and the manifest of each.

    :raises FeedError: when a file of them cannot be read.
    """
    earlier = _words(before[0], key)
    is_unchanged = is_same_file(before[0] / LOOKUPS, now[0] / LOOKUPS)
    later = earlier if is_unchanged else _words(now[0], key, earlier)
    if earlier.all == later.all:
        pictures = [_whole(manifest) for _, manifest in (before, now)]
    else:
        common = earlier.all & later.all
        pictures = [_of_words(folder, common, key) for folder, _ in (before, now)]
    return Comparison(
        run_before=before[1].run,
        words_before=len(earlier.all),
        dropped=len(earlier.all - later.all),
        found_before=len(earlier.found),
        found_dropped=len(earlier.found - later.all),
        lost=len((earlier.found & later.all) - later.with_entries),
        found_again=len(earlier.found & later.found),
        elsewhere=later.elsewhere,
        one_entry_before=earlier.one_entry,
        one_entry=later.one_entry,
        before=pictures[0],
        now=pictures[1],
    )


def _words(run: Path, key: Callable[[str], str], earlier: _Words | None = None) -> _Words:
    """The words of a run; those of an ``earlier`` one are needed to count the words that lead elsewhere."""
    words = _Words()
    for word, lookup in _keyed(run, key):
        words.all.add(word)
        if lookup.status.has_entries:
            words.found.add(word)
        if not lookup.entry_ids:
            continue
        words.with_entries.add(word)
        words.words_of.update(map(hash, lookup.entry_ids))
        pairs = {hash((word, entry_id)) for entry_id in lookup.entry_ids}
        if earlier is None:
            words.pairs |= pairs
        elif word in earlier.with_entries and pairs.isdisjoint(earlier.pairs):
            words.elsewhere += 1
    return words


def _keyed(run: Path, key: Callable[[str], str]) -> Iterator[tuple[int, _LookupHead]]:
    """Each distinct valid word of a run, once."""
    for lookup in read_heads(_file(run, LOOKUPS), _LookupHead):
        if lookup.duplicate_of is not None or not lookup.normalized:
            continue
        try:
            yield hash(key(lookup.normalized)), lookup
        except InvalidKeyword:
            continue


def _whole(manifest: RunManifest) -> Picture:
    return Picture(
        manifest.entries,
        manifest.mean_text_coverage,
        manifest.fill_rates,
        manifest.mean_structure,
        manifest.mean_parts,
    )


def _of_words(run: Path, words: Collection[int], key: Callable[[str], str]) -> Picture:
    ids = {hash(entry_id) for word, lookup in _keyed(run, key) if word in words for entry_id in lookup.entry_ids}
    census = Census()
    for head in _heads(run, ids):
        census.add(head)
    return Picture(
        census.entries, census.mean_coverage(), census.fill_rates(), census.mean_structure(), census.mean_parts()
    )


def _heads(run: Path, ids: Collection[int]) -> Iterable[EntryHead]:
    return (head for head in read_heads(_file(run, ENTRIES), EntryHead) if hash(head.id) in ids)


def _file(run: Path, name: str) -> Path:
    """A file of a run, which may be incomplete; old runs may be gzipped."""
    packed = run / f"{name}.gz"
    return packed if packed.exists() else run / name
