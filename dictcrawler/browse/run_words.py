"""The outcomes of the words of a run: counts, a list for each outcome, answers over time."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from dictcrawler.browse import charts
from dictcrawler.browse.advice import STATUSES, Advice, Group
from dictcrawler.browse.charts import Chart
from dictcrawler.model import Lookup, RunManifest, Status

_COLUMNS = 48
"""Columns of the chart over time."""
_CLOCKS = ((86_400, "%d %b %H:%M"), (600, "%H:%M"))
"""The time format of the chart's labels by its length in seconds: from a day up with the date, from ten minutes up
without seconds."""
_GROUPS: tuple[Group, ...] = ("found", "missing", "failed")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One status of a run: how many words ended so, in this run and the previous one, and the first of them."""

    status: Status
    advice: Advice
    count: int
    before: int | None
    words: tuple[Lookup, ...]
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a run.

    ``carried_over``: how many keep the answer of an earlier run; ``kept``: how many failed and keep earlier entries.
    """

    outcomes: tuple[Outcome, ...]
    counts: Mapping[Group, int]
    carried_over: int
    kept: int
    over_time: Chart | None

    @property
    def total(self) -> int:
        """Lines of the word list."""
        return sum(self.counts.values())


@dataclass(slots=True)
class _Tally:
    """Collects the lookups: for each status, only the first words."""

    most: int
    counts: Counter[Status] = field(default_factory=Counter)
    words: dict[Status, list[Lookup]] = field(default_factory=dict)
    reasons: dict[Status, Counter[str]] = field(default_factory=dict)
    times: dict[Group, array[float]] = field(default_factory=lambda: {group: array("d") for group in _GROUPS})
    carried_over: int = 0
    kept: int = 0

    def add(self, lookup: Lookup, run: str) -> None:
        status = lookup.status
        self.counts[status] += 1
        first = self.words.setdefault(status, [])
        if len(first) < self.most:
            first.append(lookup)
        self.reasons.setdefault(status, Counter())[_reason(lookup)] += 1
        self.kept += lookup.stale_since is not None and bool(lookup.entry_ids)
        if lookup.run != run:
            self.carried_over += 1
        elif lookup.fetched_at is not None and lookup.duplicate_of is None:
            self.times[STATUSES[status].group].append(lookup.fetched_at.timestamp())


def gather(lookups: Iterable[Lookup], manifest: RunManifest, before: RunManifest | None, most: int) -> Words:
    """The words of a run; at most ``most`` of each status are listed."""
    tally = _Tally(most)
    for lookup in lookups:
        tally.add(lookup, manifest.run)
    seen = {status for status in Status if tally.counts[status] or (before and before.statuses.get(status))}
    outcomes = tuple(_outcome(status, tally, before) for status in Status if status in seen)
    counts = {group: sum(each.count for each in outcomes if each.advice.group == group) for group in _GROUPS}
    return Words(outcomes, counts, tally.carried_over, tally.kept, _over_time(tally.times))


def _outcome(status: Status, tally: _Tally, before: RunManifest | None) -> Outcome:
    return Outcome(
        status=status,
        advice=STATUSES[status],
        count=tally.counts[status],
        before=None if before is None else before.statuses.get(status, 0),
        words=tuple(tally.words.get(status, ())),
        reasons=tuple((text, count) for text, count in tally.reasons.get(status, Counter()).most_common(5) if text),
    )


def _reason(lookup: Lookup) -> str:
    """Why a word failed, without the word itself, so that equal reasons are counted together."""
    error = lookup.error or ""
    for word in filter(None, (lookup.requested_url, lookup.final_url, repr(lookup.keyword))):
        error = error.replace(word, "…")
    return error


def _over_time(times: Mapping[Group, array[float]]) -> Chart | None:
    """When the answers arrived; nothing for a very short run."""
    moments = [moment for group in times.values() for moment in group]
    if not moments or max(moments) - min(moments) < _COLUMNS / 2:
        return None
    first, last = min(moments), max(moments)
    width = (last - first) / _COLUMNS
    series: dict[str, list[int]] = {group: [0] * _COLUMNS for group in _GROUPS}
    for group, found in times.items():
        for moment in found:
            series[group][min(int((moment - first) / width), _COLUMNS - 1)] += 1
    labels = [_clock(first + (number + 0.5) * width, last - first) for number in range(_COLUMNS)]
    pace = len(moments) / (last - first)
    summary = f"{len(moments):,} words were answered in this run, {_pace(pace)} on average; a column is {_span(width)}."
    return charts.columns("Answers over time", summary, labels, series)


def _clock(moment: float, span: float) -> str:
    form = next((form for least, form in _CLOCKS if span >= least), "%H:%M:%S")
    return datetime.fromtimestamp(moment, UTC).strftime(form)


def _pace(words_a_second: float) -> str:
    return f"{words_a_second:.1f} a second" if words_a_second >= 1 else f"{words_a_second * 60:.1f} a minute"


def _span(seconds: float) -> str:
    return f"{seconds / 60:.1f} min" if seconds >= 60 else f"{seconds:.0f} s"  # noqa: PLR2004
