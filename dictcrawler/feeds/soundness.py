"""Statistics over the entries of a run, and the limits for how much worse they may become.

Applied in `dictcrawler.feeds.withholding`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import msgspec

from dictcrawler import defaults
from dictcrawler.errors import DamagedRow, StoreError
from dictcrawler.feeds.format import NOT_JSON
from dictcrawler.model import Record

FIELDS = ("parts_of_speech", "pronunciations", "senses", "examples", "frequency", "relations")
"""The fields whose fill rate is watched."""


ENOUGH_ENTRIES = 50
"""With fewer entries than this, each single one changes a rate too much."""


class Limits(msgspec.Struct, frozen=True):
    """How much worse than the previous run a run may be, as shares (0–1).

    ``dropped_words`` are those no longer in its list, ``one_entry`` the words that all lead to the same
    entry.
    """

    lost_words: float = defaults.LOST_WORDS_LIMIT
    dropped_words: float = defaults.DROPPED_WORDS_LIMIT
    one_entry: float = defaults.ONE_ENTRY_LIMIT
    lost_entries: float = defaults.LOST_ENTRIES_LIMIT
    lost_parts: float = defaults.LOST_PARTS_LIMIT
    fill_rate: float = defaults.FILL_RATE_LIMIT
    text_coverage: float = defaults.TEXT_COVERAGE_LIMIT
    structure: float = defaults.STRUCTURE_LIMIT


class _SenseHead(msgspec.Struct):
    examples: tuple[msgspec.Raw, ...]


class _FormHead(msgspec.Struct):
    text: str


class _SourceHead(msgspec.Struct):
    text_coverage: float
    warnings: tuple[str, ...]
    structure: float | None = None
    license: str | None = None


class EntryHead(Record, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """The fields of an entry that are counted."""

    id: str
    headword: str
    inflected_forms: tuple[_FormHead, ...]
    parts_of_speech: tuple[msgspec.Raw, ...]
    pronunciations: tuple[msgspec.Raw, ...]
    frequency: tuple[msgspec.Raw, ...]
    relations: tuple[msgspec.Raw, ...]
    senses: tuple[_SenseHead, ...]
    source: _SourceHead


class Census(msgspec.Struct):
    """Statistics over the entries of a run, collected line by line while they are written."""

    entries: int = 0
    parts: int = 0
    """Senses and examples."""
    coverage: float = 0.0
    structure: float = 0.0
    measured: int = 0
    """Entries whose structure is known."""
    filled: Counter[str] = msgspec.field(default_factory=Counter)
    warnings: Counter[str] = msgspec.field(default_factory=Counter)
    licences: set[str | None] = msgspec.field(default_factory=set)

    def count(self, lines: Iterable[bytes], also: Callable[[EntryHead, bytes], None] | None = None) -> Iterator[bytes]:
        """Pass the lines through and count them; ``also`` is called with each.

        :raises StoreError: when one file would have entries under different licences.
        """
        decode = msgspec.json.Decoder(EntryHead).decode
        for line in lines:
            try:
                head = decode(line)
            except NOT_JSON as error:
                raise DamagedRow("entries", line[:60].decode("utf-8", "replace"), error) from error
            self._refuse_mixture(head.source.license)
            self.add(head)
            if also is not None:
                also(head, line)
            yield line

    def add(self, head: EntryHead) -> None:
        """Count one entry."""
        self.entries += 1
        examples = sum([len(sense.examples) for sense in head.senses])
        self.parts += len(head.senses) + examples
        self.coverage += head.source.text_coverage
        if head.source.structure is not None:
            self.structure += head.source.structure
            self.measured += 1
        if head.source.warnings:
            self.warnings.update(head.source.warnings)
        filled = self.filled
        filled["parts_of_speech"] += bool(head.parts_of_speech)
        filled["pronunciations"] += bool(head.pronunciations)
        filled["senses"] += bool(head.senses)
        filled["examples"] += bool(examples)
        filled["frequency"] += bool(head.frequency)
        filled["relations"] += bool(head.relations)

    def _refuse_mixture(self, licence: str | None) -> None:
        self.licences.add(licence)
        if len(self.licences) > 1:
            mixed = " and ".join(sorted(name or "all rights reserved" for name in self.licences))
            raise StoreError(
                f"entries under different licences ({mixed}) may not be in one feed, nothing was published; "
                "refresh=all reads all of them again"
            )

    def fill_rates(self) -> dict[str, float]:
        """For each watched field, the share of entries that have it."""
        return {name: round(self.filled[name] / self.entries, 4) if self.entries else 0.0 for name in FIELDS}

    def mean_structure(self) -> float | None:
        """The mean structure of the entries that have it; ``None`` when none does."""
        return round(self.structure / self.measured, 4) if self.measured else None

    def mean_parts(self) -> float:
        """The mean number of senses and examples of an entry; 0 when there are none."""
        return round(self.parts / self.entries, 4) if self.entries else 0.0

    def mean_coverage(self) -> float:
        """The mean text coverage of the entries; 0 when there are none."""
        return round(self.coverage / self.entries, 4) if self.entries else 0.0
