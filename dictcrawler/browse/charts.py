"""Charts without scripts: turns numbers into the geometry of an SVG and a table.

A template draws the shapes (``charts.html``). Colour is never the only difference: each series has a hatching or a
marker of its own, and every chart comes with its numbers as a table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720.0, 240.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 12.0, 12.0, 30.0
_PLOT_WIDTH, _PLOT_HEIGHT = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
_MOST_LABELS = 6
_LEAST_HEIGHT = 2.0
"""High enough that a bar of one is visible next to bars of thousands."""


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers behind a chart; the first cell of each row is its name."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in the coordinates of the SVG; ``title`` is its tooltip."""

    x: float
    y: float
    width: float
    height: float
    series: str
    title: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A label on an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points, each with its tooltip."""

    series: str
    path: str
    points: tuple[tuple[float, float, str], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart ready to be drawn. ``summary`` describes it in a sentence."""

    title: str
    summary: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    legend: tuple[str, ...]
    table: Table


def columns(title: str, summary: str, labels: Sequence[str], series: Mapping[str, Sequence[int]]) -> Chart:
    """Columns side by side, the series stacked: a histogram, or counts over time."""
    totals = [sum(values) for values in zip(*series.values(), strict=True)]
    axis = _Axis.over(0, max(totals, default=0) or 1)
    slot = _PLOT_WIDTH / max(len(labels), 1)
    bars = tuple(
        bar
        for number, label in enumerate(labels)
        for bar in _stack(label, {name: values[number] for name, values in series.items()}, number * slot, slot, axis)
    )
    shown = [name for name, values in series.items() if any(values)]
    return Chart(
        title=title,
        summary=summary,
        x_ticks=_labels([_LEFT + (number + 0.5) * slot for number in range(len(labels))], labels),
        y_ticks=axis.ticks(),
        bars=bars,
        lines=(),
        legend=tuple(shown) if len(series) > 1 else (),
        table=_table(labels, {name: [f"{value:,}" for value in series[name]] for name in shown}),
    )


def lines(
    title: str,
    summary: str,
    labels: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    lowest: float = 0,
) -> Chart:
    """Lines of numbers from run to run; the axis begins at a round number not above ``lowest``.

    A run without a number is skipped; a series without any number is left out.
    """
    known = {name: values for name, values in series.items() if any(value is not None for value in values)}
    numbers = [value for values in known.values() for value in values if value is not None]
    axis = _Axis.over(min(lowest, *numbers) if numbers else 0, max(numbers, default=0))
    step = _PLOT_WIDTH / max(len(labels) - 1, 1)
    places = [_LEFT + number * step for number in range(len(labels))]
    return Chart(
        title=title,
        summary=summary,
        x_ticks=_labels(places, labels),
        y_ticks=axis.ticks(),
        bars=(),
        lines=tuple(_line(name, values, labels, places, axis) for name, values in known.items()),
        legend=tuple(known) if len(known) > 1 else (),
        table=_table(labels, {name: ["–" if it is None else f"{it:,g}" for it in known[name]] for name in known}),
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    """The vertical axis: ``count`` steps from ``low`` up."""

    low: float
    step: float
    count: int

    @classmethod
    def over(cls, lowest: float, highest: float) -> _Axis:
        """An axis of about four round steps around these values."""
        step = _round_step((highest - lowest or 1) / 4)
        low = math.floor(lowest / step)
        return cls(low * step, step, max(1, math.ceil(highest / step - 1e-9) - low))

    def height(self, value: float) -> float:
        """The height of a value above the foot of the axis, as a share of the axis."""
        return (value - self.low) / (self.step * self.count)

    def ticks(self) -> tuple[Tick, ...]:
        """The labels of the steps."""
        values = (self.low + number * self.step for number in range(self.count + 1))
        return tuple(Tick(_TOP + _PLOT_HEIGHT * (1 - self.height(value)), f"{round(value, 6):,g}") for value in values)


def _stack(label: str, values: Mapping[str, int], x: float, slot: float, axis: _Axis) -> list[Bar]:
    gap = min(slot * 0.15, 8.0)
    bottom = _TOP + _PLOT_HEIGHT
    bars = []
    for name, value in values.items():
        if value:
            height = max(axis.height(value) * _PLOT_HEIGHT, _LEAST_HEIGHT)
            bottom -= height
            bars.append(Bar(_LEFT + x + gap / 2, bottom, slot - gap, height, name, f"{label}: {value:,} {name}"))
    return bars


def _line(
    name: str, values: Sequence[float | None], labels: Sequence[str], places: Sequence[float], axis: _Axis
) -> Line:
    points = tuple(
        (x, _TOP + _PLOT_HEIGHT * (1 - axis.height(value)), f"{label}: {value:,g} {name}")
        for x, value, label in zip(places, values, labels, strict=True)
        if value is not None
    )
    path = " ".join(f"{'L' if number else 'M'}{x:.1f} {y:.1f}" for number, (x, y, _) in enumerate(points))
    return Line(name, path, points)


def _round_step(least: float) -> float:
    """The smallest of … 0.1, 0.2, 0.5, 1, 2, 5, 10 … that is not below ``least``."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))


def _labels(places: Sequence[float], labels: Sequence[str]) -> tuple[Tick, ...]:
    """As many of the labels as can be read side by side."""
    every = max(1, math.ceil(len(labels) / _MOST_LABELS))
    return tuple(Tick(at, label) for at, label in list(zip(places, labels, strict=True))[::every])


def _table(labels: Sequence[str], series: Mapping[str, Sequence[str]]) -> Table:
    rows = zip(labels, *series.values(), strict=True) if series else ()
    return Table(("", *series), tuple(rows))
