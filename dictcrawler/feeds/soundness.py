"""Whether a run is good enough to replace the one before it.

A wall, a changed layout or a broken parser must not look like an empty dictionary. A run that
fails here is stored, but not made ``latest``; its manifest says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from dictcrawler import defaults
from dictcrawler.errors import StoreError
from dictcrawler.feeds.format import LOOKUPS
from dictcrawler.feeds.reader import read_lookups
from dictcrawler.model import RunManifest, Status

FIELDS = ("parts_of_speech", "pronunciations", "senses", "examples", "frequency", "relations")
"""The fields whose fill rate is watched."""


ENOUGH_ENTRIES = 50
"""Below this many entries a rate moves too much with every single one."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much worse than the run before it a run may be, as shares (0–1)."""

    lost_words: float = defaults.LOST_WORDS_LIMIT
    fill_rate: float = defaults.FILL_RATE_LIMIT
    text_coverage: float = defaults.TEXT_COVERAGE_LIMIT


class _SenseHead(msgspec.Struct):
    examples: tuple[msgspec.Raw, ...]


class _SourceHead(msgspec.Struct):
    text_coverage: float
    warnings: tuple[str, ...]
    license: str | None = None


class _EntryHead(msgspec.Struct):
    parts_of_speech: tuple[msgspec.Raw, ...]
    pronunciations: tuple[msgspec.Raw, ...]
    frequency: tuple[msgspec.Raw, ...]
    relations: tuple[msgspec.Raw, ...]
    senses: tuple[_SenseHead, ...]
    source: _SourceHead


@dataclass(slots=True)
class Census:
    """What the entries of a run look like as a whole; fed line by line while they are written."""

    entries: int = 0
    coverage: float = 0.0
    filled: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    licences: set[str | None] = field(default_factory=set)

    def count(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Pass the lines on and count them.

        :raises StoreError: when entries of different licences would be in one file.
        """
        decode = msgspec.json.Decoder(_EntryHead).decode
        for line in lines:
            head = decode(line)
            self._refuse_mixture(head.source.license)
            self.entries += 1
            self.coverage += head.source.text_coverage
            self.warnings.update(head.source.warnings)
            self.filled.update(_filled(head))
            yield line

    def _refuse_mixture(self, licence: str | None) -> None:
        self.licences.add(licence)
        if len(self.licences) > 1:
            mixed = " and ".join(sorted(name or "all rights reserved" for name in self.licences))
            raise StoreError(
                f"entries under different licences ({mixed}) may not be in one feed, nothing was published; "
                "refresh=all reads all of them anew"
            )

    def fill_rates(self) -> dict[str, float]:
        """For each watched field, the share of entries that have it."""
        return {name: round(self.filled[name] / self.entries, 4) if self.entries else 0.0 for name in FIELDS}

    def mean_coverage(self) -> float:
        """The mean text coverage of the entries; 0 when there are none."""
        return round(self.coverage / self.entries, 4) if self.entries else 0.0


def _filled(head: _EntryHead) -> Iterator[str]:
    for name in ("parts_of_speech", "pronunciations", "senses", "frequency", "relations"):
        if getattr(head, name):
            yield name
    if any(sense.examples for sense in head.senses):
        yield "examples"


def lost_words(before: Path, now: Path) -> int:
    """How many words that the earlier run found are asked for again and have no entries any more.

    A word that failed and keeps its earlier entries, marked stale, is not lost.
    """
    found = {lookup.normalized for lookup in read_lookups(before / LOOKUPS) if lookup.status.has_entries}
    return sum(
        lookup.normalized in found
        for lookup in read_lookups(now / LOOKUPS)
        if not lookup.entry_ids and lookup.duplicate_of is None
    )


def ailment(now: RunManifest, before: RunManifest | None, lost: int, limits: Limits) -> str | None:
    """Why the run must not replace the one before it, or ``None``.

    ``lost`` is how many of the words that the earlier run found are found no more: a single
    one is no ailment, however short the list. Rates are compared only between runs over one
    and the same list, and only when there are enough entries for a rate to mean something.
    """
    if not any(Status(name).is_answer for name, count in now.statuses.items() if count):
        return "not one word was answered"
    if before is None:
        return None
    found_before = sum(count for name, count in before.statuses.items() if Status(name).has_entries)
    if lost > max(1, limits.lost_words * found_before):
        return f"{lost} of {found_before} words that run {before.run} found are lost (limit {limits.lost_words:.0%})"
    if now.words_sha256 != before.words_sha256 or before.entries < ENOUGH_ENTRIES:
        return None
    coverage, coverage_before = {"all entries": now.mean_text_coverage}, {"all entries": before.mean_text_coverage}
    return _fallen("text coverage", coverage, coverage_before, limits.text_coverage) or _fallen(
        "fill rate", now.fill_rates, before.fill_rates, limits.fill_rate
    )


def _fallen(what: str, now: Mapping[str, float], before: Mapping[str, float], limit: float) -> str | None:
    for name, rate in before.items():
        if rate - now.get(name, 0.0) > limit:
            return f"the {what} of {name} fell from {rate:.1%} to {now.get(name, 0.0):.1%} (limit {limit:.0%})"
    return None
