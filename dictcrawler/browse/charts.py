"""Charts without scripts: numbers in, the geometry of an SVG and its table out.

A template draws the shapes (``charts.html``). Colour is never the only difference: each series
has a hatching or a marker of its own, and every chart carries its numbers as a table.
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
"""A bar of one among thousands can still be seen."""


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers behind a chart; the first cell of a row names it."""

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
    """A line through points; a gap in the data begins a new part of ``path``."""

    series: str
    path: str
    points: tuple[tuple[float, float, str], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart ready to be drawn. ``summary`` says in a sentence what it shows."""

    title: str
    summary: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    legend: tuple[str, ...]
    table: Table


def columns(title: str, summary: str, labels: Sequence[str], series: Mapping[str, Sequence[int]]) -> Chart:
    """Columns side by side, the series on top of one another: a histogram, or counts over time."""
    totals = [sum(values) for values in zip(*series.values(), strict=True)]
    top, y_ticks = _scale(max(totals, default=0))
    slot = _PLOT_WIDTH / max(len(labels), 1)
    bars = tuple(
        bar
        for number, label in enumerate(labels)
        for bar in _stack(label, {name: values[number] for name, values in series.items()}, number * slot, slot, top)
    )
    shown = [name for name, values in series.items() if any(values)]
    return Chart(
        title=title,
        summary=summary,
        x_ticks=_labels([_LEFT + (number + 0.5) * slot for number in range(len(labels))], labels),
        y_ticks=y_ticks,
        bars=bars,
        lines=(),
        legend=tuple(shown) if len(series) > 1 else (),
        table=_table(labels, {name: [f"{value:,}" for value in series[name]] for name in shown}),
    )


def lines(title: str, summary: str, labels: Sequence[str], series: Mapping[str, Sequence[int | None]]) -> Chart:
    """Lines of counts from run to run; ``None`` where a run has no such number."""
    top, y_ticks = _scale(max((value for values in series.values() for value in values if value), default=0))
    step = _PLOT_WIDTH / max(len(labels) - 1, 1)
    places = [_LEFT + number * step for number in range(len(labels))]
    drawn = tuple(_line(name, values, labels, places, top) for name, values in series.items())
    texts = {name: ["–" if value is None else f"{value:,}" for value in values] for name, values in series.items()}
    return Chart(title, summary, _labels(places, labels), y_ticks, (), drawn, tuple(series), _table(labels, texts))


def _stack(label: str, values: Mapping[str, int], x: float, slot: float, top: float) -> list[Bar]:
    gap = min(slot * 0.15, 8.0)
    bottom = _TOP + _PLOT_HEIGHT
    bars = []
    for name, value in values.items():
        if value:
            height = max(value / top * _PLOT_HEIGHT, _LEAST_HEIGHT)
            bottom -= height
            bars.append(Bar(_LEFT + x + gap / 2, bottom, slot - gap, height, name, f"{label}: {value:,} {name}"))
    return bars


def _line(name: str, values: Sequence[int | None], labels: Sequence[str], places: Sequence[float], top: float) -> Line:
    commands, points = [], []
    pen_is_down = False
    for x, value, label in zip(places, values, labels, strict=True):
        if value is None:
            pen_is_down = False
            continue
        y = _TOP + _PLOT_HEIGHT * (1 - value / top)
        commands.append(f"{'L' if pen_is_down else 'M'}{x:.1f} {y:.1f}")
        points.append((x, y, f"{label}: {value:,} {name}"))
        pen_is_down = True
    return Line(name, " ".join(commands), tuple(points))


def _scale(highest: int) -> tuple[float, tuple[Tick, ...]]:
    """The end of the axis, a round number not below ``highest``, and its ticks from 0 on."""
    step = _round_step(max(highest, 1) / 4)
    count = max(1, math.ceil(highest / step))
    top = count * step
    return top, tuple(
        Tick(_TOP + _PLOT_HEIGHT * (1 - number * step / top), f"{number * step:,}") for number in range(count + 1)
    )


def _round_step(least: float) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … that is not below ``least``."""
    power = 10 ** math.floor(math.log10(least)) if least > 1 else 1
    return next(int(factor * power) for factor in (1, 2, 5, 10) if factor * power >= least)


def _labels(places: Sequence[float], labels: Sequence[str]) -> tuple[Tick, ...]:
    """As many of the labels as can be read side by side."""
    every = max(1, math.ceil(len(labels) / _MOST_LABELS))
    return tuple(Tick(at, label) for at, label in list(zip(places, labels, strict=True))[::every])


def _table(labels: Sequence[str], series: Mapping[str, Sequence[str]]) -> Table:
    rows = zip(labels, *series.values(), strict=True) if series else ()
    return Table(("", *series), tuple(rows))
