"""How well the entries of a run were parsed: text coverage, the worst entries, warnings by kind."""

from __future__ import annotations

import heapq
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from dictcrawler.browse import charts
from dictcrawler.browse.charts import Chart
from dictcrawler.model import Record

_EDGES = (0.5, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 1.0)
_MOST_ENTRIES = 5
"""How many entries are named as examples of one kind of warning."""
_MOST_TEXTS = 8
_COUNTED = re.compile(r"(\w+) \d+ of \d+")


class _SourceHead(Record, frozen=True, kw_only=True, forbid_unknown_fields=False):
    url: str
    text_coverage: float
    structure: float | None = None
    warnings: tuple[str, ...]


class EntryHead(Record, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """The fields of an entry that this page needs to name it and to judge how it was parsed."""

    id: str
    headword: str
    source: _SourceHead

    @property
    def doubt(self) -> float:
        """The share that was perhaps not read, 0–1: the worse of the two measures."""
        return 1 - min(self.source.text_coverage, 1.0 if self.source.structure is None else self.source.structure)


@dataclass(frozen=True, slots=True)
class WarningKind:
    """Warnings with the same beginning (``unknown-class``): how many entries have one, the commonest texts, some
    entries."""

    kind: str
    count: int
    texts: tuple[tuple[str, int], ...]
    entries: tuple[EntryHead, ...]


@dataclass(frozen=True, slots=True)
class ParsingQuality:
    """How well the entries were parsed. ``worst`` are those with the lowest coverage or structure, below 1.

    ``structure`` is ``None`` for a run of an older format, whose entries do not state it.
    """

    coverage: Chart
    structure: Chart | None
    worst: tuple[EntryHead, ...]
    warnings: tuple[WarningKind, ...]


@dataclass(slots=True)
class _Kind:
    count: int = 0
    texts: Counter[str] = field(default_factory=Counter)
    entries: list[EntryHead] = field(default_factory=list)

    def add(self, warning: str, head: EntryHead) -> None:
        self.count += 1
        self.texts[warning] += 1
        if len(self.entries) < _MOST_ENTRIES:
            self.entries.append(head)


def gather(heads: Iterable[EntryHead], worst: int) -> ParsingQuality:
    """Read the fields once; return the ``worst`` entries of those that were not read completely."""
    covered, built = [0] * (len(_EDGES) + 1), [0] * (len(_EDGES) + 1)
    kinds: dict[str, _Kind] = {}
    lowest: list[tuple[float, int, EntryHead]] = []
    for number, head in enumerate(heads):
        covered[bisect_right(_EDGES, head.source.text_coverage)] += 1
        if head.source.structure is not None:
            built[bisect_right(_EDGES, head.source.structure)] += 1
        for warning in head.source.warnings:
            kinds.setdefault(_kind(warning), _Kind()).add(warning, head)
        if head.doubt:
            heapq.heappush(lowest, (head.doubt, -number, head))
            if len(lowest) > worst:
                heapq.heappop(lowest)
    return ParsingQuality(
        coverage=_histogram("Text coverage of the entries", covered, "were read to the last word of their page"),
        structure=_histogram("Structure of the entries", built, "have every part that was counted on their page")
        if any(built)
        else None,
        worst=tuple(head for _, _, head in sorted(lowest, reverse=True)),
        warnings=tuple(_warning_kind(name, kind) for name, kind in sorted(kinds.items(), key=lambda it: -it[1].count)),
    )


def _kind(warning: str) -> str:
    """The common part of warnings with different numbers: "senses 5 of 7" and "senses 1 of 2" are one kind."""
    counted = _COUNTED.fullmatch(warning)
    return f"{counted[1]} read of those on the page" if counted else warning.partition(":")[0]


def _warning_kind(name: str, kind: _Kind) -> WarningKind:
    return WarningKind(name, kind.count, tuple(kind.texts.most_common(_MOST_TEXTS)), tuple(kind.entries))


def _histogram(title: str, bins: list[int], whole: str) -> Chart:
    edges = [f"{edge * 100:g}" for edge in _EDGES]
    labels = [f"below {edges[0]} %", *(f"{low}–{high} %" for low, high in pairwise(edges)), "100 %"]
    summary = f"{bins[-1]:,} of {sum(bins):,} entries {whole}."
    return charts.columns(title, summary, labels, {"entries": bins})
